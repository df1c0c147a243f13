/** Finds a flight. */
import { runAgents } from './start-agent.ts';
import { flights } from './trades/index.ts';

await runAgents(flights);
