/**
 * The knowledge graph of a space: a deterministic view over all authors' entries. Statuses and conflicts are
 * functions of what is written now, never of the order in which it came, and only what a change touches is
 * judged again. The view never reads the clock.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import { ConflictIndex } from './conflicts.ts';
import {
  type Around,
  type Conflict,
  type EntityNode,
  type EntityStatus,
  entityId,
  type Found,
  saidAt,
  type Written,
} from './graph-entity.ts';
import {
  type AttestationBody,
  type RelationBody,
  type RetractionBody,
  readAttestation,
  readEntity,
  readRelation,
  readResolution,
  readRetraction,
} from './graph-entry.ts';
import {
  type CountedAttestation,
  defaultPolicy,
  judgeClaim,
  type Policy,
  type PolicyFacts,
  type Verdict,
} from './policy.ts';

export interface GraphComponents {
  /** Similarity of two texts, 0 to 1, the same on every node; without it opposite texts are not looked for. */
  readonly similarity?: (a: string, b: string) => number;
  readonly facts?: Partial<PolicyFacts>;
  /** Lower-case hexadecimal digest of a text; binds attestations to content. */
  readonly digest?: (text: string) => string;
}

/** An entity whose content or status changed; `status` undefined when it is gone. */
export interface GraphChange {
  readonly id: string;
  readonly before: EntityStatus | undefined;
  readonly status: EntityStatus | undefined;
}

const claimTypes: ReadonlySet<string> = new Set(['fact', 'hypothesis', 'solution', 'intention', 'message']);
/** What closes an entity of each type, when it is said of it by an entity that was not retracted. */
const closers: Readonly<Record<string, readonly string[]>> = {
  question: ['answers'],
  goal: ['meets', 'solves'],
  requirement: ['meets'],
  need: ['meets', 'fills'],
  gap: ['fills', 'answers'],
};

export class GraphView {
  readonly nodes = new Map<string, EntityNode>();
  readonly around = new Map<string, Around>();
  readonly conflicts: ConflictIndex;
  /** Entities of the types that stay few, so that lists of needs and gaps need no scan. */
  readonly listed = new Map<string, Set<string>>();
  private readonly forked = new Set<Did>();
  private readonly written = new Map<string, Written<RelationBody> | Written<AttestationBody>>();
  private readonly retractions = new Map<string, Written<RetractionBody>>();
  private readonly facts: PolicyFacts;
  private readonly components: GraphComponents;
  private policyNow: Policy;
  private dirty = new Set<string>();

  constructor(components: GraphComponents = {}, policy: Policy = defaultPolicy) {
    this.components = components;
    this.policyNow = policy;
    this.facts = { ownerOf: (author) => author, hasCertificate: () => false, ...components.facts };
    this.conflicts = new ConflictIndex(this, components.similarity);
  }

  get policy(): Policy {
    return this.policyNow;
  }

  get policyFacts(): PolicyFacts {
    return this.facts;
  }

  isForked(author: Did): boolean {
    return this.forked.has(author);
  }

  /** Take in what `view-changed` told. Answers with what changed in the graph, each entity once, by id. */
  apply(changes: readonly EntryChange[]): GraphChange[] {
    const before = new Map<string, EntityStatus | undefined>();
    for (const change of changes) this.takeEntry(change, before);
    return this.settle(before);
  }

  /** Another policy, new certificates or owners: judge everything again. */
  rejudge(policy: Policy = this.policyNow): GraphChange[] {
    this.policyNow = policy;
    this.conflicts.rebuild();
    for (const id of this.nodes.keys()) this.dirty.add(id);
    return this.settle(new Map());
  }

  /** The author forked an epoch: what it wrote stays and is marked. */
  markForked(author: Did): undefined {
    this.forked.add(author);
  }

  private takeEntry(change: EntryChange, before: Map<string, EntityStatus | undefined>): undefined {
    switch (change.key.slice(0, 2)) {
      case 'e/':
        return this.takeEntity(change, before);
      case 'r/':
        return this.takeRelation(change);
      case 'a/':
        return this.takeAttestation(change);
      case 'x/':
        return this.takeRetraction(change);
      case 'v/': {
        const body = readResolution(change.value);
        for (const id of this.conflicts.vote(change.author, change.key, body && { ...change, body }))
          this.dirty.add(id);
        return;
      }
      default:
        return;
    }
  }

  private takeEntity(change: EntryChange, before: Map<string, EntityStatus | undefined>): undefined {
    const id = entityId(change.author, change.key);
    const old = this.nodes.get(id);
    if (!before.has(id)) before.set(id, old?.status);
    if (old !== undefined) {
      this.listed.get(old.body.type)?.delete(id);
      for (const other of this.conflicts.remove(id, old)) this.dirty.add(other);
    }
    this.dirty.add(id);
    const body = readEntity(change.value);
    if (body === undefined) {
      this.nodes.delete(id);
      return;
    }
    const { author, key, mark } = change;
    const retraction = this.retractions.size === 0 ? undefined : this.retractions.get(`${author}/${key}`);
    const node: EntityNode = { author, key, body, mark, status: 'hypothesis', retraction };
    this.nodes.set(id, node);
    if (!claimTypes.has(body.type)) this.list(body.type).add(id);
    for (const other of this.conflicts.add(id, node)) this.dirty.add(other);
  }

  private list(type: string): Set<string> {
    let ids = this.listed.get(type);
    if (ids === undefined) {
      ids = new Set();
      this.listed.set(type, ids);
    }
    return ids;
  }

  private takeRelation(change: EntryChange): undefined {
    const place = `${change.author}/${change.key}`;
    this.unlinkRelation(place);
    this.written.delete(place);
    const body = readRelation(change.value);
    if (body === undefined) return;
    this.written.set(place, { author: change.author, key: change.key, body, mark: change.mark });
    this.linkRelation(place);
  }

  /** A retracted relation stays written and links nothing. */
  private linkRelation(place: string): undefined {
    const relation = this.written.get(place) as Written<RelationBody> | undefined;
    if (relation === undefined || this.retractions.has(place)) return;
    this.aroundOf(relation.body.from).from.set(place, relation);
    this.aroundOf(relation.body.to).to.set(place, relation);
    this.touchRelation(relation.body);
  }

  private unlinkRelation(place: string): undefined {
    const relation = this.written.get(place) as Written<RelationBody> | undefined;
    if (relation === undefined) return;
    this.around.get(relation.body.from)?.from.delete(place);
    this.around.get(relation.body.to)?.to.delete(place);
    this.touchRelation(relation.body);
  }

  private touchRelation({ kind, from, to }: RelationBody): undefined {
    this.dirty.add(from);
    this.dirty.add(to);
    if (kind === 'contradicts') for (const id of this.conflicts.contradict(from, to)) this.dirty.add(id);
  }

  private takeAttestation(change: EntryChange): undefined {
    const place = `${change.author}/${change.key}`;
    const old = this.written.get(place) as Written<AttestationBody> | undefined;
    if (old !== undefined) {
      this.aroundOf(old.body.target).attestations.delete(change.author);
      this.touchClaim(old.body.target);
      this.written.delete(place);
    }
    const body = readAttestation(change.value);
    // The key names the target, so that one author has one voice for each entity.
    if (body === undefined || change.key !== `a/${body.target}`) return;
    const attestation = { author: change.author, key: change.key, body, mark: change.mark };
    this.written.set(place, attestation);
    this.aroundOf(body.target).attestations.set(change.author, attestation);
    this.touchClaim(body.target);
  }

  /** Its standing changed: so may that of whatever is in conflict with it. */
  private touchClaim(id: string): undefined {
    this.dirty.add(id);
    const node = this.nodes.get(id);
    if (node !== undefined) for (const other of this.conflicts.touch(id, node)) this.dirty.add(other);
  }

  private takeRetraction(change: EntryChange): undefined {
    const key = change.key.slice(2);
    const place = `${change.author}/${key}`;
    const body = readRetraction(change.value);
    const retraction =
      body === undefined ? undefined : { author: change.author, key, body, mark: change.mark };
    if (retraction === undefined) this.retractions.delete(place);
    else this.retractions.set(place, retraction);
    if (key.startsWith('r/')) {
      this.unlinkRelation(place);
      this.linkRelation(place);
    }
    if (!key.startsWith('e/')) return;
    const id = entityId(change.author, key);
    const node = this.nodes.get(id);
    this.dirty.add(id);
    if (node === undefined) return;
    node.retraction = retraction;
    for (const other of this.conflicts.touch(id, node)) this.dirty.add(other);
    for (const { body: relation } of this.around.get(id)?.from.values() ?? []) this.dirty.add(relation.to);
  }

  private aroundOf(id: string): Around {
    let around = this.around.get(id);
    if (around === undefined) {
      around = { attestations: new Map(), from: new Map(), to: new Map() };
      this.around.set(id, around);
    }
    return around;
  }

  /** Judge again what was touched. A status never depends on another entity's status except through a conflict. */
  private settle(before: Map<string, EntityStatus | undefined>): GraphChange[] {
    const touched = this.dirty;
    this.dirty = new Set();
    const changes: GraphChange[] = [];
    for (const id of touched) {
      const node = this.nodes.get(id);
      const old = before.has(id) ? before.get(id) : node?.status;
      if (node !== undefined) node.status = this.statusOf(id, node);
      if (old !== node?.status || before.has(id)) changes.push({ id, before: old, status: node?.status });
    }
    return changes.length > 1 ? changes.sort((a, b) => compareText(a.id, b.id)) : changes;
  }

  private statusOf(id: string, node: EntityNode): EntityStatus {
    if (node.retraction !== undefined) return 'retracted';
    const { type } = node.body;
    if (type === 'thread') return node.body.state ?? 'active';
    const around = this.around.get(id);
    const closing = closers[type];
    if (closing !== undefined)
      return around !== undefined && this.isClosed(around, closing) ? 'closed' : 'open';
    if (around === undefined && !this.conflicts.has(id)) {
      const isAlone = this.policyNow.quorum.min > 0 && this.components.facts?.hasCertificate === undefined;
      if (isAlone) return 'hypothesis';
    }
    const { outcome } = this.judge(id, node);
    return outcome === 'fact' && this.conflicts.isContested(id) ? 'contested' : outcome;
  }

  private isClosed(around: Around, kinds: readonly string[]): boolean {
    for (const { body } of around.to.values()) {
      const source = this.nodes.get(body.from);
      if (kinds.includes(body.kind) && source !== undefined && source.retraction === undefined) return true;
    }
    return false;
  }

  /** What the policy says of a claim, without regard to conflicts. */
  judge(id: string, node: EntityNode): Verdict {
    const around = this.around.get(id);
    const attestations = around === undefined ? [] : this.countable(node, around);
    return judgeClaim(this.policyNow, this.facts, { id, author: node.author }, attestations);
  }

  /** Attestations of the content as it is now, by author. */
  private countable(node: EntityNode, around: Around): CountedAttestation[] {
    const digest =
      this.components.digest === undefined ? undefined : contentDigest(node, this.components.digest);
    const list: CountedAttestation[] = [];
    for (const { author, body } of around.attestations.values()) {
      if (body.content !== undefined && digest !== undefined && body.content !== digest) continue;
      const { stance, confidence = 1, model, evidence = [] } = body;
      list.push({ author, stance, confidence, model, evidence });
    }
    return list.sort((a, b) => compareText(a.author, b.author));
  }

  /** An entity with its provenance, or `undefined`. */
  find(id: string): Found | undefined {
    const node = this.nodes.get(id);
    if (node === undefined) return undefined;
    const { support, dispute } = this.judge(id, node);
    const attestations = [...(this.around.get(id)?.attestations.values() ?? [])]
      .map(({ author, body, mark }) => ({ author, stance: body.stance, epoch: mark.epoch, seq: mark.seq }))
      .sort((a, b) => compareText(a.author, b.author));
    return {
      id,
      author: node.author,
      body: node.body,
      status: node.status,
      at: saidAt(node.body, node.mark),
      support,
      dispute,
      conflicts: this.conflicts.of(id),
      isAuthorForked: this.forked.has(node.author),
      provenance: node.mark,
      attestations,
      ...(node.retraction === undefined ? {} : { retraction: { reason: node.retraction.body.reason } }),
    };
  }

  /** Open and resolved conflicts, by id. */
  listConflicts(): Conflict[] {
    return this.conflicts.list();
  }

  /** Canonical text of the whole graph: equal views have equal texts. */
  viewText(): string {
    const lines = [...this.nodes.keys()].sort(compareText).map((id) => toCanonicalJson(this.find(id)));
    return [...lines, ...this.listConflicts().map((conflict) => toCanonicalJson(conflict))].join('\n');
  }
}

/** What an attestation binds itself to. */
export function contentDigest(node: { readonly body: object }, digest: (text: string) => string): string {
  return digest(toCanonicalJson(node.body));
}
