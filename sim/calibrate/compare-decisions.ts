/** Decisions of whole real nodes held against those of full peers on virtual time: rounds, and time in link delays. */
import { countWhole, measureGap } from '../gossip/published-histogram.ts';
import {
  type DecisionPlan,
  type HeardDecision,
  type LiveDecisionsInit,
  type LiveLateness,
  meanLinkMs,
  runLiveDecisions,
} from '../live/index.ts';
import { meanOf, quantileOf } from '../scenario/statistics.ts';
import { runVirtualDecisions } from './virtual-decisions.ts';

export interface DecisionSide {
  /** All, and those of them that ended `undecided`: these are in no other figure. */
  readonly decisionCount: number;
  readonly undecidedCount: number;
  /** Means over decisions. */
  readonly rounds: number;
  /** From the question to the news at a member, in mean link delays. */
  readonly medianDelays: number;
  readonly p95Delays: number;
}

export interface DecisionRow {
  /** What went wrong, if anything. */
  readonly situation: string;
  readonly live: DecisionSide;
  readonly virtual: DecisionSide;
  /** Largest gaps of the cumulative distributions. */
  readonly roundsGap: number;
  readonly delaysGap: number;
  /** Virtual median over real median. */
  readonly medianRatio: number;
}

export interface DecisionComparison {
  readonly memberCount: number;
  /** The unit of delays, ms. */
  readonly meanLinkMs: number;
  /** How much later than planned delayed bytes went on. */
  readonly lateness: LiveLateness;
  readonly rows: readonly DecisionRow[];
}

/** Decisions on virtual time for each real one: what is compared is the distribution, and they are cheap. */
const virtualScale = 5;
/** Of a mean link delay: how finely delays are told apart. */
const delayStep = 0.1;

/** @throws AmpError AMP-1903 for a plan that real nodes cannot follow, AMP-1906 when a worker fails. */
export async function calibrateDecisions(
  plan: DecisionPlan,
  init: LiveDecisionsInit = {},
): Promise<DecisionComparison> {
  const live = await runLiveDecisions(plan, init);
  init.progress?.('the same decisions on virtual time');
  return compareDecisions(plan, live, runVirtualDecisions(plan, virtualScale));
}

export function compareDecisions(
  plan: DecisionPlan,
  live: { readonly heard: readonly HeardDecision[]; readonly lateness: LiveLateness },
  virtual: readonly HeardDecision[],
): DecisionComparison {
  const unitMs = meanLinkMs(plan);
  const rows = rowNames.flatMap(({ situation, isRow }): DecisionRow[] => {
    const [allReal, allModelled] = [live.heard.filter(isRow), virtual.filter(isRow)];
    const [real, modelled] = [allReal.filter(isDecided), allModelled.filter(isDecided)];
    // By chance a crashed member may never have had its turn.
    if (real.length === 0 || modelled.length === 0) return [];
    const [realDelays, modelledDelays] = [delaysOf(real, unitMs), delaysOf(modelled, unitMs)];
    return [
      {
        situation,
        live: describeSide(allReal, realDelays),
        virtual: describeSide(allModelled, modelledDelays),
        roundsGap: measureGap(countWhole(roundsOf(real)), countWhole(roundsOf(modelled))),
        delaysGap: measureGap(countSteps(realDelays), countSteps(modelledDelays)),
        medianRatio: quantileOf(modelledDelays, 0.5) / quantileOf(realDelays, 0.5),
      },
    ];
  });
  return { memberCount: plan.memberCount, meanLinkMs: unitMs, lateness: live.lateness, rows };
}

const rowNames: readonly { readonly situation: string; readonly isRow: (one: HeardDecision) => boolean }[] = [
  { situation: 'all well', isRow: ({ situation }) => situation === 'all well' },
  { situation: 'first proposer silent', isRow: ({ situation }) => situation === 'first proposer silent' },
  {
    situation: 'one crashed, not the first proposer',
    isRow: ({ situation, isProposerDown }) => situation === 'one crashed' && !isProposerDown,
  },
  {
    situation: 'the first proposer crashed',
    isRow: ({ situation, isProposerDown }) => situation === 'one crashed' && isProposerDown,
  },
];

function isDecided({ rounds }: HeardDecision): boolean {
  return rounds > 0;
}

function describeSide(heard: readonly HeardDecision[], delays: readonly number[]): DecisionSide {
  const rounds = roundsOf(heard.filter(isDecided));
  const decisionCount = new Set(heard.map(({ decision }) => decision)).size;
  return {
    decisionCount,
    undecidedCount: decisionCount - rounds.length,
    rounds: meanOf(rounds),
    medianDelays: quantileOf(delays, 0.5),
    p95Delays: quantileOf(delays, 0.95),
  };
}

/** One number for each decision: the least that a member's certificate says. */
function roundsOf(heard: readonly HeardDecision[]): readonly number[] {
  const rounds = new Map<string, number>();
  for (const { decision, rounds: count } of heard)
    rounds.set(decision, Math.min(count, rounds.get(decision) ?? Number.POSITIVE_INFINITY));
  return [...rounds.values()];
}

/** Ascending. */
function delaysOf(heard: readonly HeardDecision[], unitMs: number): readonly number[] {
  return heard.map(({ tookMs }) => tookMs / unitMs).sort((a, b) => a - b);
}

function countSteps(delays: readonly number[]): readonly number[] {
  return countWhole(delays.map((delay) => delay / delayStep));
}
