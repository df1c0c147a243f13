/**
 * Drives shared memory: one replica for each space of a local agent. Agents write, attest and ask; other holders
 * of a space get signed frames and compare heads; nothing enters a replica whose signature was not checked.
 */
import {
  attestEdit,
  type Checkpoint,
  checkpointSignature,
  claimEdit,
  contentDigest,
  decodeRun,
  defaultPolicy,
  type Edit,
  type ForkProof,
  type Frame,
  forkProofSignatures,
  frameSignature,
  type Policy,
  Refused,
  readCheckpoint,
  readForkProof,
  readFrameRecord,
  readRanges,
  readSummary,
  relateEdit,
  resolveEdit,
  retractEdit,
  toForkProofRecord,
  toFrameRecord,
} from '../../crdt/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url, toHex, utf8 } from '../../protocol/bytes.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, type Refusal, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessage, EdgeMessageOf } from '../../protocol/messages.ts';
import type { Attachment, Members } from '../../protocol/records.ts';
import { checkSignature, type SignatureClaim, type Verified } from '../../protocol/signing.ts';
import { renderError } from './agent-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { isAbout, listStoredSpaces, readStoredFrames, replayChanges } from './memory-history.ts';
import {
  framesPerPacketMax,
  type MemoryBody,
  packetUpdateBytesMax,
  proofsPerPacketMax,
  readMemoryBody,
} from './memory-packets.ts';
import {
  askMemory,
  graphSubscriptionSchema,
  isMemoryKind,
  type MemoryAnswer,
  type MemoryKind,
  readPolicy,
  spaceOfFilter,
} from './memory-queries.ts';
import { createMemorySpace, type EditOutcome, type MemorySpace, type Outgoing } from './memory-space.ts';
import { createVouchers, standingIn, writeCuts } from './memory-standing.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface MemoryDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly vectors: VectorSource;
  readonly membersOf: (space: SpaceId) => Members | undefined;
  /** Nodes, other than this one, with an agent in the space; sorted. */
  readonly holdersOf: (space: SpaceId) => readonly NodeId[];
  /** Say something to the mesh in an agent's name: a need asks for help by itself. */
  readonly say: (agent: LocalAgent, message: JsonObject) => void;
}

/** Messages of agents that this desk answers; `query` only for `memoryKinds`. */
export type MemoryMessage = Extract<
  EdgeMessage,
  {
    type:
      | 'claim'
      | 'attest'
      | 'relate'
      | 'retract'
      | 'deposit'
      | 'sense'
      | 'query'
      | 'subscribe'
      | 'unsubscribe';
  }
>;

export interface MemoryDesk {
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
  /** For the operator: any space that is open here. @throws nothing; refuses what is unknown or malformed. */
  look(
    what: string,
    filter: JsonObject,
    text: string | undefined,
    limit: number | undefined,
  ): Checked<MemoryAnswer>;
  space(space: SpaceId): MemorySpace | undefined;
  start(): void;
  stop(): void;
}

/** Spaces open at once. Judgement. */
const spacesMax = 1_024;
/** Holders told at once, others each time. */
const fanOut = 2;
/** Vanished marks that one deposit takes along. */
const collectedMax = 32;

export function createMemoryDesk(components: MemoryDeskComponents): MemoryDesk {
  const { core, agents, registry, vectors, membersOf } = components;
  const vouchers = createVouchers(core, registry);
  const spaces = new Map<SpaceId, MemorySpace>();
  /** Local frames of this turn, by space: they leave together. */
  const leaving = new Map<SpaceId, Frame[]>();
  const turnOf = new Map<SpaceId, number>();

  // Spaces.

  function open(id: SpaceId): MemorySpace {
    const known = spaces.get(id);
    if (known !== undefined) return known;
    const membership = standingIn(id, vouchers, () => membersOf(id));
    const space = createMemorySpace(
      {
        core,
        membership,
        vectors,
        send: (effect) => core.turn.afterCommit(() => send(id, effect)),
        onGraph: (effect) => onGraph(id, effect),
        onFrozen: (author, epoch, seq) => core.note({ kind: 'author-forked', space: id, author, epoch, seq }),
      },
      id,
    );
    spaces.set(id, space);
    space.setPolicy(policyOf(id));
    space.give({ type: 'start' });
    return space;
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

  // Other nodes.

  function send(id: SpaceId, effect: Outgoing): void {
    switch (effect.type) {
      case 'publish-frame':
        return publish(id, effect.frame);
      case 'publish-checkpoint':
        return tell(holders(id), checkpointBody(id, effect.checkpoint));
      case 'send-checkpoint':
        return tell([effect.to], checkpointBody(id, effect.checkpoint));
      case 'publish-proof':
        return tell(effect.to === undefined ? holders(id) : [effect.to], proofBody(id, effect.proof));
      case 'send-summary':
        return tell(effect.to === undefined ? nextHolders(id) : [effect.to], {
          kind: 'summary',
          space: id,
          summary: effect.summary as unknown as Record<string, unknown>,
        });
      case 'request-range':
        return tell([effect.to], {
          kind: 'ranges',
          space: id,
          ranges: effect.ranges as unknown as Record<string, unknown>[],
        });
      case 'send-page': {
        const { author, epoch, run, hasMore } = effect.page;
        const frames = decodeRun(run, { mesh: core.mesh, space: id, author, epoch }, core.keys.hash);
        const attachments = vouchersOf(frames instanceof Refused ? [] : frames);
        const page = { kind: 'page', space: id, author, epoch, run: toBase64Url(run), hasMore } as const;
        return tell([effect.to], { ...page, attachments });
      }
    }
  }

  function tell(nodes: readonly NodeId[], body: MemoryBody): void {
    if (nodes.length === 0) return;
    const bytes = encodePacket({ packet: 'machine', machine: 'memory', body });
    for (const node of nodes) core.transport.send(node, bytes);
  }

  function checkpointBody(id: SpaceId, checkpoint: Checkpoint): MemoryBody {
    const body = checkpoint as unknown as Record<string, unknown>;
    return { kind: 'checkpoint', space: id, checkpoint: body, attachments: vouchersOf([checkpoint]) };
  }

  function proofBody(id: SpaceId, proof: ForkProof): MemoryBody {
    const record = toForkProofRecord(proof) as unknown as Record<string, unknown>;
    return { kind: 'proof', space: id, proof: record, attachments: vouchersOf([proof.left, proof.right]) };
  }

  /** The attachments that say under which keys these were signed. */
  function vouchersOf(signed: readonly { readonly author: Did; readonly key?: Did }[]): Attachment[] {
    const found = new Map<string, Attachment>();
    for (const { author, key } of signed) {
      const voucher = vouchers.find(author, key ?? author);
      if (voucher !== undefined) found.set(voucher.sig, voucher);
    }
    return [...found.values()].slice(0, proofsPerPacketMax);
  }

  /** Frames of one turn travel together. They are durable: this runs after the commit. */
  function publish(id: SpaceId, frame: Frame): void {
    const waiting = leaving.get(id);
    if (waiting !== undefined) return void waiting.push(frame);
    leaving.set(id, [frame]);
    core.turn.afterCommit(() => {
      const frames = leaving.get(id) ?? [];
      leaving.delete(id);
      for (const batch of packFrames(frames)) {
        const records = batch.map((one) => toFrameRecord(one) as unknown as Record<string, unknown>);
        tell(holders(id), { kind: 'frames', space: id, frames: records, attachments: vouchersOf(batch) });
      }
    });
  }

  function nextHolders(id: SpaceId): readonly NodeId[] {
    const all = holders(id);
    const turn = turnOf.get(id) ?? core.rng.uint32() % Math.max(1, all.length);
    turnOf.set(id, turn + fanOut);
    return all.length <= fanOut
      ? all
      : Array.from({ length: fanOut }, (_, i) => all[(turn + i) % all.length]!);
  }

  function takePacket(from: NodeId, object: JsonObject): void {
    const read = readMemoryBody(object);
    if (!read.ok) return core.countIgnored('memory', read.refusal.code);
    const body = read.value;
    const id = body.space as SpaceId;
    if (!isOurs(id)) return core.countIgnored('memory', 'no-member-here');
    if (!holders(id).includes(from)) return core.countIgnored('memory', 'not-a-holder');
    if (!spaces.has(id) && spaces.size >= spacesMax) return core.countIgnored('memory', 'too-many-spaces');
    if ('attachments' in body && !vouchers.take(body.attachments as Attachment[]))
      return core.countIgnored('memory', 'bad-attachment');
    const space = open(id);
    space.isHeard = true;
    const done = takeBody(space, from, body);
    if (!done.ok) core.countIgnored('memory', done.refusal.code);
  }

  function takeBody(space: MemorySpace, from: NodeId, body: MemoryBody): Checked<void> {
    switch (body.kind) {
      case 'frames':
        for (const record of body.frames) {
          const frame = readFrameRecord(record, core.keys.hash);
          if (!frame.ok) return frame;
          if (!areSigned([frameSignature(frame.value)])) return badSignature();
          space.give({ type: 'frame-received', from, frame: frame.value as Verified<Frame> });
        }
        return accept(undefined);
      case 'page':
        return takePage(space, from, body);
      case 'summary': {
        const summary = readSummary(body.summary);
        if (!summary.ok) return summary;
        space.give({ type: 'summary-received', from, summary: summary.value });
        return accept(undefined);
      }
      case 'ranges': {
        const ranges = readRanges(body.ranges);
        if (!ranges.ok) return ranges;
        space.give({ type: 'range-requested', from, ranges: ranges.value });
        return accept(undefined);
      }
      case 'proof': {
        const proof = readForkProof(body.proof, core.keys.hash);
        if (!proof.ok) return proof;
        if (!areSigned(forkProofSignatures(proof.value)) || !isVouched(proof.value.left))
          return badSignature();
        space.give({ type: 'proof-received', from, proof: proof.value as Verified<ForkProof> });
        return accept(undefined);
      }
      case 'checkpoint': {
        const checkpoint = readCheckpoint(body.checkpoint);
        if (!checkpoint.ok) return checkpoint;
        if (!areSigned([checkpointSignature(checkpoint.value)]) || !isVouched(checkpoint.value))
          return badSignature();
        space.give({
          type: 'checkpoint-received',
          from,
          checkpoint: checkpoint.value as Verified<Checkpoint>,
        });
        return accept(undefined);
      }
    }
  }

  function takePage(
    space: MemorySpace,
    from: NodeId,
    { author, epoch, run, hasMore }: Extract<MemoryBody, { kind: 'page' }>,
  ): Checked<void> {
    const bytes = fromBase64Url(run);
    if (bytes === undefined) return refuse('AMP-1701', 'The page is no base64url.', 'run');
    const head = { mesh: core.mesh, space: space.id, author: author as Did, epoch };
    const frames = decodeRun(bytes, head, core.keys.hash);
    if (frames instanceof Refused) return refuse('AMP-1701', `The page is no run: ${frames.reason}.`, 'run');
    if (!areSigned(frames.map(frameSignature))) return badSignature();
    space.give({ type: 'page-received', from, frames: frames as Verified<Frame>[], hasMore });
    return accept(undefined);
  }

  function areSigned(claims: readonly SignatureClaim[]): boolean {
    return claims.every((claim) => checkSignature(core.keys, claim));
  }

  /** A record that a replica takes without asking `maySign`: the session key must be the author's. */
  function isVouched({ author, key }: { readonly author: Did; readonly key?: Did }): boolean {
    return key === undefined || vouchers.find(author, key)?.scopes.includes('frames') === true;
  }

  // Local agents.

  function take(agent: LocalAgent, message: EdgeMessage): boolean {
    switch (message.type) {
      case 'claim':
        return takeEdit(agent, message, (space) => prepareClaim(agent, space, message));
      case 'attest':
        return takeEdit(agent, message, (space) => prepareAttestation(space, message));
      case 'relate':
        return takeEdit(agent, message, () => prepareRelation(agent, message));
      case 'retract':
        return takeEdit(agent, message, (space) => prepareRetraction(agent, space, message));
      case 'deposit':
        return takeEdit(agent, message, (space) => prepareDeposit(agent, space, message));
      case 'sense':
        return takeSense(agent, message);
      case 'query':
        return isMemoryKind(message.what) && takeQuery(agent, message, message.what);
      case 'subscribe':
        return message.filter.topic === 'graph' && takeSubscription(agent, message);
      case 'unsubscribe':
        for (const space of spaces.values())
          unsubscribe(space, subscriptionOf(agent.did, message.subscription));
        return false;
      default:
        return false;
    }
  }

  /** What is to be written, and what the answer names it. */
  interface Prepared {
    readonly edits: readonly Edit[];
    readonly entity: string;
  }

  function takeEdit(
    agent: LocalAgent,
    message: {
      readonly type: string;
      readonly space?: string | undefined;
      readonly request?: string | undefined;
    },
    prepare: (space: MemorySpace) => Checked<Prepared>,
  ): true {
    const allowed = enter(agent, (message.space ?? 'commons') as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, message.request);
    const prepared = prepare(allowed.value);
    if (!prepared.ok) return fail(agent, prepared.refusal, message.request);
    const key = agent.isHosted ? undefined : (agent.attachment.sessionKey as Did);
    vouchers.take([agent.attachment]);
    const version = String(membersOf(allowed.value.id)?.version ?? 0);
    allowed.value.edit(agent.did, key, version, prepared.value.edits, (outcome) =>
      answerEdit(agent, message, prepared.value.entity, outcome),
    );
    return true;
  }

  function answerEdit(
    agent: LocalAgent,
    message: { readonly type: string; readonly request?: string | undefined },
    entity: string,
    outcome: EditOutcome,
  ): void {
    if (!outcome.ok) {
      const refusal = { code: outcome.code, message: `Not written: ${outcome.reason}.`, path: '' } as const;
      return void fail(agent, refusal, message.request);
    }
    if (message.request === undefined) return;
    const { epoch, seq } = outcome;
    reply(agent, message.request, message.type, { items: [{ entity, epoch, seq }] }, true);
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

  function prepareClaim(
    agent: LocalAgent,
    _space: MemorySpace,
    { claim }: EdgeMessageOf<'claim'>,
  ): Checked<Prepared> {
    const { id, ...body } = claim;
    const own = id ?? toHex(core.rng.bytes(8));
    if (typeof own !== 'string' || !/^[\w.:-]{1,128}$/.test(own))
      return refuse(
        'AMP-1705',
        'The id is no word of at most 128 letters, digits, ".", ":", "_", "-".',
        'claim.id',
      );
    const edit = claimEdit(own, { at: core.clock.nowMs(), ...body });
    return edit.ok
      ? accept({ edits: [edit.value], entity: `${agent.did}/${own}` })
      : under('claim', edit.refusal);
  }

  /** An attestation is of the content as its author sees it now; `conflict` with `keep` is a vote how to resolve. */
  function prepareAttestation(
    { graph }: MemorySpace,
    { attestation }: EdgeMessageOf<'attest'>,
  ): Checked<Prepared> {
    if (attestation.conflict !== undefined) {
      const vote = resolveEdit({ at: core.clock.nowMs(), ...attestation });
      return vote.ok
        ? accept({ edits: [vote.value], entity: String(attestation.conflict) })
        : under('attestation', vote.refusal);
    }
    const node = graph.view.nodes.get(String(attestation.target));
    if (node === undefined)
      return refuse(
        'AMP-1706',
        `There is no entity ${String(attestation.target)} here.`,
        'attestation.target',
      );
    const content = contentDigest(node, (text) => toHex(core.keys.hash(utf8(text))));
    const edit = attestEdit({ at: core.clock.nowMs(), content, ...attestation });
    return edit.ok
      ? accept({ edits: [edit.value], entity: String(attestation.target) })
      : under('attestation', edit.refusal);
  }

  function prepareRelation(agent: LocalAgent, { relation }: EdgeMessageOf<'relate'>): Checked<Prepared> {
    const { id, ...body } = relation;
    const text = JSON.stringify([body.kind, body.from, body.to]);
    const own = typeof id === 'string' ? id : toHex(core.keys.hash(utf8(text))).slice(0, 16);
    const edit = relateEdit(own, { at: core.clock.nowMs(), ...body });
    return edit.ok
      ? accept({ edits: [edit.value], entity: `${agent.did}/r/${own}` })
      : under('relation', edit.refusal);
  }

  /** `<own did>/<id>` for a claim, `<own did>/r/<id>` for a relation. */
  function prepareRetraction(
    agent: LocalAgent,
    { replica }: MemorySpace,
    { entity, reason }: EdgeMessageOf<'retract'>,
  ): Checked<Prepared> {
    const own = entity.startsWith(`${agent.did}/`) ? entity.slice(agent.did.length + 1) : undefined;
    const key = own?.startsWith('r/') ? own : `e/${own}`;
    if (own === undefined || replica.find(agent.did, key) === undefined)
      return refuse('AMP-1706', `${entity.slice(0, 200)} is nothing that this agent wrote here.`, 'entity');
    const edit = retractEdit(key, { at: core.clock.nowMs(), ...(reason === undefined ? {} : { reason }) });
    return edit.ok ? accept({ edits: [edit.value], entity }) : edit;
  }

  function prepareDeposit(
    agent: LocalAgent,
    { traces }: MemorySpace,
    { location, kind, amount, halfLifeMs }: EdgeMessageOf<'deposit'>,
  ): Checked<Prepared> {
    const nowMs = core.clock.nowMs();
    const edit = traces.deposit(agent.did, { location, kind, amount, halfLifeMs }, nowMs);
    if (!edit.ok) return edit;
    const vanished = traces.collect(agent.did, nowMs).filter(({ key }) => key !== edit.value.key);
    return accept({ edits: [...vanished.slice(0, collectedMax), edit.value], entity: location });
  }

  function takeSense(agent: LocalAgent, message: EdgeMessageOf<'sense'>): true {
    const allowed = enter(agent, (message.space ?? 'commons') as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, message.request);
    const traces = allowed.value.traces.sense(message.location, core.clock.nowMs(), message.prefix === true);
    agent.link?.send(
      JSON.stringify({ type: 'sensed', request: message.request, traces: traces.slice(0, answersMax) }),
    );
    return true;
  }

  function takeQuery(agent: LocalAgent, message: EdgeMessageOf<'query'>, what: MemoryKind): true {
    const id = spaceOfFilter(what, message.filter);
    if (!id.ok) return fail(agent, id.refusal, message.request);
    const allowed = enter(agent, id.value as SpaceId);
    if (!allowed.ok) return fail(agent, allowed.refusal, message.request);
    const space = allowed.value;
    reply(agent, message.request, what, ask(space, what, message.filter, message), isComplete(space));
    return true;
  }

  function ask(
    space: MemorySpace,
    what: MemoryKind,
    filter: unknown,
    { text, limit }: { readonly text?: string | undefined; readonly limit?: number | undefined },
  ): MemoryAnswer {
    const question = {
      what,
      filter,
      text,
      limit: Math.min(limit ?? 100, answersMax),
      nowMs: core.clock.nowMs(),
    };
    return askMemory(space, vectors, question);
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
    const name = subscriptionOf(agent.did, subscription);
    allowed.value.tellGraph({ type: 'subscribe', subscription: name, filter: filter as never });
    subscriptionNames.add(name);
    return true;
  }

  const subscriptionNames = new Set<string>();

  function unsubscribe(space: MemorySpace, name: string): void {
    if (subscriptionNames.has(name)) space.tellGraph({ type: 'unsubscribe', subscription: name });
  }

  function onGraph(
    id: SpaceId,
    effect: Parameters<Parameters<typeof createMemorySpace>[0]['onGraph']>[0],
  ): void {
    switch (effect.type) {
      case 'notify':
        return notify(id, effect.subscription, effect.changes);
      case 'need-closed':
        return core.note({ kind: 'need-closed', space: id, need: effect.need });
      case 'call-for-help':
        return callForHelp(id, effect.need, effect.capability);
    }
  }

  function notify(
    id: SpaceId,
    name: string,
    changes: readonly { readonly id: string; readonly status: string | undefined }[],
  ): void {
    const [did, subscription] = name.split(' ') as [Did, string];
    const view = spaces.get(id)?.graph.view;
    const shown = changes.slice(0, changesPerEventMax).map((one) => ({ ...one, entity: view?.find(one.id) }));
    core.turn.afterCommit(() => {
      const event = { kind: 'graph', space: id, changes: shown };
      agents.get(did)?.link?.send(JSON.stringify({ type: 'event', subscription, event }));
    });
  }

  /** The need's author asks: one call in the mesh, however many nodes see the need. */
  function callForHelp(id: SpaceId, need: string, capability: string): void {
    const author = agents.get(need.slice(0, need.indexOf('/')) as Did);
    if (author === undefined) return;
    core.note({ kind: 'call-for-help', space: id, need, agent: author.did });
    components.say(author, { type: 'broadcast', query: capability, context: { space: id, need } });
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

  function historySpace(filter: JsonObject): Checked<string> {
    return typeof filter.space === 'string'
      ? accept(filter.space)
      : refuse('AMP-1005', 'Name the space.', 'filter.space');
  }

  /** What was written, oldest first; with `entity` only about that one. */
  function history({ id }: MemorySpace, { entity }: JsonObject, limit: number): MemoryAnswer {
    const stored = readStoredFrames(core.store, core.mesh, id, core.keys.hash);
    const place = { mesh: core.mesh, space: id, hash: core.keys.hash };
    const changes = replayChanges(place, stored.frames, membersOf(id)).changes;
    const items = changes.filter((one) => typeof entity !== 'string' || isAbout(one, entity));
    return { items: items.slice(-limit), explain: { total: items.length } };
  }

  function start(): void {
    for (const id of listStoredSpaces(core.store)) if (isOurs(id)) open(id);
  }

  return {
    take,
    forget(did) {
      for (const name of [...subscriptionNames]) {
        if (!name.startsWith(`${did} `)) continue;
        for (const space of spaces.values()) unsubscribe(space, name);
        subscriptionNames.delete(name);
      }
    },
    takePacket,
    membersChanged(id) {
      const space = spaces.get(id);
      if (space === undefined) return;
      space.setPolicy(policyOf(id));
      space.give({ type: 'membership-changed' });
      space.greet();
    },
    greetNode(node) {
      for (const space of spaces.values()) if (holders(space.id).includes(node)) space.greet();
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
    look(what, filter, text, limit) {
      const read =
        what === 'history'
          ? historySpace(filter)
          : isMemoryKind(what)
            ? spaceOfFilter(what, filter)
            : undefined;
      if (read === undefined) return refuse('AMP-1005', `There is no view "${what}" of a space.`, 'what');
      if (!read.ok) return read;
      const space = spaces.get(read.value as SpaceId);
      if (space === undefined)
        return refuse('AMP-1401', 'This node keeps no memory of that space.', 'filter.space');
      if (!isMemoryKind(what)) return accept(history(space, filter, limit ?? answersMax));
      const question = { what, filter, text, limit: limit ?? 100, nowMs: core.clock.nowMs() };
      return accept(askMemory(space, vectors, question));
    },
    space: (id) => spaces.get(id),
    start,
    stop() {
      for (const space of spaces.values()) space.close();
    },
  };
}

/** Entities in one answer. */
const answersMax = 1_000;
const changesPerEventMax = 256;

function subscriptionOf(agent: Did, subscription: string): string {
  return `${agent} ${subscription}`;
}

function packFrames(frames: readonly Frame[]): Frame[][] {
  const batches: Frame[][] = [];
  let bytes = 0;
  for (const frame of frames) {
    const last = batches.at(-1);
    bytes += frame.update.length;
    if (last !== undefined && last.length < framesPerPacketMax && bytes <= packetUpdateBytesMax)
      last.push(frame);
    else {
      batches.push([frame]);
      bytes = frame.update.length;
    }
  }
  return batches;
}

function under(path: string, refusal: Refusal): ReturnType<typeof refuse> {
  return refuse(refusal.code, refusal.message, refusal.path === '' ? path : `${path}.${refusal.path}`);
}

function badSignature(): ReturnType<typeof refuse> {
  return refuse('AMP-1101', 'A signature over shared memory does not match.');
}
