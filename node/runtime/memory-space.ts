/** One shared space on one node: its replica, and the views that it feeds: graph, traces, shared values, documents. */
import { createScopes, memoryPageBytesMax, type Scopes } from '../../crdt/exchange/index.ts';
import {
  type Checkpoint,
  ClassicView,
  checkpointSigningBytes,
  createGraph,
  createReplica,
  defaultPolicy,
  type EntryChange,
  type ForkProof,
  type Frame,
  frameSigningBytes,
  type Graph,
  type GraphEffect,
  type GraphInput,
  type Membership,
  type Policy,
  type Replica,
  type ReplicaEffect,
  type ReplicaInput,
  sealCheckpoint,
  sealFrame,
  TraceView,
} from '../../crdt/index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import type { Verified } from '../../protocol/signing.ts';
import { isTimeToLook, isWorthCompacting } from './memory-compaction.ts';
import { DocumentShelf, type DocumentUpdate } from './memory-shared.ts';
import { createMemoryVectors } from './memory-vectors.ts';
import type { PeerCore } from './peer-core.ts';

/** What leaves a space for other nodes. */
export type Outgoing = Extract<
  ReplicaEffect,
  {
    readonly type:
      | 'publish-frame'
      | 'publish-checkpoint'
      | 'publish-proof'
      | 'send-checkpoint'
      | 'send-summary'
      | 'request-range'
      | 'send-page';
  }
>;

export interface MemorySpaceComponents {
  readonly core: PeerCore;
  readonly membership: Membership;
  readonly vectors: VectorSource;
  readonly send: (effect: Outgoing) => void;
  readonly onGraph: (
    effect: Extract<GraphEffect, { type: 'notify' | 'call-for-help' | 'need-closed' }>,
  ) => void;
  /** Updates of shared documents came, by document. */
  readonly onDocuments: (fresh: ReadonlyMap<string, readonly DocumentUpdate[]>) => void;
  /** Chains grew. */
  readonly onChanged: (changes: readonly EntryChange[]) => void;
  readonly onFrozen: (author: Did, epoch: string, seq: number, proof: ForkProof) => void;
}

export type EditOutcome =
  | { readonly ok: true; readonly epoch: string; readonly seq: number }
  | { readonly ok: false; readonly code: 'AMP-1702' | 'AMP-1704'; readonly reason: string };

export interface MemorySpace {
  readonly id: SpaceId;
  readonly replica: Replica;
  readonly graph: Graph;
  readonly traces: TraceView;
  readonly classic: ClassicView;
  readonly documents: DocumentShelf;
  /** A peer was heard: what is here may be complete. */
  isHeard: boolean;
  isReady(): boolean;
  give(input: DistributiveOmit<ReplicaInput, 'atMs'>): void;
  tellGraph(input: DistributiveOmit<GraphInput, 'atMs'>): void;
  /** Write as a local author; `key` signs for it when it is not the author's own. */
  edit(
    author: Did,
    key: Did | undefined,
    members: string,
    edits: Extract<ReplicaInput, { type: 'local-edit' }>['edits'],
    done: (outcome: EditOutcome) => void,
  ): void;
  /** Compare with this node, or with others in turn, now. */
  greet(node?: NodeId): void;
  setPolicy(policy: Policy): void;
  /** Who may write and read what: entries outside their author's scope leave the views, those within come back. */
  setScopes(scopes: Scopes): void;
  scopes(): Scopes;
  /** Call back once every text here has its vector: before a question by meaning. */
  whenEmbedded(done: () => void): void;
  /** Close all writers, so that their epochs go on after a restart. */
  close(): void;
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

/** Others hear what is here this often, and spread it from there. */
const summaryIntervalMs = 1_000;
/** Where nothing is written and nothing differs. Measured: replicas agree as soon after a partition as with 1 s. */
const summaryIntervalMaxMs = 2_000;
/** Everyone may write little in the commons: 1 MiB at once, 4 KiB each second. */
const commonsAllowance = { authorBurstBytes: 1024 * 1024, authorBytesPerSecond: 4 * 1024 };
const summaryTimer = 'replica-summary';

export function createMemorySpace(components: MemorySpaceComponents, id: SpaceId): MemorySpace {
  const { core, vectors } = components;
  const digest = (text: string) => toHex(core.keys.hash(utf8(text)));
  const isBuiltin = vectors.space.startsWith('builtin');
  const graph = createGraph(
    // Only the built-in embedder is the same on every node, to the last bit.
    isBuiltin ? { digest, similarity: (a, b) => dot(vectors.embed(a), vectors.embed(b)) } : { digest },
    { dimensions: vectors.dimensions },
  );
  const replica = createReplica(
    { hash: core.keys.hash, membership: components.membership },
    {
      mesh: core.mesh,
      space: id,
      summaryIntervalMs,
      summaryIntervalMaxMs,
      pageBytesMax: memoryPageBytesMax,
      ...(id === 'commons' ? commonsAllowance : {}),
    },
  );
  const traces = new TraceView();
  const classic = new ClassicView();
  const documents = new DocumentShelf();
  const waiting = new Map<string, (outcome: EditOutcome) => void>();
  const writers = new Map<Did, Did | undefined>();
  /** The version of the members that a writer named last. */
  const versions = new Map<Did, string>();
  const textVectors = createMemoryVectors(
    { core, vectors, learn: (known) => tellGraph({ type: 'vectors-known', vectors: known }) },
    id,
  );
  let policyText = JSON.stringify(defaultPolicy);
  let scopes = createScopes(undefined);
  let isReady = false;
  let requestNumber = 0;

  function give(input: DistributiveOmit<ReplicaInput, 'atMs'>): void {
    const effects = replica.step({ ...input, atMs: core.clock.nowMs() } as ReplicaInput);
    for (const effect of effects) perform(effect);
  }

  function perform(effect: ReplicaEffect): void {
    switch (effect.type) {
      case 'ignored':
        if (effect.reason !== 'in-step') core.countIgnored('memory', effect.reason);
        return;
      case 'persist':
        return core.turn.persist(effect.bucket, effect.key, effect.value);
      case 'set-timer':
        return core.timers.apply(`memory ${id}`, effect, (timer) => give({ type: 'timer-fired', timer }));
      case 'load': {
        const rows = core.store.scan(effect.bucket, effect.fromKey, effect.toKey, effect.limit);
        return give({ type: 'loaded', request: effect.request, rows });
      }
      case 'ready':
        isReady = true;
        return;
      case 'sign-frame':
        return signFrame(effect);
      case 'sign-checkpoint': {
        const sig = core.keys.sign(effect.signer, checkpointSigningBytes(effect.content));
        const checkpoint = sealCheckpoint(effect.content, sig) as Verified<Checkpoint>;
        return give({ type: 'checkpoint-signed', request: effect.request, checkpoint });
      }
      case 'view-changed':
        return takeChanges(effect.changes);
      case 'frozen':
        tellGraph({ type: 'author-forked', author: effect.author });
        return components.onFrozen(effect.author, effect.epoch, effect.seq, effect.proof);
      case 'edited':
        return settle(effect.request, { ok: true, epoch: effect.epoch, seq: effect.seq });
      case 'edit-refused':
        return settle(effect.request, { ok: false, code: effect.code, reason: effect.reason });
      case 'compacted': {
        const { author, next, supersedes } = effect.checkpoint;
        const frames = supersedes.reduce((sum, head) => sum + head.seq + 1, 0);
        return core.note({ kind: 'compacted', space: id, author, frames, into: next.seq + 1 });
      }
      default:
        return components.send(effect);
    }
  }

  /** What an author wrote outside its scope is in no view. */
  function takeChanges(written: readonly EntryChange[]): void {
    components.onChanged(written);
    showChanges(scopes.isOpen ? written : written.map(scoped));
  }

  function scoped(change: EntryChange): EntryChange {
    if (change.value === undefined || scopes.mayWrite(change.author, change)) return change;
    core.countIgnored('memory', 'outside-write-scope');
    return { ...change, value: undefined };
  }

  function showChanges(changes: readonly EntryChange[]): void {
    traces.apply(changes);
    classic.apply(changes);
    const fresh = documents.apply(changes);
    if (fresh.size > 0) components.onDocuments(fresh);
    for (const { author, key, value } of changes)
      if (value === undefined && key.startsWith('e/')) textVectors.forget(`${author}/${key.slice(2)}`);
    tellGraph({ type: 'entries-changed', changes });
  }

  function signFrame({ request, signer, content }: Extract<ReplicaEffect, { type: 'sign-frame' }>): void {
    if (!core.keys.has(signer)) return give({ type: 'sign-failed', request, reason: 'key-not-here' });
    const sig = core.keys.sign(signer, frameSigningBytes(content));
    const frame = sealFrame(content, sig, core.keys.hash) as Verified<Frame>;
    give({ type: 'frame-signed', request, frame });
  }

  /** In the same commit as the write that brought it on. */
  function compact(author: Did, members: string): void {
    // Written again into a fresh epoch, what counts by a right of then would count no more.
    const isOld = (entry: EntryChange) => entry.author === author && scopes.standsByEarlier(author, entry);
    if (!isWorthCompacting(replica, author) || [...replica.entries()].some(isOld)) return;
    requestNumber += 1;
    const request = `c${requestNumber}`;
    give({ type: 'compact-author', author, request, members, freshEpoch: toHex(core.rng.bytes(16)) });
  }

  function settle(request: string, outcome: EditOutcome): void {
    waiting.get(request)?.(outcome);
    waiting.delete(request);
  }

  function tellGraph(input: DistributiveOmit<GraphInput, 'atMs'>): void {
    const effects = graph.step({ ...input, atMs: core.clock.nowMs() } as GraphInput);
    for (const effect of effects) {
      if (effect.type === 'ignored') core.countIgnored('graph', effect.reason);
      else if (effect.type === 'embed') textVectors.want(effect.texts);
      else if (effect.type === 'quote') keepQuote(effect);
      // What was open before a restart was told before it.
      else if (isReady || effect.type === 'notify') components.onGraph(effect);
    }
  }

  /** What a fork cuts off, kept by the local agents who attested it; by any one if a certificate stands for it. */
  function keepQuote({ attesters, certificate, edit }: Extract<GraphEffect, { type: 'quote' }>): void {
    const own = attesters.filter((author) => versions.has(author));
    const anyone = certificate === undefined ? [] : [...versions.keys()].slice(0, 1);
    for (const author of own.length > 0 ? own : anyone)
      space.edit(author, writers.get(author), versions.get(author)!, [edit], () => undefined);
  }

  const space: MemorySpace = {
    id,
    replica,
    graph,
    traces,
    classic,
    documents,
    isHeard: false,
    isReady: () => isReady,
    give,
    tellGraph,
    edit(author, key, members, edits, done) {
      if (writers.has(author) && writers.get(author) !== key) give({ type: 'close-writer', author });
      if (!writers.has(author) || writers.get(author) !== key) {
        const freshEpoch = toHex(core.rng.bytes(16));
        give({ type: 'open-writer', author, ...(key === undefined ? {} : { key }), freshEpoch });
        writers.set(author, key);
      }
      versions.set(author, members);
      requestNumber += 1;
      const request = `e${requestNumber}`;
      waiting.set(request, (outcome) => {
        done(outcome);
        if (outcome.ok && isTimeToLook(outcome.seq)) core.turn.beforeCommit(() => compact(author, members));
      });
      give({ type: 'local-edit', author, request, members, edits });
    },
    greet: (node) =>
      give(node === undefined ? { type: 'timer-fired', timer: summaryTimer } : { type: 'holder-up', node }),
    setPolicy(policy) {
      const text = JSON.stringify(policy);
      if (text === policyText) return;
      policyText = text;
      tellGraph({ type: 'policy-changed', policy });
    },
    setScopes(next) {
      const moved = [...replica.entries()].filter(
        (entry) => scopes.mayWrite(entry.author, entry) !== next.mayWrite(entry.author, entry),
      );
      scopes = next;
      if (moved.length > 0) showChanges(moved.map(scoped));
    },
    scopes: () => scopes,
    whenEmbedded: textVectors.whenKnown,
    close() {
      for (const author of writers.keys()) give({ type: 'close-writer', author });
      writers.clear();
    },
  };
  return space;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
