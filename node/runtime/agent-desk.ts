/** Where agents' messages come in and go out: joins, drafts, addressing, waking, threads, spaces and queries. */

import type { Query } from '../../discovery/query.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, MessageId, SpaceId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { isChannelType } from '../../protocol/channel/index.ts';
import { digestContext, digestedTypes, referencesOf } from '../../protocol/context/index.ts';
import { readAgentMessage } from '../../protocol/decode.ts';
import {
  AmpError,
  type Checked,
  type ErrorCode,
  errorTable,
  type Refusal,
  refuse,
} from '../../protocol/errors.ts';
import { viewJob } from '../../protocol/job/job-view.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { Draft, EdgeMessage, Envelope } from '../../protocol/messages.ts';
import type { Attachment, Members } from '../../protocol/records.ts';
import { hashObject, type Verified } from '../../protocol/signing.ts';
import { answerLater, answerQuery, type Found, listAgents } from './agent-queries.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { describeMessage } from './describe-message.ts';
import { type EnvelopeDesk, expiryOf, type SealedEnvelope } from './envelope-desk.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { LearningDesk } from './learning-desk.ts';
import type { AgentLink, LocalAgent, LocalAgents } from './local-agents.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { MessageTrail } from './message-trail.ts';
import { createOpenAsks } from './open-asks.ts';
import { createOpenTasks } from './open-tasks.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCore } from './peer-core.ts';
import { renderError } from './render-error.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { SpaceDesk } from './space-desk.ts';
import { createSubscriptions } from './subscriptions.ts';
import { withOutcomeSigned } from './team-outcome.ts';
import { createThreadMemory, participantsOf, type ThreadMemory, threadOf } from './thread-memory.ts';
import { spaceTopicOf, type Topics } from './topics.ts';

export interface AgentDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly desk: EnvelopeDesk;
  readonly delivery: DeliveryDesk;
  readonly gossip: GossipDesk;
  readonly spaces: SpaceDesk;
  readonly memory: MemoryDesk;
  readonly capabilities: CapabilityDesk;
  readonly outcomes: OutcomeDesk;
  readonly learning: LearningDesk;
  readonly replay: ReplayDesk;
  readonly trail: MessageTrail;
  readonly topics: Topics;
  readonly announceAttachment: (attachment: Verified<Attachment>) => void;
}

export interface AgentDeskInit {
  readonly meshName: string;
  readonly wakeThreshold: number;
}

export interface ConnectFacts {
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
  readonly threads: ThreadMemory;
  /** Who passes on the words of direct channels; without it they are refused. */
  serveChannels(service: ChannelService): void;
  /** Who opens decisions, signs ballots and keeps what waits for a person; without it they are refused. */
  serveDecisions(service: DecisionService): void;
}

/** Decisions of the spaces of this node's agents. */
export interface DecisionService {
  decide(agent: LocalAgent, asked: Extract<EdgeMessage, { type: 'decide' }>): Checked<string>;
  vote(agent: LocalAgent, vote: Extract<EdgeMessage, { type: 'vote' }>): Checked<string>;
  onEntry(envelope: Envelope): void;
  escalate(envelope: Envelope): void;
  /** Keep a message back that waits for a person; false when it may go. */
  hold(agent: LocalAgent, message: SealedEnvelope): boolean;
}

/** Direct channels go past delivery: nothing of them is kept. */
export interface ChannelService {
  take(message: SealedEnvelope): void;
  gone(agent: Did, hasLeft: boolean): void;
}

const invitesBucket = 'invites';
/** What is kept of an invitation to read along, in the place of its time. */
const readerInvite = 'reader';
/** Threads that one agent is remembered to take part in. */
const agentThreadsMax = 1_024;

export function createAgentDesk(components: AgentDeskComponents, init: AgentDeskInit): AgentDesk {
  const {
    core,
    local,
    desk,
    delivery,
    gossip,
    spaces,
    capabilities,
    outcomes,
    learning,
    replay,
    topics,
    trail,
  } = components;
  const openTasks = createOpenTasks();
  const openAsks = createOpenAsks((bytes) => core.keys.hash(bytes));
  let isLoadDue = false;
  const threads = createThreadMemory();
  const subscriptions = createSubscriptions();
  /** Threads that a local agent takes part in; it has seen each of them from the start. */
  const agentThreads = new Map<Did, Set<string>>();
  /** The broadcast that an agent saw last: what it answers when it names no parent. */
  const lastBroadcast = new Map<Did, Envelope>();
  let channelService: ChannelService | undefined;
  let decisionService: DecisionService | undefined;

  // Connections.

  function connect(agent: LocalAgent, link: AgentLink, facts: ConnectFacts): void {
    agent.link?.supersede();
    agent.link = link;
    if (facts.threshold !== undefined) agent.threshold = facts.threshold;
    local.save(agent);
    components.announceAttachment(agent.attachment);
    for (const claim of facts.capabilities ?? [])
      report(agent, capabilities.announce(agent, claim), undefined);
    updateLoad();
    core.note({ kind: 'agent-joined', agent: agent.did, name: agent.name, hosted: agent.isHosted });
    core.turn.afterCommit(() =>
      delivery.step({ type: 'agent-online', agent: agent.did, atMs: core.clock.nowMs() }),
    );
  }

  function disconnect(agent: LocalAgent, link: AgentLink, hasLeft = false): void {
    if (agent.link !== link) return;
    agent.link = undefined;
    subscriptions.forget(agent.did);
    components.memory.forget(agent.did);
    channelService?.gone(agent.did, hasLeft);
    delivery.step({ type: 'agent-offline', agent: agent.did, atMs: core.clock.nowMs() });
    updateLoad();
    core.note({ kind: 'agent-left', agent: agent.did, name: agent.name });
  }

  function leaveElsewhere(agent: LocalAgent): void {
    const { link } = agent;
    if (link !== undefined) {
      disconnect(agent, link, true);
      link.supersede();
    }
    local.forget(agent.did);
    updateLoad();
  }

  function updateLoad(): void {
    const away = new Set(
      local
        .list()
        .filter((agent) => agent.link === undefined)
        .map((agent) => agent.did),
    );
    const busy = openTasks.load(capabilities.capacityOf, core.clock.nowMs());
    capabilities.setLoad(busy, away);
  }

  /** Tasks come and go with messages: the load is told once a turn. */
  function seeTask(envelope: Envelope, receiver: Did | undefined): void {
    if (!openTasks.see(envelope, receiver, core.clock.nowMs()) || isLoadDue) return;
    isLoadDue = true;
    core.turn.beforeCommit(() => {
      isLoadDue = false;
      updateLoad();
    });
  }

  // Incoming.

  function receive(agent: LocalAgent, text: string): boolean {
    const read = readAgentMessage(text);
    if (!read.ok) return refuseMessage(agent, read.refusal, aboutOf(text));
    if (read.value.kind === 'edge') {
      takeEdge(agent, read.value.message);
      return true;
    }
    const { draft } = read.value;
    const sealed = draft.sig === undefined ? sealDraft(agent, draft) : openSigned(agent, draft);
    if (!sealed.ok) return refuseMessage(agent, sealed.refusal, draft.id);
    if (isChannelType(draft.type)) {
      takeChannelWord(agent, sealed.value);
      return true;
    }
    const { envelope, text: sealedText } = sealed.value;
    const verdict = replay.add(`${agent.did} ${envelope.id}`, sealedText, envelope.at);
    if (verdict === 'new' && decisionService?.hold(agent, sealed.value) === true)
      sendReceipt(agent, 'accepted', envelope.id);
    else if (verdict === 'new') route(agent, sealed.value);
    else if (verdict === 'duplicate') sendReceipt(agent, 'accepted', envelope.id);
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

  function sealDraft(agent: LocalAgent, given: Draft): Checked<SealedEnvelope> {
    const draft = completeDraft(agent, given);
    const invited = isInvitation(agent, draft) ? prepareInvite(agent, draft) : undefined;
    if (invited?.ok === false) return invited;
    const members =
      invited === undefined ? {} : { members: invited.value as unknown as Record<string, unknown> };
    try {
      const said = withDigest(withOutcomeSigned(core.keys, agent, { ...draft, ...members } as Draft));
      return { ok: true, value: desk.seal(said, local.signerOf(agent)) };
    } catch (error) {
      if (error instanceof AmpError) return refuse(error.code, whatOf(error));
      throw error;
    }
  }

  /** An answer without an address belongs to what the agent heard last; a known parent brings its thread along. */
  function completeDraft(agent: LocalAgent, draft: Draft): Draft {
    const hasPlace =
      draft.to !== undefined ||
      draft.space !== undefined ||
      draft.thread !== undefined ||
      draft.parent !== undefined;
    const heard = hasPlace || !answersBroadcast.has(draft.type) ? undefined : lastBroadcast.get(agent.did);
    const parent = heard ?? (draft.parent === undefined ? undefined : findMessage(draft.parent, draft.space));
    if (parent === undefined) return draft;
    const thread = draft.thread ?? (threadOf(parent) as MessageId);
    const isPrivateAnswer =
      draft.type === 'capability_match' && draft.to === undefined && draft.space === undefined;
    return {
      ...draft,
      parent: draft.parent ?? parent.id,
      thread,
      ...(draft.space === undefined && parent.space !== undefined && !isPrivateAnswer
        ? { space: parent.space }
        : {}),
      ...(isPrivateAnswer && parent.from !== agent.did ? { to: parent.from } : {}),
    } as Draft;
  }

  /** A hosted agent's words in a space carry the context that they were said in; its node knows it. */
  function withDigest(draft: Draft): Draft {
    const space = draft.space as SpaceId | undefined;
    const members = space === undefined ? undefined : spaces.machine.members(space);
    const isKnown = draft.context !== undefined && 'digest' in draft.context;
    if (space === undefined || members === undefined || isKnown || !digestedTypes.has(draft.type))
      return draft;
    const entries = spaces.machine.entries(space).map((entry) => JSON.parse(entry.text) as Envelope);
    const wanted = referencesOf(draft);
    const referred = wanted.flatMap((id) => entries.find((entry) => entry.id === id) ?? []);
    const taken = utf8(JSON.stringify(draft.context ?? {})).length + 32;
    const digest = digestContext(
      {
        space,
        thread: draft.thread,
        parent: draft.parent,
        membersVersion: members.version,
        view: viewJob(entries),
        entries: referred.map((entry) => ({ entry, hash: hashObject(core.keys, entry) })),
      },
      limits.contextBytesMax - taken,
    );
    return { ...draft, context: { ...draft.context, digest } } as Draft;
  }

  /** The space of an invitation exists before the invitation leaves. */
  function prepareInvite(agent: LocalAgent, draft: Extract<Draft, { type: 'invite' }>): Checked<Members> {
    if (draft.space === undefined || draft.space === 'commons')
      return refuse(
        'AMP-1005',
        'An invitation names the space, a new UUID version 7 for a new one.',
        'space',
      );
    if (typeof draft.to !== 'string') return refuse('AMP-1005', 'An invitation goes to one agent.', 'to');
    const members = spaces.ensure(draft.space as SpaceId, agent, draft.policy as JsonObject | undefined);
    if (!members.owners.includes(agent.did))
      return refuse('AMP-1404', 'Only an owner of the space may invite.', 'space');
    const place = draft.reader === true ? readerInvite : String(core.clock.nowMs());
    core.turn.persist(invitesBucket, `${draft.space}|${draft.to}`, place);
    return { ok: true, value: members };
  }

  function openSigned(agent: LocalAgent, draft: Draft): Checked<SealedEnvelope> {
    if (draft.from !== agent.did)
      return refuse('AMP-1101', 'A signed message must be from the agent that sends it.', 'from');
    const opened = desk.open(draft as unknown as JsonObject);
    const invited = opened.ok && isInvitation(agent, draft) ? prepareInvite(agent, draft) : undefined;
    return invited?.ok === false ? invited : opened;
  }

  function findMessage(id: string, space: string | undefined): Envelope | undefined {
    const known = threads.find(id);
    if (known !== undefined) return known;
    for (const one of space === undefined ? spaces.machine.spaces() : [space as SpaceId]) {
      const entry = spaces.machine.entry(one, id);
      if (entry !== undefined) return JSON.parse(entry.text) as Envelope;
    }
    return undefined;
  }

  // Routing.

  function route(agent: LocalAgent, message: SealedEnvelope): void {
    const { envelope } = message;
    trail.saw(envelope, 'sent');
    warnOfUnknownReferences(agent, envelope);
    const space =
      envelope.space ??
      (typeof envelope.to === 'object' && 'space' in envelope.to ? envelope.to.space : undefined);
    if (envelope.type === 'escalate' && envelope.to === undefined) escalate(agent, message);
    if (envelope.type === 'escalate' && envelope.to === undefined && space === undefined) return;
    if (typeof envelope.to === 'string') return sendTo(agent, message, [envelope.to as Did]);
    if (typeof envelope.to === 'object' && 'capability' in envelope.to)
      return sendToCapable(agent, message, envelope.to);
    if (space !== undefined && space !== 'commons') return sendToSpace(agent, message, space as SpaceId);
    sendToCommons(agent, message);
  }

  function sendTo(agent: LocalAgent, message: SealedEnvelope, receivers: readonly Did[]): void {
    threads.remember(message);
    joinThread(agent.did, threadOf(message.envelope));
    outcomes.sent(message.envelope);
    seeTask(message.envelope, undefined);
    for (const receiver of receivers)
      if (local.get(receiver) !== undefined) beforeDelivery(message, receiver);
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
        similarity: round(hit.factors.similarity),
      }));
    const mail = {
      id: message.envelope.id as MessageId,
      from: agent.did,
      receiver: agent.did,
      text: message.text,
      expiresAt: expiryOf(message.envelope, core.clock.nowMs()),
    };
    sendReceipt(agent, 'accepted', message.envelope.id);
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
    const members = spaces.machine.members(space);
    const { id } = message.envelope;
    if (members === undefined)
      return sendError(
        agent,
        { code: 'AMP-1402', message: `Space ${space} is not known here.`, path: 'space' },
        id,
      );
    if (!spaces.machine.isMember(space, agent.did)) {
      return sendError(
        agent,
        { code: 'AMP-1401', message: 'Only members speak in a space.', path: 'space' },
        id,
      );
    }
    if (message.envelope.type !== 'leave' && spaces.isReader(space, agent.did)) {
      return sendError(
        agent,
        { code: 'AMP-1401', message: 'A reader of a space does not speak in it.', path: 'space' },
        id,
      );
    }
    if (members.closed === true)
      return sendError(agent, { code: 'AMP-1405', message: 'The space is closed.', path: 'space' }, id);
    sendReceipt(agent, 'accepted', id);
    spaces.add(message);
    const others = members.members.map((member) => member.agent as Did).filter((did) => did !== agent.did);
    if (spaces.holders(space).length > limits.directSpaceNodesMax) {
      gossip.publish(spaceTopicOf(topics, space), message);
      return;
    }
    for (const did of others)
      if (local.get(did) !== undefined)
        replay.add(`${agent.did} ${id} ${did}`, message.text, message.envelope.at);
    delivery.submit(message, others);
  }

  function sendToCommons(agent: LocalAgent, message: SealedEnvelope): void {
    threads.remember(message);
    joinThread(agent.did, threadOf(message.envelope));
    sendReceipt(agent, 'accepted', message.envelope.id);
    gossip.publish(topics.commons, message);
    openAsks.see(message.envelope, core.clock.nowMs());
    if (message.envelope.type === 'broadcast')
      core.note({ kind: 'broadcast-sent', ...describeMessage(message.envelope) });
    fanOutLocally(message);
  }

  function onPublished(message: SealedEnvelope): void {
    const { space } = message.envelope;
    if (space !== undefined && space !== 'commons') return spaces.add(message);
    threads.remember(message);
    openAsks.see(message.envelope, core.clock.nowMs());
    fanOutLocally(message);
  }

  /** Give a published message to the local agents whom it concerns. */
  function fanOutLocally(message: SealedEnvelope): void {
    const { envelope } = message;
    notifySubscribers(message);
    if (envelope.type === 'broadcast') return wake(message);
    const thread = threadOf(envelope);
    for (const agent of local.list()) {
      if (agent.did === envelope.from || agentThreads.get(agent.did)?.has(thread) !== true) continue;
      put(message, agent.did);
    }
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
    for (const { agent: did, similarity } of matches) {
      const agent = local.get(did)!;
      const threshold = agent.threshold ?? init.wakeThreshold;
      if (similarity < threshold) {
        silent.push({ agent: did, name: agent.name, similarity: round(similarity) });
        continue;
      }
      core.note({
        kind: 'agent-woken',
        agent: did,
        name: agent.name,
        similarity: round(similarity),
        message: envelope.id,
      });
      lastBroadcast.set(did, envelope);
      joinThread(did, threadOf(envelope));
      put(message, did, { similarity: round(similarity) });
    }
    if (silent.length > 0) core.note({ kind: 'agents-not-woken', message: envelope.id, agents: silent });
  }

  function put(message: SealedEnvelope, receiver: Did, facts?: Readonly<Record<string, unknown>>): void {
    if (
      replay.add(
        `${message.envelope.from} ${message.envelope.id} ${receiver}`,
        message.text,
        message.envelope.at,
      ) !== 'new'
    )
      return;
    beforeDelivery(message, receiver);
    delivery.arrive(message, [receiver], core.self, {
      isKnown: false,
      ...(facts === undefined ? {} : { facts }),
    });
  }

  // Threads.

  function joinThread(agent: Did, thread: string): void {
    const known = agentThreads.get(agent) ?? new Set<string>();
    agentThreads.set(agent, known);
    known.add(thread);
    if (known.size > agentThreadsMax * 1.125) forgetThreads(known);
  }

  function forgetThreads(known: Set<string>): void {
    for (const thread of known) {
      if (known.size <= agentThreadsMax) return;
      known.delete(thread);
    }
  }

  /** A newcomer to a thread is given that thread first. */
  function beforeDelivery(message: SealedEnvelope, receiver: Did): void {
    const { envelope } = message;
    if (local.get(envelope.from as Did) === undefined) trail.saw(envelope, 'received');
    admit(message, receiver);
    outcomes.received(envelope, receiver);
    seeTask(envelope, receiver);
    if (envelope.space !== undefined && envelope.space !== 'commons') return;
    const thread = threadOf(envelope);
    const isNewcomer = agentThreads.get(receiver)?.has(thread) !== true;
    joinThread(receiver, thread);
    if (!isNewcomer) {
      threads.remember(message);
      return;
    }
    for (const earlier of threads.thread(thread)) {
      if (
        earlier.envelope.id === envelope.id ||
        earlier.envelope.from === receiver ||
        !isPublic(earlier.envelope)
      )
        continue;
      const key = `${earlier.envelope.from} ${earlier.envelope.id} ${receiver}`;
      if (replay.add(key, earlier.text, earlier.envelope.at) !== 'new') continue;
      delivery.arrive(earlier, [receiver], core.self, { isKnown: false, facts: { history: true } });
    }
    threads.remember(message);
  }

  // Spaces.

  /** An invited agent accepts: its owner's node writes the next version of the members. */
  function admit({ envelope }: SealedEnvelope, receiver: Did): void {
    const owner = local.get(receiver);
    if (envelope.type !== 'accept' || envelope.space === undefined || owner === undefined) return;
    const space = envelope.space as SpaceId;
    const invited = core.store.get(invitesBucket, `${space}|${envelope.from}`);
    if (invited === undefined || spaces.machine.isMember(space, envelope.from as Did)) return;
    const joined = {
      agent: envelope.from,
      joinedAt: core.clock.nowMs(),
      ...(envelope.name === undefined ? {} : { name: envelope.name }),
      ...(invited === readerInvite ? { reader: true } : {}),
    };
    spaces.change(space, owner, (members) => ({ members: [...members.members, joined] }));
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
        if (envelope.from !== did) put({ envelope, text: entry.text }, did, { history: true });
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
    notifySubscribers(message);
    if (local.get(envelope.from as Did) === undefined)
      for (const agent of spaces.localMembers(space)) put(message, agent.did);
    decisionService?.onEntry(envelope);
    if (envelope.type === 'dissolve') {
      outcomes.dissolved(envelope);
      learning.dissolved(envelope);
    }
    applyToMembers(envelope, space);
  }

  /** A question for a person stays at the node that its agent is attached to. */
  function escalate(agent: LocalAgent, message: SealedEnvelope): void {
    sendReceipt(agent, 'accepted', message.envelope.id);
    decisionService?.escalate(message.envelope);
  }

  /** The node confirms a vote, so that an agent whose connection broke knows whether to say it again. */
  function confirmDecision(
    agent: LocalAgent,
    done: Checked<string> | undefined,
    decision: string,
    kind: string,
  ): void {
    if (done === undefined)
      return sendError(
        agent,
        { code: 'AMP-1858', message: 'This node takes no decisions.', path: 'type' },
        decision,
      );
    if (!done.ok) return sendError(agent, done.refusal, decision);
    core.turn.afterCommit(() =>
      agent.link?.send(
        JSON.stringify({ type: 'event', subscription: `decision:${decision}`, event: { kind, decision } }),
      ),
    );
  }

  function applyToMembers(envelope: Envelope, space: SpaceId): void {
    const owner = spaces
      .localMembers(space)
      .find((agent) => spaces.machine.members(space)?.owners.includes(agent.did));
    if (owner === undefined) return;
    if (envelope.type === 'leave' && envelope.from !== owner.did) {
      spaces.change(space, owner, (members) => ({
        members: members.members.filter((member) => member.agent !== envelope.from),
        removed: [
          ...(members.removed ?? []),
          { agent: envelope.from, lastHead: envelope.id },
          ...components.memory
            .cutsOf(space, envelope.from as Did)
            .map((lastHead) => ({ agent: envelope.from, lastHead })),
        ],
      }));
    }
    if (envelope.type === 'dissolve' && spaces.machine.members(space)?.owners.includes(envelope.from)) {
      spaces.change(space, owner, () => ({ closed: true }));
    }
  }

  // Edge messages.

  function takeEdge(agent: LocalAgent, message: EdgeMessage): void {
    if (components.memory.take(agent, message)) return;
    switch (message.type) {
      case 'ping':
        return void agent.link?.send(JSON.stringify({ type: 'pong', nonce: message.nonce }));
      case 'pong':
        return;
      case 'announce':
        return report(agent, capabilities.announce(agent, message.capability as JsonObject), undefined);
      case 'withdraw':
        return report(agent, capabilities.withdraw(agent, message.capability), undefined);
      case 'judge':
        return report(agent, outcomes.judge(agent, message), message.task);
      case 'receipt':
        if (message.level === 'delivered' || message.level === 'processed')
          acknowledge(agent, message.ids, message.level);
        return;
      case 'subscribe':
        return report(
          agent,
          subscriptions.add(agent.did, message.subscription, message.filter),
          message.subscription,
        );
      case 'unsubscribe':
        return void subscriptions.remove(agent.did, message.subscription);
      case 'query':
        return answer(agent, message);
      case 'decide':
        return confirmDecision(agent, decisionService?.decide(agent, message), message.decision, 'opened');
      case 'vote':
        return confirmDecision(agent, decisionService?.vote(agent, message), message.decision, 'voted');
      case 'records':
        return takeRecords(agent, message.records as JsonObject[]);
      default:
        return sendError(
          agent,
          {
            code: 'AMP-1005',
            message: `A node does not take "${message.type}" from an agent here.`,
            path: 'type',
          },
          undefined,
        );
    }
  }

  function answer(agent: LocalAgent, query: Extract<EdgeMessage, { type: 'query' }>): void {
    const { request, what } = query;
    const all = { ...components, threads, openAsks, meshName: init.meshName };
    const say = (found: Found) =>
      agent.link?.send(JSON.stringify({ type: 'found', request, what, complete: true, ...found }));
    const done = what === 'discover' ? answerLater(all, agent, query, say) : answerQuery(all, agent, query);
    if (!done.ok) return sendError(agent, done.refusal, request);
    if (done.value !== undefined) say(done.value);
  }

  /** Member records that an agent brings along when it re-attaches here. */
  function takeRecords(agent: LocalAgent, records: readonly JsonObject[]): void {
    for (const record of records) {
      const taken = record.record === 'members' && spaces.takeMembers(record as unknown as Members);
      if (!taken)
        sendError(
          agent,
          {
            code: 'AMP-1101',
            message: 'The record is no member record with a good signature.',
            path: 'records',
          },
          undefined,
        );
    }
  }

  function acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void {
    delivery.step({ type: 'agent-acknowledged', agent: agent.did, ids, level, atMs: core.clock.nowMs() });
  }

  // Answers to the agent.

  function report(agent: LocalAgent, done: Checked<string>, about: string | undefined): void {
    if (!done.ok) sendError(agent, done.refusal, about);
  }

  function sendError(agent: LocalAgent, refusal: Refusal, about: string | undefined): void {
    agent.link?.send(renderError(refusal, about));
  }

  function sendReceipt(agent: LocalAgent, level: 'accepted', id: string): void {
    core.turn.afterCommit(() => agent.link?.send(JSON.stringify({ type: 'receipt', level, ids: [id] })));
  }

  function warnOfUnknownReferences(agent: LocalAgent, envelope: Envelope): void {
    const named = [envelope.parent, ...('references' in envelope ? (envelope.references ?? []) : [])].filter(
      (id) => id !== undefined,
    );
    const unknown = named.filter((id) => findMessage(id, envelope.space) === undefined);
    if (unknown.length === 0) return;
    const refusal = {
      code: 'AMP-1403',
      message: `Not known here: ${unknown.join(', ').slice(0, 200)}. The message was sent all the same.`,
      path: 'references',
    } as const;
    agent.link?.send(renderError(refusal, envelope.id, { unknown }));
  }

  function notifySubscribers(message: SealedEnvelope): void {
    for (const [did, subscription] of subscriptions.forMessage(message.envelope)) {
      const { space, from } = message.envelope;
      const maySee =
        space === undefined || space === 'commons' || spaces.machine.isMember(space as SpaceId, did);
      if (!maySee || from === did) continue;
      local
        .get(did)
        ?.link?.send(
          `{"type":"event","subscription":${JSON.stringify(subscription)},"event":{"kind":"message","message":${message.text}}}`,
        );
    }
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
    acknowledge,
    leaveElsewhere,
    release(agent, message, refusal) {
      if (refusal === undefined) route(agent, message);
      else sendError(agent, refusal, message.envelope.id);
    },
    onPublished,
    onSpaceEntry,
    onMembers,
    beforeDelivery,
    threads,
    list: () => listAgents(components),
    serveChannels(service) {
      channelService = service;
    },
    serveDecisions(service) {
      decisionService = service;
    },
    start() {
      updateLoad();
    },
  };
}

/** A coalition's member that claims to coordinate says so in an `invite` too: that one asks nobody into a space. */
function isInvitation(agent: LocalAgent, draft: Draft): draft is Extract<Draft, { type: 'invite' }> {
  return draft.type === 'invite' && (draft.terms === undefined || draft.terms.asker === agent.did);
}

/** Types that, without any address, answer the broadcast heard last. */
const answersBroadcast = new Set<string>(['capability_match', 'proposal', 'question', 'concern']);

/** Messages to one agent or to chosen ones are not shown to newcomers. */
function isPublic(envelope: Envelope): boolean {
  return envelope.to === undefined;
}

/** The id of a message that could not be read whole. */
function aboutOf(text: string): string | undefined {
  return /"id"\s*:\s*"([0-9a-f-]{36})"/.exec(text.slice(0, 4_096))?.[1];
}

/** What was wrong, without code and advice: `renderError` adds them. */
function whatOf(error: AmpError): string {
  return error.message.replace(`${error.code} `, '').replace(` ${errorTable[error.code].todo}`, '');
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

export { participantsOf };
