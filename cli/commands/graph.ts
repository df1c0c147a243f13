/** `ampmesh graph query|known|open|show|history|export`: what a space knows, and where it comes from. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { AmpError } from '../../protocol/errors.ts';
import { exitCodes } from '../exit.ts';
import { type ExportedEntity, type ExportedGraph, toGraphml, toTurtle } from '../graph-export.ts';
import {
  addMemoryFlags,
  askSpace,
  type MemoryFlags,
  type MemoryView,
  print,
  shortEntity,
} from './memory-access.ts';

/** Entities in one export. */
const exportMax = 100_000;
const formats = ['json', 'graphml', 'turtle'] as const;

interface QueryFlags extends MemoryFlags {
  readonly type?: string;
  readonly status?: string;
  readonly subject?: string;
  readonly limit: string;
}

export function addGraphCommand(program: Command): void {
  const graph = program
    .command('graph')
    .summary('what a space knows, and where it comes from')
    .addHelpText(
      'before',
      `Examples:
  ampmesh graph query --space commons --status fact
  ampmesh graph query "why is the database slow" --space <id>
  ampmesh graph known "the database is slow" --space <id>     has it been solved already?
  ampmesh graph open --space <id>                             questions, needs, goals and gaps
  ampmesh graph show <entity> --space <id>
  ampmesh graph history --space <id> --json
  ampmesh graph export --space <id> --format graphml > space.graphml
`,
    );
  addMemoryFlags(graph.command('query [text]').summary('entities by filter, or near in meaning'))
    .option('--type <type>', 'fact, hypothesis, question, goal, need, solution, gap, …')
    .option('--status <status>', 'hypothesis, fact, disputed, contested, retracted, open, closed')
    .option('--subject <subject>', 'of the claim')
    .option('--limit <count>', 'how many', '50')
    .action(query);
  addMemoryFlags(graph.command('known <problem>').summary('solved problems near in meaning'))
    .option('--min <similarity>', 'least similarity, 0 to 1', '0.8')
    .action(showKnown);
  addMemoryFlags(graph.command('open').summary('open questions, needs, goals, requirements and gaps')).action(
    showOpen,
  );
  addMemoryFlags(graph.command('show <entity>').summary('one entity with its voices and conflicts')).action(
    show,
  );
  addMemoryFlags(
    graph.command('history [entity]').summary('what was written when, by whom, in which frame'),
  ).action(history);
  addMemoryFlags(graph.command('export').summary('the whole graph'))
    .option('--format <format>', formats.join(', '), 'json')
    .action(exportGraph);
}

async function query(text: string | undefined, flags: QueryFlags): Promise<void> {
  const filter = {
    ...(flags.type === undefined ? {} : { types: flags.type.split(',') }),
    ...(flags.status === undefined ? {} : { statuses: flags.status.split(',') }),
    ...(flags.subject === undefined ? {} : { subject: flags.subject }),
  };
  const limit = Number(flags.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new AmpError('AMP-1502', `"${flags.limit}" is no count.`, { flag: '--limit' });
  const found = await askSpace(flags, 'graph', { filter, limit, ...(text === undefined ? {} : { text }) });
  showEntities(found, flags);
}

function showEntities(found: MemoryView, flags: MemoryFlags): void {
  if (flags.json === true) return print(JSON.stringify(found));
  const table = new Table({ head: ['entity', 'type', 'status', 'for', 'against', 'text'] });
  for (const one of found.items as unknown as ExportedEntity[]) {
    const { id, body, status, support, dispute } = one;
    table.push([
      shortEntity(id),
      body.type,
      status,
      String(support),
      String(dispute),
      body.text.slice(0, 70),
    ]);
  }
  print(found.items.length === 0 ? 'none' : table.toString());
}

/** Exit code 0 when something is known, 1 when nothing is: a script asks before it works. */
async function showKnown(problem: string, flags: MemoryFlags & { readonly min: string }): Promise<void> {
  const min = Number(flags.min);
  if (!(min >= 0 && min <= 1))
    throw new AmpError('AMP-1502', `"${flags.min}" is no similarity from 0 to 1.`, { flag: '--min' });
  const found = await askSpace(flags, 'known', { filter: { min }, text: problem });
  showEntities(found, flags);
  if (found.items.length === 0) process.exitCode = exitCodes.failure;
}

async function showOpen(flags: MemoryFlags): Promise<void> {
  showEntities(await askSpace(flags, 'open', { limit: exportMax }), flags);
}

async function show(entity: string, flags: MemoryFlags): Promise<void> {
  const { items, explain } = await askSpace(flags, 'graph', { filter: { ids: [entity] } });
  const [one] = items;
  if (one === undefined)
    throw new AmpError('AMP-1706', `The space ${flags.space} knows no ${entity}.`, { entity });
  if (flags.json === true) return print(JSON.stringify({ ...one, conflicts: explain.conflicts }));
  print(JSON.stringify({ ...one, conflicts: explain.conflicts }, undefined, 2));
}

async function history(entity: string | undefined, flags: MemoryFlags): Promise<void> {
  const filter = entity === undefined ? {} : { entity };
  const { items } = await askSpace(flags, 'history', { filter, limit: exportMax });
  if (flags.json === true) return print(JSON.stringify(items));
  for (const { at, author, key, value, mark } of items) {
    const { epoch, seq } = mark as { epoch: string; seq: number };
    const place = `${String(author).slice(-6)} ${epoch.slice(0, 6)}#${seq}`;
    const said = value === undefined ? 'deleted' : JSON.stringify(value).slice(0, 100);
    print(
      `${new Date(at as number).toISOString()}  ${place.padEnd(22)} ${String(key).slice(0, 40)}  ${said}`,
    );
  }
}

async function exportGraph(flags: MemoryFlags & { readonly format: string }): Promise<void> {
  if (!(formats as readonly string[]).includes(flags.format))
    throw new AmpError('AMP-1502', `"${flags.format}" is no format. Use ${formats.join(', ')}.`);
  const graph = await readGraph(flags);
  if (flags.format === 'graphml') process.stdout.write(toGraphml(graph));
  else if (flags.format === 'turtle') process.stdout.write(toTurtle(graph));
  else print(JSON.stringify(graph));
}

async function readGraph(flags: MemoryFlags): Promise<ExportedGraph & { readonly conflicts: unknown }> {
  const [entities, written, conflicts] = await Promise.all([
    askSpace(flags, 'graph', { limit: exportMax }),
    askSpace(flags, 'relations', { limit: exportMax }),
    askSpace(flags, 'conflicts', { limit: exportMax }),
  ]);
  return {
    space: flags.space,
    entities: entities.items as unknown as ExportedEntity[],
    relations: written.items as unknown as ExportedGraph['relations'],
    conflicts: conflicts.items,
  };
}
