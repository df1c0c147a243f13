/**
 * The spaces that this node keeps for its own agents: who belongs to each, at which version, and all that was
 * said there. Nodes that keep one space compare digests and exchange what the other lacks, so an entry that one
 * of them has reaches all of them.
 */

import type { Did, NodeId, SpaceId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { CompactMap } from '../compact-map.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type MachineInput,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { Members } from '../records.ts';
import type { Verified } from '../signing.ts';

export const membersBucket = 'members';
export const entryBucket = 'entries';
const syncTimer = 'space-sync';

/** A signed message in a space, as the machine needs to know it. */
export interface SpaceEntry {
  readonly id: string;
  readonly space: SpaceId;
  readonly from: Did;
  readonly at: number;
  readonly text: string;
}

export interface SpaceDigest {
  readonly space: SpaceId;
  readonly version: number;
  readonly count: number;
  /** Exclusive or of the last 48 bits of all entry ids. */
  readonly xor: readonly [number, number];
}

/** What the nodes of a space say to each other. */
export type SpacePacket =
  | { readonly kind: 'digest'; readonly digests: readonly SpaceDigest[] }
  /** "I have these: send me the rest, and the members." */
  | {
      readonly kind: 'pull';
      readonly space: SpaceId;
      readonly version: number;
      readonly have: readonly string[];
    }
  | { readonly kind: 'members'; readonly records: readonly Members[] }
  | { readonly kind: 'entries'; readonly texts: readonly string[] };

export type SpaceInput =
  /** A member record, its own signature checked, and its hash (hexadecimal SHA-256). */
  | (MachineInput & {
      readonly type: 'members-seen';
      readonly record: Verified<Members>;
      readonly hash: string;
    })
  | (MachineInput & { readonly type: 'entry-seen'; readonly entry: SpaceEntry })
  | (MachineInput & {
      readonly type: 'packet';
      readonly node: NodeId;
      readonly packet: SpacePacket;
      readonly isHolder: boolean;
    })
  /** The other nodes that keep the space, as far as known. Answers a `find-holders`. */
  | (MachineInput & {
      readonly type: 'holders-found';
      readonly space: SpaceId;
      readonly nodes: readonly NodeId[];
    })
  | (MachineInput & {
      readonly type: 'loaded';
      readonly members: readonly { readonly record: Verified<Members>; readonly hash: string }[];
      readonly entries: readonly SpaceEntry[];
    })
  | TimerFired;

export type SpaceEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  | {
      readonly type: 'members-changed';
      readonly record: Members;
      readonly added: readonly Did[];
      readonly removed: readonly Did[];
    }
  | { readonly type: 'entry-added'; readonly entry: SpaceEntry }
  | { readonly type: 'find-holders'; readonly space: SpaceId; readonly members: readonly Did[] }
  | { readonly type: 'send-packet'; readonly node: NodeId; readonly packet: SpacePacket };

export interface SpaceInit {
  /** @default 10,000 */
  readonly entriesMax?: number;
  /** All entries of one space, in bytes. @default 32 MiB */
  readonly bytesMax?: number;
}

export interface SpaceMachine extends Machine<SpaceInput, SpaceEffect> {
  members(space: SpaceId): Members | undefined;
  isMember(space: SpaceId, agent: Did): boolean;
  /** In the order (time written, author, id), the same on every node. */
  entries(space: SpaceId): readonly SpaceEntry[];
  entry(space: SpaceId, id: string): SpaceEntry | undefined;
  spaces(): readonly SpaceId[];
}

interface Space {
  readonly id: SpaceId;
  members: Members | undefined;
  membersHash: string;
  readonly entries: CompactMap<string, SpaceEntry>;
  readonly entriesById: CompactMap<string, SpaceEntry[]>;
  /** Entries whose author is in no version seen so far: they wait for the members record that knows them. */
  readonly parked: CompactMap<string, SpaceEntry>;
  readonly authors: Set<Did>;
  bytes: number;
  xorHigh: number;
  xorLow: number;
  idleRounds: number;
  nextSyncAtMs: number;
}

export function createSpaceMachine(init: SpaceInit = {}): SpaceMachine {
  const entriesMax = init.entriesMax ?? 10_000;
  const bytesMax = init.bytesMax ?? 32 * 1024 * 1024;
  const spaces = new CompactMap<SpaceId, Space>();
  /** When the timer fires; the earliest comparison that is due. */
  let timerDueAtMs = Number.POSITIVE_INFINITY;

  function step(input: SpaceInput): readonly SpaceEffect[] {
    switch (input.type) {
      case 'members-seen':
        return seeMembers(input.record, input.hash, input.atMs);
      case 'entry-seen':
        return seeEntry(input.entry, input.atMs);
      case 'packet':
        return takePacket(input.node, input.packet, input.isHolder, input.atMs);
      case 'holders-found':
        return greet(input.space, input.nodes);
      case 'loaded':
        return load(input.members, input.entries, input.atMs);
      case 'timer-fired':
        return input.timer === syncTimer ? tick(input.atMs) : ignore('foreign-timer');
    }
  }

  function open(id: SpaceId): Space {
    const space: Space = {
      id,
      members: undefined,
      membersHash: '',
      entries: new CompactMap(),
      entriesById: new CompactMap(),
      parked: new CompactMap(),
      authors: new Set(),
      bytes: 0,
      xorHigh: 0,
      xorLow: 0,
      idleRounds: 0,
      nextSyncAtMs: Number.POSITIVE_INFINITY,
    };
    spaces.set(id, space);
    return space;
  }

  function seeMembers(record: Verified<Members>, hash: string, atMs: number): readonly SpaceEffect[] {
    const id = record.space as SpaceId;
    const known = spaces.get(id);
    const refusal = judgeMembers(known, record, hash);
    if (refusal !== undefined) return ignore(refusal);
    const space = known ?? open(id);
    const before = new Set(space.members?.members.map((member) => member.agent) ?? []);
    const after = new Set(record.members.map((member) => member.agent));
    space.members = record;
    space.membersHash = hash;
    for (const agent of after) space.authors.add(agent as Did);
    for (const owner of record.owners) space.authors.add(owner as Did);
    const waking = wake(space, atMs);
    return [
      { type: 'persist', bucket: membersBucket, key: id, value: JSON.stringify({ record, hash }) },
      {
        type: 'members-changed',
        record,
        added: [...after].filter((agent) => !before.has(agent)) as Did[],
        removed: [...before].filter((agent) => !after.has(agent)) as Did[],
      },
      ...unpark(space, atMs),
      ...waking,
    ];
  }

  function unpark(space: Space, atMs: number): readonly SpaceEffect[] {
    const ready = [...space.parked.values()].filter((entry) => space.authors.has(entry.from));
    for (const entry of ready) space.parked.delete(keyOf(entry));
    return ready.flatMap((entry) => seeEntry(entry, atMs));
  }

  function seeEntry(entry: SpaceEntry, atMs: number): readonly SpaceEffect[] {
    const space = spaces.get(entry.space);
    if (space?.members === undefined) return ignore('unknown-space');
    if (space.entries.has(keyOf(entry))) return ignore('known-entry');
    if (!space.authors.has(entry.from)) return park(space, entry);
    if (space.entries.size >= entriesMax || space.bytes + entry.text.length > bytesMax)
      return ignore('space-full');
    addEntry(space, entry);
    return [
      {
        type: 'persist',
        bucket: entryBucket,
        key: `${entry.space}|${keyOf(entry)}`,
        value: JSON.stringify(entry),
      },
      { type: 'entry-added', entry },
      ...wake(space, atMs),
    ];
  }

  function park(space: Space, entry: SpaceEntry): readonly SpaceEffect[] {
    if (space.parked.size >= parkedMax) return ignore('not-a-member');
    space.parked.set(keyOf(entry), entry);
    return ignore('author-not-known-yet');
  }

  function takePacket(
    node: NodeId,
    packet: SpacePacket,
    isHolder: boolean,
    atMs: number,
  ): readonly SpaceEffect[] {
    if (packet.kind === 'digest') return packet.digests.flatMap((digest) => compare(node, digest));
    if (packet.kind !== 'pull') return ignore('handled-as-members-or-entries');
    const space = spaces.get(packet.space);
    if (space?.members === undefined) return ignore('unknown-space');
    // Only a node of a member gets what was said here.
    if (!isHolder) return ignore('not-a-holder');
    return [...wake(space, atMs), ...answerPull(node, space, packet.version, packet.have)];
  }

  function compare(node: NodeId, digest: SpaceDigest): readonly SpaceEffect[] {
    const space = spaces.get(digest.space);
    // Whoever compares takes this node for a holder: an agent came here, or the record was lost on its way.
    if (space?.members === undefined)
      return [
        { type: 'send-packet', node, packet: { kind: 'pull', space: digest.space, version: 0, have: [] } },
      ];
    const isEqual =
      digest.version === space.members.version &&
      digest.count === space.entries.size &&
      digest.xor[0] === space.xorHigh &&
      digest.xor[1] === space.xorLow;
    if (isEqual) return ignore('in-step');
    return [{ type: 'send-packet', node, packet: pullOf(space) }];
  }

  function answerPull(
    node: NodeId,
    space: Space,
    version: number,
    have: readonly string[],
  ): readonly SpaceEffect[] {
    const known = new Set(have);
    const missing = sorted(space).filter((entry) => !known.has(keyOf(entry)));
    const effects: SpaceEffect[] = [];
    if (space.members !== undefined && version < space.members.version) {
      effects.push({ type: 'send-packet', node, packet: { kind: 'members', records: [space.members] } });
    }
    for (const texts of page(missing))
      effects.push({ type: 'send-packet', node, packet: { kind: 'entries', texts } });
    const lacks = have.some((key) => !space.entries.has(key)) || version > (space.members?.version ?? 0);
    if (lacks) effects.push({ type: 'send-packet', node, packet: pullOf(space) });
    return effects.length > 0 ? effects : ignore('in-step');
  }

  function greet(id: SpaceId, nodes: readonly NodeId[]): readonly SpaceEffect[] {
    const space = spaces.get(id);
    if (space?.members === undefined) return ignore('unknown-space');
    return nodes.map((node) => ({
      type: 'send-packet',
      node,
      packet: { kind: 'digest', digests: [digestOf(space)] },
    }));
  }

  function tick(atMs: number): readonly SpaceEffect[] {
    timerDueAtMs = Number.POSITIVE_INFINITY;
    const effects: SpaceEffect[] = [];
    for (const space of spaces.values()) {
      if (space.members === undefined || space.nextSyncAtMs > atMs) continue;
      space.idleRounds += 1;
      space.nextSyncAtMs = atMs + Math.min(syncCapMs, syncFirstMs * 2 ** Math.min(space.idleRounds, 10));
      effects.push({ type: 'find-holders', space: space.id, members: membersOf(space) });
    }
    return effects.concat(armForAll());
  }

  /** Compare soon, and often at first: something changed. A space in which much is said is compared all the same. */
  function wake(space: Space, atMs: number): readonly SpaceEffect[] {
    space.idleRounds = 0;
    space.nextSyncAtMs = Math.min(space.nextSyncAtMs, atMs + syncFirstMs);
    return arm(space.nextSyncAtMs);
  }

  /** One timer for all spaces: the earliest comparison. It never moves later before it fires. */
  function arm(dueAtMs: number): readonly SpaceEffect[] {
    if (dueAtMs >= timerDueAtMs) return [];
    timerDueAtMs = dueAtMs;
    return [{ type: 'set-timer', timer: syncTimer, dueAtMs }];
  }

  function armForAll(): readonly SpaceEffect[] {
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const space of spaces.values())
      if (space.members !== undefined) dueAtMs = Math.min(dueAtMs, space.nextSyncAtMs);
    return arm(dueAtMs);
  }

  function load(
    members: readonly { readonly record: Verified<Members>; readonly hash: string }[],
    entries: readonly SpaceEntry[],
    atMs: number,
  ): readonly SpaceEffect[] {
    for (const { record, hash } of members) {
      const space = open(record.space as SpaceId);
      space.members = record;
      space.membersHash = hash;
      for (const member of record.members) space.authors.add(member.agent as Did);
      for (const owner of record.owners) space.authors.add(owner as Did);
      space.nextSyncAtMs = atMs + syncFirstMs;
    }
    for (const entry of entries) {
      const space = spaces.get(entry.space);
      if (space === undefined) continue;
      space.authors.add(entry.from);
      addEntry(space, entry);
    }
    return armForAll();
  }

  return {
    step,
    members: (id) => spaces.get(id)?.members,
    isMember: (id, agent) =>
      spaces.get(id)?.members?.members.some((member) => member.agent === agent) ?? false,
    entries: (id) => {
      const space = spaces.get(id);
      return space === undefined ? [] : sorted(space);
    },
    entry: (id, entryId) => {
      for (const entry of spaces.get(id)?.entriesById.get(entryId) ?? []) return entry;
      return undefined;
    },
    spaces: () => [...spaces.keys()].sort(compareText),
  };
}

/** The first comparison after a change; doubled while nothing differs. Judgement: repairs a lost message in a blink. */
const syncFirstMs = 500;
const syncCapMs = 30_000;
const parkedMax = 256;
/** Entries in one answer to a pull, in bytes, so that a packet stays under the batch limit. */
const pageBytesMax = 48 * 1024;

/** Why a member record is not taken, or `undefined`. */
function judgeMembers(known: Space | undefined, record: Members, hash: string): string | undefined {
  const signerOwns = record.owners.includes(record.signer);
  if (!signerOwns) return 'signer-is-no-owner';
  const before = known?.members;
  if (before === undefined) return undefined;
  if (record.version < before.version) return 'older-members';
  if (!before.owners.includes(record.signer)) return 'signer-was-no-owner';
  // Two owners, or one on two nodes, wrote the same version: the smaller hash wins everywhere.
  if (record.version === before.version) return hash < known!.membersHash ? undefined : 'older-members';
  return undefined;
}

/**
 * An id is its author's word: two authors may use the same one, and neither takes the other's place. The tail of
 * the author's DID tells them apart.
 */
function keyOf(entry: Pick<SpaceEntry, 'id' | 'from'>): string {
  return `${entry.id}|${entry.from.slice(-10)}`;
}

function addEntry(space: Space, entry: SpaceEntry): void {
  space.entries.set(keyOf(entry), entry);
  space.entriesById.set(entry.id, [...(space.entriesById.get(entry.id) ?? []), entry]);
  space.bytes += entry.text.length;
  space.xorHigh = (space.xorHigh ^ Number.parseInt(entry.id.slice(-12, -6), 16)) >>> 0;
  space.xorLow = (space.xorLow ^ Number.parseInt(entry.id.slice(-6), 16)) >>> 0;
}

function digestOf(space: Space): SpaceDigest {
  const version = space.members?.version ?? 0;
  return { space: space.id, version, count: space.entries.size, xor: [space.xorHigh, space.xorLow] };
}

function pullOf(space: Space): SpacePacket {
  return {
    kind: 'pull',
    space: space.id,
    version: space.members?.version ?? 0,
    have: [...space.entries.keys()].sort(compareText),
  };
}

function membersOf(space: Space): readonly Did[] {
  return (space.members?.members ?? []).map((member) => member.agent as Did);
}

function sorted(space: Space): readonly SpaceEntry[] {
  return [...space.entries.values()].sort(
    (a, b) => a.at - b.at || compareText(a.from, b.from) || compareText(a.id, b.id),
  );
}

function* page(entries: readonly SpaceEntry[]): Generator<readonly string[]> {
  let texts: string[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (texts.length > 0 && bytes + entry.text.length > pageBytesMax) {
      yield texts;
      texts = [];
      bytes = 0;
    }
    texts.push(entry.text);
    bytes += entry.text.length;
  }
  if (texts.length > 0) yield texts;
}
