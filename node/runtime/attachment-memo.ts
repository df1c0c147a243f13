/**
 * Knows attachments again. An attachment travels with every batch and comes from neighbour after neighbour: its form
 * and signature are checked once, and one object stands for all its copies. Time and mesh are judged anew each time.
 */
import type { Attachment } from '../../protocol/records.ts';

/** Attachments remembered, oldest first out. Judgement: twice the agents of a mesh that all are told of. */
const attachmentsMaxDefault = 20_000;

export class AttachmentMemo {
  readonly #bySignature = new Map<string, Attachment>();
  readonly #attachmentsMax: number;

  constructor(attachmentsMax = attachmentsMaxDefault) {
    this.#attachmentsMax = attachmentsMax;
  }

  /**
   * The attachment remembered that says the same as this JSON value, in every field: the signature alone would let
   * another attachment pass that borrows it. Total.
   */
  recall(value: unknown): Attachment | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const { sig } = value as { sig?: unknown };
    const known = typeof sig === 'string' ? this.#bySignature.get(sig) : undefined;
    return known !== undefined && isSame(known, value) ? known : undefined;
  }

  /** Remember an attachment whose form and signature are good, and make sure that nobody changes it. */
  keep(attachment: Attachment): void {
    Object.freeze(attachment.scopes);
    this.#bySignature.set(attachment.sig, Object.freeze(attachment));
    if (this.#bySignature.size > this.#attachmentsMax)
      this.#bySignature.delete(this.#bySignature.keys().next().value!);
  }

  /** As JSON. A memo that many peers share may remember it. */
  textOf(attachment: Attachment): string {
    return JSON.stringify(attachment);
  }
}

/** Nothing in an attachment is nested but the list of scopes. */
function isSame(known: Attachment, value: object): boolean {
  if (known === value) return true;
  const names = Object.keys(known) as (keyof Attachment)[];
  const other = value as Record<string, unknown>;
  return (
    names.length === Object.keys(other).length &&
    names.every((name) =>
      name === 'scopes' ? isSameList(known.scopes, other.scopes) : known[name] === other[name],
    )
  );
}

function isSameList(known: readonly unknown[], other: unknown): boolean {
  return Array.isArray(other) && other.length === known.length && known.every((one, at) => one === other[at]);
}
