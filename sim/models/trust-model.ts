/**
 * A file-sharing network under reputation attack, in the set-up of EigenTrust: queries by taste, the source drawn by
 * trust that flows from a few trusted peers (this project's `computeTrust`), bad peers that praise only each other.
 * @see Kamvar, Schlosser and Garcia-Molina 2003, section 7; Chirita et al. 2004, threat model C
 */
import { computeTrust, type TrustEdge } from '../../discovery/reputation/index.ts';
import { RunDigest } from '../clock/digest.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import { integer, required, share } from '../scenario/shape.ts';

interface TrustScenario {
  readonly good: number;
  readonly trusted: number;
  readonly bad: number;
  readonly lieShare: number;
  /** Share of the files that bad peers hold, the most asked for first. */
  readonly baitShare: number;
  readonly usesTrust: boolean;
  readonly returnShare: number;
}

const settings = {
  categories: 20,
  filesPerCategory: 100,
  /** Kamvar et al.: good peers fail in 5 %; one download in ten goes to a peer without trust. */
  goodFailure: 0.05,
  newcomerShare: 0.1,
  rounds: 20,
  roundsLeftOut: 10,
  queriesPerRound: 50,
} as const;

export const trustModel: ScenarioModel = {
  name: 'trust',
  about: 'downloads by reputation while a collective of bad peers lies and praises itself',
  keys: {
    good: { ...required(integer(2, 500)), note: 'honest peers' },
    trusted: { ...required(integer(1, 500)), note: 'of them, trusted beforehand' },
    bad: required(integer(0, 500)),
    lieShare: { ...required(share), note: 'share of their uploads that are bad' },
    baitShare: { ...required(share), note: 'share of the files that bad peers hold, the most wanted first' },
    usesTrust: required({ type: 'boolean' }),
    returnShare: { ...required(share), note: 'of trust, back to the trusted at each step' },
  },
  metrics: {
    spoiled: 'share of honest peers’ downloads that were bad, after the first half, 0 to 1',
    fromBad: 'share of these downloads that came from bad peers, 0 to 1',
  },
  check(values, fail) {
    if (Number(values.trusted) > Number(values.good))
      fail('trusted', 'more peers are trusted than honest', 'Write at most `good`.');
  },
  run: (values, seed) => runNetwork(values as unknown as TrustScenario, seed),
};

function runNetwork(scenario: TrustScenario, seed: number): RunResult {
  const random = RandomStream.fromSeed(seed).split('trust');
  const { good, lieShare, usesTrust, returnShare } = scenario;
  const peers = good + scenario.bad;
  const isBad = (peer: number) => peer >= good;
  const trusted = Array.from({ length: scenario.trusted }, (_, peer) => String(peer));
  const library = new Library(scenario, random.split('library'));
  const digest = new RunDigest();
  /** Good less bad outcomes, by who fetched and from whom. */
  const outcomes = new Float64Array(peers * peers);
  let trust: ReadonlyMap<string, number> = new Map();
  let [downloads, spoiled, fromBad] = [0, 0, 0];
  for (let round = 0; round < settings.rounds; round++) {
    for (let query = 0; query < settings.queriesPerRound * good; query++) {
      const asker = query % good;
      const holders = library.holdersOf(asker, random);
      if (holders.length === 0) continue;
      const source = usesTrust ? drawSource(holders, trust, random) : holders[random.below(holders.length)]!;
      const isSpoiled = random.unit() < (isBad(source) ? lieShare : settings.goodFailure);
      outcomes[asker * peers + source]! += isSpoiled ? -1 : 1;
      if (round < settings.roundsLeftOut) continue;
      downloads++;
      if (isSpoiled) spoiled++;
      if (isBad(source)) fromBad++;
      digest.add(downloads, asker, source);
    }
    const edges = listEdges(outcomes, good, peers);
    trust = computeTrust(edges, trusted, { returnShare, stepsMax: 50, changeMin: 1e-6 });
  }
  const per = (count: number) => (downloads === 0 ? 0 : count / downloads);
  return {
    metrics: { spoiled: per(spoiled), fromBad: per(fromBad) },
    digest: digest.toString(),
    eventCount: downloads,
  };
}

/** Bad peers give their whole trust to each other, as a collective. */
function listEdges(outcomes: Float64Array, good: number, peers: number): TrustEdge[] {
  const isBad = (peer: number) => peer >= good;
  const edges: TrustEdge[] = [];
  for (let from = 0; from < peers; from++) {
    for (let to = 0; to < peers; to++) {
      if (from === to) continue;
      const weight = isBad(from) ? Number(isBad(to)) : outcomes[from * peers + to]!;
      if (weight > 0) edges.push({ from: String(from), to: String(to), weight });
    }
  }
  return edges;
}

/** By trust; one time in ten, or when nobody has any, one without trust. */
function drawSource(
  holders: readonly number[],
  trust: ReadonlyMap<string, number>,
  random: RandomStream,
): number {
  const trustOf = (peer: number) => trust.get(String(peer)) ?? 0;
  const strangers = holders.filter((peer) => trustOf(peer) === 0);
  const sum = holders.reduce((total, peer) => total + trustOf(peer), 0);
  if (sum === 0 || (strangers.length > 0 && random.unit() < settings.newcomerShare))
    return strangers[random.below(strangers.length)]!;
  let left = random.unit() * sum;
  for (const peer of holders) {
    left -= trustOf(peer);
    if (left < 0) return peer;
  }
  return holders.at(-1)!;
}

/** Who holds what: peers like some categories and hold popular files of them; bad peers hold what is wanted most. */
class Library {
  readonly #likes: number[][] = [];
  /** By category and file: the peers that hold it. */
  readonly #holders = new Map<number, number[]>();

  constructor({ good, bad, baitShare }: TrustScenario, random: RandomStream) {
    for (let peer = 0; peer < good + bad; peer++) {
      const categories = Array.from({ length: settings.categories }, (_, category) => category);
      const likes = random.shuffle(categories).slice(0, 4 + random.below(5));
      this.#likes.push(likes);
      const count = peer >= good ? 0 : 20 + random.below(180);
      for (let i = 0; i < count; i++) this.#hold(peer, likes[drawZipf(likes.length, random)]!, random);
    }
    // Ranks of a category are its files in the order of how much they are wanted.
    for (const [file, held] of this.#holders) {
      if (file % settings.filesPerCategory >= baitShare * settings.filesPerCategory) continue;
      for (let peer = good; peer < good + bad; peer++) held.push(peer);
    }
  }

  #hold(peer: number, category: number, random: RandomStream): void {
    const file = category * settings.filesPerCategory + drawZipf(settings.filesPerCategory, random);
    const held = this.#holders.get(file) ?? [];
    if (!held.includes(peer)) held.push(peer);
    this.#holders.set(file, held);
  }

  /** Who answers a query of this peer's taste. */
  holdersOf(asker: number, random: RandomStream): number[] {
    const likes = this.#likes[asker]!;
    const category = likes[drawZipf(likes.length, random)]!;
    const file = category * settings.filesPerCategory + drawZipf(settings.filesPerCategory, random);
    return (this.#holders.get(file) ?? []).filter((peer) => peer !== asker);
  }
}

const harmonics = new Map<number, readonly number[]>();

/** Rank r with probability proportional to 1 / (r + 1). */
function drawZipf(count: number, random: RandomStream): number {
  let sums = harmonics.get(count);
  if (sums === undefined) {
    let sum = 0;
    sums = Array.from({ length: count }, (_, i) => (sum += 1 / (i + 1)));
    harmonics.set(count, sums);
  }
  const drawn = random.unit() * sums[count - 1]!;
  return sums.findIndex((sum) => drawn < sum);
}
