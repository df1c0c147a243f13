/**
 * The built-in embedder: text to a vector of 256 numbers, offline, without a model file and without chance.
 *
 *   words, phrases ──► concepts of the lexicon ──► codes that share a domain's axis   ─┐
 *   stems, trigrams ──► signed hashing (Weinberger et al. 2009)                        ─┴─► one unit vector
 *
 * Concepts find the agent that shares no word with the query; hashed words find names and jargon that no
 * lexicon knows. Only + − × ÷ and √ are used, which IEEE 754 fixes to the bit: every machine and browser
 * gets the same vector for the same text, so vectors need not travel.
 */
import { type LexiconConcept, lexiconSources, readLexicon } from '../lexicon/index.ts';
import { drawConceptCodes } from './concept-codes.ts';
import { hashText } from './hash.ts';
import { phraseScopes } from './negation.ts';
import { discountSettings } from './setting.ts';
import { tokenize } from './tokenize.ts';
import { createVocabulary, type Postings, type Vocabulary, type WordMeaning } from './vocabulary.ts';

/** Names vocabulary and arithmetic: any change to a vector's bits must change it. */
export const builtinSpace = 'builtin-1';
export const builtinDimensions = 256;

export interface BuiltinEmbedder {
  readonly space: typeof builtinSpace;
  readonly dimensions: number;
  /** A unit vector; all zeros for a text without a word. */
  embed(text: string): Float32Array;
  /** The same into `out`, which has `dimensions` entries. */
  embedInto(text: string, out: Float32Array): void;
  /** The concepts a text touches, strongest first: what `discover --explain` shows. */
  explain(text: string): readonly { readonly concept: string; readonly weight: number }[];
}

export interface BuiltinInit {
  /** Concepts to use in place of the shipped lexicon. Such vectors belong to a space of their own. */
  readonly concepts?: readonly LexiconConcept[];
  readonly settings?: Partial<BuiltinSettings>;
}

export interface BuiltinSettings {
  readonly dimensions: number;
  /** Dimensions given to concepts; the rest is hashed words. */
  readonly conceptDimensions: number;
  /** Energy of the concept part in a vector that has both. */
  readonly conceptShare: number;
  /** Energy that a concept inherits from the concepts above it. */
  readonly inheritedShare: number;
  /** What the words inside a matched phrase still add. */
  readonly insidePhrase: number;
  /** Strength of two words of a phrase that stand apart, against the phrase. */
  readonly loosePair: number;
  /** Weight of a concept whose domain nothing else in the text supports, against 1. */
  readonly loneDomain: number;
  /** Sum at which a concept has half its full strength. */
  readonly saturation: number;
  /** Factor for what a text rules out ("not payroll"). */
  readonly negated: number;
  /** Factor for the asker's own setting ("my bakery's invoices"). */
  readonly ownSetting: number;
  /** Energy of letter trigrams against whole stems. */
  readonly trigram: number;
}

/** Chosen on one half of the labelled queries; see README.md. */
export const builtinSettings: BuiltinSettings = {
  dimensions: builtinDimensions,
  conceptDimensions: 192,
  conceptShare: 0.75,
  inheritedShare: 0.2,
  insidePhrase: 0.35,
  loosePair: 0.5,
  loneDomain: 0.8,
  saturation: 5,
  negated: -0.3,
  ownSetting: 0.4,
  trigram: 0.1,
};

/**
 * Build one and share it: it holds about 10 MB and takes about 100 ms to build. It keeps a cache of words,
 * which changes how fast the next text is, never its vector.
 */
export function createBuiltinEmbedder(init: BuiltinInit = {}): BuiltinEmbedder {
  const settings = { ...builtinSettings, ...init.settings };
  const concepts = init.concepts ?? readLexicon(lexiconSources);
  const dimensions = settings.conceptDimensions;
  const codes = drawConceptCodes(concepts, { dimensions, inheritedShare: settings.inheritedShare });
  const reader = new TextReader(concepts, createVocabulary(concepts), settings);

  const embedInto = (text: string, out: Float32Array): void => {
    out.fill(0);
    reader.read(text);
    const conceptPart = out.subarray(0, dimensions);
    for (const index of reader.touched)
      addRow(conceptPart, codes, index * dimensions, reader.strength[index]!);
    const wordPart = out.subarray(dimensions);
    for (const [at, value] of reader.words.entries()) wordPart[at] = value;
    balance(conceptPart, wordPart, settings.conceptShare);
  };
  return {
    space: builtinSpace,
    dimensions: settings.dimensions,
    embedInto,
    embed(text) {
      const out = new Float32Array(settings.dimensions);
      embedInto(text, out);
      return out;
    },
    explain(text) {
      reader.read(text);
      return [...reader.touched]
        .map((index) => ({ concept: concepts[index]!.name, weight: reader.strength[index]! }))
        .sort((a, b) => b.weight - a.weight || (a.concept < b.concept ? -1 : 1));
    },
  };
}

/** Reads one text at a time into concept strengths and hashed words; its arrays are used again and again. */
class TextReader {
  readonly strength: Float64Array;
  readonly touched: number[] = [];
  readonly words: Float64Array;
  readonly #isTouched: Uint8Array;
  readonly #domainSum: Float64Array;
  readonly #domainOf: Int32Array;
  readonly #concepts: readonly LexiconConcept[];
  readonly #vocabulary: Vocabulary;
  readonly #settings: BuiltinSettings;

  constructor(concepts: readonly LexiconConcept[], vocabulary: Vocabulary, settings: BuiltinSettings) {
    this.#concepts = concepts;
    this.#vocabulary = vocabulary;
    this.#settings = settings;
    this.strength = new Float64Array(concepts.length);
    this.#isTouched = new Uint8Array(concepts.length);
    this.words = new Float64Array(settings.dimensions - settings.conceptDimensions);
    const byName = new Map(concepts.map(({ name }, index) => [name, index]));
    this.#domainOf = Int32Array.from(concepts, ({ domain }) => byName.get(domain)!);
    this.#domainSum = new Float64Array(concepts.length);
  }

  read(text: string): void {
    for (const index of this.touched) {
      this.strength[index] = 0;
      this.#isTouched[index] = 0;
    }
    this.touched.length = 0;
    this.words.fill(0);
    const tokens = tokenize(text);
    const scopes = phraseScopes(tokens, this.#settings.negated);
    discountSettings(tokens, scopes, this.#settings.ownSetting);
    const meanings: WordMeaning[] = [];
    const factors: number[] = [];
    for (const [i, token] of tokens.entries()) {
      if (token === '\n') {
        meanings.push(clauseEnd);
        factors.push(1);
        continue;
      }
      const meaning = this.#vocabulary.meaningOf(token);
      if (meaning.filler) continue;
      meanings.push(meaning);
      factors.push(scopes[i]!);
    }
    this.#readConcepts(meanings, factors);
    this.#weighDomains();
    this.#readWords(meanings, factors);
  }

  #readConcepts(meanings: readonly WordMeaning[], factors: readonly number[]): void {
    let insideUntil = -1;
    for (let i = 0; i < meanings.length; i++) {
      const meaning = meanings[i]!;
      const factor = factors[i]!;
      const span = i > insideUntil ? this.#matchPhrase(meanings, i, factor) : 0;
      if (span > 0) insideUntil = i + span - 1;
      if (meaning.postings.length > 0) {
        this.#add(meaning.postings, i <= insideUntil ? factor * this.#settings.insidePhrase : factor);
      }
      if (meaning.pairId > 0) this.#matchPairs(meanings, i, Math.max(i, insideUntil), factor);
    }
  }

  /** Pairs with the next few telling words of the same text, whatever stands between. */
  #matchPairs(meanings: readonly WordMeaning[], at: number, insideUntil: number, factor: number): void {
    const one = meanings[at]!.pairId;
    let reach = pairReachWords;
    for (let i = insideUntil + 1; i < meanings.length && reach > 0; i++) {
      const other = meanings[i]!;
      if (other.weight === 0) continue;
      reach--;
      if (other.pairId === 0 || other.pairId === one) continue;
      const postings = this.#vocabulary.pair(one, other.pairId);
      if (postings !== undefined) this.#add(postings, factor * this.#settings.loosePair);
    }
  }

  /** Longest phrase first; answers with its number of words. */
  #matchPhrase(meanings: readonly WordMeaning[], at: number, factor: number): number {
    const longest = Math.min(meanings[at]!.phraseWordsMax, meanings.length - at);
    for (let span = longest; span >= 2; span--) {
      let key = meanings[at]!.stem;
      for (let i = at + 1; i < at + span; i++) key += ` ${meanings[i]!.stem}`;
      const postings = this.#vocabulary.phrase(key);
      if (postings === undefined) continue;
      this.#add(postings, factor * 1.2);
      return span;
    }
    return 0;
  }

  #add(postings: Postings, factor: number): void {
    for (let i = 0; i < postings.length; i += 2) {
      const index = postings[i]!;
      if (this.#isTouched[index] === 0) {
        this.#isTouched[index] = 1;
        this.touched.push(index);
      }
      this.strength[index]! += factor * postings[i + 1]!;
    }
  }

  /** Meanings that the rest of the text supports count more; repeated hints saturate (as in BM25). */
  #weighDomains(): void {
    let total = 0;
    for (const index of this.touched) {
      const positive = Math.max(0, this.strength[index]!);
      this.#domainSum[this.#domainOf[index]!]! += positive;
      total += positive;
    }
    const { loneDomain, saturation } = this.#settings;
    for (const index of this.touched) {
      const sum = this.strength[index]!;
      const support = total === 0 ? 0 : (this.#domainSum[this.#domainOf[index]!]! - Math.max(0, sum)) / total;
      const strength = (sum * (saturation + 1)) / (Math.abs(sum) + saturation);
      this.strength[index] =
        strength * this.#concepts[index]!.weight * (loneDomain + (1 - loneDomain) * Math.min(1, support * 2));
    }
    for (const index of this.touched) this.#domainSum[this.#domainOf[index]!] = 0;
  }

  #readWords(meanings: readonly WordMeaning[], factors: readonly number[]): void {
    for (const [i, meaning] of meanings.entries()) {
      if (meaning.weight === 0) continue;
      const weight = meaning.weight * factors[i]!;
      hashInto(this.words, meaning.stem, 1, weight);
      const letters = `^${meaning.stem}$`;
      if (letters.length < 6) continue;
      const each = (weight * this.#settings.trigram) / Math.sqrt(letters.length - 2);
      for (let at = 0; at + 3 <= letters.length; at++)
        hashInto(this.words, letters.slice(at, at + 3), 2, each * 2);
    }
  }
}

const clauseEnd: WordMeaning = {
  stem: '\n',
  postings: [],
  weight: 0,
  phraseWordsMax: 1,
  filler: false,
  pairId: 0,
};

/** Telling words over which a loose pair may reach (judgement: a clause). */
const pairReachWords = 5;

/** Four signed places per feature: a single clash then costs a quarter. */
function hashInto(words: Float64Array, feature: string, seed: number, weight: number): void {
  let hash = hashText(feature, seed);
  for (let place = 0; place < 4; place++) {
    words[(hash >>> 1) % words.length]! += hash & 1 ? weight : -weight;
    hash = (Math.imul(hash, 0x9e3779b1) ^ (hash >>> 15)) >>> 0;
  }
}

function addRow(out: Float32Array, rows: Float32Array, from: number, factor: number): void {
  for (let d = 0; d < out.length; d++) out[d]! += factor * rows[from + d]!;
}

/** Scale both parts so that they hold their share of one unit vector; a lone part takes it all. */
function balance(conceptPart: Float32Array, wordPart: Float32Array, conceptShare: number): void {
  const concept = squaresOf(conceptPart);
  const word = squaresOf(wordPart);
  const share = word === 0 ? 1 : concept === 0 ? 0 : conceptShare;
  if (concept > 0) scaleAll(conceptPart, Math.sqrt(share / concept));
  if (word > 0) scaleAll(wordPart, Math.sqrt((1 - share) / word));
}

function squaresOf(vector: Float32Array): number {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += vector[d]! * vector[d]!;
  return squares;
}

function scaleAll(vector: Float32Array, factor: number): void {
  for (let d = 0; d < vector.length; d++) vector[d]! *= factor;
}
