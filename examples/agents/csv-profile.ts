/** Says what is in a table: columns, types, missing values, how the file is written. */
import { runAgents } from './start-agent.ts';
import { csvProfile } from './work/index.ts';

await runAgents(csvProfile);
