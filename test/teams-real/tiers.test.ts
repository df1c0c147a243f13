/** The three tiers, debate, the person's queue and the node's gates, from client and command line, on three real nodes. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Agent,
  connectSpace,
  type DebateTurn,
  decideTier,
  followSpace,
  onBallot,
  onDebate,
} from '../../client/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { createRealNodes, type RealNodes } from '../discovery-real/real-nodes.ts';

const bin = fileURLToPath(new URL('../../cli/ampmesh.js', import.meta.url));
const options = ['yes', 'no'];
/** What each voter thinks at first, and whether another's word moves it. */
const minds = [
  { name: 'ann', opinion: 'yes', yields: false },
  { name: 'bob', opinion: 'yes', yields: false },
  { name: 'cid', opinion: 'no', yields: true },
  { name: 'dan', opinion: 'no', yields: true },
];
let world: RealNodes;
let agents: Agent[];

beforeAll(async () => {
  world = createRealNodes({ gates: ['dissolve', 'deploy'] });
  for (let at = 0; at < 3; at++) await world.start();
  agents = await Promise.all(
    minds.map(({ name }, at) =>
      world.attach(world.nodes[at % 3]!, name, [{ text: 'Releases software to production' }]),
    ),
  );
  for (const [at, agent] of agents.entries()) vote(agent, minds[at]!);
}, 60_000);
afterAll(() => world?.stop(), 20_000);

function vote(agent: Agent, { opinion, yields }: (typeof minds)[number]): void {
  agent.on('message', (message) => {
    if (message.type !== 'invite' || message.space === undefined) return;
    followSpace(agent, message.space);
    void agent.send({ type: 'accept', to: message.from, space: message.space, invitation: message.id });
  });
  onBallot(agent, () => opinion);
  onDebate(agent, ({ phase, question }: DebateTurn) => {
    const isMoved = yields && phase === 'revise' && question.includes('Friday');
    return { option: isMoved ? 'yes' : opinion, text: `${phase}: I say ${opinion}` };
  });
}

const did = (at: number) => agents[at]!.did;

async function answerPerson(at: number, option: string): Promise<{ id: string; opinions: unknown }> {
  for (;;) {
    const waiting = world.nodes.flatMap((node) => node.peer.approvals.list().map((one) => ({ node, one })));
    const found = waiting.find(({ one }) => one.answer === undefined && one.options.length > 0);
    if (found !== undefined) {
      expect(found.node).toBe(world.nodes[at]);
      found.node.peer.approvals.answer(found.one.id, { verdict: 'approve', option });
      return { id: found.one.id, opinions: found.one.opinions };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function openRoom(voters: readonly Did[], goal: string): Promise<string> {
  const room = await connectSpace(agents[0]!, voters, { goal });
  expect(room.accepted.length).toBe(voters.length);
  return room.space.id;
}

describe('a decision', () => {
  test('operational: one majority ballot', async () => {
    const voters = [did(0), did(1), did(2)];
    const space = await openRoom(voters.slice(1), 'small things');
    const init = { tier: 'operational', question: 'Restart the cache?', options, voters } as const;
    const result = await decideTier(agents[0]!, space, { ...init, ballotMs: 5_000 });
    expect(result).toMatchObject({ outcome: 'yes', by: 'ballot' });
    expect(result.steps.map((step) => step.kind)).toEqual(['ballot']);
  }, 20_000);

  test('tactical: without two thirds a debate, in which some are convinced', async () => {
    const voters = agents.map((agent) => agent.did);
    const space = await openRoom(voters.slice(1), 'larger things');
    const init = { tier: 'tactical', question: 'Deploy on Friday?', options, voters } as const;
    const result = await decideTier(agents[0]!, space, { ...init, ballotMs: 1_500, phaseMs: 5_000 });
    expect(result).toMatchObject({ outcome: 'yes', by: 'debate' });
    const [ballot, debated] = result.steps;
    expect(ballot).toMatchObject({ kind: 'ballot', outcome: { outcome: 'undecided' } });
    const said = debated?.kind === 'debate' ? debated.end.arguments : [];
    expect(said.filter((one) => one.phase === 'propose').length).toBe(4);
    expect(said.filter((one) => one.phase === 'revise' && one.option === 'yes').length).toBe(4);
  }, 20_000);

  test('strategic: five rounds, then a person with all that was said before it', async () => {
    const voters = agents.map((agent) => agent.did);
    const space = await openRoom(voters.slice(1), 'the largest things');
    const init = { tier: 'strategic', question: 'Sell the company?', options, voters } as const;
    const [result, asked] = await Promise.all([
      decideTier(agents[0]!, space, { ...init, phaseMs: 5_000 }),
      answerPerson(0, 'no'),
    ]);
    expect(result).toMatchObject({ outcome: 'no', by: 'person' });
    expect(result.steps.map((step) => step.kind)).toEqual(['debate', 'person-asked', 'person-answered']);
    const { why, opinions } = asked.opinions as { why: string; opinions: Record<string, unknown[]> };
    expect(why).toMatch(/did not converge/);
    expect(Object.keys(opinions).sort()).toEqual(['no', 'yes']);
  }, 30_000);

  test('from the command line, by a group found by meaning', async () => {
    const [node] = world.nodes;
    const child = spawn(
      process.execPath,
      [
        ...[bin, 'decisions', 'ask', 'Deploy on Friday?', '--option', 'yes', '--option', 'no'],
        ...['--who', 'releases software', '--tier', 'tactical', '--ballot-seconds', '1.5', '--json'],
        ...['--node', node!.agentUrl, '--token', node!.token],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let out = '';
    for await (const chunk of child.stdout) out += String(chunk);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'yes', by: 'debate', tier: 'tactical', voters: 4 });
  }, 30_000);
});

describe('a gate of the node', () => {
  test('keeps a named action back until a person lets it go, whatever the agent does', async () => {
    const [ann, bob] = agents as [Agent, Agent];
    const heard: string[] = [];
    const end = bob.on('message', (message) => {
      if (message.type === 'award') heard.push(message.task);
    });
    const send = (task: string) =>
      ann.send({
        ...{ type: 'award', to: bob.did, task, fencing: 1, content: 'roll out' },
        context: { action: 'deploy' },
      });
    const [first, second] = ['01890000-0000-7000-8000-00000000000a', '01890000-0000-7000-8000-00000000000b'];
    const held = await send(first);
    const denied = await send(second);
    const { approvals } = world.nodes[0]!.peer;
    const all = approvals.list().filter((one) => one.answer === undefined);
    // The command line's asker wanted to close its space: that came to the other gate.
    expect(all.filter((one) => one.question.includes('"dissolve"')).length).toBe(1);
    const waiting = all.filter((one) => one.question.includes('"deploy"'));
    expect(waiting.map((one) => one.id).sort()).toEqual([held, denied].sort());
    expect(waiting[0]).toMatchObject({ question: 'May ann do "deploy"?', fromName: 'ann' });
    expect(heard).toEqual([]);

    const refused = new Promise((resolve) => ann.on('error', resolve));
    approvals.answer(denied, { verdict: 'deny', reason: 'not today' });
    expect(await refused).toMatchObject({ code: 'AMP-1860', facts: { about: denied } });
    const arrived = new Promise((resolve) =>
      bob.on('message', ({ type }) => type === 'award' && resolve(type)),
    );
    approvals.answer(held, { verdict: 'approve' });
    await arrived;
    expect(heard).toEqual([first]);
    end();
  }, 20_000);
});
