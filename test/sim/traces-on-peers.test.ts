/**
 * The ablation of `traces-ablation` once more, small, on full peers: agents at the node's edge deposit and sense in the
 * commons, and everything between is the runtime that ships.
 */
import { expect, test } from 'vitest';
import { type Behaviour, type BehaviourContext, PeerWorld, Workload } from '../../sim/peers/index.ts';
import { meanOf } from '../../sim/scenario/statistics.ts';

const agentCount = 4;
const taskCount = 16;
const workMs = 5_000;
const halfLifeMs = 15_000;
const long = 24 * 3_600_000;
const link = { latency: { kind: 'uniform', minMs: 20, maxMs: 120 } } as const;

interface Sensed {
  readonly location: string;
  readonly kind: string;
  readonly amount: number;
}

/** Takes what nobody finished and, with traces, what is marked least. */
function reviewer(withTraces: boolean, done: Set<number>): Behaviour {
  let present: number | undefined;
  const look = ({ send }: BehaviourContext) =>
    send({ type: 'sense', request: 'look', location: 'pile/', prefix: true });
  const mark = ({ send }: BehaviourContext, task: number, kind: string, lastsMs: number) =>
    send({ type: 'deposit', location: `pile/${task}`, kind, amount: 1, halfLifeMs: lastsMs });
  const choose = (context: BehaviourContext, traces: readonly Sensed[]) => {
    const at = (task: number, kind: string) =>
      traces.find((one) => one.location === `pile/${task}` && one.kind === kind)?.amount ?? 0;
    const open = Array.from({ length: taskCount }, (_, task) => task).filter(
      (task) => at(task, 'done') < 0.5,
    );
    if (open.length === 0) return;
    const taken = (task: number) => (withTraces ? at(task, 'taken') : 0);
    const least = Math.min(...open.map(taken));
    if (least >= 0.5) return context.after(workMs / 10, 'look');
    const best = open.filter((task) => taken(task) <= least);
    present = best[Math.floor(context.random() * best.length)]!;
    context.count('begun');
    mark(context, present, 'taken', halfLifeMs);
    context.after(workMs * (0.5 + context.random()), 'finish');
  };
  return {
    on(message, context) {
      if (message.type === 'sensed') choose(context, message.traces as readonly Sensed[]);
      if (message.type !== 'alarm') return;
      if (message.word === 'finish') {
        done.add(present!);
        mark(context, present!, 'done', long);
      }
      look(context);
    },
  };
}

function run(seed: number, withTraces: boolean): { readonly double: number; readonly makespanMs: number } {
  const done = new Set<number>();
  const world = new PeerWorld({
    seed,
    peerCount: agentCount,
    link,
    behaviour: () => reviewer(withTraces, done),
  });
  new Workload(world).populate(2_000);
  world.run(5_000);
  const startMs = world.nowMs;
  world.agents.forEach((agent, i) => {
    world.kernel.schedule(startMs + i * 500, () => agent.hear('begin'));
  });
  while (done.size < taskCount && world.nowMs - startMs < 300_000) world.run(500);
  expect(done.size).toBe(taskCount);
  return { double: world.figures.get('begun')! / taskCount - 1, makespanMs: world.nowMs - startMs };
}

test('on full peers too marks spare double work, and no mark leaves it', { timeout: 60_000 }, () => {
  const seeds = [1, 2, 3, 4];
  const [marked, bare] = [true, false].map((withTraces) => seeds.map((seed) => run(seed, withTraces)));
  if (process.env.AMPMESH_FIGURES) console.log({ marked, bare });
  expect(meanOf(marked!.map(({ double }) => double))).toBeLessThan(
    0.5 * meanOf(bare!.map(({ double }) => double)),
  );
  expect(meanOf(marked!.map(({ makespanMs }) => makespanMs))).toBeLessThan(
    meanOf(bare!.map(({ makespanMs }) => makespanMs)),
  );
});
