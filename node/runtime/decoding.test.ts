import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { type Attachment, recordDomains } from '../../protocol/records.ts';
import { signObject } from '../../protocol/signing.ts';
import { createSharedDecoding } from '../../sim/peers/shared-decoding.ts';
import { createSimDisk, createSimKeyRegistry, createSimKeys, createSimRng } from '../../sim/shell/index.ts';
import { createDecoding } from './decoding.ts';

const keys = createSimKeys({
  registry: createSimKeyRegistry(),
  rng: createSimRng(1),
  store: createSimDisk().open(),
});

function attach(): Attachment {
  const agent = keys.create();
  const node = keys.create() as string as NodeId;
  return signObject(keys, agent, recordDomains.attachment, {
    record: 'attachment' as const,
    mesh: 'm',
    agent,
    node,
    epoch: '00'.repeat(16),
    sessionKey: agent,
    scopes: ['envelopes' as const],
    seq: 1,
    at: 1,
    expiresAt: 2,
  });
}

describe.each([
  ['of one node', createDecoding],
  ['shared by all peers of a simulated world', createSharedDecoding],
])('a decoder %s', (_, create) => {
  it('takes no attachment that borrows the signature of one seen before', () => {
    const decoding = create();
    const honest = attach();
    expect(decoding.isAttachmentSigned(honest, keys)).toBe(true);
    expect(decoding.isAttachmentSigned(honest, keys)).toBe(true);
    expect(decoding.isAttachmentSigned({ ...honest, node: attach().node }, keys)).toBe(false);
  });

  const packetOf = (...attachments: unknown[]) =>
    utf8(JSON.stringify({ packet: 'attachments', attachments }));

  it('knows an attachment again, whatever comes beside it, and takes one object for all its copies', () => {
    const decoding = create();
    const [honest, stranger] = [attach(), attach()];
    const first = decoding.readPacket(packetOf(honest));
    if (!first.ok || first.value.packet !== 'attachments') throw new Error('not read');
    const [kept] = first.value.attachments;
    expect(decoding.isAttachmentSigned(kept!, keys)).toBe(true);
    const again = decoding.readPacket(packetOf(stranger, honest, stranger));
    expect(again).toEqual({
      ok: true,
      value: { packet: 'attachments', attachments: [stranger, honest, stranger] },
    });
    expect(again.ok && again.value.packet === 'attachments' && again.value.attachments[1]).toBe(kept);
  });

  it('judges the form of an attachment that differs in anything from the one whose signature it bears', () => {
    const decoding = create();
    const honest = attach();
    expect(decoding.isAttachmentSigned(honest, keys)).toBe(true);
    for (const other of [
      { ...honest, scopes: 'envelopes' },
      { ...honest, scopes: [] },
      { ...honest, scopes: [['envelopes']] },
      { ...honest, more: 1 },
      { ...honest, seq: '1' },
      (({ seq: _, ...rest }) => rest)(honest),
      (({ seq: _, ...rest }) => ({ ...rest, extra: 1 }))(honest),
    ]) {
      const [fresh, knowing] = [
        create().readPacket(packetOf(honest, other)),
        decoding.readPacket(packetOf(honest, other)),
      ];
      expect(knowing).toEqual(fresh);
      if (knowing.ok && knowing.value.packet === 'attachments')
        expect(decoding.isAttachmentSigned(knowing.value.attachments[1]!, keys)).toBe(false);
    }
    for (const value of [null, 'x', 7, [], { sig: honest.sig }])
      expect(decoding.attachments.recall(value)).toBeUndefined();
  });

  it('refuses what surrounds known attachments as if they were new', () => {
    const decoding = create();
    const honest = attach();
    expect(decoding.isAttachmentSigned(honest, keys)).toBe(true);
    for (const packet of [
      { packet: 'attachments', attachments: [honest], other: 1 },
      { packet: 'machine', machine: 'm', attachments: [honest] },
      { packet: 'attachments', attachments: [honest, null] },
      { packet: 'attachments', attachments: Array.from({ length: 65 }, () => honest) },
    ]) {
      const bytes = () => utf8(JSON.stringify(packet));
      const knowing = decoding.readPacket(bytes());
      expect(knowing.ok).toBe(false);
      expect(knowing).toEqual(create().readPacket(bytes()));
    }
  });

  it('reads equal bytes as equal packets, whoever holds them', () => {
    const decoding = create();
    const bytes = () => utf8('{"packet":"attachments","attachments":[]}');
    const one = bytes();
    expect(decoding.readPacket(one)).toEqual(decoding.readPacket(bytes()));
    expect(decoding.readPacket(one)).toEqual(decoding.readPacket(one));
  });
});
