/** Quorum arithmetic of Byzantine agreement among 1 to 31 members; sets of members are 31-bit masks. */

/** Below four members no lie at all can be tolerated: 3f + 1 with f = 1 (Pease, Shostak, Lamport 1980). */
export const rosterMin = 4;
/** Judgement: all talk to all, so messages grow with the square; 31 also keeps a set of members in one integer. */
export const rosterMax = 31;

/** f: how many of `n` members may lie without harm. */
export function faultMax(n: number): number {
  return Math.floor((n - 1) / 3);
}

/** Q = n - f, which equals floor(2n / 3) + 1: two quorums share at least one honest member. */
export function quorum(n: number): number {
  return n - faultMax(n);
}

/** How many members a mask holds. */
export function bitCount(mask: number): number {
  let bits = mask - ((mask >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
