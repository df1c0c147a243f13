/** Scales recipes. */
import { runAgents } from './start-agent.ts';
import { recipeScaler } from './trades/index.ts';

await runAgents(recipeScaler);
