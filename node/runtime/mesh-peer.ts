/**
 * One peer of the mesh: composes the machines of `protocol/` and `discovery/` over the ports. The real node and
 * the simulator drive the very same code. Agents reach it through {@link AgentLink}s, other nodes through the
 * transport; whoever watches reads its event log.
 */

import { frameBucket } from '../../crdt/index.ts';
import { playbookBucket } from '../../discovery/learning/index.ts';
import { outcomeBucket } from '../../discovery/reputation/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import { createAttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft } from '../../protocol/messages.ts';
import type { Directory, TransportEvent } from '../../protocol/ports.ts';
import type { Attachment } from '../../protocol/records.ts';
import { type AgentDesk, createAgentDesk } from './agent-desk.ts';
import { type ApprovalDesk, createApprovalDesk } from './approval-desk.ts';
import { createAttachmentDesk } from './attachment-desk.ts';
import { type CapabilityDesk, createCapabilityDesk } from './capability-desk.ts';
import type { IndexChoice } from './capability-search.ts';
import { type ConsensusDesk, createConsensusDesk, type VoteFault } from './consensus-desk.ts';
import { createDeadLetterDesk } from './dead-letter-desk.ts';
import { createDecisionDesk, type DecisionDesk } from './decision-desk.ts';
import { decisionBucket } from './decision-store.ts';
import type { Decoding } from './decoding.ts';
import { createDeliveryDesk, type DeliveryDesk } from './delivery-desk.ts';
import type { DenseEmbedder } from './dense-desk.ts';
import { createEnvelopeDesk, type SealedEnvelope } from './envelope-desk.ts';
import type { EventLog } from './events.ts';
import { createEvidenceSync } from './evidence-sync.ts';
import { createGossipDesk } from './gossip-desk.ts';
import { createHandoverDesk } from './handover-desk.ts';
import { createLearningDesk, type LearningDesk } from './learning-desk.ts';
import { createLocalAgents, type LocalAgent, type LocalAgents } from './local-agents.ts';
import { createMemoryDesk, type MemoryDesk } from './memory-desk.ts';
import { createMessageTrail, type MessageTrail } from './message-trail.ts';
import { createNodeRoll } from './node-roll.ts';
import { hasRows, onFirstUse } from './on-first-use.ts';
import { createOutcomeDesk, type OutcomeDesk } from './outcome-desk.ts';
import { createPacketRouter } from './packet-router.ts';
import { createPeerCore, type PeerCoreComponents, type PeerCoreInit } from './peer-core.ts';
import { createPublicationDesk } from './publication-desk.ts';
import { createReplayDesk } from './replay-desk.ts';
import { createSpaceDesk, type SpaceDesk } from './space-desk.ts';
import { createSpaceTopics } from './space-topics.ts';
import { topicsOf } from './topics.ts';

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
  const { store, transport, directory } = components;
  const { core, events, ignoredCounts } = createPeerCore(components, init);
  const { clock, timers, turn, decoding } = core;
  const topics = topicsOf(init.mesh);
  const trail = createMessageTrail(
    { store, turn, nowMs: () => clock.nowMs() },
    { nodeName: init.nodeName, messagesMax: init.trailMax ?? 0 },
  );
  const registry = createAttachmentRegistry();
  const local = createLocalAgents(core, { attachmentLifetimeMs: init.attachmentLifetimeMs });
  const replay = createReplayDesk(core);
  const publications = createPublicationDesk(core);
  const roll = createNodeRoll(core);
  const spaceTopics = createSpaceTopics(transport, topics);
  const desk = createEnvelopeDesk(
    { ...components, decoding },
    { mesh: init.mesh, authorize: registry.authorize },
  );
  let isStopped = false;
  let isStarted = false;

  const attachments = createAttachmentDesk({
    ...{ core, local, registry, decoding, publications, topics, directory, onLocated },
    // In a mesh too large to tell everybody who is where.
    isLookedUp: init.index === 'dht',
    companions: () => spaces.companions(),
    nodesBeside: (agent) => spaces.nodesBeside(agent),
  });
  const delivery = createDeliveryDesk({
    core,
    agents: local,
    registry,
    locate: attachments.lookUp,
    onDeadElsewhere: () => deadLetters.look(),
    attachmentTexts: attachments.textsOf,
  });
  const deadLetters = createDeadLetterDesk({
    ...{ core, local, registry, delivery },
    openArchived: (object) => desk.open(object, true),
    takeAttachments: attachments.take,
    attachmentTexts: attachments.textsOf,
  });
  const gossip = createGossipDesk({
    core,
    attachmentTexts: attachments.textsOf,
    takeAttachments: attachments.take,
    open: desk.open,
    locate: registry.locate,
    onEnvelope,
  });
  const spaces = createSpaceDesk({
    core,
    agents: local,
    registry,
    attachmentTexts: attachments.textsOf,
    takeAttachments: attachments.take,
    openArchived: (object) => desk.open(object, true),
    onEntry: (message) => agents.onSpaceEntry(message),
    mayChange: (owner, later) => !handover.later(owner, later),
    onMembers(record, added, removed) {
      agents.onMembers(record, added, removed);
      lazyMemory.made?.membersChanged(record.space as SpaceId);
      for (const agent of added) if (registry.locate(agent) === undefined) attachments.lookup?.find(agent);
      spaceTopics.look(record.space as SpaceId, record);
      handover.membersChanged(record.space as SpaceId);
    },
  });
  const handover = createHandoverDesk({
    core,
    local,
    registry,
    takeAttachments: attachments.take,
    membersOf: spaces.machine.members,
    spacesOf: (agent) => spaces.machine.spaces().filter((space) => spaces.machine.isMember(space, agent)),
    sendMembers: spaces.sendMembers,
  });
  const capabilities = createCapabilityDesk(
    {
      core,
      agents: local,
      registry,
      publications,
      vectors: components.vectors,
      directory,
      embedder: components.embedder,
      memo: decoding.records,
      holdersOf: spaces.holders,
      spacesOf: (agent) =>
        new Set(spaces.machine.spaces().filter((space) => spaces.machine.isMember(space, agent))),
      standingFor(asker) {
        const standing = outcomes.standingFor(asker);
        return {
          ...standing,
          reputationOf: (agent, capability) =>
            standing.reputationOf(agent, capability) * (lazyLearning.made?.rankFactorOf(agent) ?? 1),
        };
      },
      onNodeUp: roll.noteUp,
      onNodeDown: roll.noteDown,
      onMeshGrown: () => attachments.lookup?.meshGrew(),
      lookUp: attachments.lookUp,
    },
    { index: init.index },
  );
  const lazyOutcomes = onFirstUse(() => {
    const made = createOutcomeDesk({
      core,
      agents: local,
      topics,
      vectors: components.vectors,
      capabilitiesOf: capabilities.capabilitiesOf,
      entriesOf: spaces.envelopes,
      onAnswered: (rater, agent, answer) => learning.answered(rater, agent, answer),
      onHeld: (id, isHeld) => evidence.noted('outcome', id, isHeld),
    });
    made.start();
    return made;
  });
  const outcomes = lazyOutcomes.desk;
  const lazyLearning = onFirstUse(() => {
    const made = createLearningDesk({
      core,
      agents: local,
      topics,
      vectors: components.vectors,
      entriesOf: spaces.envelopes,
      claimCountOf: (space) =>
        memory
          .space(space)
          ?.replica.heads()
          .reduce((sum, head) => sum + head.seq, 0) ?? 0,
      post: (agent, draft) => post(agent, draft),
      onHeld: (id, isHeld) => evidence.noted('play', id, isHeld),
    });
    made.start();
    return made;
  });
  const learning = lazyLearning.desk;
  const evidence = createEvidenceSync(core, {
    outcome: { bucket: outcomeBucket, take: (bytes) => outcomes.takeRecord(bytes) },
    play: { bucket: playbookBucket, take: (bytes) => learning.takeRecord(bytes) },
  });
  const lazyMemory = onFirstUse(() => {
    const made = createMemoryDesk({
      core,
      agents: local,
      registry,
      vectors: components.vectors,
      membersOf: (space) => spaces.machine.members(space),
      holdersOf: spaces.holders,
      changeMembers: spaces.change,
      ownerOf: init.ownerOf,
      say: (agent, message) => void agents.receive(agent, JSON.stringify(message)),
    });
    made.start();
    return made;
  });
  const memory = lazyMemory.desk;
  const agents = createAgentDesk(
    {
      core,
      events,
      local,
      registry,
      desk,
      delivery,
      gossip,
      spaces,
      handover,
      memory,
      capabilities,
      outcomes,
      learning,
      replay,
      topics,
      trail,
      announceAttachment: attachments.announce,
    },
    { wakeThreshold: init.wakeThreshold ?? 0.2 },
  );

  const post = (agent: LocalAgent, draft: Draft): void => {
    agents.receive(agent, JSON.stringify(draft));
  };
  const consensus = createConsensusDesk(core, { voteDelayMs: init.voteDelayMs, voteFault: init.voteFault });
  const lazyApprovals = onFirstUse(() =>
    createApprovalDesk(
      {
        ...{ core, local, post },
        onHeld: (agent, message, { verdict, reason = 'no reason given' }) =>
          agents.release(
            agent,
            message,
            verdict === 'approve'
              ? undefined
              : { code: 'AMP-1860', message: `A person denied it: ${reason}.`, path: 'type' },
          ),
      },
      { gates: init.gates },
    ),
  );
  const approvals = lazyApprovals.desk;
  const lazyDecisions = onFirstUse(() => {
    const made = createDecisionDesk(
      {
        core,
        local,
        spaces,
        consensus,
        approvals,
        locate: registry.locate,
        attached: registry.list,
        post,
        openEnvelope(object, signers) {
          const opened = attachments.take(signers) ? desk.open(object) : undefined;
          return opened?.ok === true ? opened.value.envelope : undefined;
        },
      },
      { ownerOf: init.ownerOf },
    );
    made.start();
    return made;
  });
  const decisions = lazyDecisions.desk;
  const hasGates = (init.gates ?? []).length > 0;
  agents.serveDecisions({
    decide: (agent, asked) => decisions.decide(agent, asked),
    vote: (agent, vote) => decisions.vote(agent, vote),
    onEntry: (envelope) => decisions.onEntry(envelope),
    escalate: (envelope) => approvals.queue(envelope),
    hold: (agent, message) => hasGates && approvals.hold(agent, message),
  });
  events.watch((event) => {
    const outcome = event.kind === 'decided' ? decisions.find(String(event.decision)) : undefined;
    if (outcome !== undefined) memory.learnDecision(outcome);
  });

  const packets = createPacketRouter({
    ...{
      core,
      decoding,
      local,
      desk,
      replay,
      attachments,
      agents,
      delivery,
      gossip,
      spaces,
      handover,
      deadLetters,
    },
    ...{ memory, capabilities, outcomes, learning, evidence, consensus, decisions },
  });

  function onLocated(agent: Did, node: NodeId): void {
    const mine = local.get(agent);
    if (mine !== undefined && node !== core.self) agents.leaveElsewhere(mine);
    delivery.step({ type: 'located', agent, node, atMs: clock.nowMs() });
    if (mine !== undefined && node !== core.self) deadLetters.look();
    lazyMemory.made?.located(agent);
    capabilities.audienceMoved(agent);
    for (const space of spaces.machine.spaces())
      if (spaces.machine.isMember(space, agent)) spaces.greet(space);
  }

  function onEnvelope(message: SealedEnvelope): void {
    const { envelope, text } = message;
    const verdict = replay.add(`${envelope.from} ${envelope.id}`, text, envelope.at);
    if (verdict === 'new') agents.onPublished(message);
    else core.countIgnored('gossip', verdict);
  }

  function onTransport(event: TransportEvent): void {
    if (isStopped) return;
    switch (event.type) {
      case 'peer-up':
        return onPeerUp(event.node);
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
        return delivery.step({ type: 'send-failed', node: event.to, atMs: clock.nowMs() });
      case 'publish-failed':
        capabilities.publishFailed(event.topic);
        core.countIgnored('transport', `publish-failed ${event.reason}`);
    }
  }

  function onPeerUp(node: NodeId): void {
    core.note({ kind: 'peer-up', peer: node });
    (attachments.lookup ?? attachments.sync)?.greet(node);
    capabilities.peerChanged('peer-up', node);
    lazyMemory.made?.greetNode(node);
    evidence.greet(node);
    delivery.step({ type: 'peer-up', node, atMs: clock.nowMs() });
    for (const space of spaces.machine.spaces())
      if (spaces.holders(space).includes(node)) spaces.greet(space);
  }

  // Life.

  function sweep(): void {
    attachments.sweep();
    replay.sweep();
    timers.apply('peer', { type: 'set-timer', timer: 'sweep', dueAtMs: clock.nowMs() + sweepMs }, sweep);
  }

  function start(): void {
    if (isStarted) return;
    isStarted = true;
    for (const agent of local.list()) attachments.see(agent.attachment);
    delivery.start();
    deadLetters.look();
    for (const topic of [topics.commons, topics.presence]) transport.subscribe(topic);
    transport.start(onTransport);
    // On the network first: whoever looks itself up is answered by others.
    directory?.start((event) => {
      if (capabilities.takeDirectory(event) || attachments.lookup?.takeDirectory(event) === true) return;
      if (event.type === 'records-found') attachments.takeRecords(event.records);
    });
    capabilities.start();
    if (hasRows(store, outcomeBucket)) lazyOutcomes.make();
    if (hasRows(store, playbookBucket)) lazyLearning.make();
    evidence.start();
    agents.start();
    for (const space of spaces.machine.spaces()) spaceTopics.look(space, spaces.machine.members(space));
    if (hasRows(store, frameBucket)) lazyMemory.make();
    if (hasRows(store, decisionBucket))
      for (const one of decisions.list()) if ('certificate' in one) memory.learnDecision(one);
    sweep();
    core.note({ kind: 'node-started', self: core.self });
  }

  function stop(): void {
    if (isStopped || !isStarted) return;
    core.note({ kind: 'node-stopping', self: core.self });
    lazyOutcomes.made?.stop();
    capabilities.stop();
    lazyMemory.made?.stop();
    turn.flush();
    isStopped = true;
    timers.cancelAll();
    turn.flush();
  }

  return {
    self: core.self,
    agents,
    local,
    capabilities,
    delivery,
    spaces,
    events,
    trail,
    outcomes,
    learning,
    consensus,
    decisions,
    approvals,
    memory,
    openEnvelope: (object) => desk.open(object),
    nodeOf: (agent) => registry.locate(agent)?.node as NodeId | undefined,
    attachments: registry.list,
    nowMs: () => clock.nowMs(),
    peers: () => transport.peers(),
    ignoredCounts,
    start,
    stop,
  };
}
