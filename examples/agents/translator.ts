/** Translates words by a phrase book. */
import { runAgents } from './start-agent.ts';
import { translator } from './trades/index.ts';

await runAgents(translator);
