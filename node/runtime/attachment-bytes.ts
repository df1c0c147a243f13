/** Attachments as the directory keeps them. */
import { readUtf8, utf8 } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { readJsonObject } from '../../protocol/json.ts';
import { type Attachment, attachmentSchema } from '../../protocol/records.ts';

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
