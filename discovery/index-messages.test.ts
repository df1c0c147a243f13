import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFakeKeys, didOf, fakeMesh, fakeNowMs, hourMs, sealedOf } from '../test/discovery/fakes.ts';
import { ownKeyOnly } from './capability-record.ts';
import {
  cutIntoPages,
  type IndexMessage,
  openBeacons,
  openEntries,
  packEntry,
  readIndexMessage,
  writeIndexMessage,
} from './index-messages.ts';
import { discoveryLimits } from './limits.ts';
import { decodeBeacon, sealBeacon } from './presence.ts';
import { decodeOutcome, sealOutcome } from './reputation/outcome-record.ts';
import { decodeAnnex, sealAnnex, writeVector } from './vector-annex.ts';

const keys = createFakeKeys();
const context = { mesh: fakeMesh, nowMs: fakeNowMs, keys, checkAuthority: ownKeyOnly };
const node = didOf(1, 'node');
const capability = sealedOf(1, 'books flights', { node });
const mutantCount = Number(process.env.AMPMESH_MUTANTS ?? 4_000);

const beacon = sealBeacon(
  {
    ...{ record: 'presence', mesh: fakeMesh, node, seq: 3, at: fakeNowMs, intervalMs: 2_000 },
    ...{ busy: [{ agent: didOf(1), load: 0.5 }], records: { count: 1, hash: 'a'.repeat(64) } },
  },
  keys,
);
const annex = sealAnnex(
  {
    ...{
      record: 'annex',
      mesh: fakeMesh,
      node,
      of: capability.id,
      agent: didOf(1),
      capability: 'main',
      space: 'm',
    },
    ...{ vector: writeVector(Int8Array.of(1, 2, 3, 4)), createdAt: fakeNowMs, expiresAt: fakeNowMs + hourMs },
  },
  keys,
);
const outcome = sealOutcome(
  {
    ...{ record: 'outcome', mesh: fakeMesh, rater: didOf(2), agent: didOf(1), capability: 'main', score: 1 },
    ...{ task: '01890000-0000-7000-8000-000000000001', at: fakeNowMs },
  },
  keys,
);

const messages: readonly IndexMessage[] = [
  { kind: 'sync', buckets: Array.from({ length: 64 }, () => '') },
  {
    kind: 'beacons',
    beacons: [{ bytes: Buffer.from(beacon.bytes).toString('base64url'), remainingMs: 5 }],
    isLast: true,
  },
  { kind: 'pull', wants: [{ node, part: 0, partCount: 1, have: ['0123456789abcdef'] }] },
  { kind: 'records', records: [packEntry(capability, annex)], isLast: false },
  { kind: 'probe', request: 'dht/1', agents: [didOf(1)] },
];

type Decoder = (bytes: Uint8Array) => { readonly ok: boolean };
const decoders: Record<string, readonly [Uint8Array, Decoder]> = {
  beacon: [beacon.bytes, (bytes) => decodeBeacon(bytes, context)],
  annex: [annex.bytes, (bytes) => decodeAnnex(bytes, context)],
  outcome: [outcome.bytes, (bytes) => decodeOutcome(bytes, { ...context, checkAuthority: () => didOf(2) })],
};

describe.each(Object.entries(decoders))('%s records', (_, [bytes, decode]) => {
  test('are accepted as sealed, and refused with any byte changed, cut or added', () => {
    expect(decode(bytes).ok).toBe(true);
    const property = fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(2), (at, byte, kind) => {
      const changed =
        kind === 0
          ? bytes.with(at, byte)
          : kind === 1
            ? bytes.slice(0, at)
            : Uint8Array.from([...bytes, byte]);
      if (Buffer.compare(changed, bytes) !== 0) expect(decode(changed).ok).toBe(false);
    });
    fc.assert(property, { numRuns: mutantCount / 4, seed: 11 });
  });
});

describe('index messages', () => {
  test('are read back as they were written', () => {
    for (const message of messages)
      expect(readIndexMessage(writeIndexMessage(message))).toEqual({ ok: true, value: message });
  });

  test('that are damaged are read as something of the schema or refused, and never throw', () => {
    const property = fc.property(fc.nat(messages.length - 1), fc.nat(), fc.nat(255), (which, at, byte) => {
      const bytes = writeIndexMessage(messages[which]!);
      const read = readIndexMessage(bytes.with(at % bytes.length, byte));
      if (!read.ok) return;
      if (read.value.kind === 'records') openEntries(read.value.records, context);
      if (read.value.kind === 'beacons') openBeacons(read.value.beacons, context);
    });
    fc.assert(property, { numRuns: mutantCount, seed: 12 });
  });

  test('keep the good records of a list that also holds bad ones, and count those', () => {
    const good = packEntry(capability, annex);
    const opened = openEntries(
      [good, { record: 'AAAA' }, { ...good, annex: 'AAAA' }, { record: '%' }],
      context,
    );
    expect(opened.opened).toEqual([{ capability, annex }, { capability }]);
    expect(opened.refusals).toHaveLength(3);
  });

  test('are cut into pages below the limit, in order', () => {
    const sizes = Array.from({ length: 300 }, (_, at) => 100 + at * 10);
    const pages = cutIntoPages(sizes, (size) => size);
    expect(pages.flat()).toEqual(sizes);
    for (const page of pages)
      expect(page.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(
        discoveryLimits.indexMessageBytesMax,
      );
    expect(cutIntoPages([], () => 1)).toEqual([[]]);
  });
});
