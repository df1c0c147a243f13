/**
 * Stigmergy: marks that agents leave at locations for others to sense. A mark's strength halves every half-life;
 * depositing again adds to what is left. Each author keeps one entry per location and kind, so state grows with
 * locations × authors and never with deposits.
 *
 * @see Grassé, "La reconstruction du nid", 1959; Dorigo and Gambardella, "Ant Colony System", 1997 (evaporation)
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { EntryValue } from '../frames/entry-value.ts';
import type { Edit } from '../frames/update-writer.ts';
import type { EntryChange } from '../replica/replica-types.ts';

/** One author's mark. Negative amounts inhibit. */
export interface TraceBody {
  readonly location: string;
  readonly kind: string;
  /** Strength at `at`. */
  readonly amount: number;
  readonly halfLifeMs: number;
  readonly at: number;
}

/** What stands at a location, of one kind, of all authors together. */
export interface Sensed {
  readonly location: string;
  readonly kind: string;
  readonly amount: number;
  readonly authors: readonly Did[];
}

export const amountMax = 1_000;
export const halfLifeMinMs = 100;
export const halfLifeMaxMs = 30 * 24 * 3_600_000;
/** Marks of one author that count: those with the first keys, the same everywhere. */
export const marksPerAuthorMax = 1_000;
/** A mark weaker than this has vanished. */
export const vanishedBelow = 0.001;

/** Strength left at a time. A mark dated later than now counts as made now: nobody gains by a clock ahead. */
export function strengthAt(mark: Pick<TraceBody, 'amount' | 'halfLifeMs' | 'at'>, nowMs: number): number {
  return mark.amount * 2 ** (-Math.max(0, nowMs - mark.at) / mark.halfLifeMs);
}

export interface Deposit {
  readonly location: string;
  readonly kind: string;
  /** Above 0 reinforces, below 0 inhibits. */
  readonly amount: number;
  readonly halfLifeMs: number;
}

interface Mark {
  readonly author: Did;
  readonly key: string;
  readonly body: TraceBody;
}

export class TraceView {
  private readonly byLocation = new Map<string, Map<string, Mark>>();
  private readonly byAuthor = new Map<Did, Map<string, Mark>>();

  apply(changes: readonly EntryChange[]): void {
    for (const change of changes) if (change.key.startsWith('d/')) this.take(change);
  }

  private take({ author, key, value, mark }: EntryChange): void {
    const own = this.byAuthor.get(author) ?? new Map<string, Mark>();
    this.byAuthor.set(author, own);
    const old = own.get(key);
    if (old !== undefined) {
      own.delete(key);
      this.byLocation.get(old.body.location)?.delete(`${author}/${key}`);
      if (this.byLocation.get(old.body.location)?.size === 0) this.byLocation.delete(old.body.location);
    }
    const body = readTrace(value, mark.at);
    if (body === undefined || key !== traceKey(body.location, body.kind)) return;
    const made = { author, key, body };
    own.set(key, made);
    const there = this.byLocation.get(body.location) ?? new Map<string, Mark>();
    this.byLocation.set(body.location, there.set(`${author}/${key}`, made));
  }

  /** The edit of an author's deposit: what is left of its own mark plus the new amount, within bounds. */
  deposit(author: Did, deposit: Deposit, nowMs: number): Checked<Edit> {
    const { location, kind, amount, halfLifeMs } = deposit;
    const key = traceKey(location, kind);
    const own = this.byAuthor.get(author);
    const old = own?.get(key)?.body;
    if (old === undefined && (own?.size ?? 0) >= marksPerAuthorMax) {
      return refuse('AMP-1707', `An author has at most ${marksPerAuthorMax} marks in a space.`);
    }
    const left = old === undefined ? 0 : strengthAt(old, nowMs);
    const sum = Math.max(-amountMax, Math.min(amountMax, left + amount));
    const body: TraceBody = { location, kind, amount: sum, halfLifeMs, at: nowMs };
    if (readTrace({ ...body }, nowMs) === undefined)
      return refuse('AMP-1705', 'The deposit has a wrong form.');
    return accept({ key, value: { ...body } });
  }

  /** Own marks that have vanished, to be deleted by their author. */
  collect(author: Did, nowMs: number): Edit[] {
    return [...(this.byAuthor.get(author)?.values() ?? [])]
      .filter(({ body }) => Math.abs(strengthAt(body, nowMs)) < vanishedBelow)
      .map(({ key }) => ({ key, value: undefined }))
      .sort((a, b) => compareText(a.key, b.key));
  }

  /** One location, or with `isPrefix` all that begin with it; strongest first. */
  sense(location: string, nowMs: number, isPrefix = false): Sensed[] {
    const there = isPrefix
      ? [...this.byLocation.keys()].filter((one) => one.startsWith(location))
      : [location];
    const sensed = there.flatMap((one) => this.senseAt(one, nowMs));
    return sensed.sort(
      (a, b) => b.amount - a.amount || compareText(a.location, b.location) || compareText(a.kind, b.kind),
    );
  }

  private senseAt(location: string, nowMs: number): Sensed[] {
    const marks = [...(this.byLocation.get(location)?.values() ?? [])].filter((mark) => this.counts(mark));
    // The same order everywhere: sums of fractions depend on it.
    marks.sort((a, b) => compareText(a.author, b.author) || compareText(a.key, b.key));
    const byKind = new Map<string, { amount: number; authors: Did[] }>();
    for (const { author, body } of marks) {
      const strength = strengthAt(body, nowMs);
      if (Math.abs(strength) < vanishedBelow) continue;
      const sum = byKind.get(body.kind) ?? { amount: 0, authors: [] };
      sum.amount += strength;
      sum.authors.push(author);
      byKind.set(body.kind, sum);
    }
    return [...byKind].map(([kind, sum]) => ({ location, kind, ...sum }));
  }

  /** Beyond its quota an author's marks do not count, whichever came first. */
  private counts(mark: Mark): boolean {
    const own = this.byAuthor.get(mark.author)!;
    if (own.size <= marksPerAuthorMax) return true;
    return [...own.keys()].sort(compareText).indexOf(mark.key) < marksPerAuthorMax;
  }

  /** Strength of a kind after one step of diffusion: each location gives `share` of its own to its neighbours. */
  diffused(
    location: string,
    kind: string,
    nowMs: number,
    neighboursOf: (location: string) => readonly string[],
    share = 0.2,
  ): number {
    const at = (one: string) => this.senseAt(one, nowMs).find((sensed) => sensed.kind === kind)?.amount ?? 0;
    const given = neighboursOf(location).map(
      (one) => (at(one) * share) / Math.max(1, neighboursOf(one).length),
    );
    const kept = neighboursOf(location).length === 0 ? 1 : 1 - share;
    return given.reduce((sum, one) => sum + one, at(location) * kept);
  }

  /** The neighbour to go to: the strongest, if stronger than here; ties by name. */
  follow(
    location: string,
    kind: string,
    nowMs: number,
    neighboursOf: (location: string) => readonly string[],
  ): string | undefined {
    const at = (one: string) => this.diffused(one, kind, nowMs, neighboursOf);
    const ranked = [...neighboursOf(location)].sort((a, b) => at(b) - at(a) || compareText(a, b));
    return ranked[0] !== undefined && at(ranked[0]) > at(location) ? ranked[0] : undefined;
  }

  get markCount(): number {
    return [...this.byAuthor.values()].reduce((sum, own) => sum + own.size, 0);
  }
}

export function traceKey(location: string, kind: string): string {
  return `d/${kind}/${location}`;
}

/** `at` is bounded by the frame's time, so a mark cannot be dated into the future. */
function readTrace(value: EntryValue | undefined, frameAt: number): TraceBody | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    return undefined;
  const { location, kind, amount, halfLifeMs, at } = value as Partial<TraceBody>;
  const isWhole =
    typeof location === 'string' &&
    location.length > 0 &&
    location.length <= 160 &&
    typeof kind === 'string' &&
    /^[a-z0-9-]{1,32}$/.test(kind) &&
    typeof amount === 'number' &&
    Math.abs(amount) <= amountMax &&
    typeof halfLifeMs === 'number' &&
    halfLifeMs >= halfLifeMinMs &&
    halfLifeMs <= halfLifeMaxMs &&
    typeof at === 'number' &&
    at >= 0;
  return isWhole ? { location, kind, amount, halfLifeMs, at: Math.min(at, frameAt) } : undefined;
}
