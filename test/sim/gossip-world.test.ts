import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import type { TransportEvent } from '../../protocol/ports.ts';
import { SimKernel } from '../../sim/clock/kernel.ts';
import { RandomStream } from '../../sim/clock/random.ts';
import {
  type GossipTransport,
  GossipWorld,
  type GossipWorldInit,
} from '../../sim/gossip/gossip-transport.ts';
import { createLinkModel } from '../../sim/network/link-model.ts';
import {
  type ContractTransport,
  describeTransportContract,
  type TransportWorld,
} from '../contracts/transport-contract.ts';
import { untilVirtual } from '../contracts/world.ts';

const nodeName = (index: number) => `did:key:z6MkNode${String(index).padStart(5, '0')}` as NodeId;

function createWorld(seed: number, init: Partial<GossipWorldInit> = {}) {
  const kernel = new SimKernel();
  const random = RandomStream.fromSeed(seed);
  const nodesMax = init.nodesMax ?? 16;
  const link = createLinkModel(
    { latency: { kind: 'uniform', minMs: 1, maxMs: 20 } },
    random.split('links'),
    nodesMax,
  );
  const world = new GossipWorld({ kernel, random: random.split('world'), link }, { nodesMax, ...init });
  return { kernel, world };
}

async function createContractWorld(): Promise<TransportWorld> {
  const { kernel, world } = createWorld(1);
  const made: ContractTransport[] = [];
  return {
    until: untilVirtual(kernel),
    stranger: nodeName(99_999),
    async make() {
      const transport = world.attach(nodeName(made.length));
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

describeTransportContract('modelled gossip', createContractWorld);

interface Node {
  readonly transport: GossipTransport;
  readonly heard: string[];
  readonly events: TransportEvent[];
}

function startNodes(count: number, seed: number, init: Partial<GossipWorldInit> = {}) {
  const { kernel, world } = createWorld(seed, { nodesMax: count, ...init });
  const nodes = Array.from({ length: count }, (_, index): Node => {
    const transport = world.attach(nodeName(index));
    const node: Node = { transport, heard: [], events: [] };
    transport.start((event) => {
      node.events.push(event);
      if (event.type !== 'published') return;
      node.heard.push(Buffer.from(event.bytes).toString());
      kernel.schedule(kernel.nowMs() + 5, () => event.verdict('accept'));
    });
    transport.subscribe('/t');
    return node;
  });
  return { kernel, world, nodes };
}

describe('a world of modelled gossip', () => {
  it('brings a publication to five hundred nodes once, through verdicts that come later', () => {
    const { kernel, nodes } = startNodes(500, 3);
    kernel.runFor(5000);
    nodes[7]!.transport.publish('/t', Buffer.from('hello'));
    kernel.runFor(5000);
    nodes.forEach((node, index) => {
      expect(node.heard).toEqual(index === 7 ? [] : ['hello']);
    });
  });

  it('breaks connections across a partition, and dials again after the heal', () => {
    const { kernel, world, nodes } = startNodes(40, 4);
    kernel.runFor(5000);
    const names = nodes.map((node) => node.transport.self);
    world.partition([names.slice(0, 20), names.slice(20)]);
    kernel.runFor(1000);
    for (const peer of nodes[0]!.transport.peers()) expect(names.slice(0, 20)).toContain(peer);
    expect(world.isReachable(names[0]!, names[30]!)).toBe(false);
    nodes[0]!.transport.publish('/t', Buffer.from('left only'));
    nodes[0]!.transport.send(names[30]!, Buffer.from('no way'));
    kernel.runFor(5000);
    expect(nodes[30]!.heard).toEqual([]);
    expect(nodes[19]!.heard).toEqual(['left only']);
    expect(nodes[0]!.events.filter((event) => event.type === 'send-failed')).toHaveLength(1);
    world.heal();
    kernel.runFor(10_000);
    nodes[0]!.transport.publish('/t', Buffer.from('everyone'));
    kernel.runFor(5000);
    expect(nodes.filter((node) => node.heard.includes('everyone'))).toHaveLength(39);
  });

  it('lets a node restart: the others see it go and come, and hear it again', () => {
    const { kernel, world, nodes } = startNodes(10, 5);
    kernel.runFor(3000);
    nodes[3]!.transport.stop();
    kernel.runFor(3000);
    const again = world.attach(nodeName(3));
    again.start(() => undefined);
    kernel.runFor(3000);
    again.publish('/t', Buffer.from('back'));
    kernel.runFor(3000);
    expect(nodes[5]!.heard).toEqual(['back']);
    const seen = nodes[5]!.events.filter((event) => 'node' in event && event.node === nodeName(3));
    expect(seen.map((event) => event.type)).toEqual(['peer-up', 'peer-down', 'peer-up']);
  });

  it('lets a node equivocate: different bytes for different receivers', () => {
    const { kernel, nodes } = startNodes(10, 6, {
      tamper: (from, to, bytes) =>
        from === nodeName(0) && to > nodeName(5) ? Buffer.from('the other story') : bytes,
    });
    kernel.runFor(3000);
    nodes[0]!.transport.publish('/t', Buffer.from('one story'));
    kernel.runFor(3000);
    expect(nodes[5]!.heard).toEqual(['one story']);
    expect(nodes[6]!.heard).toEqual(['the other story']);
  });

  it('has the same digest for the same seed, and another one for another', () => {
    const digestOf = (seed: number) => {
      const { kernel, nodes } = startNodes(60, seed);
      kernel.runFor(2000);
      nodes[1]!.transport.publish('/t', Buffer.from('x'));
      kernel.runFor(3000);
      return kernel.digest.toString();
    };
    expect(digestOf(1)).toBe(digestOf(1));
    expect(digestOf(1)).not.toBe(digestOf(2));
  });
});
