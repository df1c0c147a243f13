/** The agents that do a job: what they are made for, how fast they are, and that they do one thing after another. */
import type { RandomStream } from '../../clock/random.ts';
import type { SmallWorld } from '../../small-world/index.ts';
import { type JobPart, skills } from './job-plan.ts';

/** Work outside an agent's two skills goes at this speed. Judgement. */
const strangerSpeed = 0.6;
/** Spread of agents' speeds, as the deviation of the logarithm. Judgement. */
const speedSigma = 0.2;

export class Crew {
  readonly world: SmallWorld;
  /** Agent time spent: work, planning, handling, thinking about bids. */
  costMs = 0;

  readonly #speeds: readonly number[];
  readonly #freeAtMs: number[];

  constructor(world: SmallWorld, random: RandomStream) {
    this.world = world;
    // The first agent is the asker, the sequential worker and the supervisor: neither fast nor slow.
    this.#speeds = world.dids.map((_, i) => (i === 0 ? 1 : Math.exp(speedSigma * random.normal())));
    this.#freeAtMs = world.dids.map(() => world.nowMs);
  }

  /** Two skills each, so that all are there among three agents; the first can do everything, anybody `anything`. */
  hasSkill(agent: number, skill: string): boolean {
    if (skill === 'anything') return true;
    const own = (agent * 2) % skills.length;
    return agent === 0 || skills[own] === skill || skills[own + 1] === skill;
  }

  durationOf(agent: number, { skill, workMs }: Pick<JobPart, 'skill' | 'workMs'>): number {
    return workMs / (this.#speeds[agent]! * (this.hasSkill(agent, skill) ? 1 : strangerSpeed));
  }

  /** How long until the agent could begin something new. */
  waitOf(agent: number): number {
    return Math.max(0, this.#freeAtMs[agent]! - this.world.nowMs);
  }

  /** Do it when everything before is done. */
  occupy(agent: number, durationMs: number, action: () => void): void {
    const { world } = this;
    this.costMs += durationMs;
    this.#freeAtMs[agent] = Math.max(world.nowMs, this.#freeAtMs[agent]!) + durationMs;
    world.after(agent, this.#freeAtMs[agent]! - world.nowMs, action);
  }

  /** Agents made for a skill, from `from` on, round; nobody else when none is. */
  listSkilled(skill: string, from: number, count: number): readonly number[] {
    const all = this.world.dids.length;
    const found: number[] = [];
    for (let i = 0; i < all && found.length < count; i++) {
      const agent = 1 + ((from + i) % Math.max(1, all - 1));
      if (agent < all && this.hasSkill(agent, skill)) found.push(agent);
    }
    return found.length > 0 ? found : [0];
  }
}
