/**
 * xoroshiro128+ in four 32-bit words of one small object: worlds hold several streams for each of their peers. Its
 * numbers are those of pure-rand's generator.
 * @see Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"
 */
export class Xoroshiro128Plus {
  #s01: number;
  #s00: number;
  #s11: number;
  #s10: number;

  /** Four integers of 32 bits, not all zero. */
  constructor(s01: number, s00: number, s11: number, s10: number) {
    this.#s01 = s01 | 0;
    this.#s00 = s00 | 0;
    this.#s11 = s11 | 0;
    this.#s10 = s10 | 0;
  }

  /** A uniform integer of 32 bits, signed. */
  next(): number {
    const s00 = this.#s00;
    const s01 = this.#s01;
    const out = (s00 + this.#s10) | 0;
    const a0 = this.#s10 ^ s00;
    const a1 = this.#s11 ^ s01;
    this.#s00 = (s00 << 24) ^ (s01 >>> 8) ^ a0 ^ (a0 << 16);
    this.#s01 = (s01 << 24) ^ (s00 >>> 8) ^ a1 ^ ((a1 << 16) | (a0 >>> 16));
    this.#s10 = (a1 << 5) ^ (a0 >>> 27);
    this.#s11 = (a0 << 5) ^ (a1 >>> 27);
    return out;
  }
}
