/** What the scenarios of the small world claim, on a slice of their seeds. */
import { expect, test } from 'vitest';
import { builtInModels, openScenario } from '../../sim/scenario/built-in.ts';
import type { FinishedRun } from '../../sim/scenario/run-task.ts';
import { planRuns, runTask } from '../../sim/scenario/run-task.ts';
import { meanOf } from '../../sim/scenario/statistics.ts';
import { toScalar } from '../../sim/scenario/sweep.ts';

/** Runs of a built-in scenario at one point, with settings of the model overridden where that makes it smaller. */
function runs(
  name: string,
  set: Record<string, string | number | boolean>,
  seeds: number,
  smaller: object = {},
) {
  const file = openScenario(name);
  const grid = Object.fromEntries(
    Object.entries(set).map(([key, value]) => [key, [toScalar(String(value))]]),
  );
  const tasks = planRuns(
    file,
    grid,
    Array.from({ length: seeds }, (_, i) => i + 1),
  );
  return tasks.map((task) => runTask({ ...task, settings: { ...task.settings, ...smaller } }, builtInModels));
}

const mean = (finished: readonly FinishedRun[], metric: string) =>
  meanOf(finished.map(({ result }) => result.metrics[metric]!));

test('the same seed gives the same run to the byte, another seed another', () => {
  for (const [name, smaller] of [
    ['coalition-churn', { jobs: 2 }],
    ['knowledge-partition', { writeMs: 8_000 }],
    ['hypothesis-convergence', { epochs: 3 }],
    ['traces-ablation', { tasks: 10 }],
    ['swarm-search', { evaluationsPerAgent: 10 }],
    ['debate-correlated', { questions: 3 }],
    ['negotiation-conflicts', { conflicts: 10 }],
    ['error-amplification', { stages: 3 }],
    ['drift-remedies', { tasks: 100 }],
    ['ladder-app', {}],
    ['discovery-recall', { nodes: 30, queries: 5 }],
  ] as const) {
    const [first, other] = runs(name, {}, 2, smaller);
    expect(runs(name, {}, 1, smaller)[0]!.result, name).toEqual(first!.result);
    expect(other!.result.digest, name).not.toBe(first!.result.digest);
    for (const value of Object.values(first!.result.metrics)) expect(Number.isFinite(value)).toBe(true);
    expect(first!.result.events!.length).toBeGreaterThan(0);
  }
});

test('the index finds most of what exhaustive search finds while a tenth lies and churns; not when most lie', () => {
  const [few, most] = [0.1, 0.8].map((liarShare) =>
    runs('discovery-recall', { nodes: 100, liarShare }, 2, { queries: 20 }),
  );
  expect(mean(few!, 'recallAt5')).toBeGreaterThan(0.8);
  expect(mean(most!, 'recallAt5')).toBeLessThan(0.7);
  for (const { result } of [...few!, ...most!]) {
    expect(result.metrics.messagesMax).toBeLessThanOrEqual(200);
    expect(result.metrics.bytesMax).toBeLessThanOrEqual(128 * 1024);
    expect(result.metrics.refused).toBeGreaterThan(0);
  }
});

test('teams accept nothing twice; an asker that remembers is fooled far less often than one that does not', () => {
  const churn = { liarShare: 0.2, meanUpMs: 60_000 };
  const [learning, naive] = [true, false].map((learns) => runs('coalition-churn', { ...churn, learns }, 2));
  expect(mean(learning!, 'rightShare')).toBeGreaterThan(0.8);
  expect(mean(naive!, 'rightShare')).toBeLessThan(0.5);
  for (const { result } of [...learning!, ...naive!]) expect(result.metrics.acceptedTwice).toBe(0);
});

test('what a dead worker or coordinator held is another’s within about a lease, and nothing is done twice', () => {
  for (const kill of ['worker', 'coordinator', 'asker']) {
    const killed = runs('failover', { kill, leaseMs: 2_000 }, 2);
    expect(mean(killed, 'crashes')).toBeGreaterThan(0);
    expect(mean(killed, 'acceptedTwice')).toBe(0);
    expect(mean(killed, 'finishedShare')).toBeGreaterThan(0.8);
    if (kill !== 'asker') expect(mean(killed, 'handoverMs')).toBeGreaterThan(1_000);
    expect(mean(killed, 'handoverMs')).toBeLessThan(8_000);
  }
});

test('parted islands know less and know the same again after healing; without healing they do not', () => {
  const [brief] = runs('knowledge-partition', { agents: 6, healMs: 5_100 }, 1);
  const [long] = runs('knowledge-partition', { agents: 6, healMs: 30_000 }, 1);
  expect(long!.result.metrics.knownShare).toBeLessThan(brief!.result.metrics.knownShare! - 0.1);
  for (const { result } of [brief!, long!])
    expect(result.metrics).toMatchObject({ isConverged: 1, lostClaims: 0, conflictsAgree: 1 });
  const [never] = runs('knowledge-partition', { agents: 6, healMs: 90_000 }, 1, { patienceMs: 3_000 });
  expect(never!.result.metrics.isConverged).toBe(0);
  expect(never!.result.metrics.lostClaims).toBeGreaterThan(0);
});

test('a majority holds a hypothesis after thinking and two trips; without supporters it never does', () => {
  const made = runs('hypothesis-convergence', { agents: 10 }, 2);
  expect(mean(made, 'failedEpochs')).toBe(0);
  expect(mean(made, 'medianMs')).toBeGreaterThan(15);
  expect(mean(made, 'medianMs')).toBeLessThan(400);
  expect(mean(runs('hypothesis-convergence', { agents: 5, supportShare: 0 }, 1), 'failedEpochs')).toBe(10);
});

test('debate finds what a ballot misses when arguments count, and keeps a shared error when they do not', () => {
  const right = (set: object) => mean(runs('debate-correlated', { ...set } as never, 2), 'right');
  expect(right({ rounds: 3 })).toBeGreaterThan(right({ rounds: 0 }) + 0.3);
  expect(right({ rounds: 3, correlation: 0.6, opensToRight: 0.1 })).toBeLessThan(right({ rounds: 3 }) - 0.15);
});

test('at least 70 of 100 conflicts need no person, and most facts are settled rightly', () => {
  const settled = runs('negotiation-conflicts', {}, 2);
  expect(mean(settled, 'solvedShare')).toBeGreaterThanOrEqual(0.7);
  expect(mean(settled, 'rightShare')).toBeGreaterThan(0.85);
  expect(mean(runs('negotiation-conflicts', { liarShare: 0.4 }, 2), 'rightShare')).toBeLessThan(0.8);
});

test('verification takes most of what a net of parts amplifies; a form without it takes nothing', () => {
  const smaller = { agents: 6, width: 5 };
  const wrong = (form: string, verifies: boolean) =>
    mean(runs('error-amplification', { form, verifies, slipShare: 0.05 }, 6, smaller), 'amplification');
  expect(wrong('independent', true)).toBeGreaterThan(8);
  for (const form of ['centralised', 'mesh']) {
    expect(wrong(form, true), form).toBeLessThan(0.75 * wrong(form, false));
    expect(wrong(form, false), form).toBeGreaterThan(8);
  }
});

test('each remedy avoids part of the loss by drift; routing avoids nothing when everybody drifts', () => {
  const avoided = (remedy: string, driftingShare = 0.6) =>
    mean(runs('drift-remedies', { remedy, driftingShare }, 2, { tasks: 600 }), 'lossAvoided');
  for (const remedy of ['consolidation', 'routing', 'anchoring'])
    expect(avoided(remedy), remedy).toBeGreaterThan(0.2);
  expect(avoided('routing', 1)).toBeLessThan(0.2);
  expect(avoided('all', 1)).toBeGreaterThan(avoided('anchoring', 1));
});

test('the mesh keeps its pace where a supervisor is the bottleneck; those who do not talk do not fit', () => {
  const at = (arm: string) => runs('ladder-app', { agents: 100, arm }, 1);
  const [mesh, supervisor, independent] = ['mesh', 'supervisor', 'independent'].map(at);
  expect(mean(mesh!, 'makespanMs')).toBeLessThan(0.8 * mean(supervisor!, 'makespanMs'));
  expect(mean(supervisor!, 'hubOverhead')).toBeGreaterThan(0.3);
  expect(mean(mesh!, 'quality')).toBe(1);
  expect(mean(independent!, 'quality')).toBeLessThan(0.9);
  expect(mean(mesh!, 'letters')).toBeGreaterThan(mean(supervisor!, 'letters'));
  const regions = (arm: string) => mean(runs('regions-four', { arm }, 3), 'makespanMs');
  expect(regions('mesh')).toBeLessThan(0.5 * regions('sequential'));
});

test('a swarm that shares what it finds searches deeper; what nobody found is no help', () => {
  const digits = (sharing: string) =>
    mean(
      runs('swarm-search', { agents: 10, sharing, landscape: 'bowl' }, 3, { evaluationsPerAgent: 60 }),
      'digits',
    );
  expect(digits('found')).toBeGreaterThan(digits('none') + 1);
  expect(digits('made-up')).toBeLessThan(digits('found') - 1);
});

test('marks that outlive the dead who left them are worse than none; marks of a few works are not', () => {
  const dead = { deathShare: 0.3 };
  const took = (set: object) =>
    mean(runs('traces-limits', { ...dead, ...set } as never, 1, { tasks: 30 }), 'makespanMs');
  expect(took({ traces: 'on', halfLifeMs: 600_000 })).toBeGreaterThan(2 * took({ traces: 'off' }));
  expect(took({ traces: 'on', halfLifeMs: 30_000 })).toBeLessThan(took({ traces: 'off' }));
});

test('a supervisor costs the more, the more agents wait for it and the slower it reads', () => {
  const overhead = (agents: number, handleMs: number) =>
    mean(runs('supervisor-overhead', { agents, handleMs }, 3), 'hubOverhead');
  expect(overhead(9, 1_000)).toBeGreaterThan(overhead(3, 1_000));
  expect(overhead(9, 2_500)).toBeGreaterThan(overhead(9, 1_000));
  expect(overhead(9, 0)).toBe(0);
});
