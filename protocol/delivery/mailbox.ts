/** What waits at this node for one agent, and how much of it is on its way to the agent's connection. */
import { CompactMap } from '../compact-map.ts';
import type { DeliveryEffect, Mail } from './types.ts';

export interface WaitingMail {
  readonly mail: Mail;
  /** Handed to the agent's present connection, not acknowledged. */
  isInFlight: boolean;
  /** Handed over at least once, perhaps to an earlier connection. */
  wasSent: boolean;
}

/** How much may be on its way at once: a reader that returns to a full mailbox is not drowned in it. */
export interface DeliveryWindow {
  readonly inFlightMax: number;
  /** UTF-16 code units; a longer message goes alone. */
  readonly inFlightCharsMax: number;
}

export class Mailbox<Entry extends WaitingMail> {
  /** By the message's id, in the order they came. */
  readonly entries = new CompactMap<string, Entry>();
  /** UTF-16 code units. */
  bytes = 0;
  #inFlight = 0;
  #inFlightChars = 0;
  #isOnline = false;
  #isPaused = false;

  put(entry: Entry): void {
    this.entries.set(entry.mail.id, entry);
    this.bytes += entry.mail.text.length;
  }

  /** Put it in, and hand it over where there is room. */
  take(entry: Entry, window: DeliveryWindow): readonly DeliveryEffect[] {
    this.put(entry);
    // With all others on their way, the new one is the only one to look at.
    const isOnlyWaiting = this.#inFlight === this.entries.size - 1;
    return this.fill(window, isOnlyWaiting ? [entry] : this.#unsent());
  }

  remove(entry: Entry): void {
    this.entries.delete(entry.mail.id);
    this.bytes -= entry.mail.text.length;
    if (!entry.isInFlight) return;
    this.#inFlight -= 1;
    this.#inFlightChars -= entry.mail.text.length;
  }

  /** A new connection: what was on its way over the one before is handed over again. */
  connect(window: DeliveryWindow): readonly DeliveryEffect[] {
    for (const entry of this.entries.values()) entry.isInFlight = false;
    this.#inFlight = 0;
    this.#inFlightChars = 0;
    this.#isOnline = true;
    this.#isPaused = false;
    return this.fill(window);
  }

  disconnect(): void {
    this.#isOnline = false;
  }

  pause(isPaused: boolean, window: DeliveryWindow): readonly DeliveryEffect[] {
    this.#isPaused = isPaused;
    return this.fill(window);
  }

  /** Hand over as much as the window has room for, in the order it came. */
  fill(window: DeliveryWindow, candidates: Iterable<Entry> = this.#unsent()): readonly DeliveryEffect[] {
    const isFull = this.#inFlight >= window.inFlightMax || this.#inFlight === this.entries.size;
    if (!this.#isOnline || this.#isPaused || isFull) return [];
    const effects: DeliveryEffect[] = [];
    for (const entry of candidates) {
      if (!this.#hasRoom(entry.mail, window)) break;
      effects.push({
        type: 'deliver',
        agent: entry.mail.receiver,
        mail: entry.mail,
        isRedelivered: entry.wasSent,
      });
      entry.isInFlight = true;
      entry.wasSent = true;
      this.#inFlight += 1;
      this.#inFlightChars += entry.mail.text.length;
    }
    return effects;
  }

  #hasRoom({ text }: Mail, { inFlightMax, inFlightCharsMax }: DeliveryWindow): boolean {
    if (this.#inFlight >= inFlightMax) return false;
    return this.#inFlight === 0 || this.#inFlightChars + text.length <= inFlightCharsMax;
  }

  *#unsent(): Generator<Entry> {
    // In-flight entries come first in arrival order, so the walk is as long as the window.
    for (const entry of this.entries.values()) if (!entry.isInFlight) yield entry;
  }
}
