/** One chain: where it stands, what its frames' names are, and the grammar index over them. */
import type { Did } from '../../protocol/brand.ts';
import { toHex } from '../../protocol/bytes.ts';
import { Refused } from '../frames/byte-reader.ts';
import { clientOfEpoch, type Frame } from '../frames/frame.ts';
import { type FrameMark, GrammarIndex, type Slot } from '../frames/grammar-index.ts';
import { parseUpdate } from '../frames/update-parser.ts';
import type { ValuePool } from '../frames/value-pool.ts';

/** Of one epoch's updates: an author that needs more starts a new epoch with a checkpoint. */
export const epochBytesMax = 64 * 1024 * 1024;
/** Kept of each frame's hash: enough that nobody finds two frames which share them (birthday bound 2^64). */
const hashBytesKept = 16;

export type ChainProblem =
  | 'gap'
  | 'duplicate'
  | 'conflict'
  | 'broken-chain'
  | 'time-reversed'
  | 'other-key'
  | 'quota';

export class EpochLog {
  readonly author: Did;
  readonly epoch: string;
  /** The session key of the whole epoch, if any. */
  readonly key: Did | undefined;
  index: GrammarIndex;
  seq = -1;
  /** Name of the frame at `seq`, hexadecimal; before the first frame: what that frame's `prev` may be. */
  head = '';
  lastAt = 0;
  bytes = 0;
  /** Frames above this seq do not count: the author forked. */
  frozenAt: number | undefined;
  /** Frames above this seq do not count: the author was removed. */
  cutAt: number | undefined;
  /** A checkpoint replaced this epoch and its successor is here. */
  isSuperseded = false;
  /** Its rows are being read again; nothing is taken in meanwhile. */
  isRebuilding = false;
  /** Of the summary; see sync. */
  bucket: number | undefined;
  private members = '';
  private hashes = new Uint8Array(4 * hashBytesKept);

  constructor(author: Did, epoch: string, key: Did | undefined) {
    this.author = author;
    this.epoch = epoch;
    this.key = key;
    this.index = new GrammarIndex(clientOfEpoch(epoch));
  }

  /** The highest seq that counts. */
  get limit(): number {
    return Math.min(this.frozenAt ?? Number.POSITIVE_INFINITY, this.cutAt ?? Number.POSITIVE_INFINITY);
  }

  hasHash(seq: number, hash: Uint8Array): boolean {
    const from = seq * hashBytesKept;
    for (let i = 0; i < hashBytesKept; i++) if (this.hashes[from + i] !== hash[i]) return false;
    return true;
  }

  /** Whether `hash`, hexadecimal, names the frame at `seq` here. */
  hasName(seq: number, hash: string): boolean {
    if (seq < 0) return false;
    if (seq === this.seq) return hash === this.head;
    const kept = this.hashes.subarray(seq * hashBytesKept, (seq + 1) * hashBytesKept);
    return seq < this.seq && toHex(kept) === hash.slice(0, 2 * hashBytesKept);
  }

  /** What stands between this frame and the end of the chain, if anything. */
  findProblem(frame: Frame): ChainProblem | undefined {
    if (frame.seq <= this.seq) return this.hasHash(frame.seq, frame.hash) ? 'duplicate' : 'conflict';
    if (frame.seq > this.seq + 1) return 'gap';
    if (this.seq >= 0 && frame.prev !== this.head) return 'broken-chain';
    if (frame.key !== this.key) return 'other-key';
    if (frame.at < this.lastAt) return 'time-reversed';
    return this.bytes + frame.update.length > epochBytesMax ? 'quota' : undefined;
  }

  /** Judge by the grammar and take in. The frame must have no {@link findProblem}. */
  append(frame: Frame, pool: ValuePool): Slot[] | Refused {
    const parsed = parseUpdate(frame.update, pool);
    if (parsed instanceof Refused) return parsed;
    const checked = this.index.check(parsed);
    if (checked instanceof Refused) return checked;
    this.keepHash(frame.seq, frame.hash);
    this.seq = frame.seq;
    this.head = nameOf(frame.hash);
    this.lastAt = frame.at;
    this.bytes += frame.update.length;
    return this.index.apply(checked, this.markOf(frame));
  }

  /** Texts that all frames of a chain share are kept once, not once for each frame that was decoded. */
  private markOf({ seq, at, members }: Frame): FrameMark {
    if (members !== this.members) this.members = members;
    return { epoch: this.epoch, seq, at, members: this.members };
  }

  private keepHash(seq: number, hash: Uint8Array): undefined {
    if ((seq + 1) * hashBytesKept > this.hashes.length) {
      // By a quarter: with many authors, what is kept free is what counts.
      const more = Math.max(4, seq >> 2) * hashBytesKept;
      const larger = new Uint8Array(this.hashes.length + more);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes.set(hash.subarray(0, hashBytesKept), seq * hashBytesKept);
  }
}

/** One flat text: hexadecimal joined digit by digit holds two kilobytes until someone reads it. */
function nameOf(hash: Uint8Array): string {
  if (typeof Buffer === 'undefined') return toHex(hash);
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
}

/** `author/epoch`: names a chain within a space. */
export function logId(author: Did, epoch: string): string {
  return `${author}/${epoch}`;
}
