/**
 * When an author's frames are compacted: what is live is written again into a fresh epoch, and a signed checkpoint says
 * that it replaces the earlier ones. All of it is one commit of this node, and any part of it that others get first is
 * harmless: until the checkpoint and the whole epoch are there, both epochs count, and the later write of a key wins.
 *
 * The replaced frames stay in the node's own log, for history and audit; newcomers are sent the fresh epoch only.
 */
import type { Replica } from '../../crdt/index.ts';
import type { Did } from '../../protocol/brand.ts';

/** Fewer frames are not worth it: a newcomer has them in about 200 kB. Judgement. */
export const compactionFramesMin = 1_024;
/** At most so many keys may be live for each frame: the fresh epoch is then a small part of the old. Judgement. */
export const liveShareMax = 0.25;
/** Looked at after so many frames of an epoch: counting what is live walks through all of it. */
const lookEvery = 256;

/** Whether it is time to look, by the number of the frame just written. */
export function isTimeToLook(seq: number): boolean {
  return seq >= 0 && (seq + 1) % lookEvery === 0;
}

export function isWorthCompacting(replica: Replica, author: Did): boolean {
  const frames = replica
    .heads()
    .reduce((sum, head) => (head.author === author ? sum + head.seq + 1 : sum), 0);
  if (frames < compactionFramesMin) return false;
  let live = 0;
  for (const entry of replica.entries()) {
    if (entry.author === author) live += 1;
    if (live > frames * liveShareMax) return false;
  }
  return true;
}
