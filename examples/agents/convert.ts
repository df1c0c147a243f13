/** Converts tables between CSV and JSON. */
import { runAgents } from './start-agent.ts';
import { convert } from './work/index.ts';

await runAgents(convert);
