import { describe, expect, test } from 'vitest';
import type { Did, NodeId } from '../brand.ts';
import type { Attachment } from '../records.ts';
import type { Verified } from '../signing.ts';
import { createAttachmentRegistry } from './registry.ts';

const agent = 'agent' as Did;

function attachment(seq: number, rest: Partial<Attachment> = {}): Verified<Attachment> {
  return {
    ...{ record: 'attachment', mesh: 'm', agent, node: `node-${seq}`, epoch: '', sessionKey: `key-${seq}` },
    ...{ scopes: ['envelopes'], seq, at: seq, expiresAt: 1_000, sig: `sig-${seq}` },
    ...rest,
  } as Attachment as Verified<Attachment>;
}

describe('the attachment registry', () => {
  test('the highest sequence number says where an agent is, and an old attachment never comes back', () => {
    const registry = createAttachmentRegistry();
    expect(registry.step({ type: 'attachment-seen', attachment: attachment(2), atMs: 0 })).toMatchObject([
      { type: 'agent-located', node: 'node-2' },
    ]);
    expect(registry.step({ type: 'attachment-seen', attachment: attachment(1), atMs: 0 })).toEqual([
      { type: 'ignored', reason: 'not-newer' },
    ]);
    expect(registry.locate(agent)?.node).toBe('node-2');
    expect(registry.attachedTo('node-1' as NodeId)).toEqual([]);
  });

  test('what was signed under an earlier attachment stays good until that one expires, whichever came first', () => {
    const registry = createAttachmentRegistry();
    for (const seq of [3, 1, 2])
      registry.step({ type: 'attachment-seen', attachment: attachment(seq), atMs: 0 });
    for (const seq of [1, 2, 3])
      expect(registry.authorize(agent, `key-${seq}` as Did, 'envelopes')?.seq).toBe(seq);
    expect(registry.history(agent).map((one) => one.seq)).toEqual([3, 2, 1]);
    registry.step({ type: 'attachment-seen', attachment: attachment(4, { expiresAt: 9_000 }), atMs: 1_000 });
    expect(registry.authorize(agent, 'key-1' as Did, 'envelopes')).toBeUndefined();
  });

  test('a key without the scope, or of another agent, signs nothing', () => {
    const registry = createAttachmentRegistry();
    registry.step({ type: 'attachment-seen', attachment: attachment(1), atMs: 0 });
    expect(registry.authorize(agent, 'key-1' as Did, 'votes')).toBeUndefined();
    expect(registry.authorize('other' as Did, 'key-1' as Did, 'envelopes')).toBeUndefined();
  });

  test('remembers a bounded number of earlier attachments', () => {
    const registry = createAttachmentRegistry();
    for (let seq = 1; seq <= 100; seq++)
      registry.step({ type: 'attachment-seen', attachment: attachment(seq), atMs: 0 });
    expect(registry.history(agent).length).toBeLessThanOrEqual(9);
  });

  test('what has expired is forgotten', () => {
    const registry = createAttachmentRegistry();
    registry.step({ type: 'attachment-seen', attachment: attachment(1), atMs: 0 });
    expect(registry.step({ type: 'swept', atMs: 1_000 })).toEqual([{ type: 'agent-lost', agent }]);
    expect(registry.locate(agent)).toBeUndefined();
  });
});
