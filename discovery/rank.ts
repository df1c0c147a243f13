/**
 * The rank of a candidate: similarity × availability × reputation × confidence × affinity. Every factor lies
 * in [0, 1] and is shown beside the score. Similarity decides what an agent is for; each other factor can only
 * take away, and never more than its floor allows, so that no single report of others can hide a good match.
 */

/** What is known about a candidate besides its vector. */
export interface CandidateFacts {
  /** Share of its capacity that is taken, 0 to 1; `undefined` when it is away or its node's lease is over. */
  readonly load: number | undefined;
  /** The mean of its reputation for this capability, 0 to 1; the newcomer's prior when nothing is known. */
  readonly reputation: number;
  /** What the agent itself says, when it answered: raw, and calibrated against its outcomes. */
  readonly confidence?: { readonly raw: number; readonly calibrated: number } | undefined;
  /** How well asker and candidate worked together, 0 to 1; 0.5 for strangers. */
  readonly affinity: number;
}

/** The factors as they were multiplied, and the values behind them. */
export interface RankFactors {
  /** Cosine, 0 to 1. */
  readonly similarity: number;
  readonly availability: number;
  readonly reputation: number;
  readonly confidence: number;
  readonly affinity: number;
  readonly because: {
    readonly load: number | undefined;
    readonly reputationMean: number;
    readonly confidenceRaw: number | undefined;
    readonly confidenceCalibrated: number | undefined;
    readonly affinityShare: number;
  };
}

/**
 * The least that each factor leaves of a score. Judgement: reputation must be able to outweigh the similarity of
 * a liar's text (they copy the best text there is), load must only break near ties, affinity even less.
 */
export const factorFloors = {
  /** An agent at full load. */
  availability: 0.5,
  /** An agent whose every outcome failed. */
  reputation: 0.25,
  /** A calibrated confidence of 0. */
  confidence: 0.5,
  /** A partner with whom everything failed. */
  affinity: 0.8,
} as const;

/** All factors but similarity, multiplied: 0 for an agent that cannot be reached. */
export function weighCandidate(facts: CandidateFacts): number {
  if (facts.load === undefined) return 0;
  return (
    availabilityOf(facts.load) *
    lift(factorFloors.reputation, facts.reputation) *
    (facts.confidence === undefined ? 1 : lift(factorFloors.confidence, facts.confidence.calibrated)) *
    lift(factorFloors.affinity, facts.affinity)
  );
}

/** The factors of a candidate, for the answer. Their product is the score. */
export function explainRank(similarity: number, facts: CandidateFacts): RankFactors {
  return {
    similarity: clamp(similarity),
    availability: facts.load === undefined ? 0 : availabilityOf(facts.load),
    reputation: lift(factorFloors.reputation, facts.reputation),
    confidence:
      facts.confidence === undefined ? 1 : lift(factorFloors.confidence, facts.confidence.calibrated),
    affinity: lift(factorFloors.affinity, facts.affinity),
    because: {
      load: facts.load,
      reputationMean: facts.reputation,
      confidenceRaw: facts.confidence?.raw,
      confidenceCalibrated: facts.confidence?.calibrated,
      affinityShare: facts.affinity,
    },
  };
}

export function scoreOf(factors: RankFactors): number {
  return (
    factors.similarity * factors.availability * factors.reputation * factors.confidence * factors.affinity
  );
}

/** Half full costs little, full costs half: 1 − load² / 2. */
function availabilityOf(load: number): number {
  const taken = clamp(load);
  return 1 - (1 - factorFloors.availability) * taken * taken;
}

/** From [0, 1] to [floor, 1]. */
function lift(floor: number, value: number): number {
  return floor + (1 - floor) * clamp(value);
}

function clamp(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}
