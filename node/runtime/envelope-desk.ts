/** Makes drafts into signed envelopes, and checks envelopes that come from elsewhere. */
import type { Did } from '../../protocol/brand.ts';
import { toBase64Url, utf8 } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { envelopeDomain, protocolVersion } from '../../protocol/decode.ts';
import { AmpError, accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import type { Draft, Envelope } from '../../protocol/messages.ts';
import type { Clock, Keys, Rng } from '../../protocol/ports.ts';
import type { Attachment, AttachmentScope } from '../../protocol/records.ts';
import type { Verified } from '../../protocol/signing.ts';
import { createDecoding, type Decoding, withSignature } from './decoding.ts';

/** A signed message and the JSON text in which it travels, made once. */
export interface SealedEnvelope {
  readonly envelope: Verified<Envelope>;
  readonly text: string;
}

export interface EnvelopeDeskComponents {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly rng: Rng;
  readonly keys: Keys;
  /** Default one of its own. */
  readonly decoding?: Decoding | undefined;
}

export interface EnvelopeDeskInit {
  readonly mesh: string;
  /** The attachment that lets `key` sign for `agent`, if any. */
  readonly authorize: (agent: Did, key: Did, scope: AttachmentScope) => Attachment | undefined;
}

export interface Signer {
  readonly agent: Did;
  readonly name: string | undefined;
  /** The key held here: the agent's own, or the session key of its attachment. */
  readonly key: Did;
}

export interface EnvelopeDesk {
  /**
   * Fill in what the edge fills, and sign.
   * @throws AmpError AMP-1011, AMP-1012 for a stated time that no node accepts.
   */
  seal(draft: Draft, signer: Signer): SealedEnvelope;
  /** Check form, mesh, time and signatures of an envelope from elsewhere; an archived one may have expired. */
  open(object: JsonObject, isArchived?: boolean): Checked<SealedEnvelope>;
}

export function createEnvelopeDesk(parts: EnvelopeDeskComponents, init: EnvelopeDeskInit): EnvelopeDesk {
  return new Envelopes(parts, init);
}

class Envelopes implements EnvelopeDesk {
  readonly #parts: EnvelopeDeskComponents;
  readonly #init: EnvelopeDeskInit;
  readonly #decoding: Decoding;
  /** The latest moment written or read here: what follows a message is never dated before it. */
  #latestAt = 0;

  constructor(parts: EnvelopeDeskComponents, init: EnvelopeDeskInit) {
    this.#parts = parts;
    this.#init = init;
    this.#decoding = parts.decoding ?? createDecoding();
  }

  #stamp(given: number | undefined): number {
    const nowMs = this.#parts.clock.nowMs();
    // A message carries its writer's time, but never one before what it could have read.
    this.#latestAt = Math.max(nowMs, Math.min(this.#latestAt, nowMs + limits.clockSkewMs / 2));
    return given ?? this.#latestAt;
  }

  seal(draft: Draft, signer: Signer): SealedEnvelope {
    const at = this.#stamp(draft.at);
    if (draft.at !== undefined) this.#checkGivenTime(draft.at, draft.ttlMs ?? limits.ttlDefaultMs);
    const name =
      signer.name ??
      (draft.from !== undefined && draft.from !== signer.agent
        ? draft.from.slice(0, limits.nameLengthMax)
        : undefined);
    const unsigned = {
      ...draft,
      amp: protocolVersion,
      id: draft.id ?? createMessageId(at, this.#parts.rng),
      mesh: this.#init.mesh,
      from: signer.agent,
      ...(name === undefined ? {} : { name }),
      ...(signer.key === signer.agent ? {} : { key: signer.key }),
      at,
      ttlMs: draft.ttlMs ?? limits.ttlDefaultMs,
    };
    delete unsigned.sig;
    const canonical = toCanonicalJson(unsigned);
    const sig = toBase64Url(this.#parts.keys.sign(signer.key, utf8(`${envelopeDomain}\n${canonical}`)));
    return {
      envelope: { ...unsigned, sig } as unknown as Verified<Envelope>,
      text: this.#decoding.keepText(withSignature(canonical, sig)),
    };
  }

  /** Nothing is signed here that every other node would refuse. */
  #checkGivenTime(at: number, ttlMs: number): void {
    const nowMs = this.#parts.clock.nowMs();
    if (at > nowMs + limits.clockSkewMs) throw new AmpError('AMP-1012', 'The message is from the future.');
    if (expiryOf({ at, ttlMs }, nowMs) <= nowMs) throw new AmpError('AMP-1011', 'The message has expired.');
  }

  open(object: JsonObject, isArchived = false): Checked<SealedEnvelope> {
    const read = this.#decoding.readEnvelope(object);
    if (!read.ok) return read;
    const envelope = read.value;
    const inTime = this.#checkTime(envelope, isArchived);
    if (!inTime.ok) return inTime;
    if (envelope.key !== undefined && envelope.key !== envelope.from) {
      const attachment = this.#init.authorize(envelope.from as Did, envelope.key as Did, 'envelopes');
      if (attachment === undefined)
        return refuse('AMP-1106', 'The key is not attached to the agent in `from`.', 'key');
    }
    const text = this.#decoding.textOf(envelope, this.#parts.keys);
    if (text === undefined) return refuse('AMP-1101', 'The signature does not match.', 'sig');
    this.#latestAt = Math.max(this.#latestAt, envelope.at);
    return accept({ envelope: envelope as Verified<Envelope>, text });
  }

  #checkTime(envelope: Envelope, isArchived: boolean): Checked<Envelope> {
    const nowMs = this.#parts.clock.nowMs();
    if (envelope.mesh !== this.#init.mesh)
      return refuse('AMP-1105', `The message is for mesh ${envelope.mesh}.`, 'mesh');
    if (envelope.at > nowMs + limits.clockSkewMs)
      return refuse('AMP-1012', 'The message is from the future.', 'at');
    if (!isArchived && expiryOf(envelope, nowMs) <= nowMs)
      return refuse('AMP-1011', 'The message has expired.', 'ttlMs');
    return accept(envelope);
  }
}

/** Expiry counts from the earlier of written and received, integer Unix ms. */
export function expiryOf(envelope: Pick<Envelope, 'at' | 'ttlMs'>, receivedAtMs: number): number {
  return Math.min(envelope.at, receivedAtMs) + envelope.ttlMs;
}
