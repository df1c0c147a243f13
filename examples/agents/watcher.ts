/**
 * An agent of no trade that watches a group: how near it is to its goal, whether one does all the work, whether work
 * is repeated, whether what was announced is let fall. It says so as a concern of the lightest kind, which nobody has
 * to answer; when that stays true it asks the group to decide.
 */
import type { Space } from '../../client/index.ts';
import {
  type ConcernKind,
  createGroupWatch,
  type Deed,
  type WatcherEffect,
} from '../../discovery/learning/index.ts';
import type { JobView } from '../../protocol/job/job-view.ts';

export interface WatchInit {
  /** Time between two looks, ms. @default 2,000 */
  readonly lookEveryMs?: number;
  /** Ask the group; the answer is one of the options. Without it the watcher only speaks. */
  readonly decide?: (question: string, options: readonly string[]) => Promise<string>;
  readonly onNote?: (note: string) => void;
}

export const goOn = 'go on as we are';
/** What the group may choose instead, by what is wrong. */
export const remedies: Readonly<Record<ConcernKind, string>> = {
  concentration: 'ask others to take parts',
  'repeated-work': 'announce before working',
  'failed-handoffs': 'keep what one has announced',
  standstill: 'ask for more agents',
};

/** Watch a space until it is closed, or the answer is called. */
export function watchGroup(space: Pick<Space, 'view' | 'post'>, init: WatchInit = {}): () => void {
  const note = init.onNote ?? (() => undefined);
  const machine = createGroupWatch();
  const seen = new Set<string>();

  function look(): void {
    const view = space.view();
    const atMs = Date.now();
    if (view.isDissolved) return stop();
    for (const { key, deed } of deedsOf(view, atMs)) {
      if (seen.has(key)) continue;
      seen.add(key);
      machine.step({ type: 'deed-seen', atMs, deed });
    }
    const { requirements } = view;
    if (requirements.length === 0) return;
    const metShare = requirements.filter((one) => one.state === 'met').length / requirements.length;
    for (const effect of machine.step({ type: 'look', atMs, metShare })) act(effect);
  }

  function act(effect: WatcherEffect): void {
    if (effect.type === 'ignored') return;
    const { kind, measure, about } = effect;
    const said = `${describe(kind, measure)}${about === undefined ? '' : ` (${about})`}`;
    note(`${effect.type}: ${said}`);
    if (effect.type === 'raise-concern')
      space
        .post({ type: 'concern', severity: 'note', content: { watch: kind, measure, text: said } })
        .catch((error: unknown) => note(`The concern was not said: ${String(error)}`));
    else
      init.decide?.(`${said}: what shall we do?`, [goOn, remedies[kind]]).then(
        (choice) => note(`decided: ${choice}`),
        (error: unknown) => note(`No decision: ${String(error)}`),
      );
  }

  const timer = setInterval(look, init.lookEveryMs ?? 2_000);
  const stop = (): void => clearInterval(timer);
  return stop;
}

/** What was done, each deed once: contributions, and announcements that came to an end. */
function deedsOf(view: JobView, nowMs: number): { key: string; deed: Deed }[] {
  const work = view.contributions
    .filter((one) => one.type !== 'revise')
    .map(({ id, author, meets }) => ({
      key: id,
      // Two contributions to the same requirements are the same work done twice.
      deed: {
        deed: 'work',
        agent: author,
        what: meets.length === 0 ? id : [...meets].sort().join(' '),
      } as const,
    }));
  const ended = view.intentions
    .filter((one) => one.untilMs < nowMs && one.about.some((id) => isPart(view, id)))
    .map(({ id, agent, about, at }) => {
      const isKept = view.contributions.some(
        (one) => one.author === agent && one.at >= at && one.meets.some((part) => about.includes(part)),
      );
      return { key: id, deed: { deed: 'handoff', ok: isKept } as const };
    });
  return [...work, ...ended];
}

function isPart(view: JobView, id: string): boolean {
  return view.requirements.some((one) => one.id === id);
}

function describe(kind: ConcernKind, measure: number): string {
  const percent = `${Math.round(100 * measure)} %`;
  switch (kind) {
    case 'concentration':
      return `One agent did ${percent} of the work`;
    case 'repeated-work':
      return `${percent} of the work was done before`;
    case 'failed-handoffs':
      return `${percent} of what was announced was not done`;
    case 'standstill':
      return `${percent} of the goal is open and nothing comes nearer`;
  }
}
