import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readHeard, sayContribution } from '../../examples/agents/wire.ts';
import type { Contribution } from '../../examples/agents/work/index.ts';
import { composeReport } from '../../examples/agents/work/report.ts';
import type { Contribution as JobContribution } from '../../protocol/job/job-view.ts';
import type { FileReference } from '../../protocol/messages.ts';

function memoryStore() {
  const blobs = new Map<string, Uint8Array>();
  return {
    async keep(name: string, mediaType: string, bytes: Uint8Array): Promise<FileReference> {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      blobs.set(sha256, bytes);
      return { sha256, bytes: bytes.length, mediaType, name };
    },
    async read(file: FileReference): Promise<Uint8Array> {
      return blobs.get(file.sha256)!;
    },
  };
}

function heardAs(said: Awaited<ReturnType<typeof sayContribution>>): JobContribution {
  return {
    id: 'm1',
    author: 'did:key:zSomebody' as JobContribution['author'],
    authorName: 'somebody',
    type: 'proposal',
    at: 0,
    meets: [],
    references: [],
    confidence: undefined,
    supersededBy: undefined,
    acceptedBy: [],
    changeWantedBy: [],
    content: said.content,
    attachments: said.attachments ?? [],
  };
}

const small: Contribution = {
  kind: 'outliers',
  title: 'T',
  markdown: 'M',
  data: { findings: [{ text: 'f', weight: 0.5, columns: ['a'], rows: [3] }], tables: [{ column: 'a' }] },
  files: [{ name: 'public/a.txt', mediaType: 'text/plain', bytes: new TextEncoder().encode('hello') }],
};

test('a contribution arrives as it was made, its files too', async () => {
  const store = memoryStore();
  const heard = await readHeard(heardAs(await sayContribution(small, store)), store, true);
  expect(heard).toEqual({ ...small, id: 'm1', from: 'somebody' });
});

test('data with more keys than a message holds travels beside it and arrives whole', async () => {
  const store = memoryStore();
  const wide = {
    ...small,
    data: {
      findings: small.data.findings,
      rows: Array.from({ length: 800 }, (_, at) => ({ at, square: at * at })),
    },
  };
  const said = await sayContribution(wide, store);
  expect(JSON.stringify(said.content).length).toBeLessThan(2_000);
  expect((await readHeard(heardAs(said), store, false)).data).toEqual(wide.data);
  expect((await readHeard(heardAs(said), store, true)).files.map((file) => file.name)).toEqual([
    'public/a.txt',
  ]);
});

test('what strangers send is taken for text, and nothing of it breaks a report', async () => {
  const store = memoryStore();
  for (const content of [
    'just prose',
    {},
    { kind: 7, title: ['x'], markdown: { a: 1 }, data: 'no' },
    { kind: 'statistics', data: { findings: 'none', tables: 3 } },
    {
      kind: 'statistics',
      data: {
        findings: [
          null,
          5,
          { text: 1 },
          { text: 'ok', weight: 'high' },
          { text: 'far', weight: 1e9, columns: [1, 'a'], rows: ['x', 2] },
        ],
      },
    },
    { kind: 'x', data: JSON.parse('{"__proto__":{"findings":[]},"constructor":1}') as object },
    { text: '<script>alert(1)</script>' },
  ]) {
    const heard = await readHeard(heardAs({ content: content as Record<string, unknown> }), store, true);
    expect(
      heard.data.findings.every(
        (each) => each.weight <= 1 && each.columns.every((name) => typeof name === 'string'),
      ),
    ).toBe(true);
    expect(Object.hasOwn(heard.data, 'constructor')).toBe(false);
    const report = composeReport({ intent: 'x', attachments: [], contributions: [heard], concerns: [] });
    const page = new TextDecoder().decode(report.files.find((file) => file.name.endsWith('.html'))!.bytes);
    expect(page).not.toContain('<script');
    expect(report.markdown).not.toContain('<script');
  }
});
