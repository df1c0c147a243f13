import { describe, expect, it } from 'vitest';
import {
  createEd25519Keys,
  createLibp2pTransport,
  createSecureRng,
  createSystemClock,
  type Libp2pTransportInit,
} from '../../node/adapters/index.ts';
import {
  createSimDisk,
  createSimKeyRegistry,
  createSimKeys,
  createSimNetwork,
  createSimRng,
  createSimScheduler,
} from '../../sim/shell/index.ts';
import {
  type ContractTransport,
  contractTopics,
  describeTransportContract,
  type TransportWorld,
} from './transport-contract.ts';
import { countResources, untilReal, untilVirtual } from './world.ts';

let nextMesh = 0;

/** Each node dials the first one; gossip, routing and the dialer do the rest. */
async function createLibp2pWorld(
  addressOf: (index: number) => string,
  settings: Partial<Libp2pTransportInit> = {},
): Promise<TransportWorld> {
  const meshId = `contract${nextMesh++}`;
  const rng = createSecureRng();
  const [disk, clock] = [createSimDisk(), createSystemClock()];
  const keys = createEd25519Keys({ store: disk.open(), rng });
  const made: Awaited<ReturnType<typeof createLibp2pTransport>>[] = [];

  return {
    until: untilReal,
    stranger: keys.create(),
    async make() {
      const init = {
        seed: keys.exportSeed(keys.create()),
        meshId,
        topics: contractTopics,
        listen: [addressOf(made.length)],
        publishWaitMs: 300,
        bootstrap: made.flatMap((transport) => transport.addresses()),
        ...settings,
      };
      const transport = await createLibp2pTransport({ store: createSimDisk().open(), clock, rng }, init);
      made.push(transport);
      return transport;
    },
    joined: (transports, topic) =>
      untilReal('all have joined', () =>
        (transports as typeof made).every(
          ({ libp2p }) => libp2p.services.pubsub.getSubscribers(topic).length === transports.length - 1,
        ),
      ),
    ready: (transport) => (transport as (typeof made)[number]).listening(),
    async close() {
      await Promise.all(made.map((transport) => transport.stop()));
      clock.stop();
    },
  };
}

const memoryAddress = () => {
  const mesh = nextMesh;
  return (index: number) => `/memory/contract-${mesh}-${index}`;
};

async function createSimWorld(): Promise<TransportWorld> {
  const scheduler = createSimScheduler();
  const rng = createSimRng(1);
  const network = createSimNetwork({ scheduler, rng: rng.split('network') });
  const keys = createSimKeys({ registry: createSimKeyRegistry(), rng, store: createSimDisk().open() });
  const made: ContractTransport[] = [];
  return {
    until: untilVirtual(scheduler),
    stranger: keys.create(),
    async make() {
      const transport = network.attach(keys.create());
      made.push(transport);
      return transport;
    },
    ready: async () => undefined,
    joined: async () => undefined,
    async close() {
      for (const transport of made) await transport.stop();
    },
  };
}

describeTransportContract('sim', createSimWorld);
describeTransportContract('libp2p in memory', () => createLibp2pWorld(memoryAddress()));
describeTransportContract('libp2p over TCP', () => createLibp2pWorld(() => '/ip4/127.0.0.1/tcp/0'));
describeTransportContract('libp2p over WebSocket with a swarm key', () =>
  createLibp2pWorld(() => '/ip4/127.0.0.1/tcp/0/ws', {
    isClosed: true,
    swarmKey: new Uint8Array(32).fill(7),
  }),
);

describe('a stopped libp2p transport', () => {
  it('leaves no timer, socket or listener', async () => {
    const before = countResources();
    const world = await createLibp2pWorld(() => '/ip4/127.0.0.1/tcp/0');
    for (let i = 0; i < 2; i++) {
      const transport = await world.make();
      transport.start(() => undefined);
      await world.ready(transport);
      transport.send(world.stranger, new Uint8Array(1));
      transport.publish(contractTopics[0], new Uint8Array(1));
    }
    await untilReal('it is busy', () => countResources() > before + 4);
    await world.close();
    // libp2p's debounced address update (1 s, once) is the last to go.
    await untilReal('all is closed', () => countResources() <= before);
    expect(countResources()).toBeLessThanOrEqual(before);
  });
});
