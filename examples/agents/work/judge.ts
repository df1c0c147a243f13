/**
 * How an example agent judges whether it can help: by the meaning of the intent against what it can do, and by
 * the plain facts of what is attached. Below its own threshold it stays silent; nobody asks it why.
 */
import type { AttachmentFact, Judgement, Similarity } from './work.ts';

export interface Trade {
  /** What the agent does, and sentences of people who would need it. */
  readonly phrases: readonly string[];
  readonly offer: string;
  /** Which attachments it can work on; `null` when it needs none. */
  readonly fits: ((fact: AttachmentFact) => boolean) | null;
}

/** Cosine below which an intent is taken to be about something else (judgement, held by a test on the built-in embedder). */
export const meaningMin = 0.22;
/** Cosine from which more closeness no longer raises the confidence (judgement). */
const meaningFull = 0.7;

/** Meaning alone, 0–1: the best of the trade's phrases. */
export function meaningOf(intent: string, phrases: readonly string[], similarity: Similarity): number {
  return phrases.reduce((best, phrase) => Math.max(best, similarity(intent, phrase)), 0);
}

/** Facts and meaning to a confidence, or `null` for silence. */
export function judgeTrade(
  trade: Trade,
  asked: { intent: string; attachments: readonly AttachmentFact[]; similarity: Similarity },
): Judgement | null {
  const fitting = trade.fits === null ? [] : asked.attachments.filter(trade.fits);
  if (trade.fits !== null && fitting.length === 0) return null;
  const meaning = meaningOf(asked.intent, trade.phrases, asked.similarity);
  if (meaning < meaningMin) return null;
  const share = Math.min(1, (meaning - meaningMin) / (meaningFull - meaningMin));
  const confidence = Math.round((0.4 + 0.55 * share) * 100) / 100;
  const names = fitting.map((fact) => fact.name).join(', ');
  return { confidence, offer: names === '' ? trade.offer : `${trade.offer} (${names})` };
}

/** A file that may hold rows and columns. */
export function isTabular(fact: AttachmentFact): boolean {
  return (
    /\.(csv|tsv|tab|psv|json|jsonl|ndjson)$/i.test(fact.name) ||
    /^(text\/(csv|tab-separated-values)|application\/(json|x-ndjson|csv))\b/.test(fact.mediaType)
  );
}

/** A file of prose. */
export function isProse(fact: AttachmentFact): boolean {
  return /\.(txt|md|markdown|rst|log|html?|eml)$/i.test(fact.name) || isOtherText(fact);
}

/** A file of source code, by its name. */
export function isCode(fact: AttachmentFact): boolean {
  return /\.(m?[jt]sx?|c[jt]s|py|go|rs|java|kt|cs|c|h|cc|cpp|hpp|rb|php|swift|scala|sh|bash|sql|lua|r|pl)$/i.test(
    fact.name,
  );
}

function isOtherText(fact: AttachmentFact): boolean {
  return /^text\/(plain|markdown|html)\b/.test(fact.mediaType) && !isTabular(fact) && !isCode(fact);
}
