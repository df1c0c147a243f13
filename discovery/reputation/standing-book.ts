/**
 * What this node knows of agents from experience: beta reputation per capability, whose judgement counts,
 * what an agent's confidence is worth, and who works well together. Everything fades.
 *
 * @see Jøsang and Ismail 2002, The Beta Reputation System
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import {
  type Ignored,
  ignore,
  type Machine,
  type MachineInput,
  type Persist,
  type SetTimer,
} from '../../protocol/machine.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { Standing } from '../search.ts';
import { type BrierScores, Calibration } from './calibration.ts';
import { addOutcome, type Evidence, evidenceAt, noEvidence } from './evidence.ts';
import { outcomeAgeMaxMs, type SealedOutcome } from './outcome-record.ts';
import { computeTrust } from './trust.ts';

export const outcomeBucket = 'discovery/outcome';
export const trustTimer = 'standing/trust';

export const standingDefaults = {
  /** An outcome counts half after this long. Judgement: a week lets an agent that improved be found again. */
  halfLifeMs: 7 * 24 * 3_600_000,
  /**
   * A newcomer is taken to have done half of `priorStrength` tasks well: a mean of 0.5. High enough to be tried
   * where nobody proved good, low enough that changing one's name never pays for who has more than half right.
   */
  priorMean: 0.5,
  priorStrength: 2,
  /** What an outcome at one capability says about another, as the other's prior. Judgement. */
  transferShare: 0.5,
  /** What one other rater's outcomes about one agent may weigh together, in own outcomes. */
  raterWeightMax: 3,
  /**
   * Raters to whom no trust flows are the crowd: each weighs this share of an own outcome, and all of them
   * together as much as this many. So any number of invented raters weighs no more than two own outcomes.
   */
  crowdShare: 0.25,
  crowdWeightMax: 2,
  /** Good outcomes, net of bad ones, that may be luck: only what goes beyond makes trust flow. */
  luck: 1,
  /** Own outcomes that the first impression of a rater (half credible) is worth. */
  raterPriorStrength: 2,
  /** How often trust is computed again, at most. */
  trustIntervalMs: 60_000,
  /** Outcomes that are kept; newcomers beyond are refused until old ones fade. */
  outcomesMax: 100_000,
  /** How far one outcome moves the affinity of a pair. */
  affinityRate: 0.2,
} as const;

export interface StandingInit {
  /** Agents whose judgement counts fully: those of this node, and who the operator names. */
  readonly trusted: readonly Did[];
  readonly halfLifeMs?: number;
}

export type StandingInput =
  /** Outcomes that a former run persisted, decoded and checked again by the runtime. */
  | (MachineInput & { readonly type: 'load'; readonly outcomes: readonly Verified<SealedOutcome>[] })
  | (MachineInput & { readonly type: 'outcome-received'; readonly outcome: Verified<SealedOutcome> })
  | (MachineInput & { readonly type: 'trusted-changed'; readonly trusted: readonly Did[] })
  | (MachineInput & { readonly type: 'timer-fired'; readonly timer: string });

export type StandingEffect =
  | { readonly type: 'standing-changed'; readonly agent: Did; readonly capability: string }
  | Persist
  | SetTimer
  | Ignored;

/** Why an agent's reputation is what it is. */
export interface Reputation {
  /** 0 to 1. */
  readonly mean: number;
  /** Outcomes behind it, faded and weighted by trust, without the prior. */
  readonly weight: number;
  readonly raterCount: number;
}

/** One rater's outcomes about one capability of one agent. */
type ByRater = Map<string, Evidence>;

export class StandingBook implements Machine<StandingInput, StandingEffect> {
  readonly #halfLifeMs: number;
  readonly #outcomes = new Map<string, { id: string; atMs: number }>();
  readonly #reputations = new Map<string, Map<string, ByRater>>();
  readonly #calibrations = new Map<string, { all: Calibration; each: Map<string, Calibration> }>();
  readonly #affinities = new Map<string, { share: number; atMs: number }>();
  #trusted: ReadonlySet<string>;
  #trust: ReadonlyMap<string, number> = new Map();
  #trustMax = 1;
  #credibility: ReadonlyMap<string, number> = new Map();
  #isTrustDue = false;

  constructor(init: StandingInit) {
    this.#trusted = new Set(init.trusted);
    this.#halfLifeMs = init.halfLifeMs ?? standingDefaults.halfLifeMs;
    this.#computeTrust(0);
  }

  step(input: StandingInput): readonly StandingEffect[] {
    switch (input.type) {
      case 'load':
        return this.#load(input.outcomes, input.atMs);
      case 'outcome-received':
        return this.#take(input.outcome, input.atMs);
      case 'trusted-changed':
        this.#trusted = new Set(input.trusted);
        this.#computeTrust(input.atMs);
        return [];
      case 'timer-fired':
        return input.timer === trustTimer ? this.#refresh(input.atMs) : ignore('foreign-timer');
    }
  }

  /** How an agent did at a capability. Without evidence about it, how the agent did at all is the prior. */
  reputationOf(agent: string, capability: string, nowMs: number): Reputation {
    const byCapability = this.#reputations.get(agent);
    const overall = { good: 0, bad: 0 };
    for (const [name, raters] of byCapability ?? []) {
      if (name === capability) continue;
      const { good, bad } = this.#sum(raters, nowMs);
      overall.good += good * standingDefaults.transferShare;
      overall.bad += bad * standingDefaults.transferShare;
    }
    const { priorMean, priorStrength } = standingDefaults;
    const prior = (overall.good + priorMean * priorStrength) / (overall.good + overall.bad + priorStrength);
    const { good, bad, raterCount } = this.#sum(byCapability?.get(capability) ?? new Map(), nowMs);
    return {
      mean: (good + prior * priorStrength) / (good + bad + priorStrength),
      ...{ weight: good + bad, raterCount },
    };
  }

  /** What a claim of this agent is worth: raw, calibrated. */
  calibrate(
    agent: string,
    capability: string,
    raw: number,
    nowMs: number,
  ): { raw: number; calibrated: number } {
    const known = this.#calibrations.get(agent);
    const calibration = known?.each.get(capability) ?? known?.all ?? newcomer;
    return { raw, calibrated: calibration.calibrate(raw, nowMs) };
  }

  /** How good the agent's forecasts about itself were, and how good they are after calibration. */
  brierOf(agent: string, capability: string, nowMs: number): BrierScores {
    return (this.#calibrations.get(agent)?.each.get(capability) ?? newcomer).brier(nowMs);
  }

  /** 0 to 1: stronger with each success of `b` for `a`, weaker with each failure, fading to 0.5. */
  affinityOf(a: string, b: string, nowMs: number): number {
    const known = this.#affinities.get(`${a} ${b}`);
    if (known === undefined) return 0.5;
    return 0.5 + (known.share - 0.5) * 2 ** (-Math.max(0, nowMs - known.atMs) / this.#halfLifeMs);
  }

  /**
   * 0 to 1: how much a rater's judgement counts here. Two things are needed: trust must flow to it (good work
   * for those that are trusted), and what it says must fit what the trusted set saw itself.
   */
  trustOf(rater: string): number {
    if (this.#trusted.has(rater)) return 1;
    return Math.min(1, (this.#trust.get(rater) ?? 0) / this.#trustMax) * this.credibilityOf(rater);
  }

  /** 0 to 1: how well what a rater says fits what the trusted set saw itself; a half for strangers. */
  credibilityOf(rater: string): number {
    return this.#credibility.get(rater) ?? 0.5;
  }

  /** What ranking asks for, seen by one asker. `confidences` are what candidates said about themselves. */
  standingFor(asker: string | undefined, nowMs: number, confidences?: ReadonlyMap<string, number>): Standing {
    return {
      reputationOf: (agent, capability) => this.reputationOf(agent, capability, nowMs).mean,
      affinityOf: (agent) => (asker === undefined ? 0.5 : this.affinityOf(asker, agent, nowMs)),
      confidenceOf: (agent, capability) => {
        const raw = confidences?.get(agent);
        return raw === undefined ? undefined : this.calibrate(agent, capability, raw, nowMs);
      },
    };
  }

  get outcomeCount(): number {
    return this.#outcomes.size;
  }

  /** Own outcomes in full, those of trusted raters by their trust, and the crowd's as much as it may weigh. */
  #sum(raters: ByRater, nowMs: number): { good: number; bad: number; raterCount: number } {
    const { raterWeightMax, crowdWeightMax, crowdShare } = standingDefaults;
    const sum = { good: 0, bad: 0, raterCount: 0 };
    const crowd = { good: 0, bad: 0 };
    for (const [rater, evidence] of raters) {
      const known = evidenceAt(evidence, nowMs, this.#halfLifeMs);
      const isOwn = this.#trusted.has(rater);
      const cap = isOwn ? 1 : Math.min(1, raterWeightMax / Math.max(known.good + known.bad, 1e-9));
      const trust = this.trustOf(rater);
      const part = trust > 0 ? sum : crowd;
      const share = cap * (trust > 0 ? trust : crowdShare * this.credibilityOf(rater));
      part.good += known.good * share;
      part.bad += known.bad * share;
      if (share > 0) sum.raterCount += 1;
    }
    const crowdKeep = Math.min(1, crowdWeightMax / Math.max(crowd.good + crowd.bad, 1e-9));
    return {
      ...{ good: sum.good + crowd.good * crowdKeep, bad: sum.bad + crowd.bad * crowdKeep },
      raterCount: sum.raterCount,
    };
  }

  #take(outcome: Verified<SealedOutcome>, atMs: number): readonly StandingEffect[] {
    const { body, id, bytes } = outcome;
    if (body.at + outcomeAgeMaxMs <= atMs) return ignore('old');
    if (this.#outcomes.has(outcomeKey(body))) return ignore('duplicate');
    if (this.#outcomes.size >= standingDefaults.outcomesMax) return ignore('full');
    this.#learn(outcome);
    this.#learnCalibration(outcome);
    const timer: SetTimer = {
      ...{ type: 'set-timer', timer: trustTimer, dueAtMs: atMs + standingDefaults.trustIntervalMs },
    };
    const isFirst = !this.#isTrustDue;
    this.#isTrustDue = true;
    return [
      { type: 'persist', bucket: outcomeBucket, key: id, value: bytes },
      { type: 'standing-changed', agent: body.agent as Did, capability: body.capability },
      ...(isFirst ? [timer] : []),
    ];
  }

  #learn({ body, id }: SealedOutcome): void {
    const halfLifeMs = this.#halfLifeMs;
    this.#outcomes.set(outcomeKey(body), { id, atMs: body.at });
    const byCapability = getOrSet(this.#reputations, body.agent, () => new Map<string, ByRater>());
    const raters = getOrSet(byCapability, body.capability, () => new Map<string, Evidence>());
    const outcome = { score: body.score, atMs: body.at };
    raters.set(body.rater, addOutcome(raters.get(body.rater) ?? noEvidence, outcome, halfLifeMs));
    this.#strengthen(body.rater, body.agent, outcome);
  }

  #learnCalibration({ body }: SealedOutcome): void {
    const halfLifeMs = this.#halfLifeMs;
    // A forecast is judged by those whose judgement counts, or anybody could ruin anybody's calibration.
    if (body.confidence === undefined || this.trustOf(body.rater) < calibrationTrustMin) return;
    const known = getOrSet(this.#calibrations, body.agent, () => {
      return { all: new Calibration(halfLifeMs), each: new Map<string, Calibration>() };
    });
    const own = getOrSet(known.each, body.capability, () => new Calibration(halfLifeMs, known.all));
    own.learn(body.confidence, body.score, body.at);
    known.all.learn(body.confidence, body.score, body.at);
  }

  #strengthen(a: string, b: string, outcome: { score: number; atMs: number }): void {
    const share = this.affinityOf(a, b, outcome.atMs);
    const atMs = Math.max(outcome.atMs, this.#affinities.get(`${a} ${b}`)?.atMs ?? 0);
    const moved = share + standingDefaults.affinityRate * (outcome.score - share);
    this.#affinities.set(`${a} ${b}`, { share: moved, atMs });
  }

  #refresh(nowMs: number): readonly StandingEffect[] {
    this.#isTrustDue = false;
    const gone: Persist[] = [];
    for (const [key, { id, atMs }] of this.#outcomes) {
      if (atMs + outcomeAgeMaxMs > nowMs) continue;
      this.#outcomes.delete(key);
      gone.push({ type: 'persist', bucket: outcomeBucket, key: id, value: null });
    }
    this.#forgetFaded(nowMs);
    this.#computeTrust(nowMs);
    return [...gone, ...this.#setForgetTimer(nowMs)];
  }

  /** Without news, look once a day for what may be forgotten. */
  #setForgetTimer(nowMs: number): readonly SetTimer[] {
    if (this.#outcomes.size === 0) return [];
    return [{ type: 'set-timer', timer: trustTimer, dueAtMs: nowMs + 24 * 3_600_000 }];
  }

  /** What has faded to nothing is dropped, so that state follows the outcomes that are kept. */
  #forgetFaded(nowMs: number): void {
    for (const [agent, byCapability] of this.#reputations) {
      for (const [capability, raters] of byCapability) {
        for (const [rater, { atMs }] of raters) if (atMs + outcomeAgeMaxMs <= nowMs) raters.delete(rater);
        if (raters.size === 0) byCapability.delete(capability);
      }
      if (byCapability.size > 0) continue;
      this.#reputations.delete(agent);
      this.#calibrations.delete(agent);
    }
    for (const [pair, { atMs }] of this.#affinities)
      if (atMs + outcomeAgeMaxMs <= nowMs) this.#affinities.delete(pair);
  }

  #computeTrust(nowMs: number): void {
    const edges = new Map<string, { from: string; to: string; weight: number }>();
    for (const [agent, byCapability] of this.#reputations) {
      for (const raters of byCapability.values()) {
        for (const [rater, evidence] of raters) {
          const { good, bad } = evidenceAt(evidence, nowMs, this.#halfLifeMs);
          const edge = getOrSet(edges, `${rater} ${agent}`, () => ({ from: rater, to: agent, weight: 0 }));
          edge.weight += good - bad;
        }
      }
    }
    this.#credibility = this.#judgeRaters(nowMs);
    const lasting = [...edges.values()].map((edge) => ({
      ...edge,
      weight: edge.weight - standingDefaults.luck,
    }));
    this.#trust = computeTrust(lasting, [...this.#trusted]);
    this.#trustMax = Math.max(1e-9, ...[...this.#trusted].map((agent) => this.#trust.get(agent) ?? 0));
  }

  /**
   * How well each rater's opinion foretells what the trusted set itself saw: 1 minus its squared error over that
   * of a coin (0.25), shrunk towards a half.
   */
  #judgeRaters(nowMs: number): ReadonlyMap<string, number> {
    const errors = new Map<string, { error: number; weight: number }>();
    for (const byCapability of this.#reputations.values()) {
      for (const raters of byCapability.values()) {
        const seen = this.#seenByTrusted(raters, nowMs);
        if (seen.good + seen.bad === 0) continue;
        for (const [rater, evidence] of raters) {
          if (this.#trusted.has(rater)) continue;
          const { good, bad } = evidenceAt(evidence, nowMs, this.#halfLifeMs);
          const says = good / Math.max(good + bad, 1e-9);
          const entry = getOrSet(errors, rater, () => ({ error: 0, weight: 0 }));
          entry.error += seen.good * (1 - says) ** 2 + seen.bad * says ** 2;
          entry.weight += seen.good + seen.bad;
        }
      }
    }
    const { raterPriorStrength } = standingDefaults;
    const judge = ({ error, weight }: { error: number; weight: number }) =>
      1 - (error + 0.125 * raterPriorStrength) / (weight + raterPriorStrength) / 0.25;
    return new Map([...errors].map(([rater, entry]) => [rater, Math.max(0, judge(entry))]));
  }

  #seenByTrusted(raters: ByRater, nowMs: number): { good: number; bad: number } {
    const seen = { good: 0, bad: 0 };
    for (const rater of this.#trusted) {
      const known = raters.get(rater);
      if (known === undefined) continue;
      const { good, bad } = evidenceAt(known, nowMs, this.#halfLifeMs);
      seen.good += good;
      seen.bad += bad;
    }
    return seen;
  }

  #load(outcomes: readonly Verified<SealedOutcome>[], nowMs: number): readonly StandingEffect[] {
    const sorted = [...outcomes].sort((a, b) => a.body.at - b.body.at || compareText(a.id, b.id));
    const fresh = sorted.filter(({ body }) => body.at + outcomeAgeMaxMs > nowMs);
    const unknown = fresh.filter(({ body }) => !this.#outcomes.has(outcomeKey(body)));
    for (const outcome of unknown) this.#learn(outcome);
    this.#computeTrust(nowMs);
    for (const outcome of unknown) this.#learnCalibration(outcome);
    return this.#setForgetTimer(nowMs);
  }
}

/** Raters with less trust than this do not move calibrations. */
const calibrationTrustMin = 0.05;
const newcomer = new Calibration(standingDefaults.halfLifeMs);

function outcomeKey(body: SealedOutcome['body']): string {
  return `${body.rater} ${body.task} ${body.agent}`;
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
