import { describe, expect, test } from 'vitest';
import { utf8 } from '../../protocol/bytes.ts';
import { encodeBundle, readPacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import { createPublicationDesk, judgeBundle } from './publication-desk.ts';

const beacon = { packet: 'machine', machine: 'beacon', body: { bytes: 'AAAA' } } as const;

/** A desk on a turn that ends when told, and what it published. */
function setUp() {
  const published: { topic: string; bytes: Uint8Array }[] = [];
  const actions: (() => void)[] = [];
  const core = {
    turn: { afterCommit: (action: () => void) => void actions.push(action) },
    transport: { publish: (topic: string, bytes: Uint8Array) => void published.push({ topic, bytes }) },
  } as unknown as PeerCore;
  return {
    desk: createPublicationDesk(core),
    published,
    endTurn: () => {
      for (const action of actions.splice(0)) action();
    },
  };
}

describe('publications of one turn', () => {
  test('leave as one, in their order, and each turn anew', () => {
    const { desk, published, endTurn } = setUp();
    desk.publish('presence', { packet: 'attachments', attachments: [] });
    desk.publish('presence', beacon);
    expect(published).toEqual([]);
    endTurn();
    desk.publish('presence', beacon);
    endTurn();
    expect(published.map(({ bytes }) => readPacket(bytes))).toEqual([
      { ok: true, value: { packet: 'bundle', parts: [{ packet: 'attachments', attachments: [] }, beacon] } },
      { ok: true, value: beacon },
    ]);
  });

  test('stay below the size and the number of parts of a batch', () => {
    const { desk, published, endTurn } = setUp();
    const large = { ...beacon, body: { bytes: 'A'.repeat(5_000) } };
    for (let i = 0; i < 200; i++) desk.publish('presence', i < 100 ? large : beacon);
    endTurn();
    const parts = published.map(({ bytes }) => {
      expect(bytes.length).toBeLessThan(66 * 1024);
      const read = readPacket(bytes);
      return read.ok && read.value.packet === 'bundle' ? read.value.parts.length : 0;
    });
    expect(Math.max(...parts)).toBeLessThanOrEqual(64);
    expect(parts.reduce((sum, count) => sum + count, 0)).toBe(200);
  });

  test('are condemned by one bad part and passed on for one new part', () => {
    expect(judgeBundle(['accept', 'reject'])).toBe('reject');
    expect(judgeBundle(['ignore', 'accept'])).toBe('accept');
    expect(judgeBundle(['ignore', 'ignore'])).toBe('ignore');
  });

  test('hold no bundle and no envelopes', () => {
    const inner = '{"packet":"bundle","parts":[{"packet":"attachments","attachments":[]}]}';
    expect(readPacket(encodeBundle([inner, inner])).ok).toBe(false);
    expect(readPacket(utf8('{"packet":"bundle","parts":[]}')).ok).toBe(false);
  });
});
