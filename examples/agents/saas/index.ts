/**
 * Six experts that build a small working app from a sentence, each knowing only its own trade.
 *
 * They meet in a plan that one of them derives from the intent; from then on storage, server and page can be written
 * at the same time. The reviewer's concern makes the server's author revise; whoever integrates puts it together.
 *
 * @example
 * const plan = architecture.work({ intent: 'an inventory tool with suppliers', attachments: [], contributions: [], concerns: [] });
 */
import { apiDescription } from './api-description.ts';
import { architecture } from './architecture.ts';
import { backend } from './backend.ts';
import { database } from './database.ts';
import { deployment } from './deployment.ts';
import { frontend } from './frontend.ts';
import { security } from './security.ts';

/** The six of the job; `apiDescription` is the newcomer that joins later. */
export const experts = [architecture, database, backend, frontend, security, deployment] as const;
export { missingKinds } from './deployment.ts';
export { derivePlan } from './derive-plan.ts';
export { collectFiles, isAppPath, newestOf } from './expert.ts';
export type { AppPlan, Entity, Field, Requirement } from './plan.ts';
export { apiDescription, architecture, backend, database, deployment, frontend, security };
