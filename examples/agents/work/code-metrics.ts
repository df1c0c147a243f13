/**
 * Size and shape of source files: lines of code, comment and blank, functions, decision points (McCabe 1976, counted
 * by the language's branching words), nesting, long lines and marks of unfinished work. By words, not by a parser.
 */
import { isCode, judgeTrade } from './judge.ts';
import { figure, plain, tableOf } from './markdown.ts';
import { decodeText } from './table/decode.ts';
import { finding } from './table-work.ts';
import { type Finding, finish, type WorkInput, type WorkModule } from './work.ts';

export interface CodeMetrics {
  readonly file: string;
  readonly language: string;
  readonly lines: number;
  readonly code: number;
  readonly comment: number;
  readonly blank: number;
  readonly functions: number;
  /** 1 + decision points, of the whole file. */
  readonly complexity: number;
  /** The function with the most decision points. */
  readonly hardest: { readonly name: string; readonly line: number; readonly complexity: number } | null;
  readonly longestLine: number;
  readonly todos: readonly { readonly line: number; readonly text: string }[];
}

interface LanguageRule {
  readonly name: string;
  readonly files: RegExp;
  readonly lineComment: RegExp;
  readonly block: readonly [string, string] | null;
  /** First group is the function's name. */
  readonly define: RegExp;
  readonly decide: RegExp;
}

const cBlock = ['/*', '*/'] as const;
const cDecide = /\b(?:if|for|while|case|catch)\b|&&|\|\||(?<!\?)\?(?![.?:])/g;
const languages: readonly LanguageRule[] = [
  {
    name: 'TypeScript/JavaScript',
    files: /\.(m?[jt]sx?|c[jt]s)$/i,
    lineComment: /^\/\//,
    block: cBlock,
    define:
      /(?:\bfunction\s*\*?\s*([\w$]+)\s*[(<]|\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:\([^)]*\)|[\w$]+)\s*(?::[^=]+)?=>|^\s*(?:(?:public|private|protected|static|async|override|get|set)\s+)*(?!if\b|for\b|while\b|switch\b|catch\b|return\b|function\b)([\w$#]+)\s*\([^;]*\)\s*(?::[^={]+)?\{)/,
    decide: cDecide,
  },
  {
    name: 'Python',
    files: /\.py$/i,
    lineComment: /^#/,
    block: null,
    define: /^\s*(?:async\s+)?def\s+(\w+)/,
    decide: /\b(?:if|elif|for|while|except|and|or|case)\b/g,
  },
  {
    name: 'Go',
    files: /\.go$/i,
    lineComment: /^\/\//,
    block: cBlock,
    define: /^func\s+(?:\([^)]*\)\s*)?(\w+)/,
    decide: /\b(?:if|for|case|select)\b|&&|\|\|/g,
  },
  {
    name: 'Rust',
    files: /\.rs$/i,
    lineComment: /^\/\//,
    block: cBlock,
    define: /\bfn\s+(\w+)/,
    decide: /\b(?:if|for|while|loop)\b|=>|&&|\|\|/g,
  },
  {
    name: 'Shell',
    files: /\.(sh|bash)$/i,
    lineComment: /^#/,
    block: null,
    define: /^\s*(?:function\s+)?([\w-]+)\s*\(\)/,
    decide: /\b(?:if|elif|for|while|until)\b|&&|\|\|/g,
  },
  {
    name: 'Ruby',
    files: /\.rb$/i,
    lineComment: /^#/,
    block: null,
    define: /^\s*def\s+([\w.?!]+)/,
    decide: /\b(?:if|elsif|unless|while|until|when|rescue|and|or)\b|&&|\|\|/g,
  },
  {
    name: 'SQL',
    files: /\.sql$/i,
    lineComment: /^--/,
    block: cBlock,
    define: /\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure)\s+(\w+)/i,
    decide: /\b(?:case|when|where|and|or)\b/gi,
  },
  {
    name: 'C family',
    files: /\.(java|kt|cs|c|h|cc|cpp|hpp|php|swift|scala)$/i,
    lineComment: /^(?:\/\/|#(?!include|define|if|endif|pragma))/,
    block: cBlock,
    define: /^\s*(?!else\b|return\b|new\b)(?:[\w<>[\],*&:?]+\s+)+\*?(\w+)\s*\([^;]*\)[^;]*\{\s*$/,
    decide: cDecide,
  },
];
const anyLanguage: LanguageRule = {
  name: 'other',
  files: /$/,
  lineComment: /^(?:\/\/|#|--|;)/,
  block: null,
  define: /\b(?:function|def|fn|func|sub)\s+(\w+)/,
  decide: /\b(?:if|for|while|case)\b/g,
};

export const codeMetrics: WorkModule = {
  name: 'code-metrics',
  kind: 'code',
  capability: 'Measure source code: lines, comments, functions, complexity, long functions, TODO marks.',
  tags: ['code', 'metrics', 'complexity', 'review'],
  buildsOn: [],
  judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
  work: measureFiles,
};

const trade = {
  phrases: [
    'review this source code, measure its complexity',
    'how large and complex is this program, count lines and functions',
    'code quality and TODO comments',
    'what stands out in these files',
    'analyse this code and write a report',
  ],
  offer: 'I measure lines, functions, complexity and open TODOs of the code',
  fits: isCode,
};

/** Metrics of one source text. */
export function measureCode(file: string, source: string): CodeMetrics {
  const rule = languages.find((each) => each.files.test(file)) ?? anyLanguage;
  const lines = source.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const kinds = classify(lines, rule);
  const functions: { name: string; line: number; complexity: number }[] = [];
  let decisions = 0;
  lines.forEach((raw, index) => {
    if (kinds[index] !== 'code') return;
    const bare = withoutStrings(raw, rule);
    const match = rule.define.exec(bare);
    if (match)
      functions.push({
        name: match.slice(1).find((name) => name !== undefined) ?? '?',
        line: index + 1,
        complexity: 1,
      });
    const found = bare.match(rule.decide)?.length ?? 0;
    decisions += found;
    // Python's unindented code belongs to no function.
    const loose = rule.name === 'Python' && !match && /^\S/.test(raw);
    if (functions.length > 0 && !loose) functions.at(-1)!.complexity += found;
  });
  const hardest = functions.reduce<(typeof functions)[number] | null>(
    (most, each) => (most === null || each.complexity > most.complexity ? each : most),
    null,
  );
  const count = (kind: string): number => kinds.filter((each) => each === kind).length;
  return {
    file,
    language: rule.name,
    lines: lines.length,
    code: count('code'),
    comment: count('comment'),
    blank: count('blank'),
    functions: functions.length,
    complexity: 1 + decisions,
    hardest,
    longestLine: lines.reduce((most, line) => Math.max(most, line.length), 0),
    todos: lines
      .flatMap((line, index) =>
        /(?:#|\/\/|\/\*|\*|--).*\b(TODO|FIXME|HACK|XXX)\b/.test(line)
          ? [{ line: index + 1, text: line.trim().slice(0, 100) }]
          : [],
      )
      .slice(0, 50),
  };
}

type LineKind = 'code' | 'comment' | 'blank';

function classify(lines: readonly string[], rule: LanguageRule): LineKind[] {
  let closes: string | null = null;
  return lines.map((raw) => {
    const line = raw.trim();
    if (line === '') return closes === null ? 'blank' : 'comment';
    if (closes !== null) {
      if (line.includes(closes)) closes = null;
      return 'comment';
    }
    if (rule.lineComment.test(line)) return 'comment';
    const opened = openedBlock(line, rule);
    if (opened === null) return 'code';
    if (!line.slice(opened.length).includes(opened.close)) closes = opened.close;
    return 'comment';
  });
}

/** Blocks count as comments when they begin a line; Python's docstrings are comments too. */
function openedBlock(line: string, rule: LanguageRule): { close: string; length: number } | null {
  if (rule.block !== null && line.startsWith(rule.block[0]))
    return { close: rule.block[1], length: rule.block[0].length };
  const triple = rule.name === 'Python' ? /^[rbu]{0,2}("""|''')/i.exec(line) : null;
  return triple === null ? null : { close: triple[1]!, length: triple[0].length };
}

function withoutStrings(line: string, rule: LanguageRule): string {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
  const trailing =
    rule.name === 'Python' || rule.name === 'Shell' || rule.name === 'Ruby'
      ? /\s#.*$/
      : rule.name === 'SQL'
        ? /--.*$/
        : /\/\/.*$/;
  return bare.replace(trailing, '');
}

/** A function above this is hard to test (McCabe's own limit). */
const complexityNotable = 10;

function measureFiles(input: WorkInput): ReturnType<typeof finish> {
  const files = input.attachments.filter((file) => isCode({ ...file, size: file.bytes.length }));
  const measured = files.slice(0, 100).flatMap((file) => {
    const decoded = decodeText(file.bytes);
    return decoded === null ? [] : [measureCode(file.name, decoded.text)];
  });
  const rows = measured
    .slice(0, 40)
    .map((each) => [
      plain(each.file),
      each.language,
      ...[each.lines, each.code, each.comment, each.functions, each.complexity].map(figure),
      each.hardest === null
        ? '–'
        : `${plain(each.hardest.name)} (${each.hardest.complexity}, line ${each.hardest.line})`,
      `${each.todos.length}`,
    ]);
  return finish({
    kind: 'code',
    title: 'The code in figures',
    markdown:
      measured.length === 0
        ? 'No source code was attached.\n'
        : `${tableOf(['file', 'language', 'lines', 'code', 'comment', 'functions', 'complexity', 'hardest function', 'TODOs'], rows)}\n\nCounted by words, not by a parser.\n`,
    data: { findings: measured.flatMap(codeFindings), files: measured.slice(0, 40) },
    files: [],
  });
}

function codeFindings(each: CodeMetrics): Finding[] {
  const found: Finding[] = [];
  const name = plain(each.file);
  if (each.hardest !== null && each.hardest.complexity > complexityNotable) {
    found.push(
      finding(
        `${name}: function ${plain(each.hardest.name)} (line ${each.hardest.line}) has ${each.hardest.complexity} paths through it; above ${complexityNotable} it is hard to test.`,
        0.6 + Math.min(0.3, each.hardest.complexity / 100),
      ),
    );
  }
  if (each.todos.length > 0)
    found.push(
      finding(
        `${name} has ${each.todos.length} open ${each.todos.length === 1 ? 'mark' : 'marks'} (TODO, FIXME): first in line ${each.todos[0]!.line}.`,
        0.45,
      ),
    );
  if (each.code >= 30 && each.comment === 0)
    found.push(finding(`${name} has no comment in ${each.code} lines of code.`, 0.35));
  return found;
}
