/** Drives the space machine: opens spaces, changes their members, passes entries on and keeps the holders in step. */

import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Envelope } from '../../protocol/messages.ts';
import {
  type Attachment,
  attachmentSignature,
  isMembersAuthorized,
  type Members,
  membersSignature,
  recordDomains,
} from '../../protocol/records.ts';
import { checkSignature, hashObject, signObject, type Verified } from '../../protocol/signing.ts';
import {
  createSpaceMachine,
  entryBucket,
  membersBucket,
  type SpaceEffect,
  type SpaceEntry,
  type SpaceInput,
  type SpaceMachine,
  type SpacePacket,
} from '../../protocol/space/space-machine.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { encodeEntries, encodePacket, type PacketOf } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { TimerOwner } from './timers.ts';
import { createTurns, type Turns } from './turns.ts';

export interface SpaceDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly attachmentTexts: (agents: Iterable<Did>) => readonly string[];
  readonly takeAttachments: (attachments: readonly Attachment[]) => boolean;
  /** Check an envelope that may be older than its time to live: what was said in a space stays. */
  readonly openArchived: (object: JsonObject) => Checked<SealedEnvelope>;
  /** An entry is new here: hand it to the local members. */
  readonly onEntry: (message: SealedEnvelope) => void;
  /**
   * Whether this node may write members in the owner's name now; else `later` is called once it may: the owner came
   * from a node that may not know of it yet.
   */
  readonly mayChange: (owner: Did, later: () => void) => boolean;
  readonly onMembers: (record: Members, added: readonly Did[], removed: readonly Did[]) => void;
}

export interface SpaceDesk {
  readonly machine: SpaceMachine;
  /** Open a space, if it is not open: its owner is the only member at first. */
  ensure(space: SpaceId, owner: LocalAgent, policy: JsonObject | undefined): Members;
  /** Write the next version of the members, as one of the owners; `undefined` when it is not written, or not yet. */
  change(
    space: SpaceId,
    owner: LocalAgent,
    change: (members: Members) => Partial<Members>,
  ): Members | undefined;
  /** Take in a member record from elsewhere; false when it is provably bad. */
  takeMembers(record: Members): boolean;
  add(message: SealedEnvelope): void;
  /** All that was said in the space, in its order. */
  envelopes(space: SpaceId): readonly Envelope[];
  /** The agent belongs to the space to read along only. */
  isReader(space: SpaceId, agent: Did): boolean;
  takePacket(node: NodeId, packet: PacketOf<'space'>): void;
  /** Nodes, other than this one, with an agent in the space; sorted. */
  holders(space: SpaceId): readonly NodeId[];
  /** Members of all spaces here that are attached elsewhere; sorted. */
  companions(): readonly Did[];
  /** Holders of the spaces that this agent belongs to; sorted. */
  nodesBeside(agent: Did): readonly NodeId[];
  /** Show a node the members of a space. */
  sendMembers(node: NodeId, space: SpaceId): void;
  /** Compare notes on a space with this node now, if it is a holder. */
  greet(space: SpaceId, node: NodeId): void;
  localMembers(space: SpaceId): readonly LocalAgent[];
}

export function createSpaceDesk(parts: SpaceDeskComponents): SpaceDesk {
  return new Spaces(parts);
}

class Spaces implements SpaceDesk, TimerOwner {
  readonly #parts: SpaceDeskComponents;
  readonly #core: PeerCore;
  readonly machine: SpaceMachine = createSpaceMachine();
  /** Opened envelopes of entries on their way through the machine. */
  readonly #opened = new CompactMap<string, SealedEnvelope>();
  readonly #holdersOf = new CompactMap<SpaceId, Holders>();
  readonly #turns: Turns;

  constructor(parts: SpaceDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#turns = createTurns(parts.core.rng, fanOut);
    this.#load();
  }

  #step(input: SpaceInput): void {
    for (const effect of this.machine.step(input)) this.#perform(effect);
  }

  onTimer(timer: string, atMs: number): void {
    this.#step({ type: 'timer-fired', timer, atMs });
  }

  #perform(effect: SpaceEffect): void {
    switch (effect.type) {
      case 'persist':
        this.#core.turn.persist(effect.bucket, effect.key, effect.value);
        return;
      case 'set-timer':
      case 'cancel-timer':
        this.#core.timers.apply('space', effect, this);
        return;
      case 'ignored':
        this.#core.countIgnored('space', effect.reason);
        return;
      case 'entry-added': {
        const message = this.#opened.get(effect.entry.id);
        if (message !== undefined) this.#parts.onEntry(message);
        return;
      }
      case 'members-changed':
        this.#parts.onMembers(effect.record, effect.added, effect.removed);
        // Who comes new has all to learn; the others were told by the owner, and compare soon.
        if (effect.added.some((agent) => this.#parts.local.get(agent) !== undefined))
          this.#compareInTurn(effect.record.space as SpaceId);
        return;
      case 'find-holders':
        this.#compareInTurn(effect.space);
        return;
      case 'send-packet':
        this.#core.turn.afterCommit(() => this.#send(effect.node, effect.packet));
    }
  }

  #send(node: NodeId, packet: SpacePacket): void {
    if (packet.kind !== 'entries') {
      const body = packet as unknown as PacketOf<'space'>['body'];
      return this.#core.transport.send(node, encodePacket({ packet: 'space', attachments: [], body }));
    }
    const authors = packet.texts.map((text) => (JSON.parse(text) as { from: Did }).from);
    this.#core.transport.send(
      node,
      encodeEntries(packet.texts, this.#parts.attachmentTexts(new Set(authors))),
    );
  }

  greet(space: SpaceId, node: NodeId): void {
    if (this.holders(space).includes(node)) this.#compare(space, [node]);
  }

  #compareInTurn(space: SpaceId): void {
    this.#compare(space, this.#turns.next(space, this.holders(space)));
  }

  #compare(space: SpaceId, nodes: readonly NodeId[]): void {
    if (nodes.length > 0) this.#step({ type: 'holders-found', space, nodes, atMs: this.#core.clock.nowMs() });
  }

  /** Asked with each packet of a space, and the same until the members or an attachment change. */
  holders(space: SpaceId): readonly NodeId[] {
    const record = this.machine.members(space);
    if (record === undefined) {
      this.#holdersOf.delete(space);
      return nobody;
    }
    const known = this.#holdersOf.get(space);
    if (known?.record === record && known.registryVersion === this.#parts.registry.version)
      return known.nodes;
    const nodes = this.#findHolders(record);
    this.#holdersOf.set(space, { record, registryVersion: this.#parts.registry.version, nodes });
    return nodes;
  }

  #findHolders({ members }: Members): readonly NodeId[] {
    const nodes = members.map(
      (member) => this.#parts.registry.locate(member.agent as Did)?.node as NodeId | undefined,
    );
    return [...new Set(nodes)]
      .filter((node): node is NodeId => node !== undefined && node !== this.#core.self)
      .sort(compareText);
  }

  companions(): readonly Did[] {
    const members = this.machine.spaces().flatMap((space) => this.machine.members(space)?.members ?? []);
    const dids = new Set(members.map((member) => member.agent as Did));
    return [...dids].filter((did) => this.#parts.local.get(did) === undefined).sort(compareText);
  }

  nodesBeside(agent: Did): readonly NodeId[] {
    const shared = this.machine.spaces().filter((space) => this.machine.isMember(space, agent));
    return [...new Set(shared.flatMap((space) => this.holders(space)))].sort(compareText);
  }

  #sign(owner: LocalAgent, draft: Omit<Members, 'sig' | 'signer' | 'key' | 'attachment'>): Members {
    const authority = owner.isHosted
      ? {}
      : { key: owner.attachment.sessionKey, attachment: owner.attachment };
    const key = owner.isHosted ? owner.did : (owner.attachment.sessionKey as Did);
    return signObject(this.#core.keys, key, recordDomains.members, {
      ...draft,
      signer: owner.did,
      ...authority,
    });
  }

  #see(record: Members): void {
    this.#step({
      type: 'members-seen',
      record: record as Verified<Members>,
      hash: hashObject(this.#core.keys, record),
      atMs: this.#core.clock.nowMs(),
    });
  }

  ensure(space: SpaceId, owner: LocalAgent, policy: JsonObject | undefined): Members {
    const known = this.machine.members(space);
    if (known !== undefined) return known;
    const atMs = this.#core.clock.nowMs();
    const record = this.#sign(owner, {
      record: 'members',
      mesh: this.#core.mesh,
      space,
      version: 1,
      prev: '',
      owners: [owner.did],
      members: [{ agent: owner.did, joinedAt: atMs, name: owner.name }],
      ...(policy === undefined ? {} : { policy: policy as Record<string, unknown> }),
      at: atMs,
    });
    this.#see(record);
    return record;
  }

  change(
    space: SpaceId,
    owner: LocalAgent,
    edit: (members: Members) => Partial<Members>,
  ): Members | undefined {
    if (
      !this.#parts.mayChange(
        owner.did,
        () => void this.change(space, this.#parts.local.get(owner.did) ?? owner, edit),
      )
    )
      return undefined;
    const known = this.machine.members(space);
    if (known === undefined || !known.owners.includes(owner.did)) return undefined;
    const { sig: _sig, signer: _signer, key: _key, attachment: _attachment, ...body } = known;
    const before = this.holders(space);
    const next = this.#sign(owner, {
      ...body,
      ...edit(known),
      version: known.version + 1,
      prev: hashObject(this.#core.keys, known),
      at: this.#core.clock.nowMs(),
    });
    this.#see(next);
    // Whoever is removed is told as well.
    for (const node of [...new Set([...before, ...this.holders(space)])].sort(compareText))
      this.#core.turn.afterCommit(() => this.#send(node, { kind: 'members', records: [next] }));
    return next;
  }

  sendMembers(node: NodeId, space: SpaceId): void {
    const record = this.machine.members(space);
    if (record !== undefined)
      this.#core.turn.afterCommit(() => this.#send(node, { kind: 'members', records: [record] }));
  }

  takeMembers(record: Members): boolean {
    if (record.mesh !== this.#core.mesh || !isMembersAuthorized(record)) return false;
    if (
      record.attachment !== undefined &&
      !checkSignature(this.#core.keys, attachmentSignature(record.attachment))
    )
      return false;
    if (!checkSignature(this.#core.keys, membersSignature(record))) return false;
    const isOurs = record.members.some((member) => this.#parts.local.get(member.agent as Did) !== undefined);
    if (isOurs || this.machine.members(record.space as SpaceId) !== undefined) this.#see(record);
    return true;
  }

  add(message: SealedEnvelope): void {
    const { id, space, from, at, type } = message.envelope;
    if (type !== 'leave' && this.#wasReader(space as SpaceId, from as Did, at))
      return this.#core.countIgnored('space', 'reader-writes');
    this.#opened.set(id, message);
    const entry: SpaceEntry = { id, space: space as SpaceId, from: from as Did, at, text: message.text };
    this.#step({ type: 'entry-seen', entry, atMs: this.#core.clock.nowMs() });
    if (this.machine.entry(space as SpaceId, id) !== undefined) this.#opened.delete(id);
    if (this.#opened.size > openedMax) this.#opened.delete(this.#opened.keys().next().value!);
  }

  envelopes(space: SpaceId): readonly Envelope[] {
    return this.machine.entries(space).map((entry) => JSON.parse(entry.text) as Envelope);
  }

  /** Who wrote before, left and came back to read, wrote what it wrote. */
  #wasReader(space: SpaceId, agent: Did, at: number): boolean {
    const member = this.machine.members(space)?.members.find((one) => one.agent === agent);
    return member?.reader === true && at >= member.joinedAt;
  }

  isReader(space: SpaceId, agent: Did): boolean {
    return this.machine.members(space)?.members.find((member) => member.agent === agent)?.reader === true;
  }

  takePacket(node: NodeId, { body, attachments }: PacketOf<'space'>): void {
    if (!this.#parts.takeAttachments(attachments)) return this.#core.countIgnored('space', 'bad-attachment');
    if (body.kind === 'members') {
      for (const record of body.records)
        if (!this.takeMembers(record)) this.#core.countIgnored('space', 'bad-members');
      return;
    }
    if (body.kind === 'entries') {
      for (const object of body.envelopes) this.#takeEntry(object as JsonObject);
      return;
    }
    const isHolder = body.kind === 'pull' && this.holders(body.space as SpaceId).includes(node);
    this.#step({
      type: 'packet',
      node,
      packet: body as unknown as SpacePacket,
      isHolder,
      atMs: this.#core.clock.nowMs(),
    });
  }

  #takeEntry(object: JsonObject): void {
    const message = this.#parts.openArchived(object);
    if (message.ok) this.add(message.value);
    else this.#core.countIgnored('space', message.refusal.code);
  }

  #load(): void {
    const rows = (bucket: string) =>
      this.#core.store
        .scan(bucket, '', '', Number.MAX_SAFE_INTEGER)
        .map((row) => JSON.parse(row.value as string));
    const members = rows(membersBucket) as { record: Verified<Members>; hash: string }[];
    this.#step({
      type: 'loaded',
      members,
      entries: rows(entryBucket) as SpaceEntry[],
      atMs: this.#core.clock.nowMs(),
    });
  }

  localMembers(space: SpaceId): readonly LocalAgent[] {
    return (this.machine.members(space)?.members ?? [])
      .map((member) => this.#parts.local.get(member.agent as Did))
      .filter((agent): agent is LocalAgent => agent !== undefined);
  }
}

/** Who holds a space, and what that was read off. */
interface Holders {
  readonly record: Members;
  readonly registryVersion: number;
  readonly nodes: readonly NodeId[];
}

const nobody: readonly NodeId[] = [];
/**
 * Holders compared with at once, others each time: what one of them lacks or has, all know after a few rounds.
 * Judgement: in a round, somebody who missed a message is found by three others on the average, and asks three.
 */
const fanOut = 3;
/** Parked entries whose envelopes are kept ready. */
const openedMax = 512;
