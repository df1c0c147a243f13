/**
 * Mutants: honest bytes, damaged. Nothing may be thrown, nothing may take long, and what passes the grammar must
 * mean to Yjs what it means to us. One family for each decoder that meets a stranger's bytes.
 *
 * A slice runs here; AMPMESH_MUTANTS=10000000 runs the long one, for each family.
 */
import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  clientOfEpoch,
  decodeRun,
  encodeRun,
  GrammarIndex,
  type ParsedUpdate,
  parseUpdate,
  Refused,
  readCheckpoint,
  readForkProof,
  readFrameRecord,
  rootName,
  toFrameRecord,
  ValuePool,
  writeUpdate,
} from '../../crdt/frames/index.ts';
import type { Frame } from '../../crdt/index.ts';
import { readRanges, readSummary } from '../../crdt/index.ts';
import { Draw, didOf, hash, members, mesh, signFrame, space, TestNode } from './harness.ts';

const mutantCount = Number(process.env.AMPMESH_MUTANTS ?? 200_000);
/** Another one draws other mutants: long runs go by parts. */
const seed = Number(process.env.AMPMESH_SEED_FROM ?? 0);
const slowMs = 50;
const epoch = '0000002a'.padEnd(32, '0');
const client = clientOfEpoch(epoch);
const author = didOf('author');

/** Whether a decoder is too slow on some bytes: three lone runs, all above the limit. */
function isSlow(run: () => unknown, firstMs: number): boolean {
  if (firstMs <= slowMs) return false;
  return [1, 2, 3].every(() => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt > slowMs;
  });
}

/** Of what stays after a full collection. Judgement: one byte kept of each of 10 million mutants would show. */
const memoryGrowthMax = 10 * 1024 * 1024;
/** Collections while one family runs. */
const looks = 10;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Live memory now and then, after a full collection: what is waiting to be collected is no leak. */
class MemoryWatch {
  private before: number | undefined;
  private peak = 0;

  look(i: number): void {
    if (i % Math.ceil(mutantCount / looks) !== 0) return;
    const bytes = liveBytes();
    // The first look comes after the first part, when the code is compiled and pools are filled.
    if (i > 0) this.before ??= bytes;
    this.peak = Math.max(this.peak, bytes - (this.before ?? bytes));
  }

  end(): void {
    expect(this.peak, 'bytes that stay').toBeLessThan(memoryGrowthMax);
  }
}

function liveBytes(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Sample {
  /** Updates before this one. */
  readonly before: readonly Uint8Array[];
  readonly update: Uint8Array;
}

function makeSamples(draw: Draw): Sample[] {
  const samples: Sample[] = [];
  for (let i = 0; i < 24; i++) {
    const doc = new Y.Doc();
    doc.clientID = client;
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    const map = doc.getMap(rootName);
    for (let j = 0; j <= i % 5; j++) {
      doc.transact(() => {
        for (let n = draw.int(3); n >= 0; n--) {
          const key = `k${draw.int(4)}`;
          if (draw.chance(0.25)) map.delete(key);
          else
            map.set(
              key,
              draw.pick([1, -300, 1.5, 0.1, 'text', { a: [1, null, { b: true }] }, Uint8Array.of(9), 'ü']),
            );
        }
      });
    }
    const last = updates.pop();
    if (last !== undefined) samples.push({ before: updates, update: last });
  }
  return samples;
}

/** Bytes changed, added, cut, repeated, or replaced by numbers that decoders dislike. */
function mutate(draw: Draw, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let mutant = bytes.slice();
  for (let i = draw.int(3); i >= 0; i--) {
    const at = draw.int(mutant.length + 1);
    const here = at % Math.max(1, mutant.length);
    switch (draw.int(8)) {
      case 0:
        mutant[here] = draw.int(256);
        break;
      case 1:
        mutant[here]! ^= 1 << draw.int(8);
        break;
      case 2:
        mutant = splice(mutant, at, 0, drawBytes(draw, 1 + draw.int(4)));
        break;
      case 3:
        mutant = splice(mutant, at, 1 + draw.int(4), []);
        break;
      case 4:
        mutant = splice(mutant, at, 1, draw.pick(nastyNumbers));
        break;
      case 5: {
        const from = draw.int(mutant.length + 1);
        mutant = splice(mutant, at, 0, mutant.slice(from, from + draw.int(24)));
        break;
      }
      case 6: {
        const other = draw.pick(others);
        mutant = splice(mutant, at, mutant.length, other.subarray(draw.int(other.length)));
        break;
      }
      default:
        mutant[here]! += draw.pick([1, 255]);
    }
  }
  return mutant;
}

function splice(bytes: Uint8Array, at: number, removed: number, added: ArrayLike<number>) {
  const rest = bytes.subarray(at + removed);
  const spliced = new Uint8Array(at + added.length + rest.length);
  spliced.set(bytes.subarray(0, at));
  spliced.set(added, at);
  spliced.set(rest, at + added.length);
  return spliced;
}

function drawBytes(draw: Draw, count: number): number[] {
  return Array.from({ length: count }, () => draw.int(256));
}

const nastyNumbers = [
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x00],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0x00],
  [0x7f],
  [0xc0, 0xc3, 0x93, 0x07],
] as const;

function indexAfter(updates: readonly Uint8Array[]): GrammarIndex {
  const index = new GrammarIndex(client);
  for (const update of updates) {
    const checked = index.check(parseUpdate(update) as never);
    if (checked instanceof Refused) throw new Error(`an honest update was refused: ${checked.reason}`);
    index.apply(checked, { epoch, seq: 0, at: 0, members });
  }
  return index;
}

function isSameParse(a: ParsedUpdate | Refused, b: ParsedUpdate | Refused): boolean {
  if (a instanceof Refused || b instanceof Refused)
    return a instanceof Refused && b instanceof Refused && a.reason === b.reason;
  return isDeepStrictEqual(a, b);
}

/** What passed must apply without a throw, leave nothing pending, and hold what we say it holds. */
function compareWithYjs(before: readonly Uint8Array[], update: Uint8Array): void {
  const doc = new Y.Doc();
  doc.clientID = 1;
  for (const one of [...before, update]) Y.applyUpdate(doc, one);
  const index = indexAfter([...before, update]);
  const view: Record<string, unknown> = {};
  for (const slot of index.entries()) if (slot.value !== undefined) view[slot.key] = slot.value;
  expect(doc.store.pendingStructs).toBeNull();
  expect(doc.store.pendingDs).toBeNull();
  expect(Y.getState(doc.store, client)).toBe(index.endClock);
  expect(view).toEqual(doc.getMap(rootName).toJSON());
  expect([...doc.share.keys()]).toEqual([rootName]);
}

describe(`${mutantCount} mutants for each decoder`, () => {
  test('updates: none uncaught, none slow, and an accepted one means the same to Yjs', {
    timeout: 36_000_000,
  }, () => {
    const draw = new Draw(11 + 100 * seed);
    const samples = makeSamples(draw);
    const indexes = samples.map((sample) => indexAfter(sample.before));
    const all = samples.map((sample) => sample.update);
    // As in a replica: one pool for all that comes. It must change nothing but the cost.
    const pool = new ValuePool();
    const memory = new MemoryWatch();
    let acceptedCount = 0;
    for (let i = 0; i < mutantCount; i++) {
      memory.look(i);
      const at = draw.int(samples.length);
      const mutant = mutate(draw, all[at]!, all);
      const run = () => {
        const parsed = parseUpdate(mutant, pool);
        return parsed instanceof Refused ? parsed : indexes[at]!.check(parsed);
      };
      const startedAt = performance.now();
      const outcome = run();
      if (isSlow(run, performance.now() - startedAt)) expect.fail(`mutant ${i} is slow`);
      if (!isSameParse(parseUpdate(mutant, pool), parseUpdate(mutant)))
        expect.fail(`mutant ${i}: a pool changes its meaning`);
      if (outcome instanceof Refused) continue;
      acceptedCount += 1;
      compareWithYjs(samples[at]!.before, mutant);
    }
    // A test that refuses everything would show nothing.
    expect(acceptedCount).toBeGreaterThan(mutantCount / 200);
    memory.end();
  });

  test('runs (rows and pages): none uncaught, none slow, and an accepted one is read and written alike', {
    timeout: 36_000_000,
  }, () => {
    const draw = new Draw(12 + 100 * seed);
    const runs = makeRuns(draw);
    const head = { mesh, space, author, epoch };
    const memory = new MemoryWatch();
    for (let i = 0; i < mutantCount; i++) {
      memory.look(i);
      const mutant = mutate(draw, draw.pick(runs), runs);
      const run = () => decodeRun(mutant, head, hash);
      const startedAt = performance.now();
      const frames = run();
      if (isSlow(run, performance.now() - startedAt)) expect.fail(`mutant ${i} is slow`);
      if (!(frames instanceof Refused) && !Buffer.from(encodeRun(frames)).equals(mutant)) {
        expect.fail(`mutant ${i} has two spellings`);
      }
    }
    memory.end();
  });

  test('JSON records, proofs, checkpoints, summaries and ranges: none uncaught, none slow', {
    timeout: 36_000_000,
  }, () => {
    const draw = new Draw(13 + 100 * seed);
    const texts = makeTexts().map((text) => Buffer.from(text));
    const shortTexts = texts.filter((text) => text.length < 2_000);
    const values = texts.map((text) => JSON.parse(text.toString()) as unknown);
    const memory = new MemoryWatch();
    for (let i = 0; i < mutantCount; i++) {
      memory.look(i);
      const text = Buffer.from(mutate(draw, draw.pick(shortTexts), shortTexts)).toString();
      const value = parseJson(text) ?? mutateValue(draw, draw.pick(values));
      const run = () => [
        readFrameRecord(value, hash),
        readForkProof(value, hash),
        readCheckpoint(value),
        readSummary(value),
        readRanges(value),
      ];
      const startedAt = performance.now();
      run();
      if (isSlow(run, performance.now() - startedAt)) expect.fail(`mutant ${i} is slow`);
    }
    memory.end();
  });
});

function makeFrames(): Frame[] {
  const index = new GrammarIndex(client);
  const frames: Frame[] = [];
  for (let seq = 0; seq < 4; seq++) {
    const update = writeUpdate(index, [{ key: `k${seq % 2}`, value: { seq } }])!;
    index.apply(index.check(parseUpdate(update) as never) as never, { epoch, seq, at: seq, members });
    const prev = seq === 0 ? '' : Buffer.from(frames[seq - 1]!.hash).toString('hex');
    frames.push(
      signFrame({
        mesh,
        space,
        author,
        epoch,
        seq,
        prev,
        members: seq < 2 ? members : 'm2',
        at: 1_000 + seq,
        update,
      }),
    );
  }
  return frames;
}

function makeRuns(draw: Draw): Uint8Array[] {
  const frames = makeFrames();
  return Array.from({ length: 8 }, () => {
    const from = draw.int(4);
    return encodeRun(frames.slice(from, from + 1 + draw.int(4 - from)));
  });
}

function makeTexts(): string[] {
  const node = new TestNode('n');
  node.give({ type: 'open-writer', author, freshEpoch: epoch });
  for (let i = 0; i < 3; i++) node.edit(author, [{ key: `k${i}`, value: i }]);
  node.give({ type: 'compact-author', author, request: 'c', members, freshEpoch: 'f'.repeat(32) });
  node.fireTimer();
  const frames = makeFrames();
  const fork = {
    record: 'fork',
    v: 1,
    frames: [toFrameRecord(frames[0]!), toFrameRecord({ ...frames[0]!, at: 5 })],
  };
  const effects = node.effects as readonly { type: string; summary?: unknown; checkpoint?: unknown }[];
  const sent = effects
    .flatMap((effect) => [effect.summary, effect.checkpoint])
    .filter((one) => one !== undefined);
  const ranges = [{ author, epoch, fromSeq: 0, toSeq: 4 }];
  const buckets = { kind: 'buckets', space, digests: Array(256).fill('0'.repeat(32)) };
  return [...sent, fork, ranges, buckets, toFrameRecord(frames[1]!)].map((value) => JSON.stringify(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One field of a parsed value replaced by something of another kind. */
function mutateValue(draw: Draw, value: unknown): unknown {
  const odd = draw.pick([null, 0, -1, 1e308, '', 'x', [], {}, true, 2 ** 53, '__proto__', [[[]]]]);
  if (typeof value !== 'object' || value === null) return odd;
  const keys = Object.keys(value);
  if (keys.length === 0) return odd;
  const key = draw.pick(keys);
  const inner = (value as Record<string, unknown>)[key];
  const changed = draw.chance(0.5) ? odd : mutateValue(draw, inner);
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? changed : item));
  return { ...value, [key]: changed };
}
