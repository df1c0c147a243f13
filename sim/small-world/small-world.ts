/**
 * A few agents on the modelled network: letters that travel by the link model under fault rules, repeated by an
 * outbox until they are acknowledged, timers that die with their agent, crashes and restarts. What agents do is the
 * business of the machines that are given to it.
 */
import type { Did } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { planRetryMs } from '../../protocol/delivery/retry.ts';
import { encodeDid } from '../../protocol/did.ts';
import { SimKernel } from '../clock/kernel.ts';
import { RandomStream } from '../clock/random.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import { type FaultRule, FaultRules } from '../network/faults.ts';
import { createLinkModel, type LinkModel, type LinkSettings, lost } from '../network/link-model.ts';
import type { PeerPlaces } from '../network/places.ts';
import type { RunResult, SeriesPoint } from '../scenario/model.ts';
import { RunLog } from './run-log.ts';
import { sha256 } from './sha256.ts';

export interface SmallWorldInit {
  readonly seed: number;
  readonly agentCount: number;
  readonly link: LinkSettings;
  readonly faults?: readonly FaultRule[];
  /** For latencies between regions. */
  readonly places?: PeerPlaces;
}

export interface Letter {
  readonly from: number;
  readonly to: number;
  readonly type: string;
  readonly body: unknown;
  /** The conversation that it belongs to. */
  readonly thread: string;
}

export interface Resident {
  hear(letter: Letter): void;
  /** Back from its disk. */
  restart?(): void;
}

interface Parcel {
  readonly id: number;
  readonly letter: Letter;
  readonly bytes: number;
  attempts: number;
  isHeard: boolean;
  isAcknowledged: boolean;
}

/** Ids, times, DIDs and a signature around a body. Measured on envelopes of the node: 380 to 450 bytes. */
export const envelopeBytes = 400;
const acknowledgementBytes = 120;
/** Then the outbox gives up, as the node does when a message's life ends. */
const attemptsMax = 12;

export class SmallWorld {
  readonly kernel = new SimKernel();
  readonly random: RandomStream;
  readonly link: LinkModel;
  readonly faults: FaultRules | undefined;
  readonly dids: readonly Did[];
  readonly log: RunLog;
  /** Letters said, packets on the wire (repeats and acknowledgements among them), and their bytes. */
  letterCount = 0;
  packetCount = 0;
  byteCount = 0;

  readonly #startMs: number;
  readonly #indices: ReadonlyMap<Did, number>;
  readonly #residents: (Resident | undefined)[] = [];
  readonly #isUp: boolean[];
  /** Counts restarts: what an earlier life wanted to do later is not done. */
  readonly #lives: number[];
  readonly #timers: Map<string, () => void>[];

  constructor(init: SmallWorldInit) {
    const { agentCount } = init;
    this.random = RandomStream.fromSeed(init.seed).split('small-world');
    this.link = createLinkModel(init.link, this.random.split('link'), agentCount, init.places);
    if (init.faults !== undefined && init.faults.length > 0)
      this.faults = new FaultRules(init.faults, agentCount, this.random.split('faults'));
    this.dids = Array.from({ length: agentCount }, (_, i) => encodeDid(sha256(utf8(`agent ${i}`))));
    this.#indices = new Map(this.dids.map((did, i) => [did, i]));
    this.#isUp = this.dids.map(() => true);
    this.#lives = this.dids.map(() => 0);
    this.#timers = this.dids.map(() => new Map());
    this.#startMs = this.kernel.nowMs();
    this.log = new RunLog(agentCount);
  }

  /** Unix ms, as machines have it. */
  get nowMs(): number {
    return this.kernel.nowMs();
  }

  /** Virtual ms since the start. */
  get elapsedMs(): number {
    return this.kernel.nowMs() - this.#startMs;
  }

  settle(agent: number, resident: Resident): void {
    this.#residents[agent] = resident;
  }

  indexOf(did: Did): number {
    return this.#indices.get(did) ?? -1;
  }

  isUp(agent: number): boolean {
    return this.#isUp[agent]!;
  }

  /** Say something; it is heard once, unless the receiver stays away for good. */
  send(from: number, to: number, type: string, body: unknown, thread: string): void {
    if (!this.isUp(from) || to < 0) return;
    const letter = { from, to, type, body, thread };
    const bytes = envelopeBytes + JSON.stringify(body ?? null).length;
    this.letterCount++;
    this.log.said(letter, this.elapsedMs);
    this.#attempt({
      id: this.letterCount,
      letter,
      bytes,
      attempts: 0,
      isHeard: false,
      isAcknowledged: false,
    });
  }

  /** Do it later, unless the agent crashes before. */
  after(agent: number, delayMs: number, action: () => void): void {
    const life = this.#lives[agent];
    this.kernel.schedule(this.nowMs + Math.max(0, delayMs), () => {
      if (this.isUp(agent) && this.#lives[agent] === life) action();
    });
  }

  setTimer(agent: number, name: string, dueAtMs: number, fire: () => void): void {
    this.cancelTimer(agent, name);
    const timers = this.#timers[agent]!;
    const cancel = this.kernel.schedule(dueAtMs, () => {
      timers.delete(name);
      fire();
    });
    timers.set(name, cancel);
  }

  cancelTimer(agent: number, name: string): void {
    this.#timers[agent]!.get(name)?.();
    this.#timers[agent]!.delete(name);
  }

  crash(agent: number): void {
    if (!this.isUp(agent)) return;
    this.#isUp[agent] = false;
    this.#lives[agent]!++;
    for (const cancel of this.#timers[agent]!.values()) cancel();
    this.#timers[agent]!.clear();
    this.log.note(this.elapsedMs, 'crash', { agent });
  }

  restart(agent: number): void {
    if (this.isUp(agent)) return;
    this.#isUp[agent] = true;
    this.log.note(this.elapsedMs, 'restart', { agent });
    this.#residents[agent]?.restart?.();
  }

  /** Run until `isOver`, asked after each event, or until the time is up. */
  run(durationMs: number, isOver: () => boolean = () => false): void {
    const endMs = this.#startMs + this.elapsedMs + durationMs;
    while (!isOver()) if (!this.kernel.step(endMs)) break;
  }

  /** One packet; what happens when it arrives is the caller's. */
  transmit(from: number, to: number, bytes: number, arrive: () => void): void {
    this.packetCount++;
    this.byteCount += bytes;
    const now = this.kernel.nowTick;
    const delay = this.link.delayTicks(from, to, bytes, now);
    const { copies, delayTicks } = this.faults?.decide(from, to, now) ?? { copies: 1, delayTicks: 0 };
    if (delay === lost) return;
    for (let copy = 0; copy < copies; copy++)
      this.kernel.scheduleTick(now + delay + delayTicks + copy, () => {
        if (this.isUp(to)) arrive();
      });
  }

  /** The run's result: the digest is of every event and of the figures. */
  finish(metrics: Readonly<Record<string, number>>, series?: readonly SeriesPoint[]): RunResult {
    this.kernel.digest.addText(JSON.stringify(metrics));
    return {
      metrics,
      digest: this.kernel.digest.toString(),
      eventCount: this.kernel.eventCount,
      ...(series === undefined ? {} : { series }),
      ...this.log.result(),
    };
  }

  #attempt(parcel: Parcel): void {
    const { letter, bytes } = parcel;
    if (parcel.isAcknowledged || parcel.attempts >= attemptsMax) return;
    parcel.attempts++;
    if (this.isUp(letter.from)) this.transmit(letter.from, letter.to, bytes, () => this.#arrive(parcel));
    const waitMs = planRetryMs(String(parcel.id), parcel.attempts);
    this.kernel.scheduleTick(this.kernel.nowTick + waitMs * ticksPerMs, () => this.#attempt(parcel));
  }

  #arrive(parcel: Parcel): void {
    const { letter } = parcel;
    this.transmit(letter.to, letter.from, acknowledgementBytes, () => {
      parcel.isAcknowledged = true;
    });
    if (parcel.isHeard) return;
    parcel.isHeard = true;
    this.log.heard(letter, this.elapsedMs);
    this.#residents[letter.to]?.hear(letter);
  }
}
