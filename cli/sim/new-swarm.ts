/** What `ampmesh sim new` writes: a scenario, and a behaviour that runs as it is. */
import { existsSync, writeFileSync } from 'node:fs';
import { AmpError } from '../../protocol/errors.ts';

/** Write `<name>.yaml` and `<name>.ts` here. @throws AmpError AMP-1502 for a bad name or files that exist */
export function writeNewSwarm(name: string): readonly string[] {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
    throw new AmpError('AMP-1502', `"${name}" is no name; write lower-case letters, digits and dashes.`);
  const files = [
    [`${name}.yaml`, scenarioOf(name)],
    [`${name}.ts`, behaviourOf(name)],
  ] as const;
  const taken = files.find(([path]) => existsSync(path));
  if (taken !== undefined) throw new AmpError('AMP-1502', `${taken[0]} exists already.`, { path: taken[0] });
  for (const [path, content] of files) writeFileSync(path, content);
  return files.map(([path]) => path);
}

function scenarioOf(name: string): string {
  return `name: ${name}
# What the experiment is to answer; it heads the report.
question: How many agents has a rumour reached after ten seconds?
# Full peers: the code that ships. Others: ampmesh sim list
model: peers
# What --set may change: ampmesh sim run ${name}.yaml --set peers=30
parameters: { peers: 20, loss: 0 }
# Runs each of these, with a plot: ampmesh sim sweep ${name}.yaml
sweep: { loss: [0, 0.2, 0.4] }
# Each point is run with five seeds; a seed decides everything that chance decides.
seeds: 1..5
# One agent on each peer; $peers is the parameter from above.
peers: $peers
# Packets take 10 to 150 ms, and this share of them is lost.
network: { latency: { kind: uniform, minMs: 10, maxMs: 150 }, lossShare: $loss }
# What every agent does; the path counts from where you run the command.
behaviour: ./${name}.ts
# Virtual ms: nodes start and agents join, then work, then quiet in which all must arrive.
phases: { bootMs: 2000, runMs: 10000, settleMs: 20000 }
# What is measured: "score" is what the behaviour counts.
metrics: [score, handedShare, directPackets]
# When the experiment fails, with exit code 99: a message that was accepted and not handed out.
thresholds:
  - { metric: handedShare, statistic: min, atLeast: 1 }
`;
}

function behaviourOf(name: string): string {
  return `// ${name}: agent 0 starts a rumour; whoever hears it for the first time tells three agents that answer a call.
// In simulation: ampmesh sim run ${name}.yaml      On real nodes, unchanged: ampmesh agent run ${name}.ts --count 4
// A behaviour never waits: what it asks for comes back as a message. Time and chance are the context's.

// What an agent hears: its type says what it is; "alarm" is its own, anything else came from the mesh.
type Message = { type: string; content?: unknown };
// What an agent can do; there are also self, name, nowMs() and random().
type Context = { send(message: object): string; after(ms: number, word: string): void; count(figure: string): void };

// Called once per agent; \`index\` counts from 0.
export default function makeAgent(index: number, agentCount: number) {
  // What this agent remembers: each has its own.
  let hasHeard = false;

  function spread(context: Context) {
    // Once is enough.
    hasHeard = true;
    // Counts one: all agents together make the metric "score".
    context.count('score');
    // An address by meaning: the mesh finds three agents whose capability says this.
    context.send({ type: 'question', to: { capability: 'listens to rumours', count: 3 }, content: 'Have you heard?' });
  }

  return {
    // What the agent announces, and others find it by.
    capability: \`listens to rumours in street \${index} of \${agentCount}\`,
    // The agent has joined. The first one speaks after 3,000 ms: virtual in a simulation, real on real nodes.
    start(context: Context) {
      if (index === 0) context.after(3000, 'begin');
    },
    on(message: Message, context: Context) {
      // The alarm from above rings.
      if (message.type === 'alarm') spread(context);
      // Somebody told us, and it is news.
      if (message.type === 'question' && !hasHeard) spread(context);
    },
  };
}
`;
}
