/** Where agents' messages come in and go out: connects the desks that draft, route and deliver what they say. */

import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { isChannelType } from '../../protocol/channel/index.ts';
import { readAgentMessage } from '../../protocol/decode.ts';
import type { ErrorCode, Refusal } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft, EdgeMessage, Envelope } from '../../protocol/messages.ts';
import type { Attachment, Members } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { listAgents } from './agent-queries.ts';
import { reportRefusal, sendAccepted, sendError } from './answer-agent.ts';
import { createArrivalDesk } from './arrival-desk.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import { createCommonsDesk } from './commons-desk.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { describeMessage } from './describe-message.ts';
import { createDraftDesk } from './draft-desk.ts';
import { type BallotService, createEdgeDesk } from './edge-desk.ts';
import type { EnvelopeDesk, SealedEnvelope } from './envelope-desk.ts';
import type { EventLog } from './events.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { HandoverDesk } from './handover-desk.ts';
import type { LearningDesk } from './learning-desk.ts';
import { createLoadDesk } from './load-desk.ts';
import type { AgentLink, LocalAgent, LocalAgents } from './local-agents.ts';
import { createMembershipDesk, isInvitation } from './membership-desk.ts';
import type { MemoryDesk } from './memory-desk.ts';
import { createMessageRouter } from './message-router.ts';
import type { MessageTrail } from './message-trail.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { SpaceDesk } from './space-desk.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createThreadDesk } from './thread-desk.ts';
import type { Topics } from './topics.ts';

export interface AgentDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly desk: EnvelopeDesk;
  readonly delivery: DeliveryDesk;
  readonly gossip: GossipDesk;
  readonly spaces: SpaceDesk;
  readonly handover: HandoverDesk;
  readonly memory: MemoryDesk;
  readonly capabilities: CapabilityDesk;
  readonly outcomes: OutcomeDesk;
  readonly learning: LearningDesk;
  readonly replay: ReplayDesk;
  readonly trail: MessageTrail;
  readonly events: EventLog;
  readonly topics: Topics;
  readonly announceAttachment: (attachment: Verified<Attachment>) => void;
}

export interface AgentDeskInit {
  /** Least similarity at which a broadcast wakes an agent that states none. */
  readonly wakeThreshold: number;
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
  /** Who opens decisions, signs ballots and keeps what waits for a person; without it they are refused. */
  serveDecisions(service: DecisionService): void;
}

/** Decisions of the spaces of this node's agents, and what waits for a person. */
interface DecisionService extends BallotService {
  onEntry(envelope: Envelope): void;
  escalate(envelope: Envelope): void;
  /** Keep a message back that waits for a person; false when it may go. */
  hold(agent: LocalAgent, message: SealedEnvelope): boolean;
}

/** Direct channels go past delivery: nothing of them is kept. */
interface ChannelService {
  take(message: SealedEnvelope): void;
  gone(agent: Did, hasLeft: boolean): void;
}

export function createAgentDesk(components: AgentDeskComponents, init: AgentDeskInit): AgentDesk {
  const { core, local, delivery, spaces, handover, memory, capabilities, outcomes, learning, replay } =
    components;
  let channelService: ChannelService | undefined;
  let decisionService: DecisionService | undefined;

  const load = createLoadDesk(components);
  const membership = createMembershipDesk(components);
  const threads = createThreadDesk(spaces);
  const subscriptions = createSubscriptions(components);
  const arrivals = createArrivalDesk({ ...components, membership, load, threads });
  const commons = createCommonsDesk({ ...components, threads, arrivals, subscriptions }, init);
  const drafts = createDraftDesk({ ...components, membership, threads });
  const edge = createEdgeDesk({
    ...components,
    subscriptions,
    threadMemory: threads.memory,
    openAsks: commons.openAsks,
  });
  const router = createMessageRouter(
    {
      ...components,
      load,
      threads,
      arrivals,
      commons,
      escalate: (envelope) => decisionService?.escalate(envelope),
    },
    init,
  );

  // Connections.

  function connect(agent: LocalAgent, link: AgentLink, facts: ConnectFacts): void {
    agent.link?.supersede();
    agent.link = link;
    if (facts.threshold !== undefined) agent.threshold = facts.threshold;
    local.save(agent);
    components.announceAttachment(agent.attachment);
    handover.arrived(agent);
    for (const claim of facts.capabilities ?? [])
      reportRefusal(agent, capabilities.announce(agent, claim), undefined);
    load.update();
    core.note({ kind: 'agent-joined', agent: agent.did, name: agent.name, hosted: agent.isHosted });
    core.turn.afterCommit(() => {
      delivery.tellDead(agent.did);
      delivery.step({ type: 'agent-online', agent: agent.did, atMs: core.clock.nowMs() });
    });
  }

  function disconnect(agent: LocalAgent, link: AgentLink, hasLeft = false): void {
    if (agent.link !== link) return;
    agent.link = undefined;
    handover.disconnected(agent.did);
    subscriptions.forget(agent.did);
    memory.forget(agent.did);
    channelService?.gone(agent.did, hasLeft);
    delivery.step({ type: 'agent-offline', agent: agent.did, atMs: core.clock.nowMs() });
    load.update();
    core.note({ kind: 'agent-left', agent: agent.did, name: agent.name });
  }

  function leaveElsewhere(agent: LocalAgent): void {
    const { link } = agent;
    if (link !== undefined) {
      disconnect(agent, link, true);
      link.supersede();
    }
    handover.left(agent.did);
    local.forget(agent.did);
    load.update();
  }

  // What agents say.

  function receive(agent: LocalAgent, text: string): boolean {
    const read = readAgentMessage(text);
    if (!read.ok) return refuseMessage(agent, read.refusal, aboutOf(text));
    const said = read.value;
    const take = (): boolean => {
      if (said.kind === 'draft') return receiveDraft(agent, said.draft);
      edge.take(agent, said.message);
      return true;
    };
    const message = said.kind === 'edge' ? said.message : said.draft;
    const needed = spaceNeeded(message);
    if (needed === undefined) return take();
    const isHeld = handover.hold(agent, needed, {
      about: 'request' in message ? message.request : 'id' in message ? message.id : undefined,
      text,
      isChange: message.type === 'scope' || (said.kind === 'draft' && isInvitation(agent, said.draft)),
      take,
    });
    return isHeld || take();
  }

  function receiveDraft(agent: LocalAgent, draft: Draft): boolean {
    const sealed = drafts.seal(agent, draft);
    if (!sealed.ok) return refuseMessage(agent, sealed.refusal, draft.id);
    if (isChannelType(draft.type)) {
      takeChannelWord(agent, sealed.value);
      return true;
    }
    const { envelope, text } = sealed.value;
    const verdict = replay.add(`${agent.did} ${envelope.id}`, text, envelope.at);
    if (envelope.type === 'accept' && envelope.space !== undefined)
      handover.accepted(agent, envelope.space as SpaceId);
    if (verdict === 'new' && decisionService?.hold(agent, sealed.value) !== true)
      router.route(agent, sealed.value);
    else if (verdict === 'new' || verdict === 'duplicate') sendAccepted(core.turn, agent, envelope.id);
    else {
      const code: ErrorCode = verdict === 'conflict' ? 'AMP-1013' : 'AMP-1011';
      return refuseMessage(agent, { code, message: 'This id was used before.', path: 'id' }, envelope.id);
    }
    return true;
  }

  /** Their order and their ids are checked by the channel itself. */
  function takeChannelWord(agent: LocalAgent, message: SealedEnvelope): void {
    if (channelService !== undefined) return channelService.take(message);
    const refusal = { code: 'AMP-1411', message: 'This node carries no channels.', path: 'type' } as const;
    sendError(agent, refusal, message.envelope.id);
  }

  function refuseMessage(agent: LocalAgent, refusal: Refusal, about: string | undefined): false {
    sendError(agent, refusal, about);
    return false;
  }

  // What agents hear.

  function onPublished(message: SealedEnvelope): void {
    const { space } = message.envelope;
    if (space !== undefined && space !== 'commons') spaces.add(message);
    else commons.take(message);
  }

  function onMembers(record: Members, added: readonly Did[], removed: readonly Did[]): void {
    const space = record.space as SpaceId;
    core.note({
      kind: 'members',
      space,
      version: record.version,
      count: record.members.length,
      added,
      removed,
      closed: record.closed === true,
    });
    for (const did of added) {
      capabilities.audienceMoved(did);
      const agent = local.get(did);
      if (agent === undefined) continue;
      for (const entry of spaces.machine.entries(space)) {
        const envelope = JSON.parse(entry.text) as Verified<Envelope>;
        if (envelope.from !== did) arrivals.put({ envelope, text: entry.text }, did, { history: true });
      }
    }
    for (const agent of spaces.localMembers(space)) {
      agent.link?.send(
        JSON.stringify({ type: 'event', subscription: `space:${space}`, event: { kind: 'members', record } }),
      );
    }
  }

  function onSpaceEntry(message: SealedEnvelope): void {
    const { envelope } = message;
    const space = envelope.space as SpaceId;
    core.note({ kind: 'space-entry', ...describeMessage(envelope) });
    subscriptions.notify(message);
    if (local.get(envelope.from as Did) === undefined)
      for (const agent of spaces.localMembers(space)) arrivals.put(message, agent.did);
    decisionService?.onEntry(envelope);
    if (envelope.type === 'dissolve') {
      outcomes.dissolved(envelope);
      learning.dissolved(envelope);
    }
    membership.entered(envelope);
  }

  return {
    connect,
    disconnect,
    reattach: (agent) => components.announceAttachment(agent.attachment),
    receive,
    pause: (agent, isPaused) =>
      delivery.step({
        type: isPaused ? 'agent-paused' : 'agent-resumed',
        agent: agent.did,
        atMs: core.clock.nowMs(),
      }),
    acknowledge: edge.acknowledge,
    leaveElsewhere,
    release(agent, message, refusal) {
      if (refusal === undefined) router.route(agent, message);
      else sendError(agent, refusal, message.envelope.id);
    },
    onPublished,
    onSpaceEntry,
    onMembers,
    beforeDelivery: arrivals.before,
    list: () => listAgents(components),
    serveChannels(service) {
      channelService = service;
    },
    serveDecisions(service) {
      decisionService = service;
      edge.serveDecisions(service);
    },
    start: load.update,
  };
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
