/**
 * Volunteering: an agent takes a gap or a concern that nobody is at. It notices, waits the shorter the fitter it
 * is, announces, lets others' announcements come in, and acts only if its own was the first.
 */
import {
  createAttention,
  listOpenWork,
  type OpenWork,
  volunteerDelayMs,
} from '../protocol/attention/index.ts';
import type { Did } from '../protocol/brand.ts';
import { holderOf } from '../protocol/job/roles.ts';
import type { Space } from './space.ts';

export type { OpenWork };

export interface VolunteerComponents {
  readonly space: Pick<Space, 'view' | 'post'>;
  readonly self: Did;
  /** How fit the agent is for it, 0 to 1; `undefined` when it is not its trade. */
  readonly fitness: (open: OpenWork) => number | undefined;
  /** Do it: the work is this agent's alone while it announced so. */
  readonly take: (open: OpenWork) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

export interface VolunteerInit {
  /** How long something stays with those whose part it is, ms. @default 400 */
  readonly graceMs?: number;
  /** How long others' announcements may take to come in, ms. @default 300 */
  readonly settleMs?: number;
  /**
   * Wait, announce, and yield to an earlier announcement. Without it every fit agent does at once what it sees
   * undone: to measure what the check is worth. @default true
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

/** Work is announced for this long, so that nobody starts the same; then it is open again. */
const holdMs = 10_000;
/** One announcement names at most so many things. */
const announcedMax = 64;
const togetherMs = 20;

export function createVolunteer(components: VolunteerComponents, init: VolunteerInit = {}): Volunteer {
  const { space, self, fitness, take, onProblem } = components;
  const graceMs = init.graceMs ?? 400;
  const settleMs = init.settleMs ?? 300;
  const isChecked = init.isRedundancyChecked ?? true;
  const inbox = createAttention(init.capacity === undefined ? {} : { capacity: init.capacity });
  const openSinceMs = new Map<string, number>();
  /** Announced by us, or done by us: not looked at again. */
  const taken = new Set<string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
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
      const dueAtMs = isChecked ? one.sinceMs + graceMs + volunteerDelayMs(fit, self, one.id) : nowMs;
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
    announce(open.map((one) => one.id)).then(() => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        settle(open);
      }, settleMs);
      timers.add(timer);
    }, onProblem);
  }

  async function announce(about: readonly string[]): Promise<void> {
    const task = space.view().goalId;
    if (task === undefined) return;
    const intention = { about: [...about], untilMs: Date.now() + holdMs };
    await space.post({ type: 'progress', task, fencing: 0, content: { intention } });
  }

  /** Ours is what we announced first and what is still open; the rest is somebody else's. */
  function settle(open: readonly OpenWork[]): void {
    if (isStopped) return;
    const view = space.view();
    const mine = open.filter((one) => holderOf(view, one.id, Date.now()) === self && isStillOpen(one));
    for (const one of open) if (!mine.includes(one)) taken.delete(one.id);
    doAll(mine);
  }

  function isStillOpen(one: OpenWork): boolean {
    const view = space.view();
    return one.kind === 'gap'
      ? view.requirements.some((requirement) => requirement.id === one.id && requirement.state === 'open')
      : view.concerns.some((concern) => concern.id === one.id && concern.isOpen);
  }

  function doAll(open: readonly OpenWork[]): void {
    for (const one of open) take(one).catch(onProblem);
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
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
