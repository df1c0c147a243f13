/** Finds columns that move together. */
import { runAgents } from './start-agent.ts';
import { correlations } from './work/index.ts';

await runAgents(correlations);
