/**
 * One of the five agents of the incident job: `node incident-agent.ts --role database`. It answers a call for help
 * with what it sees in its own metric, joins, votes on the cause, and bids for the repair. `--role monitoring
 * --metrics FILE --log FILE --config FILE` notices the incident itself and asks the others. Nodes: see
 * `../agents/start-agent.ts`.
 */
import { parseArgs } from 'node:util';
import {
  type Agent,
  type ContractTask,
  connectAgent,
  createAgentKey,
  type Delivered,
  followSpace,
  onBallot,
  serveContracts,
} from '../../client/index.ts';
import { toPromise } from './delay.ts';
import {
  diagnose,
  type Incident,
  look,
  type Role,
  readIncident,
  repair,
  roles,
  type ServiceConfig,
} from './incident.ts';
import { runIncident } from './run-incident.ts';

const { values } = parseArgs({
  options: {
    role: { type: 'string' },
    metrics: { type: 'string' },
    log: { type: 'string' },
    config: { type: 'string' },
    'deadline-ms': { type: 'string', default: '15000' },
    'think-ms': { type: 'string', default: '0' },
    'work-ms': { type: 'string', default: '3000' },
    /** Votes for what it knows to be wrong. */
    lie: { type: 'boolean', default: false },
  },
});

const capabilities: Readonly<Record<Role, string>> = {
  monitoring: 'Watches metrics of services and notices when latency or errors rise',
  database: 'Finds and repairs slow queries, full connection pools and load of databases',
  cache: 'Finds and repairs caches: hit rates, evictions, time to live',
  network: 'Measures loss, round trip times and routes between services',
  security: 'Recognises attacks: failed logins, floods, strange traffic',
};

async function main(): Promise<void> {
  const role = values.role as Role;
  if (!roles.includes(role)) throw new Error(`--role must be one of ${roles.join(', ')}`);
  const agent = await connectAgent({
    nodes: JSON.parse(process.env.AMPMESH_NODES ?? '[]') as { url: string; token: string }[],
    name: role,
    key: await createAgentKey(),
    capabilities: [{ text: capabilities[role] }],
    threshold: 0,
  });
  process.once('SIGTERM', () => agent.close());
  print({ stage: 'up', role, did: agent.did });
  if (role === 'monitoring') {
    const files = { metrics: values.metrics!, log: values.log!, config: values.config! };
    await runIncident(agent, { files, deadlineMs: Number(values['deadline-ms']), print });
    agent.close();
  } else serve(agent, role);
}

/** What a specialist does: look, join, vote, bid, repair. */
function serve(agent: Agent, role: Role): void {
  /** By the id of the call for help. */
  const incidents = new Map<string, Promise<Incident>>();
  let latest: Promise<Incident> | undefined;
  const spaces = new Set<string>();
  const report = (error: unknown): void => print({ stage: 'problem', role, problem: String(error) });

  agent.on('message', (message) => {
    if (message.type === 'broadcast' && message.attachments !== undefined) void answer(message).catch(report);
    // The goal is the first entry of the team's space: whoever hears it belongs to it.
    if (
      message.type === 'broadcast' &&
      message.space !== undefined &&
      message.query.startsWith('Find the cause')
    )
      void contribute(message.space).catch(report);
    if (message.type !== 'invite' || message.space === undefined || spaces.has(message.space)) return;
    spaces.add(message.space);
    followSpace(agent, message.space);
    agent
      .send({ type: 'accept', to: message.from, space: message.space, invitation: message.id })
      .catch(report);
  });

  async function answer(message: Extract<Delivered, { type: 'broadcast' }>): Promise<void> {
    if (message.space !== undefined || incidents.has(message.id)) return;
    latest = readFiles(agent, message);
    incidents.set(message.id, latest);
    const { confidence, text } = look(role, await latest);
    await agent.send({
      type: 'capability_match',
      to: message.from,
      parent: message.id,
      confidence,
      offer: { role, text },
    });
  }

  async function contribute(space: string): Promise<void> {
    const incident = await latest!;
    const finding = look(role, incident);
    const found = diagnose(incident);
    await agent.send({
      type: 'proposal',
      space,
      content: { role, text: finding.text, cause: found?.cause, why: found?.why },
      confidence: finding.confidence,
    });
  }

  onBallot(agent, async ({ options }) => {
    await toPromise(Number(values['think-ms']));
    const truth = diagnose(await latest!);
    if (values.lie) return { choice: options.find((one) => one !== truth?.cause)!, opinion: 'trust me' };
    if (truth === undefined || !options.includes(truth.cause)) return undefined;
    return { choice: truth.cause, opinion: truth.why };
  });

  serveContracts(agent, {
    consider(cfp) {
      const skill = cfp.skills.includes(role) ? role : undefined;
      if (skill === undefined) return { refuse: 'none of my business' };
      // The cache agent knows caches better than the database agent does.
      const quality = role === 'cache' ? 0.95 : 0.7;
      return {
        cost: { tokens: 0, moneyMicros: 0, timeMs: Number(values['work-ms']) },
        quality,
        confidence: quality,
        skills: [...cfp.skills],
      };
    },
    async work(task: ContractTask) {
      print({ stage: 'repairing', role, fencing: task.fencing });
      const steps = 10;
      for (let at = 1; at <= steps; at++) {
        await toPromise(Number(values['work-ms']) / steps, task.signal);
        task.progress(at / steps);
      }
      const { config } = task.content as { config: ServiceConfig };
      return { config: repair(config), by: role };
    },
  });
}

async function readFiles(
  agent: Agent,
  message: Extract<Delivered, { type: 'broadcast' }>,
): Promise<Incident> {
  const texts = await Promise.all(
    ['metrics.csv', 'incident.log'].map(async (name) => {
      const file = message.attachments!.find((one) => one.name === name)!;
      return new TextDecoder().decode(await agent.blobs.get(file, message.from as never));
    }),
  );
  return readIncident(texts[0]!, texts[1]!);
}

/** One line of JSON per thing that happened. */
function print(fact: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

await main();
