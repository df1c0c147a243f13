/**
 * The lexicon made ready for look-up: words and phrases by surface form and by stem, each with the concepts
 * it points at. Unknown words are taken apart (compounds) or mended (one wrong letter).
 */
import { commonWords, phraseFillers, stopWords, veryCommonWords } from '../lexicon/common-words.ts';
import type { LexiconConcept } from '../lexicon/parse.ts';
import { type Deletions, indexDeletions, leaveOut } from './deletions.ts';
import { stem } from './stem.ts';
import { clauseMark, tokenize } from './tokenize.ts';

/** Pairs of concept index and weight, flat. */
export type Postings = readonly number[];

export interface WordMeaning {
  readonly stem: string;
  /** Empty when the word is in no concept. */
  readonly postings: Postings;
  /** How telling the word itself is: 0 for grammar, 1 for a rare word. */
  readonly weight: number;
  /** The most words a phrase that starts with this word can have; 1 when none does. */
  readonly phraseWordsMax: number;
  /** Left out inside phrases. */
  readonly filler: boolean;
  /** Names the word among those that stand in a pair; 0 when it stands in none. */
  readonly pairId: number;
}

export interface Vocabulary {
  meaningOf(word: string): WordMeaning;
  /** What a phrase of stems, joined by single spaces, points at. */
  phrase(stems: string): Postings | undefined;
  /** What two words near each other, in any order, point at. */
  pair(onePairId: number, otherPairId: number): Postings | undefined;
}

/** Words kept in the look-up cache; an entry takes about 200 bytes (judgement). */
const cachedWordsMax = 30_000;
/** Words in the longest phrase. */
const phraseWordsMax = 5;
/** Shorter words are never mended: too many real words lie one letter apart (judgement). */
const mendedLengthMin = 5;
const mendedWeight = 0.7;
const compoundWeight = 0.8;

/** Build the look-up tables; about 50 ms for 10,000 terms. */
export function createVocabulary(concepts: readonly LexiconConcept[]): Vocabulary {
  const tables = buildTables(concepts);
  const cache = new Map<string, WordMeaning>();
  return {
    phrase: (stems) => tables.phrases.get(stems),
    pair: (one, other) => tables.pairs.get(pairKey(one, other)),
    meaningOf(word) {
      const known = cache.get(word);
      if (known !== undefined) return known;
      if (cache.size >= cachedWordsMax) cache.clear();
      const meaning = resolve(word, tables);
      cache.set(word, meaning);
      return meaning;
    },
  };
}

interface Tables {
  readonly bySurface: Map<string, number[]>;
  readonly byStem: Map<string, number[]>;
  readonly phrases: Map<string, number[]>;
  readonly phraseStarts: Map<string, number>;
  readonly pairIds: Map<string, number>;
  readonly pairs: Map<number, number[]>;
  /** Made at the first unknown word. */
  deletions?: Deletions;
}

function buildTables(concepts: readonly LexiconConcept[]): Tables {
  const tables: Tables = {
    bySurface: new Map(),
    byStem: new Map(),
    phrases: new Map(),
    phraseStarts: new Map(),
    pairIds: new Map(),
    pairs: new Map(),
  };
  for (const [index, concept] of concepts.entries()) {
    const own = { text: concept.name.replaceAll('-', ' '), weight: 1 };
    for (const term of [own, ...concept.terms]) addTerm(tables, term.text, index, term.weight);
  }
  for (const table of [tables.bySurface, tables.byStem, tables.phrases, tables.pairs]) {
    for (const postings of table.values()) shareAmongMeanings(postings);
  }
  return tables;
}

function addTerm(tables: Tables, text: string, concept: number, weight: number): void {
  const words = tokenize(text).filter((word) => word !== clauseMark);
  const kept = words.filter((word) => !phraseFillers.has(word));
  const spoken = kept.length > 0 ? kept : words;
  if (spoken.length === 1) {
    point(tables.bySurface, spoken[0]!, concept, weight);
    point(tables.byStem, stem(spoken[0]!), concept, weight);
    return;
  }
  const stems = spoken.map(stem);
  point(tables.phrases, stems.join(' '), concept, weight);
  const first = stems[0]!;
  const longest = Math.max(tables.phraseStarts.get(first) ?? 1, stems.length);
  tables.phraseStarts.set(first, Math.min(longest, phraseWordsMax));
  addPair(tables, spoken, concept, weight);
}

/** A phrase of two telling words is also known loosely: "reset password" by "password … reset". */
function addPair(tables: Tables, spoken: readonly string[], concept: number, weight: number): void {
  const telling = spoken.filter((word) => weightOf(word) > 0);
  if (telling.length !== 2 || telling[0] === telling[1]) return;
  const [one, other] = telling.map((word) => {
    const root = stem(word);
    const id = tables.pairIds.get(root) ?? tables.pairIds.size + 1;
    tables.pairIds.set(root, id);
    return id;
  });
  const rarity = (weightOf(telling[0]!) + weightOf(telling[1]!)) / 2;
  point(tables.pairs, pairKey(one!, other!), concept, weight * rarity);
}

function pairKey(one: number, other: number): number {
  return one < other ? one * 65_536 + other : other * 65_536 + one;
}

function point<Key>(table: Map<Key, number[]>, key: Key, concept: number, weight: number): void {
  const postings = table.get(key);
  if (postings === undefined) {
    table.set(key, [concept, weight]);
    return;
  }
  for (let i = 0; i < postings.length; i += 2) {
    if (postings[i] !== concept) continue;
    postings[i + 1] = Math.max(postings[i + 1]!, weight);
    return;
  }
  postings.push(concept, weight);
}

/** A word of many meanings says less about each. */
function shareAmongMeanings(postings: number[]): void {
  const share = 1 / Math.sqrt(Math.sqrt(postings.length / 2));
  for (let i = 1; i < postings.length; i += 2) postings[i]! *= share;
}

function resolve(word: string, tables: Tables): WordMeaning {
  const root = stem(word);
  const common = weightOf(word);
  const postings =
    common === 0 ? (tables.bySurface.get(word) ?? []) : findPostings(word, root, common, tables);
  return {
    stem: root,
    postings,
    weight: common,
    phraseWordsMax: tables.phraseStarts.get(root) ?? 1,
    filler: phraseFillers.has(word),
    pairId: common === 0 ? 0 : (tables.pairIds.get(root) ?? 0),
  };
}

/** Hand-graded weights in place of a corpus's inverse document frequencies (Spärck Jones 1972). */
function weightOf(word: string): number {
  if (stopWords.has(word)) return 0;
  if (veryCommonWords.has(word)) return 0.12;
  if (commonWords.has(word)) return 0.35;
  if (word.length === 1) return 0.2;
  return isNumber(word) ? 0.3 : 1;
}

function findPostings(word: string, root: string, weight: number, tables: Tables): Postings {
  const known = tables.bySurface.get(word) ?? (weight < 1 ? undefined : tables.byStem.get(root));
  if (known !== undefined) return known;
  if (weight < 1) return [];
  return findUnit(word, tables) ?? findCompound(word, tables) ?? findMended(word, root, tables) ?? [];
}

/** "10kg" is "kg". */
function findUnit(word: string, tables: Tables): Postings | undefined {
  let digits = 0;
  while (digits < word.length && isDigit(word.charCodeAt(digits))) digits++;
  return digits > 0 ? tables.bySurface.get(word.slice(digits)) : undefined;
}

/** "timezonebug" is "timezone" and "bug": both halves must be known and at least four letters long. */
function findCompound(word: string, tables: Tables): Postings | undefined {
  for (let cut = word.length - 4; cut >= 4; cut--) {
    const head = tables.bySurface.get(word.slice(0, cut));
    if (head === undefined) continue;
    const tail = word.slice(cut);
    const rest = tables.bySurface.get(tail) ?? tables.byStem.get(stem(tail));
    if (rest !== undefined) return scale([...head, ...rest], compoundWeight);
  }
  return undefined;
}

/** One letter wrong, missing, doubled or swapped, by deletions on both sides (Garbe 2012); first letters agree. */
function findMended(word: string, root: string, tables: Tables): Postings | undefined {
  if (word.length < mendedLengthMin || commonWords.has(root) || veryCommonWords.has(root)) return undefined;
  tables.deletions ??= indexDeletions(
    [...tables.bySurface.keys()].filter((known) => known.length > mendedLengthMin),
  );
  const candidate = tables.deletions.get(word) ?? mendByDeletion(word, tables);
  return candidate === undefined ? undefined : scale(tables.bySurface.get(candidate)!, mendedWeight);
}

function mendByDeletion(word: string, tables: Tables): string | undefined {
  for (let i = word.length - 1; i > 0; i--) {
    const shorter = leaveOut(word, i);
    if (shorter.length >= mendedLengthMin && tables.bySurface.has(shorter)) return shorter;
    const other = tables.deletions!.get(shorter);
    if (other !== undefined && isOneEditApart(word, other)) return other;
  }
  return undefined;
}

/** Same length: one letter replaced, or two neighbours swapped. */
function isOneEditApart(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let first = -1;
  let last = -1;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    if (first < 0) first = i;
    last = i;
  }
  if (first === last) return true;
  return last === first + 1 && a[first] === b[last] && a[last] === b[first];
}

function scale(postings: Postings, factor: number): Postings {
  return postings.map((value, i) => (i % 2 === 1 ? value * factor : value));
}

function isNumber(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (!isDigit(word.charCodeAt(i))) return false;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
