/**
 * An agent came here from another node. Its old node is asked for the spaces that the agent belongs to, and speaks for
 * it no more from then on; until its answer is here, this node changes no members in the agent's name, so that one
 * version of a space's members is one record. What the agent says meanwhile to a space that is not here yet is held
 * back, in order and within limits, and the agent is told so: it is not accepted before it is taken in.
 */
import * as z from 'zod';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { matchSchema } from '../../protocol/decode.ts';
import type { JsonObject } from '../../protocol/json.ts';
import * as f from '../../protocol/message-fields.ts';
import { type Attachment, attachmentSchema, type Members } from '../../protocol/records.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

/** How long a message to a space that is not here may wait: several losses long, and less than a client waits. */
const holdMs = 10_000;
/** Held for one agent; what is beyond is answered at once, as it would be without holding. Judgement. */
const heldMax = 256;
const heldCharsMax = 1024 * 1024;
const askEveryMs = 500;
/** A node that is not connected is waited for so long: its connection may be opening. Judgement. */
const absentMs = 2_000;
/** A node that is connected and silent is waited for so long, then the agent's own node speaks for it. Judgement. */
const silentMs = 30_000;
const editsMax = 64;
/** Spaces of one agent in one answer. */
const spacesMax = 256;
const invitesMax = 256;
/** Old nodes that are asked for one agent. Judgement: an agent that moves every second meets few silent ones. */
const unheardMax = 16;
const waitingBucket = 'handover';
export const invitesBucket = 'invites';

const bodySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ask'), attachment: attachmentSchema }),
  z.strictObject({
    kind: z.literal('answer'),
    agent: f.did,
    seq: f.unixMs,
    /** The spaces of the agent, at the version that the old node has and will not add to. */
    spaces: z.array(z.strictObject({ space: f.spaceId, version: f.count })).max(spacesMax),
    /** Where the agent was before, as far as the old node knows. */
    earlier: z.array(attachmentSchema).max(16),
    /** Nodes that the old one had asked in vain, when the agent came to it. */
    unheard: z.array(f.did).max(unheardMax),
    /** Whom the agent invited: by space and agent, and how. */
    invites: z.array(z.tuple([z.string().max(200), z.string().max(32)])).max(invitesMax),
  }),
]);

export interface HandoverDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly takeAttachments: (attachments: readonly Attachment[]) => boolean;
  readonly membersOf: (space: SpaceId) => Members | undefined;
  /** The spaces that this agent is a member of, as far as known here. */
  readonly spacesOf: (agent: Did) => readonly SpaceId[];
  readonly sendMembers: (node: NodeId, space: SpaceId) => void;
}

export interface HandoverDesk {
  /** The agent has a connection here, and its attachment is announced. */
  arrived(agent: LocalAgent): void;
  /** True when the message is kept back: `take` is called later, in order. `about` is what an answer would name. */
  hold(agent: LocalAgent, space: SpaceId, message: Held): boolean;
  /** The agent accepted an invitation: what it says there until it is admitted is held as well. */
  accepted(agent: LocalAgent, space: SpaceId): void;
  /** Whether the agent's old node may still speak for it. */
  isPending(agent: Did): boolean;
  /** Do this once no other node speaks for the agent; false when too much waits. */
  later(agent: Did, edit: () => void): boolean;
  membersChanged(space: SpaceId): void;
  /** Its connection ended: what was held was not accepted, and is forgotten. */
  disconnected(agent: Did): void;
  /** The agent is at another node now. */
  left(agent: Did): void;
  takePacket(from: NodeId, body: JsonObject): void;
}

export interface Held {
  readonly about: string | undefined;
  readonly text: string;
  /** It changes who belongs to the space: it waits until no other node speaks for the agent. */
  readonly isChange: boolean;
  readonly take: () => void;
}

interface Waiting {
  readonly seq: number;
  readonly sinceMs: number;
  /** Nodes that the agent was attached to before, and whether they answered. */
  readonly nodes: Map<NodeId, boolean>;
  readonly versions: Map<SpaceId, number>;
  readonly edits: (() => void)[];
}

/** Messages of one agent to spaces that are not here yet, or that it is not admitted to yet. */
interface HeldMessages {
  untilMs: number;
  isComing: boolean;
  /** Spaces whose invitations the agent accepted. */
  readonly accepted: Set<SpaceId>;
  readonly bySpace: Map<SpaceId, Held[]>;
  count: number;
  chars: number;
}

export function createHandoverDesk(components: HandoverDeskComponents): HandoverDesk {
  const { core, local, registry, membersOf, takeAttachments } = components;
  const waiting = new Map<Did, Waiting>();
  const held = new Map<Did, HeldMessages>();
  let isTimerSet = false;

  function arrived(agent: LocalAgent): void {
    const [present, before] = registry.history(agent.did);
    const asked = new Set(unheardOf(agent.did));
    if (before !== undefined && before.node !== core.self) asked.add(before.node as NodeId);
    if (agent.isHosted || present === undefined || asked.size === 0) return;
    if (waiting.get(agent.did)?.seq === present.seq) return;
    const sinceMs = core.clock.nowMs();
    const edits = waiting.get(agent.did)?.edits ?? [];
    const nodes = new Map([...asked].map((node) => [node, false]));
    waiting.set(agent.did, { seq: present.seq, sinceMs, nodes, versions: new Map(), edits });
    held.delete(agent.did);
    openHeld(agent.did, undefined);
    keep(agent.did, nodes);
    for (const node of nodes.keys()) ask(agent.did, node);
    arm();
  }

  function keep(did: Did, nodes: ReadonlyMap<NodeId, boolean>): void {
    const unheard = [...nodes].filter(([, hasAnswered]) => !hasAnswered).map(([node]) => node);
    core.turn.persist(waitingBucket, did, JSON.stringify(unheard.slice(-unheardMax)));
  }

  /** Nodes that were asked for this agent here and have not answered. */
  function unheardOf(did: Did): readonly NodeId[] {
    return JSON.parse((core.store.get(waitingBucket, did) as string | undefined) ?? '[]') as NodeId[];
  }

  // The new node.

  function ask(did: Did, node: NodeId): void {
    const attachment = registry.locate(did);
    if (attachment === undefined || attachment.node !== core.self) return;
    send(node, { kind: 'ask', attachment });
  }

  function send(node: NodeId, body: z.infer<typeof bodySchema>): void {
    const packet = encodePacket({ packet: 'machine', machine: 'handover', body });
    core.turn.afterCommit(() => core.transport.send(node, packet));
  }

  function takeAnswer(from: NodeId, answer: Extract<z.infer<typeof bodySchema>, { kind: 'answer' }>): void {
    const did = answer.agent as Did;
    const one = waiting.get(did);
    if (
      one === undefined ||
      one.seq !== answer.seq ||
      !one.nodes.has(from) ||
      !takeAttachments(answer.earlier)
    )
      return core.countIgnored('handover', 'not-asked');
    one.nodes.set(from, true);
    for (const { space, version } of answer.spaces)
      one.versions.set(space as SpaceId, Math.max(version, one.versions.get(space as SpaceId) ?? 0));
    for (const [key, value] of answer.invites) core.turn.persist(invitesBucket, key, value);
    // The agent may have been elsewhere in between.
    const [, before] = registry.history(did);
    for (const node of [before?.node, ...answer.unheard] as (NodeId | undefined)[]) {
      if (node === undefined || node === core.self || one.nodes.has(node) || one.nodes.size >= unheardMax)
        continue;
      one.nodes.set(node, false);
      ask(did, node);
    }
    keep(did, one.nodes);
    settle(did, one);
  }

  function settle(did: Did, one: Waiting): void {
    const nowMs = core.clock.nowMs();
    const areHere = [...one.versions].every(
      ([space, version]) => (membersOf(space)?.version ?? 0) >= version,
    );
    const haveAnswered = [...one.nodes].every(
      ([node, hasAnswered]) => hasAnswered || isGivenUp(node, nowMs - one.sinceMs),
    );
    if (!(areHere && haveAnswered) && nowMs - one.sinceMs < silentMs) return;
    waiting.delete(did);
    core.turn.persist(waitingBucket, did, null);
    for (const edit of one.edits) edit();
    release(did);
  }

  function isGivenUp(node: NodeId, waitedMs: number): boolean {
    return waitedMs >= (core.transport.peers().includes(node) ? silentMs : absentMs);
  }

  function tick(): void {
    isTimerSet = false;
    for (const [did, one] of [...waiting]) {
      settle(did, one);
      if (!waiting.has(did)) continue;
      const lacks = [...one.versions].some(([space, version]) => (membersOf(space)?.version ?? 0) < version);
      for (const [node, hasAnswered] of one.nodes) if (!hasAnswered || lacks) ask(did, node);
    }
    for (const [did, { untilMs }] of [...held]) if (untilMs <= core.clock.nowMs()) expire(did);
    arm();
  }

  function arm(): void {
    if (isTimerSet || waiting.size + held.size === 0) return;
    isTimerSet = true;
    const dueAtMs = core.clock.nowMs() + askEveryMs;
    core.timers.apply('handover', { type: 'set-timer', timer: 'ask', dueAtMs }, tick);
  }

  // The old node.

  function takeAsk(from: NodeId, attachment: Attachment): void {
    if (!takeAttachments([attachment])) return core.countIgnored('handover', 'bad-attachment');
    const did = attachment.agent as Did;
    // By now this node has let the agent go, and writes nothing in its name.
    if (attachment.node !== from || local.get(did) !== undefined)
      return core.countIgnored('handover', 'not-there');
    const known = components.spacesOf(did).slice(0, spacesMax);
    for (const space of known) components.sendMembers(from, space);
    const spaces = known.map((space) => ({ space, version: membersOf(space)?.version ?? 0 }));
    const earlier = registry.history(did).filter(({ seq }) => seq < attachment.seq);
    const invites = known.flatMap((space) =>
      membersOf(space)?.owners.includes(did) === true
        ? core.store.scan(invitesBucket, `${space}|`, `${space}}`, invitesMax)
        : [],
    );
    const pairs = invites
      .slice(0, invitesMax)
      .map(({ key, value }): [string, string] => [key, String(value)]);
    const unheard = unheardOf(did).filter((node) => node !== from);
    send(from, { kind: 'answer', agent: did, seq: attachment.seq, spaces, earlier, unheard, invites: pairs });
  }

  // What is held.

  function hold(agent: LocalAgent, space: SpaceId, message: Held): boolean {
    const one = heldFor(agent.did, space);
    if (one === undefined || one.untilMs <= core.clock.nowMs()) return false;
    const queue = one.bySpace.get(space);
    if (queue === undefined && isDue(agent.did, space, message)) return false;
    if (one.count >= heldMax || one.chars + message.text.length > heldCharsMax) return false;
    one.bySpace.set(space, [...(queue ?? []), message]);
    one.count += 1;
    one.chars += message.text.length;
    const { about } = message;
    const event = { kind: 'held', space, ...(about === undefined ? {} : { about }), untilMs: one.untilMs };
    agent.link?.send(JSON.stringify({ type: 'event', subscription: `space:${space}`, event }));
    return true;
  }

  /** An agent that just came here, or just accepted an invitation into this space, may speak too early. */
  function heldFor(did: Did, space: SpaceId): HeldMessages | undefined {
    const one = held.get(did);
    return one?.isComing === true || one?.accepted.has(space) === true ? one : undefined;
  }

  function openHeld(did: Did, space: SpaceId | undefined): void {
    const untilMs = core.clock.nowMs() + holdMs;
    const one = held.get(did) ?? {
      untilMs,
      isComing: false,
      accepted: new Set(),
      bySpace: new Map(),
      count: 0,
      chars: 0,
    };
    one.untilMs = untilMs;
    if (space === undefined) one.isComing = true;
    else one.accepted.add(space);
    held.set(did, one);
    arm();
  }

  /** Take in what waits for spaces that are here now, in the order in which it was said. */
  function release(did: Did): void {
    const one = held.get(did);
    for (const [space, messages] of [...(one?.bySpace ?? [])]) {
      const waits = messages.findIndex((message) => !isDue(did, space, message));
      if (waits !== 0) takeFirst(one!, space, waits < 0 ? messages.length : waits);
    }
  }

  function isDue(did: Did, space: SpaceId, { isChange }: Held): boolean {
    if (isChange) return !waiting.has(did);
    return membersOf(space)?.members.some((member) => member.agent === did) === true;
  }

  function takeFirst(one: HeldMessages, space: SpaceId, count: number): void {
    const all = one.bySpace.get(space) ?? [];
    const messages = all.slice(0, count);
    if (count < all.length) one.bySpace.set(space, all.slice(count));
    else one.bySpace.delete(space);
    one.count -= messages.length;
    for (const { text } of messages) one.chars -= text.length;
    for (const { take } of messages) take();
  }

  /** The space did not come: the agent hears why nothing was taken in. */
  function expire(did: Did): void {
    const one = held.get(did)!;
    held.delete(did);
    for (const [space, messages] of [...one.bySpace]) takeFirst(one, space, messages.length);
  }

  return {
    arrived,
    hold,
    accepted: (agent, space) => openHeld(agent.did, space),
    isPending: (did) => waiting.has(did),
    later(did, edit) {
      const one = waiting.get(did);
      if (one === undefined || one.edits.length >= editsMax) return false;
      one.edits.push(edit);
      return true;
    },
    membersChanged(space) {
      for (const [did, one] of [...waiting]) if (one.versions.has(space)) settle(did, one);
      for (const [did, one] of [...held]) if (one.bySpace.has(space)) release(did);
    },
    disconnected: (did) => void held.delete(did),
    left(did) {
      held.delete(did);
      waiting.delete(did);
    },
    takePacket(from, body) {
      const read = matchSchema(bodySchema, body);
      if (!read.ok) return core.countIgnored('handover', read.refusal.code);
      if (read.value.kind === 'ask') takeAsk(from, read.value.attachment);
      else takeAnswer(from, read.value);
    },
  };
}
