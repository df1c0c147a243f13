/**
 * Checkers watch a world from outside, after every event, and end the run when a promise is broken. Coverage
 * counts what must sometimes happen: a run in which no leader was ever skipped has not tested skipping.
 */
import { AmpError } from '../../protocol/errors.ts';

/** Watches one promise. It has its own view of the world and shares no code with what it watches. */
export interface Checker {
  /** "no acknowledged message is lost" */
  readonly name: string;
  /** Least virtual ms between two checks; 0 checks after every event. Expensive checks look less often. */
  readonly everyMs: number;
  /** `undefined` when all is well, else what is wrong, with the facts. Never changes the world. */
  check(nowMs: number): Breach | undefined;
  /** Called once at the end: for what must be true when all is quiet. */
  finish?(nowMs: number): Breach | undefined;
}

export interface Breach {
  readonly what: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface CheckInit {
  readonly seed: number;
  /** The command that replays this run, printed with a breach. */
  readonly command: string;
  /** Events so far, for the report. */
  readonly eventCount: () => number;
}

export class InvariantChecks {
  readonly #checkers: readonly Checker[];
  readonly #nextMs: Float64Array;
  readonly #init: CheckInit;
  /** Checks made, by checker: one that never looked proves nothing. */
  readonly checkCounts: Float64Array;

  constructor(checkers: readonly Checker[], init: CheckInit) {
    this.#checkers = checkers;
    this.#init = init;
    this.#nextMs = new Float64Array(checkers.length);
    this.checkCounts = new Float64Array(checkers.length);
  }

  /**
   * Look at the world now, with every checker whose time has come.
   * @throws AmpError AMP-1904 at the first breach, with seed, event number and replay command.
   */
  run(nowMs: number): void {
    for (let i = 0; i < this.#checkers.length; i++) {
      if (nowMs < this.#nextMs[i]!) continue;
      const checker = this.#checkers[i]!;
      this.#nextMs[i] = nowMs + checker.everyMs;
      this.checkCounts[i] = this.checkCounts[i]! + 1;
      this.#judge(checker, checker.check(nowMs), nowMs);
    }
  }

  /** The end of the run. @throws AmpError AMP-1904 */
  finish(nowMs: number): void {
    for (const checker of this.#checkers) {
      this.#judge(checker, checker.check(nowMs), nowMs);
      this.#judge(checker, checker.finish?.(nowMs), nowMs);
    }
  }

  #judge(checker: Checker, breach: Breach | undefined, nowMs: number): void {
    if (breach === undefined) return;
    const { seed, command } = this.#init;
    const eventCount = this.#init.eventCount();
    const what = `"${checker.name}" broke at ${nowMs} ms, event ${eventCount}: ${breach.what}. Replay: ${command}.`;
    throw new AmpError('AMP-1904', what, { checker: checker.name, seed, nowMs, eventCount, ...breach.facts });
  }
}

/** Counts of paths that must sometimes be taken. */
export class Coverage {
  readonly #hits = new Map<string, number>();

  hit(path: string, count = 1): void {
    this.#hits.set(path, (this.#hits.get(path) ?? 0) + count);
  }

  count(path: string): number {
    return this.#hits.get(path) ?? 0;
  }

  /** Take in what another run has covered. */
  merge(other: Coverage): void {
    for (const [path, count] of other.#hits) this.hit(path, count);
  }

  /** Those of `required` that never happened, in their order. */
  missing(required: readonly string[]): readonly string[] {
    return required.filter((path) => this.count(path) === 0);
  }

  /** Path and count, in the order of paths. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.#hits].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
