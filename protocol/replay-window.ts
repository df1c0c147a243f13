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

export function createReplayWindow({ windowMs }: ReplayWindowInit): ReplayWindow {
  let generations: Generation[] = [];
  let floorMs = 0;

  function find(high: number, low: number): number | undefined {
    for (const generation of generations) {
      const mark = generation.get(high, low);
      if (mark !== undefined) return mark;
    }
    return undefined;
  }

  function current(nowMs: number): Generation {
    const last = generations.at(-1);
    if (last !== undefined && last.size < generationEntriesMax && nowMs - last.openedAtMs < windowMs / 2)
      return last;
    const next = createGeneration(nowMs);
    generations.push(next);
    forget(nowMs);
    return next;
  }

  function forget(nowMs: number): void {
    while (generations.length > generationsMax) {
      generations.shift();
      floorMs = Math.max(floorMs, generations[0]!.openedAtMs);
    }
    generations = generations.filter((one) => nowMs - one.openedAtMs < windowMs * 2);
  }

  return {
    add(key, content, messageAtMs, nowMs) {
      const [high, low] = hashText(key);
      const mark = hashText(content)[0];
      const known = find(high, low);
      if (known !== undefined) return known === mark ? 'duplicate' : 'conflict';
      if (messageAtMs < floorMs) return 'too-old';
      current(nowMs).set(high, low, mark);
      return 'new';
    },
    printOf: (key, content) => [...hashText(key), hashText(content)[0]].map(toDigits).join(''),
    restore(print, atMs) {
      const [high, low, mark] = [0, 8, 16].map((at) => Number.parseInt(print.slice(at, at + 8), 16));
      if (find(high!, low!) === undefined) current(atMs).set(high!, low!, mark!);
    },
    has: (key) => find(...hashText(key)) !== undefined,
    get floorMs() {
      return floorMs;
    },
    get entryCount() {
      return generations.reduce((sum, one) => sum + one.size, 0);
    },
  };
}

function toDigits(part: number): string {
  return part.toString(16).padStart(8, '0');
}

interface Generation {
  readonly openedAtMs: number;
  readonly size: number;
  get(high: number, low: number): number | undefined;
  set(high: number, low: number, mark: number): void;
}

function createGeneration(openedAtMs: number): Generation {
  let capacity = 1 << 4;
  let table = new Uint32Array(capacity * 3);
  let size = 0;

  function slotOf(high: number, low: number): number {
    let slot = low & (capacity - 1);
    for (;;) {
      const at = slot * 3;
      if ((table[at] === 0 && table[at + 1] === 0) || (table[at] === high && table[at + 1] === low))
        return at;
      slot = (slot + 1) & (capacity - 1);
    }
  }

  function grow(): void {
    const old = table;
    capacity *= 2;
    table = new Uint32Array(capacity * 3);
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] === 0 && old[at + 1] === 0) continue;
      table.set(old.subarray(at, at + 3), slotOf(old[at]!, old[at + 1]!));
    }
  }

  return {
    openedAtMs,
    get size() {
      return size;
    },
    get(high, low) {
      const at = slotOf(high, low);
      return table[at] === 0 && table[at + 1] === 0 ? undefined : table[at + 2];
    },
    set(high, low, mark) {
      if (size * 2 >= capacity) grow();
      const at = slotOf(high, low);
      table[at] = high;
      table[at + 1] = low;
      table[at + 2] = mark;
      size += 1;
    },
  };
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
