/** Writes the storage of an app. */

import { database } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(database);
