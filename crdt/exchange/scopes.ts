/**
 * Blocks of a space's memory, and who may write and read which. The owners state it in the members' record; a write
 * outside its author's scope is in the chain, since the chain is the author's own, and in no view: the same on every
 * replica, for all judge by the latest record.
 *
 * An entry belongs to one or more blocks: `entity/<id>` (the part of the id that its author chose), `type/<entity
 * type>`, `thread/<thread>`, `trace/<location>`, `shared/<name>`, `document/<name>`. A scope names prefixes of blocks;
 * `""` never, `entity/` all entities.
 */
import type { Did } from '../../protocol/brand.ts';
import type { EntryChange } from '../replica/replica-types.ts';

export interface AgentScope {
  /** Prefixes of blocks; without it everything. */
  readonly write?: readonly string[];
  readonly read?: readonly string[];
}

export interface Scopes {
  /** Without scopes everyone may write and read everything. */
  readonly isOpen: boolean;
  mayWrite(author: Did, entry: Pick<EntryChange, 'key' | 'value'>): boolean;
  /** Whether the agent may read all that is in one of these blocks. */
  mayRead(agent: Did, blocks: readonly string[]): boolean;
  /** Whether the agent may read everything: only then may it follow the frames themselves. */
  mayReadAll(agent: Did): boolean;
}

export function createScopes(stated: Readonly<Record<string, AgentScope>> | undefined): Scopes {
  const scopeOf = (agent: Did): AgentScope =>
    stated === undefined ? {} : (stated[agent] ?? stated['*'] ?? {});
  const isWithin = (prefixes: readonly string[] | undefined, blocks: readonly string[]): boolean =>
    prefixes === undefined || blocks.some((block) => prefixes.some((prefix) => block.startsWith(prefix)));
  return {
    isOpen: stated === undefined,
    mayWrite(author, { key, value }) {
      const { write } = scopeOf(author);
      return write === undefined || isFree(key) || isWithin(write, blocksOf(key, value));
    },
    mayRead: (agent, blocks) => isWithin(scopeOf(agent).read, blocks),
    mayReadAll: (agent) => scopeOf(agent).read === undefined,
  };
}

/** Taking back what is one's own, and votes on conflicts, are always allowed. */
function isFree(key: string): boolean {
  return key.startsWith('x/') || key.startsWith('v/') || key === 'empty';
}

/** The blocks of an entry; none for a key of no known kind. */
export function blocksOf(key: string, value: unknown): readonly string[] {
  const rest = key.slice(2);
  switch (key.slice(0, 2)) {
    case 'e/':
      return entityBlocks(rest, value);
    case 'a/':
      return [`entity/${ownPart(rest)}`];
    case 'r/': {
      const { from } = (value ?? {}) as { readonly from?: unknown };
      return typeof from === 'string' ? [`entity/${ownPart(from)}`] : [];
    }
    case 'd/':
      return [`trace/${afterSlash(rest)}`];
    case 'c/':
      return [`shared/${afterSlash(rest)}`];
    case 'y/':
      return [`document/${rest.slice(0, Math.max(0, rest.indexOf('/')))}`];
    default:
      return [];
  }
}

/** The blocks of an entity, by the id that its author chose. */
export function entityBlocks(id: string, body: unknown): readonly string[] {
  const { type, thread } = (body ?? {}) as { readonly type?: unknown; readonly thread?: unknown };
  return [
    `entity/${id}`,
    ...(typeof type === 'string' ? [`type/${type}`] : []),
    ...(typeof thread === 'string' ? [`thread/${ownPart(thread)}`] : []),
    ...(type === 'thread' ? [`thread/${id}`] : []),
  ];
}

/** Of `<did>/<id>`, the id. */
export function ownPart(entity: string): string {
  return entity.startsWith('did:') ? afterSlash(entity) : entity;
}

function afterSlash(text: string): string {
  return text.slice(text.indexOf('/') + 1);
}
