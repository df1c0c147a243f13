/**
 * Traces: marks that evaporate, for coordination without messages.
 *
 * ```ts
 * const edit = traces.deposit(author, { location: 'tasks/7', kind: 'taken', amount: 1, halfLifeMs: 60_000 }, nowMs);
 * traces.sense('tasks/', nowMs, true);
 * ```
 */
export {
  type Deposit,
  marksPerAuthorMax,
  type Sensed,
  strengthAt,
  type TraceBody,
  TraceView,
} from './trace-view.ts';
