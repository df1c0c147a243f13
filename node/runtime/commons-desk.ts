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
}

export interface CommonsDeskInit {
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

export function createCommonsDesk(components: CommonsDeskComponents, init: CommonsDeskInit): CommonsDesk {
  const { core, local, gossip, topics, capabilities, threads, arrivals, subscriptions } = components;
  const openAsks = createOpenAsks((bytes) => core.keys.hash(bytes));

  /** Give a message to the local agents whom it concerns. */
  function fanOut(message: SealedEnvelope): void {
    const { envelope } = message;
    subscriptions.notify(message);
    if (envelope.type === 'broadcast') return wake(message);
    const thread = threadOf(envelope);
    for (const agent of local.list())
      if (agent.did !== envelope.from && threads.takesPart(agent.did, thread))
        arrivals.put(message, agent.did);
  }

  /** A broadcast wakes those whose capabilities are near enough; who was not woken is noted too. */
  function wake(message: SealedEnvelope): void {
    const { envelope } = message;
    if (envelope.type !== 'broadcast') return;
    const others = local.list().filter((agent) => agent.did !== envelope.from && agent.link !== undefined);
    const matches = capabilities.match(
      envelope.query,
      others.map((agent) => agent.did),
      envelope.from as Did,
    );
    const silent: { agent: Did; name: string; similarity: number }[] = [];
    for (const { agent: did, similarity: exact } of matches) {
      const { name, threshold = init.wakeThreshold } = local.get(did)!;
      const similarity = Math.round(exact * 1_000) / 1_000;
      if (exact < threshold) {
        silent.push({ agent: did, name, similarity });
        continue;
      }
      core.note({ kind: 'agent-woken', agent: did, name, similarity, message: envelope.id });
      threads.hearBroadcast(envelope, did);
      arrivals.put(message, did, { similarity });
    }
    if (silent.length > 0) core.note({ kind: 'agents-not-woken', message: envelope.id, agents: silent });
  }

  return {
    publish(agent, message) {
      threads.speak(message, agent.did);
      gossip.publish(topics.commons, message);
      openAsks.see(message.envelope, core.clock.nowMs());
      if (message.envelope.type === 'broadcast')
        core.note({ kind: 'broadcast-sent', ...describeMessage(message.envelope) });
      fanOut(message);
    },
    take(message) {
      threads.memory.remember(message);
      openAsks.see(message.envelope, core.clock.nowMs());
      fanOut(message);
    },
    openAsks,
  };
}
