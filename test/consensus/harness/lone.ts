/** One machine alone with a script: the test speaks for all other members. */
import type { Did } from '../../../protocol/brand.ts';
import type {
  Certificate,
  ConsensusEffect,
  ConsensusInput,
  ConsensusInstance,
  ConsensusLimits,
  ConsensusMachine,
  ConsensusMemory,
  ConsensusMessage,
  LogRow,
  ProposedValue,
  Undecided,
  Vote,
} from '../../../protocol/consensus/index.ts';
import type { Verified } from '../../../protocol/signing.ts';
import type { Engine } from '../../../sim/agreement/engine.ts';
import { createFakeKeys, type FakeKeys, valueIdOf } from '../../../sim/agreement/fake-keys.ts';
import { delayMs, instanceOf } from '../../../sim/agreement/world.ts';

export interface LoneOptions {
  readonly n?: number;
  /** The member under test proposes first in this round. Default n - 1: the others come before. */
  readonly proposesIn?: number;
  readonly candidate?: unknown;
  readonly memory?: ConsensusMemory;
  readonly limits?: Partial<ConsensusLimits>;
  /** Keep `sign` effects waiting until `signAll`, as a sovereign agent does. */
  readonly signsLate?: boolean;
}

export class Lone {
  readonly engine: Engine;
  readonly instance: ConsensusInstance;
  readonly keys: FakeKeys;
  readonly machine: ConsensusMachine;
  readonly self: number;
  readonly limits: ConsensusLimits;
  /** Every effect so far, in order. */
  readonly effects: ConsensusEffect[] = [];
  nowMs = 0;
  readonly #signsLate: boolean;
  readonly #unsigned: Parameters<FakeKeys['sign']>[0][] = [];

  constructor(engine: Engine, options: LoneOptions = {}) {
    this.engine = engine;
    const n = options.n ?? 4;
    this.instance = instanceOf(engine, n);
    this.keys = createFakeKeys(engine);
    this.self = (this.instance.proposerOffset + (options.proposesIn ?? n - 1)) % n;
    this.#signsLate = options.signsLate ?? false;
    this.limits = {
      timeouts: engine.timeoutsForDelay(delayMs),
      resendMs: 5 * delayMs,
      roundLimit: 100,
      deadlineAtMs: Number.POSITIVE_INFINITY,
      retentionMs: 100 * delayMs,
      ...options.limits,
    };
    const memory = options.memory ?? ({ type: 'fresh' } as const);
    const candidate = 'candidate' in options ? options.candidate : 'mine';
    this.machine = engine.createConsensusMachine(
      { valueIdOf, isValid: (value) => !String(value).startsWith('bad') },
      {
        instance: this.instance,
        self: this.instance.members[this.self]!,
        candidate,
        limits: this.limits,
        memory,
      },
    );
    this.feed({ type: 'start', atMs: 0 });
  }

  feed(input: ConsensusInput): readonly ConsensusEffect[] {
    const from = this.effects.length;
    const inputs: ConsensusInput[] = [input];
    for (const next of inputs) {
      for (const effect of this.machine.step(next)) {
        this.effects.push(effect);
        if (effect.type !== 'sign') continue;
        if (this.#signsLate) this.#unsigned.push(effect.record);
        else inputs.push(this.#signed(effect.record));
      }
    }
    return this.effects.slice(from);
  }

  #signed(record: Parameters<FakeKeys['sign']>[0]): ConsensusInput {
    return { type: 'signed', atMs: this.nowMs, record: this.keys.sign(record) as Vote };
  }

  /** Answer all waiting `sign` effects. */
  signAll(): void {
    for (const record of this.#unsigned.splice(0)) this.feed(this.#signed(record));
  }

  /** As the runtime: only news get through. */
  receive(message: ConsensusMessage, from = this.others()[0]!): readonly ConsensusEffect[] {
    const sender = this.instance.members[from]!;
    if (!this.machine.isNews(sender, message, this.nowMs)) return [{ type: 'ignored', reason: 'no-news' }];
    return this.feed({
      type: 'message-received',
      atMs: this.nowMs,
      from: sender,
      message: message as Verified<ConsensusMessage>,
    });
  }

  fire(kind: string, round = 0): readonly ConsensusEffect[] {
    const timer = `consensus/${this.instance.instance}/${kind}/${round}`;
    return this.feed({ type: 'timer-fired', atMs: this.nowMs, timer });
  }

  /** Everybody else, in order of members. */
  others(): number[] {
    return this.instance.members.map((_, index) => index).filter((index) => index !== this.self);
  }

  didOf(member: number): Did {
    return this.instance.members[member]!;
  }

  vote(member: number, type: Vote['type'], round: number, value: string | null, validRound = -1): Vote {
    return this.keys.sign({
      record: 'vote',
      ...this.name(),
      type,
      round,
      value: value === null ? null : valueIdOf(value),
      validRound,
      voter: this.didOf(member),
    });
  }

  name() {
    const { mesh, space, instance, roster } = this.instance;
    return { mesh, space, instance, roster };
  }

  proposed(round: number, value: string, validRound = -1, by = this.proposerOf(round)): ProposedValue {
    const proposal = this.keys.sign({
      record: 'vote-proposal',
      ...this.name(),
      round,
      value: valueIdOf(value),
      validRound,
      proposer: this.didOf(by),
    });
    return { proposal, value };
  }

  proposerOf(round: number): number {
    return (this.instance.proposerOffset + round) % this.instance.members.length;
  }

  /** The round's proposer proposes. */
  propose(round: number, value: string, validRound = -1): readonly ConsensusEffect[] {
    return this.receive(
      { type: 'proposal', ...this.proposed(round, value, validRound) },
      this.proposerOf(round),
    );
  }

  /** The first `count` other members vote alike. */
  votes(count: number, type: Vote['type'], round: number, value: string | null, validRound = -1): void {
    for (const member of this.others().slice(0, count)) {
      this.receive({ type: 'vote', vote: this.vote(member, type, round, value, validRound) }, member);
    }
  }

  certificate(
    kind: Certificate['kind'],
    round: number,
    value: string,
    count = this.instance.quorum,
  ): Certificate {
    const type = kind === 'polka' ? 'prevote' : 'precommit';
    const members = [...this.others(), this.self].slice(0, count);
    const votes = members.map((member) => this.vote(member, type, round, value));
    return { kind, round, value: kind === 'round' ? null : valueIdOf(value), votes };
  }

  undecided(member: number, lockedValue: string | null): Undecided {
    return this.keys.sign({
      record: 'undecided',
      ...this.name(),
      round: 1,
      lockedRound: lockedValue === null ? -1 : 0,
      lockedValue: lockedValue === null ? null : valueIdOf(lockedValue),
      reason: 'deadline',
      member: this.didOf(member),
    });
  }

  // ---- what it did

  sent(): ConsensusMessage[] {
    return this.effects.flatMap((effect) =>
      effect.type === 'send-to-roster' || effect.type === 'send-to' ? [effect.message] : [],
    );
  }

  /** Own votes that left, first sending only. */
  said(type: Vote['type'], round: number): Vote | undefined {
    for (const message of this.sent()) {
      if (message.type === 'vote' && message.vote.type === type && message.vote.round === round)
        return message.vote;
    }
    return undefined;
  }

  /** What it voted: the value, null for nil, undefined for nothing yet. */
  saidValue(type: Vote['type'], round: number): string | null | undefined {
    const vote = this.said(type, round);
    return vote === undefined ? undefined : vote.value === null ? null : vote.value.slice('id:'.length);
  }

  certificatesSent(kind: Certificate['kind']): Certificate[] {
    return this.sent().flatMap((message) =>
      message.type === 'certificate' && message.certificate.kind === kind ? [message.certificate] : [],
    );
  }

  decided(): string | undefined {
    const report = this.effects.find((effect) => effect.type === 'report-decision');
    return report === undefined ? undefined : String(report.decision.proposed.value);
  }

  count(type: ConsensusEffect['type']): number {
    return this.effects.filter((effect) => effect.type === type).length;
  }

  rows(): LogRow[] {
    return this.effects.flatMap((effect) =>
      effect.type === 'persist' ? [JSON.parse(effect.value as string) as LogRow] : [],
    );
  }

  timerSet(kind: string, round = 0): number | undefined {
    const name = `consensus/${this.instance.instance}/${kind}/${round}`;
    const effect = this.effects.findLast((set) => set.type === 'set-timer' && set.timer === name);
    return effect?.type === 'set-timer' ? effect.dueAtMs : undefined;
  }

  /** Lock on a value in a round: proposal, polka, own precommit. */
  lockOn(value: string, round: number, validRound = -1): void {
    this.propose(round, value, validRound);
    this.votes(this.instance.quorum - 1, 'prevote', round, value, validRound);
  }

  /** Leave a round by a quorum of nil precommits. */
  endRound(round: number): void {
    this.votes(this.instance.quorum, 'precommit', round, null);
  }
}
