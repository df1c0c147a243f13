/** Transposes chords. */
import { runAgents } from './start-agent.ts';
import { music } from './trades/index.ts';

await runAgents(music);
