/** One agreement: its name (S1), its members in order, and who proposes in which round (S4). */
import type { Did, Sha256 } from '../brand.ts';
import { utf8 } from '../bytes.ts';
import type { Keys } from '../ports.ts';
import { faultMax, quorum } from './quorum.ts';
import type { Roster } from './roster.ts';

/** What every signed record of an instance repeats. */
export interface InstanceName {
  readonly mesh: string;
  readonly space: string;
  readonly instance: string;
  /** Hash of the roster record. */
  readonly roster: Sha256;
}

export interface ConsensusInstance extends InstanceName {
  /** Members in the order of the roster; masks and indexes refer to it. */
  readonly members: readonly Did[];
  /** Who signs for each member: its own DID, or the session key of its attachment. */
  readonly keys: readonly Did[];
  readonly indexes: ReadonlyMap<string, number>;
  /** f and Q of the notes. */
  readonly faultMax: number;
  readonly quorum: number;
  /** The index of the proposer of round 0. */
  readonly proposerOffset: number;
}

/** Open an instance over a roster: every member that holds the roster computes the same. */
export function openInstance(keys: Pick<Keys, 'hash'>, roster: Roster): ConsensusInstance {
  const { mesh, space, instance, members } = roster.record;
  const digest = keys.hash(utf8(`amp/1/proposer\n${instance}\n${roster.hash}`));
  const start = new DataView(digest.buffer, digest.byteOffset, 4).getUint32(0);
  return {
    mesh,
    space,
    instance,
    roster: roster.hash,
    members: members.map((member) => member.did as Did),
    keys: members.map((member) => member.key as Did),
    indexes: new Map(members.map((member, index) => [member.did, index])),
    faultMax: faultMax(members.length),
    quorum: quorum(members.length),
    proposerOffset: start % members.length,
  };
}

/** The index of the proposer of `round`: pure, total, and the same on all members (S4); it rotates (L4). */
export function proposerIndex(instance: ConsensusInstance, round: number): number {
  return (instance.proposerOffset + round) % instance.members.length;
}

/** Whether a record belongs to this instance (S1). */
export function isOfInstance(instance: InstanceName, record: InstanceName): boolean {
  return (
    record.instance === instance.instance &&
    record.roster === instance.roster &&
    record.space === instance.space &&
    record.mesh === instance.mesh
  );
}
