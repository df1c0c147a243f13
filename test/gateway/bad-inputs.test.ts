/**
 * Bad inputs of every kind against one real node in its own process. Each gets a clear error, a close code or an
 * HTTP status; two other agents exchange messages all the while; the node neither dies nor grows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import {
  type AgentSocket,
  frame,
  handshake,
  joinAgent,
  type Message,
  openSocket,
  talkRaw,
} from './agent-socket.ts';
import { badMessages } from './bad-messages.ts';

const mesh = `gateway-test-${process.pid}`;
let folder: string;
let node: NodeProcess;
let canary: Canary;
let caseCount = 0;

type BadHandshake = readonly [string, number, Record<string, string | undefined>, string?];

/** Two agents that send each other a numbered message, and the next one when it has come. */
interface Canary {
  readonly roundCount: number;
  readonly slowestMs: number;
  /** A message sent from now on has arrived. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

async function startCanary(): Promise<Canary> {
  const left = await joinAgent(node, 'canary-left');
  const right = await joinAgent(node, 'canary-right');
  let roundCount = 0;
  let slowestMs = 0;
  let isStopping = false;
  const run = async () => {
    while (!isStopping) {
      const [from, to] = roundCount % 2 === 0 ? [left, right] : [right, left];
      const content = `round ${roundCount}`;
      const startedAtMs = performance.now();
      const heard = to.next((message) => message.type === 'proposal' && message.content === content);
      from.say({ type: 'proposal', to: to.did, content });
      await heard;
      slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
      roundCount += 1;
    }
  };
  const running = run();
  return {
    get roundCount() {
      return roundCount;
    },
    get slowestMs() {
      return slowestMs;
    },
    async round() {
      const first = roundCount;
      while (roundCount < first + 2) {
        const message = left.next((one) => one.type === 'proposal');
        await Promise.race([message, running]);
      }
    },
    async stop() {
      isStopping = true;
      await running;
      left.close();
      right.close();
    },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ampmesh-gateway-'));
  node = await spawnNode({
    name: 'target',
    data: join(folder, 'node'),
    mesh,
    flags: ['--messages-per-second-max', '3000'],
  });
  canary = await startCanary();
});

afterAll(async () => {
  await canary.stop();
  await node.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a handshake that is wrong gets an HTTP status', () => {
  const cases: readonly BadHandshake[] = [
    ['another path', 404, {}, 'GET / HTTP/1.1'],
    ['a path beside', 404, {}, 'GET /amp/mesh/ HTTP/1.1'],
    ['a path above', 404, {}, 'GET /amp/mesh/../admin HTTP/1.1'],
    ['an encoded path', 404, {}, 'GET /amp%2Fmesh HTTP/1.1'],
    ['an absolute address of another host', 404, {}, 'GET http://evil.example/amp/mesh HTTP/1.1'],
    ['a foreign host name', 421, { host: 'evil.example' }],
    ['a foreign address', 421, { host: '10.0.0.7:7700' }],
    ['a host that only starts like ours', 421, { host: 'localhost.evil.example' }],
    ['a host that only ends like ours', 421, { host: 'evil-localhost' }],
    ['a host with a user', 421, { host: 'localhost@evil.example' }],
    ['a host with a path', 421, { host: 'localhost/x' }],
    ['a wildcard host', 421, { host: '*' }],
    ['an empty host', 421, { host: '' }],
    ['the unspecified address as host', 421, { host: '0.0.0.0' }],
    ['loopback in decimal', 421, { host: '2130706433' }],
    ['a foreign origin', 403, { origin: 'https://evil.example' }],
    ['the origin null', 403, { origin: 'null' }],
    ['an empty origin', 403, { origin: '' }],
    ['a wildcard origin', 403, { origin: '*' }],
    ['the origin of a file', 403, { origin: 'file://' }],
    ['the origin of an extension', 403, { origin: 'chrome-extension://abcdef' }],
    ['localhost on another port', 403, { origin: 'http://localhost:3000' }],
    ['an origin that only starts like ours', 403, { origin: 'http://127.0.0.1.evil.example' }],
    ['two origins', 403, { origin: 'http://127.0.0.1, https://evil.example' }],
    ['an unknown subprotocol', 400, { 'sec-websocket-protocol': 'mqtt' }],
    ['a later subprotocol', 400, { 'sec-websocket-protocol': 'amp.v2.json' }],
    ['no version', 400, { 'sec-websocket-version': undefined }],
    ['version 7', 400, { 'sec-websocket-version': '7' }],
    ['no key', 400, { 'sec-websocket-key': undefined }],
    ['a short key', 400, { 'sec-websocket-key': 'AA==' }],
    ['an upgrade to something else', 400, { upgrade: 'h2c' }],
    ['the wrong method', 405, {}, 'POST /amp/mesh HTTP/1.1'],
    ['headers of 64 KiB', 431, { 'x-long': 'x'.repeat(65_536) }],
    ['no HTTP at all', 400, {}, 'hello there'],
    ['an unknown HTTP version', 400, {}, 'GET /amp/mesh HTTP/9.9'],
    ['a control character in a header', 400, { 'x-bad': 'a\u0001b' }],
    ['two lengths', 400, { 'content-length': '1\r\ncontent-length: 2' }],
    ['a length and chunks', 400, { 'content-length': '5', 'transfer-encoding': 'chunked' }],
  ];
  caseCount += cases.length;
  it.each(cases.map((one) => [one[0], one[1], one] as const))(
    '%s: %i',
    async (_what, status, [, , changes, line]) => {
      const answer = await talkRaw(node, handshake(node, changes, line));
      expect(answer.status).toBe(status);
    },
  );

  caseCount += 3;
  it('the first bytes of TLS: 400', async () => {
    const hello = Buffer.from('16030100c8010000c40303', 'hex');
    expect((await talkRaw(node, hello)).status).toBe(400);
  });

  it('a wrong token in the subprotocol: 403, and after ten the address is turned away: 429', async () => {
    const localAddress = '127.0.0.9';
    const wrong = handshake(node, { 'sec-websocket-protocol': 'amp.v1.json, amp.token.wrong' });
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await talkRaw(node, wrong, { localAddress })).status).toBe(403);
    expect((await talkRaw(node, wrong, { localAddress })).status).toBe(429);
    const right = handshake(node, { 'sec-websocket-protocol': `amp.v1.json, amp.token.${node.token}` });
    expect((await talkRaw(node, right, { localAddress })).status).toBe(429);
    expect((await talkRaw(node, right)).status).toBe(101);
  });
});

describe('a first message that is wrong gets an error and close code 1008', () => {
  const cases: readonly (readonly [string, string, object | string | Buffer])[] = [
    ['no JSON', 'AMP-1001', 'hello'],
    ['an empty message', 'AMP-1001', ''],
    ['an array', 'AMP-1001', '[]'],
    ['something before the join', 'AMP-1201', { type: 'broadcast', query: 'who is there?' }],
    ['a ping before the join', 'AMP-1201', { type: 'ping' }],
    ['a signature before the join', 'AMP-1201', { type: 'signature', request: 'x', signature: 'AA' }],
    ['an unknown type', 'AMP-1006', { type: 'hello' }],
    ['an unknown version', 'AMP-1007', { amp: '9', type: 'join', name: 'x' }],
    ['no token', 'AMP-1202', { type: 'join', name: 'x' }],
    ['an empty token', 'AMP-1202', { type: 'join', name: 'x', token: '' }],
    ['a wrong token', 'AMP-1202', { type: 'join', name: 'x', token: 'x'.repeat(43) }],
    ['a token of the wrong length', 'AMP-1202', { type: 'join', name: 'x', token: 'x' }],
    ['a token that is a list', 'AMP-1005', { type: 'join', name: 'x', token: ['a'] }],
    ['a token of 300 letters', 'AMP-1005', { type: 'join', name: 'x', token: 'x'.repeat(300) }],
    ['an empty name', 'AMP-1005', { type: 'join', name: '', token: '$TOKEN' }],
    ['a name of 65 letters', 'AMP-1005', { type: 'join', name: 'x'.repeat(65), token: '$TOKEN' }],
    ['neither name nor DID', 'AMP-1005', { type: 'join', token: '$TOKEN' }],
    ['a DID that is none', 'AMP-1005', { type: 'join', did: 'did:web:evil.example', token: '$TOKEN' }],
    ['an unknown key', 'AMP-1009', { type: 'join', name: 'x', token: '$TOKEN', admin: true }],
    ['a threshold of 2', 'AMP-1005', { type: 'join', name: 'x', token: '$TOKEN', threshold: 2 }],
    [
      '33 capabilities',
      'AMP-1005',
      { type: 'join', name: 'x', token: '$TOKEN', capabilities: Array(33).fill({}) },
    ],
    ['the name of another agent', 'AMP-1205', { type: 'join', name: 'canary-left', token: '$TOKEN' }],
    [
      'the name of another agent with a guessed secret',
      'AMP-1205',
      { type: 'join', name: 'canary-left', token: '$TOKEN', resume: 'guess' },
    ],
    ['__proto__', 'AMP-1004', '{"type":"join","__proto__":{"token":"x"}}'],
    ['a binary message', 'AMP-1208', Buffer.from('{"type":"join"}')],
  ];
  caseCount += cases.length;
  it.each(cases)('%s: %s', async (what, code, message) => {
    // Wrong tokens count against the address: each of these comes from its own.
    const at = cases.findIndex(([name]) => name === what);
    const socket = await openSocket(node, `127.0.1.${at + 1}`);
    const { error, closeCode } = await lastWords(socket, () => {
      if (message instanceof Buffer) return socket.send(message, { binary: true });
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      socket.send(text.replaceAll('$TOKEN', node.token));
    });
    expect(error).toMatchObject({ type: 'error', code });
    expect(closeCode).toBe(1008);
  });

  caseCount += 3;
  it('no message at all within 5 s: AMP-1204', async () => {
    const { error, closeCode } = await lastWords(await openSocket(node), () => undefined);
    expect([error?.code, closeCode]).toEqual(['AMP-1204', 1008]);
  }, 15_000);

  const did = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
  const asSovereign = async (answer: (request: Message) => object) => {
    const socket = await openSocket(node);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.type === 'sign_request') socket.send(JSON.stringify(answer(message)));
    });
    return lastWords(socket, () => socket.send(JSON.stringify({ type: 'join', did, token: node.token })));
  };
  it('an attachment signed by nobody: AMP-1101', async () => {
    const { error } = await asSovereign(({ request }) => ({
      ...{ type: 'signature', request },
      signature: 'A'.repeat(86),
    }));
    expect(error?.code).toBe('AMP-1101');
  });
  it('a signature for another request: AMP-1104', async () => {
    const { error } = await asSovereign(() => ({
      ...{ type: 'signature', request: 'other' },
      signature: 'A'.repeat(86),
    }));
    expect(error?.code).toBe('AMP-1104');
  });
});

describe('a bad message gets an error with its code, and the connection survives', () => {
  // The names of the cases do not depend on the agents' DIDs; the texts are made again below with the real ones.
  const stranger = 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
  const cases = badMessages({ own: stranger, other: stranger, mesh: 'x' });
  caseCount += cases.length;
  let agents: AgentSocket[];
  beforeAll(async () => {
    // An agent is cut off after 50 bad messages in 10 s, so they take turns.
    const count = Math.ceil(cases.length / 40);
    agents = await Promise.all(Array.from({ length: count }, (_, at) => joinAgent(node, `bad-${at}`)));
  });

  it.each(cases.map(({ what, code }, at) => [what, code, at] as const))('%s: %s', async (_what, code, at) => {
    const agent = agents[at % agents.length]!;
    const facts = { own: agent.did, other: agents[(at + 1) % agents.length]!.did };
    const { text } = badMessages({ ...facts, mesh: String(agent.welcome.mesh) })[at]!;
    const answered = agent.next((message) => message.type === 'error');
    agent.say(text);
    const error = await answered;
    expect(error.code).toBe(code);
    expect(String(error.message).length).toBeGreaterThan(20);
    const alive = agent.next((message) => message.type === 'pong');
    agent.say({ type: 'ping', nonce: 'alive' });
    await alive;
  });

  it('has no two cases with the same text', () => {
    expect(new Set(cases.map(({ text }) => text)).size).toBe(cases.length);
  });
});

describe('a broken frame gets a close code', () => {
  const ping = Buffer.from('{"type":"ping"}');
  const cases: readonly (readonly [string, number, () => Buffer])[] = [
    ['an unmasked frame', 1002, () => frame(0x81, ping, { mask: false })],
    ['a compressed frame', 1002, () => frame(0xc1, ping)],
    ['the second reserved bit', 1002, () => frame(0xa1, ping)],
    ['the third reserved bit', 1002, () => frame(0x91, ping)],
    ['an unknown opcode 3', 1002, () => frame(0x83, ping)],
    ['an unknown opcode 11', 1002, () => frame(0x8b, ping)],
    ['a ping of 126 bytes', 1002, () => frame(0x89, Buffer.alloc(126))],
    ['a ping in pieces', 1002, () => frame(0x09, Buffer.alloc(1))],
    ['a continuation of nothing', 1002, () => frame(0x80, ping)],
    ['a new message inside another', 1002, () => Buffer.concat([frame(0x01, ping), frame(0x81, ping)])],
    ['a close of one byte', 1002, () => frame(0x88, Buffer.alloc(1))],
    ['a close with the code 1005', 1002, () => frame(0x88, Buffer.from([0x03, 0xed]))],
    ['a close with the code 99', 1002, () => frame(0x88, Buffer.from([0, 99]))],
    ['a close reason that is no UTF-8', 1007, () => frame(0x88, Buffer.from([0x03, 0xe8, 0xff, 0xfe]))],
    ['text that is no UTF-8', 1007, () => frame(0x81, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))],
    ['UTF-8 of a surrogate', 1007, () => frame(0x81, Buffer.from([0xed, 0xa0, 0x80]))],
    ['overlong UTF-8', 1007, () => frame(0x81, Buffer.from([0xc0, 0xaf]))],
    ['a message of 256 KiB + 1', 1009, () => frame(0x81, Buffer.alloc(262_145, 0x20))],
    ['a frame that claims 1 GiB', 1009, () => frame(0x81, Buffer.alloc(8), { length: 2 ** 30 })],
    ['a frame that claims 2^53 bytes', 1009, () => frame(0x81, Buffer.alloc(8), { length: 2 ** 53 })],
    [
      'a message of 300 KiB in pieces',
      1009,
      () => Buffer.concat([frame(0x01, Buffer.alloc(200_000, 32)), frame(0x80, Buffer.alloc(100_000, 32))]),
    ],
    [
      '65 fragments',
      1008,
      () =>
        Buffer.concat([frame(0x01, ping), ...Array.from({ length: 64 }, () => frame(0x00, Buffer.of(32)))]),
    ],
    [
      '10,000 empty fragments',
      1008,
      () => Buffer.concat([frame(0x01, ping), ...Array(10_000).fill(frame(0, Buffer.of(32)))]),
    ],
  ];
  caseCount += cases.length;
  it.each(cases)('%s: %i', async (_what, code, bytes) => {
    const agent = await joinAgent(node, `frame-${Math.random()}`);
    rawSocketOf(agent.socket).write(bytes());
    expect(await agent.closed).toBe(code);
  });
});

describe('abuse is bounded', () => {
  caseCount += 8;
  it('more than 50 bad messages in 10 s: AMP-1203 and close code 1008', async () => {
    const agent = await joinAgent(node, 'chatter');
    for (let at = 0; at < 60; at += 1) agent.say(`nonsense ${at}`);
    expect(await agent.closed).toBe(1008);
    expect(agent.received.at(-1)).toMatchObject({ type: 'error', code: 'AMP-1203' });
  });

  it('more than 50 binary messages in 10 s: close code 1008', async () => {
    const agent = await joinAgent(node, 'binary');
    for (let at = 0; at < 60; at += 1) agent.socket.send(Buffer.of(at), { binary: true });
    expect(await agent.closed).toBe(1008);
    expect(agent.received.find((one) => one.code === 'AMP-1208')).toBeDefined();
  });

  it('a flood is read more slowly, told so once, and loses nothing', async () => {
    const agent = await joinAgent(node, 'flood');
    const told = agent.next((message) => message.code === 'AMP-1203');
    const last = agent.next((message) => message.type === 'pong' && message.nonce === 'last');
    for (let at = 0; at < 6_000; at += 1) agent.say({ type: 'ping', nonce: String(at) });
    agent.say({ type: 'ping', nonce: 'last' });
    expect((await told).facts).toMatchObject({ retryAfterMs: expect.any(Number) });
    await last;
    expect(agent.received.filter((one) => one.type === 'pong')).toHaveLength(6_001);
    expect(agent.received.filter((one) => one.code === 'AMP-1203')).toHaveLength(1);
  }, 20_000);

  it('the same id again is taken once, with other words it is refused', async () => {
    const agent = await joinAgent(node, 'replay');
    const other = await joinAgent(node, 'replayed');
    const id = '01970000-0000-7000-8000-0000000000aa';
    const at = Date.now();
    const first = agent.next((message) => message.type === 'receipt');
    agent.say({ type: 'proposal', id, at, to: other.did, content: 'once' });
    await first;
    const conflict = agent.next((message) => message.type === 'error');
    agent.say({ type: 'proposal', id, at, to: other.did, content: 'once' });
    agent.say({ type: 'proposal', id, at, to: other.did, content: 'twice' });
    expect((await conflict).code).toBe('AMP-1013');
    const alive = other.next((message) => message.type === 'pong');
    other.say({ type: 'ping' });
    await alive;
    expect(other.received.filter((message) => message.id === id)).toHaveLength(1);
  });

  it('a reader that does not read is given no more than it may have open, and all of it when it returns', async () => {
    const slow = await joinAgent(node, 'slow');
    const sender = await joinAgent(node, 'quick');
    slow.socket.pause();
    const content = 'x'.repeat(60_000);
    const stored = (count: number) => {
      let seen = 0;
      return sender.next((message) => {
        if (message.type === 'receipt' && message.level === 'stored')
          seen += (message.ids as string[]).length;
        return seen >= count;
      });
    };
    const kept = stored(200);
    for (let at = 0; at < 200; at += 1) sender.say({ type: 'proposal', to: slow.did, content });
    await kept;
    expect(sender.received.some((message) => message.level === 'dead')).toBe(false);
    const resume = String(slow.welcome.resume);
    slow.close();
    const back = await joinAgent(node, 'slow', { resume });
    let count = 0;
    await back.next((message) => message.type === 'proposal' && ++count === 200);
  }, 20_000);

  it('64 sockets that never join take no place from one that does', async () => {
    const open = await Promise.all(Array.from({ length: 60 }, () => openSocket(node)));
    const agent = await joinAgent(node, 'late');
    expect(agent.did).toMatch(/^did:key:/);
    for (const socket of open) socket.terminate();
  });

  it('handshakes that trickle in byte by byte hold up nobody', async () => {
    const until = () => false;
    const trickles = Array.from({ length: 50 }, () =>
      talkRaw(node, 'GET /amp/mesh HTTP/1.1\r\nhost: 127', { until }),
    );
    await canary.round();
    const agent = await joinAgent(node, 'beside-the-slow');
    expect(agent.welcome.type).toBe('welcome');
    // Headers have 10 s; then every one of these is turned away.
    const answers = await Promise.all(trickles);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([408]));
  }, 25_000);

  it('200 connections that vanish in the middle of a message leave nothing behind', async () => {
    const before = await connectionCount();
    for (let at = 0; at < 200; at += 1) {
      const socket = await openSocket(node);
      rawSocketOf(socket).write(frame(0x01, Buffer.from('{"type":"jo')));
      rawSocketOf(socket).destroy();
    }
    await canary.round();
    expect(await connectionCount()).toBeLessThanOrEqual(before + 1);
  });
});

describe('after all that', () => {
  it('at least 200 distinct bad inputs were tried', () => {
    expect(caseCount).toBeGreaterThanOrEqual(200);
  });

  it('the node lives, and the other agents heard each other throughout', async () => {
    expect(node.isAlive).toBe(true);
    const before = canary.roundCount;
    await canary.round();
    expect(canary.roundCount).toBeGreaterThan(before);
    expect(canary.slowestMs).toBeLessThan(5_000);
  });

  it('memory is flat: a thousand more bad messages leave less than 24 MiB', async () => {
    const round = async (name: string) => {
      for (let batch = 0; batch < 25; batch += 1) {
        const agent = await joinAgent(node, `${name}-${batch}`);
        let errors = 0;
        const all = agent.next((message) => message.type === 'error' && ++errors === 40);
        for (let at = 0; at < 40; at += 1)
          agent.say(`{"type":"proposal","content":"${'x'.repeat(100_000 + at)}"}`);
        await all;
        agent.close();
      }
    };
    await round('warm');
    const before = node.residentBytes();
    await round('grow');
    expect((node.residentBytes() - before) / 2 ** 20).toBeLessThan(24);
  }, 20_000);
});

/** What the server says last, and its close code. */
async function lastWords(
  socket: WebSocket,
  act: () => void,
): Promise<{ readonly error: Message | undefined; readonly closeCode: number }> {
  let error: Message | undefined;
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.type === 'error') error = message;
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  act();
  const closeCode = await closed;
  return { error, closeCode };
}

/** The TCP socket under a WebSocket, to write what no WebSocket library would. */
function rawSocketOf(socket: WebSocket): { write(bytes: Buffer): void; destroy(): void } {
  return (socket as unknown as { _socket: { write(bytes: Buffer): void; destroy(): void } })._socket;
}

async function connectionCount(): Promise<number> {
  const response = await fetch(`${node.httpUrl}/metrics`, {
    headers: { authorization: `Bearer ${node.token}` },
  });
  const line = /^ampmesh_agent_connections(?:\{[^}]*\})? (\d+)/m.exec(await response.text());
  if (line === null) throw new Error('no metric of connections');
  return Number(line[1]);
}
