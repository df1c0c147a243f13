/**
 * Particle-swarm search of parameters by agents that share what they find: each evaluates a setting, claims its best
 * in the shared memory, and moves by what its own replica shows of the others'. The ablations hear nobody, or hear
 * settings that nobody found.
 * @see Kennedy and Eberhart 1995; Clerc and Kennedy 2002 (the constants)
 */
import { claimEdit } from '../../crdt/index.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel, SeriesPoint } from '../scenario/model.ts';
import {
  checkFaults,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from '../scenario/network-keys.ts';
import { integer, number, required } from '../scenario/shape.ts';
import { SharedMemory, SmallWorld } from '../small-world/index.ts';

interface SearchScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly landscape: Landscape;
  readonly dimensions: number;
  readonly evaluationsPerAgent: number;
  readonly evaluateMs: number;
  readonly sharing: 'found' | 'none' | 'made-up';
}

type Landscape = 'bowl' | 'valley' | 'hills';

/** Clerc and Kennedy 2002: constriction 0.7298, both attractions 1.49618. */
const inertia = 0.7298;
const attraction = 1.49618;
/** Usual bounds of these landscapes; the best setting is inside, not in the middle. */
const bound = 5;
const optimumAt = 1.3;

/** Losses to be made small; 0 at the best setting. Rosenbrock 1960; Rastrigin 1974. */
const landscapes: Readonly<Record<Landscape, (x: readonly number[]) => number>> = {
  bowl: (x) => x.reduce((sum, value) => sum + (value - optimumAt) ** 2, 0),
  valley: (x) =>
    x.slice(1).reduce((sum, value, i) => sum + 100 * (value - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0),
  hills: (x) =>
    x.reduce((sum, value) => {
      const off = value - optimumAt;
      return sum + off ** 2 - 10 * Math.cos(2 * Math.PI * off) + 10;
    }, 0),
};

export const searchModel: ScenarioModel = {
  name: 'search',
  about: 'particle-swarm search of settings by agents that share findings through the graph',
  keys: {
    agents: { ...required(integer(1, 60)), note: 'particles, each with a replica of its own' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    landscape: required({ type: 'text', oneOf: ['bowl', 'valley', 'hills'] }),
    dimensions: { ...required(integer(1, 50)), note: 'numbers in a setting' },
    evaluationsPerAgent: required(integer(1, 10_000)),
    evaluateMs: { ...required(number(1)), note: 'mean time to try a setting' },
    sharing: {
      ...required({ type: 'text', oneOf: ['found', 'none', 'made-up'] }),
      note: 'what agents hear of each other: what was found, nothing, or settings that nobody tried',
    },
  },
  metrics: {
    loss: 'of the best setting that any agent tried, 0 at best',
    digits: 'log10 of the mean loss of random tries ÷ loss: decimal digits gained',
    makespanMs: 'virtual ms until all tries were made',
    bytesPerTry: 'bytes on the wire per try',
  },
  check: checkFaults,
  run: (settings, seed) => runSearch(settings as unknown as SearchScenario, seed),
};

interface Particle {
  position: number[];
  velocity: number[];
  best: { readonly position: readonly number[]; readonly loss: number };
  tries: number;
}

function runSearch(scenario: SearchScenario, seed: number): RunResult {
  const { agents, dimensions, evaluationsPerAgent, evaluateMs, sharing } = scenario;
  const lossOf = landscapes[scenario.landscape];
  const world = new SmallWorld({
    seed,
    agentCount: agents,
    link: scenario.network,
    faults: toFaultRules(scenario.faults ?? [], agents, RandomStream.fromSeed(seed).split('faults')),
  });
  const random = world.random.split('search');
  const memory = new SharedMemory(world);
  const draw = () => Array.from({ length: dimensions }, () => bound * (2 * random.unit() - 1));
  const ofChance = Array.from({ length: 200 }, () => lossOf(draw())).reduce((a, b) => a + b, 0) / 200;
  const particles = Array.from({ length: agents }, (): Particle => {
    const position = draw();
    const velocity = draw().map((value, i) => (value - position[i]!) / 2);
    return { position, velocity, best: { position, loss: Number.POSITIVE_INFINITY }, tries: 0 };
  });
  const series: SeriesPoint[] = [];
  let loss = Number.POSITIVE_INFINITY;
  let openCount = agents;
  const tryNext = (agent: number) => {
    world.after(agent, random.exponential(evaluateMs), () => {
      const own = particles[agent]!;
      const found = lossOf(own.position);
      own.tries++;
      if (found < own.best.loss) {
        own.best = { position: [...own.position], loss: found };
        share(agent, own.best);
      }
      if (found < loss) {
        loss = found;
        world.log.note(world.elapsedMs, 'better', { agent, loss });
        series.push({
          metric: 'bestLossDigits',
          at: world.elapsedMs,
          value: Math.log10(ofChance / (loss + tiny)),
        });
      }
      if (own.tries >= evaluationsPerAgent) openCount--;
      else {
        move(own, hear(agent) ?? own.best.position, random);
        tryNext(agent);
      }
    });
  };
  /** One claim of each agent, replaced by its better ones. */
  const share = (agent: number, best: Particle['best']) => {
    if (sharing === 'none') return;
    const told = sharing === 'found' ? best.position : draw();
    const value = { setting: [...told], loss: best.loss };
    const edit = claimEdit('best', { type: 'solution', text: 'the best setting that I found', value });
    if (edit.ok) memory.agents[agent]!.write([edit.value]);
  };
  /** The best that its replica shows. */
  const hear = (agent: number): readonly number[] | undefined => {
    const told = [...memory.agents[agent]!.graph.view.nodes.values()].map(
      ({ body }) => body.value as { readonly setting: readonly number[]; readonly loss: number },
    );
    return told.reduce((best, one) => (best === undefined || one.loss < best.loss ? one : best), told[0])
      ?.setting;
  };
  for (let agent = 0; agent < agents; agent++) tryNext(agent);
  world.run(20 * evaluationsPerAgent * evaluateMs, () => openCount === 0);
  return world.finish(
    {
      loss,
      digits: Math.log10(ofChance / (loss + tiny)),
      makespanMs: world.elapsedMs,
      bytesPerTry: world.byteCount / (agents * evaluationsPerAgent),
    },
    series,
  );
}

/** A perfect setting counts as fifteen digits, not as infinitely many. */
const tiny = 1e-15;

function move(own: Particle, social: readonly number[], random: RandomStream): void {
  own.velocity = own.velocity.map(
    (speed, i) =>
      inertia * speed +
      attraction * random.unit() * (own.best.position[i]! - own.position[i]!) +
      attraction * random.unit() * (social[i]! - own.position[i]!),
  );
  own.position = own.position.map((value, i) => Math.max(-bound, Math.min(bound, value + own.velocity[i]!)));
}
