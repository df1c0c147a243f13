/** What every `Transport` promises, whatever carries its bytes. */
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { Transport, TransportEvent } from '../../protocol/ports.ts';
import type { Until } from './world.ts';

export const contractTopics = ['/amp/1/contract/commons', '/amp/1/contract/presence'] as const;
const [commons, presence] = contractTopics;

export interface ContractTransport extends Transport {
  stop(): void | Promise<void>;
}

export interface TransportWorld {
  /** A transport that is not started. Nodes made after each other come to know each other. */
  make(): Promise<ContractTransport>;
  /** Wait until a started transport can be reached. */
  ready(transport: ContractTransport): Promise<void>;
  /** Wait until each of these knows that all the others listen to the topic: gossip before that is luck. */
  joined(transports: readonly ContractTransport[], topic: string): Promise<void>;
  readonly until: Until;
  /** A node that does not exist. */
  readonly stranger: NodeId;
  close(): Promise<void>;
}

interface Node {
  readonly transport: ContractTransport;
  readonly events: TransportEvent[];
}

export function describeTransportContract(name: string, create: () => Promise<TransportWorld>): void {
  async function withNodes(
    count: number,
    run: (nodes: readonly Node[], world: TransportWorld) => Promise<void>,
  ): Promise<void> {
    const world = await create();
    try {
      const nodes: Node[] = [];
      for (let i = 0; i < count; i++) nodes.push(await startNode(world));
      await world.until('all nodes see each other', () =>
        nodes.every((node) => node.transport.peers().length === count - 1),
      );
      await run(nodes, world);
    } finally {
      await world.close();
    }
  }

  describe(`Transport contract: ${name}`, () => {
    it('tells each node once that the other is up, and lists it', () =>
      withNodes(2, async ([a, b], { until }) => {
        await until('both heard', () => ups(a!).length === 1 && ups(b!).length === 1);
        expect(ups(a!)).toEqual([b!.transport.self]);
        expect(a!.transport.peers()).toEqual([b!.transport.self]);
        expect(b!.transport.peers()).toEqual([a!.transport.self]);
      }));

    it('delivers direct messages once each, under the name of their sender', () =>
      withNodes(2, async ([a, b], { until }) => {
        const texts = Array.from({ length: 300 }, (_, index) => `message ${index}`);
        for (const text of texts) a!.transport.send(b!.transport.self, utf8(text));
        await until('all came', () => directs(b!).length >= texts.length);
        await barrier(a!, b!, until);
        const received = directs(b!).filter((event) => !isMarker(event.bytes));
        expect(received.map((event) => textOf(event.bytes)).sort()).toEqual([...texts].sort());
        expect(new Set(received.map((event) => event.from))).toEqual(new Set([a!.transport.self]));
      }));

    it('delivers the longest and the empty message unchanged, and refuses one byte more', () =>
      withNodes(2, async ([a, b], { until }) => {
        const { bytesMax, self } = b!.transport;
        const longest = Uint8Array.from({ length: bytesMax }, (_, index) => index * 7);
        a!.transport.send(self, longest);
        a!.transport.send(self, new Uint8Array());
        expect(() => a!.transport.send(self, new Uint8Array(bytesMax + 1))).toThrow(/AMP-1310/);
        await until('both came', () => directs(b!).length === 2);
        const lengths = directs(b!).map((event) => event.bytes.length);
        expect(lengths.sort((x, y) => x - y)).toEqual([0, bytesMax]);
        const received = directs(b!).find((event) => event.bytes.length > 0)!.bytes;
        expect(Buffer.compare(received, longest)).toBe(0);
      }));

    it('publishes once to every subscriber, never to the publisher, with the origin', () =>
      withNodes(3, async (nodes, { until, joined }) => {
        const [a, b, c] = nodes;
        for (const node of nodes) node.transport.subscribe(commons);
        await joined(
          nodes.map((node) => node.transport),
          commons,
        );
        a!.transport.publish(commons, utf8('first'));
        await until('first came', () => published(b!).length > 0 && published(c!).length > 0);
        b!.transport.publish(commons, utf8('second'));
        await until('second came', () => published(a!).length > 0 && published(c!).length > 1);
        expect(published(a!).map((event) => textOf(event.bytes))).toEqual(['second']);
        expect(published(b!).map((event) => textOf(event.bytes))).toEqual(['first']);
        expect(published(c!).map((event) => textOf(event.bytes))).toEqual(['first', 'second']);
        expect(published(c!).map((event) => event.origin)).toEqual([a!.transport.self, b!.transport.self]);
        expect(published(c!).map((event) => event.topic)).toEqual([commons, commons]);
        for (const node of nodes) expect(of(node, 'publish-failed')).toEqual([]);
      }));

    it('delivers a publication of the longest size and refuses one byte more', () =>
      withNodes(2, async ([a, b], { until }) => {
        const { publishBytesMax } = a!.transport;
        b!.transport.subscribe(commons);
        a!.transport.publish(commons, new Uint8Array(publishBytesMax).fill(1));
        const tooLong = new Uint8Array(publishBytesMax + 1);
        expect(() => a!.transport.publish(commons, tooLong)).toThrow(/AMP-1310/);
        await until('it came', () => published(b!).length === 1);
        expect(published(b!)[0]!.bytes.length).toBe(publishBytesMax);
      }));

    it('brings nothing of a topic that was left or never joined', () =>
      withNodes(2, async ([a, b], { until }) => {
        b!.transport.subscribe(commons);
        a!.transport.publish(commons, utf8('while subscribed'));
        await until('it came', () => published(b!).length === 1);
        b!.transport.unsubscribe(commons);
        b!.transport.subscribe(presence);
        a!.transport.publish(presence, utf8('joined'));
        await until('the other came', () => published(b!).length === 2);
        a!.transport.publish(commons, utf8('after'));
        await until('it was given up', () => of(a!, 'publish-failed').length === 1);
        expect(published(b!).map((event) => textOf(event.bytes))).toEqual(['while subscribed', 'joined']);
      }));

    it('says when a publication reached nobody', () =>
      withNodes(1, async ([a], { until }) => {
        a!.transport.publish(commons, utf8('alone'));
        await until('it was given up', () => of(a!, 'publish-failed').length === 1);
        expect(of(a!, 'publish-failed')[0]!.topic).toBe(commons);
      }));

    it('says when a message could not be handed over, and never in the turn of the call', () =>
      withNodes(1, async ([a], { until, stranger }) => {
        a!.transport.send(stranger, utf8('anybody?'));
        expect(a!.events).toEqual([]);
        await until('it failed', () => of(a!, 'send-failed').length === 1);
        expect(of(a!, 'send-failed')[0]!.to).toBe(stranger);
      }));

    it('tells when a node went, and fails what is sent to it then', () =>
      withNodes(2, async ([a, b], { until }) => {
        await b!.transport.stop();
        await until('it is gone', () => of(a!, 'peer-down').length === 1);
        expect(a!.transport.peers()).toEqual([]);
        a!.transport.send(b!.transport.self, utf8('too late'));
        await until('it failed', () => of(a!, 'send-failed').length === 1);
      }));

    it('starts and stops any number of times, and is silent once stopped', () =>
      withNodes(2, async ([a, b], world) => {
        a!.transport.start(() => expect.unreachable('a second listener heard something'));
        await a!.transport.stop();
        await a!.transport.stop();
        const heardCount = a!.events.length;
        b!.transport.send(a!.transport.self, utf8('anybody there?'));
        await world.until('it failed', () => of(b!, 'send-failed').length === 1);
        expect(a!.events.length).toBe(heardCount);
      }));
  });
}

async function startNode(world: TransportWorld): Promise<Node> {
  const transport = await world.make();
  const events: TransportEvent[] = [];
  transport.start((event) => {
    events.push(event);
    if (event.type === 'published') event.verdict('accept');
  });
  await world.ready(transport);
  return { transport, events };
}

/** After this, all that was under way from one node to the other before has come or will not come. */
async function barrier(from: Node, to: Node, until: Until): Promise<void> {
  from.transport.send(to.transport.self, utf8('marker'));
  await until('the marker came', () => directs(to).some((event) => isMarker(event.bytes)));
}

function isMarker(bytes: Uint8Array): boolean {
  return textOf(bytes) === 'marker';
}

function of<Type extends TransportEvent['type']>(
  node: Node,
  type: Type,
): Extract<TransportEvent, { type: Type }>[] {
  return node.events.filter((event) => event.type === type) as Extract<TransportEvent, { type: Type }>[];
}

const directs = (node: Node) => of(node, 'direct');
const published = (node: Node) => of(node, 'published');
const ups = (node: Node) => of(node, 'peer-up').map((event) => event.node);

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
