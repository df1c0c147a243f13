/**
 * What an agent's own confidence is worth. Past pairs of (said, happened) lie in ten bins; a new claim is read
 * as what happened around such claims, pulled towards a cautious prior while there is little evidence.
 *
 * @see Brier 1950, Verification of forecasts expressed in terms of probability
 */
import { addOutcome, type Evidence, evidenceAt, noEvidence } from './evidence.ts';

const binCount = 10;
/** How much a neighbouring bin says, per bin of distance. Judgement: claims of 0.8 and 0.9 mean nearly the same. */
const neighbourShare = 0.5;
/** Outcomes that the prior is worth. */
const priorStrength = 2;
/** A stranger's claim moves the estimate half as far from 0.5 as it says. */
const strangerShare = 0.5;

/** How good forecasts were: mean squared error, 0 best, 0.25 for saying 0.5 always, 1 worst. */
export interface BrierScores {
  readonly raw: number;
  readonly calibrated: number;
  /** Outcomes behind the scores, faded. */
  readonly weight: number;
}

export class Calibration {
  readonly #bins: Evidence[] = Array.from({ length: binCount }, () => noEvidence);
  readonly #halfLifeMs: number;
  readonly #parent: Calibration | undefined;
  #rawError: Evidence = noEvidence;
  #calibratedError: Evidence = noEvidence;

  /** `parent` is what holds for the agent's other capabilities: the prior of this one. */
  constructor(halfLifeMs: number, parent?: Calibration) {
    this.#halfLifeMs = halfLifeMs;
    this.#parent = parent;
  }

  /** A claim of `raw` was followed by `score`. The forecast is judged before it learns from this outcome. */
  learn(raw: number, score: number, atMs: number): void {
    const calibrated = this.calibrate(raw, atMs);
    const errorOf = (claim: number) => ({ score: (claim - score) ** 2, atMs });
    this.#rawError = addOutcome(this.#rawError, errorOf(raw), this.#halfLifeMs);
    this.#calibratedError = addOutcome(this.#calibratedError, errorOf(calibrated), this.#halfLifeMs);
    const bin = binOf(raw);
    this.#bins[bin] = addOutcome(this.#bins[bin]!, { score, atMs }, this.#halfLifeMs);
  }

  /** The chance of success that such a claim has stood for, 0 to 1. */
  calibrate(raw: number, nowMs: number): number {
    const prior = this.#parent?.calibrate(raw, nowMs) ?? 0.5 + (raw - 0.5) * strangerShare;
    let good = prior * priorStrength;
    let total = priorStrength;
    for (let bin = 0; bin < binCount; bin++) {
      const known = evidenceAt(this.#bins[bin]!, nowMs, this.#halfLifeMs);
      const share = neighbourShare ** Math.abs(bin - binOf(raw));
      good += known.good * share;
      total += (known.good + known.bad) * share;
    }
    return good / total;
  }

  brier(nowMs: number): BrierScores {
    const raw = evidenceAt(this.#rawError, nowMs, this.#halfLifeMs);
    const calibrated = evidenceAt(this.#calibratedError, nowMs, this.#halfLifeMs);
    const weight = raw.good + raw.bad;
    if (weight === 0) return { raw: 0, calibrated: 0, weight: 0 };
    return { raw: raw.good / weight, calibrated: calibrated.good / weight, weight };
  }
}

function binOf(raw: number): number {
  return Math.min(binCount - 1, Math.max(0, Math.floor(raw * binCount)));
}
