/**
 * What the policy of a space must know of the world beyond the space's own frames: who runs which agent, and
 * which claims a decision certificate stands for. The runtime tells both by inputs, taken from signed records it
 * has verified; here they are only remembered, so the view stays a pure function of what was told.
 */
import type { Did } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { PolicyFacts } from './policy.ts';

/** Who runs an agent. Told again, the later word counts: the runtime's records say which is newer. */
export interface AgentOwner {
  readonly agent: Did;
  /** A DID, or whatever name the mesh knows owners by. */
  readonly owner: string;
}

/** A verified certificate says: this claim, with exactly this content, was agreed upon. Never taken back. */
export interface CertifiedClaim {
  readonly entity: string;
  /** `contentDigest` of the claim as it was decided on: a later change of the claim does not inherit it. */
  readonly content: string;
  /** Names the certificate, so that an answer can say what a fact rests on. Lower-case hexadecimal SHA-256. */
  readonly certificate: string;
}

/** What a ballot on a claim votes on: the value whose certificate makes the claim a fact. */
export interface ClaimDecision {
  readonly decide: 'claim';
  readonly space: string;
  readonly entity: string;
  readonly content: string;
}

/** The value to put to the vote so that its certificate names the claim as it stands now. */
export function claimDecision(space: string, entity: string, content: string): ClaimDecision {
  return { decide: 'claim', space, entity, content };
}

/** Read a decided value. `AMP-1705` for one that decides on no claim. */
export function readClaimDecision(value: unknown): Checked<ClaimDecision> {
  const fields = value as Partial<ClaimDecision> | null;
  const isWhole =
    typeof fields === 'object' &&
    fields !== null &&
    Object.keys(fields).length === 4 &&
    fields.decide === 'claim' &&
    isText(fields.space, 64) &&
    isText(fields.entity, 384) &&
    isText(fields.content, 64);
  return isWhole ? accept(fields as ClaimDecision) : refuse('AMP-1705', 'The value decides on no claim.');
}

function isText(value: unknown, lengthMax: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax;
}

export class WorldFacts implements PolicyFacts {
  private readonly owners = new Map<Did, string>();
  /** By entity, then content. */
  private readonly certificates = new Map<string, Map<string, string>>();

  ownerOf(author: Did): string {
    return this.owners.get(author) ?? author;
  }

  hasCertificate(entity: string, content: string | undefined): boolean {
    return this.certificateOf(entity, content) !== undefined;
  }

  /** The certificate of an entity with this content; with any content where none can be computed. */
  certificateOf(entity: string, content: string | undefined): string | undefined {
    const known = this.certificates.get(entity);
    if (known === undefined) return undefined;
    return content === undefined ? [...known.values()].sort()[0] : known.get(content);
  }

  isCertified(entity: string): boolean {
    return this.certificates.has(entity);
  }

  /** Every content of an entity that is certified, with its certificate. */
  contentsOf(entity: string): ReadonlyMap<string, string> {
    return this.certificates.get(entity) ?? none;
  }

  certifiedEntities(): Iterable<string> {
    return this.certificates.keys();
  }

  /** Whether anything is new. */
  learnOwner({ agent, owner }: AgentOwner): boolean {
    if (this.ownerOf(agent) === owner) return false;
    this.owners.set(agent, owner);
    return true;
  }

  /** Whether it is new. Of two certificates for one content the lower name counts, whichever came first. */
  learnCertified({ entity, content, certificate }: CertifiedClaim): boolean {
    const contents = this.certificates.get(entity) ?? new Map<string, string>();
    const known = contents.get(content);
    if (known !== undefined && known <= certificate) return false;
    this.certificates.set(entity, contents.set(content, certificate));
    return true;
  }
}

const none: ReadonlyMap<string, string> = new Map();
