/**
 * Which node speaks for which agent. The highest `seq` wins, so an agent that re-attaches elsewhere is found
 * there as soon as its new attachment is seen, and an old attachment never comes back.
 */

import type { Did, NodeId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { CompactMap } from '../compact-map.ts';
import { type Ignored, ignore, type Machine, type MachineInput } from '../machine.ts';
import type { Attachment } from '../records.ts';
import type { Verified } from '../signing.ts';
import { AgentTable } from './agent-table.ts';

export type RegistryInput =
  | (MachineInput & { readonly type: 'attachment-seen'; readonly attachment: Verified<Attachment> })
  /** Forget what has expired. */
  | (MachineInput & { readonly type: 'swept' });

export type RegistryEffect =
  | Ignored
  | {
      readonly type: 'agent-located';
      readonly agent: Did;
      readonly node: NodeId;
      readonly attachment: Attachment;
    }
  | { readonly type: 'agent-lost'; readonly agent: Did };

export interface RegistryInit {
  /** @default 100,000: at about 600 bytes each */
  readonly attachmentsMax?: number;
}

export interface AttachmentRegistry extends Machine<RegistryInput, RegistryEffect> {
  locate(agent: Did): Attachment | undefined;
  /** The attachment under which `key` may sign for `agent` with this scope. */
  authorize(agent: Did, key: Did, scope: Attachment['scopes'][number]): Attachment | undefined;
  /** The present attachment and those before it that still hold, newest first. */
  history(agent: Did): readonly Attachment[];
  /** Attachments to this node, by agent. */
  attachedTo(node: NodeId): readonly Attachment[];
  /** All attachments, by agent. */
  list(): readonly Attachment[];
  /** Agents that are attached somewhere, in no particular order. */
  agents(): Iterable<Did>;
  /** Grows whenever an agent came, went or moved: what was derived from attachments holds until then. */
  readonly version: number;
}

/** Earlier attachments of one agent that are remembered. Judgement: a day of an agent that moves every few hours. */
const earlierMax = 8;

export function createAttachmentRegistry(init: RegistryInit = {}): AttachmentRegistry {
  return new HighestAttachments(init);
}

class HighestAttachments implements AttachmentRegistry {
  version = 0;
  readonly #attachmentsMax: number;
  readonly #byAgent = new AgentTable();
  /** Attachments before the present one, newest first: messages signed under them may still be on their way. */
  readonly #earlier = new CompactMap<Did, readonly Attachment[]>();

  constructor(init: RegistryInit) {
    this.#attachmentsMax = init.attachmentsMax ?? 100_000;
  }

  step(input: RegistryInput): readonly RegistryEffect[] {
    return input.type === 'attachment-seen'
      ? this.#see(input.attachment, input.atMs)
      : this.#sweep(input.atMs);
  }

  locate(agent: Did): Attachment | undefined {
    return this.#byAgent.get(agent);
  }

  authorize(agent: Did, key: Did, scope: Attachment['scopes'][number]): Attachment | undefined {
    const candidates = [this.#byAgent.get(agent), ...(this.#earlier.get(agent) ?? [])];
    return candidates.find((one) => one?.sessionKey === key && one.scopes.includes(scope));
  }

  history(agent: Did): readonly Attachment[] {
    const present = this.#byAgent.get(agent);
    return present === undefined ? [] : [present, ...(this.#earlier.get(agent) ?? [])];
  }

  attachedTo(node: NodeId): readonly Attachment[] {
    return this.list().filter((one) => one.node === node);
  }

  list(): readonly Attachment[] {
    return this.#byAgent.list().sort((a, b) => compareText(a.agent, b.agent));
  }

  agents(): Iterable<Did> {
    return this.#byAgent.agents();
  }

  /** An agent that moves often leaves several session keys behind; each stays good until it expires. */
  #keepEarlier(agent: Did, attachment: Attachment, atMs: number): void {
    const known = this.#earlier.get(agent) ?? [];
    if (known.some((one) => one.sig === attachment.sig)) return;
    const kept = [...known, attachment].filter((one) => one.expiresAt > atMs).sort((a, b) => b.seq - a.seq);
    this.#earlier.set(agent, kept.slice(0, earlierMax));
  }

  #see(attachment: Attachment, atMs: number): readonly RegistryEffect[] {
    const agent = attachment.agent as Did;
    const known = this.#byAgent.get(agent);
    if (known !== undefined && known.seq >= attachment.seq) {
      if (known.sig !== attachment.sig) this.#keepEarlier(agent, attachment, atMs);
      return ignore('not-newer');
    }
    if (known === undefined && this.#byAgent.size >= this.#attachmentsMax) return ignore('registry-full');
    if (known !== undefined) this.#keepEarlier(agent, known, atMs);
    this.#byAgent.set(attachment);
    this.version++;
    return [{ type: 'agent-located', agent, node: attachment.node as NodeId, attachment }];
  }

  #sweep(atMs: number): readonly RegistryEffect[] {
    const expired = this.#byAgent
      .list()
      .filter((one) => one.expiresAt <= atMs)
      .map((one) => one.agent as Did);
    for (const agent of expired) {
      this.#byAgent.delete(agent);
      this.version++;
      this.#earlier.delete(agent);
    }
    return expired.sort(compareText).map((agent) => ({ type: 'agent-lost', agent }));
  }
}
