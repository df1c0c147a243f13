/**
 * The socket to a node: joins, rejoins elsewhere when a node dies, and keeps what was not delivered until it is.
 * Uses the platform's own WebSocket, in Node and in a browser.
 */
import type { Did } from '../protocol/brand.ts';
import { fromBase64Url, readUtf8, toBase64Url } from '../protocol/bytes.ts';
import { AmpError, type ErrorCode, errorTable } from '../protocol/errors.ts';
import type { AgentKey } from './agent-key.ts';

export interface NodeAddress {
  /** `ws://127.0.0.1:7700/amp/mesh` */
  readonly url: string;
  readonly token: string;
}

export interface ConnectionInit {
  /** Nodes to attach to, tried in order, round and round. */
  readonly nodes: readonly NodeAddress[];
  readonly name: string;
  /** With a key the agent is sovereign: it may re-attach to another node. */
  readonly key: AgentKey | undefined;
  /** For a hosted agent that was here before. */
  readonly resume: string | undefined;
  /** What to announce at each join. */
  readonly capabilities: () => readonly object[];
  readonly threshold: number | undefined;
  /** Give up when no node could be joined for this long. @default 30,000 */
  readonly reconnectMs?: number | undefined;
  readonly reachMs?: number | undefined;
  readonly onMessage: (message: Record<string, unknown>) => void;
  readonly onWelcome: (welcome: Welcome, isFirst: boolean) => void;
  readonly onDown: (reason: string) => void;
  /** No node could be joined in time: the connection is over. */
  readonly onLost: (error: AmpError) => void;
}

export interface Welcome {
  readonly did: Did;
  readonly name: string;
  readonly node: Did;
  readonly mesh: string;
  readonly meshName: string;
  readonly resume?: string;
  readonly seq: number;
}

export interface Connection {
  /** Resolves with the first welcome. */
  readonly ready: Promise<Welcome>;
  readonly isUp: boolean;
  /** The node that the agent is attached to now. */
  node(): NodeAddress;
  /** False when there is no connection just now. */
  send(message: object): boolean;
  close(): void;
}

const subprotocol = 'amp.v1.json';
const retryFirstMs = 100;
const retryCapMs = 2_000;
const joinTimeoutMs = 5_000;

export function openConnection(init: ConnectionInit): Connection {
  const reconnectMs = init.reconnectMs ?? 30_000;
  let socket: WebSocket | undefined;
  let isUp = false;
  let isClosed = false;
  let isFirst = true;
  let at = 0;
  let attempts = 0;
  let downSinceMs = Date.now();
  let seq = 0;
  let resume = init.resume;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let lastRefusal: AmpError | undefined;
  const first = Promise.withResolvers<Welcome>();
  // Whoever waits hears of it; nobody waiting is no crash.
  first.promise.catch(() => undefined);

  function node(): NodeAddress {
    return init.nodes[at % init.nodes.length]!;
  }

  function open(): void {
    const opened = new WebSocket(node().url, [subprotocol]);
    socket = opened;
    const joinTimer = setTimeout(() => opened.close(), joinTimeoutMs);
    opened.addEventListener('open', () => {
      const identity =
        init.key === undefined
          ? { name: init.name, ...(resume === undefined ? {} : { resume }) }
          : { name: init.name, did: init.key.did, seq };
      opened.send(
        JSON.stringify({
          type: 'join',
          token: node().token,
          ...identity,
          acknowledge: true,
          capabilities: init.capabilities(),
          ...(init.threshold === undefined ? {} : { threshold: init.threshold }),
        }),
      );
    });
    opened.addEventListener('message', ({ data }) => {
      if (opened === socket) take(opened, JSON.parse(String(data)) as Record<string, unknown>, joinTimer);
    });
    opened.addEventListener('close', ({ reason }) => {
      clearTimeout(joinTimer);
      if (opened === socket) goDown(reason || 'connection closed');
    });
    // The close that follows says it all.
    opened.addEventListener('error', () => opened.close());
  }

  function take(
    opened: WebSocket,
    message: Record<string, unknown>,
    joinTimer: ReturnType<typeof setTimeout>,
  ): void {
    // At the join, and again before the attachment ends.
    if (message.type === 'sign_request') return void sign(opened, message);
    if (isUp) return init.onMessage(message);
    if (message.type === 'welcome') {
      clearTimeout(joinTimer);
      return welcome(message as unknown as Welcome);
    }
    if (message.type === 'error') lastRefusal = toError(message);
  }

  /** Sign an attachment, and nothing else that a node may present. */
  async function sign(opened: WebSocket, message: Record<string, unknown>): Promise<void> {
    const bytes = fromBase64Url(String(message.bytes));
    const text = bytes === undefined ? undefined : readUtf8(bytes);
    const record =
      text?.startsWith('amp/1/attachment\n{') === true
        ? (JSON.parse(text.slice(text.indexOf('\n') + 1)) as {
            readonly agent?: unknown;
            readonly seq?: unknown;
          })
        : undefined;
    if (bytes === undefined || record === undefined || record.agent !== init.key?.did)
      return opened.close(4001, 'asked to sign something else');
    const signature = await init.key!.sign(bytes);
    if (isUp && typeof record.seq === 'number') seq = Math.max(seq, record.seq);
    if (opened.readyState === WebSocket.OPEN) {
      opened.send(
        JSON.stringify({ type: 'signature', request: message.request, signature: toBase64Url(signature) }),
      );
    }
  }

  function welcome(message: Welcome): void {
    isUp = true;
    attempts = 0;
    seq = message.seq;
    resume = message.resume ?? resume;
    const wasFirst = isFirst;
    isFirst = false;
    init.onWelcome({ ...message, ...(resume === undefined ? {} : { resume }) }, wasFirst);
    first.resolve(message);
  }

  function goDown(reason: string): void {
    const wasUp = isUp;
    isUp = false;
    socket = undefined;
    if (isClosed) return;
    if (wasUp) {
      downSinceMs = Date.now();
      init.onDown(reason);
    }
    const isRefused = lastRefusal !== undefined && fatal.has(lastRefusal.code);
    const patienceMs = isFirst ? (init.reachMs ?? reconnectMs) : reconnectMs;
    if (isRefused || Date.now() - downSinceMs > patienceMs) return lose();
    at += 1;
    const waitMs = Math.min(
      retryCapMs,
      retryFirstMs * 2 ** Math.min(10, Math.floor(attempts / init.nodes.length)),
    );
    attempts += 1;
    retryTimer = setTimeout(open, waitMs * (0.5 + Math.random() / 2));
  }

  function lose(): void {
    isClosed = true;
    const error =
      lastRefusal ??
      new AmpError('AMP-1503', `No node answers at ${init.nodes.map((one) => one.url).join(', ')}.`);
    first.reject(error);
    init.onLost(error);
  }

  open();
  return {
    ready: first.promise,
    get isUp() {
      return isUp;
    },
    node,
    send(message) {
      if (!isUp || socket === undefined) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    close() {
      isClosed = true;
      clearTimeout(retryTimer);
      socket?.close(1000);
    },
  };
}

/** Refusals that trying again cannot mend. */
const fatal = new Set<ErrorCode>(['AMP-1202', 'AMP-1205', 'AMP-1209']);

export function toError(message: Record<string, unknown>): AmpError {
  const code = (Object.hasOwn(errorTable, String(message.code)) ? message.code : 'AMP-1005') as ErrorCode;
  const { todo } = errorTable[code];
  const text = String(message.message).replace(todo, '').trim();
  return new AmpError(code, text, {
    path: message.path,
    about: message.about,
    ...(message.facts as object | undefined),
  });
}
