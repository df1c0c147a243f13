/**
 * The desks of one mesh peer and what they ask of each other. Every desk is given this one object, behind the narrow
 * interface that it states: a peer costs the fields of its desks, and no closure or list of parts for each of them.
 * Desks that most nodes of a large mesh never need are made when they are first asked for.
 */

import { playbookBucket } from '../../discovery/learning/index.ts';
import { outcomeBucket } from '../../discovery/reputation/index.ts';
import type { Standing } from '../../discovery/search.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import { type AttachmentRegistry, createAttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft, Envelope } from '../../protocol/messages.ts';
import type { Directory } from '../../protocol/ports.ts';
import type { Attachment, AttachmentScope, Members } from '../../protocol/records.ts';
import { type AgentDesk, type AgentDeskComponents, createAgentDesk } from './agent-desk.ts';
import { type ApprovalAnswer, type ApprovalDesk, createApprovalDesk } from './approval-desk.ts';
import { type ArrivalDesk, type ArrivalDeskComponents, createArrivalDesk } from './arrival-desk.ts';
import {
  type AttachmentDesk,
  type AttachmentDeskComponents,
  createAttachmentDesk,
} from './attachment-desk.ts';
import {
  type CapabilityDesk,
  type CapabilityDeskComponents,
  createCapabilityDesk,
} from './capability-desk.ts';
import { type CommonsDesk, type CommonsDeskComponents, createCommonsDesk } from './commons-desk.ts';
import { type ConsensusDesk, createConsensusDesk } from './consensus-desk.ts';
import {
  createDeadLetterDesk,
  type DeadLetterDesk,
  type DeadLetterDeskComponents,
} from './dead-letter-desk.ts';
import { createDecisionDesk, type DecisionDesk } from './decision-desk.ts';
import { createDeliveryDesk, type DeliveryDesk, type DeliveryDeskComponents } from './delivery-desk.ts';
import type { DenseEmbedder } from './dense-desk.ts';
import { createDraftDesk, type DraftDesk, type DraftDeskComponents } from './draft-desk.ts';
import { createEdgeDesk, type EdgeDesk, type EdgeDeskComponents } from './edge-desk.ts';
import {
  createEnvelopeDesk,
  type EnvelopeDesk,
  type EnvelopeDeskInit,
  type SealedEnvelope,
} from './envelope-desk.ts';
import type { EventListener, EventLog, MeshEvent } from './events.ts';
import { createEvidenceSync, type EvidenceSync, type EvidenceSyncComponents } from './evidence-sync.ts';
import { createGossipDesk, type GossipDesk, type GossipDeskComponents } from './gossip-desk.ts';
import { createHandoverDesk, type HandoverDesk, type HandoverDeskComponents } from './handover-desk.ts';
import { createLearningDesk, type LearningDesk } from './learning-desk.ts';
import { createLoadDesk, type LoadDesk, type LoadDeskComponents } from './load-desk.ts';
import { createLocalAgents, type LocalAgent, type LocalAgents } from './local-agents.ts';
import {
  createMembershipDesk,
  type MembershipDesk,
  type MembershipDeskComponents,
} from './membership-desk.ts';
import { createMemoryDesk, type MemoryDesk } from './memory-desk.ts';
import type { MeshPeerComponents, MeshPeerInit } from './mesh-peer.ts';
import { createMessageRouter, type MessageRouter, type MessageRouterComponents } from './message-router.ts';
import { createMessageTrail, type MessageTrail } from './message-trail.ts';
import { createNodeRoll, type NodeRoll } from './node-roll.ts';
import { createOutcomeDesk, type OutcomeDesk } from './outcome-desk.ts';
import { createPacketRouter, type PacketRouter, type PacketRouterComponents } from './packet-router.ts';
import { createPeerCore, type PeerCore } from './peer-core.ts';
import { createPublicationDesk, type PublicationDesk } from './publication-desk.ts';
import { createReplayDesk, type ReplayDesk } from './replay-desk.ts';
import { createSpaceDesk, type SpaceDesk, type SpaceDeskComponents } from './space-desk.ts';
import { createSpaceTopics, type SpaceTopics } from './space-topics.ts';
import { createSubscriptions, type Subscriptions, type SubscriptionsComponents } from './subscriptions.ts';
import { createThreadDesk, type ThreadDesk } from './thread-desk.ts';
import { type Topics, topicsOf } from './topics.ts';

/** Least similarity at which a broadcast wakes an agent that states none. */
const wakeThresholdDefault = 0.2;

/** What late joiners are brought, and where it is kept. */
const evidenceBuckets = { outcome: outcomeBucket, play: playbookBucket } as const;

export class PeerDesks
  implements
    AgentDeskComponents,
    ArrivalDeskComponents,
    AttachmentDeskComponents,
    CapabilityDeskComponents,
    CommonsDeskComponents,
    DeadLetterDeskComponents,
    DeliveryDeskComponents,
    DraftDeskComponents,
    EdgeDeskComponents,
    EnvelopeDeskInit,
    EventListener,
    EvidenceSyncComponents,
    GossipDeskComponents,
    HandoverDeskComponents,
    LoadDeskComponents,
    MembershipDeskComponents,
    MessageRouterComponents,
    PacketRouterComponents,
    SpaceDeskComponents,
    SubscriptionsComponents
{
  readonly #init: MeshPeerInit;
  readonly core: PeerCore;
  readonly events: EventLog;
  readonly ignoredCounts: ReadonlyMap<string, number>;
  readonly topics: Topics;
  readonly vectors: VectorSource;
  readonly directory: Directory | undefined;
  readonly embedder: DenseEmbedder | undefined;
  readonly trail: MessageTrail;
  readonly registry: AttachmentRegistry = createAttachmentRegistry();
  readonly local: LocalAgents;
  readonly replay: ReplayDesk;
  readonly publications: PublicationDesk;
  readonly roll: NodeRoll;
  readonly spaceTopics: SpaceTopics;
  readonly desk: EnvelopeDesk;
  readonly attachments: AttachmentDesk;
  readonly delivery: DeliveryDesk;
  readonly deadLetters: DeadLetterDesk;
  readonly gossip: GossipDesk;
  readonly spaces: SpaceDesk;
  readonly handover: HandoverDesk;
  readonly capabilities: CapabilityDesk;
  readonly evidence: EvidenceSync;
  readonly load: LoadDesk;
  readonly membership: MembershipDesk;
  readonly threads: ThreadDesk;
  readonly subscriptions: Subscriptions;
  readonly arrivals: ArrivalDesk;
  readonly commons: CommonsDesk;
  readonly drafts: DraftDesk;
  readonly edge: EdgeDesk;
  readonly router: MessageRouter;
  readonly agents: AgentDesk;
  readonly consensus: ConsensusDesk;
  readonly packets: PacketRouter;
  // Made when they are first asked for; what concerns only one that has something to do asks for `made…`.
  madeOutcomes: OutcomeDesk | undefined;
  madeLearning: LearningDesk | undefined;
  madeMemory: MemoryDesk | undefined;
  #approvals: ApprovalDesk | undefined;
  #decisions: DecisionDesk | undefined;

  constructor(components: MeshPeerComponents, init: MeshPeerInit) {
    const { core, events, ignoredCounts } = createPeerCore(components, init);
    this.#init = init;
    this.core = core;
    this.events = events;
    this.ignoredCounts = ignoredCounts;
    this.topics = topicsOf(init.mesh);
    this.vectors = components.vectors;
    this.directory = components.directory;
    this.embedder = components.embedder;
    this.trail = createMessageTrail(core, { nodeName: init.nodeName, messagesMax: init.trailMax ?? 0 });
    this.local = createLocalAgents(core, init);
    this.replay = createReplayDesk(core);
    this.publications = createPublicationDesk(core);
    this.roll = createNodeRoll(core);
    this.spaceTopics = createSpaceTopics(components.transport, this.topics);
    this.desk = createEnvelopeDesk(core, this);
    this.attachments = createAttachmentDesk(this);
    this.delivery = createDeliveryDesk(this);
    this.deadLetters = createDeadLetterDesk(this);
    this.gossip = createGossipDesk(this);
    this.spaces = createSpaceDesk(this);
    this.handover = createHandoverDesk(this);
    this.capabilities = createCapabilityDesk(this, { index: init.index });
    this.evidence = createEvidenceSync(this);
    this.load = createLoadDesk(this);
    this.membership = createMembershipDesk(this);
    this.threads = createThreadDesk(this.spaces);
    this.subscriptions = createSubscriptions(this);
    this.arrivals = createArrivalDesk(this);
    this.commons = createCommonsDesk(this);
    this.drafts = createDraftDesk(this);
    this.edge = createEdgeDesk(this);
    this.router = createMessageRouter(this);
    this.agents = createAgentDesk(this);
    this.consensus = createConsensusDesk(core, init);
    this.packets = createPacketRouter(this);
    events.serve(this);
  }

  get mesh(): string {
    return this.core.mesh;
  }

  get wakeThreshold(): number {
    return this.#init.wakeThreshold ?? wakeThresholdDefault;
  }

  get evidenceBuckets(): EvidenceSyncComponents['evidenceBuckets'] {
    return evidenceBuckets;
  }

  // Desks on first use.

  get outcomes(): OutcomeDesk {
    if (this.madeOutcomes !== undefined) return this.madeOutcomes;
    this.madeOutcomes = createOutcomeDesk({
      core: this.core,
      agents: this.local,
      topics: this.topics,
      vectors: this.vectors,
      capabilitiesOf: (agent) => this.capabilities.capabilitiesOf(agent),
      entriesOf: (space) => this.spaces.envelopes(space),
      onAnswered: (rater, agent, answer) => this.learning.answered(rater, agent, answer),
      onHeld: (id, isHeld) => this.evidence.noted('outcome', id, isHeld),
    });
    this.madeOutcomes.start();
    return this.madeOutcomes;
  }

  get learning(): LearningDesk {
    if (this.madeLearning !== undefined) return this.madeLearning;
    this.madeLearning = createLearningDesk({
      core: this.core,
      agents: this.local,
      topics: this.topics,
      vectors: this.vectors,
      entriesOf: (space) => this.spaces.envelopes(space),
      claimCountOf: (space) => this.#claimCountOf(space),
      post: (agent, draft) => this.post(agent, draft),
      onHeld: (id, isHeld) => this.evidence.noted('play', id, isHeld),
    });
    this.madeLearning.start();
    return this.madeLearning;
  }

  get memory(): MemoryDesk {
    if (this.madeMemory !== undefined) return this.madeMemory;
    this.madeMemory = createMemoryDesk({
      core: this.core,
      agents: this.local,
      registry: this.registry,
      vectors: this.vectors,
      membersOf: (space) => this.spaces.machine.members(space),
      holdersOf: (space) => this.spaces.holders(space),
      changeMembers: (space, owner, change) => this.spaces.change(space, owner, change),
      ownerOf: this.#init.ownerOf,
      say: (agent, message) => void this.agents.receive(agent, JSON.stringify(message)),
    });
    this.madeMemory.start();
    return this.madeMemory;
  }

  get approvals(): ApprovalDesk {
    this.#approvals ??= createApprovalDesk(
      {
        core: this.core,
        local: this.local,
        post: (agent, draft) => this.post(agent, draft),
        onHeld: (agent, message, answer) => this.#answerHeld(agent, message, answer),
      },
      { gates: this.#init.gates },
    );
    return this.#approvals;
  }

  get decisions(): DecisionDesk {
    if (this.#decisions !== undefined) return this.#decisions;
    this.#decisions = createDecisionDesk(
      {
        core: this.core,
        local: this.local,
        spaces: this.spaces,
        consensus: this.consensus,
        approvals: this.approvals,
        locate: (agent) => this.registry.locate(agent),
        attached: () => this.registry.list(),
        post: (agent, draft) => this.post(agent, draft),
        openEnvelope: (object, signers) => this.#openSigned(object, signers),
      },
      { ownerOf: this.#init.ownerOf },
    );
    this.#decisions.start();
    return this.#decisions;
  }

  #claimCountOf(space: SpaceId): number {
    const heads = this.memory.space(space)?.replica.heads() ?? [];
    return heads.reduce((sum, head) => sum + head.seq, 0);
  }

  #answerHeld(agent: LocalAgent, message: SealedEnvelope, { verdict, reason }: ApprovalAnswer): void {
    if (verdict === 'approve') return this.agents.release(agent, message, undefined);
    const what = `A person denied it: ${reason ?? 'no reason given'}.`;
    this.agents.release(agent, message, { code: 'AMP-1860', message: what, path: 'type' });
  }

  #openSigned(object: JsonObject, signers: readonly Attachment[]): Envelope | undefined {
    const opened = this.attachments.take(signers) ? this.desk.open(object) : undefined;
    return opened?.ok === true ? opened.value.envelope : undefined;
  }

  /** Say something in a local agent's name. */
  post(agent: LocalAgent, draft: Draft): void {
    this.agents.receive(agent, JSON.stringify(draft));
  }

  // What agents say and hear.

  escalate(envelope: Envelope): void {
    this.approvals.queue(envelope);
  }

  holdForPerson(agent: LocalAgent, message: SealedEnvelope): boolean {
    return (this.#init.gates ?? []).length > 0 && this.approvals.hold(agent, message);
  }

  openEnvelope(object: JsonObject): Checked<SealedEnvelope> {
    return this.desk.open(object);
  }

  openArchived(object: JsonObject): Checked<SealedEnvelope> {
    return this.desk.open(object, true);
  }

  onEnvelope(message: SealedEnvelope): void {
    const { envelope, text } = message;
    const verdict = this.replay.add(`${envelope.from} ${envelope.id}`, text, envelope.at);
    if (verdict === 'new') this.agents.onPublished(message);
    else this.core.countIgnored('gossip', verdict);
  }

  onEvent(event: MeshEvent): void {
    this.subscriptions.tell(event);
    const outcome = event.kind === 'decided' ? this.decisions.find(String(event.decision)) : undefined;
    if (outcome !== undefined) this.memory.learnDecision(outcome);
  }

  onDeadElsewhere(): void {
    this.deadLetters.look();
  }

  // Who is where.

  /** In a mesh too large to tell everybody. */
  get isLookedUp(): boolean {
    return this.#init.index === 'dht';
  }

  authorize(agent: Did, key: Did, scope: AttachmentScope): Attachment | undefined {
    return this.registry.authorize(agent, key, scope);
  }

  lookUp(agent: Did): void {
    this.attachments.lookUp(agent);
  }

  attachmentTexts(agents: Iterable<Did>): readonly string[] {
    return this.attachments.textsOf(agents);
  }

  takeAttachments(attachments: readonly Attachment[]): boolean {
    return this.attachments.take(attachments);
  }

  companions(): readonly Did[] {
    return this.spaces.companions();
  }

  nodesBeside(agent: Did): readonly NodeId[] {
    return this.spaces.nodesBeside(agent);
  }

  onLocated(agent: Did, node: NodeId): void {
    const { core, spaces } = this;
    const mine = this.local.get(agent);
    if (mine !== undefined && node !== core.self) this.agents.leaveElsewhere(mine);
    this.delivery.step({ type: 'located', agent, node, atMs: core.clock.nowMs() });
    if (mine !== undefined && node !== core.self) this.deadLetters.look();
    this.madeMemory?.located(agent);
    this.capabilities.audienceMoved(agent);
    for (const space of spaces.machine.spaces())
      if (spaces.machine.isMember(space, agent)) spaces.greet(space, node);
  }

  onNodeUp(node: NodeId): void {
    this.roll.noteUp(node);
  }

  onNodeDown(node: NodeId): void {
    this.roll.noteDown(node);
  }

  onMeshGrown(): void {
    this.attachments.lookup?.meshGrew();
  }

  // Spaces.

  membersOf(space: SpaceId): Members | undefined {
    return this.spaces.machine.members(space);
  }

  holdersOf(space: SpaceId): readonly NodeId[] {
    return this.spaces.holders(space);
  }

  spacesOf(agent: Did): readonly SpaceId[] {
    const { machine } = this.spaces;
    return machine.spaces().filter((space) => machine.isMember(space, agent));
  }

  sendMembers(node: NodeId, space: SpaceId): void {
    this.spaces.sendMembers(node, space);
  }

  mayChange(owner: Did, later: () => void): boolean {
    return !this.handover.later(owner, later);
  }

  onEntry(message: SealedEnvelope): void {
    this.agents.onSpaceEntry(message);
  }

  onMembers(record: Members, added: readonly Did[], removed: readonly Did[]): void {
    const space = record.space as SpaceId;
    this.agents.onMembers(record, added, removed);
    this.madeMemory?.membersChanged(space);
    for (const agent of added)
      if (this.registry.locate(agent) === undefined) this.attachments.lookup?.find(agent);
    this.spaceTopics.look(space, record);
    this.handover.membersChanged(space);
  }

  // Experience.

  standingFor(asker: Did): Standing {
    const standing = this.outcomes.standingFor(asker);
    return {
      ...standing,
      reputationOf: (agent, capability) =>
        standing.reputationOf(agent, capability) * (this.madeLearning?.rankFactorOf(agent) ?? 1),
    };
  }

  takeEvidence(source: string, bytes: Uint8Array): Checked<unknown> {
    return source === 'play' ? this.learning.takeRecord(bytes) : this.outcomes.takeRecord(bytes);
  }
}
