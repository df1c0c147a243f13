import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Attachment,
  charts,
  codeMetrics,
  convert,
  correlations,
  csvProfile,
  entities,
  groups,
  type HeardContribution,
  keywords,
  outliers,
  quality,
  readTable,
  statistics,
  summary,
  trends,
  type WorkInput,
  workModules,
} from '../../examples/agents/work/index.ts';
import { dataBytesMax } from '../../examples/agents/work/work.ts';

const folder = join(import.meta.dirname, '../../examples/data');

function dataFile(name: string): Attachment {
  return { name, mediaType: '', bytes: new Uint8Array(readFileSync(join(folder, name))) };
}

function csv(content: string, name = 'x.csv'): Attachment {
  return { name, mediaType: 'text/csv', bytes: new TextEncoder().encode(content) };
}

function ask(
  attachments: readonly Attachment[],
  contributions: readonly HeardContribution[] = [],
): WorkInput {
  return { intent: 'what stands out in this data?', attachments, contributions, concerns: [] };
}

/** All modules that fit, one after another, each hearing those before it. */
function runAll(attachments: readonly Attachment[]): HeardContribution[] {
  const facts = attachments.map((file) => ({
    name: file.name,
    mediaType: file.mediaType,
    size: file.bytes.length,
  }));
  const heard: HeardContribution[] = [];
  for (const module of workModules) {
    if (module.judge('what stands out', facts, () => 1) === null) continue;
    heard.push({ ...module.work(ask(attachments, heard)), id: `m${heard.length}`, from: module.name });
  }
  return heard;
}

function findingsOf(
  module: { work(input: WorkInput): { data: { findings: readonly { text: string }[] } } },
  file: string,
): string {
  return module
    .work(ask([dataFile(file)]))
    .data.findings.map((each) => each.text)
    .join('\n');
}

test('every fact planted in the sales table is found by somebody', () => {
  expect(findingsOf(outliers, 'sales.csv')).toMatch(/unit\\_price: 277 in row 702 /);
  expect(findingsOf(trends, 'sales.csv')).toMatch(/2024-11 stands apart: total units .*2\.\d+ times/);
  expect(findingsOf(trends, 'sales.csv')).toMatch(/total units rises by \d\d %/);
  expect(findingsOf(trends, 'sales.csv')).toMatch(
    /2024-12 stands apart: mean unit\\_price .*mostly through row 702/,
  );
  expect(findingsOf(correlations, 'sales.csv')).toMatch(/units rises with ad\\_spend/);
  expect(findingsOf(groups, 'sales.csv')).toMatch(/units differs by region: .*west/);
  expect(findingsOf(csvProfile, 'sales.csv')).toMatch(
    /temperature\\_c is missing in \d+ .*42 of them in rows 380 to 421/,
  );
});

test("every fact planted in the cold room's table is found by somebody", () => {
  expect(findingsOf(outliers, 'cold-room.csv')).toMatch(/Temperatur °C: .* and 5 more values/);
  expect(outliers.work(ask([dataFile('cold-room.csv')])).data.findings[0]!.rows.toSorted()).toEqual([
    582, 584, 586, 588, 590, 592,
  ]);
  expect(findingsOf(trends, 'cold-room.csv')).toMatch(/2025-03-15 stands apart: mean Temperatur/);
  expect(findingsOf(correlations, 'cold-room.csv')).toMatch(/Temperatur °C rises with Strom kW/);
  expect(findingsOf(groups, 'cold-room.csv')).toMatch(/Temperatur °C differs by Sensor: Kühlraum B/);
});

test('the outlier agent doubts a mean, and the statistics agent answers with both means', () => {
  const file = dataFile('sales.csv');
  const first = { ...statistics.work(ask([file])), id: 'first', from: 'statistics' };
  const concern = outliers.review!(first, ask([file], [first]));
  expect(concern?.about).toBe('first');
  expect(concern?.text).toContain('unit\\_price');
  const revised = statistics.work({ ...ask([file], [first]), concerns: [concern!] });
  const reading = readTable(file);
  if ('refused' in reading) throw new Error(reading.refused);
  const values = Array.from(reading.table.columns.find((column) => column.name === 'unit_price')!.values!);
  const without = values.filter((_, row) => reading.table.rowNumbers[row] !== 702);
  const naive = without.reduce((a, b) => a + b, 0) / without.length;
  const told = (revised.data.tables as { columns: { column: string; meanWithoutFlagged?: number }[] }[])[0]!
    .columns;
  expect(told.find((each) => each.column === 'unit_price')!.meanWithoutFlagged).toBeCloseTo(naive, 10);
  expect(outliers.review!({ ...first, kind: 'profile' }, ask([file]))).toBeNull();
});

test('a value is an outlier beyond three interquartile ranges, not beyond one and a half', () => {
  // 1 … 100: quartiles 25.75 and 75.25 of a hundred values, range 49.5; fences at −122.75 and 223.75 (3 IQR).
  const base = Array.from({ length: 100 }, (_, index) => index + 1);
  const found = (extra: number): { outliers: { row: number; value: number }[]; mildCount: number } => {
    const made = outliers.work(
      ask([csv(`n,m\n${[...base, extra].map((value) => `${value},0`).join('\n')}\n`)]),
    );
    return (made.data.tables as { columns: ReturnType<typeof found>[] }[])[0]!.columns[0]!;
  };
  expect(found(160)).toMatchObject({ mildCount: 1, outliers: [] });
  expect(found(260)).toMatchObject({ mildCount: 1, outliers: [{ row: 102, value: 260 }] });
  expect(found(100)).toMatchObject({ mildCount: 0, outliers: [] });
});

test('in a column without spread the few other values stand out', () => {
  const made = outliers.work(
    ask([csv(`n,m\n${Array.from({ length: 300 }, (_, i) => `${i === 150 ? 9 : 1},${i}`).join('\n')}\n`)]),
  );
  expect(made.data.findings[0]).toMatchObject({ columns: ['n'], rows: [152] });
});

test('charts are the same bytes for the same input, well-formed, and carry a title and a description', () => {
  const first = charts.work(ask([dataFile('sales.csv')]));
  const second = charts.work(ask([dataFile('sales.csv')]));
  expect(first).toEqual(second);
  expect(first.files.length).toBeGreaterThanOrEqual(4);
  for (const file of first.files) {
    const svg = new TextDecoder().decode(file.bytes);
    expectWellFormed(svg);
    expect(svg).toMatch(/<title>.+<\/title><desc>.+<\/desc>/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }
});

test('a column of one value, of two values and of huge values can be drawn', () => {
  for (const cells of [
    Array(20).fill(5),
    Array.from({ length: 20 }, (_, i) => i % 2),
    Array.from({ length: 20 }, (_, i) => i * 1e300),
    Array.from({ length: 20 }, (_, i) => i * 1e-12),
  ]) {
    const made = charts.work(ask([csv(`a,b\n${cells.map((cell, i) => `${cell},${i}`).join('\n')}\n`)]));
    for (const file of made.files) {
      const svg = new TextDecoder().decode(file.bytes);
      expectWellFormed(svg);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  }
});

test('charts follow what others found', () => {
  const file = csv(
    `day,a,b\n${Array.from({ length: 120 }, (_, i) => `${new Date(Date.UTC(2024, 0, 1 + i * 3)).toISOString().slice(0, 10)},${50 + (i % 7)},${20 + (i % 5)}`).join('\n')}\n`,
  );
  const heard = (column: string): HeardContribution => ({
    kind: 'outliers',
    title: '',
    markdown: '',
    files: [],
    id: 'o1',
    from: 'outliers',
    data: { findings: [{ text: '', weight: 1, columns: [column], rows: [] }] },
  });
  const first = (column: string): string =>
    charts
      .work(ask([file], [heard(column)]))
      .files.map((each) => each.name)
      .find((name) => name.includes('histogram'))!;
  expect(first('a')).toContain('histogram-a');
  expect(first('b')).toContain('histogram-b');
});

test('the report leads with the strongest findings, cites who found what, and carries its charts inside', () => {
  const heard = runAll([dataFile('sales.csv')]);
  const made = heard.find((each) => each.kind === 'report')!;
  const [first] = made.data.findings;
  expect(made.markdown.indexOf(first!.text)).toBeGreaterThan(0);
  for (const source of heard.filter((each) => each.kind !== 'report'))
    expect(made.markdown).toContain(`*By ${source.from} [`);
  const page = new TextDecoder().decode(made.files.find((file) => file.name.endsWith('.html'))!.bytes);
  expect(page.match(/<svg /g)?.length).toBe(heard.find((each) => each.kind === 'charts')!.files.length);
  expect(page).not.toMatch(/<script|src="http|href="http/);
  expectWellFormed(page.replace(/<!doctype html>|<meta[^>]*>|<br>/g, ''));
});

test('markup and formulas in a file are shown, never run', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const file = csv(
    `"${evil}","a|b"\n${Array.from({ length: 30 }, (_, i) => `"=cmd|' /C calc'!A${i}",${i === 5 ? 9999 : i}`).join('\n')}\n`,
    '<script>alert(2)</script>.csv',
  );
  const heard = runAll([file]);
  const made = heard.find((each) => each.kind === 'report')!;
  const page = new TextDecoder().decode(made.files.find((each) => each.name.endsWith('.html'))!.bytes);
  expect(page).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  for (const each of heard) for (const one of each.files) expect(one.name).toMatch(/^[\p{L}\p{N}.-]+$/u);
  const json = csv('[{"a":"=1+1"},{"a":"-5"}]', 'x.json');
  expect(new TextDecoder().decode(convert.work(ask([json])).files[0]!.bytes)).toBe("a\r\n'=1+1\r\n-5\r\n");
});

test('what a module says for machines stays within its bytes, however wide the table', () => {
  const wide = csv(
    `${Array.from({ length: 300 }, (_, i) => `column with a rather long name ${i}`).join(',')}\n${Array.from({ length: 40 }, (_, r) => Array.from({ length: 300 }, (_, c) => (r * 31 + c * 17) % 101).join(',')).join('\n')}\n`,
  );
  for (const heard of runAll([wide])) {
    expect(new TextEncoder().encode(JSON.stringify(heard.data)).length, heard.kind).toBeLessThanOrEqual(
      dataBytesMax,
    );
    expect(JSON.parse(JSON.stringify(heard.data)), heard.kind).toEqual(heard.data);
  }
});

test('CSV to JSON and back gives the same values', () => {
  const file = csv('name,amount,when,ok\n"a, ""b""\nc",1.5,2024-05-01,yes\nd,NA,2024-05-02,no\n');
  const json = convert.work(ask([file])).files[0]!;
  const records = JSON.parse(new TextDecoder().decode(json.bytes)) as unknown;
  expect(records).toEqual([
    { name: 'a, "b"\nc', amount: 1.5, when: '2024-05-01', ok: true },
    { name: 'd', amount: null, when: '2024-05-02', ok: false },
  ]);
  const back = convert.work(ask([{ ...json, name: 'x.json' }])).files[0]!;
  expect(new TextDecoder().decode(back.bytes)).toBe(
    'name,amount,when,ok\r\n"a, ""b""\nc",1.5,2024-05-01,true\r\nd,,2024-05-02,false\r\n',
  );
});

test('the text agents find who, when and how much in the notes, and the doubled word', () => {
  const found = entities.work(ask([dataFile('site-visit.md')])).data.texts as {
    entities: { kind: string; text: string }[];
  }[];
  const of = (kind: string): string[] =>
    found[0]!.entities.filter((each) => each.kind === kind).map((each) => each.text);
  expect(of('link')).toEqual([
    'https://claims.example.org/brightwater',
    'https://wiki.example.org/cold-room/log',
  ]);
  expect(of('e-mail')).toEqual(['alarms@brightwater.example', 'support@nordicsensors.example']);
  expect(of('money')).toEqual(['€18,400', '€2,350', '€180']);
  expect(of('date')).toContain('30 June 2025');
  expect(of('name')).toEqual(expect.arrayContaining(['Marta Lindqvist', 'Tom Okafor', 'Brightwater Drinks']));
  expect(findingsOf(quality, 'site-visit.md')).toContain('and and');
  expect(findingsOf(keywords, 'site-visit.md')).toContain('cold room');
  const kept = summary.work(ask([dataFile('site-visit.md')])).markdown;
  const whole = new TextDecoder().decode(dataFile('site-visit.md').bytes);
  for (const line of kept.split('\n').filter((each) => each.length > 3))
    expect(whole).toContain(line.slice(2).trim());
});

test('code is measured per language: functions, paths, comments and open marks', () => {
  const made = codeMetrics.work(ask([dataFile('reorder.py')])).data.files as {
    functions: number;
    todos: { line: number }[];
    hardest: { name: string; complexity: number };
  }[];
  expect(made[0]).toMatchObject({ functions: 3, hardest: { name: 'order_size', line: 29 } });
  expect(made[0]!.todos.map((todo) => todo.line)).toEqual([8, 30]);
  const script = csv(
    '/** Doc.\n * more\n */\nexport function f(a: number): number {\n  // why\n  if (a > 1 && a < 5) return a ?? 1;\n  return a > 0 ? 1 : 2; // if\n}\nconst g = (x: string) => x;\n',
    'a.ts',
  );
  expect((codeMetrics.work(ask([script])).data.files as unknown[])[0]).toMatchObject({
    lines: 9,
    comment: 4,
    code: 5,
    functions: 2,
    complexity: 4,
  });
});

test('each module judges by meaning and by what is attached, and is silent otherwise', () => {
  const table = [{ name: 'a.csv', mediaType: 'text/csv', size: 10 }];
  const prose = [{ name: 'a.md', mediaType: 'text/markdown', size: 10 }];
  expect(statistics.judge('what stands out?', table, () => 0.8)?.confidence).toBeGreaterThan(0.8);
  expect(statistics.judge('book a flight', table, () => 0.05)).toBeNull();
  expect(statistics.judge('what stands out?', prose, () => 0.8)).toBeNull();
  expect(summary.judge('what stands out?', prose, () => 0.8)).not.toBeNull();
  const near = outliers.judge('x', table, () => 0.6)!.confidence;
  expect(outliers.judge('x', table, () => 0.3)!.confidence).toBeLessThan(near);
});

test('an empty table, a refused file and no file are answered in words', () => {
  for (const module of workModules) {
    for (const attachments of [
      [],
      [csv('a,b\n')],
      [{ name: 'x.csv', mediaType: '', bytes: Uint8Array.of(0x50, 0x4b, 3, 4) }],
      [csv('')],
      [{ name: 'x.md', mediaType: '', bytes: new Uint8Array(0) }],
    ]) {
      const made = module.work(ask(attachments));
      expect(made.markdown.trim(), module.name).not.toBe('');
      expect(made.kind).toBe(module.kind);
    }
  }
});

/** Tags balance, attributes are quoted, no bare ampersand: enough of XML to catch a broken page. */
function expectWellFormed(markup: string): void {
  const open: string[] = [];
  for (const tag of markup.matchAll(
    /<(\/?)([a-zA-Z0-9]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|<|&(?!(?:amp|lt|gt|quot);)/g,
  )) {
    if (tag[2] === undefined)
      throw new Error(`not well-formed near “${markup.slice(tag.index, tag.index + 60)}”`);
    if (tag[1] === '/') expect(open.pop()).toBe(tag[2]);
    else if (tag[4] !== '/') open.push(tag[2]);
  }
  expect(open).toEqual([]);
}
