/** What other nodes send: each packet is read, and given to the desk that it is for. */
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import { receiptsSignature } from '../../protocol/records.ts';
import { checkSignature } from '../../protocol/signing.ts';
import type { AgentDesk } from './agent-desk.ts';
import type { AttachmentDesk } from './attachment-desk.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { ConsensusDesk } from './consensus-desk.ts';
import type { DeadLetterDesk } from './dead-letter-desk.ts';
import type { DecisionDesk } from './decision-desk.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import type { EnvelopeDesk, SealedEnvelope } from './envelope-desk.ts';
import type { EvidenceSync } from './evidence-sync.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { HandoverDesk } from './handover-desk.ts';
import type { LearningDesk } from './learning-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { Packet, PacketOf } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import { judgeBundle } from './publication-desk.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { SpaceDesk } from './space-desk.ts';

export interface PacketRouterComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly desk: EnvelopeDesk;
  readonly replay: ReplayDesk;
  readonly attachments: AttachmentDesk;
  readonly agents: AgentDesk;
  readonly delivery: DeliveryDesk;
  readonly gossip: GossipDesk;
  readonly spaces: SpaceDesk;
  readonly handover: HandoverDesk;
  readonly deadLetters: DeadLetterDesk;
  readonly memory: MemoryDesk;
  readonly capabilities: CapabilityDesk;
  readonly outcomes: OutcomeDesk;
  readonly learning: LearningDesk;
  readonly evidence: EvidenceSync;
  readonly consensus: ConsensusDesk;
  readonly decisions: DecisionDesk;
}

export interface PacketRouter {
  /** Bytes that a node sent to this one. */
  takeDirect(from: NodeId, bytes: Uint8Array): void;
  /** Bytes that a node published on a topic; the answer says whether they are worth passing on. */
  takePublished(topic: string, origin: NodeId, bytes: Uint8Array): GossipVerdict;
}

export function createPacketRouter(parts: PacketRouterComponents): PacketRouter {
  return new Packets(parts);
}

class Packets implements PacketRouter {
  readonly #parts: PacketRouterComponents;
  readonly #core: PeerCore;

  constructor(parts: PacketRouterComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  takeDirect(from: NodeId, bytes: Uint8Array): void {
    const read = this.#core.decoding.readPacket(bytes);
    if (!read.ok) return this.#core.countIgnored('packet', read.refusal.code);
    const packet = read.value;
    switch (packet.packet) {
      case 'mail':
        return this.#takeMail(from, packet);
      case 'receipts':
        if (packet.record.node !== from || !checkSignature(this.#core.keys, receiptsSignature(packet.record)))
          return this.#core.countIgnored('packet', 'bad-receipts');
        return this.#parts.delivery.takeReceipts(from, packet.record);
      case 'attachments':
        if (!this.#parts.attachments.take(packet.attachments))
          this.#core.countIgnored('packet', 'bad-attachment');
        return this.#parts.attachments.sync?.answered(from, packet.attachments.length);
      case 'space':
        return this.#parts.spaces.takePacket(from, packet);
      case 'machine':
        return this.#takeMachine(from, packet.machine, packet.body as JsonObject, bytes.length);
      case 'batch':
      case 'bundle':
        return this.#core.countIgnored('packet', `${packet.packet}-sent-directly`);
    }
  }

  #takeMachine(from: NodeId, machine: string, body: JsonObject, byteCount: number): void {
    switch (machine) {
      case 'memory':
        return this.#parts.memory.takePacket(from, body);
      case 'index':
        return this.#parts.capabilities.takeDirect(from, body, byteCount);
      case 'evidence':
        return this.#parts.evidence.takeDirect(from, body);
      case 'dead-letters':
        return this.#parts.deadLetters.takePacket(from, body);
      case 'handover':
        return this.#parts.handover.takePacket(from, body);
      case 'attachments':
        return this.#parts.attachments.sync?.takeDirect(from, body);
      case 'beacon':
        return void this.#parts.capabilities.takeBeacon(body);
      case 'consensus':
        return this.#parts.consensus.takeDirect(from, body);
      case 'decision':
        return this.#parts.decisions.takeDirect(from, body);
      default:
        return this.#core.countIgnored('packet', 'unknown-machine');
    }
  }

  #takeMail(from: NodeId, packet: PacketOf<'mail'>): void {
    if (!this.#parts.attachments.take(packet.attachments))
      return this.#core.countIgnored('packet', 'bad-attachment');
    for (const item of packet.items) {
      const message = this.#parts.desk.open(item.envelope as JsonObject);
      if (message.ok) this.#takeOneMail(from, message.value, item.to as Did[]);
      else this.#core.countIgnored('mail', message.refusal.code);
    }
  }

  #takeOneMail(from: NodeId, message: SealedEnvelope, receivers: readonly Did[]): void {
    const { envelope, text } = message;
    for (const receiver of receivers) {
      // An agent that has moved on is forwarded to where it went; a stranger's mail is not kept.
      if (this.#parts.local.get(receiver) === undefined) {
        this.#core.countIgnored('mail', 'not-here');
        this.#parts.attachments.lookup?.redirect(from, receiver);
        continue;
      }
      const verdict = this.#parts.replay.add(
        `${envelope.from} ${envelope.id} ${receiver}`,
        text,
        envelope.at,
      );
      if (verdict === 'conflict' || verdict === 'too-old') {
        this.#core.countIgnored('mail', verdict);
        if (verdict === 'conflict') this.#noteConflict(message);
        continue;
      }
      this.#parts.agents.beforeDelivery(message, receiver);
      this.#parts.delivery.arrive(message, [receiver], from, { isKnown: verdict === 'duplicate' });
    }
    if (envelope.space !== undefined && typeof envelope.to !== 'string') this.#parts.spaces.add(message);
  }

  #noteConflict({ envelope: { id, from }, text }: SealedEnvelope): void {
    this.#core.note({ kind: 'conflicting-duplicate', id, from, text: text.slice(0, 2_000) });
  }

  takePublished(topic: string, origin: NodeId, bytes: Uint8Array): GossipVerdict {
    const packet = this.#core.decoding.readPacket(bytes);
    return packet.ok ? this.#judge(topic, origin, packet.value) : 'reject';
  }

  #judge(topic: string, origin: NodeId, packet: Packet): GossipVerdict {
    switch (packet.packet) {
      case 'batch':
        return this.#parts.gossip.take(topic, origin, packet);
      case 'attachments':
        return this.#parts.attachments.take(packet.attachments) ? 'accept' : 'reject';
      case 'bundle':
        return judgeBundle(packet.parts.map((part) => this.#judge(topic, origin, part)));
      case 'machine':
        return this.#takePublishedMachine(packet.machine, packet.body as JsonObject);
      default:
        return 'reject';
    }
  }

  #takePublishedMachine(machine: string, body: JsonObject): GossipVerdict {
    switch (machine) {
      case 'outcome':
        return this.#parts.outcomes.takePublished(body);
      case 'play':
        return this.#parts.learning.takePublished(body);
      case 'beacon':
      case 'capability':
        return this.#parts.capabilities.takePublished(machine, body);
      default:
        return 'ignore';
    }
  }
}
