/** Drives the delivery machine: addresses, packets to other nodes, receipts, and the agents' connections. */

import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, MessageId, NodeId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import { createDeliveryMachine, type DeliveryMachine } from '../../protocol/delivery/delivery-machine.ts';
import { deadBucket, mailBucket } from '../../protocol/delivery/saved-mail.ts';
import type { DeliveryEffect, DeliveryInput, Mail, NodeReceipt } from '../../protocol/delivery/types.ts';
import { limits } from '../../protocol/limits.ts';
import type { Persist } from '../../protocol/machine.ts';
import { type Receipts, recordDomains } from '../../protocol/records.ts';
import { signObject } from '../../protocol/signing.ts';
import { expiryOf, type SealedEnvelope } from './envelope-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import { createMailLog, type MailLog } from './mail-log.ts';
import { encodeMail, encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { TimerOwner } from './timers.ts';

export interface DeliveryDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  /** Ask the mesh where an agent is attached; the answer comes as a new attachment. */
  readonly lookUp: (agent: Did) => void;
  /** A letter died whose sender is not here any more. */
  readonly onDeadElsewhere: () => void;
  /** The attachments, as JSON texts, that another node needs to check messages of these agents. */
  readonly attachmentTexts: (agents: Iterable<Did>) => readonly string[];
}

export interface DeliveryDesk {
  /** Send a local agent's message to these receivers. */
  submit(message: SealedEnvelope, receivers: readonly Did[]): void;
  /** Take in a message for local agents. */
  arrive(message: SealedEnvelope, receivers: readonly Did[], senderNode: NodeId, how: Arrival): void;
  takeReceipts(node: NodeId, record: Receipts): void;
  /** Tell an agent that just connected of its dead letters: it may have been away when they died. */
  tellDead(agent: Did): void;
  step(input: DeliveryInput): void;
  /** Take up what the last run left undelivered: once, before anything else. */
  start(): void;
  readonly machine: DeliveryMachine;
}

export interface Arrival {
  /** It was taken in before. */
  readonly isKnown: boolean;
  /** What this node says beside the message. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly mails: Map<string, { readonly to: Did[]; readonly text: string; readonly from: Did }>;
  readonly receipts: NodeReceipt[];
}

/** Edge receipts of one turn to one agent, joined by level, receiver and reason. */
interface ToldLevel {
  readonly level: string;
  readonly receiver: Did | undefined;
  readonly reason: string | undefined;
  readonly ids: MessageId[];
}

export function createDeliveryDesk(parts: DeliveryDeskComponents): DeliveryDesk {
  return new Delivery(parts);
}

class Delivery implements DeliveryDesk, TimerOwner {
  readonly #parts: DeliveryDeskComponents;
  readonly #core: PeerCore;
  readonly machine: DeliveryMachine;
  readonly #mailLog: MailLog;
  readonly #waiting = new CompactMap<NodeId, Waiting>();
  readonly #told = new CompactMap<Did, Map<string, ToldLevel>>();
  #isFlushDue = false;

  constructor(parts: DeliveryDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
    this.machine = createDeliveryMachine({ self: this.#core.self });
    this.#mailLog = createMailLog(this.#core);
  }

  step(input: DeliveryInput): void {
    for (const effect of this.machine.step(input)) this.#perform(effect);
  }

  onTimer(timer: string, atMs: number): void {
    this.step({ type: 'timer-fired', timer, atMs });
  }

  #perform(effect: DeliveryEffect): void {
    switch (effect.type) {
      case 'persist':
        return this.#persist(effect);
      case 'set-timer':
      case 'cancel-timer':
        this.#core.timers.apply('delivery', effect, this);
        return;
      case 'ignored':
        this.#core.countIgnored('delivery', effect.reason);
        return;
      case 'deliver':
        this.#core.turn.afterCommit(() => this.#deliver(effect.agent, effect.mail, effect.isRedelivered));
        return;
      case 'send-mail':
        this.#addMail(effect.node, effect.mail);
        return;
      case 'send-receipt':
        this.#addReceipt(effect.node, effect.receipt, effect.sender);
        return;
      case 'tell-sender':
        this.#tell(effect.sender, effect);
        return;
      case 'locate':
        this.#core.turn.afterCommit(() => this.#lookUp(effect.agent));
    }
  }

  #persist({ bucket, key, value }: Persist): void {
    if (bucket !== mailBucket) return this.#core.turn.persist(bucket, key, value);
    if (value === null) this.#mailLog.remove(key);
    else this.#mailLog.put(key, value as string);
  }

  #lookUp(agent: Did): void {
    const attachment = this.#parts.registry.locate(agent);
    if (attachment !== undefined)
      this.step({ type: 'located', agent, node: attachment.node as NodeId, atMs: this.#core.clock.nowMs() });
    this.#parts.lookUp(agent);
  }

  #deliver(did: Did, mail: Mail, isRedelivered: boolean): void {
    const facts = isRedelivered ? { ...mail.facts, redelivered: true } : mail.facts;
    this.#parts.local
      .get(did)
      ?.link?.send(facts === undefined ? mail.text : markDelivery(mail.text, facts), mail.id);
  }

  #addMail(node: NodeId, mail: Mail): void {
    const { mails } = this.#waitingFor(node);
    const known = mails.get(mail.id);
    if (known === undefined) mails.set(mail.id, { to: [mail.receiver], text: mail.text, from: mail.from });
    else if (!known.to.includes(mail.receiver)) known.to.push(mail.receiver);
  }

  #addReceipt(node: NodeId, receipt: NodeReceipt, sender: Did): void {
    // What came by gossip has no sender's node to tell; a local sender hears it directly.
    if (node !== this.#core.self) this.#waitingFor(node).receipts.push(receipt);
    else if (this.#parts.local.get(sender) !== undefined) this.#tell(sender, { ...receipt });
  }

  #waitingFor(node: NodeId): Waiting {
    let entry = this.#waiting.get(node);
    if (entry === undefined) {
      entry = { mails: new Map(), receipts: [] };
      this.#waiting.set(node, entry);
    }
    this.#scheduleFlush();
    return entry;
  }

  #scheduleFlush(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#core.turn.afterCommit(() => this.#flush());
  }

  #tell(
    sender: Did,
    fact: { id: MessageId; receiver: Did; level: string; reason?: string | undefined },
  ): void {
    if (fact.level === 'dead')
      this.#core.note({
        kind: 'dead-letter',
        id: fact.id,
        from: sender,
        receiver: fact.receiver,
        reason: fact.reason,
      });
    if (fact.level === 'dead' && this.#parts.local.get(sender) === undefined)
      this.#core.turn.afterCommit(() => this.#parts.onDeadElsewhere());
    this.#queueTold(sender, fact);
  }

  #queueTold(
    sender: Did,
    fact: { id: MessageId; receiver: Did; level: string; reason?: string | undefined },
  ): void {
    const receiver = fact.level === 'accepted' ? undefined : fact.receiver;
    const key = `${fact.level} ${receiver ?? ''} ${fact.reason ?? ''}`;
    const levels = this.#told.get(sender) ?? new Map<string, ToldLevel>();
    this.#told.set(sender, levels);
    const entry = levels.get(key) ?? { level: fact.level, receiver, reason: fact.reason, ids: [] };
    levels.set(key, entry);
    // A message to several receivers is accepted once.
    if (fact.level !== 'accepted' || entry.ids.at(-1) !== fact.id) entry.ids.push(fact.id);
    this.#scheduleFlush();
  }

  #flush(): void {
    this.#isFlushDue = false;
    for (const [node, entry] of this.#waiting) this.#sendWaiting(node, entry);
    this.#waiting.clear();
    for (const [sender, levels] of this.#told) this.#tellAgent(sender, [...levels.values()]);
    this.#told.clear();
  }

  #tellAgent(sender: Did, levels: readonly ToldLevel[]): void {
    const link = this.#parts.local.get(sender)?.link;
    for (const { level, receiver, reason, ids } of levels) {
      for (let i = 0; i < ids.length; i += 1_024) {
        link?.send(
          JSON.stringify({ type: 'receipt', level, ids: ids.slice(i, i + 1_024), receiver, reason }),
        );
      }
    }
  }

  #sendWaiting(node: NodeId, entry: Waiting): void {
    for (const group of groupByBytes([...entry.mails.values()])) {
      this.#core.transport.send(
        node,
        encodeMail(group, this.#parts.attachmentTexts(new Set(group.map((mail) => mail.from)))),
      );
    }
    for (let i = 0; i < entry.receipts.length; i += 512) {
      const draft = {
        record: 'receipts' as const,
        mesh: this.#core.mesh,
        node: this.#core.self,
        receipts: entry.receipts.slice(i, i + 512).map(({ id, receiver, level, reason }) => ({
          id,
          receiver,
          level,
          ...(reason === undefined ? {} : { reason }),
        })),
        at: this.#core.clock.nowMs(),
      };
      this.#core.transport.send(
        node,
        encodePacket({
          packet: 'receipts',
          record: signObject(this.#core.keys, this.#core.self, recordDomains.receipts, draft),
        }),
      );
    }
  }

  #toMail({ envelope, text }: SealedEnvelope, receiver: Did): Mail {
    return {
      id: envelope.id as MessageId,
      from: envelope.from as Did,
      receiver,
      text,
      expiresAt: expiryOf(envelope, this.#core.clock.nowMs()),
    };
  }

  start(): void {
    const dead = this.#core.store
      .scan(deadBucket, '', '', Number.MAX_SAFE_INTEGER)
      .map((row) => ({ key: row.key, value: row.value as string }));
    this.step({ type: 'loaded', rows: [...dead, ...this.#mailLog.load()], atMs: this.#core.clock.nowMs() });
  }

  submit(message: SealedEnvelope, receivers: readonly Did[]): void {
    const atMs = this.#core.clock.nowMs();
    for (const receiver of receivers) {
      const node = this.#parts.registry.locate(receiver)?.node as NodeId | undefined;
      this.step({ type: 'submitted', mail: this.#toMail(message, receiver), node, atMs });
    }
  }

  arrive(
    message: SealedEnvelope,
    receivers: readonly Did[],
    senderNode: NodeId,
    { isKnown, facts }: Arrival,
  ): void {
    const atMs = this.#core.clock.nowMs();
    for (const receiver of receivers) {
      const mail = { ...this.#toMail(message, receiver), ...(facts === undefined ? {} : { facts }) };
      this.step({ type: 'arrived', mail, senderNode, isKnown, atMs });
    }
  }

  tellDead(agent: Did): void {
    for (const { mail, reason } of this.machine.deadLetters())
      if (mail.from === agent)
        this.#queueTold(agent, { id: mail.id, receiver: mail.receiver, level: 'dead', reason });
  }

  takeReceipts(node: NodeId, record: Receipts): void {
    this.step({
      type: 'receipts-arrived',
      node,
      receipts: record.receipts as NodeReceipt[],
      atMs: this.#core.clock.nowMs(),
    });
  }
}

/** Add what the node knows of a delivery. `delivery` is the node's word to its own agent: it is not signed. */
export function markDelivery(text: string, facts: Readonly<Record<string, unknown>>): string {
  return `${text.slice(0, -1)},"delivery":${JSON.stringify(facts)}}`;
}

function groupByBytes<Item extends { readonly text: string }>(
  items: readonly Item[],
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (
      bytes + item.text.length > limits.batchBytesMax ||
      groups.at(-1)!.length >= limits.batchEnvelopesMax
    ) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(item);
    bytes += item.text.length;
  }
  return groups;
}
