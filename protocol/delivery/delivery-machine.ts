/**
 * At-least-once delivery between agents: a durable outbox at the sender's node, a durable mailbox at the
 * receiver's, acknowledgements that name the level really reached, retries with jittered backoff, and dead
 * letters that keep their reason. One instance per node serves all of its agents.
 */
import type { Did, NodeId } from '../brand.ts';
import { compareText } from '../bytes.ts';
import { ignore, type Machine } from '../machine.ts';
import { planRetryMs } from './retry.ts';
import type { DeadReason, DeliveryEffect, DeliveryInput, Mail, MailStatus, NodeReceipt } from './types.ts';

export const mailBucket = 'mail';
export const deadBucket = 'dead';
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
interface Entry {
  readonly mail: Mail;
  readonly key: string;
  readonly isOutgoing: boolean;
  /** Present while the receiver's mailbox is here. */
  isIncoming: boolean;
  /** For an incoming one: the node to tell. */
  senderNode: NodeId;
  node: NodeId | undefined;
  isStored: boolean;
  /** Handed to the agent's present connection, not acknowledged. */
  isInFlight: boolean;
  wasSent: boolean;
  attempts: number;
  retryAtMs: number;
  /** Arrival order, kept over a restart. */
  readonly order: number;
}

interface Mailbox {
  readonly entries: Map<string, Entry>;
  bytes: number;
  inFlight: number;
  inFlightChars: number;
  isOnline: boolean;
  isPaused: boolean;
}

interface DeadLetter {
  readonly mail: Mail;
  readonly reason: string;
  readonly atMs: number;
}

export interface DeliveryMachine extends Machine<DeliveryInput, DeliveryEffect> {
  /** Undelivered and dead messages of one sender, or of all. */
  list(sender?: Did): readonly MailStatus[];
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
  const inFlightMax = init.inFlightMax ?? 1_024;
  const inFlightCharsMax = init.inFlightCharsMax ?? 1024 * 1024;
  const deadLettersMax = init.deadLettersMax ?? 1_000;
  const entries = new Map<string, Entry>();
  const outgoingByReceiver = new Map<Did, Set<Entry>>();
  const mailboxes = new Map<Did, Mailbox>();
  const dead = new Map<string, DeadLetter>();
  /** Delivered incoming messages whose receipt may have been lost: answered again from here. */
  const recentLevels = new Map<string, 'delivered' | 'processed'>();
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
        return bringOnline(input.agent);
      case 'agent-offline':
        return takeOffline(input.agent);
      case 'agent-paused':
        return pause(mailboxOf(input.agent), true);
      case 'agent-resumed':
        return pause(mailboxOf(input.agent), false);
      case 'agent-acknowledged':
        return input.ids
          .flatMap((id) => acknowledge(input.agent, id, input.level))
          .concat(fillWindow(mailboxOf(input.agent)));
      case 'located':
        return relocate(input.agent, input.node, input.atMs);
      case 'peer-up':
        return retryNode(input.node, input.atMs);
      case 'send-failed':
        return loseNode(input.node, input.atMs);
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
    if (recentLevels.has(key)) return [tell(mail, 'accepted'), tell(mail, recentLevels.get(key)!)];
    const accepted = tell(mail, 'accepted');
    if (outboxBytes + mail.text.length > outboxBytesMax) return [...bury(mail, 'refused', atMs)];
    const entry = addEntry(mail, { isOutgoing: true, node, senderNode: init.self });
    if (node === init.self) return [save(entry), accepted, ...putIntoMailbox(entry, atMs)];
    return [save(entry), accepted, ...attempt(entry, atMs), ...armTimer(atMs)];
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
    mailbox.entries.set(entry.mail.id, entry);
    mailbox.bytes += entry.mail.text.length;
    // With all others on their way, the new one is the only one to look at.
    const isOnlyWaiting = mailbox.inFlight === mailbox.entries.size - 1;
    return [...report(entry, 'stored'), ...fillWindow(mailbox, isOnlyWaiting ? [entry] : undefined)];
  }

  function arrive(mail: Mail, senderNode: NodeId, isKnown: boolean, atMs: number): readonly DeliveryEffect[] {
    const key = keyOf(mail);
    const level = recentLevels.get(key);
    if (level !== undefined) return [receiptTo(senderNode, mail, level)];
    const known = entries.get(key);
    if (known !== undefined) {
      known.senderNode = senderNode;
      return [receiptTo(senderNode, mail, 'stored')];
    }
    // Taken in before and gone since: delivered in an earlier life of this node.
    if (isKnown) return [receiptTo(senderNode, mail, 'delivered')];
    if (mail.expiresAt <= atMs) return [receiptTo(senderNode, mail, 'dead', 'expired')];
    const mailbox = mailboxOf(mail.receiver);
    if (mailbox.bytes + mail.text.length > mailboxBytesMax)
      return [receiptTo(senderNode, mail, 'dead', 'mailbox-full')];
    const entry = addEntry(mail, { isOutgoing: false, node: init.self, senderNode });
    return [save(entry), ...putIntoMailbox(entry, atMs), ...armTimer(atMs)];
  }

  /** Tell whoever waits: the local sender, or the sender's node. */
  function report(entry: Entry, level: 'stored' | 'delivered' | 'processed'): readonly DeliveryEffect[] {
    if (entry.isOutgoing) return [tell(entry.mail, level)];
    return [receiptTo(entry.senderNode, entry.mail, level)];
  }

  function fillWindow(mailbox: Mailbox, candidates?: readonly Entry[]): readonly DeliveryEffect[] {
    if (
      !mailbox.isOnline ||
      mailbox.isPaused ||
      mailbox.inFlight >= inFlightMax ||
      mailbox.inFlight === mailbox.entries.size
    )
      return [];
    const effects: DeliveryEffect[] = [];
    for (const entry of candidates ?? unsent(mailbox)) {
      if (mailbox.inFlight >= inFlightMax || !hasRoom(mailbox, entry.mail)) break;
      effects.push({
        type: 'deliver',
        agent: entry.mail.receiver,
        mail: entry.mail,
        isRedelivered: entry.wasSent,
      });
      entry.isInFlight = true;
      entry.wasSent = true;
      mailbox.inFlight += 1;
      mailbox.inFlightChars += entry.mail.text.length;
    }
    return effects;
  }

  /** So much at once that a reader which returns to a full mailbox is not drowned in it. */
  function hasRoom(mailbox: Mailbox, mail: Mail): boolean {
    return mailbox.inFlight === 0 || mailbox.inFlightChars + mail.text.length <= inFlightCharsMax;
  }

  function* unsent(mailbox: Mailbox): Generator<Entry> {
    // In-flight entries come first in arrival order, so the walk is as long as the window.
    for (const entry of mailbox.entries.values()) if (!entry.isInFlight) yield entry;
  }

  function bringOnline(agent: Did): readonly DeliveryEffect[] {
    const mailbox = mailboxOf(agent);
    for (const entry of mailbox.entries.values()) entry.isInFlight = false;
    mailbox.inFlight = 0;
    mailbox.inFlightChars = 0;
    mailbox.isOnline = true;
    mailbox.isPaused = false;
    return fillWindow(mailbox);
  }

  function pause(mailbox: Mailbox, isPaused: boolean): readonly DeliveryEffect[] {
    mailbox.isPaused = isPaused;
    return fillWindow(mailbox);
  }

  function takeOffline(agent: Did): readonly DeliveryEffect[] {
    const mailbox = mailboxes.get(agent);
    if (mailbox === undefined) return ignore('unknown-agent');
    mailbox.isOnline = false;
    return [];
  }

  function acknowledge(agent: Did, id: string, level: 'delivered' | 'processed'): readonly DeliveryEffect[] {
    const mailbox = mailboxOf(agent);
    const entry = mailbox.entries.get(id);
    if (entry !== undefined) {
      remove(entry);
      remember(entry.key, level);
      return [erase(entry.key), ...report(entry, level)];
    }
    return level === 'processed' ? reportProcessed(agent, id) : [];
  }

  /** Delivered earlier, worked off now. */
  const processedTo = new Map<string, Entry>();
  function reportProcessed(agent: Did, id: string): readonly DeliveryEffect[] {
    const key = `${id}|${agent}`;
    const entry = processedTo.get(key);
    if (entry === undefined) return ignore('unknown-message');
    processedTo.delete(key);
    remember(key, 'processed');
    return report(entry, 'processed');
  }

  function remember(key: string, level: 'delivered' | 'processed'): void {
    recentLevels.set(key, level);
    trimSome(recentLevels, recentLevelsMax);
  }

  function remove(entry: Entry): void {
    entries.delete(entry.key);
    if (entry.isIncoming) {
      const mailbox = mailboxOf(entry.mail.receiver);
      mailbox.entries.delete(entry.mail.id);
      mailbox.bytes -= entry.mail.text.length;
      if (entry.isInFlight) {
        mailbox.inFlight -= 1;
        mailbox.inFlightChars -= entry.mail.text.length;
      }
      processedTo.set(entry.key, entry);
      trimSome(processedTo, processedMax);
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
    if (entry === undefined || !entry.isOutgoing) return takeLateReceipt(key, receipt);
    if (entry.node !== node) return ignore('receipt-from-elsewhere');
    if (receipt.level === 'stored') {
      if (entry.isStored) return ignore('known-receipt');
      entry.isStored = true;
      entry.attempts = 0;
      entry.retryAtMs = atMs + storedRecheckMs;
      return [tell(entry.mail, 'stored')];
    }
    if (receipt.level === 'dead') return kill(entry, toDeadReason(receipt.reason), atMs);
    remove(entry);
    if (receipt.level === 'delivered') {
      processedTo.set(key, entry);
      trimSome(processedTo, processedMax);
    }
    return [erase(key), tell(entry.mail, receipt.level)];
  }

  function takeLateReceipt(key: string, receipt: NodeReceipt): readonly DeliveryEffect[] {
    const entry = processedTo.get(key);
    if (receipt.level !== 'processed' || entry === undefined || !entry.isOutgoing)
      return ignore('unknown-message');
    processedTo.delete(key);
    return [tell(entry.mail, 'processed')];
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
      else leaveMailbox(mailbox, entry);
      const moved = entry.isOutgoing
        ? entry
        : addEntry(
            { ...entry.mail, facts: undefined },
            { isOutgoing: true, node, senderNode: entry.senderNode },
          );
      moved.node = node;
      moved.isStored = false;
      effects.push(...attempt(moved, atMs));
    }
    mailboxes.delete(agent);
    return effects.concat(armTimer(atMs));
  }

  function leaveMailbox(mailbox: Mailbox, entry: Entry): void {
    mailbox.entries.delete(entry.mail.id);
    mailbox.bytes -= entry.mail.text.length;
    entry.isIncoming = false;
    entry.isInFlight = false;
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
    processedTo.delete(entry.key);
    if (entry.isOutgoing && entry.senderNode === init.self)
      return [erase(entry.key), ...bury(entry.mail, reason, atMs)];
    return [erase(entry.key), receiptTo(entry.senderNode, entry.mail, 'dead', reason)];
  }

  function bury(mail: Mail, reason: string, atMs: number): readonly DeliveryEffect[] {
    const key = keyOf(mail);
    const effects: DeliveryEffect[] = [];
    dead.set(key, { mail, reason, atMs });
    for (const oldest of trim(dead, deadLettersMax))
      effects.push({ type: 'persist', bucket: deadBucket, key: oldest, value: null });
    effects.push({
      type: 'persist',
      bucket: deadBucket,
      key,
      value: encodeSaved(mail, { reason, atMs }),
    });
    effects.push(tell(mail, 'dead', reason));
    return effects;
  }

  function resend(key: string, atMs: number): readonly DeliveryEffect[] {
    const letter = dead.get(key);
    if (letter === undefined) return ignore('unknown-message');
    dead.delete(key);
    const mail = {
      ...letter.mail,
      expiresAt:
        atMs + (letter.mail.expiresAt - letter.atMs > 0 ? letter.mail.expiresAt - letter.atMs : resendMs),
    };
    return [{ type: 'persist', bucket: deadBucket, key, value: null }, ...submit(mail, undefined, atMs)];
  }

  function load(
    rows: readonly { readonly key: string; readonly value: string }[],
    atMs: number,
  ): readonly DeliveryEffect[] {
    const saved = rows.map((row) => decodeSaved(row.value));
    for (const letter of saved) if ('reason' in letter) dead.set(keyOf(letter.mail), letter);
    const mails = saved
      .filter((row): row is SavedEntry => 'order' in row)
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
    const mailbox = mailboxOf(entry.mail.receiver);
    entry.isIncoming = true;
    entry.isStored = true;
    mailbox.entries.set(entry.mail.id, entry);
    mailbox.bytes += entry.mail.text.length;
  }

  function mailboxOf(agent: Did): Mailbox {
    let mailbox = mailboxes.get(agent);
    if (mailbox === undefined) {
      mailbox = {
        entries: new Map(),
        bytes: 0,
        inFlight: 0,
        inFlightChars: 0,
        isOnline: false,
        isPaused: false,
      };
      mailboxes.set(agent, mailbox);
    }
    return mailbox;
  }

  function list(sender?: Did): readonly MailStatus[] {
    const waiting = [...entries.values()]
      .filter((entry) => entry.isOutgoing)
      .map((entry) => statusOf(entry.mail, entry.isStored ? 'stored' : 'waiting', undefined));
    const buried = [...dead.values()].map((letter) => statusOf(letter.mail, 'dead', letter.reason));
    return [...waiting, ...buried].filter((status) => sender === undefined || status.from === sender);
  }

  return {
    step,
    list,
    get gauges() {
      let mailboxCount = 0;
      for (const mailbox of mailboxes.values()) mailboxCount += mailbox.entries.size;
      return { outboxBytes, outboxCount: entries.size, mailboxCount, deadCount: dead.size };
    },
  };
}

/** How often waiting messages are looked at. Judgement: a tenth of what a person notices as delay. */
const tickMs = 250;
/** A stored message is asked after this often: its receiver may stay away for hours. */
const storedRecheckMs = 30_000;
/** A dead letter sent again lives this long at least. */
const resendMs = 3_600_000;
/** Kept, and a tenth more between two clearings. */
const recentLevelsMax = 20_000;
const processedMax = 4_096;

interface SavedEntry {
  readonly mail: Mail;
  readonly isOutgoing: boolean;
  readonly senderNode: NodeId;
  readonly order: number;
}

function keyOf(mail: Mail): string {
  return `${mail.id}|${mail.receiver}`;
}

function save(entry: Entry): DeliveryEffect {
  const { isOutgoing, senderNode, order } = entry;
  const value = encodeSaved(entry.mail, { isOutgoing, senderNode, order });
  return { type: 'persist', bucket: mailBucket, key: entry.key, value };
}

/** A line of facts, then the message's text as it is: a text is never escaped into another text. */
function encodeSaved({ text, ...mail }: Mail, facts: object): string {
  return `${JSON.stringify({ ...facts, mail })}\n${text}`;
}

function decodeSaved(value: string): SavedEntry | DeadLetter {
  const end = value.indexOf('\n');
  const facts = JSON.parse(value.slice(0, end)) as SavedEntry | DeadLetter;
  return { ...facts, mail: { ...facts.mail, text: value.slice(end + 1) } };
}

function erase(key: string): DeliveryEffect {
  return { type: 'persist', bucket: mailBucket, key, value: null };
}

function tell(mail: Mail, level: NodeReceipt['level'] | 'accepted', reason?: string): DeliveryEffect {
  return { type: 'tell-sender', sender: mail.from, id: mail.id, receiver: mail.receiver, level, reason };
}

function receiptTo(node: NodeId, mail: Mail, level: NodeReceipt['level'], reason?: string): DeliveryEffect {
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

/** Drop the oldest entries above `max`; answers their keys. */
function trim<Value>(map: Map<string, Value>, max: number): readonly string[] {
  const dropped: string[] = [];
  for (const key of map.keys()) {
    if (map.size <= max) break;
    map.delete(key);
    dropped.push(key);
  }
  return dropped;
}

/**
 * Drop the oldest tenth when a map has outgrown `max` by as much: one walk over the front of a map, where removed
 * entries lie, in place of one for each entry.
 */
function trimSome<Value>(map: Map<string, Value>, max: number): void {
  if (map.size > max * 1.1) trim(map, max);
}
