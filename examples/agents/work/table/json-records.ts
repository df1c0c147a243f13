/** Records out of JSON: a list of objects, a list under one key, or one object per line. */

/** Deep values are flattened to `a.b`; below this depth they stay JSON text (judgement). */
const depthMax = 4;

/** Header and rows as text cells, or `null` when the text is not JSON records. */
export function readJsonRecords(text: string): { records: string[][]; notes: string[]; kind: 'json' } | null {
  const start = text.trimStart()[0];
  if (start !== '[' && start !== '{') return null;
  const list = wholeList(text) ?? lineList(text);
  if (list === null || list.length === 0) return null;
  const flat = list.map((item) => flatten(item));
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))].slice(0, 1000);
  const rows = flat.map((row) => names.map((name) => row.get(name) ?? ''));
  return { records: [names, ...rows], notes: [], kind: 'json' };
}

function wholeList(text: string): readonly object[] | null {
  const value = parseOrNull(text);
  if (isObjectList(value)) return value;
  if (typeof value !== 'object' || value === null) return null;
  const lists = Object.values(value).filter(isObjectList);
  return lists.length === 1 ? lists[0]! : [value];
}

function lineList(text: string): readonly object[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parseOrNull);
  return isObjectList(values) ? values : null;
}

function isObjectList(value: unknown): value is readonly object[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  );
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

function flatten(
  item: object,
  prefix = '',
  depth = 0,
  into = new Map<string, string>(),
): Map<string, string> {
  for (const [key, value] of Object.entries(item)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (value === null || value === undefined) into.set(name, '');
    else if (typeof value !== 'object') into.set(name, String(value));
    else if (Array.isArray(value) || depth >= depthMax) into.set(name, JSON.stringify(value));
    else flatten(value as object, name, depth + 1, into);
  }
  return into;
}
