/** `ampmesh sim validate|new|replay|shrink`: write a scenario, and find out what went wrong in one run of it. */
import type { Command } from 'commander';
import { openScenario } from '../../sim/scenario/built-in.ts';
import { exitCodes } from '../exit.ts';
import { collect, onePoint } from './grid-flags.ts';
import { writeNewSwarm } from './new-swarm.ts';
import { replaySeed } from './replay-seed.ts';
import { shrinkSeed } from './shrink-seed.ts';

export function addAuthoring(sim: Command): void {
  sim
    .command('validate')
    .argument('<scenario>', 'a file')
    .summary('check a scenario: every error names line and column')
    .addHelpText('before', 'Examples:\n  ampmesh sim validate my-swarm.yaml\n')
    .action((path: string) => {
      const file = openScenario(path);
      print(`${file.name}: ${file.question} (model ${file.model.name}) is well formed.`);
    });
  sim
    .command('new')
    .argument('<name>', 'of your swarm')
    .summary('write a scenario and a behaviour to start from')
    .addHelpText('before', 'Examples:\n  ampmesh sim new my-swarm && ampmesh sim run my-swarm.yaml\n')
    .action((name: string) => {
      for (const path of writeNewSwarm(name)) print(path);
      note(`Now: ampmesh sim run ${name}.yaml\nThen, on real nodes: ampmesh agent run ${name}.ts --count 4`);
    });
  sim
    .command('replay')
    .argument('<scenario>')
    .summary('run a seed again and again: equal, or the first event that differs')
    .addHelpText('before', 'Examples:\n  ampmesh sim replay peers-faults --seed 7\n')
    .option('--seed <seed>', 'one seed', '1')
    .option('--set <key=value>', 'a parameter (repeat)', collect, [])
    .option('--repeats <count>', 'runs to compare', '2')
    .action((scenario: string, flags: { seed: string; set: readonly string[]; repeats: string }) => {
      const outcome = replaySeed(
        openScenario(scenario),
        onePoint(flags.set),
        Number(flags.seed),
        Number(flags.repeats),
      );
      print(outcome.text);
      if (!outcome.isEqual) process.exitCode = exitCodes.failure;
    });
  sim
    .command('shrink')
    .argument('<scenario>')
    .summary('make a failing run small: fewer peers, fewer faults')
    .addHelpText('before', 'Examples:\n  ampmesh sim shrink peers-faults --seed 7\n')
    .option('--seed <seed>', 'the failing seed', '1')
    .option('--set <key=value>', 'a parameter (repeat)', collect, [])
    .action((scenario: string, flags: { seed: string; set: readonly string[] }) => {
      const progress = (line: string) => process.stderr.write(`\r\u001b[K${line}`);
      const shrunk = shrinkSeed(openScenario(scenario), onePoint(flags.set), Number(flags.seed), progress);
      process.stderr.write('\n');
      print(shrunk.failure);
      print(JSON.stringify(shrunk.settings, null, 2));
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
