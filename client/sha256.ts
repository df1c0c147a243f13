/** SHA-256 that answers at once: the platform's own is asynchronous in a browser, and machines do not wait. */

/**
 * 32 bytes.
 * @see FIPS 180-4, section 6.2
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = Uint32Array.from(initialState);
  const padded = pad(bytes);
  const words = new Uint32Array(64);
  for (let at = 0; at < padded.byteLength; at += 64)
    mixBlock(state, words, new DataView(padded.buffer, at, 64));
  const digest = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 8; i++) digest.setUint32(4 * i, state[i]!);
  return new Uint8Array(digest.buffer);
}

/** A one bit, zeros, and the length in bits as 64 bits. */
function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  return padded;
}

function mixBlock(state: Uint32Array, words: Uint32Array, block: DataView): void {
  for (let t = 0; t < 16; t++) words[t] = block.getUint32(4 * t);
  for (let t = 16; t < 64; t++) {
    const near = words[t - 15]!;
    const far = words[t - 2]!;
    const small0 = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
    const small1 = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10);
    words[t] = words[t - 16]! + small0 + words[t - 7]! + small1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight;
  for (let t = 0; t < 64; t++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + roundConstants[t]! + words[t]!) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + value;
}

type Eight = [number, number, number, number, number, number, number, number];

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits of the fractional part of a root of a prime, computed so that none can be mistyped. */
function rootBits(prime: number, root: 2 | 3): number {
  const value = BigInt(prime) << BigInt(32 * root);
  let low = 0n;
  let high = 1n << 40n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** BigInt(root) <= value) low = middle;
    else high = middle - 1n;
  }
  return Number(low & 0xffff_ffffn);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

const initialState = firstPrimes(8).map((prime) => rootBits(prime, 2));
const roundConstants = firstPrimes(64).map((prime) => rootBits(prime, 3));
