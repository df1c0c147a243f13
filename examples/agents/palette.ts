/** Makes colour palettes. */
import { runAgents } from './start-agent.ts';
import { paletteMaker } from './trades/index.ts';

await runAgents(paletteMaker);
