/**
 * A copy of a space that the agent keeps itself. It is one more replica: it follows its node's, checks every signature,
 * chain and write by the same code as nodes do, and answers when no node is there. What the agent writes meanwhile waits
 * here and goes out, in order and once, when a node is back.
 *
 * A node can hold back what it has; it cannot change, forge or reorder anything without being found out.
 */
import {
  createScopes,
  memoryPageBytesMax,
  readBody,
  readMemoryBody,
  readPolicy,
  type Scopes,
  scopesIn,
  standingIn,
  writeBody,
} from '../../crdt/exchange/index.ts';
import {
  createReplica,
  defaultPolicy,
  type EntryChange,
  GraphView,
  type Head,
  type ReplicaEffect,
  type ReplicaInput,
  TraceView,
} from '../../crdt/index.ts';
import type { NodeId, SpaceId } from '../../protocol/brand.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Agent } from '../agent.ts';
import { sha256 } from '../sha256.ts';
import { createChecker } from './checker.ts';
import { answerFrom, type CopyAnswers } from './copy-answers.ts';
import { createOutbox, type Outbox } from './copy-outbox.ts';
import { type CopyStore, createCopyRecords, createCopyRows } from './copy-records.ts';

export interface FollowInit {
  /** Where the copy keeps what it holds. @default memory only */
  readonly store?: CopyStore;
  /** The owner that the first version of the members must be signed by. Without it the first one shown is believed. */
  readonly founder?: string;
  /** Turns texts into vectors of one space, all of one length, for questions by meaning. */
  readonly embed?: (text: string) => Float32Array;
  /**
   * The node said what its author did not sign, or an author said two things in one place. Without a listener the
   * copy just does not take it.
   */
  readonly onProblem?: (error: AmpError) => void;
}

export interface MemoryCopy extends CopyAnswers, Pick<Outbox, 'claim' | 'attest' | 'relate' | 'retract'> {
  readonly space: string;
  /** Writes that wait for a node. */
  readonly waitingCount: number;
  /** How far each author's chains go here. */
  heads(): readonly Head[];
  /** Resolves once all that the node holds now is here. @throws AmpError when no node can be asked. */
  untilCurrent(): Promise<void>;
  /** Something changed; the answer ends it. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/** How often the copy tells its node how far it is, beside what the node tells at each change. */
const summaryIntervalMs = 2_000;
const summaryTimer = 'replica-summary';

export async function followMemory(agent: Agent, space: string, init: FollowInit = {}): Promise<MemoryCopy> {
  const store = init.store ?? createCopyRows();
  const isSigned = createChecker();
  const records = createCopyRecords({ store, isSigned }, { mesh: agent.mesh, space, founder: init.founder });
  const membership = standingIn(space as SpaceId, records, records.members);
  const replica = createReplica(
    { hash: sha256, membership },
    { mesh: agent.mesh, space, summaryIntervalMs, pageBytesMax: memoryPageBytesMax },
  );
  const digest = (text: string) => toHex(sha256(utf8(text)));
  const graph = new GraphView({ digest });
  const traces = new TraceView();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const listeners = new Set<() => void>();
  const place = { mesh: agent.mesh, space, hash: sha256, attachments: records };
  let scopes: Scopes = createScopes(undefined);
  let policyText = '';
  let isClosed = false;
  /** Signatures take their time; bodies are taken in the order in which they came. */
  let lastTaken: Promise<void> = Promise.resolve();

  function give(input: DistributiveOmit<ReplicaInput, 'atMs'>): void {
    if (isClosed) return;
    const effects = replica.step({ ...input, atMs: Date.now() } as ReplicaInput);
    for (const effect of effects) perform(effect);
  }

  function perform(effect: ReplicaEffect): void {
    switch (effect.type) {
      case 'persist':
        return store.commit([effect]);
      case 'load': {
        const rows = store.scan(effect.bucket, effect.fromKey, effect.toKey, effect.limit);
        return give({ type: 'loaded', request: effect.request, rows });
      }
      case 'set-timer': {
        clearTimeout(timers.get(effect.timer));
        const fire = () => give({ type: 'timer-fired', timer: effect.timer });
        return void timers.set(effect.timer, setTimeout(fire, Math.max(0, effect.dueAtMs - Date.now())));
      }
      case 'view-changed':
        return show(effect.changes);
      case 'frozen': {
        graph.markForked(effect.author);
        const { author, epoch, seq } = effect;
        return report(`${author} wrote two things after frame ${seq} of ${epoch}.`, { author, epoch, seq });
      }
      case 'publish-checkpoint':
      case 'publish-proof':
      case 'send-checkpoint':
      case 'send-summary':
      case 'request-range':
      case 'send-page':
        return void agent.tellNode({ type: 'sync', body: writeBody(effect, place) });
      default:
        // The copy writes nothing itself; what its replica ignores is everyday life.
        return;
    }
  }

  function report(what: string, facts: Readonly<Record<string, unknown>>): void {
    init.onProblem?.(new AmpError('AMP-1723', what, { space, ...facts }));
  }

  // Views.

  function show(changes: readonly EntryChange[]): void {
    const within = scopes.isOpen ? changes : changes.map(scoped);
    graph.apply(within);
    traces.apply(within);
    outbox.show(within);
    for (const listener of listeners) listener();
  }

  function scoped(change: EntryChange): EntryChange {
    const isIn = change.value === undefined || scopes.mayWrite(change.author, change);
    return isIn ? change : { ...change, value: undefined };
  }

  function judgeAgain(): void {
    const { policy } = records.members() ?? {};
    const next = readPolicy(policy) ?? defaultPolicy;
    if (JSON.stringify(next) !== policyText) graph.rejudge(next);
    policyText = JSON.stringify(next);
    scopes = scopesIn(policy);
    graph.learnOwners(records.owners());
    show([...replica.entries()]);
  }

  // The node.

  async function take(object: Record<string, unknown>): Promise<void> {
    if (object.space !== space || isClosed) return;
    const read = readMemoryBody(object as JsonObject);
    if (!read.ok) return report(`The node's words have no form: ${read.refusal.message}`, {});
    const body = read.value;
    const heard = readBody(body, place);
    if (!heard.ok) return report(heard.refusal.message, { kind: body.kind });
    const { inputs, claims, signers } = heard.value;
    const hasVouchers = !('attachments' in body) || (await records.takeAttachments(body.attachments));
    const areSigned = (await Promise.all(claims.map(isSigned))).every(Boolean);
    const areVouched = signers.every(
      ({ author, key }) => key === undefined || records.find(author, key)?.scopes.includes('frames') === true,
    );
    if (!hasVouchers || !areSigned || !areVouched)
      return report('What the node passed on is not signed by its author.', { kind: body.kind });
    graph.learnOwners(records.owners());
    // There is one other replica: what is meant for it goes to the node, whatever it is called.
    const from = agent.did as string as NodeId;
    for (const input of inputs) give({ ...input, from } as DistributiveOmit<ReplicaInput, 'atMs'>);
  }

  async function takeMembers(record: unknown): Promise<void> {
    if ((record as { readonly space?: unknown } | undefined)?.space !== space || isClosed) return;
    if (!(await records.takeMembers(record)))
      return report("The members' record that the node showed is not by an owner.", {});
    judgeAgain();
    give({ type: 'membership-changed' });
  }

  function inOrder(work: () => Promise<void>): void {
    lastTaken = lastTaken.then(work).catch((error: unknown) => {
      report(`The copy could not take what the node said: ${String(error)}`, {});
    });
  }

  async function fetchMembers(): Promise<void> {
    if (space === 'commons' || !agent.isUp) return;
    const { explain } = await agent.query('space', space);
    if (explain?.members !== undefined) await takeMembers(explain.members);
  }

  function greet(): void {
    inOrder(async () => {
      await fetchMembers().catch((error: unknown) => {
        // Without a connection, or before the node knows the space: the next greeting asks again.
        if (!(error instanceof AmpError)) throw error;
      });
      give({ type: 'timer-fired', timer: summaryTimer });
    });
  }

  const outbox = createOutbox({ agent, space, store, digest, graph });
  const endings = [
    agent.on('sync', (body) => inOrder(() => take(body))),
    agent.on('members', (record) => inOrder(() => takeMembers(record))),
    agent.on('up', () => {
      greet();
      outbox.flush();
    }),
  ];
  if (records.members() !== undefined) judgeAgain();
  give({ type: 'start' });
  greet();
  await lastTaken;
  outbox.load();

  async function untilCurrent(): Promise<void> {
    const { items } = await agent.query('heads', undefined, { space });
    const isHere = ({ author, epoch, seq, hash }: Head) =>
      replica
        .heads()
        .some(
          (one) =>
            one.author === author &&
            one.epoch === epoch &&
            (one.seq > seq || (one.seq === seq && one.hash === hash)),
        );
    const areHere = () => (items as Head[]).every(isHere);
    if (areHere()) return;
    const done = Promise.withResolvers<void>();
    const end = copy.onChange(() => {
      if (areHere()) done.resolve();
    });
    const endLost = agent.on('down', () =>
      done.reject(new AmpError('AMP-1503', 'The node went away before the copy had all of it.')),
    );
    give({ type: 'timer-fired', timer: summaryTimer });
    try {
      await done.promise;
    } finally {
      end();
      endLost();
    }
  }

  const copy: MemoryCopy = {
    space,
    ...answerFrom({ graph, traces, embed: init.embed }),
    claim: outbox.claim,
    attest: outbox.attest,
    relate: outbox.relate,
    retract: outbox.retract,
    get waitingCount() {
      return outbox.waitingCount;
    },
    heads: replica.heads,
    untilCurrent,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      isClosed = true;
      for (const end of endings) end();
      for (const timer of timers.values()) clearTimeout(timer);
      outbox.close();
    },
  };
  return copy;
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;
