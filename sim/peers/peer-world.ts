/**
 * A mesh of full peers on virtual time: the same `createMeshPeer` that the node runs, on the modelled gossip and
 * Kademlia networks, virtual disks and keyed-hash keys. One seed decides everything.
 */
import { createAttachmentValidator } from '../../node/runtime/attachment-bytes.ts';
import type { IndexChoice } from '../../node/runtime/capability-search.ts';
import type { Decoding } from '../../node/runtime/decoding.ts';
import { attachmentBytes } from '../../node/runtime/local-agents.ts';
import { createMeshPeer, type MeshPeer } from '../../node/runtime/mesh-peer.ts';
import { meshIdOf } from '../../node/runtime/topics.ts';
import type { BehaviourFactory } from '../../protocol/behaviour.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import type { Store, Transport } from '../../protocol/ports.ts';
import { SimKernel } from '../clock/kernel.ts';
import { RandomStream } from '../clock/random.ts';
import { type GossipTransport, GossipWorld } from '../gossip/gossip-transport.ts';
import type { GossipSettings } from '../gossip/settings.ts';
import { type KademliaDirectory, KademliaWorld } from '../kademlia/kademlia-directory.ts';
import { type FaultRule, FaultRules } from '../network/faults.ts';
import { createLinkModel, type LinkModel, type LinkSettings } from '../network/link-model.ts';
import {
  createSharedRows,
  createSimClock,
  createSimDisk,
  createSimKeyRegistry,
  createSimKeys,
  createSimRng,
  plainRows,
  type RowForm,
  type SimClock,
  type SimDisk,
  type SimRng,
} from '../shell/index.ts';
import { createSharedDecoding } from './shared-decoding.ts';
import { createSharedVectors } from './shared-vectors.ts';
import { SimAgent, type Witness } from './sim-agent.ts';

export interface PeerWorldInit {
  readonly seed: number;
  readonly peerCount: number;
  readonly link: LinkSettings;
  readonly faults?: readonly FaultRule[];
  readonly gossip?: Partial<GossipSettings>;
  /** Connections that each node dials. Default 10. */
  readonly dialCount?: number;
  /** Clock error of each node, ms. Default none. */
  readonly skewsMs?: ArrayLike<number>;
  /** Agents with keys of their own can move to another node; hosted ones cannot. Default hosted. */
  readonly isSovereign?: boolean;
  readonly behaviour?: BehaviourFactory;
  /** How long agents take to read and acknowledge, ms. Default 1. */
  readonly readMs?: number;
  /** Hears everything that agents say and hear: the checkers' ear. */
  readonly witness?: Witness;
  /** Every peer decodes its own bytes: slower, and the same events. Default false. */
  readonly wire?: boolean;
  /** Where records are kept and sought, and with them who is told of agents. Default gossip. */
  readonly index?: IndexChoice;
  /** Events that each node keeps on its disk. Default as on a real node, 20,000. */
  readonly eventsMax?: number;
  /** The peer under test. Default the real one; a test may pass a copy with a planted bug. */
  readonly createPeer?: typeof createMeshPeer;
}

/** One machine: its disk outlives its processes. */
export interface Place {
  readonly index: number;
  readonly node: NodeId;
  readonly disk: SimDisk;
  peer: MeshPeer | undefined;
  /** Open while the node runs. */
  store: Store | undefined;
  transport: GossipTransport;
  directory: KademliaDirectory;
  clock: SimClock;
  bootCount: number;
}

/** Up to so many peers rows lie on disks as they are: packing takes a twentieth of the time of a busy world. Measurement. */
const plainPeersMax = 300;

export class PeerWorld {
  readonly kernel = new SimKernel();
  readonly gossip: GossipWorld;
  readonly kademlia: KademliaWorld;
  readonly places: Place[] = [];
  readonly agents: SimAgent[] = [];
  readonly mesh: string;
  readonly random: RandomStream;
  /** Keys of agents that hold their own. */
  readonly agentKeys: ReturnType<typeof createSimKeys>;
  readonly faults: FaultRules | undefined;
  readonly figures = new Map<string, number>();

  readonly #init: PeerWorldInit;
  readonly #rng: SimRng;
  readonly #registry = createSimKeyRegistry();
  readonly #vectors = createSharedVectors();
  readonly #decoding: Decoding | undefined;
  readonly #names = new Map<string, string>();
  readonly #rows: RowForm;

  constructor(init: PeerWorldInit) {
    this.#init = init;
    this.#rows = init.peerCount > plainPeersMax ? createSharedRows() : plainRows;
    this.#rng = createSimRng(init.seed);
    this.#decoding = init.wire === true ? undefined : createSharedDecoding();
    this.random = RandomStream.fromSeed(init.seed).split('peers');
    this.agentKeys = createSimKeys({
      registry: this.#registry,
      rng: this.#rng.split('agents'),
      store: createSimDisk().open(),
    });
    this.mesh = meshIdOf(this.agentKeys, 'sim', '');
    const { kernel, random } = this;
    const nodesMax = init.peerCount;
    const link = linkPeers(init.seed, init.link, nodesMax);
    if (init.faults !== undefined && init.faults.length > 0)
      this.faults = new FaultRules(init.faults, nodesMax, random.split('faults'));
    this.gossip = new GossipWorld(
      { kernel, random, link, ...(this.faults === undefined ? {} : { faults: this.faults }) },
      {
        nodesMax,
        dialCount: init.dialCount ?? 10,
        slotsPerPeer: 64,
        ...(init.gossip ? { settings: init.gossip } : {}),
      },
    );
    this.kademlia = new KademliaWorld(
      {
        kernel,
        random: random.split('kademlia'),
        link,
        isReachable: (from, to) => this.gossip.isReachable(from, to),
        validateRecord: createAttachmentValidator({
          mesh: this.mesh,
          keys: this.agentKeys,
          nowMs: () => kernel.nowMs(),
        }),
      },
      { nodesMax },
    );
    for (let index = 0; index < init.peerCount; index++) this.#install(index);
  }

  get nowMs(): number {
    return this.kernel.nowMs();
  }

  run(durationMs: number): void {
    this.kernel.runFor(durationMs);
  }

  /** Start a node, or start it again from its disk; its agents that were there come back. */
  boot(index: number): MeshPeer {
    const place = this.places[index]!;
    const { node, disk } = place;
    const store = disk.open();
    const rng = this.#rng.split(`node-${index}-${place.bootCount++}`);
    const keys = createSimKeys({ registry: this.#registry, rng, store });
    place.clock = createSimClock(this.kernel, { skewMs: this.#init.skewsMs?.[index] ?? 0 });
    place.transport = this.gossip.attach(node);
    place.directory = this.kademlia.attach(node);
    const { clock, transport, directory } = place;
    const create = this.#init.createPeer ?? createMeshPeer;
    const peer = create(
      {
        clock,
        rng,
        keys,
        store,
        transport: this.#overhear(place, transport),
        directory,
        vectors: this.#vectors,
        decoding: this.#decoding,
      },
      {
        mesh: this.mesh,
        nodeName: `n${index}`,
        index: this.#init.index,
        eventsMax: this.#init.eventsMax,
        onFatal: (error) => {
          throw error;
        },
      },
    );
    place.peer = peer;
    place.store = store;
    peer.start();
    for (const agent of this.agents) if (agent.home === index) agent.attach(peer, clock);
    return peer;
  }

  /** The process dies: no goodbye, and what was not committed is gone. */
  crash(index: number): void {
    const place = this.places[index]!;
    if (place.peer === undefined) return;
    for (const agent of this.agents) if (agent.home === index) agent.detach();
    place.peer = undefined;
    place.store = undefined;
    place.transport.stop();
    place.directory.stop();
    place.clock.stop();
    place.disk.crash(this.#rng.split(`crash-${index}-${place.bootCount}`));
    this.#init.witness?.crashed?.(index);
  }

  /** An agent joins at a node; its behaviour comes from the world's factory. */
  join(index: number, agentCount = this.#init.peerCount): SimAgent {
    const number = this.agents.length;
    const agent = new SimAgent({
      index: number,
      agentCount,
      name: `a${number}`,
      home: index,
      behaviour: this.#init.behaviour?.(number, agentCount) ?? { on: () => undefined },
      world: this,
      rng: this.#rng.split(`agent-${number}`),
      random: this.random.split('agent', number),
      ownKey: this.#init.isSovereign === true ? this.agentKeys.create() : undefined,
      witness: this.#init.witness ?? {},
      readMs: Math.max(1, this.#init.readMs ?? 1),
    });
    this.agents.push(agent);
    const place = this.places[index]!;
    if (place.peer !== undefined) agent.attach(place.peer, place.clock);
    return agent;
  }

  /** A sovereign agent attaches to another node. Its old node finds out by the mesh. */
  move(agent: SimAgent, index: number): void {
    agent.detach();
    agent.home = index;
    agent.movedAtMs = this.nowMs;
    const place = this.places[index]!;
    if (place.peer !== undefined) agent.attach(place.peer, place.clock);
  }

  /** The same text for all who keep the name of an agent. */
  nameOnce(name: string): string {
    const known = this.#names.get(name);
    if (known === undefined) this.#names.set(name, name);
    return known ?? name;
  }

  signAttachment(did: Did, proposal: Parameters<typeof attachmentBytes>[0]): string {
    return toBase64Url(this.agentKeys.sign(did, attachmentBytes(proposal)));
  }

  count(figure: string, amount = 1): void {
    this.figures.set(figure, (this.figures.get(figure) ?? 0) + amount);
  }

  /** Whether a row of `bucket` on the node's disk holds `text`, in its key or value; the node may be down. */
  isOnDisk(index: number, bucket: string, text: string): boolean {
    const { store, disk } = this.places[index]!;
    const read = store ?? disk.open();
    const rows = read.scan(bucket, '', '', Number.MAX_SAFE_INTEGER);
    if (store === undefined) read.close();
    return rows.some(
      ({ key, value }) => key.includes(text) || (typeof value === 'string' && value.includes(text)),
    );
  }

  /** The transport as the peer sees it; a witness may see what is sent directly. */
  #overhear({ index }: Place, transport: Transport): Transport {
    const { witness } = this.#init;
    if (witness?.sent === undefined) return transport;
    return {
      self: transport.self,
      bytesMax: transport.bytesMax,
      publishBytesMax: transport.publishBytesMax,
      start: (listener) => transport.start(listener),
      publish: (topic, bytes) => transport.publish(topic, bytes),
      subscribe: (topic) => transport.subscribe(topic),
      unsubscribe: (topic) => transport.unsubscribe(topic),
      peers: () => transport.peers(),
      send: (to, bytes) => {
        witness.sent!(index, to, bytes);
        transport.send(to, bytes);
      },
    };
  }

  #install(index: number): void {
    const disk = createSimDisk({ form: this.#rows });
    const store = disk.open();
    const rng = this.#rng.split(`place-${index}`);
    const node = createSimKeys({ registry: this.#registry, rng, store }).create() as string as NodeId;
    store.close();
    const transport = this.gossip.attach(node);
    const directory = this.kademlia.attach(node);
    const clock = createSimClock(this.kernel);
    this.places.push({
      index,
      node,
      disk,
      peer: undefined,
      store: undefined,
      transport,
      directory,
      clock,
      bootCount: 0,
    });
  }
}

/** The links of a mesh of full peers, which `seed` alone decides: real nodes are given the same. */
export function linkPeers(seed: number, link: LinkSettings, peerCount: number): LinkModel {
  return createLinkModel(link, RandomStream.fromSeed(seed).split('peers', 'link'), peerCount);
}
