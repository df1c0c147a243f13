/** How a contribution travels: what it says in the message, its files and its larger data beside it. */
import type { Action, Situation } from '../../client/index.ts';
import type { Contribution as JobContribution } from '../../protocol/job/job-view.ts';
import type { FileReference } from '../../protocol/messages.ts';
import { type Contribution, type Finding, type HeardContribution, isSafeKey, textFile } from './work/work.ts';

/** Data with more keys than this goes as a file (a message holds 1,000 keys). */
const inlineKeysMax = 400;
const inlineBytesMax = 16 * 1024;
/** Findings told in the message itself; all are in the data. */
const findingsTold = 12;
const dataSuffix = '.data.json';
/** Files of a contribution that are sent and fetched (a message holds 64). */
const filesMax = 60;

/** The message part of a contribution; its files are kept at the node. */
export async function sayContribution(
  made: Contribution,
  situation: Pick<Situation, 'keep'>,
): Promise<Pick<Action, 'content' | 'attachments'>> {
  const json = JSON.stringify(made.data);
  const isInline = json.length <= inlineBytesMax && countKeys(made.data) <= inlineKeysMax;
  const files = [
    ...made.files.slice(0, filesMax),
    ...(isInline ? [] : [textFile(`${made.kind}${dataSuffix}`, 'application/json', json)]),
  ];
  const attachments = await Promise.all(
    files.map((file) => situation.keep(file.name, file.mediaType, file.bytes)),
  );
  const data = isInline ? made.data : { findings: made.data.findings.slice(0, findingsTold) };
  return {
    content: { kind: made.kind, title: made.title, markdown: made.markdown, data },
    ...(attachments.length === 0 ? {} : { attachments }),
  };
}

/** The kind that a contribution says it is; its text is nobody's kind. */
export function kindOf(contribution: Pick<JobContribution, 'content'>): string {
  return typeof contribution.content === 'string' ? '' : String(contribution.content.kind ?? '');
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children = Object.values(value).reduce<number>((count, child) => count + countKeys(child), 0);
  return children + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** A contribution as a module sees it. What another agent sent is taken for what it is: text and bytes to judge. */
export async function readHeard(
  one: JobContribution,
  situation: Pick<Situation, 'read'>,
  withFiles: boolean,
): Promise<HeardContribution> {
  const content: Readonly<Record<string, unknown>> =
    typeof one.content === 'string' ? { markdown: one.content } : one.content;
  const kind = textOf(content.kind) || 'remark';
  const from = one.authorName ?? one.author.slice(-8);
  const dataFile = one.attachments.find((file) => file.name === `${kind}${dataSuffix}`);
  const data = dataFile === undefined ? content.data : await readJson(dataFile, situation);
  const wanted = withFiles ? one.attachments.filter((file) => file !== dataFile).slice(0, filesMax) : [];
  const files = await Promise.all(
    wanted.map(async (file) => ({
      name: file.name,
      mediaType: file.mediaType,
      bytes: await situation.read(file),
    })),
  );
  return {
    id: one.id,
    from,
    kind,
    title: textOf(content.title) || `From ${from}`,
    markdown:
      textOf(content.markdown) ||
      textOf(content.text) ||
      `\`${JSON.stringify(content).slice(0, 2000).replaceAll('`', "'")}\``,
    data: readData(data),
    files,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function readJson(file: FileReference, situation: Pick<Situation, 'read'>): Promise<unknown> {
  const text = new TextDecoder().decode(await situation.read(file));
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}

/** Findings in their form, whatever was sent. */
function readData(data: unknown): HeardContribution['data'] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return { findings: [] };
  const safe = Object.fromEntries(Object.entries(data).filter(([key]) => isSafeKey(key)));
  const findings = Array.isArray(safe.findings) ? safe.findings.flatMap(readFinding) : [];
  return { ...safe, findings };
}

function readFinding(value: unknown): Finding[] {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof Finding, unknown>
  >;
  if (typeof given.text !== 'string' || typeof given.weight !== 'number') return [];
  const list = (from: unknown): unknown[] => (Array.isArray(from) ? from.slice(0, 20) : []);
  return [
    {
      text: given.text.slice(0, 1000),
      weight: Math.max(0, Math.min(1, given.weight)),
      columns: list(given.columns).filter((name) => typeof name === 'string'),
      rows: list(given.rows).filter((row) => typeof row === 'number'),
    },
  ];
}
