/** Reviews the code of others and says what is unsafe. */

import { security } from './saas/index.ts';
import { runAgents } from './start-agent.ts';

await runAgents(security);
