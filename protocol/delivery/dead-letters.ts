/** Messages that could not be delivered, with the reason: kept until somebody sends them again or they are too many. */
import { CompactMap } from '../compact-map.ts';
import { type DeadLetter, eraseDead, saveDead } from './saved-mail.ts';
import type { DeliveryEffect, Mail } from './types.ts';

export interface RaisedLetter {
  readonly mail: Mail;
  readonly effects: readonly DeliveryEffect[];
}

/** A letter that had no time left lives this long when it is sent again. */
const resendMs = 3_600_000;

export class DeadLetters {
  readonly #lettersMax: number;
  readonly #letters = new CompactMap<string, DeadLetter>();

  /** @param lettersMax beyond it the oldest give way */
  constructor(lettersMax: number) {
    this.#lettersMax = lettersMax;
  }

  get count(): number {
    return this.#letters.size;
  }

  bury(key: string, letter: DeadLetter): readonly DeliveryEffect[] {
    this.#letters.set(key, letter);
    return [...this.#dropOldest(), saveDead(key, letter)];
  }

  /** Send it again: it lives as long as it had left when it died. */
  raise(key: string, atMs: number): RaisedLetter | undefined {
    const letter = this.#letters.get(key);
    if (letter === undefined) return undefined;
    this.#letters.delete(key);
    const leftMs = letter.mail.expiresAt - letter.atMs;
    const mail = { ...letter.mail, expiresAt: atMs + (leftMs > 0 ? leftMs : resendMs) };
    return { mail, effects: [eraseDead(key)] };
  }

  /** The sender's new node keeps it now. */
  forget(key: string): readonly DeliveryEffect[] {
    return this.#letters.delete(key) ? [eraseDead(key)] : [];
  }

  /** It was on disk. */
  restore(key: string, letter: DeadLetter): void {
    this.#letters.set(key, letter);
  }

  /** The oldest first. */
  list(): readonly DeadLetter[] {
    return [...this.#letters.values()];
  }

  #dropOldest(): readonly DeliveryEffect[] {
    const dropped: DeliveryEffect[] = [];
    for (const key of this.#letters.keys()) {
      if (this.#letters.size <= this.#lettersMax) break;
      this.#letters.delete(key);
      dropped.push(eraseDead(key));
    }
    return dropped;
  }
}
