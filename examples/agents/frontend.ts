/** Writes the page of an app. */

import { frontend } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(frontend);
