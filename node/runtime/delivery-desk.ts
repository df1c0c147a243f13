/** Drives the delivery machine: addresses, packets to other nodes, receipts, and the agents' connections. */

import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, MessageId, NodeId } from '../../protocol/brand.ts';
import { createDeliveryMachine, type DeliveryMachine } from '../../protocol/delivery/delivery-machine.ts';
import { deadBucket, mailBucket } from '../../protocol/delivery/saved-mail.ts';
import type { DeliveryEffect, DeliveryInput, Mail, NodeReceipt } from '../../protocol/delivery/types.ts';
import { limits } from '../../protocol/limits.ts';
import type { Persist } from '../../protocol/machine.ts';
import { type Receipts, recordDomains } from '../../protocol/records.ts';
import { signObject } from '../../protocol/signing.ts';
import { expiryOf, type SealedEnvelope } from './envelope-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import { createMailLog } from './mail-log.ts';
import { encodeMail, encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface DeliveryDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly registry: AttachmentRegistry;
  /** Ask the mesh where an agent is attached; the answer comes as a new attachment. */
  readonly locate: (agent: Did) => void;
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

export function createDeliveryDesk({
  core,
  agents,
  registry,
  locate,
  onDeadElsewhere,
  attachmentTexts,
}: DeliveryDeskComponents): DeliveryDesk {
  const machine = createDeliveryMachine({ self: core.self });
  const mailLog = createMailLog(core);
  const waiting = new Map<NodeId, Waiting>();
  const told = new Map<Did, Map<string, ToldLevel>>();
  let isFlushDue = false;

  function step(input: DeliveryInput): void {
    for (const effect of machine.step(input)) perform(effect);
  }

  function perform(effect: DeliveryEffect): void {
    switch (effect.type) {
      case 'persist':
        return persist(effect);
      case 'set-timer':
      case 'cancel-timer':
        core.timers.apply('delivery', effect, (timer, atMs) => step({ type: 'timer-fired', timer, atMs }));
        return;
      case 'ignored':
        core.countIgnored('delivery', effect.reason);
        return;
      case 'deliver':
        core.turn.afterCommit(() => deliver(effect.agent, effect.mail, effect.isRedelivered));
        return;
      case 'send-mail':
        addMail(effect.node, effect.mail);
        return;
      case 'send-receipt':
        addReceipt(effect.node, effect.receipt, effect.sender);
        return;
      case 'tell-sender':
        tell(effect.sender, effect);
        return;
      case 'locate':
        core.turn.afterCommit(() => lookUp(effect.agent));
    }
  }

  function persist({ bucket, key, value }: Persist): void {
    if (bucket !== mailBucket) return core.turn.persist(bucket, key, value);
    if (value === null) mailLog.remove(key);
    else mailLog.put(key, value as string);
  }

  function lookUp(agent: Did): void {
    const attachment = registry.locate(agent);
    if (attachment !== undefined)
      step({ type: 'located', agent, node: attachment.node as NodeId, atMs: core.clock.nowMs() });
    locate(agent);
  }

  function deliver(did: Did, mail: Mail, isRedelivered: boolean): void {
    const facts = isRedelivered ? { ...mail.facts, redelivered: true } : mail.facts;
    agents.get(did)?.link?.send(facts === undefined ? mail.text : markDelivery(mail.text, facts), mail.id);
  }

  function addMail(node: NodeId, mail: Mail): void {
    const { mails } = waitingFor(node);
    const known = mails.get(mail.id);
    if (known === undefined) mails.set(mail.id, { to: [mail.receiver], text: mail.text, from: mail.from });
    else if (!known.to.includes(mail.receiver)) known.to.push(mail.receiver);
  }

  function addReceipt(node: NodeId, receipt: NodeReceipt, sender: Did): void {
    // What came by gossip has no sender's node to tell; a local sender hears it directly.
    if (node !== core.self) waitingFor(node).receipts.push(receipt);
    else if (agents.get(sender) !== undefined) tell(sender, { ...receipt });
  }

  function waitingFor(node: NodeId): Waiting {
    let entry = waiting.get(node);
    if (entry === undefined) {
      entry = { mails: new Map(), receipts: [] };
      waiting.set(node, entry);
    }
    scheduleFlush();
    return entry;
  }

  function scheduleFlush(): void {
    if (isFlushDue) return;
    isFlushDue = true;
    core.turn.afterCommit(flush);
  }

  function tell(
    sender: Did,
    fact: { id: MessageId; receiver: Did; level: string; reason?: string | undefined },
  ): void {
    if (fact.level === 'dead')
      core.note({
        kind: 'dead-letter',
        id: fact.id,
        from: sender,
        receiver: fact.receiver,
        reason: fact.reason,
      });
    if (fact.level === 'dead' && agents.get(sender) === undefined) core.turn.afterCommit(onDeadElsewhere);
    queueTold(sender, fact);
  }

  function queueTold(
    sender: Did,
    fact: { id: MessageId; receiver: Did; level: string; reason?: string | undefined },
  ): void {
    const receiver = fact.level === 'accepted' ? undefined : fact.receiver;
    const key = `${fact.level} ${receiver ?? ''} ${fact.reason ?? ''}`;
    const levels = told.get(sender) ?? new Map<string, ToldLevel>();
    told.set(sender, levels);
    const entry = levels.get(key) ?? { level: fact.level, receiver, reason: fact.reason, ids: [] };
    levels.set(key, entry);
    // A message to several receivers is accepted once.
    if (fact.level !== 'accepted' || entry.ids.at(-1) !== fact.id) entry.ids.push(fact.id);
    scheduleFlush();
  }

  function flush(): void {
    isFlushDue = false;
    for (const [node, entry] of waiting) sendWaiting(node, entry);
    waiting.clear();
    for (const [sender, levels] of told) tellAgent(sender, [...levels.values()]);
    told.clear();
  }

  function tellAgent(sender: Did, levels: readonly ToldLevel[]): void {
    const link = agents.get(sender)?.link;
    for (const { level, receiver, reason, ids } of levels) {
      for (let i = 0; i < ids.length; i += 1_024) {
        link?.send(
          JSON.stringify({ type: 'receipt', level, ids: ids.slice(i, i + 1_024), receiver, reason }),
        );
      }
    }
  }

  function sendWaiting(node: NodeId, entry: Waiting): void {
    for (const group of groupByBytes([...entry.mails.values()])) {
      core.transport.send(node, encodeMail(group, attachmentTexts(new Set(group.map((mail) => mail.from)))));
    }
    for (let i = 0; i < entry.receipts.length; i += 512) {
      const draft = {
        record: 'receipts' as const,
        mesh: core.mesh,
        node: core.self,
        receipts: entry.receipts.slice(i, i + 512).map(({ id, receiver, level, reason }) => ({
          id,
          receiver,
          level,
          ...(reason === undefined ? {} : { reason }),
        })),
        at: core.clock.nowMs(),
      };
      core.transport.send(
        node,
        encodePacket({
          packet: 'receipts',
          record: signObject(core.keys, core.self, recordDomains.receipts, draft),
        }),
      );
    }
  }

  function toMail({ envelope, text }: SealedEnvelope, receiver: Did): Mail {
    return {
      id: envelope.id as MessageId,
      from: envelope.from as Did,
      receiver,
      text,
      expiresAt: expiryOf(envelope, core.clock.nowMs()),
    };
  }

  return {
    machine,
    step,
    start() {
      const dead = core.store
        .scan(deadBucket, '', '', Number.MAX_SAFE_INTEGER)
        .map((row) => ({ key: row.key, value: row.value as string }));
      step({ type: 'loaded', rows: [...dead, ...mailLog.load()], atMs: core.clock.nowMs() });
    },
    submit(message, receivers) {
      const atMs = core.clock.nowMs();
      for (const receiver of receivers) {
        const node = registry.locate(receiver)?.node as NodeId | undefined;
        step({ type: 'submitted', mail: toMail(message, receiver), node, atMs });
      }
    },
    arrive(message, receivers, senderNode, { isKnown, facts }) {
      const atMs = core.clock.nowMs();
      for (const receiver of receivers) {
        const mail = { ...toMail(message, receiver), ...(facts === undefined ? {} : { facts }) };
        step({ type: 'arrived', mail, senderNode, isKnown, atMs });
      }
    },
    tellDead(agent) {
      for (const { mail, reason } of machine.deadLetters())
        if (mail.from === agent)
          queueTold(agent, { id: mail.id, receiver: mail.receiver, level: 'dead', reason });
    },
    takeReceipts(node, record) {
      step({
        type: 'receipts-arrived',
        node,
        receipts: record.receipts as NodeReceipt[],
        atMs: core.clock.nowMs(),
      });
    },
  };
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
