/**
 * One task to many agents: partial results stream in as they come, the end names who was late and who failed,
 * and contradictory answers are merged by a stated policy that keeps the losing ones.
 */
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import type { Agent } from './agent.ts';
import { newTaskId, requestTask, type TaskContent, type TaskResult } from './tasks.ts';

/** Agents by DID, or by what they can do: `count` of those at least `min` similar. */
export type FanOutTargets =
  | readonly Did[]
  | { readonly capability: string; readonly min?: number; readonly count?: number };

export interface FanOutInit {
  /** Whoever has not answered by then is late. @default 60,000 */
  readonly deadlineMs?: number;
  /** Stop waiting when so many results are there. @default all */
  readonly quorum?: number;
  readonly signal?: AbortSignal;
}

export type FanOutUpdate =
  | { readonly kind: 'partial'; readonly from: Did; readonly content: TaskContent; readonly index: number }
  | { readonly kind: 'progress'; readonly from: Did; readonly share: number | undefined }
  | { readonly kind: 'result'; readonly from: Did; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly from: Did; readonly reason: string }
  | { readonly kind: 'late'; readonly from: Did }
  | { readonly kind: 'end'; readonly report: FanOutReport };

export interface FanOutReport {
  readonly task: string;
  /** In the order in which they came. */
  readonly results: readonly TaskResult[];
  /** Asked, and silent at the deadline or when the quorum was complete. */
  readonly late: readonly Did[];
  readonly failed: readonly { readonly from: Did; readonly reason: string }[];
  /** Whether as many answered as the quorum asks for. */
  readonly hasQuorum: boolean;
}

export interface FanOut {
  readonly task: string;
  readonly asked: readonly Did[];
  /** Every update from the first on, the `end` last; may be read more than once. */
  gather(): AsyncIterable<FanOutUpdate>;
  /** The end, for those who do not care how it came about. */
  readonly done: Promise<FanOutReport>;
  /** Stop waiting: whoever has not answered is late, and is told to stop. */
  cancel(): void;
}

/** As many as a capability address reaches by default. */
const countDefault = 3;

/**
 * Award one task to several agents at once.
 * @throws AmpError AMP-1406 when no agent is found for a capability.
 */
export async function fanOut(
  agent: Agent,
  task: TaskContent,
  targets: FanOutTargets,
  init: FanOutInit = {},
): Promise<FanOut> {
  const asked = 'capability' in targets ? await findCapable(agent, targets) : [...new Set(targets)];
  if (asked.length === 0) throw new AmpError('AMP-1406', 'There is no agent to give the task to.');
  const id = newTaskId();
  const quorum = Math.min(init.quorum ?? asked.length, asked.length);
  const stop = new AbortController();
  const log = createUpdateLog();
  const results: TaskResult[] = [];
  const failed: { from: Did; reason: string }[] = [];
  const late: Did[] = [];

  async function askOne(from: Did): Promise<void> {
    try {
      const result = await requestTask(agent, from, task, {
        task: id,
        signal: stop.signal,
        ...(init.deadlineMs === undefined ? {} : { deadlineMs: init.deadlineMs }),
        onPartial: (content, index) => log.push({ kind: 'partial', from, content, index }),
        onProgress: (share) => log.push({ kind: 'progress', from, share }),
      });
      results.push(result);
      log.push({ kind: 'result', from, result });
      if (results.length >= quorum) stop.abort(quorumReached);
    } catch (error) {
      fail(from, error);
    }
  }

  function fail(from: Did, error: unknown): void {
    const isLate = stop.signal.aborted || (error instanceof AmpError && error.code === 'AMP-1505');
    if (isLate) {
      late.push(from);
      return log.push({ kind: 'late', from });
    }
    const reason = error instanceof AmpError ? String(error.facts.reason ?? error.message) : String(error);
    failed.push({ from, reason });
    log.push({ kind: 'failed', from, reason });
  }

  const onAbort = () => stop.abort(new Error('cancelled'));
  init.signal?.addEventListener('abort', onAbort, { once: true });
  if (init.signal?.aborted === true) onAbort();
  const done = Promise.all(asked.map(askOne)).then(() => {
    init.signal?.removeEventListener('abort', onAbort);
    const report = { task: id, results, late, failed, hasQuorum: results.length >= quorum };
    log.end({ kind: 'end', report });
    return report;
  });
  return { task: id, asked, gather: () => log.read(), done, cancel: onAbort };
}

const quorumReached = new Error('quorum');

async function findCapable(
  agent: Agent,
  targets: Extract<FanOutTargets, { capability: string }>,
): Promise<readonly Did[]> {
  const count = targets.count ?? countDefault;
  const found = await agent.query('discover', targets.capability, {
    limit: count,
    filter: { without: [agent.did] },
    ...(targets.min === undefined ? {} : { similarityMin: targets.min }),
  });
  const skills = found.items as readonly { readonly hits: readonly { readonly agent: Did }[] }[];
  const agents = skills.flatMap((skill) => skill.hits.map((hit) => hit.agent));
  return [...new Set(agents)].filter((did) => did !== agent.did).slice(0, count);
}

/** Keeps all updates, so that a reader who comes late misses none. */
function createUpdateLog() {
  const updates: FanOutUpdate[] = [];
  let isEnded = false;
  let wake = Promise.withResolvers<void>();

  function push(update: FanOutUpdate): void {
    updates.push(update);
    wake.resolve();
    wake = Promise.withResolvers<void>();
  }

  return {
    push,
    end(update: FanOutUpdate): void {
      isEnded = true;
      push(update);
    },
    async *read(): AsyncGenerator<FanOutUpdate> {
      for (let at = 0; ; at += 1) {
        while (at >= updates.length) {
          if (isEnded) return;
          await wake.promise;
        }
        yield updates[at]!;
      }
    },
  };
}
