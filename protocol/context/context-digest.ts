/**
 * The context a message was said in, as it travels with the message: where it belongs, what the job is about, what
 * is still open, and the entries it refers to, each with the hash of the version that its author saw.
 */
import { utf8 } from '../bytes.ts';
import type { JobView } from '../job/job-view.ts';
import { limits } from '../limits.ts';
import type { Envelope } from '../messages.ts';

export interface DigestEntry {
  readonly id: string;
  readonly author: string;
  readonly type: string;
  readonly excerpt: string;
  /** SHA-256 of the entry's canonical JSON, hexadecimal: the version that was referred to. */
  readonly hash: string;
}

export interface ContextDigest {
  readonly space: string;
  readonly thread?: string;
  readonly parent?: string;
  /** Version of the member record. */
  readonly members: number;
  readonly goal: string;
  readonly open: readonly { readonly id: string; readonly text?: string }[];
  readonly entries: readonly DigestEntry[];
  /** What was pruned away, by count. */
  readonly omitted?: { readonly open: number; readonly entries: number };
}

export interface DigestFacts {
  readonly space: string;
  readonly thread?: string | undefined;
  readonly parent?: string | undefined;
  readonly membersVersion: number;
  readonly view: Pick<JobView, 'goal' | 'requirements'>;
  /** The entries referred to, with their hashes; the most important first (the parent, then the references). */
  readonly entries: readonly { readonly entry: Envelope; readonly hash: string }[];
}

/** Lengths before and after pruning, in UTF-16 code units. Judgement: a headline, and its first words. */
export const digestLengths = { excerpt: 240, shortExcerpt: 60, goal: 2_000, shortGoal: 200 } as const;

/**
 * Build the digest in at most `bytesMax` bytes of JSON. What does not fit is dropped in this order: long excerpts,
 * texts of open requirements, a long goal, referred entries from the last, open requirements from the last. Space,
 * thread, parent and members version always stay.
 */
export function digestContext(facts: DigestFacts, bytesMax: number = limits.contextBytesMax): ContextDigest {
  let digest = whole(facts);
  for (const prune of [shortenExcerpts, dropTexts, shortenGoal]) {
    if (bytesOf(digest) <= bytesMax) return digest;
    digest = prune(digest);
  }
  digest = keepMost(digest, bytesMax, 'entries', facts.entries.length);
  digest = keepMost(digest, bytesMax, 'open', digest.open.length);
  return bytesOf(digest) <= bytesMax ? digest : { ...digest, goal: '' };
}

function whole({ space, thread, parent, membersVersion, view, entries }: DigestFacts): ContextDigest {
  return {
    space,
    ...(thread === undefined ? {} : { thread }),
    ...(parent === undefined ? {} : { parent }),
    members: membersVersion,
    goal: cut(view.goal, digestLengths.goal),
    open: view.requirements
      .filter((one) => one.state !== 'met')
      .map(({ id, text }) => ({ id, text: cut(text, digestLengths.excerpt) })),
    entries: entries.map(({ entry, hash }) => ({
      id: entry.id,
      author: entry.from,
      type: entry.type,
      excerpt: excerptOf(entry, digestLengths.excerpt),
      hash,
    })),
  };
}

function shortenExcerpts(digest: ContextDigest): ContextDigest {
  const shorten = (one: DigestEntry) => ({ ...one, excerpt: cut(one.excerpt, digestLengths.shortExcerpt) });
  return { ...digest, entries: digest.entries.map(shorten) };
}

function dropTexts(digest: ContextDigest): ContextDigest {
  return { ...digest, open: digest.open.map(({ id }) => ({ id })) };
}

function shortenGoal(digest: ContextDigest): ContextDigest {
  return { ...digest, goal: cut(digest.goal, digestLengths.shortGoal) };
}

/** As many of a list, from its start, as fit. */
function keepMost(
  digest: ContextDigest,
  bytesMax: number,
  list: 'open' | 'entries',
  count: number,
): ContextDigest {
  if (bytesOf(digest) <= bytesMax) return digest;
  const all = digest[list];
  let [fits, tooMany] = [0, all.length];
  const keep = (kept: number): ContextDigest => ({
    ...digest,
    [list]: all.slice(0, kept),
    omitted: { open: 0, entries: 0, ...digest.omitted, [list]: count - kept },
  });
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (bytesOf(keep(middle)) <= bytesMax) fits = middle;
    else tooMany = middle;
  }
  return keep(fits);
}

/** What an entry says, in a line. */
export function excerptOf(entry: Envelope, lengthMax: number): string {
  const said = 'content' in entry ? entry.content : 'query' in entry ? entry.query : '';
  const text = typeof said === 'string' ? said : JSON.stringify(said ?? '');
  return cut(text.slice(0, lengthMax * 4).replaceAll(/\s+/g, ' '), lengthMax);
}

/** Never half a surrogate pair. */
function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text.toWellFormed();
  return text.slice(0, lengthMax).toWellFormed();
}

function bytesOf(digest: ContextDigest): number {
  return utf8(JSON.stringify(digest)).length;
}

/** The ids that a message refers to, its parent first. */
export function referencesOf(message: { readonly [field: string]: unknown }): readonly string[] {
  const { parent, references, supersedes, concern, of } = message;
  const all = [parent, supersedes, concern, of, ...(Array.isArray(references) ? references : [])];
  return [...new Set(all.filter((id): id is string => typeof id === 'string'))];
}

/** Types that carry a digest: what is said about the work, and neither the goal itself nor announcements. */
export const digestedTypes: ReadonlySet<string> = new Set([
  'proposal',
  'build_on',
  'concern',
  'question',
  'answer',
  'revise',
  'review',
]);
