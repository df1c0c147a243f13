/** `ampmesh config show`: every setting, its value, and with `--origin` where it came from. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { resolveSettings, settingNames, settings, toFlag, toVariable } from '../settings.ts';

export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .summary('look at the settings')
    .command('show')
    .summary('every setting and its value')
    .addHelpText(
      'before',
      'Examples:\n  ampmesh config show --origin\n  ampmesh config show --config ampmesh.yaml --json\n',
    )
    .option('--config <file>', 'YAML file with settings (AMPMESH_CONFIG)')
    .option('--origin', 'where each value came from')
    .option('--json', 'one line of JSON')
    .action((flags: { config?: string; origin?: boolean; json?: boolean }) => {
      const { values, origins } = resolveSettings({
        flags: {},
        environment: process.env,
        file: flags.config ?? process.env.AMPMESH_CONFIG,
      });
      const shown = settingNames.map((name) => ({
        name,
        value: settings[name].isSecret === true && values[name] !== '' ? '(secret)' : values[name],
        origin: origins[name],
        flag: `--${toFlag(name)}`,
        variable: toVariable(name),
        about: settings[name].about,
      }));
      if (flags.json === true) return void process.stdout.write(`${JSON.stringify(shown)}\n`);
      const table = new Table({
        head: ['setting', 'value', ...(flags.origin === true ? ['from'] : []), 'what it is'],
        style: { head: [], border: [], compact: true },
      });
      for (const one of shown)
        table.push([one.name, String(one.value), ...(flags.origin === true ? [one.origin] : []), one.about]);
      process.stdout.write(`${table.toString()}\n`);
    });
}
