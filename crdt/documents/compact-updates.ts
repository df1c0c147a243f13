/**
 * Many updates of one epoch as one: what Yjs would answer with if asked for the state of the author's document,
 * byte for byte, without opening it. `Y.mergeUpdates` decodes and compares pairwise; here the grammar says
 * already that clocks follow on and which writes were overwritten, so live content is copied and dead content
 * becomes a length.
 */
import { Refused } from '../frames/byte-reader.ts';
import { ByteWriter } from '../frames/byte-writer.ts';
import { type FrameMark, GrammarIndex } from '../frames/grammar-index.ts';
import { type ParsedStruct, parseUpdate, rootName } from '../frames/update-parser.ts';
import { ValuePool } from '../frames/value-pool.ts';

const mark: FrameMark = { epoch: '', seq: 0, at: 0, members: '' };

/** An item of the result: one live struct, or a run of dead ones of one key. */
interface Item {
  readonly struct: ParsedStruct;
  readonly key: string;
  readonly bytes: Uint8Array;
  length: number;
  readonly isDead: boolean;
}

/**
 * `updates`: of one epoch, in the order of the chain, from its first frame on.
 * Answers with the reason when one of them is outside the grammar.
 */
export function compactUpdates(client: number, updates: readonly Uint8Array[]): Uint8Array | Refused {
  const index = new GrammarIndex(client);
  const pool = new ValuePool();
  const structs: ParsedStruct[] = [];
  const keys: string[] = [];
  const sources: Uint8Array[] = [];
  for (const bytes of updates) {
    const parsed = parseUpdate(bytes, pool);
    if (parsed instanceof Refused) return parsed;
    const checked = index.check(parsed);
    if (checked instanceof Refused) return checked;
    index.apply(checked, mark);
    for (let i = 0; i < parsed.structs.length; i++) {
      structs.push(parsed.structs[i]!);
      keys.push(checked.keys[i]!);
      sources.push(bytes);
    }
  }
  return writeItems(client, joinDead(index, structs, keys, sources));
}

function joinDead(
  index: GrammarIndex,
  structs: readonly ParsedStruct[],
  keys: readonly string[],
  sources: readonly Uint8Array[],
): Item[] {
  const items: Item[] = [];
  for (let i = 0; i < structs.length; i++) {
    const struct = structs[i]!;
    const key = keys[i]!;
    const isDead = !index.isLive(key, struct.clock + struct.length - 1);
    const last = items.at(-1);
    // Two dead writes of one key side by side are one: Yjs merges them too.
    const isNext = last?.isDead === true && isDead && struct.origin === last.struct.clock + last.length - 1;
    if (isNext) last.length += struct.length;
    else items.push({ struct, key, bytes: sources[i]!, length: struct.length, isDead });
  }
  return items;
}

function writeItems(client: number, items: readonly Item[]): Uint8Array {
  const writer = new ByteWriter();
  const dead: number[] = [];
  writer.varUint(items.length === 0 ? 0 : 1);
  if (items.length > 0) {
    writer.varUint(items.length);
    writer.varUint(client);
    writer.varUint(0);
  }
  for (const item of items) {
    writeItem(writer, client, item);
    if (!item.isDead) continue;
    if (dead.length > 0 && dead.at(-2)! + dead.at(-1)! === item.struct.clock)
      dead[dead.length - 1]! += item.length;
    else dead.push(item.struct.clock, item.length);
  }
  writer.varUint(dead.length === 0 ? 0 : 1);
  if (dead.length > 0) {
    writer.varUint(client);
    writer.varUint(dead.length / 2);
    for (const number of dead) writer.varUint(number);
  }
  return writer.take();
}

function writeItem(writer: ByteWriter, client: number, { struct, key, bytes, length, isDead }: Item): void {
  const kind = isDead ? 1 : struct.value instanceof Uint8Array ? 3 : 8;
  writer.uint8(kind | 0x20 | (struct.origin < 0 ? 0 : 0x80));
  if (struct.origin < 0) {
    writer.varUint(1);
    writer.text(rootName);
    writer.text(key);
  } else {
    writer.varUint(client);
    writer.varUint(struct.origin);
  }
  if (isDead) writer.varUint(length);
  else writer.raw(bytes.subarray(struct.contentFrom, struct.contentTo));
}
