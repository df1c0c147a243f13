/** A bare WebSocket agent that says exactly what a test wants said, and a raw TCP client for handshakes. */
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { NodeProcess } from '../../cli/bench/spawn-node.ts';

export type Message = Record<string, unknown> & { readonly type: string };

export interface AgentSocket {
  readonly socket: WebSocket;
  readonly did: string;
  readonly welcome: Message;
  readonly received: readonly Message[];
  say(message: object | string): void;
  /** The first message from now on that fits; rejects when the connection closes before. */
  next(fits: (message: Message) => boolean): Promise<Message>;
  /** The close code. */
  readonly closed: Promise<number>;
  close(): void;
}

export function openSocket(node: NodeProcess, localAddress = '127.0.0.1'): Promise<WebSocket> {
  const socket = new WebSocket(node.agentUrl, 'amp.v1.json', { perMessageDeflate: false, localAddress });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

export async function joinAgent(node: NodeProcess, name: string, more: object = {}): Promise<AgentSocket> {
  const socket = await openSocket(node);
  const received: Message[] = [];
  const waiting = new Set<(message: Message) => void>();
  const failing = new Set<(error: Error) => void>();
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message;
    received.push(message);
    for (const take of waiting) take(message);
  });
  socket.once('close', (code) => {
    for (const fail of failing) fail(new Error(`closed with ${code}`));
  });

  function next(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const take = (message: Message) => {
        if (!fits(message)) return;
        waiting.delete(take);
        failing.delete(reject);
        resolve(message);
      };
      waiting.add(take);
      failing.add(reject);
    });
  }

  function say(message: object | string): void {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  const welcomed = next((message) => message.type === 'welcome' || message.type === 'error');
  say({ type: 'join', name, token: node.token, ...more });
  const welcome = await welcomed;
  if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
  return {
    socket,
    did: String(welcome.did),
    welcome,
    received,
    say,
    next,
    closed,
    close: () => socket.terminate(),
  };
}

export interface RawAnswer {
  /** What came back, as Latin-1 text. */
  readonly text: string;
  readonly status: number | undefined;
}

/** Send bytes, read until the server closes or says enough. */
export function talkRaw(
  node: NodeProcess,
  bytes: string | Buffer,
  options: { readonly localAddress?: string; readonly until?: (text: string) => boolean } = {},
): Promise<RawAnswer> {
  const { port } = new URL(node.httpUrl);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
    });
    const finish = () => {
      socket.destroy();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      resolve({ text, status: status === undefined ? undefined : Number(status) });
    };
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (options.until?.(text) ?? text.includes('\r\n\r\n')) finish();
    });
    socket.on('close', finish);
    socket.on('error', finish);
  });
}

/** The headers of a good handshake, changed or (with `undefined`) left out as told. */
export function handshake(
  node: NodeProcess,
  changes: Readonly<Record<string, string | undefined>> = {},
  line = 'GET /amp/mesh HTTP/1.1',
): string {
  const headers: Record<string, string | undefined> = {
    host: new URL(node.httpUrl).host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16, 7).toString('base64'),
    'sec-websocket-protocol': 'amp.v1.json',
    ...changes,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== undefined);
  return `${line}\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
}

/** One masked frame with any first byte and any claim of its length. */
export function frame(
  first: number,
  payload: Buffer,
  told: { mask?: boolean; length?: number } = {},
): Buffer {
  const isMasked = told.mask ?? true;
  const length = told.length ?? payload.length;
  const maskBit = isMasked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first, maskBit | length])
      : length < 65_536
        ? Buffer.from([first, maskBit | 126, length >> 8, length & 0xff])
        : (() => {
            const bytes = Buffer.alloc(10);
            bytes[0] = first;
            bytes[1] = maskBit | 127;
            bytes.writeBigUInt64BE(BigInt(length), 2);
            return bytes;
          })();
  if (!isMasked) return Buffer.concat([head, payload]);
  const key = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, key, payload.map((byte, at) => byte ^ key[at % 4]!)]);
}
