/**
 * Who belongs to the spaces that this node's agents own: an invitation goes out, its acceptance admits, a `leave`
 * removes and a `dissolve` closes. The owner's node writes each as the next version of the members.
 */
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft, Envelope } from '../../protocol/messages.ts';
import type { Members } from '../../protocol/records.ts';
import { type HandoverDesk, invitesBucket } from './handover-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { SpaceDesk } from './space-desk.ts';

export interface MembershipDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly spaces: SpaceDesk;
  readonly handover: Pick<HandoverDesk, 'later'>;
  readonly memory: Pick<MemoryDesk, 'cutsOf'>;
}

export interface MembershipDesk {
  /** The space of an invitation exists before the invitation leaves. */
  invite(agent: LocalAgent, draft: Invitation): Checked<Members>;
  /** An invited agent accepts. */
  admit(envelope: Envelope, receiver: Did): void;
  /** A member left, or an owner closed the space. */
  entered(entry: Envelope): void;
}

type Invitation = Extract<Draft, { type: 'invite' }>;

/** What is kept of an invitation to read along, in the place of its time. */
const readerInvite = 'reader';

export function createMembershipDesk(parts: MembershipDeskComponents): MembershipDesk {
  return new Memberships(parts);
}

class Memberships implements MembershipDesk {
  readonly #parts: MembershipDeskComponents;
  readonly #core: PeerCore;

  constructor(parts: MembershipDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  invite(agent: LocalAgent, draft: Invitation): Checked<Members> {
    if (draft.space === undefined || draft.space === 'commons')
      return refuse(
        'AMP-1005',
        'An invitation names the space, a new UUID version 7 for a new one.',
        'space',
      );
    if (typeof draft.to !== 'string') return refuse('AMP-1005', 'An invitation goes to one agent.', 'to');
    const members = this.#parts.spaces.ensure(
      draft.space as SpaceId,
      agent,
      draft.policy as JsonObject | undefined,
    );
    if (!members.owners.includes(agent.did))
      return refuse('AMP-1404', 'Only an owner of the space may invite.', 'space');
    const place = draft.reader === true ? readerInvite : String(this.#core.clock.nowMs());
    this.#core.turn.persist(invitesBucket, `${draft.space}|${draft.to}`, place);
    return accept(members);
  }

  admit(envelope: Envelope, receiver: Did): void {
    const owner = this.#parts.local.get(receiver);
    if (envelope.type !== 'accept' || envelope.space === undefined || owner === undefined) return;
    // Whom the agent invited is known once its old node has told.
    if (this.#parts.handover.later(receiver, () => this.admit(envelope, receiver))) return;
    const space = envelope.space as SpaceId;
    const invited = this.#core.store.get(invitesBucket, `${space}|${envelope.from}`);
    if (invited === undefined || this.#parts.spaces.machine.isMember(space, envelope.from as Did)) return;
    const joined = {
      agent: envelope.from,
      joinedAt: this.#core.clock.nowMs(),
      ...(envelope.name === undefined ? {} : { name: envelope.name }),
      ...(invited === readerInvite ? { reader: true } : {}),
    };
    this.#parts.spaces.change(space, owner, (members) => ({ members: [...members.members, joined] }));
  }

  entered(entry: Envelope): void {
    if (entry.type !== 'leave' && entry.type !== 'dissolve') return;
    const space = entry.space as SpaceId;
    const owners = this.#parts.spaces.machine.members(space)?.owners;
    const owner = this.#parts.spaces.localMembers(space).find((agent) => owners?.includes(agent.did));
    if (owner === undefined) return;
    const isMember = this.#parts.spaces.machine.isMember(space, entry.from as Did);
    if (entry.type === 'leave' && isMember && entry.from !== owner.did) this.#remove(space, owner, entry);
    const isClosed = this.#parts.spaces.machine.members(space)?.closed === true;
    if (
      entry.type === 'dissolve' &&
      !isClosed &&
      owners?.includes(entry.from) &&
      !this.#isSaidElsewhere(entry, owner)
    )
      this.#parts.spaces.change(space, owner, () => ({ closed: true }));
  }

  /** An owner that moved after it closed the space: the node that it left has written that version already. */
  #isSaidElsewhere(entry: Envelope, owner: LocalAgent): boolean {
    return entry.from === owner.did && entry.key !== undefined && entry.key !== owner.attachment.sessionKey;
  }

  /** What the member had said when it left still counts; nothing that comes after does. */
  #remove(space: SpaceId, owner: LocalAgent, { id, from }: Envelope): void {
    this.#parts.spaces.change(space, owner, (members) => ({
      members: members.members.filter((member) => member.agent !== from),
      removed: [
        ...(members.removed ?? []),
        { agent: from, lastHead: id },
        ...this.#parts.memory.cutsOf(space, from as Did).map((lastHead) => ({ agent: from, lastHead })),
      ],
    }));
  }
}

/** A coalition's member that claims to coordinate says so in an `invite` too: that one asks nobody into a space. */
export function isInvitation(agent: LocalAgent, draft: Draft): draft is Invitation {
  return draft.type === 'invite' && (draft.terms === undefined || draft.terms.asker === agent.did);
}
