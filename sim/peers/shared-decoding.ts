/**
 * One decoder for all peers of a world: what the network hands to a thousand peers is parsed, checked against its
 * schema and verified once, frozen, and shared. What a peer then does with it is its own. Nobody notices but the
 * clock on the wall: `wire: true` gives every peer a decoder of its own, and the run has the same digest.
 */
import { beaconForm } from '../../discovery/presence.ts';
import { freezeDeep, RecordMemo } from '../../discovery/record-memo.ts';
import { AttachmentMemo } from '../../node/runtime/attachment-memo.ts';
import { createDecoding, type Decoding } from '../../node/runtime/decoding.ts';
import type { Packet } from '../../node/runtime/packets.ts';
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Envelope } from '../../protocol/messages.ts';
import type { Keys } from '../../protocol/ports.ts';
import type { Attachment } from '../../protocol/records.ts';
import { Recent } from '../shell/row-form.ts';

/** Records of all peers of a world are remembered. */
const recordsMax = 100_000;
/**
 * A beacon comes to all who hear it within moments, and the next one takes its place: remembered as long as one of
 * 10,000 peers, all would take 10 KB a peer.
 */
const beaconsMax = 4_096;

/** Texts of messages on their way: who says one and who hears it share it. At 10,000 peers, 800 answer a broadcast. */
const saidMax = 1_024;

/** Texts of attachments that were told of lately: of twice as many at most. */
const attachmentsMax = 1_024;

export function createSharedDecoding(): Decoding {
  const plain = createDecoding(new SharedAttachments());
  /** By the very bytes that the network hands to each receiver. */
  const packets = new WeakMap<Uint8Array, Checked<Packet>>();
  const envelopes = new WeakMap<JsonObject, Checked<Envelope>>();
  const texts = new WeakMap<Envelope, string>();
  /** By who reads, then by what is read. */
  const bodies = new WeakMap<object, WeakMap<JsonObject, Checked<object>>>();
  const said = new Recent(saidMax);
  const keepText = (text: string) => said.share(text, (own) => own);
  const records = new SharedMemo({ recordsMax, recordsMaxOf: { [beaconForm.domain]: beaconsMax } });

  function remember<Key extends object, Value extends object>(
    known: WeakMap<Key, Value>,
    key: Key,
    read: (key: Key) => Value,
  ): Value {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = freezeDeep(read(key));
    known.set(key, value);
    return value;
  }

  return {
    readPacket: (bytes) => remember(packets, bytes, plain.readPacket),
    readEnvelope: (object) => remember(envelopes, object, plain.readEnvelope),
    textOf(envelope: Envelope, keys: Keys) {
      const known = texts.get(envelope);
      if (known !== undefined) return known;
      const made = plain.textOf(envelope, keys);
      if (made === undefined) return undefined;
      const text = keepText(made);
      texts.set(envelope, text);
      return text;
    },
    keepText,
    isAttachmentSigned: plain.isAttachmentSigned,
    readBody(object, read) {
      let known = bodies.get(read);
      if (known === undefined) {
        known = new WeakMap();
        bodies.set(read, known);
      }
      return remember(known as WeakMap<JsonObject, ReturnType<typeof read>>, object, read);
    },
    records,
    attachments: plain.attachments,
  };
}

/** What a thousand peers tell a thousand others of one attachment is one text. */
class SharedAttachments extends AttachmentMemo {
  /** Two generations, since an attachment is held as long as its agent: half a kilobyte for each of 10,000. */
  #young = new WeakMap<Attachment, string>();
  #old = new WeakMap<Attachment, string>();
  #youngCount = 0;

  override textOf(attachment: Attachment): string {
    const known = this.#young.get(attachment);
    if (known !== undefined) return known;
    const made = this.#old.get(attachment) ?? super.textOf(attachment);
    if (this.#youngCount === attachmentsMax) {
      this.#old = this.#young;
      this.#young = new WeakMap();
      this.#youngCount = 0;
    }
    this.#young.set(attachment, made);
    this.#youngCount += 1;
    return made;
  }
}

/** What a thousand peers hash of one another's records is one hash for each record, and its key is one text. */
class SharedMemo extends RecordMemo {
  readonly #hashes = new Map<string, string>();
  readonly #keys = new WeakMap<object, string>();

  override keyOf<Body extends object>(body: Body, make: (body: Body) => string): string {
    const known = this.#keys.get(body);
    if (known !== undefined) return known;
    const made = super.keyOf(body, make);
    this.#keys.set(body, made);
    return made;
  }

  override hashText(text: string, hash: Keys['hash']): string {
    const known = this.#hashes.get(text);
    if (known !== undefined) return known;
    const made = super.hashText(text, hash);
    this.#hashes.set(text, made);
    if (this.#hashes.size > recordsMax) this.#hashes.delete(this.#hashes.keys().next().value!);
    return made;
  }
}
