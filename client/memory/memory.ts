/** The shared memory of a space as an agent uses it: say what is so, support or dispute it, ask, and leave marks. */
import type { Agent } from '../agent.ts';
import { type FollowInit, followMemory, type MemoryCopy } from './copy.ts';
import { type BindInit, type BoundDocument, bindDocument } from './shared-document.ts';
import { openSharedValues, type SharedValues } from './shared-values.ts';
import { type MemoryMessage, newId, writeOnce, writeSurely } from './writing.ts';

/** What an agent claims. Everything enters as a hypothesis: the space's policy makes facts. */
export interface Claim {
  readonly type:
    | 'fact'
    | 'hypothesis'
    | 'question'
    | 'goal'
    | 'requirement'
    | 'need'
    | 'solution'
    | 'gap'
    | 'thread'
    | 'message'
    | 'intention';
  readonly text: string;
  /** Own name of the claim: claiming again under it replaces what was said. */
  readonly id?: string;
  readonly subject?: string;
  readonly predicate?: string;
  readonly value?: unknown;
  /** 0 to 1. */
  readonly confidence?: number;
  readonly polarity?: 'for' | 'against';
  readonly model?: string;
  readonly evidence?: readonly string[];
  readonly tags?: readonly string[];
  /** Of a need: what would meet it, in words. The node asks the mesh for it. */
  readonly capability?: string;
  readonly thread?: string;
  readonly participants?: readonly string[];
  readonly state?: 'active' | 'waiting' | 'settled';
}

export interface Attestation {
  readonly stance: 'support' | 'dispute' | 'abstain';
  readonly confidence?: number;
  readonly evidence?: readonly string[];
  readonly model?: string;
}

/** An entity with its status and where all of it comes from. */
export interface Known {
  readonly id: string;
  readonly author: string;
  readonly body: Claim;
  readonly status: string;
  /** Integer Unix ms. */
  readonly at: number;
  readonly support: number;
  readonly dispute: number;
  readonly conflicts: readonly string[];
  readonly isAuthorForked: boolean;
  readonly provenance: { readonly epoch: string; readonly seq: number };
  readonly attestations: readonly { readonly author: string; readonly stance: string }[];
  /** Of a question by meaning. */
  readonly similarity?: number;
}

export interface MemoryQuery {
  /** Near in meaning to this, best first. */
  readonly text?: string;
  /** Least similarity, 0 to 1, with `text`. */
  readonly min?: number;
  readonly ids?: readonly string[];
  readonly types?: readonly string[];
  readonly authors?: readonly string[];
  readonly statuses?: readonly string[];
  readonly subject?: string;
  readonly predicate?: string;
  readonly thread?: string;
  /** When it was said, Unix ms. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly relation?: { readonly kind: string; readonly to?: string; readonly from?: string };
}

export interface Mark {
  readonly location: string;
  /** Lower-case letters, digits and "-". */
  readonly kind: string;
  /** Above 0 reinforces, below 0 inhibits. */
  readonly amount: number;
  readonly halfLifeMs: number;
}

export interface SensedMark {
  readonly location: string;
  readonly kind: string;
  readonly amount: number;
  readonly authors: readonly string[];
}

export interface MemoryChange {
  readonly id: string;
  readonly before?: string;
  readonly status?: string;
  readonly entity?: Known;
}

/** Prefixes of blocks: `entity/<id>`, `type/<type>`, `thread/<id>`, `trace/<location>`, `shared/<name>`, `document/<name>`. */
export interface BlockScope {
  /** Without it everything. */
  readonly write?: readonly string[];
  readonly read?: readonly string[];
}

export interface Memory extends SharedValues {
  readonly space: string;
  /** Resolves with the entity's id once it is on the node's disk. Sent again after a lost connection. */
  claim(claim: Claim): Promise<string>;
  attest(target: string, attestation: Attestation | Attestation['stance']): Promise<void>;
  /** Resolves with the relation's id, which `retract` takes. */
  relate(kind: string, from: string, to: string): Promise<string>;
  retract(entity: string, reason?: string): Promise<void>;
  /** Vote which side of a conflict to keep. */
  resolve(conflict: string, keep: string, reason?: string): Promise<void>;
  query(query?: MemoryQuery): Promise<readonly Known[]>;
  conflicts(status?: 'open' | 'resolved'): Promise<readonly Record<string, unknown>[]>;
  /** Open questions, needs, goals, requirements and gaps. */
  open(): Promise<readonly Known[]>;
  /** Solved problems near in meaning: what need not be worked on again. */
  isKnown(problem: string, min?: number): Promise<readonly Known[]>;
  /** Not sent again after a lost connection: a mark that counts twice is worse than one that is missing. */
  deposit(mark: Mark): Promise<void>;
  sense(location: string, isPrefix?: boolean): Promise<readonly SensedMark[]>;
  /** Write a document together with the other members: a Yjs document that any editor can bind to. */
  document(name: string, init?: BindInit): BoundDocument;
  /**
   * As an owner of the space: who writes and reads which blocks from now on, by DID or `*`; without scopes everyone
   * everything. What was written by a right that this takes away stands, unless `keep` is false.
   */
  setScopes(scopes?: Readonly<Record<string, BlockScope>>, keep?: boolean): Promise<void>;
  /** Keep a verified copy of the space: it answers without a node, and sends what was written meanwhile. */
  follow(init?: FollowInit): Promise<MemoryCopy>;
  /** Hear changes that fit; the answer ends it. */
  subscribe(filter: Omit<MemoryQuery, 'text' | 'min'>, listener: (change: MemoryChange) => void): () => void;
}

/** The memory of a space that the agent is a member of, or of the `commons`. Every method throws what the node answers. */
export function openMemory(agent: Agent, space: string): Memory {
  async function ask<Item>(what: string, filter: object = {}, text?: string): Promise<readonly Item[]> {
    const asked = text === undefined ? {} : { text };
    const answer = await agent.askNode({ type: 'query', what, filter: { space, ...filter }, ...asked });
    return answer.items as Item[];
  }

  const write = async (message: MemoryMessage): Promise<string> =>
    (await writeSurely(agent, space, message)).entity;

  return {
    space,
    claim: (claim) => write({ type: 'claim', claim: { id: newId(), ...claim } }),
    async attest(target, said) {
      const attestation = typeof said === 'string' ? { stance: said } : said;
      await write({ type: 'attest', attestation: { target, ...attestation } });
    },
    relate: (kind, from, to) => write({ type: 'relate', relation: { kind, from, to } }),
    async retract(entity, reason) {
      await write({ type: 'retract', entity, ...(reason === undefined ? {} : { reason }) });
    },
    async resolve(conflict, keep, reason) {
      const why = reason === undefined ? {} : { reason };
      await write({ type: 'attest', attestation: { conflict, keep, ...why } });
    },
    query: ({ text, ...filter } = {}) => ask<Known>('graph', filter, text),
    conflicts: (status) => ask('conflicts', status === undefined ? {} : { status }),
    open: () => ask<Known>('open'),
    isKnown: (problem, min) => ask<Known>('known', min === undefined ? {} : { min }, problem),
    async deposit(mark) {
      await writeOnce(agent, space, { type: 'deposit', ...mark });
    },
    async sense(location, isPrefix = false) {
      const answer = await agent.askNode({ type: 'sense', space, location, prefix: isPrefix });
      return answer.traces as SensedMark[];
    },
    async setScopes(scopes, keep) {
      const stated = { ...(scopes === undefined ? {} : { scopes }), ...(keep === undefined ? {} : { keep }) };
      await writeOnce(agent, space, { type: 'scope', ...stated });
    },
    document: (name, init) => bindDocument(agent, space, name, init),
    ...openSharedValues(agent, space),
    follow: (init) => followMemory(agent, space, init),
    subscribe: (filter, listener) =>
      agent.subscribe({ topic: 'graph', space, ...filter }, (event) => {
        for (const change of event.changes as MemoryChange[]) listener(change);
      }),
  };
}
