/** What the parts of one member's machine share: its settings, its logs, and its way to effects. */
import { CompactMap } from '../compact-map.ts';
import type { CancelTimer, SetTimer } from '../machine.ts';
import type { InstanceName } from './instance.ts';
import type { ConsensusComponents, ConsensusEffect, ConsensusInit } from './machine-types.ts';
import { consensusBucket, type LogRow, rowKey } from './memory.ts';
import { polkaMessage } from './messages.ts';
import { ProposalLog } from './proposal-log.ts';
import type { ConsensusMessage, UnsignedProposal, UnsignedUndecided, UnsignedVote } from './records.ts';
import { Timers } from './timers.ts';
import { VoteLog } from './vote-log.ts';

type Unsigned = UnsignedVote | UnsignedProposal | UnsignedUndecided;

export class Member {
  readonly init: ConsensusInit;
  /** -1 for a listener outside of the roster. */
  readonly self: number;
  readonly log: VoteLog;
  readonly proposals: ProposalLog;
  readonly timers: Timers;
  /** A member that abstains listens, follows and learns the outcome, but signs nothing. */
  mayVote: boolean;
  /** The moment of the present input. */
  atMs = 0;
  /** Rows written so far: the number of the next one. */
  rowCount = 0;
  #effects: ConsensusEffect[] = [];
  /** What was handed out to be signed, by slot; anything else that comes back is not ours to send. */
  readonly #unsigned = new CompactMap<string, Unsigned>();

  constructor(components: ConsensusComponents, init: ConsensusInit) {
    this.init = init;
    this.self = init.instance.indexes.get(init.self) ?? -1;
    this.mayVote = this.self >= 0 && init.memory.type !== 'lost';
    this.log = new VoteLog(init.instance);
    this.proposals = new ProposalLog(components, init.instance);
    const emit = (effect: SetTimer | CancelTimer) => this.emit(effect);
    this.timers = new Timers(init.instance.instance, init.limits.timeouts, emit);
  }

  /** Begin the answer to one input: the effects emitted until the next one. */
  begin(atMs: number): readonly ConsensusEffect[] {
    this.atMs = atMs;
    this.#effects = [];
    return this.#effects;
  }

  emit(effect: ConsensusEffect): void {
    this.#effects.push(effect);
  }

  /** A listener has nothing to say. */
  send(message: ConsensusMessage): void {
    if (this.self >= 0) this.emit({ type: 'send-to-roster', message });
  }

  sendPolka(round: number, value: Parameters<typeof polkaMessage>[3]): void {
    this.send(polkaMessage(this.log, this.proposals, round, value));
  }

  write(row: LogRow): void {
    if (this.self < 0) return;
    const key = rowKey(this.init.instance.instance, this.rowCount++);
    this.emit({ type: 'persist', bucket: consensusBucket, key, value: JSON.stringify(row) });
  }

  /** S3: a slot is handed out once, and only its own record comes back. */
  sign(slot: string, record: Unsigned): void {
    if (!this.mayVote || this.#unsigned.has(slot)) return;
    this.#unsigned.set(slot, record);
    this.emit({ type: 'sign', record });
  }

  /** Whether this came back as it was handed out for the slot, and for the first time. */
  takeSigned(slot: string, isSame: (asked: Unsigned) => boolean): boolean {
    const asked = this.#unsigned.get(slot);
    return asked !== undefined && isSame(asked) && this.#unsigned.delete(slot);
  }

  forgetUnsigned(): void {
    this.#unsigned.clear();
  }

  /** What every record of the instance repeats (S1). */
  name(): InstanceName {
    const { mesh, space, instance, roster } = this.init.instance;
    return { mesh, space, instance, roster };
  }
}
