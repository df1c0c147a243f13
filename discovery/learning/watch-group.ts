/**
 * A watcher of the group: how far it is from its goal, whether one does all the work, whether work is repeated,
 * whether handoffs fail. It raises a concern, and when the concern stays it asks for a decision.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { type Ignored, ignore, type Machine } from '../../protocol/machine.ts';

/** The project's rule: so much of the work on one worker is too much. */
export const concentrationMax = 0.8;
/** Judgement: shares of fewer deeds than this mean nothing. */
export const sampleMin = 5;
export const repeatedShareMax = 0.3;
export const failedHandoffShareMax = 0.5;
/** Judgement: a concern that stands at so many looks in a row needs a decision. */
export const looksBeforeDecision = 3;
/** Looks without coming nearer to the goal that are called a standstill. */
export const standstillLooks = 3;
/** The window: older deeds are forgotten. */
export const deedsMax = 200;

export type Deed =
  | {
      readonly deed: 'work';
      readonly agent: Did /** Names the content of the work: equal names are repeated work. */;
      readonly what: string;
    }
  | { readonly deed: 'handoff'; readonly ok: boolean };

export type WatcherInput =
  | { readonly type: 'deed-seen'; readonly atMs: number; readonly deed: Deed }
  /** Share (0 to 1) of the goal's requirements that are met, once per round. */
  | { readonly type: 'look'; readonly atMs: number; readonly metShare: number };

export type ConcernKind = 'concentration' | 'repeated-work' | 'failed-handoffs' | 'standstill';

export type WatcherEffect =
  | Ignored
  | {
      readonly type: 'raise-concern';
      readonly kind: ConcernKind;
      readonly measure: number;
      readonly about?: Did;
    }
  | {
      readonly type: 'ask-decision';
      readonly kind: ConcernKind;
      readonly measure: number;
      readonly about?: Did;
    };

export interface GroupMeasures {
  readonly topWorker: Did | undefined;
  readonly concentration: number;
  readonly repeatedShare: number;
  readonly failedHandoffShare: number;
}

/** Shares over the given deeds; 0 where there are too few. */
export function measureGroup(deeds: readonly Deed[]): GroupMeasures {
  const work = deeds.filter((deed) => deed.deed === 'work');
  const handoffs = deeds.filter((deed) => deed.deed === 'handoff');
  const counts = new Map<Did, number>();
  for (const { agent } of work) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  const top = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))[0];
  const isEnough = work.length >= sampleMin;
  return {
    topWorker: top?.[0],
    concentration: isEnough ? top![1] / work.length : 0,
    repeatedShare: isEnough ? 1 - new Set(work.map((deed) => deed.what)).size / work.length : 0,
    failedHandoffShare:
      handoffs.length >= sampleMin ? handoffs.filter((deed) => !deed.ok).length / handoffs.length : 0,
  };
}

export function createGroupWatch(): Machine<WatcherInput, WatcherEffect> {
  const deeds: Deed[] = [];
  const standing = new Map<ConcernKind, number>();
  let bestMet = 0;
  let stillCount = 0;
  return { step };

  function step(input: WatcherInput): readonly WatcherEffect[] {
    switch (input.type) {
      case 'deed-seen':
        deeds.push(input.deed);
        if (deeds.length > deedsMax) deeds.shift();
        return ignore('noted');
      case 'look':
        return look(input.metShare);
    }
  }

  function look(metShare: number): readonly WatcherEffect[] {
    stillCount = metShare > bestMet || metShare >= 1 ? 0 : stillCount + 1;
    bestMet = Math.max(bestMet, metShare);
    const { topWorker, concentration, repeatedShare, failedHandoffShare } = measureGroup(deeds);
    const effects = [
      ...weigh('concentration', concentration, concentration >= concentrationMax, topWorker),
      ...weigh('repeated-work', repeatedShare, repeatedShare > repeatedShareMax),
      ...weigh('failed-handoffs', failedHandoffShare, failedHandoffShare > failedHandoffShareMax),
      ...weigh('standstill', 1 - metShare, stillCount >= standstillLooks),
    ];
    return effects.length > 0 ? effects : ignore('all-well');
  }

  /** Once when it begins, once when it has stood for long; silent in between. */
  function weigh(kind: ConcernKind, measure: number, isBad: boolean, about?: Did): readonly WatcherEffect[] {
    const looks = isBad ? (standing.get(kind) ?? 0) + 1 : 0;
    standing.set(kind, looks);
    const named = about === undefined ? {} : { about };
    if (looks === 1) return [{ type: 'raise-concern', kind, measure, ...named }];
    return looks === looksBeforeDecision ? [{ type: 'ask-decision', kind, measure, ...named }] : [];
  }
}
