/**
 * Agreement in a virtual world: consensus machines, a network, liars, and checkers on every effect.
 *
 * @example
 * const { violations, isDecided } = runSeed({ engine: realEngine, n: 7, seed: 1 });
 */
export { agreementModel } from './agreement-model.ts';
export { type Engine, realEngine } from './engine.ts';
export { runSeed, type SeedOptions, type SeedResult } from './seeds.ts';
export { delayMs, type Host, World } from './world.ts';
