/**
 * Text statistics, and the phrases a text is about: RAKE (Rose et al. 2010) — candidate phrases are the runs of words
 * between stop words; a word scores degree ÷ frequency; a phrase the sum of its words, weighted by how often it recurs.
 */
import { isProse, judgeTrade } from '../judge.ts';
import { figure, plain, tableOf } from '../markdown.ts';
import { mean } from '../measure.ts';
import { finding } from '../table-work.ts';
import type { WorkModule } from '../work.ts';
import { type TextPart, workOnTexts } from './text-work.ts';
import {
  guessLanguage,
  isStopWord,
  type Language,
  paragraphsOf,
  sentencesOf,
  stemOf,
  wordsOf,
} from './tokens.ts';

export interface Keyword {
  /** As written where it first occurs. */
  readonly phrase: string;
  readonly count: number;
  readonly score: number;
}

const phraseWordsMax = 4;
const shownMax = 12;
/** Words a minute of silent reading in English. @see Brysbaert 2019 (238) */
const wordsPerMinute = 238;

export const keywords: WorkModule = {
  name: 'keywords',
  kind: 'keywords',
  capability:
    'Count words and sentences of a text, measure readability, and extract its keywords and key phrases.',
  tags: ['text', 'keywords', 'statistics', 'readability'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTexts(input, {
      kind: 'keywords',
      title: 'The text in figures and key phrases',
      each: keywordsOfText,
    }),
};

const trade = {
  phrases: [
    'extract keywords and key phrases from a text',
    'what is this text about, main topics of a document',
    'text statistics: words, sentences, readability',
    'what stands out in these files',
    'analyse this document and write a report',
  ],
  offer: 'I count, and extract the key phrases of the text',
  fits: isProse,
};

/** Key phrases, the most telling first. */
export function extractKeywords(text: string, language: Language): Keyword[] {
  const candidates = candidatePhrases(text, language);
  const degree = new Map<string, number>();
  const frequency = new Map<string, number>();
  for (const { stems } of candidates) {
    for (const stem of stems) {
      degree.set(stem, (degree.get(stem) ?? 0) + stems.length);
      frequency.set(stem, (frequency.get(stem) ?? 0) + 1);
    }
  }
  const phrases = new Map<string, { phrase: string; count: number; base: number }>();
  for (const { words, stems } of candidates) {
    const key = stems.join(' ');
    const seen = phrases.get(key);
    if (seen !== undefined) seen.count += 1;
    else {
      const base = stems.reduce((total, stem) => total + degree.get(stem)! / frequency.get(stem)!, 0);
      phrases.set(key, { phrase: words.join(' '), count: 1, base });
    }
  }
  return [...phrases.values()]
    .map(({ phrase, count, base }) => ({
      phrase,
      count,
      score: Math.round(base * Math.log2(1 + count) * 100) / 100,
    }))
    .filter((each) => each.count > 1 || phrases.size < 40)
    .sort((a, b) => b.score - a.score || (a.phrase < b.phrase ? -1 : 1));
}

function candidatePhrases(text: string, language: Language): { words: string[]; stems: string[] }[] {
  const found: { words: string[]; stems: string[] }[] = [];
  const prose = text.replace(/\bhttps?:\/\/\S+|\S+@\S+\.\S+/g, ' . ');
  for (const chunk of prose.split(/[.!?;:,()[\]{}"“”„|<>/\n—–]+/)) {
    let run: string[] = [];
    const close = (): void => {
      if (run.length > 0 && run.length <= phraseWordsMax && run.join('').length > 2)
        found.push({ words: run, stems: run.map(stemOf) });
      run = [];
    };
    for (const word of wordsOf(chunk)) {
      if (isStopWord(word, language)) close();
      else run.push(word);
    }
    close();
  }
  return found;
}

function keywordsOfText(text: string): TextPart {
  const words = wordsOf(text);
  const sentences = sentencesOf(text);
  const language = guessLanguage(words);
  const lengths = sentences.map((sentence) => wordsOf(sentence).length).filter((count) => count > 0);
  const figures = {
    characters: [...text].length,
    words: words.length,
    distinctWords: new Set(words.map(stemOf)).size,
    sentences: sentences.length,
    paragraphs: paragraphsOf(text).length,
    meanSentenceWords: lengths.length === 0 ? 0 : mean(lengths),
    longestSentenceWords: Math.max(0, ...lengths),
    readingMinutes: words.length / wordsPerMinute,
    readingEase:
      language === 'English' && sentences.length > 0 && words.length > 0
        ? readingEase(words, sentences.length)
        : null,
  };
  const found = extractKeywords(text, language).slice(0, 40);
  const top = found.slice(0, shownMax);
  const counts = tableOf(
    [
      'words',
      'distinct',
      'sentences',
      'paragraphs',
      'words per sentence',
      'reading time (min)',
      'reading ease',
    ],
    [
      [
        figures.words,
        figures.distinctWords,
        figures.sentences,
        figures.paragraphs,
        figures.meanSentenceWords,
        figures.readingMinutes,
        figures.readingEase,
      ].map((value) => figure(value === null ? null : Math.round(value * 10) / 10)),
    ],
  );
  const list = top.map((each) => `${plain(each.phrase)} (${each.count})`).join(', ');
  return {
    markdown: `Language: ${language}.\n\n${counts}\n\nKey phrases: ${list === '' ? '–' : list}.`,
    findings:
      top.length === 0
        ? []
        : [
            finding(
              `The text is about ${top
                .slice(0, 5)
                .map((each) => plain(each.phrase))
                .join(', ')}.`,
              0.55,
            ),
          ],
    data: { language, figures, keywords: found },
  };
}

/** Flesch's reading ease; about 60 is plain English, below 30 hard. @see Flesch 1948 */
function readingEase(words: readonly string[], sentenceCount: number): number {
  const syllables = words.reduce((total, word) => total + syllablesOf(word), 0);
  return 206.835 - 1.015 * (words.length / sentenceCount) - 84.6 * (syllables / words.length);
}

/** Syllables of an English word by its vowel groups; right for about nine words in ten. */
export function syllablesOf(word: string): number {
  const lower = word.toLowerCase().replace(/[^a-z]/g, '');
  if (lower.length <= 3) return 1;
  const trimmed = lower.replace(/(?:[^laeiouy]es|[^t]ed|[^l]e)$/, (end) => end[0]!).replace(/^y/, '');
  return Math.max(1, trimmed.match(/[aeiouy]{1,2}/g)?.length ?? 1);
}
