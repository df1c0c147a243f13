/**
 * Kademlia's key space, 64 bits of it: enough to tell a million peers apart, small enough for typed arrays.
 * A key is two unsigned words, high and low.
 */

/** Length of the common prefix of two keys, 0 to 64. */
export function commonPrefix(highA: number, lowA: number, highB: number, lowB: number): number {
  const high = highA ^ highB;
  return high !== 0 ? Math.clz32(high) : 32 + Math.clz32(lowA ^ lowB);
}

/** Negative when A is closer to the target than B by XOR distance, 0 for equal keys. */
export function compareDistance(
  highA: number,
  lowA: number,
  highB: number,
  lowB: number,
  targetHigh: number,
  targetLow: number,
): number {
  const highDistanceA = (highA ^ targetHigh) >>> 0;
  const highDistanceB = (highB ^ targetHigh) >>> 0;
  if (highDistanceA !== highDistanceB) return highDistanceA - highDistanceB;
  return ((lowA ^ targetLow) >>> 0) - ((lowB ^ targetLow) >>> 0);
}

/** The first 64 bits of a key of at least eight bytes. */
export function readKey(bytes: Uint8Array): { high: number; low: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { high: view.getUint32(0), low: view.getUint32(4) };
}
