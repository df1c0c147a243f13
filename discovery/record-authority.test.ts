import { describe, expect, test } from 'vitest';
import { type Attachment, recordDomains } from '../protocol/records.ts';
import { signObject } from '../protocol/signing.ts';
import { createFakeKeys, didOf, draftOf, fakeMesh, fakeNowMs, hourMs } from '../test/discovery/fakes.ts';
import { decodeCapability, sealCapability } from './capability-record.ts';
import { findSigner } from './record-authority.ts';

const keys = createFakeKeys();
const [agent, node, session] = [didOf(1), didOf(0, 'node'), didOf(7, 'session')];
const context = { mesh: fakeMesh, nowMs: fakeNowMs, keys };

function attach(fields: Partial<Attachment> = {}, signer = agent): Attachment {
  const draft = {
    ...{
      record: 'attachment' as const,
      mesh: fakeMesh,
      agent,
      node,
      epoch: '0'.repeat(32),
      sessionKey: session,
    },
    ...{ scopes: ['records' as const], seq: 1, at: fakeNowMs, expiresAt: fakeNowMs + hourMs, ...fields },
  };
  const { sig: _sig, ...unsigned } = draft as Attachment;
  return signObject(keys, signer, recordDomains.attachment, unsigned) as Attachment;
}

function verdictOf(attachment: Attachment | undefined): string {
  const proof = attachment === undefined ? {} : { attachment };
  const sealed = sealCapability(draftOf(1, 'books flights', { key: session, ...proof }), keys);
  const checked = decodeCapability(sealed.bytes, {
    ...context,
    checkAuthority: (record) => findSigner(record, context),
  });
  return checked.ok ? 'accepted' : checked.refusal.code;
}

describe('a record signed with a session key', () => {
  test('is accepted with the agent’s own attachment to that node, for records', () => {
    expect(verdictOf(attach())).toBe('accepted');
  });

  test('is refused without an attachment, or with one that gives no such right', () => {
    expect(verdictOf(undefined)).toBe('AMP-1603');
    expect(verdictOf(attach({ scopes: ['votes'] }))).toBe('AMP-1603');
    expect(verdictOf(attach({ agent: didOf(2) }, didOf(2)))).toBe('AMP-1603');
    expect(verdictOf(attach({ node: didOf(9, 'node') }))).toBe('AMP-1603');
    expect(verdictOf(attach({ sessionKey: didOf(8) }))).toBe('AMP-1603');
    expect(verdictOf(attach({ mesh: 'other' }))).toBe('AMP-1603');
    expect(verdictOf(attach({ at: fakeNowMs - hourMs, expiresAt: fakeNowMs }))).toBe('AMP-1603');
    expect(verdictOf(attach({}, didOf(3)))).toBe('AMP-1603');
  });

  test('needs no attachment when the agent signs itself', () => {
    expect(findSigner({ agent, node }, context)).toBe(agent);
  });
});
