/**
 * Gossipsub answers a request for several messages (IWANT) with one packet, and a receiver that bounds packets
 * closes the stream of a peer that sends a longer one. So honest nodes must cut their answers.
 */

/** Below the receiver's limit by the headers and signatures of the messages. */
const answerBytesMax = 192 * 1024;

/** A message as gossipsub keeps it. */
interface KeptMessage {
  readonly data?: Uint8Array | undefined;
}

/** The parts of gossipsub's class that its interface leaves out. */
interface GossipAnswering<Message extends KeptMessage> {
  handleIWant(peer: string, wanted: unknown): readonly Message[];
  sendRpc(peer: string, packet: { subscriptions: never[]; messages: readonly Message[] }): boolean;
}

/** From now on this gossipsub answers in packets that its own limits would let in. */
export function limitGossipAnswers(pubsub: unknown): void {
  const inside = pubsub as GossipAnswering<KeptMessage>;
  const answerAll = inside.handleIWant.bind(inside);
  inside.handleIWant = (peer, wanted) => {
    const [first = [], ...rest] = cutByBytes(answerAll(peer, wanted), answerBytesMax);
    for (const messages of rest) inside.sendRpc(peer, { subscriptions: [], messages });
    return first;
  };
}

/** Runs of messages of at most `bytesMax` together; a longer message is a run of its own. */
export function cutByBytes<Message extends KeptMessage>(
  messages: readonly Message[],
  bytesMax: number,
): readonly (readonly Message[])[] {
  const runs: Message[][] = [];
  let runBytes = 0;
  for (const message of messages) {
    const bytes = message.data?.length ?? 0;
    const run = runs.at(-1);
    if (run === undefined || runBytes + bytes > bytesMax) {
      runs.push([message]);
      runBytes = bytes;
    } else {
      run.push(message);
      runBytes += bytes;
    }
  }
  return runs;
}
