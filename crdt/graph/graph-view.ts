/**
 * The knowledge graph of a space: a deterministic view over all authors' entries. Statuses and conflicts are
 * functions of what is written now, never of the order in which it came, and only what a change touches is
 * judged again. The view never reads the clock.
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import { canClose, isClosed } from './closing.ts';
import { ConflictIndex } from './conflicts.ts';
import { ForkMarks, type Quotable } from './fork-marks.ts';
import {
  type Around,
  type Conflict,
  type EntityNode,
  type EntityStatus,
  entityId,
  type Found,
  type GraphChange,
  saidAt,
  type Written,
} from './graph-entity.ts';
import {
  type AttestationBody,
  type EntityBody,
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
import { type AgentOwner, type CertifiedClaim, WorldFacts } from './world-facts.ts';

export interface GraphComponents {
  /** Similarity of two texts, 0 to 1, the same on every node; without it opposite texts are not looked for. */
  readonly similarity?: (a: string, b: string) => number;
  /** Lower-case hexadecimal digest of a text; binds attestations to content. */
  readonly digest?: (text: string) => string;
}

interface Before {
  readonly status: EntityStatus;
  readonly text: string;
}

const claimTypes: ReadonlySet<string> = new Set(['fact', 'hypothesis', 'solution', 'intention', 'message']);
export class GraphView {
  readonly nodes = new Map<string, EntityNode>();
  readonly around = new Map<string, Around>();
  readonly conflicts: ConflictIndex;
  /** Entities of the types that stay few, so that lists of needs and gaps need no scan. */
  readonly listed = new Map<string, Set<string>>();
  private readonly written = new Map<string, Written<RelationBody> | Written<AttestationBody>>();
  private readonly retractions = new Map<string, Written<RetractionBody>>();
  private readonly world = new WorldFacts();
  private readonly forks: ForkMarks;
  private readonly components: GraphComponents;
  private policyNow: Policy;
  private dirty = new Set<string>();

  constructor(components: GraphComponents = {}, policy: Policy = defaultPolicy) {
    this.components = components;
    this.policyNow = policy;
    this.forks = new ForkMarks(this.world, (body) => this.digestOf(body));
    this.conflicts = new ConflictIndex(this, components.similarity);
  }

  get policy(): Policy {
    return this.policyNow;
  }

  get policyFacts(): PolicyFacts {
    return this.world;
  }

  isForked(author: Did): boolean {
    return this.forks.has(author);
  }

  /** Take in what `view-changed` told. Answers with what changed in the graph, each entity once, by id. */
  apply(changes: readonly EntryChange[]): GraphChange[] {
    const before = new Map<string, Before | undefined>();
    for (const change of changes) this.takeEntry(change, before);
    return this.settle(before);
  }

  /** Who runs agents: judges again whatever anybody attested or voted on. */
  learnOwners(owners: readonly AgentOwner[]): GraphChange[] {
    if (owners.filter((one) => this.world.learnOwner(one)).length === 0) return [];
    for (const id of this.around.keys()) this.touchClaim(id);
    for (const conflict of this.listConflicts()) for (const id of conflict.sides) this.dirty.add(id);
    return this.settle(new Map());
  }

  /** Decision certificates on claims: judges these again, and what is in conflict with them. */
  learnCertified(claims: readonly CertifiedClaim[]): GraphChange[] {
    for (const claim of claims) if (this.world.learnCertified(claim)) this.touchClaim(claim.entity);
    return this.settle(new Map());
  }

  /** What is being cut off although others rely on it, told once. */
  takeQuotable(): readonly Quotable[] {
    return this.forks.takeQuotable();
  }

  /** Another policy: judge everything again. */
  rejudge(policy: Policy = this.policyNow): GraphChange[] {
    this.policyNow = policy;
    this.conflicts.rebuild();
    for (const id of this.nodes.keys()) this.dirty.add(id);
    return this.settle(new Map());
  }

  /** The author forked an epoch: what it wrote before stays and is marked; see cut-off for what it wrote after. */
  markForked(author: Did): GraphChange[] {
    if (!this.forks.add(author)) return [];
    const isOwn = (id: string) => id.startsWith(`${author}/`);
    for (const ids of [this.around.keys(), this.forks.quoted(), this.world.certifiedEntities()])
      for (const id of ids) if (isOwn(id)) this.dirty.add(id);
    return this.settle(new Map());
  }

  private takeEntry(change: EntryChange, before: Map<string, Before | undefined>): undefined {
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
      case 'q/':
        for (const id of this.forks.takeQuote(change)) this.dirty.add(id);
        return;
      default:
        return;
    }
  }

  private takeEntity(change: EntryChange, before: Map<string, Before | undefined>): undefined {
    const id = entityId(change.author, change.key);
    const old = this.nodes.get(id);
    if (!before.has(id)) before.set(id, old && { status: old.status, text: old.body.text });
    if (old !== undefined) {
      this.listed.get(old.body.type)?.delete(id);
      if (old.cutOff === undefined) for (const other of this.conflicts.remove(id, old)) this.dirty.add(other);
    }
    this.dirty.add(id);
    const body = readEntity(change.value);
    if (old !== undefined && old.cutOff === undefined && this.forks.has(change.author))
      this.forks.offer(id, old.body, body, this.around.get(id));
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

  private digestOf(body: EntityBody): string {
    const { digest } = this.components;
    return digest === undefined ? '' : contentDigest({ body }, digest);
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
  private settle(before: Map<string, Before | undefined>): GraphChange[] {
    const touched = this.dirty;
    this.dirty = new Set();
    const changes: GraphChange[] = [];
    for (const id of touched) {
      const known = this.nodes.get(id);
      const isWritten = before.has(id);
      const old = isWritten ? before.get(id)?.status : known?.status;
      const oldText = isWritten ? before.get(id)?.text : known?.body.text;
      const node = known === undefined || known.cutOff !== undefined ? this.settleCutOff(id, known) : known;
      if (node !== undefined && node.cutOff === undefined) node.status = this.statusOf(id, node);
      const isRewritten = oldText !== undefined && node !== undefined && oldText !== node.body.text;
      if (!isWritten && !isRewritten && old === node?.status) continue;
      const change = { id, before: old, status: node?.status };
      changes.push(isRewritten ? { ...change, isRewritten } : change);
    }
    return changes.length > 1 ? changes.sort((a, b) => compareText(a.id, b.id)) : changes;
  }

  /** Whether something must stand where a forked author's entity was cut off. */
  private settleCutOff(id: string, known: EntityNode | undefined): EntityNode | undefined {
    const made = this.forks.makeCutOff(id, this.around.get(id));
    if (known === undefined && made === undefined) return undefined;
    if (known !== undefined) this.listed.get(known.body.type)?.delete(id);
    if (made === undefined) {
      this.nodes.delete(id);
      return undefined;
    }
    this.nodes.set(id, made);
    if (!claimTypes.has(made.body.type)) this.list(made.body.type).add(id);
    return made;
  }

  private statusOf(id: string, node: EntityNode): EntityStatus {
    if (node.retraction !== undefined) return 'retracted';
    const { type } = node.body;
    if (type === 'thread') return node.body.state ?? 'active';
    const around = this.around.get(id);
    if (canClose(type)) return isClosed(type, around, this.nodes) ? 'closed' : 'open';
    if (around === undefined && !this.conflicts.has(id)) {
      if (this.policyNow.quorum.min > 0 && !this.world.isCertified(id)) return 'hypothesis';
    }
    const { outcome } = this.judge(id, node);
    return outcome === 'fact' && this.conflicts.isContested(id) ? 'contested' : outcome;
  }

  /** What the policy says of a claim, without regard to conflicts. */
  judge(id: string, node: EntityNode): Verdict {
    const around = this.around.get(id);
    const attestations = around === undefined ? [] : this.countable(node, around);
    const content = this.world.isCertified(id) ? this.contentOf(node) : undefined;
    return judgeClaim(this.policyNow, this.world, { id, author: node.author, content }, attestations);
  }

  private contentOf(node: EntityNode): string | undefined {
    return this.components.digest === undefined ? undefined : this.digestOf(node.body);
  }

  /** Attestations of the content as it is now, by author. */
  private countable(node: EntityNode, around: Around): CountedAttestation[] {
    const digest = this.contentOf(node);
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
    const certificate = this.world.isCertified(id)
      ? this.world.certificateOf(id, this.contentOf(node))
      : undefined;
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
      conflicts: node.cutOff === undefined ? this.conflicts.of(id) : [],
      isAuthorForked: this.forks.has(node.author),
      provenance: node.mark,
      attestations,
      ...(node.retraction === undefined ? {} : { retraction: { reason: node.retraction.body.reason } }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(node.cutOff === undefined ? {} : { cutOff: node.cutOff }),
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
