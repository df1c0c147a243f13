/**
 * Finds where a text tells the asker's own setting. In "my bakery's invoices are late" the bakery is whose
 * invoices they are, not the skill that is sought, so it counts less.
 */
import { settingWords } from '../lexicon/common-words.ts';
import { clauseMark, type Token } from './tokenize.ts';

const owners: ReadonlySet<string> = new Set(['my', 'our', 'her', 'his', 'their']);
const runners: ReadonlySet<string> = new Set(['run', 'own', 'manage', 'lead', 'at', 'for']);

/** Scale the factors of words that name the asker's own place of work; `factors` is changed in place. */
export function discountSettings(tokens: readonly Token[], factors: Float64Array, discount: number): void {
  for (let i = 0; i < tokens.length; i++) {
    if (settingWords.has(tokens[i]!) && isOwned(tokens, i)) factors[i]! *= discount;
  }
}

/** "our shop", "my small shop", "I run a shop", "for a family shop". */
function isOwned(tokens: readonly Token[], at: number): boolean {
  for (let back = 1; back <= 2; back++) {
    const before = tokens[at - back];
    if (before === undefined) return false;
    if (owners.has(before)) return true;
    if (before === 'a' || before === 'an') return runners.has(tokens[at - back - 1] ?? '');
    if (before === clauseMark) return false;
  }
  return false;
}
