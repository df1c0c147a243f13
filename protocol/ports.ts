/**
 * The ports: all that a mesh peer knows of the outside. `node/adapters/` implements them on the real world,
 * `sim/` on a virtual one, and one contract suite per port (`test/contracts/`) runs over both.
 *
 * Network and embedding ports never return promises: they answer later by an input. Store and keys are
 * synchronous and belong to the runtime alone. So a simulated step is a plain function call.
 */
import type { Did, NodeId } from './brand.ts';

/** Wall time that never goes backward, and one-shot timers. */
export interface Clock {
  /** Integer Unix ms. */
  nowMs(): number;
  /** Call back once at or after `dueAtMs`; the answer cancels it. */
  setTimer(dueAtMs: number, callback: () => void): () => void;
  /** Call back once after the inputs of this loop turn have been taken in. */
  defer(callback: () => void): void;
}

/** A seeded or a secure generator: the shell decides. */
export interface Rng {
  /** A uniform integer in [0, 2^32). */
  uint32(): number;
  /** `count` uniform bytes. */
  bytes(count: number): Uint8Array;
}

/** Signing keys and signature checks. `Did`s name keys; private halves never leave the port. */
export interface Keys {
  /** Make a key pair, keep it durably, answer with its DID. */
  create(): Did;
  /** Whether the private half of `did` is here. */
  has(did: Did): boolean;
  /**
   * Sign with a key that is here. The answer is 64 bytes.
   * @throws AmpError AMP-1102 when the key is not here.
   */
  sign(did: Did, bytes: Uint8Array): Uint8Array;
  /** Check a signature; false for a wrong one, a malformed DID or malformed bytes. Never throws. */
  verify(did: Did, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** SHA-256, 32 bytes. */
  hash(bytes: Uint8Array): Uint8Array;
}

/** One change to a store: `null` deletes. */
export interface Write {
  readonly bucket: string;
  readonly key: string;
  readonly value: StoreValue | null;
}

export type StoreValue = string | Uint8Array;

export interface StoredRow {
  readonly key: string;
  readonly value: StoreValue;
}

/** A small durable key-value store with ordered keys (by UTF-8 bytes) in named buckets. */
export interface Store {
  get(bucket: string, key: string): StoreValue | undefined;
  /** Rows with `fromKey <= key < toKey`, in key order, at most `limit`. Empty strings mean no bound. */
  scan(bucket: string, fromKey: string, toKey: string, limit: number): readonly StoredRow[];
  /**
   * Apply all writes or none. When this returns they survive a crash and a power cut.
   * @throws AmpError AMP-1301 when the disk refuses: the peer must then stop signing and acknowledging.
   */
  commit(writes: readonly Write[]): void;
  close(): void;
}

/** What a transport tells the runtime. */
export type TransportEvent =
  | { readonly type: 'peer-up'; readonly node: NodeId }
  | { readonly type: 'peer-down'; readonly node: NodeId }
  /** A direct message. `from` is authenticated by the transport. */
  | { readonly type: 'direct'; readonly from: NodeId; readonly bytes: Uint8Array }
  /** A published message. Answer exactly once, within 100 ms, whether it may travel on. */
  | {
      readonly type: 'published';
      readonly topic: string;
      /** The node that published it, as far as the transport can prove. */
      readonly origin: NodeId;
      /** The neighbour it came through. */
      readonly from: NodeId;
      readonly bytes: Uint8Array;
      readonly verdict: (verdict: GossipVerdict) => void;
    }
  /** A direct send could not be handed over; the message may be tried again. */
  | { readonly type: 'send-failed'; readonly to: NodeId; readonly reason: string }
  /** A publication was given up before it reached anybody: nobody listens, or too many wait. */
  | { readonly type: 'publish-failed'; readonly topic: string; readonly reason: string };

/** `reject` only for what the bytes alone prove wrong; `ignore` for everything stale, unknown or too much. */
export type GossipVerdict = 'accept' | 'ignore' | 'reject';

/**
 * Carries bytes between nodes: at most once, in no order between peers.
 * A publisher does not hear its own publications. Whoever made the transport stops it.
 */
export interface Transport {
  readonly self: NodeId;
  /** The longest message that `send` takes, in bytes. A longer one throws AMP-1310. */
  readonly bytesMax: number;
  /** The longest message that `publish` takes, in bytes; shorter than `bytesMax`, for many carry it. */
  readonly publishBytesMax: number;
  start(listener: (event: TransportEvent) => void): void;
  publish(topic: string, bytes: Uint8Array): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Dials when needed; failure comes back as `send-failed`. */
  send(to: NodeId, bytes: Uint8Array): void;
  /** Nodes with an open connection, sorted. */
  peers(): readonly NodeId[];
}

export type DirectoryEvent =
  | {
      readonly type: 'closest-found';
      readonly request: string;
      readonly nodes: readonly NodeId[];
      /** How far each lies from the key: the XOR distance as a share of the key space, 0 to 1. */
      readonly distances: readonly number[];
      readonly lookupMessageCount: number;
    }
  | { readonly type: 'record-put'; readonly request: string; readonly nodeCount: number }
  | {
      readonly type: 'records-found';
      readonly request: string;
      /** All valid records seen, of every holder that answered, duplicates removed. */
      readonly records: readonly Uint8Array[];
      readonly answeredCount: number;
    }
  | { readonly type: 'directory-failed'; readonly request: string; readonly reason: string };

/** What a valid record says of itself, read from its signed bytes. */
export interface RecordFacts {
  /** Whose record it is and which of theirs: under one key, a newer record of a slot replaces the older one. */
  readonly slot: string;
  /** Higher is newer; a lower one never replaces a higher one. */
  readonly seq: number;
  /** Integer Unix ms; a holder forgets it then. */
  readonly expiresAtMs: number;
}

/** Checks a record against its key: signature, size, form, place. `undefined` for one that is not valid there. */
export type RecordValidator = (key: Uint8Array, record: Uint8Array) => RecordFacts | undefined;

/** Kademlia: who is close to a key, and small signed records kept there. Every call is answered by one event. */
export interface Directory {
  start(listener: (event: DirectoryEvent) => void): void;
  /** `key` is 32 bytes; nodes come closest first. */
  closest(request: string, key: Uint8Array, count: number): void;
  putRecord(request: string, key: Uint8Array, record: Uint8Array): void;
  getRecords(request: string, key: Uint8Array): void;
}

export type EmbedderEvent =
  /** One unit-length vector per text, in order. */
  | { readonly type: 'embedded'; readonly request: string; readonly vectors: readonly Float32Array[] }
  | { readonly type: 'embed-failed'; readonly request: string; readonly reason: string };

/** Turns texts into vectors of one embedding space. Vectors of different spaces are never compared. */
export interface Embedder {
  /** Names model and version, for example `builtin-1`. */
  readonly space: string;
  readonly dimensions: number;
  start(listener: (event: EmbedderEvent) => void): void;
  embed(request: string, texts: readonly string[]): void;
}
