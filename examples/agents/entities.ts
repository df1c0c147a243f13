/** Lists links, dates, amounts and names in a text. */
import { runAgents } from './start-agent.ts';
import { entities } from './work/index.ts';

await runAgents(entities);
