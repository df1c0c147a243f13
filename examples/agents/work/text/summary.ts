/**
 * Extractive summary: TextRank (Mihalcea and Tarau 2004). Sentences are nodes, shared stems (÷ the logarithm of both
 * lengths) the edges; the sentences that a random walk visits most are kept, in the order of the text.
 */
import { isProse, judgeTrade } from '../judge.ts';
import { plain } from '../markdown.ts';
import { finding } from '../table-work.ts';
import type { WorkModule } from '../work.ts';
import { type TextPart, workOnTexts } from './text-work.ts';
import { guessLanguage, isStopWord, sentencesOf, stemOf, wordsOf } from './tokens.ts';

export interface RankedSentence {
  /** Place in the text, from 0. */
  readonly at: number;
  readonly text: string;
  readonly rank: number;
}

/** Sentences that enter the walk; of a longer text, evenly spread ones (bounds the quadratic step). */
const sentencesMax = 600;
const damping = 0.85;
const iterationsMax = 60;
const keptMax = 5;

export const summary: WorkModule = {
  name: 'summary',
  kind: 'summary',
  capability: 'Summarise a text or document by its most central sentences (extractive summary).',
  tags: ['text', 'summary', 'extract'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTexts(input, { kind: 'summary', title: 'Summary in its own words', each: summarise }),
};

const trade = {
  phrases: [
    'summarise this text, short summary of a document',
    'what does this document say, give me the gist of the notes',
    'what is the main point of this article',
    'what stands out in these files',
    'analyse this document and write a report',
  ],
  offer: 'I pick the sentences that carry the text',
  fits: isProse,
};

/** Every sentence with its rank, the most central first. */
export function rankSentences(text: string): RankedSentence[] {
  const all = sentencesOf(text).filter((sentence) => wordsOf(sentence).length >= 4);
  const stride = Math.ceil(all.length / sentencesMax);
  const kept = all.flatMap((sentence, at) => (at % stride === 0 ? [{ at, text: sentence }] : []));
  const language = guessLanguage(wordsOf(text));
  const stems = kept.map(
    ({ text: sentence }) =>
      new Set(
        wordsOf(sentence)
          .filter((word) => !isStopWord(word, language))
          .map(stemOf),
      ),
  );
  const ranks = walk(stems);
  return kept
    .map((each, index) => ({ ...each, rank: ranks[index]! }))
    .sort((a, b) => b.rank - a.rank || a.at - b.at);
}

function walk(stems: readonly ReadonlySet<string>[]): Float64Array {
  const count = stems.length;
  const edges = new Float64Array(count * count);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 1; j < count; j += 1) {
      const weight = overlap(stems[i]!, stems[j]!);
      edges[i * count + j] = weight;
      edges[j * count + i] = weight;
      out[i]! += weight;
      out[j]! += weight;
    }
  }
  let ranks = new Float64Array(count).fill(1);
  for (let round = 0; round < iterationsMax; round += 1) {
    const next = ranks.map((_, i) => {
      let incoming = 0;
      for (let j = 0; j < count; j += 1)
        if (out[j]! > 0) incoming += (edges[j * count + i]! / out[j]!) * ranks[j]!;
      return 1 - damping + damping * incoming;
    });
    const moved = next.reduce((most, rank, i) => Math.max(most, Math.abs(rank - ranks[i]!)), 0);
    ranks = next;
    if (moved < 1e-6) break;
  }
  return ranks;
}

function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const stem of left) if (right.has(stem)) shared += 1;
  const scale = Math.log(left.size) + Math.log(right.size);
  return shared === 0 || scale <= 0 ? 0 : shared / scale;
}

function summarise(text: string): TextPart {
  const ranked = rankSentences(text);
  const wanted = Math.max(1, Math.min(keptMax, Math.ceil(ranked.length / 5)));
  const chosen = ranked.slice(0, wanted).sort((a, b) => a.at - b.at);
  if (chosen.length === 0)
    return { markdown: 'The text has no whole sentences.', findings: [], data: { sentences: [] } };
  const first = ranked[0]!;
  return {
    markdown: chosen.map((each) => `> ${plain(each.text, 400)}`).join('\n>\n'),
    findings: [finding(`Most central sentence: “${plain(first.text, 240)}”`, 0.5)],
    data: {
      sentences: chosen.map((each) => ({ ...each, text: each.text.slice(0, 600) })),
      of: ranked.length,
    },
  };
}
