/**
 * Several agents in one process, each on a connection of its own, for machines short of memory:
 * `node examples/agents/many.ts --node URL --token-file FILE outliers charts report-writer`.
 */
import { AmpError } from '../../protocol/errors.ts';
import { catalog } from './catalog.ts';
import { runAgents } from './start-agent.ts';

const named = process.argv
  .slice(2)
  .filter(
    (word, at, all) =>
      !word.startsWith('--') && !/^--(?:node|token-file|pace|work-ms|name)$/.test(all[at - 1] ?? ''),
  );
const modules = named.map((name) => {
  const module = catalog.get(name);
  if (module === undefined)
    throw new AmpError(
      'AMP-1502',
      `No agent is called ${name}. There are: ${[...catalog.keys()].join(', ')}.`,
    );
  return module;
});
await runAgents(...modules);
