/** Who forked, who repeats what of theirs, and what of theirs is being cut off right now although others rely on it. */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import { makeCutOff } from './cut-off.ts';
import type { Around, EntityNode, Written } from './graph-entity.ts';
import { type EntityBody, type QuoteBody, readQuote } from './graph-entry.ts';
import type { WorldFacts } from './world-facts.ts';

/** A fork is cutting off what others rely on: whoever attested it can keep it by `quoteEdit`. */
export interface Quotable {
  readonly entity: string;
  readonly body: EntityBody;
  readonly attesters: readonly Did[];
  /** Names the certificate that stands for it. */
  readonly certificate: string | undefined;
}

export class ForkMarks {
  private readonly world: WorldFacts;
  private readonly digestOf: (body: EntityBody) => string;
  private readonly forked = new Set<Did>();
  /** By entity, then by who repeats it. */
  private readonly quotes = new Map<string, Map<Did, Written<QuoteBody>>>();
  private readonly targets = new Map<string, string>();
  private quotable: Quotable[] = [];

  constructor(world: WorldFacts, digestOf: (body: EntityBody) => string) {
    this.world = world;
    this.digestOf = digestOf;
  }

  has(author: Did): boolean {
    return this.forked.has(author);
  }

  /** False when the author was known to have forked. */
  add(author: Did): boolean {
    if (this.forked.has(author)) return false;
    this.forked.add(author);
    return true;
  }

  /** Entities that somebody repeats. */
  quoted(): Iterable<string> {
    return this.quotes.keys();
  }

  /** A quote came, changed or went. Answers with the entities it concerns. */
  takeQuote({ author, key, value, mark }: EntryChange): string[] {
    const place = `${author}/${key}`;
    const touched: string[] = [];
    const old = this.targets.get(place);
    if (old !== undefined) {
      this.quotes.get(old)?.delete(author);
      if (this.quotes.get(old)?.size === 0) this.quotes.delete(old);
      this.targets.delete(place);
      touched.push(old);
    }
    const body = readQuote(value);
    // The key names the target, so that one author has one quote of each entity.
    if (body === undefined || key !== `q/${body.target}`) return touched;
    const known = this.quotes.get(body.target) ?? new Map<Did, Written<QuoteBody>>();
    this.quotes.set(body.target, known.set(author, { author, key, body, mark }));
    this.targets.set(place, body.target);
    return [...touched, body.target];
  }

  /** An entity of a forked author changes from `old`: what others rely on can still be quoted. */
  offer(id: string, old: EntityBody, now: EntityBody | undefined, around: Around | undefined): undefined {
    const content = this.digestOf(old);
    if (now !== undefined && this.digestOf(now) === content) return;
    const attesters = [...(around?.attestations.values() ?? [])]
      .filter(({ body }) => body.stance === 'support' && body.content === content)
      .map(({ author }) => author)
      .filter((author) => this.quotes.get(id)?.has(author) !== true)
      .sort(compareText);
    const certificate = this.world.isCertified(id) ? this.world.certificateOf(id, content) : undefined;
    if (attesters.length === 0 && certificate === undefined) return;
    this.quotable.push({ entity: id, body: old, attesters, certificate });
  }

  /** What was offered since the last asking. */
  takeQuotable(): readonly Quotable[] {
    const { quotable } = this;
    if (quotable.length > 0) this.quotable = [];
    return quotable;
  }

  /** What stands for an entity that is not here; see cut-off. */
  makeCutOff(id: string, around: Around | undefined): EntityNode | undefined {
    const author = id.slice(0, Math.max(0, id.indexOf('/'))) as Did;
    if (!this.forked.has(author)) return undefined;
    const { world, digestOf } = this;
    return makeCutOff({ id, around, quotes: this.quotes.get(id), facts: world, digestOf });
  }
}
