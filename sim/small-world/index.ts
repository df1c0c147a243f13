/**
 * A small world: agents with the machines that ship, on the modelled network, without the rest of a peer. Quick
 * enough for wide sweeps, and what it shows is shown of the machines.
 *
 * @example
 * const world = new SmallWorld({ seed: 1, agentCount: 12, link: { latency: { kind: 'constant', ms: 40 } } });
 * const team = new Team({ world, number: 1, asker: 0, candidates, skills: ['a', 'b'], … });
 * world.run(600_000, () => team.outcome !== undefined);
 */
export { Desk, type Given } from './desk.ts';
export { createOwnBook, type OwnBook } from './own-book.ts';
export { RunLog } from './run-log.ts';
export { sha256 } from './sha256.ts';
export { type MemoryAgent, SharedMemory, type SharedMemoryInit } from './shared-memory.ts';
export { type Letter, type Resident, SmallWorld, type SmallWorldInit } from './small-world.ts';
export { taskId } from './task-id.ts';
export { Team, type TeamBehaviour, type TeamInit, type Work } from './team.ts';
