/**
 * Entities by subject and predicate. A table from a number that both give to the ids that gave it; whoever asks
 * gets those whose subject and predicate are the ones asked for, so that two pairs which give one number only cost
 * a comparison. No text is kept for a key: with many claims that would take more memory than the table.
 */
import { compareText } from '../../protocol/bytes.ts';
import type { EntityBody } from './graph-entry.ts';

type Said = Pick<EntityBody, 'subject' | 'predicate'>;

export class SubjectIndex {
  private readonly bodyOf: (id: string) => Said | undefined;
  /** One id as long as there is one, which is nearly always. */
  private readonly ids = new Map<number, string | Set<string>>();

  constructor(bodyOf: (id: string) => Said | undefined) {
    this.bodyOf = bodyOf;
  }

  clear(): void {
    this.ids.clear();
  }

  /** Whether others of the same subject and predicate may be here. */
  add(id: string, { subject, predicate }: Said): boolean {
    if (subject === undefined || predicate === undefined) return false;
    const place = placeOf(subject, predicate);
    const known = this.ids.get(place);
    if (known === undefined || known === id) {
      this.ids.set(place, id);
      return false;
    }
    if (typeof known === 'string') this.ids.set(place, new Set([known, id]));
    else known.add(id);
    return true;
  }

  remove(id: string, { subject, predicate }: Said): void {
    if (subject === undefined || predicate === undefined) return;
    const place = placeOf(subject, predicate);
    const known = this.ids.get(place);
    if (known === id) this.ids.delete(place);
    if (!(known instanceof Set)) return;
    known.delete(id);
    if (known.size === 0) this.ids.delete(place);
  }

  find(subject: string, predicate: string): readonly string[] {
    const known = this.ids.get(placeOf(subject, predicate));
    if (known === undefined) return [];
    const is = (id: string) => {
      const body = this.bodyOf(id);
      return body?.subject === subject && body.predicate === predicate;
    };
    if (typeof known === 'string') return is(known) ? [known] : [];
    return [...known].filter(is);
  }

  /** Pairs that more than one entity speaks of, perhaps a few more; each once, in order. */
  shared(): readonly (readonly [subject: string, predicate: string])[] {
    const pairs = new Map<string, readonly [string, string]>();
    for (const known of this.ids.values()) {
      if (typeof known === 'string' || known.size < 2) continue;
      for (const id of known) {
        const { subject = '', predicate = '' } = this.bodyOf(id) ?? {};
        pairs.set(`${subject}\u0000${predicate}`, [subject, predicate]);
      }
    }
    return [...pairs].sort(([a], [b]) => compareText(a, b)).map(([, pair]) => pair);
  }
}

/** A number of 30 bits, which the engine keeps in a word of its own. @see Fowler, Noll, Vo, hash FNV-1a */
function placeOf(subject: string, predicate: string): number {
  let mix = 0x811c9dc5;
  for (let i = 0; i < subject.length; i++) mix = Math.imul(mix ^ subject.charCodeAt(i), 0x01000193);
  mix = Math.imul(mix ^ 0xffff, 0x01000193);
  for (let i = 0; i < predicate.length; i++) mix = Math.imul(mix ^ predicate.charCodeAt(i), 0x01000193);
  return (mix ^ (mix >>> 15)) & 0x3fffffff;
}
