/** Derives what an app keeps from the sentence that asks for it. */

import { architecture } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(architecture);
