/** What the delivery machine hears and answers. */
import type { Did, MessageId, NodeId } from '../brand.ts';
import type { CancelTimer, Ignored, MachineInput, Persist, SetTimer, TimerFired } from '../machine.ts';
import type { ReceiptLevel } from '../records.ts';

/** A signed message on its way to one receiver. */
export interface Mail {
  readonly id: MessageId;
  readonly from: Did;
  readonly receiver: Did;
  /** The envelope's JSON, as it travels. */
  readonly text: string;
  /** Integer Unix ms after which it becomes a dead letter. */
  readonly expiresAt: number;
  /** What the receiver's node says beside it (similarity, history): its own word, never sent on. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** Why a message could not be delivered. Stable words: programs match on them. */
export type DeadReason =
  | 'expired'
  | 'unknown-receiver'
  | 'mailbox-full'
  | 'no-match'
  | 'refused'
  | 'cancelled';

export interface NodeReceipt {
  readonly id: MessageId;
  readonly receiver: Did;
  readonly level: ReceiptLevel;
  readonly reason?: string | undefined;
}

export type DeliveryInput =
  /** A local agent's message, signed; `node` is where the receiver is attached, if known. */
  | (MachineInput & { readonly type: 'submitted'; readonly mail: Mail; readonly node: NodeId | undefined })
  /** A local agent's message that nobody can be given: it becomes a dead letter at once. */
  | (MachineInput & { readonly type: 'undeliverable'; readonly mail: Mail; readonly reason: DeadReason })
  /** A verified message for a local agent, from another node. */
  | (MachineInput & {
      readonly type: 'arrived';
      readonly mail: Mail;
      readonly senderNode: NodeId;
      readonly isKnown: boolean;
    })
  | (MachineInput & {
      readonly type: 'receipts-arrived';
      readonly node: NodeId;
      readonly receipts: readonly NodeReceipt[];
    })
  | (MachineInput & { readonly type: 'agent-online'; readonly agent: Did })
  | (MachineInput & { readonly type: 'agent-offline'; readonly agent: Did })
  /** Its connection is full: hand out no more until it is resumed. */
  | (MachineInput & { readonly type: 'agent-paused' | 'agent-resumed'; readonly agent: Did })
  /** The agent has these messages, or has worked them off. */
  | (MachineInput & {
      readonly type: 'agent-acknowledged';
      readonly agent: Did;
      readonly ids: readonly string[];
      readonly level: 'delivered' | 'processed';
    })
  /** An agent is attached to this node from now on. */
  | (MachineInput & { readonly type: 'located'; readonly agent: Did; readonly node: NodeId })
  | (MachineInput & { readonly type: 'peer-up'; readonly node: NodeId })
  | (MachineInput & { readonly type: 'send-failed'; readonly node: NodeId })
  /** A dead letter is on the disk of the node that its sender moved to. */
  | (MachineInput & { readonly type: 'handed-over'; readonly id: MessageId; readonly receiver: Did })
  | (MachineInput & { readonly type: 'resend'; readonly id: string; readonly receiver: Did })
  | (MachineInput & {
      readonly type: 'loaded';
      readonly rows: readonly { readonly key: string; readonly value: string }[];
    })
  | TimerFired;

export type DeliveryEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  /** Hand the message to a connected local agent. */
  | { readonly type: 'deliver'; readonly agent: Did; readonly mail: Mail; readonly isRedelivered: boolean }
  | { readonly type: 'send-mail'; readonly node: NodeId; readonly mail: Mail }
  | {
      readonly type: 'send-receipt';
      readonly sender: Did;
      readonly node: NodeId;
      readonly receipt: NodeReceipt;
    }
  /** Tell the local sender how far its message got. */
  | {
      readonly type: 'tell-sender';
      readonly sender: Did;
      readonly id: MessageId;
      readonly receiver: Did;
      readonly level: ReceiptLevel | 'accepted';
      readonly reason?: string | undefined;
    }
  | { readonly type: 'locate'; readonly agent: Did };

/** Where a message stands, for listings. */
export interface MailStatus {
  readonly id: MessageId;
  readonly from: Did;
  readonly receiver: Did;
  readonly state: 'waiting' | 'stored' | 'dead';
  readonly reason?: string | undefined;
  readonly expiresAt: number;
  readonly bytes: number;
}
