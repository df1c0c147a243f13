/**
 * At-least-once delivery between agents: a durable outbox at the sender's node, a durable mailbox at the
 * receiver's, acknowledgements that name the level really reached, retries with jittered backoff, and dead
 * letters that keep their reason. One instance per node serves all of its agents.
 */
import type { Did, MessageId, NodeId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { CompactMap } from '../compact-map.ts';
import { ignore, type Machine } from '../machine.ts';
import { DeadLetters } from './dead-letters.ts';
import { type DeliveryWindow, Mailbox, type WaitingMail } from './mailbox.ts';
import { type Awaited, type MailKey, RecentDeliveries } from './recent-deliveries.ts';
import { planRetryMs } from './retry.ts';
import { type DeadLetter, decodeSaved, eraseMail, type SavedMail, saveMail } from './saved-mail.ts';
import type { DeadReason, DeliveryEffect, DeliveryInput, Mail, MailStatus, NodeReceipt } from './types.ts';

const retryTimer = 'delivery-retry';

export interface DeliveryInit {
  /** This node. */
  readonly self: NodeId;
  /** Undelivered messages of local senders, all together. @default 64 MiB */
  readonly outboxBytesMax?: number;
  /** Undelivered messages for one local agent. @default 16 MiB */
  readonly mailboxBytesMax?: number;
  /** Messages on their way to one local agent and not yet acknowledged. @default 1,024 */
  readonly inFlightMax?: number;
  /** The same in UTF-16 code units; a longer message goes alone. @default 1 Mi */
  readonly inFlightCharsMax?: number;
  /** Dead letters kept; the oldest give way. @default 1,000 */
  readonly deadLettersMax?: number;
}

/** One message for one receiver, in the outbox, in the mailbox, or (sender and receiver local) in both. */
interface Entry extends WaitingMail {
  readonly key: string;
  readonly isOutgoing: boolean;
  /** Present while the receiver's mailbox is here. */
  isIncoming: boolean;
  /** Who is told how far it came: this node for a local sender, or the node that the message came from first. */
  readonly senderNode: NodeId;
  /** Other nodes that it came from since: the receiver moved, and both its last node and the sender's sent it on. */
  alsoFrom: readonly NodeId[] | undefined;
  node: NodeId | undefined;
  isStored: boolean;
  attempts: number;
  retryAtMs: number;
  /** Arrival order, kept over a restart. */
  readonly order: number;
}

export interface DeliveryMachine extends Machine<DeliveryInput, DeliveryEffect> {
  /** Undelivered and dead messages of one sender, or of all. */
  list(sender?: Did): readonly MailStatus[];
  /** Of all senders, the oldest first. */
  deadLetters(): readonly DeadLetter[];
  readonly gauges: {
    readonly outboxBytes: number;
    readonly outboxCount: number;
    readonly mailboxCount: number;
    readonly deadCount: number;
  };
}

export function createDeliveryMachine(init: DeliveryInit): DeliveryMachine {
  return new NodeDelivery(init);
}

class NodeDelivery implements DeliveryMachine {
  readonly #self: NodeId;
  readonly #outboxBytesMax: number;
  readonly #mailboxBytesMax: number;
  readonly #window: DeliveryWindow;
  readonly #entries = new CompactMap<string, Entry>();
  readonly #outgoingByReceiver = new CompactMap<Did, Set<Entry>>();
  readonly #mailboxes = new CompactMap<Did, Mailbox<Entry>>();
  readonly #dead: DeadLetters;
  readonly #recent = new RecentDeliveries();
  #outboxBytes = 0;
  #order = 0;
  #timerAtMs: number | undefined;

  constructor(init: DeliveryInit) {
    this.#self = init.self;
    this.#outboxBytesMax = init.outboxBytesMax ?? 64 * 1024 * 1024;
    this.#mailboxBytesMax = init.mailboxBytesMax ?? 16 * 1024 * 1024;
    const { inFlightMax, inFlightCharsMax } = init;
    this.#window =
      inFlightMax === undefined && inFlightCharsMax === undefined
        ? defaultWindow
        : {
            inFlightMax: inFlightMax ?? defaultWindow.inFlightMax,
            inFlightCharsMax: inFlightCharsMax ?? defaultWindow.inFlightCharsMax,
          };
    this.#dead = new DeadLetters(init.deadLettersMax ?? 1_000);
  }

  step(input: DeliveryInput): readonly DeliveryEffect[] {
    switch (input.type) {
      case 'submitted':
        return this.#submit(input.mail, input.node, input.atMs);
      case 'undeliverable':
        return this.#bury(input.mail, input.reason, input.atMs);
      case 'arrived':
        return this.#arrive(input.mail, input.senderNode, input.isKnown, input.atMs);
      case 'receipts-arrived':
        return input.receipts.flatMap((receipt) => this.#takeReceipt(input.node, receipt, input.atMs));
      case 'agent-online':
        return this.#mailboxOf(input.agent).connect(this.#window);
      case 'agent-offline':
        return this.#takeOffline(input.agent);
      case 'agent-paused':
        return this.#mailboxOf(input.agent).pause(true, this.#window);
      case 'agent-resumed':
        return this.#mailboxOf(input.agent).pause(false, this.#window);
      case 'agent-acknowledged':
        return input.ids
          .flatMap((id) => this.#acknowledge(input.agent, id, input.level))
          .concat(this.#mailboxOf(input.agent).fill(this.#window));
      case 'located':
        return this.#relocate(input.agent, input.node, input.atMs);
      case 'peer-up':
        return this.#retryNode(input.node, input.atMs);
      case 'send-failed':
        return this.#loseNode(input.node, input.atMs);
      case 'handed-over':
        return this.#dead.forget(keyOf(input));
      case 'resend':
        return this.#resend(`${input.id}|${input.receiver}`, input.atMs);
      case 'loaded':
        return this.#load(input.rows, input.atMs);
      case 'timer-fired':
        return input.timer === retryTimer ? this.#tick(input.atMs) : ignore('foreign-timer');
    }
  }

  #submit(mail: Mail, node: NodeId | undefined, atMs: number): readonly DeliveryEffect[] {
    const key = keyOf(mail);
    const known = this.#entries.get(key);
    if (known !== undefined) return [tell(known.mail, 'accepted')];
    const level = this.#recent.levelOf(mail);
    if (level !== undefined) return [tell(mail, 'accepted'), tell(mail, level)];
    const accepted = tell(mail, 'accepted');
    if (this.#outboxBytes + mail.text.length > this.#outboxBytesMax)
      return [...this.#bury(mail, 'refused', atMs)];
    const entry = this.#addEntry(mail, { isOutgoing: true, node, senderNode: this.#self });
    if (node === this.#self)
      return [saveMail(entry.key, entry), accepted, ...this.#putIntoMailbox(entry, atMs)];
    return [saveMail(entry.key, entry), accepted, ...this.#attempt(entry, atMs), ...this.#armTimer(atMs)];
  }

  #addEntry(mail: Mail, facts: { isOutgoing: boolean; node: NodeId | undefined; senderNode: NodeId }): Entry {
    const entry: Entry = {
      mail,
      key: keyOf(mail),
      isOutgoing: facts.isOutgoing,
      isIncoming: false,
      senderNode: facts.senderNode,
      alsoFrom: undefined,
      node: facts.node,
      isStored: false,
      isInFlight: false,
      wasSent: false,
      attempts: 0,
      retryAtMs: 0,
      order: this.#order++,
    };
    this.#entries.set(entry.key, entry);
    if (facts.isOutgoing) {
      this.#outboxBytes += mail.text.length;
      const set = this.#outgoingByReceiver.get(mail.receiver) ?? new Set();
      this.#outgoingByReceiver.set(mail.receiver, set.add(entry));
    }
    return entry;
  }

  #putIntoMailbox(entry: Entry, atMs: number): readonly DeliveryEffect[] {
    const mailbox = this.#mailboxOf(entry.mail.receiver);
    if (mailbox.bytes + entry.mail.text.length > this.#mailboxBytesMax)
      return this.#kill(entry, 'mailbox-full', atMs);
    entry.isIncoming = true;
    entry.isStored = true;
    return [...this.#report(awaitedOf(entry), 'stored'), ...mailbox.take(entry, this.#window)];
  }

  #arrive(mail: Mail, senderNode: NodeId, isKnown: boolean, atMs: number): readonly DeliveryEffect[] {
    const key = keyOf(mail);
    const level = this.#recent.levelOf(mail);
    if (level !== undefined) return [receiptTo(senderNode, mail, level)];
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#cameFrom(known, senderNode);
      return [receiptTo(senderNode, mail, 'stored')];
    }
    // Taken in before and gone since: delivered in an earlier life of this node.
    if (isKnown) return [receiptTo(senderNode, mail, 'delivered')];
    if (mail.expiresAt <= atMs) return [receiptTo(senderNode, mail, 'dead', 'expired')];
    const mailbox = this.#mailboxOf(mail.receiver);
    if (mailbox.bytes + mail.text.length > this.#mailboxBytesMax)
      return [receiptTo(senderNode, mail, 'dead', 'mailbox-full')];
    const entry = this.#addEntry(mail, { isOutgoing: false, node: this.#self, senderNode });
    return [saveMail(entry.key, entry), ...this.#putIntoMailbox(entry, atMs), ...this.#armTimer(atMs)];
  }

  #cameFrom(entry: Entry, node: NodeId): void {
    const others = entry.alsoFrom ?? [];
    if (node === entry.senderNode || others.includes(node) || others.length >= alsoFromMax) return;
    entry.alsoFrom = [...others, node];
  }

  /** Tell whoever waits: the local sender, or the nodes that it came from, each of which tells its own. */
  #report(mail: Awaited, level: 'stored' | 'delivered' | 'processed'): readonly DeliveryEffect[] {
    return [mail.senderNode, ...(mail.alsoFrom ?? [])].map((node) =>
      node === this.#self ? tell(mail, level) : receiptTo(node, mail, level),
    );
  }

  #takeOffline(agent: Did): readonly DeliveryEffect[] {
    const mailbox = this.#mailboxes.get(agent);
    if (mailbox === undefined) return ignore('unknown-agent');
    mailbox.disconnect();
    return [];
  }

  #acknowledge(agent: Did, id: string, level: 'delivered' | 'processed'): readonly DeliveryEffect[] {
    const mailbox = this.#mailboxOf(agent);
    const entry = mailbox.entries.get(id);
    if (entry !== undefined) {
      this.#remove(entry);
      this.#recent.remember(entry.mail, level);
      return [eraseMail(entry.key), ...this.#report(awaitedOf(entry), level)];
    }
    return level === 'processed' ? this.#reportProcessed({ id: id as MessageId, receiver: agent }) : [];
  }

  /** Delivered earlier, worked off now. */
  #reportProcessed(mail: MailKey): readonly DeliveryEffect[] {
    const awaited = this.#recent.unprocessed(mail);
    if (awaited === undefined) return ignore('unknown-message');
    this.#recent.forgetUnprocessed(mail);
    this.#recent.remember(mail, 'processed');
    return this.#report(awaited, 'processed');
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    if (entry.isIncoming) {
      this.#mailboxOf(entry.mail.receiver).remove(entry);
      this.#recent.awaitProcessed(awaitedOf(entry));
    }
    if (entry.isOutgoing) {
      this.#outboxBytes -= entry.mail.text.length;
      const set = this.#outgoingByReceiver.get(entry.mail.receiver);
      set?.delete(entry);
      if (set?.size === 0) this.#outgoingByReceiver.delete(entry.mail.receiver);
    }
  }

  #takeReceipt(node: NodeId, receipt: NodeReceipt, atMs: number): readonly DeliveryEffect[] {
    const key = `${receipt.id}|${receipt.receiver}`;
    const entry = this.#entries.get(key);
    if (entry === undefined || !entry.isOutgoing) return this.#takeLateReceipt(receipt);
    if (entry.node !== node) return ignore('receipt-from-elsewhere');
    if (receipt.level === 'stored') {
      if (entry.isStored) return ignore('known-receipt');
      entry.isStored = true;
      entry.attempts = 0;
      entry.retryAtMs = atMs + storedRecheckMs;
      return this.#report(awaitedOf(entry), 'stored');
    }
    if (receipt.level === 'dead') return this.#kill(entry, toDeadReason(receipt.reason), atMs);
    this.#remove(entry);
    if (receipt.level === 'delivered') this.#recent.awaitProcessed(awaitedOf(entry));
    return [eraseMail(key), ...this.#report(awaitedOf(entry), receipt.level)];
  }

  #takeLateReceipt(receipt: NodeReceipt): readonly DeliveryEffect[] {
    const awaited = this.#recent.unprocessed(receipt);
    if (receipt.level !== 'processed' || awaited?.isOutgoing !== true) return ignore('unknown-message');
    this.#recent.forgetUnprocessed(receipt);
    return this.#report(awaited, 'processed');
  }

  #relocate(agent: Did, node: NodeId, atMs: number): readonly DeliveryEffect[] {
    const effects: DeliveryEffect[] = [];
    for (const entry of this.#outgoingByReceiver.get(agent) ?? []) {
      if (entry.node === node) continue;
      entry.node = node;
      entry.attempts = 0;
      entry.isStored = false;
      effects.push(...(node === this.#self ? this.#putIntoMailbox(entry, atMs) : this.#attempt(entry, atMs)));
    }
    return node === this.#self ? effects : effects.concat(this.#forward(agent, node, atMs));
  }

  /** The agent re-attached elsewhere: what waits here follows it. */
  #forward(agent: Did, node: NodeId, atMs: number): readonly DeliveryEffect[] {
    const mailbox = this.#mailboxes.get(agent);
    if (mailbox === undefined) return [];
    const effects: DeliveryEffect[] = [];
    for (const entry of [...mailbox.entries.values()]) {
      if (!entry.isOutgoing) this.#remove(entry);
      else {
        mailbox.remove(entry);
        entry.isIncoming = false;
        entry.isInFlight = false;
      }
      const moved = entry.isOutgoing
        ? entry
        : this.#addEntry(
            { ...entry.mail, facts: undefined },
            { isOutgoing: true, node, senderNode: entry.senderNode },
          );
      moved.alsoFrom = entry.alsoFrom;
      moved.node = node;
      moved.isStored = false;
      effects.push(...this.#attempt(moved, atMs));
    }
    this.#mailboxes.delete(agent);
    return effects.concat(this.#armTimer(atMs));
  }

  #attempt(entry: Entry, atMs: number): readonly DeliveryEffect[] {
    entry.attempts += 1;
    entry.retryAtMs = atMs + planRetryMs(entry.mail.id, entry.attempts);
    if (entry.node === undefined) return [{ type: 'locate', agent: entry.mail.receiver }];
    return [{ type: 'send-mail', node: entry.node, mail: entry.mail }];
  }

  #retryNode(node: NodeId, atMs: number): readonly DeliveryEffect[] {
    return this.#outgoing()
      .filter((entry) => entry.node === node && !entry.isStored && entry.attempts > 0)
      .flatMap((entry) => this.#attempt(entry, atMs));
  }

  #loseNode(node: NodeId, atMs: number): readonly DeliveryEffect[] {
    const effects: DeliveryEffect[] = [];
    for (const entry of this.#outgoing()) {
      if (entry.node !== node) continue;
      entry.retryAtMs = Math.min(entry.retryAtMs, atMs + planRetryMs(entry.mail.id, entry.attempts));
      effects.push({ type: 'locate', agent: entry.mail.receiver });
    }
    return uniqueLocates(effects).concat(this.#armTimer(atMs));
  }

  #outgoing(): readonly Entry[] {
    return [...this.#outgoingByReceiver.values()]
      .flatMap((set) => [...set])
      .filter((entry) => !entry.isIncoming);
  }

  #tick(atMs: number): readonly DeliveryEffect[] {
    this.#timerAtMs = undefined;
    const effects: DeliveryEffect[] = [];
    for (const entry of [...this.#entries.values()]) {
      if (entry.mail.expiresAt <= atMs)
        effects.push(...this.#kill(entry, entry.node === undefined ? 'unknown-receiver' : 'expired', atMs));
      else if (entry.isOutgoing && !entry.isIncoming && entry.retryAtMs <= atMs)
        effects.push(...this.#attempt(entry, atMs));
    }
    return effects.concat(this.#armTimer(atMs));
  }

  #armTimer(atMs: number): readonly DeliveryEffect[] {
    if (this.#timerAtMs !== undefined || this.#entries.size === 0) return [];
    this.#timerAtMs = atMs + tickMs;
    return [{ type: 'set-timer', timer: retryTimer, dueAtMs: this.#timerAtMs }];
  }

  #kill(entry: Entry, reason: DeadReason, atMs: number): readonly DeliveryEffect[] {
    this.#remove(entry);
    this.#recent.forgetUnprocessed(entry.mail);
    if (entry.isOutgoing && entry.senderNode === this.#self)
      return [eraseMail(entry.key), ...this.#bury(entry.mail, reason, atMs)];
    return [eraseMail(entry.key), receiptTo(entry.senderNode, entry.mail, 'dead', reason)];
  }

  #bury(mail: Mail, reason: string, atMs: number): readonly DeliveryEffect[] {
    return [...this.#dead.bury(keyOf(mail), { mail, reason, atMs }), tell(mail, 'dead', reason)];
  }

  #resend(key: string, atMs: number): readonly DeliveryEffect[] {
    const raised = this.#dead.raise(key, atMs);
    if (raised === undefined) return ignore('unknown-message');
    return [...raised.effects, ...this.#submit(raised.mail, undefined, atMs)];
  }

  #load(
    rows: readonly { readonly key: string; readonly value: string }[],
    atMs: number,
  ): readonly DeliveryEffect[] {
    const saved = rows.map((row) => decodeSaved(row.value));
    for (const letter of saved) if ('reason' in letter) this.#dead.restore(keyOf(letter.mail), letter);
    const mails = saved
      .filter((row): row is SavedMail => 'order' in row)
      .sort((a, b) => a.order - b.order || compareText(a.mail.id, b.mail.id));
    for (const row of mails) {
      const entry = this.#addEntry(row.mail, {
        isOutgoing: row.isOutgoing,
        node: row.isOutgoing ? undefined : this.#self,
        senderNode: row.senderNode,
      });
      // Whether the agent saw it before the stop is not known: say so rather than hide it.
      entry.wasSent = true;
      if (!row.isOutgoing) this.#putBack(entry);
      else entry.retryAtMs = atMs;
    }
    return this.#armTimer(atMs);
  }

  #putBack(entry: Entry): void {
    entry.isIncoming = true;
    entry.isStored = true;
    this.#mailboxOf(entry.mail.receiver).put(entry);
  }

  #mailboxOf(agent: Did): Mailbox<Entry> {
    let mailbox = this.#mailboxes.get(agent);
    if (mailbox === undefined) {
      mailbox = new Mailbox();
      this.#mailboxes.set(agent, mailbox);
    }
    return mailbox;
  }

  list(sender?: Did): readonly MailStatus[] {
    const waiting = [...this.#entries.values()]
      .filter((entry) => entry.isOutgoing)
      .map((entry) => statusOf(entry.mail, entry.isStored ? 'stored' : 'waiting', undefined));
    const buried = this.#dead.list().map((letter) => statusOf(letter.mail, 'dead', letter.reason));
    return [...waiting, ...buried].filter((status) => sender === undefined || status.from === sender);
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#dead.list();
  }

  get gauges(): DeliveryMachine['gauges'] {
    let mailboxCount = 0;
    for (const mailbox of this.#mailboxes.values()) mailboxCount += mailbox.entries.size;
    return {
      outboxBytes: this.#outboxBytes,
      outboxCount: this.#entries.size,
      mailboxCount,
      deadCount: this.#dead.count,
    };
  }
}

const defaultWindow: DeliveryWindow = { inFlightMax: 1_024, inFlightCharsMax: 1024 * 1024 };

/** How often waiting messages are looked at. Judgement: a tenth of what a person notices as delay. */
const tickMs = 250;
/** A stored message is asked after this often: its receiver may stay away for hours. */
const storedRecheckMs = 30_000;
/** Nodes that one message came from beside the first. More are told when they ask again. Judgement. */
const alsoFromMax = 4;

function keyOf(mail: Pick<Mail, 'id' | 'receiver'>): string {
  return `${mail.id}|${mail.receiver}`;
}

function awaitedOf({ mail, isOutgoing, senderNode, alsoFrom }: Entry): Awaited {
  return { id: mail.id, receiver: mail.receiver, from: mail.from, isOutgoing, senderNode, alsoFrom };
}

function tell(
  mail: MailKey & Pick<Mail, 'from'>,
  level: NodeReceipt['level'] | 'accepted',
  reason?: string,
): DeliveryEffect {
  return { type: 'tell-sender', sender: mail.from, id: mail.id, receiver: mail.receiver, level, reason };
}

function receiptTo(
  node: NodeId,
  mail: MailKey & Pick<Mail, 'from'>,
  level: NodeReceipt['level'],
  reason?: string,
): DeliveryEffect {
  return {
    type: 'send-receipt',
    sender: mail.from,
    node,
    receipt: { id: mail.id, receiver: mail.receiver, level, reason },
  };
}

function toDeadReason(reason: string | undefined): DeadReason {
  return reason === 'expired' || reason === 'mailbox-full' ? reason : 'refused';
}

function statusOf(mail: Mail, state: MailStatus['state'], reason: string | undefined): MailStatus {
  const { id, from, receiver, expiresAt } = mail;
  return { id, from, receiver, state, reason, expiresAt, bytes: mail.text.length };
}

function uniqueLocates(effects: readonly DeliveryEffect[]): DeliveryEffect[] {
  const seen = new Set<string>();
  return effects.filter(
    (effect) => effect.type !== 'locate' || (!seen.has(effect.agent) && seen.add(effect.agent)),
  );
}
