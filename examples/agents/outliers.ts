/** Finds values far from the rest, and doubts means that rest on them. */
import { runAgents } from './start-agent.ts';
import { outliers } from './work/index.ts';

await runAgents(outliers);
