/**
 * Counter, last-writer register and set, observed-remove set, advisory lease.
 *
 * ```ts
 * const edit = classic.count(author, 'reviews', 1);
 * classic.counter('reviews');
 * ```
 */
export { ClassicView, type Lease, leaseMaxMs } from './classic-view.ts';
