/**
 * A published result and the simulation that must bring it forth again. A replication names the mechanism it
 * simulates, what it takes from the source, and the band in which the source says the outcome lies.
 * It replicates a mechanism, not a language model.
 */
import { bootstrapMean, describe, type Interval } from '../scenario/statistics.ts';

/** What one seed yields: figures by name. Virtual quantities only. */
export type Sample = Readonly<Record<string, number>>;

export interface Figure {
  /** Name of the figure in the samples, unless `estimate` computes it from several. */
  readonly name: string;
  readonly about: string;
  /** Where the source says it lies. */
  readonly band: Interval;
  /** What the band is taken from. */
  readonly why: string;
  /** From all samples; default the mean of `name`. */
  readonly estimate?: (samples: readonly Sample[]) => number;
  /** Wider intervals than this (half of them) fail: they would touch any band. Default: not asked for. */
  readonly halfWidthMax?: number;
}

export interface Replication {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  /** What is simulated, and of it what is this project's own code. */
  readonly mechanism: string;
  /** Taken from the source, or chosen where it is silent: each says which. */
  readonly inputs: Readonly<Record<string, string | number>>;
  /** How much of the above was read in the source itself, and how much is from elsewhere. */
  readonly confirmed: string;
  /** Seeds of a full run. */
  readonly seedCount: number;
  readonly figures: readonly Figure[];
  /** One run. Deterministic in the seed. */
  measure(seed: number): Sample;
}

export interface FigureResult {
  readonly name: string;
  readonly about: string;
  readonly value: number;
  /** 95 %, over the seeds. */
  readonly interval: Interval;
  readonly band: Interval;
  readonly why: string;
  readonly pass: boolean;
}

export interface ReplicationResult {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly mechanism: string;
  readonly inputs: Readonly<Record<string, string | number>>;
  readonly confirmed: string;
  /** Said of each result. */
  readonly caveat: string;
  readonly seedCount: number;
  readonly figures: readonly FigureResult[];
  readonly pass: boolean;
}

export const caveat = 'Replicates a mechanism, not a language model.';

/** Half of a 99.9 % interval over half of a 95 % one, for a normal mean. */
const strictness = 3.29 / 1.96;

/**
 * Run a replication over its seeds. A figure passes when its 99.9 % interval touches the band: with some thirty
 * figures a 95 % one would fail one of them by chance alone.
 * @throws the signal's reason when it is aborted between two seeds
 */
export function runReplication(
  replication: Replication,
  init: { readonly seeds?: readonly number[]; readonly signal?: AbortSignal } = {},
): ReplicationResult {
  const seeds = init.seeds ?? Array.from({ length: replication.seedCount }, (_, i) => i + 1);
  const samples: Sample[] = [];
  for (const seed of seeds) {
    init.signal?.throwIfAborted();
    samples.push(replication.measure(seed));
  }
  return judgeSamples(replication, samples);
}

/** Pure: what these samples say about the bands. */
export function judgeSamples(replication: Replication, samples: readonly Sample[]): ReplicationResult {
  const figures = replication.figures.map((figure) => judgeFigure(figure, samples));
  const { id, title, citation, mechanism, inputs, confirmed } = replication;
  return {
    ...{ id, title, citation, mechanism, inputs, confirmed, caveat },
    seedCount: samples.length,
    figures,
    pass: figures.every(({ pass }) => pass),
  };
}

function judgeFigure(figure: Figure, samples: readonly Sample[]): FigureResult {
  const { name, about, band, why } = figure;
  const { value, interval } = estimateFigure(figure, samples);
  const half = (interval.high - interval.low) / 2;
  const reach = (strictness - 1) * half;
  const touches = interval.low - reach <= band.high && interval.high + reach >= band.low;
  const isFine = half <= (figure.halfWidthMax ?? Number.POSITIVE_INFINITY);
  return { name, about, value, interval, band, why, pass: touches && isFine };
}

function estimateFigure(
  { name, estimate }: Figure,
  samples: readonly Sample[],
): { value: number; interval: Interval } {
  if (estimate === undefined) {
    const { mean, interval } = describe(samples.map((sample) => readFigure(sample, name)));
    return { value: mean, interval };
  }
  // Leaving one seed out at a time shows how much the estimate owes to any of them (jackknife, Tukey 1958).
  const value = estimate(samples);
  if (samples.length < 2) return { value, interval: { low: value, high: value } };
  const n = samples.length;
  const pseudo = samples.map((_, i) => n * value - (n - 1) * estimate(samples.toSpliced(i, 1)));
  const spread = bootstrapMean(pseudo, 2000);
  const half = (spread.high - spread.low) / 2;
  return { value, interval: { low: value - half, high: value + half } };
}

function readFigure(sample: Sample, name: string): number {
  const value = sample[name];
  if (value === undefined || !Number.isFinite(value)) throw new Error(`A replication measured no ${name}.`);
  return value;
}

/** A published number with its printed rounding: 0.979 stands for 0.9785 to 0.9795. */
export function rounded(value: number, decimals: number): Interval {
  const half = 0.5 * 10 ** -decimals;
  return { low: value - half, high: value + half };
}

export const exactly = (value: number): Interval => ({ low: value, high: value });
export const atMost = (high: number, low = 0): Interval => ({ low, high });
