/**
 * One end of a channel: an ordered, two-way stream with credit in bytes. Each end grants a window when it opens and
 * more as its reader consumes, so a slow reader slows the writer and nothing piles up between.
 * @see Kung, Morris 1995, "Credit-based flow control for ATM networks"; RFC 9000 §4 (flow control of streams)
 */
import { type CancelTimer, type Ignored, ignore, type MachineInput, type SetTimer } from '../machine.ts';
import { type ChannelFault, type ChannelGuard, checkPair, createChannelGuard } from './channel-guard.ts';
import { type ChannelContent, type ChannelWord, channelLimits, contentCost } from './channel-words.ts';

export type ChannelInput =
  /** Begin: the opener asks, the other end agrees. */
  | (MachineInput & { readonly type: 'start' })
  | (MachineInput & { readonly type: 'send'; readonly ticket: number; readonly content: ChannelContent })
  /** The reader took a content out. */
  | (MachineInput & { readonly type: 'consumed'; readonly costBytes: number })
  | (MachineInput & { readonly type: 'heard'; readonly said: ChannelWord })
  | (MachineInput & { readonly type: 'close'; readonly reason: string })
  /** What carries the channel is gone. */
  | (MachineInput & { readonly type: 'broken'; readonly reason: string })
  | (MachineInput & { readonly type: 'timer-fired'; readonly timer: string });

export type ChannelEffect =
  | { readonly type: 'say'; readonly said: ChannelWord }
  | { readonly type: 'opened' }
  | { readonly type: 'deliver'; readonly content: ChannelContent; readonly costBytes: number }
  /** A send left (`reason` absent), or never will. */
  | { readonly type: 'settle'; readonly ticket: number; readonly reason?: string }
  /** The last effect of a channel. Clean when the other end closed, or this one did, and nothing was cut off. */
  | { readonly type: 'ended'; readonly reason: string; readonly isClean: boolean }
  | SetTimer
  | CancelTimer
  | Ignored;

export interface ChannelMachineInit {
  readonly side: 'opener' | 'acceptor';
  /** From `windowBytesMin` to `windowBytesMax`; others are moved to the nearer end. @default channelLimits.windowBytes */
  readonly windowBytes?: number;
  /** @default channelLimits.openTimeoutMs */
  readonly openTimeoutMs?: number;
}

export interface ChannelMachine {
  step(input: ChannelInput): readonly ChannelEffect[];
  readonly state: 'new' | 'opening' | 'open' | 'ended';
  /** Sends that wait for credit. */
  readonly waitingCount: number;
}

const openTimer = 'open';

export function createChannelMachine(init: ChannelMachineInit): ChannelMachine {
  const windowBytes = Math.min(
    channelLimits.windowBytesMax,
    Math.max(channelLimits.windowBytesMin, init.windowBytes ?? channelLimits.windowBytes),
  );
  const theirs: ChannelGuard = createChannelGuard();
  const ours: ChannelGuard = createChannelGuard();
  const waiting: { readonly ticket: number; readonly content: ChannelContent; readonly cost: number }[] = [];
  let state: ChannelMachine['state'] = 'new';
  let nextSeq = 0;
  let sentBytes = 0;
  let allowedBytes = 0;
  /** Consumed by the reader and not granted again yet. */
  let owedBytes = 0;

  function step(input: ChannelInput): readonly ChannelEffect[] {
    if (state === 'ended') return refuseLate(input);
    switch (input.type) {
      case 'start':
        return start(input.atMs);
      case 'send':
        return send(input);
      case 'consumed':
        return consume(input.costBytes);
      case 'heard':
        return hear(input.said);
      case 'close':
        return close(input.reason);
      case 'broken':
        return end(input.reason, false);
      case 'timer-fired':
        return input.timer === openTimer && state === 'opening'
          ? close('open-timeout')
          : ignore('late-timer');
    }
  }

  function refuseLate(input: ChannelInput): readonly ChannelEffect[] {
    if (input.type !== 'send') return ignore('ended');
    return [{ type: 'settle', ticket: input.ticket, reason: 'ended' }];
  }

  function start(atMs: number): readonly ChannelEffect[] {
    if (state !== 'new' || init.side === 'acceptor') return ignore('already-started');
    state = 'opening';
    const dueAtMs = atMs + (init.openTimeoutMs ?? channelLimits.openTimeoutMs);
    return [...say({ word: 'open', windowBytes }), { type: 'set-timer', timer: openTimer, dueAtMs }];
  }

  function send(input: Extract<ChannelInput, { type: 'send' }>): readonly ChannelEffect[] {
    const cost = contentCost(input.content);
    const refusal =
      cost > channelLimits.contentBytesMax
        ? 'too-large'
        : waiting.length >= channelLimits.sendsWaitingMax
          ? 'too-many-waiting'
          : undefined;
    if (refusal !== undefined) return [{ type: 'settle', ticket: input.ticket, reason: refusal }];
    waiting.push({ ticket: input.ticket, content: input.content, cost });
    return flush();
  }

  /** All that credit allows, oldest first: a large content is never overtaken by a small one. */
  function flush(): readonly ChannelEffect[] {
    const effects: ChannelEffect[] = [];
    while (state === 'open' && waiting.length > 0 && sentBytes + waiting[0]!.cost <= allowedBytes) {
      const { ticket, content, cost } = waiting.shift()!;
      sentBytes += cost;
      effects.push(...say({ word: 'data', seq: nextSeq++, content }), { type: 'settle', ticket });
    }
    return effects;
  }

  /** Credit goes back in halves of the window, so that it costs few words. */
  function consume(costBytes: number): readonly ChannelEffect[] {
    owedBytes += costBytes;
    if (state !== 'open' || owedBytes * 2 < windowBytes) return [];
    const creditBytes = owedBytes;
    owedBytes = 0;
    return say({ word: 'data', seq: nextSeq++, creditBytes });
  }

  function hear(said: ChannelWord): readonly ChannelEffect[] {
    const fault = checkPair(theirs, ours, said);
    if (fault !== undefined) return breakOff(fault);
    switch (said.word) {
      case 'open':
        return opened(said.windowBytes);
      case 'close':
        return end(said.reason, true);
      case 'data':
        allowedBytes += said.creditBytes ?? 0;
        return [...deliver(said.content), ...flush()];
    }
  }

  function deliver(content: ChannelContent | undefined): readonly ChannelEffect[] {
    return content === undefined ? [] : [{ type: 'deliver', content, costBytes: contentCost(content) }];
  }

  function opened(theirWindowBytes: number): readonly ChannelEffect[] {
    const answer = init.side === 'acceptor' ? say({ word: 'open', windowBytes }) : [];
    state = 'open';
    allowedBytes = theirWindowBytes;
    const stopTimer: readonly ChannelEffect[] =
      init.side === 'opener' ? [{ type: 'cancel-timer', timer: openTimer }] : [];
    return [...answer, ...stopTimer, { type: 'opened' }, ...flush()];
  }

  /** Our own words keep the rules by construction; the guard learns what we granted. */
  function say(said: ChannelWord): readonly ChannelEffect[] {
    checkPair(ours, theirs, said);
    return [{ type: 'say', said }];
  }

  function breakOff(fault: ChannelFault): readonly ChannelEffect[] {
    return [{ type: 'say', said: { word: 'close', seq: nextSeq, reason: fault } }, ...end(fault, false)];
  }

  function close(reason: string): readonly ChannelEffect[] {
    const isClean = state === 'open' && waiting.length === 0;
    const word: readonly ChannelEffect[] =
      state === 'new' ? [] : [{ type: 'say', said: { word: 'close', seq: nextSeq, reason } }];
    return [...word, ...end(reason, isClean)];
  }

  function end(reason: string, isClean: boolean): readonly ChannelEffect[] {
    const timer: readonly ChannelEffect[] =
      state === 'opening' ? [{ type: 'cancel-timer', timer: openTimer }] : [];
    state = 'ended';
    const settled = waiting.splice(0).map(({ ticket }) => ({ type: 'settle', ticket, reason }) as const);
    return [...timer, ...settled, { type: 'ended', reason, isClean: isClean && settled.length === 0 }];
  }

  return {
    step,
    get state() {
      return state;
    },
    get waitingCount() {
      return waiting.length;
    },
  };
}
