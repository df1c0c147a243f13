import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { DirectoryEvent, RecordValidator } from '../../protocol/ports.ts';
import { SimKernel } from '../clock/kernel.ts';
import { RandomStream } from '../clock/random.ts';
import { createLinkModel } from '../network/link-model.ts';
import { KademliaWorld } from './kademlia-directory.ts';
import { KademliaNetwork } from './kademlia-network.ts';
import { commonPrefix, compareDistance, readKey } from './key-space.ts';

function createNetwork(peerCount: number, seed = 1, bucketSize = 20) {
  const random = RandomStream.fromSeed(seed);
  const link = createLinkModel(
    { latency: { kind: 'uniform', minMs: 10, maxMs: 100 } },
    random.split('l'),
    peerCount,
  );
  const network = new KademliaNetwork({ link, random: random.split('k') }, { peerCount, bucketSize });
  return { network, random };
}

const everyone = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('the key space', () => {
  it('agrees with big integers on prefixes and distances', () => {
    const word = fc.nat(0xffffffff);
    const big = (high: number, low: number) => (BigInt(high) << 32n) | BigInt(low);
    fc.assert(
      fc.property(word, word, word, word, word, word, (ah, al, bh, bl, th, tl) => {
        const [a, b, target] = [big(ah, al), big(bh, bl), big(th, tl)];
        const left = a ^ target;
        const right = b ^ target;
        expect(Math.sign(compareDistance(ah, al, bh, bl, th, tl))).toBe(
          left < right ? -1 : left > right ? 1 : 0,
        );
        const text = (a ^ b).toString(2);
        expect(commonPrefix(ah, al, bh, bl)).toBe(a === b ? 64 : 64 - text.length);
      }),
    );
    expect(readKey(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).toEqual({ high: 0x01020304, low: 0x05060708 });
  });
});

describe('routing tables', () => {
  it('hold at most k contacts per bucket, each in its own bucket, never the peer itself', () => {
    const { network } = createNetwork(2000, 1, 8);
    network.startConverged(everyone(2000));
    for (let peer = 0; peer < 2000; peer += 97) {
      const contacts = network.tables.contactsOf(peer);
      expect(new Set(contacts).size).toBe(contacts.length);
      expect(contacts).not.toContain(peer);
      const perBucket = new Map<number, number>();
      for (const contact of contacts) {
        const bucket = network.tables.bucketOf(
          peer,
          network.tables.high[contact]!,
          network.tables.low[contact]!,
        );
        perBucket.set(bucket, (perBucket.get(bucket) ?? 0) + 1);
      }
      expect(Math.max(...perBucket.values())).toBeLessThanOrEqual(8);
      expect(perBucket.get(0)).toBe(8);
    }
  });

  it('answer with the closest of all their contacts, as a full sort would', () => {
    const { network, random } = createNetwork(500);
    network.startConverged(everyone(500));
    const { tables } = network;
    for (let i = 0; i < 200; i++) {
      const peer = random.below(500);
      const [high, low] = [random.uint32(), random.uint32()];
      const expected = tables
        .contactsOf(peer)
        .sort((a, b) => tables.compare(a, b, high, low))
        .slice(0, 20);
      expect(tables.closest(peer, high, low, 20)).toEqual(expected);
    }
  });
});

describe('lookups', () => {
  it('find the truly closest peers, in steps that grow with the logarithm of the network', () => {
    const hops = new Map<number, number>();
    for (const peerCount of [128, 1024, 8192]) {
      const { network, random } = createNetwork(peerCount, 2, 8);
      network.startConverged(everyone(peerCount));
      let right = 0;
      let hopSum = 0;
      for (let i = 0; i < 200; i++) {
        const [high, low] = [random.uint32(), random.uint32()];
        const found = network.lookup(random.below(peerCount), high, low);
        if (found.closest[0] === network.trulyClosest(high, low, 1)[0]) right++;
        hopSum += found.hops;
        expect(found.requestCount).toBeLessThan(60);
      }
      expect(right).toBeGreaterThanOrEqual(198);
      hops.set(peerCount, hopSum / 200);
    }
    const firstStep = hops.get(1024)! - hops.get(128)!;
    const secondStep = hops.get(8192)! - hops.get(1024)!;
    expect(firstStep).toBeGreaterThan(0.3);
    expect(Math.abs(secondStep - firstStep)).toBeLessThan(0.35);
  });

  it('still find them in a network that grew by joins alone', () => {
    const { network, random } = createNetwork(300, 3);
    for (let peer = 0; peer < 300; peer++) network.join(peer, peer === 0 ? undefined : random.below(peer));
    let right = 0;
    for (let i = 0; i < 100; i++) {
      const [high, low] = [random.uint32(), random.uint32()];
      const found = network.lookup(random.below(300), high, low);
      if (found.closest[0] === network.trulyClosest(high, low, 1)[0]) right++;
    }
    expect(right).toBeGreaterThanOrEqual(98);
  });

  it('pay for departed peers with timeouts, and forget them', () => {
    const { network, random } = createNetwork(1000, 4);
    network.startConverged(everyone(1000));
    for (let peer = 0; peer < 300; peer++) network.leave(peer);
    const first = network.lookup(500, random.uint32(), random.uint32());
    let timeouts = first.timeoutCount;
    let right = 0;
    for (let i = 0; i < 100; i++) {
      const [high, low] = [random.uint32(), random.uint32()];
      const found = network.lookup(500, high, low);
      timeouts += found.timeoutCount;
      expect(found.closest.every((peer) => peer >= 300)).toBe(true);
      if (found.closest[0] === network.trulyClosest(high, low, 1)[0]) right++;
    }
    expect(timeouts).toBeGreaterThan(50);
    expect(first.timeoutCount === 0 || first.durationMs >= 1000).toBe(true);
    expect(right).toBeGreaterThanOrEqual(95);
    expect(network.tables.contactsOf(500).filter((peer) => peer < 300).length).toBeLessThan(20);
  });

  it('miss more of the closest peers the more liars there are that name only liars', () => {
    const recall = (share: number) => {
      const { network, random } = createNetwork(1000, 5);
      network.startConverged(everyone(1000));
      network.makeLiars(everyone(Math.round(1000 * share)));
      let found = 0;
      for (let i = 0; i < 200; i++) {
        const [high, low] = [random.uint32(), random.uint32()];
        const wanted = new Set(network.trulyClosest(high, low, 20));
        const { closest } = network.lookup(999 - random.below(100), high, low);
        found += closest.filter((peer) => wanted.has(peer)).length;
      }
      return found / 200 / 20;
    };
    const recalls = [0, 0.4, 0.8].map(recall);
    expect(recalls[0]).toBeGreaterThan(0.99);
    expect(recalls[1]).toBeLessThan(recalls[0]!);
    expect(recalls[2]).toBeLessThan(recalls[1]! - 0.01);
  });
});

describe('the directory', () => {
  const nodeName = (index: number) => `did:key:z6MkNode${String(index).padStart(5, '0')}` as NodeId;
  /** A record is JSON `{ slot, seq, expiresAtMs }`. */
  const validateRecord: RecordValidator = (_key, record) => {
    try {
      return JSON.parse(Buffer.from(record).toString()) as ReturnType<RecordValidator>;
    } catch {
      return undefined;
    }
  };

  function createDirectories(count: number, isReachable?: (from: NodeId, to: NodeId) => boolean) {
    const kernel = new SimKernel();
    const random = RandomStream.fromSeed(8);
    const link = createLinkModel({ latency: { kind: 'constant', ms: 20 } }, random.split('l'), count);
    const world = new KademliaWorld(
      { kernel, random: random.split('k'), link, validateRecord, ...(isReachable ? { isReachable } : {}) },
      { nodesMax: count },
    );
    const events: DirectoryEvent[][] = [];
    const directories = everyone(count).map((index) => {
      const directory = world.attach(nodeName(index));
      events.push([]);
      directory.start((event) => events[index]!.push(event));
      return directory;
    });
    return { kernel, world, directories, events };
  }

  const key = new Uint8Array(32).fill(7);
  const record = (slot: string, seq: number, expiresAtMs = 9e15) =>
    utf8(JSON.stringify({ slot, seq, expiresAtMs }));

  it('keeps a record at the twenty closest nodes and finds it from anywhere, after the time of its round trips', () => {
    const { kernel, directories, events } = createDirectories(200);
    directories[3]!.putRecord('put', key, record('a', 1));
    expect(events[3]).toEqual([]);
    kernel.runFor(5000);
    expect(events[3]).toEqual([{ type: 'record-put', request: 'put', nodeCount: 20 }]);
    const before = kernel.nowMs();
    directories[150]!.getRecords('get', key);
    kernel.runFor(30);
    expect(events[150]).toEqual([]);
    kernel.runFor(5000);
    expect(events[150]).toEqual([
      { type: 'records-found', request: 'get', records: [record('a', 1)], answeredCount: 20 },
    ]);
    expect(kernel.nowMs()).toBeGreaterThan(before);
  });

  it('answers closest with nodes in order of distance, and counts its messages', () => {
    const { kernel, directories, events } = createDirectories(100);
    directories[1]!.closest('near', key, 5);
    kernel.runFor(5000);
    const [event] = events[1]!;
    expect(event).toMatchObject({ type: 'closest-found', request: 'near' });
    if (event?.type !== 'closest-found') return;
    expect(event.nodes).toHaveLength(5);
    expect(event.lookupMessageCount).toBeGreaterThanOrEqual(10);
  });

  it('never replaces a newer record by an older one, forgets expired ones, refuses invalid ones', () => {
    const { kernel, directories, events } = createDirectories(50);
    directories[1]!.putRecord('new', key, record('a', 2));
    directories[1]!.putRecord('short', key, record('b', 1, kernel.nowMs() + 10_000));
    directories[1]!.putRecord('bad', key, utf8('no record'));
    kernel.runFor(5000);
    directories[2]!.putRecord('old', key, record('a', 1));
    kernel.runFor(5000);
    expect(events[1]).toContainEqual({ type: 'directory-failed', request: 'bad', reason: 'invalid-record' });
    expect(events[2]).toEqual([{ type: 'record-put', request: 'old', nodeCount: 0 }]);
    kernel.runFor(10_000);
    directories[3]!.getRecords('get', key);
    kernel.runFor(5000);
    expect(events[3]![0]).toMatchObject({ records: [record('a', 2)] });
  });

  it('finds nothing across a partition, and loses what lying holders withhold', () => {
    let isCut = false;
    const isLeft = (node: NodeId) => node < nodeName(25);
    const { kernel, world, directories, events } = createDirectories(
      50,
      (from, to) => !isCut || isLeft(from) === isLeft(to),
    );
    directories[30]!.putRecord('put', key, record('a', 1));
    kernel.runFor(5000);
    isCut = true;
    directories[1]!.getRecords('cut', key);
    kernel.runFor(60_000);
    const cut = events[1]![0]!;
    expect(cut.type === 'records-found' && cut.answeredCount).toBeLessThan(25);
    isCut = false;
    for (let i = 0; i < 50; i++) world.setLie(nodeName(i), 'withhold');
    directories[2]!.getRecords('lied', key);
    kernel.runFor(60_000);
    expect(events[2]![0]).toMatchObject({ records: [] });
  });

  it('answers nothing to a node that has stopped meanwhile', () => {
    const { kernel, directories, events } = createDirectories(20);
    directories[0]!.getRecords('get', key);
    directories[0]!.stop();
    kernel.runFor(5000);
    expect(events[0]).toEqual([]);
  });
});
