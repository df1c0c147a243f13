/** `ampmesh sim calibrate`: real nodes beside the model, on the same links. */
import type { Command } from 'commander';
import { AmpError } from '../../protocol/errors.ts';
import type { LivePlan } from '../../sim/live/live-plan.ts';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { type GossipScenario, gossipModel, planGossip } from '../../sim/scenario/gossip-model.ts';
import { resolveScenario } from '../../sim/scenario/scenario-file.ts';
import type { Point } from '../../sim/scenario/sweep.ts';
import { describeMachine } from '../bench/report.ts';
import { exitCodes } from '../exit.ts';

interface CalibrateFlags {
  readonly nodes?: string;
  readonly messages?: string;
  readonly decisions: string;
  readonly seed: string;
  readonly workers: string;
  readonly json?: boolean;
}

export function addCalibrate(sim: Command): void {
  sim
    .command('calibrate')
    .argument('[scenario]', 'a gossip scenario', 'calibrate-gossip')
    .summary('the same run on virtual time and on real nodes: how far do they lie apart?')
    .addHelpText(
      'before',
      `Examples:
  ampmesh sim calibrate                                50 real nodes, then decisions among 4 and 7: about four minutes
  ampmesh sim calibrate --nodes 8 --messages 10 --decisions 0 --json
Leave the machine alone meanwhile: what else it does is measured too.
`,
    )
    .option('--nodes <count>', 'real nodes, instead of what the scenario says')
    .option('--messages <count>', 'messages, instead of what the scenario says')
    .option(
      '--decisions <count>',
      'decisions in each situation among 4 and among 7 members, 0 for none',
      '10',
    )
    .option('--seed <seed>', 'of graph, links and publishers', '1')
    .option('--workers <count>', 'processes that host the nodes', '2')
    .option('--json', 'one line of JSON')
    .action(calibrate);
  // The built package is one file: a worker process is the command itself. See `sim/live/worker-calls.ts`.
  sim
    .command('live-worker', { hidden: true })
    .argument('<kind>')
    .action(async (kind: string) => (await import('../../sim/live/run-worker.ts')).runLiveWorker(kind));
}

async function calibrate(scenario: string, flags: CalibrateFlags): Promise<void> {
  const plan = planLive(scenario, {}, Number(flags.seed));
  const { formatCalibration, runCalibration } = await import('../../sim/calibrate/index.ts');
  const calibration = await untilInterrupted((signal) =>
    runCalibration(
      {
        ...plan,
        ...(flags.nodes === undefined ? {} : { peerCount: countOf(flags.nodes, '--nodes', 2) }),
        ...(flags.messages === undefined ? {} : { messageCount: countOf(flags.messages, '--messages', 2) }),
      },
      {
        workerCount: countOf(flags.workers, '--workers', 1),
        decisionCount: countOf(flags.decisions, '--decisions', 0),
        progress: noteProgress,
        signal,
      },
    ),
  );
  if (calibration === undefined) return;
  if (flags.json === true)
    process.stdout.write(`${JSON.stringify({ machine: describeMachine(), ...calibration })}\n`);
  else process.stdout.write(`${formatCalibration(calibration).join('\n')}\n`);
  if (!calibration.goals.every(({ ok }) => ok)) process.exitCode = exitCodes.threshold;
}

/** A gossip scenario at one point. @throws AmpError AMP-1903 for another model. */
export function planLive(scenario: string, point: Point, seed: number): LivePlan {
  const file = openScenario(scenario);
  if (file.model !== gossipModel)
    throw new AmpError(
      'AMP-1903',
      `Live mode runs gossip scenarios; ${file.name} is one of the model ${file.model.name}.`,
    );
  return planGossip(resolveScenario(file, point) as unknown as GossipScenario, seed);
}

/** Run until done or until an interrupt, which lets go of the worker processes. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  try {
    return await work(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
    return undefined;
  } finally {
    process.off('SIGINT', stop);
  }
}

/** One line that is written over, where there is a terminal. */
export function noteProgress(words: string): void {
  process.stderr.write(
    process.stderr.isTTY ? `\r\u001b[K${words}` : /^(message|decision) /.test(words) ? '' : `${words}\n`,
  );
}

function countOf(text: string, flag: string, least: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least)
    throw new AmpError('AMP-1502', `${flag} ${text} is no count of at least ${least}.`);
  return count;
}
