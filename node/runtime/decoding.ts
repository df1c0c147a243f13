/**
 * What a peer reads and checks from bytes alone, apart from time, place and what it knows: packets, the signatures
 * of attachments, envelopes, records. A simulated world gives all its peers one that remembers, so that what
 * reaches a thousand peers is parsed and verified once; a node has its own.
 */
import { RecordMemo } from '../../discovery/record-memo.ts';
import { readUtf8 } from '../../protocol/bytes.ts';
import { envelopeDomain, listSignatures, readEnvelope } from '../../protocol/decode.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Envelope } from '../../protocol/messages.ts';
import type { Keys } from '../../protocol/ports.ts';
import { type Attachment, attachmentSignature } from '../../protocol/records.ts';
import { checkSignature } from '../../protocol/signing.ts';
import { AttachmentMemo } from './attachment-memo.ts';
import { type Packet, readPacket } from './packets.ts';

export interface Decoding {
  readPacket(bytes: Uint8Array): Checked<Packet>;
  /** The form of an envelope; signatures are {@link textOf}'s. */
  readEnvelope(object: JsonObject): Checked<Envelope>;
  /**
   * The one text of a well-formed envelope, or `undefined` when a signature is wrong: canonical JSON of the unsigned
   * part, then the signature.
   */
  textOf(envelope: Envelope, keys: Keys): string | undefined;
  /** The one copy of a message's text, signed here or read: peers of one world share it. */
  keepText(text: string): string;
  isAttachmentSigned(attachment: Attachment, keys: Keys): boolean;
  /**
   * What `read` makes of an object that came in a packet. `read` is one function for all peers and judges form
   * alone; what it answers is JSON and nobody changes it.
   */
  readBody<Body extends object>(
    object: JsonObject,
    read: (object: JsonObject) => Checked<Body>,
  ): Checked<Body>;
  readonly records: RecordMemo;
  /** Attachments that were found good. */
  readonly attachments: AttachmentMemo;
}

export function createDecoding(attachments = new AttachmentMemo()): Decoding {
  const recall = (value: unknown) => attachments.recall(value);

  return {
    readPacket: (bytes) => readPacket(bytes, recall),
    readEnvelope,
    textOf(envelope, keys) {
      const claims = listSignatures(envelope);
      if (!claims.every((claim) => checkSignature(keys, claim))) return undefined;
      // The envelope's own claim comes first: its bytes hold the canonical text, which is dear to make again.
      const canonical = readUtf8(claims[0]!.bytes.subarray(envelopeDomain.length + 1));
      return canonical === undefined ? undefined : withSignature(canonical, envelope.sig);
    },
    keepText: (text) => text,
    isAttachmentSigned(attachment, keys) {
      if (attachments.recall(attachment) !== undefined) return true;
      if (!checkSignature(keys, attachmentSignature(attachment))) return false;
      attachments.keep(attachment);
      return true;
    },
    readBody: (object, read) => read(object),
    records: new RecordMemo(),
    attachments,
  };
}

/** `canonical` is JSON of an object; the signature becomes its last field. */
export function withSignature(canonical: string, sig: string): string {
  return `${canonical.slice(0, -1)},"sig":"${sig}"}`;
}
