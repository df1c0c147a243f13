/**
 * The DHT index: records lie with the nodes closest to the keys of their buckets, and a query asks those. One
 * machine plays all three parts: it announces own records, keeps those of others, and asks.
 */
import type { Did, NodeId } from '../../protocol/brand.ts';
import {
  type Ignored,
  ignore,
  type Machine,
  type MachineInput,
  type SetTimer,
} from '../../protocol/machine.ts';
import type { Keys } from '../../protocol/ports.ts';
import type { SendIndexMessage } from '../anti-entropy.ts';
import { capabilityText } from '../capability-record.ts';
import { type IndexMessageOf, type OpenedEntry, packEntry } from '../index-messages.ts';
import { discoveryLimits } from '../limits.ts';
import type { Query } from '../query.ts';
import { readVector } from '../vector-annex.ts';
import type { VectorSource } from '../vector-source.ts';
import { Announcer, type AnnouncerComponents, type FindClosest } from './announcer.ts';
import type { Found } from './ask-state.ts';
import { Asker, type AskerComponents } from './asker.ts';
import { type BucketKeys, bucketKey } from './bucket-keys.ts';
import { type DhtSettings, dhtDefaults } from './dht-settings.ts';
import { HolderStore } from './holder-store.ts';

const timer = 'dht-index';
/** What a node answers with when the whole of a small mesh is asked: the records of its own, attached agents. */
const ownBucket = 'own';
/** Own records are bounded by what their agents may announce; they stay until they expire or are replaced. */
const unlimited = {
  ...{ bucketRecordsMax: 1e6, holderRecordsMax: 1e6, agentRecordsMax: 1e6, nodeRecordsMax: 1e6 },
  holdMs: discoveryLimits.recordLifetimeMs,
};
const ownDefaults: DhtSettings = { ...dhtDefaults, ...unlimited };

export interface DhtIndexComponents {
  readonly hash: Keys['hash'];
  readonly vectors: VectorSource;
  /** The same on every node of the mesh. */
  readonly buckets: BucketKeys;
}

export interface DhtIndexInit {
  readonly self: NodeId;
  readonly mesh: string;
  readonly settings?: Partial<DhtSettings>;
}

export type DhtIndexInput =
  /** An agent of this node announced, updated or withdrew. Records for an audience do not belong here. */
  | (MachineInput & { readonly type: 'announce'; readonly entry: OpenedEntry })
  /** `request` is the caller's own name for the query and comes back with `found`. */
  | (MachineInput & { readonly type: 'ask'; readonly request: string; readonly query: Query })
  /** The directory answered a `find-closest`. `byteCount` is what the lookup sent and received, if known. */
  | (MachineInput & {
      readonly type: 'closest-found';
      readonly request: string;
      readonly nodes: readonly NodeId[];
      readonly lookupMessageCount: number;
      readonly byteCount?: number;
    })
  | (MachineInput & { readonly type: 'directory-failed'; readonly request: string })
  /** A `put` whose records were opened by `openEntries`. */
  | (MachineInput & {
      readonly type: 'put-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'put'>;
      readonly entries: readonly OpenedEntry[];
    })
  | (MachineInput & {
      readonly type: 'put-done-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'put-done'>;
    })
  | (MachineInput & {
      readonly type: 'query-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'query'>;
    })
  /** A `ranked` whose records were opened by `openEntries`. */
  | (MachineInput & {
      readonly type: 'ranked-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'ranked'>;
      readonly entries: readonly OpenedEntry[];
      readonly refusedCount: number;
      readonly byteCount: number;
    })
  | (MachineInput & {
      readonly type: 'probe-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'probe'>;
    })
  | (MachineInput & {
      readonly type: 'alive-received';
      readonly from: NodeId;
      readonly message: IndexMessageOf<'alive'>;
      readonly byteCount: number;
    })
  | (MachineInput & { readonly type: 'send-failed'; readonly to: NodeId })
  /** Which agents are attached to this node, and how busy each is; replaces what was said before. */
  | (MachineInput & { readonly type: 'load-changed'; readonly attached: ReadonlyMap<Did, number> })
  /** How large the mesh is, as the beacons tell: no holder then takes much more than its fair share. */
  | (MachineInput & {
      readonly type: 'mesh-size';
      readonly nodeCount: number;
      readonly recordCount: number;
      /** Who they are; needed only while there are few. */
      readonly nodes?: readonly NodeId[];
    })
  | (MachineInput & { readonly type: 'timer-fired'; readonly timer: string });

export type DhtIndexEffect = FindClosest | SendIndexMessage | Found | SetTimer | Ignored;

const none: ReadonlyMap<string, number> = new Map();

/** It is also what its announcer and its asker stand on: one object for all three. */
export class DhtIndex
  implements Machine<DhtIndexInput, DhtIndexEffect>, AnnouncerComponents, AskerComponents
{
  readonly #components: DhtIndexComponents;
  readonly settings: DhtSettings;
  readonly self: NodeId;
  readonly #mesh: string;
  readonly #holder: HolderStore;
  /** Own records, whatever their bucket: the first answer to a query costs no message. */
  readonly #own: HolderStore;
  readonly #announcer: Announcer;
  readonly #asker: Asker;
  #attached: ReadonlyMap<string, number> = none;
  #requestCount = 0;
  #announcedAtNodeCount = 1;
  #nodes: readonly NodeId[] = [];
  #purgeAtMs = Number.POSITIVE_INFINITY;
  #timerDueAtMs = Number.POSITIVE_INFINITY;

  constructor(components: DhtIndexComponents, init: DhtIndexInit) {
    this.#components = components;
    this.self = init.self;
    this.#mesh = init.mesh;
    this.settings = init.settings === undefined ? dhtDefaults : { ...dhtDefaults, ...init.settings };
    this.#holder = new HolderStore(this.settings);
    this.#own = new HolderStore(
      init.settings === undefined ? ownDefaults : { ...this.settings, ...unlimited },
    );
    this.#announcer = new Announcer(this);
    this.#asker = new Asker(this);
  }

  step(input: DhtIndexInput): readonly DhtIndexEffect[] {
    const effects = this.#dispatch(input);
    return [...effects, ...this.#setTimer(input.atMs)];
  }

  #dispatch(input: DhtIndexInput): readonly DhtIndexEffect[] {
    const { atMs } = input;
    switch (input.type) {
      case 'announce':
        return this.#announce(input.entry, atMs);
      case 'ask':
        return this.#asker.begin(input.request, input.query, atMs);
      case 'closest-found':
        return this.#closestFound(input);
      case 'directory-failed':
        return this.#closestFound({ ...input, nodes: [], lookupMessageCount: 0 });
      case 'put-received':
        return this.#takePut(input.from, input.message, input.entries, atMs);
      case 'put-done-received':
        return this.#announcer.putDone(input.from, input.message, atMs);
      case 'query-received':
        return this.#answerQuery(input.from, input.message, atMs);
      case 'ranked-received':
        return this.#asker.ranked(input.from, input.message, input.entries, input, atMs);
      case 'probe-received':
        return this.#answerProbe(input.from, input.message);
      case 'alive-received':
        return this.#asker.alive(input.from, input.message, input.byteCount, atMs);
      case 'send-failed':
        return this.#asker.lost(input.to, atMs);
      case 'load-changed':
        this.#attached = input.attached;
        return [];
      case 'mesh-size':
        this.#nodes = (input.nodes ?? []).filter((node) => node !== this.self);
        return this.#meshSize(input.nodeCount, input.recordCount, atMs);
      case 'timer-fired':
        return input.timer === timer ? this.#wake(atMs) : ignore('foreign-timer');
    }
  }

  /** For gauges: records kept for others, own records in the mesh, queries under way. */
  sizes(): { heldCount: number; announcedCount: number; openQueryCount: number } {
    return {
      heldCount: this.#holder.recordCount,
      announcedCount: this.#announcer.recordCount,
      openQueryCount: this.#asker.openCount,
    };
  }

  #announce(entry: OpenedEntry, atMs: number): readonly DhtIndexEffect[] {
    if (entry.capability.body.audience !== 'mesh') return ignore('private');
    this.#put(this.#own, ownBucket, entry, atMs);
    return this.#announcer.announce(entry, atMs);
  }

  #closestFound(input: {
    readonly request: string;
    readonly nodes: readonly NodeId[];
    readonly lookupMessageCount: number;
    readonly byteCount?: number;
    readonly atMs: number;
  }): readonly DhtIndexEffect[] {
    const { request, atMs } = input;
    const { nodes } = input;
    const cost = { messageCount: input.lookupMessageCount, byteCount: input.byteCount ?? 0 };
    return [
      ...this.#announcer.closestFound(request, nodes, atMs),
      ...this.#asker.closestFound(request, nodes, cost, atMs),
    ];
  }

  #takePut(
    from: NodeId,
    message: IndexMessageOf<'put'>,
    entries: readonly OpenedEntry[],
    atMs: number,
  ): readonly DhtIndexEffect[] {
    // A record that is known already, or known to be older, is as good as taken for who put it.
    const takenCount = entries.filter((entry) => {
      const verdict = this.#put(this.#holder, message.bucket, entry, atMs);
      return verdict === 'taken' || verdict === 'old';
    }).length;
    const refusedCount = message.records.length - takenCount;
    const answer = { kind: 'put-done' as const, request: message.request, takenCount, refusedCount };
    return [{ type: 'send-index-message', to: from, message: answer }];
  }

  #put(store: HolderStore, bucket: string, entry: OpenedEntry, atMs: number) {
    const { vectors } = this.#components;
    const vector = vectors.quantize(vectors.embed(capabilityText(entry.capability.body)));
    this.#purgeAtMs = Math.min(this.#purgeAtMs, atMs + this.settings.holdMs);
    return store.put(bucket, entry, vector, atMs);
  }

  /**
   * A node that begins knows only itself, and would keep its records alone until the next round: whenever the mesh
   * turns out to be twice as large as it was, the holders are looked for anew.
   */
  #meshSize(nodeCount: number, recordCount: number, atMs: number): readonly DhtIndexEffect[] {
    this.#limitHolder(nodeCount, recordCount);
    if (nodeCount < 2 * this.#announcedAtNodeCount) return [];
    this.#announcedAtNodeCount = nodeCount;
    return this.#announcer.again(atMs);
  }

  #limitHolder(nodeCount: number, recordCount: number): void {
    const { copyCount, ringSize, fairSharesMax, fairShareMin, holderRecordsMax } = this.settings;
    const fairShare = (recordCount * copyCount * ringSize) / Math.max(1, nodeCount);
    const recordsMax = Math.max(fairShareMin, Math.ceil(fairShare * fairSharesMax));
    this.#holder.limitTo(Math.min(holderRecordsMax, recordsMax));
  }

  #answerQuery(from: NodeId, message: IndexMessageOf<'query'>, atMs: number): readonly DhtIndexEffect[] {
    const vector = readVector(message.vector);
    if (vector === undefined || message.space !== this.#components.vectors.space)
      return ignore('other-space');
    const [bucket] = message.buckets;
    const { limit, similarityMin, filter } = message;
    const have = new Set(message.have);
    const store = bucket === ownBucket ? this.#own : this.#holder;
    const ranked = store
      .query({ bucket: bucket!, vector, limit, similarityMin, have, filter }, atMs)
      .filter(
        ({ entry: { capability } }) => bucket !== ownBucket || this.#attached.has(capability.body.agent),
      );
    const records = ranked.map(({ entry }) => packEntry(entry.capability));
    const isFull = this.#holder.isFull(bucket!);
    const answer = { kind: 'ranked' as const, request: message.request, records, isFull };
    return [{ type: 'send-index-message', to: from, message: answer }];
  }

  #answerProbe(from: NodeId, message: IndexMessageOf<'probe'>): readonly DhtIndexEffect[] {
    const agents = message.agents
      .filter((agent) => this.#attached.has(agent))
      .map((agent) => ({ agent, load: this.#attached.get(agent)! }));
    return [
      { type: 'send-index-message', to: from, message: { kind: 'alive', request: message.request, agents } },
    ];
  }

  // What the announcer and the asker need of the rest.

  get vectors(): VectorSource {
    return this.#components.vectors;
  }

  get buckets(): BucketKeys {
    return this.#components.buckets;
  }

  keyOf(bucket: string): Uint8Array {
    const { hash, vectors } = this.#components;
    return bucketKey(hash, this.#mesh, vectors.space, bucket);
  }

  nextRequest(): string {
    return `dht/${++this.#requestCount}`;
  }

  keepHere(bucket: string, entry: OpenedEntry, nowMs: number): boolean {
    const verdict = this.#put(this.#holder, bucket, entry, nowMs);
    return verdict === 'taken' || verdict === 'old';
  }

  everybody(skillCount: number): { readonly bucket: string; readonly nodes: readonly NodeId[] } | undefined {
    const isSmall =
      this.#nodes.length > 0 && this.#nodes.length * Math.max(1, skillCount) < this.settings.everybodyMax;
    return isSmall ? { bucket: ownBucket, nodes: this.#nodes } : undefined;
  }

  isFullHere(bucket: string): boolean {
    return this.#holder.isFull(bucket);
  }

  ownLoad(agent: string, node: string): number | undefined | 'foreign' {
    return node === this.self ? this.#attached.get(agent) : 'foreign';
  }

  /** What this node can add to an answer without asking anybody. */
  ownRecords(bucket: string, vector: Int8Array, query: Query, nowMs: number): readonly OpenedEntry[] {
    const wanted = { vector, limit: 100, similarityMin: 0, have: new Set<string>(), filter: query.filter };
    const kept = this.#holder.query({ ...wanted, bucket }, nowMs);
    const own = this.#own.query({ ...wanted, bucket: ownBucket }, nowMs);
    return [...kept, ...own].map(({ entry }) => entry);
  }

  #wake(atMs: number): readonly DhtIndexEffect[] {
    this.#timerDueAtMs = Number.POSITIVE_INFINITY;
    if (this.#purgeAtMs <= atMs) this.#purgeAtMs = Math.min(this.#holder.purge(atMs), this.#own.purge(atMs));
    return [...this.#announcer.wake(atMs), ...this.#asker.wake(atMs)];
  }

  #setTimer(nowMs: number): readonly SetTimer[] {
    const dueAtMs = Math.max(nowMs, Math.min(this.#announcer.dueAtMs, this.#asker.dueAtMs, this.#purgeAtMs));
    if (dueAtMs >= this.#timerDueAtMs || dueAtMs === Number.POSITIVE_INFINITY) return [];
    this.#timerDueAtMs = dueAtMs;
    return [{ type: 'set-timer', timer, dueAtMs }];
  }
}
