import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../protocol/bytes.ts';
import { toCanonicalJson } from '../protocol/canonical.ts';
import { errorTable } from '../protocol/errors.ts';
import {
  createFakeKeys,
  didOf,
  draftOf,
  fakeMesh,
  fakeNowMs,
  hourMs,
  sealedOf,
} from '../test/discovery/fakes.ts';
import {
  type CapabilityContext,
  type CapabilityDraft,
  type CapabilityRecord,
  capabilityKey,
  decodeCapability,
  ownKeyOnly,
  sealCapability,
  withdrawalOf,
} from './capability-record.ts';
import { type HeldSequence, SequenceMemory } from './sequence-memory.ts';

const nowMs = fakeNowMs;
const keys = createFakeKeys();
const context: CapabilityContext = { mesh: fakeMesh, nowMs, keys, checkAuthority: ownKeyOnly };
/** 100,000 and more in the long run; CI takes a slice. */
const mutantCount = Number(process.env.AMPMESH_MUTANTS ?? 8_000);

const full: CapabilityDraft = draftOf(1, 'Books flights and hotels in any city', {
  tags: ['travel', 'booking'],
  lang: 'en',
  input: { type: 'object', properties: { city: { type: 'string' } } },
  output: { type: 'object' },
  resources: { gpuMemoryMiB: 8_192, models: ['llama'], tools: ['browser'] },
  ...{ maxTimeMs: 60_000, guarantees: ['refund'], cost: { amount: 0.5, unit: 'EUR' }, capacity: 4 },
  version: { name: '2.1', trafficShare: 0.25 },
});

function codeOf(bytes: Uint8Array, changed: Partial<CapabilityContext> = {}): string {
  const result = decodeCapability(bytes, { ...context, ...changed });
  return result.ok ? 'accepted' : result.refusal.code;
}

describe('a capability record', () => {
  test('is read back exactly as it was sealed', () => {
    const sealed = sealCapability(full, keys);
    const result = decodeCapability(sealed.bytes, context);
    expect(result).toEqual({ ok: true, value: sealed });
  });

  test('is refused when another mesh, another time or another key is named', () => {
    const refusedBecause = (draft: Partial<CapabilityDraft>) =>
      codeOf(sealCapability({ ...full, ...draft }, keys).bytes);
    expect(refusedBecause({ mesh: 'other' })).toBe('AMP-1105');
    expect(refusedBecause({ createdAt: nowMs + 60_001, expiresAt: nowMs + hourMs })).toBe('AMP-1012');
    expect(refusedBecause({ createdAt: nowMs - hourMs, expiresAt: nowMs })).toBe('AMP-1602');
    expect(refusedBecause({ expiresAt: nowMs + 24 * hourMs + 1 })).toBe('AMP-1602');
    expect(refusedBecause({ expiresAt: nowMs - 1 })).toBe('AMP-1602');
    expect(refusedBecause({ key: didOf(9) })).toBe('AMP-1603');
    expect(refusedBecause({ text: '  ' })).toBe('AMP-1601');
    expect(refusedBecause({ text: 'x'.repeat(2_000), tags: ['y'.repeat(65)] })).toBe('AMP-1005');
  });

  test('is refused above 4 KiB, before it is parsed', () => {
    const guarantees = Array.from({ length: 16 }, () => 'g'.repeat(64));
    const input = { description: 'd'.repeat(3_900) };
    expect(codeOf(sealCapability({ ...full, guarantees, input }, keys).bytes)).toBe('AMP-1002');
    expect(codeOf(new Uint8Array(5_000))).toBe('AMP-1002');
  });

  test('may be signed by a session key when the callback says so, and by no other key then', () => {
    const session = didOf(77);
    const sealed = sealCapability({ ...full, key: session }, keys);
    expect(codeOf(sealed.bytes, { checkAuthority: () => session })).toBe('accepted');
    expect(codeOf(sealed.bytes, { checkAuthority: () => didOf(1) })).toBe('AMP-1101');
    expect(codeOf(sealed.bytes, { checkAuthority: () => undefined })).toBe('AMP-1603');
  });

  test('has one byte form: other spellings of the same content are refused', () => {
    const text = new TextDecoder().decode(sealCapability(full, keys).bytes);
    expect(codeOf(utf8(`${text} `))).toBe('AMP-1601');
    expect(codeOf(utf8(text.replace('"seq":1', '"seq":1.0')))).toBe('AMP-1601');
    expect(codeOf(utf8(text.replace('"seq":1', '"seq":1,"seq":1')))).toBe('AMP-1601');
    expect(codeOf(utf8(`\ufeff${text}`))).not.toBe('accepted');
  });

  test('is taken back by a record of a higher number that lives as long as anything older can', () => {
    const draft = withdrawalOf(sealCapability(full, keys).body, nowMs + 5);
    expect(draft).toMatchObject({ seq: 2, withdrawn: true, expiresAt: nowMs + 5 + 24 * hourMs });
    expect(codeOf(sealCapability(draft, keys).bytes)).toBe('accepted');
  });
});

/** A way to spoil a sealed record. Answers with the bytes that a stranger could make. */
type Mutation = (bytes: Uint8Array, record: CapabilityRecord, random: number, other: number) => Uint8Array;

const rewrite = (record: object) => utf8(toCanonicalJson(record));
const hostileValues = [
  null,
  -1,
  1e21,
  '',
  '\ud800',
  [],
  {},
  true,
  'x'.repeat(3_000),
  [[[[]]]],
  { a: { b: 1 } },
];

const mutations: Record<string, Mutation> = {
  'a flipped bit': (bytes, _, random, other) =>
    bytes.with(random % bytes.length, bytes[random % bytes.length]! ^ (1 << (other % 8))),
  'a cut': (bytes, _, random) => bytes.slice(0, random % bytes.length),
  'an insertion': (bytes, _, random, other) => {
    const at = random % bytes.length;
    return Uint8Array.from([...bytes.slice(0, at), other % 256, ...bytes.slice(at)]);
  },
  'a forged field': (_, record, random, other) => {
    const names = Object.keys(record);
    const forged = {
      ...record,
      [names[random % names.length]!]: hostileValues[other % hostileValues.length],
    };
    try {
      return rewrite(forged);
    } catch {
      return utf8(JSON.stringify(forged));
    }
  },
  'a missing field': (_, record, random) => {
    const names = Object.keys(record);
    return rewrite({ ...record, [names[random % names.length]!]: undefined });
  },
  'an added field': (_, record, random) => rewrite({ ...record, [`x${random % 1_000}`]: 1 }),
  'a polluted key': (bytes) => utf8(`{"__proto__":{"ok":true},${new TextDecoder().decode(bytes).slice(1)}`),
  'a higher number without a new signature': (_, record, random) =>
    rewrite({ ...record, seq: record.seq + 1 + (random % 1_000) }),
  'another agent': (_, record, random) => rewrite({ ...record, agent: didOf(2 + (random % 1_000)) }),
  'a signature by another key': (_, record, random) => {
    const { sig: _sig, ...draft } = record;
    const forged = sealCapability({ ...draft, agent: didOf(5_000 + (random % 99)) }, keys);
    return rewrite({ ...record, sig: forged.body.sig });
  },
  'a longer life': (_, record, random) => rewrite({ ...record, expiresAt: record.expiresAt + 1 + random }),
  'random bytes': (_, __, random, other) =>
    Uint8Array.from(
      { length: random % 600 },
      (_item, at) => (Math.imul(other + at, 2_654_435_761) >>> 13) & 255,
    ),
};

describe(`${mutantCount} mutants`, () => {
  test('of a record are refused with a known code, and none throws', () => {
    const sealed = sealCapability(full, keys);
    const counts = new Map<string, number>();
    const names = Object.keys(mutations);
    fc.assert(
      fc.property(fc.nat(names.length - 1), fc.nat(1 << 30), fc.nat(1 << 30), (which, random, other) => {
        const name = names[which]!;
        const bytes = mutations[name]!(sealed.bytes, sealed.body, random, other);
        const code = codeOf(bytes);
        counts.set(name, (counts.get(name) ?? 0) + 1);
        const isUnchanged = Buffer.compare(bytes, sealed.bytes) === 0;
        if (isUnchanged ? code !== 'accepted' : !(code in errorTable)) throw new Error(`${name}: ${code}`);
      }),
      { numRuns: mutantCount, seed: 20_261_121 },
    );
    expect([...counts.keys()].sort()).toEqual(names.sort());
  });

  test('replayed and rolled back in any order never bring an old record back', () => {
    const line = Array.from({ length: 6 }, (_, at) => sealedOf(3, `text ${at}`, { seq: at + 1 }));
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }), (order) => {
        const memory = new SequenceMemory('test');
        let shown = 0;
        for (const at of order) {
          const { body, id } = line[at]!;
          const verdict = memory.judge(capabilityKey(body), body.seq, id);
          const expected = body.seq > shown ? 'new' : body.seq === shown ? 'same' : 'old';
          if (verdict !== expected) throw new Error(`${order}: ${verdict} instead of ${expected}`);
          if (verdict !== 'new') continue;
          memory.remember(capabilityKey(body), { seq: body.seq, id, expiresAtMs: body.expiresAt });
          shown = body.seq;
        }
      }),
      { numRuns: Math.ceil(mutantCount / 10), seed: 7 },
    );
  });
});

describe('the memory of sequence numbers', () => {
  const key = 'agent main';

  test('survives a restart and then still refuses what is older', () => {
    const memory = new SequenceMemory('test');
    const row = memory.remember(key, { seq: 9, id: 'b', expiresAtMs: nowMs });
    const after = new SequenceMemory('test');
    after.load([
      { key, value: row.value as string },
      { key: 'junk', value: '{' },
    ]);
    expect(after.judge(key, 8, 'z')).toBe('old');
    expect(after.judge(key, 9, 'b')).toBe('same');
    expect(after.judge(key, 10, 'a')).toBe('new');
  });

  test('lets one of two records with one number win everywhere, whatever came first', () => {
    const memory = new SequenceMemory('test');
    memory.remember(key, { seq: 2, id: 'b', expiresAtMs: nowMs });
    expect(memory.judge(key, 2, 'a')).toBe('fork');
    expect(memory.judge(key, 2, 'c')).toBe('new');
  });

  test('forgets only what nothing valid can be older than', () => {
    const memory = new SequenceMemory('test');
    memory.remember(key, { seq: 2, id: 'b', expiresAtMs: nowMs });
    expect(memory.purge(nowMs + 24 * hourMs - 1)).toEqual([]);
    expect(memory.purge(nowMs + 24 * hourMs)).toHaveLength(1);
    expect(memory.size).toBe(0);
  });

  test('refuses strangers when it is full, and never forgets to make room', () => {
    const memory = new SequenceMemory('test', undefined, 1);
    memory.remember(key, { seq: 2, id: 'b', expiresAtMs: nowMs });
    expect(memory.judge('other main', 1, 'a')).toBe('full');
    expect(memory.judge(key, 1, 'a')).toBe('old');
  });

  test('keeps no entry beside a record that is held, unless an earlier one would outlive its protection', () => {
    const held = new Map<string, HeldSequence>();
    const memory = new SequenceMemory('test', {
      get size() {
        return held.size;
      },
      sequenceOf: (line) => held.get(line),
    });
    const take = (sequence: HeldSequence) => {
      const rows = memory.taken(key, sequence).map((row) => row.value);
      held.set(key, sequence);
      return rows;
    };
    expect(take({ seq: 1, id: 'a', expiresAtMs: nowMs })).toEqual([]);
    expect(take({ seq: 2, id: 'b', expiresAtMs: nowMs + 9 * hourMs })).toEqual([]);
    expect(memory.judge(key, 1, 'a')).toBe('old');
    const shortLived = { seq: 3, id: 'c', expiresAtMs: nowMs + hourMs };
    expect(take(shortLived)).toEqual([JSON.stringify([3, 'c', nowMs + 33 * hourMs])]);
    held.delete(key);
    expect(memory.remember(key, shortLived).value).toBe(JSON.stringify([3, 'c', nowMs + 33 * hourMs]));
    expect(memory.judge(key, 2, 'b')).toBe('old');
    expect(take({ seq: 4, id: 'd', expiresAtMs: nowMs + 20 * hourMs })).toEqual([null]);
    expect(memory.highest(key)).toBe(4);
  });
});
