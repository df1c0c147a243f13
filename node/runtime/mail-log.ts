/**
 * Keeps undelivered mail on disk with few writes: all that one loop turn takes in is one row (a group), and what
 * has left a group since is one small row of marks beside it. When nothing of a group is left, both go.
 *
 * A row of its own for each message would be written, synced and rewritten for its removal, at three times the
 * cost of a message's signature.
 */
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
  const groupOf = new Map<string, Group>();
  const arriving = new Map<string, string>();
  const touched = new Set<Group>();
  let number = 0;
  let isGatherDue = false;

  function put(key: string, value: string): void {
    if (groupOf.has(key)) remove(key);
    arriving.set(key, value);
    scheduleGather();
  }

  function remove(key: string): void {
    // Came and went in one turn: nothing was written yet.
    if (arriving.delete(key)) return;
    const group = groupOf.get(key);
    if (group === undefined) return;
    const item = group.items.get(key)!;
    groupOf.delete(key);
    group.items.delete(key);
    group.bytesLeft -= item.length;
    group.gone.push(item.index);
    touched.add(group);
    scheduleGather();
  }

  function scheduleGather(): void {
    if (isGatherDue) return;
    isGatherDue = true;
    core.turn.beforeCommit(gather);
  }

  function gather(): void {
    isGatherDue = false;
    for (const group of touched) settle(group);
    touched.clear();
    if (arriving.size > 0) writeGroup();
  }

  function settle(group: Group): void {
    if (group.items.size > 0 && !isWorthRewriting(group)) {
      core.turn.persist(mailBucket, marksPrefix + group.name, group.gone.join(' '));
      return;
    }
    if (group.items.size > 0) moveOut(group);
    core.turn.persist(mailBucket, groupPrefix + group.name, null);
    core.turn.persist(mailBucket, marksPrefix + group.name, null);
  }

  /** What is left is written anew with what arrives in this turn. */
  function moveOut(group: Group): void {
    const row = core.store.get(mailBucket, groupPrefix + group.name) as string;
    for (const [key, value] of decodeGroup(row)) {
      if (!group.items.has(key)) continue;
      groupOf.delete(key);
      arriving.set(key, value);
    }
  }

  function writeGroup(): void {
    const name = String(++number).padStart(12, '0');
    core.turn.persist(mailBucket, groupPrefix + name, encodeGroup(arriving));
    adopt(name, [...arriving], []);
    arriving.clear();
  }

  function adopt(name: string, rows: readonly (readonly [string, string])[], gone: readonly number[]): void {
    const left = new Set(gone);
    const items = new Map<string, Item>();
    const group: Group = { name, items, bytes: 0, bytesLeft: 0, gone: [...gone] };
    for (const [index, [key, { length }]] of rows.entries()) {
      group.bytes += length;
      if (left.has(index)) continue;
      group.bytesLeft += length;
      items.set(key, { index, length });
      groupOf.set(key, group);
    }
  }

  function load(): readonly { readonly key: string; readonly value: string }[] {
    const stored = core.store.scan(mailBucket, '', '', Number.MAX_SAFE_INTEGER);
    const rows = new Map(stored.map((row) => [row.key, row.value as string] as const));
    const found: { key: string; value: string }[] = [];
    for (const [row, text] of rows) {
      if (!row.startsWith(groupPrefix)) continue;
      const name = row.slice(groupPrefix.length);
      number = Math.max(number, Number(name));
      const marks = rows.get(marksPrefix + name);
      const gone = marks === undefined ? [] : marks.split(' ').map(Number);
      const items = decodeGroup(text);
      adopt(name, items, gone);
      for (const [index, [key, value]] of items.entries())
        if (!gone.includes(index)) found.push({ key, value });
    }
    return found;
  }

  return { put, remove, load };
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
