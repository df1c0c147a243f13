/**
 * Which node speaks for which agent. The highest `seq` wins, so an agent that re-attaches elsewhere is found
 * there as soon as its new attachment is seen, and an old attachment never comes back.
 */
import type { Did, NodeId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { type Ignored, ignore, type Machine, type MachineInput } from '../machine.ts';
import type { Attachment } from '../records.ts';
import type { Verified } from '../signing.ts';

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
  /** Attachments to this node, by agent. */
  attachedTo(node: NodeId): readonly Attachment[];
  /** All attachments, by agent. */
  list(): readonly Attachment[];
}

export function createAttachmentRegistry(init: RegistryInit = {}): AttachmentRegistry {
  const attachmentsMax = init.attachmentsMax ?? 100_000;
  const byAgent = new Map<Did, Attachment>();
  /** The attachment before the present one: messages signed under it may still be on their way. */
  const earlier = new Map<Did, Attachment>();

  function see(attachment: Attachment): readonly RegistryEffect[] {
    const agent = attachment.agent as Did;
    const known = byAgent.get(agent);
    if (known !== undefined && known.seq >= attachment.seq) return ignore('not-newer');
    if (known === undefined && byAgent.size >= attachmentsMax) return ignore('registry-full');
    if (known !== undefined) earlier.set(agent, known);
    byAgent.set(agent, attachment);
    return [{ type: 'agent-located', agent, node: attachment.node as NodeId, attachment }];
  }

  function sweep(atMs: number): readonly RegistryEffect[] {
    const expired = [...byAgent.values()]
      .filter((one) => one.expiresAt <= atMs)
      .map((one) => one.agent as Did);
    for (const agent of expired) {
      byAgent.delete(agent);
      earlier.delete(agent);
    }
    return expired.sort(compareText).map((agent) => ({ type: 'agent-lost', agent }));
  }

  const list = () => [...byAgent.values()].sort((a, b) => compareText(a.agent, b.agent));

  return {
    step: (input) => (input.type === 'attachment-seen' ? see(input.attachment) : sweep(input.atMs)),
    locate: (agent) => byAgent.get(agent),
    authorize(agent, key, scope) {
      const candidates = [byAgent.get(agent), earlier.get(agent)];
      return candidates.find((one) => one?.sessionKey === key && one.scopes.includes(scope));
    },
    attachedTo: (node) => list().filter((one) => one.node === node),
    list,
  };
}
