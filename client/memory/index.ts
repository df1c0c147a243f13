/**
 * The shared memory of a space, as an agent uses it.
 *
 * ```ts
 * const memory = openMemory(agent, space);
 * const id = await memory.claim({ type: 'hypothesis', text: 'The valve leaks' });
 * const lease = await memory.lease('valve').claim(60_000);
 * const { doc } = memory.document('report');
 * doc.getText('body').insert(0, 'Summary');
 * ```
 */
export { claimBallot } from './claim-ballot.ts';
export { type FollowInit, followMemory, type MemoryCopy } from './copy.ts';
export type { CopyStore } from './copy-records.ts';
export {
  type Attestation,
  type BlockScope,
  type Claim,
  type Known,
  type Mark,
  type Memory,
  type MemoryChange,
  type MemoryQuery,
  openMemory,
  type SensedMark,
} from './memory.ts';
export {
  type Contribution as MonitoredContribution,
  type Monitor,
  type MonitorCounts,
  type MonitorInit,
  monitorMemory,
  type Plan,
} from './monitor.ts';
export { type BindInit, type BoundDocument, bindDocument } from './shared-document.ts';
export type { Counter, HeldLease, Lease, Register, SharedSet, SharedValues } from './shared-values.ts';
