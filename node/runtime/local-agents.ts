/** The agents attached to this node: who they are, which key signs for them, and the connection they have now. */

import type { Did } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url, toHex, utf8 } from '../../protocol/bytes.ts';
import { signingBytes } from '../../protocol/canonical.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import {
  type Attachment,
  attachmentScopes,
  attachmentSignature,
  checkAttachment,
  recordDomains,
} from '../../protocol/records.ts';
import { checkSignature, signObject, type Verified } from '../../protocol/signing.ts';
import type { Signer } from './envelope-desk.ts';
import type { PeerCore } from './peer-core.ts';

export const agentsBucket = 'agents';

/** The way to a connected agent. */
export interface AgentLink {
  /** One JSON message. `mailId` names a delivery that wants an acknowledgement. */
  send(text: string, mailId?: string): void;
  /** The same agent connected again: this connection is over. */
  supersede(): void;
}

export interface LocalAgent {
  readonly did: Did;
  name: string;
  readonly isHosted: boolean;
  attachment: Verified<Attachment>;
  link: AgentLink | undefined;
  /** Least similarity at which a broadcast wakes the agent; `undefined` for the node's default. */
  threshold: number | undefined;
  /** SHA-256 of the resume secret, hexadecimal; empty for sovereign agents. */
  resumeHash: string;
}

interface SavedAgent {
  readonly did: Did;
  readonly name: string;
  readonly isHosted: boolean;
  readonly attachment: Attachment;
  readonly resumeHash: string;
  readonly threshold?: number | undefined;
}

export interface Attached {
  readonly agent: LocalAgent;
  /** Given once, to a hosted agent that is new here. */
  readonly resume?: string;
}

export interface LocalAgents {
  get(did: Did): LocalAgent | undefined;
  list(): readonly LocalAgent[];
  /** A hosted agent joins or returns. */
  attachHosted(name: string, resume: string | undefined): Checked<Attached>;
  /** The attachment that a sovereign agent must sign to join here. */
  proposeAttachment(did: Did, name: string, seqMin: number): Omit<Attachment, 'sig'>;
  attachSovereign(proposal: Omit<Attachment, 'sig'>, signature: string): Checked<Attached>;
  /** Keep changed settings of an agent. */
  save(agent: LocalAgent): void;
  /** Attachments of hosted agents that are past half of their life, renewed. */
  renew(): readonly LocalAgent[];
  signerOf(agent: LocalAgent): Signer;
  forget(did: Did): void;
}

export interface LocalAgentsInit {
  /** How long an attachment holds, ms; at most a day. @default limits.attachmentLifetimeMs */
  readonly attachmentLifetimeMs?: number | undefined;
}

export function createLocalAgents(core: PeerCore, init: LocalAgentsInit = {}): LocalAgents {
  return new StoredAgents(core, init);
}

class StoredAgents implements LocalAgents {
  readonly #core: PeerCore;
  readonly #lifetimeMs: number;
  readonly #agents = new CompactMap<Did, LocalAgent>();
  readonly #hostedByName = new CompactMap<string, LocalAgent>();

  constructor(core: PeerCore, init: LocalAgentsInit) {
    this.#core = core;
    this.#lifetimeMs = init.attachmentLifetimeMs ?? limits.attachmentLifetimeMs;
    for (const row of this.#core.store.scan(agentsBucket, '', '', Number.MAX_SAFE_INTEGER))
      this.#restore(JSON.parse(row.value as string) as SavedAgent);
  }

  #restore(saved: SavedAgent): void {
    this.#keep({
      ...saved,
      attachment: saved.attachment as Verified<Attachment>,
      link: undefined,
      threshold: saved.threshold,
    });
  }

  #keep(agent: LocalAgent): void {
    this.#agents.set(agent.did, agent);
    if (agent.isHosted) this.#hostedByName.set(agent.name, agent);
  }

  save(agent: LocalAgent): void {
    const { did, name, isHosted, attachment, resumeHash, threshold } = agent;
    const saved: SavedAgent = { did, name, isHosted, attachment, resumeHash, threshold };
    this.#core.turn.persist(agentsBucket, did, JSON.stringify(saved));
  }

  #hash(secret: string): string {
    return toHex(this.#core.keys.hash(utf8(`amp/1/resume\n${secret}`)));
  }

  #draft(did: Did, name: string, sessionKey: Did, seqMin: number): Omit<Attachment, 'sig'> {
    const atMs = this.#core.clock.nowMs();
    return {
      record: 'attachment',
      mesh: this.#core.mesh,
      agent: did,
      node: this.#core.self,
      epoch: toHex(this.#core.rng.bytes(16)),
      sessionKey,
      scopes: [...attachmentScopes],
      // Clocks may differ between nodes by the allowed skew: never below what the agent remembers.
      seq: Math.max(atMs, seqMin),
      name,
      at: atMs,
      expiresAt: atMs + this.#lifetimeMs,
    };
  }

  attachHosted(name: string, resume: string | undefined): Checked<Attached> {
    const known = this.#hostedByName.get(name);
    if (known === undefined) return accept(this.#createHosted(name));
    if (resume === undefined || this.#hash(resume) !== known.resumeHash) {
      return refuse('AMP-1205', `The name "${name}" belongs to another agent of this node.`, 'resume');
    }
    if (known.attachment.expiresAt <= this.#core.clock.nowMs()) this.#refresh(known);
    return accept({ agent: known });
  }

  #createHosted(name: string): Attached {
    const did = this.#core.keys.create();
    const resume = toBase64Url(this.#core.rng.bytes(32));
    const attachment = signObject(
      this.#core.keys,
      did,
      recordDomains.attachment,
      this.#draft(did, name, did, 0),
    ) as Verified<Attachment>;
    const agent: LocalAgent = {
      did,
      name,
      isHosted: true,
      attachment,
      link: undefined,
      threshold: undefined,
      resumeHash: this.#hash(resume),
    };
    this.#keep(agent);
    this.save(agent);
    return { agent, resume };
  }

  #refresh(agent: LocalAgent): void {
    const renewed = this.#draft(agent.did, agent.name, agent.did, agent.attachment.seq + 1);
    agent.attachment = signObject(
      this.#core.keys,
      agent.did,
      recordDomains.attachment,
      renewed,
    ) as Verified<Attachment>;
    this.save(agent);
  }

  attachSovereign(proposal: Omit<Attachment, 'sig'>, signature: string): Checked<Attached> {
    const record: Attachment = { ...proposal, sig: signature };
    const timely = checkAttachment(record, this.#core.mesh, this.#core.clock.nowMs());
    if (!timely.ok) return timely;
    if (
      fromBase64Url(signature)?.length !== 64 ||
      !checkSignature(this.#core.keys, attachmentSignature(record))
    ) {
      return refuse('AMP-1101', 'The signature over the attachment does not match.', 'signature');
    }
    const did = record.agent as Did;
    const known = this.#agents.get(did);
    const agent: LocalAgent = {
      did,
      name: record.name ?? did.slice(-8),
      isHosted: false,
      attachment: record as Verified<Attachment>,
      link: known?.link,
      threshold: known?.threshold,
      resumeHash: '',
    };
    this.#keep(agent);
    this.save(agent);
    return accept({ agent });
  }

  get(did: Did): LocalAgent | undefined {
    return this.#agents.get(did);
  }

  list(): readonly LocalAgent[] {
    return [...this.#agents.values()];
  }

  proposeAttachment(did: Did, name: string, seqMin: number): Omit<Attachment, 'sig'> {
    return this.#draft(
      did,
      name,
      this.#core.keys.create(),
      Math.max(seqMin, (this.#agents.get(did)?.attachment.seq ?? 0) + 1),
    );
  }

  renew(): readonly LocalAgent[] {
    const dueAtMs = this.#core.clock.nowMs() + this.#lifetimeMs / 2;
    const due = [...this.#agents.values()].filter(
      (agent) => agent.isHosted && agent.attachment.expiresAt < dueAtMs,
    );
    for (const agent of due) this.#refresh(agent);
    return due;
  }

  signerOf(agent: LocalAgent): Signer {
    return {
      agent: agent.did,
      name: agent.name,
      key: agent.isHosted ? agent.did : (agent.attachment.sessionKey as Did),
    };
  }

  forget(did: Did): void {
    const agent = this.#agents.get(did);
    if (agent === undefined) return;
    this.#agents.delete(did);
    if (agent.isHosted) this.#hostedByName.delete(agent.name);
    this.#core.turn.persist(agentsBucket, did, null);
  }
}

/** The bytes that a sovereign agent signs to attach. */
export function attachmentBytes(proposal: Omit<Attachment, 'sig'>): Uint8Array {
  return signingBytes(recordDomains.attachment, proposal);
}
