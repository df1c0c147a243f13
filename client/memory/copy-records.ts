/**
 * The records that a copy of a space judges by: the members, version after version, and the attachments under which
 * others' nodes signed. Each is checked here, whatever the agent's own node says of it.
 */

import type { KnownAttachments } from '../../crdt/exchange/index.ts';
import type { AgentOwner } from '../../crdt/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { matchSchema } from '../../protocol/decode.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Store } from '../../protocol/ports.ts';
import {
  type Attachment,
  attachmentSchema,
  attachmentSignature,
  isMembersAuthorized,
  type Members,
  membersSchema,
  membersSignature,
} from '../../protocol/records.ts';
import type { CheckSignature } from './checker.ts';

/** The store of a copy: rows by bucket and key, as a node keeps them. */
export type CopyStore = Pick<Store, 'scan' | 'commit'>;

export interface CopyRecords extends KnownAttachments {
  members(): Members | undefined;
  /** Take a newer version by an owner of the one before; false for one that is provably wrong. */
  takeMembers(record: unknown): Promise<boolean>;
  /** Keep attachments; false when one is provably wrong. */
  takeAttachments(attachments: readonly Attachment[]): Promise<boolean>;
  /** Who runs whom, as far as attachments say: the node of the latest. */
  owners(): readonly AgentOwner[];
}

export const membersBucket = 'copy-members';
const attachmentBucket = 'copy-attachment';

export function createCopyRecords(
  components: { readonly store: CopyStore; readonly isSigned: CheckSignature },
  init: { readonly mesh: string; readonly space: string; readonly founder?: string | undefined },
): CopyRecords {
  const { store, isSigned } = components;
  const { mesh, space } = init;
  const byAuthor = new Map<string, Map<string, Attachment>>();
  const latest = new Map<string, Attachment>();
  let members: Members | undefined;

  for (const { value } of store.scan(attachmentBucket, '', '', Number.MAX_SAFE_INTEGER))
    keep(JSON.parse(value as string) as Attachment);
  for (const { value } of store.scan(membersBucket, space, `${space}\0`, 1))
    members = JSON.parse(value as string) as Members;

  function keep(attachment: Attachment): void {
    const { agent, sessionKey } = attachment;
    const known = byAuthor.get(agent) ?? new Map<string, Attachment>();
    byAuthor.set(agent, known.set(sessionKey, attachment));
    if ((latest.get(agent)?.seq ?? -1) < attachment.seq) latest.set(agent, attachment);
  }

  async function takeAttachments(attachments: readonly Attachment[]): Promise<boolean> {
    for (const attachment of attachments) {
      const { agent, sessionKey } = attachment;
      const known = byAuthor.get(agent)?.get(sessionKey);
      if (known !== undefined && known.expiresAt >= attachment.expiresAt) continue;
      const read = matchSchema(attachmentSchema, attachment as JsonObject);
      if (!read.ok || attachment.mesh !== mesh || !(await isSigned(attachmentSignature(attachment))))
        return false;
      keep(attachment);
      const value = JSON.stringify(attachment);
      store.commit([{ bucket: attachmentBucket, key: `${agent}/${sessionKey}`, value }]);
    }
    return true;
  }

  async function takeMembers(object: unknown): Promise<boolean> {
    const read = matchSchema(membersSchema, object as JsonObject);
    if (!read.ok) return false;
    const record = read.value;
    if (record.mesh !== mesh || record.space !== space) return false;
    if (members !== undefined && record.version <= members.version) return true;
    const allowed = members?.owners ?? (init.founder === undefined ? record.owners : [init.founder]);
    if (!allowed.includes(record.signer) || !isMembersAuthorized(record)) return false;
    if (record.attachment !== undefined && !(await isSigned(attachmentSignature(record.attachment))))
      return false;
    if (!(await isSigned(membersSignature(record)))) return false;
    members = record;
    store.commit([{ bucket: membersBucket, key: space, value: JSON.stringify(record) }]);
    return true;
  }

  return {
    members: () => members,
    takeMembers,
    takeAttachments,
    find: (author, key) => byAuthor.get(author)?.get(key),
    isAttached: (author) => byAuthor.has(author),
    owners: () => [...latest].map(([agent, { node }]) => ({ agent: agent as Did, owner: node })),
  };
}

/** Rows in memory only: what is held is fetched again after a restart. */
export function createCopyRows(): CopyStore {
  const buckets = new Map<string, Map<string, string | Uint8Array>>();
  return {
    scan(bucket, fromKey, toKey, limit) {
      return [...(buckets.get(bucket) ?? [])]
        .filter(([key]) => key >= fromKey && (toKey === '' || key < toKey))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([key, value]) => ({ key, value }));
    },
    commit(writes) {
      for (const { bucket, key, value } of writes) {
        const rows = buckets.get(bucket) ?? new Map<string, string | Uint8Array>();
        buckets.set(bucket, rows);
        if (value === null) rows.delete(key);
        else rows.set(key, value);
      }
    },
  };
}
