/**
 * What happened in a run, event by event: a digest of all, a hash of each, and the words of those that fit.
 * Two logs of one seed must be equal; `replay.ts` names the first event in which they are not.
 */
import { RunDigest } from '../clock/digest.ts';

export interface LoggedEvent {
  /** Number of the event in its run, from 0. */
  readonly index: number;
  /** Virtual ms. */
  readonly atMs: number;
  readonly text: string;
}

export interface EventLogInit {
  /** Words kept: the last so many events. Default 10,000. */
  readonly textsMax?: number;
  /** Hashes kept, from the first event on. Default 20,000,000, that is 160 MB when full. */
  readonly hashesMax?: number;
  /** Called with each event as it comes; throwing ends the run. */
  readonly follow?: (event: LoggedEvent, hash: number) => void;
}

const firstCapacity = 1024;

export class EventLog {
  count = 0;
  readonly #init: EventLogInit;
  readonly #digest = new RunDigest();
  /** 53 bits of each event's running digest. */
  #hashes = new Float64Array(firstCapacity);
  readonly #texts: LoggedEvent[] = [];

  constructor(init: EventLogInit = {}) {
    this.#init = init;
  }

  /** Note one event. The text names whatever matters; equal runs give equal texts in equal order. */
  add(atMs: number, text: string): void {
    this.#digest.add(atMs, this.count, text.length);
    this.#digest.addText(text);
    const hash = this.#digest.toNumber();
    const event = { index: this.count, atMs, text };
    if (this.count < (this.#init.hashesMax ?? 20_000_000)) this.#keepHash(hash);
    this.#texts.push(event);
    const textsMax = this.#init.textsMax ?? 10_000;
    if (this.#texts.length > textsMax * 2) this.#texts.splice(0, this.#texts.length - textsMax);
    this.count++;
    this.#init.follow?.(event, hash);
  }

  /** 16 hexadecimal digits over all events so far. */
  get digest(): string {
    return this.#digest.toString();
  }

  /** The running hash after event `index`, if it was kept. */
  hashAt(index: number): number | undefined {
    return index < this.count ? this.#hashes[index] : undefined;
  }

  /** The last events, oldest first, as many as are kept. */
  recent(): readonly LoggedEvent[] {
    return this.#texts.slice(-(this.#init.textsMax ?? 10_000));
  }

  #keepHash(hash: number): void {
    if (this.count >= this.#hashes.length) {
      const hashes = new Float64Array(this.#hashes.length * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#hashes[this.count] = hash;
  }
}
