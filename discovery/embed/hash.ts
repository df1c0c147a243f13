/** Small exact hashes and a seeded generator: integer arithmetic only, so the same bits on every machine. */

/** A 32-bit hash of a text's UTF-16 units (FNV-1a with a finishing mix, after Appleby's MurmurHash3). */
export function hashText(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** Spread the bits of an integer over 32 bits, without sign. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `count` values of +1 or -1 that depend on the seed alone. */
export function drawSigns(seed: number, count: number): Float64Array {
  const signs = new Float64Array(count);
  let bits = 0;
  for (let i = 0; i < count; i++) {
    if (i % 32 === 0) bits = mix(seed + Math.imul(i + 1, 0x9e3779b9));
    signs[i] = (bits >>> (i % 32)) & 1 ? 1 : -1;
  }
  return signs;
}
