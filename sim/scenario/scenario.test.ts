import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it, describe as suite } from 'vitest';
import { AmpError } from '../../protocol/errors.ts';
import { builtInModels, listScenarios, openScenario } from './built-in.ts';
import { fingerprintCode, hashSources } from './code-version.ts';
import { compareExperiments } from './compare.ts';
import { runExperiment } from './experiment.ts';
import { RunStore } from './run-store.ts';
import { planRuns } from './run-task.ts';
import { collectRuns, runTasks } from './runner.ts';
import { loadScenario, resolveScenario } from './scenario-file.ts';
import { bootstrapMean, cliffsDelta, describe, hedgesG, studentQuantile975 } from './statistics.ts';
import { formatJunit, formatMetricsCsv, formatSummary, summarise } from './summary.ts';
import { expandGrid, parseSeeds, parseValues } from './sweep.ts';

const good = `name: tiny
question: Does it run?
model: gossip
parameters:
  peers: 50
peers: $peers
dials: 5
network:
  latency: { kind: uniform, minMs: 10, maxMs: 50 }
workload: { sources: 1, messages: 3, intervalMs: 200 }
phases: { warmUpMs: 3000, lingerMs: 2000 }
metrics: [reach, delayP50Ms]
thresholds:
  - { metric: reach, atLeast: 0.9 }
`;

function peersScenario(behaviour: string): string {
  return `name: own
question: Is it there?
model: peers
peers: 4
network: { latency: { kind: uniform, minMs: 10, maxMs: 50 } }
phases: { bootMs: 1000, runMs: 1000, settleMs: 1000 }
behaviour: ${behaviour}
`;
}

function load(files: Record<string, string>, first = '/s/main.yaml') {
  return loadScenario(first, {
    models: builtInModels,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`no file ${path}`);
      return text;
    },
  });
}

/** The error's place and words. */
function failure(
  text: string,
  more: Record<string, string> = {},
): { line: number; column: number; message: string } {
  try {
    load({ '/s/main.yaml': text, ...more });
  } catch (error) {
    if (!(error instanceof AmpError)) throw error;
    const { line, column } = error.facts as { line: number; column: number };
    return { line, column, message: error.message };
  }
  throw new Error('the scenario was accepted');
}

suite('a scenario file', () => {
  it('is read with its parameters put in', () => {
    const file = load({ '/s/main.yaml': good });
    expect(file.name).toBe('tiny');
    expect(resolveScenario(file, {})).toMatchObject({ peers: 50, dials: 5 });
    expect(resolveScenario(file, { peers: 70 })).toMatchObject({ peers: 70 });
    expect(() => resolveScenario(file, { pers: 70 })).toThrow(/AMP-1903.*Did you mean `peers`/);
  });

  it.each([
    ['an unknown key', good.replace('dials: 5', 'dails: 5'), 7, 1, 'Did you mean `dials`?'],
    ['an unknown nested key', good.replace('minMs: 10', 'minms: 10'), 9, 29, 'Did you mean `minMs`?'],
    ['a wrong type', good.replace('dials: 5', 'dials: many'), 7, 8, 'Write a whole number.'],
    ['a value out of range', good.replace('dials: 5', 'dials: 500'), 7, 8, 'from 1 to 100'],
    ['a missing key', good.replace('dials: 5\n', ''), 1, 1, 'Add `dials:` here.'],
    ['an unknown kind', good.replace('kind: uniform', 'kind: unifrom'), 9, 20, 'Did you mean `uniform`?'],
    ['an unknown model', good.replace('model: gossip', 'model: gosip'), 3, 8, 'Did you mean `gossip`?'],
    [
      'an unknown metric',
      good.replace('metrics: [reach,', 'metrics: [reech,'),
      12,
      11,
      'Did you mean `reach`?',
    ],
    ['a parameter that is not there', good.replace('$peers', '$pears'), 6, 8, 'Did you mean `peers`?'],
    ['broken YAML', good.replace('parameters:', 'parameters: ['), 6, 1, 'Flow sequence'],
    ['a key twice', good.replace('dials: 5', 'dials: 5\ndials: 6'), 8, 1, 'unique'],
    [
      'an alias',
      good.replace('dials: 5', 'dials: &d 5').replace('sources: 1', 'sources: *d'),
      10,
      22,
      'aliases',
    ],
    ['a threshold without a bound', good.replace(', atLeast: 0.9', ''), 14, 5, 'Add `atLeast` or `atMost`.'],
    [
      'an impossible fault',
      `${good}faults:\n  - { kind: islands, count: 2, fromMs: 50, untilMs: 20 }\n`,
      15,
      1,
      'Write a later `untilMs`.',
    ],
    [
      'an unknown fault',
      `${good}faults:\n  - { kind: island, count: 2 }\n`,
      16,
      13,
      'Did you mean `islands`?',
    ],
    [
      'a threshold where no parameter is',
      good.replace('atLeast: 0.9', 'atLeast: 0.9, where: { pears: 50 }'),
      14,
      5,
      'Did you mean `peers`?',
    ],
    ['a swept name that is no parameter', `${good}sweep:\n  dials: [1, 2]\n`, 16, 3, 'Write one of: peers.'],
    [
      'a behaviour whose file is not there',
      peersScenario('./gone.ts'),
      7,
      1,
      'there is no file ./gone.ts. Write the path of a file that exports a behaviour by default',
    ],
    [
      'a file that holds no behaviour',
      peersScenario('./package.json'),
      7,
      1,
      './package.json has no default export. Write the path',
    ],
    ['a file that is not there', `extends: gone.yaml\n${good}`, 1, 10, 'Write a path relative to this file.'],
  ])('says where %s is, and what to write', (_what, text, line, column, advice) => {
    const found = failure(text);
    expect(found.message).toContain('AMP-1902 /s/main.yaml:');
    expect([found.line, found.column]).toEqual([line, column]);
    expect(found.message).toContain(advice);
  });

  it('takes what another one has and it does not, however deep', () => {
    const file = load({
      '/s/main.yaml': 'extends: ./base.yaml\nname: child\nnetwork:\n  lossShare: 0.2\n',
      '/s/base.yaml': good,
    });
    expect(file.name).toBe('child');
    expect(resolveScenario(file, {})).toMatchObject({
      network: { lossShare: 0.2, latency: { kind: 'uniform', minMs: 10 } },
    });
  });

  it('points into the file that a wrong inherited value comes from', () => {
    const text = good.replace('dials: 5', 'dials: many');
    const found = failure('extends: ./base.yaml\nname: child\n', { '/s/base.yaml': text });
    expect(found.message).toContain('/s/base.yaml:7:8');
  });

  it('says that extends runs in a circle', () => {
    const found = failure('extends: ./other.yaml\nname: a\n', {
      '/s/other.yaml': 'extends: main.yaml\nname: b\n',
    });
    expect(found.message).toMatch(/other\.yaml:1:10.*circle.*main\.yaml.*other\.yaml.*main\.yaml/);
  });
});

/** Full peers and the index have tests of their own; a handful of nodes says as much here. */
const fewer: Readonly<Record<string, object>> = { peers: { peers: 6 }, discovery: { nodes: 20, queries: 5 } };

suite('the built-in scenarios', () => {
  it('all load, each with a question of its own', () => {
    const files = listScenarios();
    expect(files.length).toBeGreaterThanOrEqual(7);
    expect(new Set(files.map((file) => file.question)).size).toBe(files.length);
    for (const file of files) expect(file.question).toMatch(/\?$/);
  });

  it('yield finite figures for every metric of their model', { timeout: 120_000 }, async () => {
    for (const file of listScenarios()) {
      const grid = Object.fromEntries(
        Object.entries(file.sweep).map(([key, values]) => [key, values.slice(0, 1)]),
      );
      const [task] = planRuns(file, grid, [1]);
      const settings = { ...task!.settings, ...fewer[file.model.name] };
      const [run] = await runTasks([{ ...task!, settings }]);
      expect(Object.keys(run!.result.metrics)).toEqual(Object.keys(file.model.metrics));
      for (const value of Object.values(run!.result.metrics)) expect(Number.isFinite(value)).toBe(true);
    }
  });

  it('show hops that grow by the same step whenever the network grows tenfold', async () => {
    const file = openScenario('kademlia-hops');
    const runs = await runTasks(planRuns(file, { peers: [100, 1000, 10_000] }, [1, 2]));
    const hops = summarise(file, runs).points.map(({ metrics }) => metrics.hops!.mean);
    expect(hops[1]! - hops[0]!).toBeGreaterThan(0.4);
    expect(Math.abs(hops[2]! - hops[1]! - (hops[1]! - hops[0]!))).toBeLessThan(0.3);
  });

  it('count under churn only those that ran at publication', async () => {
    const file = openScenario('gossip-churn');
    const runs = await runTasks(planRuns(file, { peers: [200], sessionMs: [60_000, 2000] }, [1, 2]));
    const reaches = summarise(file, runs).points.map(({ metrics }) => metrics.reach!);
    for (const reach of reaches) expect(reach.max).toBeLessThanOrEqual(1);
    expect(reaches[1]!.mean).toBeLessThan(reaches[0]!.mean);
  });
});

suite('an experiment', () => {
  const folders: string[] = [];
  const newStore = () => {
    const folder = mkdtempSync(join(tmpdir(), 'ampmesh-sim-'));
    folders.push(folder);
    return new RunStore(folder);
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  const file = load({ '/s/main.yaml': good });
  const tasks = planRuns(file, { peers: [30, 50] }, parseSeeds('1..4'));

  it('gives the same summary bytes with none, one and two workers', async () => {
    const texts = await Promise.all(
      [0, 1, 2].map(async (workerCount) =>
        formatSummary(summarise(file, await runTasks(tasks, { workerCount }))),
      ),
    );
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
    expect(JSON.parse(texts[0]!)).toMatchObject({ ok: true, runCount: 8 });
  });

  it('stopped in the middle, resumed, sharded in three and merged, gives the same bytes as undisturbed', async () => {
    const whole = formatSummary(summarise(file, await runTasks(tasks)));
    const store = newStore();
    const stop = new AbortController();
    const part = await runTasks(tasks, {
      store,
      signal: stop.signal,
      progress: (_run, done) => {
        if (done === 3) stop.abort();
      },
    });
    expect(part).toHaveLength(3);
    expect(() => collectRuns(tasks, store)).toThrow(/AMP-1903.*5 of 8/);
    let fresh = 0;
    for (const index of [2, 0, 1])
      await runTasks(tasks, {
        store: { ...wrap(store, () => fresh++) } as RunStore,
        shard: { index, count: 3 },
      });
    expect(fresh).toBe(5);
    expect(formatSummary(summarise(file, collectRuns(tasks, store)))).toBe(whole);
  });

  it('does not take a finished run of other settings for its own', async () => {
    const store = newStore();
    await runTasks(tasks.slice(0, 1), { store });
    const changed = planRuns(
      load({ '/s/main.yaml': good.replace('dials: 5', 'dials: 6') }),
      { peers: [30] },
      [1],
    );
    expect(store.read(tasks[0]!)).toBeDefined();
    expect(store.read(changed[0]!)).toBeUndefined();
    // The same file name by the rarest of chances, or a file put there by hand: the whole key decides.
    const [task] = tasks;
    const other = { ...task!, key: task!.key.slice(0, 32) + '0'.repeat(32) };
    store.write({ task: other, result: store.read(task!)!.result });
    expect(store.read(task!)).toBeUndefined();
  });

  it('does not take a finished run of other code for its own, and finds it again for the report', async () => {
    const store = newStore();
    const seeds = parseSeeds('1');
    const [before] = planRuns(file, {}, seeds, 'code of May');
    await runTasks([before!], { store });
    expect(store.read(planRuns(file, {}, seeds)[0]!)).toBeUndefined();
    expect(collectRuns(planRuns(file, {}, seeds, 'code of May'), store)).toHaveLength(1);
  });

  it('is of other code when a source, or a file that a run reads, is another', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ampmesh-code-'));
    folders.push(folder);
    mkdirSync(join(folder, 'sim/deep'), { recursive: true });
    const path = join(folder, 'sim/deep/agent.ts');
    const write = (text: string) => writeFileSync(path, text);
    const hash = () => hashSources(folder, ['sim']);
    write('export default () => ({ on() {} });\n');
    const before = hash();
    writeFileSync(join(folder, 'sim/deep/agent.test.ts'), '// A test makes no figure.\n');
    expect(hash()).toBe(before);
    const own = load({ '/s/main.yaml': peersScenario(path) });
    const code = fingerprintCode(own, {});
    expect(fingerprintCode(own, {})).toBe(code);
    write('export default () => ({ on() {} }); // other\n');
    expect(hash()).not.toBe(before);
    expect(fingerprintCode(own, {})).not.toBe(code);
  });

  it('ends in a folder of files that are the same bytes each time, with a page that needs nothing else', async () => {
    const grid = { peers: [30, 50] };
    const read = async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ampmesh-sim-'));
      folders.push(folder);
      const { summary } = await runExperiment(file, { folder, grid, seeds: '1..2' });
      expect(summary?.runCount).toBe(4);
      const names = ['summary.json', 'metrics.csv', 'junit.xml', 'report.html', 'resolved.json'];
      return names.map((name) => readFileSync(join(folder, name), 'utf8'));
    };
    const texts = await read();
    expect(await read()).toEqual(texts);
    expect(texts[3]).toContain('PASS');
    expect(texts[3]).toContain('<svg');
    expect(texts[3]).not.toMatch(/src=|https?:/);
  });

  it('is written as a tidy table and as test cases', async () => {
    const runs = await runTasks(tasks.slice(0, 2));
    const [head, ...rows] = formatMetricsCsv(runs).trim().split('\n');
    expect(head).toBe('run,seed,peers,t,metric,value');
    expect(rows.some((row) => row.startsWith('0,1,30,,reach,1'))).toBe(true);
    const strict = load({ '/s/main.yaml': good.replace('atLeast: 0.9', 'atLeast: 2') });
    const summary = summarise(strict, runs);
    expect(summary.ok).toBe(false);
    expect(formatJunit(summary)).toContain('failures="1"');
  });

  it('is judged only at the points that a threshold names', async () => {
    const place = 'atLeast: 2, where: { peers: 50 }';
    const strict = load({ '/s/main.yaml': good.replace('atLeast: 0.9', place) });
    const { thresholds, ok } = summarise(strict, await runTasks(planRuns(strict, { peers: [30, 50] }, [1])));
    expect(thresholds.map(({ point }) => point)).toEqual([{ peers: 50 }]);
    expect(ok).toBe(false);
    // A parameter that is not swept has its default.
    expect(summarise(strict, await runTasks(planRuns(strict, {}, [1]))).thresholds).toHaveLength(1);
    expect(summarise(strict, await runTasks(planRuns(strict, { peers: [30] }, [1]))).ok).toBe(true);
  });

  it('compared with another, is judged as an independent bootstrap judges it', async () => {
    const lossy = load({ '/s/main.yaml': good.replace('network:', 'network:\n  lossShare: 0.4') });
    const seeds = parseSeeds('1..12');
    const left = await runTasks(planRuns(file, {}, seeds));
    const right = await runTasks(planRuns(lossy, {}, seeds));
    const found = compareExperiments(left, right, 'delayP50Ms');
    expect(found).toMatchObject({ pairCount: 12, isClear: true });
    expect(found.verdict).toMatch(/higher.*large effect/);
    const differences = left.map(
      (run, i) => right[i]!.result.metrics.delayP50Ms! - run.result.metrics.delayP50Ms!,
    );
    // An independent bootstrap: another generator (a linear congruence, as in Park and Miller 1988), plain loops.
    let state = 12345;
    const draw = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const means = Array.from({ length: 10_000 }, () => {
      let sum = 0;
      for (let i = 0; i < 12; i++) sum += differences[Math.floor(draw() * 12)]!;
      return sum / 12;
    }).sort((a, b) => a - b);
    const width = means[9749]! - means[249]!;
    expect(Math.abs(found.interval.low - means[249]!)).toBeLessThan(0.1 * width);
    expect(Math.abs(found.interval.high - means[9749]!)).toBeLessThan(0.1 * width);
    expect(compareExperiments(left, left, 'delayP50Ms').verdict).toMatch(/^No clear difference/);
  });
});

/** A store that counts what is written. */
function wrap(store: RunStore, onWrite: () => void): Pick<RunStore, 'read' | 'write'> {
  return {
    read: (task) => store.read(task),
    write: (run) => {
      onWrite();
      return store.write(run);
    },
  };
}

suite('statistics', () => {
  it('agree with the printed tables of Student’s t', () => {
    for (const [degrees, quantile] of [
      [1, 12.706],
      [4, 2.776],
      [9, 2.262],
      [29, 2.045],
    ] as const)
      expect(studentQuantile975(degrees)).toBeCloseTo(quantile, 3);
  });

  it('cover the true mean in about 95 of 100 samples, by t and by bootstrap', () => {
    let byStudent = 0;
    let byBootstrap = 0;
    let state = 99;
    const draw = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    for (let i = 0; i < 300; i++) {
      const values = Array.from({ length: 25 }, draw);
      const { interval } = describe(values);
      if (interval.low <= 0.5 && 0.5 <= interval.high) byStudent++;
      const boot = bootstrapMean(values, 500);
      if (boot.low <= 0.5 && 0.5 <= boot.high) byBootstrap++;
    }
    expect(byStudent / 300).toBeGreaterThan(0.91);
    expect(byStudent / 300).toBeLessThan(0.99);
    expect(byBootstrap / 300).toBeGreaterThan(0.88);
  });

  it('measure effects as their definitions do', () => {
    expect(cliffsDelta([1, 2, 3], [4, 5, 6])).toBe(1);
    expect(cliffsDelta([1, 2], [1, 2])).toBe(0);
    expect(hedgesG([1, 2, 3, 4], [3, 4, 5, 6])).toBeCloseTo((2 / 1.29099) * (1 - 3 / 23), 3);
    expect(describe([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({
      mean: 5,
      median: 4.5,
      min: 2,
      max: 9,
      count: 8,
    });
  });
});

suite('sweeps', () => {
  it('read seeds and ranges, and multiply out grids in a fixed order', () => {
    expect(parseSeeds('1..3,7')).toEqual([1, 2, 3, 7]);
    expect(() => parseSeeds('3..1')).toThrow(/AMP-1903/);
    expect(() => parseSeeds('x')).toThrow(/AMP-1903/);
    expect(parseValues('0..0.4 step 0.1')).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    expect(parseValues('a,b')).toEqual(['a', 'b']);
    expect(expandGrid({ a: [1, 2], b: ['x', 'y'] })).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    expect(expandGrid({})).toEqual([{}]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 20 }), (count, scale) => {
        const values = parseValues(`0..${count * scale} step ${scale}`);
        expect(values).toHaveLength(count + 1);
      }),
    );
  });
});
