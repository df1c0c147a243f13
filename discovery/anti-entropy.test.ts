import { describe, expect, test } from 'vitest';
import type { NodeId } from '../protocol/brand.ts';
import { createFakeKeys, didOf } from '../test/discovery/fakes.ts';
import { AntiEntropy, sessionGapMs, sessionRestMaxMs } from './anti-entropy.ts';
import { BucketDigests } from './bucket-digests.ts';
import { syncBucketCount } from './index-messages.ts';
import { PresenceLeases } from './presence-leases.ts';
import { bucketOf, RecordTable } from './record-table.ts';

const [self, first, second] = [0, 1, 2].map((number) => didOf(number, 'node') as NodeId);
const stepMs = 100;

/** When the second neighbour is asked, the first having answered at once, while something changes until `untilMs`. */
function secondAskedAtMs(untilMs: number): number {
  const { hash } = createFakeKeys();
  const sync = new AntiEntropy({
    self: self!,
    digests: new BucketDigests<NodeId>({ hash, eachName: () => undefined, describe: String }),
    table: new RecordTable((text) => text),
    leases: new PresenceLeases(),
    mayNodeSee: () => false,
  });
  expect(sync.enqueue(first!, 0)).toHaveLength(1);
  expect(sync.enqueue(second!, 0)).toEqual([]);
  expect(sync.beaconsTaken(first!, [], true, 0)).toEqual([]);
  for (let nowMs = 0; ; nowMs += stepMs) {
    if (nowMs <= untilMs) sync.changed(nowMs);
    const isDue = sync.takeDueAtMs() <= nowMs;
    const sent = sync.wake(nowMs);
    expect(sent).toHaveLength(isDue ? 1 : 0);
    if (isDue) return nowMs;
  }
}

describe('comparing with the next neighbour', () => {
  test.each([
    ['follows after a gap where nothing changes', -1, sessionGapMs],
    ['waits until nothing has changed for a gap', 1_500, 1_500 + sessionGapMs],
    ['waits no longer than a rest, however long nodes keep coming', 60_000, sessionRestMaxMs],
  ])('%s', (_, untilMs, expectedMs) => {
    expect(secondAskedAtMs(untilMs)).toBe(expectedMs);
  });
});

test('comparing rests twice as long after each neighbour in a row that had nothing to add, until one comes', () => {
  const { hash } = createFakeKeys();
  const sync = new AntiEntropy({
    self: self!,
    digests: new BucketDigests<NodeId>({ hash, eachName: () => undefined, describe: String }),
    table: new RecordTable((text) => text),
    leases: new PresenceLeases(),
    mayNodeSee: () => false,
  });
  const peers = Array.from({ length: 12 }, (_, at) => didOf(at + 10, 'node') as NodeId);
  const askedAtMs: number[] = [];
  const answer = (sent: readonly { readonly to: NodeId }[], nowMs: number) => {
    for (const { to } of sent) {
      askedAtMs.push(nowMs / sessionGapMs);
      sync.beaconsTaken(to, [], true, nowMs);
    }
  };
  for (const peer of peers.slice(0, 10)) answer(sync.greet(peer, 0), 0);
  for (let nowMs = 0; nowMs <= 80_000; nowMs += stepMs) answer(sync.wake(nowMs), nowMs);
  expect(askedAtMs).toEqual([0, 1, 2, 4, 8, 16, 32, 62]);
  answer(sync.greet(peers[10]!, 80_500), 80_500);
  for (let nowMs = 80_500; nowMs <= 85_000; nowMs += stepMs) answer(sync.wake(nowMs), nowMs);
  expect(askedAtMs.slice(8)).toEqual([81.5, 82.5, 84.5]);
});

describe('bucket digests', () => {
  test('are not made of what goes to a node that holds nothing', () => {
    let hashCount = 0;
    const { hash } = createFakeKeys();
    const digests = new BucketDigests<NodeId>({
      hash(bytes) {
        hashCount++;
        return hash(bytes);
      },
      eachName: (visit) => [self!, first!, second!].forEach(visit),
      describe: String,
    });
    for (const node of [self!, first!, second!]) digests.changed(node);
    const nothing = Array.from({ length: syncBucketCount }, () => '');
    expect([...digests.namesWhereDifferent(nothing)].sort()).toEqual([self!, first!, second!].sort());
    expect(hashCount).toBe(0);
    const same = digests.list();
    expect(digests.namesWhereDifferent(same)).toEqual([]);
    const other = same.map((digest, at) => (at === bucketOf(self!, syncBucketCount) ? 'other' : digest));
    expect(digests.namesWhereDifferent(other)).toContain(self);
  });
});
