/**
 * What members of a space change together beside the graph: counters, registers, sets and leases as edits of each
 * author's own part, and documents as each author's own Yjs updates. The node keeps and passes on documents' bytes and
 * never parses them: a malformed update harms only the editor that opens it.
 */
import type { ClassicView, Edit, EntryChange } from '../../crdt/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { compareText, fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { EdgeMessageOf } from '../../protocol/messages.ts';

export type SharedKind = EdgeMessageOf<'amend'>['kind'];
export const sharedKinds = ['counter', 'register', 'set', 'last-writer-set', 'lease'] as const;

/** The edit of the author's own part. */
export function amendEdit(
  classic: ClassicView,
  author: Did,
  { kind, name, by, value, add, remove, durationMs }: EdgeMessageOf<'amend'>,
  nowMs: number,
): Checked<Edit> {
  switch (kind) {
    case 'counter':
      return by === undefined ? lacks('by') : accept(classic.count(author, name, by));
    case 'register':
      return value === undefined ? lacks('value') : accept(classic.assign(name, value as never));
    case 'set': {
      if (add === undefined && remove === undefined) return lacks('add');
      const edit = add === undefined ? classic.remove(author, name, remove!) : classic.add(author, name, add);
      return edit === undefined
        ? refuse('AMP-1707', "This author's part of the set is full.", 'add')
        : accept(edit);
    }
    case 'last-writer-set': {
      const element = add ?? remove;
      if (element === undefined) return lacks('add');
      return accept(classic.mark(author, name, element, add !== undefined, nowMs));
    }
    case 'lease':
      return durationMs === undefined
        ? lacks('durationMs')
        : leaseEdit(classic, author, name, durationMs, nowMs);
  }
}

function lacks(path: string): ReturnType<typeof refuse> {
  return refuse('AMP-1005', `The change lacks "${path}".`, path);
}

function leaseEdit(
  classic: ClassicView,
  author: Did,
  name: string,
  durationMs: number,
  nowMs: number,
): Checked<Edit> {
  const held = classic.lease(name, nowMs);
  const edit = classic.claimLease(author, name, durationMs, nowMs);
  if (edit === undefined) {
    const until = new Date(held!.expiresAt).toISOString();
    return refuse('AMP-1720', `${held!.holder} holds it until ${until}.`, 'name');
  }
  if (durationMs === 0 && held?.holder !== author)
    return refuse('AMP-1706', 'This agent does not hold the lease.', 'name');
  return accept(edit);
}

/** What it holds now: the elements of a set, or one value; none for a register or lease that nobody has. */
export function readShared(
  classic: ClassicView,
  kind: SharedKind,
  name: string,
  nowMs: number,
): readonly unknown[] {
  switch (kind) {
    case 'counter':
      return [classic.counter(name)];
    case 'register':
      return listOf(classic.register(name));
    case 'set':
      return classic.observedSet(name);
    case 'last-writer-set':
      return classic.lastWriterSet(name);
    case 'lease':
      return listOf(classic.lease(name, nowMs));
  }
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value];
}

/** One author's update of a document. */
export interface DocumentUpdate {
  readonly author: Did;
  readonly id: string;
  readonly update: Uint8Array;
}

/** An update as agents get it. */
export interface SaidUpdate {
  readonly author: Did;
  readonly id: string;
  /** Base64url. */
  readonly update: string;
}

export function sayUpdate({ author, id, update }: DocumentUpdate): SaidUpdate {
  return { author, id, update: toBase64Url(update) };
}

/** Of all updates of one document together. As `crdt/shared` bounds it for editors. */
const documentBytesMax = 16 * 1024 * 1024;
/** Bytes of updates in one page, before base64url. */
const pageBytesMax = 96 * 1024;

/** Documents of a space: all authors' updates by name. An author takes its own back by saying that another holds them. */
export class DocumentShelf {
  private readonly documents = new Map<string, Map<string, DocumentUpdate>>();
  private readonly bytes = new Map<string, number>();

  /** Take in what `view-changed` told. Answers with what is new, by document. */
  apply(changes: readonly EntryChange[]): ReadonlyMap<string, readonly DocumentUpdate[]> {
    const fresh = new Map<string, DocumentUpdate[]>();
    for (const { author, key, value } of changes) {
      const [kind, document, ...rest] = key.split('/');
      if (kind !== 'y' || document === undefined) continue;
      const name = `${author}/${rest.join('/')}`;
      const updates = this.documents.get(document) ?? new Map<string, DocumentUpdate>();
      this.documents.set(document, updates);
      this.weigh(document, -(updates.get(name)?.update.length ?? 0));
      updates.delete(name);
      if (!(value instanceof Uint8Array)) continue;
      const update = { author, id: rest.join('/'), update: value };
      updates.set(name, update);
      this.weigh(document, value.length);
      fresh.set(document, [...(fresh.get(document) ?? []), update]);
    }
    return fresh;
  }

  private weigh(document: string, by: number): undefined {
    this.bytes.set(document, (this.bytes.get(document) ?? 0) + by);
  }

  /** Updates after the one that `after` names, in the order of their names, as many as a page holds. */
  page(document: string, after: string): { items: readonly SaidUpdate[]; next: string | undefined } {
    const updates = this.documents.get(document) ?? new Map<string, DocumentUpdate>();
    const names = [...updates.keys()].filter((name) => name > after).sort(compareText);
    const items: SaidUpdate[] = [];
    let bytes = 0;
    for (const name of names) {
      const update = updates.get(name)!;
      bytes += update.update.length;
      if (items.length > 0 && bytes > pageBytesMax) break;
      items.push(sayUpdate(update));
    }
    return { items, next: items.length < names.length ? names[items.length - 1] : undefined };
  }

  list(): readonly { readonly document: string; readonly updates: number; readonly bytes: number }[] {
    return [...this.documents]
      .map(([document, updates]) => ({
        document,
        updates: updates.size,
        bytes: this.bytes.get(document) ?? 0,
      }))
      .sort((a, b) => compareText(a.document, b.document));
  }

  /** The edits that add an update and take back what it replaces, in one frame. */
  edits({ document, id, update, replaces }: EdgeMessageOf<'document'>): Checked<readonly Edit[]> {
    const bytes = fromBase64Url(update);
    if (bytes === undefined || bytes.length === 0)
      return refuse('AMP-1005', 'The update is no base64url of one byte or more.', 'update');
    if ((this.bytes.get(document) ?? 0) + bytes.length > documentBytesMax)
      return refuse('AMP-1707', `A document has at most ${documentBytesMax} bytes of updates.`, 'update');
    const gone = (replaces ?? []).filter((one) => one !== id);
    return accept([
      ...gone.map((one) => ({ key: documentKey(document, one), value: undefined })),
      { key: documentKey(document, id), value: bytes },
    ]);
  }
}

export function documentKey(document: string, id: string): string {
  return `y/${document}/${id}`;
}
