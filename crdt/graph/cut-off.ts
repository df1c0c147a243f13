/**
 * What a fork cut off. Freezing an epoch drops what its author wrote after the fork, on every replica alike; yet
 * what others attested or a certificate names must not vanish without a word. It stays as an entity of status
 * `author-forked`, derived from the attestations and certificates alone, hence the same everywhere. Its content
 * comes back from a quote: an attester repeats, in its own document, what it attested, and the digest proves it.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { FrameMark } from '../frames/grammar-index.ts';
import type { Around, EntityNode, Written } from './graph-entity.ts';
import type { EntityBody, QuoteBody } from './graph-entry.ts';
import type { WorldFacts } from './world-facts.ts';

/** One content that others rely on although its author's fork cut it off. */
export interface CutOffContent {
  /** What they attested: see `contentDigest`. */
  readonly content: string;
  readonly attestedBy: readonly Did[];
  readonly certificate?: string;
  /** Who repeats what it said; nobody when the content is lost. */
  readonly quotedBy: readonly Did[];
}

export interface CutOff {
  readonly reason: 'author-forked';
  /** The one shown first: certified before attested, more voices before fewer, then by digest. */
  readonly contents: readonly CutOffContent[];
}

export interface CutOffSource {
  readonly id: string;
  readonly around: Around | undefined;
  readonly quotes: ReadonlyMap<Did, Written<QuoteBody>> | undefined;
  readonly facts: WorldFacts;
  readonly digestOf: (body: EntityBody) => string;
}

const lostText = 'Cut off: its author signed two histories, and nobody here repeats what it said.';

/** The entity that stands for what was cut off; `undefined` when nobody relies on it. */
export function makeCutOff(source: CutOffSource): EntityNode | undefined {
  const { id, around, quotes, facts } = source;
  const attested = collectAttesters(around);
  const certified = facts.contentsOf(id);
  const names = [...new Set([...attested.keys(), ...certified.keys()])];
  if (names.length === 0) return undefined;
  const quoted = collectQuotes(source);
  const contents = names
    .map((content): CutOffContent => {
      const certificate = certified.get(content);
      const attestedBy = [...(attested.get(content) ?? [])].sort(compareText);
      const quotedBy = (quoted.get(content) ?? []).map((quote) => quote.author);
      return { content, attestedBy, ...(certificate === undefined ? {} : { certificate }), quotedBy };
    })
    .sort(compareContents);
  const first = quoted.get(contents[0]!.content)?.[0];
  const slash = id.indexOf('/');
  return {
    author: id.slice(0, slash) as Did,
    key: `e/${id.slice(slash + 1)}`,
    body: first?.body.body ?? { type: 'hypothesis', text: lostText },
    mark: first?.mark ?? markOf(around, quotes),
    status: 'author-forked',
    retraction: undefined,
    cutOff: { reason: 'author-forked', contents },
  };
}

function compareContents(a: CutOffContent, b: CutOffContent): number {
  const certified = Number(b.certificate !== undefined) - Number(a.certificate !== undefined);
  return certified || b.attestedBy.length - a.attestedBy.length || compareText(a.content, b.content);
}

/** Supporters by the content they named. Who named none attested whatever stands there: nothing does. */
function collectAttesters(around: Around | undefined): Map<string, Set<Did>> {
  const attested = new Map<string, Set<Did>>();
  for (const { author, body } of around?.attestations.values() ?? []) {
    if (body.content === undefined || body.stance !== 'support') continue;
    attested.set(body.content, (attested.get(body.content) ?? new Set()).add(author));
  }
  return attested;
}

/** Quotes by the digest of what they repeat, by author: a wrong one names a content that nobody relies on. */
function collectQuotes({ quotes, digestOf }: CutOffSource): Map<string, Written<QuoteBody>[]> {
  const byContent = new Map<string, Written<QuoteBody>[]>();
  const sorted = [...(quotes?.values() ?? [])].sort((a, b) => compareText(a.author, b.author));
  for (const quote of sorted) {
    const content = digestOf(quote.body.body);
    byContent.set(content, [...(byContent.get(content) ?? []), quote]);
  }
  return byContent;
}

/** Where it is said that something was there: the first voice, by author. */
function markOf(around: Around | undefined, quotes: CutOffSource['quotes']): FrameMark {
  const voices = [...(around?.attestations.values() ?? []), ...(quotes?.values() ?? [])];
  const first = voices.sort((a, b) => compareText(a.author, b.author))[0];
  return first?.mark ?? { epoch: '', seq: -1, at: 0, members: '' };
}
