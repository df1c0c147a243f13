/**
 * Writes local edits as the V1 update that a Yjs transaction over the same author's document makes, byte for
 * byte (a property test holds the two together), from the small grammar index alone: the writer needs no open
 * document, so neither memory nor start-up grows with what the author has written.
 */
import { ByteWriter } from './byte-writer.ts';
import { type EntryValue, writeValue } from './entry-value.ts';
import { rootName } from './update-parser.ts';

/** One change to one key. `undefined` deletes. */
export interface Edit {
  readonly key: string;
  readonly value: EntryValue | undefined;
}

/** What the writer must know of a key: the chain's tail, and whether it holds a value. */
export interface Tail {
  readonly tail: number;
  readonly isLive: boolean;
}

export interface WriteState {
  readonly client: number;
  readonly endClock: number;
  find(key: string): Tail | undefined;
}

/** The update, or `undefined` when the edits change nothing. At most one edit for each key. */
export function writeUpdate(state: WriteState, edits: readonly Edit[]): Uint8Array | undefined {
  const writes = edits.filter((edit) => edit.value !== undefined);
  const deletes = edits
    .map((edit) => state.find(edit.key))
    .filter((tail) => tail?.isLive === true)
    .map((tail) => tail!.tail)
    .sort((a, b) => a - b);
  if (writes.length === 0 && deletes.length === 0) return undefined;
  const writer = new ByteWriter();
  writeStructs(writer, state, writes);
  writeDeletes(writer, state.client, deletes);
  return writer.take();
}

function writeStructs(writer: ByteWriter, state: WriteState, writes: readonly Edit[]): void {
  writer.varUint(writes.length === 0 ? 0 : 1);
  if (writes.length === 0) return;
  writer.varUint(writes.length);
  writer.varUint(state.client);
  writer.varUint(state.endClock);
  for (const { key, value } of writes) {
    const tail = state.find(key);
    const kind = value instanceof Uint8Array ? 3 : 8;
    writer.uint8(kind | 0x20 | (tail === undefined ? 0 : 0x80));
    if (tail === undefined) {
      writer.varUint(1);
      writer.text(rootName);
      writer.text(key);
    } else {
      writer.varUint(state.client);
      writer.varUint(tail.tail);
    }
    if (value instanceof Uint8Array) {
      writer.lengthAndBytes(value);
    } else {
      writer.varUint(1);
      writeValue(writer, value!);
    }
  }
}

function writeDeletes(writer: ByteWriter, client: number, clocks: readonly number[]): void {
  const ranges: { from: number; length: number }[] = [];
  for (const clock of clocks) {
    const last = ranges.at(-1);
    if (last !== undefined && last.from + last.length === clock) last.length += 1;
    else ranges.push({ from: clock, length: 1 });
  }
  writer.varUint(ranges.length === 0 ? 0 : 1);
  if (ranges.length === 0) return;
  writer.varUint(client);
  writer.varUint(ranges.length);
  for (const { from, length } of ranges) {
    writer.varUint(from);
    writer.varUint(length);
  }
}
