/** Answers cut to what an agent may read: the blocks that the space's owners gave it. */
import { entityBlocks, ownPart, type Scopes } from '../../crdt/exchange/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { MemoryAnswer, MemoryKind } from './memory-queries.ts';

/**
 * What of the answer the agent may read. Hidden items are counted; an answer of which nothing is left is a refusal,
 * so that "nothing there" and "not for you" are told apart.
 */
export function restrictAnswer(
  answer: MemoryAnswer,
  what: MemoryKind,
  filter: unknown,
  scopes: Scopes,
  agent: Did,
): Checked<MemoryAnswer> {
  if (scopes.mayReadAll(agent)) return accept(answer);
  const may = (...blocks: string[]) => scopes.mayRead(agent, blocks);
  const block = blockAsked(what, filter);
  if (block !== undefined) return may(block) ? accept(answer) : hidden(1);
  const items = answer.items.filter((item) => isReadable(what, item, may));
  const hiddenCount = answer.items.length - items.length;
  if (hiddenCount === 0) return accept(answer);
  // A path with a hidden step is no path to this agent; a belief is made of all voices.
  if (items.length === 0 || what === 'path' || what === 'belief') return hidden(hiddenCount);
  const { conflicts, ...explain } = answer.explain as { conflicts?: readonly unknown[] };
  const shown = conflicts?.filter((one) => isReadable('conflicts', one, may));
  return accept({
    items,
    explain: { ...explain, ...(shown === undefined ? {} : { conflicts: shown }), hidden: hiddenCount },
  });
}

function hidden(count: number): ReturnType<typeof refuse> {
  return refuse('AMP-1722', `All ${count} that fit are outside what this agent may read.`, 'filter');
}

/** The one block that a question names, where it names one. */
function blockAsked(what: MemoryKind, filter: unknown): string | undefined {
  const { name, document } = filter as { readonly name?: string; readonly document?: string };
  if (what === 'shared') return `shared/${name}`;
  return what === 'document' ? `document/${document}` : undefined;
}

type May = (...blocks: string[]) => boolean;

function isReadable(what: MemoryKind, item: unknown, may: May): boolean {
  switch (what) {
    case 'graph':
    case 'open':
    case 'known': {
      const { id, body } = item as { id: string; body: unknown };
      return isEntityReadable(id, body, may);
    }
    case 'relations':
    case 'path': {
      const { from, to } = item as { from: string; to: string };
      return may(`entity/${ownPart(from)}`) && may(`entity/${ownPart(to)}`);
    }
    case 'conflicts':
      return (item as { sides: readonly string[] }).sides.every((one) => may(`entity/${ownPart(one)}`));
    case 'traces':
      return may(`trace/${(item as { location: string }).location}`);
    case 'documents':
      return may(`document/${(item as { document: string }).document}`);
    case 'belief':
      return false;
    default:
      return true;
  }
}

/** Whether an entity may be shown to the agent. */
export function isEntityReadable(id: string, body: unknown, may: May): boolean {
  return may(...entityBlocks(ownPart(id), body));
}
