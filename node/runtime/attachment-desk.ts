/** Where agents are attached: what this node tells of its own, takes in of others, and looks up when it does not know. */
import type { AttachmentRegistry, RegistryEffect } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Directory } from '../../protocol/ports.ts';
import { type Attachment, checkAttachment } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { decodeAttachmentBytes, encodeAttachmentBytes, keyOfAgent } from './attachment-bytes.ts';
import { type AttachmentLookup, createAttachmentLookup } from './attachment-lookup.ts';
import { type AttachmentSync, createAttachmentSync } from './attachment-sync.ts';
import type { Decoding } from './decoding.ts';
import type { LocalAgents } from './local-agents.ts';
import type { PeerCore } from './peer-core.ts';
import type { PublicationDesk } from './publication-desk.ts';
import type { Topics } from './topics.ts';

export interface AttachmentDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly decoding: Decoding;
  readonly publications: PublicationDesk;
  readonly topics: Topics;
  /** Where agents beyond the reach of gossip are looked up. */
  readonly directory?: Directory | undefined;
  /** Nobody is told of agents but neighbours: who is where is looked up. Needs a directory. */
  readonly isLookedUp?: boolean;
  /** Agents elsewhere that share a space with one of this node. */
  readonly companions: () => readonly Did[];
  /** Nodes that share a space with this agent. */
  readonly nodesBeside: (agent: Did) => readonly NodeId[];
  /** An agent is attached to this node now. */
  readonly onLocated: (agent: Did, node: NodeId) => void;
}

export interface AttachmentDesk {
  /** Compares what neighbours know, where everybody is told of agents. */
  readonly sync: AttachmentSync | undefined;
  /** Finds agents, where nobody but neighbours is told of them. */
  readonly lookup: AttachmentLookup | undefined;
  /** What others need to check these agents' signatures, each as JSON; at most a packet of it. */
  textsOf(agents: Iterable<Did>): readonly string[];
  /** False when one of them is provably bad. */
  take(attachments: readonly Attachment[]): boolean;
  /** The attachment is known to be good. */
  see(attachment: Verified<Attachment>): void;
  /** Tell the mesh where an agent of this node is. */
  announce(attachment: Verified<Attachment>): void;
  /** Ask the directory where an agent is, unless everybody is told anyway and it is known. */
  lookUp(agent: Did): void;
  /** The directory's answer. */
  takeRecords(records: readonly Uint8Array[]): void;
  /** Forget what has expired, and renew what would. */
  sweep(): void;
}

/** Attachments in one packet; what is beyond is learned from the agents' own announcements. */
const perPacket = 64;

export function createAttachmentDesk(components: AttachmentDeskComponents): AttachmentDesk {
  const { core, local, registry, decoding, publications, topics, directory, onLocated } = components;
  const { companions, nodesBeside } = components;
  const { clock, keys, mesh } = core;
  const lookup =
    components.isLookedUp !== true || directory === undefined
      ? undefined
      : createAttachmentLookup({ core, directory, registry, local, companions, nodesBeside, take });
  const sync = lookup === undefined ? createAttachmentSync(core, registry) : undefined;

  function textsOf(agents: Iterable<Did>): readonly string[] {
    const texts: string[] = [];
    for (const agent of agents) {
      for (const [at, attachment] of registry.history(agent).entries()) {
        // What an agent signed itself needs no earlier attachment; what an earlier node signed for it does.
        if (at === 0 || attachment.sessionKey !== agent) texts.push(decoding.attachments.textOf(attachment));
      }
    }
    return texts.slice(0, perPacket);
  }

  function take(attachments: readonly Attachment[]): boolean {
    for (const attachment of attachments) {
      if (!decoding.isAttachmentSigned(attachment, keys)) return false;
      if (!checkAttachment(attachment, mesh, clock.nowMs()).ok) continue;
      see(attachment as Verified<Attachment>);
    }
    return true;
  }

  function see(attachment: Verified<Attachment>): void {
    for (const effect of registry.step({ type: 'attachment-seen', attachment, atMs: clock.nowMs() }))
      perform(effect);
  }

  function perform(effect: RegistryEffect): void {
    sync?.noted(effect);
    if (effect.type !== 'agent-located') return;
    lookup?.located(effect);
    onLocated(effect.agent, effect.node);
  }

  function announce(attachment: Verified<Attachment>): void {
    see(attachment);
    if (lookup !== undefined) return lookup.announce(attachment);
    publications.publish(topics.presence, { packet: 'attachments', attachments: [attachment] });
    directory?.putRecord(
      `attachment ${attachment.agent}`,
      keyOfAgent(keys, mesh, attachment.agent),
      encodeAttachmentBytes(attachment),
    );
  }

  return {
    sync,
    lookup,
    textsOf,
    take,
    see,
    announce,
    lookUp(agent) {
      if (lookup !== undefined) return lookup.find(agent);
      if (registry.locate(agent) === undefined)
        directory?.getRecords(`locate ${agent}`, keyOfAgent(keys, mesh, agent));
    },
    takeRecords(records) {
      const found = records.map(decodeAttachmentBytes).filter((one) => one !== undefined);
      if (!take(found)) core.countIgnored('directory', 'bad-attachment');
    },
    sweep() {
      for (const effect of registry.step({ type: 'swept', atMs: clock.nowMs() })) perform(effect);
      for (const agent of local.renew()) announce(agent.attachment);
      lookup?.sweep();
    },
  };
}
