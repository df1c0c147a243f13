/** Knows a city and plans the days. */
import { runAgents } from './start-agent.ts';
import { guide } from './trades/index.ts';

await runAgents(guide);
