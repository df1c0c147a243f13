/**
 * Who gets what few may see: records go to the nodes of their audience only. And, where beacons go to neighbours
 * alone, the last one, for those who come.
 */

import type { GossipIndex } from '../../discovery/gossip-index.ts';
import type { GossipIndexEffect } from '../../discovery/gossip-index-io.ts';
import { type IndexMessage, packEntry } from '../../discovery/index-messages.ts';
import type { SealedBeacon } from '../../discovery/presence.ts';
import { isInAudience } from '../../discovery/query.ts';
import type { HeldRecord } from '../../discovery/record-table.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import { isDid } from '../../protocol/did.ts';
import type { IndexChoice } from './capability-search.ts';
import { encodePacket, type PacketOf } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface RecordAudienceComponents {
  readonly core: PeerCore;
  readonly registry: AttachmentRegistry;
  /** Nodes with an agent in a space, as far as this node knows. */
  readonly holdersOf: (space: SpaceId) => readonly NodeId[];
  readonly spacesOf: (agent: Did) => Iterable<string>;
  /** Ask where an agent is attached. */
  readonly lookUp?: ((agent: Did) => void) | undefined;
}

export interface AudienceIndexes {
  readonly index: GossipIndex;
  readonly choice: IndexChoice;
  send(to: NodeId, message: IndexMessage): void;
}

type PrivateRecord = Extract<GossipIndexEffect, { type: 'send-private' }>;

/** Private records that go to a newcomer of their audience at once: they fit into one message. */
const privateRecordsMax = 8;

export class RecordAudience {
  readonly #parts: RecordAudienceComponents;
  readonly #core: PeerCore;
  readonly #indexes: AudienceIndexes;
  /** Where beacons go to neighbours alone. */
  #lastBeacon: SealedBeacon | undefined;

  constructor(parts: RecordAudienceComponents, indexes: AudienceIndexes) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#indexes = indexes;
  }

  /** Nobody but neighbours needs to know that this node is there, and who has records from it that few may see. */
  tellNeighbours(beacon: SealedBeacon): void {
    this.#lastBeacon = beacon;
    const bytes = encodePacket(packBeacon(beacon));
    const audiences = this.#indexes.index
      .recordsOfNode(this.#core.self)
      .flatMap(({ sealed: { body } }) => body.audience);
    const near = [
      ...this.#core.transport.peers(),
      ...this.#nodesOf(audiences.filter((one) => one !== 'mesh')),
    ];
    for (const node of new Set(near)) this.sendBeacon(node, bytes);
  }

  /** To a node that came. */
  sendBeacon(node: NodeId, made?: Uint8Array): void {
    const beacon = this.#lastBeacon;
    if (beacon === undefined || node === this.#core.self) return;
    const bytes = made ?? encodePacket(packBeacon(beacon));
    this.#core.turn.afterCommit(() => this.#core.transport.send(node, bytes));
  }

  /** Send a record to its audience, wherever that is. */
  send(effect: PrivateRecord): void {
    const records = [packEntry(effect.entry.capability, effect.entry.annex)];
    for (const agent of effect.audience)
      if (this.#indexes.choice === 'dht' && isDid(agent) && this.#parts.registry.locate(agent) === undefined)
        this.#parts.lookUp?.(agent);
    for (const node of this.#nodesOf(effect.audience))
      if (node !== this.#core.self) this.#sendRecords(node, records);
  }

  /** Whoever gets records that few may see must hear as well that their node is up. */
  #sendRecords(node: NodeId, records: ReturnType<typeof packEntry>[]): void {
    this.sendBeacon(node);
    this.#core.turn.afterCommit(() => this.#indexes.send(node, { kind: 'records', records, isLast: true }));
  }

  /** Where an audience is: its agents as their own attachments say, its spaces as their members say. */
  #nodesOf(audience: readonly string[]): ReadonlySet<NodeId> {
    const nodes = audience.flatMap((entry): readonly (NodeId | undefined)[] =>
      isDid(entry)
        ? [this.#parts.registry.locate(entry)?.node as NodeId | undefined]
        : this.#parts.holdersOf(entry as SpaceId),
    );
    return new Set(nodes.filter((node) => node !== undefined));
  }

  mayNodeSee(node: NodeId, { sealed }: HeldRecord): boolean {
    const { audience } = sealed.body;
    return audience === 'mesh' || this.#nodesOf(audience).has(node);
  }

  /** An agent is at another node now, or belongs to one more space: it gets what is meant for it. */
  moved(agent: Did): void {
    if (!this.#indexes.index.holdsPrivate) return;
    const node = this.#parts.registry.locate(agent)?.node as NodeId | undefined;
    if (node === undefined || node === this.#core.self) return;
    const own = this.#indexes.index
      .recordsOfNode(this.#core.self)
      .filter(({ sealed: { body } }) => body.audience !== 'mesh');
    // Asked for every agent that is heard of, and most nodes keep nothing to themselves.
    if (own.length === 0) return;
    const spaces = new Set(this.#parts.spacesOf(agent));
    const records = own
      .filter(({ sealed: { body } }) => isInAudience(body, { agent, spaces }))
      .slice(0, privateRecordsMax)
      .map((held) => packEntry(held.sealed, held.annex));
    if (records.length > 0) this.#sendRecords(node, records);
  }
}

export function packBeacon({ bytes }: SealedBeacon): PacketOf<'machine'> {
  return { packet: 'machine', machine: 'beacon', body: { bytes: toBase64Url(bytes) } };
}
