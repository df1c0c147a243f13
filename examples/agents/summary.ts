/** Picks the sentences that carry a text. */
import { runAgents } from './start-agent.ts';
import { summary } from './work/index.ts';

await runAgents(summary);
