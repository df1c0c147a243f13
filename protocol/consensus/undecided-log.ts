/** Who stopped without a decision, and how much their words weigh together (L9). */
import { type ConsensusInstance, isOfInstance } from './instance.ts';
import type { UndecidedLevel, UndecidedReport } from './machine-types.ts';
import type { Undecided } from './records.ts';
import { undecidedLevel } from './rules.ts';

export class UndecidedLog {
  readonly #instance: ConsensusInstance;
  readonly #records: (Undecided | undefined)[] = [];
  #reported: UndecidedLevel | undefined;

  constructor(instance: ConsensusInstance) {
    this.#instance = instance;
  }

  /** Answers with why a record was ignored. */
  take(undecided: Undecided): string | undefined {
    if (!isOfInstance(this.#instance, undecided)) return 'foreign-instance';
    const index = this.#instance.indexes.get(undecided.member);
    if (index === undefined) return 'not-in-roster';
    if (this.#records[index] !== undefined) return 'duplicate';
    this.#records[index] = undecided;
    return undefined;
  }

  /** The record of a member, by index. */
  of(index: number): Undecided | undefined {
    return this.#records[index];
  }

  /** A report when the records weigh more, or less, than at the last one. */
  report(): UndecidedReport | undefined {
    const records = this.#records.filter((record) => record !== undefined);
    const level = undecidedLevel(this.#instance, records);
    if (level === this.#reported) return undefined;
    this.#reported = level;
    return { type: 'report-undecided', level, records };
  }
}
