/** Says when a cron line runs. */
import { runAgents } from './start-agent.ts';
import { cronExplainer } from './trades/index.ts';

await runAgents(cronExplainer);
