/**
 * Publishes local agents' envelopes and takes in those of other nodes. All envelopes of one loop turn share a
 * publication: alone at light load, many under pressure.
 */

import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
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
  readonly openEnvelope: (object: JsonObject) => Checked<SealedEnvelope>;
  readonly registry: Pick<AttachmentRegistry, 'locate'>;
  /** A verified envelope that was published elsewhere. */
  readonly onEnvelope: (message: SealedEnvelope, topic: string) => void;
}

export interface GossipDesk {
  publish(topic: string, message: SealedEnvelope): void;
  /** Judge and take in a batch. `origin` is the node that the transport proves to have published it. */
  take(topic: string, origin: NodeId, batch: PacketOf<'batch'>): GossipVerdict;
}

export function createGossipDesk(parts: GossipDeskComponents): GossipDesk {
  return new Gossip(parts);
}

class Gossip implements GossipDesk {
  readonly #parts: GossipDeskComponents;
  readonly #core: PeerCore;
  readonly #waiting = new CompactMap<string, SealedEnvelope[]>();

  constructor(parts: GossipDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  publish(topic: string, message: SealedEnvelope): void {
    const queue = this.#waiting.get(topic);
    if (queue !== undefined) {
      queue.push(message);
      return;
    }
    this.#waiting.set(topic, [message]);
    this.#core.turn.afterCommit(() => this.#flush(topic));
  }

  #flush(topic: string): void {
    const queue = this.#waiting.get(topic) ?? [];
    this.#waiting.delete(topic);
    for (const group of groupBySize(queue)) {
      const authors = new Set(group.map((message) => message.envelope.from as Did));
      this.#core.transport.publish(
        topic,
        encodeBatch(
          this.#core.self,
          group.map((message) => message.text),
          this.#parts.attachmentTexts(authors),
        ),
      );
    }
  }

  /**
   * A batch holds only its own node's agents' envelopes, so one provably bad envelope condemns the batch;
   * anything that depends on what this node happens to know is only ignored.
   */
  take(topic: string, origin: NodeId, batch: PacketOf<'batch'>): GossipVerdict {
    if (batch.node !== origin) return 'reject';
    if (!this.#parts.takeAttachments(batch.attachments)) return 'reject';
    const opened: SealedEnvelope[] = [];
    for (const object of batch.envelopes) {
      const message = this.#parts.openEnvelope(object as JsonObject);
      if (!message.ok) {
        this.#core.countIgnored('gossip', message.refusal.code);
        return provable.has(message.refusal.code) ? 'reject' : 'ignore';
      }
      if (!this.#isFrom(origin, message.value)) return 'ignore';
      opened.push(message.value);
    }
    for (const message of opened) this.#parts.onEnvelope(message, topic);
    return 'accept';
  }

  #isFrom(origin: NodeId, message: SealedEnvelope): boolean {
    return this.#parts.registry.locate(message.envelope.from as Did)?.node === origin;
  }
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
