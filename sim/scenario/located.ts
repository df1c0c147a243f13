/** A YAML file as a tree in which every value knows its file, line and column, so that an error can point at it. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { AmpError } from '../../protocol/errors.ts';

export interface Position {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type ScalarValue = string | number | boolean | null;

export type Located =
  | { readonly kind: 'scalar'; readonly at: Position; readonly value: ScalarValue }
  | { readonly kind: 'list'; readonly at: Position; readonly items: readonly Located[] }
  | { readonly kind: 'map'; readonly at: Position; readonly entries: ReadonlyMap<string, LocatedEntry> };

export interface LocatedEntry {
  readonly keyAt: Position;
  readonly node: Located;
}

export type LocatedMap = Extract<Located, { kind: 'map' }>;

/** Nothing a person writes is larger; a file that is was made by accident. */
const fileCharactersMax = 200_000;

/**
 * Parse one YAML document whose root is a map. Anchors and merge keys are refused: `extends` and parameters do that.
 * @throws AmpError AMP-1902 with line and column.
 */
export function parseLocated(text: string, file: string): LocatedMap {
  const start = { file, line: 1, column: 1 };
  if (text.length > fileCharactersMax)
    throw scenarioError(start, `the file is over ${fileCharactersMax} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [problem] = document.errors;
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (problem !== undefined) throw scenarioError(positionOf(problem.pos[0]), problem.message);
  if (!isMap(document.contents))
    throw scenarioError(start, 'a scenario is a map of keys, such as `name: my-swarm`');
  return locate(document.contents, positionOf) as LocatedMap;
}

function locate(node: Node, positionOf: (offset: number) => Position): Located {
  const at = positionOf(node.range?.[0] ?? 0);
  if (isAlias(node)) throw scenarioError(at, 'aliases are not read; write the value, or use a parameter');
  if (isMap<Node, Node | null>(node)) {
    const entries = new Map<string, LocatedEntry>();
    for (const pair of node.items) {
      const keyAt = positionOf(pair.key.range?.[0] ?? 0);
      if (!isScalar(pair.key)) throw scenarioError(keyAt, 'a key must be a plain word');
      const value: Located = pair.value === null ? scalar(keyAt, null) : locate(pair.value, positionOf);
      entries.set(String(pair.key.value), { keyAt, node: value });
    }
    return { kind: 'map', at, entries };
  }
  if (isSeq<Node>(node))
    return { kind: 'list', at, items: node.items.map((item) => locate(item, positionOf)) };
  return scalar(at, isScalar(node) ? (node.value as ScalarValue) : null);
}

export function scalar(at: Position, value: ScalarValue): Located {
  return { kind: 'scalar', at, value };
}

/** Lay `over` on `under`: maps merge key by key, everything else is replaced. */
export function mergeLocated(under: Located, over: Located): Located {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { ...entry, node: mergeLocated(below.node, entry.node) });
  }
  return { kind: 'map', at: over.at, entries };
}

/** The tree without places, as JSON would hold it. */
export function toPlain(node: Located): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toPlain);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { node: value }]) => [key, toPlain(value)]));
  }
}

/** Change every scalar of a tree. */
export function mapScalars(
  node: Located,
  change: (value: ScalarValue, at: Position) => ScalarValue,
): Located {
  switch (node.kind) {
    case 'scalar':
      return { ...node, value: change(node.value, node.at) };
    case 'list':
      return { ...node, items: node.items.map((item) => mapScalars(item, change)) };
    case 'map': {
      const entries = new Map<string, LocatedEntry>();
      for (const [key, entry] of node.entries)
        entries.set(key, { ...entry, node: mapScalars(entry.node, change) });
      return { ...node, entries };
    }
  }
}

/** An error that an editor can jump to: `file:line:column what. Suggestion.` */
export function scenarioError(at: Position, what: string, suggestion = ''): AmpError {
  const place = `${at.file}:${at.line}:${at.column}`;
  const advice = suggestion === '' ? '' : ` ${suggestion}`;
  return new AmpError('AMP-1902', `${place}: ${what}.${advice}`, { ...at, what, suggestion });
}

/** "Did you mean x?" for a word close to one of the known ones, else a list of those. */
export function suggest(word: string, known: readonly string[]): string {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  if (best !== undefined && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)))
    return `Did you mean \`${best.candidate}\`?`;
  return `Write one of: ${[...known].sort().join(', ')}.`;
}

/** Changes of one letter, and swaps of neighbours, that lead from one word to the other (Damerau 1964). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, swap, row[j]! + 1, next[j - 1]! + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
