/** A rolling 64-bit digest of a run: equal digests mean equal events in equal order. */

/** Odd multipliers with well-mixed bits (the golden ratio and the first of the xxHash32 primes). */
const laneA = 0x9e3779b1;
const laneB = 0x85ebca77;

/**
 * Two 32-bit lanes, each a multiply-and-rotate chain over (tick, a, b). It guards against accidents, not
 * against an adversary: an attacker can construct collisions.
 */
export class RunDigest {
  #a = 0x243f6a88;
  #b = 0x13198a2e;

  /** Take in one event. Integers only; `tick` may exceed 32 bits. */
  add(tick: number, a: number, b: number): void {
    let x = Math.imul(this.#a ^ tick, laneA);
    x = Math.imul(((x << 13) | (x >>> 19)) ^ a, laneA);
    let y = Math.imul(this.#b ^ b, laneB);
    y = Math.imul(((y << 15) | (y >>> 17)) ^ a ^ x, laneB);
    this.#a = x ^ (y >>> 16);
    this.#b = y ^ (x >>> 15);
  }

  /** Take in a text, by its UTF-16 code units and its length. */
  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.add(i, text.charCodeAt(i), text.length);
  }

  addBytes(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.add(i, bytes[i]!, bytes.length);
  }

  /** 53 bits of it, as a safe integer. */
  toNumber(): number {
    return (this.#a >>> 0) * 2 ** 21 + (this.#b >>> 11);
  }

  /** 16 lower-case hexadecimal digits of all that was taken in so far. */
  toString(): string {
    return hex(this.#a) + hex(this.#b);
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
