/** What is said to the whole mesh: published, remembered, and brought to those of this node whom it concerns. */
import type { Did } from '../../protocol/brand.ts';
import type { ArrivalDesk } from './arrival-desk.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import { describeMessage } from './describe-message.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { createOpenAsks, type OpenAsks } from './open-asks.ts';
import type { PeerCore } from './peer-core.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { ThreadDesk } from './thread-desk.ts';
import { threadOf } from './thread-memory.ts';
import type { Topics } from './topics.ts';

export interface CommonsDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly gossip: GossipDesk;
  readonly topics: Topics;
  readonly capabilities: CapabilityDesk;
  readonly threads: ThreadDesk;
  readonly arrivals: ArrivalDesk;
  readonly subscriptions: Subscriptions;
  /** Least similarity at which a broadcast wakes an agent that states none. */
  readonly wakeThreshold: number;
}

export interface CommonsDesk {
  /** An agent of this node says it. */
  publish(agent: LocalAgent, message: SealedEnvelope): void;
  /** Another node's agent said it. */
  take(message: SealedEnvelope): void;
  readonly openAsks: OpenAsks;
}

export function createCommonsDesk(parts: CommonsDeskComponents): CommonsDesk {
  return new Commons(parts);
}

class Commons implements CommonsDesk {
  readonly #parts: CommonsDeskComponents;
  readonly #core: PeerCore;
  readonly openAsks: OpenAsks;

  constructor(parts: CommonsDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
    this.openAsks = createOpenAsks(parts.core.keys);
  }

  /** Give a message to the local agents whom it concerns. */
  #fanOut(message: SealedEnvelope): void {
    const { envelope } = message;
    this.#parts.subscriptions.notify(message);
    if (envelope.type === 'broadcast') return this.#wake(message);
    const thread = threadOf(envelope);
    for (const agent of this.#parts.local.list())
      if (agent.did !== envelope.from && this.#parts.threads.takesPart(agent.did, thread))
        this.#parts.arrivals.put(message, agent.did);
  }

  /** A broadcast wakes those whose capabilities are near enough; who was not woken is noted too. */
  #wake(message: SealedEnvelope): void {
    const { envelope } = message;
    if (envelope.type !== 'broadcast') return;
    const others = this.#parts.local
      .list()
      .filter((agent) => agent.did !== envelope.from && agent.link !== undefined);
    const matches = this.#parts.capabilities.match(
      envelope.query,
      others.map((agent) => agent.did),
      envelope.from as Did,
    );
    const silent: { agent: Did; name: string; similarity: number }[] = [];
    for (const { agent: did, similarity: exact } of matches) {
      const { name, threshold = this.#parts.wakeThreshold } = this.#parts.local.get(did)!;
      const similarity = Math.round(exact * 1_000) / 1_000;
      if (exact < threshold) {
        silent.push({ agent: did, name, similarity });
        continue;
      }
      this.#core.note({ kind: 'agent-woken', agent: did, name, similarity, message: envelope.id });
      this.#parts.threads.hearBroadcast(envelope, did);
      this.#parts.arrivals.put(message, did, { similarity });
    }
    if (silent.length > 0)
      this.#core.note({ kind: 'agents-not-woken', message: envelope.id, agents: silent });
  }

  publish(agent: LocalAgent, message: SealedEnvelope): void {
    this.#parts.threads.speak(message, agent.did);
    this.#parts.gossip.publish(this.#parts.topics.commons, message);
    this.openAsks.see(message.envelope, this.#core.clock.nowMs());
    if (message.envelope.type === 'broadcast')
      this.#core.note({ kind: 'broadcast-sent', ...describeMessage(message.envelope) });
    this.#fanOut(message);
  }

  take(message: SealedEnvelope): void {
    this.#parts.threads.memory.remember(message);
    this.openAsks.see(message.envelope, this.#core.clock.nowMs());
    this.#fanOut(message);
  }
}
