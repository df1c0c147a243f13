/** Counts a text and extracts its key phrases. */
import { runAgents } from './start-agent.ts';
import { keywords } from './work/index.ts';

await runAgents(keywords);
