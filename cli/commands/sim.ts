/** `ampmesh sim`: experiments on virtual time, from a scenario file to a page with a verdict. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AmpError } from '../../protocol/errors.ts';
import { listScenarios, openScenario } from '../../sim/scenario/built-in.ts';
import { fingerprintCode, readProjectVersion } from '../../sim/scenario/code-version.ts';
import { compareExperiments } from '../../sim/scenario/compare.ts';
import { runExperiment, thresholdFailedStatus, writeResults } from '../../sim/scenario/experiment.ts';
import { RunStore } from '../../sim/scenario/run-store.ts';
import { type FinishedRun, planRuns, type RunTask } from '../../sim/scenario/run-task.ts';
import { collectRuns } from '../../sim/scenario/runner.ts';
import { type ScenarioFile, thresholdsAt } from '../../sim/scenario/scenario-file.ts';
import { describePoint, describeThreshold, type Summary } from '../../sim/scenario/summary.ts';
import { parseSeeds } from '../../sim/scenario/sweep.ts';
import { describeMachine } from '../bench/report.ts';
import { exitCodes } from '../exit.ts';
import { addAuthoring } from '../sim/authoring.ts';
import { addCalibrate } from '../sim/calibrate.ts';
import { collect, onePoint, parseGrid } from '../sim/grid-flags.ts';
import { addReplicate } from '../sim/replicate.ts';
import { refuseWithLive, runLive } from '../sim/run-live.ts';

interface RunFlags {
  readonly set: readonly string[];
  readonly seeds?: string;
  readonly jobs: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly shard?: string;
  readonly live?: boolean;
}

/** What an experiment's folder says of itself, so that it can be merged, reported and compared later. */
interface Experiment {
  readonly scenario: string;
  readonly grid: ScenarioFile['sweep'];
  readonly seeds: string;
  /** Which code made the runs. */
  readonly code: string;
}

export function addSimCommand(program: Command): void {
  const sim = program
    .command('sim')
    .summary('experiments on virtual time')
    .addHelpText(
      'before',
      `Examples:
  ampmesh sim list                                    what can be asked
  ampmesh sim sweep agreement-byzantine               how many liars can agreement bear? a page with a plot
  ampmesh sim run peers-faults --set loss=0.2 --seeds 1..10
  ampmesh sim new my-swarm && ampmesh sim run my-swarm.yaml
`,
    );
  addList(sim);
  addRuns(sim);
  addResults(sim);
  addAuthoring(sim);
  addReplicate(sim);
  addCalibrate(sim);
  for (const command of sim.commands) command.exitOverride();
}

function addList(sim: Command): void {
  sim
    .command('list')
    .summary('the built-in scenarios and the question that each answers')
    .option('--json', 'one line of JSON')
    .action((flags: { json?: boolean }) => {
      const files = listScenarios();
      if (flags.json === true)
        return print(
          JSON.stringify(
            files.map(({ name, question, model, parameters, sweep, seeds }) => ({
              name,
              question,
              model: model.name,
              parameters,
              sweep,
              seeds,
            })),
          ),
        );
      const width = Math.max(...files.map(({ name }) => name.length));
      for (const file of files) print(`${file.name.padEnd(width)}  ${file.question}`);
    });
}

function addRuns(sim: Command): void {
  const examples = `Examples:
  ampmesh sim run gossip-loss --seeds 1..5
  ampmesh sim sweep agreement-byzantine --set members=10,31 -j 2 --out out/agreement
  ampmesh sim run calibrate-gossip --set peers=12 --seeds 1 --live    on real nodes of this machine
  ampmesh sim sweep gossip-churn --shard 1/3 --out shard-1     one of three machines; then: ampmesh sim merge
`;
  for (const [name, summary, isSweep] of [
    ['run', 'run a scenario at one point of its parameters', false],
    ['sweep', "run a scenario over its grid, or over one's own", true],
  ] as const) {
    const command = sim
      .command(name)
      .argument('<scenario>', 'a file, or the name of a built-in scenario')
      .summary(summary)
      .addHelpText('before', examples)
      .option('--set <key=values>', 'a parameter: 3, or 1,2,3, or 0..0.4 step 0.1 (repeat)', collect, [])
      .option('--seeds <seeds>', '1..30, or 1,2,7')
      .option('-j, --jobs <count>', 'worker threads', String(availableParallelism()))
      .option('--out <folder>', 'where results go; what is finished there is kept')
      .option('--shard <i/n>', 'only every n-th run, from the i-th')
      .option('--json', 'the summary as one line of JSON')
      .action((scenario: string, flags: RunFlags) => runScenario(scenario, flags, isSweep));
    if (!isSweep) command.option('--live', 'a gossip scenario on real nodes, in processes of this machine');
  }
}

async function runScenario(scenario: string, flags: RunFlags, isSweep: boolean): Promise<void> {
  const opened = openScenario(scenario);
  const own = parseGrid(flags.set);
  const tooMany = isSweep ? undefined : Object.keys(own).find((key) => own[key]!.length > 1);
  if (tooMany !== undefined)
    throw new AmpError('AMP-1502', `\`sim run\` takes one value of ${tooMany}; \`sim sweep\` takes many.`);
  if (flags.live === true) {
    refuseWithLive(flags);
    return runLive(scenario, {
      ...(flags.seeds === undefined ? {} : { seeds: flags.seeds }),
      point: onePoint(flags.set),
      isJson: flags.json === true,
    });
  }
  const grid = isSweep ? { ...opened.sweep, ...own } : own;
  const seeds = flags.seeds ?? opened.seeds;
  const folder = flags.out ?? join('sim-out', opened.name);
  const file = { ...opened, sweep: {} };
  mkdirSync(folder, { recursive: true });
  const code = fingerprintCode(file, grid);
  noteOtherCode(folder, code);
  const experiment: Experiment = { scenario, grid, seeds, code };
  writeFileSync(join(folder, 'experiment.json'), `${JSON.stringify(experiment, null, 2)}\n`);
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  const startMs = performance.now();
  const { tasks, summary } = await runExperiment(file, {
    folder,
    grid,
    seeds,
    code,
    workerCount: Number(flags.jobs) > 1 ? Number(flags.jobs) : 0,
    ...(flags.shard === undefined ? {} : { shard: parseShard(flags.shard) }),
    signal: abort.signal,
    progress: (run, done, count) => reportProgress(file, run, done, count, startMs),
    manifest: {
      command: `ampmesh ${process.argv.slice(2).join(' ')}`,
      version: readProjectVersion(),
      code,
      machine: describeMachine(),
    },
  });
  process.off('SIGINT', stop);
  process.stderr.write('\n');
  if (summary === undefined) {
    note(
      `${folder} holds what is finished; the same command goes on, \`ampmesh sim merge\` puts shards together.`,
    );
    if (abort.signal.aborted) process.exitCode = exitCodes.interrupted;
    return;
  }
  conclude({ file, scenario, folder, tasks, summary, isJson: flags.json === true });
}

/** What is finished there was made by other code, and cannot be gone on with. */
function noteOtherCode(folder: string, code: string): void {
  const path = join(folder, 'experiment.json');
  if (!existsSync(path)) return;
  const before = JSON.parse(readFileSync(path, 'utf8')) as Partial<Experiment>;
  if (before.code === code) return;
  note(
    `The code, or a file that the scenario reads, has changed since ${folder} was made: all runs are new.`,
  );
}

function reportProgress(
  file: ScenarioFile,
  { result, task }: FinishedRun,
  done: number,
  count: number,
  startMs: number,
): void {
  // A log has no place for a line that is written over and over.
  if (!process.stderr.isTTY && done < count) return;
  const leftSeconds = Math.round(((performance.now() - startMs) / done) * (count - done)) / 1000;
  const metric = file.metrics[0]!;
  const headline = `${metric} ${Number(result.metrics[metric]!.toPrecision(4))} (${describePoint(task.point)}, seed ${task.seed})`;
  process.stderr.write(`\r\u001b[K${done}/${count}  ${leftSeconds.toFixed(0)} s left  ${headline}`);
}

interface Finished {
  readonly file: ScenarioFile;
  readonly scenario: string;
  readonly folder: string;
  readonly tasks: readonly RunTask[];
  readonly summary: Summary;
  readonly isJson: boolean;
}

/** Say what came out; a failed threshold names its seeds and how to look at one. */
function conclude({ file, scenario, folder, tasks, summary, isJson }: Finished): void {
  if (isJson) print(JSON.stringify({ ...summary, folder }));
  else for (const line of renderSummary(file, summary)) print(line);
  note(`Report: ${join(folder, 'report.html')}`);
  if (summary.ok) return;
  process.exitCode = thresholdFailedStatus;
  for (const { task, what } of findFailures(file, collectRuns(tasks, new RunStore(folder))).slice(0, 5))
    note(`${what}; again: ${replayCommand(scenario, task)}`);
}

function renderSummary(file: ScenarioFile, summary: Summary): readonly string[] {
  const rows = summary.points.map(({ point, metrics }) => {
    const cells = file.metrics.map((metric) => {
      const { mean, interval } = metrics[metric]!;
      return `${metric} ${short(mean)} [${short(interval.low)}, ${short(interval.high)}]`;
    });
    return `${describePoint(point)}\n    ${cells.join('\n    ')}`;
  });
  const verdicts = summary.thresholds.map(
    (one) =>
      `${one.ok ? 'met   ' : 'FAILED'} ${describeThreshold(one)} at ${describePoint(one.point)}: ${short(one.value)}`,
  );
  return [
    summary.question,
    ...rows,
    ...verdicts,
    `digest ${summary.digest.slice(0, 16)}, ${summary.runCount} runs`,
  ];
}

function findFailures(
  file: ScenarioFile,
  runs: readonly FinishedRun[],
): readonly { readonly task: RunTask; readonly what: string }[] {
  return runs.flatMap(({ task, result }) =>
    thresholdsAt(file, task.point).flatMap((threshold) => {
      const value = result.metrics[threshold.metric]!;
      const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = threshold;
      if (value >= atLeast && value <= atMost) return [];
      return [{ task, what: `${threshold.metric} is ${short(value)} with seed ${task.seed}` }];
    }),
  );
}

function replayCommand(scenario: string, { point, seed }: RunTask): string {
  const sets = Object.entries(point).map(([key, value]) => ` --set ${key}=${value}`);
  return `ampmesh sim replay ${scenario}${sets.join('')} --seed ${seed}`;
}

function addResults(sim: Command): void {
  sim
    .command('merge')
    .argument('<folders...>', 'folders of the shards')
    .summary('put shards together')
    .addHelpText('before', 'Examples:\n  ampmesh sim merge shard-1 shard-2 shard-3 --out all\n')
    .requiredOption('--out <folder>', 'where the whole goes')
    .option('--json', 'the summary as one line of JSON')
    .action((folders: string[], flags: { out: string; json?: boolean }) => {
      mkdirSync(join(flags.out, 'runs'), { recursive: true });
      refuseMixedCode(folders);
      for (const folder of folders)
        cpSync(join(folder, 'runs'), join(flags.out, 'runs'), { recursive: true });
      cpSync(join(folders[0]!, 'experiment.json'), join(flags.out, 'experiment.json'));
      writeAgain(flags.out, flags.json === true);
    });
  sim
    .command('report')
    .argument('<folder>', 'of an experiment')
    .summary('write the results of finished runs again')
    .addHelpText('before', 'Examples:\n  ampmesh sim report sim-out/agreement-byzantine\n')
    .option('--json', 'the summary as one line of JSON')
    .action((folder: string, flags: { json?: boolean }) => writeAgain(folder, flags.json === true));
  sim
    .command('compare')
    .argument('<left>', 'folder of an experiment')
    .argument('<right>', 'folder of another')
    .summary('two experiments, paired by seed: effect, interval, verdict')
    .addHelpText('before', 'Examples:\n  ampmesh sim compare out/plain out/lossy --metric reach\n')
    .option('--metric <name>', 'only this metric')
    .option('--json', 'one line of JSON')
    .action(compareFolders);
}

function readExperiment(folder: string): {
  experiment: Experiment;
  file: ScenarioFile;
  tasks: readonly RunTask[];
} {
  const path = join(folder, 'experiment.json');
  if (!existsSync(path))
    throw new AmpError(
      'AMP-1502',
      `${folder} holds no experiment; \`ampmesh sim run --out ${folder}\` makes one.`,
    );
  const experiment = JSON.parse(readFileSync(path, 'utf8')) as Experiment;
  const file = { ...openScenario(experiment.scenario), sweep: {} };
  const tasks = planRuns(file, experiment.grid, parseSeeds(experiment.seeds), experiment.code);
  return { experiment, file, tasks };
}

/** @throws AmpError AMP-1903 for shards that are not of one experiment */
function refuseMixedCode(folders: readonly string[]): void {
  const [first, ...others] = folders.map((folder) => ({ folder, ...readExperiment(folder).experiment }));
  const other = others.find(({ code }) => code !== first!.code);
  if (other === undefined) return;
  throw new AmpError(
    'AMP-1903',
    `${other.folder} was made by other code than ${first!.folder}: make it again with the same version.`,
    { codes: [first!.code, other.code] },
  );
}

function writeAgain(folder: string, isJson: boolean): void {
  const { experiment, file, tasks } = readExperiment(folder);
  const summary = writeResults(file, tasks, folder, {
    version: readProjectVersion(),
    code: experiment.code,
    machine: describeMachine(),
  });
  conclude({ file, scenario: experiment.scenario, folder, tasks, summary, isJson });
}

function compareFolders(left: string, right: string, flags: { metric?: string; json?: boolean }): void {
  const [a, b] = [left, right].map((folder) => {
    const { file, tasks } = readExperiment(folder);
    return { file, runs: collectRuns(tasks, new RunStore(folder)) };
  }) as [
    { file: ScenarioFile; runs: readonly FinishedRun[] },
    { file: ScenarioFile; runs: readonly FinishedRun[] },
  ];
  const metrics = flags.metric === undefined ? a.file.metrics : [flags.metric];
  const comparisons = metrics.map((metric) => compareExperiments(a.runs, b.runs, metric));
  if (flags.json === true) print(JSON.stringify(comparisons));
  else for (const { verdict } of comparisons) print(verdict);
}

/** `2/3` is the second of three: the runner counts from 0. */
function parseShard(text: string): { readonly index: number; readonly count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (match === null) throw new AmpError('AMP-1502', `"${text}" is no shard; write 1/3.`);
  return { index: Number(match[1]) - 1, count: Number(match[2]) };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
