/** Finds where to stay. */
import { runAgents } from './start-agent.ts';
import { hotels } from './trades/index.ts';

await runAgents(hotels);
