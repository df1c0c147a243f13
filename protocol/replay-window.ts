/**
 * Remembers which (author, id) pairs were taken in, in bounded memory: an open-addressing table of 64-bit keys
 * and 32-bit content marks, in generations by time. When a generation overflows, the oldest goes and messages
 * older than it are refused, so forgetting never lets a replay through.
 */

/** Entries in one generation. Judgement: 2^17 entries are 3 MiB and half a minute at full load. */
const generationEntriesMax = 1 << 17;
const generationsMax = 6;

export type ReplayVerdict = 'new' | 'duplicate' | 'conflict' | 'too-old';

export interface ReplayWindowInit {
  /** How long a message may live, ms: one older than this is refused in any case. */
  readonly windowMs: number;
}

export interface ReplayWindow {
  /**
   * Take a message in.
   * @param key Author and id in one text.
   * @param content A text that differs when the message differs; its hash is kept.
   * @param messageAtMs When it was written; @param nowMs when it came.
   */
  add(key: string, content: string, messageAtMs: number, nowMs: number): ReplayVerdict;
  /** All that is remembered of a message, in 24 hexadecimal digits: what a store keeps. */
  printOf(key: string, content: string): string;
  /** Remember what another run took in at that moment. */
  restore(print: string, atMs: number): void;
  has(key: string): boolean;
  /** Messages written before this are refused, integer Unix ms. */
  readonly floorMs: number;
  readonly entryCount: number;
}

export function createReplayWindow(init: ReplayWindowInit): ReplayWindow {
  return new GenerationsWindow(init);
}

class GenerationsWindow implements ReplayWindow {
  floorMs = 0;
  readonly #windowMs: number;
  #generations: readonly Generation[] = [];

  constructor({ windowMs }: ReplayWindowInit) {
    this.#windowMs = windowMs;
  }

  add(key: string, content: string, messageAtMs: number, nowMs: number): ReplayVerdict {
    const [high, low] = hashText(key);
    const mark = hashText(content)[0];
    const known = this.#find(high, low);
    if (known !== undefined) return known === mark ? 'duplicate' : 'conflict';
    if (messageAtMs < this.floorMs) return 'too-old';
    this.#current(nowMs).set(high, low, mark);
    return 'new';
  }

  printOf(key: string, content: string): string {
    return [...hashText(key), hashText(content)[0]].map(toDigits).join('');
  }

  restore(print: string, atMs: number): void {
    const [high, low, mark] = [0, 8, 16].map((at) => Number.parseInt(print.slice(at, at + 8), 16));
    if (this.#find(high!, low!) === undefined) this.#current(atMs).set(high!, low!, mark!);
  }

  has(key: string): boolean {
    return this.#find(...hashText(key)) !== undefined;
  }

  get entryCount(): number {
    return this.#generations.reduce((sum, one) => sum + one.size, 0);
  }

  #find(high: number, low: number): number | undefined {
    for (const generation of this.#generations) {
      const mark = generation.get(high, low);
      if (mark !== undefined) return mark;
    }
    return undefined;
  }

  #current(nowMs: number): Generation {
    const last = this.#generations.at(-1);
    if (
      last !== undefined &&
      last.size < generationEntriesMax &&
      nowMs - last.openedAtMs < this.#windowMs / 2
    )
      return last;
    const next = new Generation(nowMs);
    this.#forget([...this.#generations, next], nowMs);
    return next;
  }

  #forget(generations: readonly Generation[], nowMs: number): void {
    const kept = generations.slice(-generationsMax);
    if (kept.length < generations.length) this.floorMs = Math.max(this.floorMs, kept[0]!.openedAtMs);
    // A copy has no room to spare.
    this.#generations = kept.filter((one) => nowMs - one.openedAtMs < this.#windowMs * 2).slice();
  }
}

function toDigits(part: number): string {
  return part.toString(16).padStart(8, '0');
}

/** Words of one entry: two of key, one of content. */
const entryWords = 3;

class Generation {
  readonly openedAtMs: number;
  size = 0;
  #capacity = 1 << 4;
  #table = new Uint32Array(this.#capacity * entryWords);

  constructor(openedAtMs: number) {
    this.openedAtMs = openedAtMs;
  }

  get(high: number, low: number): number | undefined {
    const at = this.#slotOf(high, low);
    return this.#table[at] === 0 && this.#table[at + 1] === 0 ? undefined : this.#table[at + 2];
  }

  set(high: number, low: number, mark: number): void {
    // Seven eighths full, then half as large again: most nodes hear little, and the table is most of what they
    // remember of it.
    if (this.size * 8 >= this.#capacity * 7) this.#grow();
    const at = this.#slotOf(high, low);
    this.#table[at] = high;
    this.#table[at + 1] = low;
    this.#table[at + 2] = mark;
    this.size += 1;
  }

  #slotOf(high: number, low: number): number {
    const table = this.#table;
    let slot = low % this.#capacity;
    for (;;) {
      const at = slot * entryWords;
      if ((table[at] === 0 && table[at + 1] === 0) || (table[at] === high && table[at + 1] === low))
        return at;
      slot = slot + 1 === this.#capacity ? 0 : slot + 1;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#capacity += this.#capacity >> 1;
    this.#table = new Uint32Array(this.#capacity * entryWords);
    for (let at = 0; at < old.length; at += entryWords) {
      if (old[at] === 0 && old[at + 1] === 0) continue;
      this.#table.set(old.subarray(at, at + entryWords), this.#slotOf(old[at]!, old[at + 1]!));
    }
  }
}

/**
 * Two independent 32-bit hashes, never both zero. An author can only collide with its own ids, because the
 * author is part of the text. @see cyrb53, public domain construction of two multiplicative lanes
 */
function hashText(text: string): [number, number] {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x9e3779b1);
    low = Math.imul(low ^ code, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return [high >>> 0 || 1, low >>> 0];
}
