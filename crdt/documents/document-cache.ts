/**
 * Yjs documents of authors, opened on demand from frames that passed the grammar and closed again, least
 * recently used first. The live view does not need them; editors, exports and audits do.
 *
 * Rules G8 and G9: one frame is one `applyUpdate`, in the order of the chain, never inside another
 * transaction; afterwards nothing may be pending and the clock must be where the grammar said.
 */
import * as Y from 'yjs';
import { Refused } from '../frames/byte-reader.ts';
import { clientOfEpoch } from '../frames/frame.ts';
import { type FrameMark, GrammarIndex } from '../frames/grammar-index.ts';
import { parseUpdate, rootName } from '../frames/update-parser.ts';

const mark: FrameMark = { epoch: '', seq: 0, at: 0, members: '' };

export interface AuthorDocument {
  readonly doc: Y.Doc;
  /** The author's entries, by key. */
  readonly entries: Y.Map<unknown>;
  /** How much was applied, bytes. */
  readonly bytes: number;
}

/**
 * Open the document of an epoch from its updates, each judged again.
 * Answers with a refusal when one is outside the grammar, or when Yjs ends elsewhere than the grammar said.
 */
export function openDocument(epoch: string, updates: Iterable<Uint8Array>): AuthorDocument | Refused {
  const client = clientOfEpoch(epoch);
  const index = new GrammarIndex(client);
  const doc = new Y.Doc();
  // Never the author's own: Yjs would draw a random one when it meets its own in an update.
  doc.clientID = client === 0 ? 1 : client - 1;
  const entries = doc.getMap(rootName);
  let bytes = 0;
  for (const update of updates) {
    const parsed = parseUpdate(update);
    const checked = parsed instanceof Refused ? parsed : index.check(parsed);
    if (checked instanceof Refused) return checked;
    index.apply(checked, mark);
    Y.applyUpdate(doc, update);
    bytes += update.length;
    if (!isAsPredicted(doc, client, index.endClock)) return new Refused('clock');
  }
  return { doc, entries, bytes };
}

function isAsPredicted(doc: Y.Doc, client: number, endClock: number): boolean {
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs === null && pendingDs === null && Y.getState(doc.store, client) === endClock;
}

export class DocumentCache {
  private readonly bytesMax: number;
  private readonly open = new Map<string, AuthorDocument>();
  private bytes = 0;

  /** `bytesMax`: applied bytes of all open documents. Default 16 MiB; Yjs takes about four times as much memory. */
  constructor(bytesMax = 16 * 1024 * 1024) {
    this.bytesMax = bytesMax;
  }

  /** The document of a chain at a head. `read` gives the updates, in order, when it is not open. */
  get(epoch: string, head: string, read: () => Iterable<Uint8Array>): AuthorDocument | Refused {
    const key = `${epoch}/${head}`;
    const known = this.open.get(key);
    if (known !== undefined) {
      this.open.delete(key);
      this.open.set(key, known);
      return known;
    }
    const opened = openDocument(epoch, read());
    if (opened instanceof Refused) return opened;
    this.open.set(key, opened);
    this.bytes += opened.bytes;
    for (const [oldest, document] of this.open) {
      if (this.bytes <= this.bytesMax || oldest === key) break;
      this.close(oldest, document);
    }
    return opened;
  }

  get openCount(): number {
    return this.open.size;
  }

  closeAll(): void {
    for (const [key, document] of [...this.open]) this.close(key, document);
  }

  private close(key: string, document: AuthorDocument): void {
    this.open.delete(key);
    this.bytes -= document.bytes;
    document.doc.destroy();
  }
}
