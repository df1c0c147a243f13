/** Who may sign a record: the agent itself, or the session key of an attachment that the record brings along. */
import type { Did } from '../protocol/brand.ts';
import type { Keys } from '../protocol/ports.ts';
import { type Attachment, attachmentSignature, checkAttachment } from '../protocol/records.ts';
import { checkSignature } from '../protocol/signing.ts';

export interface AuthorityContext {
  readonly mesh: string;
  readonly nowMs: number;
  readonly keys: Pick<Keys, 'verify'>;
}

/** What a record says about who signed it. */
export interface SignedBy {
  readonly agent: string;
  /** The node that the record names; an attachment to another node gives no right. Absent: any node. */
  readonly node?: string;
  readonly key?: string | undefined;
  readonly attachment?: Attachment | undefined;
}

/**
 * Whose key must have signed, or `undefined` when the named key has no right to: then the record is refused. The
 * record is proof alone: nothing has to be looked up, so any node can check it, now or later within its life.
 */
export function findSigner(record: SignedBy, context: AuthorityContext): Did | undefined {
  if (record.key === undefined) return record.agent as Did;
  const { attachment } = record;
  if (attachment === undefined || !isFor(attachment, record)) return undefined;
  if (!checkAttachment(attachment, context.mesh, context.nowMs).ok) return undefined;
  return checkSignature(context.keys as Keys, attachmentSignature(attachment))
    ? (record.key as Did)
    : undefined;
}

function isFor(attachment: Attachment, record: SignedBy): boolean {
  return (
    attachment.agent === record.agent &&
    attachment.sessionKey === record.key &&
    (record.node === undefined || attachment.node === record.node) &&
    attachment.scopes.includes('records')
  );
}
