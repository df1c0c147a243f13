/** Links, e-mail addresses, dates, amounts of money, phone numbers and names in a text. Heuristics, stated as such. */
import { isProse, judgeTrade } from '../judge.ts';
import { plain, tableOf } from '../markdown.ts';
import { readDate } from '../table/values.ts';
import { finding } from '../table-work.ts';
import type { WorkModule } from '../work.ts';
import { type TextPart, workOnTexts } from './text-work.ts';
import { guessLanguage, isStopWord, wordsOf } from './tokens.ts';

export type EntityKind = 'link' | 'e-mail' | 'date' | 'money' | 'phone' | 'name';

export interface Entity {
  readonly kind: EntityKind;
  readonly text: string;
  readonly count: number;
}

/** Entities kept per kind (judgement). */
const perKindMax = 60;
const shownMax = 8;

export const entities: WorkModule = {
  name: 'entities',
  kind: 'entities',
  capability:
    'Extract links, e-mail addresses, dates, amounts of money and names of people and organisations from a text.',
  tags: ['text', 'entities', 'links', 'extraction'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) =>
    workOnTexts(input, { kind: 'entities', title: 'Who, when, how much, where to', each: entitiesOfText }),
};

const trade = {
  phrases: [
    'extract names, dates, links and e-mail addresses from a text',
    'who is mentioned in this document, which amounts and deadlines',
    'list all URLs and contacts',
    'what stands out in these files',
    'analyse this document and write a report',
  ],
  offer: 'I list the links, dates, amounts and names in the text',
  fits: isProse,
};

const months =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec';
const patterns: readonly (readonly [EntityKind, RegExp])[] = [
  ['link', /\bhttps?:\/\/[^\s<>"'`)\]}]+[^\s<>"'`)\]}.,;:!?]/gi],
  ['e-mail', /\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b/g],
  [
    'date',
    new RegExp(
      `\\b(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./]\\d{1,2}[./]\\d{4}|\\d{1,2}(?:st|nd|rd|th)? (?:${months}) \\d{4}|(?:${months}) \\d{1,2}(?:st|nd|rd|th)?, \\d{4})\\b`,
      'gi',
    ),
  ],
  [
    'money',
    /(?:[$€£]|\b(?:USD|EUR|GBP|CHF) ?)\d{1,3}(?:[.,]?\d{3})*(?:[.,]\d{1,2})?(?: ?(?:million|billion|thousand|bn|[mk])\b)?|\b\d{1,3}(?:[.,]?\d{3})*(?:[.,]\d{1,2})? ?(?:€|(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?)\b)/gi,
  ],
  ['phone', /(?<![\d.,])\+\d{1,3}(?:[ -]?\(?\d{1,5}\)?){2,6}(?!\d)/g],
];

/** What the text names, per kind in the order of how often, then of first mention. */
export function extractEntities(text: string): Entity[] {
  let rest = text;
  const found: Entity[] = [];
  for (const [kind, pattern] of patterns) {
    const counts = new Map<string, number>();
    rest = rest.replace(pattern, (match) => {
      if (kind === 'date' && !isRealDate(match)) return match;
      counts.set(match.trim(), (counts.get(match.trim()) ?? 0) + 1);
      return ' . ';
    });
    found.push(...rankOf(kind, counts));
  }
  return [...found, ...rankOf('name', namesOf(rest))];
}

function isRealDate(text: string): boolean {
  return (
    !Number.isNaN(readDate(text.replace(/(\d)(st|nd|rd|th)\b/i, '$1').replace(',', ''), 'day-first')) ||
    !Number.isNaN(readDate(text, 'month-first'))
  );
}

function rankOf(kind: EntityKind, counts: ReadonlyMap<string, number>): Entity[] {
  return [...counts]
    .map(([text, count]) => ({ kind, text, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, perKindMax);
}

const calendar = new RegExp(`^(?:${months}|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?$`, 'i');

/** Runs of two to four capitalised words, and single ones that recur away from a sentence's beginning. */
function namesOf(text: string): Map<string, number> {
  const language = guessLanguage(wordsOf(text));
  const counts = new Map<string, number>();
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const runs =
    /(?<![\p{L}\p{N}])\p{Lu}(?:\.|[\p{L}\p{N}'’-]*)(?: (?:(?:of|van|von|de|der|&) )?\p{Lu}[\p{L}\p{N}'’-]*){0,3}/gu;
  for (const match of text.matchAll(runs)) {
    const starts =
      /(?:^|[.!?:\n]["'“(]?\s*|[-*•] )$/.test(text.slice(Math.max(0, match.index - 4), match.index)) ||
      match.index === 0;
    const words = match[0].split(' ');
    while (words.length > 0 && (isStopWord(words[0]!, language) || /^(and|of)$/.test(words[0]!)))
      words.shift();
    const name = words.join(' ').replace(/[.'’-]+$/, '');
    // German writes every noun large: only runs count there.
    if (words.length >= 2) add(name);
    else if (
      words.length === 1 &&
      !starts &&
      !calendar.test(name) &&
      language !== 'German' &&
      name.length > 2
    )
      add(name);
  }
  return counts;
}

function entitiesOfText(text: string): TextPart {
  const found = extractEntities(text);
  if (found.length === 0)
    return {
      markdown: 'No links, addresses, dates, amounts or names.',
      findings: [],
      data: { entities: [] },
    };
  const kinds = [...new Set(found.map((each) => each.kind))];
  const rows = kinds.map((kind) => {
    const ofKind = found.filter((each) => each.kind === kind);
    const list = ofKind
      .slice(0, shownMax)
      .map((each) => (each.count > 1 ? `${plain(each.text)} (${each.count})` : plain(each.text)));
    return [kind, `${ofKind.length}`, list.join(', ')];
  });
  const money = found.filter((each) => each.kind === 'money');
  const dates = found.filter((each) => each.kind === 'date');
  const findings = [
    ...(money.length > 0
      ? [
          finding(
            `Amounts named: ${money
              .slice(0, 5)
              .map((each) => plain(each.text))
              .join(', ')}.`,
            0.4,
          ),
        ]
      : []),
    ...(dates.length > 0
      ? [
          finding(
            `Dates named: ${dates
              .slice(0, 5)
              .map((each) => plain(each.text))
              .join(', ')}.`,
            0.4,
          ),
        ]
      : []),
  ];
  return {
    markdown: `${tableOf(['kind', 'distinct', 'examples'], rows)}\n\nFound by form, not by understanding.`,
    findings,
    data: { entities: found },
  };
}
