/**
 * The monitor–contribute loop: hear what changes in a space, attend to what concerns this agent, and add to it what
 * nobody has said or announced yet. Relevance is nearness to the agent's capabilities and to an open need; cool-down and
 * budget keep one agent from talking all the time; what is redundant is not done.
 */
import { createAttention, type Similarity, scoreRelevance } from '../../protocol/attention/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { Claim, Known, Memory } from './memory.ts';

export interface Contribution {
  readonly claim: Claim;
  /** What the claim is to the change, or to another entity: `answers`, `meets`, `supports`, … */
  readonly relation?: { readonly kind: string; readonly to: string };
}

/** What an agent would do about a change. */
export interface Plan {
  /** What will be said, in words: announced before the work, and compared with what others said and announced. */
  readonly summary: string;
  work(): Promise<readonly Contribution[]>;
}

export interface MonitorComponents {
  readonly memory: Pick<Memory, 'subscribe' | 'query' | 'open' | 'claim' | 'relate' | 'retract'>;
  readonly self: Did;
  /** How near two texts are in meaning, 0 to 1. */
  readonly similarity: Similarity;
  /** What to do about a change; `undefined` for nothing. */
  readonly plan: (change: Known) => Plan | undefined | Promise<Plan | undefined>;
  readonly onProblem: (error: unknown) => void;
}

export interface MonitorInit {
  /** What the agent can do, in words. */
  readonly capabilities: readonly string[];
  /** Less relevant changes are left alone, 0 to 1. @default 0.3 */
  readonly relevanceMin?: number;
  /** A claim or an announced intention this near to the plan makes it redundant, 0 to 1. @default 0.85 */
  readonly redundantAbove?: number;
  /** Rest after each contribution, ms. @default 2,000 */
  readonly coolDownMs?: number;
  /** Contributions in the whole life of the loop. @default 100 */
  readonly budget?: number;
  /** How long others' announcements may take to come in, ms. @default 500 */
  readonly settleMs?: number;
  /** Changes kept at most; less relevant ones fall out. @default 128 */
  readonly capacity?: number;
}

/** What became of what was heard. */
export interface MonitorCounts {
  readonly heard: number;
  readonly irrelevant: number;
  /** Relevant, and no plan for it. */
  readonly unplanned: number;
  /** Said or announced by somebody before. */
  readonly redundant: number;
  /** Announced here, and earlier elsewhere. */
  readonly yielded: number;
  readonly contributed: number;
  /** Fell out of a full inbox. */
  readonly crowdedOut: number;
}

export interface Monitor {
  readonly counts: MonitorCounts;
  stop(): void;
}

type Counts = { -readonly [Name in keyof MonitorCounts]: number };

const saidTypes = ['fact', 'hypothesis', 'solution', 'message'];

export function monitorMemory(components: MonitorComponents, init: MonitorInit): Monitor {
  const { memory, self, similarity, plan, onProblem } = components;
  const redundantAbove = init.redundantAbove ?? 0.85;
  const coolDownMs = init.coolDownMs ?? 2_000;
  const settleMs = init.settleMs ?? 500;
  const inbox = createAttention({
    relevanceMin: init.relevanceMin ?? 0.3,
    ...(init.capacity === undefined ? {} : { capacity: init.capacity }),
  });
  const latest = new Map<string, Known>();
  const counts: Counts = {
    heard: 0,
    irrelevant: 0,
    unplanned: 0,
    redundant: 0,
    yielded: 0,
    contributed: 0,
    crowdedOut: 0,
  };
  let budget = init.budget ?? 100;
  let restUntilMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isBusy = false;
  let isStopped = false;
  /** Changes are weighed in the order in which they came. */
  let lastHeard: Promise<void> = Promise.resolve();

  const endSubscription = memory.subscribe({}, ({ entity }) => {
    const isOver = entity === undefined || entity.status === 'retracted' || entity.status === 'closed';
    if (isStopped || isOver || entity.author === self || entity.body.type === 'intention') return;
    lastHeard = lastHeard.then(() => weigh(entity)).catch(onProblem);
  });

  async function weigh(entity: Known): Promise<void> {
    counts.heard += 1;
    const needs = (await memory.open()).map((one) => one.body.capability ?? one.body.text);
    const text = entity.body.capability ?? entity.body.text;
    const { capabilities } = init;
    const relevance = Math.max(
      ...['', ...needs].map((goal) => scoreRelevance(text, { goal, capabilities }, similarity)),
    );
    for (const effect of inbox.step({ type: 'noticed', id: entity.id, relevance, atMs: Date.now() })) {
      if (effect.type !== 'drop') continue;
      latest.delete(effect.id);
      if (effect.reason === 'irrelevant') counts.irrelevant += 1;
      else counts.crowdedOut += 1;
      if (effect.id === entity.id) return;
    }
    latest.set(entity.id, entity);
    pump();
  }

  function pump(): void {
    if (isStopped || isBusy || budget <= 0) return;
    const waitMs = restUntilMs - Date.now();
    if (waitMs > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        pump();
      }, waitMs);
      return;
    }
    const [effect] = inbox.step({ type: 'wanted', count: 1, atMs: Date.now() });
    const change = effect?.type === 'attend' ? latest.get(effect.ids[0]!) : undefined;
    if (change === undefined) return;
    latest.delete(change.id);
    isBusy = true;
    attend(change)
      .catch(onProblem)
      .finally(() => {
        isBusy = false;
        pump();
      });
  }

  async function attend(change: Known): Promise<void> {
    const made = await plan(change);
    if (made === undefined) {
      counts.unplanned += 1;
      return;
    }
    const { summary } = made;
    if ((await findSame(summary, change)).length > 0) {
      counts.redundant += 1;
      return;
    }
    const intention = await memory.claim({ type: 'intention', text: summary });
    try {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      if (isStopped || (await isForestalled(intention, summary, change))) {
        counts.yielded += 1;
        return;
      }
      await contribute(await made.work());
    } finally {
      await memory.retract(intention, 'done');
    }
  }

  /** What others said or announced that is as good as this. */
  async function findSame(text: string, change: Known): Promise<readonly Known[]> {
    const found = await memory.query({ text, min: redundantAbove, types: [...saidTypes, 'intention'] });
    return found.filter((one) => one.id !== change.id && one.author !== self && one.status !== 'retracted');
  }

  /** Said meanwhile, or announced earlier by another: the order that every member shares. */
  async function isForestalled(intention: string, text: string, change: Known): Promise<boolean> {
    const [own] = await memory.query({ ids: [intention] });
    return (await findSame(text, change)).some(
      (one) =>
        one.body.type !== 'intention' ||
        own === undefined ||
        one.at < own.at ||
        (one.at === own.at && compareText(one.author, own.author) < 0),
    );
  }

  async function contribute(contributions: readonly Contribution[]): Promise<void> {
    for (const { claim, relation } of contributions.slice(0, budget)) {
      budget -= 1;
      const entity = await memory.claim(claim);
      if (relation !== undefined) await memory.relate(relation.kind, entity, relation.to);
      counts.contributed += 1;
    }
    restUntilMs = Date.now() + coolDownMs;
  }

  return {
    counts,
    stop() {
      isStopped = true;
      clearTimeout(timer);
      endSubscription();
    },
  };
}
