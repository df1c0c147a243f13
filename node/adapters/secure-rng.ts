/** `Rng` on the operating system's generator, read in blocks because one read costs a system call. */
import { randomFillSync } from 'node:crypto';
import type { Rng } from '../../protocol/ports.ts';

/** Bytes read at a time. Judgement: 1,024 numbers per system call. */
const blockBytes = 4_096;

export function createSecureRng(): Rng {
  const block = new Uint8Array(blockBytes);
  const view = new DataView(block.buffer);
  let used = blockBytes;

  return {
    uint32() {
      if (used + 4 > blockBytes) {
        randomFillSync(block);
        used = 0;
      }
      const value = view.getUint32(used);
      block.fill(0, used, used + 4);
      used += 4;
      return value;
    },
    bytes: (count) => randomFillSync(new Uint8Array(count)),
  };
}
