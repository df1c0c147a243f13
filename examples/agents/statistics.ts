/** Gives the figures of every number column, and both means when somebody doubts one. */
import { runAgents } from './start-agent.ts';
import { statistics } from './work/index.ts';

await runAgents(statistics);
