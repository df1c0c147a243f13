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
question: How many agents has a rumour reached after ten seconds?
model: peers                    # full peers: the code that ships
parameters: { peers: 20, loss: 0 }
sweep: { loss: [0, 0.2, 0.4] }  # ampmesh sim sweep ${name}.yaml
seeds: 1..5
peers: $peers
network: { latency: { kind: uniform, minMs: 10, maxMs: 150 }, lossShare: $loss }
behaviour: ./${name}.ts         # what every agent does; the path counts from where you run the command
phases: { bootMs: 2000, runMs: 10000, settleMs: 20000 }
metrics: [score, handedShare, directPackets]
thresholds:
  - { metric: handedShare, statistic: min, atLeast: 1 }
`;
}

function behaviourOf(name: string): string {
  return `// ${name}: agent 0 starts a rumour; whoever hears it for the first time tells three agents that answer a call.
// A behaviour is a plain object: it hears a message, sends, and never waits. What it asks for comes back as a message.

type Message = { type: string; content?: unknown };
type Context = { send(message: object): string; after(ms: number, word: string): void; count(figure: string): void };

/** Called once per agent; \`index\` counts from 0. */
export default function makeAgent(index: number, agentCount: number) {
  let hasHeard = false;

  function spread(context: Context) {
    hasHeard = true;
    context.count('score'); // appears as the metric "score"
    // An address by meaning: the mesh finds agents that can do this.
    context.send({ type: 'question', to: { capability: 'listens to rumours', count: 3 }, content: 'Have you heard?' });
  }

  return {
    capability: \`listens to rumours in street \${index} of \${agentCount}\`,
    start(context: Context) {
      if (index === 0) context.after(3000, 'begin'); // virtual ms
    },
    on(message: Message, context: Context) {
      if (message.type === 'alarm') spread(context); // our own alarm from above
      if (message.type === 'question' && !hasHeard) spread(context);
    },
  };
}
`;
}
