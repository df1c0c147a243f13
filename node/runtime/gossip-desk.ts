/**
 * Publishes local agents' envelopes and takes in those of other nodes. All envelopes of one loop turn share a
 * publication: alone at light load, many under pressure.
 */
import type { Did, NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import type { Attachment } from '../../protocol/records.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import { encodeBatch, type PacketOf } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface GossipDeskComponents {
  readonly core: PeerCore;
  readonly attachmentTexts: (agents: Iterable<Did>) => readonly string[];
  /** Take attachments in; false when one of them is provably bad. */
  readonly takeAttachments: (attachments: readonly Attachment[]) => boolean;
  readonly open: (object: JsonObject) => Checked<SealedEnvelope>;
  readonly locate: (agent: Did) => Attachment | undefined;
  /** A verified envelope that was published elsewhere. */
  readonly onEnvelope: (message: SealedEnvelope, topic: string) => void;
}

export interface GossipDesk {
  publish(topic: string, message: SealedEnvelope): void;
  /** Judge and take in a batch. `origin` is the node that the transport proves to have published it. */
  take(topic: string, origin: NodeId, batch: PacketOf<'batch'>): GossipVerdict;
}

export function createGossipDesk({
  core,
  attachmentTexts,
  takeAttachments,
  open,
  locate,
  onEnvelope,
}: GossipDeskComponents): GossipDesk {
  const waiting = new Map<string, SealedEnvelope[]>();

  function publish(topic: string, message: SealedEnvelope): void {
    const queue = waiting.get(topic);
    if (queue !== undefined) {
      queue.push(message);
      return;
    }
    waiting.set(topic, [message]);
    core.turn.afterCommit(() => flush(topic));
  }

  function flush(topic: string): void {
    const queue = waiting.get(topic) ?? [];
    waiting.delete(topic);
    for (const group of groupBySize(queue)) {
      const authors = new Set(group.map((message) => message.envelope.from as Did));
      core.transport.publish(
        topic,
        encodeBatch(
          core.self,
          group.map((message) => message.text),
          attachmentTexts(authors),
        ),
      );
    }
  }

  /**
   * A batch holds only its own node's agents' envelopes, so one provably bad envelope condemns the batch;
   * anything that depends on what this node happens to know is only ignored.
   */
  function take(topic: string, origin: NodeId, batch: PacketOf<'batch'>): GossipVerdict {
    if (batch.node !== origin) return 'reject';
    if (!takeAttachments(batch.attachments)) return 'reject';
    const opened: SealedEnvelope[] = [];
    for (const object of batch.envelopes) {
      const message = open(object as JsonObject);
      if (!message.ok) {
        core.countIgnored('gossip', message.refusal.code);
        return provable.has(message.refusal.code) ? 'reject' : 'ignore';
      }
      if (!isFrom(origin, message.value)) return 'ignore';
      opened.push(message.value);
    }
    for (const message of opened) onEnvelope(message, topic);
    return 'accept';
  }

  function isFrom(origin: NodeId, message: SealedEnvelope): boolean {
    return locate(message.envelope.from as Did)?.node === origin;
  }

  return { publish, take };
}

/** Refusals that the bytes alone justify. */
const provable = new Set([
  'AMP-1001',
  'AMP-1002',
  'AMP-1003',
  'AMP-1004',
  'AMP-1005',
  'AMP-1006',
  'AMP-1008',
  'AMP-1009',
  'AMP-1101',
]);

/** Room that attachments and the frame around the envelopes take in a batch, for each author. */
const authorBytes = 700;

function groupBySize(messages: readonly SealedEnvelope[]): readonly (readonly SealedEnvelope[])[] {
  const groups: SealedEnvelope[][] = [[]];
  let bytes = 0;
  for (const message of messages) {
    const size = utf8(message.text).length + authorBytes;
    const isFull = bytes + size > limits.batchBytesMax || groups.at(-1)!.length >= limits.batchEnvelopesMax;
    if (isFull && groups.at(-1)!.length > 0) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(message);
    bytes += size;
  }
  return groups;
}
