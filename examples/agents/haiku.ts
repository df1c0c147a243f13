/** Counts syllables. */
import { runAgents } from './start-agent.ts';
import { haiku } from './trades/index.ts';

await runAgents(haiku);
