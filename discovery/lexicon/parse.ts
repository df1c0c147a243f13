/**
 * Reads the concept lexicon's text form.
 *
 *     # travel                                   a domain: the top of a small hierarchy
 *     flights: flight, airfare, cheap flight, red-eye*0.6
 *     airports < flights aviation: airport, departure gate,
 *       layover*0.8                              an indented line continues the one above
 *
 *     +flights: get me to                      more terms for a concept of any source
 *
 * A concept belongs to the domain above it (without one, to that of the first concept named after `<`) and to the concepts named after `<`. `name*0.5` makes a concept
 * count half, `term*0.5` makes a term point at its concept half as strongly. A concept's own name is a term.
 */

export interface LexiconTerm {
  /** Lower-case words, separated by single spaces. */
  readonly text: string;
  /** How strongly the term points at its concept, in (0, 1]. */
  readonly weight: number;
}

export interface LexiconConcept {
  readonly name: string;
  readonly domain: string;
  /** Names of more general concepts; the domain first. Empty for a domain itself. */
  readonly parents: readonly string[];
  /** How telling the concept is, in (0, 1]. */
  readonly weight: number;
  readonly terms: readonly LexiconTerm[];
  /** Line in its source, from 1. */
  readonly line: number;
}

/** What one source line says. */
export interface LexiconEntry extends LexiconConcept {
  /** It only adds terms to a concept of the same name elsewhere. */
  readonly adds: boolean;
}

/**
 * All concepts of all sources, in order of their first appearance.
 * @throws Error when a line is malformed or an addition names no concept.
 */
export function readLexicon(sources: readonly string[]): readonly LexiconConcept[] {
  const entries = sources.flatMap(parseLexicon);
  const added = new Map<string, LexiconTerm[]>();
  for (const { adds, name, terms } of entries) {
    if (adds) added.set(name, [...(added.get(name) ?? []), ...terms]);
  }
  const concepts = entries
    .filter(({ adds }) => !adds)
    .map((concept) => ({ ...concept, terms: [...concept.terms, ...(added.get(concept.name) ?? [])] }));
  const known = new Map(concepts.map((concept) => [concept.name, concept]));
  for (const name of added.keys())
    if (!known.has(name)) throw new Error(`lexicon: "+${name}" adds to nothing`);
  return concepts.map((concept) => ({ ...concept, domain: findDomain(concept, known) }));
}

/** Without a domain line above it, a concept belongs where the first concept above it belongs. */
function findDomain(concept: LexiconConcept, known: ReadonlyMap<string, LexiconConcept>): string {
  let at: LexiconConcept | undefined = concept;
  for (let steps = 0; at !== undefined && at.domain === '' && steps < known.size; steps++)
    at = known.get(at.parents[0]!);
  return at?.domain || concept.name;
}

/** The lines of one source. @throws Error with the line of the first thing that is malformed. */
export function parseLexicon(source: string): readonly LexiconEntry[] {
  const entries: LexiconEntry[] = [];
  let domain = '';
  for (const { text, line } of joinLines(source)) {
    const colon = text.indexOf(':');
    if (colon < 0) throw new Error(`lexicon line ${line}: "${text}" has no colon`);
    const mark = text[0]!;
    const [names = '', general = ''] = text.slice(mark === '#' || mark === '+' ? 1 : 0, colon).split('<');
    const { text: name, weight } = parseWeighted(names, line);
    if (mark === '#') domain = name;
    const above = general.split(' ').filter((parent) => parent !== '');
    if (domain === '' && mark !== '+' && above.length === 0) {
      throw new Error(`lexicon line ${line}: "${name}" stands before a domain and names nothing above it`);
    }
    entries.push({
      name,
      domain,
      parents: mark === '#' || mark === '+' || domain === '' ? above : [domain, ...above],
      weight,
      terms: parseTerms(text.slice(colon + 1), line),
      line,
      adds: mark === '+',
    });
  }
  return entries;
}

function joinLines(source: string): { text: string; line: number }[] {
  const joined: { text: string; line: number }[] = [];
  for (const [index, text] of source.split('\n').entries()) {
    if (text.trim() === '') continue;
    const last = joined.at(-1);
    if (text.startsWith(' ') && last !== undefined) last.text += ` ${text.trim()}`;
    else joined.push({ text: text.trim(), line: index + 1 });
  }
  return joined;
}

function parseTerms(list: string, line: number): LexiconTerm[] {
  return list
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => parseWeighted(part, line));
}

function parseWeighted(part: string, line: number): LexiconTerm {
  const [text = '', weight = '1'] = part.trim().split('*');
  const value = Number(weight);
  if (!(value > 0 && value <= 1))
    throw new Error(`lexicon line ${line}: "${part.trim()}" has a wrong weight`);
  return { text: text.trim(), weight: value };
}
