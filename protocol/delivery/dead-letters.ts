/** Messages that could not be delivered, with the reason: kept until somebody sends them again or they are too many. */
import { CompactMap } from '../compact-map.ts';
import { type DeadLetter, eraseDead, saveDead } from './saved-mail.ts';
import type { DeliveryEffect, Mail } from './types.ts';

export interface DeadLetters {
  bury(key: string, letter: DeadLetter): readonly DeliveryEffect[];
  /** Send it again: it lives as long as it had left when it died. */
  raise(key: string, atMs: number): RaisedLetter | undefined;
  /** The sender's new node keeps it now. */
  forget(key: string): readonly DeliveryEffect[];
  /** It was on disk. */
  restore(key: string, letter: DeadLetter): void;
  /** The oldest first. */
  list(): readonly DeadLetter[];
  readonly count: number;
}

export interface RaisedLetter {
  readonly mail: Mail;
  readonly effects: readonly DeliveryEffect[];
}

/** A letter that had no time left lives this long when it is sent again. */
const resendMs = 3_600_000;

/** @param lettersMax beyond it the oldest give way */
export function createDeadLetters(lettersMax: number): DeadLetters {
  const letters = new CompactMap<string, DeadLetter>();

  function dropOldest(): readonly DeliveryEffect[] {
    const dropped: DeliveryEffect[] = [];
    for (const key of letters.keys()) {
      if (letters.size <= lettersMax) break;
      letters.delete(key);
      dropped.push(eraseDead(key));
    }
    return dropped;
  }

  return {
    bury(key, letter) {
      letters.set(key, letter);
      return [...dropOldest(), saveDead(key, letter)];
    },
    raise(key, atMs) {
      const letter = letters.get(key);
      if (letter === undefined) return undefined;
      letters.delete(key);
      const leftMs = letter.mail.expiresAt - letter.atMs;
      const mail = { ...letter.mail, expiresAt: atMs + (leftMs > 0 ? leftMs : resendMs) };
      return { mail, effects: [eraseDead(key)] };
    },
    forget: (key) => (letters.delete(key) ? [eraseDead(key)] : []),
    restore: (key, letter) => void letters.set(key, letter),
    list: () => [...letters.values()],
    get count() {
      return letters.size;
    },
  };
}
