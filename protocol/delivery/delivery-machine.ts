/**
 * At-least-once delivery between agents: a durable outbox at the sender's node, a durable mailbox at the
 * receiver's, acknowledgements that name the level really reached, retries with jittered backoff, and dead
 * letters that keep their reason. One instance per node serves all of its agents.
 */
import type { Did, MessageId, NodeId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { CompactMap } from '../compact-map.ts';
import { ignore, type Machine } from '../machine.ts';
import { createDeadLetters } from './dead-letters.ts';
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
  const outboxBytesMax = init.outboxBytesMax ?? 64 * 1024 * 1024;
  const mailboxBytesMax = init.mailboxBytesMax ?? 16 * 1024 * 1024;
  const window: DeliveryWindow = {
    inFlightMax: init.inFlightMax ?? 1_024,
    inFlightCharsMax: init.inFlightCharsMax ?? 1024 * 1024,
  };
  const entries = new CompactMap<string, Entry>();
  const outgoingByReceiver = new CompactMap<Did, Set<Entry>>();
  const mailboxes = new CompactMap<Did, Mailbox<Entry>>();
  const dead = createDeadLetters(init.deadLettersMax ?? 1_000);
  const recent = new RecentDeliveries();
  let outboxBytes = 0;
  let order = 0;
  let timerAtMs: number | undefined;

  function step(input: DeliveryInput): readonly DeliveryEffect[] {
    switch (input.type) {
      case 'submitted':
        return submit(input.mail, input.node, input.atMs);
      case 'undeliverable':
        return bury(input.mail, input.reason, input.atMs);
      case 'arrived':
        return arrive(input.mail, input.senderNode, input.isKnown, input.atMs);
      case 'receipts-arrived':
        return input.receipts.flatMap((receipt) => takeReceipt(input.node, receipt, input.atMs));
      case 'agent-online':
        return mailboxOf(input.agent).connect(window);
      case 'agent-offline':
        return takeOffline(input.agent);
      case 'agent-paused':
        return mailboxOf(input.agent).pause(true, window);
      case 'agent-resumed':
        return mailboxOf(input.agent).pause(false, window);
      case 'agent-acknowledged':
        return input.ids
          .flatMap((id) => acknowledge(input.agent, id, input.level))
          .concat(mailboxOf(input.agent).fill(window));
      case 'located':
        return relocate(input.agent, input.node, input.atMs);
      case 'peer-up':
        return retryNode(input.node, input.atMs);
      case 'send-failed':
        return loseNode(input.node, input.atMs);
      case 'handed-over':
        return dead.forget(keyOf(input));
      case 'resend':
        return resend(`${input.id}|${input.receiver}`, input.atMs);
      case 'loaded':
        return load(input.rows, input.atMs);
      case 'timer-fired':
        return input.timer === retryTimer ? tick(input.atMs) : ignore('foreign-timer');
    }
  }

  function submit(mail: Mail, node: NodeId | undefined, atMs: number): readonly DeliveryEffect[] {
    const key = keyOf(mail);
    const known = entries.get(key);
    if (known !== undefined) return [tell(known.mail, 'accepted')];
    const level = recent.levelOf(mail);
    if (level !== undefined) return [tell(mail, 'accepted'), tell(mail, level)];
    const accepted = tell(mail, 'accepted');
    if (outboxBytes + mail.text.length > outboxBytesMax) return [...bury(mail, 'refused', atMs)];
    const entry = addEntry(mail, { isOutgoing: true, node, senderNode: init.self });
    if (node === init.self) return [saveMail(entry.key, entry), accepted, ...putIntoMailbox(entry, atMs)];
    return [saveMail(entry.key, entry), accepted, ...attempt(entry, atMs), ...armTimer(atMs)];
  }

  function addEntry(
    mail: Mail,
    facts: { isOutgoing: boolean; node: NodeId | undefined; senderNode: NodeId },
  ): Entry {
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
      order: order++,
    };
    entries.set(entry.key, entry);
    if (facts.isOutgoing) {
      outboxBytes += mail.text.length;
      const set = outgoingByReceiver.get(mail.receiver) ?? new Set();
      outgoingByReceiver.set(mail.receiver, set.add(entry));
    }
    return entry;
  }

  function putIntoMailbox(entry: Entry, atMs: number): readonly DeliveryEffect[] {
    const mailbox = mailboxOf(entry.mail.receiver);
    if (mailbox.bytes + entry.mail.text.length > mailboxBytesMax) return kill(entry, 'mailbox-full', atMs);
    entry.isIncoming = true;
    entry.isStored = true;
    return [...report(awaitedOf(entry), 'stored'), ...mailbox.take(entry, window)];
  }

  function arrive(mail: Mail, senderNode: NodeId, isKnown: boolean, atMs: number): readonly DeliveryEffect[] {
    const key = keyOf(mail);
    const level = recent.levelOf(mail);
    if (level !== undefined) return [receiptTo(senderNode, mail, level)];
    const known = entries.get(key);
    if (known !== undefined) {
      cameFrom(known, senderNode);
      return [receiptTo(senderNode, mail, 'stored')];
    }
    // Taken in before and gone since: delivered in an earlier life of this node.
    if (isKnown) return [receiptTo(senderNode, mail, 'delivered')];
    if (mail.expiresAt <= atMs) return [receiptTo(senderNode, mail, 'dead', 'expired')];
    const mailbox = mailboxOf(mail.receiver);
    if (mailbox.bytes + mail.text.length > mailboxBytesMax)
      return [receiptTo(senderNode, mail, 'dead', 'mailbox-full')];
    const entry = addEntry(mail, { isOutgoing: false, node: init.self, senderNode });
    return [saveMail(entry.key, entry), ...putIntoMailbox(entry, atMs), ...armTimer(atMs)];
  }

  function cameFrom(entry: Entry, node: NodeId): void {
    const others = entry.alsoFrom ?? [];
    if (node === entry.senderNode || others.includes(node) || others.length >= alsoFromMax) return;
    entry.alsoFrom = [...others, node];
  }

  /** Tell whoever waits: the local sender, or the nodes that it came from, each of which tells its own. */
  function report(mail: Awaited, level: 'stored' | 'delivered' | 'processed'): readonly DeliveryEffect[] {
    return [mail.senderNode, ...(mail.alsoFrom ?? [])].map((node) =>
      node === init.self ? tell(mail, level) : receiptTo(node, mail, level),
    );
  }

  function takeOffline(agent: Did): readonly DeliveryEffect[] {
    const mailbox = mailboxes.get(agent);
    if (mailbox === undefined) return ignore('unknown-agent');
    mailbox.disconnect();
    return [];
  }

  function acknowledge(agent: Did, id: string, level: 'delivered' | 'processed'): readonly DeliveryEffect[] {
    const mailbox = mailboxOf(agent);
    const entry = mailbox.entries.get(id);
    if (entry !== undefined) {
      remove(entry);
      recent.remember(entry.mail, level);
      return [eraseMail(entry.key), ...report(awaitedOf(entry), level)];
    }
    return level === 'processed' ? reportProcessed({ id: id as MessageId, receiver: agent }) : [];
  }

  /** Delivered earlier, worked off now. */
  function reportProcessed(mail: MailKey): readonly DeliveryEffect[] {
    const awaited = recent.unprocessed(mail);
    if (awaited === undefined) return ignore('unknown-message');
    recent.forgetUnprocessed(mail);
    recent.remember(mail, 'processed');
    return report(awaited, 'processed');
  }

  function remove(entry: Entry): void {
    entries.delete(entry.key);
    if (entry.isIncoming) {
      mailboxOf(entry.mail.receiver).remove(entry);
      recent.awaitProcessed(awaitedOf(entry));
    }
    if (entry.isOutgoing) {
      outboxBytes -= entry.mail.text.length;
      const set = outgoingByReceiver.get(entry.mail.receiver);
      set?.delete(entry);
      if (set?.size === 0) outgoingByReceiver.delete(entry.mail.receiver);
    }
  }

  function takeReceipt(node: NodeId, receipt: NodeReceipt, atMs: number): readonly DeliveryEffect[] {
    const key = `${receipt.id}|${receipt.receiver}`;
    const entry = entries.get(key);
    if (entry === undefined || !entry.isOutgoing) return takeLateReceipt(receipt);
    if (entry.node !== node) return ignore('receipt-from-elsewhere');
    if (receipt.level === 'stored') {
      if (entry.isStored) return ignore('known-receipt');
      entry.isStored = true;
      entry.attempts = 0;
      entry.retryAtMs = atMs + storedRecheckMs;
      return report(awaitedOf(entry), 'stored');
    }
    if (receipt.level === 'dead') return kill(entry, toDeadReason(receipt.reason), atMs);
    remove(entry);
    if (receipt.level === 'delivered') recent.awaitProcessed(awaitedOf(entry));
    return [eraseMail(key), ...report(awaitedOf(entry), receipt.level)];
  }

  function takeLateReceipt(receipt: NodeReceipt): readonly DeliveryEffect[] {
    const awaited = recent.unprocessed(receipt);
    if (receipt.level !== 'processed' || awaited?.isOutgoing !== true) return ignore('unknown-message');
    recent.forgetUnprocessed(receipt);
    return report(awaited, 'processed');
  }

  function relocate(agent: Did, node: NodeId, atMs: number): readonly DeliveryEffect[] {
    const effects: DeliveryEffect[] = [];
    for (const entry of outgoingByReceiver.get(agent) ?? []) {
      if (entry.node === node) continue;
      entry.node = node;
      entry.attempts = 0;
      entry.isStored = false;
      effects.push(...(node === init.self ? putIntoMailbox(entry, atMs) : attempt(entry, atMs)));
    }
    return node === init.self ? effects : effects.concat(forward(agent, node, atMs));
  }

  /** The agent re-attached elsewhere: what waits here follows it. */
  function forward(agent: Did, node: NodeId, atMs: number): readonly DeliveryEffect[] {
    const mailbox = mailboxes.get(agent);
    if (mailbox === undefined) return [];
    const effects: DeliveryEffect[] = [];
    for (const entry of [...mailbox.entries.values()]) {
      if (!entry.isOutgoing) remove(entry);
      else {
        mailbox.remove(entry);
        entry.isIncoming = false;
        entry.isInFlight = false;
      }
      const moved = entry.isOutgoing
        ? entry
        : addEntry(
            { ...entry.mail, facts: undefined },
            { isOutgoing: true, node, senderNode: entry.senderNode },
          );
      moved.alsoFrom = entry.alsoFrom;
      moved.node = node;
      moved.isStored = false;
      effects.push(...attempt(moved, atMs));
    }
    mailboxes.delete(agent);
    return effects.concat(armTimer(atMs));
  }

  function attempt(entry: Entry, atMs: number): readonly DeliveryEffect[] {
    entry.attempts += 1;
    entry.retryAtMs = atMs + planRetryMs(entry.mail.id, entry.attempts);
    if (entry.node === undefined) return [{ type: 'locate', agent: entry.mail.receiver }];
    return [{ type: 'send-mail', node: entry.node, mail: entry.mail }];
  }

  function retryNode(node: NodeId, atMs: number): readonly DeliveryEffect[] {
    return outgoing()
      .filter((entry) => entry.node === node && !entry.isStored && entry.attempts > 0)
      .flatMap((entry) => attempt(entry, atMs));
  }

  function loseNode(node: NodeId, atMs: number): readonly DeliveryEffect[] {
    const effects: DeliveryEffect[] = [];
    for (const entry of outgoing()) {
      if (entry.node !== node) continue;
      entry.retryAtMs = Math.min(entry.retryAtMs, atMs + planRetryMs(entry.mail.id, entry.attempts));
      effects.push({ type: 'locate', agent: entry.mail.receiver });
    }
    return uniqueLocates(effects).concat(armTimer(atMs));
  }

  function outgoing(): readonly Entry[] {
    return [...outgoingByReceiver.values()].flatMap((set) => [...set]).filter((entry) => !entry.isIncoming);
  }

  function tick(atMs: number): readonly DeliveryEffect[] {
    timerAtMs = undefined;
    const effects: DeliveryEffect[] = [];
    for (const entry of [...entries.values()]) {
      if (entry.mail.expiresAt <= atMs)
        effects.push(...kill(entry, entry.node === undefined ? 'unknown-receiver' : 'expired', atMs));
      else if (entry.isOutgoing && !entry.isIncoming && entry.retryAtMs <= atMs)
        effects.push(...attempt(entry, atMs));
    }
    return effects.concat(armTimer(atMs));
  }

  function armTimer(atMs: number): readonly DeliveryEffect[] {
    if (timerAtMs !== undefined || entries.size === 0) return [];
    timerAtMs = atMs + tickMs;
    return [{ type: 'set-timer', timer: retryTimer, dueAtMs: timerAtMs }];
  }

  function kill(entry: Entry, reason: DeadReason, atMs: number): readonly DeliveryEffect[] {
    remove(entry);
    recent.forgetUnprocessed(entry.mail);
    if (entry.isOutgoing && entry.senderNode === init.self)
      return [eraseMail(entry.key), ...bury(entry.mail, reason, atMs)];
    return [eraseMail(entry.key), receiptTo(entry.senderNode, entry.mail, 'dead', reason)];
  }

  function bury(mail: Mail, reason: string, atMs: number): readonly DeliveryEffect[] {
    return [...dead.bury(keyOf(mail), { mail, reason, atMs }), tell(mail, 'dead', reason)];
  }

  function resend(key: string, atMs: number): readonly DeliveryEffect[] {
    const raised = dead.raise(key, atMs);
    if (raised === undefined) return ignore('unknown-message');
    return [...raised.effects, ...submit(raised.mail, undefined, atMs)];
  }

  function load(
    rows: readonly { readonly key: string; readonly value: string }[],
    atMs: number,
  ): readonly DeliveryEffect[] {
    const saved = rows.map((row) => decodeSaved(row.value));
    for (const letter of saved) if ('reason' in letter) dead.restore(keyOf(letter.mail), letter);
    const mails = saved
      .filter((row): row is SavedMail => 'order' in row)
      .sort((a, b) => a.order - b.order || compareText(a.mail.id, b.mail.id));
    for (const row of mails) {
      const entry = addEntry(row.mail, {
        isOutgoing: row.isOutgoing,
        node: row.isOutgoing ? undefined : init.self,
        senderNode: row.senderNode,
      });
      // Whether the agent saw it before the stop is not known: say so rather than hide it.
      entry.wasSent = true;
      if (!row.isOutgoing) putBack(entry);
      else entry.retryAtMs = atMs;
    }
    return armTimer(atMs);
  }

  function putBack(entry: Entry): void {
    entry.isIncoming = true;
    entry.isStored = true;
    mailboxOf(entry.mail.receiver).put(entry);
  }

  function mailboxOf(agent: Did): Mailbox<Entry> {
    let mailbox = mailboxes.get(agent);
    if (mailbox === undefined) {
      mailbox = new Mailbox();
      mailboxes.set(agent, mailbox);
    }
    return mailbox;
  }

  function list(sender?: Did): readonly MailStatus[] {
    const waiting = [...entries.values()]
      .filter((entry) => entry.isOutgoing)
      .map((entry) => statusOf(entry.mail, entry.isStored ? 'stored' : 'waiting', undefined));
    const buried = dead.list().map((letter) => statusOf(letter.mail, 'dead', letter.reason));
    return [...waiting, ...buried].filter((status) => sender === undefined || status.from === sender);
  }

  return {
    step,
    list,
    deadLetters: dead.list,
    get gauges() {
      let mailboxCount = 0;
      for (const mailbox of mailboxes.values()) mailboxCount += mailbox.entries.size;
      return { outboxBytes, outboxCount: entries.size, mailboxCount, deadCount: dead.count };
    },
  };
}

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
