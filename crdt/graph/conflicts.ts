/**
 * Contradictions: exclusive values for one subject and predicate, explicit `contradicts`, and near-equal texts of
 * opposite polarity. A conflict stays listed with all its sides, also when it is resolved.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { type Conflict, type EntityNode, isStanding, type Resolution } from './graph-entity.ts';
import type { GraphView } from './graph-view.ts';
import { weigh } from './policy.ts';
import { SubjectIndex } from './subject-index.ts';

const oppositeSimilarityDefault = 0.85;

export class ConflictIndex {
  private readonly view: GraphView;
  private readonly similarity: ((a: string, b: string) => number) | undefined;
  private readonly groups: SubjectIndex;
  /** Ids with a polarity, by subject. */
  private readonly polar = new Map<string, Set<string>>();
  private readonly pairs = new Map<string, { kind: 'contradicts' | 'opposite'; sides: [string, string] }>();
  /** Pair conflicts of each entity. */
  private readonly pairsOf = new Map<string, Set<string>>();
  private readonly votes = new Map<string, Map<Did, Resolution>>();
  private readonly voteAt = new Map<string, string>();

  constructor(view: GraphView, similarity: ((a: string, b: string) => number) | undefined) {
    this.view = view;
    this.similarity = similarity;
    this.groups = new SubjectIndex((id) => view.nodes.get(id)?.body);
  }

  /** Ids of entities that say something of this predicate of this subject. */
  said(subject: string, predicate: string): readonly string[] {
    return this.groups.find(subject, predicate);
  }

  /** Claims that exclude each other unless they say the same, this one among them; none that excludes nothing. */
  private groupOf({ body }: EntityNode): readonly string[] {
    const { subject, predicate } = body;
    if (subject === undefined || predicate === undefined || body.value === undefined) return noIds;
    return this.groupAt(subject, predicate);
  }

  private groupAt(subject: string, predicate: string): readonly string[] {
    if (this.view.policy.multiValued?.includes(predicate)) return noIds;
    const ids = this.groups.find(subject, predicate);
    return ids.length < 2 ? ids : ids.filter((id) => this.view.nodes.get(id)?.body.value !== undefined);
  }

  /** A claim came. Answers with the entities whose status may change. */
  add(id: string, node: EntityNode): string[] {
    const touched: string[] = [];
    if (this.groups.add(id, node.body)) touched.push(...this.groupOf(node));
    if (node.body.polarity !== undefined && this.similarity !== undefined)
      touched.push(...this.addPolar(id, node));
    return touched;
  }

  remove(id: string, node: EntityNode): string[] {
    const touched = this.touch(id, node);
    this.groups.remove(id, node.body);
    this.polar.get(node.body.subject ?? '')?.delete(id);
    for (const pair of [...(this.pairsOf.get(id) ?? [])]) {
      if (this.pairs.get(pair)?.kind === 'opposite') this.dropPair(pair);
    }
    return touched;
  }

  /** Everyone in conflict with this entity. */
  touch(id: string, node: EntityNode): string[] {
    const ids = this.groupOf(node);
    const paired = [...(this.pairsOf.get(id) ?? [])].flatMap((pair) => this.pairs.get(pair)?.sides ?? []);
    return ids.length < 2 ? paired : [...ids, ...paired];
  }

  rebuild(): void {
    this.groups.clear();
    this.polar.clear();
    for (const [pair, { kind }] of [...this.pairs]) if (kind === 'opposite') this.dropPair(pair);
    for (const id of [...this.view.nodes.keys()].sort(compareText)) {
      const node = this.view.nodes.get(id)!;
      if (node.cutOff === undefined) this.add(id, node);
    }
  }

  private addPolar(id: string, node: EntityNode): string[] {
    const subject = node.body.subject ?? '';
    const ids = this.polar.get(subject) ?? new Set<string>();
    this.polar.set(subject, ids);
    const min = this.view.policy.oppositeSimilarity ?? oppositeSimilarityDefault;
    const touched: string[] = [];
    for (const other of ids) {
      const known = this.view.nodes.get(other);
      if (known === undefined || known.body.polarity === node.body.polarity) continue;
      if (this.similarity!(known.body.text, node.body.text) < min) continue;
      this.addPair('opposite', id, other);
      touched.push(id, other);
    }
    ids.add(id);
    return touched;
  }

  /** Some author says, or no longer says, that two entities contradict each other. */
  contradict(a: string, b: string): string[] {
    if (a === b) return [];
    const says = (from: string, to: string) =>
      [...(this.view.around.get(from)?.from.values() ?? [])].some(
        ({ body }) => body.kind === 'contradicts' && body.to === to,
      );
    const pair = pairId('contradicts', a, b);
    if (says(a, b) || says(b, a)) this.addPair('contradicts', a, b);
    else this.dropPair(pair);
    return [a, b];
  }

  private addPair(kind: 'contradicts' | 'opposite', a: string, b: string): void {
    const sides: [string, string] = a < b ? [a, b] : [b, a];
    const pair = pairId(kind, a, b);
    this.pairs.set(pair, { kind, sides });
    for (const side of sides) this.pairsOf.set(side, (this.pairsOf.get(side) ?? new Set()).add(pair));
  }

  private dropPair(pair: string): void {
    for (const side of this.pairs.get(pair)?.sides ?? []) this.pairsOf.get(side)?.delete(pair);
    this.pairs.delete(pair);
  }

  /** An author votes how to resolve a conflict, or takes its vote back. */
  vote(author: Did, key: string, vote: Resolution | undefined): string[] {
    const place = `${author}/${key}`;
    const before = this.voteAt.get(place);
    if (before !== undefined) this.votes.get(before)?.delete(author);
    this.voteAt.delete(place);
    if (vote !== undefined) {
      const { conflict } = vote.body;
      this.votes.set(conflict, (this.votes.get(conflict) ?? new Map()).set(author, vote));
      this.voteAt.set(place, conflict);
    }
    const conflict = vote?.body.conflict ?? before;
    return conflict === undefined ? [] : this.sidesOf(conflict);
  }

  private sidesOf(conflict: string): string[] {
    const pair = this.pairs.get(conflict);
    if (pair !== undefined) return pair.sides;
    return [...this.groupNamed(conflict)];
  }

  /** Whether any conflict, open or resolved, may concern the entity: a cheap first look. */
  has(id: string): boolean {
    if ((this.pairsOf.get(id)?.size ?? 0) > 0) return true;
    const node = this.view.nodes.get(id);
    return node !== undefined && this.groupOf(node).length > 1;
  }

  /** Ids of the conflicts that name the entity, sorted. */
  of(id: string): string[] {
    if (!this.has(id)) return [];
    const node = this.view.nodes.get(id)!;
    const own = this.describeGroup(this.groupOf(node));
    return [...(own === undefined ? [] : [own.id]), ...(this.pairsOf.get(id) ?? [])].sort(compareText);
  }

  /** A claim with a quorum is contested when another side of an open conflict has one too, or a vote kept another. */
  isContested(id: string): boolean {
    return this.of(id).some((conflictId) => {
      const conflict = this.describe(conflictId);
      if (conflict === undefined || conflict.resolution?.by === 'retraction') return false;
      if (conflict.resolution?.by === 'vote') return !this.isSameSide(conflict, id, conflict.resolution.keep);
      return conflict.sides.some((other) => {
        const node = this.view.nodes.get(other);
        if (other === id || node === undefined || !isStanding(node)) return false;
        return !this.isSameSide(conflict, id, other) && this.view.judge(other, node).outcome === 'fact';
      });
    });
  }

  private isSameSide(conflict: Conflict, a: string, b: string): boolean {
    if (conflict.kind !== 'exclusive-values') return a === b;
    const [left, right] = [this.view.nodes.get(a), this.view.nodes.get(b)];
    return left !== undefined && right !== undefined && valueTextOf(left) === valueTextOf(right);
  }

  private describe(id: string): Conflict | undefined {
    const pair = this.pairs.get(id);
    if (pair === undefined) return this.describeGroup(this.groupNamed(id));
    return this.finish(id, pair.kind, pair.sides, (node) => node.key);
  }

  /** The claims that a conflict of values names. Either name may itself hold the mark between the two. */
  private groupNamed(conflict: string): readonly string[] {
    if (!conflict.startsWith(groupPrefix)) return noIds;
    for (let at = conflict.indexOf('\u0000'); at >= 0; at = conflict.indexOf('\u0000', at + 1)) {
      const ids = this.groupAt(conflict.slice(groupPrefix.length, at), conflict.slice(at + 1));
      if (ids.length > 0) return ids;
    }
    return noIds;
  }

  private describeGroup(ids: readonly string[]): Conflict | undefined {
    if (ids.length < 2) return undefined;
    const values = new Set(ids.map((id) => valueTextOf(this.view.nodes.get(id)!)));
    if (values.size < 2) return undefined;
    const { subject, predicate } = this.view.nodes.get(ids[0]!)!.body;
    return this.finish(`${groupPrefix}${subject}\u0000${predicate}`, 'exclusive-values', ids, valueTextOf);
  }

  private finish(
    id: string,
    kind: Conflict['kind'],
    sides: readonly string[],
    sideOf: (node: EntityNode) => string,
  ): Conflict {
    const live = sides.filter((side) => {
      const node = this.view.nodes.get(side);
      return node !== undefined && isStanding(node);
    });
    const liveSides =
      kind === 'exclusive-values'
        ? new Set(live.map((side) => sideOf(this.view.nodes.get(side)!)))
        : new Set(live);
    const resolution = liveSides.size < 2 ? ({ by: 'retraction' } as const) : this.countVotes(id, live);
    const status = resolution === undefined ? 'open' : 'resolved';
    return { id, kind, sides: [...sides].sort(compareText), status, resolution };
  }

  /** The side that a quorum of independent voters keeps; none when two sides have one. */
  private countVotes(conflict: string, live: readonly string[]): Conflict['resolution'] {
    const votes = [...(this.votes.get(conflict)?.values() ?? [])].sort((a, b) =>
      compareText(a.author, b.author),
    );
    const winners = live.flatMap((keep) => {
      const voters = votes.filter((vote) => vote.body.keep === keep);
      const counted = voters.map(({ author }) => ({
        author,
        stance: 'support' as const,
        confidence: 1,
        model: undefined,
        evidence: [],
      }));
      const weight = weigh(this.view.policy, this.view.policyFacts, counted);
      return weight > 0 && weight >= this.view.policy.quorum.min
        ? [{ by: 'vote' as const, keep, voters: voters.map((vote) => vote.author) }]
        : [];
    });
    return winners.length === 1 ? winners[0] : undefined;
  }

  list(): Conflict[] {
    const groups = this.groups.shared().flatMap(([subject, predicate]) => {
      return this.describeGroup(this.groupAt(subject, predicate)) ?? [];
    });
    const pairs = [...this.pairs].map(([id, { kind, sides }]) =>
      this.finish(id, kind, sides, (node) => node.key),
    );
    return [...groups, ...pairs].sort((a, b) => compareText(a.id, b.id));
  }
}

const noIds: readonly string[] = [];
const groupPrefix = 'conflict:values:';

function valueTextOf(node: EntityNode): string {
  return toCanonicalJson(node.body.value ?? null);
}

function pairId(kind: string, a: string, b: string): string {
  return a < b ? `conflict:${kind}:${a}|${b}` : `conflict:${kind}:${b}|${a}`;
}
