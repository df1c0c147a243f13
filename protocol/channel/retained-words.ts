/**
 * Words of one direction that may not have arrived, kept for as long as they may be asked for again: an end that
 * lost its connection names the next word it expects, and gets the rest. What the other end consumed is let go of.
 */
import { type ChannelWord, channelLimits, contentCost } from './channel-words.ts';

export interface RetainedWords<Carried> {
  /** `bytes` is what keeping it costs. `open` is not kept: whoever resumes has heard it. */
  keep(said: ChannelWord, carried: Carried, bytes: number): void;
  /** The other end has consumed so much content in all. */
  consumed(contentBytes: number): void;
  /** The words from `seq` on, oldest first; `undefined` when one of them is gone. */
  from(seq: number): readonly Carried[] | undefined;
  readonly bytes: number;
  /** One more of this size would push out the oldest. */
  isFull(bytes: number): boolean;
  /** Keep nothing of what was said so far. */
  clear(): void;
}

export function createRetainedWords<Carried>(
  bytesMax: number = channelLimits.retainedBytesMax,
): RetainedWords<Carried> {
  const kept: {
    readonly seq: number;
    readonly carried: Carried;
    readonly bytes: number;
    /** Content bytes of this direction up to and with this word; `undefined` without content. */
    readonly endBytes: number | undefined;
  }[] = [];
  let contentBytes = 0;
  let bytesKept = 0;
  let keptFrom = 0;

  function letGo(): void {
    const { seq, bytes } = kept.shift()!;
    keptFrom = seq + 1;
    bytesKept -= bytes;
  }

  return {
    keep(said, carried, bytes) {
      if (said.word === 'open') return;
      const content = said.word === 'data' ? said.content : undefined;
      if (content !== undefined) contentBytes += contentCost(content);
      kept.push({
        seq: said.seq,
        carried,
        bytes,
        endBytes: content === undefined ? undefined : contentBytes,
      });
      bytesKept += bytes;
      while (bytesKept > bytesMax || kept.length > channelLimits.retainedWordsMax) letGo();
    },
    consumed(consumedBytes) {
      const last = kept.findLastIndex((one) => one.endBytes !== undefined && one.endBytes <= consumedBytes);
      for (let at = 0; at <= last; at += 1) letGo();
    },
    from(seq) {
      return seq < keptFrom ? undefined : kept.filter((one) => one.seq >= seq).map((one) => one.carried);
    },
    get bytes() {
      return bytesKept;
    },
    isFull: (bytes) => bytesKept + bytes > bytesMax || kept.length >= channelLimits.retainedWordsMax,
    clear() {
      while (kept.length > 0) letGo();
    },
  };
}
