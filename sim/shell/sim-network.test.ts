import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { TransportEvent } from '../../protocol/ports.ts';
import {
  createSimDisk,
  createSimKeyRegistry,
  createSimKeys,
  createSimNetwork,
  createSimRng,
  createSimScheduler,
  type FaultRule,
  type SimNetwork,
  type SimTransport,
} from './index.ts';

interface Init {
  readonly seed?: number;
  readonly count?: number;
  readonly lossRate?: number;
  readonly rules?: readonly FaultRule[];
}

function createWorld({ seed = 1, count = 3, lossRate = 0, rules = [] }: Init = {}) {
  const scheduler = createSimScheduler();
  const rng = createSimRng(seed);
  const network: SimNetwork = createSimNetwork({ scheduler, rng: rng.split('network') }, { lossRate, rules });
  const keys = createSimKeys({ registry: createSimKeyRegistry(), rng, store: createSimDisk().open() });
  const log: string[] = [];
  const nodes: NodeId[] = [];
  const nameOf = (node: NodeId) => `${nodes.indexOf(node)}`;
  const transports: SimTransport[] = [];
  for (let i = 0; i < count; i++) {
    const transport = network.attach(keys.create());
    nodes.push(transport.self);
    transports.push(transport);
    transport.subscribe('t');
    transport.start((event) => log.push(`${scheduler.nowMs()} ${i} ${describeEvent(event, nameOf)}`));
  }
  scheduler.runFor(0);
  return { scheduler, network, transports, nodes, log };
}

function describeEvent(event: TransportEvent, nameOf: (node: NodeId) => string): string {
  const who =
    'node' in event ? event.node : 'from' in event ? event.from : 'to' in event ? event.to : undefined;
  return `${event.type} ${who === undefined ? '' : nameOf(who)}`;
}

const kinds = (log: readonly string[]) => log.map((line) => line.split(' ').slice(1).join(' '));

describe('SimNetwork', () => {
  it('gives the same history for the same seed and another for another', () => {
    const histories = [5, 5, 6].map((seed) => {
      const { transports, nodes, scheduler, log } = createWorld({ seed, count: 5, lossRate: 0.2 });
      for (let i = 0; i < 40; i++) {
        transports[i % 5]!.send(nodes[(i + 1) % 5]!, utf8(`${i}`));
        transports[i % 5]!.publish('t', utf8(`${i}`));
      }
      scheduler.runFor(1_000);
      return log.map((line) => line).join('\n');
    });
    expect(histories[0]).toBe(histories[1]);
    expect(histories[0]).not.toBe(histories[2]);
  });

  it('tells of a partition and of its end, and lets nothing through between', () => {
    const { network, nodes, transports, scheduler, log } = createWorld();
    log.length = 0;
    transports[0]!.send(nodes[2]!, utf8('on its way'));
    network.partition([[nodes[0]!, nodes[1]!], [nodes[2]!]]);
    transports[0]!.send(nodes[2]!, utf8('too late'));
    transports[0]!.publish('t', utf8('to one side'));
    scheduler.runFor(100);
    expect(kinds(log).sort()).toEqual(
      [
        '0 peer-down 2',
        '1 peer-down 2',
        '2 peer-down 0',
        '2 peer-down 1',
        '0 send-failed 2',
        '1 published 0',
      ].sort(),
    );
    log.length = 0;
    network.heal();
    transports[0]!.send(nodes[2]!, utf8('healed'));
    scheduler.runFor(100);
    expect(kinds(log).sort()).toEqual(
      ['0 peer-up 2', '1 peer-up 2', '2 peer-up 0', '2 peer-up 1', '2 direct 0'].sort(),
    );
  });

  it('loses about the stated share', () => {
    const { transports, nodes, scheduler, network } = createWorld({ lossRate: 0.1 });
    for (let i = 0; i < 5_000; i++) transports[0]!.send(nodes[1]!, utf8('x'));
    scheduler.runFor(1_000);
    // 5,000 draws at 0.1 have a standard deviation of 21.
    expect(Math.abs(network.counts.lost - 500)).toBeLessThan(100);
    expect(network.counts.delivered + network.counts.lost).toBe(5_000);
  });

  it('obeys its rules: pass, delay, duplicate, drop', () => {
    const rules: FaultRule[] = [
      ({ bytes }) => {
        if (bytes.length === 1) return { type: 'drop' };
        if (bytes.length === 2) return { type: 'duplicate', delayMs: 500 };
        return bytes.length === 3 ? { type: 'delay', delayMs: 10_000 } : { type: 'pass' };
      },
    ];
    const { transports, nodes, scheduler, log } = createWorld({ rules, count: 2 });
    log.length = 0;
    for (const length of [1, 2, 3, 4]) transports[0]!.send(nodes[1]!, new Uint8Array(length));
    scheduler.runFor(1_000);
    expect(log.length).toBe(3);
    scheduler.runFor(10_000);
    expect(log.length).toBe(4);
  });

  it('brings to a restarted node nothing that was sent to the process before it', () => {
    const { transports, nodes, scheduler, network, log } = createWorld({ count: 2 });
    transports[0]!.send(nodes[1]!, utf8('to the old process'));
    transports[1]!.stop();
    const again: string[] = [];
    network.attach(nodes[1]!).start((event) => again.push(event.type));
    scheduler.runFor(100);
    expect(again).toEqual(['peer-up']);
    expect(kinds(log).filter((line) => line.startsWith('1 direct'))).toEqual([]);
  });
});
