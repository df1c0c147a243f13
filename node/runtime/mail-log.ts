/**
 * Keeps undelivered mail on disk with few writes: all that one loop turn takes in is one row (a group), and what
 * has left a group since is one small row of marks beside it. When nothing of a group is left, both go.
 *
 * A row of its own for each message would be written, synced and rewritten for its removal, at three times the
 * cost of a message's signature.
 */
import { CompactMap } from '../../protocol/compact-map.ts';
import { mailBucket } from '../../protocol/delivery/saved-mail.ts';
import type { PeerCore } from './peer-core.ts';

/** Rows of groups and of marks; the keys of both end in the group's number, in rising order. */
const groupPrefix = 'group-';
const marksPrefix = 'marks-';
/** A group with fewer bytes than this share still waiting is written anew, so that old mail holds no disk. */
const rewriteShare = 0.25;
const rewriteBytesMin = 64 * 1024;

interface Item {
  readonly index: number;
  /** Of the value, in UTF-16 code units. The value itself is on disk, and in the machine. */
  readonly length: number;
}

interface Group {
  readonly name: string;
  readonly items: Map<string, Item>;
  bytes: number;
  bytesLeft: number;
  /** Indexes that left since the group was written. */
  readonly gone: number[];
}

export interface MailLog {
  /** Make durable with this turn. */
  put(key: string, value: string): void;
  remove(key: string): void;
  /** What the last run left, before anything is put. */
  load(): readonly { readonly key: string; readonly value: string }[];
}

export function createMailLog(core: PeerCore): MailLog {
  return new GroupedMail(core);
}

class GroupedMail implements MailLog {
  readonly #core: PeerCore;
  readonly #groupOf = new CompactMap<string, Group>();
  readonly #arriving = new CompactMap<string, string>();
  /** Groups that something left in this turn. */
  #touched: Set<Group> | undefined;
  #number = 0;
  #isGatherDue = false;

  constructor(core: PeerCore) {
    this.#core = core;
  }

  put(key: string, value: string): void {
    if (this.#groupOf.has(key)) this.remove(key);
    this.#arriving.set(key, value);
    this.#scheduleGather();
  }

  remove(key: string): void {
    // Came and went in one turn: nothing was written yet.
    if (this.#arriving.delete(key)) return;
    const group = this.#groupOf.get(key);
    if (group === undefined) return;
    const item = group.items.get(key)!;
    this.#groupOf.delete(key);
    group.items.delete(key);
    group.bytesLeft -= item.length;
    group.gone.push(item.index);
    this.#touched ??= new Set();
    this.#touched.add(group);
    this.#scheduleGather();
  }

  #scheduleGather(): void {
    if (this.#isGatherDue) return;
    this.#isGatherDue = true;
    this.#core.turn.beforeCommit(() => this.#gather());
  }

  #gather(): void {
    this.#isGatherDue = false;
    for (const group of this.#touched ?? []) this.#settle(group);
    this.#touched = undefined;
    if (this.#arriving.size > 0) this.#writeGroup();
  }

  #settle(group: Group): void {
    if (group.items.size > 0 && !isWorthRewriting(group)) {
      this.#core.turn.persist(mailBucket, marksPrefix + group.name, group.gone.join(' '));
      return;
    }
    if (group.items.size > 0) this.#moveOut(group);
    this.#core.turn.persist(mailBucket, groupPrefix + group.name, null);
    this.#core.turn.persist(mailBucket, marksPrefix + group.name, null);
  }

  /** What is left is written anew with what arrives in this turn. */
  #moveOut(group: Group): void {
    const row = this.#core.store.get(mailBucket, groupPrefix + group.name) as string;
    for (const [key, value] of decodeGroup(row)) {
      if (!group.items.has(key)) continue;
      this.#groupOf.delete(key);
      this.#arriving.set(key, value);
    }
  }

  #writeGroup(): void {
    const name = String(++this.#number).padStart(12, '0');
    this.#core.turn.persist(mailBucket, groupPrefix + name, encodeGroup(this.#arriving));
    this.#adopt(name, [...this.#arriving], []);
    this.#arriving.clear();
  }

  #adopt(name: string, rows: readonly (readonly [string, string])[], gone: readonly number[]): void {
    const left = new Set(gone);
    const items = new Map<string, Item>();
    const group: Group = { name, items, bytes: 0, bytesLeft: 0, gone: [...gone] };
    for (const [index, [key, { length }]] of rows.entries()) {
      group.bytes += length;
      if (left.has(index)) continue;
      group.bytesLeft += length;
      items.set(key, { index, length });
      this.#groupOf.set(key, group);
    }
  }

  load(): readonly { readonly key: string; readonly value: string }[] {
    const stored = this.#core.store.scan(mailBucket, '', '', Number.MAX_SAFE_INTEGER);
    const rows = new Map(stored.map((row) => [row.key, row.value as string] as const));
    const found: { key: string; value: string }[] = [];
    for (const [row, text] of rows) {
      if (!row.startsWith(groupPrefix)) continue;
      const name = row.slice(groupPrefix.length);
      this.#number = Math.max(this.#number, Number(name));
      const marks = rows.get(marksPrefix + name);
      const gone = marks === undefined ? [] : marks.split(' ').map(Number);
      const items = decodeGroup(text);
      this.#adopt(name, items, gone);
      for (const [index, [key, value]] of items.entries())
        if (!gone.includes(index)) found.push({ key, value });
    }
    return found;
  }
}

function isWorthRewriting(group: Group): boolean {
  return group.bytes > rewriteBytesMin && group.bytesLeft < group.bytes * rewriteShare;
}

/**
 * A value is a line of JSON and the message's own text, which, being JSON, has no line feed either: no value has
 * to be escaped again.
 */
function encodeGroup(rows: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [key, value] of rows) text += `${key}\n${value}\n`;
  return text;
}

function decodeGroup(text: string): readonly (readonly [string, string])[] {
  const lines = text.split('\n');
  const rows: [string, string][] = [];
  for (let at = 0; at + 2 < lines.length; at += 3)
    rows.push([lines[at]!, `${lines[at + 1]}\n${lines[at + 2]}`]);
  return rows;
}
