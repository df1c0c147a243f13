/**
 * Who is where, in a mesh too large to tell everybody: an attachment lies in the directory under its agent's key, and
 * who needs it asks there. Neighbours tell each other their own agents; the node that an agent left is told where it
 * went, and tells those who share a space with the agent. What may have changed unheard is looked up again.
 */
import type { AttachmentRegistry, RegistryEffect } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Directory, DirectoryEvent } from '../../protocol/ports.ts';
import type { Attachment } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { decodeAttachmentBytes, encodeAttachmentBytes, keyOfAgent } from './attachment-bytes.ts';
import type { LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface AttachmentLookupComponents {
  readonly core: PeerCore;
  readonly directory: Directory;
  readonly registry: AttachmentRegistry;
  readonly local: LocalAgents;
  /** False when one of them is provably bad. */
  readonly take: (attachments: readonly Attachment[]) => boolean;
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

export function createAttachmentLookup(components: AttachmentLookupComponents): AttachmentLookup {
  const { core, directory, registry, local, take, companions, nodesBeside } = components;
  /** Agents being looked for, and how often that failed. */
  const wanted = new Map<Did, number>();
  const putAtMs = new Map<Did, number>();
  let turn = 0;
  /** Made once for all neighbours. */
  let ownPacket: Uint8Array | undefined;

  function announce(attachment: Verified<Attachment>): void {
    ownPacket = undefined;
    const agent = attachment.agent as Did;
    core.turn.afterCommit(() => {
      const bytes = encodePacket({ packet: 'attachments', attachments: [attachment] });
      for (const node of core.transport.peers()) core.transport.send(node, bytes);
    });
    // Only an agent with a key of its own can have been elsewhere: that node must hear of it, and holders keep only
    // the newest, so ask before putting.
    if (attachment.sessionKey === agent) put(agent);
    else directory.getRecords(`before ${agent}`, keyOfAgent(core.keys, core.mesh, agent));
  }

  function put(agent: Did): void {
    const attachment = registry.locate(agent);
    if (attachment?.node !== core.self) return;
    putAtMs.set(agent, core.clock.nowMs());
    const key = keyOfAgent(core.keys, core.mesh, agent);
    directory.putRecord(`put ${agent}`, key, encodeAttachmentBytes(attachment));
  }

  function tell(node: NodeId, attachments: readonly Attachment[]): void {
    const packet = { packet: 'attachments' as const, attachments: [...attachments] };
    core.turn.afterCommit(() => core.transport.send(node, encodePacket(packet)));
  }

  function find(agent: Did): void {
    if (wanted.has(agent)) return;
    wanted.set(agent, 0);
    ask(agent);
  }

  function ask(agent: Did): void {
    directory.getRecords(`find ${agent}`, keyOfAgent(core.keys, core.mesh, agent));
  }

  function takeDirectory(event: DirectoryEvent): boolean {
    const [purpose, agent] = event.request.split(' ') as [string, Did];
    if (purpose !== 'find' && purpose !== 'before' && purpose !== 'put') return false;
    const records = event.type === 'records-found' ? event.records : [];
    const found = records.map(decodeAttachmentBytes).filter((one) => one !== undefined);
    if (!take(found)) core.countIgnored('directory', 'bad-attachment');
    if (purpose === 'before') takeBefore(agent, found);
    if (purpose === 'find') takeFound(agent);
    return true;
  }

  function takeBefore(agent: Did, found: readonly Attachment[]): void {
    const now = registry.locate(agent);
    if (now?.node !== core.self) return;
    for (const { node } of found) if (node !== core.self) tell(node as NodeId, [now]);
    put(agent);
  }

  function takeFound(agent: Did): void {
    const attempts = (wanted.get(agent) ?? 0) + 1;
    if (registry.locate(agent) !== undefined || attempts >= attemptsMax) return void wanted.delete(agent);
    wanted.set(agent, attempts);
    const dueAtMs = core.clock.nowMs() + retryMs * 2 ** (attempts - 1);
    const again = () => {
      if (registry.locate(agent) === undefined) ask(agent);
      else wanted.delete(agent);
    };
    core.timers.apply('whereabouts', { type: 'set-timer', timer: agent, dueAtMs }, again);
  }

  function greet(node: NodeId): void {
    const here = local.list().slice(0, toldMax);
    if (here.length === 0) return;
    ownPacket ??= encodePacket({ packet: 'attachments', attachments: here.map((one) => one.attachment) });
    const bytes = ownPacket;
    core.turn.afterCommit(() => core.transport.send(node, bytes));
  }

  function sweep(): void {
    const atMs = core.clock.nowMs();
    for (const agent of local.list()) {
      // A sovereign agent that is away may be elsewhere by now: its mail here must follow it.
      if (agent.link === undefined && !agent.isHosted) find(agent.did);
      if ((putAtMs.get(agent.did) ?? Number.POSITIVE_INFINITY) + putEveryMs <= atMs) put(agent.did);
    }
    for (const did of putAtMs.keys()) if (local.get(did) === undefined) putAtMs.delete(did);
    const beside = companions();
    for (const agent of beside) if ((registry.locate(agent)?.expiresAt ?? 0) < atMs + endsSoonMs) find(agent);
    for (let i = 0; i < Math.min(refreshMax, beside.length); i++) find(beside[turn++ % beside.length]!);
  }

  return {
    announce,
    find,
    greet,
    located({ agent, node, attachment }) {
      if (local.get(agent) === undefined || node === core.self) return;
      ownPacket = undefined;
      for (const node of nodesBeside(agent)) tell(node, [attachment]);
    },
    redirect(asker, agent) {
      const attachment = registry.locate(agent);
      if (attachment !== undefined && attachment.node !== core.self) tell(asker, [attachment]);
    },
    meshGrew() {
      for (const agent of [...putAtMs.keys()]) put(agent);
    },
    sweep,
    takeDirectory,
  };
}
