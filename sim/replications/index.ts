/**
 * Published results, brought forth again by simulation, with intervals and bands taken from their sources.
 *
 * Why: a simulator that cannot find what others found should not be believed about what they did not.
 * Each replicates a mechanism, not a language model.
 *
 * @example
 * const { ok, table } = await runReplications({ ids: ['two-choices'], workers: 2 });
 */
export { replications } from './all.ts';
export {
  caveat,
  type Figure,
  type FigureResult,
  judgeSamples,
  type Replication,
  type ReplicationResult,
  runReplication,
} from './replication.ts';
export {
  formatReplications,
  type ReplicationsInit,
  type ReplicationsReport,
  runReplications,
} from './run-replications.ts';
