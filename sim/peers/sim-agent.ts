/** One simulated agent: a behaviour on a node's edge, acknowledging what it hears as a good client does. */
import type { LocalAgent } from '../../node/runtime/local-agents.ts';
import type { MeshPeer } from '../../node/runtime/mesh-peer.ts';
import type { Behaviour, BehaviourContext, Heard } from '../../protocol/behaviour.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { LongCompactMap } from '../../protocol/compact-map.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import { isEdgeType } from '../../protocol/messages.ts';
import type { Clock, Rng } from '../../protocol/ports.ts';
import type { RandomStream } from '../clock/random.ts';
import type { PeerWorld } from './peer-world.ts';

/** Hears what passes between agents and their nodes, at the moment it passes. */
export interface Witness {
  said?(agent: SimAgent, message: Heard & { readonly id: string }): void;
  /** Anything that the node says to the agent. `mailId` wants an acknowledgement. */
  heard?(agent: SimAgent, message: Heard, mailId: string | undefined): void;
  acknowledged?(agent: SimAgent, mailId: string): void;
  crashed?(place: number): void;
  /** A direct packet leaves a node. */
  sent?(place: number, to: NodeId, bytes: Uint8Array): void;
}

export interface SimAgentInit {
  readonly index: number;
  readonly agentCount: number;
  readonly name: string;
  /** Number of the node. */
  readonly home: number;
  readonly behaviour: Behaviour;
  readonly world: PeerWorld;
  readonly rng: Rng;
  readonly random: RandomStream;
  /** A sovereign agent's key; `undefined` for a hosted one. */
  readonly ownKey: Did | undefined;
  readonly witness: Witness;
  /** How long it takes to read and acknowledge, ms, at least 1. */
  readonly readMs: number;
}

/** Messages remembered as read. */
const readMax = 10_000;

export class SimAgent {
  readonly index: number;
  readonly name: string;
  home: number;
  /** Known from the first attachment on. */
  did: Did | undefined;
  isUp = false;
  /** When it last got a connection, Unix ms. */
  attachedAtMs = 0;
  /** When it last moved to another node, Unix ms. */
  movedAtMs = Number.NEGATIVE_INFINITY;

  readonly #init: SimAgentInit;
  /** Who wrote what was read, by the node's name for it; beside the writer's name where two gave one name. */
  readonly #read = new LongCompactMap<string, string>();
  #peer: MeshPeer | undefined;
  #local: LocalAgent | undefined;
  #clock: Clock | undefined;
  #resume: string | undefined;
  #attachmentSeq = 0;
  /** Distinguishes connections: what an old one still had to say is not heard. */
  #session = 0;

  constructor(init: SimAgentInit) {
    this.#init = init;
    this.index = init.index;
    this.name = init.name;
    this.home = init.home;
  }

  /** What it offers, if anything. */
  get capability(): string | undefined {
    return this.#init.behaviour.capability;
  }

  /** Join, or come back, at this node. */
  attach(peer: MeshPeer, clock: Clock): void {
    const local = this.#init.ownKey === undefined ? this.#attachHosted(peer) : this.#attachSovereign(peer);
    this.#peer = peer;
    this.#clock = clock;
    this.#local = local;
    this.did = local.did;
    this.isUp = true;
    this.attachedAtMs = this.#init.world.nowMs;
    const session = ++this.#session;
    const { capability } = this.#init.behaviour;
    peer.agents.connect(
      local,
      {
        send: (text, mailId) => this.#hear(session, text, mailId),
        supersede: () => {
          if (session === this.#session) this.isUp = false;
        },
      },
      capability === undefined ? {} : { capabilities: [{ text: capability }] },
    );
    this.#init.behaviour.start?.(this.#createContext());
  }

  /** The connection is gone, and nobody said goodbye. */
  detach(): void {
    this.isUp = false;
    this.#session++;
    this.#peer = undefined;
    this.#local = undefined;
  }

  /** Say something as this agent; the answer is its id. Nothing is said while the node is down. */
  send(message: Readonly<Record<string, unknown>> & { readonly type: string }): string {
    const { rng, witness, world } = this.#init;
    const isEdge = isEdgeType(message.type);
    const id = (message.id as string | undefined) ?? createMessageId(world.nowMs, rng);
    if (this.#peer === undefined || this.#local === undefined) return id;
    const whole = isEdge ? message : { ...message, id };
    witness.said?.(this, { ...whole, id });
    this.#peer.agents.receive(this.#local, JSON.stringify(whole));
    return id;
  }

  /** An alarm from outside: a workload tells the agent what to do now. */
  hear(word: string): void {
    if (this.isUp) this.#init.behaviour.on({ type: 'alarm', word }, this.#createContext());
  }

  #attachHosted(peer: MeshPeer): LocalAgent {
    const attached = peer.local.attachHosted(this.name, this.#resume);
    if (!attached.ok) throw new Error(`${this.name} cannot attach: ${attached.refusal.message}`);
    this.#resume ??= attached.value.resume;
    return attached.value.agent;
  }

  #attachSovereign(peer: MeshPeer): LocalAgent {
    const did = this.#init.ownKey!;
    const proposal = peer.local.proposeAttachment(did, this.name, this.#attachmentSeq + 1);
    this.#attachmentSeq = proposal.seq;
    const attached = peer.local.attachSovereign(proposal, this.#init.world.signAttachment(did, proposal));
    if (!attached.ok) throw new Error(`${this.name} cannot attach: ${attached.refusal.message}`);
    return attached.value.agent;
  }

  #hear(session: number, text: string, mailId: string | undefined): void {
    if (session !== this.#session) return;
    const message = JSON.parse(text) as Heard;
    this.#init.witness.heard?.(this, message, mailId);
    const { kernel } = this.#init.world;
    // The agent reads it a moment later: its answer is never part of the node's own turn.
    kernel.schedule(kernel.nowMs() + this.#init.readMs, () => {
      if (session !== this.#session) return;
      if (mailId !== undefined) this.#acknowledge(mailId);
      // As the client does: what was read before, here or at another node, is acknowledged and not read again.
      if (mailId !== undefined && this.#isRead(String(message.from), mailId)) return;
      this.#init.behaviour.on(message, this.#createContext());
    });
  }

  #isRead(from: string, mailId: string): boolean {
    const known = this.#read.get(mailId);
    const key = known === undefined || known === from ? mailId : `${from} ${mailId}`;
    if (this.#read.get(key) === from) return true;
    this.#read.set(key, this.#init.world.nameOnce(from));
    if (this.#read.size > readMax) this.#read.delete(this.#read.keys().next().value!);
    return false;
  }

  #acknowledge(mailId: string): void {
    this.#init.witness.acknowledged?.(this, mailId);
    this.#peer!.agents.acknowledge(this.#local!, [mailId], 'delivered');
  }

  /** Made when the agent has something to hear: most of the time it has not. */
  #createContext(): BehaviourContext {
    const { world, index, agentCount, name, random, behaviour } = this.#init;
    const self = () => this.did!;
    return {
      get self() {
        return self();
      },
      name,
      index,
      agentCount,
      nowMs: () => this.#clock!.nowMs(),
      random: () => random.unit(),
      send: (message) => this.send(message),
      after: (delayMs, word) => {
        const session = this.#session;
        world.kernel.schedule(world.nowMs + delayMs, () => {
          if (session === this.#session) behaviour.on({ type: 'alarm', word }, this.#createContext());
        });
      },
      count: (figure, amount) => world.count(figure, amount),
    };
  }
}
