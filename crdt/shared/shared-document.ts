/**
 * A document that several members write at once: text, maps and lists of one Yjs document, for a coalition whose
 * members trust each other. Nothing here is protected against a member: what must be goes into the graph. Any
 * Yjs editor binds to `doc`. Updates travel in signed records of the members; the runtime checks who sent them.
 */
import * as Y from 'yjs';

/** Of one update, and of the whole document. */
export const sharedUpdateBytesMax = 32 * 1024;
export const sharedDocumentBytesMax = 16 * 1024 * 1024;

/** Marks updates that came from others, so that they are not sent back. */
const remote = Symbol('remote');

export interface SharedDocument {
  readonly doc: Y.Doc;
  /** Take a member's update in; false when it is too large or damaged (the document may then need a `sync`). */
  receive(update: Uint8Array): boolean;
  /** What a member with this state vector lacks. */
  sync(stateVector: Uint8Array): Uint8Array;
  stateVector(): Uint8Array;
  close(): void;
}

/** `clientId`: 32 bits of the shell's generator. `onUpdate` hears each local change. */
export function openShared(
  clientId: number,
  onUpdate: (update: Uint8Array) => void,
  stored?: Uint8Array,
): SharedDocument {
  const doc = new Y.Doc();
  if (stored !== undefined) Y.applyUpdate(doc, stored, remote);
  doc.clientID = clientId;
  let bytes = stored?.length ?? 0;
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    bytes += update.length;
    if (origin !== remote) onUpdate(update);
  });
  return {
    doc,
    receive: (update) => {
      if (update.length > sharedUpdateBytesMax || bytes + update.length > sharedDocumentBytesMax)
        return false;
      try {
        Y.applyUpdate(doc, update, remote);
        return true;
      } catch {
        // A member's damaged update: Yjs has taken in what stood before the damage, a sync brings the rest.
        return false;
      }
    },
    sync: (stateVector) => Y.encodeStateAsUpdate(doc, stateVector),
    stateVector: () => Y.encodeStateVector(doc),
    close: () => doc.destroy(),
  };
}
