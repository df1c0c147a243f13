import { RandomStream } from '../clock/random.ts';
import type { Replication } from './replication.ts';

/** eil51 of TSPLIB (Reinelt 1991), 51 cities of Christofides and Eilon 1969. */
// biome-ignore format: coordinates read better in rows
export const eil51: readonly (readonly [number, number])[] = [
  [37, 52], [49, 49], [52, 64], [20, 26], [40, 30], [21, 47], [17, 63], [31, 62], [52, 33], [51, 21], [42, 41],
  [31, 32], [5, 25], [12, 42], [36, 16], [52, 41], [27, 23], [17, 33], [13, 13], [57, 58], [62, 42], [42, 57],
  [16, 57], [8, 52], [7, 38], [27, 68], [30, 48], [43, 67], [58, 48], [58, 27], [37, 69], [38, 46], [46, 10],
  [61, 33], [62, 63], [63, 69], [32, 22], [45, 35], [59, 15], [5, 6], [10, 17], [21, 10], [5, 64], [30, 15],
  [39, 10], [32, 39], [25, 32], [25, 55], [48, 28], [56, 37], [30, 40],
];
const optimum = 426;
const settings = { ants: 10, iterations: 51_000, beta: 2, q0: 0.9, evaporation: 0.1 } as const;

/** Ants that meet only through pheromone find tours close to the best. */
export const antColony: Replication = {
  id: 'ant-colony',
  title: 'Ant Colony System comes within 1 % of the optimum of eil51, ants without pheromone do not',
  citation: 'Dorigo and Gambardella 1997, Ant Colony System; eil51: TSPLIB, Reinelt 1991, optimum 426',
  mechanism:
    'ten ants build tours by pheromone and distance, wear the trail down as they walk, and the best tour so far is reinforced; ' +
    'the same ants without pheromone for comparison',
  inputs: { ...settings, cities: eil51.length, distances: 'rounded to integers, as TSPLIB says' },
  confirmed:
    'Coordinates and optimum read in public copies of TSPLIB; parameters as the paper is commonly cited; averages of 428.1 for ACS (Stützle and Hoos 2000) from memory.',
  seedCount: 10,
  figures: [
    {
      name: 'length',
      about: 'length of the best tour of a run, mean',
      band: { low: optimum, high: 1.01 * optimum },
      why: 'no tour is shorter than 426; ACS is reported below 1 % above it on instances of this size',
      halfWidthMax: 5,
    },
    {
      name: 'lengthWithoutTraces',
      about: 'the same without pheromone, mean',
      band: { low: 1.03 * optimum, high: 1.5 * optimum },
      why: 'the source finds pheromone necessary: at least thrice the gap',
    },
  ],
  measure(seed) {
    const random = RandomStream.fromSeed(seed).split('ants');
    return {
      length: runColony(random.split('with'), true),
      lengthWithoutTraces: runColony(random.split('without'), false),
    };
  },
};

const n = eil51.length;
const distance = Float64Array.from({ length: n * n }, (_, i) => {
  const [a, b] = [eil51[Math.floor(i / n)]!, eil51[i % n]!];
  return Math.floor(Math.hypot(a[0] - b[0], a[1] - b[1]) + 0.5);
});

export function tourLength(tour: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < tour.length; i++) sum += distance[tour[i]! * n + tour[(i + 1) % tour.length]!]!;
  return sum;
}

function runColony(random: RandomStream, hasPheromone: boolean): number {
  const start = 1 / (n * nearestNeighbourLength());
  const trail = new Float64Array(n * n).fill(start);
  const near = distance.map((length) => (length === 0 ? 0 : length ** -settings.beta));
  let best: Int32Array = new Int32Array(0);
  let bestLength = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < settings.iterations; iteration++) {
    const ants = Array.from({ length: settings.ants }, () => new Ant(random));
    for (let step = 1; step < n; step++)
      for (const ant of ants) {
        const [from, to] = ant.move(random, trail, near);
        if (hasPheromone) wear(trail, from, to, start);
      }
    for (const { tour } of ants) {
      if (hasPheromone) wear(trail, tour[n - 1]!, tour[0]!, start);
      const length = tourLength(tour);
      if (length >= bestLength) continue;
      best = tour;
      bestLength = length;
    }
    if (hasPheromone) for (let i = 0; i < n; i++) wear(trail, best[i]!, best[(i + 1) % n]!, 1 / bestLength);
  }
  return bestLength;
}

/** Both updates of the source, (4) and (5), have this form: evaporate a share and lay down as much of `amount`. */
function wear(trail: Float64Array, a: number, b: number, amount: number): void {
  const value = (1 - settings.evaporation) * trail[a * n + b]! + settings.evaporation * amount;
  trail[a * n + b] = value;
  trail[b * n + a] = value;
}

const weights = new Float64Array(n);

class Ant {
  readonly tour = new Int32Array(n);
  readonly #open = Int32Array.from({ length: n }, (_, city) => city);
  #openCount = n;

  constructor(random: RandomStream) {
    this.#visit(random.below(n));
  }

  /** To the best city with probability q0, else to one drawn by its weight: the source's rule (3). */
  move(random: RandomStream, trail: Float64Array, near: Float64Array): readonly [from: number, to: number] {
    const from = this.tour[n - this.#openCount - 1]!;
    let sum = 0;
    let best = 0;
    for (let i = 0; i < this.#openCount; i++) {
      const edge = from * n + this.#open[i]!;
      const weight = trail[edge]! * near[edge]!;
      weights[i] = weight;
      sum += weight;
      if (weight > weights[best]!) best = i;
    }
    return [
      from,
      this.#visit(random.unit() < settings.q0 ? best : drawByWeight(random, this.#openCount, sum)),
    ];
  }

  #visit(place: number): number {
    const city = this.#open[place]!;
    this.tour[n - this.#openCount] = city;
    this.#open[place] = this.#open[--this.#openCount]!;
    return city;
  }
}

function drawByWeight(random: RandomStream, count: number, sum: number): number {
  let left = random.unit() * sum;
  for (let i = 0; i < count - 1; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return count - 1;
}

function nearestNeighbourLength(): number {
  const tour = [0];
  const open = new Set(Array.from({ length: n - 1 }, (_, i) => i + 1));
  while (open.size > 0) {
    const here = tour.at(-1)! * n;
    const next = [...open].reduce((a, b) => (distance[here + b]! < distance[here + a]! ? b : a));
    open.delete(next);
    tour.push(next);
  }
  return tourLength(tour);
}
