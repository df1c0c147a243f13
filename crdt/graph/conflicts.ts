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

const oppositeSimilarityDefault = 0.85;

export class ConflictIndex {
  private readonly view: GraphView;
  private readonly similarity: ((a: string, b: string) => number) | undefined;
  /** Ids by subject and predicate: one id as long as there is one, which is nearly always. */
  private readonly groups = new Map<string, string | Set<string>>();
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
  }

  /** A claim came. Answers with the entities whose status may change. */
  add(id: string, node: EntityNode): string[] {
    const touched: string[] = [];
    const group = groupOf(node, this.view.policy.multiValued);
    if (group !== undefined) {
      const known = this.groups.get(group);
      if (known === undefined) this.groups.set(group, id);
      else {
        const ids = typeof known === 'string' ? new Set([known]) : known;
        ids.add(id);
        this.groups.set(group, ids);
        touched.push(...ids);
      }
    }
    if (node.body.polarity !== undefined && this.similarity !== undefined)
      touched.push(...this.addPolar(id, node));
    return touched;
  }

  remove(id: string, node: EntityNode): string[] {
    const touched = this.touch(id, node);
    const group = groupOf(node, this.view.policy.multiValued);
    const known = group === undefined ? undefined : this.groups.get(group);
    if (typeof known === 'string') this.groups.delete(group!);
    else if (known !== undefined) {
      known.delete(id);
      if (known.size === 0) this.groups.delete(group!);
    }
    this.polar.get(node.body.subject ?? '')?.delete(id);
    for (const pair of [...(this.pairsOf.get(id) ?? [])]) {
      if (this.pairs.get(pair)?.kind === 'opposite') this.dropPair(pair);
    }
    return touched;
  }

  /** Everyone in conflict with this entity. */
  touch(id: string, node: EntityNode): string[] {
    const group = groupOf(node, this.view.policy.multiValued);
    const known = group === undefined ? undefined : this.groups.get(group);
    const ids = known === undefined || typeof known === 'string' ? [] : [...known];
    const paired = [...(this.pairsOf.get(id) ?? [])].flatMap((pair) => this.pairs.get(pair)?.sides ?? []);
    return [...ids, ...paired];
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
    const group = conflict.startsWith(groupPrefix)
      ? this.groups.get(conflict.slice(groupPrefix.length))
      : undefined;
    return group === undefined || typeof group === 'string' ? [] : [...group];
  }

  /** Whether any conflict, open or resolved, may concern the entity: a cheap first look. */
  has(id: string): boolean {
    if ((this.pairsOf.get(id)?.size ?? 0) > 0) return true;
    const node = this.view.nodes.get(id);
    const group = node === undefined ? undefined : groupOf(node, this.view.policy.multiValued);
    return group !== undefined && typeof this.groups.get(group) === 'object';
  }

  /** Ids of the conflicts that name the entity, sorted. */
  of(id: string): string[] {
    if (!this.has(id)) return [];
    const node = this.view.nodes.get(id)!;
    const group = groupOf(node, this.view.policy.multiValued);
    const own = group === undefined ? undefined : this.describeGroup(group);
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
    if (pair === undefined) return this.describeGroup(id.slice(groupPrefix.length));
    return this.finish(id, pair.kind, pair.sides, (node) => node.key);
  }

  private describeGroup(group: string): Conflict | undefined {
    const ids = this.groups.get(group);
    if (ids === undefined || typeof ids === 'string') return undefined;
    const values = new Set([...ids].map((id) => valueTextOf(this.view.nodes.get(id)!)));
    return values.size < 2
      ? undefined
      : this.finish(groupPrefix + group, 'exclusive-values', [...ids], valueTextOf);
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
    const groups = [...this.groups].flatMap(([group, ids]) =>
      typeof ids === 'string' ? [] : (this.describeGroup(group) ?? []),
    );
    const pairs = [...this.pairs].map(([id, { kind, sides }]) =>
      this.finish(id, kind, sides, (node) => node.key),
    );
    return [...groups, ...pairs].sort((a, b) => compareText(a.id, b.id));
  }
}

const groupPrefix = 'conflict:values:';

/** Claims that exclude each other unless they say the same; `undefined` for those that exclude nothing. */
function groupOf({ body }: EntityNode, multiValued: readonly string[] | undefined): string | undefined {
  if (body.subject === undefined || body.predicate === undefined || body.value === undefined)
    return undefined;
  if (multiValued?.includes(body.predicate)) return undefined;
  return `${body.subject}\u0000${body.predicate}`;
}

function valueTextOf(node: EntityNode): string {
  return toCanonicalJson(node.body.value ?? null);
}

function pairId(kind: string, a: string, b: string): string {
  return a < b ? `conflict:${kind}:${a}|${b}` : `conflict:${kind}:${b}|${a}`;
}
