/** What a kind of scenario is: the keys it adds to the file, the figures it yields, and how one run is made. */
import type { Field } from './shape.ts';

export interface RunResult {
  /** By metric name; every name of the model's list, finite numbers. Virtual quantities only. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of everything that happened: equal for equal settings and seed. */
  readonly digest: string;
  /** Figures over virtual time or over another axis, for plots. */
  readonly series?: readonly SeriesPoint[];
  /** Work done, for progress; not part of the summary. */
  readonly eventCount: number;
}

export interface SeriesPoint {
  readonly metric: string;
  /** Virtual ms, or what the model's axis says. */
  readonly at: number;
  readonly value: number;
}

export interface ScenarioModel {
  readonly name: string;
  /** What it models, one sentence, for `sim list`. */
  readonly about: string;
  readonly keys: Readonly<Record<string, Field>>;
  /** Metric name to what it means, with its unit. */
  readonly metrics: Readonly<Record<string, string>>;
  /** Contradictions between values that each fit; `fail` throws. */
  readonly check?: (
    settings: Readonly<Record<string, unknown>>,
    fail: (key: string, what: string, suggestion: string) => never,
  ) => void;
  /** Make one run. Deterministic in its arguments. */
  run(settings: Readonly<Record<string, unknown>>, seed: number): RunResult;
}
