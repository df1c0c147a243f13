import { expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { SimKernel } from '../../sim/clock/kernel.ts';
import { RandomStream } from '../../sim/clock/random.ts';
import { KademliaWorld } from '../../sim/kademlia/kademlia-directory.ts';
import { createLinkModel } from '../../sim/network/link-model.ts';
import { createSimClock } from '../../sim/shell/index.ts';
import { describeClockContract } from '../contracts/clock-contract.ts';
import { describeDirectoryContract, validateContractRecord } from '../contracts/directory-contract.ts';
import { untilVirtual } from '../contracts/world.ts';

describeClockContract('sim on the kernel', () => {
  const kernel = new SimKernel();
  return { clock: createSimClock(kernel), until: untilVirtual(kernel) };
});

describeDirectoryContract('modelled Kademlia', async (count) => {
  const kernel = new SimKernel();
  const random = RandomStream.fromSeed(2);
  const link = createLinkModel(
    { latency: { kind: 'uniform', minMs: 2, maxMs: 40 } },
    random.split('links'),
    count,
  );
  const world = new KademliaWorld(
    { kernel, random: random.split('world'), link, validateRecord: validateContractRecord },
    { nodesMax: count },
  );
  const nodes = Array.from({ length: count }, (_, index) => {
    const node = `did:key:z6MkNode${index}` as NodeId;
    return { node, directory: world.attach(node) };
  });
  return { nodes, nowMs: () => kernel.nowMs(), until: untilVirtual(kernel), close: async () => undefined };
});

it('the kernel counts what waits without what was cancelled, and uses slots again', () => {
  const kernel = new SimKernel({ startMs: 0 });
  const ran: number[] = [];
  for (let round = 0; round < 100; round++) {
    const cancels = [1, 2, 3].map((i) => kernel.schedule(kernel.nowMs() + i, () => ran.push(round * 10 + i)));
    expect(kernel.pendingCount).toBe(3);
    cancels[1]!();
    cancels[1]!();
    expect(kernel.pendingCount).toBe(2);
    kernel.schedule(kernel.nowMs() + 2, () => ran.push(round * 10 + 5));
    kernel.runFor(3);
    cancels[0]!();
    expect(kernel.pendingCount).toBe(0);
    expect(ran.slice(-3)).toEqual([round * 10 + 1, round * 10 + 5, round * 10 + 3]);
  }
});
