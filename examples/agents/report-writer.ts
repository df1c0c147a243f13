/** Puts together what the others found, as one report. */
import { runAgents } from './start-agent.ts';
import { report } from './work/index.ts';

await runAgents(report);
