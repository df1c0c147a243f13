/** `ampmesh traces`: the marks that agents left in a space, strongest first. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { addMemoryFlags, askSpace, type MemoryFlags, print } from './memory-access.ts';

export function addTracesCommand(program: Command): void {
  addMemoryFlags(program.command('traces [location]').summary('marks that agents left in a space'))
    .addHelpText(
      'before',
      `Examples:
  ampmesh traces --space commons
  ampmesh traces tasks/ --space <id> --json | jq '.[0]'
`,
    )
    .action(showTraces);
}

/** All marks whose location begins with the one given. */
async function showTraces(location: string | undefined, flags: MemoryFlags): Promise<void> {
  const filter = { location: location ?? '', prefix: true };
  const { items } = await askSpace(flags, 'traces', { filter, limit: 1_000 });
  if (flags.json === true) return print(JSON.stringify(items));
  const table = new Table({ head: ['location', 'kind', 'strength', 'agents'] });
  for (const one of items as { location: string; kind: string; amount: number; authors: string[] }[])
    table.push([one.location, one.kind, one.amount.toFixed(3), String(one.authors.length)]);
  print(items.length === 0 ? 'none' : table.toString());
}
