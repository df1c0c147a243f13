/**
 * An agent for teams, as a program of its own: `node team-agent.ts --name ann --skills "parse tables,draw charts"
 * --quality 0.9`. It bids for places, works for `--work-ms` on an item, and says on standard output what happens, one
 * line of JSON each. `--inner SKILL` forms a team of its own for that skill inside each item; `--hungry N` uses N
 * tokens at every tenth of the work. Nodes: see `../agents/start-agent.ts`.
 */
import { parseArgs } from 'node:util';
import {
  type AgentKey,
  type CoalitionHandler,
  connectAgent,
  createAgentKey,
  fromStore,
  type ItemWork,
  readAgentKey,
  serveCoalitions,
} from '../../client/index.ts';
import { toPromise } from '../../examples/teams/delay.ts';
import { openSqliteStore } from '../../node/adapters/index.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    skills: { type: 'string' },
    quality: { type: 'string', default: '0.8' },
    context: { type: 'string', default: '0' },
    /** What a place costs, and so what is granted. */
    tokens: { type: 'string', default: '100' },
    'work-ms': { type: 'string', default: '1000' },
    inner: { type: 'string' },
    hungry: { type: 'string', default: '1' },
    /** Keep promises over a restart. */
    data: { type: 'string' },
  },
});
const name = values.name!;
const skills = values.skills!.split(',');
const steps = 10;

const store = values.data === undefined ? undefined : fromStore(openSqliteStore({ file: values.data }));
const agent = await connectAgent({
  nodes: JSON.parse(process.env.AMPMESH_NODES ?? '[]') as { url: string; token: string }[],
  name,
  key: await readOwnKey(),
  capabilities: skills.map((text, at) => ({ text, capability: `skill-${at}` })),
  threshold: 1,
});

const handler: CoalitionHandler = {
  consider(call) {
    const offered = call.skills.filter((skill) => skills.includes(skill));
    if (offered.length === 0) return { refuse: 'none of my skills' };
    return {
      cost: { tokens: Number(values.tokens), moneyMicros: 0, timeMs: 0 },
      ...{
        quality: Number(values.quality),
        confidence: 0.9,
        skills: offered,
        context: Number(values.context),
      },
    };
  },
  async work(item) {
    print({ stage: 'started', skill: item.skill, fencing: item.fencing });
    for (let at = 1; at <= steps; at++) {
      await toPromise(Number(values['work-ms']) / steps, item.signal);
      item.spend({ tokens: Number(values.hungry) });
      item.keep({ by: name, skill: item.skill, share: at / steps });
    }
    const inside = values.inner === undefined ? {} : { inside: await askInside(item, values.inner) };
    print({ stage: 'finished', skill: item.skill, fencing: item.fencing });
    return { by: name, skill: item.skill, share: 1, ...inside };
  },
  onEnd: (coalition, outcome) => print({ stage: 'ended', coalition, kind: outcome?.kind }),
};

async function askInside(item: ItemWork, skill: string): Promise<unknown> {
  const left = item.left();
  const { outcome, results } = await item.form({
    goal: `${item.goal}: ${skill}`,
    skills: [skill],
    budget: { tokens: Math.floor(left.tokens / 2) },
    ...{ bidMs: 1_000, leaseMs: 1_500, endMs: 20_000 },
  });
  return { kind: outcome.kind, spent: outcome.spent, by: [...results.values()].map((one) => one.from) };
}

/** One line of JSON per thing that happened. */
function print(fact: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ ...fact, name })}\n`);
}

/** Who comes back must be who left. */
async function readOwnKey(): Promise<AgentKey> {
  const known = store?.load('key', 'own');
  const key = known === undefined ? await createAgentKey() : await readAgentKey(known);
  store?.save('key', 'own', await key.export());
  return key;
}

serveCoalitions(agent, handler, store === undefined ? {} : { store });
process.once('SIGTERM', () => agent.close());
print({ stage: 'up', did: agent.did });
