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
import type { Decoding } from './decoding.ts';
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
  readonly decoding: Decoding;
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

export function createPacketRouter(components: PacketRouterComponents): PacketRouter {
  const { core, decoding, local, desk, replay, attachments, agents, delivery, spaces } = components;
  const { memory, capabilities, outcomes, learning, evidence, consensus, decisions } = components;

  function takeDirect(from: NodeId, bytes: Uint8Array): void {
    const read = decoding.readPacket(bytes);
    if (!read.ok) return core.countIgnored('packet', read.refusal.code);
    const packet = read.value;
    switch (packet.packet) {
      case 'mail':
        return takeMail(from, packet);
      case 'receipts':
        if (packet.record.node !== from || !checkSignature(core.keys, receiptsSignature(packet.record)))
          return core.countIgnored('packet', 'bad-receipts');
        return delivery.takeReceipts(from, packet.record);
      case 'attachments':
        if (!attachments.take(packet.attachments)) core.countIgnored('packet', 'bad-attachment');
        return attachments.sync?.answered(from);
      case 'space':
        return spaces.takePacket(from, packet);
      case 'machine':
        return takeMachine(from, packet.machine, packet.body as JsonObject, bytes.length);
      case 'batch':
      case 'bundle':
        return core.countIgnored('packet', `${packet.packet}-sent-directly`);
    }
  }

  function takeMachine(from: NodeId, machine: string, body: JsonObject, byteCount: number): void {
    switch (machine) {
      case 'memory':
        return memory.takePacket(from, body);
      case 'index':
        return capabilities.takeDirect(from, body, byteCount);
      case 'evidence':
        return evidence.takeDirect(from, body);
      case 'dead-letters':
        return components.deadLetters.takePacket(from, body);
      case 'handover':
        return components.handover.takePacket(from, body);
      case 'attachments':
        return attachments.sync?.takeDirect(from, body);
      case 'beacon':
        return capabilities.takeBeacon(body);
      case 'consensus':
        return consensus.takeDirect(from, body);
      case 'decision':
        return decisions.takeDirect(from, body);
      default:
        return core.countIgnored('packet', 'unknown-machine');
    }
  }

  function takeMail(from: NodeId, packet: PacketOf<'mail'>): void {
    if (!attachments.take(packet.attachments)) return core.countIgnored('packet', 'bad-attachment');
    for (const item of packet.items) {
      const message = desk.open(item.envelope as JsonObject);
      if (message.ok) takeOneMail(from, message.value, item.to as Did[]);
      else core.countIgnored('mail', message.refusal.code);
    }
  }

  function takeOneMail(from: NodeId, message: SealedEnvelope, receivers: readonly Did[]): void {
    const { envelope, text } = message;
    for (const receiver of receivers) {
      // An agent that has moved on is forwarded to where it went; a stranger's mail is not kept.
      if (local.get(receiver) === undefined) {
        core.countIgnored('mail', 'not-here');
        attachments.lookup?.redirect(from, receiver);
        continue;
      }
      const verdict = replay.add(`${envelope.from} ${envelope.id} ${receiver}`, text, envelope.at);
      if (verdict === 'conflict' || verdict === 'too-old') {
        core.countIgnored('mail', verdict);
        if (verdict === 'conflict') noteConflict(message);
        continue;
      }
      agents.beforeDelivery(message, receiver);
      delivery.arrive(message, [receiver], from, { isKnown: verdict === 'duplicate' });
    }
    if (envelope.space !== undefined && typeof envelope.to !== 'string') spaces.add(message);
  }

  function noteConflict({ envelope: { id, from }, text }: SealedEnvelope): void {
    core.note({ kind: 'conflicting-duplicate', id, from, text: text.slice(0, 2_000) });
  }

  function takePublished(topic: string, origin: NodeId, bytes: Uint8Array): GossipVerdict {
    const packet = decoding.readPacket(bytes);
    return packet.ok ? judge(topic, origin, packet.value) : 'reject';
  }

  function judge(topic: string, origin: NodeId, packet: Packet): GossipVerdict {
    switch (packet.packet) {
      case 'batch':
        return components.gossip.take(topic, origin, packet);
      case 'attachments':
        return attachments.take(packet.attachments) ? 'accept' : 'reject';
      case 'bundle':
        return judgeBundle(packet.parts.map((part) => judge(topic, origin, part)));
      case 'machine':
        return takePublishedMachine(packet.machine, packet.body as JsonObject);
      default:
        return 'reject';
    }
  }

  function takePublishedMachine(machine: string, body: JsonObject): GossipVerdict {
    switch (machine) {
      case 'outcome':
        return outcomes.takePublished(body);
      case 'play':
        return learning.takePublished(body);
      case 'beacon':
      case 'capability':
        return capabilities.takePublished(machine, body);
      default:
        return 'ignore';
    }
  }

  return { takeDirect, takePublished };
}
