/** Reads a labelled agent-search set: `agents.jsonl` and `queries.jsonl` in one folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AmpError } from '../../protocol/errors.ts';

const agentSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()).default([]),
});

const querySchema = z.looseObject({
  id: z.string().min(1),
  query: z.string().min(1),
  relevant: z.record(z.string(), z.number().int().min(0).max(10)),
  kind: z.string().min(1).default('any'),
});

export type LabelledAgent = z.infer<typeof agentSchema>;
export type LabelledQuery = z.infer<typeof querySchema>;

export interface AgentSearchData {
  readonly agents: readonly LabelledAgent[];
  readonly queries: readonly LabelledQuery[];
}

/** All that may be indexed: `id` and `domain` are label keys and stay out. */
export function searchableText(agent: Pick<LabelledAgent, 'name' | 'description' | 'tags'>): string {
  return `${agent.name}. ${agent.description}${agent.tags.length > 0 ? ` ${agent.tags.join(', ')}.` : ''}`;
}

/** @throws AmpError AMP-1590 with file and line when a row is missing, malformed, repeated or names no agent. */
export function readAgentSearchData(folder: string): AgentSearchData {
  const agents = readRows(join(folder, 'agents.jsonl'), agentSchema);
  const queries = readRows(join(folder, 'queries.jsonl'), querySchema);
  const known = new Set(agents.map(({ row }) => row.id));
  for (const { row, line } of queries) {
    const missing = Object.keys(row.relevant).find((id) => !known.has(id));
    if (missing === undefined) continue;
    throw wrong(
      join(folder, 'queries.jsonl'),
      line,
      `"relevant" names "${missing}", which is no agent here.`,
    );
  }
  return { agents: agents.map(({ row }) => row), queries: queries.map(({ row }) => row) };
}

interface Row<T> {
  readonly row: T;
  readonly line: number;
}

function readRows<T extends { id: string }>(file: string, schema: z.ZodType<T>): Row<T>[] {
  const rows: Row<T>[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, text] of readText(file).split('\n').entries()) {
    if (text.trim() === '') continue;
    const line = index + 1;
    const row = parseRow(text, file, line, schema);
    const earlier = lineOf.get(row.id);
    if (earlier !== undefined) throw wrong(file, line, `id "${row.id}" was used on line ${earlier} already.`);
    lineOf.set(row.id, line);
    rows.push({ row, line });
  }
  if (rows.length === 0) throw wrong(file, 1, 'the file has no rows.');
  return rows;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new AmpError('AMP-1590', `Cannot read ${file}.`, { file }, cause);
  }
}

function parseRow<T>(text: string, file: string, line: number, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong(file, line, 'not one JSON object.', cause);
  }
  const checked = schema.safeParse(json);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw wrong(file, line, `${issue?.path.join('.') || 'row'}: ${issue?.message ?? 'malformed'}.`);
}

function wrong(file: string, line: number, what: string, cause?: unknown): AmpError {
  return new AmpError('AMP-1590', `${file}:${line}: ${what}`, { file, line }, cause);
}
