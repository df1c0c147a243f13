/**
 * Who may vote. Members are chosen by a rule that everybody can repeat: in the order of a rendezvous hash of
 * (instance, DID), at most one per node, at most f per owner; too few members call witnesses from `commons`.
 * @see Thaler, Ravishankar 1998, "Using name-based mappings to increase hit rates" (rendezvous hashing)
 */
import * as z from 'zod';
import type { Sha256 } from '../brand.ts';
import { compareText, toHex, utf8 } from '../bytes.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import * as f from '../message-fields.ts';
import type { Keys } from '../ports.ts';
import { hashObject } from '../signing.ts';
import { faultMax, rosterMax, rosterMin } from './quorum.ts';

/** The rule below, by name: part of what is hashed, so another rule gives another roster. */
export const selectionRule = 'rendezvous-1';

const memberSchema = z.strictObject({
  did: f.did,
  node: f.did,
  /** Whoever answers for the agent: a person's or an organisation's DID, or the node's. */
  owner: f.did,
  /** Who signs its votes: its own DID, or the session key of its attachment. */
  key: f.did,
  /** Called from `commons`, because the space alone had too few. */
  witness: z.boolean(),
});
export type RosterMember = Readonly<z.infer<typeof memberSchema>>;
export type RosterCandidate = Omit<RosterMember, 'witness'>;

export const rosterSchema = z.strictObject({
  record: z.literal('roster'),
  mesh: f.name,
  space: f.spaceId,
  instance: f.name,
  rule: z.literal(selectionRule),
  membersVersion: f.count,
  /** `not-byzantine`: fewer than four independent members were eligible; one lie can change the outcome. */
  label: z.enum(['byzantine', 'not-byzantine']),
  /** Sorted by DID. */
  members: z.array(memberSchema).min(1).max(rosterMax),
});
export type RosterRecord = Readonly<z.infer<typeof rosterSchema>>;

export interface Roster {
  readonly record: RosterRecord;
  readonly hash: Sha256;
}

export interface RosterFacts {
  readonly mesh: string;
  readonly space: string;
  readonly instance: string;
  readonly membersVersion: number;
  /** Eligible members of the space, in any order. */
  readonly members: readonly RosterCandidate[];
  /** Agents of `commons` that are willing to witness, in any order. */
  readonly witnesses: readonly RosterCandidate[];
}

/**
 * Choose the roster: the most members that the caps allow, at most {@link rosterMax}.
 * @throws RangeError when there is no candidate at all (a caller's bug).
 */
export function selectRoster(keys: Pick<Keys, 'hash'>, facts: RosterFacts): Roster {
  const members = order(keys, facts, facts.members, false);
  const witnesses = order(keys, facts, facts.witnesses, true);
  const chosen = pickCapped(members, rosterMax) ?? pickCapped([...members, ...witnesses], rosterMin);
  const record: RosterRecord = {
    record: 'roster',
    mesh: facts.mesh,
    space: facts.space,
    instance: facts.instance,
    rule: selectionRule,
    membersVersion: facts.membersVersion,
    label: chosen === undefined ? 'not-byzantine' : 'byzantine',
    members: sortByDid(chosen ?? onePerNode([...members, ...witnesses]).slice(0, rosterMax)),
  };
  if (record.members.length === 0) throw new RangeError('a roster needs at least one candidate');
  return { record, hash: hashObject(keys, record) as Sha256 };
}

/** Check a roster that came from outside: form, order, caps, label and hash. */
export function checkRoster(keys: Pick<Keys, 'hash'>, input: unknown): Checked<Roster> {
  const parsed = rosterSchema.safeParse(input);
  if (!parsed.success) return refuse('AMP-1851', 'The roster has a wrong form.', 'roster');
  const record = parsed.data;
  const { members } = record;
  const isSorted = members.every((member, i) => i === 0 || compareText(members[i - 1]!.did, member.did) < 0);
  if (!isSorted) return refuse('AMP-1851', 'The roster is not sorted by DID.', 'roster.members');
  if (onePerNode(members).length !== members.length) {
    return refuse('AMP-1851', 'Two members share a node.', 'roster.members');
  }
  const isCapped = withinCaps(members, members.length).length === members.length;
  const isByzantine = members.length >= rosterMin && isCapped;
  if (isByzantine !== (record.label === 'byzantine')) {
    return refuse('AMP-1851', 'The label does not fit the members.', 'roster.label');
  }
  return accept({ record, hash: hashObject(keys, record) as Sha256 });
}

/** By rendezvous hash, so that nobody chooses where it stands; each DID once. */
function order(
  keys: Pick<Keys, 'hash'>,
  facts: RosterFacts,
  candidates: readonly RosterCandidate[],
  witness: boolean,
): RosterMember[] {
  const known = new Set(witness ? facts.members.map((member) => member.did) : []);
  const ranked: { rank: string; member: RosterMember }[] = [];
  for (const { did, node, owner, key } of candidates) {
    if (known.has(did)) continue;
    known.add(did);
    const rank = toHex(keys.hash(utf8(`amp/1/rendezvous\n${facts.instance}\n${did}`)));
    ranked.push({ rank, member: { did, node, owner, key, witness } });
  }
  return ranked.sort((a, b) => compareText(a.rank, b.rank)).map((entry) => entry.member);
}

/** The largest n up to `sizeMax` for which n members fit under the caps for n. */
function pickCapped(candidates: readonly RosterMember[], sizeMax: number): RosterMember[] | undefined {
  for (let n = Math.min(sizeMax, candidates.length); n >= rosterMin; n--) {
    const picked = withinCaps(candidates, n);
    if (picked.length >= n) return picked.slice(0, n);
  }
  return undefined;
}

function withinCaps(candidates: readonly RosterMember[], n: number): RosterMember[] {
  const perOwner = new Map<string, number>();
  return onePerNode(candidates, (member) => {
    const count = (perOwner.get(member.owner) ?? 0) + 1;
    if (count > faultMax(n)) return false;
    perOwner.set(member.owner, count);
    return true;
  });
}

function onePerNode(
  candidates: readonly RosterMember[],
  mayTake: (member: RosterMember) => boolean = () => true,
): RosterMember[] {
  const nodes = new Set<string>();
  return candidates.filter((member) => {
    if (nodes.has(member.node) || !mayTake(member)) return false;
    nodes.add(member.node);
    return true;
  });
}

function sortByDid(members: readonly RosterMember[]): RosterMember[] {
  return [...members].sort((a, b) => compareText(a.did, b.did));
}
