/** Attachments as the directory keeps them. */
import { compareBytes, readUtf8, utf8 } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { readJsonObject } from '../../protocol/json.ts';
import type { Keys, RecordValidator } from '../../protocol/ports.ts';
import {
  type Attachment,
  attachmentSchema,
  attachmentSignature,
  checkAttachment,
} from '../../protocol/records.ts';
import { checkSignature } from '../../protocol/signing.ts';

export function encodeAttachmentBytes(attachment: Attachment): Uint8Array {
  return utf8(toCanonicalJson(attachment));
}

/** `undefined` for bytes that are no attachment. Its signature is checked by the runtime. */
export function decodeAttachmentBytes(bytes: Uint8Array): Attachment | undefined {
  const text = readUtf8(bytes);
  const object = text === undefined ? undefined : readJsonObject(text);
  const read = object?.ok === true ? matchSchema(attachmentSchema, object.value) : undefined;
  return read?.ok === true ? read.value : undefined;
}

export interface AttachmentValidatorInit {
  readonly mesh: string;
  readonly keys: Pick<Keys, 'hash' | 'verify'>;
  readonly nowMs: () => number;
}

/** The directory key of an agent: 32 bytes. */
export function keyOfAgent(keys: Pick<Keys, 'hash'>, mesh: string, agent: string): Uint8Array {
  return keys.hash(utf8(`amp/1/agent\n${mesh}\n${agent}`));
}

/** What a directory holder checks before it keeps an attachment: its place, its time, its signature. */
export function createAttachmentValidator({ mesh, keys, nowMs }: AttachmentValidatorInit): RecordValidator {
  return (key, bytes) => {
    const attachment = decodeAttachmentBytes(bytes);
    if (attachment === undefined || !checkAttachment(attachment, mesh, nowMs()).ok) return undefined;
    if (compareBytes(keyOfAgent(keys, mesh, attachment.agent), key) !== 0) return undefined;
    if (!checkSignature(keys as Keys, attachmentSignature(attachment))) return undefined;
    return { slot: attachment.agent, seq: attachment.seq, expiresAtMs: attachment.expiresAt };
  };
}
