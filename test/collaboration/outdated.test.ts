/** A job is not complete while somebody still has to take in what another revised, however long that takes it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Action, type Agent, ask, type Expert, runExpert } from '../../client/index.ts';
import { startNodes, type TestNodes, untilKnown } from './nodes.ts';

let mesh: TestNodes;
let asker: Agent;
const ends: (() => void)[] = [];
/** What the integrator does when it looks again at a revised server. */
let whenRevised: (server: string) => readonly Action[] | Promise<readonly Action[]>;
const notes: string[] = [];

/** Writes a server, and writes it again once the whole stands. */
const author: Expert = {
  judge: () => ({ confidence: 0.9, offer: 'a server', provides: [{ id: 'server', text: 'a server' }] }),
  contribute({ mine, standing }) {
    if (mine.length === 0) return [{ type: 'proposal', content: 'server 1', meets: ['server'] }];
    const isWhole = standing.some((one) => one.meets.includes('whole'));
    if (!isWhole || mine[0]!.content === 'server 2') return [];
    return [{ type: 'revise', supersedes: mine[0]!.id, content: 'server 2', meets: ['server'] }];
  },
};

const integrator: Expert = {
  judge: () => ({ confidence: 0.9, offer: 'the whole', provides: [{ id: 'whole', text: 'all of it' }] }),
  async contribute({ mine, standing, view, confirm, self }) {
    const server = standing.find((one) => one.meets.includes('server'));
    if (server === undefined) return [];
    const body = { content: `whole of ${server.content}`, meets: ['whole'], references: [server.id] };
    const own = mine[0];
    if (own === undefined) return [{ ...body, type: 'build_on', parent: server.id }];
    const known = view.confirmations.filter((one) => one.author === self).flatMap((one) => one.on);
    if ([...own.references, ...known].includes(server.id)) return [];
    const said = await whenRevised(server.id);
    if (said.length === 0) await confirm(own.id, [server.id]);
    return said.map((one) => ({ ...one, ...body, supersedes: own.id }));
  },
};

beforeAll(async () => {
  mesh = await startNodes(2);
  asker = await mesh.attach(0, 'asker');
  const agents = [
    await mesh.attach(0, 'author', [{ text: 'writes a server for an application' }]),
    await mesh.attach(1, 'integrator', [{ text: 'puts a server for an application together' }]),
  ];
  await untilKnown(asker, agents);
  [author, integrator].forEach((expert, at) => {
    ends.push(runExpert(agents[at]!, expert, { reviewGraceMs: 50, onNote: (note) => notes.push(note) }));
  });
}, 40_000);
afterAll(async () => {
  for (const end of ends) end();
  await mesh.stop();
}, 20_000);

const init = {
  query: 'write a server for an application and put it together',
  offerWindowMs: 300,
  quietMs: 300,
  deadlineMs: 20_000,
};
const contentOf = (result: Awaited<ReturnType<typeof ask>>, id: string) =>
  result.contributions.filter((one) => one.meets.includes(id)).map((one) => one.content);

test('a look that fails first and is taken again after the quiet still reaches the answer', async () => {
  let sinceMs: number | undefined;
  whenRevised = () => {
    sinceMs ??= Date.now();
    if (Date.now() - sinceMs < 900) throw new Error('a file was not there yet');
    return [{ type: 'revise', content: '' }];
  };
  const result = await ask(asker, init);
  expect(notes).toContain('failed: a file was not there yet');
  expect([result.end, result.outdated]).toEqual(['complete', []]);
  expect(contentOf(result, 'server')).toEqual(['server 2']);
  expect(contentOf(result, 'whole')).toEqual(['whole of server 2']);
}, 30_000);

test('what its author leaves as it is holds up nobody', async () => {
  whenRevised = () => [];
  const result = await ask(asker, init);
  expect([result.end, result.outdated]).toEqual(['complete', []]);
  expect(contentOf(result, 'whole')).toEqual(['whole of server 1']);
  // Well before an author that says nothing would be given up.
  expect(result.durationMs).toBeLessThan(4_500);
}, 30_000);
