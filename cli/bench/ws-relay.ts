/**
 * What `bench ws` compares the node with, in a process of its own: a relay between two sockets that parses each
 * message, checks it against the same schema, canonicalises and signs it once, and nothing else; or, as `bare`,
 * one that hands on the text. Prints its port on stdout.
 */
import { type WebSocket, WebSocketServer } from 'ws';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import { createSystemClock } from '../../node/adapters/system-clock.ts';
import { createEnvelopeDesk, type Signer } from '../../node/runtime/envelope-desk.ts';
import { readAgentMessage } from '../../protocol/decode.ts';
import { limits } from '../../protocol/limits.ts';
import type { Store, StoreValue } from '../../protocol/ports.ts';

const isBare = process.argv[2] === 'bare';
const rng = createSecureRng();
const clock = createSystemClock();
const keys = createEd25519Keys({ store: createMemoryStore(), rng });
const desk = createEnvelopeDesk({ clock, rng, keys }, { mesh: 'relay', authorize: () => undefined });
const sockets = new Map<string, WebSocket>();

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  maxPayload: limits.messageBytesMax,
  perMessageDeflate: false,
});
server.on('listening', () =>
  process.stdout.write(`${JSON.stringify({ port: (server.address() as { port: number }).port })}\n`),
);
server.on('connection', (socket) => {
  const did = keys.create();
  const signer: Signer = { agent: did, name: `agent-${sockets.size}`, key: did };
  let isJoined = false;
  socket.on('message', (data) => {
    const text = (data as Buffer).toString('utf8');
    if (isJoined) return isBare ? handOn(did, text) : relay(signer, text);
    isJoined = true;
    sockets.set(did, socket);
    socket.send(JSON.stringify({ type: 'welcome', did }));
  });
  socket.on('close', () => sockets.delete(did));
});

function relay(signer: Signer, text: string): void {
  const read = readAgentMessage(text);
  if (!read.ok || read.value.kind !== 'draft') throw new Error('the driver sends drafts only');
  const { envelope, text: signed } = desk.seal(read.value.draft, signer);
  sockets.get(envelope.to as string)?.send(signed);
}

function handOn(from: string, text: string): void {
  for (const [did, socket] of sockets) if (did !== from) socket.send(text);
}

function createMemoryStore(): Store {
  const values = new Map<string, StoreValue>();
  return {
    get: (bucket, key) => values.get(`${bucket} ${key}`),
    scan: () => [],
    commit(writes) {
      for (const { bucket, key, value } of writes) if (value !== null) values.set(`${bucket} ${key}`, value);
    },
    close: () => undefined,
  };
}
