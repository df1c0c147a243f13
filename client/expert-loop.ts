/**
 * One trade at work in one job: whenever something changed it answers concerns, reviews what it can judge, and says
 * what there is to say. One look at a time; a concern about its own work interrupts the look that runs.
 */
import type { Did } from '../protocol/brand.ts';
import type { Contribution } from '../protocol/job/job-view.ts';
import type { Action, Expert, Situation, Verdict } from './expert.ts';
import type { Space } from './space.ts';

export interface ExpertLoopComponents {
  readonly expert: Expert;
  readonly space: Space;
  readonly self: Did;
  /** Ends with the job. */
  readonly job: AbortSignal;
  readonly situationOf: (work: AbortSignal, lookAgainIn: (ms: number) => void) => Situation;
  readonly post: (actions: readonly Action[]) => Promise<void>;
  readonly sayVerdict: (contribution: Contribution, verdict: Verdict) => Promise<void>;
  /** What this agent has reviewed, in any of its trades. */
  readonly reviewed: ReadonlySet<string>;
  readonly onProblem: (error: unknown) => void;
  /** There is nothing more to do for now. */
  readonly onRest: () => void;
  /** The space is closed. */
  readonly onDone: () => void;
}

export interface ExpertLoop {
  /** Look soon. */
  schedule(): void;
  stop(): void;
}

/** Changes that come together are looked at together. */
const settleMs = 30;
/** A look that failed (a node died, a file was not there yet) is taken again after this. Judgement. */
const retryMs = 1_000;

export function createExpertLoop(components: ExpertLoopComponents): ExpertLoop {
  const { expert, space, self, job, post } = components;
  const handledConcerns = new Set<string>();
  let work = new AbortController();
  let isLooking = false;
  let isDirty = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let laterTimer: ReturnType<typeof setTimeout> | undefined;

  function schedule(): void {
    if (job.aborted) return;
    if (isLooking) {
      isDirty = true;
      interruptOnConcern();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => void look(), settleMs);
  }

  function lookAgainIn(ms: number): void {
    clearTimeout(laterTimer);
    laterTimer = setTimeout(schedule, ms);
  }

  /** A concern about one's own work reaches it while it runs, not after. */
  function interruptOnConcern(): void {
    const view = space.view();
    const mine = new Set(view.contributions.filter((one) => one.author === self).map((one) => one.id));
    if (
      view.concerns.some(
        (one) => one.isOpen && !handledConcerns.has(one.id) && one.about.some((id) => mine.has(id)),
      )
    )
      work.abort(new Error('a concern came in'));
  }

  async function look(): Promise<void> {
    if (isLooking || job.aborted) return;
    isLooking = true;
    isDirty = false;
    work = new AbortController();
    try {
      if (space.isClosed || space.view().isDissolved) return components.onDone();
      await answerConcerns();
      await reviewOthers();
      if (space.view().goalId !== undefined) await post(await expert.contribute(situation()));
    } catch (error) {
      if (!work.signal.aborted && !job.aborted) {
        components.onProblem(error);
        lookAgainIn(retryMs);
      }
    } finally {
      isLooking = false;
      if (isDirty) schedule();
      else if (!job.aborted) components.onRest();
    }
  }

  function situation(): Situation {
    return components.situationOf(work.signal, lookAgainIn);
  }

  async function answerConcerns(): Promise<void> {
    for (const concern of space.view().concerns) {
      if (!concern.isOpen || handledConcerns.has(concern.id) || concern.author === self) continue;
      const now = situation();
      const isMine = concern.about.some((id) =>
        now.view.contributions.some((one) => one.id === id && one.author === self),
      );
      if (!isMine || expert.resolve === undefined) continue;
      handledConcerns.add(concern.id);
      try {
        await post(await expert.resolve(concern, now));
      } catch (error) {
        // Interrupted by the next concern: this one is still to be answered.
        handledConcerns.delete(concern.id);
        throw error;
      }
    }
  }

  async function reviewOthers(): Promise<void> {
    for (const contribution of situation().standing) {
      if (contribution.author === self || components.reviewed.has(contribution.id)) continue;
      const verdict = await expert.review?.(contribution, situation());
      if (verdict !== undefined && !components.reviewed.has(contribution.id))
        await components.sayVerdict(contribution, verdict);
    }
  }

  return {
    schedule,
    stop() {
      clearTimeout(timer);
      clearTimeout(laterTimer);
      work.abort(new Error('the job is over'));
    },
  };
}
