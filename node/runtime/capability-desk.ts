/** Drives the gossip index: announcements of local agents, records and beacons of the others, and searches. */

import {
  type CapabilityContext,
  type CapabilityDraft,
  type CapabilityRecord,
  capabilitySchema,
  capabilityText,
  decodeCapability,
  sealCapability,
  withdrawalOf,
} from '../../discovery/capability-record.ts';
import {
  beaconBucket,
  GossipIndex,
  recordBucket,
  sequenceBucket,
} from '../../discovery/gossip-index.ts';
import type { GossipIndexEffect, GossipIndexInput } from '../../discovery/gossip-index-io.ts';
import {
  type IndexMessage,
  indexMessageSchema,
  openBeacons,
  openEntries,
  packEntry,
} from '../../discovery/index-messages.ts';
import { discoveryLimits } from '../../discovery/limits.ts';
import { decodeBeacon, sealBeacon } from '../../discovery/presence.ts';
import type { Answer, Query } from '../../discovery/query.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import { topicsOf } from './topics.ts';

export interface CapabilityDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly vectors: VectorSource;
  readonly onNodeUp: (node: NodeId) => void;
  readonly onNodeDown: (node: NodeId) => void;
}

/** What an agent says of one capability; the rest of the record is filled in. */
export type CapabilityClaim = Partial<CapabilityRecord> & { readonly text: string };

export interface Match {
  readonly agent: Did;
  readonly similarity: number;
}

export interface CapabilityDesk {
  readonly index: GossipIndex;
  start(): void;
  stop(): void;
  announce(agent: LocalAgent, claim: JsonObject): Checked<string>;
  withdraw(agent: LocalAgent, capability: string): Checked<string>;
  /** Withdraw everything of an agent. */
  withdrawAll(agent: LocalAgent): void;
  /** Records of one agent. */
  capabilitiesOf(agent: Did): readonly CapabilityRecord[];
  search(query: Query, viewer: Did): Answer;
  /** How well each of these agents' own capabilities fit a text; 0 for agents without any. */
  match(text: string, agents: readonly Did[]): readonly Match[];
  setLoad(busy: ReadonlyMap<Did, number>, away: ReadonlySet<Did>): void;
  takeDirect(from: NodeId, body: JsonObject): void;
  takePublished(machine: string, body: JsonObject): GossipVerdict;
  peerChanged(type: 'peer-up' | 'peer-down', node: NodeId): void;
}

export function createCapabilityDesk({
  core,
  agents,
  registry,
  vectors,
  onNodeUp,
  onNodeDown,
}: CapabilityDeskComponents): CapabilityDesk {
  const topics = topicsOf(core.mesh);
  const index = new GossipIndex({ hash: core.keys.hash, vectors }, { self: core.self, mesh: core.mesh });
  /** Vectors of local agents' capabilities, for waking. */
  const localVectors = new Map<Did, Map<string, Float32Array>>();

  function context(): CapabilityContext {
    return { mesh: core.mesh, nowMs: core.clock.nowMs(), keys: core.keys, checkAuthority };
  }

  function checkAuthority(record: CapabilityRecord): Did | undefined {
    if (record.key === undefined || record.key === record.agent) return record.agent as Did;
    const inside = record.attachment;
    if (
      inside?.agent === record.agent &&
      inside.sessionKey === record.key &&
      inside.scopes.includes('records')
    )
      return record.key as Did;
    return registry.authorize(record.agent as Did, record.key as Did, 'records') === undefined
      ? undefined
      : (record.key as Did);
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
        const packed = packEntry(effect.entry.capability, effect.entry.annex);
        core.turn.afterCommit(() =>
          core.transport.publish(
            topics.presence,
            encodePacket({ packet: 'machine', machine: 'capability', body: packed }),
          ),
        );
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
        core.turn.afterCommit(() =>
          core.transport.publish(
            topics.presence,
            encodePacket({ packet: 'machine', machine: 'beacon', body }),
          ),
        );
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

  function sendPrivate(effect: Extract<GossipIndexEffect, { type: 'send-private' }>): void {
    const nodes = new Set(
      effect.audience.map((agent) => registry.locate(agent as Did)?.node as NodeId | undefined),
    );
    for (const node of nodes) {
      if (node === undefined || node === core.self) continue;
      core.turn.afterCommit(() =>
        send(node, {
          kind: 'records',
          records: [packEntry(effect.entry.capability, effect.entry.annex)],
          isLast: true,
        }),
      );
    }
  }

  function noteChange(effect: Extract<GossipIndexEffect, { type: 'capability-changed' }>): void {
    const { body } = effect.record;
    const agent = body.agent as Did;
    const isLocal = agents.get(agent) !== undefined;
    if (isLocal) {
      const vectorsOfAgent = localVectors.get(agent) ?? new Map<string, Float32Array>();
      localVectors.set(agent, vectorsOfAgent);
      if (effect.change === 'added' || effect.change === 'updated')
        vectorsOfAgent.set(body.capability, vectors.embed(capabilityText(body)));
      else vectorsOfAgent.delete(body.capability);
      core.note({
        kind: 'capability',
        change: effect.change,
        agent,
        capability: body.capability,
        text: body.text.slice(0, 200),
      });
    }
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
      expiresAt: atMs + discoveryLimits.recordLifetimeMs,
      ...authority,
    } as unknown as CapabilityDraft;
    const checked = matchSchema(capabilitySchema.omit({ sig: true }), draft);
    if (!checked.ok)
      return refuse(checked.refusal.code, checked.refusal.message, `capability.${checked.refusal.path}`);
    const opened = decodeCapability(sealCapability(draft, core.keys).bytes, context());
    if (!opened.ok) return opened;
    step({ type: 'announce', entry: { capability: opened.value }, atMs });
    return accept(capability);
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
    return [...index.records()].map((sealed) => sealed.body).filter((body) => body.agent === agent);
  }

  function takeDirect(from: NodeId, body: JsonObject): void {
    const read = matchSchema(indexMessageSchema, body);
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
    } else core.countIgnored('index', 'no-dht-index-here');
  }

  function takePublished(machine: string, body: JsonObject): GossipVerdict {
    const atMs = core.clock.nowMs();
    if (machine === 'beacon') {
      const bytes = typeof body.bytes === 'string' ? fromBase64Url(body.bytes) : undefined;
      if (bytes === undefined) return 'reject';
      const beacon = decodeBeacon(bytes, context());
      if (!beacon.ok) return beacon.refusal.code === 'AMP-1101' ? 'reject' : 'ignore';
      step({ type: 'presence-received', beacon: beacon.value, atMs });
      return 'accept';
    }
    const { opened, refusals } = openEntries([body as unknown as ReturnType<typeof packEntry>], context());
    if (opened[0] === undefined)
      return refusals[0] === 'AMP-1101' || refusals[0] === 'AMP-1601' ? 'reject' : 'ignore';
    step({ type: 'record-received', entry: opened[0], atMs });
    return 'accept';
  }

  function load(): void {
    const atMs = core.clock.nowMs();
    const rows = (bucket: string) => core.store.scan(bucket, '', '', Number.MAX_SAFE_INTEGER);
    const records = rows(recordBucket)
      .map((row) => decodeCapability(row.value as Uint8Array, context()))
      .flatMap((read) => (read.ok ? [read.value] : []));
    step({ type: 'load', records, sequenceRows: rows(sequenceBucket), beaconRows: rows(beaconBucket), atMs });
    for (const { body } of records) {
      if (body.withdrawn === true || agents.get(body.agent as Did) === undefined) continue;
      const known = localVectors.get(body.agent as Did) ?? new Map<string, Float32Array>();
      localVectors.set(body.agent as Did, known.set(body.capability, vectors.embed(capabilityText(body))));
    }
  }

  return {
    index,
    start() {
      load();
      step({ type: 'start', atMs: core.clock.nowMs() });
    },
    stop: () => step({ type: 'stop', atMs: core.clock.nowMs() }),
    announce,
    withdraw,
    withdrawAll(agent) {
      for (const record of capabilitiesOf(agent.did)) withdraw(agent, record.capability);
    },
    capabilitiesOf,
    search: (query, viewer) => index.search({ query, nowMs: core.clock.nowMs(), viewer: { agent: viewer } }),
    match(text, dids) {
      const query = vectors.embed(text);
      return dids.map((agent) => {
        const known = [...(localVectors.get(agent)?.values() ?? [])];
        return { agent, similarity: Math.max(0, ...known.map((vector) => dot(query, vector))) };
      });
    },
    setLoad: (busy, away) => step({ type: 'load-changed', busy, away, atMs: core.clock.nowMs() }),
    takeDirect,
    takePublished,
    peerChanged: (type, node) => step({ type, node, atMs: core.clock.nowMs() }),
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
