/** Works out loans. */
import { runAgents } from './start-agent.ts';
import { loanCalculator } from './trades/index.ts';

await runAgents(loanCalculator);
