/** Direct channels as an agent uses them: send with backpressure, read as an async iterator, see how it runs. */
import type { Did } from '../protocol/brand.ts';
import {
  type ChannelContent,
  type ChannelEffect,
  type ChannelEnvelope,
  type ChannelInput,
  type ChannelWord,
  channelLimits,
  contentCost,
  createChannelMachine,
  createRetainedWords,
  readChannelWord,
  writeChannelWord,
} from '../protocol/channel/index.ts';
import { AmpError } from '../protocol/errors.ts';
import type { Agent, Saying } from './agent.ts';
import { newTaskId } from './tasks.ts';

export type { ChannelContent };

export interface ChannelStatus {
  /** `suspended`: the connection to the node is lost, and the channel waits for the next one. */
  readonly state: 'opening' | 'open' | 'suspended' | 'ended';
  /** `local`: both agents are at one node. `relay`: the nodes cannot dial each other. */
  readonly path: 'unknown' | 'local' | 'direct' | 'relay';
  /** The node that carries the connection. */
  readonly relay: Did | undefined;
  /** Why it ended; a stable word, or what the other agent said. */
  readonly reason: string | undefined;
}

export interface Channel extends AsyncIterable<ChannelContent> {
  readonly id: string;
  readonly other: Did;
  readonly status: ChannelStatus;
  /**
   * Resolves when the content has left, which waits for the other end to read.
   * @throws AmpError AMP-1410 when the channel has ended, AMP-1412 above 64 KiB or with too many sends waiting.
   */
  send(content: ChannelContent): Promise<void>;
  /** What was sent before still arrives. Idempotent. */
  close(reason?: string): void;
}

export interface CollaborateInit {
  /** What this end lets the other send ahead, bytes. @default 256 KiB */
  readonly windowBytes?: number;
  /** @default 10,000 */
  readonly openTimeoutMs?: number;
}

/** A word as it is kept: its content, and some for the rest. */
function sizeOf(said: ChannelWord): number {
  return 64 + (said.word === 'data' && said.content !== undefined ? contentCost(said.content) : 0);
}

/** How long a word may be on its way, ms: an old one is refused. */
const wordTtlMs = 60_000;

/**
 * Open a channel to another agent.
 * @throws AmpError AMP-1411 when the other agent cannot be reached, or does not take channels.
 */
export function collaborate(agent: Agent, other: Did, init: CollaborateInit = {}): Promise<Channel> {
  return followChannel(agent, { id: newTaskId(), other, side: 'opener' }, init).opened;
}

/** Take the channels that others open. The answer ends that; open channels go on. */
export function acceptChannels(
  agent: Agent,
  handler: (channel: Channel) => void,
  init: CollaborateInit = {},
): () => void {
  return agent.on('channel', (message) => {
    if (message.type !== 'channel_open' || message.to !== agent.did) return;
    const place = { id: message.channel, other: message.from as Did, side: 'acceptor' } as const;
    followChannel(agent, place, init, message).opened.then(handler, () => undefined);
  });
}

interface Place {
  readonly id: string;
  readonly other: Did;
  readonly side: 'opener' | 'acceptor';
}

function followChannel(
  agent: Agent,
  { id, other, side }: Place,
  init: CollaborateInit,
  first?: ChannelEnvelope,
): { readonly opened: Promise<Channel> } {
  const machine = createChannelMachine({ side, ...init });
  const opening = Promise.withResolvers<Channel>();
  const tickets = new Map<number, PromiseWithResolvers<void>>();
  const inbox: { readonly content: ChannelContent; readonly costBytes: number }[] = [];
  /** Own words that may not have arrived at the node. */
  const said = createRetainedWords<ChannelWord>();
  let heardCount = 0;
  let consumedBytes = 0;
  let homeNode = agent.node;
  /** Rises with each connection: a word that was signed for an earlier one is said again on the new one, not twice. */
  let generation = 0;
  let resumeTimer: ReturnType<typeof setTimeout> | undefined;
  let ticketNumber = 0;
  let status: ChannelStatus = { state: 'opening', path: 'unknown', relay: undefined, reason: undefined };
  let isClean = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wake = Promise.withResolvers<void>();

  type InputBody = ChannelInput extends infer One
    ? One extends ChannelInput
      ? Omit<One, 'atMs'>
      : never
    : never;

  function step(input: InputBody): void {
    for (const effect of machine.step({ ...input, atMs: Date.now() } as ChannelInput)) perform(effect);
  }

  function perform(effect: ChannelEffect): void {
    switch (effect.type) {
      case 'say':
        said.keep(effect.said, effect.said, sizeOf(effect.said));
        return say(effect.said);
      case 'opened':
        status = { ...status, state: 'open' };
        homeNode = agent.node;
        return opening.resolve(channel);
      case 'deliver':
        inbox.push(effect);
        return ring();
      case 'settle':
        return settle(effect.ticket, effect.reason);
      case 'ended':
        return finish(effect.reason, effect.isClean);
      case 'set-timer':
        timer = setTimeout(
          () => step({ type: 'timer-fired', timer: effect.timer }),
          effect.dueAtMs - Date.now(),
        );
        return;
      case 'cancel-timer':
        return clearTimeout(timer);
      case 'ignored':
    }
  }

  function say(word: ChannelWord): void {
    if (status.state === 'suspended') return;
    const mine = generation;
    const isStillWanted = () => mine === generation && status.state !== 'suspended';
    const saying = { ...writeChannelWord(id, word), ...address(word), ttlMs: wordTtlMs } as Saying;
    void agent.sendUnkept(saying, isStillWanted).then((isSent) => {
      if (!isSent && isStillWanted()) suspend();
    });
  }

  /** An open channel outlives the connection for a while: both ends keep what may be lost. */
  function suspend(): void {
    if (status.state === 'suspended' || status.state === 'ended') return;
    if (status.state === 'opening') return step({ type: 'broken', reason: 'node-lost' });
    generation += 1;
    status = { ...status, state: 'suspended' };
    resumeTimer = setTimeout(() => step({ type: 'broken', reason: 'node-lost' }), channelLimits.resumeMs);
  }

  /** The words that this end lacks follow the node's `resumed`. */
  function askToResume(): void {
    if (status.state !== 'suspended') return;
    if (agent.node !== homeNode) return step({ type: 'broken', reason: 'agent-moved' });
    const asking = { type: 'channel_open', channel: id, resumeFrom: heardCount, ttlMs: wordTtlMs } as const;
    void agent.sendUnkept(asking as Saying);
  }

  function resumed(nextSeq: number): void {
    if (status.state !== 'suspended') return;
    clearTimeout(resumeTimer);
    status = { ...status, state: 'open' };
    const words = said.from(nextSeq);
    if (words === undefined) return step({ type: 'broken', reason: 'words-lost' });
    for (const word of words) say(word);
  }

  function hear(word: ChannelWord): void {
    // What the old connection still had comes again on the new one.
    if (status.state === 'suspended') return;
    if (word.word === 'data') {
      heardCount = word.seq + 1;
      consumedBytes += word.creditBytes ?? 0;
      said.consumed(consumedBytes);
    }
    step({ type: 'heard', said: word });
  }

  /** Only what opens a channel is addressed: so the answer is not taken for another opening. */
  function address(said: ChannelWord): { readonly to?: Did } {
    return said.word === 'open' && side === 'opener' ? { to: other } : {};
  }

  function ring(): void {
    wake.resolve();
    wake = Promise.withResolvers();
  }

  function settle(ticket: number, reason: string | undefined): void {
    const waiting = tickets.get(ticket);
    tickets.delete(ticket);
    if (reason === undefined) return waiting?.resolve();
    const isContent = reason === 'too-large' || reason === 'too-many-waiting';
    waiting?.reject(
      isContent
        ? new AmpError('AMP-1412', `The content cannot be sent: ${reason}.`, { reason })
        : new AmpError('AMP-1410', `The channel to ${other} has ended: ${reason}.`, { reason, channel: id }),
    );
  }

  function finish(reason: string, clean: boolean): void {
    isClean = clean;
    status = { ...status, state: 'ended', reason };
    clearTimeout(resumeTimer);
    for (const ending of endings) ending();
    opening.reject(
      new AmpError('AMP-1411', `No channel to ${other}: ${reason}.`, { reason, to: other, channel: id }),
    );
    ring();
  }

  function onEvent(event: Record<string, unknown>): void {
    if (event.kind !== 'channel' || event.channel !== id) return;
    if (event.state === 'ended') return step({ type: 'broken', reason: String(event.reason) });
    if (event.state === 'resumed') return resumed(Number(event.nextSeq));
    if (event.state === 'path')
      status = {
        ...status,
        path: event.path as ChannelStatus['path'],
        relay: event.relay as Did | undefined,
      };
  }

  /** What came before the end is read first; a cut-off channel ends in an error. */
  async function* read(): AsyncGenerator<ChannelContent> {
    for (;;) {
      const next = inbox.shift();
      if (next !== undefined) {
        yield next.content;
        // The reader came back for more: what it had is consumed.
        step({ type: 'consumed', costBytes: next.costBytes });
        continue;
      }
      if (machine.state === 'ended') break;
      await wake.promise;
    }
    if (!isClean)
      throw new AmpError('AMP-1410', `The channel to ${other} was cut off: ${status.reason}.`, {
        reason: status.reason,
        channel: id,
      });
  }

  const endings = [
    agent.on('channel', (message) => {
      // The word that this end began with is on its way round the listeners still.
      if (message !== first && message.channel === id && message.from === other)
        hear(readChannelWord(message));
    }),
    agent.on('event', (_subscription, event) => onEvent(event)),
    agent.on('down', suspend),
    agent.on('up', askToResume),
    agent.on('lost', () => step({ type: 'broken', reason: 'node-lost' })),
  ];
  const channel: Channel = {
    id,
    other,
    get status() {
      return status;
    },
    send(content) {
      const ticket = ++ticketNumber;
      const waiting = Promise.withResolvers<void>();
      tickets.set(ticket, waiting);
      step({ type: 'send', ticket, content });
      return waiting.promise;
    },
    close: (reason = 'done') => step({ type: 'close', reason }),
    [Symbol.asyncIterator]: read,
  };
  opening.promise.catch(() => undefined);
  if (first === undefined) step({ type: 'start' });
  else step({ type: 'heard', said: readChannelWord(first) });
  return { opened: opening.promise };
}
