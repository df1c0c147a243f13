/**
 * What an agent writes while it follows a space: shown in its copy at once, kept until the node has it on disk, sent in
 * the order in which it was said. Every write has a key of its own, so that one sent again is the same write.
 */
import {
  attestEdit,
  claimEdit,
  contentDigest,
  type Edit,
  type EntryChange,
  type GraphView,
  relateEdit,
  retractEdit,
} from '../../crdt/index.ts';
import { AmpError, type Checked } from '../../protocol/errors.ts';
import type { Agent } from '../agent.ts';
import type { CopyStore } from './copy-records.ts';
import type { Attestation, Claim } from './memory.ts';
import { type MemoryMessage, newId, writeSurely } from './writing.ts';

export interface OutboxComponents {
  readonly agent: Agent;
  readonly space: string;
  readonly store: CopyStore;
  readonly digest: (text: string) => string;
  readonly graph: GraphView;
}

/** Each resolves once the write is on the node's disk; until then it waits here. */
export interface Outbox {
  claim(claim: Claim): Promise<string>;
  attest(target: string, attestation: Attestation | Attestation['stance']): Promise<string>;
  relate(kind: string, from: string, to: string): Promise<string>;
  retract(entity: string, reason?: string): Promise<string>;
  readonly waitingCount: number;
  /** Read what waited when the copy was closed. */
  load(): void;
  /** Send what waits, when there is a node. */
  flush(): void;
  /** The chains changed: what waits is shown over them. */
  show(changes: readonly EntryChange[]): void;
  close(): void;
}

interface Waiting {
  readonly name: string;
  readonly message: MemoryMessage;
  readonly edit: Edit;
  readonly done: PromiseWithResolvers<string>;
}

const bucket = 'copy-outbox';
/** Judgement: a day's work of a busy agent. */
const waitingMax = 10_000;

export function createOutbox({ agent, space, store, digest, graph }: OutboxComponents): Outbox {
  const waiting: Waiting[] = [];
  /** What the chains hold under keys that wait. */
  const beneath = new Map<string, EntryChange>();
  let isSending = false;
  let isClosed = false;

  function put(message: MemoryMessage, edit: Checked<Edit>): Promise<string> {
    if (!edit.ok) throw new AmpError(edit.refusal.code, edit.refusal.message, { path: edit.refusal.path });
    if (waiting.length >= waitingMax)
      throw new AmpError('AMP-1707', `At most ${waitingMax} writes wait for a node.`);
    const one = { name: newId(), message, edit: edit.value, done: Promise.withResolvers<string>() };
    store.commit([
      { bucket, key: `${space}/${one.name}`, value: JSON.stringify({ message, edit: edit.value }) },
    ]);
    waiting.push(one);
    apply(edit.value);
    flush();
    return one.done.promise;
  }

  /** Over what is there, marked as not in any chain yet. */
  function apply({ key, value }: Edit): void {
    const mark = { epoch: '', seq: -1, at: Date.now(), members: '' };
    graph.apply([{ author: agent.did, key, value, mark }]);
  }

  function flush(): void {
    if (isSending || isClosed || !agent.isUp) return;
    isSending = true;
    void sendAll();
  }

  async function sendAll(): Promise<void> {
    for (let one = waiting[0]; one !== undefined && !isClosed; one = waiting[0]) {
      try {
        settle(one, (await writeSurely(agent, space, one.message)).entity);
      } catch (error) {
        // No node any more: it waits on. A refusal is final.
        if (!agent.isUp || isLost(error)) break;
        settle(one, error as AmpError);
      }
    }
    isSending = false;
  }

  function settle(one: Waiting, outcome: string | AmpError): void {
    waiting.splice(waiting.indexOf(one), 1);
    store.commit([{ bucket, key: `${space}/${one.name}`, value: null }]);
    uncover(one.edit.key, typeof outcome !== 'string');
    if (typeof outcome === 'string') return one.done.resolve(outcome);
    one.done.reject(outcome);
  }

  /** What the chains hold shows again; nothing there, and refused, it is gone. */
  function uncover(key: string, isRefused: boolean): void {
    if (waiting.some(({ edit }) => edit.key === key)) return;
    const real = beneath.get(key);
    beneath.delete(key);
    if (real !== undefined) graph.apply([real]);
    else if (isRefused) apply({ key, value: undefined });
  }

  function load(): void {
    for (const { key, value } of store.scan(bucket, `${space}/`, `${space}0`, waitingMax)) {
      const { message, edit } = JSON.parse(value as string) as Pick<Waiting, 'message' | 'edit'>;
      const name = key.slice(space.length + 1);
      const done = Promise.withResolvers<string>();
      // Nobody of this life waits for it; a refusal shows in the copy.
      done.promise.catch(() => undefined);
      waiting.push({ name, message, edit, done });
      apply(edit);
    }
    flush();
  }

  const at = () => Date.now();
  return {
    async claim(claim) {
      const { id = newId(), ...body } = claim;
      const said = { at: at(), ...body };
      return put({ type: 'claim', claim: { id, ...said } }, claimEdit(id, said));
    },
    async attest(target, said) {
      const node = graph.nodes.get(target);
      if (node === undefined) throw new AmpError('AMP-1706', `There is no entity ${target} here.`);
      const stance = typeof said === 'string' ? { stance: said } : said;
      const attestation = { target, at: at(), content: contentDigest(node, digest), ...stance };
      return put({ type: 'attest', attestation }, attestEdit(attestation));
    },
    async relate(kind, from, to) {
      const id = digest(JSON.stringify([kind, from, to])).slice(0, 16);
      const relation = { kind, from, to, at: at() };
      return put({ type: 'relate', relation: { id, ...relation } }, relateEdit(id, relation));
    },
    async retract(entity, reason) {
      const own = entity.slice(agent.did.length + 1);
      const isOwn = entity.startsWith(`${agent.did}/`);
      if (!isOwn) throw new AmpError('AMP-1706', `${entity} is nothing that this agent wrote.`);
      const why = reason === undefined ? {} : { reason };
      const edit = retractEdit(own.startsWith('r/') ? own : `e/${own}`, { at: at(), ...why });
      return put({ type: 'retract', entity, ...why }, edit);
    },
    get waitingCount() {
      return waiting.length;
    },
    load,
    flush,
    show(changes) {
      const covered = new Map(waiting.map(({ edit }) => [edit.key, edit]));
      for (const change of changes) {
        const edit = change.author === agent.did ? covered.get(change.key) : undefined;
        if (edit === undefined) continue;
        beneath.set(change.key, change);
        apply(edit);
      }
    },
    close() {
      isClosed = true;
    },
  };
}

function isLost(error: unknown): boolean {
  return error instanceof AmpError && (error.code === 'AMP-1503' || error.code === 'AMP-1505');
}
