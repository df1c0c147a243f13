/**
 * How well the mesh's search finds the right agent: an embedder against BM25 on the same labelled set in the
 * same run, and how fast texts become vectors.
 */
import { compareQuantized, createBuiltinEmbedder, quantize } from '../../discovery/embed/index.ts';
import {
  type AgentSearchData,
  type LabelledQuery,
  readAgentSearchData,
  searchableText,
} from './agent-search-data.ts';
import { createBm25 } from './bm25.ts';
import { atLeast, type BenchGoal, type BenchReport, describeMachine, median, spread } from './report.ts';

/** Any embedder, at once or later: one vector per text, in order. */
export interface BenchEmbedder {
  readonly space: string;
  readonly dimensions: number;
  embedAll(texts: readonly string[]): readonly Float32Array[] | Promise<readonly Float32Array[]>;
}

export interface DiscoveryBenchOptions {
  /** A folder with `agents.jsonl` and `queries.jsonl`. */
  readonly data: string;
  /** Default: the built-in one. */
  readonly embedder?: BenchEmbedder;
  /** Report both halves of the queries too, as `half-a.ndcg5` and so on. */
  readonly halves?: boolean;
  /** Rounds of the speed measurement; 0 leaves it out. Default 7. */
  readonly speedRounds?: number;
}

/** Figures `ndcg5`, `recall5`, `mrr`, the same by kind (`ndcg5.paraphrase`) and for BM25 (`bm25.ndcg5`). */
export async function runDiscoveryBench(options: DiscoveryBenchOptions): Promise<BenchReport> {
  const data = readAgentSearchData(options.data);
  const embedder = options.embedder ?? wrapBuiltin();
  const texts = data.agents.map(searchableText);
  const figures: Record<string, number> = { agents: data.agents.length, queries: data.queries.length };

  const ours = await rankByMeaning(embedder, texts, data.queries);
  const bm25 = createBm25(texts);
  const theirs = data.queries.map(({ query }) => bm25.rank(query));
  addFigures(figures, '', data, ours);
  addFigures(figures, 'bm25.', data, theirs);
  if (options.halves === true) addHalves(figures, data, ours, theirs);

  const rounds = options.speedRounds ?? 7;
  if (rounds > 0) Object.assign(figures, await measureSpeed(embedder, texts, data, rounds));
  return { bench: 'discovery', machine: describeMachine(), figures, goals: goalsFor(figures, embedder) };
}

/** The built-in embedder in the bench's shape. */
export function wrapBuiltin(embedder = createBuiltinEmbedder()): BenchEmbedder {
  return { ...embedder, embedAll: (texts) => texts.map((text) => embedder.embed(text)) };
}

/** Which half a query belongs to: by its id, so that a set keeps its halves when it grows. */
export function halfOf(queryId: string): 'a' | 'b' {
  let hash = 0x811c9dc5;
  for (let i = 0; i < queryId.length; i++) hash = Math.imul(hash ^ queryId.charCodeAt(i), 0x01000193);
  return ((hash >>> 7) & 1) === 0 ? 'a' : 'b';
}

type Ranking = readonly number[];

async function rankByMeaning(
  embedder: BenchEmbedder,
  texts: readonly string[],
  queries: readonly LabelledQuery[],
): Promise<Ranking[]> {
  const agents = (await embedder.embedAll(texts)).map((vector) => quantize(vector));
  const asked = await embedder.embedAll(queries.map(({ query }) => query));
  return asked.map((vector) => {
    const query = quantize(vector);
    return agents
      .map((agent, at) => ({ at, score: compareQuantized(query, agent) }))
      .sort((x, y) => y.score - x.score || x.at - y.at)
      .map(({ at }) => at);
  });
}

function addFigures(
  figures: Record<string, number>,
  prefix: string,
  data: AgentSearchData,
  rankings: readonly Ranking[],
): void {
  const grades = data.queries.map((query, i) =>
    judge(
      query,
      rankings[i]!.map((at) => data.agents[at]!.id),
    ),
  );
  const add = (suffix: string, chosen: readonly Judged[]): void => {
    figures[`${prefix}ndcg5${suffix}`] = mean(chosen.map(({ ndcg5 }) => ndcg5));
    figures[`${prefix}recall5${suffix}`] = mean(chosen.map(({ recall5 }) => recall5));
    figures[`${prefix}mrr${suffix}`] = mean(chosen.map(({ mrr }) => mrr));
  };
  add('', grades);
  const kinds = [...new Set(data.queries.map(({ kind }) => kind))].sort();
  for (const kind of kinds)
    add(
      `.${kind}`,
      grades.filter((_, i) => data.queries[i]!.kind === kind),
    );
}

function addHalves(
  figures: Record<string, number>,
  data: AgentSearchData,
  ours: readonly Ranking[],
  theirs: readonly Ranking[],
): void {
  for (const half of ['a', 'b'] as const) {
    const chosen = data.queries.map((query, i) => (halfOf(query.id) === half ? i : -1)).filter((i) => i >= 0);
    const part = { agents: data.agents, queries: chosen.map((i) => data.queries[i]!) };
    addFigures(
      figures,
      `half-${half}.`,
      part,
      chosen.map((i) => ours[i]!),
    );
    addFigures(
      figures,
      `half-${half}.bm25.`,
      part,
      chosen.map((i) => theirs[i]!),
    );
  }
}

interface Judged {
  readonly ndcg5: number;
  /** Over grades of 2 and more. NaN when there are none. */
  readonly recall5: number;
  /** Of the first agent of grade 3. NaN when there is none. */
  readonly mrr: number;
}

/** Judge one ranking (Järvelin and Kekäläinen 2002): gain 2^grade − 1, discount log2(rank + 1). */
export function judge(query: Pick<LabelledQuery, 'relevant'>, ranking: readonly string[]): Judged {
  const gradeOf = (id: string): number => query.relevant[id] ?? 0;
  const ideal = Object.values(query.relevant).sort((a, b) => b - a);
  const wanted = Object.keys(query.relevant).filter((id) => gradeOf(id) >= 2);
  const top = ranking.slice(0, 5);
  const best = gain(ideal.slice(0, 5));
  const first = ranking.findIndex((id) => gradeOf(id) >= 3);
  return {
    ndcg5: best === 0 ? Number.NaN : gain(top.map(gradeOf)) / best,
    recall5: wanted.length === 0 ? Number.NaN : top.filter((id) => gradeOf(id) >= 2).length / wanted.length,
    mrr: ideal[0] === undefined || ideal[0] < 3 ? Number.NaN : first < 0 ? 0 : 1 / (first + 1),
  };
}

function gain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0);
}

/** Of the numbers there are; NaN means that a query has no label for the figure. */
function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

const wordsPerText = 12;

/**
 * Texts of 12 words, cut from the set's own texts at changing places, so that words recur as in real use. The
 * built-in embedder is judged in processor time, all threads together: what one core does when nobody else wants it.
 */
async function measureSpeed(
  embedder: BenchEmbedder,
  texts: readonly string[],
  data: AgentSearchData,
  rounds: number,
): Promise<Record<string, number>> {
  const words = [...texts, ...data.queries.map(({ query }) => query)].join(' ').split(/\s+/);
  const count = embedder.space.startsWith('builtin') ? 4000 : 64;
  const isBuiltin = embedder.space.startsWith('builtin');
  const rates: number[] = [];
  const wallRates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const batch = Array.from({ length: count }, (_, i) => cutText(words, i * 7 + round * 3));
    const started = process.hrtime.bigint();
    const used = process.cpuUsage();
    await embedder.embedAll(batch);
    const { user, system } = process.cpuUsage(used);
    wallRates.push((count * 1e9) / Number(process.hrtime.bigint() - started));
    rates.push(isBuiltin ? (count * 1e6) / (user + system) : wallRates.at(-1)!);
  }
  const wall = Math.round(median(wallRates));
  const rate = Math.round(median(rates));
  return { 'embed.textsPerSecond': rate, 'embed.textsPerSecond.wall': wall, 'embed.spread': spread(rates) };
}

function cutText(words: readonly string[], from: number): string {
  return Array.from({ length: wordsPerText }, (_, i) => words[(from + i) % words.length]).join(' ');
}

function goalsFor(figures: Readonly<Record<string, number>>, embedder: BenchEmbedder): BenchGoal[] {
  const goals = [atLeast('ndcg5', figures.ndcg5!, 0.55)];
  const paraphrase = figures['recall5.paraphrase'];
  if (paraphrase !== undefined) goals.push(atLeast('recall5.paraphrase', paraphrase, 0.4));
  const rate = figures['embed.textsPerSecond'];
  if (rate !== undefined && embedder.space.startsWith('builtin'))
    goals.push(atLeast('embed.textsPerSecond', rate, 20_000));
  return goals;
}
