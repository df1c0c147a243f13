/**
 * Gossipsub checks a message's signature, and remembers its id for two minutes, before any validator of ours is
 * asked. A neighbour that signs thousands of messages a second would cost the processor and the memory first. So
 * it is counted where its messages arrive.
 */
import type { PeerId } from '@libp2p/interface';

/** The part of gossipsub's class that its interface leaves out. */
interface GossipArriving {
  handleReceivedMessage(from: PeerId, message: unknown): Promise<void>;
}

/** From now on a message is looked at only if its neighbour may bring one. What is dropped counts for nobody. */
export function limitGossipArrivals(pubsub: unknown, mayArrive: (neighbour: PeerId) => boolean): void {
  const inside = pubsub as GossipArriving;
  const handle = inside.handleReceivedMessage.bind(inside);
  inside.handleReceivedMessage = async (from, message) => {
    if (mayArrive(from)) await handle(from, message);
  };
}
