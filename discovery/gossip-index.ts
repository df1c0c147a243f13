/**
 * The gossip index: every node keeps every record it may see and searches them exactly. Records travel by
 * gossip when they change; beacons carry liveness, load and digests; anti-entropy repairs what gossip lost.
 * Right to about 10⁴ agents.
 */
import type { NodeId } from '../protocol/brand.ts';
import { toHex, utf8 } from '../protocol/bytes.ts';
import type { Machine, Persist, SetTimer } from '../protocol/machine.ts';
import { ignore } from '../protocol/machine.ts';
import type { Verified } from '../protocol/signing.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { BucketDigests } from './bucket-digests.ts';
import { type CapabilityRecord, capabilityKey, type SealedCapability } from './capability-record.ts';
import type {
  GossipIndexComponents,
  GossipIndexEffect,
  GossipIndexInit,
  GossipIndexInput,
} from './gossip-index-io.ts';
import { type OpenedBeacon, type OpenedEntry, packEntry } from './index-messages.ts';
import { KnownNodes } from './known-nodes.ts';
import { discoveryLimits } from './limits.ts';
import {
  type BeaconDraft,
  beaconIntervalMaxMs,
  beaconIntervalMinMs,
  beaconIntervalMs,
  neighbourBeaconIntervalMs,
  type SealedBeacon,
} from './presence.ts';
import { leaseTimer, type PresenceEffect, type PresenceInput, PresenceLeases } from './presence-leases.ts';
import type { Answer } from './query.ts';
import { type HeldRecord, isPublic, RecordTable, sequenceOf } from './record-table.ts';
import { RecordVectors } from './record-vectors.ts';
import { type SearchRequest, searchRecords } from './search.ts';
import { SequenceMemory } from './sequence-memory.ts';
import type { SealedAnnex } from './vector-annex.ts';

export const recordBucket = 'discovery/capability';
export const sequenceBucket = 'discovery/sequence';
export const beaconBucket = 'discovery/beacon';

const timers = {
  beacon: 'gossip-index/beacon',
  repair: 'gossip-index/repair',
  expiry: 'gossip-index/expiry',
  antiEntropy: 'gossip-index/anti-entropy',
} as const;

/** Sequence numbers of beacons follow the clock in ms and are reserved on disk ahead, so one write serves a minute. */
const beaconSeqStep = 60_000;

const none: ReadonlyMap<string, number> = new Map();

export class GossipIndex implements Machine<GossipIndexInput, GossipIndexEffect> {
  readonly #components: GossipIndexComponents;
  readonly #init: Required<GossipIndexInit>;
  readonly #table: RecordTable;
  readonly #leases: PresenceLeases;
  readonly #sequences: SequenceMemory;
  readonly #digests: BucketDigests<NodeId>;
  readonly #antiEntropy: AntiEntropy;
  readonly #vectors: RecordVectors;
  readonly #neighbours: NodeId[] = [];
  #busy: ReadonlyMap<string, number> = none;
  #away: ReadonlySet<string> = new Set();
  #beaconSeq = 0;
  #beaconSeqReserved = 0;
  /** While the first beacon, signed then, is the last one: it states no interval. */
  #arrivedAtMs: number | undefined;
  #expiryDueAtMs = Number.POSITIVE_INFINITY;
  #repairDueAtMs = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #turn = 0;

  constructor(components: GossipIndexComponents, init: GossipIndexInit) {
    this.#components = components;
    this.#init = { antiEntropyMs: 30_000, keepsForeignRecords: true, ...init };
    const nodes = new KnownNodes();
    this.#leases = new PresenceLeases(nodes);
    this.#table = new RecordTable(
      components.hashText ?? ((text) => toHex(components.hash(utf8(text)))),
      nodes,
    );
    this.#sequences = new SequenceMemory(sequenceBucket, this.#table);
    this.#vectors = new RecordVectors(
      components.vectors,
      (held) => this.#table.find(held.sealed.body.agent, held.key) === held,
    );
    this.#digests = new BucketDigests<NodeId>({
      hash: components.hash,
      eachName: (visit) => this.#leases.eachUp(visit),
      describe: (node) => `${node} ${this.#table.publicIdsOf(node).join(' ')}`,
    });
    this.#antiEntropy = new AntiEntropy({
      ...{ self: init.self, digests: this.#digests, table: this.#table, leases: this.#leases },
      mayNodeSee: (node, held) => components.mayNodeSee?.(node, held) ?? false,
    });
  }

  step(input: GossipIndexInput): readonly GossipIndexEffect[] {
    if (this.#isStopped) return ignore('stopped');
    const effects = this.#dispatch(input);
    if (!this.#antiEntropy.isDueSooner) return effects;
    const dueAtMs = this.#antiEntropy.takeDueAtMs();
    if (dueAtMs >= this.#repairDueAtMs) return effects;
    this.#repairDueAtMs = dueAtMs;
    return [...effects, { type: 'set-timer', timer: timers.repair, dueAtMs }];
  }

  #dispatch(input: GossipIndexInput): readonly GossipIndexEffect[] {
    const { atMs } = input;
    switch (input.type) {
      case 'start':
        return [...this.#arrive(atMs), ...this.#setAntiEntropyTimer(atMs), ...this.#expire(atMs)];
      case 'load':
        return this.#load(input);
      case 'announce':
        return this.#announce(input.entry, atMs);
      case 'record-received':
        return this.#takeForeign(input.entry, atMs);
      case 'presence-received':
        return this.#takeBeacon(input.beacon, atMs);
      case 'beacon-unheard':
        this.#arrivedAtMs = undefined;
        return [];
      case 'load-changed':
        this.#busy = input.busy;
        this.#away = input.away;
        return [];
      case 'peer-up':
        return this.#peerUp(input.node, atMs);
      case 'peer-down':
        return this.#peerDown(input.node, atMs);
      case 'sync-received':
        return this.#holdsAll()
          ? this.#antiEntropy.answerSync(input.from, input.message, atMs)
          : ignore('dht-mode');
      case 'pull-received':
        return this.#antiEntropy.answerPull(input.from, input.message, atMs);
      case 'beacons-received':
        return this.#takeRelayedBeacons(input.from, input.beacons, input.isLast, atMs);
      case 'records-received': {
        const taken = input.entries.flatMap((entry) => this.#takeForeign(entry, atMs));
        return [...taken, ...this.#antiEntropy.recordsTaken(input.from, input.isLast, atMs)];
      }
      case 'timer-fired':
        return this.#timerFired(input.timer, atMs);
      case 'stop':
        return this.#signBeacon(atMs, this.#intervalMs(), true);
    }
  }

  // Views. They change nothing and never read the clock.

  /** Exact search over everything held. */
  search(request: SearchRequest): Answer {
    const behindCount = this.#countBehind(request.nowMs);
    const reasons: string[] = [];
    if (this.#neighbours.length > 0 && this.#antiEntropy.finishedCount === 0)
      reasons.push('first-sync-not-done');
    if (behindCount > 0) reasons.push('records-missing');
    return searchRecords(
      {
        vectors: this.#components.vectors,
        indexOf: (space) => this.#vectors.of(space),
        loadOf: (held) => this.loadOf(held.sealed.body.agent, held.sealed.body.node, request.nowMs),
      },
      request,
      { via: 'gossip', reasons },
    );
  }

  /** How busy an agent is, 0 to 1; `undefined` when it is away or its node's lease is over. */
  loadOf(agent: string, node: string, nowMs: number): number | undefined {
    if (node !== this.#init.self) return this.#leases.loadOf(agent, node as NodeId, nowMs);
    return this.#away.has(agent) ? undefined : (this.#busy.get(agent) ?? 0);
  }

  isNodeUp(node: NodeId, nowMs: number): boolean {
    return node === this.#init.self || this.#leases.isUp(node, nowMs);
  }

  nodesUp(): readonly NodeId[] {
    return this.#leases.nodesUp();
  }

  /** As the beacons of live nodes tell, of neighbours alone in a mesh that uses the DHT index. */
  meshSize(): { nodeCount: number; recordCount: number } {
    const nodes = this.#leases.nodesUp();
    const counts = nodes.map((node) => this.#leases.beaconOf(node)?.body.records.count ?? 0);
    return { nodeCount: nodes.length, recordCount: counts.reduce((sum, count) => sum + count, 0) };
  }

  recordOf(agent: string, capability: string): SealedCapability | undefined {
    return this.#table.get(capabilityKey({ agent, capability }))?.sealed;
  }

  /** The next free sequence number of a line of records. */
  nextSeq(agent: string, capability: string): number {
    return this.#sequences.highest(capabilityKey({ agent, capability })) + 1;
  }

  /** Records that are held and not withdrawn, in no particular order. */
  *records(): IterableIterator<SealedCapability> {
    for (const held of this.#table.values()) if (held.sealed.body.withdrawn !== true) yield held.sealed;
  }

  /** What an agent offers, as far as it is held here, in the order of the capabilities' names. */
  recordsOf(agent: string): readonly SealedCapability[] {
    return this.#table
      .ofAgent(agent)
      .filter(({ sealed }) => sealed.body.withdrawn !== true)
      .map(({ sealed }) => sealed);
  }

  /** The space of the dense vector that is held beside a record. */
  spaceOf(agent: string, capability: string): string | undefined {
    return this.#table.get(capabilityKey({ agent, capability }))?.annex?.body.space;
  }

  /** Whether records are held that are not for everyone. */
  get holdsPrivate(): boolean {
    return this.#table.privateCount > 0;
  }

  /** Records that name a node, withdrawals among them, with their dense vectors. */
  recordsOfNode(node: NodeId): readonly HeldRecord[] {
    return this.#table.ofNode(node);
  }

  /** For gauges. */
  sizes(): { recordCount: number; sequenceCount: number; nodeCount: number; behindCount: number } {
    return {
      recordCount: this.#table.size,
      sequenceCount: this.#sequences.size,
      nodeCount: this.#leases.upCount,
      behindCount: this.#countBehind(0),
    };
  }

  // Own records and beacons.

  #announce(entry: OpenedEntry, atMs: number): readonly GossipIndexEffect[] {
    const { body } = entry.capability;
    if (body.node !== this.#init.self) return ignore('not-my-agent');
    const taken = this.#take(entry, atMs);
    if (taken[0]?.type === 'ignored') return taken;
    const spread: GossipIndexEffect =
      body.audience === 'mesh'
        ? { type: 'publish-record', entry }
        : { type: 'send-private', entry, audience: body.audience };
    return [...taken, spread];
  }

  /** Nobody knows the size of a mesh that he just came to: what the first beacon states is for its readers to judge. */
  #arrive(atMs: number): readonly GossipIndexEffect[] {
    if (!this.#holdsAll()) return this.#signNext(atMs);
    this.#arrivedAtMs = atMs;
    return [...this.#signBeacon(atMs, beaconIntervalMaxMs), setBeaconTimer(atMs + beaconIntervalMinMs)];
  }

  /**
   * The first beacon is followed by the next when the interval is over that the mesh has by now, and sooner when it
   * tells of other records than there are. Until then it is looked again and again, for a mesh may shrink.
   */
  #beaconDue(atMs: number): readonly GossipIndexEffect[] {
    const arrivedAtMs = this.#arrivedAtMs;
    const { self } = this.#init;
    const told = this.#leases.beaconOf(self)?.body.records.hash;
    if (arrivedAtMs !== undefined && told === this.#table.digestOf(self).hash) {
      const dueAtMs = arrivedAtMs + beaconIntervalMs(this.#leases.upCount);
      if (dueAtMs > atMs) return [setBeaconTimer(Math.min(dueAtMs, 2 * atMs - arrivedAtMs))];
    }
    this.#arrivedAtMs = undefined;
    return this.#signNext(atMs);
  }

  #signNext(atMs: number): readonly GossipIndexEffect[] {
    const intervalMs = this.#intervalMs();
    return [...this.#signBeacon(atMs, intervalMs), setBeaconTimer(atMs + intervalMs)];
  }

  #intervalMs(): number {
    return this.#holdsAll()
      ? beaconIntervalMs(this.#leases.upCount)
      : neighbourBeaconIntervalMs(this.#neighbours.length);
  }

  #signBeacon(atMs: number, intervalMs: number, isLeaving = false): readonly GossipIndexEffect[] {
    this.#beaconSeq = Math.max(this.#beaconSeq + 1, atMs);
    const draft: BeaconDraft = {
      ...{ record: 'presence', mesh: this.#init.mesh, node: this.#init.self, seq: this.#beaconSeq },
      ...{ at: atMs, intervalMs, records: this.#table.digestOf(this.#init.self) },
      ...(isLeaving ? { leaving: true } : {}),
      ...describeLoad(this.#busy, this.#away),
    };
    return [...this.#reserveSeq(), { type: 'sign-beacon', draft }];
  }

  #reserveSeq(): readonly Persist[] {
    if (this.#beaconSeq < this.#beaconSeqReserved) return [];
    this.#beaconSeqReserved = this.#beaconSeq + beaconSeqStep;
    const value = String(this.#beaconSeqReserved);
    return [{ type: 'persist', bucket: beaconBucket, key: 'seq', value }];
  }

  // What others say.

  #takeBeacon(beacon: Verified<SealedBeacon>, atMs: number): readonly GossipIndexEffect[] {
    const effects = this.#stepLeases({ type: 'presence-received', atMs, beacon });
    if (effects[0]?.type === 'ignored') return effects;
    const node = beacon.body.node as NodeId;
    if (node === this.#init.self) {
      this.#isStopped = beacon.body.leaving === true;
      return [...effects, { type: 'publish-beacon', beacon }];
    }
    if (this.#holdsAll()) this.#antiEntropy.watch(node, atMs);
    if (this.#table.privateCount === 0 || effects[0]?.type !== 'node-up') return effects;
    return [...effects, ...this.#sendPrivateTo(node)];
  }

  #takeRelayedBeacons(
    from: NodeId,
    beacons: readonly OpenedBeacon[],
    isLast: boolean,
    atMs: number,
  ): readonly GossipIndexEffect[] {
    const effects = beacons.flatMap(({ beacon, remainingMs }) =>
      this.#stepLeases({ type: 'presence-received', atMs, beacon, remainingMs }).filter(
        (effect) => effect.type !== 'ignored',
      ),
    );
    const nodes = beacons.map(({ beacon }) => beacon.body.node as NodeId);
    return [...effects, ...this.#antiEntropy.beaconsTaken(from, nodes, isLast, atMs)];
  }

  #takeForeign(entry: OpenedEntry, atMs: number): readonly GossipIndexEffect[] {
    const { node, audience } = entry.capability.body;
    // A record for an audience never lies in the DHT: the nodes of its audience keep it in both modes.
    const isKept = node === this.#init.self || audience !== 'mesh' || this.#holdsAll();
    return isKept ? this.#take(entry, atMs) : ignore('dht-mode');
  }

  #take(entry: OpenedEntry, atMs: number): readonly GossipIndexEffect[] {
    const { capability, annex } = entry;
    const { body, id } = capability;
    const key = this.#keyOf(body);
    if (body.expiresAt <= atMs) return ignore('expired');
    const before = this.#table.find(body.agent, key);
    const sequence = before === undefined ? undefined : sequenceOf(before.sealed);
    const verdict = this.#sequences.judgeBeside(sequence, key, body.seq, id);
    if (verdict === 'same') return this.#takeAnnex(before, annex);
    if (verdict !== 'new') return ignore(verdict);
    if (before === undefined && this.#isOverQuota(capability)) return ignore('quota');
    const effects: GossipIndexEffect[] = [...this.#sequences.taken(key, sequenceOf(capability), sequence)];
    const held = this.#put(key, capability, before);
    this.#vectors.put(held);
    this.#antiEntropy.changed(atMs);
    const change = body.withdrawn === true ? 'withdrawn' : before === undefined ? 'added' : 'updated';
    effects.push(
      { type: 'persist', bucket: recordBucket, key, value: capability.bytes },
      { type: 'capability-changed', change, key, record: capability },
    );
    if (annex !== undefined) this.#takeAnnex(held, annex);
    effects.push(...this.#setExpiryTimer(body.expiresAt));
    return effects;
  }

  /** A dense vector counts only for exactly the record that it names, signed by the record's own node. */
  #takeAnnex(
    held: HeldRecord | undefined,
    annex: Verified<SealedAnnex> | undefined,
  ): readonly GossipIndexEffect[] {
    if (annex === undefined || held === undefined) return ignore('same');
    const { body } = held.sealed;
    if (annex.body.of !== held.sealed.id || annex.body.node !== body.node) return ignore('foreign-annex');
    if (held.annex?.id === annex.id || body.withdrawn === true) return ignore('same');
    held.annex = annex;
    this.#vectors.put(held);
    return [];
  }

  #put(key: string, capability: Verified<SealedCapability>, before: HeldRecord | undefined): HeldRecord {
    if (this.#holdsAll()) {
      const from = before?.sealed.body.node;
      if (from !== undefined && from !== capability.body.node) this.#digests.changed(from as NodeId);
      this.#digests.changed(capability.body.node as NodeId);
    }
    return this.#table.put(key, capability);
  }

  #stepLeases(input: PresenceInput): readonly PresenceEffect[] {
    const effects = this.#leases.step(input);
    for (const effect of effects)
      if (this.#holdsAll() && (effect.type === 'node-up' || effect.type === 'node-down')) {
        this.#digests.changed(effect.node);
        this.#antiEntropy.changed(input.atMs);
      }
    return effects;
  }

  #isOverQuota({ body }: SealedCapability): boolean {
    return (
      this.#table.size >= discoveryLimits.recordsMax ||
      this.#table.countOfAgent(body.agent) >= discoveryLimits.recordsPerAgentMax ||
      this.#table.countOfNode(body.node) >= discoveryLimits.recordsPerNodeMax
    );
  }

  #keyOf(body: CapabilityRecord): string {
    return this.#components.keyOf?.(body) ?? capabilityKey(body);
  }

  // Neighbours and time.

  #peerUp(node: NodeId, atMs: number): readonly GossipIndexEffect[] {
    if (this.#neighbours.includes(node)) return ignore('already-up');
    this.#neighbours.push(node);
    return this.#holdsAll() ? this.#antiEntropy.greet(node, atMs) : [];
  }

  #peerDown(node: NodeId, atMs: number): readonly GossipIndexEffect[] {
    const at = this.#neighbours.indexOf(node);
    if (at < 0) return ignore('not-up');
    this.#neighbours.splice(at, 1);
    return this.#antiEntropy.forgetPeer(node, atMs);
  }

  #timerFired(timer: string, atMs: number): readonly GossipIndexEffect[] {
    switch (timer) {
      case timers.beacon:
        return this.#beaconDue(atMs);
      case timers.expiry:
        return this.#expire(atMs);
      case timers.repair:
        this.#repairDueAtMs = Number.POSITIVE_INFINITY;
        return this.#antiEntropy.wake(atMs);
      case timers.antiEntropy:
        return [...this.#compareWithNext(atMs), ...this.#setAntiEntropyTimer(atMs)];
      case leaseTimer:
        return this.#stepLeases({ type: 'timer-fired', atMs, timer });
      default:
        return ignore('foreign-timer');
    }
  }

  /** Neighbours take turns. */
  #compareWithNext(atMs: number): readonly GossipIndexEffect[] {
    const peer = this.#neighbours[this.#turn++ % Math.max(1, this.#neighbours.length)];
    return peer === undefined || !this.#holdsAll() ? [] : this.#antiEntropy.enqueue(peer, atMs);
  }

  #expire(atMs: number): readonly GossipIndexEffect[] {
    const { keys, nextAtMs } = this.#table.expired(atMs);
    const effects = keys.flatMap((key): readonly GossipIndexEffect[] => {
      const held = this.#table.delete(key)!;
      if (this.#holdsAll()) this.#digests.changed(held.sealed.body.node as NodeId);
      this.#vectors.delete(key);
      const gone = [this.#sequences.remember(key, sequenceOf(held.sealed)), rowGone(key)];
      if (held.sealed.body.withdrawn === true) return gone;
      return [...gone, { type: 'capability-changed', change: 'expired', key, record: held.sealed }];
    });
    this.#expiryDueAtMs = Number.POSITIVE_INFINITY;
    return [...effects, ...this.#sequences.purge(atMs), ...this.#setExpiryTimer(nextAtMs)];
  }

  #load(input: Extract<GossipIndexInput, { type: 'load' }>): readonly GossipIndexEffect[] {
    this.#sequences.load(input.sequenceRows);
    const reserved = Number(input.beaconRows.find((row) => row.key === 'seq')?.value ?? 0);
    if (Number.isSafeInteger(reserved)) this.#beaconSeq = this.#beaconSeqReserved = Math.max(0, reserved);
    const remembered: Persist[] = [];
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const record of input.records) {
      const key = this.#keyOf(record.body);
      // Only the newest of its line, and never one that the memory of sequence numbers has outrun.
      const verdict = this.#sequences.judge(key, record.body.seq, record.id);
      if (record.body.expiresAt <= input.atMs || verdict === 'old' || verdict === 'fork') continue;
      remembered.push(...this.#sequences.taken(key, sequenceOf(record)));
      this.#vectors.put(this.#put(key, record, this.#table.find(record.body.agent, key)));
      nextAtMs = Math.min(nextAtMs, record.body.expiresAt);
    }
    remembered.push(...this.#lapse(input.lapsed, input.atMs));
    return [...remembered, ...this.#setExpiryTimer(nextAtMs)];
  }

  /** What was on disk and is good no more still says what was seen. */
  #lapse(records: readonly SealedCapability[], atMs: number): readonly Persist[] {
    return records.flatMap((record) => {
      const key = this.#keyOf(record.body);
      const remembered = this.#sequences.remember(key, sequenceOf(record));
      return record.body.expiresAt <= atMs ? [remembered, rowGone(key)] : [remembered];
    });
  }

  #sendPrivateTo(node: NodeId): readonly GossipIndexEffect[] {
    const mayNodeSee = this.#components.mayNodeSee?.bind(this.#components);
    if (mayNodeSee === undefined) return [];
    const records = this.#table
      .ofNode(this.#init.self)
      .filter((held) => !isPublic(held) && mayNodeSee(node, held))
      .slice(0, privateRecordsMax)
      .map((held) => packEntry(held.sealed, held.annex));
    if (records.length === 0) return [];
    return [{ type: 'send-index-message', to: node, message: { kind: 'records', records, isLast: true } }];
  }

  #countBehind(nowMs: number): number {
    let count = 0;
    for (const node of this.#leases.nodesUp())
      if (
        node !== this.#init.self &&
        (nowMs === 0 || this.#leases.isUp(node, nowMs)) &&
        this.#antiEntropy.isBehind(node)
      )
        count += 1;
    return count;
  }

  #holdsAll(): boolean {
    return this.#init.keepsForeignRecords;
  }

  #setAntiEntropyTimer(atMs: number): readonly SetTimer[] {
    if (!this.#holdsAll()) return [];
    return [{ type: 'set-timer', timer: timers.antiEntropy, dueAtMs: atMs + this.#init.antiEntropyMs }];
  }

  #setExpiryTimer(dueAtMs: number): readonly SetTimer[] {
    if (dueAtMs >= this.#expiryDueAtMs) return [];
    this.#expiryDueAtMs = dueAtMs;
    return [{ type: 'set-timer', timer: timers.expiry, dueAtMs }];
  }
}

function setBeaconTimer(dueAtMs: number): SetTimer {
  return { type: 'set-timer', timer: timers.beacon, dueAtMs };
}

function rowGone(key: string): Persist {
  return { type: 'persist', bucket: recordBucket, key, value: null };
}

/** Private records that are sent unasked to a node that came up: they fit into one message. */
const privateRecordsMax = 8;

function describeLoad(
  busy: ReadonlyMap<string, number>,
  away: ReadonlySet<string>,
): Pick<BeaconDraft, 'busy' | 'away'> {
  const busiest = [...busy]
    .filter(([, load]) => load > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, discoveryLimits.beaconAgentsMax)
    .map(([agent, load]) => ({ agent, load: Math.round(Math.min(1, load) * 100) / 100 }));
  const gone = [...away].sort().slice(0, discoveryLimits.beaconAgentsMax);
  return {
    ...(busiest.length > 0 ? { busy: busiest } : {}),
    ...(gone.length > 0 ? { away: gone } : {}),
  };
}
