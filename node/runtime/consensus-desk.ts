/**
 * Drives Byzantine agreements: one machine per instance, votes by direct send, each vote on disk before it leaves.
 * What is agreed on, and what makes a value valid, its caller says (`decision-desk.ts`).
 */

import type { Did, NodeId, Sha256 } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import {
  type AgreementFile,
  type ConsensusEffect,
  type ConsensusInput,
  type ConsensusInstance,
  type ConsensusLimits,
  type ConsensusMachine,
  type ConsensusMessage,
  consensusBucket,
  createConsensusMachine,
  type Decision,
  decodeConsensusMessage,
  type Evidence,
  encodeConsensusMessage,
  listConsensusSignatures,
  openInstance,
  type Roster,
  readMemory,
  rowRange,
  signRecord,
  timeoutsForDelay,
  type Undecided,
  type UndecidedLevel,
} from '../../protocol/consensus/index.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Attachment } from '../../protocol/records.ts';
import { checkSignature, hashObject, type Verified } from '../../protocol/signing.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

/** What a lying node says to one member instead of `message`; `undefined`: nothing. For experiments only. */
export type VoteFault = (facts: {
  readonly to: Did;
  /** Position of `to` among the members. */
  readonly toIndex: number;
  readonly message: ConsensusMessage;
  readonly sign: <T extends Parameters<typeof signRecord>[2]>(record: T) => T & { sig: string };
}) => ConsensusMessage | undefined;

export interface ConsensusDeskInit {
  /** Longest time in which a direct message is expected to arrive; timeouts grow from it. @default 250 */
  readonly voteDelayMs?: number | undefined;
  readonly voteFault?: VoteFault | undefined;
}

/** One agreement as its caller sees it. */
export interface Agreement {
  readonly roster: Roster;
  /** Attachments that show who votes with a session key: they go into the certificate. */
  readonly attachments: readonly Attachment[];
  /** The member whose key is here. */
  readonly self: Did;
  /** What this member proposes when it is its turn; undefined for nothing. */
  readonly candidate: unknown;
  /** Pure and the same on all members. */
  readonly isValid: (value: unknown) => boolean;
  /** Integer Unix ms. */
  readonly openedAtMs: number;
  readonly deadlineAtMs: number;
  /** Once per start of this node. */
  readonly onDecision: (decision: Decision, file: AgreementFile) => void;
  /** Once, when the records of the others had time to come; a decision may still follow. */
  readonly onUndecided: (level: UndecidedLevel, file: AgreementFile) => void;
  readonly onEvidence: (culprit: Did, evidence: Evidence, file: AgreementFile) => void;
  /** Retention is over and the log of votes is gone: never open this instance again. */
  readonly onFinish: () => void;
}

export interface ConsensusDesk {
  open(agreement: Agreement): void;
  takeDirect(from: NodeId, body: JsonObject): void;
  /** Whether this node has signed something in the instance. */
  hasLog(instance: string): boolean;
  readonly runningCount: number;
}

interface Running {
  readonly agreement: Agreement;
  readonly instance: ConsensusInstance;
  readonly machine: ConsensusMachine;
  readonly inputs: ConsensusInput[];
  isStepping: boolean;
  isDecided: boolean;
  undecided: { level: UndecidedLevel; records: readonly Undecided[] } | undefined;
  isUndecidedTold: boolean;
}

export const voteDelayDefaultMs = 250;
/** Judgement: at timeouts that grow by half a second a round, the deadline comes long before. */
const roundLimit = 200;
/** How long an outcome is kept to answer members that lag: a restart takes seconds. Judgement. */
const retentionMs = 120_000;
/** Messages kept for instances that are not open here yet. They are sent again anyway. */
const parkedPerInstanceMax = 64;
const parkedInstancesMax = 32;
const storeBucket = 'node';
const storeCreatedKey = 'store-created-at';

export function createConsensusDesk(core: PeerCore, init: ConsensusDeskInit = {}): ConsensusDesk {
  return new Agreements(core, init);
}

class Agreements implements ConsensusDesk {
  readonly #core: PeerCore;
  readonly #voteFault: VoteFault | undefined;
  readonly #delayMs: number;
  readonly #running = new CompactMap<string, Running>();
  readonly #parked = new CompactMap<string, { readonly from: NodeId; readonly body: JsonObject }[]>();
  readonly #storeCreatedAtMs: number;

  constructor(core: PeerCore, init: ConsensusDeskInit) {
    this.#core = core;
    this.#voteFault = init.voteFault;
    this.#delayMs = init.voteDelayMs ?? voteDelayDefaultMs;
    this.#storeCreatedAtMs = readStoreCreation(this.#core);
  }

  open(agreement: Agreement): void {
    const instance = openInstance(this.#core.keys, agreement.roster);
    const name = instance.instance;
    if (this.#running.has(name)) return;
    const { fromKey, toKey } = rowRange(name);
    const rows = this.#core.store.scan(consensusBucket, fromKey, toKey, Number.MAX_SAFE_INTEGER);
    const machine = createConsensusMachine(
      { valueIdOf: (value) => hashObject(this.#core.keys, value) as Sha256, isValid: agreement.isValid },
      {
        instance,
        self: agreement.self,
        candidate: agreement.candidate,
        limits: limitsFor(this.#delayMs, agreement.deadlineAtMs),
        memory: readMemory({
          instance: name,
          rows,
          openedAtMs: agreement.openedAtMs,
          storeCreatedAtMs: this.#storeCreatedAtMs,
        }),
      },
    );
    const one: Running = {
      agreement,
      instance,
      machine,
      inputs: [],
      isStepping: false,
      isDecided: false,
      undecided: undefined,
      isUndecidedTold: false,
    };
    this.#running.set(name, one);
    this.#feed(one, { type: 'start', atMs: this.#core.clock.nowMs() });
    for (const { from, body } of this.#parked.get(name) ?? []) this.takeDirect(from, body);
    this.#parked.delete(name);
  }

  /** Inputs one after the other: `signed` comes after all effects of the step that asked for it. */
  #feed(one: Running, input: ConsensusInput): void {
    one.inputs.push(input);
    if (one.isStepping) return;
    one.isStepping = true;
    for (let next = one.inputs.shift(); next !== undefined; next = one.inputs.shift())
      for (const effect of one.machine.step(next)) this.#perform(one, effect);
    one.isStepping = false;
  }

  #perform(one: Running, effect: ConsensusEffect): void {
    switch (effect.type) {
      case 'sign':
        return this.#sign(one, effect.record);
      case 'persist':
        return this.#core.turn.persist(effect.bucket, effect.key, effect.value);
      case 'send-to-roster':
        return this.#core.turn.afterCommit(() => this.#sendToAll(one, effect.message));
      case 'send-to':
        return this.#core.turn.afterCommit(() => this.#send(one, effect.member, effect.message));
      case 'set-timer':
      case 'cancel-timer':
        return this.#core.timers.apply('consensus', effect, (timer, atMs) =>
          this.#feed(one, { type: 'timer-fired', timer, atMs }),
        );
      case 'report-decision':
        return this.#tellDecision(one, effect.decision);
      case 'report-undecided':
        return this.#gatherUndecided(one, effect.level, effect.records);
      case 'report-evidence':
        return one.agreement.onEvidence(
          effect.culprit,
          effect.evidence,
          fileOf(one, 'evidence', [{ type: 'evidence', evidence: effect.evidence }]),
        );
      case 'raise-alarm':
        return this.#core.note({
          kind: 'agreement-broken',
          instance: one.instance.instance,
          conflicting: effect.conflicting.value,
        });
      case 'finish':
        return this.#finish(one);
      case 'ignored':
        return this.#core.countIgnored('consensus', effect.reason);
    }
  }

  #sign(one: Running, record: Extract<ConsensusEffect, { type: 'sign' }>['record']): void {
    const key = one.instance.keys[one.instance.indexes.get(one.agreement.self)!]!;
    if (!this.#core.keys.has(key)) return this.#core.countIgnored('consensus', 'key-not-here');
    this.#feed(one, {
      type: 'signed',
      record: signRecord(this.#core.keys, key, record),
      atMs: this.#core.clock.nowMs(),
    });
  }

  // Network.

  #sendToAll(one: Running, message: ConsensusMessage): void {
    for (const member of one.instance.members)
      if (member !== one.agreement.self) this.#send(one, member, message);
  }

  #send(one: Running, to: Did, message: ConsensusMessage): void {
    const { members } = one.agreement.roster.record;
    const said = this.#voteFault === undefined ? message : this.#distort(one, to, message, this.#voteFault);
    const node = members.find((member) => member.did === to)?.node as NodeId | undefined;
    if (said === undefined || node === undefined) return;
    const body = { instance: one.instance.instance, message: encodeConsensusMessage(said) };
    this.#core.transport.send(node, encodePacket({ packet: 'machine', machine: 'consensus', body }));
  }

  #distort(one: Running, to: Did, message: ConsensusMessage, fault: VoteFault): ConsensusMessage | undefined {
    const key = one.instance.keys[one.instance.indexes.get(one.agreement.self)!]!;
    return fault({
      to,
      toIndex: one.instance.indexes.get(to)!,
      message,
      sign: (record) => signRecord(this.#core.keys, key, record),
    });
  }

  takeDirect(from: NodeId, body: JsonObject): void {
    const name = body.instance;
    if (typeof name !== 'string') return this.#core.countIgnored('consensus', 'no-instance');
    const one = this.#running.get(name);
    if (one === undefined) return this.#park(name, from, body);
    const member = one.agreement.roster.record.members.find((candidate) => candidate.node === from);
    if (member === undefined) return this.#core.countIgnored('consensus', 'stranger');
    const message = this.#core.decoding.readBody(body, readMessage);
    if (!message.ok) return this.#core.countIgnored('consensus', message.refusal.code);
    const atMs = this.#core.clock.nowMs();
    const sender = member.did as Did;
    if (!one.machine.isNews(sender, message.value, atMs))
      return this.#core.countIgnored('consensus', 'no-news');
    const claims = listConsensusSignatures(one.instance, message.value);
    if (!claims.ok) return this.#core.countIgnored('consensus', claims.refusal.code);
    if (!claims.value.every((claim) => checkSignature(this.#core.keys, claim)))
      return this.#core.countIgnored('consensus', 'AMP-1101');
    this.#feed(one, {
      type: 'message-received',
      from: sender,
      message: message.value as Verified<ConsensusMessage>,
      atMs,
    });
  }

  #park(name: string, from: NodeId, body: JsonObject): void {
    const waiting = this.#parked.get(name) ?? [];
    const isFull =
      waiting.length >= parkedPerInstanceMax ||
      (waiting.length === 0 && this.#parked.size >= parkedInstancesMax);
    if (isFull) return this.#core.countIgnored('consensus', 'unknown-instance');
    this.#parked.set(name, [...waiting, { from, body }]);
  }

  // Outcomes.

  #tellDecision(one: Running, decision: Decision): void {
    if (one.isDecided) return;
    one.isDecided = true;
    const message: ConsensusMessage = { type: 'certificate', ...decision };
    one.agreement.onDecision(decision, fileOf(one, 'agreement', [message]));
  }

  /** Others stop at about the same moment: their records make the outcome weigh more. */
  #gatherUndecided(one: Running, level: UndecidedLevel, records: readonly Undecided[]): void {
    const isFirst = one.undecided === undefined;
    one.undecided = { level, records };
    if (records.length === one.instance.members.length) return this.#tellUndecided(one);
    if (!isFirst) return;
    const timer = `${one.instance.instance}/gather-undecided`;
    const dueAtMs = this.#core.clock.nowMs() + gatherDelays * this.#delayMs;
    this.#core.timers.apply('consensus', { type: 'set-timer', timer, dueAtMs }, () =>
      this.#tellUndecided(one),
    );
  }

  #tellUndecided(one: Running): void {
    if (one.isDecided || one.isUndecidedTold) return;
    one.isUndecidedTold = true;
    const { level, records } = one.undecided!;
    const messages = records.map((undecided): ConsensusMessage => ({ type: 'undecided', undecided }));
    one.agreement.onUndecided(level, fileOf(one, 'undecided', messages));
  }

  #finish(one: Running): void {
    const { fromKey, toKey } = rowRange(one.instance.instance);
    for (const row of this.#core.store.scan(consensusBucket, fromKey, toKey, Number.MAX_SAFE_INTEGER))
      this.#core.turn.persist(consensusBucket, row.key, null);
    this.#running.delete(one.instance.instance);
    one.agreement.onFinish();
  }

  hasLog(instance: string): boolean {
    const { fromKey, toKey } = rowRange(instance);
    return this.#core.store.scan(consensusBucket, fromKey, toKey, 1).length > 0;
  }

  get runningCount(): number {
    return this.#running.size;
  }
}

/** Judgement: two deliveries and two re-sends. */
const gatherDelays = 6;

function limitsFor(delayMs: number, deadlineAtMs: number): ConsensusLimits {
  return {
    timeouts: timeoutsForDelay(delayMs),
    resendMs: 2 * delayMs,
    roundLimit,
    deadlineAtMs,
    retentionMs,
  };
}

function fileOf(
  one: Running,
  certificate: AgreementFile['certificate'],
  messages: readonly ConsensusMessage[],
): AgreementFile {
  const { roster, attachments } = one.agreement;
  return {
    certificate,
    roster: roster.record,
    ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
    messages: messages.map(encodeConsensusMessage),
  };
}

const readMessage = ({ message }: JsonObject) => decodeConsensusMessage(message);

/** A store that is younger than an instance may have forgotten votes: its member abstains. */
function readStoreCreation(core: PeerCore): number {
  const known = core.store.get(storeBucket, storeCreatedKey);
  if (typeof known === 'string') return Number(known);
  const nowMs = core.clock.nowMs();
  core.turn.persist(storeBucket, storeCreatedKey, String(nowMs));
  return nowMs;
}
