/** Compares categories and says which differences are real. */
import { runAgents } from './start-agent.ts';
import { groups } from './work/index.ts';

await runAgents(groups);
