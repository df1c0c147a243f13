/** `ampmesh demo`: five nodes and their agents as processes on this machine, and a job on a real file. */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { teams } from '../../examples/agents/catalog.ts';
import { AmpError } from '../../protocol/errors.ts';
import { type DemoMesh, startDemoMesh } from '../demo/demo-mesh.ts';
import { runLatencyDemo } from '../demo/latency-demo.ts';
import { startAndCall } from '../demo/run-app.ts';
import { exitCodes } from '../exit.ts';
import { type AskOutcome, runAsk, summarise } from '../run-ask.ts';
import { describeEnd } from './ask.ts';

interface DemoFlags {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly sequential?: boolean;
  readonly nodes: string;
  readonly out: string;
  readonly pace: string;
}

const dataFolder = fileURLToPath(new URL('../../examples/data/', import.meta.url));

interface DemoJob {
  readonly name: string;
  readonly agents: readonly string[];
  readonly intent: string;
  readonly files: readonly string[];
}

const jobs: Readonly<Record<string, DemoJob>> = {
  data: {
    name: 'data',
    agents: teams.data,
    intent: 'What stands out in this data? Write a report with charts.',
    files: [join(dataFolder, 'sales.csv')],
  },
  saas: { name: 'saas', agents: teams.saas, intent: 'Build me a SaaS app for task management', files: [] },
  travel: { name: 'travel', agents: teams.travel, intent: 'Book travel to NYC', files: [] },
};

export function addDemoCommand(program: Command): void {
  program
    .command('demo [jobs...]')
    .summary('five nodes, some thirty agents, two jobs, all on this machine')
    .addHelpText(
      'before',
      `Examples:
  ampmesh demo                  the data job, then the SaaS job; stays up for your own "ampmesh ask"
  ampmesh demo saas --once      only the SaaS job, then exit
  ampmesh demo data --json      one line of JSON at the end
  ampmesh demo latency          an incident: a team, a vote with a liar in it, a killed worker, a killed voter
`,
    )
    .option('--once', 'exit after the jobs')
    .option('--sequential', 'then the same agents of the SaaS job one after another, as the baseline')
    .option('--json', 'one line of JSON at the end')
    .option('--nodes <count>', 'nodes to start', '5')
    .option('--out <folder>', 'where results go', 'ampmesh-out')
    .option('--pace <factor>', "times the agents' declared work times", '0.25')
    .action(runDemo);
}

async function runDemo(names: readonly string[], flags: DemoFlags): Promise<void> {
  // Five agents of its own, kills among them: it brings its mesh along.
  if (names.length === 1 && names[0] === 'latency')
    return runLatencyDemo({ out: resolve(flags.out), isJson: flags.json === true });
  const chosen = (names.length === 0 ? ['data', 'saas'] : names).map((name) => {
    const job = jobs[name];
    if (job === undefined)
      throw new AmpError(
        'AMP-1502',
        `There is no demo "${name}"; there are ${Object.keys(jobs).join(', ')}.`,
      );
    return job;
  });
  const nodeCount = Number(flags.nodes);
  if (!Number.isSafeInteger(nodeCount) || nodeCount < 1 || nodeCount > 50)
    throw new AmpError('AMP-1502', `--nodes must be from 1 to 50, not "${flags.nodes}".`);
  const isJson = flags.json === true;
  const say = (line: string): void => {
    if (!isJson) process.stdout.write(`${line}\n`);
  };
  const out = resolve(flags.out);
  const folder = join(out, '.mesh');
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  const startedAtMs = Date.now();
  const mesh = await startDemoMesh({
    folder,
    nodeCount,
    mesh: `demo-${process.pid}`,
    pace: Number(flags.pace),
    onEnd: (name) => say(`           ${name} ended`),
  });
  const stopped = stopOnSignal(mesh);
  try {
    say(
      `${mesh.nodes.length} nodes are up (${seconds(startedAtMs)}): ${mesh.nodes.map((node) => `${node.name} ${node.agentUrl}`).join('  ')}`,
    );
    const summaries: unknown[] = [];
    for (const job of chosen) summaries.push(await runJob(mesh, job, { out, say, isJson }));
    if (flags.sequential === true) summaries.push(await runBaseline(Number(flags.pace), say));
    if (isJson)
      process.stdout.write(
        `${JSON.stringify({ nodes: mesh.nodes.length, agents: mesh.agents.length, jobs: summaries, durationMs: Date.now() - startedAtMs })}\n`,
      );
    if (flags.once === true) return;
    say(
      `\nThe mesh stays up. In another terminal:\n  npx ampmesh ask "what stands out in this data?" --attach your.csv\n  npx ampmesh agents\n  npx ampmesh events -f\nCtrl-C ends it.`,
    );
    await stopped;
  } finally {
    await mesh.stop();
  }
}

/** The same experts without a mesh: each once, in the order of a plan, hearing only those before it. */
async function runBaseline(pace: number, say: (line: string) => void): Promise<unknown> {
  const { runSequentially } = await import('../../examples/agents/sequential.ts');
  const { experts } = await import('../../examples/agents/saas/index.ts');
  const { durationMs, contributions } = await runSequentially(experts, { intent: jobs.saas!.intent, pace });
  say(
    `\nOne after another, the same ${contributions.length} experts take ${(durationMs / 1_000).toFixed(1)} s.`,
  );
  return {
    name: 'saas-sequential',
    durationMs,
    contributions: contributions.map((one) => ({ by: one.from, kind: one.kind })),
  };
}

interface JobContext {
  readonly out: string;
  readonly say: (line: string) => void;
  readonly isJson: boolean;
}

async function runJob(mesh: DemoMesh, job: DemoJob, { out, say, isJson }: JobContext): Promise<unknown> {
  const running = new Set(mesh.agents.map((agent) => agent.name));
  const startedAtMs = Date.now();
  await mesh.startAgents(job.agents.filter((name) => !running.has(name)));
  say(
    `${mesh.agents.length} agents are on the mesh (${seconds(startedAtMs)}).\n\n> ${job.intent}${job.files.map((file) => ` [${file.split('/').pop()}]`).join('')}`,
  );
  const folder = join(out, job.name);
  rmSync(folder, { recursive: true, force: true });
  const outcome = await runAsk({
    intent: job.intent,
    attach: job.files,
    out: folder,
    deadlineMs: 60_000,
    nodes: mesh.nodes,
    write: isJson ? undefined : say,
    isColoured: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  });
  say(`\n${describeEnd(outcome.result, outcome.files)}`);
  const app = await tryApp(folder, outcome, say);
  if (outcome.result.end !== 'complete' && outcome.result.end !== 'incomplete')
    process.exitCode = exitCodes.failure;
  return {
    name: job.name,
    ...summarise(outcome.result, job.intent, outcome.result.id),
    files: outcome.files,
    ...(app === undefined ? {} : { app }),
  };
}

/** When the deliverable is an app, it is started and called. */
async function tryApp(
  folder: string,
  outcome: AskOutcome,
  say: (line: string) => void,
): Promise<readonly string[] | undefined> {
  if (!outcome.files.includes(join(folder, 'start.js'))) return undefined;
  const app = await startAndCall(folder);
  say(
    `\nThe app runs at ${app.url}:\n${app.lines.map((line) => `  ${line}`).join('\n')}\n  start it yourself: (cd ${folder} && node start.js)`,
  );
  app.stop();
  return app.lines;
}

function stopOnSignal(_mesh: DemoMesh): Promise<void> {
  return new Promise((resolveSignal) => {
    const onSignal = (): void => {
      process.exitCode = exitCodes.interrupted;
      resolveSignal();
    };
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
  });
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1_000).toFixed(1)} s`;
}
