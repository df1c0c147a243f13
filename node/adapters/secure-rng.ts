/** `Rng` on the operating system's generator, read in blocks because one read costs a system call. */
import { randomFillSync } from 'node:crypto';
import type { Rng } from '../../protocol/ports.ts';

/** Bytes read at a time. Judgement: 1,024 numbers per system call. */
const blockBytes = 4_096;

/** Longer requests go to the system directly. */
const smallBytesMax = 64;

export function createSecureRng(): Rng {
  const block = new Uint8Array(blockBytes);
  const view = new DataView(block.buffer);
  let used = blockBytes;

  /** Where `count` fresh bytes begin. What was given out is wiped by the caller. */
  function take(count: number): number {
    if (used + count > blockBytes) {
      randomFillSync(block);
      used = 0;
    }
    used += count;
    return used - count;
  }

  return {
    uint32() {
      const at = take(4);
      const value = view.getUint32(at);
      block.fill(0, at, at + 4);
      return value;
    },
    bytes(count) {
      if (count > smallBytesMax) return randomFillSync(new Uint8Array(count));
      const at = take(count);
      const bytes = block.slice(at, at + count);
      block.fill(0, at, at + count);
      return bytes;
    },
  };
}
