/**
 * One peer of the mesh: composes the machines of `protocol/` and `discovery/` over the ports. The real node and
 * the simulator drive the very same code. Agents reach it through {@link AgentLink}s, other nodes through the
 * transport; whoever watches reads its event log.
 */

import { playbookBucket } from '../../discovery/learning/index.ts';
import { outcomeBucket } from '../../discovery/reputation/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import { createAttachmentRegistry, type RegistryEffect } from '../../protocol/attachment/registry.ts';
import type { Did, MessageId, NodeId, SpaceId } from '../../protocol/brand.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { Draft, Envelope } from '../../protocol/messages.ts';
import type {
  Clock,
  Directory,
  GossipVerdict,
  Keys,
  Rng,
  Store,
  Transport,
  TransportEvent,
} from '../../protocol/ports.ts';
import { type Attachment, checkAttachment, type Members, receiptsSignature } from '../../protocol/records.ts';
import { checkSignature, type Verified } from '../../protocol/signing.ts';
import { type AgentDesk, createAgentDesk } from './agent-desk.ts';
import { type ApprovalDesk, createApprovalDesk } from './approval-desk.ts';
import { decodeAttachmentBytes, encodeAttachmentBytes, keyOfAgent } from './attachment-bytes.ts';
import { createAttachmentSync } from './attachment-sync.ts';
import { type CapabilityDesk, createCapabilityDesk, type IndexChoice } from './capability-desk.ts';
import { type ConsensusDesk, createConsensusDesk, type VoteFault } from './consensus-desk.ts';
import { createDecisionDesk, type DecisionDesk } from './decision-desk.ts';
import { createDecoding, type Decoding } from './decoding.ts';
import { createDeliveryDesk, type DeliveryDesk } from './delivery-desk.ts';
import type { DenseEmbedder } from './dense-desk.ts';
import { createEnvelopeDesk, type SealedEnvelope } from './envelope-desk.ts';
import { createEventLog, type EventLog } from './events.ts';
import { createEvidenceSync } from './evidence-sync.ts';
import { createGossipDesk } from './gossip-desk.ts';
import { createLearningDesk, type LearningDesk } from './learning-desk.ts';
import { createLocalAgents, type LocalAgent, type LocalAgents } from './local-agents.ts';
import { createMemoryDesk, type MemoryDesk } from './memory-desk.ts';
import { createMessageTrail, type MessageTrail } from './message-trail.ts';
import { createOutcomeDesk, type OutcomeDesk } from './outcome-desk.ts';
import { encodePacket, type Packet } from './packets.ts';
import { createTimers, type PeerCore } from './peer-core.ts';
import { createReplayDesk } from './replay-desk.ts';
import { createSpaceDesk, type SpaceDesk } from './space-desk.ts';
import { topicsOf } from './topics.ts';
import { createTurn } from './turn.ts';

export interface MeshPeerComponents {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys: Keys;
  readonly store: Store;
  readonly transport: Transport;
  readonly vectors: VectorSource;
  /** A model chosen beside the built-in embedder. */
  readonly embedder?: DenseEmbedder | undefined;
  /** Where agents beyond the reach of gossip are looked up. */
  readonly directory?: Directory;
  /** Reads what others send. Default the peer's own; a simulated world shares one. */
  readonly decoding?: Decoding | undefined;
}

export interface MeshPeerInit {
  /** @see meshIdOf */
  readonly mesh: string;
  readonly meshName: string;
  /** A display name for people and logs. */
  readonly nodeName: string;
  /** The disk refused: stop the process. */
  readonly onFatal: (error: unknown) => void;
  /** Least similarity at which a broadcast wakes an agent that states none. @default 0.2 */
  readonly wakeThreshold?: number;
  /** Types of messages, and named actions, of this node's agents that wait for a person. @default none */
  readonly gates?: readonly string[] | undefined;
  /** Where records are kept and sought; the same on every node of the mesh. @default 'gossip' */
  readonly index?: IndexChoice | undefined;
  /** Longest time in which a vote is expected to arrive, ms; timeouts of agreements grow from it. @default 250 */
  readonly voteDelayMs?: number | undefined;
  /** Who answers for a node, so that nobody has more than f members in an agreement. @default the node itself */
  readonly ownerOf?: ((node: NodeId) => Did) | undefined;
  /** @see LocalAgentsInit */
  readonly attachmentLifetimeMs?: number | undefined;
  /** Messages of this node's agents written down for `why`; the oldest give way. @default 0: none */
  readonly trailMax?: number | undefined;
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
  const { clock, keys, store, transport, directory } = components;
  const topics = topicsOf(init.mesh);
  const turn = createTurn(components, { onStoreFailed: init.onFatal });
  const timers = createTimers(clock);
  const events = createEventLog({ store, turn, nowMs: () => clock.nowMs() }, { nodeName: init.nodeName });
  const trail = createMessageTrail(
    { store, turn, nowMs: () => clock.nowMs() },
    { nodeName: init.nodeName, messagesMax: init.trailMax ?? 0 },
  );
  const ignoredCounts = new Map<string, number>();
  const core: PeerCore = {
    self: transport.self,
    mesh: init.mesh,
    clock,
    rng: components.rng,
    keys,
    store,
    transport,
    turn,
    timers,
    note: events.note,
    countIgnored(machine, reason) {
      const key = `${machine} ${reason}`;
      ignoredCounts.set(key, (ignoredCounts.get(key) ?? 0) + 1);
    },
  };
  const registry = createAttachmentRegistry();
  const attachments = createAttachmentSync(core, registry);
  const local = createLocalAgents(core, { attachmentLifetimeMs: init.attachmentLifetimeMs });
  const replay = createReplayDesk(core);
  const decoding = components.decoding ?? createDecoding();
  const desk = createEnvelopeDesk(
    { ...components, decoding },
    { mesh: init.mesh, authorize: registry.authorize },
  );
  let isStopped = false;
  let isStarted = false;

  const delivery = createDeliveryDesk({ core, agents: local, registry, locate: lookUp, attachmentTexts });
  const gossip = createGossipDesk({
    core,
    attachmentTexts,
    takeAttachments,
    open: desk.open,
    locate: registry.locate,
    onEnvelope: takePublishedEnvelope,
  });
  const spaces = createSpaceDesk({
    core,
    agents: local,
    registry,
    attachmentTexts,
    takeAttachments,
    openArchived: (object) => desk.open(object, true),
    onEntry: (message) => agents.onSpaceEntry(message),
    onMembers(record, added, removed) {
      agents.onMembers(record, added, removed);
      memory.membersChanged(record.space as SpaceId);
    },
  });
  const capabilities = createCapabilityDesk(
    {
      core,
      agents: local,
      registry,
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
            standing.reputationOf(agent, capability) * learning.rankFactorOf(agent),
        };
      },
      onNodeUp: (node) => core.note({ kind: 'node-up', peer: node }),
      onNodeDown: (node) => core.note({ kind: 'node-down', peer: node }),
    },
    { index: init.index },
  );
  const outcomes = createOutcomeDesk({
    core,
    agents: local,
    topics,
    vectors: components.vectors,
    capabilitiesOf: capabilities.capabilitiesOf,
    entriesOf,
    onAnswered: (rater, agent, answer) => learning.answered(rater, agent, answer),
    onHeld: (id, isHeld) => evidence.noted('outcome', id, isHeld),
  });
  const learning = createLearningDesk({
    core,
    agents: local,
    topics,
    vectors: components.vectors,
    entriesOf,
    claimCountOf: (space) =>
      memory
        .space(space)
        ?.replica.heads()
        .reduce((sum, head) => sum + head.seq, 0) ?? 0,
    post: (agent, draft) => post(agent, draft),
    onHeld: (id, isHeld) => evidence.noted('play', id, isHeld),
  });
  const evidence = createEvidenceSync(core, {
    outcome: { bucket: outcomeBucket, take: outcomes.takeRecord },
    play: { bucket: playbookBucket, take: learning.takeRecord },
  });
  const memory = createMemoryDesk({
    core,
    agents: local,
    registry,
    vectors: components.vectors,
    membersOf: (space) => spaces.machine.members(space),
    holdersOf: spaces.holders,
    ownerOf: init.ownerOf,
    say: (agent, message) => void agents.receive(agent, JSON.stringify(message)),
  });
  const agents = createAgentDesk(
    {
      core,
      local,
      registry,
      desk,
      delivery,
      gossip,
      spaces,
      memory,
      capabilities,
      outcomes,
      learning,
      replay,
      topics,
      trail,
      announceAttachment,
    },
    { wakeThreshold: init.wakeThreshold ?? 0.2 },
  );

  const post = (agent: LocalAgent, draft: Draft): void => {
    agents.receive(agent, JSON.stringify(draft));
  };
  const consensus = createConsensusDesk(core, { voteDelayMs: init.voteDelayMs, voteFault: init.voteFault });
  const approvals = createApprovalDesk(
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
  );
  const decisions = createDecisionDesk(
    {
      core,
      local,
      spaces,
      consensus,
      approvals,
      locate: registry.locate,
      attached: registry.list,
      post,
      openEnvelope(object, attachments) {
        const opened = takeAttachments(attachments) ? desk.open(object) : undefined;
        return opened?.ok === true ? opened.value.envelope : undefined;
      },
    },
    { ownerOf: init.ownerOf },
  );
  agents.serveDecisions({ ...decisions, escalate: approvals.queue, hold: approvals.hold });
  events.watch((event) => {
    const outcome = event.kind === 'decided' ? decisions.find(String(event.decision)) : undefined;
    if (outcome !== undefined) memory.learnDecision(outcome);
  });

  function entriesOf(space: SpaceId): readonly Envelope[] {
    return spaces.machine.entries(space).map((entry) => JSON.parse(entry.text) as Envelope);
  }

  // Attachments.

  function attachmentTexts(dids: Iterable<Did>): readonly string[] {
    const texts: string[] = [];
    for (const did of dids) {
      for (const [at, attachment] of registry.history(did).entries()) {
        // What an agent signed itself needs no earlier attachment; what an earlier node signed for it does.
        if (at === 0 || attachment.sessionKey !== did) texts.push(JSON.stringify(attachment));
      }
    }
    // A packet holds this many; what is beyond is learned from the agents' own announcements.
    return texts.slice(0, 64);
  }

  /** False when one of them is provably bad. */
  function takeAttachments(attachments: readonly Attachment[]): boolean {
    for (const attachment of attachments) {
      if (!decoding.isAttachmentSigned(attachment, keys)) return false;
      if (!checkAttachment(attachment, init.mesh, clock.nowMs()).ok) continue;
      seeAttachment(attachment as Verified<Attachment>);
    }
    return true;
  }

  function seeAttachment(attachment: Verified<Attachment>): void {
    for (const effect of registry.step({ type: 'attachment-seen', attachment, atMs: clock.nowMs() }))
      performRegistry(effect);
  }

  function performRegistry(effect: RegistryEffect): void {
    attachments.noted(effect);
    if (effect.type === 'ignored') return;
    if (effect.type === 'agent-lost') return;
    const { agent, node } = effect;
    const mine = local.get(agent);
    if (mine !== undefined && node !== core.self) agents.leaveElsewhere(mine);
    delivery.step({ type: 'located', agent, node, atMs: clock.nowMs() });
    memory.located(agent);
    capabilities.audienceMoved(agent);
    for (const space of spaces.machine.spaces())
      if (spaces.machine.isMember(space, agent)) spaces.greet(space);
  }

  function announceAttachment(attachment: Verified<Attachment>): void {
    seeAttachment(attachment);
    turn.afterCommit(() =>
      transport.publish(topics.presence, encodePacket({ packet: 'attachments', attachments: [attachment] })),
    );
    directory?.putRecord(
      `attachment ${attachment.agent}`,
      keyOfAgent(keys, init.mesh, attachment.agent),
      encodeAttachmentBytes(attachment),
    );
  }

  function lookUp(agent: Did): void {
    if (registry.locate(agent) === undefined)
      directory?.getRecords(`locate ${agent}`, keyOfAgent(keys, init.mesh, agent));
  }

  // Transport.

  function onTransport(event: TransportEvent): void {
    if (isStopped) return;
    switch (event.type) {
      case 'peer-up':
        return onPeerUp(event.node);
      case 'peer-down':
        core.note({ kind: 'peer-down', peer: event.node });
        attachments.forget(event.node);
        return capabilities.peerChanged('peer-down', event.node);
      case 'direct':
        return onDirect(event.from, event.bytes);
      case 'published':
        return event.verdict(onPublished(event.topic, event.origin, event.bytes));
      case 'send-failed':
        capabilities.sendFailed(event.to);
        return delivery.step({ type: 'send-failed', node: event.to, atMs: clock.nowMs() });
      case 'publish-failed':
        core.countIgnored('transport', `publish-failed ${event.reason}`);
    }
  }

  function onPeerUp(node: NodeId): void {
    core.note({ kind: 'peer-up', peer: node });
    attachments.greet(node);
    capabilities.peerChanged('peer-up', node);
    memory.greetNode(node);
    evidence.greet(node);
    delivery.step({ type: 'peer-up', node, atMs: clock.nowMs() });
    for (const space of spaces.machine.spaces())
      if (spaces.holders(space).includes(node)) spaces.greet(space);
  }

  function onDirect(from: NodeId, bytes: Uint8Array): void {
    const packet = decoding.readPacket(bytes);
    if (!packet.ok) return core.countIgnored('packet', packet.refusal.code);
    takeDirect(from, packet.value, bytes.length);
  }

  function takeDirect(from: NodeId, packet: Packet, byteCount: number): void {
    switch (packet.packet) {
      case 'mail':
        return takeMail(from, packet);
      case 'receipts':
        if (packet.record.node !== from || !checkSignature(keys, receiptsSignature(packet.record)))
          return core.countIgnored('packet', 'bad-receipts');
        return delivery.takeReceipts(from, packet.record);
      case 'attachments':
        if (!takeAttachments(packet.attachments)) core.countIgnored('packet', 'bad-attachment');
        return attachments.answered(from);
      case 'space':
        return spaces.takePacket(from, packet);
      case 'machine':
        if (packet.machine === 'memory') return memory.takePacket(from, packet.body as JsonObject);
        if (packet.machine === 'index')
          return capabilities.takeDirect(from, packet.body as JsonObject, byteCount);
        if (packet.machine === 'evidence') return evidence.takeDirect(from, packet.body as JsonObject);
        if (packet.machine === 'attachments') return attachments.takeDirect(from, packet.body as JsonObject);
        if (packet.machine === 'consensus') return consensus.takeDirect(from, packet.body as JsonObject);
        if (packet.machine === 'decision') return decisions.takeDirect(from, packet.body as JsonObject);
        return core.countIgnored('packet', 'unknown-machine');
      case 'batch':
        return core.countIgnored('packet', 'batch-sent-directly');
    }
  }

  function takeMail(from: NodeId, packet: Extract<Packet, { packet: 'mail' }>): void {
    if (!takeAttachments(packet.attachments)) return core.countIgnored('packet', 'bad-attachment');
    for (const item of packet.items) {
      const message = desk.open(item.envelope as JsonObject);
      if (!message.ok) {
        core.countIgnored('mail', message.refusal.code);
        continue;
      }
      takeOneMail(from, message.value, item.to as Did[]);
    }
  }

  function takeOneMail(from: NodeId, message: SealedEnvelope, receivers: readonly Did[]): void {
    const { envelope, text } = message;
    for (const receiver of receivers) {
      // An agent that has moved on is forwarded to where it went; a stranger's mail is not kept.
      if (local.get(receiver) === undefined) {
        core.countIgnored('mail', 'not-here');
        continue;
      }
      const verdict = replay.add(`${envelope.from} ${envelope.id} ${receiver}`, text, envelope.at);
      if (verdict === 'conflict' || verdict === 'too-old') {
        core.countIgnored('mail', verdict);
        if (verdict === 'conflict')
          core.note({
            kind: 'conflicting-duplicate',
            id: envelope.id,
            from: envelope.from,
            text: text.slice(0, 2_000),
          });
        continue;
      }
      agents.beforeDelivery(message, receiver);
      delivery.arrive(message, [receiver], from, { isKnown: verdict === 'duplicate' });
    }
    if (envelope.space !== undefined && typeof envelope.to !== 'string') spaces.add(message);
  }

  function onPublished(topic: string, origin: NodeId, bytes: Uint8Array): GossipVerdict {
    const packet = decoding.readPacket(bytes);
    if (!packet.ok) return 'reject';
    switch (packet.value.packet) {
      case 'batch':
        return gossip.take(topic, origin, packet.value);
      case 'attachments':
        return takeAttachments(packet.value.attachments) ? 'accept' : 'reject';
      case 'machine':
        if (packet.value.machine === 'outcome')
          return outcomes.takePublished(packet.value.body as JsonObject);
        if (packet.value.machine === 'play') return learning.takePublished(packet.value.body as JsonObject);
        return packet.value.machine === 'beacon' || packet.value.machine === 'capability'
          ? capabilities.takePublished(packet.value.machine, packet.value.body as JsonObject)
          : 'ignore';
      default:
        return 'reject';
    }
  }

  function takePublishedEnvelope(message: SealedEnvelope): void {
    const { envelope, text } = message;
    const verdict = replay.add(`${envelope.from} ${envelope.id}`, text, envelope.at);
    if (verdict !== 'new') return core.countIgnored('gossip', verdict);
    agents.onPublished(message);
  }

  // Life.

  function sweep(): void {
    for (const effect of registry.step({ type: 'swept', atMs: clock.nowMs() })) performRegistry(effect);
    for (const agent of local.renew()) announceAttachment(agent.attachment);
    replay.sweep();
    timers.apply('peer', { type: 'set-timer', timer: 'sweep', dueAtMs: clock.nowMs() + sweepMs }, sweep);
  }

  function start(): void {
    if (isStarted) return;
    isStarted = true;
    for (const agent of local.list()) seeAttachment(agent.attachment);
    delivery.start();
    for (const topic of topics.all) transport.subscribe(topic);
    directory?.start((event) => {
      if (capabilities.takeDirectory(event) || event.type !== 'records-found') return;
      const found = event.records.map(decodeAttachmentBytes).filter((one) => one !== undefined);
      if (!takeAttachments(found)) core.countIgnored('directory', 'bad-attachment');
    });
    transport.start(onTransport);
    capabilities.start();
    outcomes.start();
    learning.start();
    evidence.start();
    agents.start();
    memory.start();
    decisions.start();
    for (const one of decisions.list()) if ('certificate' in one) memory.learnDecision(one);
    sweep();
    core.note({ kind: 'node-started', self: core.self });
  }

  function stop(): void {
    if (isStopped || !isStarted) return;
    core.note({ kind: 'node-stopping', self: core.self });
    outcomes.stop();
    capabilities.stop();
    memory.stop();
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

export type { Members, MessageId, SpaceId };
export { limits };
