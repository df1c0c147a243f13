/**
 * Passes the words of channels between local agents and the lines to other nodes. It checks who speaks, order and
 * window of every word in both directions, keeps nothing, and tells its agents how a channel runs and why it ended.
 */
import type { Did, NodeId } from '../../protocol/brand.ts';
import {
  type ChannelEnvelope,
  type ChannelGuard,
  type ChannelWord,
  channelLimits,
  checkPair,
  createChannelGuard,
  createRetainedWords,
  isChannelEnvelope,
  type RetainedWords,
  readChannelWord,
} from '../../protocol/channel/index.ts';
import type { Checked } from '../../protocol/errors.ts';
import { type JsonObject, readJsonObject } from '../../protocol/json.ts';
import { describeMessage } from '../runtime/describe-message.ts';
import type { SealedEnvelope } from '../runtime/envelope-desk.ts';
import type { AgentLink } from '../runtime/local-agents.ts';
import type { ChannelCarrier, ChannelLine, ChannelLineEvents, ChannelPath } from './channel-carrier.ts';

export interface ChannelDeskComponents {
  readonly carrier: ChannelCarrier;
  /** The connection of a local agent; `undefined` when it is away or not of this node. */
  readonly linkOf: (agent: Did) => AgentLink | undefined;
  /** The node that an agent is attached to; `undefined` when that is not known. */
  readonly nodeOf: (agent: Did) => NodeId | undefined;
  readonly self: NodeId;
  /** Check an envelope from elsewhere: form, time and signature. */
  readonly openEnvelope: (object: JsonObject) => Checked<SealedEnvelope>;
  /** Call back after `ms`; the answer cancels it. @default the system's timer */
  readonly setTimer?: (ms: number, callback: () => void) => () => void;
  readonly note: (event: { readonly kind: string; readonly [fact: string]: unknown }) => void;
}

export interface ChannelDesk {
  start(): Promise<void>;
  /** A channel word of a local agent. */
  take(message: SealedEnvelope): void;
  /**
   * A local agent's connection is gone. Its open channels wait for it for `resumeMs`; those of an agent that left on
   * purpose end now.
   */
  gone(agent: Did, hasLeft?: boolean): void;
  readonly channelCount: number;
  /** End all channels. */
  stop(): void;
}

interface Channel {
  readonly id: string;
  readonly opener: Did;
  readonly acceptor: Did;
  readonly guards: { readonly opener: ChannelGuard; readonly acceptor: ChannelGuard };
  /** The way to the agent that is not here; `undefined` while dialing, or when both are here. */
  line: ChannelLine | undefined;
  /** Words that wait for the line; bounded, as nothing but `open` and `close` may come before the answer. */
  readonly early: string[];
  /** The agent at the far end of the line. */
  readonly remote: Did | undefined;
  /** For each local end: what was said to it and may be lost with its connection. */
  readonly ends: ReadonlyMap<Did, LocalEnd>;
  /** The other end closed while this one was away: it is told when it comes back. */
  closedReason: string | undefined;
}

interface LocalEnd {
  readonly words: RetainedWords<string>;
  /** Waits for the agent to come back; ends the waiting. */
  stopWaiting: (() => void) | undefined;
}

/** Words queued on one line before the channel is given up: beyond it the other node reads too slowly. */
const queuedBytesMax = 2 * 1024 * 1024;
/** Words kept for ends that may lose their connection, all channels together: beyond it a new one is not kept. Judgement. */
const retainedBytesMax = 64 * 1024 * 1024;
/** Channel ids remembered, so that no old `open` is played again. */
const usedIdsMax = 8_192;

export function createChannelDesk(components: ChannelDeskComponents): ChannelDesk {
  const { carrier, linkOf, nodeOf, self, note } = components;
  const setTimer = components.setTimer ?? setSystemTimer;
  const channels = new Map<string, Channel>();
  /** With the reason why it ended, once it has. */
  const usedIds = new Map<string, string | undefined>();
  /** Of all words kept for local ends. */
  let retainedBytes = 0;

  // From local agents.

  function take(message: SealedEnvelope): void {
    const { envelope } = message;
    if (!isChannelEnvelope(envelope)) return;
    const channel = channels.get(envelope.channel);
    const resumeFrom = envelope.type === 'channel_open' ? envelope.resumeFrom : undefined;
    if (resumeFrom !== undefined) return resume(channel, envelope, resumeFrom);
    if (channel !== undefined) return pass(channel, envelope, message.text);
    if (envelope.type === 'channel_open') return openFromHere(envelope, message.text);
    // The last words of a channel that the other end has closed already.
    if (envelope.type === 'channel_data')
      tellEnded(envelope.from as Did, envelope.channel, 'unknown-channel');
  }

  function openFromHere(envelope: ChannelEnvelope, text: string): void {
    const opener = envelope.from as Did;
    const acceptor = typeof envelope.to === 'string' ? (envelope.to as Did) : undefined;
    const refusal = acceptor === undefined ? 'no-receiver' : whyNot(envelope.channel, opener, acceptor);
    if (refusal !== undefined || acceptor === undefined)
      return tellEnded(opener, envelope.channel, refusal ?? 'no-receiver');
    if (linkOf(acceptor) !== undefined) {
      const channel = keep(envelope, { opener, acceptor, remote: undefined });
      tellPath(channel, { kind: 'local' });
      return pass(channel, envelope, text);
    }
    const node = nodeOf(acceptor);
    if (node === undefined || node === self)
      return tellEnded(opener, envelope.channel, node === self ? 'agent-away' : 'agent-unknown');
    const channel = keep(envelope, { opener, acceptor, remote: acceptor });
    void dial(channel, node);
    pass(channel, envelope, text);
  }

  function whyNot(id: string, opener: Did, acceptor: Did): string | undefined {
    if (usedIds.has(id)) return 'id-used';
    if (opener === acceptor) return 'own-agent';
    if (channels.size >= channelLimits.channelsPerNodeMax) return 'too-many-channels';
    const count = (agent: Did) =>
      [...channels.values()].filter((one) => one.opener === agent || one.acceptor === agent).length;
    const most = Math.max(count(opener), count(acceptor));
    return most >= channelLimits.channelsPerAgentMax ? 'too-many-channels' : undefined;
  }

  function keep(
    envelope: ChannelEnvelope,
    parties: Pick<Channel, 'opener' | 'acceptor' | 'remote'>,
  ): Channel {
    const id = envelope.channel;
    const guards = { opener: createChannelGuard(), acceptor: createChannelGuard() };
    const local = [parties.opener, parties.acceptor].filter((agent) => agent !== parties.remote);
    const ends = new Map(
      local.map((agent): [Did, LocalEnd] => [
        agent,
        { words: createRetainedWords<string>(), stopWaiting: undefined },
      ]),
    );
    const channel: Channel = {
      id,
      ...parties,
      guards,
      line: undefined,
      early: [],
      ends,
      closedReason: undefined,
    };
    channels.set(id, channel);
    usedIds.set(id, undefined);
    if (usedIds.size > usedIdsMax) usedIds.delete(usedIds.keys().next().value!);
    const { opener, acceptor } = parties;
    note({ ...describeMessage(envelope), kind: 'channel-opened', channel: id, from: opener, to: acceptor });
    return channel;
  }

  async function dial(channel: Channel, node: NodeId): Promise<void> {
    try {
      const line = await carrier.open(node, eventsOf(channel));
      if (channels.get(channel.id) !== channel) return line.abort('ended');
      channel.line = line;
      tellPath(channel, carrier.pathTo(node));
      for (const text of channel.early.splice(0)) line.send(text);
    } catch (error) {
      end(channel, 'node-unreachable', error instanceof Error ? error.message.slice(0, 200) : undefined);
    }
  }

  // Both ways.

  /** Check a word of one end and hand it to the other. */
  function pass(channel: Channel, envelope: ChannelEnvelope, text: string): void {
    const from = envelope.from as Did;
    const isOpener = from === channel.opener;
    if (!isOpener && from !== channel.acceptor) return tellEnded(from, channel.id, 'not-yours');
    if (channel.closedReason !== undefined) return;
    const { opener, acceptor } = channel.guards;
    const said = readChannelWord(envelope);
    const fault = checkPair(isOpener ? opener : acceptor, isOpener ? acceptor : opener, said);
    if (fault !== undefined) return end(channel, fault);
    const receiver = isOpener ? channel.acceptor : channel.opener;
    letGoOfConsumed(channel, from);
    if (receiver === channel.remote) sendOn(channel, text);
    else if (!handTo(channel, receiver, said, text)) return;
    if (said.word === 'close') closed(channel, receiver, said.reason);
  }

  /** What the speaker granted says how much it consumed of what was said to it. */
  function letGoOfConsumed(channel: Channel, from: Did): void {
    const other = from === channel.opener ? channel.guards.acceptor : channel.guards.opener;
    const words = channel.ends.get(from)?.words;
    const before = words?.bytes ?? 0;
    words?.consumed(other.consumedBytes);
    retainedBytes -= before - (words?.bytes ?? 0);
  }

  /** False when the channel ended, for an agent that is away was told too much. */
  function handTo(channel: Channel, receiver: Did, said: ChannelWord, text: string): boolean {
    const local = channel.ends.get(receiver);
    if (local === undefined) return true;
    const isAway = local.stopWaiting !== undefined;
    const isTooMuch = retainedBytes + text.length > retainedBytesMax;
    if (isAway && (isTooMuch || local.words.isFull(text.length))) {
      end(channel, 'away-too-long');
      return false;
    }
    // Without room the channel runs on; only it cannot be resumed now.
    const before = local.words.bytes;
    if (isTooMuch) local.words.clear();
    else local.words.keep(said, text, text.length);
    retainedBytes += local.words.bytes - before;
    if (!isAway) linkOf(receiver)?.send(text);
    return true;
  }

  /** The last word is kept, too, for an agent that is away. */
  function closed(channel: Channel, receiver: Did, reason: string): void {
    if (channel.ends.get(receiver)?.stopWaiting === undefined) return forget(channel, reason);
    channel.closedReason = reason;
    channel.line?.close();
  }

  /** An agent is back: it hears again what it may have lost, and is told from where it is to say its own words again. */
  function resume(channel: Channel | undefined, envelope: ChannelEnvelope, resumeFrom: number): void {
    const from = envelope.from as Did;
    const local = channel?.ends.get(from);
    if (channel === undefined || local === undefined)
      return tellEnded(from, envelope.channel, usedIds.get(envelope.channel) ?? 'unknown-channel');
    const words = local.words.from(resumeFrom);
    if (words === undefined) return end(channel, 'words-lost');
    local.stopWaiting?.();
    local.stopWaiting = undefined;
    const own = from === channel.opener ? channel.guards.opener : channel.guards.acceptor;
    tell(from, channel.id, { state: 'resumed', nextSeq: own.nextSeq });
    note({ kind: 'channel-resumed', channel: channel.id, agent: from, wordCount: words.length });
    for (const text of words) linkOf(from)?.send(text);
    if (channel.closedReason !== undefined) forget(channel, channel.closedReason);
  }

  /** Until it is back, nothing of what the other end says is lost. */
  function waitFor(channel: Channel, agent: Did): void {
    const local = channel.ends.get(agent);
    if (local === undefined || local.stopWaiting !== undefined) return;
    local.stopWaiting = setTimer(channelLimits.resumeMs, () => {
      const reason = channel.closedReason;
      if (reason === undefined) end(channel, 'agent-gone');
      else forget(channel, reason);
    });
  }

  function sendOn(channel: Channel, text: string): void {
    if (channel.line === undefined) return void channel.early.push(text);
    channel.line.send(text);
    if (channel.line.queuedBytes > queuedBytesMax) end(channel, 'slow-carrier');
  }

  // From other nodes.

  function accept(from: NodeId, line: ChannelLine): ChannelLineEvents {
    let channel: Channel | undefined;
    let events: ChannelLineEvents | undefined;
    return {
      onText(text) {
        if (events !== undefined) return events.onText(text);
        channel = openFromThere(from, line, text);
        if (channel !== undefined) events = eventsOf(channel);
      },
      onEnd: (reason) => events?.onEnd(reason),
    };
  }

  function openFromThere(from: NodeId, line: ChannelLine, text: string): Channel | undefined {
    const message = readWord(text);
    const refuse = (reason: string): undefined => {
      line.send(JSON.stringify({ ended: reason }));
      line.close();
    };
    if (message === undefined || message.envelope.type !== 'channel_open') return refuse('not-open');
    const { envelope } = message;
    const [opener, acceptor] = [envelope.from as Did, envelope.to as Did];
    if (typeof acceptor !== 'string' || linkOf(acceptor) === undefined) return refuse('agent-away');
    const reason = whyNot(envelope.channel, opener, acceptor);
    if (reason !== undefined) return refuse(reason);
    const channel = keep(envelope, { opener, acceptor, remote: opener });
    channel.line = line;
    tellPath(channel, carrier.pathTo(from));
    pass(channel, envelope, message.text);
    return channel;
  }

  function eventsOf(channel: Channel): ChannelLineEvents {
    return {
      onText: (text) => hear(channel, text),
      onEnd: (reason) => {
        if (channel.closedReason === undefined) end(channel, reason);
      },
    };
  }

  function hear(channel: Channel, text: string): void {
    if (channels.get(channel.id) !== channel) return;
    const message = readWord(text);
    if (message === undefined) return end(channel, readEnded(text) ?? 'bad-word');
    const { envelope } = message;
    // A line carries one channel, and only what the far agent signed.
    if (envelope.channel !== channel.id || envelope.from !== channel.remote) return end(channel, 'bad-word');
    pass(channel, envelope, message.text);
  }

  function readWord(
    text: string,
  ): { readonly envelope: ChannelEnvelope & SealedEnvelope['envelope']; readonly text: string } | undefined {
    const object = readJsonObject(text);
    const opened = object.ok && 'type' in object.value ? components.openEnvelope(object.value) : undefined;
    if (opened?.ok !== true || !isChannelEnvelope(opened.value.envelope)) return undefined;
    return { envelope: opened.value.envelope as never, text: opened.value.text };
  }

  // Ends.

  /** An end that no agent asked for: both agents are told, the other's by its node. */
  function end(channel: Channel, reason: string, detail?: string): void {
    if (channels.get(channel.id) !== channel) return;
    for (const agent of [channel.opener, channel.acceptor])
      if (agent !== channel.remote) tellEnded(agent, channel.id, reason, detail);
    channel.line?.send(JSON.stringify({ ended: reason }));
    forget(channel, reason);
  }

  function forget(channel: Channel, reason: string): void {
    channels.delete(channel.id);
    if (usedIds.has(channel.id)) usedIds.set(channel.id, reason);
    for (const local of channel.ends.values()) {
      local.stopWaiting?.();
      retainedBytes -= local.words.bytes;
    }
    channel.line?.close();
    note({ kind: 'channel-ended', channel: channel.id, reason });
  }

  function tellPath(channel: Channel, path: ChannelPath): void {
    for (const agent of [channel.opener, channel.acceptor])
      if (agent !== channel.remote)
        tell(agent, channel.id, { state: 'path', path: path.kind, relay: path.relay });
  }

  function tellEnded(agent: Did, channel: string, reason: string, detail?: string): void {
    tell(agent, channel, { state: 'ended', reason, detail });
  }

  function tell(agent: Did, channel: string, facts: Readonly<Record<string, unknown>>): void {
    linkOf(agent)?.send(
      JSON.stringify({
        type: 'event',
        subscription: `channel:${channel}`,
        event: { kind: 'channel', channel, ...facts },
      }),
    );
  }

  return {
    start: () => carrier.serve(accept),
    take,
    gone(agent, hasLeft = false) {
      for (const channel of [...channels.values()]) {
        if (!channel.ends.has(agent)) continue;
        const isOpen = channel.guards.opener.isOpen && channel.guards.acceptor.isOpen;
        if (isOpen && !hasLeft) waitFor(channel, agent);
        else end(channel, 'agent-gone');
      }
    },
    get channelCount() {
      return channels.size;
    },
    stop() {
      for (const channel of [...channels.values()]) end(channel, 'node-stopping');
    },
  };
}

function setSystemTimer(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

/** What the other node says of its own, in the place of a word. */
function readEnded(text: string): string | undefined {
  const object = readJsonObject(text);
  const ended = object.ok ? object.value.ended : undefined;
  return typeof ended === 'string' ? ended.slice(0, 64) : undefined;
}
