/**
 * The entries of a knowledge graph, as authors write them in their own maps, and the check of their form. A
 * malformed entry is shown to nobody and harms nobody: the view leaves it out.
 *
 * Keys: `e/<id>` an entity, `r/<id>` a relation, `a/<entity>` the author's attestation of an entity, `x/<key>` the
 * author's retraction of its own entry, `v/<conflict>` the author's vote how to resolve a conflict, `q/<entity>` the author's
 * copy of an entity that it attested and whose own author forked.
 */
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { EntryJson, EntryValue } from '../frames/entry-value.ts';
import type { Edit } from '../frames/update-writer.ts';

export const entityTypes = [
  'fact',
  'hypothesis',
  'question',
  'goal',
  'requirement',
  'need',
  'solution',
  'gap',
  'thread',
  'message',
  'intention',
] as const;
/** What an author may write. `conflict` is derived, never written. A written `fact` enters as a hypothesis. */
export type EntityType = (typeof entityTypes)[number];

export const relationKinds = [
  'supports',
  'contradicts',
  'refines',
  'depends-on',
  'part-of',
  'answers',
  'meets',
  'fills',
  'solves',
  'requires',
  'derived-from',
  'supersedes',
  'replies-to',
  'about',
] as const;
export type RelationKind = (typeof relationKinds)[number];

export const stances = ['support', 'dispute', 'abstain'] as const;
export type Stance = (typeof stances)[number];

export interface EntityBody {
  readonly type: EntityType;
  readonly text: string;
  readonly subject?: string;
  readonly predicate?: string;
  readonly value?: EntryJson;
  /** Of the author, 0 to 1. */
  readonly confidence?: number;
  /** Whether the text is asserted or denied: two near-equal texts with different ones are a conflict. */
  readonly polarity?: 'for' | 'against';
  /** Which model wrote it. */
  readonly model?: string;
  readonly evidence?: readonly string[];
  readonly tags?: readonly string[];
  /** Of a need: the capability asked for, in words. */
  readonly capability?: string;
  /** Of a message: its thread. Of a thread: `status` below. */
  readonly thread?: string;
  readonly participants?: readonly string[];
  /** Of a thread. */
  readonly state?: 'active' | 'waiting' | 'settled';
  /** When it was first said, ms; counts as at most the frame's time. Kept when an epoch is compacted. */
  readonly at?: number;
}

export interface RelationBody {
  readonly kind: RelationKind;
  /** Ids of entities. */
  readonly from: string;
  readonly to: string;
  readonly at?: number;
}

export interface AttestationBody {
  /** Id of the entity. */
  readonly target: string;
  readonly stance: Stance;
  readonly confidence?: number;
  readonly evidence?: readonly string[];
  readonly model?: string;
  /** Digest of the content attested: a later change of the entity does not inherit it. See `contentDigest`. */
  readonly content?: string;
  readonly at?: number;
}

export interface RetractionBody {
  readonly reason?: string;
  readonly at?: number;
}

export interface ResolutionBody {
  /** Id of the conflict. */
  readonly conflict: string;
  /** Id of the entity to keep. */
  readonly keep: string;
  readonly reason?: string;
  readonly at?: number;
}

/** A claim of another author, repeated. */
export interface QuoteBody {
  /** Id of the entity. */
  readonly target: string;
  readonly body: EntityBody;
}

const texts = {
  text: 8_192,
  subject: 256,
  predicate: 128,
  capability: 1_024,
  thread: 384,
  model: 128,
} as const;
const idLengthMax = 384;
const listMax = 32;

type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, when it is one. */
function fieldsOf(value: EntryValue | undefined): Fields | undefined {
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isObject ? (value as Fields) : undefined;
}

const entityTypeSet: ReadonlySet<unknown> = new Set(entityTypes);
const relationKindSet: ReadonlySet<unknown> = new Set(relationKinds);
const stanceSet: ReadonlySet<unknown> = new Set(stances);

/** The path of what is wrong, or `undefined`. Unknown fields are kept: they harm nobody. */
function findWrongEntityField(body: Fields): string | undefined {
  if (!entityTypeSet.has(body.type)) return 'type';
  if (!isText(body.text, texts.text)) return 'text';
  if (!isTextOrNone(body.subject, texts.subject)) return 'subject';
  if (!isTextOrNone(body.predicate, texts.predicate)) return 'predicate';
  if (!isShareOrNone(body.confidence)) return 'confidence';
  if (body.polarity !== undefined && body.polarity !== 'for' && body.polarity !== 'against')
    return 'polarity';
  if (!isTextOrNone(body.capability, texts.capability)) return 'capability';
  if (!isTextOrNone(body.thread, texts.thread)) return 'thread';
  if (!isTextOrNone(body.model, texts.model)) return 'model';
  if (!isListOrNone(body.evidence)) return 'evidence';
  if (!isListOrNone(body.tags)) return 'tags';
  if (!isListOrNone(body.participants)) return 'participants';
  if (body.state !== undefined && !/^(active|waiting|settled)$/.test(String(body.state))) return 'state';
  return isTimeOrNone(body.at) ? undefined : 'at';
}

export function readEntity(value: EntryValue | undefined): EntityBody | undefined {
  const body = fieldsOf(value);
  return body !== undefined && findWrongEntityField(body) === undefined
    ? (body as unknown as EntityBody)
    : undefined;
}

export function readRelation(value: EntryValue | undefined): RelationBody | undefined {
  const body = fieldsOf(value);
  const isWhole =
    body !== undefined &&
    relationKindSet.has(body.kind) &&
    isText(body.from, idLengthMax) &&
    isText(body.to, idLengthMax) &&
    isTimeOrNone(body.at);
  return isWhole ? (body as unknown as RelationBody) : undefined;
}

export function readAttestation(value: EntryValue | undefined): AttestationBody | undefined {
  const body = fieldsOf(value);
  const isWhole =
    body !== undefined &&
    isText(body.target, idLengthMax) &&
    stanceSet.has(body.stance) &&
    isShareOrNone(body.confidence) &&
    isListOrNone(body.evidence) &&
    isTextOrNone(body.model, texts.model) &&
    isTextOrNone(body.content, 64) &&
    isTimeOrNone(body.at);
  return isWhole ? (body as unknown as AttestationBody) : undefined;
}

export function readRetraction(value: EntryValue | undefined): RetractionBody | undefined {
  const body = fieldsOf(value);
  const isWhole = body !== undefined && isTextOrNone(body.reason, 1_024) && isTimeOrNone(body.at);
  return isWhole ? (body as RetractionBody) : undefined;
}

export function readResolution(value: EntryValue | undefined): ResolutionBody | undefined {
  const body = fieldsOf(value);
  const isWhole =
    body !== undefined &&
    isText(body.conflict, 1_024) &&
    isText(body.keep, idLengthMax) &&
    isTextOrNone(body.reason, 1_024) &&
    isTimeOrNone(body.at);
  return isWhole ? (body as unknown as ResolutionBody) : undefined;
}

export function readQuote(value: EntryValue | undefined): QuoteBody | undefined {
  const quote = fieldsOf(value);
  const isWhole =
    quote !== undefined &&
    isText(quote.target, idLengthMax) &&
    readEntity(quote.body as EntryValue | undefined) !== undefined;
  return isWhole ? (quote as unknown as QuoteBody) : undefined;
}

function isText(value: unknown, lengthMax: number): boolean {
  return typeof value === 'string' && value.length <= lengthMax;
}

function isTextOrNone(value: unknown, lengthMax: number): boolean {
  return value === undefined || isText(value, lengthMax);
}

function isShareOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0 && value <= 1);
}

function isTimeOrNone(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
}

function isListOrNone(value: unknown): boolean {
  if (value === undefined) return true;
  return Array.isArray(value) && value.length <= listMax && value.every((item) => isText(item, idLengthMax));
}

/** An entity to write under `id`, unique among the author's own. */
export function claimEdit(id: string, body: unknown): Checked<Edit> {
  const fields = fieldsOf(body as EntryValue);
  if (fields === undefined) return refuse('AMP-1705', 'A claim is an object.');
  const wrong = findWrongEntityField(fields);
  if (wrong !== undefined) return refuse('AMP-1705', `The claim's ${wrong} has a wrong form.`, wrong);
  return keyed(`e/${id}`, body as EntryValue);
}

export function relateEdit(id: string, body: unknown): Checked<Edit> {
  const isWhole = readRelation(body as EntryValue) !== undefined;
  return isWhole
    ? keyed(`r/${id}`, body as EntryValue)
    : refuse('AMP-1705', 'The relation has a wrong form.');
}

/** One attestation of each author for each entity: a later one replaces it. */
export function attestEdit(body: unknown): Checked<Edit> {
  const read = readAttestation(body as EntryValue);
  return read === undefined
    ? refuse('AMP-1705', 'The attestation has a wrong form.')
    : keyed(attestationKey(read.target), body as EntryValue);
}

/** Keep what another author said, in one's own name: its author forked, and one's attestation rests on it. */
export function quoteEdit(target: string, body: EntityBody): Checked<Edit> {
  return keyed(`q/${target}`, { target, body: { ...body } } as unknown as EntryValue);
}

/** `key`: of the author's own entry. */
export function retractEdit(key: string, body: RetractionBody): Checked<Edit> {
  return keyed(`x/${key}`, { ...body } as EntryValue);
}

export function resolveEdit(body: unknown): Checked<Edit> {
  const read = readResolution(body as EntryValue);
  return read === undefined
    ? refuse('AMP-1705', 'The resolution has a wrong form.')
    : keyed(`v/${shorten(read.conflict)}`, body as EntryValue);
}

function attestationKey(target: string): string {
  return `a/${target}`;
}

/** Long conflict ids still fit a key; the entry itself names the whole. */
function shorten(id: string): string {
  if (id.length <= 200) return id;
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (Math.imul(sum, 31) + id.charCodeAt(i)) >>> 0;
  return `${id.slice(0, 180)}~${sum.toString(16)}`;
}

function keyed(key: string, value: EntryValue): Checked<Edit> {
  return key.length <= 256
    ? accept({ key, value })
    : refuse('AMP-1705', 'The id is longer than 256 characters.', 'id');
}
