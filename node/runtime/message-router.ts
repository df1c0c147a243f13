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
  /** Least similarity to a capability that a message is addressed to, where the address states none. */
  readonly wakeThreshold: number;
}

export interface MessageRouter {
  /** Send what an agent of this node said, or tell the agent why not. */
  route(agent: LocalAgent, message: SealedEnvelope): void;
}

export function createMessageRouter(parts: MessageRouterComponents): MessageRouter {
  return new Routes(parts);
}

class Routes implements MessageRouter {
  readonly #parts: MessageRouterComponents;
  readonly #core: PeerCore;

  constructor(parts: MessageRouterComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  route(agent: LocalAgent, message: SealedEnvelope): void {
    const { envelope } = message;
    this.#parts.trail.saw(envelope, 'sent');
    this.#warnOfUnknownReferences(agent, envelope);
    const space =
      envelope.space ??
      (typeof envelope.to === 'object' && 'space' in envelope.to ? envelope.to.space : undefined);
    if (envelope.type === 'escalate' && envelope.to === undefined) {
      sendAccepted(this.#core.turn, agent, envelope.id);
      this.#parts.escalate(envelope);
      if (space === undefined) return;
    }
    if (typeof envelope.to === 'string') return this.#sendTo(agent, message, [envelope.to as Did]);
    if (typeof envelope.to === 'object' && 'capability' in envelope.to)
      return this.#sendToCapable(agent, message, envelope.to);
    if (space !== undefined && space !== 'commons')
      return this.#sendToSpace(agent, message, space as SpaceId);
    sendAccepted(this.#core.turn, agent, envelope.id);
    this.#parts.commons.publish(agent, message);
  }

  #warnOfUnknownReferences(agent: LocalAgent, envelope: Envelope): void {
    const named = [envelope.parent, ...('references' in envelope ? (envelope.references ?? []) : [])].filter(
      (id) => id !== undefined,
    );
    const unknown = named.filter((id) => this.#parts.threads.find(id, envelope.space) === undefined);
    if (unknown.length === 0) return;
    const refusal = {
      code: 'AMP-1403',
      message: `Not known here: ${unknown.join(', ').slice(0, 200)}. The message was sent all the same.`,
      path: 'references',
    } as const;
    agent.link?.send(renderError(refusal, envelope.id, { unknown }));
  }

  #sendTo(agent: LocalAgent, message: SealedEnvelope, receivers: readonly Did[]): void {
    this.#parts.threads.speak(message, agent.did);
    // Only these two open and close what is judged later.
    if (message.envelope.type === 'award' || message.envelope.type === 'cancel')
      this.#parts.outcomes.sent(message.envelope);
    this.#parts.load.see(message.envelope, undefined);
    for (const receiver of receivers)
      if (this.#parts.local.get(receiver) !== undefined) this.#parts.arrivals.before(message, receiver);
    this.#parts.delivery.submit(message, receivers);
  }

  #sendToCapable(
    agent: LocalAgent,
    message: SealedEnvelope,
    to: Extract<Envelope['to'], { capability: string }>,
  ): void {
    const limit = to.count === 'all' ? limits.receiversMax : (to.count ?? 1);
    const query = { text: to.capability, filter: { without: [agent.did] }, limit: Math.min(100, limit * 4) };
    const min = to.min ?? this.#parts.wakeThreshold;
    this.#parts.capabilities.find({ ...query, similarityMin: min }, agent.did, undefined, (answer) => {
      const receivers = answer.agents.slice(0, limit).map((found) => found.agent);
      if (receivers.length > 0) this.#sendTo(agent, message, receivers);
      else this.#reportNoMatch(agent, message, { ...to, min, query });
    });
  }

  #reportNoMatch(
    agent: LocalAgent,
    message: SealedEnvelope,
    { capability, min, query }: { capability: string; min: number; query: Query },
  ): void {
    const nearest = this.#parts.capabilities
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
      expiresAt: expiryOf(message.envelope, this.#core.clock.nowMs()),
    };
    sendAccepted(this.#core.turn, agent, message.envelope.id);
    this.#parts.delivery.step({
      type: 'undeliverable',
      mail,
      reason: 'no-match',
      atMs: this.#core.clock.nowMs(),
    });
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

  #sendToSpace(agent: LocalAgent, message: SealedEnvelope, space: SpaceId): void {
    const { id, at } = message.envelope;
    const receivers = this.#receiversIn(space, agent, message.envelope);
    if (!receivers.ok) return sendError(agent, receivers.refusal, id);
    sendAccepted(this.#core.turn, agent, id);
    this.#parts.spaces.add(message);
    if (this.#parts.spaces.holders(space).length > limits.directSpaceNodesMax)
      return this.#parts.gossip.publish(spaceTopicOf(this.#parts.topics, space), message);
    for (const did of receivers.value)
      if (this.#parts.local.get(did) !== undefined)
        this.#parts.replay.add(`${agent.did} ${id} ${did}`, message.text, at);
    this.#parts.delivery.submit(message, receivers.value);
  }

  /** The other members, when the agent may speak to them. */
  #receiversIn(space: SpaceId, agent: LocalAgent, { type }: Envelope): Checked<readonly Did[]> {
    const members = this.#parts.spaces.machine.members(space);
    if (members === undefined) return refuse('AMP-1402', `Space ${space} is not known here.`, 'space');
    if (!this.#parts.spaces.machine.isMember(space, agent.did))
      return refuse('AMP-1401', 'Only members speak in a space.', 'space');
    if (type !== 'leave' && this.#parts.spaces.isReader(space, agent.did))
      return refuse('AMP-1401', 'A reader of a space does not speak in it.', 'space');
    if (members.closed === true) return refuse('AMP-1405', 'The space is closed.', 'space');
    return accept(members.members.map((member) => member.agent as Did).filter((did) => did !== agent.did));
  }
}
