/** Is a task going round in circles? Judged from the path of its holders, before it is handed on. */
import type { Did } from '../brand.ts';
import { handoffsMax } from './bodies.ts';

/** One agent this often within {@link windowLength} holders is a circle. */
export const visitsMax = 3;
export const windowLength = 5;

export type PathFault = 'too-many-handoffs' | 'agent-returns' | 'repeated-sequence' | 'to-itself';

/**
 * Why the task may not go to `next`; `undefined` when it may. A repeated sequence is two or more holders who pass the
 * task in the same order twice in a row (A B A B), which a count of visits alone would see one round later.
 */
export function findPathFault(path: readonly Did[], next: Did): PathFault | undefined {
  if (path.at(-1) === next) return 'to-itself';
  const after = [...path, next];
  if (after.length - 1 > handoffsMax) return 'too-many-handoffs';
  if (after.slice(-windowLength).filter((agent) => agent === next).length >= visitsMax)
    return 'agent-returns';
  for (let length = 2; length * 2 <= after.length; length++) {
    const last = after.slice(-length);
    const before = after.slice(-2 * length, -length);
    if (last.every((agent, i) => agent === before[i])) return 'repeated-sequence';
  }
  return undefined;
}
