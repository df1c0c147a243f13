/**
 * A strict parser of Yjs V1 updates: the subset of the write grammar (rules G1, G3, G7), read before Yjs sees
 * the bytes. yjs 13.6.33 has two parsers of its own that disagree with each other, create types while they
 * parse, and reserve what a count asks for.
 *
 * @see yjs 13.6.33 src/utils/UpdateDecoder.js and src/structs/Item.js for the wire format
 */
import { ByteReader, catchRefusal, Refused } from './byte-reader.ts';
import { type EntryValue, isForbiddenKey, readValue } from './entry-value.ts';
import type { ValuePool } from './value-pool.ts';

/** The name of the one root map an author writes to. */
export const rootName = 'entries';

/** Of one frame's update. Judgement: 50 claims take about 8 kB; the JSON record must fit a packet of 64 KiB. */
export const updateBytesMax = 32 * 1024;
/** Of one frame. */
export const structCountMax = 4_096;
/** Of an entry's key, bytes. */
export const keyBytesMax = 256;
/** Of one run of deleted clocks: only writers that overwrite one key many times at once make any. */
export const deletedLengthMax = 4_096;

/** One keyed item. `key` is known on the wire only for the first write of a key; later ones name an origin. */
export interface ParsedStruct {
  readonly clock: number;
  readonly length: number;
  readonly key: string | undefined;
  /** Clock of the chain's tail, or -1 for the first write of a key. */
  readonly origin: number;
  /** `undefined` for content that its own transaction already deleted. */
  readonly value: EntryValue | undefined;
  /** Where in the update's bytes the content stands. */
  readonly contentFrom: number;
  readonly contentTo: number;
}

export interface ParsedUpdate {
  /** The one Yjs client of structs and deletes. */
  readonly client: number;
  readonly structs: readonly ParsedStruct[];
  /** Sorted, disjoint pairs: clock, length. */
  readonly deletes: readonly number[];
}

const contentDeleted = 1;
const contentBinary = 3;
const contentAny = 8;
const hasOrigin = 0x80;
const hasRightOrigin = 0x40;
const hasKey = 0x20;

/** The parsed update, or why it is none of ours. Never throws; at most {@link updateBytesMax} are looked at. `pool`: see there. */
export function parseUpdate(bytes: Uint8Array, pool?: ValuePool): ParsedUpdate | Refused {
  if (bytes.length > updateBytesMax) return new Refused('too-large');
  return catchRefusal(() => readUpdate(new ByteReader(bytes, pool)));
}

function readUpdate(reader: ByteReader): ParsedUpdate {
  const blockCount = reader.varUint();
  if (blockCount > 1) throw new Refused('client-blocks');
  const structs: ParsedStruct[] = [];
  let client = -1;
  if (blockCount === 1) client = readBlock(reader, structs);
  const deletes: number[] = [];
  client = readDeletes(reader, client, deletes);
  reader.end();
  if (structs.length === 0 && deletes.length === 0) throw new Refused('empty');
  return { client, structs, deletes };
}

function readBlock(reader: ByteReader, structs: ParsedStruct[]): number {
  const structCount = reader.count(2);
  if (structCount === 0 || structCount > structCountMax) throw new Refused('count');
  const client = reader.varUint();
  let clock = reader.varUint();
  for (let i = 0; i < structCount; i++) {
    const struct = readStruct(reader, client, clock);
    structs.push(struct);
    clock += struct.length;
  }
  return client;
}

function readStruct(reader: ByteReader, client: number, clock: number): ParsedStruct {
  const info = reader.uint8();
  const kind = info & 0x1f;
  if (kind !== contentAny && kind !== contentDeleted && kind !== contentBinary) {
    throw new Refused('content-kind');
  }
  if ((info & hasRightOrigin) !== 0) throw new Refused('right-origin');
  if ((info & hasKey) === 0) throw new Refused('flags');
  let origin = -1;
  let key: string | undefined;
  if ((info & hasOrigin) !== 0) {
    if (reader.varUint() !== client) throw new Refused('client');
    origin = reader.varUint();
    if (origin >= clock) throw new Refused('origin');
  } else {
    key = readParentAndKey(reader);
  }
  const contentFrom = reader.at;
  let length = 1;
  let value: EntryValue | undefined;
  if (kind === contentDeleted) {
    length = reader.varUint();
    if (length === 0 || length > deletedLengthMax) throw new Refused('length');
  } else {
    value = kind === contentAny ? readOne(reader) : readBytes(reader);
  }
  return { clock, length, key, origin, value, contentFrom, contentTo: reader.at };
}

function readParentAndKey(reader: ByteReader): string {
  if (reader.varUint() !== 1) throw new Refused('parent');
  if (reader.text(keyBytesMax) !== rootName) throw new Refused('root');
  const key = reader.text(keyBytesMax);
  if (key.length === 0) throw new Refused('key-length');
  if (isForbiddenKey(key)) throw new Refused('forbidden-key');
  return key;
}

function readOne(reader: ByteReader): EntryValue {
  if (reader.varUint() !== 1) throw new Refused('length');
  return readValue(reader);
}

/** A copy: the update's own bytes are not kept alive by an entry. */
function readBytes(reader: ByteReader): EntryValue {
  return reader.take(reader.varUint()).slice();
}

/** Rule G6, as far as the bytes alone can tell. */
function readDeletes(reader: ByteReader, client: number, deletes: number[]): number {
  const blockCount = reader.varUint();
  if (blockCount === 0) return client;
  if (blockCount > 1) throw new Refused('delete-set');
  const owner = reader.varUint();
  if (client !== -1 && owner !== client) throw new Refused('client');
  const count = reader.count(2);
  if (count === 0) throw new Refused('delete-set');
  let next = 0;
  for (let i = 0; i < count; i++) {
    const clock = reader.varUint();
    const length = reader.varUint();
    if (length === 0 || clock < next) throw new Refused('delete-set');
    deletes.push(clock, length);
    // Yjs joins ranges that touch: a second one starts at least one clock later.
    next = clock + length + 1;
    if (next > 2 ** 48) throw new Refused('clock');
  }
  return owner;
}
