/**
 * Drives discovery: announcements of local agents, records and beacons of the others, and searches, through the
 * gossip index, the DHT index, or both.
 */

import {
  type CapabilityContext,
  type CapabilityRecord,
  capabilityForm,
  capabilityKey,
  type SealedCapability,
} from '../../discovery/capability-record.ts';
import type { DhtIndex } from '../../discovery/dht/index.ts';
import { beaconBucket, GossipIndex, recordBucket, sequenceBucket } from '../../discovery/gossip-index.ts';
import type {
  GossipIndexComponents,
  GossipIndexEffect,
  GossipIndexInput,
} from '../../discovery/gossip-index-io.ts';
import {
  type IndexMessage,
  matchIndexMessage,
  openBeacon,
  openBeacons,
  openEntries,
  packEntry,
} from '../../discovery/index-messages.ts';
import { sealBeacon } from '../../discovery/presence.ts';
import type { Answer, Query } from '../../discovery/query.ts';
import { findSigner } from '../../discovery/record-authority.ts';
import type { HeldRecord } from '../../discovery/record-table.ts';
import { readRecordText } from '../../discovery/signed-record.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Directory, DirectoryEvent, GossipVerdict, Keys } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import {
  type CapabilitySearch,
  type CapabilitySearchComponents,
  createCapabilitySearch,
  type IndexChoice,
  type SearchedIndexes,
} from './capability-search.ts';
import { createDenseDesk, type DenseDesk, type DenseEmbedder } from './dense-desk.ts';
import { createDhtDesk, type DhtDesk, type DhtDeskComponents, type DhtHost } from './dht-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { Match } from './local-offers.ts';
import { OwnRecords } from './own-records.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { PublicationDesk } from './publication-desk.ts';
import { packBeacon, RecordAudience } from './record-audience.ts';
import type { TimerOwner } from './timers.ts';
import type { Topics } from './topics.ts';

export interface CapabilityDeskComponents extends CapabilitySearchComponents, DhtDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly publications: PublicationDesk;
  readonly topics: Topics;
  readonly vectors: VectorSource;
  /** A model chosen beside the built-in embedder. */
  readonly embedder?: DenseEmbedder | undefined;
  /** Needed for the DHT index. */
  readonly directory?: Directory | undefined;
  /** Nodes with an agent in a space, as far as this node knows. */
  readonly holdersOf: (space: SpaceId) => readonly NodeId[];
  readonly onNodeUp: (node: NodeId) => void;
  readonly onNodeDown: (node: NodeId) => void;
  /** Ask where an agent is attached. */
  readonly lookUp?: ((agent: Did) => void) | undefined;
}

export interface CapabilityDeskInit {
  /** @default 'gossip' */
  readonly index?: IndexChoice | undefined;
}

export interface CapabilityDesk extends Pick<CapabilitySearch, 'search' | 'find'> {
  readonly index: GossipIndex;
  readonly choice: IndexChoice;
  /** For gauges; all zero without the DHT index. */
  dhtSizes(): ReturnType<DhtIndex['sizes']>;
  start(): void;
  stop(): void;
  announce(agent: LocalAgent, claim: JsonObject): Checked<string>;
  withdraw(agent: LocalAgent, capability: string): Checked<string>;
  /** Withdraw everything of an agent. */
  withdrawAll(agent: LocalAgent): void;
  /** Records of one agent: those held, and those that an answer of the DHT brought lately. */
  capabilitiesOf(agent: Did): readonly CapabilityRecord[];
  /** Tasks that a local agent takes on at once, if it says so. */
  capacityOf(agent: Did): number | undefined;
  /** How well each of these agents' own capabilities fit what `asker` says; 0 for agents without any that it may see. */
  match(text: string, agents: readonly Did[], asker: Did): readonly Match[];
  setLoad(busy: ReadonlyMap<Did, number>, away: ReadonlySet<Did>): void;
  /** An agent is at another node now, or belongs to one more space: it gets the records that are meant for it. */
  audienceMoved(agent: Did): void;
  takeDirect(from: NodeId, body: JsonObject, byteCount: number): void;
  /** A node's beacon, sent to its neighbours. */
  takeBeacon(body: JsonObject): GossipVerdict;
  takePublished(machine: string, body: JsonObject): GossipVerdict;
  /** Nodes in the mesh: counted by their beacons, or estimated where those go to neighbours alone. */
  nodeCount(): number;
  /** False for an answer to somebody else's request. */
  takeDirectory(event: DirectoryEvent): boolean;
  sendFailed(node: NodeId): void;
  /** Nobody heard what was published. */
  publishFailed(topic: string): void;
  peerChanged(type: 'peer-up' | 'peer-down', node: NodeId): void;
}

export function createCapabilityDesk(
  parts: CapabilityDeskComponents,
  init: CapabilityDeskInit = {},
): CapabilityDesk {
  return new Capabilities(parts, init);
}

class Capabilities implements CapabilityDesk, SearchedIndexes, DhtHost, GossipIndexComponents, TimerOwner {
  readonly #parts: CapabilityDeskComponents;
  readonly #core: PeerCore;
  readonly choice: IndexChoice;
  readonly index: GossipIndex;
  readonly dht: DhtDesk | undefined;
  readonly dense: DenseDesk | undefined;
  /** Who gets what few may see. */
  readonly audience: RecordAudience;
  readonly #own: OwnRecords;
  readonly #searching: CapabilitySearch;

  constructor(parts: CapabilityDeskComponents, init: CapabilityDeskInit) {
    const { core, directory, embedder } = parts;
    this.#parts = parts;
    this.#core = core;
    this.choice = init.index ?? 'gossip';
    this.index = new GossipIndex(this, {
      self: core.self,
      mesh: core.mesh,
      keepsForeignRecords: this.choice !== 'dht',
    });
    this.dht =
      this.choice === 'gossip' || directory === undefined ? undefined : createDhtDesk(parts, directory, this);
    this.dense = embedder === undefined ? undefined : createDenseDesk(core, embedder);
    this.audience = new RecordAudience(parts, this);
    this.#own = new OwnRecords(parts, this);
    this.#searching = createCapabilitySearch(parts, this);
  }

  // What the indexes ask.

  get hash(): Keys['hash'] {
    return this.#core.keys.hash;
  }

  get hashText(): (text: string) => string {
    const { keys, decoding } = this.#core;
    return (text) => decoding.records.hashText(text, keys.hash);
  }

  get vectors(): VectorSource {
    return this.#parts.vectors;
  }

  keyOf(body: CapabilityRecord): string {
    return this.#core.decoding.records.keyOf(body, capabilityKey);
  }

  context(): CapabilityContext {
    const nowMs = this.#core.clock.nowMs();
    const checkAuthority = (record: CapabilityRecord) =>
      findSigner(record, { mesh: this.#core.mesh, nowMs, keys: this.#core.keys });
    return {
      mesh: this.#core.mesh,
      nowMs,
      keys: this.#core.keys,
      memo: this.#core.decoding.records,
      checkAuthority,
    };
  }

  /** Let the gossip index take something in. */
  step(input: GossipIndexInput): void {
    for (const effect of this.index.step(input)) this.#perform(effect);
  }

  #perform(effect: GossipIndexEffect): void {
    switch (effect.type) {
      case 'persist':
        this.#core.turn.persist(effect.bucket, effect.key, effect.value);
        return;
      case 'set-timer':
        this.#core.timers.apply('index', effect, this);
        return;
      case 'ignored':
        this.#core.countIgnored('index', effect.reason);
        return;
      case 'publish-record': {
        this.dht?.announce(effect.entry);
        // Nobody but the holders keeps it then.
        if (this.choice === 'dht') return;
        const body = packEntry(effect.entry.capability, effect.entry.annex);
        this.#parts.publications.publish(this.#parts.topics.presence, {
          packet: 'machine',
          machine: 'capability',
          body,
        });
        return;
      }
      case 'send-private':
        this.audience.send(effect);
        return;
      case 'sign-beacon':
        this.step({
          type: 'presence-received',
          beacon: sealBeacon(effect.draft, this.#core.keys),
          atMs: this.#core.clock.nowMs(),
        });
        return;
      case 'publish-beacon': {
        if (this.choice === 'dht') this.audience.tellNeighbours(effect.beacon);
        else this.#parts.publications.publish(this.#parts.topics.presence, packBeacon(effect.beacon));
        return;
      }
      case 'send-index-message': {
        const { to, message } = effect;
        this.#core.turn.afterCommit(() => this.send(to, message));
        return;
      }
      case 'capability-changed':
        this.#own.changed(effect);
        return;
      case 'node-up':
        this.#parts.onNodeUp(effect.node);
        return;
      case 'node-down':
        this.#parts.onNodeDown(effect.node);
    }
  }

  onTimer(timer: string, atMs: number, machine: string): void {
    if (machine === 'index') this.step({ type: 'timer-fired', timer, atMs });
    else this.#own.renew();
  }

  /** Withdrawals too: a DHT holder forgets only what it is told, or what is not put again. */
  #announceOwnInDht(): void {
    if (this.dht === undefined) return;
    for (const { sealed, annex } of this.index.recordsOfNode(this.#core.self))
      this.dht.announce({ capability: sealed, ...(annex === undefined ? {} : { annex }) });
  }

  send(to: NodeId, message: IndexMessage): void {
    this.#core.transport.send(
      to,
      encodePacket({
        packet: 'machine',
        machine: 'index',
        body: message as unknown as Record<string, unknown>,
      }),
    );
  }

  capabilitiesOf(agent: Did): readonly CapabilityRecord[] {
    const held = this.index.recordsOf(agent).map((sealed) => sealed.body);
    const names = new Set(held.map((record) => record.capability));
    return [...held, ...this.#searching.foundOf(agent).filter((record) => !names.has(record.capability))];
  }

  takeDirect(from: NodeId, body: JsonObject, byteCount: number): void {
    const read = this.#core.decoding.readBody(body, matchIndexMessage);
    if (!read.ok) return this.#core.countIgnored('index', read.refusal.code);
    const message = read.value;
    const atMs = this.#core.clock.nowMs();
    if (message.kind === 'sync') this.step({ type: 'sync-received', from, message, atMs });
    else if (message.kind === 'pull') this.step({ type: 'pull-received', from, message, atMs });
    else if (message.kind === 'beacons') {
      const { opened, refusals } = openBeacons(message.beacons, this.context());
      for (const reason of refusals) this.#core.countIgnored('index', reason);
      this.step({ type: 'beacons-received', from, beacons: opened, isLast: message.isLast, atMs });
    } else if (message.kind === 'records') {
      const { opened, refusals } = openEntries(message.records, this.context());
      for (const reason of refusals) this.#core.countIgnored('index', reason);
      this.step({ type: 'records-received', from, entries: opened, isLast: message.isLast, atMs });
    } else if (this.dht?.takeDirect(from, message, byteCount) !== true)
      this.#core.countIgnored('index', 'no-dht-index-here');
  }

  takeBeacon(body: JsonObject): GossipVerdict {
    if (typeof body.bytes !== 'string') return 'reject';
    const beacon = openBeacon(body.bytes, this.context());
    if (!beacon.ok) return provable.has(beacon.refusal.code) ? 'reject' : 'ignore';
    this.step({ type: 'presence-received', beacon: beacon.value, atMs: this.#core.clock.nowMs() });
    if (this.choice === 'both')
      this.dht?.setMesh({ nodes: this.index.nodesUp(), recordCount: this.index.meshSize().recordCount });
    return 'accept';
  }

  takePublished(machine: string, body: JsonObject): GossipVerdict {
    const atMs = this.#core.clock.nowMs();
    if (machine === 'beacon') return this.takeBeacon(body);
    const { opened, refusals } = openEntries(
      [body as unknown as ReturnType<typeof packEntry>],
      this.context(),
    );
    if (opened[0] === undefined) return provable.has(refusals[0]!) ? 'reject' : 'ignore';
    this.step({ type: 'record-received', entry: opened[0], atMs });
    return 'accept';
  }

  #load(): void {
    const atMs = this.#core.clock.nowMs();
    const rows = (bucket: string) => this.#core.store.scan(bucket, '', '', Number.MAX_SAFE_INTEGER);
    // Read as the network's are: what was read before, or comes by gossip later, is parsed and verified once.
    const records: Verified<SealedCapability>[] = [];
    const lapsed: SealedCapability[] = [];
    for (const { value } of rows(recordBucket)) {
      const record = toBase64Url(value as Uint8Array);
      const [opened] = openEntries([{ record }], this.context()).opened;
      const read = opened === undefined ? readRecordText(capabilityForm, record, this.context()) : undefined;
      if (opened !== undefined) records.push(opened.capability);
      else if (read?.ok === true) lapsed.push(read.value);
    }
    const [sequenceRows, beaconRows] = [rows(sequenceBucket), rows(beaconBucket)];
    this.step({ type: 'load', records, lapsed, sequenceRows, beaconRows, atMs });
    this.#own.loaded(records.map(({ body }) => body));
  }

  /** As the neighbours' beacons tell. */
  recordsPerNode(): number {
    const { nodeCount, recordCount } = this.index.meshSize();
    return recordCount / Math.max(1, nodeCount);
  }

  /** Agents that left for another node stay in records until they announce there: until then they are away. */
  setLoad(busy: ReadonlyMap<Did, number>, away: ReadonlySet<Did>): void {
    this.step({
      type: 'load-changed',
      busy,
      away: new Set([...away, ...this.#own.departed()]),
      atMs: this.#core.clock.nowMs(),
    });
    const here = this.#parts.local.list().filter((agent) => agent.link !== undefined);
    this.dht?.setAttached(new Map(here.map(({ did }) => [did, busy.get(did) ?? 0])));
  }

  dhtSizes(): ReturnType<DhtIndex['sizes']> {
    return this.dht?.index.sizes() ?? { heldCount: 0, announcedCount: 0, openQueryCount: 0 };
  }

  start(): void {
    this.#load();
    // The first beacon tells of what agents announce while the node starts.
    this.#core.turn.beforeCommit(() => this.step({ type: 'start', atMs: this.#core.clock.nowMs() }));
    this.#announceOwnInDht();
    if (this.choice === 'dht') this.dht?.watchSize();
    this.#own.renew();
  }

  stop(): void {
    this.dense?.stop();
    this.step({ type: 'stop', atMs: this.#core.clock.nowMs() });
  }

  announce(agent: LocalAgent, claim: JsonObject): Checked<string> {
    return this.#own.announce(agent, claim);
  }

  withdraw(agent: LocalAgent, capability: string): Checked<string> {
    return this.#own.withdraw(agent, capability);
  }

  withdrawAll(agent: LocalAgent): void {
    for (const record of this.capabilitiesOf(agent.did)) this.withdraw(agent, record.capability);
  }

  audienceMoved(agent: Did): void {
    this.audience.moved(agent);
  }

  mayNodeSee(node: NodeId, held: HeldRecord): boolean {
    return this.audience.mayNodeSee(node, held);
  }

  capacityOf(agent: Did): number | undefined {
    return this.#own.offers.capacityOf(agent);
  }

  search(query: Query, viewer: Did): Answer {
    return this.#searching.search(query, viewer);
  }

  find(
    query: Query,
    viewer: Did,
    via: 'gossip' | 'dht' | undefined,
    done: (answer: Answer) => void,
  ): Checked<void> {
    return this.#searching.find(query, viewer, via, done);
  }

  match(text: string, dids: readonly Did[], asker: Did): readonly Match[] {
    return this.#own.offers.match(text, dids, { agent: asker, spaces: new Set(this.#parts.spacesOf(asker)) });
  }

  nodeCount(): number {
    return this.choice === 'dht' && this.dht !== undefined
      ? this.dht.nodeCount()
      : this.index.nodesUp().length;
  }

  takeDirectory(event: DirectoryEvent): boolean {
    return this.dht?.takeDirectory(event) ?? false;
  }

  sendFailed(node: NodeId): void {
    this.dht?.sendFailed(node);
  }

  publishFailed(topic: string): void {
    if (topic === this.#parts.topics.presence)
      this.step({ type: 'beacon-unheard', atMs: this.#core.clock.nowMs() });
  }

  peerChanged(type: 'peer-up' | 'peer-down', node: NodeId): void {
    this.step({ type, node, atMs: this.#core.clock.nowMs() });
    if (this.choice !== 'dht') return;
    if (type === 'peer-up') this.audience.sendBeacon(node);
    this.dht?.neighboursChanged();
  }
}

/** Refusals that the bytes alone justify: a wrong signature, no record at all. */
const provable: ReadonlySet<string> = new Set(['AMP-1101', 'AMP-1601']);
