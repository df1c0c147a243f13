/** What an agent asked to hear: messages and node events that match a filter. */

import * as z from 'zod';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import * as f from '../../protocol/message-fields.ts';
import type { Envelope } from '../../protocol/messages.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { MeshEvent } from './events.ts';
import type { LocalAgents } from './local-agents.ts';
import type { PeerCore } from './peer-core.ts';
import type { SpaceDesk } from './space-desk.ts';
import { threadOf } from './thread-memory.ts';

const filterSchema = z.strictObject({
  /** What to hear: messages of the commons and of the agent's spaces, or the node's own events. */
  topic: z.enum(['messages', 'events']).optional(),
  types: z.array(f.name).max(64).optional(),
  space: f.spaceId.optional(),
  thread: f.messageId.optional(),
  from: f.did.optional(),
  /** Kinds of events. */
  kinds: z.array(f.name).max(64).optional(),
});
type Filter = z.infer<typeof filterSchema>;

/** Subscriptions of one agent. Judgement. */
const subscriptionsMax = 64;

export interface Subscriptions {
  add(agent: Did, subscription: string, filter: unknown): Checked<string>;
  remove(agent: Did, subscription: string): boolean;
  forget(agent: Did): void;
  /** Bring a message to those who asked for it and may see it; its author hears nothing of it. */
  notify(message: SealedEnvelope): void;
  /** Bring an event of the node to those who asked for it. */
  tell(event: MeshEvent): void;
}

export interface SubscriptionsComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly spaces: SpaceDesk;
}

export function createSubscriptions(parts: SubscriptionsComponents): Subscriptions {
  return new AgentSubscriptions(parts);
}

class AgentSubscriptions implements Subscriptions {
  readonly #parts: SubscriptionsComponents;
  readonly #core: PeerCore;
  readonly #byAgent = new CompactMap<Did, Map<string, Filter>>();

  constructor(parts: SubscriptionsComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  notify({ envelope, text }: SealedEnvelope): void {
    for (const [agent, subscriptions] of this.#byAgent) {
      for (const [subscription, filter] of subscriptions) {
        if (!matches(filter, envelope) || agent === envelope.from || !this.#maySee(agent, envelope)) continue;
        this.#send(agent, subscription, `{"kind":"message","message":${text}}`);
      }
    }
  }

  /** An event leaves with the commit that keeps it. */
  tell(event: MeshEvent): void {
    for (const [agent, subscriptions] of this.#byAgent) {
      for (const [subscription, { topic, kinds }] of subscriptions) {
        if (topic !== 'events' || kinds?.includes(event.kind) === false) continue;
        this.#core.turn.afterCommit(() => this.#send(agent, subscription, JSON.stringify(event)));
      }
    }
  }

  #send(agent: Did, subscription: string, event: string): void {
    const name = JSON.stringify(subscription);
    this.#parts.local.get(agent)?.link?.send(`{"type":"event","subscription":${name},"event":${event}}`);
  }

  #maySee(agent: Did, { space }: Envelope): boolean {
    return (
      space === undefined ||
      space === 'commons' ||
      this.#parts.spaces.machine.isMember(space as SpaceId, agent)
    );
  }

  add(agent: Did, subscription: string, filter: unknown): Checked<string> {
    const read = matchSchema(filterSchema, filter);
    if (!read.ok) return refuse(read.refusal.code, read.refusal.message, `filter.${read.refusal.path}`);
    const known = this.#byAgent.get(agent) ?? new Map<string, Filter>();
    if (known.size >= subscriptionsMax && !known.has(subscription)) {
      return refuse('AMP-1203', `An agent may hold ${subscriptionsMax} subscriptions.`, 'subscription');
    }
    this.#byAgent.set(agent, known.set(subscription, read.value));
    return accept(subscription);
  }

  remove(agent: Did, subscription: string): boolean {
    return this.#byAgent.get(agent)?.delete(subscription) ?? false;
  }

  forget(agent: Did): void {
    this.#byAgent.delete(agent);
  }
}

function matches(filter: Filter, envelope: Envelope): boolean {
  return (
    filter.topic !== 'events' &&
    (filter.types?.includes(envelope.type) ?? true) &&
    (filter.space === undefined || filter.space === envelope.space) &&
    (filter.thread === undefined || filter.thread === threadOf(envelope)) &&
    (filter.from === undefined || filter.from === envelope.from)
  );
}
