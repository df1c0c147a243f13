/** What the two ends of a channel say to each other, and its limits; independent of what carries it. */
import { utf8 } from '../bytes.ts';
import { toCanonicalJson } from '../canonical.ts';
import type { Envelope, EnvelopeOf } from '../messages.ts';

export type ChannelContent = string | Readonly<Record<string, unknown>>;

export type ChannelWord =
  | { readonly word: 'open'; readonly windowBytes: number }
  /** `seq` counts a direction's `data` words from 0; one without `content` only grants credit. */
  | {
      readonly word: 'data';
      readonly seq: number;
      readonly content?: ChannelContent | undefined;
      readonly creditBytes?: number | undefined;
    }
  /** `seq` is the count of `data` words said before it: a shorter stream is noticed. */
  | { readonly word: 'close'; readonly seq: number; readonly reason: string };

export const channelLimits = {
  /** Content in one `data` word; more is split, or attached as a file. Judgement: a quarter of a message. */
  contentBytesMax: 64 * 1024,
  /** What one end lets the other send ahead of what was consumed. Judgement: 4 full words. */
  windowBytes: 256 * 1024,
  /** Half a window must hold the largest content, or a writer could wait for credit that is never due. */
  windowBytesMin: 128 * 1024,
  /** No end grants more than this ahead, so a node holds at most so much per direction. */
  windowBytesMax: 1024 * 1024,
  /** Each content costs at least this, so that empty ones are bounded by the window too. */
  contentCostMin: 64,
  /** Sends that wait for credit at one end. */
  sendsWaitingMax: 1_024,
  /** How long the other end may take to answer `open`, ms. */
  openTimeoutMs: 10_000,
  /** How long an end that lost its connection may take to come back, ms. Judgement: a restart of a laptop's network. */
  resumeMs: 15_000,
  /** Words kept for an end that may have lost its connection, bytes as signed. Judgement: a full window and its signatures. */
  retainedBytesMax: 2 * 1024 * 1024,
  /** As above, in words: so many that only grant credit are never on their way at once. */
  retainedWordsMax: 4_096,
  /** Channels of one agent. */
  channelsPerAgentMax: 64,
  /** Channels through one node. */
  channelsPerNodeMax: 1_024,
} as const;

/** What a content costs of the window, in bytes: its length as UTF-8, objects as canonical JSON. */
export function contentCost(content: ChannelContent): number {
  const text = typeof content === 'string' ? content : toCanonicalJson(content);
  return Math.max(channelLimits.contentCostMin, utf8(text).length);
}

export type ChannelEnvelope =
  | EnvelopeOf<'channel_open'>
  | EnvelopeOf<'channel_data'>
  | EnvelopeOf<'channel_close'>;

export function isChannelEnvelope(envelope: Envelope): envelope is Extract<Envelope, ChannelEnvelope> {
  return isChannelType(envelope.type);
}

export function isChannelType(type: string): boolean {
  return type === 'channel_open' || type === 'channel_data' || type === 'channel_close';
}

export function readChannelWord(envelope: ChannelEnvelope): ChannelWord {
  switch (envelope.type) {
    case 'channel_open':
      return { word: 'open', windowBytes: envelope.windowBytes ?? 0 };
    case 'channel_data':
      return {
        word: 'data',
        seq: envelope.seq,
        content: envelope.data,
        creditBytes: envelope.creditBytes,
      };
    case 'channel_close':
      return { word: 'close', seq: envelope.seq ?? 0, reason: envelope.reason ?? 'closed' };
  }
}

/** The body of the envelope that carries a word. */
export function writeChannelWord(channel: string, said: ChannelWord) {
  switch (said.word) {
    case 'open':
      return { type: 'channel_open', channel, windowBytes: said.windowBytes } as const;
    case 'data':
      return {
        type: 'channel_data',
        channel,
        seq: said.seq,
        ...(said.content === undefined ? {} : { data: said.content as string | Record<string, unknown> }),
        ...(said.creditBytes === undefined ? {} : { creditBytes: said.creditBytes }),
      } as const;
    case 'close':
      return { type: 'channel_close', channel, seq: said.seq, reason: said.reason } as const;
  }
}
