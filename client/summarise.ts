/**
 * Consolidation on request: a long thread is handed to an agent that can summarise, found by name or by meaning, and
 * its answer enters the space's memory as an entity derived from what it sums up. The summary says whose words it is
 * (`model`, and the signed answer among its evidence), which entries it rests on, and can be disputed like any claim.
 */
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/messages.ts';
import type { Agent, Delivered } from './agent.ts';
import { openMemory } from './memory/index.ts';

export interface SummariseInit {
  readonly space: string;
  /** Only this thread of it; everything that was said there without it. */
  readonly thread?: string;
  /** An agent, or what one must be able to do. @default 'summarises long threads' */
  readonly by?: { readonly agent: Did } | { readonly capability: string };
  /** @default 30,000 */
  readonly deadlineMs?: number;
}

export interface ThreadSummary {
  readonly text: string;
  readonly by: Did;
  /** Ids of the entries it rests on. */
  readonly of: readonly string[];
  /** Its entity in the space's memory. */
  readonly entity: string;
}

/** What a summariser gets: the entries in their order, each with its author. */
export interface SummaryRequest {
  readonly from: Did;
  readonly entries: readonly {
    readonly id: string;
    readonly from: string;
    readonly type: string;
    readonly text: string;
  }[];
}

/** One entry's words that travel, and entries in one request: well within the longest message. Judgement. */
const excerptLength = 1_000;
const entriesMax = 100;
/** What a claim may name as evidence; all entries are in its value. */
const evidenceMax = 32;

/**
 * Have a thread summed up, and link the summary into the memory.
 * @throws AmpError AMP-1505 when nobody answers in time, AMP-1403 when there is nothing to sum up.
 */
export async function summariseThread(agent: Agent, init: SummariseInit): Promise<ThreadSummary> {
  const { space, thread, by = { capability: 'summarises long threads' }, deadlineMs = 30_000 } = init;
  const { items } = await agent.query('space', space);
  const entries = (items as readonly Envelope[])
    .filter((entry) => thread === undefined || entry.thread === thread || entry.id === thread)
    .flatMap((entry) => describeEntry(entry) ?? [])
    .slice(-entriesMax);
  if (entries.length === 0) throw new AmpError('AMP-1403', 'There is nothing to sum up.', { space, thread });
  const answer = await askFor(agent, by, { kind: 'summary-request', entries }, deadlineMs);
  const { text } = answer.content as { readonly text: string };
  const of = entries.map((entry) => entry.id);
  const memory = openMemory(agent, space);
  const place = thread === undefined ? {} : { thread };
  const source = await memory.claim({
    ...{ type: 'thread', id: `thread-${thread ?? space}`, text: entries[0]!.text, ...place },
  });
  const entity = await memory.claim({
    ...{ type: 'message', text, subject: thread ?? space, predicate: 'summary', value: { of }, ...place },
    ...{ tags: ['summary'], model: answer.from, evidence: [answer.id, ...of.slice(-evidenceMax + 1)] },
  });
  await memory.relate('derived-from', entity, source);
  return { text, by: answer.from as Did, of, entity };
}

function describeEntry(entry: Envelope): SummaryRequest['entries'][number] | undefined {
  const said = 'content' in entry ? entry.content : 'query' in entry ? entry.query : undefined;
  if (said === undefined) return undefined;
  const text = (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, excerptLength);
  return { id: entry.id, from: entry.from, type: entry.type, text };
}

async function askFor(
  agent: Agent,
  by: NonNullable<SummariseInit['by']>,
  content: Record<string, unknown>,
  deadlineMs: number,
): Promise<Extract<Delivered, { type: 'answer' }>> {
  const answered = Promise.withResolvers<Extract<Delivered, { type: 'answer' }>>();
  let question = '';
  const ending = agent.on('message', (message) => {
    const isSummary =
      message.type === 'answer' && typeof message.content === 'object' && message.content.kind === 'summary';
    if (isSummary && message.parent === question) answered.resolve(message);
  });
  const late = (): void =>
    answered.reject(new AmpError('AMP-1505', `Nobody summed it up within ${deadlineMs} ms.`, { by }));
  const timer = setTimeout(late, deadlineMs);
  try {
    const to = 'agent' in by ? by.agent : { capability: by.capability, count: 1 };
    question = await agent.send({ type: 'question', to, content });
    return await answered.promise;
  } finally {
    clearTimeout(timer);
    ending();
  }
}

/** Sum up what others ask for. The answer ends it. */
export function serveSummaries(
  agent: Agent,
  summarise: (request: SummaryRequest) => string | Promise<string>,
  onProblem: (problem: Error) => void = () => undefined,
): () => void {
  async function take(message: Delivered): Promise<void> {
    if (message.type !== 'question' || typeof message.content !== 'object') return;
    if (message.content.kind !== 'summary-request') return;
    const { entries } = message.content as unknown as SummaryRequest;
    const from = message.from as Did;
    const text = await summarise({ from, entries });
    await agent.send({ type: 'answer', to: from, parent: message.id, content: { kind: 'summary', text } });
  }
  return agent.on('message', (message) => void take(message).catch(onProblem));
}
