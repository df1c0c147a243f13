/**
 * Repair between two nodes that hold the same kind of set. One neighbour at a time: compare digests by bucket,
 * fetch the signed beacons of the buckets that differ, then pull the records of every node whose signed digest
 * is not what is held. A late joiner so has everything after a few round trips; two equal nodes exchange one
 * message of 1 KiB.
 *
 * @see Demers et al. 1987, Epidemic Algorithms for Replicated Database Maintenance (anti-entropy)
 */

import type { NodeId } from '../protocol/brand.ts';
import { compareText, toBase64Url } from '../protocol/bytes.ts';
import { CompactMap } from '../protocol/compact-map.ts';
import type { BucketDigests } from './bucket-digests.ts';
import type { IndexMessage, IndexMessageOf } from './index-messages.ts';
import { cutIntoPages, entryBytes, packEntry, shortIdLength } from './index-messages.ts';
import { discoveryLimits } from './limits.ts';
import type { PresenceLeases } from './presence-leases.ts';
import { bucketOf, type HeldRecord, isPublic, type RecordTable } from './record-table.ts';

export interface SendIndexMessage {
  readonly type: 'send-index-message';
  readonly to: NodeId;
  readonly message: IndexMessage;
}

export interface AntiEntropyComponents {
  readonly self: NodeId;
  /** Over the live nodes and the records held of each. */
  readonly digests: BucketDigests<NodeId>;
  readonly table: RecordTable;
  readonly leases: PresenceLeases;
  /** Whether a record that is not for everyone may go to this node. */
  mayNodeSee(node: NodeId, record: HeldRecord): boolean;
}

/** How long a neighbour may be silent before the next one is asked. */
export const sessionTimeoutMs = 1_500;
/** Rest after a session: what it brought spreads meanwhile, and the next neighbour has less to tell. */
export const sessionGapMs = 1_000;
/**
 * After each neighbour in a row that had nothing to add the rest is twice as long, up to this: the others are compared
 * with too, but hardly differ. As long as a node compares with somebody although nothing looks wrong.
 */
export const sessionGapMaxMs = 30_000;
/**
 * While nodes come and go every moment, two neighbours always differ by what is on its way, and would send each other
 * whole buckets for it: whoever finished one session waits with the next until nothing has changed for the gap, but
 * no longer than this since it finished. Judgement: a late joiner has all within 5 s.
 */
export const sessionRestMaxMs = 3_000;
/** How long a gossiped record may take before its absence counts as a loss. */
export const repairDelayMs = 500;
/**
 * What a node told this lately is still on its way by gossip, which offers what a newcomer missed again at its next
 * heartbeats: where more come than one pull names, they are not pulled at once, but missed after this.
 */
const freshMs = 2_000;
const repairAttemptsMax = 5;
const repairRetryMs = 3_000;
/** Hashes that one part of a pull lists: keeps a pull below 20 KiB a node. */
const partRecordsMax = 400;
/** What one peer may make this node send in answer, per window: four full late joins of 10,000 records. */
const servedBytesMax = 32 * 1024 * 1024;
const servedWindowMs = 10_000;
const servedPeersMax = 2_048;

type Want = IndexMessageOf<'pull'>['wants'][number];

interface Session {
  readonly peer: NodeId;
  readonly wanted: { node: NodeId; part: number; partCount: number }[];
  isListed: boolean;
  /** Nodes that told of their records just now. */
  readonly fresh: NodeId[];
  /** Beacons that the neighbour sent, where the two differed. */
  broughtCount: number;
  dueAtMs: number;
}

interface Repair {
  attemptCount: number;
  dueAtMs: number;
}

export class AntiEntropy {
  readonly #components: AntiEntropyComponents;
  readonly #waiting: NodeId[] = [];
  /** None as a rule: asked for with every beacon. */
  #repairs: Map<NodeId, Repair> | undefined;
  readonly #served = new CompactMap<NodeId, { sinceMs: number; bytes: number }>();
  #session: Session | undefined;
  /** Whoever waits is asked no sooner. */
  #nextSessionAtMs = 0;
  #finishedCount = 0;
  #finishedAtMs = Number.NEGATIVE_INFINITY;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  /** Rest after the present session. */
  #gapMs = sessionGapMs;
  #isDueSooner = false;

  constructor(components: AntiEntropyComponents) {
    this.#components = components;
  }

  /** Sessions that ran to their end since the start; 0 means that this node may still lack nearly everything. */
  get finishedCount(): number {
    return this.#finishedCount;
  }

  get isRunning(): boolean {
    return this.#session !== undefined || this.#waiting.length > 0;
  }

  /** Something happened after which there may be work before the moment that {@link takeDueAtMs} gave last. */
  get isDueSooner(): boolean {
    return this.#isDueSooner;
  }

  /** The next moment at which {@link wake} has work, or infinity. */
  takeDueAtMs(): number {
    this.#isDueSooner = false;
    const nextAtMs = this.#waiting.length > 0 ? this.#nextDueAtMs : Number.POSITIVE_INFINITY;
    let dueAtMs = this.#session?.dueAtMs ?? nextAtMs;
    if (this.#repairs !== undefined)
      for (const repair of this.#repairs.values()) dueAtMs = Math.min(dueAtMs, repair.dueAtMs);
    return dueAtMs;
  }

  get #nextDueAtMs(): number {
    const settledAtMs = Math.min(this.#changedAtMs + sessionGapMs, this.#finishedAtMs + sessionRestMaxMs);
    return Math.max(this.#nextSessionAtMs, settledAtMs);
  }

  /** A node came or went, or a record did. */
  changed(nowMs: number): void {
    this.#changedAtMs = nowMs;
  }

  /** A neighbour came: compare with it soon, however alike those before it were. */
  greet(peer: NodeId, nowMs: number): readonly SendIndexMessage[] {
    this.#gapMs = sessionGapMs;
    this.#nextSessionAtMs = Math.min(this.#nextSessionAtMs, nowMs + sessionGapMs);
    return this.enqueue(peer, nowMs);
  }

  /** Compare with this neighbour as soon as the sessions before it are done. */
  enqueue(peer: NodeId, nowMs: number): readonly SendIndexMessage[] {
    this.#isDueSooner = true;
    if (this.#session?.peer === peer || this.#waiting.includes(peer)) return [];
    this.#waiting.push(peer);
    return this.#startNext(nowMs);
  }

  forgetPeer(peer: NodeId, nowMs: number): readonly SendIndexMessage[] {
    this.#isDueSooner = true;
    const at = this.#waiting.indexOf(peer);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#session?.peer !== peer) return [];
    this.#session = undefined;
    this.#nextSessionAtMs = nowMs;
    return this.#startNext(nowMs);
  }

  /** A beacon came from its own node: if the records behind it do not show up by gossip, fetch them there. */
  watch(node: NodeId, nowMs: number): void {
    if (node === this.#components.self) return;
    if (this.isBehind(node)) this.#repairAt(node, nowMs + repairDelayMs);
    else this.#noRepair(node);
  }

  #repairAt(node: NodeId, dueAtMs: number): void {
    this.#repairs ??= new Map();
    if (this.#repairs.has(node) || this.#repairs.size >= discoveryLimits.nodesMax) return;
    this.#repairs.set(node, { attemptCount: 0, dueAtMs });
    this.#isDueSooner = true;
  }

  #noRepair(node: NodeId): void {
    this.#repairs?.delete(node);
    if (this.#repairs?.size === 0) this.#repairs = undefined;
  }

  /**
   * Whether the node's signed digest names records that are not held, or the other way round. A digest no
   * younger than a record held says nothing of what is held: the next beacon will.
   */
  isBehind(node: NodeId): boolean {
    const { leases, table } = this.#components;
    const beacon = leases.beaconOf(node)?.body;
    if (beacon === undefined) return false;
    return table.differs(node, beacon.records, beacon.at);
  }

  wake(nowMs: number): readonly SendIndexMessage[] {
    this.#isDueSooner = true;
    const sends: SendIndexMessage[] = [];
    if (this.#session !== undefined && this.#session.dueAtMs <= nowMs) {
      this.#session = undefined;
      this.#nextSessionAtMs = nowMs;
    }
    sends.push(...this.#startNext(nowMs));
    return [...sends, ...this.#repairDue(nowMs)];
  }

  /** Answer a neighbour's digests with the beacons of the buckets that differ. */
  answerSync(from: NodeId, message: IndexMessageOf<'sync'>, nowMs: number): readonly SendIndexMessage[] {
    const { leases, digests } = this.#components;
    const different = digests.namesWhereDifferent(message.buckets);
    if (different.length === 0 && this.#finishedCount > 0) this.#skip(from);
    const beacons = different
      .filter((node) => node !== from && leases.isUp(node, nowMs))
      .map((node) => ({
        bytes: toBase64Url(leases.beaconOf(node)!.bytes),
        remainingMs: leases.remainingMs(node, nowMs),
      }));
    const pages = cutIntoPages(beacons, (beacon) => beacon.bytes.length + 40);
    const messages = pages.map((page, at) => {
      return { kind: 'beacons' as const, beacons: [...page], isLast: at === pages.length - 1 };
    });
    return this.#serve(from, messages, nowMs);
  }

  /** The neighbour knows what this node knows: to ask it would bring nothing. */
  #skip(peer: NodeId): void {
    const at = this.#waiting.indexOf(peer);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Beacons of the running session were taken in: pull what is behind, once the list is complete. */
  beaconsTaken(
    from: NodeId,
    nodes: readonly NodeId[],
    isLast: boolean,
    nowMs: number,
  ): readonly SendIndexMessage[] {
    const session = this.#session;
    if (session === undefined || session.peer !== from || session.isListed) return [];
    session.dueAtMs = nowMs + sessionTimeoutMs;
    this.#isDueSooner = true;
    session.broughtCount += nodes.length;
    for (const node of nodes) {
      if (node === this.#components.self || !this.isBehind(node)) continue;
      if (this.#components.leases.beaconOf(node)!.body.at + freshMs > nowMs) session.fresh.push(node);
      else session.wanted.push(...this.#partsOf(node));
    }
    if (!isLast) return [];
    session.isListed = true;
    if (session.fresh.length <= discoveryLimits.pullNodesMax)
      session.wanted.push(...session.fresh.flatMap((node) => this.#partsOf(node)));
    else for (const node of session.fresh) this.#repairAt(node, nowMs + freshMs);
    return this.#pullNext(nowMs);
  }

  /** Records arrived; after the last of them comes the next pull, or the next neighbour. */
  recordsTaken(from: NodeId, isLast: boolean, nowMs: number): readonly SendIndexMessage[] {
    const session = this.#session;
    if (session === undefined || session.peer !== from || !session.isListed) return [];
    session.dueAtMs = nowMs + sessionTimeoutMs;
    this.#isDueSooner = true;
    return isLast ? this.#pullNext(nowMs) : [];
  }

  answerPull(from: NodeId, message: IndexMessageOf<'pull'>, nowMs: number): readonly SendIndexMessage[] {
    const entries = message.wants.flatMap((want) => this.#entriesFor(from, want));
    const pages = cutIntoPages(entries, entryBytes).slice(0, discoveryLimits.pullMessagesMax);
    const messages = pages.map((page, at) => {
      return { kind: 'records' as const, records: [...page], isLast: at === pages.length - 1 };
    });
    return this.#serve(from, messages, nowMs);
  }

  #entriesFor(from: NodeId, want: Want) {
    const have = new Set(want.have);
    const { table, self } = this.#components;
    return table
      .ofNode(want.node)
      .filter((held) => bucketOf(held.sealed.id, want.partCount) === want.part)
      .filter((held) => !have.has(held.sealed.id.slice(0, shortIdLength)))
      .filter((held) => {
        if (isPublic(held)) return true;
        return want.node === self && this.#components.mayNodeSee(from, held);
      })
      .map((held) => packEntry(held.sealed, held.annex));
  }

  #startNext(nowMs: number): readonly SendIndexMessage[] {
    if (this.#session !== undefined || nowMs < this.#nextDueAtMs) return [];
    const peer = this.#waiting.shift();
    if (peer === undefined) return [];
    const dueAtMs = nowMs + sessionTimeoutMs;
    this.#session = { peer, wanted: [], isListed: false, fresh: [], broughtCount: 0, dueAtMs };
    const message = { kind: 'sync' as const, buckets: [...this.#components.digests.list()] };
    return [{ type: 'send-index-message', to: peer, message }];
  }

  #pullNext(nowMs: number): readonly SendIndexMessage[] {
    const session = this.#session!;
    const wants: Want[] = [];
    let haveCount = 0;
    while (wants.length < discoveryLimits.pullNodesMax && haveCount < partRecordsMax) {
      const next = session.wanted.shift();
      if (next === undefined) break;
      const want = this.#wantOf(next.node, next.part, next.partCount);
      haveCount += want.have.length;
      wants.push(want);
    }
    if (wants.length > 0)
      return [{ type: 'send-index-message', to: session.peer, message: { kind: 'pull', wants } }];
    this.#session = undefined;
    this.#finishedCount += 1;
    this.#finishedAtMs = nowMs;
    if (session.broughtCount > 0) this.#gapMs = sessionGapMs;
    this.#nextSessionAtMs = nowMs + this.#gapMs;
    this.#gapMs = Math.min(sessionGapMaxMs, 2 * this.#gapMs);
    return [];
  }

  #partsOf(node: NodeId): { node: NodeId; part: number; partCount: number }[] {
    const { leases, table } = this.#components;
    const claimed = leases.beaconOf(node)?.body.records.count ?? 0;
    const largest = Math.max(claimed, table.countOfNode(node));
    const partCount = Math.min(256, Math.max(1, Math.ceil(largest / partRecordsMax)));
    return Array.from({ length: partCount }, (_, part) => ({ node, part, partCount }));
  }

  #wantOf(node: NodeId, part: number, partCount: number): Want {
    const have = this.#components.table
      .ofNode(node)
      .filter((held) => bucketOf(held.sealed.id, partCount) === part)
      .map((held) => held.sealed.id.slice(0, shortIdLength));
    return { node, part, partCount, have: have.slice(0, 2_000) };
  }

  #repairDue(nowMs: number): readonly SendIndexMessage[] {
    const sends: SendIndexMessage[] = [];
    for (const [node, repair] of [...(this.#repairs ?? [])].sort(([a], [b]) => compareText(a, b))) {
      if (repair.dueAtMs > nowMs) continue;
      const isHopeless = repair.attemptCount >= repairAttemptsMax;
      if (isHopeless || !this.isBehind(node) || !this.#components.leases.isUp(node, nowMs)) {
        this.#noRepair(node);
        continue;
      }
      repair.attemptCount += 1;
      repair.dueAtMs = nowMs + repairRetryMs;
      for (const { part, partCount } of this.#partsOf(node)) {
        const message = { kind: 'pull' as const, wants: [this.#wantOf(node, part, partCount)] };
        sends.push({ type: 'send-index-message', to: node, message });
      }
    }
    return sends;
  }

  #serve(to: NodeId, messages: readonly IndexMessage[], nowMs: number): readonly SendIndexMessage[] {
    const known = this.#served.get(to);
    const isFresh = known !== undefined && nowMs - known.sinceMs < servedWindowMs;
    if (!isFresh && known === undefined && this.#served.size >= servedPeersMax) this.#served.clear();
    const served = isFresh ? known : { sinceMs: nowMs, bytes: 0 };
    this.#served.set(to, served);
    const sends: SendIndexMessage[] = [];
    for (const message of messages) {
      if (served.bytes > servedBytesMax) break;
      served.bytes += sizeOf(message);
      sends.push({ type: 'send-index-message', to, message });
    }
    return sends;
  }
}

function sizeOf(message: IndexMessage): number {
  if (message.kind === 'records') return message.records.reduce((sum, entry) => sum + entryBytes(entry), 32);
  if (message.kind === 'beacons') return message.beacons.reduce((sum, one) => sum + one.bytes.length, 32);
  return 256;
}
