/**
 * Drives discovery: announcements of local agents, records and beacons of the others, and searches, through the
 * gossip index, the DHT index, or both.
 */

import {
  type CapabilityContext,
  type CapabilityDraft,
  type CapabilityRecord,
  capabilityForm,
  capabilityKey,
  capabilitySchema,
  decodeCapability,
  type SealedCapability,
  sealCapability,
  withdrawalOf,
} from '../../discovery/capability-record.ts';
import type { DhtIndex } from '../../discovery/dht/index.ts';
import { beaconBucket, GossipIndex, recordBucket, sequenceBucket } from '../../discovery/gossip-index.ts';
import type { GossipIndexEffect, GossipIndexInput } from '../../discovery/gossip-index-io.ts';
import {
  type IndexMessage,
  matchIndexMessage,
  openBeacon,
  openBeacons,
  openEntries,
  packEntry,
} from '../../discovery/index-messages.ts';
import { discoveryLimits } from '../../discovery/limits.ts';
import { sealBeacon } from '../../discovery/presence.ts';
import { isInAudience } from '../../discovery/query.ts';
import { findSigner } from '../../discovery/record-authority.ts';
import type { RecordMemo } from '../../discovery/record-memo.ts';
import type { HeldRecord } from '../../discovery/record-table.ts';
import type { Standing } from '../../discovery/search.ts';
import { readRecordText } from '../../discovery/signed-record.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { isDid } from '../../protocol/did.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Directory, DirectoryEvent, GossipVerdict } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import { type CapabilitySearch, createCapabilitySearch, type IndexChoice } from './capability-search.ts';
import { createDenseDesk, type DenseEmbedder } from './dense-desk.ts';
import { createDhtDesk } from './dht-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { createLocalOffers, type Match } from './local-offers.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { PublicationDesk } from './publication-desk.ts';
import { topicsOf } from './topics.ts';

export interface CapabilityDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly publications: PublicationDesk;
  readonly vectors: VectorSource;
  /** A model chosen beside the built-in embedder. */
  readonly embedder?: DenseEmbedder | undefined;
  /** Spares reading the same record twice. */
  readonly memo?: RecordMemo | undefined;
  /** Needed for the DHT index. */
  readonly directory?: Directory | undefined;
  /** Nodes with an agent in a space, and the spaces of an agent, as far as this node knows. */
  readonly holdersOf: (space: SpaceId) => readonly NodeId[];
  readonly spacesOf: (agent: Did) => ReadonlySet<string>;
  /** What an asker knows of agents from experience. */
  readonly standingFor: (asker: Did) => Standing;
  readonly onNodeUp: (node: NodeId) => void;
  readonly onNodeDown: (node: NodeId) => void;
  /** The mesh is twice as large as it was; told in a mesh that uses the DHT index. */
  readonly onMeshGrown?: (() => void) | undefined;
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
  takeBeacon(body: JsonObject): void;
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

/** How often records are looked through for those that must be signed again. */
const renewalMs = 600_000;
/** A record is signed again in the second half of its life, if it gains at least this much. */
const renewalGainMs = 3_600_000;

export function createCapabilityDesk(
  components: CapabilityDeskComponents,
  init: CapabilityDeskInit = {},
): CapabilityDesk {
  const { core, agents, registry, publications, vectors, directory, memo, onNodeUp, onNodeDown } = components;
  const topics = topicsOf(core.mesh);
  const choice = init.index ?? 'gossip';
  const index = new GossipIndex(
    {
      hash: core.keys.hash,
      hashText: memo === undefined ? undefined : (text) => memo.hashText(text, core.keys.hash),
      keyOf: memo === undefined ? undefined : (body) => memo.keyOf(body, capabilityKey),
      vectors,
      mayNodeSee,
    },
    { self: core.self, mesh: core.mesh, keepsForeignRecords: choice !== 'dht' },
  );
  const dht =
    choice === 'gossip' || directory === undefined
      ? undefined
      : createDhtDesk({ core, directory, vectors, context, send, onGrown: components.onMeshGrown });
  const dense = components.embedder === undefined ? undefined : createDenseDesk(core, components.embedder);
  const offers = createLocalOffers(vectors);
  const { spacesOf, standingFor } = components;
  const searching = createCapabilitySearch({
    core,
    index,
    dht,
    dense,
    vectors,
    choice,
    spacesOf,
    standingFor,
  });
  /** Where beacons go to neighbours alone: the last one, for those who come. */
  let lastBeacon: Uint8Array | undefined;

  function context(): CapabilityContext {
    const nowMs = core.clock.nowMs();
    const checkAuthority = (record: CapabilityRecord) =>
      findSigner(record, { mesh: core.mesh, nowMs, keys: core.keys });
    return { mesh: core.mesh, nowMs, keys: core.keys, memo: components.memo, checkAuthority };
  }

  function step(input: GossipIndexInput): void {
    for (const effect of index.step(input)) perform(effect);
  }

  function perform(effect: GossipIndexEffect): void {
    switch (effect.type) {
      case 'persist':
        core.turn.persist(effect.bucket, effect.key, effect.value);
        return;
      case 'set-timer':
        core.timers.apply('index', effect, (timer, atMs) => step({ type: 'timer-fired', timer, atMs }));
        return;
      case 'ignored':
        core.countIgnored('index', effect.reason);
        return;
      case 'publish-record': {
        dht?.announce(effect.entry);
        // Nobody but the holders keeps it then.
        if (choice === 'dht') return;
        const body = packEntry(effect.entry.capability, effect.entry.annex);
        publications.publish(topics.presence, { packet: 'machine', machine: 'capability', body });
        return;
      }
      case 'send-private':
        sendPrivate(effect);
        return;
      case 'sign-beacon':
        step({
          type: 'presence-received',
          beacon: sealBeacon(effect.draft, core.keys),
          atMs: core.clock.nowMs(),
        });
        return;
      case 'publish-beacon': {
        const body = { bytes: toBase64Url(effect.beacon.bytes) };
        const packet = { packet: 'machine', machine: 'beacon', body } as const;
        if (choice === 'dht') tellNeighbours(encodePacket(packet));
        else publications.publish(topics.presence, packet);
        return;
      }
      case 'send-index-message': {
        const { to, message } = effect;
        core.turn.afterCommit(() => send(to, message));
        return;
      }
      case 'capability-changed':
        noteChange(effect);
        return;
      case 'node-up':
        onNodeUp(effect.node);
        return;
      case 'node-down':
        onNodeDown(effect.node);
    }
  }

  /** Withdrawals too: a DHT holder forgets only what it is told, or what is not put again. */
  function announceOwnInDht(): void {
    if (dht === undefined) return;
    for (const { sealed, annex } of index.recordsOfNode(core.self))
      dht.announce({ capability: sealed, ...(annex === undefined ? {} : { annex }) });
  }

  function send(to: NodeId, message: IndexMessage): void {
    core.transport.send(
      to,
      encodePacket({
        packet: 'machine',
        machine: 'index',
        body: message as unknown as Record<string, unknown>,
      }),
    );
  }

  /** Nobody but neighbours needs to know that this node is there, and who has records from it that few may see. */
  function tellNeighbours(bytes: Uint8Array): void {
    lastBeacon = bytes;
    const audiences = index.recordsOfNode(core.self).flatMap(({ sealed: { body } }) => body.audience);
    const near = [...core.transport.peers(), ...nodesOf(audiences.filter((one) => one !== 'mesh'))];
    for (const node of new Set(near)) sendBeacon(node);
  }

  function sendBeacon(node: NodeId): void {
    const bytes = lastBeacon;
    if (bytes !== undefined && node !== core.self)
      core.turn.afterCommit(() => core.transport.send(node, bytes));
  }

  function sendPrivate(effect: Extract<GossipIndexEffect, { type: 'send-private' }>): void {
    const records = [packEntry(effect.entry.capability, effect.entry.annex)];
    for (const agent of effect.audience)
      if (choice === 'dht' && isDid(agent) && registry.locate(agent) === undefined)
        components.lookUp?.(agent);
    for (const node of nodesOf(effect.audience)) if (node !== core.self) sendRecords(node, records);
  }

  /** Whoever gets records that few may see must hear as well that their node is up. */
  function sendRecords(node: NodeId, records: ReturnType<typeof packEntry>[]): void {
    sendBeacon(node);
    core.turn.afterCommit(() => send(node, { kind: 'records', records, isLast: true }));
  }

  /** Where an audience is: its agents as their own attachments say, its spaces as their members say. */
  function nodesOf(audience: readonly string[]): ReadonlySet<NodeId> {
    const nodes = audience.flatMap((entry): readonly (NodeId | undefined)[] =>
      isDid(entry)
        ? [registry.locate(entry)?.node as NodeId | undefined]
        : components.holdersOf(entry as SpaceId),
    );
    return new Set(nodes.filter((node) => node !== undefined));
  }

  function mayNodeSee(node: NodeId, { sealed }: HeldRecord): boolean {
    const { audience } = sealed.body;
    return audience === 'mesh' || nodesOf(audience).has(node);
  }

  function audienceMoved(agent: Did): void {
    const node = registry.locate(agent)?.node as NodeId | undefined;
    if (node === undefined || node === core.self) return;
    const own = index.recordsOfNode(core.self).filter(({ sealed: { body } }) => body.audience !== 'mesh');
    // Asked for every agent that is heard of, and most nodes keep nothing to themselves.
    if (own.length === 0) return;
    const spaces = components.spacesOf(agent);
    const records = own
      .filter(({ sealed: { body } }) => isInAudience(body, { agent, spaces }))
      .slice(0, privateRecordsMax)
      .map((held) => packEntry(held.sealed, held.annex));
    if (records.length > 0) sendRecords(node, records);
  }

  function noteChange(effect: Extract<GossipIndexEffect, { type: 'capability-changed' }>): void {
    const { body } = effect.record;
    const agent = body.agent as Did;
    if (agents.get(agent) === undefined) return;
    offers.set(body, effect.change === 'added' || effect.change === 'updated');
    core.note({
      kind: 'capability',
      change: effect.change,
      agent,
      capability: body.capability,
      text: body.text.slice(0, 200),
    });
  }

  function announce(agent: LocalAgent, claim: JsonObject): Checked<string> {
    const atMs = core.clock.nowMs();
    const capability = typeof claim.capability === 'string' ? claim.capability : 'main';
    const authority = agent.isHosted
      ? {}
      : { key: agent.attachment.sessionKey, attachment: agent.attachment };
    const { similarity: _, ...own } = claim;
    const draft = {
      audience: 'mesh',
      ...own,
      record: 'capability',
      mesh: core.mesh,
      agent: agent.did,
      node: core.self,
      capability,
      seq: Math.max(index.nextSeq(agent.did, capability), atMs),
      createdAt: atMs,
      expiresAt: endOfRecord(agent, atMs),
      ...authority,
    } as unknown as CapabilityDraft;
    const checked = matchSchema(capabilitySchema.omit({ sig: true }), draft);
    if (!checked.ok)
      return refuse(checked.refusal.code, checked.refusal.message, `capability.${checked.refusal.path}`);
    const opened = decodeCapability(sealCapability(draft, core.keys).bytes, context());
    if (!opened.ok) return opened;
    step({ type: 'announce', entry: { capability: opened.value }, atMs });
    // The record goes out at once; its dense vector follows when the model has answered.
    dense?.annexFor(opened.value, (annex) =>
      step({ type: 'announce', entry: { capability: opened.value, annex }, atMs: core.clock.nowMs() }),
    );
    return accept(capability);
  }

  /** A record that a session key signed is proof only for as long as the attachment beside it. */
  function endOfRecord(agent: LocalAgent, atMs: number): number {
    const endMs = atMs + discoveryLimits.recordLifetimeMs;
    return agent.isHosted ? endMs : Math.min(endMs, agent.attachment.expiresAt);
  }

  /** Sign the records of connected agents again, well before they expire. Who stays away fades after a day. */
  function renew(): void {
    const atMs = core.clock.nowMs();
    for (const { sealed, annex } of index.recordsOfNode(core.self)) {
      const { body } = sealed;
      // Nobody's beacon tells here that a node of the audience was away: it is given the record again.
      if (choice === 'dht' && body.audience !== 'mesh') {
        const entry = { capability: sealed, ...(annex === undefined ? {} : { annex }) };
        sendPrivate({ type: 'send-private', entry, audience: body.audience });
      }
      const agent = agents.get(body.agent as Did);
      if (agent?.link === undefined || body.withdrawn === true) continue;
      if (body.expiresAt - atMs > discoveryLimits.recordLifetimeMs / 2) continue;
      if (endOfRecord(agent, atMs) - body.expiresAt < renewalGainMs) continue;
      const done = announce(agent, claimOf(body));
      if (!done.ok) core.countIgnored('index', `renewal ${done.refusal.code}`);
    }
    const next = { type: 'set-timer', timer: 'renewal', dueAtMs: atMs + renewalMs } as const;
    core.timers.apply('capabilities', next, renew);
  }

  function withdraw(agent: LocalAgent, capability: string): Checked<string> {
    const record = index.recordOf(agent.did, capability)?.body;
    if (record === undefined || record.withdrawn === true)
      return refuse('AMP-1005', `There is no capability "${capability}" to withdraw.`, 'capability');
    const authority = agent.isHosted
      ? {}
      : { key: agent.attachment.sessionKey, attachment: agent.attachment };
    const {
      key: _key,
      attachment: _attachment,
      ...draft
    } = withdrawalOf({ ...record, node: core.self }, core.clock.nowMs());
    step({
      type: 'announce',
      entry: { capability: sealCapability({ ...draft, ...authority }, core.keys) },
      atMs: core.clock.nowMs(),
    });
    return accept(capability);
  }

  function capabilitiesOf(agent: Did): readonly CapabilityRecord[] {
    const held = index.recordsOf(agent).map((sealed) => sealed.body);
    const names = new Set(held.map((record) => record.capability));
    return [...held, ...searching.foundOf(agent).filter((record) => !names.has(record.capability))];
  }

  function takeDirect(from: NodeId, body: JsonObject, byteCount: number): void {
    const read = core.decoding.readBody(body, matchIndexMessage);
    if (!read.ok) return core.countIgnored('index', read.refusal.code);
    const message = read.value;
    const atMs = core.clock.nowMs();
    if (message.kind === 'sync') step({ type: 'sync-received', from, message, atMs });
    else if (message.kind === 'pull') step({ type: 'pull-received', from, message, atMs });
    else if (message.kind === 'beacons') {
      const { opened, refusals } = openBeacons(message.beacons, context());
      for (const reason of refusals) core.countIgnored('index', reason);
      step({ type: 'beacons-received', from, beacons: opened, isLast: message.isLast, atMs });
    } else if (message.kind === 'records') {
      const { opened, refusals } = openEntries(message.records, context());
      for (const reason of refusals) core.countIgnored('index', reason);
      step({ type: 'records-received', from, entries: opened, isLast: message.isLast, atMs });
    } else if (dht?.takeDirect(from, message, byteCount) !== true)
      core.countIgnored('index', 'no-dht-index-here');
  }

  function takeBeacon(body: JsonObject): GossipVerdict {
    if (typeof body.bytes !== 'string') return 'reject';
    const beacon = openBeacon(body.bytes, context());
    if (!beacon.ok) return provable.has(beacon.refusal.code) ? 'reject' : 'ignore';
    step({ type: 'presence-received', beacon: beacon.value, atMs: core.clock.nowMs() });
    if (choice === 'both')
      dht?.setMesh({ nodes: index.nodesUp(), recordCount: index.meshSize().recordCount });
    return 'accept';
  }

  function takePublished(machine: string, body: JsonObject): GossipVerdict {
    const atMs = core.clock.nowMs();
    if (machine === 'beacon') return takeBeacon(body);
    const { opened, refusals } = openEntries([body as unknown as ReturnType<typeof packEntry>], context());
    if (opened[0] === undefined) return provable.has(refusals[0]!) ? 'reject' : 'ignore';
    step({ type: 'record-received', entry: opened[0], atMs });
    return 'accept';
  }

  function load(): void {
    const atMs = core.clock.nowMs();
    const rows = (bucket: string) => core.store.scan(bucket, '', '', Number.MAX_SAFE_INTEGER);
    // Read as the network's are: what was read before, or comes by gossip later, is parsed and verified once.
    const records: Verified<SealedCapability>[] = [];
    const lapsed: SealedCapability[] = [];
    for (const { value } of rows(recordBucket)) {
      const record = toBase64Url(value as Uint8Array);
      const [opened] = openEntries([{ record }], context()).opened;
      const read = opened === undefined ? readRecordText(capabilityForm, record, context()) : undefined;
      if (opened !== undefined) records.push(opened.capability);
      else if (read?.ok === true) lapsed.push(read.value);
    }
    const [sequenceRows, beaconRows] = [rows(sequenceBucket), rows(beaconBucket)];
    step({ type: 'load', records, lapsed, sequenceRows, beaconRows, atMs });
    for (const { body } of records) {
      if (body.withdrawn === true || agents.get(body.agent as Did) === undefined) continue;
      offers.set(body, true);
    }
  }

  /** As the neighbours' beacons tell. */
  function recordsPerNode(): number {
    const { nodeCount, recordCount } = index.meshSize();
    return recordCount / Math.max(1, nodeCount);
  }

  /** Agents that left for another node stay in records until they announce there: until then they are away. */
  function setLoad(busy: ReadonlyMap<Did, number>, away: ReadonlySet<Did>): void {
    const gone = offers.agents().filter((agent) => agents.get(agent) === undefined);
    step({ type: 'load-changed', busy, away: new Set([...away, ...gone]), atMs: core.clock.nowMs() });
    const here = agents.list().filter((agent) => agent.link !== undefined);
    dht?.setAttached(new Map(here.map(({ did }) => [did, busy.get(did) ?? 0])));
  }

  return {
    index,
    choice,
    dhtSizes: () => dht?.index.sizes() ?? { heldCount: 0, announcedCount: 0, openQueryCount: 0 },
    start() {
      load();
      // The first beacon tells of what agents announce while the node starts.
      core.turn.beforeCommit(() => step({ type: 'start', atMs: core.clock.nowMs() }));
      announceOwnInDht();
      if (choice === 'dht') dht?.watchSize(recordsPerNode);
      renew();
    },
    stop() {
      dense?.stop();
      step({ type: 'stop', atMs: core.clock.nowMs() });
    },
    announce,
    withdraw,
    withdrawAll(agent) {
      for (const record of capabilitiesOf(agent.did)) withdraw(agent, record.capability);
    },
    capabilitiesOf,
    capacityOf: offers.capacityOf,
    search: searching.search,
    find: searching.find,
    match: (text, dids, asker) => offers.match(text, dids, { agent: asker, spaces: spacesOf(asker) }),
    setLoad,
    audienceMoved,
    takeDirect,
    takeBeacon: (body) => void takeBeacon(body),
    takePublished,
    nodeCount: () => (choice === 'dht' && dht !== undefined ? dht.nodeCount() : index.nodesUp().length),
    takeDirectory: (event) => dht?.takeDirectory(event) ?? false,
    sendFailed: (node) => dht?.sendFailed(node),
    publishFailed(topic) {
      if (topic === topics.presence) step({ type: 'beacon-unheard', atMs: core.clock.nowMs() });
    },
    peerChanged(type, node) {
      step({ type, node, atMs: core.clock.nowMs() });
      if (choice !== 'dht') return;
      if (type === 'peer-up') sendBeacon(node);
      dht?.neighboursChanged();
    },
  };
}

/** Refusals that the bytes alone justify: a wrong signature, no record at all. */
const provable: ReadonlySet<string> = new Set(['AMP-1101', 'AMP-1601']);

/** Private records that go to a newcomer of their audience at once: they fit into one message. */
const privateRecordsMax = 8;

/** What an agent said, out of a record that was signed for it. */
function claimOf(record: CapabilityRecord): JsonObject {
  const { text, lang, tags, input, output, resources, maxTimeMs, guarantees, cost, capacity, version } =
    record;
  const { capability, audience } = record;
  const said = { text, lang, tags, input, output, resources, maxTimeMs, guarantees, cost, capacity, version };
  const given = Object.entries({ capability, audience, ...said }).filter(([, value]) => value !== undefined);
  const claim = Object.fromEntries(given);
  return claim as JsonObject;
}
