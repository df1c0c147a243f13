/**
 * Counters, registers, sets and leases over the authors' own entries: each author writes its part, and the value
 * is a function of all parts. Names are free; `c/<kind>/<name>` is the key.
 *
 * @see Shapiro, Preguiça, Baquero, Zawirski, "A comprehensive study of convergent and commutative replicated data types", 2011
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { EntryJson } from '../frames/entry-value.ts';
import type { Edit } from '../frames/update-writer.ts';
import type { EntryChange } from '../replica/replica-types.ts';

interface Part {
  readonly author: Did;
  readonly at: number;
  readonly value: EntryJson;
}

export interface Lease {
  readonly holder: Did;
  /** Rises with each new holder: who acts under a lower one is too late. Advisory: exclusion needs a vote. */
  readonly fence: number;
  readonly expiresAt: number;
}

type Fields = { readonly [key: string]: EntryJson };
/** Longest lease, from the frame's time. */
export const leaseMaxMs = 3_600_000;
/** Elements and seen tags of one author's part of a set. */
export const setElementsMax = 512;

export class ClassicView {
  /** By key, then author. */
  private readonly parts = new Map<string, Map<Did, Part>>();

  apply(changes: readonly EntryChange[]): void {
    for (const { author, key, value, mark } of changes) {
      if (!key.startsWith('c/')) continue;
      const parts = this.parts.get(key) ?? new Map<Did, Part>();
      this.parts.set(key, parts);
      const isGone = value === undefined || value instanceof Uint8Array;
      if (isGone) parts.delete(author);
      else parts.set(author, { author, at: mark.at, value });
    }
  }

  private partsOf(kind: string, name: string): Part[] {
    return [...(this.parts.get(`c/${kind}/${name}`)?.values() ?? [])].sort((a, b) =>
      compareText(a.author, b.author),
    );
  }

  private own(kind: string, name: string, author: Did): Fields {
    const value = this.parts.get(`c/${kind}/${name}`)?.get(author)?.value;
    return isFields(value) ? value : {};
  }

  /** Sum of all authors' ups less downs. */
  counter(name: string): number {
    return this.partsOf('counter', name).reduce(
      (sum, { value }) => sum + countOf(value, 'up') - countOf(value, 'down'),
      0,
    );
  }

  /** `by` may be negative; a grow-only counter is one that nobody counts down. */
  count(author: Did, name: string, by: number): Edit {
    const own = this.own('counter', name, author);
    const up = countOf(own, 'up') + Math.max(0, by);
    const down = countOf(own, 'down') + Math.max(0, -by);
    return { key: `c/counter/${name}`, value: { up, down } };
  }

  /** The write of the latest frame; ties by author. */
  register(name: string): EntryJson | undefined {
    const latest = this.partsOf('register', name).reduce<Part | undefined>(
      (best, part) => (best === undefined || part.at >= best.at ? part : best),
      undefined,
    );
    return isFields(latest?.value) ? latest.value.value : undefined;
  }

  assign(name: string, value: EntryJson): Edit {
    return { key: `c/register/${name}`, value: { value } };
  }

  /** Elements whose latest mark by any author is an addition; at the same time additions win. */
  lastWriterSet(name: string): string[] {
    const latest = new Map<string, { at: number; isIn: boolean }>();
    for (const { value, at: frameAt } of this.partsOf('lww', name)) {
      for (const [element, mark] of Object.entries(isFields(value) ? value : {})) {
        if (typeof mark !== 'number') continue;
        // The sign says in or out; the time counts as at most the frame's.
        const one = { at: Math.min(Math.abs(mark), frameAt), isIn: mark > 0 };
        const known = latest.get(element);
        if (known === undefined || one.at > known.at || (one.at === known.at && one.isIn))
          latest.set(element, one);
      }
    }
    return [...latest].flatMap(([element, { isIn }]) => (isIn ? [element] : [])).sort(compareText);
  }

  mark(author: Did, name: string, element: string, isIn: boolean, nowMs: number): Edit {
    return {
      key: `c/lww/${name}`,
      value: { ...this.own('lww', name, author), [element]: isIn ? nowMs : -nowMs },
    };
  }

  /**
   * Observed-remove: an element is in while some author's tag for it was not seen by a remover. An author's tag is
   * its own count, so its part is bounded by elements, not by how often they came and went.
   */
  observedSet(name: string): string[] {
    const parts = this.partsOf('set', name);
    const removed = new Map<string, number>();
    for (const { value } of parts) {
      for (const [tag, count] of Object.entries(fieldsIn(value, 'gone'))) {
        if (typeof count === 'number') removed.set(tag, Math.max(removed.get(tag) ?? 0, count));
      }
    }
    const elements = new Set<string>();
    for (const { author, value } of parts) {
      for (const [element, count] of Object.entries(fieldsIn(value, 'in'))) {
        if (typeof count === 'number' && count > (removed.get(tagOf(author, element)) ?? 0))
          elements.add(element);
      }
    }
    return [...elements].sort(compareText);
  }

  /** Undefined when the author's part is full. */
  add(author: Did, name: string, element: string): Edit | undefined {
    const own = this.own('set', name, author);
    const has = fieldsIn(own, 'in');
    const count = typeof has[element] === 'number' ? (has[element] as number) : 0;
    const next = { in: { ...has, [element]: count + 1 }, gone: fieldsIn(own, 'gone') };
    return Object.keys(next.in).length > setElementsMax ? undefined : { key: `c/set/${name}`, value: next };
  }

  /** Takes away what was seen here: an addition made elsewhere at the same time stays. */
  remove(author: Did, name: string, element: string): Edit {
    const own = this.own('set', name, author);
    const gone: Record<string, EntryJson> = { ...fieldsIn(own, 'gone') };
    for (const part of this.partsOf('set', name)) {
      const count = fieldsIn(part.value, 'in')[element];
      if (typeof count === 'number') gone[tagOf(part.author, element)] = count;
    }
    return { key: `c/set/${name}`, value: { in: fieldsIn(own, 'in'), gone } };
  }

  /** Who holds it now: the highest fence, then the earliest claim, then the author's name. */
  lease(name: string, nowMs: number): Lease | undefined {
    const claims = this.leases(name).filter(({ expiresAt }) => expiresAt > nowMs);
    claims.sort((a, b) => b.fence - a.fence || a.at - b.at || compareText(a.holder, b.holder));
    const [best] = claims;
    return best === undefined
      ? undefined
      : { holder: best.holder, fence: best.fence, expiresAt: best.expiresAt };
  }

  private leases(name: string): (Lease & { at: number })[] {
    return this.partsOf('lease', name).flatMap(({ author, at, value }) => {
      const { fence, expiresAt } = isFields(value) ? value : {};
      if (!Number.isSafeInteger(fence) || typeof expiresAt !== 'number') return [];
      return [
        { holder: author, at, fence: fence as number, expiresAt: Math.min(expiresAt, at + leaseMaxMs) },
      ];
    });
  }

  /** The edit that claims or extends it; `undefined` while another holds it. */
  claimLease(author: Did, name: string, durationMs: number, nowMs: number): Edit | undefined {
    const holder = this.lease(name, nowMs);
    if (holder !== undefined && holder.holder !== author) return undefined;
    const highest = this.leases(name).reduce((most, { fence }) => Math.max(most, fence), 0);
    const fence = holder?.fence ?? highest + 1;
    return { key: `c/lease/${name}`, value: { fence, expiresAt: nowMs + Math.min(durationMs, leaseMaxMs) } };
  }

  /** Canonical text of all parts: equal views have equal texts. */
  viewText(): string {
    const keys = [...this.parts.keys()].sort(compareText);
    return toCanonicalJson(
      keys.map((key) => [key, this.partsOf(...(key.slice(2).split(/\/(.*)/s) as [string, string]))]),
    );
  }
}

function isFields(value: EntryJson | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsIn(value: EntryJson, name: string): Fields {
  const inner = isFields(value) ? value[name] : undefined;
  return isFields(inner) ? inner : {};
}

function countOf(value: EntryJson, name: string): number {
  const count = isFields(value) ? value[name] : undefined;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : 0;
}

function tagOf(author: Did, element: string): string {
  return `${author} ${element}`;
}
