/** Measures lines, functions and complexity of code. */
import { runAgents } from './start-agent.ts';
import { codeMetrics } from './work/index.ts';

await runAgents(codeMetrics);
