import { describe, expect, it } from 'vitest';
import {
  createEd25519Keys,
  createLibp2pDirectory,
  createLibp2pTransport,
  createSecureRng,
  createSystemClock,
} from '../../node/adapters/index.ts';
import type { DirectoryEvent } from '../../protocol/ports.ts';
import {
  createSimDirectoryWorld,
  createSimDisk,
  createSimKeyRegistry,
  createSimKeys,
  createSimNetwork,
  createSimRng,
  createSimScheduler,
} from '../../sim/shell/index.ts';
import {
  type DirectoryWorld,
  describeDirectoryContract,
  validateContractRecord,
} from './directory-contract.ts';
import { untilReal, untilVirtual } from './world.ts';

let nextMesh = 0;

async function createLibp2pWorld(count: number): Promise<DirectoryWorld> {
  const meshId = `directory${nextMesh++}`;
  const [clock, rng, store] = [createSystemClock(), createSecureRng(), createSimDisk().open()];
  const keys = createEd25519Keys({ store, rng });
  const transports: Awaited<ReturnType<typeof createLibp2pTransport>>[] = [];
  const directories: ReturnType<typeof createLibp2pDirectory>[] = [];
  for (let i = 0; i < count; i++) {
    const transport = await createLibp2pTransport(
      { store: createSimDisk().open(), clock, rng },
      {
        seed: keys.exportSeed(keys.create()),
        meshId,
        topics: [],
        listen: [`/memory/${meshId}-${i}`],
        bootstrap: transports.flatMap((known) => known.addresses()),
      },
    );
    const components = { transport, clock, validateRecord: validateContractRecord };
    directories.push(createLibp2pDirectory(components, { meshId }));
    transport.start(() => undefined);
    await transport.listening();
    transports.push(transport);
  }
  await untilReal('every table of routes is full', () =>
    transports.every(({ libp2p }) => routesOf(libp2p.services.dht) >= count - 1),
  );
  return {
    nodes: transports.map((transport, index) => ({ node: transport.self, directory: directories[index]! })),
    nowMs: () => clock.nowMs(),
    until: untilReal,
    async close() {
      for (const directory of directories) directory.stop();
      await Promise.all(transports.map((transport) => transport.stop()));
      clock.stop();
    },
  };
}

function routesOf(dht: unknown): number {
  return (dht as { routingTable: { size: number } }).routingTable.size;
}

function createSimWorld(count: number) {
  const scheduler = createSimScheduler();
  const rng = createSimRng(2);
  const keys = createSimKeys({ registry: createSimKeyRegistry(), rng, store: createSimDisk().open() });
  const network = createSimNetwork({ scheduler, rng: rng.split('network') });
  const world = createSimDirectoryWorld({
    scheduler,
    rng: rng.split('directory'),
    isReachable: network.isReachable,
    validateRecord: validateContractRecord,
  });
  const nodes = Array.from({ length: count }, () => {
    const node = keys.create();
    network.attach(node).start(() => undefined);
    return { node, directory: world.attach(node) };
  });
  return { scheduler, network, world, nodes };
}

describeDirectoryContract('libp2p', createLibp2pWorld);
describeDirectoryContract('sim', async (count) => {
  const { scheduler, nodes } = createSimWorld(count);
  const until = untilVirtual(scheduler);
  return { nodes, nowMs: scheduler.nowMs, until, close: async () => undefined };
});

describe('SimDirectory', () => {
  const key = new Uint8Array(32).fill(3);
  const recordText = `anna 1 ${Number.MAX_SAFE_INTEGER} ${Buffer.from(key).toString('hex')} rain`;
  const record = new TextEncoder().encode(recordText);

  it('finds the nodes that a plain sort by distance finds', () => {
    const { scheduler, nodes, world } = createSimWorld(200);
    const events: DirectoryEvent[] = [];
    for (const { directory } of nodes) directory.start((event) => events.push(event));
    const rng = createSimRng(4);
    for (let i = 0; i < 50; i++) {
      const target = rng.bytes(32);
      nodes[0]!.directory.closest(`${i}`, target, 7);
      scheduler.runFor(10_000);
      const event = events.at(-1)!;
      expect(event.type === 'closest-found' && event.nodes).toEqual(world.sortByDistance(target).slice(0, 7));
    }
  });

  it('counts only holders that are reachable and answer, and outvotes no liar by hiding others', () => {
    const { scheduler, nodes, world, network } = createSimWorld(4);
    const events: DirectoryEvent[] = [];
    for (const { directory } of nodes) directory.start((event) => events.push(event));
    nodes[0]!.directory.putRecord('put', key, record);
    scheduler.runFor(10_000);
    world.setLie(nodes[1]!.node, 'withhold');
    world.setLie(nodes[2]!.node, 'silent');
    network.partition([nodes.slice(0, 3).map(({ node }) => node), [nodes[3]!.node]]);
    nodes[0]!.directory.getRecords('get', key);
    scheduler.runFor(10_000);
    expect(events.at(-1)).toMatchObject({ type: 'records-found', answeredCount: 2, records: [record] });
    world.setLie(nodes[0]!.node, 'withhold');
    nodes[0]!.directory.getRecords('again', key);
    scheduler.runFor(10_000);
    expect(events.at(-1)).toMatchObject({ type: 'records-found', answeredCount: 2, records: [] });
  });
});
