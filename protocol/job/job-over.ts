/**
 * When a job is over, and why: every requirement met and reviewed, no concern open, no part resting on what was
 * revised since, and quiet; or an end from outside.
 * What whoever coordinates gave up is not waited for, and named in the end.
 */
import { listGivenUp } from './coordination.ts';
import type { JobView } from './job-view.ts';
import { listOutdated } from './outdated.ts';

/** `incomplete`: all that anybody here can do is done, and something is still missing. */
export type JobEnd = 'complete' | 'incomplete' | 'deadline' | 'budget' | 'asker' | 'nobody-left';

export interface JobOverInit {
  /** Quiet time after the last entry before a complete job ends. @default 1,000 */
  readonly quietMs?: number;
  /**
   * How long an author has to revise or confirm a part that rests on what others revised, ms. Longer than a look
   * that failed is waited for, and than reading files across a busy mesh takes. @default 5,000
   */
  readonly outdatedMs?: number;
  /** Integer Unix ms. */
  readonly deadlineAtMs: number;
  /** Requirements that nobody offered to meet: the job does not wait for them, and names them in the end. */
  readonly unprovided?: ReadonlySet<string>;
}

export interface JobOver {
  readonly end: JobEnd;
  /** Requirements that no reviewed contribution meets. */
  readonly unmet: readonly {
    readonly id: string;
    readonly text: string;
    readonly why: 'missing' | 'not-reviewed';
  }[];
  readonly openConcerns: readonly string[];
  /** Parts that rest on what was revised since, and whose authors did not say that they stay as they are. */
  readonly outdated: readonly string[];
}

export interface JobProgress {
  readonly over: JobOver | undefined;
  /** When to look again although nothing happens, integer Unix ms. */
  readonly nextLookAtMs: number;
}

const outdatedMsDefault = 5_000;

/** Judge a job at `nowMs`. `stop` is an end that came from outside. */
export function judgeJob(
  view: JobView,
  init: JobOverInit,
  nowMs: number,
  stop?: Exclude<JobEnd, 'complete' | 'incomplete' | 'deadline'>,
): JobProgress {
  const quietMs = init.quietMs ?? 1_000;
  const unmet = view.requirements
    .filter((one) => one.state !== 'met')
    .map(({ id, text, state }) => ({
      id,
      text,
      why: state === 'open' ? ('missing' as const) : ('not-reviewed' as const),
    }));
  const openConcerns = view.concerns
    .filter((one) => one.isOpen && one.severity !== 'note')
    .map((one) => one.id);
  const outdated = listOutdated(view);
  const over = (end: JobEnd): JobProgress => ({
    over: { end, unmet, openConcerns, outdated: outdated.map((one) => one.contribution) },
    nextLookAtMs: nowMs,
  });
  if (view.isDissolved) return over('asker');
  if (stop !== undefined) return over(stop);
  if (nowMs >= init.deadlineAtMs) return over('deadline');
  const outdatedMs = init.outdatedMs ?? outdatedMsDefault;
  const quietAtMs = Math.max(
    view.lastEntryAt + quietMs,
    ...outdated.map((one) => one.sinceMs + Math.max(quietMs, outdatedMs)),
  );
  const givenUp = listGivenUp(view);
  const awaited = unmet.filter(
    (one) => !givenUp.has(one.id) && (one.why !== 'missing' || init.unprovided?.has(one.id) !== true),
  );
  const isComplete =
    view.requirements.length > 0 && awaited.length === 0 && openConcerns.every((id) => givenUp.has(id));
  if (isComplete && nowMs >= quietAtMs)
    return over(unmet.length + openConcerns.length === 0 ? 'complete' : 'incomplete');
  return {
    over: undefined,
    nextLookAtMs: Math.min(init.deadlineAtMs, isComplete ? quietAtMs : Math.max(quietAtMs, nowMs + quietMs)),
  };
}
