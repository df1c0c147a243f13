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
  /** What happened, oldest first, bounded by the model: `events.jsonl` of the run. */
  readonly events?: readonly RunEvent[];
  /** The slowest ones, slowest first. */
  readonly conversations?: readonly Conversation[];
  /** Who was there and who talked with whom. */
  readonly topology?: Topology;
}

export interface RunEvent {
  /** Virtual ms since the start. */
  readonly atMs: number;
  readonly what: string;
  readonly [fact: string]: string | number | boolean;
}

/** Messages that belong together: a job, a contract, a debate. */
export interface Conversation {
  readonly name: string;
  /** Virtual ms since the start. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly messageCount: number;
  readonly participantCount: number;
}

export interface Topology {
  /** What the lines are, one sentence. */
  readonly about: string;
  readonly nodes: readonly TopologyNode[];
  /** Indices of two nodes, and how much passed between them. */
  readonly edges: readonly (readonly [number, number, number])[];
}

export interface TopologyNode {
  readonly name: string;
  /** One of few words: it has a colour. */
  readonly kind: string;
  /** What there is to say of this one alone. */
  readonly note?: string;
  /** Distance from a center, in rings; all on one circle when left out. */
  readonly ring?: number;
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
  /** Metric name to what it means, with its unit. One that says yes or no begins with "1 when" or "1 unless". */
  readonly metrics: Readonly<Record<string, string>>;
  /** Contradictions between values that each fit; `fail` throws. */
  readonly check?: (
    settings: Readonly<Record<string, unknown>>,
    fail: (key: string, what: string, suggestion: string) => never,
  ) => void;
  /** Files that a run reads, as paths from the working directory: runs are made anew when they change. */
  readonly reads?: (settings: Readonly<Record<string, unknown>>) => readonly string[];
  /** Make one run. Deterministic in its arguments and in what it reads. */
  run(settings: Readonly<Record<string, unknown>>, seed: number): RunResult;
}
