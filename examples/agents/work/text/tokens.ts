/** Prose to paragraphs, sentences and words; English and German stop words; a guess at the language. */
import { decodeText } from '../table/decode.ts';
import type { Attachment } from '../work.ts';

/** Characters of one text that are looked at (judgement: some 500 pages). */
export const textCharsMax = 1_500_000;

/** The text of a file with HTML tags and Markdown marks taken off; `null` when it is binary. */
export function readProse(file: Attachment): string | null {
  const decoded = decodeText(file.bytes);
  if (decoded === null) return null;
  const text = decoded.text.slice(0, textCharsMax).replace(/\r\n?/g, '\n');
  if (/\.html?$/i.test(file.name) || /^text\/html/.test(file.mediaType)) return stripHtml(text);
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/^#{1,6}\s+/gm, '')
    .replace(/!?\[([^\]\n]*)\]\(([^)\n]*)\)/g, '$1 ($2)')
    .replace(/(\*\*|__)(?=\S)([^\n]*?\S)\1/g, '$2');
}

function stripHtml(text: string): string {
  return text
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<(p|div|br|li|h[1-6]|tr)\b[^>]*>/gi, '\n\n')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

export function paragraphsOf(text: string): string[] {
  return text
    .split(/\n\s*\n+/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '');
}

const abbreviations =
  /\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|prof|no|nr|vol|fig|st|inc|ltd|bzw|z\.b|d\.h|usw|ca|approx|a\.m|p\.m)\.$/i;

/** Sentences in order; an abbreviation, an initial or a decimal point ends none. List items are sentences. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const block of text.split(/\n\s*\n+|\n(?=\s*(?:[-*•]|\d+[.)])\s)/)) {
    const line = block
      .replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '')
      .replace(/\s+/g, ' ')
      .trim();
    let start = 0;
    for (const end of line.matchAll(/[.!?…]+["'”’)\]]*(?=\s+["'“‘([]?[\p{Lu}\p{N}])/gu)) {
      const upTo = end.index + end[0].length;
      const part = line.slice(start, upTo).trim();
      if (abbreviations.test(part) || /(?:^|\s)\p{Lu}\.$/u.test(part)) continue;
      if (part !== '') sentences.push(part);
      start = upTo;
    }
    const rest = line.slice(start).trim();
    if (rest !== '') sentences.push(rest);
  }
  return sentences;
}

/** Words as written; digits alone are no words. */
export function wordsOf(text: string): string[] {
  return text.match(/\p{L}[\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
}

const english =
  "a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing down during each few for from further had has have having he her here hers him his how i if in into is it its itself just me more most my no nor not now of off on once only or other our out over own same she should so some such than that the their them then there these they this those through to too under until up us very was we were what when where which while who whom why will with would you your yours shall may might must one two yet ever even still though much many every per via upon within without said says it's don't";
const german =
  'aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei bin bis bist da damit dann das dass dem den der des dich die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre im in indem ins ist ja jede jedem jeden jeder jedes jetzt kann kein keine können könnte man mehr mein meine mich mir mit muss nach nicht nichts noch nun nur ob oder ohne sehr sein seine sich sie sind so solche soll sollte sondern über um und uns unser unter viel vom von vor war waren warum was weil welche wenn wer werde werden wie wieder will wir wird wo wollen würde zu zum zur zwar zwischen wurde wurden beim sowie';

const englishWords = new Set(english.split(' '));
const germanWords = new Set(german.split(' '));

export type Language = 'English' | 'German' | 'unknown';

/** By the share of stop words, which no text of some length can do without. */
export function guessLanguage(words: readonly string[]): Language {
  const share = (stops: ReadonlySet<string>): number =>
    words.filter((word) => stops.has(word.toLowerCase())).length / Math.max(1, words.length);
  const [en, de] = [share(englishWords), share(germanWords)];
  if (Math.max(en, de) < 0.15) return 'unknown';
  return en >= de ? 'English' : 'German';
}

export function isStopWord(word: string, language: Language): boolean {
  const lower = word.toLowerCase();
  if (language === 'German') return germanWords.has(lower);
  if (language === 'English') return englishWords.has(lower);
  return englishWords.has(lower) || germanWords.has(lower);
}

/** A rough stem, so that "orders" and "order" count as one. English plural and verb endings only. */
export function stemOf(word: string): string {
  const lower = word.toLowerCase().replace(/['’]s$/, '');
  if (lower.length > 4 && lower.endsWith('ies')) return `${lower.slice(0, -3)}y`;
  if (lower.length > 4 && /(sses|shes|ches|xes)$/.test(lower)) return lower.slice(0, -2);
  if (lower.length > 3 && /[^su]s$/.test(lower)) return lower.slice(0, -1);
  return lower;
}
