import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { noise } from '@chainsafe/libp2p-noise';
import { identify } from '@libp2p/identify';
import { memory } from '@libp2p/memory';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { GossipVerdict, Store, TransportEvent } from '../../protocol/ports.ts';
import { createSimDisk } from '../../sim/shell/index.ts';
import { untilReal as until } from '../../test/contracts/world.ts';
import {
  createLibp2pTransport,
  createSecureRng,
  createSystemClock,
  type Libp2pTransport,
  type Libp2pTransportInit,
} from './index.ts';

const topic = '/amp/1/test/commons';
const rng = createSecureRng();
let cleanups: (() => unknown)[] = [];
let nextAddress = 0;

afterEach(async () => {
  const all = cleanups;
  cleanups = [];
  await Promise.all(all.map((clean) => clean()));
});

interface Running {
  readonly transport: Libp2pTransport;
  readonly events: TransportEvent[];
  /** What it answers to publications. */
  verdict: GossipVerdict;
}

async function run(init: Partial<Libp2pTransportInit> = {}, store?: Store): Promise<Running> {
  const clock = createSystemClock();
  const transport = await createLibp2pTransport(
    { store: store ?? createSimDisk().open(), clock, rng },
    {
      seed: rng.bytes(32),
      meshId: 'test',
      topics: [topic],
      listen: [`/memory/transport-${nextAddress++}`],
      publishWaitMs: 5_000,
      ...init,
    },
  );
  cleanups.push(async () => {
    await transport.stop();
    clock.stop();
  });
  const running: Running = { transport, events: [], verdict: 'accept' };
  transport.start((event) => {
    running.events.push(event);
    if (event.type === 'published') event.verdict(running.verdict);
  });
  await transport.listening();
  return running;
}

const addressOf = ({ transport }: Running) => transport.addresses()[0]!;
const count = (running: Running, type: TransportEvent['type']) =>
  running.events.filter((event) => event.type === type).length;

/** Whether a datagram to the group of multicast DNS comes back. */
async function hasMulticast(): Promise<boolean> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, 1_000, false);
  socket.on('error', () => resolve(false));
  socket.on('message', () => resolve(true));
  socket.bind(0, () => {
    try {
      socket.addMembership('224.0.0.251');
      socket.send('probe', socket.address().port, '224.0.0.251');
    } catch {
      resolve(false);
    }
  });
  const isThere = await promise;
  clearTimeout(timer);
  socket.close();
  return isThere;
}

async function meet(a: Running, b: Running): Promise<void> {
  await b.transport.dial(addressOf(a));
  await until('they see each other', () => count(a, 'peer-up') > 0 && count(b, 'peer-up') > 0);
}

describe('who gets in', () => {
  it('refuses to start without a key when the mesh is closed', async () => {
    const components = { store: createSimDisk().open(), clock: createSystemClock(), rng };
    const init = { seed: rng.bytes(32), meshId: 'test', topics: [topic], isClosed: true };
    await expect(createLibp2pTransport(components, init)).rejects.toThrow(/AMP-1312/);
    await expect(
      createLibp2pTransport(components, { ...init, swarmKey: new Uint8Array(31) }),
    ).rejects.toThrow(/AMP-1312/);
  });

  it('lets nobody in who has another swarm key or none', async () => {
    const closed = { isClosed: true, listen: ['/ip4/127.0.0.1/tcp/0'], dialTimeoutMs: 1_500 };
    const a = await run({ ...closed, swarmKey: new Uint8Array(32).fill(1) });
    const friend = await run({ ...closed, swarmKey: new Uint8Array(32).fill(1) });
    const other = await run({ ...closed, swarmKey: new Uint8Array(32).fill(2) });
    const open = await run({ listen: ['/ip4/127.0.0.1/tcp/0'], dialTimeoutMs: 1_500 });
    await meet(a, friend);
    await expect(other.transport.dial(addressOf(a))).rejects.toThrow(/AMP-1314/);
    await expect(open.transport.dial(addressOf(a))).rejects.toThrow(/AMP-1314/);
    expect(a.transport.peers()).toEqual([friend.transport.self]);
  });

  it('connects to nobody who is not on the allow-list, whoever dials', async () => {
    const friend = await run();
    const stranger = await run();
    const a = await run({ mayConnect: (node: NodeId) => node === friend.transport.self });
    await meet(a, friend);
    await expect(a.transport.dial(addressOf(stranger))).rejects.toThrow(/AMP-1314/);
    await stranger.transport.dial(addressOf(a)).catch(() => undefined);
    await until('it is dropped', () => stranger.transport.connectionList().length === 0);
    expect(a.events.filter((event) => event.type === 'peer-up')).toEqual([
      { type: 'peer-up', node: friend.transport.self },
    ]);
  });

  it('does not take a node of another mesh for a peer', async () => {
    const a = await run();
    const foreign = await run({ meshId: 'other' });
    const friend = await run();
    await foreign.transport.dial(addressOf(a));
    await meet(a, friend);
    foreign.transport.send(a.transport.self, utf8('hello?'));
    await until('it cannot be sent', () => count(foreign, 'send-failed') === 1);
    expect(a.transport.peers()).toEqual([friend.transport.self]);
    expect(foreign.transport.peers()).toEqual([]);
  });

  it('says why it could not listen', async () => {
    const clock = createSystemClock();
    const transport = await createLibp2pTransport(
      { store: createSimDisk().open(), clock, rng },
      { seed: rng.bytes(32), meshId: 'test', topics: [topic], listen: ['/ip4/203.0.113.7/tcp/1'] },
    );
    transport.start(() => undefined);
    await expect(transport.listening()).rejects.toThrow(/AMP-1311/);
    await transport.stop();
    clock.stop();
  });
});

describe('who is found', () => {
  it('dials a configured address again until it answers', async () => {
    const seed = rng.bytes(32);
    const first = await run({ seed, listen: ['/ip4/127.0.0.1/tcp/0'] });
    const address = addressOf(first);
    await first.transport.stop();
    const b = await run({ bootstrap: [address] });
    const port = /tcp\/(\d+)/.exec(address)![1];
    const again = await run({ seed, listen: [`/ip4/127.0.0.1/tcp/${port}`] });
    await until('it was found', () => b.transport.peers().includes(again.transport.self));
  });

  it('finds its peers again after a restart with nothing configured', async () => {
    const [seed, disk] = [rng.bytes(32), createSimDisk()];
    const a = await run({ listen: ['/ip4/127.0.0.1/tcp/0'] });
    const store = disk.open();
    const b = await run({ seed }, store);
    await meet(a, b);
    await until('it is remembered', () => store.scan('known-peers', '', '', 9).length === 1);
    await b.transport.stop();
    store.close();
    const restarted = await run({ seed }, disk.open());
    await until('it was found', () => restarted.transport.peers().includes(a.transport.self));
    expect(restarted.transport.self).toBe(b.transport.self);
  });

  it('finds the nodes of its own mesh on the local network, and no others', async ({ skip }) => {
    if (!(await hasMulticast())) {
      console.log('SKIPPED mDNS: this machine has no multicast');
      skip();
    }
    const [meshId, listen] = [randomBytes(32).toString('hex'), ['/ip4/127.0.0.1/tcp/0']];
    const foreign = await run({ meshId: randomBytes(32).toString('hex'), listen, isMdnsOn: true });
    const [a, b] = [
      await run({ meshId, listen, isMdnsOn: true }),
      await run({ meshId, listen, isMdnsOn: true }),
    ];
    await until('they see each other', () => count(a, 'peer-up') === 1 && count(b, 'peer-up') === 1);
    expect(foreign.transport.connectionList()).toEqual([]);
  });

  it('reaches a node through a relay', async () => {
    const relay = await run({ isRelay: true, listen: ['/ip4/127.0.0.1/tcp/0'] });
    const hidden = await run({ listen: [`${addressOf(relay)}/p2p-circuit`] });
    await until('it has an address', () => hidden.transport.addresses().length > 0);
    const caller = await run({ listen: [] });
    await caller.transport.dial(addressOf(hidden));
    await until('they see each other', () => caller.transport.peers().includes(hidden.transport.self));
    caller.transport.send(hidden.transport.self, utf8('through the relay'));
    await until('it came', () => count(hidden, 'direct') === 1);
    expect(caller.transport.connectionList().some((connection) => connection.isRelayed)).toBe(true);
  });
});

describe('gossip', () => {
  it('keeps a publication until the first listener is there', async () => {
    const a = await run();
    a.transport.publish(topic, utf8('early'));
    const b = await run();
    b.transport.subscribe(topic);
    await meet(a, b);
    await until('it came', () => count(b, 'published') === 1);
    expect(count(a, 'publish-failed')).toBe(0);
    expect(b.transport.counts()).toMatchObject({ arrived: 1, admitted: 1, overArrivalRate: 0 });
  });

  it('refuses a topic outside the closed set', async () => {
    const a = await run();
    expect(() => a.transport.subscribe('/amp/1/test/else')).toThrow(/AMP-1313/);
    expect(() => a.transport.publish('/amp/1/test/else', utf8('x'))).toThrow(/AMP-1313/);
  });

  it('silences a neighbour after four rejected messages, and nobody for ignored ones', async () => {
    const a = await run();
    const b = await run();
    b.transport.subscribe(topic);
    a.transport.subscribe(topic);
    await meet(a, b);
    b.verdict = 'ignore';
    for (let i = 0; i < 20; i++) a.transport.publish(topic, utf8(`stale ${i}`));
    await until('all came', () => count(b, 'published') === 20);
    expect(b.transport.scores().get(a.transport.self)!).toBeGreaterThanOrEqual(0);
    b.verdict = 'reject';
    for (let i = 0; i < 4; i++) a.transport.publish(topic, utf8(`bad ${i}`));
    await until('it is graylisted', () => b.transport.scores().get(a.transport.self)! < -80);
  });

  it('counts local evidence, within bounds', async () => {
    const a = await run();
    const b = await run({ scoreOf: () => -1e9 });
    await meet(a, b);
    await until('it counts', () => b.transport.scores().get(a.transport.self) === -100);
  });

  it('offers its series to Prometheus with topics as the only labels of that kind', async () => {
    const metrics = new Registry();
    const a = await run({ metrics });
    const b = await run();
    a.transport.subscribe(topic);
    b.transport.subscribe(topic);
    await meet(a, b);
    b.transport.publish(topic, utf8('counted'));
    await until('it came', () => count(a, 'published') === 1);
    const text = await metrics.metrics();
    expect(text).toMatch(/^gossipsub_rpc_recv_message_total [1-9]/m);
    expect(text).toMatch(/^gossipsub_\w+\{topic="commons"\}/m);
    expect(text).toContain('libp2p_');
  });
});

describe('direct messages', () => {
  it('fails what is over the queue of a peer that cannot be reached yet, with the reason', async () => {
    const a = await run({ dialTimeoutMs: 300 });
    const b = await run();
    // An address that takes the connection and never answers.
    await a.transport.libp2p.peerStore.merge(b.transport.libp2p.peerId, {
      multiaddrs: [multiaddr(`/ip4/10.255.255.1/tcp/1/p2p/${b.transport.libp2p.peerId}`)],
    });
    const message = new Uint8Array(1024 * 1024);
    for (let i = 0; i < 10; i++) a.transport.send(b.transport.self, message);
    await until('all failed', () => count(a, 'send-failed') === 10);
    const reasons = a.events.map((event) => (event.type === 'send-failed' ? event.reason : ''));
    expect(reasons.filter((reason) => reason === 'queue-full').length).toBe(2);
    expect(reasons.filter((reason) => reason === 'unreachable').length).toBe(8);
    a.transport.send(b.transport.self, message);
    await until('that failed at once', () => count(a, 'send-failed') === 11);
    expect(a.events.at(-1)).toMatchObject({ type: 'send-failed', reason: 'backing-off' });
  });

  it('closes a stream whose frame says that it is too long, and keeps the others', async () => {
    const a = await run();
    const friend = await run();
    await meet(a, friend);
    const rogue = await createLibp2p({
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    });
    cleanups.push(() => rogue.stop());
    const stream = await rogue.dialProtocol(multiaddr(addressOf(a)), '/amp/test/direct/1');
    stream.send(Uint8Array.of(0, 0, 0, 1, 42));
    await until('a good frame comes', () => count(a, 'direct') === 1);
    stream.send(Uint8Array.of(0, 0x10, 0, 1));
    await until('it is closed', () => stream.status !== 'open');
    expect(a.transport.counts().violations).toBe(1);
    friend.transport.send(a.transport.self, utf8('still here'));
    await until('the friend is heard', () => count(a, 'direct') === 2);
  });

  it('carries another protocol for its own handler', async () => {
    const [a, b] = [await run(), await run()];
    await meet(a, b);
    const heard: [NodeId, string][] = [];
    await b.transport.handleStream('/amp/test/blob/1', (stream, from) => {
      stream.addEventListener('message', ({ data }) => {
        heard.push([from, Buffer.from(data.subarray()).toString()]);
      });
    });
    const stream = await a.transport.openStream(b.transport.self, '/amp/test/blob/1');
    stream.send(utf8('chunk'));
    await until('it came', () => heard.length === 1);
    expect(heard).toEqual([[a.transport.self, 'chunk']]);
    await expect(a.transport.openStream(b.transport.self, '/amp/test/nothing/1')).rejects.toThrow(/AMP-1314/);
  });
});

describe('kad-dht', () => {
  it('keeps no values and no providers for anybody', async () => {
    const [a, b] = [await run(), await run()];
    await meet(a, b);
    const dht = a.transport.libp2p.services.dht as unknown as { routingTable: { size: number } };
    await until('routes are there', () => dht.routingTable.size === 1);
    const key = utf8('/amp/some-key');
    const events: string[] = [];
    try {
      const options = { signal: AbortSignal.timeout(2_000) };
      for await (const event of a.transport.libp2p.services.dht.put(key, utf8('value'), options))
        events.push(event.name);
    } catch {
      events.push('threw');
    }
    expect(events.includes('threw') || events.includes('QUERY_ERROR')).toBe(true);
  });
});
