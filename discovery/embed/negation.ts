/**
 * Finds what a text rules out. "Not payroll", "rather than a lawyer", "instead of a rewrite" name a skill that
 * is not wanted; "does not start" and "no hot water" describe the trouble itself and count as usual.
 */
import { stopWords } from '../lexicon/common-words.ts';
import { clauseMark, type Token } from './tokenize.ts';

/** Content words that one negation reaches (judgement: a noun phrase). */
const reachWordsMax = 4;

/** For each token 1, or `negated` where it is ruled out. */
export function phraseScopes(tokens: readonly Token[], negated: number): Float64Array {
  const scopes = new Float64Array(tokens.length).fill(1);
  for (let i = 0; i < tokens.length; i++) {
    const length = openerLength(tokens, i);
    if (length === 0) continue;
    let reach = reachWordsMax;
    for (let at = i + length; at < tokens.length && reach > 0; at++) {
      const token = tokens[at]!;
      if (token === clauseMark || scopeEnders.has(token)) break;
      scopes[at] = negated;
      if (!stopWords.has(token)) reach--;
    }
  }
  return scopes;
}

const scopeEnders: ReadonlySet<string> = new Set([
  'but',
  'just',
  'only',
  'because',
  'so',
  'who',
  'that',
  'which',
  'and',
]);

/** Words that make "not" a statement about the trouble: "is not working". */
const statementBefore: ReadonlySet<string> = new Set(
  'is are was were am be been do does did will would can could should has have had may might must it'.split(
    ' ',
  ),
);

function openerLength(tokens: readonly Token[], i: number): number {
  const [token, next, after] = [tokens[i], tokens[i + 1], tokens[i + 2]];
  if (token === 'not')
    return !statementBefore.has(tokens[i - 1] ?? clauseMark) && next !== 'only' && next !== 'sure' ? 1 : 0;
  if (token === 'rather' && next === 'than') return 2;
  if (token === 'instead' && next === 'of') return 2;
  if (token === 'other' && next === 'than') return 2;
  if (token === 'except' || token === 'excluding') return 1;
  if (token === 'nothing' && next === 'to' && after === 'do') return 4;
  if ((token === 'dont' || token === 'doesnt') && (next === 'want' || next === 'need')) return 2;
  if (token === 'do' && next === 'not' && (after === 'want' || after === 'need')) return 3;
  return 0;
}
