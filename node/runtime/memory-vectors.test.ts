import { expect, test } from 'vitest';
import { createBuiltinVectors } from '../../discovery/builtin-vectors.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { SpaceId } from '../../protocol/brand.ts';
import { createMemoryVectors } from './memory-vectors.ts';
import type { PeerCore } from './peer-core.ts';

const builtin = createBuiltinVectors();
const textOf = (i: number) => `Valve ${i} on deck ${i % 17} was checked by shift ${i % 5} and found in order`;

/** On this machine's own time and loop; rows in a map. */
function createPart(rows: Map<string, unknown>) {
  const made: string[] = [];
  const learned = new Map<string, Float32Array>();
  const source: VectorSource = {
    ...builtin,
    embed(text) {
      made.push(text);
      return builtin.embed(text);
    },
  };
  const core = {
    clock: { nowMs: () => performance.now(), defer: (callback: () => void) => void setImmediate(callback) },
    store: { get: (_bucket: string, key: string) => rows.get(key) },
    turn: { persist: (_bucket: string, key: string, value: unknown) => void rows.set(key, value) },
    keys: { hash: (bytes: Uint8Array) => bytes.slice(-32) },
  } as unknown as PeerCore;
  const learn = (known: readonly { id: string; vector: Float32Array }[]) => {
    for (const { id, vector } of known) learned.set(id, vector);
  };
  return { made, learned, part: createMemoryVectors({ core, vectors: source, learn }, 'commons' as SpaceId) };
}

test('the first question by meaning leaves the loop free in between, and after a restart nothing is embedded again', async () => {
  const rows = new Map<string, unknown>();
  const texts = Array.from({ length: 8_000 }, (_, i) => ({ id: `a/${i}`, text: textOf(i) }));
  const before = createPart(rows);
  before.part.want(texts);
  let longestMs = 0;
  let lastMs = performance.now();
  const look = () => {
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  };
  const watch = setInterval(look, 1);
  await new Promise<void>((resolve) => before.part.whenKnown(resolve));
  clearInterval(watch);
  look();
  expect(before.made).toHaveLength(8_000);
  expect(before.learned.size).toBe(8_000);
  // Slices of 10 ms; three times the 50 ms that are promised, for a busy machine.
  expect(longestMs).toBeLessThan(150);

  const after = createPart(rows);
  after.part.want([...texts, { id: 'a/7', text: 'Something else is said now' }]);
  await new Promise<void>((resolve) => after.part.whenKnown(resolve));
  expect(after.made).toEqual(['Something else is said now']);
  expect(after.learned.get('a/5')).toEqual(before.learned.get('a/5'));
  let sum = 0;
  for (const value of after.learned.get('a/5')!) sum += value * value;
  expect(sum).toBeCloseTo(1, 5);
});

test('what is wanted after the question does not hold it up, and what is gone neither', async () => {
  const { part, learned } = createPart(new Map());
  part.want([{ id: 'a/1', text: 'one' }]);
  const done = new Promise<void>((resolve) => part.whenKnown(resolve));
  part.want(Array.from({ length: 600 }, (_, i) => ({ id: `b/${i}`, text: textOf(i) })));
  await done;
  expect(learned.has('a/1')).toBe(true);
  expect(part.waitingCount).toBeGreaterThan(0);
  const { part: other } = createPart(new Map());
  other.want([{ id: 'a/1', text: 'one' }]);
  let isDone = false;
  other.whenKnown(() => {
    isDone = true;
  });
  other.forget('a/1');
  expect(isDone).toBe(true);
});
