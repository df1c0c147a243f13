/** Cuts a text into lower-case words and clause marks, in one linear pass and without regular expressions. */

/** One word, or `clauseMark` where a clause ends (`. , ; : ! ?`, brackets, dashes, line ends). */
export type Token = string;

export const clauseMark = '\n';

/** Characters of a text that are read; the rest is ignored. 16 KiB holds every record's text (judgement). */
export const textCharsMax = 16_384;

/** Characters of one word that are kept; longer runs are encoded data, not words (judgement). */
export const wordCharsMax = 48;

/** The words of a text, at most one per character. Han, kana and Thai runs become pairs of characters. */
export function tokenize(text: string): Token[] {
  const plain = text.length > textCharsMax ? text.slice(0, textCharsMax) : text;
  const folded = isAscii(plain) ? plain : fold(plain);
  const tokens: Token[] = [];
  let start = -1;
  for (let i = 0; i <= folded.length; i++) {
    const kind = i < folded.length ? kindOf(folded.charCodeAt(i)) : 0;
    const joinsWord = kind === wordKind || (start >= 0 && (kind === signKind || kind === quoteKind));
    if (joinsWord) {
      if (start < 0) start = i;
      continue;
    }
    if (start >= 0) {
      pushWord(tokens, folded.slice(start, i));
      start = -1;
    }
    if (kind === moneyKind) tokens.push('$');
    if (kind === clauseKind && endsClause(folded, i) && tokens.at(-1) !== clauseMark) tokens.push(clauseMark);
  }
  return tokens;
}

const wordKind = 1;
const clauseKind = 2;
const signKind = 3;
const quoteKind = 4;
const moneyKind = 5;

function kindOf(code: number): number {
  if (code < 128) return asciiKinds[code]!;
  if (code === 0x20ac || code === 0xa3 || code === 0xa5) return moneyKind;
  if (code === 0x2019) return quoteKind;
  if (code >= 0x2010 && code <= 0x205e) return clauseKind;
  if (code >= 0x3000 && code <= 0x3003) return clauseKind;
  return code >= 0xc0 && code !== 0xd7 && code !== 0xf7 ? wordKind : 0;
}

const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || (char >= '0' && char <= '9'))
    return wordKind;
  if (char === '+' || char === '#') return signKind;
  if (char === "'") return quoteKind;
  if (char === '$') return moneyKind;
  return '.,;:!?()[]{}\n"'.includes(char) ? clauseKind : 0;
});

/** A dot or comma inside "node.js" or "1,000" ends nothing. */
function endsClause(text: string, at: number): boolean {
  const char = text.charCodeAt(at);
  if (char !== 0x2e && char !== 0x2c && char !== 0x3a) return true;
  return at + 1 >= text.length || kindOf(text.charCodeAt(at + 1)) !== wordKind;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** Full-width forms become plain, accents go: "Café" is "cafe". */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{Mn}/gu, '');
}

function pushWord(tokens: Token[], raw: string): void {
  for (const part of splitCamel(raw)) {
    const word = trimSigns(part.toLowerCase());
    if (word === '') continue;
    if (isUnspacedScript(word.charCodeAt(0))) pushPairs(tokens, word);
    else tokens.push(word.length > wordCharsMax ? word.slice(0, wordCharsMax) : word);
  }
}

/** "getUserName" is three words; "iOS", "JavaScript" and "PhD" stay one. */
function splitCamel(raw: string): string[] {
  const humps: number[] = [];
  for (let i = 1; i < raw.length; i++) {
    if (isUpper(raw.charCodeAt(i)) && isLower(raw.charCodeAt(i - 1))) humps.push(i);
  }
  if (humps.length < 2 || raw.length > wordCharsMax) return [raw];
  return humps
    .map((at, index) => raw.slice(index === 0 ? 0 : humps[index - 1]!, at))
    .concat(raw.slice(humps.at(-1)));
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** "landlord's" is "landlord", "don't" is "dont", "c++" and "c#" stay. */
function trimSigns(word: string): string {
  const bare = word.replaceAll('’', "'");
  const owned = bare.endsWith("'s") ? bare.slice(0, -2) : bare;
  const unquoted = owned.replaceAll("'", '');
  if (unquoted === 'c++' || unquoted === 'c#' || unquoted === 'f#') return unquoted;
  return unquoted.replaceAll('+', '').replaceAll('#', '');
}

function isUnspacedScript(code: number): boolean {
  return (
    (code >= 0x3040 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0x0e00 && code <= 0x0e7f)
  );
}

function pushPairs(tokens: Token[], run: string): void {
  if (run.length === 1) tokens.push(run);
  for (let i = 0; i + 1 < run.length; i++) tokens.push(run.slice(i, i + 2));
}
