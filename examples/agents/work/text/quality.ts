/** How a text reads: over-long sentences, doubled words, passive voice, fillers, inconsistent spelling. */
import { isProse, judgeTrade } from '../judge.ts';
import { plain, tableOf } from '../markdown.ts';
import { finding } from '../table-work.ts';
import type { WorkModule } from '../work.ts';
import { type TextPart, workOnTexts } from './text-work.ts';
import { guessLanguage, sentencesOf, wordsOf } from './tokens.ts';

export interface QualityIssue {
  readonly rule: 'doubled word' | 'long sentence' | 'passive voice' | 'filler' | 'two spellings';
  readonly excerpt: string;
}

/** Words from which a sentence is long (plain-language guides say 25 to 40; the generous end). */
const longSentenceWords = 40;
const issuesMax = 80;
const fillers =
  /\b(?:very|really|basically|actually|simply|just|quite|in order to|at this point in time|due to the fact that|it should be noted that)\b/gi;
const passive =
  /\b(?:is|are|was|were|been|being|be)\s+(?:\w+ly\s+)?(\w+(?:ed|wn|ught|ilt|oken|iven|aken))\b(?:\s+by\b)?/gi;
const pairs: readonly (readonly [RegExp, RegExp, string])[] = [
  [/\b\w+(?:is|ys)(?:e[ds]?|ing)\b/i, /\b\w+(?:iz|yz)(?:e[ds]?|ing|ation)\b/i, '-ise and -ize'],
  [
    /\b(?:colour|favour|behaviour|neighbour|labour)\w*/i,
    /\b(?:color|favor|behavior|neighbor|labor)\w*/i,
    '-our and -or',
  ],
  [/\be-mails?\b/i, /\bemails?\b/i, 'e-mail and email'],
  [/\bwebsites?\b/i, /\bweb sites?\b/i, 'website and web site'],
];
/** English words in -ise that have no form in -ize. */
const alwaysIse =
  /^(?:rise|raise|promise|exercise|otherwise|precise|noise|wise|likewise|advise|revise|comprise|surprise|enterprise|expertise|premise|praise|arise|franchise|merchandise|supervise|televise|compromise|concise)[ds]?$|^(?:ris|rais|promis|exercis|advis|revis|compris|surpris|prais|aris|supervis)ing$/i;

export const quality: WorkModule = {
  name: 'language-quality',
  kind: 'quality',
  capability:
    'Check the language of a text: long sentences, doubled words, passive voice, fillers, inconsistent spelling.',
  tags: ['text', 'language', 'quality', 'proofreading'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: (input) => workOnTexts(input, { kind: 'quality', title: 'How the text reads', each: checkText }),
};

const trade = {
  phrases: [
    'proofread this text, check its language and style',
    'is this document well written, find long sentences and repeated words',
    'language quality and readability problems of a text',
    'analyse this document and write a report',
  ],
  offer: 'I check the text for doubled words, long sentences and mixed spelling',
  fits: isProse,
};

/** What a careful reader would mark. Passive voice, fillers and spellings are checked in English only. */
export function findQualityIssues(text: string): QualityIssue[] {
  const issues: QualityIssue[] = [];
  for (const match of text.matchAll(/(?<![\p{L}\p{N}])(\p{L}{2,})[ \n]+\1(?![\p{L}\p{N}])/giu)) {
    if (!/^(had|that|sie|die|der|das)$/i.test(match[1]!))
      issues.push({ rule: 'doubled word', excerpt: match[0] });
  }
  for (const sentence of sentencesOf(text)) {
    if (wordsOf(sentence).length > longSentenceWords)
      issues.push({ rule: 'long sentence', excerpt: sentence.slice(0, 200) });
  }
  if (guessLanguage(wordsOf(text)) === 'English') {
    for (const match of text.matchAll(passive)) issues.push({ rule: 'passive voice', excerpt: match[0] });
    for (const match of text.matchAll(fillers)) issues.push({ rule: 'filler', excerpt: match[0] });
    issues.push(...mixedSpellings(text));
  }
  return issues;
}

function mixedSpellings(text: string): QualityIssue[] {
  return pairs.flatMap(([left, right, name]) => {
    const first = text.match(new RegExp(left.source, 'gi'))?.find((word) => !alwaysIse.test(word));
    const second = right.exec(text)?.[0];
    return first !== undefined && second !== undefined
      ? [{ rule: 'two spellings' as const, excerpt: `${name}: ${first}, ${second}` }]
      : [];
  });
}

function checkText(text: string): TextPart {
  const issues = findQualityIssues(text);
  const rules = [...new Set(issues.map((issue) => issue.rule))];
  const rows = rules.map((rule) => {
    const of = issues.filter((issue) => issue.rule === rule);
    return [
      rule,
      `${of.length}`,
      of
        .slice(0, 3)
        .map((issue) => `“${plain(issue.excerpt, 70)}”`)
        .join(', '),
    ];
  });
  const hard = issues.filter((issue) => issue.rule === 'doubled word' || issue.rule === 'two spellings');
  return {
    markdown: rows.length === 0 ? 'Nothing to mark.' : tableOf(['mark', 'times', 'examples'], rows),
    findings: hard
      .slice(0, 3)
      .map((issue) =>
        finding(
          `${issue.rule === 'doubled word' ? 'Doubled word' : 'Two spellings'}: “${plain(issue.excerpt, 80)}”.`,
          0.35,
        ),
      ),
    data: { issues: issues.slice(0, issuesMax), counted: issues.length },
  };
}
