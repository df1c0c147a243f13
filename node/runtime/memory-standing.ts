/** The attachments under which frames were signed, kept by this node as long as the frames. */
import type { KnownAttachments } from '../../crdt/exchange/index.ts';
import type { AgentOwner } from '../../crdt/index.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Store } from '../../protocol/ports.ts';
import { type Attachment, attachmentSignature } from '../../protocol/records.ts';
import { checkSignature } from '../../protocol/signing.ts';
import type { PeerCore } from './peer-core.ts';

/** Attachments that vouch for frames: they outlive their own time, as the frames do. */
export const voucherBucket = 'memory-voucher';
/** Vouchers of one author; the oldest give way. */
const vouchersPerAuthorMax = 1_024;

/** Who runs an agent, as its latest attachment says: whoever answers for the node that it attached to. */
export function readOwners(
  attachments: Iterable<Attachment>,
  ownerOf: (node: NodeId) => string,
): readonly AgentOwner[] {
  const latest = new Map<string, Attachment>();
  for (const one of attachments) if ((latest.get(one.agent)?.seq ?? -1) < one.seq) latest.set(one.agent, one);
  return [...latest].map(([agent, { node }]) => ({ agent: agent as Did, owner: ownerOf(node as NodeId) }));
}

export function readVouchers(store: Pick<Store, 'scan'>): readonly Attachment[] {
  const rows = store.scan(voucherBucket, '', '', Number.MAX_SAFE_INTEGER);
  return rows.map((row) => JSON.parse(row.value as string) as Attachment);
}

export interface Vouchers extends KnownAttachments {
  /** Keep attachments that came with frames; false when one is provably bad. */
  take(attachments: readonly Attachment[]): boolean;
  /** All of one author, or of everyone. */
  list(author?: Did): readonly Attachment[];
}

/** `onAuthor`: something new vouches for this author. */
export function createVouchers(
  core: PeerCore,
  registry: AttachmentRegistry,
  onAuthor: (author: Did) => void,
): Vouchers {
  const byAuthor = new Map<Did, Map<string, Attachment>>();
  for (const attachment of readVouchers(core.store)) keep(attachment);

  function keep(attachment: Attachment): void {
    const author = attachment.agent as Did;
    const known = byAuthor.get(author) ?? new Map<string, Attachment>();
    byAuthor.set(author, known.set(attachment.sessionKey, attachment));
    if (known.size <= vouchersPerAuthorMax) return;
    const oldest = [...known.values()].reduce((a, b) => (a.at <= b.at ? a : b));
    known.delete(oldest.sessionKey);
    core.turn.persist(voucherBucket, `${author}/${oldest.sessionKey}`, null);
  }

  function take(attachments: readonly Attachment[]): boolean {
    for (const attachment of attachments) {
      const { agent, sessionKey } = attachment;
      const known = byAuthor.get(agent as Did)?.get(sessionKey);
      // The latest of a key has the longest time: hosted agents renew theirs under the same key.
      if (known !== undefined && known.expiresAt >= attachment.expiresAt) continue;
      if (attachment.mesh !== core.mesh || !checkSignature(core.keys, attachmentSignature(attachment)))
        return false;
      keep(attachment);
      core.turn.persist(voucherBucket, `${agent}/${sessionKey}`, JSON.stringify(attachment));
      onAuthor(agent as Did);
    }
    return true;
  }

  return {
    take,
    list: (author) =>
      (author === undefined
        ? [...byAuthor.values()]
        : [byAuthor.get(author) ?? new Map<string, Attachment>()]
      ).flatMap((known) => [...known.values()]),
    find: (author, key) => byAuthor.get(author)?.get(key) ?? registry.authorize(author, key, 'frames'),
    isAttached: (author) => byAuthor.has(author) || registry.locate(author) !== undefined,
  };
}
