/** Where a message of this node's agents goes: to agents named, to the capable, to a space, to the whole mesh. */
import type { Query } from '../../discovery/query.ts';
import type { Did, MessageId, SpaceId } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Envelope } from '../../protocol/messages.ts';
import { sendAccepted, sendError } from './answer-agent.ts';
import type { ArrivalDesk } from './arrival-desk.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { CommonsDesk } from './commons-desk.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { expiryOf, type SealedEnvelope } from './envelope-desk.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { LoadDesk } from './load-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { MessageTrail } from './message-trail.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCore } from './peer-core.ts';
import { renderError } from './render-error.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { SpaceDesk } from './space-desk.ts';
import type { ThreadDesk } from './thread-desk.ts';
import { spaceTopicOf, type Topics } from './topics.ts';

export interface MessageRouterComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly delivery: DeliveryDesk;
  readonly gossip: GossipDesk;
  readonly topics: Topics;
  readonly spaces: SpaceDesk;
  readonly capabilities: CapabilityDesk;
  readonly outcomes: OutcomeDesk;
  readonly replay: ReplayDesk;
  readonly trail: MessageTrail;
  readonly load: LoadDesk;
  readonly threads: ThreadDesk;
  readonly arrivals: ArrivalDesk;
  readonly commons: CommonsDesk;
  /** Keep a question for a person: it stays at the node that its agent is attached to. */
  readonly escalate: (envelope: Envelope) => void;
}

export interface MessageRouterInit {
  /** Least similarity to a capability that a message is addressed to, where the address states none. */
  readonly wakeThreshold: number;
}

export interface MessageRouter {
  /** Send what an agent of this node said, or tell the agent why not. */
  route(agent: LocalAgent, message: SealedEnvelope): void;
}

export function createMessageRouter(
  components: MessageRouterComponents,
  init: MessageRouterInit,
): MessageRouter {
  const { core, local, delivery, spaces, capabilities, threads } = components;

  function route(agent: LocalAgent, message: SealedEnvelope): void {
    const { envelope } = message;
    components.trail.saw(envelope, 'sent');
    warnOfUnknownReferences(agent, envelope);
    const space =
      envelope.space ??
      (typeof envelope.to === 'object' && 'space' in envelope.to ? envelope.to.space : undefined);
    if (envelope.type === 'escalate' && envelope.to === undefined) {
      sendAccepted(core.turn, agent, envelope.id);
      components.escalate(envelope);
      if (space === undefined) return;
    }
    if (typeof envelope.to === 'string') return sendTo(agent, message, [envelope.to as Did]);
    if (typeof envelope.to === 'object' && 'capability' in envelope.to)
      return sendToCapable(agent, message, envelope.to);
    if (space !== undefined && space !== 'commons') return sendToSpace(agent, message, space as SpaceId);
    sendAccepted(core.turn, agent, envelope.id);
    components.commons.publish(agent, message);
  }

  function warnOfUnknownReferences(agent: LocalAgent, envelope: Envelope): void {
    const named = [envelope.parent, ...('references' in envelope ? (envelope.references ?? []) : [])].filter(
      (id) => id !== undefined,
    );
    const unknown = named.filter((id) => threads.find(id, envelope.space) === undefined);
    if (unknown.length === 0) return;
    const refusal = {
      code: 'AMP-1403',
      message: `Not known here: ${unknown.join(', ').slice(0, 200)}. The message was sent all the same.`,
      path: 'references',
    } as const;
    agent.link?.send(renderError(refusal, envelope.id, { unknown }));
  }

  function sendTo(agent: LocalAgent, message: SealedEnvelope, receivers: readonly Did[]): void {
    threads.speak(message, agent.did);
    // Only these two open and close what is judged later.
    if (message.envelope.type === 'award' || message.envelope.type === 'cancel')
      components.outcomes.sent(message.envelope);
    components.load.see(message.envelope, undefined);
    for (const receiver of receivers)
      if (local.get(receiver) !== undefined) components.arrivals.before(message, receiver);
    delivery.submit(message, receivers);
  }

  function sendToCapable(
    agent: LocalAgent,
    message: SealedEnvelope,
    to: Extract<Envelope['to'], { capability: string }>,
  ): void {
    const limit = to.count === 'all' ? limits.receiversMax : (to.count ?? 1);
    const query = { text: to.capability, filter: { without: [agent.did] }, limit: Math.min(100, limit * 4) };
    const min = to.min ?? init.wakeThreshold;
    capabilities.find({ ...query, similarityMin: min }, agent.did, undefined, (answer) => {
      const receivers = answer.agents.slice(0, limit).map((found) => found.agent);
      if (receivers.length > 0) sendTo(agent, message, receivers);
      else reportNoMatch(agent, message, { ...to, min, query });
    });
  }

  function reportNoMatch(
    agent: LocalAgent,
    message: SealedEnvelope,
    { capability, min, query }: { capability: string; min: number; query: Query },
  ): void {
    const nearest = capabilities
      .search({ ...query, limit: 3, similarityMin: 0 }, agent.did)
      .skills.flatMap((skill) => skill.hits)
      .map((hit) => ({
        capability: hit.record.text.slice(0, 120),
        similarity: Math.round(hit.factors.similarity * 1_000) / 1_000,
      }));
    const mail = {
      id: message.envelope.id as MessageId,
      from: agent.did,
      receiver: agent.did,
      text: message.text,
      expiresAt: expiryOf(message.envelope, core.clock.nowMs()),
    };
    sendAccepted(core.turn, agent, message.envelope.id);
    delivery.step({ type: 'undeliverable', mail, reason: 'no-match', atMs: core.clock.nowMs() });
    agent.link?.send(
      JSON.stringify({
        type: 'receipt',
        level: 'dead',
        ids: [message.envelope.id],
        reason: 'no-match',
        facts: { capability, min, nearest },
      }),
    );
  }

  function sendToSpace(agent: LocalAgent, message: SealedEnvelope, space: SpaceId): void {
    const { id, at } = message.envelope;
    const receivers = receiversIn(space, agent, message.envelope);
    if (!receivers.ok) return sendError(agent, receivers.refusal, id);
    sendAccepted(core.turn, agent, id);
    spaces.add(message);
    if (spaces.holders(space).length > limits.directSpaceNodesMax)
      return components.gossip.publish(spaceTopicOf(components.topics, space), message);
    for (const did of receivers.value)
      if (local.get(did) !== undefined) components.replay.add(`${agent.did} ${id} ${did}`, message.text, at);
    delivery.submit(message, receivers.value);
  }

  /** The other members, when the agent may speak to them. */
  function receiversIn(space: SpaceId, agent: LocalAgent, { type }: Envelope): Checked<readonly Did[]> {
    const members = spaces.machine.members(space);
    if (members === undefined) return refuse('AMP-1402', `Space ${space} is not known here.`, 'space');
    if (!spaces.machine.isMember(space, agent.did))
      return refuse('AMP-1401', 'Only members speak in a space.', 'space');
    if (type !== 'leave' && spaces.isReader(space, agent.did))
      return refuse('AMP-1401', 'A reader of a space does not speak in it.', 'space');
    if (members.closed === true) return refuse('AMP-1405', 'The space is closed.', 'space');
    return accept(members.members.map((member) => member.agent as Did).filter((did) => did !== agent.did));
  }

  return { route };
}
