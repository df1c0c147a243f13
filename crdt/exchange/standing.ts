/** Who may write into a space: a function of the members' record and of the attachments that vouch for session keys. */
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { limits } from '../../protocol/limits.ts';
import type { Attachment, Members } from '../../protocol/records.ts';
import type { Membership } from '../replica/replica-types.ts';

/** Heads of one author that a removal names. */
const cutsMax = 64;

/** The attachments that are known here, expired ones too: they vouch for frames as long as the frames stand. */
export interface KnownAttachments {
  /** The attachment under which this key signs for this author. */
  find(author: Did, key: Did): Attachment | undefined;
  isAttached(author: Did): boolean;
}

/**
 * Everyone attached may write in the commons; elsewhere the members may, who are not there to read along only, and
 * the removed up to their cut: so may a reader that wrote before, left and came back to read.
 */
export function standingIn(
  space: SpaceId,
  attachments: KnownAttachments,
  membersOf: () => Members | undefined,
): Membership {
  const isCommons = space === 'commons';
  const isWriter = (author: Did) =>
    membersOf()?.members.some(({ agent, reader }) => agent === author && reader !== true) === true;
  const wasMember = (author: Did) => membersOf()?.removed?.some(({ agent }) => agent === author) === true;

  return {
    mayWrite(author, version) {
      if (isCommons) return attachments.isAttached(author) ? 'yes' : 'unknown';
      const record = membersOf();
      if (!/^[1-9]\d{0,6}$/.test(version)) return 'no';
      if (record === undefined || Number(version) > record.version) return 'unknown';
      return isWriter(author) || wasMember(author) ? 'yes' : 'no';
    },
    // In the commons an author's first frame brings the attachment that makes it known.
    isKnown: (author) => isCommons || isWriter(author) || wasMember(author),
    cutAt(author, epoch) {
      if (isCommons) return undefined;
      return findCut(membersOf(), author, epoch);
    },
    maySign(author, key, at) {
      const voucher = attachments.find(author, key);
      if (voucher === undefined) return 'unknown';
      const isInTime = at >= voucher.at - limits.clockSkewMs && at <= voucher.expiresAt + limits.clockSkewMs;
      return isInTime && voucher.scopes.includes('frames') ? 'yes' : 'no';
    },
  };
}

/** The last seq that counts of an author's epoch who writes no longer, as the record says; `undefined` for all others. */
export function findCut(record: Members | undefined, author: Did, epoch: string): number | undefined {
  if (record?.members.some(({ agent, reader }) => agent === author && reader !== true) !== false)
    return undefined;
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

export function readCut(text: string): { readonly epoch: string; readonly seq: number } | undefined {
  const found = /^([0-9a-f]{32}):(\d{1,9})$/.exec(text);
  return found === null ? undefined : { epoch: found[1]!, seq: Number(found[2]) };
}
