/** Marks doubled words, long sentences and mixed spelling. */
import { runAgents } from './start-agent.ts';
import { quality } from './work/index.ts';

await runAgents(quality);
