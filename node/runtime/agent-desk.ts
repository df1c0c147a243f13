/** Where agents' messages come in and go out: connects the desks that draft, route and deliver what they say. */

import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { isChannelType } from '../../protocol/channel/index.ts';
import { readAgentMessage } from '../../protocol/decode.ts';
import type { ErrorCode, Refusal } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft, EdgeMessage, Envelope } from '../../protocol/messages.ts';
import type { Members } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { listAgents } from './agent-queries.ts';
import { reportRefusal, sendAccepted, sendError } from './answer-agent.ts';
import type { ArrivalDesk } from './arrival-desk.ts';
import type { AttachmentDesk } from './attachment-desk.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { CommonsDesk } from './commons-desk.ts';
import type { DecisionDesk } from './decision-desk.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { describeMessage } from './describe-message.ts';
import type { DraftDesk } from './draft-desk.ts';
import type { EdgeDesk } from './edge-desk.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { HandoverDesk } from './handover-desk.ts';
import type { LearningDesk } from './learning-desk.ts';
import type { LoadDesk } from './load-desk.ts';
import type { AgentLink, LocalAgent, LocalAgents } from './local-agents.ts';
import { isInvitation, type MembershipDesk } from './membership-desk.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { MessageRouter } from './message-router.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { SpaceDesk } from './space-desk.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface AgentDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly attachments: AttachmentDesk;
  readonly delivery: DeliveryDesk;
  readonly spaces: SpaceDesk;
  readonly handover: HandoverDesk;
  readonly memory: MemoryDesk;
  readonly capabilities: CapabilityDesk;
  readonly outcomes: OutcomeDesk;
  readonly learning: LearningDesk;
  readonly decisions: DecisionDesk;
  readonly replay: ReplayDesk;
  readonly load: LoadDesk;
  readonly membership: MembershipDesk;
  readonly subscriptions: Subscriptions;
  readonly arrivals: ArrivalDesk;
  readonly commons: CommonsDesk;
  readonly drafts: DraftDesk;
  readonly edge: EdgeDesk;
  readonly router: MessageRouter;
  /** Keep a message back that waits for a person; false when it may go. */
  readonly holdForPerson: (agent: LocalAgent, message: SealedEnvelope) => boolean;
}

interface ConnectFacts {
  readonly capabilities?: readonly JsonObject[] | undefined;
  readonly threshold?: number | undefined;
}

export interface AgentDesk {
  /** The agent has a connection: it gets what waited for it. */
  connect(agent: LocalAgent, link: AgentLink, facts: ConnectFacts): void;
  /** `hasLeft`: the agent closed the connection itself, and does not mean to come back to it. */
  disconnect(agent: LocalAgent, link: AgentLink, hasLeft?: boolean): void;
  /** The agent signed its attachment anew: its records renew from it. */
  reattach(agent: LocalAgent): void;
  /** The connection is full, or has room again. */
  pause(agent: LocalAgent, isPaused: boolean): void;
  /** One message of a connected agent; false for one that was wrong in itself. Never throws. */
  receive(agent: LocalAgent, text: string): boolean;
  acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void;
  /** The agent attached to another node: it is no longer ours. */
  leaveElsewhere(agent: LocalAgent): void;
  /** A person let a message go that was held back, or did not. */
  release(agent: LocalAgent, message: SealedEnvelope, refusal: Refusal | undefined): void;
  onPublished(message: SealedEnvelope): void;
  onSpaceEntry(message: SealedEnvelope): void;
  onMembers(record: Members, added: readonly Did[], removed: readonly Did[]): void;
  /** A message is about to enter a local agent's mailbox. */
  beforeDelivery(message: SealedEnvelope, receiver: Did): void;
  start(): void;
  /** Every agent known in the mesh, with node and capabilities. */
  list(): readonly Record<string, unknown>[];
  /** Who passes on the words of direct channels; without it they are refused. */
  serveChannels(service: ChannelService): void;
}

/** Direct channels go past delivery: nothing of them is kept. */
interface ChannelService {
  take(message: SealedEnvelope): void;
  gone(agent: Did, hasLeft: boolean): void;
}

export function createAgentDesk(parts: AgentDeskComponents): AgentDesk {
  return new AgentTalk(parts);
}

class AgentTalk implements AgentDesk {
  readonly #parts: AgentDeskComponents;
  readonly #core: PeerCore;
  #channelService: ChannelService | undefined;

  constructor(parts: AgentDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  // Connections.

  connect(agent: LocalAgent, link: AgentLink, facts: ConnectFacts): void {
    agent.link?.supersede();
    agent.link = link;
    if (facts.threshold !== undefined) agent.threshold = facts.threshold;
    this.#parts.local.save(agent);
    this.#parts.attachments.announce(agent.attachment);
    this.#parts.handover.arrived(agent);
    for (const claim of facts.capabilities ?? [])
      reportRefusal(agent, this.#parts.capabilities.announce(agent, claim), undefined);
    this.#parts.load.update();
    this.#core.note({ kind: 'agent-joined', agent: agent.did, name: agent.name, hosted: agent.isHosted });
    this.#core.turn.afterCommit(() => {
      this.#parts.delivery.tellDead(agent.did);
      this.#parts.delivery.step({ type: 'agent-online', agent: agent.did, atMs: this.#core.clock.nowMs() });
    });
  }

  disconnect(agent: LocalAgent, link: AgentLink, hasLeft = false): void {
    if (agent.link !== link) return;
    agent.link = undefined;
    this.#parts.handover.disconnected(agent.did);
    this.#parts.subscriptions.forget(agent.did);
    this.#parts.memory.forget(agent.did);
    this.#channelService?.gone(agent.did, hasLeft);
    this.#parts.delivery.step({ type: 'agent-offline', agent: agent.did, atMs: this.#core.clock.nowMs() });
    this.#parts.load.update();
    this.#core.note({ kind: 'agent-left', agent: agent.did, name: agent.name });
  }

  leaveElsewhere(agent: LocalAgent): void {
    const { link } = agent;
    if (link !== undefined) {
      this.disconnect(agent, link, true);
      link.supersede();
    }
    this.#parts.handover.left(agent.did);
    this.#parts.local.forget(agent.did);
    this.#parts.load.update();
  }

  // What agents say.

  receive(agent: LocalAgent, text: string): boolean {
    const read = readAgentMessage(text);
    if (!read.ok) return this.#refuseMessage(agent, read.refusal, aboutOf(text));
    const said = read.value;
    const take = (): boolean => {
      if (said.kind === 'draft') return this.#receiveDraft(agent, said.draft);
      this.#parts.edge.take(agent, said.message);
      return true;
    };
    const message = said.kind === 'edge' ? said.message : said.draft;
    const needed = spaceNeeded(message);
    if (needed === undefined) return take();
    const isHeld = this.#parts.handover.hold(agent, needed, {
      about: 'request' in message ? message.request : 'id' in message ? message.id : undefined,
      text,
      isChange: message.type === 'scope' || (said.kind === 'draft' && isInvitation(agent, said.draft)),
      take,
    });
    return isHeld || take();
  }

  #receiveDraft(agent: LocalAgent, draft: Draft): boolean {
    const sealed = this.#parts.drafts.seal(agent, draft);
    if (!sealed.ok) return this.#refuseMessage(agent, sealed.refusal, draft.id);
    if (isChannelType(draft.type)) {
      this.#takeChannelWord(agent, sealed.value);
      return true;
    }
    const { envelope, text } = sealed.value;
    const verdict = this.#parts.replay.add(`${agent.did} ${envelope.id}`, text, envelope.at);
    if (envelope.type === 'accept' && envelope.space !== undefined)
      this.#parts.handover.accepted(agent, envelope.space as SpaceId);
    if (verdict === 'new' && !this.#parts.holdForPerson(agent, sealed.value))
      this.#parts.router.route(agent, sealed.value);
    else if (verdict === 'new' || verdict === 'duplicate') sendAccepted(this.#core.turn, agent, envelope.id);
    else {
      const code: ErrorCode = verdict === 'conflict' ? 'AMP-1013' : 'AMP-1011';
      return this.#refuseMessage(
        agent,
        { code, message: 'This id was used before.', path: 'id' },
        envelope.id,
      );
    }
    return true;
  }

  /** Their order and their ids are checked by the channel itself. */
  #takeChannelWord(agent: LocalAgent, message: SealedEnvelope): void {
    if (this.#channelService !== undefined) return this.#channelService.take(message);
    const refusal = { code: 'AMP-1411', message: 'This node carries no channels.', path: 'type' } as const;
    sendError(agent, refusal, message.envelope.id);
  }

  #refuseMessage(agent: LocalAgent, refusal: Refusal, about: string | undefined): false {
    sendError(agent, refusal, about);
    return false;
  }

  // What agents hear.

  onPublished(message: SealedEnvelope): void {
    const { space } = message.envelope;
    if (space !== undefined && space !== 'commons') this.#parts.spaces.add(message);
    else this.#parts.commons.take(message);
  }

  onMembers(record: Members, added: readonly Did[], removed: readonly Did[]): void {
    const space = record.space as SpaceId;
    this.#core.note({
      kind: 'members',
      space,
      version: record.version,
      count: record.members.length,
      added,
      removed,
      closed: record.closed === true,
    });
    for (const did of added) {
      this.#parts.capabilities.audienceMoved(did);
      const agent = this.#parts.local.get(did);
      if (agent === undefined) continue;
      for (const entry of this.#parts.spaces.machine.entries(space)) {
        const envelope = JSON.parse(entry.text) as Verified<Envelope>;
        if (envelope.from !== did)
          this.#parts.arrivals.put({ envelope, text: entry.text }, did, { history: true });
      }
    }
    for (const agent of this.#parts.spaces.localMembers(space)) {
      agent.link?.send(
        JSON.stringify({ type: 'event', subscription: `space:${space}`, event: { kind: 'members', record } }),
      );
    }
  }

  onSpaceEntry(message: SealedEnvelope): void {
    const { envelope } = message;
    const space = envelope.space as SpaceId;
    this.#core.note({ kind: 'space-entry', ...describeMessage(envelope) });
    this.#parts.subscriptions.notify(message);
    if (this.#parts.local.get(envelope.from as Did) === undefined)
      for (const agent of this.#parts.spaces.localMembers(space))
        this.#parts.arrivals.put(message, agent.did);
    this.#parts.decisions.onEntry(envelope);
    if (envelope.type === 'dissolve') {
      this.#parts.outcomes.dissolved(envelope);
      this.#parts.learning.dissolved(envelope);
    }
    this.#parts.membership.entered(envelope);
  }

  reattach(agent: LocalAgent): void {
    this.#parts.attachments.announce(agent.attachment);
  }

  pause(agent: LocalAgent, isPaused: boolean): void {
    this.#parts.delivery.step({
      type: isPaused ? 'agent-paused' : 'agent-resumed',
      agent: agent.did,
      atMs: this.#core.clock.nowMs(),
    });
  }

  acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void {
    this.#parts.edge.acknowledge(agent, ids, level);
  }

  release(agent: LocalAgent, message: SealedEnvelope, refusal: Refusal | undefined): void {
    if (refusal === undefined) this.#parts.router.route(agent, message);
    else sendError(agent, refusal, message.envelope.id);
  }

  beforeDelivery(message: SealedEnvelope, receiver: Did): void {
    this.#parts.arrivals.before(message, receiver);
  }

  list(): readonly Record<string, unknown>[] {
    return listAgents(this.#parts);
  }

  serveChannels(service: ChannelService): void {
    this.#channelService = service;
  }

  start(): void {
    this.#parts.load.update();
  }
}

/** The space that an agent must belong to, for its node to take the message in. */
function spaceNeeded(message: EdgeMessage | Draft): SpaceId | undefined {
  if (message.type === 'query' || message.type === 'subscribe') {
    const space = message.filter?.space;
    return typeof space === 'string' && space !== 'commons' ? (space as SpaceId) : undefined;
  }
  // What goes to one agent, or to capable ones, needs no membership; an invitation makes its space.
  const isAddressed = 'to' in message && message.to !== undefined && message.type !== 'invite';
  const space = 'space' in message && !isAddressed ? message.space : undefined;
  return space === 'commons' ? undefined : (space as SpaceId | undefined);
}

/** The id of a message that could not be read whole. */
function aboutOf(text: string): string | undefined {
  return /"id"\s*:\s*"([0-9a-f-]{36})"/.exec(text.slice(0, 4_096))?.[1];
}
