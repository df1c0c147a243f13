/** The small parts under the transport, each against its own claims; time and streams are made by the test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import { createSimClock, createSimDisk, createSimRng, createSimScheduler } from '../../sim/shell/index.ts';
import { createBoundedDatastore } from './bounded-datastore.ts';
import { type DialCandidate, planDials, planRetryMs } from './dial-plan.ts';
import { encodeFrames, FrameReader } from './frame-reader.ts';
import { cutByBytes } from './gossip-answers.ts';
import { limitGossipArrivals } from './gossip-arrivals.ts';
import { createGossipGate } from './gossip-gate.ts';
import { createKnownPeers } from './known-peers.ts';
import { toNodeId, toPeerId } from './node-id.ts';
import { createPublishQueue } from './publish-queue.ts';
import { createRecordShelf, recordBytesMax, recordsPerKeyMax } from './record-shelf.ts';
import { TokenBucket } from './token-bucket.ts';

const nodeOf = (byte: number) => `did:key:z6Mk${byte}` as NodeId;

describe('FrameReader', () => {
  it('gives back what was framed, however the bytes are cut', () => {
    const anyMessages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const anyCuts = fc.array(fc.nat({ max: 400 }), { maxLength: 20 });
    fc.assert(
      fc.property(anyMessages, anyCuts, (messages, cuts) => {
        const bytes = encodeFrames(messages);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const reader = new FrameReader(40);
        const frames = places
          .slice(1)
          .flatMap((end, index) => reader.push(bytes.subarray(places[index], end))!);
        expect(frames.map((frame) => [...frame])).toEqual(messages.map((message) => [...message]));
        expect(reader.bufferedBytes).toBe(0);
      }),
      { seed: 3 },
    );
  });

  it('refuses a frame that says it is one byte too long, before the bytes come', () => {
    expect(new FrameReader(256).push(Uint8Array.of(0, 0, 1, 0))).toEqual([]);
    expect(new FrameReader(256).push(Uint8Array.of(0, 0, 1, 1))).toBeUndefined();
    expect(new FrameReader(256).push(Uint8Array.of(0, 0, 0, 1, 9, 255, 255, 255, 255))).toBeUndefined();
    const slow = new FrameReader(256);
    expect(slow.push(Uint8Array.of(255))).toEqual([]);
    expect(slow.push(Uint8Array.of(255, 255))).toEqual([]);
    expect(slow.push(Uint8Array.of(255))).toBeUndefined();
  });

  it('does not keep a chunk in memory for the sake of a small frame', () => {
    const chunk = encodeFrames([Uint8Array.of(1), new Uint8Array(60_000)]);
    const [small] = new FrameReader(60_000).push(chunk)!;
    expect(small!.buffer.byteLength).toBe(1);
  });
});

describe('TokenBucket', () => {
  it('gives the burst at once, then the rate, and never more than the burst after a rest', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, 0);
    const takenAt = (nowMs: number) => {
      let count = 0;
      while (bucket.take(1, nowMs)) count++;
      return count;
    };
    expect([takenAt(0), takenAt(99), takenAt(100), takenAt(300), takenAt(100_000)]).toEqual([5, 0, 1, 2, 5]);
  });

  it('says how long to wait for what was taken in advance', () => {
    const bucket = new TokenBucket({ perSecond: 1_000, burst: 100 }, 0);
    expect([bucket.takeInAdvance(100, 0), bucket.takeInAdvance(50, 0), bucket.takeInAdvance(0, 50)]).toEqual([
      0, 50, 0,
    ]);
  });
});

describe('planDials', () => {
  const candidate = (key: string, facts: Partial<DialCandidate> = {}): DialCandidate => ({
    key,
    isPinned: false,
    isConnected: false,
    isDialing: false,
    retryAtMs: 0,
    ...facts,
  });
  const plan = (candidates: DialCandidate[], connectionsWanted = 2, parallelMax = 9) =>
    planDials({ nowMs: 100, candidates, connectionsWanted, parallelMax }).map(({ key }) => key);

  it('dials until enough are connected or under way, the longest due first', () => {
    const due = [
      candidate('later', { retryAtMs: 90 }),
      candidate('sooner', { retryAtMs: 10 }),
      candidate('soonest'),
    ];
    expect(plan(due)).toEqual(['soonest', 'sooner']);
    expect(plan([...due, candidate('up', { isConnected: true })])).toEqual(['soonest']);
    expect(
      plan([...due, candidate('up', { isConnected: true }), candidate('under way', { isDialing: true })]),
    ).toEqual([]);
  });

  it('dials what the configuration names whatever is connected, but nobody before their time', () => {
    const connected = [1, 2, 3].map((i) => candidate(`${i}`, { isConnected: true }));
    const pinned = candidate('pinned', { isPinned: true, retryAtMs: 100 });
    expect(plan([...connected, pinned])).toEqual(['pinned']);
    expect(plan([...connected, { ...pinned, retryAtMs: 101 }])).toEqual([]);
  });

  it('dials no more at a time than it may', () => {
    const many = Array.from({ length: 20 }, (_, i) => candidate(`${i}`, { isPinned: true }));
    expect(plan(many, 24, 8).length).toBe(8);
    expect(plan([...many, candidate('x', { isDialing: true })], 24, 8).length).toBe(7);
  });

  it('waits longer after each failure, never over a minute, and not all equally long', () => {
    expect([1, 2, 3].map((count) => planRetryMs(count, 0))).toEqual([500, 1_000, 2_000]);
    expect(planRetryMs(1_000, 0)).toBe(60_000);
    expect(planRetryMs(1_000, 0.999)).toBeLessThan(31_000);
  });
});

describe('GossipGate', () => {
  function createGate() {
    const scheduler = createSimScheduler();
    return { scheduler, gate: createGossipGate({ clock: createSimClock(scheduler) }) };
  }

  it('admits a burst of one neighbour, then its rate, and lets nobody else wait for it', () => {
    const { scheduler, gate } = createGate();
    const admittedOf = (node: NodeId, count: number) =>
      Array.from({ length: count }, () => gate.admit(node, 10)).filter(Boolean).length;
    expect(admittedOf(nodeOf(1), 5_000)).toBe(1_000);
    expect(admittedOf(nodeOf(2), 100)).toBe(100);
    scheduler.runFor(1_000);
    expect(admittedOf(nodeOf(1), 5_000)).toBe(500);
    expect(gate.counts).toMatchObject({ admitted: 1_600, overRate: 8_500 });
  });

  it('lets twice the rate arrive, copies and all, and drops the rest unseen', async () => {
    const { scheduler, gate } = createGate();
    const rng = createSimRng(3);
    const [loud, quiet] = [toPeerId(encodeDid(rng.bytes(32)))!, toPeerId(encodeDid(rng.bytes(32)))!];
    const handled: string[] = [];
    const pubsub = { handleReceivedMessage: async (from: unknown) => void handled.push(String(from)) };
    limitGossipArrivals(pubsub, (neighbour) => gate.arrive(toNodeId(neighbour)!));
    for (let i = 0; i < 3_000; i++) await pubsub.handleReceivedMessage(loud);
    expect(handled.length).toBe(2_000);
    await pubsub.handleReceivedMessage(quiet);
    scheduler.runFor(1_000);
    for (let i = 0; i < 3_000; i++) await pubsub.handleReceivedMessage(loud);
    expect(handled.length).toBe(3_001);
    expect(gate.counts).toMatchObject({ arrived: 3_001, overArrivalRate: 3_000 });
  });

  it('lets so many messages and bytes wait for a verdict, and more when verdicts came', () => {
    const { gate } = createGate();
    const verdicts: GossipVerdict[] = [];
    const give = Array.from({ length: 1_024 }, () => gate.await(10, (verdict) => verdicts.push(verdict)));
    expect(gate.admit(nodeOf(1), 10)).toBe(false);
    give[0]!('accept');
    give[0]!('reject');
    expect(gate.admit(nodeOf(1), 10)).toBe(true);
    expect(gate.admit(nodeOf(1), 16 * 1024 * 1024)).toBe(false);
    expect(verdicts).toEqual(['accept']);
    expect(gate.counts.overQueue).toBe(2);
  });

  it('ignores what nobody judged in time, once, and leaves no timer when all is judged', () => {
    const { scheduler, gate } = createGate();
    const verdicts: GossipVerdict[] = [];
    const give = gate.await(10, (verdict) => verdicts.push(verdict));
    scheduler.runFor(2_000);
    give('accept');
    expect(verdicts).toEqual(['ignore']);
    expect(gate.counts.late).toBe(1);
    expect(scheduler.pendingCount).toBe(0);
  });
});

describe('PublishQueue', () => {
  function createQueue() {
    const scheduler = createSimScheduler();
    const ready = new Set<string>();
    const sent: string[] = [];
    const givenUp: [string, string][] = [];
    const queue = createPublishQueue(
      {
        clock: createSimClock(scheduler),
        isReady: (topic) => ready.has(topic),
        publish: async (topic, bytes) => {
          sent.push(`${topic}${bytes.length}`);
          return 1;
        },
        onGivenUp: (topic, reason) => givenUp.push([topic, reason]),
      },
      { waitMs: 1_000 },
    );
    return { scheduler, ready, sent, givenUp, queue };
  }

  it('sends what waited for a topic in its order, before what comes later', () => {
    const { ready, sent, queue, scheduler } = createQueue();
    for (const length of [1, 2]) queue.push('a', new Uint8Array(length));
    ready.add('a');
    queue.push('a', new Uint8Array(3));
    expect(sent).toEqual([]);
    scheduler.runFor(50);
    expect(sent).toEqual(['a1', 'a2', 'a3']);
    queue.push('a', new Uint8Array(4));
    expect(sent.at(-1)).toBe('a4');
    scheduler.runFor(1_000);
    expect(scheduler.pendingCount).toBe(0);
  });

  it('gives up with a reason: nobody came, too much waits, or the node stops', () => {
    const { givenUp, queue, scheduler } = createQueue();
    queue.push('a', new Uint8Array(1));
    scheduler.runFor(1_100);
    expect(givenUp).toEqual([['a', 'no-peers']]);
    for (let i = 0; i < 65; i++) queue.push('b', new Uint8Array(128 * 1024));
    expect(givenUp.at(-1)).toEqual(['b', 'queue-full']);
    expect(queue.queuedCount).toBe(64);
    queue.stop();
    expect(givenUp.filter(([, reason]) => reason === 'stopped').length).toBe(64);
  });
});

describe('cutByBytes', () => {
  it('keeps every message once, in order, in runs under the limit', () => {
    const anyLengths = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 30 });
    fc.assert(
      fc.property(anyLengths, (lengths) => {
        const messages = lengths.map((length) => ({ data: new Uint8Array(length) }));
        const runs = cutByBytes(messages, 100);
        expect(runs.flat()).toEqual(messages);
        for (const run of runs) {
          const bytes = run.reduce((sum, message) => sum + message.data.length, 0);
          expect(run.length === 1 || bytes <= 100).toBe(true);
        }
      }),
      { seed: 1 },
    );
  });
});

describe('RecordShelf', () => {
  const key = new Uint8Array(32);
  const facts = { slot: 'anna', seq: 1, expiresAtMs: 1_000 };

  it('keeps so many records under one key, and makes room when some expire', () => {
    const shelf = createRecordShelf((_, record) => ({
      ...facts,
      slot: `${record[0]}`,
      expiresAtMs: record[1]!,
    }));
    const put = (slot: number, expiresAtMs: number, nowMs = 0) =>
      shelf.put(key, Uint8Array.of(slot, expiresAtMs), nowMs);
    for (let slot = 0; slot < recordsPerKeyMax; slot++) expect(put(slot, slot === 5 ? 10 : 200)).toBe(true);
    expect(put(200, 200)).toBe(false);
    expect(put(200, 200, 10)).toBe(true);
    expect(shelf.get(key, 199).length).toBe(recordsPerKeyMax);
    expect(shelf.get(key, 200)).toEqual([]);
    expect(shelf.bytes).toBe(0);
  });

  it('bounds all keys together in bytes', () => {
    const shelf = createRecordShelf(() => facts);
    const record = new Uint8Array(recordBytesMax);
    let keptCount = 0;
    for (let i = 0; i < 5_000; i++) {
      const place = new Uint8Array(32);
      new DataView(place.buffer).setUint32(0, i);
      if (shelf.put(place, record, 0)) keptCount++;
    }
    expect(keptCount).toBe(Math.floor((16 * 1024 * 1024) / (recordBytesMax + 256)));
    expect(shelf.put(key, new Uint8Array(recordBytesMax + 1), 0)).toBe(false);
  });

  it('keeps one of two records with one number, the same at every holder', () => {
    const [low, high] = [Uint8Array.of(1), Uint8Array.of(2)];
    for (const order of [
      [low, high],
      [high, low],
    ]) {
      const shelf = createRecordShelf(() => facts);
      for (const record of order) shelf.put(key, record, 0);
      expect(shelf.get(key, 0)).toEqual([high]);
    }
  });

  it('keeps nothing longer than a day, whatever the record says', () => {
    const shelf = createRecordShelf(() => ({ ...facts, expiresAtMs: Number.MAX_SAFE_INTEGER }));
    shelf.put(key, Uint8Array.of(1), 0);
    expect(shelf.get(key, 86_399_999).length).toBe(1);
    expect(shelf.get(key, 86_400_000)).toEqual([]);
  });
});

describe('BoundedDatastore', () => {
  const keyOf = (name: string) =>
    ({ toString: () => name }) as Parameters<ReturnType<typeof createBoundedDatastore>['put']>[0];

  it('refuses Kademlia values and providers, and forgets the entry written longest ago', async () => {
    const store = createBoundedDatastore();
    expect(() => store.put(keyOf('/dht/record/x'), new Uint8Array())).toThrow();
    expect(() => store.put(keyOf('/dht/provider/x'), new Uint8Array())).toThrow();
    for (let i = 0; i <= 10_000; i++) store.put(keyOf(`/peers/${i}`), Uint8Array.of(1));
    expect(store.has(keyOf('/peers/0'))).toBe(false);
    expect(store.has(keyOf('/peers/10000'))).toBe(true);
    const found: string[] = [];
    for await (const { key } of store.query({ prefix: '/peers/999' })) found.push(key.toString());
    expect(found.length).toBe(11);
  });
});

describe('KnownPeers', () => {
  it('keeps the thousand seen last, and skips rows that it cannot read', () => {
    const scheduler = createSimScheduler();
    const store = createSimDisk().open();
    const known = createKnownPeers({ store, clock: createSimClock(scheduler) });
    const rng = createSimRng(1);
    const nodes = Array.from({ length: 1_003 }, () => encodeDid(rng.bytes(32)));
    for (const node of nodes) {
      known.remember(node, ['/ip4/10.0.0.1/tcp/1']);
      scheduler.runFor(1);
    }
    store.commit([{ bucket: 'known-peers', key: encodeDid(rng.bytes(32)), value: 'not JSON' }]);
    const listed = known.list().map(({ node }) => node);
    expect(listed.slice(0, 2)).toEqual([nodes[1_002], nodes[1_001]]);
    expect(new Set(listed)).toEqual(new Set(nodes.slice(3)));
  });
});

describe('node ids', () => {
  it('are two spellings of one key', () => {
    const rng = createSimRng(2);
    for (let i = 0; i < 20; i++) {
      const node = encodeDid(rng.bytes(32));
      expect(toNodeId(toPeerId(node)!)).toBe(node);
    }
    expect(toPeerId('did:key:nobody' as NodeId)).toBeUndefined();
  });
});
