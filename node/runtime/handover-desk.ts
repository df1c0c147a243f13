/**
 * An agent came here from another node. Its old node is asked for the spaces that the agent belongs to, and speaks for
 * it no more from then on; until its answer is here, this node changes no members in the agent's name, so that one
 * version of a space's members is one record. What the agent says meanwhile to a space that is not here yet is held
 * back, in order and within limits, and the agent is told so: it is not accepted before it is taken in.
 */

import * as z from 'zod';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
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

export function createHandoverDesk(parts: HandoverDeskComponents): HandoverDesk {
  return new Handovers(parts);
}

class Handovers implements HandoverDesk {
  readonly #parts: HandoverDeskComponents;
  readonly #core: PeerCore;
  readonly #waiting = new CompactMap<Did, Waiting>();
  readonly #held = new CompactMap<Did, HeldMessages>();
  #isTimerSet = false;

  constructor(parts: HandoverDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  arrived(agent: LocalAgent): void {
    const [present, before] = this.#parts.registry.history(agent.did);
    const asked = new Set(this.#unheardOf(agent.did));
    if (before !== undefined && before.node !== this.#core.self) asked.add(before.node as NodeId);
    if (agent.isHosted || present === undefined || asked.size === 0) return;
    if (this.#waiting.get(agent.did)?.seq === present.seq) return;
    const sinceMs = this.#core.clock.nowMs();
    const edits = this.#waiting.get(agent.did)?.edits ?? [];
    const nodes = new Map([...asked].map((node) => [node, false]));
    this.#waiting.set(agent.did, { seq: present.seq, sinceMs, nodes, versions: new Map(), edits });
    this.#held.delete(agent.did);
    this.#openHeld(agent.did, undefined);
    this.#keep(agent.did, nodes);
    for (const node of nodes.keys()) this.#ask(agent.did, node);
    this.#arm();
  }

  #keep(did: Did, nodes: ReadonlyMap<NodeId, boolean>): void {
    const unheard = [...nodes].filter(([, hasAnswered]) => !hasAnswered).map(([node]) => node);
    this.#core.turn.persist(waitingBucket, did, JSON.stringify(unheard.slice(-unheardMax)));
  }

  /** Nodes that were asked for this agent here and have not answered. */
  #unheardOf(did: Did): readonly NodeId[] {
    return JSON.parse((this.#core.store.get(waitingBucket, did) as string | undefined) ?? '[]') as NodeId[];
  }

  // The new node.

  #ask(did: Did, node: NodeId): void {
    const attachment = this.#parts.registry.locate(did);
    if (attachment === undefined || attachment.node !== this.#core.self) return;
    this.#send(node, { kind: 'ask', attachment });
  }

  #send(node: NodeId, body: z.infer<typeof bodySchema>): void {
    const packet = encodePacket({ packet: 'machine', machine: 'handover', body });
    this.#core.turn.afterCommit(() => this.#core.transport.send(node, packet));
  }

  #takeAnswer(from: NodeId, answer: Extract<z.infer<typeof bodySchema>, { kind: 'answer' }>): void {
    const did = answer.agent as Did;
    const one = this.#waiting.get(did);
    if (
      one === undefined ||
      one.seq !== answer.seq ||
      !one.nodes.has(from) ||
      !this.#parts.takeAttachments(answer.earlier)
    )
      return this.#core.countIgnored('handover', 'not-asked');
    one.nodes.set(from, true);
    for (const { space, version } of answer.spaces)
      one.versions.set(space as SpaceId, Math.max(version, one.versions.get(space as SpaceId) ?? 0));
    for (const [key, value] of answer.invites) this.#core.turn.persist(invitesBucket, key, value);
    // The agent may have been elsewhere in between.
    const [, before] = this.#parts.registry.history(did);
    for (const node of [before?.node, ...answer.unheard] as (NodeId | undefined)[]) {
      if (
        node === undefined ||
        node === this.#core.self ||
        one.nodes.has(node) ||
        one.nodes.size >= unheardMax
      )
        continue;
      one.nodes.set(node, false);
      this.#ask(did, node);
    }
    this.#keep(did, one.nodes);
    this.#settle(did, one);
  }

  #settle(did: Did, one: Waiting): void {
    const nowMs = this.#core.clock.nowMs();
    const areHere = [...one.versions].every(
      ([space, version]) => (this.#parts.membersOf(space)?.version ?? 0) >= version,
    );
    const haveAnswered = [...one.nodes].every(
      ([node, hasAnswered]) => hasAnswered || this.#isGivenUp(node, nowMs - one.sinceMs),
    );
    if (!(areHere && haveAnswered) && nowMs - one.sinceMs < silentMs) return;
    this.#waiting.delete(did);
    this.#core.turn.persist(waitingBucket, did, null);
    for (const edit of one.edits) edit();
    this.#release(did);
  }

  #isGivenUp(node: NodeId, waitedMs: number): boolean {
    return waitedMs >= (this.#core.transport.peers().includes(node) ? silentMs : absentMs);
  }

  #tick(): void {
    this.#isTimerSet = false;
    for (const [did, one] of [...this.#waiting]) {
      this.#settle(did, one);
      if (!this.#waiting.has(did)) continue;
      const lacks = [...one.versions].some(
        ([space, version]) => (this.#parts.membersOf(space)?.version ?? 0) < version,
      );
      for (const [node, hasAnswered] of one.nodes) if (!hasAnswered || lacks) this.#ask(did, node);
    }
    for (const [did, { untilMs }] of [...this.#held])
      if (untilMs <= this.#core.clock.nowMs()) this.#expire(did);
    this.#arm();
  }

  #arm(): void {
    if (this.#isTimerSet || this.#waiting.size + this.#held.size === 0) return;
    this.#isTimerSet = true;
    const dueAtMs = this.#core.clock.nowMs() + askEveryMs;
    this.#core.timers.apply('handover', { type: 'set-timer', timer: 'ask', dueAtMs }, () => this.#tick());
  }

  // The old node.

  #takeAsk(from: NodeId, attachment: Attachment): void {
    if (!this.#parts.takeAttachments([attachment]))
      return this.#core.countIgnored('handover', 'bad-attachment');
    const did = attachment.agent as Did;
    // By now this node has let the agent go, and writes nothing in its name.
    if (attachment.node !== from || this.#parts.local.get(did) !== undefined)
      return this.#core.countIgnored('handover', 'not-there');
    const known = this.#parts.spacesOf(did).slice(0, spacesMax);
    for (const space of known) this.#parts.sendMembers(from, space);
    const spaces = known.map((space) => ({ space, version: this.#parts.membersOf(space)?.version ?? 0 }));
    const earlier = this.#parts.registry.history(did).filter(({ seq }) => seq < attachment.seq);
    const invites = known.flatMap((space) =>
      this.#parts.membersOf(space)?.owners.includes(did) === true
        ? this.#core.store.scan(invitesBucket, `${space}|`, `${space}}`, invitesMax)
        : [],
    );
    const pairs = invites
      .slice(0, invitesMax)
      .map(({ key, value }): [string, string] => [key, String(value)]);
    const unheard = this.#unheardOf(did).filter((node) => node !== from);
    this.#send(from, {
      kind: 'answer',
      agent: did,
      seq: attachment.seq,
      spaces,
      earlier,
      unheard,
      invites: pairs,
    });
  }

  // What is held.

  hold(agent: LocalAgent, space: SpaceId, message: Held): boolean {
    const one = this.#heldFor(agent.did, space);
    if (one === undefined || one.untilMs <= this.#core.clock.nowMs()) return false;
    const queue = one.bySpace.get(space);
    if (queue === undefined && this.#isDue(agent.did, space, message)) return false;
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
  #heldFor(did: Did, space: SpaceId): HeldMessages | undefined {
    const one = this.#held.get(did);
    return one?.isComing === true || one?.accepted.has(space) === true ? one : undefined;
  }

  #openHeld(did: Did, space: SpaceId | undefined): void {
    const untilMs = this.#core.clock.nowMs() + holdMs;
    const one = this.#held.get(did) ?? {
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
    this.#held.set(did, one);
    this.#arm();
  }

  /** Take in what waits for spaces that are here now, in the order in which it was said. */
  #release(did: Did): void {
    const one = this.#held.get(did);
    for (const [space, messages] of [...(one?.bySpace ?? [])]) {
      const waits = messages.findIndex((message) => !this.#isDue(did, space, message));
      if (waits !== 0) this.#takeFirst(one!, space, waits < 0 ? messages.length : waits);
    }
  }

  #isDue(did: Did, space: SpaceId, { isChange }: Held): boolean {
    if (isChange) return !this.#waiting.has(did);
    return this.#parts.membersOf(space)?.members.some((member) => member.agent === did) === true;
  }

  #takeFirst(one: HeldMessages, space: SpaceId, count: number): void {
    const all = one.bySpace.get(space) ?? [];
    const messages = all.slice(0, count);
    if (count < all.length) one.bySpace.set(space, all.slice(count));
    else one.bySpace.delete(space);
    one.count -= messages.length;
    for (const { text } of messages) one.chars -= text.length;
    for (const { take } of messages) take();
  }

  /** The space did not come: the agent hears why nothing was taken in. */
  #expire(did: Did): void {
    const one = this.#held.get(did)!;
    this.#held.delete(did);
    for (const [space, messages] of [...one.bySpace]) this.#takeFirst(one, space, messages.length);
  }

  accepted(agent: LocalAgent, space: SpaceId): void {
    this.#openHeld(agent.did, space);
  }

  isPending(did: Did): boolean {
    return this.#waiting.has(did);
  }

  later(did: Did, edit: () => void): boolean {
    const one = this.#waiting.get(did);
    if (one === undefined || one.edits.length >= editsMax) return false;
    one.edits.push(edit);
    return true;
  }

  membersChanged(space: SpaceId): void {
    for (const [did, one] of [...this.#waiting]) if (one.versions.has(space)) this.#settle(did, one);
    for (const [did, one] of [...this.#held]) if (one.bySpace.has(space)) this.#release(did);
  }

  disconnected(did: Did): void {
    this.#held.delete(did);
  }

  left(did: Did): void {
    this.#held.delete(did);
    this.#waiting.delete(did);
  }

  takePacket(from: NodeId, body: JsonObject): void {
    const read = matchSchema(bodySchema, body);
    if (!read.ok) return this.#core.countIgnored('handover', read.refusal.code);
    if (read.value.kind === 'ask') this.#takeAsk(from, read.value.attachment);
    else this.#takeAnswer(from, read.value);
  }
}
