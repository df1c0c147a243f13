/**
 * Drives shared memory: one replica for each space of a local agent. Agents write, attest and ask; other holders
 * of a space get signed frames and compare heads (`memory-exchange.ts`).
 */
import {
  readMemoryBody,
  readPolicy,
  type Scopes,
  scopesIn,
  standingIn,
  writeCuts,
} from '../../crdt/exchange/index.ts';
import { type CertifiedClaim, defaultPolicy, type EntryChange, type Policy } from '../../crdt/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, type Refusal, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessage, EdgeMessageOf } from '../../protocol/messages.ts';
import type { Members } from '../../protocol/records.ts';
import type { DecisionOutcome } from './decision-store.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { readCertified } from './memory-certificates.ts';
import { type EditMessage, prepareEdit } from './memory-edits.ts';
import { createMemoryExchange } from './memory-exchange.ts';
import { listStoredSpaces } from './memory-history.ts';
import { createMemoryLook, type MemoryLook } from './memory-look.ts';
import {
  askMemory,
  documentSubscriptionSchema,
  graphSubscriptionSchema,
  isByMeaning,
  isMemoryKind,
  type MemoryKind,
  spaceOfFilter,
} from './memory-queries.ts';
import { restrictAnswer } from './memory-reading.ts';
import { type ChangeMembers, changeScopes } from './memory-scopes.ts';
import { readShared } from './memory-shared.ts';
import { createMemorySpace, type EditOutcome, type MemorySpace } from './memory-space.ts';
import { createVouchers, readOwners } from './memory-standing.ts';
import { createMemoryWatch } from './memory-watch.ts';
import type { PeerCore } from './peer-core.ts';
import { renderError } from './render-error.ts';

export interface MemoryDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly vectors: VectorSource;
  readonly membersOf: (space: SpaceId) => Members | undefined;
  /** Who answers for a node; a node for itself unless told. */
  readonly ownerOf?: ((node: NodeId) => Did) | undefined;
  /** Nodes, other than this one, with an agent in the space; sorted. */
  readonly holdersOf: (space: SpaceId) => readonly NodeId[];
  readonly changeMembers: ChangeMembers;
  /** Say something to the mesh in an agent's name: a need asks for help by itself. */
  readonly say: (agent: LocalAgent, message: JsonObject) => void;
}

/** Messages of agents that this desk answers; `query` only for `memoryKinds`. */
export interface MemoryDesk extends MemoryLook {
  /** Take a message of a local agent; false when it is not about memory. */
  take(agent: LocalAgent, message: EdgeMessage): boolean;
  /** The agent is gone: its subscriptions end. */
  forget(agent: Did): void;
  takePacket(from: NodeId, body: JsonObject): void;
  membersChanged(space: SpaceId): void;
  /** A node can be reached again. */
  greetNode(node: NodeId): void;
  /** An agent's attachment is known now. */
  located(agent: Did): void;
  /** How far each chain of an author goes, for the record that removes it. */
  cutsOf(space: SpaceId, author: Did): readonly string[];
  /** A decision that this node has verified came to an end: it may make a claim a fact. */
  learnDecision(outcome: DecisionOutcome): void;
  space(space: SpaceId): MemorySpace | undefined;
  start(): void;
  stop(): void;
}

/** Spaces open at once. Judgement. */
const spacesMax = 1_024;
/** Entities in one answer. */
const answersMax = 1_000;

export function createMemoryDesk(components: MemoryDeskComponents): MemoryDesk {
  const { core, agents, registry, vectors, membersOf } = components;
  const ownerOf = components.ownerOf ?? ((node: NodeId) => node);
  const vouchers = createVouchers(core, registry, tellOwner);
  const spaces = new Map<SpaceId, MemorySpace>();
  const certified = new Map<SpaceId, CertifiedClaim[]>();
  const exchange = createMemoryExchange({
    core,
    vouchers,
    holders,
    linkOf: (agent) => agents.get(agent)?.link,
  });
  const watch = createMemoryWatch({ core, agents, space: (id) => spaces.get(id), say: components.say });

  // Spaces.

  /** Who answers for whom: independence of owners rests on it. */
  function tellOwner(author: Did): void {
    const owners = readOwners(vouchers.list(author), ownerOf);
    for (const space of spaces.values()) space.tellGraph({ type: 'owners-known', owners });
  }

  function open(id: SpaceId): MemorySpace {
    const known = spaces.get(id);
    if (known !== undefined) return known;
    const membership = standingIn(id, vouchers, () => membersOf(id));
    const space = createMemorySpace(
      {
        core,
        membership,
        vectors,
        send: (effect) => core.turn.afterCommit(() => exchange.send(id, effect)),
        onGraph: (effect) => watch.onGraph(id, effect),
        onDocuments: (fresh) => watch.onDocuments(id, fresh),
        onChanged: (changes) => exchange.tellFollowers(space, changes),
        onFrozen: (author, epoch, seq) => core.note({ kind: 'author-forked', space: id, author, epoch, seq }),
      },
      id,
    );
    spaces.set(id, space);
    space.setPolicy(policyOf(id));
    space.setScopes(scopesOf(id));
    space.tellGraph({ type: 'owners-known', owners: readOwners(vouchers.list(), ownerOf) });
    space.tellGraph({ type: 'claims-certified', claims: certified.get(id) ?? [] });
    space.give({ type: 'start' });
    return space;
  }

  function scopesOf(id: SpaceId): Scopes {
    return scopesIn(membersOf(id)?.policy);
  }

  function policyOf(id: SpaceId): Policy {
    return readPolicy(membersOf(id)?.policy) ?? defaultPolicy;
  }

  function holders(id: SpaceId): readonly NodeId[] {
    return id === 'commons' ? core.transport.peers() : components.holdersOf(id);
  }

  function isOurs(id: SpaceId): boolean {
    if (id === 'commons') return agents.list().length > 0;
    return membersOf(id)?.members.some(({ agent }) => agents.get(agent as Did) !== undefined) === true;
  }

  function takePacket(from: NodeId, object: JsonObject): void {
    const read = core.decoding.readBody(object, readMemoryBody);
    if (!read.ok) return core.countIgnored('memory', read.refusal.code);
    const body = read.value;
    const id = body.space as SpaceId;
    if (!isOurs(id)) return core.countIgnored('memory', 'no-member-here');
    if (!holders(id).includes(from)) return core.countIgnored('memory', 'not-a-holder');
    if (!spaces.has(id) && spaces.size >= spacesMax) return core.countIgnored('memory', 'too-many-spaces');
    const space = open(id);
    space.isHeard = true;
    const done = exchange.take(space, from, body);
    if (!done.ok) core.countIgnored('memory', done.refusal.code);
  }

  // Local agents.

  function take(agent: LocalAgent, message: EdgeMessage): boolean {
    switch (message.type) {
      case 'claim':
      case 'attest':
      case 'relate':
      case 'retract':
      case 'deposit':
      case 'amend':
      case 'document':
        return takeEdit(agent, message);
      case 'scope':
        return takeScope(agent, message);
      case 'sync':
        return takeSync(agent, message);
      case 'sense':
        return takeSense(agent, message);
      case 'query':
        return isMemoryKind(message.what) && takeQuery(agent, message, message.what);
      case 'subscribe':
        if (message.filter.topic === 'document') return takeDocumentSubscription(agent, message);
        return message.filter.topic === 'graph' && takeSubscription(agent, message);
      case 'unsubscribe':
        watch.unsubscribe(agent.did, message.subscription, spaces.values());
        return false;
      default:
        return false;
    }
  }

  function takeEdit(agent: LocalAgent, message: EditMessage): true {
    const { request } = message;
    const allowed = enter(agent, (message.space ?? 'commons') as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, request);
    const space = allowed.value;
    if (membersOf(space.id)?.members.some((one) => one.agent === agent.did && one.reader === true)) {
      const message = 'This agent belongs to the space to read along, and writes nothing in its memory.';
      return fail(agent, { code: 'AMP-1721', message, path: 'space' }, request);
    }
    const prepared = prepareEdit(core, agent, space, message);
    if (!prepared.ok) return fail(agent, prepared.refusal, request);
    const outside = prepared.value.edits.find(
      (edit) => edit.value !== undefined && !space.scopes().mayWrite(agent.did, edit as EntryChange),
    );
    if (outside !== undefined) {
      const text = `The policy of the space does not let this agent write ${outside.key.slice(0, 200)}.`;
      return fail(agent, { code: 'AMP-1721', message: text, path: '' }, request);
    }
    const key = agent.isHosted ? undefined : (agent.attachment.sessionKey as Did);
    vouchers.take([agent.attachment]);
    const version = String(membersOf(space.id)?.version ?? 0);
    space.edit(agent.did, key, version, prepared.value.edits, (outcome) =>
      answerEdit(agent, space, message, prepared.value.entity, outcome),
    );
    return true;
  }

  function takeScope(agent: LocalAgent, message: EdgeMessageOf<'scope'>): true {
    const allowed = enter(agent, message.space as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, message.request);
    const members = membersOf(allowed.value.id);
    const done =
      members === undefined
        ? refuse('AMP-1404', 'Nobody owns the commons.', 'space')
        : changeScopes(components.changeMembers, agent, { replica: allowed.value.replica, members }, message);
    if (!done.ok) return fail(agent, done.refusal, message.request);
    if (message.request !== undefined)
      reply(agent, message.request, 'scope', { items: [{ version: done.value }] }, true);
    return true;
  }

  /** An agent keeps a copy of its own: it is one more replica, that hears everything. */
  function takeSync(agent: LocalAgent, { body: object }: EdgeMessageOf<'sync'>): true {
    const read = readMemoryBody(object as JsonObject);
    if (!read.ok) return fail(agent, { ...read.refusal, path: `body.${read.refusal.path}` }, undefined);
    const allowed = enter(agent, read.value.space as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, undefined);
    const space = allowed.value;
    if (!mayFollow(agent.did, space)) {
      const message = 'A copy holds everything, and this agent may read a part.';
      return fail(agent, { code: 'AMP-1722', message, path: 'body.space' }, undefined);
    }
    exchange.follow(space.id, agent.did);
    const done = exchange.take(space, agent.did, read.value);
    return done.ok || fail(agent, done.refusal, undefined);
  }

  function mayFollow(agent: Did, { id, scopes }: MemorySpace): boolean {
    const isMember = id === 'commons' || membersOf(id)?.members.some((one) => one.agent === agent) === true;
    return isMember && scopes().mayReadAll(agent);
  }

  function answerEdit(
    agent: LocalAgent,
    space: MemorySpace,
    message: EditMessage,
    entity: string,
    outcome: EditOutcome,
  ): void {
    const { request } = message;
    if (!outcome.ok) {
      const refusal = { code: outcome.code, message: `Not written: ${outcome.reason}.`, path: '' } as const;
      return void fail(agent, refusal, request);
    }
    if (request === undefined) return;
    const { epoch, seq } = outcome;
    const written = { entity, epoch, seq };
    if (message.type !== 'amend') return reply(agent, request, message.type, { items: [written] }, true);
    // The view has taken the edit in by the time of the commit.
    core.turn.afterCommit(() => {
      const values = readShared(space.classic, message.kind, message.name, core.clock.nowMs());
      reply(agent, request, message.type, { items: [{ ...written, values }] }, true);
    });
  }

  /** The space, when the agent belongs to it. */
  function enter(agent: LocalAgent, id: SpaceId): Checked<MemorySpace> {
    const isMember = membersOf(id)?.members.some((one) => one.agent === agent.did) === true;
    if (id !== 'commons' && !isMember)
      return refuse('AMP-1401', 'Only members read and write the memory of a space.', 'space');
    if (!spaces.has(id) && spaces.size >= spacesMax)
      return refuse('AMP-1707', `A node keeps the memory of at most ${spacesMax} spaces.`, 'space');
    return accept(open(id));
  }

  function takeSense(agent: LocalAgent, message: EdgeMessageOf<'sense'>): true {
    const { request, location, prefix = false } = message;
    const allowed = enter(agent, (message.space ?? 'commons') as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, request);
    const sensed = allowed.value.traces.sense(location, core.clock.nowMs(), prefix);
    const answer = { items: sensed, explain: {} };
    const shown = restrictAnswer(answer, 'traces', {}, allowed.value.scopes(), agent.did);
    if (!shown.ok) return fail(agent, shown.refusal, request);
    const traces = shown.value.items.slice(0, answersMax);
    agent.link?.send(JSON.stringify({ type: 'sensed', request, traces }));
    return true;
  }

  function takeQuery(agent: LocalAgent, message: EdgeMessageOf<'query'>, what: MemoryKind): true {
    const { request, filter, text } = message;
    const id = spaceOfFilter(what, filter);
    if (!id.ok) return fail(agent, id.refusal, request);
    const allowed = enter(agent, id.value as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, request);
    const space = allowed.value;
    const limit = Math.min(message.limit ?? 100, answersMax);
    const isWhole = space.scopes().mayReadAll(agent.did);
    const question = { what, filter, text, limit: isWhole ? limit : answersMax, nowMs: core.clock.nowMs() };
    const answerNow = (): void => {
      const shown = restrictAnswer(
        askMemory(space, vectors, question),
        what,
        filter,
        space.scopes(),
        agent.did,
      );
      if (!shown.ok) return void fail(agent, shown.refusal, request);
      const answer = { ...shown.value, items: shown.value.items.slice(0, isWhole ? undefined : limit) };
      reply(agent, request, what, answer, isComplete(space));
    };
    if (isByMeaning(question)) space.whenEmbedded(answerNow);
    else answerNow();
    return true;
  }

  /** Something was heard of another holder, or there is none. */
  function isComplete(space: MemorySpace): boolean {
    return space.isReady() && (space.isHeard || holders(space.id).length === 0);
  }

  function takeSubscription(agent: LocalAgent, message: EdgeMessageOf<'subscribe'>): true {
    const { subscription } = message;
    const read = matchSchema(graphSubscriptionSchema, message.filter);
    if (!read.ok) return fail(agent, { ...read.refusal, path: `filter.${read.refusal.path}` }, subscription);
    const { topic: _topic, space: id, ...filter } = read.value;
    const allowed = enter(agent, id as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, subscription);
    watch.subscribe(agent.did, subscription, allowed.value, filter);
    return true;
  }

  function takeDocumentSubscription(agent: LocalAgent, message: EdgeMessageOf<'subscribe'>): true {
    const { subscription } = message;
    const read = matchSchema(documentSubscriptionSchema, message.filter);
    if (!read.ok) return fail(agent, { ...read.refusal, path: `filter.${read.refusal.path}` }, subscription);
    const allowed = enter(agent, read.value.space as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, subscription);
    if (!allowed.value.scopes().mayRead(agent.did, [`document/${read.value.document}`])) {
      const message = 'This agent may not read that document.';
      return fail(agent, { code: 'AMP-1722', message, path: 'filter.document' }, subscription);
    }
    watch.subscribeDocument(agent.did, subscription, allowed.value.id, read.value.document);
    return true;
  }

  // Answers.

  function reply(
    agent: LocalAgent,
    request: string,
    what: string,
    answer: { readonly items: readonly unknown[]; readonly explain?: Readonly<Record<string, unknown>> },
    complete: boolean,
  ): void {
    const text = JSON.stringify({ type: 'found', request, what, complete, ...answer });
    core.turn.afterCommit(() => agent.link?.send(text));
  }

  function fail(agent: LocalAgent, refusal: Refusal, about: string | undefined): true {
    agent.link?.send(renderError(refusal, about));
    return true;
  }

  function start(): void {
    for (const id of listStoredSpaces(core.store)) if (isOurs(id)) open(id);
  }

  return {
    take,
    forget(did) {
      watch.forget(did, spaces.values());
      exchange.unfollow(did);
    },
    takePacket,
    membersChanged(id) {
      const space = spaces.get(id);
      if (space === undefined) return;
      space.setPolicy(policyOf(id));
      space.setScopes(scopesOf(id));
      for (const agent of exchange.followers(id)) if (!mayFollow(agent, space)) exchange.unfollow(agent, id);
      space.give({ type: 'membership-changed' });
      space.greet();
    },
    greetNode(node) {
      for (const space of spaces.values()) if (holders(space.id).includes(node)) space.greet(node);
    },
    located(agent) {
      for (const space of spaces.values()) {
        const isMember = membersOf(space.id)?.members.some((one) => one.agent === agent) === true;
        if (space.id === 'commons' || isMember) space.give({ type: 'membership-changed' });
      }
    },
    cutsOf(id, author) {
      const heads = spaces.get(id)?.replica.heads() ?? [];
      return writeCuts(heads.filter((head) => head.author === author && head.seq >= 0));
    },
    learnDecision(outcome) {
      const claim = readCertified(outcome, membersOf(outcome.space), core.keys.hash);
      if (claim === undefined) return;
      certified.set(outcome.space, [...(certified.get(outcome.space) ?? []), claim]);
      spaces.get(outcome.space)?.tellGraph({ type: 'claims-certified', claims: [claim] });
    },
    ...createMemoryLook({ core, vectors, membersOf, find: (id) => spaces.get(id) }),
    space: (id) => spaces.get(id),
    start,
    stop() {
      for (const space of spaces.values()) space.close();
    },
  };
}

/** Entities in one answer. */
