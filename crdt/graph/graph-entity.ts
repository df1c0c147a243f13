/** What the view knows of one entity, and what it answers with. */
import type { Did } from '../../protocol/brand.ts';
import type { FrameMark } from '../frames/grammar-index.ts';
import type { CutOff } from './cut-off.ts';
import type {
  AttestationBody,
  EntityBody,
  RelationBody,
  ResolutionBody,
  RetractionBody,
} from './graph-entry.ts';

export type EntityStatus =
  | 'hypothesis'
  | 'fact'
  | 'disputed'
  | 'contested'
  | 'retracted'
  /** Its author's fork cut it off, and others rely on it. */
  | 'author-forked'
  /** Of questions, needs, goals, requirements and gaps. */
  | 'open'
  | 'closed'
  /** Of threads. */
  | 'active'
  | 'waiting'
  | 'settled';

export interface Written<Body> {
  readonly author: Did;
  readonly key: string;
  readonly body: Body;
  readonly mark: FrameMark;
}

export interface EntityNode extends Written<EntityBody> {
  status: EntityStatus;
  retraction: Written<RetractionBody> | undefined;
  /** Only of status `author-forked`. */
  readonly cutOff?: CutOff;
}

/** What others say about an entity: kept by id, since it may come before the entity itself. */
export interface Around {
  readonly attestations: Map<Did, Written<AttestationBody>>;
  readonly from: Map<string, Written<RelationBody>>;
  readonly to: Map<string, Written<RelationBody>>;
}

export interface Conflict {
  /** Derived from what conflicts, so it is the same everywhere. */
  readonly id: string;
  readonly kind: 'exclusive-values' | 'contradicts' | 'opposite';
  /** Ids of the entities, sorted. All stay listed, retracted ones too. */
  readonly sides: readonly string[];
  readonly status: 'open' | 'resolved';
  readonly resolution:
    | { readonly by: 'retraction' }
    | { readonly by: 'vote'; readonly keep: string; readonly voters: readonly Did[] }
    | undefined;
}

/** An entity as queries answer with it. */
export interface Found {
  readonly id: string;
  readonly author: Did;
  readonly body: EntityBody;
  readonly status: EntityStatus;
  /** When it was first said: the author's word, at most the frame's time. */
  readonly at: number;
  readonly support: number;
  readonly dispute: number;
  readonly conflicts: readonly string[];
  readonly isAuthorForked: boolean;
  readonly provenance: FrameMark;
  readonly attestations: readonly {
    readonly author: Did;
    readonly stance: string;
    readonly epoch: string;
    readonly seq: number;
  }[];
  readonly retraction?: { readonly reason: string | undefined };
  /** The certificate that makes it a fact. */
  readonly certificate?: string;
  /** What a fork of its author cut off. */
  readonly cutOff?: CutOff;
}

/** An entity whose content or status changed; `status` undefined when it is gone. */
export interface GraphChange {
  readonly id: string;
  readonly before: EntityStatus | undefined;
  readonly status: EntityStatus | undefined;
  /** Its text is another one than before. */
  readonly isRewritten?: true;
}

export type Resolution = Written<ResolutionBody>;

export function entityId(author: Did, key: string): string {
  return `${author}/${key.slice(2)}`;
}

/** Neither taken back by its author nor cut off by its author's fork. */
export function isStanding(node: EntityNode): boolean {
  return node.retraction === undefined && node.cutOff === undefined;
}

/** When an entry was first said: never later than its frame. */
export function saidAt(body: { readonly at?: number }, mark: FrameMark): number {
  return Math.min(body.at ?? mark.at, mark.at);
}
