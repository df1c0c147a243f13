/** The agents' socket: `ws://…/amp/mesh`, subprotocol `amp.v1.json`, behind the guard. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { limits } from '../../protocol/limits.ts';
import type { MeshPeer } from '../runtime/mesh-peer.ts';
import { addressOf, type Guard } from './guards.ts';
import { runSession } from './session.ts';

export const agentPath = '/amp/mesh';
export const subprotocol = 'amp.v1.json';
/** A client may send the token as a second subprotocol: browsers cannot set headers on a WebSocket. */
const tokenPrefix = 'amp.token.';

export interface GatewayComponents {
  readonly servers: readonly Server[];
  readonly peer: MeshPeer;
  readonly guard: Guard;
}

export interface GatewayInit {
  readonly mesh: string;
  readonly meshName: string;
  /** @default 5,000 */
  readonly joinTimeoutMs?: number;
  /** Connections that have not joined yet. @default 64 */
  readonly unjoinedMax?: number;
  /** All agents' connections. @default 1,000 */
  readonly connectionsMax?: number;
  /** @default 20,000 */
  readonly messagesPerSecondMax?: number;
  /** @default 32 MiB */
  readonly bytesPerSecondMax?: number;
  readonly alternatives: () => readonly string[];
}

export interface Gateway {
  readonly connectionCount: number;
  /** Tell every agent that the node stops, and close. */
  stop(): Promise<void>;
}

export function createGateway({ servers, peer, guard }: GatewayComponents, init: GatewayInit): Gateway {
  const joinTimeoutMs = init.joinTimeoutMs ?? 5_000;
  const unjoinedMax = init.unjoinedMax ?? 64;
  const connectionsMax = init.connectionsMax ?? 1_000;
  let unjoinedCount = 0;
  let isStopping = false;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytesMax,
    perMessageDeflate: false,
    // Many tiny fragments cost far more memory than their bytes.
    maxFragments: 64,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const refusal = judge(request);
    if (refusal !== undefined) return reject(socket, refusal.status, refusal.reason);
    sockets.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, request));
  }

  function judge(request: IncomingMessage): { readonly status: number; readonly reason: string } | undefined {
    const path = (request.url ?? '').split('?')[0];
    if (path !== agentPath) return { status: 404, reason: `Agents connect to ${agentPath}.` };
    const verdict = guard.admit(request);
    if (!verdict.ok) return verdict;
    if (isStopping) return { status: 503, reason: 'This node is stopping: connect to another one.' };
    const offered = offeredProtocols(request);
    if (offered.length > 0 && !offered.includes(subprotocol))
      return { status: 400, reason: `Speak the subprotocol ${subprotocol}.` };
    if (unjoinedCount >= unjoinedMax || sockets.clients.size >= connectionsMax) {
      return { status: 503, reason: 'Too many connections: try again in a moment.' };
    }
    const token = offered.find((one) => one.startsWith(tokenPrefix))?.slice(tokenPrefix.length);
    if (token !== undefined && !guard.isToken(token)) {
      guard.countFailure(addressOf(request));
      return { status: 403, reason: 'The token is wrong.' };
    }
    return undefined;
  }

  function open(socket: WebSocket, request: IncomingMessage): void {
    unjoinedCount += 1;
    let isJoined = false;
    const countJoined = (): void => {
      if (!isJoined) unjoinedCount -= 1;
      isJoined = true;
    };
    socket.on('close', countJoined);
    const hasToken = offeredProtocols(request).some((one) => one.startsWith(tokenPrefix));
    runSession(
      { socket, peer, guard, address: addressOf(request), hasToken },
      {
        mesh: init.mesh,
        meshName: init.meshName,
        joinTimeoutMs,
        messagesPerSecondMax: init.messagesPerSecondMax ?? 20_000,
        bytesPerSecondMax: init.bytesPerSecondMax ?? 32 * 1024 * 1024,
        alternatives: init.alternatives,
        onJoined: countJoined,
      },
    );
  }

  for (const server of servers) server.on('upgrade', onUpgrade);

  return {
    get connectionCount() {
      return sockets.clients.size;
    },
    async stop() {
      isStopping = true;
      for (const server of servers) server.off('upgrade', onUpgrade);
      const closing = [...sockets.clients].map((client) => closeSocket(client));
      await Promise.all(closing);
      sockets.close();
    },
  };
}

function offeredProtocols(request: IncomingMessage): readonly string[] {
  return (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function reject(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** 1001: the other side goes away. A client that does not answer is cut off after a second. */
function closeSocket(client: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => client.terminate(), 1_000);
    client.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.close(1001, 'AMP-1210');
  });
}
