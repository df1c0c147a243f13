/** Explains regular expressions. */
import { runAgents } from './start-agent.ts';
import { regexExplainer } from './trades/index.ts';

await runAgents(regexExplainer);
