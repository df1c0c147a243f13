/** Converts units of measure. */
import { runAgents } from './start-agent.ts';
import { unitConverter } from './trades/index.ts';

await runAgents(unitConverter);
