/**
 * The policy of a space: when a claim counts as a fact. Small, declarative, and a pure function of the entries,
 * so that every replica comes to the same answer.
 */
import type { Did } from '../../protocol/brand.ts';
import type { Stance } from './graph-entry.ts';

export interface Policy {
  /** Independent supporters needed, or the sum of their weights. */
  readonly quorum: { readonly by: 'count' | 'weight'; readonly min: number };
  /** Weight of an attester under `by: 'weight'`. Default 1. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Attesters that share one of these count once together. */
  readonly independence?: {
    readonly owner?: boolean;
    readonly model?: boolean;
    readonly evidence?: boolean;
  };
  /** `required`: only a certificate makes a fact. `sufficient`: one does, and so does the quorum. Default `ignored`. */
  readonly certificate?: 'required' | 'sufficient' | 'ignored';
  /** A claim is disputed when disputes have at least this share of support and dispute together. Default 0.5. */
  readonly disputeShare?: number;
  /** Confidence below this does not count. Default 0. */
  readonly confidenceMin?: number;
  /** Predicates of which one subject may have several values. All others are exclusive. */
  readonly multiValued?: readonly string[];
  /** Similarity above which two texts of opposite polarity are a conflict. Default 0.85. */
  readonly oppositeSimilarity?: number;
}

/** Judgement: two independent supporters of different owners and models. */
export const defaultPolicy: Policy = {
  quorum: { by: 'count', min: 2 },
  independence: { owner: true, model: true, evidence: false },
  certificate: 'sufficient',
};

export interface CountedAttestation {
  readonly author: Did;
  readonly stance: Stance;
  readonly confidence: number;
  readonly model: string | undefined;
  readonly evidence: readonly string[];
}

/** What the policy must know of the world; pure functions of records. */
export interface PolicyFacts {
  /** Who runs this agent; itself when nobody said. */
  ownerOf(author: Did): string;
  /** Does a certificate for this entity with this content exist here? `undefined`: its content is not computed. */
  hasCertificate(entity: string, content: string | undefined): boolean;
}

export interface Verdict {
  readonly outcome: 'hypothesis' | 'fact' | 'disputed';
  /** Weight of independent groups. */
  readonly support: number;
  readonly dispute: number;
  readonly isCertified: boolean;
}

/** Judge a claim. `claimant`'s own attestation never counts, nor one of its owner under owner independence. */
export function judgeClaim(
  policy: Policy,
  facts: PolicyFacts,
  claim: { readonly id: string; readonly author: Did; readonly content?: string | undefined },
  attestations: readonly CountedAttestation[],
): Verdict {
  const isCertified =
    policy.certificate !== 'ignored' &&
    policy.certificate !== undefined &&
    facts.hasCertificate(claim.id, claim.content);
  const counted = attestations.filter((one) => counts(policy, facts, claim.author, one));
  const support = weigh(
    policy,
    facts,
    counted.filter((one) => one.stance === 'support'),
  );
  const dispute = weigh(
    policy,
    facts,
    counted.filter((one) => one.stance === 'dispute'),
  );
  const isDisputed = dispute > 0 && dispute / (support + dispute) >= (policy.disputeShare ?? 0.5);
  const hasQuorum = support >= policy.quorum.min && policy.certificate !== 'required';
  const outcome = isCertified ? 'fact' : isDisputed ? 'disputed' : hasQuorum ? 'fact' : 'hypothesis';
  return { outcome, support, dispute, isCertified };
}

function counts(policy: Policy, facts: PolicyFacts, claimant: Did, one: CountedAttestation): boolean {
  if (one.author === claimant || one.confidence < (policy.confidenceMin ?? 0)) return false;
  return policy.independence?.owner !== true || facts.ownerOf(one.author) !== facts.ownerOf(claimant);
}

/**
 * The weight of independent groups: attestations that share an owner, a model or a piece of evidence, directly
 * or through others, are one group and count as its heaviest.
 */
export function weigh(
  policy: Policy,
  facts: PolicyFacts,
  attestations: readonly CountedAttestation[],
): number {
  if (attestations.length === 0) return 0;
  const { owner, model, evidence } = policy.independence ?? {};
  const groupOf = attestations.map((_, i) => i);
  const find = (i: number): number => (groupOf[i] === i ? i : find(groupOf[i]!));
  const seen = new Map<string, number>();
  const link = (mark: string, i: number) => {
    const other = seen.get(mark);
    if (other === undefined) seen.set(mark, i);
    else groupOf[find(i)] = find(other);
  };
  attestations.forEach((one, i) => {
    if (owner) link(`o:${facts.ownerOf(one.author)}`, i);
    if (model && one.model !== undefined) link(`m:${one.model}`, i);
    if (evidence) for (const piece of one.evidence) link(`e:${piece}`, i);
  });
  const heaviest = new Map<number, number>();
  attestations.forEach((one, i) => {
    const weight = policy.quorum.by === 'count' ? 1 : (policy.weights?.[one.author] ?? 1);
    heaviest.set(find(i), Math.max(heaviest.get(find(i)) ?? 0, weight));
  });
  return [...heaviest.values()].reduce((sum, weight) => sum + weight, 0);
}
