/**
 * A virtual network of consensus machines: one clock, one queue, one log of rows per machine. Checkers that do
 * not share code with the machine watch every signature, every send and every decision.
 */
import { createHash } from 'node:crypto';
import type { Did, Sha256 } from '../../protocol/brand.ts';
import type {
  ConsensusEffect,
  ConsensusInput,
  ConsensusInstance,
  ConsensusLimits,
  ConsensusMachine,
  ConsensusMemory,
  ConsensusMessage,
  Decision,
  Evidence,
  LogRow,
  Proposal,
  Undecided,
  UndecidedLevel,
  Vote,
} from '../../protocol/consensus/index.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { Engine } from './engine.ts';
import { createFakeKeys, didOf, type FakeKeys, valueIdOf } from './fake-keys.ts';

/** Delivery bound after stabilisation, in virtual ms; every other time follows from it. */
export const delayMs = 100;

/** One running machine. Twins are two of them with one member's key. */
export interface Host {
  readonly id: number;
  readonly member: number;
  readonly isHonest: boolean;
  readonly candidate: unknown;
  machine: ConsensusMachine;
  readonly rows: string[];
  readonly timers: Map<string, number>;
  isUp: boolean;
  wasStarted: boolean;
  decision: Decision | undefined;
  undecided: UndecidedLevel | undefined;
  /** The highest round it started. */
  round: number;
  readonly evidence: Evidence[];
  alarmCount: number;
  /** A liar's filter: whom its messages reach. */
  mayReach: (toHost: number, message: ConsensusMessage) => boolean;
  /** A liar's other filter: whom it listens to. */
  mayHear: (fromMember: number) => boolean;
}

/** What the network does with a message: delays in ms, one per copy; none when it is lost. */
export type Network = (from: number, to: number, message: ConsensusMessage) => readonly number[];

export interface WorldOptions {
  readonly engine: Engine;
  readonly n: number;
  readonly limits?: Partial<ConsensusLimits>;
  readonly network?: Network;
  /** Real keys and ids instead of fast ones. */
  readonly crypto?: Crypto;
  /** Write every message to JSON and read it back before it is delivered. */
  readonly onWire?: boolean;
}

export interface Crypto {
  readonly keys: FakeKeys;
  readonly valueIdOf: (value: unknown) => Sha256;
  /** As many as there are members. */
  readonly dids: readonly Did[];
}

type Event =
  | {
      readonly type: 'deliver';
      readonly host: number;
      readonly from: Did;
      readonly message: ConsensusMessage;
    }
  | { readonly type: 'timer'; readonly host: number; readonly timer: string; readonly dueAtMs: number }
  | { readonly type: 'call'; readonly call: () => void };

const instances = new Map<number, ConsensusInstance>();

export class World {
  readonly engine: Engine;
  readonly n: number;
  readonly instance: ConsensusInstance;
  readonly keys: FakeKeys;
  readonly valueIdOf: (value: unknown) => Sha256;
  readonly limits: ConsensusLimits;
  readonly #onWire: boolean;
  readonly hosts: Host[] = [];
  readonly violations: string[] = [];
  /** Which turns of the protocol were ever taken: a test that never sees them proves nothing about them. */
  readonly coverage = new Map<string, number>();
  readonly counts = { delivered: 0, dropped: 0, refused: 0, skippedAsOld: 0, signed: 0, sent: 0 };
  /** Called for each message that a machine sends, before the network has its say. */
  onSent: (from: Host, message: ConsensusMessage) => void = () => undefined;
  /** Called before each effect of an honest machine; true crashes the host at that point. */
  mayCrash: (host: Host, effect: ConsensusEffect) => boolean = () => false;
  network: Network;
  /** Added to a timer's due time, in ms: clocks that jump, timers that come late. */
  timerSkewMs: (host: Host) => number = () => 0;
  /** Between hosts rather than members: twins share a member's name. */
  mayPass: (fromHost: Host, toHost: Host, message: ConsensusMessage) => boolean = () => true;
  nowMs = 0;

  readonly #hostsOf: Host[][];
  readonly #buckets: (Event[] | undefined)[] = [];
  #pending = 0;
  readonly #slots = new Map<string, string>();
  #firstDecision: Decision | undefined;

  constructor(options: WorldOptions) {
    this.engine = options.engine;
    this.n = options.n;
    this.instance = instanceOf(options.engine, options.n, options.crypto?.dids);
    this.keys = options.crypto?.keys ?? createFakeKeys(options.engine);
    this.valueIdOf = options.crypto?.valueIdOf ?? valueIdOf;
    this.#onWire = options.onWire ?? false;
    this.network = options.network ?? (() => [delayMs]);
    this.#hostsOf = Array.from({ length: options.n }, () => []);
    this.limits = {
      timeouts: options.engine.timeoutsForDelay(delayMs),
      resendMs: 5 * delayMs,
      roundLimit: 1_000,
      deadlineAtMs: Number.POSITIVE_INFINITY,
      retentionMs: 1_000_000,
      ...options.limits,
    };
  }

  addHost(
    member: number,
    options: { isHonest?: boolean; candidate?: unknown; memory?: ConsensusMemory } = {},
  ): Host {
    const candidate = 'candidate' in options ? options.candidate : `v${member}`;
    const host: Host = {
      id: this.hosts.length,
      member,
      isHonest: options.isHonest ?? true,
      candidate,
      machine: this.#createMachine(member, candidate, options.memory ?? { type: 'fresh' }),
      rows: [],
      timers: new Map(),
      isUp: false,
      wasStarted: false,
      decision: undefined,
      undecided: undefined,
      round: 0,
      evidence: [],
      alarmCount: 0,
      mayReach: () => true,
      mayHear: () => true,
    };
    this.hosts.push(host);
    this.#hostsOf[member]!.push(host);
    return host;
  }

  start(host: Host): void {
    host.isUp = true;
    host.wasStarted = true;
    this.feed(host, { type: 'start', atMs: this.nowMs });
  }

  crash(host: Host): void {
    host.isUp = false;
    host.timers.clear();
  }

  /** Come back with the rows of the store, with some of them, or with none. */
  restart(host: Host, memory: ConsensusMemory = { type: 'restored', rows: this.storedRows(host) }): void {
    host.timers.clear();
    if (host.isHonest) this.#cover('restart');
    host.machine = this.#createMachine(host.member, host.candidate, memory);
    this.start(host);
  }

  storedRows(host: Host): LogRow[] {
    return host.rows.map((row) => JSON.parse(row) as LogRow);
  }

  #createMachine(member: number, candidate: unknown, memory: ConsensusMemory): ConsensusMachine {
    return this.engine.createConsensusMachine(
      { valueIdOf: this.valueIdOf, isValid: (value) => !String(value).startsWith('bad') },
      {
        instance: this.instance,
        self: this.instance.members[member]!,
        candidate,
        limits: this.limits,
        memory,
      },
    );
  }

  // ---- time

  at(dueAtMs: number, call: () => void): void {
    this.#push(dueAtMs, { type: 'call', call });
  }

  #push(dueAtMs: number, event: Event): void {
    const at = Math.max(dueAtMs, this.nowMs);
    const bucket = this.#buckets[at];
    if (bucket === undefined) this.#buckets[at] = [event];
    else bucket.push(event);
    this.#pending += 1;
  }

  /** Run until the clock passes `untilMs`, `isDone` says so after an instant, or nothing is left to happen. */
  run(untilMs: number, isDone: () => boolean = () => false): void {
    while (this.nowMs <= untilMs && this.#pending > 0) {
      const bucket = this.#buckets[this.nowMs];
      if (bucket !== undefined) {
        for (let i = 0; i < bucket.length; i++) this.#happen(bucket[i]!);
        this.#pending -= bucket.length;
        this.#buckets[this.nowMs] = undefined;
        if (isDone()) return;
      }
      this.nowMs += 1;
    }
  }

  #happen(event: Event): void {
    if (event.type === 'call') {
      event.call();
      return;
    }
    const host = this.hosts[event.host]!;
    if (!host.isUp) return;
    if (event.type === 'deliver') this.#deliver(host, event.from, event.message);
    else if (host.timers.get(event.timer) === event.dueAtMs) {
      host.timers.delete(event.timer);
      this.feed(host, { type: 'timer-fired', atMs: this.nowMs, timer: event.timer });
    }
  }

  // ---- messages

  /** Hand a message to the network, to every host of a member. */
  send(from: number, to: number, message: ConsensusMessage, filter?: (toHost: Host) => boolean): void {
    this.counts.sent += 1;
    const delays = this.network(from, to, message);
    if (delays.length === 0) this.counts.dropped += 1;
    for (const delay of delays) this.sendAfter(delay, from, to, message, filter);
  }

  /** Bypass the network: the message arrives after `delay` ms. */
  sendAfter(
    delay: number,
    from: number,
    to: number,
    message: ConsensusMessage,
    filter?: (toHost: Host) => boolean,
  ): void {
    const sender = this.instance.members[from]!;
    const delivered = this.#onWire ? this.#throughWire(message) : message;
    if (delivered === undefined) return;
    for (const host of this.#hostsOf[to]!) {
      if (filter !== undefined && !filter(host)) continue;
      if (!host.isHonest && !host.mayHear(from)) continue;
      this.#push(this.nowMs + delay, { type: 'deliver', host: host.id, from: sender, message: delivered });
    }
  }

  #throughWire(message: ConsensusMessage): ConsensusMessage | undefined {
    const text = JSON.stringify(this.engine.encodeConsensusMessage(message));
    const decoded = this.engine.decodeConsensusMessage(JSON.parse(text));
    return decoded.ok ? decoded.value : undefined;
  }

  /** As the runtime does it: is it news, are all signatures good, then the machine. */
  #deliver(host: Host, from: Did, message: ConsensusMessage): void {
    if (!host.machine.isNews(from, message, this.nowMs)) {
      this.counts.skippedAsOld += 1;
      return;
    }
    if (!this.#isSigned(message)) {
      this.counts.refused += 1;
      return;
    }
    this.counts.delivered += 1;
    this.feed(host, {
      type: 'message-received',
      atMs: this.nowMs,
      from,
      message: message as Verified<ConsensusMessage>,
    });
  }

  #isSigned(message: ConsensusMessage): boolean {
    return this.engine.visitSigned(
      message,
      (record) =>
        this.engine.isOfInstance(this.instance, record) &&
        this.instance.indexes.has(signerOf(record)) &&
        this.keys.verify(record),
    );
  }

  /** One input, all its effects, then what was signed meanwhile: as the runtime orders them. */
  feed(host: Host, input: ConsensusInput): void {
    const inputs: ConsensusInput[] = [input];
    for (const next of inputs) {
      for (const effect of host.machine.step(next)) {
        if (effect.type === 'ignored') continue;
        if (host.isHonest && this.mayCrash(host, effect)) {
          this.crash(host);
          return;
        }
        if (effect.type === 'sign') inputs.push(this.#sign(host, effect.record));
        else this.#apply(host, effect);
      }
    }
  }

  #apply(host: Host, effect: ConsensusEffect): void {
    switch (effect.type) {
      case 'persist':
        this.#persist(host, effect.key, effect.value as string);
        break;
      case 'send-to-roster':
        if (host.isHonest) this.#checkOwnWords(host, effect.message);
        if (host.isHonest) this.#cover(turnOf(effect.message));
        this.onSent(host, effect.message);
        for (let to = 0; to < this.n; to++) {
          if (to !== host.member) this.#sendFrom(host, to, effect.message);
        }
        break;
      case 'send-to':
        this.#cover('laggard answered');
        this.#sendFrom(host, this.instance.indexes.get(effect.member)!, effect.message);
        break;
      case 'set-timer':
        this.#setTimer(host, effect.timer, effect.dueAtMs);
        break;
      case 'cancel-timer':
        host.timers.delete(effect.timer);
        break;
      case 'report-decision':
        this.#takeDecision(host, effect.decision);
        break;
      case 'report-undecided':
        host.undecided = effect.level;
        break;
      case 'report-evidence':
        host.evidence.push(effect.evidence);
        if (host.isHonest) this.#checkCulprit(effect.culprit);
        break;
      case 'raise-alarm':
        host.alarmCount += 1;
        break;
    }
  }

  #sendFrom(host: Host, to: number, message: ConsensusMessage): void {
    this.send(host.member, to, message, (toHost) => {
      if (!host.isHonest && !host.mayReach(toHost.id, message)) return false;
      return this.mayPass(host, toHost, message);
    });
  }

  #sign(_host: Host, record: Parameters<FakeKeys['sign']>[0]): ConsensusInput {
    this.counts.signed += 1;
    const signed = this.keys.sign(record) as Vote | Proposal | Undecided;
    return { type: 'signed', atMs: this.nowMs, record: signed };
  }

  #persist(host: Host, key: string, value: string): void {
    const seq = Number(key.slice(key.lastIndexOf('/') + 1));
    if (host.isHonest && seq > host.rows.length) this.#violate(`host ${host.id} left a hole in its log`);
    host.rows[seq] = value;
  }

  #setTimer(host: Host, timer: string, dueAtMs: number): void {
    host.timers.set(timer, dueAtMs);
    this.#push(dueAtMs + this.timerSkewMs(host), { type: 'timer', host: host.id, timer, dueAtMs });
    if (!timer.includes('/propose/')) return;
    const round = Number(timer.slice(timer.lastIndexOf('/') + 1));
    if (round > host.round + 1) this.#cover('round skipped');
    host.round = Math.max(host.round, round);
  }

  #cover(turn: string): void {
    this.coverage.set(turn, (this.coverage.get(turn) ?? 0) + 1);
  }

  // ---- checkers

  #violate(what: string): void {
    this.violations.push(what);
  }

  /** What an honest member says under its own name is on disk, and never differs from what it said before. */
  #checkOwnWords(host: Host, message: ConsensusMessage): void {
    if (message.type !== 'vote' && message.type !== 'proposal' && message.type !== 'undecided') return;
    const own =
      message.type === 'vote' ? message.vote : message.type === 'proposal' ? message.proposal : undefined;
    const { sig, round } = own ?? (message as { undecided: Undecided }).undecided;
    if (!host.rows.some((row) => row.includes(sig)))
      this.#violate(`member ${host.member} sent a ${message.type} before it was on disk`);
    const slot = message.type === 'vote' ? `${message.vote.type}/${round}` : `${message.type}/${round}`;
    const key = `${host.member}/${slot}`;
    const before = this.#slots.get(key);
    if (before !== undefined && before !== sig) this.#violate(`member ${host.member} signed ${slot} twice`);
    this.#slots.set(key, sig);
  }

  #takeDecision(host: Host, decision: Decision): void {
    if (!host.isHonest) return;
    if (host.decision !== undefined && decidedValue(host.decision) !== decidedValue(decision))
      this.#violate(`member ${host.member} changed its decision`);
    host.decision = decision;
    this.#checkDecision(decision);
    this.#firstDecision ??= decision;
    if (decidedValue(decision) !== decidedValue(this.#firstDecision))
      this.#violate(`disagreement: ${decidedValue(this.#firstDecision)} and ${decidedValue(decision)}`);
  }

  /** Count the certificate again, without the code under test. */
  #checkDecision({ certificate, proposed }: Decision): void {
    const signers = new Set<string>();
    for (const vote of certificate.votes) {
      const fits = vote.round === certificate.round && vote.value === certificate.value;
      if (!fits || vote.type !== 'precommit' || !this.keys.verify(vote)) this.#violate('a bad vote decided');
      if (!this.instance.indexes.has(vote.voter)) this.#violate('a stranger decided');
      signers.add(vote.voter);
    }
    if (signers.size * 3 <= 2 * this.n) this.#violate(`${signers.size} of ${this.n} decided`);
    if (this.valueIdOf(proposed.value) !== certificate.value)
      this.#violate('the decided value has another id');
    if (String(proposed.value).startsWith('bad')) this.#violate('an invalid value was decided');
  }

  #checkCulprit(culprit: Did): void {
    const member = this.instance.indexes.get(culprit)!;
    if (this.#hostsOf[member]!.some((host) => host.isHonest))
      this.#violate(`honest member ${member} was accused`);
  }

  // ---- questions

  honest(): Host[] {
    return this.hosts.filter((host) => host.isHonest);
  }

  maxRound(): number {
    let max = 0;
    for (const host of this.hosts) if (host.isHonest && host.round > max) max = host.round;
    return max;
  }

  isAllDecided(): boolean {
    for (const host of this.hosts) if (host.isHonest && host.decision === undefined) return false;
    return true;
  }
}

function turnOf(message: ConsensusMessage): string {
  switch (message.type) {
    case 'proposal':
      return message.proposal.validRound >= 0 ? 'proposal again' : 'proposal fresh';
    case 'vote':
      if (message.vote.value === null) return `${message.vote.type} nil`;
      return message.vote.validRound >= 0 ? 'prevote on a polka' : message.vote.type;
    case 'certificate':
      return message.certificate.kind;
    case 'evidence':
      return message.evidence.kind;
    case 'undecided':
      return 'undecided';
  }
}

export function decidedValue(decision: Decision): string {
  return String(decision.proposed.value);
}

function signerOf(record: Vote | Proposal | Undecided): string {
  if (record.record === 'vote') return record.voter;
  return record.record === 'vote-proposal' ? record.proposer : record.member;
}

/** One instance per size, with distinct owners and nodes. */
export function instanceOf(engine: Engine, n: number, dids?: readonly Did[]): ConsensusInstance {
  const cached = dids === undefined && engine.isReal ? instances.get(n) : undefined;
  if (cached !== undefined) return cached;
  const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
  const members = Array.from({ length: n }, (_, i) => {
    const did = dids?.[i] ?? didOf(i);
    return { did, node: did, owner: did, key: did };
  });
  const facts = {
    mesh: 'm',
    space: 'commons',
    instance: 'instance-1',
    membersVersion: 1,
    members,
    witnesses: [],
  };
  const instance = engine.openInstance({ hash }, engine.selectRoster({ hash }, facts));
  if (dids === undefined && engine.isReal) instances.set(n, instance);
  return instance;
}
