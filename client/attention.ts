/**
 * Volunteering: an agent takes a gap or a concern that nobody is at. It notices, waits the shorter the fitter it
 * is, claims it, and acts only once a majority of the job's witnesses consented.
 */
import {
  createAttention,
  listOpenWork,
  type OpenWork,
  volunteerDelayMs,
} from '../protocol/attention/index.ts';
import type { Did } from '../protocol/brand.ts';
import type { Claims } from './claims.ts';
import type { Space } from './space.ts';

export type { OpenWork };

export interface VolunteerComponents {
  readonly space: Pick<Space, 'view'>;
  readonly self: Did;
  readonly claims: Pick<Claims, 'claim' | 'letGo'>;
  /** How fit the agent is for it, 0 to 1; `undefined` when it is not its trade. */
  readonly fitness: (open: OpenWork) => number | undefined;
  /** Do it: the work is this agent's alone for as long as it holds the claim. False when nothing came of it. */
  readonly take: (open: OpenWork) => Promise<boolean>;
  readonly onProblem: (error: unknown) => void;
}

export interface VolunteerInit {
  /** How long something stays with those whose part it is, ms. @default 400 */
  readonly graceMs?: number;
  /**
   * Wait, claim, and act on consent only. Without it every fit agent does at once what it sees undone: to measure
   * what the check is worth. @default true
   */
  readonly isRedundancyChecked?: boolean;
  /** Things attended to at a time; less relevant ones fall out and are counted. @default 128 */
  readonly capacity?: number;
}

export interface Volunteer {
  /** Look again: something changed. */
  look(): void;
  readonly droppedCount: number;
  stop(): void;
}

/** One announcement names at most so many things. */
const announcedMax = 64;
/** Changes that come together are looked at together, ms: fewer claims about more things each. */
const togetherMs = 60;
/** After a claim that came to nothing, ms; and how often the wait doubles. Judgement. */
const retryMs = 250;
const retriesMax = 6;

export function createVolunteer(components: VolunteerComponents, init: VolunteerInit = {}): Volunteer {
  const { space, self, claims, fitness, take, onProblem } = components;
  const graceMs = init.graceMs ?? 400;
  const isChecked = init.isRedundancyChecked ?? true;
  const inbox = createAttention(init.capacity === undefined ? {} : { capacity: init.capacity });
  const openSinceMs = new Map<string, number>();
  /** How often a claim came to nothing, and when to try again, integer Unix ms. */
  const retries = new Map<string, { readonly count: number; readonly atMs: number }>();
  /** Claimed by us, or done by us: not looked at again. */
  const taken = new Set<string>();
  let next: ReturnType<typeof setTimeout> | undefined;
  let pending: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  /** Changes that come together are looked at together. */
  function look(): void {
    if (isStopped) return;
    pending ??= setTimeout(lookNow, togetherMs);
  }

  function lookNow(): void {
    pending = undefined;
    if (isStopped) return;
    const nowMs = Date.now();
    const open = listOpen(nowMs);
    const byId = new Map(open.map((one) => [one.id, one]));
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const one of open) {
      const fit = taken.has(one.id) ? undefined : fitness(one);
      if (fit === undefined) continue;
      const delayMs = volunteerDelayMs(fit, self, one.id);
      const retryAtMs = (retries.get(one.id)?.atMs ?? 0) + delayMs;
      const dueAtMs = isChecked ? Math.max(one.sinceMs + graceMs + delayMs, retryAtMs) : nowMs;
      if (dueAtMs > nowMs) nextAtMs = Math.min(nextAtMs, dueAtMs);
      else inbox.step({ type: 'noticed', id: one.id, relevance: fit, atMs: one.sinceMs });
    }
    for (const effect of inbox.step({ type: 'wanted', count: announcedMax, atMs: nowMs }))
      if (effect.type === 'attend')
        claim(effect.ids.map((id) => byId.get(id)).filter((one) => one !== undefined));
    lookAt(nextAtMs, nowMs);
  }

  function listOpen(nowMs: number): readonly OpenWork[] {
    const view = space.view();
    for (const one of view.requirements) {
      if (one.state !== 'open') openSinceMs.delete(one.id);
      else if (!openSinceMs.has(one.id)) openSinceMs.set(one.id, nowMs);
    }
    return listOpenWork({ view, self, nowMs, openSinceMs });
  }

  /** Whoever announced may fall silent: what it held is open again then. */
  function lookAt(nextAtMs: number, nowMs: number): void {
    clearTimeout(next);
    const ends = space.view().intentions.flatMap((one) => (one.untilMs > nowMs ? [one.untilMs] : []));
    const atMs = Math.min(nextAtMs, ...ends);
    if (Number.isFinite(atMs)) next = setTimeout(look, Math.max(5, atMs - nowMs));
  }

  function claim(open: readonly OpenWork[]): void {
    if (open.length === 0) return;
    for (const one of open) taken.add(one.id);
    if (!isChecked) return doAll(open);
    claims
      .claim(open.map((one) => one.id))
      .then((held) => settle(open, held))
      .catch((error: unknown) => {
        for (const one of open) tryLater(one.id);
        onProblem(error);
      });
  }

  /** Each time twice as long: where words take seconds, claiming anew at once would only add to them. */
  function tryLater(id: string): void {
    const count = Math.min(retriesMax, (retries.get(id)?.count ?? 0) + 1);
    retries.set(id, { count, atMs: Date.now() + retryMs * 2 ** (count - 1) });
    taken.delete(id);
    look();
  }

  /** Ours is what the witnesses consented to and what is still open; the rest is somebody else's. */
  function settle(open: readonly OpenWork[], held: ReadonlySet<string>): void {
    if (isStopped) return;
    const mine = open.filter((one) => held.has(one.id) && isStillOpen(one));
    for (const one of open) if (!mine.includes(one)) tryLater(one.id);
    claims.letGo(open.filter((one) => held.has(one.id) && !mine.includes(one)).map((one) => one.id));
    doAll(mine);
  }

  function isStillOpen(one: OpenWork): boolean {
    const view = space.view();
    return one.kind === 'gap'
      ? view.requirements.some((requirement) => requirement.id === one.id && requirement.state === 'open')
      : view.concerns.some((concern) => concern.id === one.id && concern.isOpen);
  }

  function doAll(open: readonly OpenWork[]): void {
    for (const one of open)
      take(one).then(
        (isDone) => {
          if (!isDone) claims.letGo([one.id]);
        },
        (error: unknown) => {
          onProblem(error);
          claims.letGo([one.id]);
          tryLater(one.id);
        },
      );
  }

  return {
    look,
    get droppedCount() {
      return inbox.droppedCount;
    },
    stop() {
      isStopped = true;
      clearTimeout(next);
      clearTimeout(pending);
    },
  };
}
