/**
 * Kademlia's node lookup, stopped as soon as it can be: when the `count` closest nodes known have answered. kad-dht's
 * own lookup always goes on to twenty, which costs three times as many messages when three nodes are wanted.
 * @see Maymounkov and Mazières 2002, Kademlia, section 2.3
 */
import type { PeerId } from '@libp2p/interface';
import { compareBytes } from '../../protocol/bytes.ts';

/** Kademlia's alpha: requests under way at once. */
const parallelMax = 3;
/** Nodes that one lookup may ask: it halves the distance with each step, so a mesh of 2^32 needs fewer. */
const askedMax = 64;
/** Nodes that one answer may name; honest ones name twenty. */
const namedMax = 32;

export interface LookupComponents {
  readonly self: PeerId;
  /** Where a peer lies: the 32 bytes that the distance is taken over. */
  readonly placeOf: (peer: PeerId) => Uint8Array;
  /** The closest that this node knows itself. */
  readonly known: readonly PeerId[];
  /** Ask a peer for the closest that it knows; rejects when it does not answer. */
  readonly ask: (peer: PeerId, signal: AbortSignal) => Promise<readonly PeerId[]>;
}

export interface Lookup {
  /** Those that answered, and this node itself, closest first, at most `count`. */
  readonly peers: readonly PeerId[];
  /** How far each lies from the target, 32 bytes. */
  readonly distances: readonly Uint8Array[];
  /** Requests and answers. */
  readonly messageCount: number;
}

interface Candidate {
  readonly peer: PeerId;
  readonly distance: Uint8Array;
  state: 'new' | 'asked' | 'answered' | 'failed';
}

/** Find the `count` nodes closest to `target` (32 bytes). This node counts as one that answered. */
export async function findClosest(
  components: LookupComponents,
  { target, count, signal }: { target: Uint8Array; count: number; signal: AbortSignal },
): Promise<Lookup> {
  const { self, known, placeOf, ask } = components;
  const candidates = new Map<string, Candidate>();
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  const together = AbortSignal.any([signal, stop.signal]);
  let askedCount = 0;
  let answeredCount = 0;

  function add(peers: readonly PeerId[]): void {
    for (const peer of peers.slice(0, namedMax)) {
      const name = peer.toString();
      if (candidates.has(name)) continue;
      const distance = placeOf(peer).map((byte, at) => byte ^ target[at]!);
      candidates.set(name, { peer, distance, state: 'new' });
    }
  }

  /** The closest that have not failed: the lookup is over when all of them have answered. */
  function wanted(): readonly Candidate[] {
    return [...candidates.values()]
      .filter(({ state }) => state !== 'failed')
      .sort((a, b) => compareBytes(a.distance, b.distance))
      .slice(0, count);
  }

  async function askOne(candidate: Candidate): Promise<void> {
    candidate.state = 'asked';
    askedCount += 1;
    try {
      const closer = await ask(candidate.peer, together);
      candidate.state = 'answered';
      answeredCount += 1;
      add(closer);
    } catch {
      // A dead node is normal life: the next closest takes its place.
      candidate.state = 'failed';
    }
  }

  add([self, ...known]);
  candidates.get(self.toString())!.state = 'answered';
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = wanted().find(({ state }) => state === 'new');
      if (next !== undefined && running.size < parallelMax && askedCount < askedMax) {
        const one = askOne(next).finally(() => running.delete(one));
        running.add(one);
      } else if (running.size === 0 || wanted().every(({ state }) => state === 'answered')) break;
      else await Promise.race(running);
    }
  } finally {
    stop.abort(new Error('the lookup is over'));
  }
  const answered = wanted().filter(({ state }) => state === 'answered');
  return {
    peers: answered.map(({ peer }) => peer),
    distances: answered.map(({ distance }) => distance),
    messageCount: askedCount + answeredCount,
  };
}
