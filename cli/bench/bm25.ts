/** Okapi BM25 (Robertson and Zaragoza 2009), k1 1.2, b 0.75: what meaning-based search is measured against. */

const k1 = 1.2;
const b = 0.75;

export interface Bm25Index {
  /** Indexes of the documents that share a word with the query, best first; ties by index. */
  rank(query: string): readonly number[];
}

/** Build an index over plain texts. Words are lower-cased, stop words removed, suffixes stripped. */
export function createBm25(documents: readonly string[]): Bm25Index {
  const bags = documents.map(countWords);
  const lengths = bags.map((bag) => [...bag.values()].reduce((sum, count) => sum + count, 0));
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
  const holders = new Map<string, number>();
  for (const bag of bags) for (const word of bag.keys()) holders.set(word, (holders.get(word) ?? 0) + 1);

  const rarity = (word: string): number => {
    const count = holders.get(word) ?? 0;
    return Math.log(1 + (documents.length - count + 0.5) / (count + 0.5));
  };
  const scoreOf = (query: ReadonlyMap<string, number>, at: number): number => {
    let score = 0;
    for (const [word, times] of query) {
      const count = bags[at]!.get(word) ?? 0;
      if (count === 0) continue;
      const dampened = count + k1 * (1 - b + (b * lengths[at]!) / meanLength);
      score += (times * rarity(word) * count * (k1 + 1)) / dampened;
    }
    return score;
  };
  return {
    rank(query) {
      const bag = countWords(query);
      return documents
        .map((_, at) => ({ at, score: scoreOf(bag, at) }))
        .filter(({ score }) => score > 0)
        .sort((x, y) => y.score - x.score || x.at - y.at)
        .map(({ at }) => at);
    },
  };
}

function countWords(text: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const raw of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (bm25StopWords.has(raw)) continue;
    const word = stripSuffix(raw);
    bag.set(word, (bag.get(word) ?? 0) + 1);
  }
  return bag;
}

/** Plain suffix stripping, on purpose not the embedder's stemmer: the baseline stands alone. */
function stripSuffix(word: string): string {
  for (const suffix of ['ingly', 'edly', 'ings', 'ing', 'ies', 'ied', 'ed', 'es', 's', 'ly']) {
    if (!word.endsWith(suffix) || word.length - suffix.length < 3) continue;
    if (suffix === 's' && word.endsWith('ss')) return word;
    const root = word.slice(0, -suffix.length);
    return suffix === 'ies' || suffix === 'ied' ? `${root}y` : root;
  }
  return word.length > 4 && word.endsWith('e') ? word.slice(0, -1) : word;
}

const bm25StopWords: ReadonlySet<string> = new Set(
  `a about after all also am an and any are as at be because been before being but by can could did do does doing
  don for from had has have having he her here him his how i if in into is it its just me more most my no nor not
  now of off on once only or other our out over own s same she should so some such t than that the their them then
  there these they this those through to too under until up us very was we were what when where which while who
  whom why will with would you your`.split(/\s+/),
);
