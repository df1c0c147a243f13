/**
 * Seeds × schedules: honest authors beside one that signs whatever it likes. Whatever the order, the batching,
 * the restarts and the way replicas met, they end with one view; honest authors' entries are what they would be
 * without the other; and Yjs, opened on the same frames, holds the same.
 *
 * A slice of the seeds runs here; AMPMESH_SEEDS=100000 runs the long one.
 */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { compactUpdates, openDocument } from '../../crdt/documents/index.ts';
import {
  clientOfEpoch,
  type Edit,
  GrammarIndex,
  parseUpdate,
  Refused,
  rootName,
  writeUpdate,
} from '../../crdt/frames/index.ts';
import { type Frame, frameSignature } from '../../crdt/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { Verified } from '../../protocol/signing.ts';
import {
  Draw,
  didOf,
  hash,
  keyedHash,
  MemoryRows,
  makeEd25519,
  members,
  mesh,
  type Signing,
  settle,
  signFrame,
  space,
  TestNode,
} from './harness.ts';

const seedCount = Number(process.env.AMPMESH_SEEDS ?? 2_000);
const seedFrom = Number(process.env.AMPMESH_SEED_FROM ?? 1);
/** Every so many seeds all frames are signed and verified with Ed25519, by the keyed hash in the others. */
const realEvery = 50;
const relay = didOf('relay');

interface Cast {
  readonly signing: Signing;
  readonly honest: readonly [Did, Did];
  readonly liar: Did;
}

const ed25519 = makeEd25519();
const casts = [keyedHash, ed25519].map((signing): Cast => {
  const [first, second, liar] = ['honest-1', 'honest-2', 'liar'].map(signing.didOf) as [Did, Did, Did];
  return { signing, honest: [first, second], liar };
}) as [Cast, Cast];

type Signed = Verified<Frame>;

const at = 1_000_000 + 10_000;

/** A node that verifies whoever signed. */
function start(name: string, rows = new MemoryRows()): TestNode {
  const verify: Signing['verify'] = (claim) => casts.some(({ signing }) => signing.verify(claim));
  return new TestNode(name, { rows, nowMs: at, signing: { ...keyedHash, verify } });
}

/** A chain that an author signs as it goes. */
class Chain {
  readonly frames: Signed[] = [];
  readonly author: Did;
  readonly epoch: string;
  readonly signing: Signing;
  index: GrammarIndex;
  private at = 1_000_000;

  constructor(signing: Signing, author: Did, epoch: string) {
    this.signing = signing;
    this.author = author;
    this.epoch = epoch;
    this.index = new GrammarIndex(clientOfEpoch(epoch));
  }

  sign(update: Uint8Array, draw: Draw, before = this.frames.at(-1)): Signed {
    this.at += draw.int(20);
    const seq = before === undefined ? 0 : before.seq + 1;
    const prev = before === undefined ? '' : toHex(before.hash);
    const { author, epoch, at } = this;
    return signFrame({ mesh, space, author, epoch, seq, prev, members, at, update }, this.signing);
  }

  push(update: Uint8Array, draw: Draw): void {
    const frame = this.sign(update, draw);
    this.frames.push(frame);
    const parsed = parseUpdate(update);
    const checked = parsed instanceof Refused ? parsed : this.index.check(parsed);
    if (!(checked instanceof Refused))
      this.index.apply(checked, { epoch: this.epoch, seq: frame.seq, at: frame.at, members });
  }
}

function drawEdits(draw: Draw): Edit[] {
  const edits = new Map<string, Edit>();
  for (let i = draw.int(4); i >= 0; i--) {
    const key = `k${draw.int(7)}`;
    const value = draw.pick([
      undefined,
      draw.int(1_000),
      { n: draw.int(9), list: [true, null] },
      'text',
      Uint8Array.of(1, 2),
    ]);
    edits.set(key, { key, value });
  }
  return [...edits.values()];
}

/** An honest author's epoch: half of them through a real Y.Doc. */
function writeHonest(draw: Draw, signing: Signing, author: Did, epoch: string): Chain {
  const chain = new Chain(signing, author, epoch);
  const doc = new Y.Doc();
  doc.clientID = clientOfEpoch(epoch);
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const map = doc.getMap(rootName);
  const isYjs = draw.chance(0.5);
  for (let i = 2 + draw.int(8); i > 0; i--) {
    const edits = drawEdits(draw);
    if (isYjs) {
      doc.transact(() => {
        for (const { key, value } of edits) {
          if (value === undefined) map.delete(key);
          else map.set(key, value);
        }
      });
    } else {
      const update = writeUpdate(chain.index, edits);
      if (update !== undefined) updates.push(update);
    }
    for (const update of updates.splice(0)) chain.push(update, draw);
  }
  return chain;
}

/** Signed by its author, so the chain is right; the update may be anything. It may also fork. */
function writeLies(draw: Draw, { signing, liar }: Cast, epoch: string): Signed[] {
  const chain = writeHonest(draw, signing, liar, epoch);
  const frames = [...chain.frames];
  const count = draw.int(4);
  for (let i = 0; i < count; i++) {
    const bytes = Uint8Array.from(writeUpdate(chain.index, drawEdits(draw)) ?? [0, 0]);
    for (let j = draw.int(3); j >= 0; j--) bytes[draw.int(bytes.length)] = draw.int(256);
    frames.push(chain.sign(bytes, draw));
    if (draw.chance(0.5)) chain.push(bytes, draw);
  }
  if (draw.chance(0.3) && chain.frames.length > 0) {
    const at = draw.int(chain.frames.length);
    const index = new GrammarIndex(clientOfEpoch(epoch));
    for (const frame of chain.frames.slice(0, at)) {
      const checked = index.check(parseUpdate(frame.update) as never);
      if (!(checked instanceof Refused)) index.apply(checked, { epoch, seq: 0, at: 0, members });
    }
    const update = writeUpdate(index, [{ key: 'forked', value: draw.int(100) }])!;
    frames.push(chain.sign(update, draw, chain.frames[at - 1]));
  }
  return frames;
}

function give(node: TestNode, frames: readonly Signed[]): void {
  for (const frame of frames) node.give({ type: 'frame-received', from: relay, frame });
}

/** Each author's frames in the order of the chain, authors mixed. */
function interleave(draw: Draw, chains: readonly (readonly Signed[])[]): Signed[] {
  const rest = chains.map((chain) => [...chain]);
  const mixed: Signed[] = [];
  for (;;) {
    const open = rest.filter((chain) => chain.length > 0);
    if (open.length === 0) return mixed;
    mixed.push(draw.pick(open).shift()!);
  }
}

type Schedule = (draw: Draw, chains: readonly (readonly Signed[])[]) => TestNode;

const schedules: Record<string, Schedule> = {
  'in order': (_, chains) => {
    const node = start('a');
    give(node, chains.flat());
    return node;
  },
  interleaved: (draw, chains) => {
    const node = start('b');
    give(node, interleave(draw, chains));
    return node;
  },
  'any order': (draw, chains) => {
    const node = start('c');
    give(node, draw.shuffle(chains.flat()));
    return node;
  },
  batched: (draw, chains) => {
    const node = start('d');
    const frames = interleave(draw, chains);
    while (frames.length > 0) {
      node.give({
        type: 'page-received',
        from: relay,
        frames: frames.splice(0, 1 + draw.int(6)),
        hasMore: false,
      });
    }
    return node;
  },
  'saved and loaded': (draw, chains) => {
    const rows = new MemoryRows();
    let node = start('e', rows);
    for (const frame of interleave(draw, chains)) {
      if (draw.chance(0.2)) node = start('e', rows);
      give(node, [frame]);
    }
    return start('e', rows);
  },
  merged: (draw, chains) => {
    const halves = [start('f'), start('g')] as const;
    for (const chain of chains) give(draw.pick(halves), chain);
    for (const half of halves) half.outbox.length = 0;
    settle(halves, 3);
    return halves[0];
  },
};

function runSeed(seed: number): void {
  const draw = new Draw(seed);
  const cast = casts[seed % realEvery === 0 ? 1 : 0];
  const { signing, honest, liar } = cast;
  const chains: Signed[][] = honest.map((author) => writeHonest(draw, signing, author, draw.hex(32)).frames);
  if (draw.chance(0.5)) chains.push(writeHonest(draw, signing, honest[0], draw.hex(32)).frames);
  const lies = writeLies(draw, cast, draw.hex(32));
  const all = [...chains, lies];
  for (const frame of all.flat())
    if (!signing.verify(frameSignature(frame))) expect.fail(`seed ${seed}: a frame does not verify`);
  const nodes = Object.entries(schedules).map(([name, schedule]) => [name, schedule(draw, all)] as const);
  // What synchronization does in the end: everyone hears every frame, in the order of the chains.
  for (const [, node] of nodes) for (let round = 0; round < 3; round++) give(node, all.flat());
  const [, first] = nodes[0]!;
  const expected = first.replica.viewText();
  for (const [name, node] of nodes) {
    if (node.replica.viewText() !== expected) expect.fail(`seed ${seed}: ${name} differs from in order`);
    if (name !== 'saved and loaded' && node.toldText() !== first.toldText()) {
      expect.fail(`seed ${seed}: ${name} was told another view`);
    }
  }
  const alone = start('alone');
  give(alone, chains.flat());
  const honestOf = (node: TestNode) =>
    node.replica
      .viewText()
      .split('\n')
      .filter((line) => !line.includes(liar));
  if (honestOf(alone).join() !== honestOf(first).join()) expect.fail(`seed ${seed}: a foreign effect`);
  for (const chain of chains) compareWithYjs(seed, chain);
}

/** Opened as a document, merged by Yjs and compacted by us: one content. */
function compareWithYjs(seed: number, chain: readonly Signed[]): void {
  if (chain.length === 0) return;
  const updates = chain.map((frame) => frame.update);
  const opened = openDocument(chain[0]!.epoch, updates);
  if (opened instanceof Refused) throw new Error(`seed ${seed}: ${opened.reason}`);
  const merged = new Y.Doc({ gc: false });
  Y.applyUpdate(merged, Y.mergeUpdates(updates));
  const compact = new Y.Doc();
  Y.applyUpdate(compact, compactUpdates(clientOfEpoch(chain[0]!.epoch), updates) as Uint8Array);
  const text = JSON.stringify(sorted(opened.entries.toJSON()));
  const node = start('y');
  give(node, chain);
  const view = Object.fromEntries([...node.replica.entries()].map((entry) => [entry.key, entry.value]));
  for (const other of [merged.getMap(rootName).toJSON(), compact.getMap(rootName).toJSON(), view]) {
    if (JSON.stringify(sorted(other)) !== text) expect.fail(`seed ${seed}: Yjs holds another content`);
  }
}

function sorted(view: Record<string, unknown>): unknown {
  return Object.entries(view).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('replay schedules', () => {
  test(`${seedCount} seeds: no divergence and no foreign effect`, { timeout: 36_000_000 }, () => {
    for (let seed = seedFrom; seed < seedFrom + seedCount; seed++) runSeed(seed);
    expect(toHex(hash(new Uint8Array()))).toMatch(/^e3b0/);
  });
});
