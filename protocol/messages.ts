/**
 * The message types of AMP, the Agent Mesh Protocol: the one source from which TypeScript types, JSON Schemas
 * and the AsyncAPI document come. *Envelopes* are signed and travel between agents; *edge* messages pass only
 * between an agent and its node and are never signed or relayed.
 */
import * as z from 'zod';
import { coalitionBodies } from './coalition/bodies.ts';
import { contractBodies } from './contract-net/bodies.ts';
import { handoffBodies } from './handoff/bodies.ts';
import * as f from './message-fields.ts';

/** What every contribution to shared work can say of itself. */
const contribution = {
  content: f.content,
  references: f.references.optional(),
  /** Ids of the goal's requirements that this meets. */
  meets: f.requirementIds.optional(),
  confidence: f.share.optional(),
};

const task = { task: f.messageId };
const fenced = { ...task, fencing: f.count };
/** The message in the full form of the team machines (`contract-net/`, `coalition/`, `handoff/`), beside what all read. */
function inFull<Shape extends z.ZodRawShape>(shape: Shape) {
  return { terms: z.strictObject(shape).optional() };
}

/** Bodies of the signed types, by type. The groups are those of the protocol's documentation. */
export const envelopeBodies = {
  // presence
  leave: { reason: f.line.optional() },
  // asking
  /** In a space it states the goal, with what a good result must contain. */
  broadcast: {
    query: f.text,
    job: z.boolean().optional(),
    /** Never merged with an equal ask of somebody else. */
    private: z.boolean().optional(),
    requirements: z.array(f.requirement).max(64).optional(),
  },
  capability_match: {
    confidence: f.share,
    offer: f.content.optional(),
    /** Parts of the deliverable that the offering agent would make. */
    provides: z.array(f.requirement).max(64).optional(),
    /** Parts that somebody else would have to make. */
    requires: z.array(f.requirement).max(64).optional(),
    similarity: f.share.optional(),
  },
  // thinking together
  proposal: contribution,
  build_on: contribution,
  concern: {
    content: f.content,
    severity: z.enum(['note', 'should', 'must']).optional(),
    references: f.references.optional(),
  },
  question: { content: f.content, references: f.references.optional() },
  answer: { content: f.content, references: f.references.optional() },
  /** Supersedes an earlier contribution; names the concern that it answers. */
  revise: { ...contribution, supersedes: f.messageId, concern: f.messageId.optional() },
  review: {
    of: f.messageId,
    verdict: z.enum(['accept', 'change']),
    content: f.content.optional(),
    ...inFull(coalitionBodies.review),
  },
  // contract net
  cfp: {
    ...task,
    content: f.content,
    deadlineAt: f.unixMs,
    criteria: z.strictObject({ cost: f.share, time: f.share, quality: f.share }).optional(),
    skills: z.array(f.line).max(32).optional(),
    minConfidence: f.share.optional(),
    sealed: z.boolean().optional(),
    ...inFull(contractBodies.cfp),
  },
  bid: {
    ...task,
    confidence: f.share,
    cost: z.number().min(0).optional(),
    timeMs: f.durationMs.optional(),
    content: f.content.optional(),
    seal: f.sha256.optional(),
    ...inFull(contractBodies.bid),
  },
  refuse: { ...task, reason: f.line },
  award: {
    ...fenced,
    content: f.content.optional(),
    deadlineAt: f.unixMs.optional(),
    bids: z.array(f.sha256).max(256).optional(),
    ...inFull(contractBodies.award),
  },
  decline: { ...fenced, reason: f.line },
  progress: { ...fenced, share: f.share.optional(), content: f.content.optional() },
  partial: { ...fenced, index: f.count, content: f.content, ...inFull(contractBodies.partial) },
  result: {
    ...fenced,
    content: f.content,
    confidence: f.share.optional(),
    spent: f.budget.optional(),
    ...inFull(contractBodies.result),
  },
  failure: { ...fenced, reason: f.line, spent: f.budget.optional(), ...inFull(contractBodies.failure) },
  cancel: { ...task, reason: f.line.optional(), ...inFull(contractBodies.cancel) },
  // coalition
  invite: {
    goal: f.text,
    requirements: z.array(f.requirement).max(64).optional(),
    policy: f.jsonObject.optional(),
    /** Whoever accepts reads along and does not write. */
    reader: z.boolean().optional(),
    /** The signed member record that the invitation stands on; the node fills it in. */
    members: f.jsonObject.optional(),
    ...inFull(coalitionBodies.invite),
  },
  accept: { invitation: f.messageId, ...inFull(coalitionBodies.accept) },
  handoff: {
    ...task,
    content: f.content,
    full: z.boolean().optional(),
    ...inFull(handoffBodies.handoff),
  },
  handoff_response: {
    ...task,
    accepted: z.boolean(),
    reason: f.line.optional(),
    ...inFull(handoffBodies.handoff_response),
  },
  dissolve: { reason: f.line, outcome: f.jsonObject.optional() },
  // channels
  channel_open: {
    channel: f.messageId,
    protocol: f.name.optional(),
    windowBytes: f.count.optional(),
    /** To the own node, after a lost connection: the next word that this end expects. */
    resumeFrom: f.count.optional(),
  },
  /** `creditBytes` lets the other end send so much more; a word may grant without saying anything. */
  channel_data: {
    channel: f.messageId,
    seq: f.count,
    data: f.content.optional(),
    creditBytes: f.count.optional(),
  },
  channel_close: { channel: f.messageId, reason: f.line.optional(), seq: f.count.optional() },
  // deciding
  ballot: {
    decision: f.messageId,
    question: f.text,
    options: z.array(f.line).min(2).max(32),
    rule: f.name,
    deadlineAt: f.unixMs,
    /** The signed decision record with its electorate; the asker's node fills it in. */
    record: f.jsonObject.optional(),
  },
  decided: { decision: f.messageId, outcome: f.line, certificate: f.jsonObject.optional() },
  escalate: {
    question: f.text,
    options: z.array(f.line).max(32).optional(),
    opinions: f.jsonObject.optional(),
  },
  approve: {
    of: f.messageId,
    verdict: z.enum(['approve', 'deny']),
    /** The option chosen, where there was a choice. */
    option: f.line.optional(),
    reason: f.line.optional(),
  },
} as const;

/** Bodies of the messages between an agent and its node. */
export const edgeBodies = {
  // presence
  join: {
    /** A display name; with it a hosted agent, without a key of its own. */
    name: f.name.optional(),
    token: z.string().max(256).optional(),
    /** The secret that `welcome` gave a hosted agent at its first join. */
    resume: z.string().max(256).optional(),
    /** A sovereign agent's own DID. */
    did: f.did.optional(),
    /** The highest attachment `seq` that a sovereign agent remembers. */
    seq: f.unixMs.optional(),
    capabilities: z.array(f.jsonObject).max(32).optional(),
    /** Least similarity (0 to 1) at which a broadcast wakes the agent. */
    threshold: f.share.optional(),
    /** Ask the node for acknowledged delivery: the agent answers deliveries with receipts. */
    acknowledge: z.boolean().optional(),
    features: z.array(f.name).max(32).optional(),
  },
  welcome: {
    did: f.did,
    name: f.name,
    node: f.did,
    mesh: f.name,
    meshName: f.name,
    /** True when the node holds the agent's key. */
    hosted: z.boolean(),
    resume: z.string().optional(),
    /** Addresses of other nodes' agent sockets, to re-attach to when this one dies. */
    alternatives: z.array(z.string()).optional(),
    features: z.array(f.name),
    limits: z.record(z.string(), z.number()),
    /** The attachment's sequence number: a sovereign agent remembers it for its next join. */
    seq: f.unixMs,
  },
  announce: { capability: f.jsonObject },
  withdraw: { capability: f.name },
  /** An asker says how well another agent did a task: its node signs that as an outcome. */
  judge: { task: f.messageId, agent: f.did, score: f.share, capability: f.name.optional() },
  // deciding
  /** Ask the node to open a decision in a space: it writes the electorate down and sends the `ballot`. */
  decide: {
    decision: f.messageId,
    space: f.spaceId,
    question: f.text,
    options: z.array(f.line.min(1).max(256)).min(2).max(32),
    rule: f.name,
    deadlineAt: f.unixMs,
    /** Members who vote; all of them without it. */
    voters: z.array(f.did).min(1).max(256).optional(),
    /** For `weighted`: integers from 1 to 1,000 by DID; 1 for whoever is not named. */
    weights: z.record(z.string(), z.int().min(1).max(1_000)).optional(),
    /** Hand the question to a person when the agents do not decide it. */
    escalate: z.boolean().optional(),
  },
  /** This agent's answer; the node signs it as a ballot with the session key. */
  vote: {
    decision: f.messageId,
    /** One option; all approved ones for `approval`; the best first for `ranked`; none to abstain. */
    choice: z.array(f.line).max(32),
    leader: f.did.optional(),
    opinion: f.line.optional(),
  },
  // knowledge; with a `request` the answer is `found`, once what was written is on disk
  claim: { space: f.spaceId, claim: f.jsonObject, request: f.name.optional() },
  /** `{ target, stance }`, or `{ conflict, keep }` as a vote how to resolve a conflict. */
  attest: { space: f.spaceId, attestation: f.jsonObject, request: f.name.optional() },
  relate: { space: f.spaceId, relation: f.jsonObject, request: f.name.optional() },
  retract: { space: f.spaceId, entity: f.line, reason: f.line.optional(), request: f.name.optional() },
  /** Change what members count, set, collect or lease together; `found` tells what it holds now. */
  amend: {
    space: f.spaceId,
    kind: z.enum(['counter', 'register', 'set', 'last-writer-set', 'lease']),
    name: f.line.min(1).max(160),
    /** Of a counter: what to add, below 0 to take away. */
    by: z.int().min(-1_000_000_000).max(1_000_000_000).optional(),
    /** Of a register. */
    value: f.json.optional(),
    /** Of a set: the element. */
    add: f.line.min(1).optional(),
    remove: f.line.min(1).optional(),
    /** Of a lease: how long to hold it from now; 0 gives it back. */
    durationMs: f.durationMs.optional(),
    request: f.name.optional(),
  },
  /**
   * Of a space's owner: who may write and read which blocks of its memory from now on, by DID or `*`; without `scopes`
   * everyone everything. `found` tells the version of the members that says so.
   */
  scope: {
    space: f.spaceId,
    scopes: f.jsonObject.optional(),
    /** What was written by a right that this takes away stands, unless this is false. */
    keep: z.boolean().optional(),
    request: f.name.optional(),
  },
  /** One update of a document that members write together: the bytes of a Yjs update, or a part of them. */
  document: {
    space: f.spaceId,
    document: f.documentName,
    /** Own name of the update: the same one again changes nothing. */
    id: z.string().regex(/^[\w.:-]{1,64}$/),
    update: f.base64url.max(32 * 1024),
    /** Own earlier updates that this one holds: they go. */
    replaces: z
      .array(z.string().regex(/^[\w.:-]{1,64}$/))
      .max(128)
      .optional(),
    request: f.name.optional(),
  },
  query: {
    request: f.name,
    what: f.name,
    text: f.line.optional(),
    filter: f.jsonObject.optional(),
    limit: f.count.optional(),
  },
  found: {
    request: f.name,
    what: f.name,
    items: z.array(f.json),
    complete: z.boolean(),
    explain: f.jsonObject.optional(),
  },
  // traces
  deposit: {
    space: f.spaceId.optional(),
    location: f.line,
    kind: f.name,
    amount: z.number(),
    halfLifeMs: f.durationMs,
    request: f.name.optional(),
  },
  sense: { request: f.name, space: f.spaceId.optional(), location: f.line, prefix: z.boolean().optional() },
  sensed: { request: f.name, traces: z.array(f.jsonObject) },
  // streams
  subscribe: { subscription: f.name, filter: f.jsonObject },
  unsubscribe: { subscription: f.name },
  event: { subscription: f.name, event: f.jsonObject },
  // transport
  receipt: {
    level: z.enum(['accepted', 'stored', 'delivered', 'processed', 'dead']),
    ids: z.array(f.messageId).max(1_024),
    /** The receiver that reached the level; absent for `accepted`. */
    receiver: f.did.optional(),
    reason: f.line.optional(),
    facts: f.jsonObject.optional(),
  },
  error: {
    code: z.string(),
    message: z.string(),
    path: z.string().optional(),
    /** The id, or the request, of the message that was wrong, when it could be read. */
    about: z.string().optional(),
    facts: f.jsonObject.optional(),
  },
  ping: { nonce: f.line.optional() },
  pong: { nonce: f.line.optional() },
  sign_request: {
    request: f.name,
    purpose: z.enum(['challenge', 'attachment', 'record']),
    bytes: f.base64url,
  },
  signature: { request: f.name, signature: f.base64url },
  records: { records: z.array(f.jsonObject).max(64) },
  /** What replicas of a space say to each other: an agent that keeps a verified copy is one. Both ways. */
  sync: { body: f.jsonObject },
} as const;

const envelopeHead = {
  amp: z.literal('1'),
  id: f.messageId,
  mesh: f.name,
  from: f.did,
  /** A display name, when the agent has one. */
  name: f.name.optional(),
  /** The session key that signed, when it was not the key in `from`. */
  key: f.did.optional(),
  to: f.address.optional(),
  space: f.spaceId.optional(),
  thread: f.messageId.optional(),
  parent: f.reference.optional(),
  at: f.unixMs,
  ttlMs: f.durationMs,
  budget: f.budget.optional(),
  trace: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional(),
  context: f.jsonObject.optional(),
  attachments: z.array(f.fileReference).max(64).optional(),
  ext: f.jsonObject.optional(),
};

type EnvelopeBodies = typeof envelopeBodies;
type EdgeBodies = typeof edgeBodies;
export type EnvelopeType = keyof EnvelopeBodies;
export type EdgeType = keyof EdgeBodies;

const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes');

function envelopeSchema<Type extends EnvelopeType>(type: Type) {
  return z.strictObject({ ...envelopeHead, type: z.literal(type), ...envelopeBodies[type], sig: signature });
}

/**
 * A draft is what an agent types: the node fills `amp`, `id`, `mesh`, `at`, `ttlMs`, `from` and `sig`.
 * A `from` that is no DID is taken as a display name.
 */
function draftSchema<Type extends EnvelopeType>(type: Type) {
  return z.strictObject({
    ...envelopeHead,
    amp: envelopeHead.amp.optional(),
    id: f.messageId.optional(),
    mesh: f.name.optional(),
    from: z.string().min(1).max(128).optional(),
    at: f.unixMs.optional(),
    ttlMs: f.durationMs.optional(),
    type: z.literal(type),
    ...envelopeBodies[type],
    sig: signature.optional(),
  });
}

function edgeSchema<Type extends EdgeType>(type: Type) {
  return z.strictObject({ amp: z.literal('1').optional(), type: z.literal(type), ...edgeBodies[type] });
}

type EnvelopeSchemas = { readonly [Type in EnvelopeType]: ReturnType<typeof envelopeSchema<Type>> };
type DraftSchemas = { readonly [Type in EnvelopeType]: ReturnType<typeof draftSchema<Type>> };
type EdgeSchemas = { readonly [Type in EdgeType]: ReturnType<typeof edgeSchema<Type>> };

function mapTypes<Key extends string, Value>(
  keys: readonly Key[],
  make: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}

export const envelopeTypes = Object.keys(envelopeBodies) as EnvelopeType[];
export const edgeTypes = Object.keys(edgeBodies) as EdgeType[];

export const envelopeSchemas = mapTypes(envelopeTypes, envelopeSchema) as unknown as EnvelopeSchemas;
export const draftSchemas = mapTypes(envelopeTypes, draftSchema) as unknown as DraftSchemas;
export const edgeSchemas = mapTypes(edgeTypes, edgeSchema) as unknown as EdgeSchemas;

/** A signed message of one type. */
export type EnvelopeOf<Type extends EnvelopeType> = z.infer<EnvelopeSchemas[Type]>;
/** A signed message of any type. */
export type Envelope = { [Type in EnvelopeType]: EnvelopeOf<Type> }[EnvelopeType];
export type DraftOf<Type extends EnvelopeType> = z.infer<DraftSchemas[Type]>;
/** What an agent may send unsigned. */
export type Draft = { [Type in EnvelopeType]: DraftOf<Type> }[EnvelopeType];
export type EdgeMessageOf<Type extends EdgeType> = z.infer<EdgeSchemas[Type]>;
export type EdgeMessage = { [Type in EdgeType]: EdgeMessageOf<Type> }[EdgeType];
export type FileReference = z.infer<typeof f.fileReference>;
export type Requirement = z.infer<typeof f.requirement>;
export type Budget = z.infer<typeof f.budget>;

export function isEnvelopeType(type: string): type is EnvelopeType {
  return Object.hasOwn(envelopeBodies, type);
}

export function isEdgeType(type: string): type is EdgeType {
  return Object.hasOwn(edgeBodies, type);
}
