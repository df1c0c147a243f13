/** The commands about memory, against a real node and then against its files. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { commandFlags } from '../../cli/bench/spawn-node.ts';
import { main } from '../../cli/main.ts';
import { type Agent, openMemory } from '../../client/index.ts';
import { startNodes, type TestNodes } from '../collaboration/nodes.ts';

const command = new URL('../../cli/ampmesh.js', import.meta.url).pathname;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In a process of its own, as people run it. */
function runAlone(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...commandFlags(), command, ...args], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** The same command in this process: starting one takes a second. */
async function run(...args: string[]): Promise<Ended> {
  const said = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((to) =>
    vi.spyOn(process[`std${to}`], 'write').mockImplementation((text) => {
      said[to] += String(text);
      return true;
    }),
  );
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

let mesh: TestNodes;
let ann: Agent;
const claims: string[] = [];

beforeAll(async () => {
  mesh = await startNodes(1);
  ann = await mesh.attach(0, 'ann');
  const memory = openMemory(ann, 'commons');
  claims.push(await memory.claim({ type: 'question', text: 'Is "a < b" & why?' }));
  claims.push(await memory.claim({ type: 'solution', text: 'Line one\nline two' }));
  await memory.relate('answers', claims[1]!, claims[0]!);
  await memory.deposit({ location: 'tasks/1', kind: 'done', amount: 3, halfLifeMs: 3_600_000 });
}, 60_000);
afterAll(() => mesh.stop(), 60_000);

const atNode = () => [
  '--space',
  'commons',
  '--node',
  mesh.nodes[0]!.httpUrl,
  '--token',
  mesh.nodes[0]!.token,
];

describe('memory on the command line', { timeout: 60_000 }, () => {
  test('query, show, history and traces tell what the agents wrote', async () => {
    const found = await run('graph', 'query', '--status', 'closed', ...atNode(), '--json');
    expect(JSON.parse(found.out).items).toMatchObject([{ id: claims[0], status: 'closed' }]);
    const shown = await run('graph', 'show', claims[1]!, ...atNode(), '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ id: claims[1], author: ann.did, provenance: { seq: 1 } });
    const history = await run('graph', 'history', claims[0]!, ...atNode(), '--json');
    expect(JSON.parse(history.out).map((one: { key: string }) => one.key.slice(0, 2))).toEqual(['e/', 'r/']);
    const known = await run('graph', 'known', 'Line one, line two', ...atNode(), '--min', '0.5', '--json');
    expect(JSON.parse(known.out).items[0]).toMatchObject({ id: claims[1] });
    const unknown = await run('graph', 'known', 'How do bananas ripen', ...atNode(), '--json');
    expect([unknown.code, JSON.parse(unknown.out).items]).toEqual([1, []]);
    expect((await run('graph', 'open', ...atNode())).out.trim()).toBe('none');
    const traces = await run('traces', 'tasks/', ...atNode(), '--json');
    expect(JSON.parse(traces.out)).toMatchObject([{ location: 'tasks/1', kind: 'done', authors: [ann.did] }]);
    expect((await run('graph', 'show', 'nobody/1', ...atNode())).err).toContain('AMP-1706');
  });

  test('an export holds entities and relations, with what XML and Turtle would misread escaped', async () => {
    const json = JSON.parse((await run('graph', 'export', ...atNode())).out);
    expect(json.entities).toHaveLength(2);
    expect(json.relations).toMatchObject([{ kind: 'answers', from: claims[1], to: claims[0] }]);
    const graphml = (await run('graph', 'export', '--format', 'graphml', ...atNode())).out;
    expect(graphml).toContain('Is &quot;a &lt; b&quot; &amp; why?');
    expect(graphml.match(/<edge /g)).toHaveLength(1);
    const turtle = (await run('graph', 'export', '--format', 'turtle', ...atNode())).out;
    expect(turtle).toContain('amp:text "Line one\\nline two"');
    expect(turtle).toContain(`<urn:ampmesh:entity:${encodeURIComponent(claims[1]!)}> amp:answers`);
  });

  test('a stopped node verifies and replays from its files; one changed byte is found', async () => {
    await mesh.nodes[0]!.stop();
    const data = join(mesh.folder, 'n0');
    const verified = await run('log', 'verify', '--data', data, '--json');
    expect(JSON.parse(verified.out)).toMatchObject({
      ok: true,
      spaces: [{ space: 'commons', frames: 4, chains: 1, problems: [] }],
    });
    const replayed = await run('log', 'replay', '--data', data, '--json');
    expect(JSON.parse(replayed.out)).toMatchObject({ ok: true, spaces: [{ frames: 4 }] });
    const database = new DatabaseSync(join(data, 'node.sqlite'));
    const row = database
      .prepare("SELECT key, value FROM kv WHERE bucket = 'frame' ORDER BY key LIMIT 1 OFFSET 1")
      .get()!;
    const bytes = new Uint8Array(row.value as Uint8Array);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    database
      .prepare("UPDATE kv SET value = ? WHERE bucket = 'frame' AND key = ?")
      .run(bytes, row.key as string);
    database.close();
    const rotten = await runAlone('log', 'verify', '--data', data, '--json');
    expect(rotten.code).toBe(1);
    const { problems } = JSON.parse(rotten.out).spaces[0];
    expect(problems[0]).toContain(row.key);
    expect(problems[1]).toContain('does not follow');
  });
});
