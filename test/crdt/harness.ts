/**
 * A node for tests: one replica and a store in memory. Signatures are a keyed hash, or Ed25519 in a slice of the
 * seeds; either way all that comes from another node is verified. It does what `crdt/README.md` asks of the
 * runtime, and nothing else.
 */
import {
  createPrivateKey,
  createPublicKey,
  hash as hashOnce,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import * as prand from 'pure-rand/generator/xoroshiro128plus';
import {
  checkpointSignature,
  checkpointSigningBytes,
  createReplica,
  decodeRun,
  type Edit,
  type EntryChange,
  type Frame,
  type FrameContent,
  forkProofSignatures,
  frameSignature,
  frameSigningBytes,
  GraphView,
  type Membership,
  Refused,
  type Replica,
  type ReplicaEffect,
  type ReplicaInit,
  type ReplicaInput,
  sealCheckpoint,
  sealFrame,
} from '../../crdt/index.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { toBase64Url, toHex, utf8 } from '../../protocol/bytes.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { StoredRow, StoreValue } from '../../protocol/ports.ts';
import type { SignatureClaim, Verified } from '../../protocol/signing.ts';

export const mesh = 'test-mesh';
export const space = 'commons';
export const members = 'm1';

export function hash(bytes: Uint8Array): Uint8Array {
  return hashOnce('sha256', bytes, 'buffer');
}

export function digestText(text: string): string {
  return toHex(hash(utf8(text)));
}

export function didOf(name: string): Did {
  return encodeDid(hash(utf8(name)));
}

/** What stands for a signature in simulation: only who is asked by name can make it. */
export function fakeSign(signer: Did, bytes: Uint8Array): Uint8Array {
  const half = hash(Buffer.concat([utf8(signer), bytes]));
  return Uint8Array.from([...half, ...half]);
}

/** Who can sign what, and how it is checked. */
export interface Signing {
  didOf(name: string): Did;
  sign(signer: Did, bytes: Uint8Array): Uint8Array;
  verify(claim: SignatureClaim): boolean;
}

export const keyedHash: Signing = {
  didOf,
  sign: fakeSign,
  verify: ({ signer, bytes, sig }) => toBase64Url(fakeSign(signer, bytes)) === sig,
};

/** PKCS #8 of an Ed25519 seed, RFC 8410: this, then its 32 bytes. */
const seedHead = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519 with a key made from each name, so that a seed gives the same bytes again. */
export function makeEd25519(): Signing {
  const keys = new Map<Did, { readonly own: KeyObject; readonly open: KeyObject }>();
  return {
    didOf(name) {
      const der = Buffer.concat([seedHead, hash(utf8(name))]);
      const own = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      const open = createPublicKey(own);
      const did = encodeDid(Buffer.from(open.export({ format: 'jwk' }).x!, 'base64url'));
      keys.set(did, { own, open });
      return did;
    },
    sign: (signer, bytes) => sign(null, bytes, keys.get(signer)!.own),
    verify({ signer, bytes, sig }) {
      const open = keys.get(signer)?.open;
      return open !== undefined && verify(null, bytes, open, Buffer.from(sig, 'base64url'));
    },
  };
}

export function signFrame(content: FrameContent, signing = keyedHash): Verified<Frame> {
  const sig = signing.sign(content.key ?? content.author, frameSigningBytes(content));
  return sealFrame(content, sig, hash) as Verified<Frame>;
}

/** Uniform draws from one seed. */
export class Draw {
  private readonly generator;
  constructor(seed: number) {
    this.generator = prand.xoroshiro128plus(seed);
  }
  /** In [0, below). */
  int(below: number): number {
    return (this.generator.next() >>> 0) % below;
  }
  chance(share: number): boolean {
    return this.int(1_000_000) < share * 1_000_000;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }
  shuffle<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.int(16).toString(16);
    return text;
  }
}

export const everyoneMayWrite: Membership = {
  mayWrite: () => 'yes',
  isKnown: () => true,
  cutAt: () => undefined,
  maySign: () => 'no',
};

/** A store in memory with ordered keys. */
export class MemoryRows {
  readonly buckets = new Map<string, Map<string, StoreValue>>();

  write(bucket: string, key: string, value: StoreValue | null): undefined {
    const rows = this.buckets.get(bucket) ?? new Map<string, StoreValue>();
    this.buckets.set(bucket, rows);
    if (value === null) rows.delete(key);
    else rows.set(key, value);
  }

  scan(bucket: string, fromKey: string, toKey: string, limit: number): StoredRow[] {
    const rows: StoredRow[] = [];
    for (const [key, value] of this.buckets.get(bucket) ?? [])
      if (key >= fromKey && key < toKey) rows.push({ key, value });
    if (rows.length > 1) rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    return rows.length > limit ? rows.slice(0, limit) : rows;
  }
}

export interface Outgoing {
  readonly effect: Extract<
    ReplicaEffect,
    {
      type:
        | 'publish-frame'
        | 'publish-checkpoint'
        | 'publish-proof'
        | 'send-checkpoint'
        | 'send-summary'
        | 'request-range'
        | 'send-page';
    }
  >;
}

type Given<Input> = Input extends { atMs: number } ? Omit<Input, 'atMs'> : never;

/** One node. `rows` outlives it: make a new one over the same rows to restart. */
export class TestNode {
  readonly node: NodeId;
  readonly rows: MemoryRows;
  readonly replica: Replica;
  private readonly signing: Signing;
  /** Reasons of `ignored`, counted. */
  readonly ignored = new Map<string, number>();
  readonly outbox: Outgoing[] = [];
  readonly effects: ReplicaEffect[] = [];
  readonly view = new Map<string, EntryChange>();
  timerDueAtMs = Number.POSITIVE_INFINITY;
  nowMs: number;

  constructor(
    name: string,
    options: {
      rows?: MemoryRows;
      membership?: Membership;
      nowMs?: number;
      init?: Partial<ReplicaInit>;
      signing?: Signing;
    } = {},
  ) {
    this.signing = options.signing ?? keyedHash;
    this.node = didOf(name);
    this.rows = options.rows ?? new MemoryRows();
    this.nowMs = options.nowMs ?? 1_000_000;
    const membership = options.membership ?? everyoneMayWrite;
    this.replica = createReplica({ hash, membership }, { mesh, space, ...options.init });
    this.give({ type: 'start' });
  }

  give(input: Given<ReplicaInput>): readonly ReplicaEffect[] {
    const effects = this.replica.step({ ...input, atMs: this.nowMs } as ReplicaInput);
    this.effects.push(...effects);
    for (const effect of effects) this.do(effect);
    return effects;
  }

  private do(effect: ReplicaEffect): undefined {
    switch (effect.type) {
      case 'persist':
        return this.rows.write(effect.bucket, effect.key, effect.value);
      case 'load': {
        const rows = this.rows.scan(effect.bucket, effect.fromKey, effect.toKey, effect.limit);
        this.give({ type: 'loaded', request: effect.request, rows });
        return;
      }
      case 'sign-frame':
        this.give({
          type: 'frame-signed',
          request: effect.request,
          frame: signFrame(effect.content, this.signing),
        });
        return;
      case 'sign-checkpoint': {
        const sig = this.signing.sign(effect.signer, checkpointSigningBytes(effect.content));
        const checkpoint = sealCheckpoint(effect.content, sig) as Verified<ReturnType<typeof sealCheckpoint>>;
        this.give({ type: 'checkpoint-signed', request: effect.request, checkpoint });
        return;
      }
      case 'set-timer':
        this.timerDueAtMs = effect.dueAtMs;
        return;
      case 'ignored':
        this.ignored.set(effect.reason, (this.ignored.get(effect.reason) ?? 0) + 1);
        return;
      case 'view-changed':
        for (const change of effect.changes) {
          const key = `${change.author}/${change.key}`;
          if (change.value === undefined) this.view.delete(key);
          else this.view.set(key, change);
        }
        return;
      case 'publish-frame':
      case 'publish-checkpoint':
      case 'publish-proof':
      case 'send-checkpoint':
      case 'send-summary':
      case 'request-range':
      case 'send-page':
        this.outbox.push({ effect });
        return;
      default:
        return;
    }
  }

  fireTimer(): void {
    this.timerDueAtMs = Number.POSITIVE_INFINITY;
    this.give({ type: 'timer-fired', timer: 'replica-summary' });
  }

  edit(author: Did, edits: readonly Edit[], request = 'r'): readonly ReplicaEffect[] {
    const before = this.effects.length;
    this.give({ type: 'local-edit', author, request, members, edits });
    return this.effects.slice(before);
  }

  /** Hand one of another node's outgoing effects to this one, as the runtime would after decoding it. */
  take(from: TestNode, { effect }: Outgoing): void {
    for (const claim of signaturesOf(effect))
      if (!this.signing.verify(claim))
        throw new Error(`an honest node sent a wrong signature: ${effect.type}`);
    switch (effect.type) {
      case 'publish-frame':
        this.give({ type: 'frame-received', from: from.node, frame: effect.frame as Verified<Frame> });
        return;
      case 'publish-checkpoint':
      case 'send-checkpoint':
        this.give({ type: 'checkpoint-received', from: from.node, checkpoint: effect.checkpoint as never });
        return;
      case 'publish-proof':
        this.give({ type: 'proof-received', from: from.node, proof: effect.proof as never });
        return;
      case 'send-summary':
        this.give({ type: 'summary-received', from: from.node, summary: effect.summary });
        return;
      case 'request-range':
        this.give({ type: 'range-requested', from: from.node, ranges: effect.ranges });
        return;
      case 'send-page': {
        const { page } = effect;
        const frames = decodeRun(
          page.run,
          { mesh, space: page.space, author: page.author, epoch: page.epoch },
          hash,
        );
        if (frames instanceof Refused) throw new Error(`own page refused: ${frames.reason}`);
        if (!frames.every((frame) => this.signing.verify(frameSignature(frame))))
          throw new Error('an honest node sent a page with a wrong signature');
        this.give({
          type: 'page-received',
          from: from.node,
          frames: frames as unknown as Verified<Frame>[],
          hasMore: page.hasMore,
        });
        return;
      }
    }
  }

  ignoredCount(reason: string): number {
    return this.ignored.get(reason) ?? 0;
  }

  /** The graph as the effects make it. */
  graph(): GraphView {
    const view = new GraphView({ digest: digestText });
    for (const effect of this.effects) {
      if (effect.type === 'view-changed') view.apply(effect.changes);
      if (effect.type === 'frozen') view.markForked(effect.author);
    }
    return view;
  }

  /** The view as told by `view-changed`, to be compared with what the replica answers when asked. */
  toldText(): string {
    return [...this.view.values()]
      .map((change) => JSON.stringify([change.author, change.key, change.value, change.mark]))
      .sort()
      .join('\n');
  }
}

/** What the runtime verifies of a message before the replica sees it; frames of a page apart. */
function signaturesOf(effect: Outgoing['effect']): readonly SignatureClaim[] {
  switch (effect.type) {
    case 'publish-frame':
      return [frameSignature(effect.frame)];
    case 'publish-checkpoint':
    case 'send-checkpoint':
      return [checkpointSignature(effect.checkpoint)];
    case 'publish-proof':
      return forkProofSignatures(effect.proof);
    default:
      return [];
  }
}

/** Let nodes talk until nothing is left to say: reliable, in order. Untargeted sends go to all. */
export function settle(nodes: readonly TestNode[], rounds = 1): void {
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) node.fireTimer();
    deliverAll(nodes);
  }
}

export function deliverAll(nodes: readonly TestNode[]): void {
  for (let budget = 10_000; budget > 0; budget--) {
    const from = nodes.find((node) => node.outbox.length > 0);
    if (from === undefined) return;
    const outgoing = from.outbox.shift()!;
    const to = 'to' in outgoing.effect ? outgoing.effect.to : undefined;
    for (const node of nodes) {
      if (node !== from && (to === undefined || node.node === to)) node.take(from, outgoing);
    }
  }
  throw new Error('the nodes do not stop talking');
}
