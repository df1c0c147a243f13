/**
 * Every attack that was measured against plain Yjs, and the outcome here. The bytes are made by hand, since no
 * honest library would make them.
 */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  ByteWriter,
  clientOfEpoch,
  type FrameMark,
  GrammarIndex,
  parseUpdate,
  Refused,
  writeUpdate,
} from '../../crdt/frames/index.ts';
import {
  type Frame,
  type FrameContent,
  frameSignature,
  type Membership,
  readFrameRecord,
  toFrameRecord,
} from '../../crdt/index.ts';
import { decodeDid } from '../../protocol/did.ts';
import type { Keys } from '../../protocol/ports.ts';
import { checkSignature, type Verified } from '../../protocol/signing.ts';
import {
  didOf,
  everyoneMayWrite,
  fakeSign,
  hash,
  members,
  mesh,
  signFrame,
  space,
  TestNode,
} from './harness.ts';

const attacker = 5;
const victim = 9;
const mark: FrameMark = { epoch: 'e', seq: 0, at: 0, members: '' };

/** The attacker's own index: `k0`…`k3` written, `k1` overwritten twice; end clock 6. */
function openIndex(): GrammarIndex {
  const index = new GrammarIndex(attacker);
  const write = (edits: Parameters<typeof writeUpdate>[1]) => {
    const checked = index.check(parseUpdate(writeUpdate(index, edits)!) as never);
    index.apply(checked as never, mark);
  };
  write([0, 1, 2, 3].map((i) => ({ key: `k${i}`, value: i })));
  write([{ key: 'k1', value: 'again' }]);
  write([{ key: 'k1', value: 'and again' }]);
  return index;
}

type Part = number | string | Uint8Array | { readonly raw: readonly number[] };

/** Numbers as varints, texts with their length, bytes and `raw` as they are. */
function bytesOf(...parts: Part[]): Uint8Array {
  const writer = new ByteWriter();
  for (const part of parts) {
    if (typeof part === 'number') writer.varUint(part);
    else if (typeof part === 'string') writer.text(part);
    else writer.raw(part instanceof Uint8Array ? part : Uint8Array.from(part.raw));
  }
  return writer.take();
}

/** One block of one struct at the attacker's end clock, without deletes. */
function oneStruct(...struct: Part[]): Uint8Array {
  return bytesOf(1, 1, attacker, 6, ...struct, 0);
}

function judge(update: Uint8Array, index = openIndex()): string {
  const startedAt = performance.now();
  const parsed = parseUpdate(update);
  const outcome = parsed instanceof Refused ? parsed : index.check(parsed);
  expect(performance.now() - startedAt).toBeLessThan(50);
  return outcome instanceof Refused ? outcome.reason : 'accepted';
}

const raw = (...bytes: number[]) => ({ raw: bytes });
/** Info bytes: content kind, 0x80 origin, 0x40 right origin, 0x20 key. */
const anyWithKey = raw(8 | 0x20);
const anyAfterOrigin = raw(8 | 0xa0);
const value = raw(1, 125, 7);

describe('attacks on what another author wrote', () => {
  test('a foreign delete set of length 10^12 is refused', () => {
    expect(judge(bytesOf(0, 1, victim, 1, 0, 10 ** 12))).toBe('client');
  });
  test('a foreign delete set beside an own write is refused', () => {
    expect(
      judge(bytesOf(1, 1, attacker, 6, anyWithKey, 1, 'entries', 'new', value, 1, victim, 1, 0, 5)),
    ).toBe('client');
  });
  test('a delete set that reaches beyond the own end is refused', () => {
    expect(judge(bytesOf(0, 1, attacker, 1, 0, 10 ** 12))).toBe('delete-set');
  });
  test('a GC struct with the victim as client is refused', () => {
    expect(judge(bytesOf(1, 1, victim, 0, raw(0), 2 ** 40, 0))).toBe('content-kind');
  });
  test('an own GC struct is refused', () => {
    expect(judge(oneStruct(raw(0), 5))).toBe('content-kind');
  });
  test('an item whose origin is the victim’s map item is refused', () => {
    expect(judge(oneStruct(anyAfterOrigin, victim, 0, value))).toBe('client');
  });
  test('an item with only a right origin is refused', () => {
    expect(judge(oneStruct(raw(8 | 0x40 | 0x20), victim, 0, value))).toBe('right-origin');
  });
  test('a write in the victim’s name is refused', () => {
    expect(judge(bytesOf(1, 1, victim, 6, anyWithKey, 1, 'entries', 'k', value, 0))).toBe('client');
  });
  test('a second client block is refused', () => {
    expect(
      judge(bytesOf(2, 1, attacker, 6, anyWithKey, 1, 'entries', 'k', value, 1, victim, 0, raw(0), 1, 0)),
    ).toBe('client-blocks');
  });
  test('another root is refused, so no type is created by parsing', () => {
    expect(judge(oneStruct(anyWithKey, 1, 'other', 'k', value))).toBe('root');
  });
  test('a parent named by id is refused', () => {
    expect(judge(oneStruct(anyWithKey, 0, victim, 0, 'k', value))).toBe('parent');
  });
});

describe('attacks on the process', () => {
  test('a struct count of 3·10^7 in nine bytes is refused before anything is reserved', () => {
    expect(judge(bytesOf(1, 30_000_000, attacker, 0))).toBe('count');
  });
  test('run-length GC structs in V2 are refused', () => {
    const doc = new Y.Doc();
    doc.getMap('entries').set('k', 1);
    expect(judge(Y.encodeStateAsUpdateV2(doc))).not.toBe('accepted');
    expect(judge(bytesOf(0, raw(0, 2, 0x41, 0, 0, 0, 0, 0, 1, 0x40, 0xbf, 0x84, 0x3d), 1, 1, 5, 0))).not.toBe(
      'accepted',
    );
  });
  test('a clock gap is refused, so nothing is ever pending', () => {
    expect(judge(bytesOf(1, 1, attacker, 700, anyWithKey, 1, 'entries', 'k', value, 0))).toBe('clock');
  });
  test('a clock that overlaps what was written is refused', () => {
    expect(judge(bytesOf(1, 1, attacker, 5, anyWithKey, 1, 'entries', 'k', value, 0))).toBe('clock');
  });
  test('an item that names itself as origin is refused', () => {
    expect(judge(oneStruct(anyAfterOrigin, attacker, 6, value))).toBe('origin');
  });
  test('content of length zero is refused', () => {
    expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k', 0))).toBe('length');
    expect(judge(oneStruct(raw(1 | 0x20), 1, 'entries', 'k', 0))).toBe('length');
  });
  test('several values in one keyed item are refused', () => {
    expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k', raw(2, 125, 7, 125, 8)))).toBe('length');
  });
  test('an item amid a key’s chain is refused (the GC throw of 32 bytes needs one)', () => {
    expect(judge(oneStruct(anyAfterOrigin, attacker, 1, value))).toBe('origin');
    expect(judge(oneStruct(anyAfterOrigin, attacker, 4, value))).toBe('origin');
    expect(judge(oneStruct(anyAfterOrigin, attacker, 5, value))).toBe('accepted');
  });
  test('a second first write of a key is refused', () => {
    expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k0', value))).toBe('parent');
  });
  test('56 kB of unkeyed items with scattered right origins are refused', () => {
    const items = Array.from(
      { length: 4_000 },
      (_, i) => [raw(8 | 0x40), attacker, (i * 7919) % 6, value] as Part[],
    ).flat();
    expect(judge(bytesOf(1, 4_000, attacker, 6, ...items, 0))).not.toBe('accepted');
  });
  test('subdocuments are refused before a Doc is built', () => {
    expect(judge(oneStruct(raw(9 | 0x20), 1, 'entries', 'k', 'guid', raw(118, 0)))).toBe('content-kind');
    const many = Array.from({ length: 20_000 }, () => [raw(9 | 0x20), 'g', raw(118, 0)] as Part[]).flat();
    expect(judge(bytesOf(1, 20_000, attacker, 6, ...many, 0))).toBe('too-large');
  });
  test('200,000 nested arrays are refused, and so are 20 within the size limit', () => {
    expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k', { raw: [1, ...Array(400_000).fill(117)] }))).toBe(
      'too-large',
    );
    const deep = [...Array(20).fill([117, 1]).flat(), 126];
    expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k', raw(1, ...deep)))).toBe('depth');
  });
  test('nested types, embeds, formats and texts are refused', () => {
    for (const kind of [2, 4, 5, 6, 7]) {
      expect(judge(oneStruct(raw(kind | 0x20), 1, 'entries', 'k', raw(1, 1, 1)))).toBe('content-kind');
    }
  });
  test('a Skip, also one with high bits set, is refused', () => {
    for (const info of [10, 10 | 0x80, 10 | 0x20, 10 | 0xe0]) {
      expect(judge(oneStruct(raw(info), 5, 0, 0))).toBe('content-kind');
    }
  });
  test('trailing bytes, long varints and an empty update are refused', () => {
    expect(judge(bytesOf(1, 1, attacker, 6, anyWithKey, 1, 'entries', 'k', value, 0, 0))).toBe(
      'trailing-bytes',
    );
    expect(judge(bytesOf(1, raw(0x81, 0), attacker, 6))).toBe('varint');
    expect(judge(bytesOf(0, 0))).toBe('empty');
  });
});

describe('attacks on who reads the view', () => {
  test('`__proto__`, `constructor` and `prototype` are refused as entry key and as object key', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      expect(judge(oneStruct(anyWithKey, 1, 'entries', key, value))).toBe('forbidden-key');
      expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k', raw(1, 118), 1, key, raw(125, 1)))).toBe(
        'forbidden-key',
      );
    }
  });
  test('bigint, undefined, NaN, infinity and minus zero are refused', () => {
    const entry = (...content: number[]) =>
      judge(oneStruct(anyWithKey, 1, 'entries', 'k', raw(1, ...content)));
    expect(entry(122, 0, 0, 0, 0, 0, 0, 0, 1)).toBe('content-kind');
    expect(entry(127)).toBe('content-kind');
    expect(entry(124, 0x7f, 0xc0, 0, 0)).toBe('number');
    expect(entry(123, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0)).toBe('number');
    expect(entry(125, 0x40)).toBe('number');
  });
  test('a key twice in one object is refused', () => {
    expect(
      judge(oneStruct(anyWithKey, 1, 'entries', 'k', raw(1, 118), 2, 'a', raw(126), 'a', raw(126))),
    ).toBe('duplicate-key');
  });
  test('malformed UTF-8 is refused', () => {
    expect(judge(oneStruct(anyWithKey, 1, 'entries', 'k', raw(1, 119, 2, 0xc3, 0x28)))).toBe('utf8');
  });
});

const alice = didOf('alice');
const mallory = didOf('mallory');
const epoch = '00000005'.padEnd(32, '0');

/** A signed frame that writes one key, at any place of the author's chain. */
function frameOf(change: Partial<FrameContent> = {}, key = 'k', clock = change.seq ?? 0): Verified<Frame> {
  const update = writeUpdate(
    { client: clientOfEpoch(change.epoch ?? epoch), endClock: clock, find: () => undefined },
    [{ key, value: 1 }],
  )!;
  return signFrame({
    mesh,
    space,
    author: mallory,
    epoch,
    seq: 0,
    prev: '',
    members,
    at: 1_000_000,
    update,
    ...change,
  });
}

function give(node: TestNode, frame: Verified<Frame>): string {
  const effects = node.give({ type: 'frame-received', from: didOf('relay'), frame });
  const ignored = effects.find((effect) => effect.type === 'ignored');
  return ignored === undefined ? 'accepted' : (ignored as { reason: string }).reason;
}

describe('attacks on the chain and the replica', () => {
  test('a frame that names another author does not verify', () => {
    const record = toFrameRecord({
      ...frameOf(),
      author: alice,
      sig: fakeSign(mallory, frameOf().signedBytes),
    });
    const read = readFrameRecord(JSON.parse(JSON.stringify(record)), hash);
    const keys = { verify: (did, bytes, sig) => Buffer.from(fakeSign(did, bytes)).equals(sig) } as Pick<
      Keys,
      'verify'
    >;
    expect(read.ok && checkSignature(keys as Keys, frameSignature(read.value))).toBe(false);
    expect(decodeDid(alice)).toHaveLength(32);
  });
  test('a session key without an attachment for this author is refused', () => {
    const node = new TestNode('n');
    expect(give(node, frameOf({ key: alice }))).toBe('not-a-writer');
  });
  test('a replay of an old valid frame is a duplicate and changes nothing', () => {
    const node = new TestNode('n');
    expect(give(node, frameOf())).toBe('accepted');
    const before = node.replica.viewText();
    expect(give(node, frameOf())).toBe('duplicate');
    expect(node.replica.viewText()).toBe(before);
  });
  test('a frame of another mesh or space, or from the future, is refused', () => {
    const node = new TestNode('n');
    expect(give(node, frameOf({ mesh: 'other' }))).toBe('wrong-space');
    expect(give(node, frameOf({ space: 'other' }))).toBe('wrong-space');
    expect(give(node, frameOf({ at: 1_000_000 + 60_001 }))).toBe('from-the-future');
  });
  test('a poison frame ends its author’s chain there and nobody else’s', () => {
    const node = new TestNode('n');
    const good = frameOf();
    give(node, good);
    const prev = Buffer.from(good.hash).toString('hex');
    expect(give(node, frameOf({ seq: 1, prev, update: bytesOf(1, 1, 5, 1, raw(0), 1, 0) }))).toBe(
      'grammar-content-kind',
    );
    expect(give(node, frameOf({ author: alice }))).toBe('accepted');
    expect(node.replica.find(mallory, 'k')).toBe(1);
  });
  test('same clocks with two contents: both frames are the proof, the epoch is frozen before them', () => {
    const node = new TestNode('n');
    give(node, frameOf());
    node.give({ type: 'frame-received', from: didOf('relay'), frame: frameOf({}, 'other') });
    expect(node.effects.filter((effect) => effect.type === 'publish-proof')).toHaveLength(1);
    expect(node.replica.heads()).toMatchObject([{ seq: -1, isFrozen: true }]);
    expect(node.replica.find(mallory, 'k')).toBeUndefined();
    expect(give(node, frameOf({}, 'other'))).toBe('frozen');
  });
  test('a flood of frames with a gap before them is bounded per author, then dropped and asked for', () => {
    const node = new TestNode('n');
    let asked = 0;
    for (let i = 0; i < 500; i++) {
      const effects = node.give({
        type: 'frame-received',
        from: didOf('relay'),
        frame: frameOf({ seq: 2 + i, prev: 'f'.repeat(64) }),
      });
      asked += effects.filter((effect) => effect.type === 'request-range').length;
    }
    expect(node.ignoredCount('gap')).toBe(64);
    expect(node.ignoredCount('gap-dropped')).toBe(436);
    expect(asked).toBe(1);
    const big = new Uint8Array(32 * 1024);
    const flooded = new TestNode('flooded');
    for (let i = 0; i < 50; i++) {
      flooded.give({
        type: 'frame-received',
        from: didOf('relay'),
        frame: frameOf({ seq: 2 + i, prev: 'f'.repeat(64), update: big }),
      });
    }
    expect(flooded.replica.parkedBytes()).toBeLessThanOrEqual(256 * 1024);
  });
  test('time that falls within an epoch is refused', () => {
    const node = new TestNode('n');
    const first = frameOf();
    give(node, first);
    const prev = Buffer.from(first.hash).toString('hex');
    expect(give(node, frameOf({ seq: 1, prev, at: 999_999 }, 'b'))).toBe('time-reversed');
  });
  test('an author that sends more than its share waits until the share returns', () => {
    const node = new TestNode('n', { init: { authorBurstBytes: 5_000, authorBytesPerSecond: 1_000 } });
    expect(give(node, frameOf())).toBe('accepted');
    const second = frameOf({ epoch: '00000006'.padEnd(32, '0') });
    expect(give(node, second)).toBe('over-quota');
    expect(give(node, frameOf({ author: alice }))).toBe('accepted');
    node.nowMs += 4_000;
    expect(give(node, second)).toBe('accepted');
  });
  test('frames that name unknown members wait, and come in when the version is known', () => {
    let known = false;
    const membership: Membership = { ...everyoneMayWrite, mayWrite: () => (known ? 'yes' : 'unknown') };
    const node = new TestNode('n', { membership });
    expect(give(node, frameOf())).toBe('unknown-members');
    known = true;
    node.give({ type: 'membership-changed' });
    expect(node.replica.find(mallory, 'k')).toBe(1);
  });
  test('what a removed author wrote after its last counted head goes, on replicas that had it and on others', () => {
    let isRemoved = false;
    const membership: Membership = { ...everyoneMayWrite, cutAt: () => (isRemoved ? 0 : undefined) };
    const node = new TestNode('n', { membership });
    const first = frameOf();
    const second = frameOf({ seq: 1, prev: Buffer.from(first.hash).toString('hex') }, 'late');
    give(node, first);
    give(node, second);
    isRemoved = true;
    node.give({ type: 'membership-changed' });
    const late = new TestNode('late', { membership });
    give(late, first);
    expect(give(late, second)).toBe('removed');
    expect(node.replica.find(mallory, 'late')).toBeUndefined();
    expect(node.replica.viewText()).toBe(late.replica.viewText());
  });
  test('values that have no place in an entry are refused at the writer', () => {
    const node = new TestNode('n');
    node.give({ type: 'open-writer', author: alice, freshEpoch: epoch });
    for (const bad of [Number.NaN, 10n, () => 1, JSON.parse('{"__proto__":1}'), '\ud800', new Date()]) {
      const effects = node.edit(alice, [{ key: 'k', value: bad as never }]);
      expect(effects.map((effect) => effect.type)).toEqual(['edit-refused']);
    }
    expect(node.edit(alice, [{ key: 'k', value: 'x'.repeat(40_000) }]).map((e) => e.type)).toEqual([
      'edit-refused',
    ]);
  });
});
