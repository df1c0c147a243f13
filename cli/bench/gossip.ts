/**
 * `bench gossip`: verified envelopes a second over 50 libp2p nodes in one process (memory transport, Noise,
 * gossipsub with StrictSign). The gossip desk, which puts all envelopes of one loop turn into one publication,
 * against one publication for each envelope. Every receiver checks every envelope's signature on both sides.
 *
 * Both sides are closed loops with 16 envelopes outstanding at each publishing node: one is outstanding until all
 * other nodes have verified it. To stay within minutes on two cores, a fifth of the nodes publishes at a time;
 * all nodes relay and verify, and the processor is saturated on both sides.
 */
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { createLibp2pTransport } from '../../node/adapters/libp2p-transport.ts';
import type { Libp2pTransport } from '../../node/adapters/libp2p-transport-types.ts';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import { createSystemClock, type SystemClock } from '../../node/adapters/system-clock.ts';
import { createEnvelopeDesk, type SealedEnvelope, type Signer } from '../../node/runtime/envelope-desk.ts';
import { createGossipDesk } from '../../node/runtime/gossip-desk.ts';
import { encodeBatch, readPacket } from '../../node/runtime/packets.ts';
import type { PeerCore } from '../../node/runtime/peer-core.ts';
import { createTurn } from '../../node/runtime/turn.ts';
import { limits } from '../../protocol/limits.ts';
import type { Store, StoreValue, TransportEvent } from '../../protocol/ports.ts';
import { type Attachment, attachmentScopes, recordDomains } from '../../protocol/records.ts';
import { signObject } from '../../protocol/signing.ts';
import { atLeast, atMost, type BenchReport, describeMachine, median, spread } from './report.ts';

export interface GossipBenchOptions {
  /** @default 50 */
  readonly nodeCount?: number;
  /** Nodes that publish at a time. @default 10 */
  readonly publisherCount?: number;
  /** Envelopes outstanding at each. @default 16 */
  readonly outstanding?: number;
  /** Envelopes of one publisher in one half of a pair, batched and single. @default 64 and 16 */
  readonly envelopesPerPublisher?: { readonly batched: number; readonly single: number };
  /** @default 5 */
  readonly pairCount?: number;
  /** Envelopes of each side at light load. @default 40 */
  readonly lightCount?: number;
}

type Side = 'batched' | 'single';

interface BenchNode {
  readonly transport: Libp2pTransport;
  publish(message: SealedEnvelope, side: Side): void;
  seal(): SealedEnvelope;
}

const meshId = '0'.repeat(32);
const topic = `/amp/1/${meshId}/commons`;
const neighbourCount = 8;
const envelopeBytes = 1_024;
const ratioGoal = 5;
const lightGoal = 1.1;

export async function runGossipBench(options: GossipBenchOptions = {}): Promise<BenchReport> {
  const { nodeCount = 50, publisherCount = 10, outstanding = 16, pairCount = 5, lightCount = 40 } = options;
  const { batched, single } = options.envelopesPerPublisher ?? { batched: 64, single: 16 };
  const clock = createSystemClock();
  const arrivals = createArrivals(nodeCount - 1);
  const largest = { bytes: 0 };
  const nodes: BenchNode[] = [];
  try {
    for (let at = 0; at < nodeCount; at += 1) nodes.push(await startNode(at, clock, arrivals.count, largest));
    await connectAll(nodes);
    const wave = (side: Side, perPublisher: number, turn: number) =>
      runWave({ nodes, arrivals, side, perPublisher, outstanding, publisherCount, turn });
    // Meshes are grafted and code is compiled before anything is measured.
    await wave('batched', outstanding, 0);
    await wave('single', 1, 0);
    const rates = { batched: [] as number[], single: [] as number[] };
    const waits = { batched: [] as number[], single: [] as number[] };
    for (let pair = 0; pair < pairCount; pair += 1) {
      for (const side of pair % 2 === 0
        ? (['batched', 'single'] as const)
        : (['single', 'batched'] as const)) {
        const done = await wave(side, side === 'batched' ? batched : single, pair + 1);
        rates[side].push(done.perSecond);
        waits[side].push(...done.waitsMs);
      }
    }
    const light = await runLight(nodes, arrivals, lightCount);
    return toReport({
      options: { nodeCount, publisherCount, outstanding },
      rates,
      waits,
      light,
      arrivals,
      largest,
    });
  } finally {
    await Promise.all(nodes.map((node) => node.transport.stop()));
    clock.stop();
  }
}

/** Counts who has verified what; resolves an envelope when all others have. */
function createArrivals(receiverCount: number) {
  const waiting = new Map<string, { count: number; done: () => void }>();
  const totals = { sent: 0, complete: 0, twice: 0 };
  const seen = new Set<string>();
  return {
    totals,
    expect(id: string, done: () => void): void {
      totals.sent += 1;
      waiting.set(id, { count: 0, done });
    },
    count(receiver: number, id: string): void {
      const key = `${receiver} ${id}`;
      if (seen.has(key)) {
        totals.twice += 1;
        return;
      }
      seen.add(key);
      const entry = waiting.get(id);
      if (entry === undefined || ++entry.count < receiverCount) return;
      waiting.delete(id);
      totals.complete += 1;
      entry.done();
    },
  };
}

type Arrivals = ReturnType<typeof createArrivals>;

async function startNode(
  at: number,
  clock: SystemClock,
  arrived: (receiver: number, id: string) => void,
  largest: { bytes: number },
): Promise<BenchNode> {
  const store = createMemoryStore();
  const rng = createSecureRng();
  const keys = createEd25519Keys({ store, rng });
  const self = keys.create();
  const agent = keys.create();
  const transport = await createLibp2pTransport(
    { store, clock, rng },
    {
      ...{ seed: keys.exportSeed(self), meshId, topics: [topic], connectionsWanted: neighbourCount },
      listen: [`/memory/bench-${process.pid}-${at}`],
    },
  );
  const desk = createEnvelopeDesk({ clock, rng, keys }, { mesh: meshId, authorize: () => undefined });
  const turn = createTurn(
    { clock, store },
    {
      onStoreFailed(error) {
        throw error;
      },
    },
  );
  const attachment = attach(keys, { agent, node: transport.self, atMs: clock.nowMs() });
  const known = new Map<string, Attachment>([[agent, attachment]]);
  const gossip = createGossipDesk({
    core: { self: transport.self, transport, turn, countIgnored: () => undefined } as unknown as PeerCore,
    attachmentTexts: () => [JSON.stringify(attachment)],
    takeAttachments(attachments) {
      for (const one of attachments) known.set(one.agent, one);
      return true;
    },
    openEnvelope: (object) => desk.open(object),
    registry: { locate: (did) => known.get(did) },
    onEnvelope: ({ envelope }) => arrived(at, envelope.id),
  });
  const signer: Signer = { agent, name: undefined, key: agent };
  const content = contentFor(desk.seal({ type: 'proposal', content: '' }, signer));

  function take(event: TransportEvent): void {
    if (event.type !== 'published') return;
    largest.bytes = Math.max(largest.bytes, event.bytes.length);
    const packet = readPacket(event.bytes);
    if (!packet.ok || packet.value.packet !== 'batch') return event.verdict('reject');
    event.verdict(gossip.take(event.topic, event.origin, packet.value));
  }

  transport.subscribe(topic);
  transport.start(take);
  await transport.listening();
  return {
    transport,
    seal: () => desk.seal({ type: 'proposal', content }, signer),
    publish(message, side) {
      if (side === 'batched') gossip.publish(topic, message);
      else
        transport.publish(topic, encodeBatch(transport.self, [message.text], [JSON.stringify(attachment)]));
    },
  };
}

function attach(
  keys: ReturnType<typeof createEd25519Keys>,
  { agent, node, atMs }: { readonly agent: Signer['agent']; readonly node: string; readonly atMs: number },
): Attachment {
  return signObject(keys, agent, recordDomains.attachment, {
    ...{ record: 'attachment' as const, mesh: meshId, agent, node, epoch: '0'.repeat(32), sessionKey: agent },
    ...{ scopes: [...attachmentScopes], seq: atMs, name: 'bench', at: atMs },
    expiresAt: atMs + limits.attachmentLifetimeMs,
  });
}

/** So long that the whole signed envelope has 1 KiB. */
function contentFor(empty: SealedEnvelope): string {
  return 'x'.repeat(envelopeBytes - empty.text.length);
}

/** A ring, and for each node chords to nodes ever further on: connected, and of small diameter. */
async function connectAll(nodes: readonly BenchNode[]): Promise<void> {
  const neighbours = nodes.map(() => new Set<number>());
  for (const [at, node] of nodes.entries()) {
    for (let step = 1; step < nodes.length && neighbours[at]!.size < neighbourCount; step = step * 2 + 1) {
      const to = (at + step) % nodes.length;
      if (to === at || neighbours[at]!.has(to)) continue;
      neighbours[at]!.add(to);
      neighbours[to]!.add(at);
      await node.transport.dial(nodes[to]!.transport.addresses()[0]!);
    }
  }
  // Two heartbeats: everybody knows what its neighbours listen to, and the mesh is grafted.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
}

interface Wave {
  readonly nodes: readonly BenchNode[];
  readonly arrivals: Arrivals;
  readonly side: Side;
  readonly perPublisher: number;
  readonly outstanding: number;
  readonly publisherCount: number;
  readonly turn: number;
}

/** Each publisher keeps `outstanding` on their way until it has said all. */
async function runWave(
  wave: Wave,
): Promise<{ readonly perSecond: number; readonly waitsMs: readonly number[] }> {
  const { nodes, arrivals, side, perPublisher, outstanding, publisherCount, turn } = wave;
  const waitsMs: number[] = [];
  const startedAtMs = performance.now();
  const publishAll = (node: BenchNode) =>
    new Promise<void>((resolve) => {
      let sentCount = 0;
      let doneCount = 0;
      const next = (): void => {
        if (sentCount === perPublisher) return;
        sentCount += 1;
        const message = node.seal();
        const sentAtMs = performance.now();
        arrivals.expect(message.envelope.id, () => {
          waitsMs.push(performance.now() - sentAtMs);
          doneCount += 1;
          if (doneCount === perPublisher) resolve();
          else next();
        });
        node.publish(message, side);
      };
      for (let at = 0; at < outstanding; at += 1) next();
    });
  const publishers = Array.from(
    { length: Math.min(publisherCount, nodes.length) },
    (_, at) =>
      nodes[(turn * publisherCount + at * Math.floor(nodes.length / publisherCount)) % nodes.length]!,
  );
  await Promise.all([...new Set(publishers)].map(publishAll));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  return { perSecond: waitsMs.length / seconds, waitsMs };
}

/** Fifty nodes share this process: what still echoes of one envelope must not be counted against the next. */
const lightPauseMs = 100;

/** One envelope at a time on an idle mesh, the sides in turn: ms until all have it. */
async function runLight(
  nodes: readonly BenchNode[],
  arrivals: Arrivals,
  count: number,
): Promise<Record<Side, readonly number[]>> {
  const light = { batched: [] as number[], single: [] as number[] };
  for (let at = 0; at < count * 2; at += 1) {
    // Neither side always has the other's warm connections.
    const side: Side = (at + (at >> 1)) % 2 === 0 ? 'batched' : 'single';
    const node = nodes[(at >> 1) % nodes.length]!;
    await new Promise((resolve) => setTimeout(resolve, lightPauseMs));
    const message = node.seal();
    const sentAtMs = performance.now();
    await new Promise<void>((resolve) => {
      arrivals.expect(message.envelope.id, resolve);
      node.publish(message, side);
    });
    light[side].push(performance.now() - sentAtMs);
  }
  return light;
}

interface Measured {
  readonly options: {
    readonly nodeCount: number;
    readonly publisherCount: number;
    readonly outstanding: number;
  };
  readonly rates: Record<Side, readonly number[]>;
  readonly waits: Record<Side, readonly number[]>;
  readonly light: Record<Side, readonly number[]>;
  readonly arrivals: Arrivals;
  readonly largest: { readonly bytes: number };
}

function toReport({ options, rates, waits, light, arrivals, largest }: Measured): BenchReport {
  const ratios = rates.batched.map((rate, at) => rate / rates.single[at]!);
  const ratio = median(ratios);
  const lightRatio = median(light.batched) / median(light.single);
  const { totals } = arrivals;
  return {
    bench: 'gossip',
    machine: describeMachine(),
    figures: {
      ...options,
      pairs: ratios.length,
      'batched.perSecond': median(rates.batched),
      'batched.spread': spread(rates.batched),
      'single.perSecond': median(rates.single),
      'single.spread': spread(rates.single),
      ratio,
      ratioSpread: spread(ratios),
      'batched.saturatedP50Ms': median(waits.batched),
      'single.saturatedP50Ms': median(waits.single),
      'batched.lightP50Ms': median(light.batched),
      'single.lightP50Ms': median(light.single),
      lightRatio,
      largestBatchBytes: largest.bytes,
      envelopes: totals.sent,
      verifiedTwice: totals.twice,
    },
    goals: [
      atLeast('envelopes a second, times those of one publication each', ratio, ratioGoal),
      atLeast('share of envelopes that every node verified', totals.complete / totals.sent, 1),
      atMost('largest batch, bytes', largest.bytes, limits.batchBytesMax),
      atMost('light load: p50, times that of one publication each', lightRatio, lightGoal),
    ],
  };
}

function createMemoryStore(): Store {
  const values = new Map<string, StoreValue>();
  return {
    get: (bucket, key) => values.get(`${bucket} ${key}`),
    scan: () => [],
    commit(writes) {
      for (const { bucket, key, value } of writes)
        if (value === null) values.delete(`${bucket} ${key}`);
        else values.set(`${bucket} ${key}`, value);
    },
    close: () => undefined,
  };
}
