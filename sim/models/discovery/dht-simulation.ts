/**
 * The DHT index on a virtual network: nodes with agents, latency, churn, liars, and exhaustive search as the
 * judge. Every message is encoded, its bytes are counted, and records are opened as a runtime would.
 */
import { type CapabilityDraft, ownKeyOnly, sealCapability } from '../../../discovery/capability-record.ts';
import type { Found } from '../../../discovery/dht/ask-state.ts';
import type { BucketKeys } from '../../../discovery/dht/bucket-keys.ts';
import { DhtIndex, type DhtIndexEffect, type DhtIndexInput } from '../../../discovery/dht/dht-index.ts';
import type { DhtSettings } from '../../../discovery/dht/dht-settings.ts';
import {
  type IndexMessage,
  type OpenedEntry,
  openEntries,
  packEntry,
  type RecordEntry,
  writeIndexMessage,
} from '../../../discovery/index-messages.ts';
import { cosine } from '../../../discovery/vector-index.ts';
import type { VectorSource } from '../../../discovery/vector-source.ts';
import type { Did, NodeId } from '../../../protocol/brand.ts';
import type { RunDigest } from '../../clock/digest.ts';
import { SimKernel } from '../../clock/kernel.ts';
import { KademliaModel } from './kademlia-model.ts';
import { createFakeKeys, didOf, draftOf, fakeMesh, fakeNowMs } from './stand-ins.ts';

/** `silent`: answers nothing but probes. `forging`: answers with records it made up. `withholding`: with none. */
export type Honesty = 'honest' | 'silent' | 'forging' | 'withholding';

export interface DhtSimulationInit {
  readonly nodeCount: number;
  readonly agentsPerNode: number;
  readonly liarShare: number;
  /** Nodes replaced per minute, as a share of all. */
  readonly replacedPerMinute: number;
  readonly vectors: VectorSource;
  readonly buckets: BucketKeys;
  readonly settings?: Partial<DhtSettings>;
  makeText(random: () => number): string;
  readonly random: () => number;
}

interface SimNode {
  readonly id: NodeId;
  readonly index: DhtIndex;
  readonly honesty: Honesty;
  isAlive: boolean;
}

interface SimAgent {
  readonly did: Did;
  readonly node: SimNode;
  readonly vector: Int8Array;
  readonly announcedAtMs: number;
}

export interface QueryResult {
  /** Of the five nearest among agents alive and announced at least 10 s ago, the share that was found. */
  readonly recall: number;
  /** Sent for this query, lookups, probes and what was lost on the way among them. */
  readonly messageCount: number;
  readonly byteCount: number;
  readonly recordCount: number;
  readonly refusedCount: number;
  readonly askedAtMs: number;
  readonly durationMs: number;
  /** Of the five best of the answer, those that ran no more when it came. */
  readonly deadCount: number;
  readonly reasons: readonly string[];
}

const latencyMs = { min: 20, spread: 60 } as const;

export class DhtSimulation {
  readonly background = { messageCount: 0, byteCount: 0 };
  readonly #init: DhtSimulationInit;
  readonly #kademlia: KademliaModel;
  readonly #keys = createFakeKeys();
  readonly #nodes: SimNode[] = [];
  readonly #byId = new Map<NodeId, SimNode>();
  readonly #agents = new Map<Did, SimAgent>();
  readonly #kernel = new SimKernel({ startMs: fakeNowMs });
  readonly #opened = new Map<string, OpenedEntry | 'refused'>();
  readonly #waiting = new Map<string, (found: Found) => void>();
  #created = 0;
  #queryCount = 0;

  constructor(init: DhtSimulationInit) {
    this.#init = init;
    this.#kademlia = new KademliaModel(init.random);
    for (let i = 0; i < init.nodeCount; i++) this.#addNode();
    const everyMs = 60_000 / (init.replacedPerMinute * init.nodeCount);
    if (Number.isFinite(everyMs)) this.#later(everyMs, () => this.#churn(everyMs));
  }

  get nowMs(): number {
    return this.#kernel.nowMs();
  }

  get eventCount(): number {
    return this.#kernel.eventCount;
  }

  /** Of every event so far. */
  get digest(): RunDigest {
    return this.#kernel.digest;
  }

  run(durationMs: number): void {
    this.#kernel.runFor(durationMs);
  }

  /** Ask from a random honest node and run until the answer is there; again from another one if it is replaced. */
  ask(text: string): QueryResult {
    for (;;) {
      const result = this.#askOnce(text);
      if (result !== undefined) return result;
    }
  }

  #askOnce(text: string): QueryResult | undefined {
    const { random, vectors } = this.#init;
    const honest = this.#nodes.filter((node) => node.honesty === 'honest');
    const asker = honest[Math.floor(random() * honest.length)]!;
    const vector = vectors.quantize(vectors.embed(text));
    const truth = this.#exhaustive(vector);
    const startMs = this.nowMs;
    const request = `q${this.#queryCount++}`;
    let found: Found | undefined;
    this.#waiting.set(request, (answer) => {
      found = answer;
    });
    this.#feed(asker, { type: 'ask', atMs: this.nowMs, request, query: { text, limit: 5 } });
    while (found === undefined && asker.isAlive) this.run(20);
    if (found === undefined) return undefined;
    const top = found.skills[0]!.candidates.slice(0, 5);
    const isAlive = (did: string) => this.#agents.get(did as Did)?.node.isAlive === true;
    const good = top.filter(({ capability, similarity }) => {
      return isAlive(capability.body.agent) && similarity >= truth.fifth - 1e-9;
    });
    return {
      recall: truth.count === 0 ? 1 : Math.min(truth.count, good.length) / truth.count,
      messageCount: found.messageCount,
      byteCount: found.byteCount,
      recordCount: found.recordCount,
      refusedCount: found.refusedCount,
      askedAtMs: startMs,
      durationMs: this.nowMs - startMs,
      deadCount: top.filter(({ capability }) => !isAlive(capability.body.agent)).length,
      reasons: found.reasons,
    };
  }

  /** Records kept for others: the fullest node, the mean, and the largest share of one in the mean. */
  holderLoad(): { max: number; mean: number; ratio: number } {
    const counts = this.#nodes.map((node) => node.index.sizes().heldCount);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const max = Math.max(...counts);
    return { max, mean, ratio: max / mean };
  }

  /** The similarity that the fifth nearest has, among agents alive and announced at least 10 s ago. */
  #exhaustive(vector: Int8Array): { fifth: number; count: number } {
    const similarities: number[] = [];
    for (const agent of this.#agents.values())
      if (agent.node.isAlive && agent.announcedAtMs <= this.nowMs - 10_000)
        similarities.push(cosine(vector, agent.vector));
    const best = similarities
      .sort((a, b) => b - a)
      .slice(0, 5)
      .filter((similarity) => similarity >= 0.1);
    return { fifth: best.at(-1) ?? 0, count: best.length };
  }

  #addNode(): void {
    const { random, liarShare, agentsPerNode, vectors, buckets, settings } = this.#init;
    const number = this.#created++;
    const id = didOf(number, 'node') as NodeId;
    const liars = ['silent', 'forging', 'withholding'] as const;
    const honesty = random() < liarShare ? liars[number % 3]! : 'honest';
    const init = { self: id, mesh: fakeMesh, ...(settings === undefined ? {} : { settings }) };
    const index = new DhtIndex({ hash: this.#keys.hash, vectors, buckets }, init);
    const node: SimNode = { id, index, honesty, isAlive: true };
    const bootstrap = this.#nodes[Math.floor(random() * this.#nodes.length)];
    this.#kademlia.join(id, bootstrap?.id);
    this.#nodes.push(node);
    this.#byId.set(id, node);
    const dids = Array.from({ length: agentsPerNode }, (_, at) => didOf(number * agentsPerNode + at));
    const attached = new Map(dids.map((did) => [did, 0]));
    this.#feed(node, { type: 'load-changed', atMs: this.nowMs, attached });
    const meshSize = { nodeCount: this.#init.nodeCount, recordCount: this.#init.nodeCount * agentsPerNode };
    this.#feed(node, { type: 'mesh-size', atMs: this.nowMs, ...meshSize });
    this.#later(1 + random() * 2_000, () => dids.forEach((_, at) => void this.#announce(node, number, at)));
    this.#later(random() * 60_000, () => this.#refresh(node));
  }

  #announce(node: SimNode, number: number, at: number): void {
    const { random, makeText, agentsPerNode, vectors } = this.#init;
    const agent = number * agentsPerNode + at;
    const text = makeText(random);
    const draft: CapabilityDraft = draftOf(agent, text, { node: node.id, nowMs: this.nowMs });
    const capability = sealCapability(draft, this.#keys);
    const vector = vectors.quantize(vectors.embed(text));
    this.#agents.set(didOf(agent), { did: didOf(agent), node, vector, announcedAtMs: this.nowMs });
    this.#feed(node, { type: 'announce', atMs: this.nowMs, entry: { capability } });
  }

  #refresh(node: SimNode): void {
    if (!node.isAlive) return;
    this.#kademlia.refresh(node.id);
    this.#later(60_000, () => this.#refresh(node));
  }

  #churn(everyMs: number): void {
    const at = Math.floor(this.#init.random() * this.#nodes.length);
    const node = this.#nodes[at]!;
    node.isAlive = false;
    this.#kademlia.leave(node.id);
    this.#byId.delete(node.id);
    this.#nodes[at] = this.#nodes.at(-1)!;
    this.#nodes.pop();
    this.#addNode();
    this.#later(everyMs, () => this.#churn(everyMs));
  }

  #feed(node: SimNode, input: DhtIndexInput): void {
    if (!node.isAlive) return;
    for (const effect of node.index.step(input)) this.#perform(node, effect);
  }

  #perform(node: SimNode, effect: DhtIndexEffect): void {
    switch (effect.type) {
      case 'set-timer': {
        const { timer } = effect;
        this.#kernel.schedule(effect.dueAtMs, () =>
          this.#feed(node, { type: 'timer-fired', atMs: this.nowMs, timer }),
        );
        return;
      }
      case 'find-closest': {
        const { request } = effect;
        const found = this.#kademlia.closest(node.id, effect.key, effect.count);
        this.background.messageCount += found.messageCount;
        const { nodes, messageCount: lookupMessageCount, byteCount } = found;
        this.#later(found.durationMs, () =>
          this.#feed(node, {
            type: 'closest-found',
            atMs: this.nowMs,
            request,
            nodes,
            lookupMessageCount,
            byteCount,
          }),
        );
        return;
      }
      case 'send-index-message':
        this.#send(node, effect.to, effect.message);
        return;
      case 'found':
        this.#waiting.get(effect.request)?.(effect);
        this.#waiting.delete(effect.request);
        return;
      default:
        return;
    }
  }

  #send(from: SimNode, to: NodeId, message: IndexMessage): void {
    const byteCount = writeIndexMessage(message).length;
    this.background.messageCount += 1;
    this.background.byteCount += byteCount;
    const delayMs = latencyMs.min + this.#init.random() * latencyMs.spread;
    this.#later(delayMs, () => {
      const receiver = this.#byId.get(to);
      if (receiver !== undefined) this.#receive(receiver, from.id, message, byteCount);
    });
  }

  #receive(node: SimNode, from: NodeId, message: IndexMessage, byteCount: number): void {
    const isService = message.kind === 'put' || message.kind === 'query';
    if (node.honesty !== 'honest' && isService) {
      this.#lie(node, from, message);
      return;
    }
    const atMs = this.nowMs;
    switch (message.kind) {
      case 'put': {
        const { opened } = this.#open(message.records);
        this.#feed(node, { type: 'put-received', atMs, from, message, entries: opened });
        return;
      }
      case 'ranked': {
        const { opened, refusedCount } = this.#open(message.records);
        const checked = { entries: opened, refusedCount, byteCount };
        this.#feed(node, { type: 'ranked-received', atMs, from, message, ...checked });
        return;
      }
      case 'put-done':
        this.#feed(node, { type: 'put-done-received', atMs, from, message });
        return;
      case 'query':
        this.#feed(node, { type: 'query-received', atMs, from, message });
        return;
      case 'probe':
        this.#feed(node, { type: 'probe-received', atMs, from, message });
        return;
      case 'alive':
        this.#feed(node, { type: 'alive-received', atMs, from, message, byteCount });
        return;
      default:
        return;
    }
  }

  #lie(node: SimNode, from: NodeId, message: IndexMessage): void {
    if (node.honesty === 'silent') return;
    if (message.kind === 'put')
      this.#send(node, from, { kind: 'put-done', request: message.request, takenCount: 1, refusedCount: 0 });
    if (message.kind !== 'query') return;
    const records = node.honesty === 'forging' ? this.#forge(message.limit) : [];
    this.#send(node, from, { kind: 'ranked', request: message.request, records, isFull: false });
  }

  /** Records of agents that do not exist, of real agents with other words, and of dead agents. */
  #forge(count: number): RecordEntry[] {
    const { random, makeText } = this.#init;
    return Array.from({ length: count }, () => {
      const agent = Math.floor(random() * this.#created * this.#init.agentsPerNode);
      const real = sealCapability(
        draftOf(agent, makeText(random), { nowMs: this.nowMs, seq: 99 }),
        this.#keys,
      );
      const forged = new TextEncoder().encode(
        new TextDecoder().decode(real.bytes).replace('"text":"', '"text":"really '),
      );
      return packEntry({ ...real, bytes: forged });
    });
  }

  /** Each distinct record is checked once in the whole run: the answer is the same everywhere. */
  #open(entries: readonly RecordEntry[]): { opened: OpenedEntry[]; refusedCount: number } {
    const opened: OpenedEntry[] = [];
    for (const entry of entries) {
      let known = this.#opened.get(entry.record);
      if (known === undefined) {
        const context = { mesh: fakeMesh, nowMs: this.nowMs, keys: this.#keys, checkAuthority: ownKeyOnly };
        known = openEntries([entry], context).opened[0] ?? 'refused';
        this.#opened.set(entry.record, known);
      }
      if (known !== 'refused') opened.push(known);
    }
    return { opened, refusedCount: entries.length - opened.length };
  }

  #later(delayMs: number, run: () => void): void {
    this.#kernel.schedule(this.nowMs + Math.max(1, Math.round(delayMs)), run);
  }
}
