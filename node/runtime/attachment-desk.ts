/** Where agents are attached: what this node tells of its own, takes in of others, and looks up when it does not know. */
import type { RegistryEffect } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { Directory } from '../../protocol/ports.ts';
import { type Attachment, checkAttachment } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { decodeAttachmentBytes, encodeAttachmentBytes, keyOfAgent } from './attachment-bytes.ts';
import {
  type AttachmentLookup,
  type AttachmentLookupComponents,
  createAttachmentLookup,
} from './attachment-lookup.ts';
import { type AttachmentSync, createAttachmentSync } from './attachment-sync.ts';
import type { PeerCore } from './peer-core.ts';
import type { PublicationDesk } from './publication-desk.ts';
import type { Topics } from './topics.ts';

export interface AttachmentDeskComponents extends AttachmentLookupComponents {
  readonly publications: PublicationDesk;
  readonly topics: Topics;
  /** Where agents beyond the reach of gossip are looked up. */
  readonly directory?: Directory | undefined;
  /** Nobody is told of agents but neighbours: who is where is looked up. Needs a directory. */
  readonly isLookedUp?: boolean;
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

export function createAttachmentDesk(parts: AttachmentDeskComponents): AttachmentDesk {
  return new Attachments(parts);
}

class Attachments implements AttachmentDesk {
  readonly #parts: AttachmentDeskComponents;
  readonly #core: PeerCore;
  readonly lookup: AttachmentLookup | undefined;
  readonly sync: AttachmentSync | undefined;

  constructor(parts: AttachmentDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
    this.lookup =
      parts.isLookedUp !== true || parts.directory === undefined
        ? undefined
        : createAttachmentLookup(parts, parts.directory);
    this.sync = this.lookup === undefined ? createAttachmentSync(parts.core, parts.registry) : undefined;
  }

  textsOf(agents: Iterable<Did>): readonly string[] {
    const texts: string[] = [];
    for (const agent of agents) {
      for (const [at, attachment] of this.#parts.registry.history(agent).entries()) {
        // What an agent signed itself needs no earlier attachment; what an earlier node signed for it does.
        if (at === 0 || attachment.sessionKey !== agent)
          texts.push(this.#core.decoding.attachments.textOf(attachment));
      }
    }
    return texts.slice(0, perPacket);
  }

  take(attachments: readonly Attachment[]): boolean {
    for (const attachment of attachments) {
      if (!this.#core.decoding.isAttachmentSigned(attachment, this.#core.keys)) return false;
      if (!checkAttachment(attachment, this.#core.mesh, this.#core.clock.nowMs()).ok) continue;
      this.see(attachment as Verified<Attachment>);
    }
    return true;
  }

  see(attachment: Verified<Attachment>): void {
    for (const effect of this.#parts.registry.step({
      type: 'attachment-seen',
      attachment,
      atMs: this.#core.clock.nowMs(),
    }))
      this.#perform(effect);
  }

  #perform(effect: RegistryEffect): void {
    this.sync?.noted(effect);
    if (effect.type !== 'agent-located') return;
    this.lookup?.located(effect);
    this.#parts.onLocated(effect.agent, effect.node);
  }

  announce(attachment: Verified<Attachment>): void {
    this.see(attachment);
    if (this.lookup !== undefined) return this.lookup.announce(attachment);
    this.#parts.publications.publish(this.#parts.topics.presence, {
      packet: 'attachments',
      attachments: [attachment],
    });
    this.#parts.directory?.putRecord(
      `attachment ${attachment.agent}`,
      keyOfAgent(this.#core.keys, this.#core.mesh, attachment.agent),
      encodeAttachmentBytes(attachment),
    );
  }

  lookUp(agent: Did): void {
    if (this.lookup !== undefined) return this.lookup.find(agent);
    if (this.#parts.registry.locate(agent) === undefined)
      this.#parts.directory?.getRecords(
        `locate ${agent}`,
        keyOfAgent(this.#core.keys, this.#core.mesh, agent),
      );
  }

  takeRecords(records: readonly Uint8Array[]): void {
    const found = records.map(decodeAttachmentBytes).filter((one) => one !== undefined);
    if (!this.take(found)) this.#core.countIgnored('directory', 'bad-attachment');
  }

  sweep(): void {
    for (const effect of this.#parts.registry.step({ type: 'swept', atMs: this.#core.clock.nowMs() }))
      this.#perform(effect);
    for (const agent of this.#parts.local.renew()) this.announce(agent.attachment);
    this.lookup?.sweep();
  }
}
