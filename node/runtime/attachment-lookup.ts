/**
 * Who is where, in a mesh too large to tell everybody: an attachment lies in the directory under its agent's key, and
 * who needs it asks there. Neighbours tell each other their own agents; the node that an agent left is told where it
 * went, and tells those who share a space with the agent. What may have changed unheard is looked up again.
 */

import type { AttachmentRegistry, RegistryEffect } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Directory, DirectoryEvent } from '../../protocol/ports.ts';
import type { Attachment } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { decodeAttachmentBytes, encodeAttachmentBytes, keyOfAgent } from './attachment-bytes.ts';
import type { LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface AttachmentLookupComponents {
  readonly core: PeerCore;
  readonly registry: AttachmentRegistry;
  readonly local: LocalAgents;
  /** False when one of them is provably bad. */
  readonly takeAttachments: (attachments: readonly Attachment[]) => boolean;
  /** Remote agents whose whereabouts matter all the time: those that share a space with an agent of this node. */
  readonly companions: () => readonly Did[];
  /** Nodes that share a space with this agent. */
  readonly nodesBeside: (agent: Did) => readonly NodeId[];
}

export interface AttachmentLookup {
  /** An agent of this node attached, or signed anew. */
  announce(attachment: Verified<Attachment>): void;
  /** Ask where an agent is; the answer comes as a new attachment. */
  find(agent: Did): void;
  /** A new neighbour is told of the agents here. */
  greet(node: NodeId): void;
  /** The registry learned where an agent is: who has to know it from here is told. */
  located(effect: Extract<RegistryEffect, { type: 'agent-located' }>): void;
  /** This node was asked for an agent that has moved on. */
  redirect(asker: NodeId, agent: Did): void;
  /** The closest nodes are others now. */
  meshGrew(): void;
  /** Once a minute. */
  sweep(): void;
  /** False for an answer to somebody else's request. */
  takeDirectory(event: DirectoryEvent): boolean;
}

/** Agents that one neighbour is told of: it may want witnesses, not a list of all. */
const toldMax = 64;
/** An agent that is not found is looked for again, first after this long, then after twice as long. */
const retryMs = 2_000;
const attemptsMax = 6;
/** How often an attachment is put again: holders leave, and others come closer. Judgement: between a record of the
 * DHT index (1 minute, it must be found among thousands) and Kademlia's own hour. */
const putEveryMs = 600_000;
/** Companions looked up again at each sweep, in turn: they may have moved while nobody could tell. */
const refreshMax = 4;
/** A location that ends within this long is looked up before it does: two sweeps. */
const endsSoonMs = 120_000;

export function createAttachmentLookup(
  parts: AttachmentLookupComponents,
  directory: Directory,
): AttachmentLookup {
  return new DirectoryLookup(parts, directory);
}

class DirectoryLookup implements AttachmentLookup {
  readonly #parts: AttachmentLookupComponents;
  readonly #core: PeerCore;
  readonly #directory: Directory;
  /** Agents being looked for, and how often that failed. */
  readonly #wanted = new CompactMap<Did, number>();
  readonly #putAtMs = new CompactMap<Did, number>();
  #turn = 0;
  /** Made once for all neighbours that come in a minute. */
  #ownPacket: Uint8Array | undefined;

  constructor(parts: AttachmentLookupComponents, directory: Directory) {
    this.#parts = parts;
    this.#core = parts.core;
    this.#directory = directory;
  }

  announce(attachment: Verified<Attachment>): void {
    this.#ownPacket = undefined;
    const agent = attachment.agent as Did;
    this.#core.turn.afterCommit(() => {
      const bytes = encodePacket({ packet: 'attachments', attachments: [attachment] });
      for (const node of this.#core.transport.peers()) this.#core.transport.send(node, bytes);
    });
    // Only an agent with a key of its own can have been elsewhere: that node must hear of it, and holders keep only
    // the newest, so ask before putting.
    if (attachment.sessionKey === agent) this.#put(agent);
    else this.#directory.getRecords(`before ${agent}`, keyOfAgent(this.#core.keys, this.#core.mesh, agent));
  }

  #put(agent: Did): void {
    const attachment = this.#parts.registry.locate(agent);
    if (attachment?.node !== this.#core.self) return;
    this.#putAtMs.set(agent, this.#core.clock.nowMs());
    const key = keyOfAgent(this.#core.keys, this.#core.mesh, agent);
    this.#directory.putRecord(`put ${agent}`, key, encodeAttachmentBytes(attachment));
  }

  #tell(node: NodeId, attachments: readonly Attachment[]): void {
    const packet = { packet: 'attachments' as const, attachments: [...attachments] };
    this.#core.turn.afterCommit(() => this.#core.transport.send(node, encodePacket(packet)));
  }

  find(agent: Did): void {
    if (this.#wanted.has(agent)) return;
    this.#wanted.set(agent, 0);
    this.#ask(agent);
  }

  #ask(agent: Did): void {
    this.#directory.getRecords(`find ${agent}`, keyOfAgent(this.#core.keys, this.#core.mesh, agent));
  }

  takeDirectory(event: DirectoryEvent): boolean {
    const [purpose, agent] = event.request.split(' ') as [string, Did];
    if (purpose !== 'find' && purpose !== 'before' && purpose !== 'put') return false;
    const records = event.type === 'records-found' ? event.records : [];
    const found = records.map(decodeAttachmentBytes).filter((one) => one !== undefined);
    if (!this.#parts.takeAttachments(found)) this.#core.countIgnored('directory', 'bad-attachment');
    if (purpose === 'before') this.#takeBefore(agent, found);
    if (purpose === 'find') this.#takeFound(agent);
    return true;
  }

  #takeBefore(agent: Did, found: readonly Attachment[]): void {
    const now = this.#parts.registry.locate(agent);
    if (now?.node !== this.#core.self) return;
    for (const { node } of found) if (node !== this.#core.self) this.#tell(node as NodeId, [now]);
    this.#put(agent);
  }

  #takeFound(agent: Did): void {
    const attempts = (this.#wanted.get(agent) ?? 0) + 1;
    if (this.#parts.registry.locate(agent) !== undefined || attempts >= attemptsMax)
      return void this.#wanted.delete(agent);
    this.#wanted.set(agent, attempts);
    const dueAtMs = this.#core.clock.nowMs() + retryMs * 2 ** (attempts - 1);
    const again = () => {
      if (this.#parts.registry.locate(agent) === undefined) this.#ask(agent);
      else this.#wanted.delete(agent);
    };
    this.#core.timers.apply('whereabouts', { type: 'set-timer', timer: agent, dueAtMs }, again);
  }

  greet(node: NodeId): void {
    const here = this.#parts.local.list().slice(0, toldMax);
    if (here.length === 0) return;
    this.#ownPacket ??= encodePacket({
      packet: 'attachments',
      attachments: here.map((one) => one.attachment),
    });
    const bytes = this.#ownPacket;
    this.#core.turn.afterCommit(() => this.#core.transport.send(node, bytes));
  }

  sweep(): void {
    this.#ownPacket = undefined;
    const atMs = this.#core.clock.nowMs();
    for (const agent of this.#parts.local.list()) {
      // A sovereign agent that is away may be elsewhere by now: its mail here must follow it.
      if (agent.link === undefined && !agent.isHosted) this.find(agent.did);
      if ((this.#putAtMs.get(agent.did) ?? Number.POSITIVE_INFINITY) + putEveryMs <= atMs)
        this.#put(agent.did);
    }
    for (const did of this.#putAtMs.keys())
      if (this.#parts.local.get(did) === undefined) this.#putAtMs.delete(did);
    const beside = this.#parts.companions();
    for (const agent of beside)
      if ((this.#parts.registry.locate(agent)?.expiresAt ?? 0) < atMs + endsSoonMs) this.find(agent);
    for (let i = 0; i < Math.min(refreshMax, beside.length); i++)
      this.find(beside[this.#turn++ % beside.length]!);
  }

  located({ agent, node, attachment }: Extract<RegistryEffect, { type: 'agent-located' }>): void {
    if (this.#parts.local.get(agent) === undefined || node === this.#core.self) return;
    this.#ownPacket = undefined;
    for (const node of this.#parts.nodesBeside(agent)) this.#tell(node, [attachment]);
  }

  redirect(asker: NodeId, agent: Did): void {
    const attachment = this.#parts.registry.locate(agent);
    if (attachment !== undefined && attachment.node !== this.#core.self) this.#tell(asker, [attachment]);
  }

  meshGrew(): void {
    for (const agent of [...this.#putAtMs.keys()]) this.#put(agent);
  }
}
