/**
 * A document that members of a space write together, bound to the agent's node: whatever changes `doc` here goes to the
 * node as this agent's signed, chained frames, and what others wrote comes back. Any Yjs editor binds to `doc`.
 *
 * Members trust each other with it: an update can change what others wrote. What must be safe goes into the graph.
 */
import * as Y from 'yjs';
import { compareText, fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import type { Agent } from '../agent.ts';
import { newId, writeSurely } from './writing.ts';

/** Of one update on the wire, before base64url; a longer one goes in parts. */
export const partBytesMax = 24 * 1024;
/** From so many own updates on, the oldest are merged into one. Judgement: a page or two for a newcomer. */
const ownUpdatesMax = 64;
/** Own updates merged at once; the node takes as many names. */
const mergedMax = 128;

export interface BoundDocument {
  readonly doc: Y.Doc;
  /** All that the node had is in `doc`, and what only `doc` had is on its way. */
  readonly ready: Promise<void>;
  /** Resolves when every change made here so far is on the node's disk. */
  settled(): Promise<void>;
  /** Stop following; `doc` stays as it is. */
  close(): void;
}

export interface BindInit {
  /** An editor's document, which may hold something already. @default a new one */
  readonly doc?: Y.Doc;
  /** An update that no document can take, or a refusal of the node. Without it `settled` throws the first. */
  readonly onProblem?: (error: unknown) => void;
}

interface Said {
  readonly author: string;
  readonly id: string;
  /** Base64url. */
  readonly update: string;
}

/** Marks what came from others, so that it is not sent back. */
const remote = Symbol('remote');
const partPattern = /^(.+)\.(\d{1,3})of(\d{1,3})$/;

export function bindDocument(
  agent: Agent,
  space: string,
  document: string,
  init: BindInit = {},
): BoundDocument {
  const doc = init.doc ?? new Y.Doc();
  let problem: unknown;
  const onProblem =
    init.onProblem ??
    ((error) => {
      problem ??= error;
    });
  const initial = Y.encodeStateAsUpdate(doc);
  /** What the node has, until it is clear what it lacks of what `doc` held before. */
  let theirs = initial.length > 2 ? new Y.Doc() : undefined;
  /** By `author/id`, whole or a part. */
  const taken = new Set<string>();
  const parts = new Map<string, Map<number, Uint8Array>>();
  /** Own whole updates that stand at the node, by id. */
  const own = new Map<string, Uint8Array>();
  let waiting: Uint8Array[] = [];
  let sending: Promise<void> | undefined;
  let isClosed = false;

  const onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === remote) return;
    waiting.push(update);
    sending ??= sendAll();
  };
  doc.on('update', onUpdate);

  const endSubscription = agent.subscribe({ topic: 'document', space, document }, (event) => {
    for (const said of event.updates as Said[]) take(said);
  });
  // What came while the connection was down was told to nobody here.
  const endUp = agent.on('up', () => {
    pull().catch(onProblem);
    if (waiting.length > 0) sending ??= sendAll();
  });
  const ready = pull().then(sendInitial);
  ready.catch(onProblem);

  function take({ author, id, update }: Said): void {
    if (taken.has(`${author}/${id}`)) return;
    taken.add(`${author}/${id}`);
    const bytes = fromBase64Url(update);
    const whole = bytes === undefined ? undefined : join(author, id, bytes);
    if (whole === undefined) return;
    if (author === agent.did && !partPattern.test(id)) own.set(id, whole);
    apply(doc, author, whole);
    if (theirs !== undefined) apply(theirs, author, whole);
  }

  /** The whole update once its last part came. */
  function join(author: string, id: string, bytes: Uint8Array): Uint8Array | undefined {
    const [, name, at, count] = partPattern.exec(id) ?? [];
    if (name === undefined) return bytes;
    const key = `${author}/${name}`;
    const known = parts.get(key) ?? new Map<number, Uint8Array>();
    parts.set(key, known.set(Number(at), bytes));
    if (known.size < Number(count)) return undefined;
    parts.delete(key);
    return concat([...known].sort(([a], [b]) => a - b).map(([, part]) => part));
  }

  /** A member's damaged update harms only itself: Yjs has taken in what stood before the damage. */
  function apply(to: Y.Doc, author: string, update: Uint8Array): void {
    try {
      Y.applyUpdate(to, update, remote);
    } catch (error) {
      onProblem(new Error(`An update of ${author} to "${document}" cannot be read.`, { cause: error }));
    }
  }

  async function pull(): Promise<void> {
    for (let after = ''; !isClosed; ) {
      const answer = await agent.query('document', undefined, { space, document, after });
      for (const said of answer.items as Said[]) take(said);
      const next = answer.explain?.next;
      if (typeof next !== 'string') return;
      after = next;
    }
  }

  /** What the document held before it was bound and the node lacks. */
  function sendInitial(): void {
    if (theirs === undefined || isClosed) return;
    theirs.on('update', (lacking: Uint8Array) => waiting.push(lacking));
    Y.applyUpdate(theirs, initial);
    theirs.destroy();
    theirs = undefined;
    if (waiting.length > 0) sending ??= sendAll();
  }

  async function sendAll(): Promise<void> {
    let update: Uint8Array | undefined;
    try {
      while (waiting.length > 0 && !isClosed) {
        update = waiting.length === 1 ? waiting[0]! : Y.mergeUpdates(waiting);
        waiting = [];
        await send(newId(), update, []);
        update = undefined;
        if (own.size > ownUpdatesMax) await mergeOwn();
      }
    } catch (error) {
      // It goes with the next change, or once a node is there again.
      if (update !== undefined) waiting.unshift(update);
      onProblem(error);
    } finally {
      sending = undefined;
    }
  }

  async function send(id: string, update: Uint8Array, replaces: readonly string[]): Promise<void> {
    const count = Math.ceil(update.length / partBytesMax);
    for (let at = 0; at < count; at += 1) {
      const name = count === 1 ? id : `${id}.${at}of${count}`;
      const part = update.subarray(at * partBytesMax, (at + 1) * partBytesMax);
      taken.add(`${agent.did}/${name}`);
      const message = { type: 'document', document, id: name, update: toBase64Url(part) };
      await writeSurely(agent, space, replaces.length === 0 ? message : { ...message, replaces });
    }
    if (count === 1) own.set(id, update);
  }

  /** The oldest own updates that fit one, as one: in the same frame they go and it comes. */
  async function mergeOwn(): Promise<void> {
    const oldest = [...own].sort(([a], [b]) => compareText(a, b)).slice(0, mergedMax);
    for (let count = oldest.length; count > 1; count = Math.floor(count / 2)) {
      const some = oldest.slice(0, count);
      const merged = Y.mergeUpdates(some.map(([, update]) => update));
      if (merged.length > partBytesMax) continue;
      const ids = some.map(([id]) => id);
      await send(newId(), merged, ids);
      for (const id of ids) own.delete(id);
      return;
    }
  }

  return {
    doc,
    ready,
    async settled() {
      await ready;
      while (sending !== undefined) await sending;
      if (problem !== undefined) throw problem;
    },
    close() {
      isClosed = true;
      doc.off('update', onUpdate);
      endSubscription();
      endUp();
    },
  };
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
