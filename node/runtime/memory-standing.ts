/**
 * Who may write into a space, from the records that this node holds: the members' record, attachments, and the
 * attachments under which frames were signed, kept as long as the frames.
 */
import type { Membership } from '../../crdt/index.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { limits } from '../../protocol/limits.ts';
import { type Attachment, attachmentSignature, type Members } from '../../protocol/records.ts';
import { checkSignature } from '../../protocol/signing.ts';
import type { PeerCore } from './peer-core.ts';

/** Attachments that vouch for frames: they outlive their own time, as the frames do. */
export const voucherBucket = 'memory-voucher';
/** Vouchers of one author; the oldest give way. */
const vouchersPerAuthorMax = 1_024;
/** Heads of one author that a removal names. */
const cutsMax = 64;

export interface Vouchers {
  /** Keep attachments that came with frames; false when one is provably bad. */
  take(attachments: readonly Attachment[]): boolean;
  /** The attachment under which this key signs for this author. */
  find(author: Did, key: Did): Attachment | undefined;
  isAttached(author: Did): boolean;
}

export function createVouchers(core: PeerCore, registry: AttachmentRegistry): Vouchers {
  const byAuthor = new Map<Did, Map<string, Attachment>>();
  for (const row of core.store.scan(voucherBucket, '', '', Number.MAX_SAFE_INTEGER))
    keep(JSON.parse(row.value as string) as Attachment);

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
    }
    return true;
  }

  return {
    take,
    find: (author, key) => byAuthor.get(author)?.get(key) ?? registry.authorize(author, key, 'frames'),
    isAttached: (author) => byAuthor.has(author) || registry.locate(author) !== undefined,
  };
}

/** Everyone attached may write in the commons; elsewhere the members may, and the removed up to their cut. */
export function standingIn(
  space: SpaceId,
  vouchers: Vouchers,
  membersOf: () => Members | undefined,
): Membership {
  const isCommons = space === 'commons';
  const isMember = (author: Did) => membersOf()?.members.some(({ agent }) => agent === author) === true;
  const wasMember = (author: Did) => membersOf()?.removed?.some(({ agent }) => agent === author) === true;

  return {
    mayWrite(author, version) {
      if (isCommons) return vouchers.isAttached(author) ? 'yes' : 'unknown';
      const record = membersOf();
      if (!/^[1-9]\d{0,6}$/.test(version)) return 'no';
      if (record === undefined || Number(version) > record.version) return 'unknown';
      return isMember(author) || wasMember(author) ? 'yes' : 'no';
    },
    // In the commons an author's first frame brings the attachment that makes it known.
    isKnown: (author) => isCommons || isMember(author) || wasMember(author),
    cutAt(author, epoch) {
      if (isCommons) return undefined;
      return findCut(membersOf(), author, epoch);
    },
    maySign(author, key, at) {
      const voucher = vouchers.find(author, key);
      if (voucher === undefined) return 'unknown';
      const isInTime = at >= voucher.at - limits.clockSkewMs && at <= voucher.expiresAt + limits.clockSkewMs;
      return isInTime && voucher.scopes.includes('frames') ? 'yes' : 'no';
    },
  };
}

/** The last seq that counts of a removed author's epoch, as the members' record says; `undefined` for all others. */
export function findCut(record: Members | undefined, author: Did, epoch: string): number | undefined {
  if (record === undefined || record.members.some(({ agent }) => agent === author)) return undefined;
  const cuts = (record.removed ?? []).filter(({ agent }) => agent === author);
  if (cuts.length === 0) return undefined;
  return cuts.map(({ lastHead }) => readCut(lastHead)).findLast((one) => one?.epoch === epoch)?.seq ?? -1;
}

/** How a members' record says up to where a removed author's epochs count; an epoch it does not name is cut off. */
export function writeCuts(
  heads: readonly { readonly epoch: string; readonly seq: number }[],
): readonly string[] {
  return heads.slice(-cutsMax).map(({ epoch, seq }) => `${epoch}:${seq}`);
}

function readCut(text: string): { readonly epoch: string; readonly seq: number } | undefined {
  const found = /^([0-9a-f]{32}):(\d{1,9})$/.exec(text);
  return found === null ? undefined : { epoch: found[1]!, seq: Number(found[2]) };
}
