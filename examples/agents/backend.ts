/** Writes the API of an app, and revises it when a review asks. */

import { backend } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(backend);
