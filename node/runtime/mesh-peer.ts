/**
 * One peer of the mesh: composes the machines of `protocol/` and `discovery/` over the ports. The real node and
 * the simulator drive the very same code. Agents reach it through {@link AgentLink}s, other nodes through the
 * transport; whoever watches reads its event log.
 */

import { frameBucket } from '../../crdt/index.ts';
import { playbookBucket } from '../../discovery/learning/index.ts';
import { outcomeBucket } from '../../discovery/reputation/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Directory, DirectoryEvent, Store, TransportEvent } from '../../protocol/ports.ts';
import type { Attachment } from '../../protocol/records.ts';
import type { AgentDesk } from './agent-desk.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { IndexChoice } from './capability-search.ts';
import type { ConsensusDesk, VoteFault } from './consensus-desk.ts';
import type { DecisionDesk } from './decision-desk.ts';
import { decisionBucket } from './decision-store.ts';
import type { Decoding } from './decoding.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import type { DenseEmbedder } from './dense-desk.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { EventLog } from './events.ts';
import type { LearningDesk } from './learning-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { MessageTrail } from './message-trail.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCoreComponents, PeerCoreInit } from './peer-core.ts';
import { PeerDesks } from './peer-desks.ts';
import type { SpaceDesk } from './space-desk.ts';
import type { TimerOwner } from './timers.ts';

export interface MeshPeerComponents extends PeerCoreComponents {
  readonly vectors: VectorSource;
  /** A model chosen beside the built-in embedder. */
  readonly embedder?: DenseEmbedder | undefined;
  /** Where agents beyond the reach of gossip are looked up. */
  readonly directory?: Directory;
  /** Reads what others send. Default the peer's own; a simulated world shares one. */
  readonly decoding?: Decoding | undefined;
}

export interface MeshPeerInit extends PeerCoreInit {
  /** Least similarity at which a broadcast wakes an agent that states none. @default 0.2 */
  readonly wakeThreshold?: number;
  /** Types of messages, and named actions, of this node's agents that wait for a person. @default none */
  readonly gates?: readonly string[] | undefined;
  /**
   * Where records are kept and sought; the same on every node of the mesh. With 'dht', who is where lies in the
   * directory too, and only neighbours hear beacons. @default 'gossip'
   */
  readonly index?: IndexChoice | undefined;
  /** Longest time in which a vote is expected to arrive, ms; timeouts of agreements grow from it. @default 250 */
  readonly voteDelayMs?: number | undefined;
  /** Who answers for a node, so that nobody has more than f members in an agreement. @default the node itself */
  readonly ownerOf?: ((node: NodeId) => Did) | undefined;
  /** @see LocalAgentsInit */
  readonly attachmentLifetimeMs?: number | undefined;
  /** Messages of this node's agents written down for `why`; the oldest give way. @default 0: none */
  readonly trailMax?: number | undefined;
  /** Events kept on disk; the oldest give way. @default 20,000 */
  readonly eventsMax?: number | undefined;
  /** A Byzantine fault on purpose, for experiments and demonstrations. */
  readonly voteFault?: VoteFault | undefined;
}

export interface MeshPeer {
  readonly self: NodeId;
  readonly agents: AgentDesk;
  readonly local: LocalAgents;
  readonly capabilities: CapabilityDesk;
  readonly delivery: DeliveryDesk;
  readonly spaces: SpaceDesk;
  readonly memory: MemoryDesk;
  readonly events: EventLog;
  readonly trail: MessageTrail;
  readonly outcomes: OutcomeDesk;
  readonly learning: LearningDesk;
  readonly consensus: ConsensusDesk;
  readonly decisions: DecisionDesk;
  readonly approvals: ApprovalDesk;
  /** Check an envelope from elsewhere: form, mesh, time and signatures. */
  readonly openEnvelope: (object: JsonObject) => Checked<SealedEnvelope>;
  /** Where an agent is attached, as far as this node knows. */
  readonly nodeOf: (agent: Did) => NodeId | undefined;
  /** All attachments known, by agent. */
  attachments(): readonly Attachment[];
  /** Integer Unix ms, by the peer's clock. */
  nowMs(): number;
  /** Nodes with an open connection. */
  peers(): readonly NodeId[];
  readonly ignoredCounts: ReadonlyMap<string, number>;
  start(): void;
  /** Say goodbye, commit what is pending, stop all timers. Idempotent. */
  stop(): void;
}

/** How often attachments are renewed and old memory is swept. */
const sweepMs = 60_000;

export function createMeshPeer(components: MeshPeerComponents, init: MeshPeerInit): MeshPeer {
  return new Peer(components, init);
}

class Peer implements MeshPeer, TimerOwner {
  readonly #desks: PeerDesks;
  #isStarted = false;
  #isStopped = false;

  constructor(components: MeshPeerComponents, init: MeshPeerInit) {
    this.#desks = new PeerDesks(components, init);
  }

  // Life.

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const desks = this.#desks;
    const { core, topics, attachments, spaces } = desks;
    for (const agent of desks.local.list()) attachments.see(agent.attachment);
    desks.delivery.start();
    desks.deadLetters.look();
    for (const topic of [topics.commons, topics.presence]) core.transport.subscribe(topic);
    core.transport.start((event) => this.#takeTransport(event));
    // On the network first: whoever looks itself up is answered by others.
    desks.directory?.start((event) => this.#takeDirectory(event));
    desks.capabilities.start();
    if (hasRows(core.store, outcomeBucket)) void desks.outcomes;
    if (hasRows(core.store, playbookBucket)) void desks.learning;
    desks.evidence.start();
    desks.agents.start();
    for (const space of spaces.machine.spaces()) desks.spaceTopics.look(space, spaces.machine.members(space));
    if (hasRows(core.store, frameBucket)) void desks.memory;
    if (hasRows(core.store, decisionBucket))
      for (const one of desks.decisions.list()) if ('certificate' in one) desks.memory.learnDecision(one);
    this.onTimer();
    core.note({ kind: 'node-started', self: core.self });
  }

  stop(): void {
    if (this.#isStopped || !this.#isStarted) return;
    const desks = this.#desks;
    const { core } = desks;
    core.note({ kind: 'node-stopping', self: core.self });
    desks.madeOutcomes?.stop();
    desks.capabilities.stop();
    desks.madeMemory?.stop();
    core.turn.flush();
    this.#isStopped = true;
    core.timers.cancelAll();
    core.turn.flush();
  }

  onTimer(): void {
    const { attachments, replay, core } = this.#desks;
    attachments.sweep();
    replay.sweep();
    const dueAtMs = core.clock.nowMs() + sweepMs;
    core.timers.apply('peer', { type: 'set-timer', timer: 'sweep', dueAtMs }, this);
  }

  // What the network brings.

  #takeTransport(event: TransportEvent): void {
    if (this.#isStopped) return;
    const { core, attachments, capabilities, delivery, packets } = this.#desks;
    switch (event.type) {
      case 'peer-up':
        return this.#greet(event.node);
      case 'peer-down':
        core.note({ kind: 'peer-down', peer: event.node });
        attachments.sync?.forget(event.node);
        return capabilities.peerChanged('peer-down', event.node);
      case 'direct':
        return packets.takeDirect(event.from, event.bytes);
      case 'published':
        return event.verdict(packets.takePublished(event.topic, event.origin, event.bytes));
      case 'send-failed':
        capabilities.sendFailed(event.to);
        return delivery.step({ type: 'send-failed', node: event.to, atMs: core.clock.nowMs() });
      case 'publish-failed':
        capabilities.publishFailed(event.topic);
        core.countIgnored('transport', `publish-failed ${event.reason}`);
    }
  }

  #greet(node: NodeId): void {
    const desks = this.#desks;
    const { core, attachments, spaces } = desks;
    core.note({ kind: 'peer-up', peer: node });
    (attachments.lookup ?? attachments.sync)?.greet(node);
    desks.capabilities.peerChanged('peer-up', node);
    desks.madeMemory?.greetNode(node);
    desks.evidence.greet(node);
    desks.delivery.step({ type: 'peer-up', node, atMs: core.clock.nowMs() });
    for (const space of spaces.machine.spaces()) spaces.greet(space, node);
  }

  #takeDirectory(event: DirectoryEvent): void {
    const { attachments, capabilities } = this.#desks;
    if (capabilities.takeDirectory(event) || attachments.lookup?.takeDirectory(event) === true) return;
    if (event.type === 'records-found') attachments.takeRecords(event.records);
  }

  // What whoever runs the peer may see and use.

  get self(): NodeId {
    return this.#desks.core.self;
  }

  get agents(): AgentDesk {
    return this.#desks.agents;
  }

  get local(): LocalAgents {
    return this.#desks.local;
  }

  get capabilities(): CapabilityDesk {
    return this.#desks.capabilities;
  }

  get delivery(): DeliveryDesk {
    return this.#desks.delivery;
  }

  get spaces(): SpaceDesk {
    return this.#desks.spaces;
  }

  get memory(): MemoryDesk {
    return this.#desks.memory;
  }

  get events(): EventLog {
    return this.#desks.events;
  }

  get trail(): MessageTrail {
    return this.#desks.trail;
  }

  get outcomes(): OutcomeDesk {
    return this.#desks.outcomes;
  }

  get learning(): LearningDesk {
    return this.#desks.learning;
  }

  get consensus(): ConsensusDesk {
    return this.#desks.consensus;
  }

  get decisions(): DecisionDesk {
    return this.#desks.decisions;
  }

  get approvals(): ApprovalDesk {
    return this.#desks.approvals;
  }

  openEnvelope(object: JsonObject): Checked<SealedEnvelope> {
    return this.#desks.openEnvelope(object);
  }

  nodeOf(agent: Did): NodeId | undefined {
    return this.#desks.registry.locate(agent)?.node as NodeId | undefined;
  }

  attachments(): readonly Attachment[] {
    return this.#desks.registry.list();
  }

  nowMs(): number {
    return this.#desks.core.clock.nowMs();
  }

  peers(): readonly NodeId[] {
    return this.#desks.core.transport.peers();
  }

  get ignoredCounts(): ReadonlyMap<string, number> {
    return this.#desks.ignoredCounts;
  }
}

/** Whether an earlier run left something in this bucket. */
function hasRows(store: Store, bucket: string): boolean {
  return store.scan(bucket, '', '', 1).length > 0;
}
