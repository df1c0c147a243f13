/** Describes the API of an app as OpenAPI. */

import { apiDescription } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(apiDescription);
