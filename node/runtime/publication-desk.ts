/**
 * Publishes packets, all of one loop turn and topic as one publication: what a node says when it starts or an agent
 * joins (attachment, capabilities, beacon) crosses the mesh once and not three times. Gossip costs a mesh several
 * copies of each publication at each node, whatever its size.
 */
import { CompactMap } from '../../protocol/compact-map.ts';
import { limits } from '../../protocol/limits.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import { encodeBundle, type PacketOf } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface PublicationDesk {
  /** Leaves with this turn's commit. */
  publish(topic: string, packet: BundlePart): void;
}

export type BundlePart = PacketOf<'attachments'> | PacketOf<'machine'>;

export function createPublicationDesk(core: PeerCore): PublicationDesk {
  return new Publications(core);
}

class Publications implements PublicationDesk {
  readonly #core: PeerCore;
  readonly #waiting = new CompactMap<string, string[]>();

  constructor(core: PeerCore) {
    this.#core = core;
  }

  publish(topic: string, packet: BundlePart): void {
    const text = JSON.stringify(packet);
    const queue = this.#waiting.get(topic);
    if (queue !== undefined) return void queue.push(text);
    this.#waiting.set(topic, [text]);
    this.#core.turn.afterCommit(() => this.#flush(topic));
  }

  #flush(topic: string): void {
    const texts = this.#waiting.get(topic) ?? [];
    this.#waiting.delete(topic);
    for (const group of groupBySize(texts)) this.#core.transport.publish(topic, encodeBundle(group));
  }
}

/** One bad part condemns the whole, for one node published it; one new part is worth passing the whole on. */
export function judgeBundle(verdicts: readonly GossipVerdict[]): GossipVerdict {
  if (verdicts.includes('reject')) return 'reject';
  return verdicts.includes('accept') ? 'accept' : 'ignore';
}

/** Parts are ASCII but for the texts of capabilities, which are short: their length stands for their bytes. */
function groupBySize(texts: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [[]];
  let size = 0;
  for (const text of texts) {
    const isFull =
      size + text.length > limits.batchBytesMax || groups.at(-1)!.length >= limits.batchEnvelopesMax;
    if (isFull && groups.at(-1)!.length > 0) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(text);
    size += text.length;
  }
  return groups;
}
