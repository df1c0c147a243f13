/** What closes a question, a goal, a requirement, a need or a gap: what others say of it, as long as that stands. */
import { type Around, type EntityNode, isStanding } from './graph-entity.ts';
import type { EntityType } from './graph-entry.ts';

/** What closes an entity of each type, when it is said of it by an entity that was not retracted. */
const closers: Readonly<Record<string, readonly string[]>> = {
  question: ['answers'],
  goal: ['meets', 'solves'],
  requirement: ['meets'],
  need: ['meets', 'fills'],
  gap: ['fills', 'answers'],
};

/** Whether entities of this type are open or closed, rather than believed or not. */
export function canClose(type: EntityType): boolean {
  return closers[type] !== undefined;
}

/** Whether an entity that stands closes one of this type. */
export function isClosed(
  type: EntityType,
  around: Around | undefined,
  nodes: ReadonlyMap<string, EntityNode>,
): boolean {
  for (const { body } of around?.to.values() ?? []) {
    const source = nodes.get(body.from);
    if (closers[type]?.includes(body.kind) && source !== undefined && isStanding(source)) return true;
  }
  return false;
}
