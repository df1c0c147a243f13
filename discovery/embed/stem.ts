/**
 * A light English stemmer: inflections and the commonest derivations go, so that "translate", "translation",
 * "translator" and "translating" meet. It errs towards leaving words apart, because the lexicon lists most
 * forms that matter. In the manner of Porter (1980), with far fewer rules.
 */

/** The stem of one lower-case word. Words of other scripts come back as they are. */
export function stem(word: string): string {
  if (word.length <= 3 || !isLatin(word)) return word;
  let root = stripPlural(word);
  root = stripInflection(root);
  root = stripDerivation(root);
  if (root.length > 3 && root.endsWith('e')) root = root.slice(0, -1);
  if (root.length > 3 && root.endsWith('y') && !isVowel(root.charCodeAt(root.length - 2)))
    root = `${root.slice(0, -1)}i`;
  return root.endsWith('is') && root.length > 5 && !root.endsWith('sis') ? `${root.slice(0, -1)}z` : root;
}

function stripPlural(word: string): string {
  if (!word.endsWith('s') || word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  for (const hiss of ['sses', 'xes', 'zzes', 'ches', 'shes'])
    if (word.endsWith(hiss)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function stripInflection(word: string): string {
  for (const suffix of ['ing', 'ed']) {
    if (!word.endsWith(suffix)) continue;
    const root = word.slice(0, -suffix.length);
    if (root.length < 3 || !hasVowel(root)) return word;
    if (suffix === 'ed' && word.endsWith('eed')) return word;
    return root.endsWith('i') ? `${root.slice(0, -1)}y` : undouble(root);
  }
  return word;
}

function undouble(root: string): string {
  const last = root.at(-1)!;
  const doubled =
    root.length > 3 && last === root.at(-2) && !'lsz'.includes(last) && !isVowel(last.charCodeAt(0));
  return doubled ? root.slice(0, -1) : root;
}

/** Suffix, what replaces it, and how many letters must remain. The first that fits is applied. */
const derivations: readonly (readonly [string, string, number])[] = [
  ['ization', 'iz', 4],
  ['isation', 'iz', 4],
  ['fication', 'fi', 3],
  ['ational', 'at', 3],
  ['ologist', 'olog', 2],
  ['ologies', 'olog', 2],
  ['ological', 'olog', 2],
  ['ology', 'olog', 2],
  ['ographer', 'ograph', 2],
  ['ographic', 'ograph', 2],
  ['ography', 'ograph', 2],
  ['onomist', 'onom', 2],
  ['onomic', 'onom', 2],
  ['onomy', 'onom', 2],
  ['ically', 'ic', 3],
  ['ication', 'ic', 3],
  ['ation', 'at', 3],
  ['ative', 'at', 3],
  ['ator', 'at', 3],
  ['tion', 't', 3],
  ['sion', 's', 3],
  ['izer', 'iz', 4],
  ['iser', 'iz', 4],
  ['ical', 'ic', 3],
  ['ness', '', 4],
  ['ment', '', 4],
  ['ance', '', 4],
  ['ence', '', 4],
  ['able', '', 4],
  ['ible', '', 4],
  ['ity', '', 5],
  ['ful', '', 4],
  ['ist', '', 5],
  ['ier', 'i', 4],
  ['al', '', 5],
  ['ly', '', 4],
  ['er', '', 4],
  ['or', '', 5],
];

function stripDerivation(word: string): string {
  for (const [suffix, replacement, rootLengthMin] of derivations) {
    if (word.endsWith(suffix) && word.length - suffix.length >= rootLengthMin) {
      return undouble(word.slice(0, -suffix.length) + replacement);
    }
  }
  return word;
}

function hasVowel(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (isVowel(text.charCodeAt(i)) || text[i] === 'y') return true;
  return false;
}

function isVowel(code: number): boolean {
  return code === 97 || code === 101 || code === 105 || code === 111 || code === 117;
}

function isLatin(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    if (code < 97 || code > 122) return false;
  }
  return true;
}
