import { describe, expect, it } from 'vitest';
import { toBase64Url } from '../protocol/bytes.ts';
import type { Keys } from '../protocol/ports.ts';
import { createSimDisk, createSimKeyRegistry, createSimKeys, createSimRng } from '../sim/shell/index.ts';
import { openBeacon } from './index-messages.ts';
import { sealBeacon } from './presence.ts';
import { RecordMemo } from './record-memo.ts';

const keys = createSimKeys({
  registry: createSimKeyRegistry(),
  rng: createSimRng(2),
  store: createSimDisk().open(),
});
const node = keys.create();
const nowMs = 1_800_000_000_000;

function beaconText(seq: number): string {
  const records = { count: 0, hash: '0'.repeat(64) };
  const draft = { record: 'presence' as const, mesh: 'm', node, seq, at: nowMs, intervalMs: 2_000, records };
  return toBase64Url(sealBeacon(draft, keys).bytes);
}

/** The same keys, but signatures are checked so. */
function verifyingBy(verify: Keys['verify']): Keys {
  const { create, has, sign, hash } = keys;
  return {
    create: create.bind(keys),
    has: has.bind(keys),
    sign: sign.bind(keys),
    hash: hash.bind(keys),
    verify,
  };
}

describe('the memory of records', () => {
  it('reads and verifies one text once, and judges its time anew', () => {
    let verifyCount = 0;
    const counting = verifyingBy((...args) => {
      verifyCount++;
      return keys.verify(...args);
    });
    const context = { mesh: 'm', nowMs, keys: counting, memo: new RecordMemo() };
    const text = beaconText(1);
    const first = openBeacon(text, context);
    expect(first.ok && openBeacon(text, context)).toEqual(first);
    expect(verifyCount).toBe(1);
    expect(openBeacon(text, { ...context, nowMs: nowMs + 3_600_000 })).toMatchObject({ ok: false });
    expect(openBeacon(text, { ...context, mesh: 'other' })).toMatchObject({ ok: false });
  });

  it('forgets the oldest, and remembers no record that was refused', () => {
    const memo = new RecordMemo({ recordsMax: 2 });
    const context = { mesh: 'm', nowMs, keys, memo };
    for (let seq = 1; seq <= 5; seq++) openBeacon(beaconText(seq), context);
    openBeacon('AAAA', context);
    expect(memo.size).toBe(2);
  });

  it('does not trust a signature because the form was read before', () => {
    const memo = new RecordMemo();
    const strict = { mesh: 'm', nowMs, keys: verifyingBy(() => false), memo };
    const text = beaconText(9);
    expect(openBeacon(text, strict)).toMatchObject({ ok: false, refusal: { code: 'AMP-1101' } });
    expect(openBeacon(text, strict)).toMatchObject({ ok: false, refusal: { code: 'AMP-1101' } });
    expect(openBeacon(text, { ...strict, keys })).toMatchObject({ ok: true });
  });

  it('gives out frozen bodies: what is shared cannot be changed', () => {
    const opened = openBeacon(beaconText(3), { mesh: 'm', nowMs, keys, memo: new RecordMemo() });
    expect(
      opened.ok && Object.isFrozen(opened.value.body) && Object.isFrozen(opened.value.body.records),
    ).toBe(true);
  });
});
