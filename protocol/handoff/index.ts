/**
 * Passing a task on: explicit accept, context filtered or full, confirmation, rollback, and no going round in circles.
 *
 * @example
 * const handoff = createHandoff({ self, handoff: id });
 * handoff.step({ type: 'offer-task', atMs, to, body }); // persist, stop-work, set-timer, send-handoff
 */
export { type Handoff, type HandoffResponse, handoffBodies, handoffsMax } from './bodies.ts';
export { findPathFault, type PathFault, visitsMax, windowLength } from './detect-cycle.ts';
export {
  type ContextEntry,
  type ContextFilter,
  contextEntrySchema,
  filterContext,
} from './filter-context.ts';
export {
  confirmationPatience,
  createHandoff,
  type HandoffEffect,
  type HandoffInit,
  type HandoffInput,
  handoffBucket,
} from './handoff-machine.ts';
