/**
 * One agent's WebSocket: join, then messages both ways. Deliveries are acknowledged by the agent's receipts if it
 * asked for that, and else by the pong to a ping sent after them.
 */
import type { WebSocket } from 'ws';
import type { Did } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import { readAgentMessage } from '../../protocol/decode.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { EdgeMessageOf } from '../../protocol/messages.ts';
import type { Attachment } from '../../protocol/records.ts';
import type { AgentLink, Attached, LocalAgent } from '../runtime/local-agents.ts';
import { attachmentBytes } from '../runtime/local-agents.ts';
import type { MeshPeer } from '../runtime/mesh-peer.ts';
import { renderError } from '../runtime/render-error.ts';
import type { Guard } from './guards.ts';

export interface SessionComponents {
  readonly socket: WebSocket;
  readonly peer: MeshPeer;
  readonly guard: Guard;
  readonly address: string;
  /** The token came with the handshake. */
  readonly hasToken: boolean;
}

export interface SessionInit {
  readonly mesh: string;
  readonly meshName: string;
  readonly joinTimeoutMs: number;
  readonly messagesPerSecondMax: number;
  readonly bytesPerSecondMax: number;
  /** Agent sockets of other nodes, to go to when this one dies. */
  readonly alternatives: () => readonly string[];
  readonly onJoined: () => void;
}

export const features = [
  'amp/1',
  'receipts',
  'spaces',
  'discover',
  'subscribe',
  'blobs',
  'sovereign',
  'channels',
  'memory',
  'decisions',
] as const;

/** Bytes waiting for a slow reader before deliveries pause, and before the connection is given up. */
const bufferedPauseBytes = 1024 * 1024;
const bufferedMaxBytes = 4 * 1024 * 1024;
/** Bad messages within ten seconds before an agent is cut off. Judgement. */
const badMessagesMax = 50;
const badWindowMs = 10_000;
const drainCheckMs = 20;
/** Least time between two requests to sign an attachment anew, ms. */
const renewalMsMin = 200;
/** RFC 6455 §7.4.1: the agent is done. */
const normalClosure = 1000;

export function runSession(
  { socket, peer, guard, address, hasToken }: SessionComponents,
  init: SessionInit,
): void {
  let agent: LocalAgent | undefined;
  let proposal:
    | { readonly record: Omit<Attachment, 'sig'>; readonly join: EdgeMessageOf<'join'> }
    | undefined;
  let acknowledges = false;
  let isPaused = false;
  let isClosed = false;
  let bad = { count: 0, sinceMs: 0 };
  let unacknowledged: string[] = [];
  let pings: { readonly nonce: string; readonly ids: readonly string[] }[] = [];
  let pingNumber = 0;
  let isPingDue = false;
  const budget = createBudget(init);
  const joinTimer = setTimeout(
    () => refuse({ code: 'AMP-1204', message: `No join within ${init.joinTimeoutMs} ms.`, path: '' }, 1008),
    init.joinTimeoutMs,
  );
  let drainTimer: NodeJS.Timeout | undefined;
  let renewalTimer: NodeJS.Timeout | undefined;

  const link: AgentLink = {
    send(text, mailId) {
      if (isClosed) return;
      socket.send(text);
      if (mailId !== undefined) expectAcknowledgement(mailId);
      if (socket.bufferedAmount > bufferedMaxBytes) return close(1013, 'slow reader');
      if (socket.bufferedAmount > bufferedPauseBytes) pause();
    },
    supersede() {
      refuse({ code: 'AMP-1209', message: 'The agent has connected again elsewhere.', path: '' }, 4000);
    },
  };

  function expectAcknowledgement(mailId: string): void {
    if (acknowledges) return;
    unacknowledged.push(mailId);
    if (isPingDue) return;
    isPingDue = true;
    setImmediate(sendPing);
  }

  function sendPing(): void {
    isPingDue = false;
    if (isClosed) return;
    const nonce = String(++pingNumber);
    pings.push({ nonce, ids: unacknowledged });
    unacknowledged = [];
    socket.ping(nonce);
  }

  function onPong(nonce: string): void {
    const at = pings.findIndex((ping) => ping.nonce === nonce);
    if (at < 0 || agent === undefined) return;
    const ids = pings.slice(0, at + 1).flatMap((ping) => ping.ids);
    pings = pings.slice(at + 1);
    peer.agents.acknowledge(agent, ids, 'delivered');
  }

  function pause(): void {
    if (isPaused || agent === undefined) return;
    isPaused = true;
    peer.agents.pause(agent, true);
    const check = (): void => {
      if (isClosed || agent === undefined) return;
      if (socket.bufferedAmount > bufferedPauseBytes / 2) drainTimer = setTimeout(check, drainCheckMs);
      else {
        isPaused = false;
        peer.agents.pause(agent, false);
      }
    };
    drainTimer = setTimeout(check, drainCheckMs);
  }

  function close(code: number, reason: string): void {
    if (isClosed) return;
    socket.close(code, reason);
    // A peer that does not answer the close is cut off.
    setTimeout(() => socket.terminate(), 1_000).unref();
    end();
  }

  function end(hasLeft = false): void {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(joinTimer);
    clearTimeout(drainTimer);
    clearTimeout(renewalTimer);
    if (agent !== undefined) peer.agents.disconnect(agent, link, hasLeft);
  }

  function sendError(refusal: Refusal, about?: string): void {
    socket.send(renderError(refusal, about));
  }

  function refuse(refusal: Refusal, code: number): void {
    if (isClosed) return;
    sendError(refusal);
    close(code, refusal.code);
  }

  function countBad(): void {
    const nowMs = performance.now();
    bad = nowMs - bad.sinceMs < badWindowMs ? { ...bad, count: bad.count + 1 } : { count: 1, sinceMs: nowMs };
    if (bad.count > badMessagesMax)
      refuse(
        { code: 'AMP-1203', message: `More than ${badMessagesMax} bad messages in 10 s.`, path: '' },
        1008,
      );
  }

  function onMessage(data: Buffer, isBinary: boolean): void {
    if (isClosed) return;
    const waitMs = budget.spend(data.length);
    if (waitMs > 0) hold(waitMs);
    if (isBinary) {
      const refusal = { code: 'AMP-1208', message: 'The message is binary.', path: '' } as const;
      if (agent === undefined) return refuse(refusal, 1008);
      sendError(refusal);
      return countBad();
    }
    const text = data.toString('utf8');
    if (agent === undefined) return takeHandshake(text);
    const renewal = proposal === undefined ? undefined : readSignature(text, proposal.record.epoch);
    if (renewal !== undefined) return finishRenewal(renewal);
    if (!peer.agents.receive(agent, text)) countBad();
  }

  /** Over its rate an agent is read more slowly: nothing is lost, and it is told. */
  function hold(waitMs: number): void {
    if (socket.isPaused) return;
    if (budget.shouldTell()) {
      socket.send(
        renderError(
          { code: 'AMP-1203', message: 'You send faster than this node reads.', path: '' },
          undefined,
          { retryAfterMs: Math.ceil(waitMs) },
        ),
      );
    }
    socket.pause();
    setTimeout(() => socket.resume(), waitMs);
  }

  function takeHandshake(text: string): void {
    const read = readAgentMessage(text);
    if (!read.ok) return refuse(read.refusal, 1008);
    const message = read.value.kind === 'edge' ? read.value.message : undefined;
    if (message?.type === 'join') return join(message);
    if (message?.type === 'signature' && proposal !== undefined) return finish(message);
    refuse({ code: 'AMP-1201', message: 'The first message must be `join`.', path: 'type' }, 1008);
  }

  function join(message: EdgeMessageOf<'join'>): void {
    if (proposal !== undefined)
      return refuse({ code: 'AMP-1206', message: 'This connection has sent its join.', path: '' }, 1008);
    if (!hasToken && !guard.isToken(message.token)) {
      guard.countFailure(address);
      return refuse({ code: 'AMP-1202', message: 'The token is missing or wrong.', path: 'token' }, 1008);
    }
    if (message.did !== undefined) return askForAttachment(message);
    const name = message.name;
    if (name === undefined)
      return refuse(
        {
          code: 'AMP-1005',
          message: 'A join gives a `name`, or the `did` of an agent with its own key.',
          path: 'name',
        },
        1008,
      );
    const attached = peer.local.attachHosted(name, message.resume);
    if (!attached.ok) return refuse(attached.refusal, 1008);
    welcome(attached.value, message);
  }

  function askForAttachment(message: EdgeMessageOf<'join'>): void {
    const record = peer.local.proposeAttachment(
      message.did as Did,
      message.name ?? (message.did as string).slice(-8),
      message.seq ?? 0,
    );
    proposal = { record, join: message };
    const bytes = toBase64Url(attachmentBytes(record));
    socket.send(
      JSON.stringify({ type: 'sign_request', request: record.epoch, purpose: 'attachment', bytes }),
    );
  }

  function finish(message: EdgeMessageOf<'signature'>): void {
    const { record, join: joined } = proposal!;
    if (message.request !== record.epoch)
      return refuse(
        { code: 'AMP-1104', message: 'The signature answers another request.', path: 'request' },
        1008,
      );
    const attached = peer.local.attachSovereign(record, message.signature);
    if (!attached.ok) return refuse(attached.refusal, 1008);
    welcome(attached.value, joined);
  }

  /** An agent with its own key signs a new attachment before the old one ends, without losing its connection. */
  function scheduleRenewal({ expiresAt }: Attachment): void {
    const leftMs = expiresAt - peer.nowMs();
    renewalTimer = setTimeout(askForRenewal, Math.max(renewalMsMin, leftMs / 2));
  }

  function askForRenewal(): void {
    if (agent === undefined || isClosed) return;
    const record = peer.local.proposeAttachment(agent.did, agent.name, agent.attachment.seq + 1);
    proposal = { record, join: { type: 'join' } };
    const bytes = toBase64Url(attachmentBytes(record));
    socket.send(
      JSON.stringify({ type: 'sign_request', request: record.epoch, purpose: 'attachment', bytes }),
    );
    scheduleRenewal(agent.attachment);
  }

  function finishRenewal(signature: string): void {
    const attached = peer.local.attachSovereign(proposal!.record, signature);
    if (!attached.ok) return sendError(attached.refusal);
    proposal = undefined;
    agent = attached.value.agent;
    clearTimeout(renewalTimer);
    scheduleRenewal(agent.attachment);
    peer.agents.reattach(agent);
  }

  function welcome(attached: Attached, message: EdgeMessageOf<'join'>): void {
    clearTimeout(joinTimer);
    agent = attached.agent;
    acknowledges = message.acknowledge === true;
    proposal = undefined;
    if (!agent.isHosted) scheduleRenewal(agent.attachment);
    init.onJoined();
    socket.send(
      JSON.stringify({
        type: 'welcome',
        did: agent.did,
        name: agent.name,
        node: peer.self,
        mesh: init.mesh,
        meshName: init.meshName,
        hosted: agent.isHosted,
        resume: attached.resume,
        seq: agent.attachment.seq,
        alternatives: init.alternatives(),
        features,
        limits: {
          messageBytesMax: limits.messageBytesMax,
          messagesPerSecondMax: init.messagesPerSecondMax,
          mailboxMs: limits.mailboxMs,
        },
      }),
    );
    peer.agents.connect(agent, link, {
      capabilities: message.capabilities as JsonObject[] | undefined,
      threshold: message.threshold,
    });
  }

  socket.on('message', (data, isBinary) => onMessage(data as Buffer, isBinary));
  socket.on('pong', (data) => onPong(data.toString()));
  socket.on('close', (code) => end(code === normalClosure));
  // A protocol error closes the socket by itself, with the right code; here it only must not go unheard.
  socket.on('error', (error) =>
    peer.events.note({ kind: 'socket-error', reason: error.message.slice(0, 200), agent: agent?.did }),
  );
}

/** The signature that answers this request; `undefined` for any other message. */
function readSignature(text: string, request: string): string | undefined {
  if (!text.includes('"signature"')) return undefined;
  const read = readAgentMessage(text);
  const message = read.ok && read.value.kind === 'edge' ? read.value.message : undefined;
  return message?.type === 'signature' && message.request === request ? message.signature : undefined;
}

/** Token buckets for messages and bytes; a second's worth may come at once. */
function createBudget(init: Pick<SessionInit, 'messagesPerSecondMax' | 'bytesPerSecondMax'>) {
  let messages = init.messagesPerSecondMax;
  let bytes = init.bytesPerSecondMax;
  let atMs = performance.now();
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return {
    /** Ms to wait before reading on; 0 while within the rate. */
    spend(size: number): number {
      const nowMs = performance.now();
      const share = (nowMs - atMs) / 1_000;
      atMs = nowMs;
      messages = Math.min(init.messagesPerSecondMax, messages + share * init.messagesPerSecondMax) - 1;
      bytes = Math.min(init.bytesPerSecondMax, bytes + share * init.bytesPerSecondMax) - size;
      const short = Math.max(-messages / init.messagesPerSecondMax, -bytes / init.bytesPerSecondMax);
      return short > 0 ? short * 1_000 : 0;
    },
    /** At most once in ten seconds. */
    shouldTell(): boolean {
      const nowMs = performance.now();
      if (nowMs - toldAtMs < 10_000) return false;
      toldAtMs = nowMs;
      return true;
    },
  };
}
