/**
 * One direction of a channel as anybody between the ends can check it: words in order, none beyond the credit that
 * the other end granted. Nodes run it on what they pass on, so that an agent that ignores its window cannot fill
 * the connection of another.
 */
import { type ChannelWord, channelLimits, contentCost } from './channel-words.ts';

/** Why a word is not passed on; a stable word. */
export type ChannelFault =
  | 'not-open'
  | 'opened-twice'
  | 'out-of-order'
  | 'over-window'
  | 'too-large'
  | 'too-much-credit'
  | 'cut-short';

export interface ChannelGuard {
  /** What is wrong with a word of this end; `undefined` for nothing. A refused word changes nothing. */
  check(said: ChannelWord): ChannelFault | undefined;
  /** Bytes of content that this end has let the other send, in all. */
  readonly grantedBytes: number;
  /** The other end granted so much in all. */
  allow(bytes: number): void;
  readonly isOpen: boolean;
  /** The next word that this end may say. */
  readonly nextSeq: number;
  /** What the other end consumed of this end's content, as far as it said, bytes. */
  readonly consumedBytes: number;
}

/** Watch the words of one end. `checkPair` ties two of them together. */
export function createChannelGuard(): ChannelGuard {
  let isOpen = false;
  let nextSeq = 0;
  let sentBytes = 0;
  let allowedBytes = 0;
  let grantedBytes = 0;
  let firstAllowedBytes: number | undefined;

  function check(said: ChannelWord): ChannelFault | undefined {
    if (said.word === 'open') return open(said.windowBytes);
    if (said.word === 'close') return said.seq === nextSeq ? undefined : 'cut-short';
    if (!isOpen) return 'not-open';
    if (said.seq !== nextSeq) return 'out-of-order';
    const cost = said.content === undefined ? 0 : contentCost(said.content);
    if (cost > channelLimits.contentBytesMax) return 'too-large';
    if (sentBytes + cost > allowedBytes) return 'over-window';
    const creditBytes = said.creditBytes ?? 0;
    if (creditBytes > channelLimits.windowBytesMax) return 'too-much-credit';
    nextSeq += 1;
    sentBytes += cost;
    grantedBytes += creditBytes;
    return undefined;
  }

  function open(windowBytes: number): ChannelFault | undefined {
    if (isOpen) return 'opened-twice';
    if (windowBytes > channelLimits.windowBytesMax) return 'too-much-credit';
    isOpen = true;
    grantedBytes = windowBytes;
    return undefined;
  }

  return {
    check,
    allow(bytes) {
      allowedBytes = bytes;
      if (bytes > 0) firstAllowedBytes ??= bytes;
    },
    get grantedBytes() {
      return grantedBytes;
    },
    get isOpen() {
      return isOpen;
    },
    get nextSeq() {
      return nextSeq;
    },
    get consumedBytes() {
      return allowedBytes - (firstAllowedBytes ?? 0);
    },
  };
}

/** Check a word of one end and let its credit count for the other. */
export function checkPair(from: ChannelGuard, to: ChannelGuard, said: ChannelWord): ChannelFault | undefined {
  const fault = from.check(said);
  if (fault === undefined) to.allow(from.grantedBytes);
  return fault;
}
