/** Draws what others found. */
import { runAgents } from './start-agent.ts';
import { charts } from './work/index.ts';

await runAgents(charts);
