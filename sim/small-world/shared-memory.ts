/**
 * A shared space on a {@link SmallWorld}: the replica, the knowledge graph and the traces that ship, one of each for
 * every agent. Frames, summaries, ranges and pages travel as single packets: what gets lost, the replicas repair.
 * Signatures are a keyed hash that nobody forges here; spaces of more than 32 nodes gossip in a node, here all get
 * every frame directly.
 */
import {
  createGraph,
  createReplica,
  decodeRun,
  type Edit,
  type EntryChange,
  type Frame,
  frameSigningBytes,
  type Graph,
  type Membership,
  type Policy,
  Refused,
  type Replica,
  type ReplicaEffect,
  type ReplicaInput,
  sealFrame,
  TraceView,
} from '../../crdt/index.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { StoredRow, StoreValue } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { RandomStream } from '../clock/random.ts';
import type { Given } from './desk.ts';
import { sha256 } from './sha256.ts';
import { envelopeBytes, type SmallWorld } from './small-world.ts';

export interface SharedMemoryInit {
  readonly policy?: Policy;
  readonly summaryIntervalMs?: number;
  /** An agent's view changed. */
  readonly onChange?: (agent: number, changes: readonly EntryChange[]) => void;
}

const mesh = 'sim';
const space = 'shared';
const members = 'all';
/** A summary goes to so many others each time, as a node does. */
const summaryFanOut = 3;
const headBytes = 120;

const everyoneMayWrite: Membership = {
  mayWrite: () => 'yes',
  isKnown: () => true,
  cutAt: () => undefined,
  maySign: () => 'no',
};

type Packet = Extract<
  ReplicaEffect,
  { readonly type: 'publish-frame' | 'publish-proof' | 'send-summary' | 'request-range' | 'send-page' }
>;

/** One agent's replica and what it shows. */
export class MemoryAgent {
  readonly author: Did;
  replica: Replica;
  graph: Graph;
  traces = new TraceView();
  /** Rows of the agent's disk, by bucket. */
  readonly rows = new Map<string, Map<string, StoreValue>>();

  readonly #memory: SharedMemory;
  readonly #agent: number;
  #requests = 0;

  constructor(memory: SharedMemory, agent: number) {
    this.#memory = memory;
    this.#agent = agent;
    this.author = memory.world.dids[agent]!;
    ({ replica: this.replica, graph: this.graph } = this.#create());
  }

  /** The process begins, for the first time or again, over what is on its disk. */
  start(): void {
    ({ replica: this.replica, graph: this.graph } = this.#create());
    this.traces = new TraceView();
    this.give({ type: 'start' });
    const freshEpoch = Array.from(this.#memory.random.bytes(16), (byte) =>
      byte.toString(16).padStart(2, '0'),
    );
    this.give({ type: 'open-writer', author: this.author, freshEpoch: freshEpoch.join('') });
  }

  write(edits: readonly Edit[]): void {
    const request = String(this.#requests++);
    this.give({ type: 'local-edit', author: this.author, request, members, edits });
  }

  give(input: Given<ReplicaInput>): void {
    const { world } = this.#memory;
    if (!world.isUp(this.#agent)) return;
    for (const effect of this.replica.step({ ...input, atMs: world.nowMs } as ReplicaInput))
      this.#perform(effect);
  }

  /** Take in what another replica said. */
  take(from: NodeId, packet: Packet): void {
    switch (packet.type) {
      case 'publish-frame':
        return this.give({ type: 'frame-received', from, frame: packet.frame as Verified<Frame> });
      case 'publish-proof':
        return this.give({ type: 'proof-received', from, proof: packet.proof as never });
      case 'send-summary':
        return this.give({ type: 'summary-received', from, summary: packet.summary });
      case 'request-range':
        return this.give({ type: 'range-requested', from, ranges: packet.ranges });
      case 'send-page': {
        const { author, epoch, run, hasMore } = packet.page;
        const frames = decodeRun(run, { mesh, space, author, epoch }, sha256);
        if (frames instanceof Refused) throw new Error(`a page of our own was refused: ${frames.reason}`);
        const verified = frames as unknown as readonly Verified<Frame>[];
        return this.give({ type: 'page-received', from, frames: verified, hasMore });
      }
    }
  }

  #create(): { replica: Replica; graph: Graph } {
    const { policy, summaryIntervalMs } = this.#memory.init;
    return {
      replica: createReplica(
        { hash: sha256, membership: everyoneMayWrite },
        { mesh, space, ...(summaryIntervalMs === undefined ? {} : { summaryIntervalMs }) },
      ),
      graph: createGraph({}, policy === undefined ? {} : { policy }),
    };
  }

  #perform(effect: ReplicaEffect): void {
    const { world } = this.#memory;
    switch (effect.type) {
      case 'persist': {
        const rows = this.rows.get(effect.bucket) ?? new Map<string, StoreValue>();
        this.rows.set(effect.bucket, rows);
        if (effect.value === null) rows.delete(effect.key);
        else rows.set(effect.key, effect.value);
        return;
      }
      case 'load':
        return this.give({ type: 'loaded', request: effect.request, rows: this.#scan(effect) });
      case 'sign-frame': {
        const half = sha256(Buffer.concat([utf8(effect.signer), frameSigningBytes(effect.content)]));
        const frame = sealFrame(
          effect.content,
          Uint8Array.from([...half, ...half]),
          sha256,
        ) as Verified<Frame>;
        return this.give({ type: 'frame-signed', request: effect.request, frame });
      }
      case 'set-timer':
        return world.setTimer(this.#agent, effect.timer, effect.dueAtMs, () =>
          this.give({ type: 'timer-fired', timer: effect.timer }),
        );
      case 'view-changed':
        this.traces.apply(effect.changes);
        this.graph.step({ type: 'entries-changed', atMs: world.nowMs, changes: effect.changes });
        this.#memory.init.onChange?.(this.#agent, effect.changes);
        return;
      case 'publish-frame':
      case 'publish-proof':
      case 'send-summary':
      case 'request-range':
      case 'send-page':
        return this.#memory.send(this.#agent, effect);
    }
  }

  #scan({ bucket, fromKey, toKey, limit }: Extract<ReplicaEffect, { type: 'load' }>): StoredRow[] {
    return [...(this.rows.get(bucket) ?? [])]
      .filter(([key]) => key >= fromKey && key < toKey)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([key, value]) => ({ key, value }));
  }
}

export class SharedMemory {
  readonly world: SmallWorld;
  readonly init: SharedMemoryInit;
  readonly random: RandomStream;
  readonly agents: readonly MemoryAgent[];

  constructor(world: SmallWorld, init: SharedMemoryInit = {}) {
    this.world = world;
    this.init = init;
    this.random = world.random.split('memory');
    this.agents = world.dids.map((_, agent) => new MemoryAgent(this, agent));
    for (const agent of this.agents) agent.start();
  }

  /** Replicas that show the same, to the byte. */
  countEqual(): number {
    const texts = this.agents.map(({ replica }) => replica.viewText());
    return Math.max(...texts.map((text) => texts.filter((other) => other === text).length));
  }

  send(from: number, packet: Packet): void {
    const { world } = this;
    const node = world.dids[from] as string as NodeId;
    const bytes = bytesOf(packet);
    for (const to of this.#receivers(from, packet)) {
      world.log.passed(from, to);
      world.transmit(from, to, bytes, () => this.agents[to]!.take(node, packet));
    }
  }

  #receivers(from: number, packet: Packet): readonly number[] {
    if ('to' in packet && packet.to !== undefined) return [this.world.indexOf(packet.to as string as Did)];
    const others = this.agents.map((_, i) => i).filter((i) => i !== from);
    return packet.type === 'send-summary' ? this.random.shuffle(others).slice(0, summaryFanOut) : others;
  }
}

function bytesOf(packet: Packet): number {
  switch (packet.type) {
    case 'publish-frame':
      return envelopeBytes + packet.frame.update.length;
    case 'send-page':
      return envelopeBytes + packet.page.run.length;
    case 'send-summary': {
      const { summary } = packet;
      return (
        envelopeBytes +
        (summary.kind === 'heads'
          ? headBytes * summary.heads.length
          : summary.kind === 'buckets'
            ? 256 * 12
            : 0)
      );
    }
    default:
      return envelopeBytes;
  }
}
