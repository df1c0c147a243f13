/** Drives the space machine: opens spaces, changes their members, passes entries on and keeps the holders in step. */
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
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

export interface SpaceDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
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
  /** Compare notes on a space with its other holders now. */
  greet(space: SpaceId): void;
  localMembers(space: SpaceId): readonly LocalAgent[];
}

export function createSpaceDesk({
  core,
  agents,
  registry,
  attachmentTexts,
  takeAttachments,
  openArchived,
  onEntry,
  mayChange,
  onMembers,
}: SpaceDeskComponents): SpaceDesk {
  const machine = createSpaceMachine();
  /** Opened envelopes of entries on their way through the machine. */
  const opened = new Map<string, SealedEnvelope>();
  const holdersOf = new Map<SpaceId, Holders>();

  function step(input: SpaceInput): void {
    for (const effect of machine.step(input)) perform(effect);
  }

  function perform(effect: SpaceEffect): void {
    switch (effect.type) {
      case 'persist':
        core.turn.persist(effect.bucket, effect.key, effect.value);
        return;
      case 'set-timer':
      case 'cancel-timer':
        core.timers.apply('space', effect, (timer, atMs) => step({ type: 'timer-fired', timer, atMs }));
        return;
      case 'ignored':
        core.countIgnored('space', effect.reason);
        return;
      case 'entry-added': {
        const message = opened.get(effect.entry.id);
        if (message !== undefined) onEntry(message);
        return;
      }
      case 'members-changed':
        onMembers(effect.record, effect.added, effect.removed);
        greet(effect.record.space as SpaceId);
        return;
      case 'find-holders':
        greet(effect.space);
        return;
      case 'send-packet':
        core.turn.afterCommit(() => send(effect.node, effect.packet));
    }
  }

  function send(node: NodeId, packet: SpacePacket): void {
    if (packet.kind !== 'entries') {
      const body = packet as unknown as PacketOf<'space'>['body'];
      return core.transport.send(node, encodePacket({ packet: 'space', attachments: [], body }));
    }
    const authors = packet.texts.map((text) => (JSON.parse(text) as { from: Did }).from);
    core.transport.send(node, encodeEntries(packet.texts, attachmentTexts(new Set(authors))));
  }

  function greet(space: SpaceId): void {
    step({ type: 'holders-found', space, nodes: holders(space), atMs: core.clock.nowMs() });
  }

  /** Asked with each packet of a space, and the same until the members or an attachment change. */
  function holders(space: SpaceId): readonly NodeId[] {
    const record = machine.members(space);
    if (record === undefined) {
      holdersOf.delete(space);
      return nobody;
    }
    const known = holdersOf.get(space);
    if (known?.record === record && known.registryVersion === registry.version) return known.nodes;
    const nodes = findHolders(record);
    holdersOf.set(space, { record, registryVersion: registry.version, nodes });
    return nodes;
  }

  function findHolders({ members }: Members): readonly NodeId[] {
    const nodes = members.map((member) => registry.locate(member.agent as Did)?.node as NodeId | undefined);
    return [...new Set(nodes)]
      .filter((node): node is NodeId => node !== undefined && node !== core.self)
      .sort(compareText);
  }

  function companions(): readonly Did[] {
    const members = machine.spaces().flatMap((space) => machine.members(space)?.members ?? []);
    const dids = new Set(members.map((member) => member.agent as Did));
    return [...dids].filter((did) => agents.get(did) === undefined).sort(compareText);
  }

  function nodesBeside(agent: Did): readonly NodeId[] {
    const shared = machine.spaces().filter((space) => machine.isMember(space, agent));
    return [...new Set(shared.flatMap(holders))].sort(compareText);
  }

  function sign(owner: LocalAgent, draft: Omit<Members, 'sig' | 'signer' | 'key' | 'attachment'>): Members {
    const authority = owner.isHosted
      ? {}
      : { key: owner.attachment.sessionKey, attachment: owner.attachment };
    const key = owner.isHosted ? owner.did : (owner.attachment.sessionKey as Did);
    return signObject(core.keys, key, recordDomains.members, { ...draft, signer: owner.did, ...authority });
  }

  function see(record: Members): void {
    step({
      type: 'members-seen',
      record: record as Verified<Members>,
      hash: hashObject(core.keys, record),
      atMs: core.clock.nowMs(),
    });
  }

  function ensure(space: SpaceId, owner: LocalAgent, policy: JsonObject | undefined): Members {
    const known = machine.members(space);
    if (known !== undefined) return known;
    const atMs = core.clock.nowMs();
    const record = sign(owner, {
      record: 'members',
      mesh: core.mesh,
      space,
      version: 1,
      prev: '',
      owners: [owner.did],
      members: [{ agent: owner.did, joinedAt: atMs, name: owner.name }],
      ...(policy === undefined ? {} : { policy: policy as Record<string, unknown> }),
      at: atMs,
    });
    see(record);
    return record;
  }

  function change(
    space: SpaceId,
    owner: LocalAgent,
    edit: (members: Members) => Partial<Members>,
  ): Members | undefined {
    if (!mayChange(owner.did, () => void change(space, agents.get(owner.did) ?? owner, edit)))
      return undefined;
    const known = machine.members(space);
    if (known === undefined || !known.owners.includes(owner.did)) return undefined;
    const { sig: _sig, signer: _signer, key: _key, attachment: _attachment, ...body } = known;
    const before = holders(space);
    const next = sign(owner, {
      ...body,
      ...edit(known),
      version: known.version + 1,
      prev: hashObject(core.keys, known),
      at: core.clock.nowMs(),
    });
    see(next);
    // Whoever is removed is told as well.
    for (const node of [...new Set([...before, ...holders(space)])].sort(compareText))
      core.turn.afterCommit(() => send(node, { kind: 'members', records: [next] }));
    return next;
  }

  function sendMembers(node: NodeId, space: SpaceId): void {
    const record = machine.members(space);
    if (record !== undefined) core.turn.afterCommit(() => send(node, { kind: 'members', records: [record] }));
  }

  function takeMembers(record: Members): boolean {
    if (record.mesh !== core.mesh || !isMembersAuthorized(record)) return false;
    if (record.attachment !== undefined && !checkSignature(core.keys, attachmentSignature(record.attachment)))
      return false;
    if (!checkSignature(core.keys, membersSignature(record))) return false;
    const isOurs = record.members.some((member) => agents.get(member.agent as Did) !== undefined);
    if (isOurs || machine.members(record.space as SpaceId) !== undefined) see(record);
    return true;
  }

  function add(message: SealedEnvelope): void {
    const { id, space, from, at, type } = message.envelope;
    if (type !== 'leave' && wasReader(space as SpaceId, from as Did, at))
      return core.countIgnored('space', 'reader-writes');
    opened.set(id, message);
    const entry: SpaceEntry = { id, space: space as SpaceId, from: from as Did, at, text: message.text };
    step({ type: 'entry-seen', entry, atMs: core.clock.nowMs() });
    if (machine.entry(space as SpaceId, id) !== undefined) opened.delete(id);
    if (opened.size > openedMax) opened.delete(opened.keys().next().value!);
  }

  function envelopes(space: SpaceId): readonly Envelope[] {
    return machine.entries(space).map((entry) => JSON.parse(entry.text) as Envelope);
  }

  /** Who wrote before, left and came back to read, wrote what it wrote. */
  function wasReader(space: SpaceId, agent: Did, at: number): boolean {
    const member = machine.members(space)?.members.find((one) => one.agent === agent);
    return member?.reader === true && at >= member.joinedAt;
  }

  function isReader(space: SpaceId, agent: Did): boolean {
    return machine.members(space)?.members.find((member) => member.agent === agent)?.reader === true;
  }

  function takePacket(node: NodeId, { body, attachments }: PacketOf<'space'>): void {
    if (!takeAttachments(attachments)) return core.countIgnored('space', 'bad-attachment');
    if (body.kind === 'members') {
      for (const record of body.records) if (!takeMembers(record)) core.countIgnored('space', 'bad-members');
      return;
    }
    if (body.kind === 'entries') {
      for (const object of body.envelopes) takeEntry(object as JsonObject);
      return;
    }
    const isHolder = body.kind === 'pull' && holders(body.space as SpaceId).includes(node);
    step({
      type: 'packet',
      node,
      packet: body as unknown as SpacePacket,
      isHolder,
      atMs: core.clock.nowMs(),
    });
  }

  function takeEntry(object: JsonObject): void {
    const message = openArchived(object);
    if (message.ok) add(message.value);
    else core.countIgnored('space', message.refusal.code);
  }

  load();
  function load(): void {
    const rows = (bucket: string) =>
      core.store.scan(bucket, '', '', Number.MAX_SAFE_INTEGER).map((row) => JSON.parse(row.value as string));
    const members = rows(membersBucket) as { record: Verified<Members>; hash: string }[];
    step({ type: 'loaded', members, entries: rows(entryBucket) as SpaceEntry[], atMs: core.clock.nowMs() });
  }

  return {
    machine,
    ensure,
    change,
    takeMembers,
    add,
    envelopes,
    isReader,
    takePacket,
    holders,
    companions,
    nodesBeside,
    sendMembers,
    greet,
    localMembers: (space) =>
      (machine.members(space)?.members ?? [])
        .map((member) => agents.get(member.agent as Did))
        .filter((agent): agent is LocalAgent => agent !== undefined),
  };
}

/** Who holds a space, and what that was read off. */
interface Holders {
  readonly record: Members;
  readonly registryVersion: number;
  readonly nodes: readonly NodeId[];
}

const nobody: readonly NodeId[] = [];
/** Parked entries whose envelopes are kept ready. */
const openedMax = 512;
