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

  it('reads equal bytes as equal packets, whoever holds them', () => {
    const decoding = create();
    const bytes = () => utf8('{"packet":"attachments","attachments":[]}');
    const one = bytes();
    expect(decoding.readPacket(one)).toEqual(decoding.readPacket(bytes()));
    expect(decoding.readPacket(one)).toEqual(decoding.readPacket(one));
  });
});
