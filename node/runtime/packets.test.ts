import { expect, test } from 'vitest';
import { utf8 } from '../../protocol/bytes.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { limits } from '../../protocol/limits.ts';
import { packetSchemas, readPacket } from './packets.ts';

test.each([
  ['a plain one', { packet: 'machine', machine: 'memory', body: { kind: 'root', list: [1, { a: null }] } }],
  ['an empty body', { packet: 'machine', machine: 'm', body: {} }],
  ['no body', { packet: 'machine', machine: 'm' }],
  ['a body that is a list', { packet: 'machine', machine: 'm', body: [] }],
  ['a body that is nothing', { packet: 'machine', machine: 'm', body: null }],
  ['a key too many', { packet: 'machine', machine: 'm', body: {}, more: 1 }],
  ['another key in the place of the body', { packet: 'machine', machine: 'm', corpse: {} }],
  ['no name', { packet: 'machine', machine: '', body: {} }],
  ['a name that is too long', { packet: 'machine', machine: 'm'.repeat(limits.nameLengthMax + 1), body: {} }],
  ['a name that is a number', { packet: 'machine', machine: 7, body: {} }],
])("a machine's packet is judged by hand as by its schema: %s", (_, packet) => {
  const judged = matchSchema(packetSchemas.machine, packet);
  expect(readPacket(utf8(JSON.stringify(packet)))).toEqual(judged);
});

test("a machine's packet with a forbidden key inside is refused", () => {
  const read = readPacket(utf8('{"packet":"machine","machine":"m","body":{"a":{"__proto__":1}}}'));
  expect(read).toMatchObject({ ok: false, refusal: { code: 'AMP-1004' } });
});
