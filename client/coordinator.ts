/**
 * The part of whoever coordinates, run by every expert: keep, take or hand over the lease as the context scores say,
 * and while holding it ask for what nobody is at, close what nobody will do, and have the parts brought together.
 */
import type { Did } from '../protocol/brand.ts';
import { leaseMs, planCoordination, planDuties } from '../protocol/job/coordination.ts';
import type { Contribution, JobView } from '../protocol/job/job-view.ts';
import { coordinate } from '../protocol/job/roles.ts';
import type { Agent } from './agent.ts';
import type { Space } from './space.ts';

export interface CoordinatorComponents {
  readonly agent: Pick<Agent, 'did' | 'askNode'>;
  readonly space: Pick<Space, 'view' | 'members' | 'post' | 'isClosed'>;
  /** Bring these parts together; asked of the holder only, once for the same parts. */
  readonly integrate: (parts: readonly Contribution[]) => Promise<void>;
  readonly onNote: (note: string) => void;
  readonly onProblem: (error: unknown) => void;
}

export interface Coordinator {
  /** Look again: something changed. */
  look(): void;
  readonly isHolder: boolean;
  stop(): void;
}

/** Changes that come together are looked at together. */
const togetherMs = 20;
/** Off the mesh for this long, an agent counts as gone: one whose node died is back sooner. Judgement. */
const goneMs = 3_000;
/** How often whoever coordinates looks who is there, ms. */
const presenceMs = 1_000;
const agentsMax = 1_000;

export function createCoordinator(components: CoordinatorComponents): Coordinator {
  const { agent, space, integrate, onNote, onProblem } = components;
  const awaySinceMs = new Map<Did, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Number.POSITIVE_INFINITY;
  let presenceAtMs = 0;
  let isHolder = false;
  let isActing = false;
  let isStopped = false;
  let integrated = '';

  function schedule(atMs: number): void {
    if (isStopped || atMs >= dueMs) return;
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(() => void lookNow(), Math.max(5, atMs - Date.now()));
  }

  /** One look at a time: what it says is in the view before the next. */
  async function lookNow(): Promise<void> {
    dueMs = Number.POSITIVE_INFINITY;
    if (isStopped || space.isClosed || space.view().isDissolved) return;
    if (isActing) return schedule(Date.now() + togetherMs);
    isActing = true;
    try {
      schedule(await act());
    } catch (error) {
      onProblem(error);
      schedule(Date.now() + presenceMs);
    } finally {
      isActing = false;
    }
  }

  async function act(): Promise<number> {
    const plan = planCoordination(factsNow());
    if (plan.lease !== undefined) await announce(plan.lease === 'take' ? leaseMs : 0);
    if (plan.isHolder !== isHolder) onNote(plan.isHolder ? 'coordinates' : 'coordinates no more');
    isHolder = plan.isHolder;
    if (!isHolder) return plan.nextLookAtMs;
    if (isUnfinished(space.view())) await seeWhoIsThere();
    const duties = planDuties(factsNow());
    if (duties.ask.length > 0) await ask(duties.ask);
    if (duties.close !== undefined) await close(duties.close);
    const parts = duties.integrate.map((one) => one.id).join(' ');
    if (duties.integrate.length > 0 && parts !== integrated) {
      integrated = parts;
      await integrate(duties.integrate);
    }
    return Math.min(plan.nextLookAtMs, duties.nextLookAtMs);
  }

  function factsNow() {
    const view = space.view();
    const nowMs = Date.now();
    const gone = new Set([...awaySinceMs].filter(([, since]) => nowMs - since >= goneMs).map(([did]) => did));
    // The asker asked; it does not coordinate its own answer.
    const members = space.members().filter((did) => did !== view.asker);
    return { view, self: agent.did, members, gone, nowMs };
  }

  async function announce(forMs: number): Promise<void> {
    await say({ intention: { about: [coordinate], forMs } });
  }

  async function seeWhoIsThere(): Promise<void> {
    const nowMs = Date.now();
    if (nowMs < presenceAtMs) return;
    presenceAtMs = nowMs + presenceMs;
    const found = await agent.askNode({ type: 'query', what: 'agents', limit: agentsMax });
    const all = found.items as readonly { readonly did: Did; readonly isOnline?: boolean }[];
    const there = new Set(all.filter((one) => one.isOnline === true).map((one) => one.did));
    for (const did of space.members()) {
      if (there.has(did) || did === agent.did) awaySinceMs.delete(did);
      else if (!awaySinceMs.has(did)) awaySinceMs.set(did, nowMs);
    }
  }

  async function ask(about: readonly string[]): Promise<void> {
    const text = `Nobody is at: ${about.map(nameOf).join('; ')}. Who can?`;
    onNote(`asks: ${text}`);
    await space.post({ type: 'question', content: { text, about: [...about] } } as Parameters<
      Space['post']
    >[0]);
  }

  async function close(closing: {
    readonly missing: readonly string[];
    readonly concerns: readonly string[];
  }) {
    onNote(`closes what nobody will do: ${[...closing.missing, ...closing.concerns].map(nameOf).join('; ')}`);
    await say({ closing: { missing: [...closing.missing], concerns: [...closing.concerns] } });
  }

  function nameOf(id: string): string {
    const requirement = space.view().requirements.find((one) => one.id === id);
    return requirement === undefined ? `concern ${id.slice(-8)}` : `${id} (${requirement.text.slice(0, 80)})`;
  }

  async function say(content: Record<string, unknown>): Promise<void> {
    const task = space.view().goalId;
    if (task === undefined) return;
    await space.post({ type: 'progress', task, fencing: 0, content } as Parameters<Space['post']>[0]);
  }

  return {
    look: () => schedule(Date.now() + togetherMs),
    get isHolder() {
      return isHolder;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

function isUnfinished(view: JobView): boolean {
  return view.requirements.some((one) => one.state !== 'met') || view.concerns.some((one) => one.isOpen);
}
