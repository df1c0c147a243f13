/**
 * Remembers what records said. Form and signature of a record depend on its bytes alone, and a node gets the same
 * record by gossip and from neighbour after neighbour: it is parsed and its signature checked once. Time, mesh and
 * authority are judged anew each time.
 */
import type { Did } from '../protocol/brand.ts';
import { toHex, utf8 } from '../protocol/bytes.ts';
import type { SignatureDomain } from '../protocol/canonical.ts';
import type { Keys } from '../protocol/ports.ts';
import type { Sealed } from './signed-record.ts';

/** Records of one kind remembered, oldest first out: a few MiB. Judgement. */
const recordsMaxDefault = 4_096;

export interface RecordMemoInit {
  /** Of each kind. @default 4,096 */
  readonly recordsMax?: number;
  /** Of one kind, where it is another number: by the domain that its signatures are in. */
  readonly recordsMaxOf?: Readonly<Partial<Record<SignatureDomain, number>>>;
}

export class RecordMemo {
  /** By domain, then by text. */
  readonly #byText = new Map<SignatureDomain, Map<string, Sealed<unknown>>>();
  /** Bodies as remembered above, and who was proved to have signed them. */
  readonly #signers = new WeakMap<object, Did>();
  readonly #init: RecordMemoInit;

  constructor(init: RecordMemoInit = {}) {
    this.#init = init;
  }

  /** The record that this base64url text was read as before, in the form of this domain. */
  recall(domain: SignatureDomain, text: string): Sealed<unknown> | undefined {
    return this.#byText.get(domain)?.get(text);
  }

  /** Keep a record, and make sure that nobody changes it. */
  keep<Body>(domain: SignatureDomain, text: string, sealed: Sealed<Body>): Sealed<Body> {
    const kept = Object.freeze({ ...sealed, body: freezeDeep(sealed.body) });
    const known = this.#byText.get(domain) ?? new Map<string, Sealed<unknown>>();
    this.#byText.set(domain, known);
    known.set(text, kept);
    const { recordsMax = recordsMaxDefault, recordsMaxOf } = this.#init;
    if (known.size > (recordsMaxOf?.[domain] ?? recordsMax)) known.delete(known.keys().next().value!);
    return kept;
  }

  isSignedBy(body: object, signer: Did): boolean {
    return this.#signers.get(body) === signer;
  }

  rememberSigner(body: object, signer: Did): void {
    this.#signers.set(body, signer);
  }

  /** SHA-256 of a text, in hexadecimal. A memo that many peers share may remember it. */
  hashText(text: string, hash: Keys['hash']): string {
    return toHex(hash(utf8(text)));
  }

  /** The text that names the line of a record. A memo that many peers share gives them one. */
  keyOf<Body extends object>(body: Body, make: (body: Body) => string): string {
    return make(body);
  }

  get size(): number {
    let size = 0;
    for (const known of this.#byText.values()) size += known.size;
    return size;
  }
}

/** Plain JSON values only: no cycles. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freezeDeep(inner);
  return Object.freeze(value);
}
