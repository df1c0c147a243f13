/** Follows numbers over time and finds unusual periods. */
import { runAgents } from './start-agent.ts';
import { trends } from './work/index.ts';

await runAgents(trends);
