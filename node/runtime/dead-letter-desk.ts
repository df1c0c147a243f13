/**
 * Dead letters follow their sender: an agent that moved is told at its new node what its old one could not deliver,
 * and finds the letters there. The old node keeps each until the new one says that it is on its disk.
 */
import * as z from 'zod';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, MessageId, NodeId } from '../../protocol/brand.ts';
import { matchSchema } from '../../protocol/decode.ts';
import type { DeadReason } from '../../protocol/delivery/types.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import * as f from '../../protocol/message-fields.ts';
import { type Attachment, attachmentSchema } from '../../protocol/records.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { expiryOf, type SealedEnvelope } from './envelope-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

/** Letters sent at once, each a packet of its own: a letter may be as long as a message. Judgement. */
const lettersAtOnce = 32;
/** The first repetition, doubled up to the cap while the new node says nothing. */
const firstMs = 1_000;
const capMs = 60_000;

const bodySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('letter'),
    envelope: f.jsonObject,
    receiver: f.did,
    reason: f.line,
    /** What the sender's signature rests on. */
    attachments: z.array(attachmentSchema).max(64),
  }),
  z.strictObject({ kind: z.literal('kept'), id: f.messageId, receiver: f.did, from: f.did }),
]);

export interface DeadLetterDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly delivery: DeliveryDesk;
  /** Check an envelope that may be older than its time to live. */
  readonly openArchived: (object: JsonObject) => Checked<SealedEnvelope>;
  readonly takeAttachments: (attachments: readonly Attachment[]) => boolean;
  readonly attachmentTexts: (agents: Iterable<Did>) => readonly string[];
}

export interface DeadLetterDesk {
  /** Letters of agents that live elsewhere may be here: send them on. */
  look(): void;
  takePacket(from: NodeId, body: JsonObject): void;
}

export function createDeadLetterDesk(parts: DeadLetterDeskComponents): DeadLetterDesk {
  return new DeadLetters(parts);
}

class DeadLetters implements DeadLetterDesk {
  readonly #parts: DeadLetterDeskComponents;
  readonly #core: PeerCore;
  #waitMs = firstMs;

  constructor(parts: DeadLetterDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  look(): void {
    this.#waitMs = firstMs;
    this.#sendOn();
  }

  #sendOn(): void {
    const away = this.#parts.delivery.machine
      .deadLetters()
      .filter(({ mail }) => this.#nodeOf(mail.from) !== undefined);
    if (away.length === 0) return;
    for (const { mail, reason } of away.slice(0, lettersAtOnce)) {
      const attachments = this.#parts
        .attachmentTexts([mail.from])
        .map((text) => JSON.parse(text) as Attachment);
      const envelope = JSON.parse(mail.text) as Record<string, unknown>;
      this.#send(this.#nodeOf(mail.from)!, {
        kind: 'letter',
        envelope,
        receiver: mail.receiver,
        reason,
        attachments,
      });
    }
    const dueAtMs = this.#core.clock.nowMs() + this.#waitMs;
    this.#waitMs = Math.min(capMs, 2 * this.#waitMs);
    this.#core.timers.apply('dead-letters', { type: 'set-timer', timer: 'send-on', dueAtMs }, () =>
      this.#sendOn(),
    );
  }

  /** Another node that the agent is attached to now. */
  #nodeOf(agent: Did): NodeId | undefined {
    const node = this.#parts.registry.locate(agent)?.node as NodeId | undefined;
    return this.#parts.local.get(agent) === undefined && node !== this.#core.self ? node : undefined;
  }

  #send(node: NodeId, body: z.infer<typeof bodySchema>): void {
    const packet = encodePacket({ packet: 'machine', machine: 'dead-letters', body });
    this.#core.turn.afterCommit(() => this.#core.transport.send(node, packet));
  }

  #takeLetter(from: NodeId, letter: Extract<z.infer<typeof bodySchema>, { kind: 'letter' }>): void {
    if (!this.#parts.takeAttachments(letter.attachments))
      return this.#core.countIgnored('dead-letters', 'bad-attachment');
    const opened = this.#parts.openArchived(letter.envelope as JsonObject);
    if (!opened.ok) return this.#core.countIgnored('dead-letters', opened.refusal.code);
    const { envelope, text } = opened.value;
    const sender = envelope.from as Did;
    if (this.#parts.local.get(sender) === undefined)
      return this.#core.countIgnored('dead-letters', 'not-here');
    const atMs = this.#core.clock.nowMs();
    const receiver = letter.receiver as Did;
    const id = envelope.id as MessageId;
    const isKnown = this.#parts.delivery.machine
      .deadLetters()
      .some(({ mail }) => mail.id === id && mail.receiver === receiver);
    if (!isKnown) {
      const mail = { id, from: sender, receiver, text, expiresAt: expiryOf(envelope, atMs) };
      this.#parts.delivery.step({ type: 'undeliverable', mail, reason: letter.reason as DeadReason, atMs });
    }
    this.#send(from, { kind: 'kept', id, receiver, from: sender });
  }

  takePacket(from: NodeId, body: JsonObject): void {
    const read = matchSchema(bodySchema, body);
    if (!read.ok) return this.#core.countIgnored('dead-letters', read.refusal.code);
    if (read.value.kind === 'letter') return this.#takeLetter(from, read.value);
    const { id, receiver, from: sender } = read.value;
    // Only the sender's own node may take its letters over.
    if (this.#nodeOf(sender as Did) !== from) return this.#core.countIgnored('dead-letters', 'not-its-node');
    const what = { id: id as MessageId, receiver: receiver as Did };
    this.#parts.delivery.step({ type: 'handed-over', ...what, atMs: this.#core.clock.nowMs() });
  }
}
