/**
 * A space's owner changes who writes and reads which blocks of its memory: a new version of the members' record, by
 * which every replica judges. What was written by a right that the record takes away is named in it, and stands.
 */
import {
  type AgentScope,
  areScopes,
  createScopes,
  type EarlierScope,
  earlierScopesMax,
  readEarlier,
  readScopes,
  scopesIn,
  writeCuts,
} from '../../crdt/exchange/index.ts';
import type { EntryChange, Replica } from '../../crdt/index.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { EdgeMessageOf } from '../../protocol/messages.ts';
import type { Members } from '../../protocol/records.ts';
import type { LocalAgent } from './local-agents.ts';

/** Write the next version of a space's members, as one of the owners. */
export type ChangeMembers = (
  space: SpaceId,
  owner: LocalAgent,
  change: (members: Members) => Partial<Members>,
) => Members | undefined;

/** Rights taken away, as text of one record: it shares a packet of 64 KiB with up to a thousand members. Judgement. */
const earlierTextMax = 16 * 1024;

type Stated = Readonly<Record<string, AgentScope>>;

/** The version that says so, or why there is none. */
export function changeScopes(
  change: ChangeMembers,
  owner: LocalAgent,
  { replica, members }: { readonly replica: Replica; readonly members: Members },
  { space, scopes, keep = true }: EdgeMessageOf<'scope'>,
): Checked<number> {
  if (!members.owners.includes(owner.did))
    return refuse('AMP-1404', 'Only an owner of the space says who writes and reads what.', 'space');
  if (members.closed === true) return refuse('AMP-1405', 'The space is closed.', 'space');
  if (!areScopes(scopes))
    return refuse('AMP-1005', 'Scopes name, by DID or "*", the blocks to "write" and to "read".', 'scopes');
  const earlier = keep ? findEarlier(replica, members.policy, scopes as Stated | undefined) : [];
  if (earlier.length > earlierScopesMax || JSON.stringify(earlier).length > earlierTextMax)
    return refuse(
      'AMP-1707',
      'More stands by earlier rights than one record can name: give "keep": false.',
      'keep',
    );
  const next = change(space as SpaceId, owner, ({ policy }) => ({
    policy: withScopes(policy, scopes as Stated | undefined, earlier),
  }));
  return next === undefined
    ? refuse('AMP-1402', 'The space is not known here yet.', 'space')
    : accept(next.version);
}

function withScopes(
  policy: Members['policy'],
  scopes: Stated | undefined,
  earlier: readonly EarlierScope[],
): NonNullable<Members['policy']> {
  const { scopes: _, earlier: _before, ...memory } = (policy?.memory ?? {}) as Record<string, unknown>;
  const rights = {
    ...(scopes === undefined ? {} : { scopes }),
    ...(earlier.length === 0 ? {} : { earlier }),
  };
  return { ...policy, memory: { ...memory, ...rights } };
}

/** The rights that something written still needs, once `next` is in force: those of before, and the present ones. */
export function findEarlier(
  replica: Pick<Replica, 'entries' | 'heads'>,
  policy: unknown,
  next: Stated | undefined,
): readonly EarlierScope[] {
  const present = scopesIn(policy);
  const bare = createScopes(next);
  const endangered = [...replica.entries()].filter(
    (entry) => present.mayWrite(entry.author, entry) && !bare.mayWrite(entry.author, entry),
  );
  const kept = readEarlier(policy).filter((one) => endangered.some((entry) => standsBy(entry, [one])));
  const rest = endangered.filter((entry) => !standsBy(entry, kept));
  const stated = readScopes(policy);
  const fresh = [...new Set(rest.map(({ author }) => author))].sort().map((agent): EarlierScope => {
    const write = (stated?.[agent] ?? stated?.['*'])?.write;
    const heads = writeCuts(replica.heads().filter(({ author, seq }) => author === agent && seq >= 0));
    return { agent, ...(write === undefined ? {} : { write }), heads };
  });
  return [...kept, ...fresh];
}

function standsBy(entry: EntryChange, earlier: readonly EarlierScope[]): boolean {
  return createScopes(nothing, earlier).mayWrite(entry.author as Did, entry);
}

const nothing: Stated = { '*': { write: [] } };
