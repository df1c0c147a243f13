/** Puts the parts of an app together and makes it start. */

import { deployment } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(deployment);
