/** Mail and dead letters as they are kept on disk. */
import type { NodeId } from '../brand.ts';
import type { DeliveryEffect, Mail } from './types.ts';

export const mailBucket = 'mail';
export const deadBucket = 'dead';

export interface SavedMail {
  readonly mail: Mail;
  readonly isOutgoing: boolean;
  readonly senderNode: NodeId;
  /** Arrival order. */
  readonly order: number;
}

export interface DeadLetter {
  readonly mail: Mail;
  readonly reason: string;
  readonly atMs: number;
}

export function saveMail(key: string, { mail, isOutgoing, senderNode, order }: SavedMail): DeliveryEffect {
  const value = encodeSaved(mail, { isOutgoing, senderNode, order });
  return { type: 'persist', bucket: mailBucket, key, value };
}

export function eraseMail(key: string): DeliveryEffect {
  return { type: 'persist', bucket: mailBucket, key, value: null };
}

export function saveDead(key: string, { mail, reason, atMs }: DeadLetter): DeliveryEffect {
  return { type: 'persist', bucket: deadBucket, key, value: encodeSaved(mail, { reason, atMs }) };
}

export function eraseDead(key: string): DeliveryEffect {
  return { type: 'persist', bucket: deadBucket, key, value: null };
}

/** A line of facts, then the message's text as it is: a text is never escaped into another text. */
function encodeSaved({ text, ...mail }: Mail, facts: object): string {
  return `${JSON.stringify({ ...facts, mail })}\n${text}`;
}

export function decodeSaved(value: string): SavedMail | DeadLetter {
  const end = value.indexOf('\n');
  const facts = JSON.parse(value.slice(0, end)) as SavedMail | DeadLetter;
  return { ...facts, mail: { ...facts.mail, text: value.slice(end + 1) } };
}
