/** What every `Directory` promises, whatever routes to a key. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { readUtf8, utf8 } from '../../protocol/bytes.ts';
import type { Directory, DirectoryEvent, RecordValidator } from '../../protocol/ports.ts';
import type { Until } from './world.ts';

export interface DirectoryNode {
  readonly node: NodeId;
  readonly directory: Directory;
}

export interface DirectoryWorld {
  /** That many nodes that know each other; holders are all of them. Not started. */
  readonly nodes: readonly DirectoryNode[];
  nowMs(): number;
  readonly until: Until;
  close(): Promise<void>;
}

/** Records of the contract: `slot seq expiresAtMs key-in-hexadecimal text`; nothing is signed here. */
export const validateContractRecord: RecordValidator = (key, record) => {
  const [slot, seq, expiresAtMs, boundKey] = (readUtf8(record) ?? '').split(' ');
  if (slot === undefined || boundKey !== Buffer.from(key).toString('hex')) return undefined;
  return { slot, seq: Number(seq), expiresAtMs: Number(expiresAtMs) };
};

export function describeDirectoryContract(
  name: string,
  create: (count: number) => Promise<DirectoryWorld>,
): void {
  async function withNodes(
    count: number,
    run: (ask: Ask, world: DirectoryWorld) => Promise<void>,
  ): Promise<void> {
    const world = await create(count);
    const events = world.nodes.map(() => new Map<string, DirectoryEvent[]>());
    for (const [index, { directory }] of world.nodes.entries())
      directory.start((event) => {
        const heard = events[index]!;
        heard.set(event.request, [...(heard.get(event.request) ?? []), event]);
      });
    let requestCount = 0;
    const ask: Ask = async (index, call) => {
      const request = `request-${requestCount++}`;
      call(world.nodes[index]!.directory, request);
      expect(events[index]!.has(request)).toBe(false);
      await world.until(`${request} is answered`, () => events[index]!.has(request));
      return events[index]!.get(request)![0]!;
    };
    try {
      await run(ask, world);
      for (const heard of events)
        for (const [request, answers] of heard) expect([request, answers.length]).toEqual([request, 1]);
    } finally {
      await world.close();
    }
  }

  describe(`Directory contract: ${name}`, () => {
    const key = keyOf('weather');
    const record = (world: DirectoryWorld, slot: string, seq: number, text: string, lifeMs = 3_600_000) =>
      utf8(`${slot} ${seq} ${world.nowMs() + lifeMs} ${Buffer.from(key).toString('hex')} ${text}`);

    it('gives every asker the same closest nodes in the same order', () =>
      withNodes(6, async (ask, { nodes }) => {
        const answers: (readonly NodeId[])[] = [];
        for (const index of nodes.keys()) {
          const event = await ask(index, (directory, request) => directory.closest(request, key, 3));
          expect(event.type).toBe('closest-found');
          if (event.type !== 'closest-found') continue;
          answers.push(event.nodes);
          expect(event.nodes.length).toBe(3);
          expect(event.lookupMessageCount).toBeGreaterThan(0);
        }
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        const other = await ask(0, (directory, request) => directory.closest(request, keyOf('sailing'), 6));
        expect(other.type === 'closest-found' && new Set(other.nodes)).toEqual(
          new Set(nodes.map((entry) => entry.node)),
        );
      }));

    it('finds at any node what others put, of every author, and says how many answered', () =>
      withNodes(4, async (ask, world) => {
        const records = [record(world, 'anna', 1, 'rain'), record(world, 'boris', 1, 'wind')];
        for (const [index, bytes] of records.entries()) {
          const put = await ask(index, (directory, request) => directory.putRecord(request, key, bytes));
          expect(put).toMatchObject({ type: 'record-put', nodeCount: 4 });
        }
        for (const index of [2, 3]) {
          const found = await ask(index, (directory, request) => directory.getRecords(request, key));
          expect(found).toMatchObject({ type: 'records-found', answeredCount: 4 });
          expect(textsOf(found)).toEqual(['rain', 'wind']);
        }
        const empty = await ask(0, (directory, request) => directory.getRecords(request, keyOf('nothing')));
        expect(empty).toMatchObject({ type: 'records-found', records: [], answeredCount: 4 });
      }));

    it('keeps the newest record of a slot, whatever is put later', () =>
      withNodes(3, async (ask, world) => {
        for (const [seq, text] of [
          [2, 'second'],
          [1, 'first again'],
        ] as const)
          await ask(0, (directory, request) =>
            directory.putRecord(request, key, record(world, 'anna', seq, text)),
          );
        const old = await ask(1, (directory, request) => directory.getRecords(request, key));
        expect(textsOf(old)).toEqual(['second']);
        await ask(2, (directory, request) =>
          directory.putRecord(request, key, record(world, 'anna', 3, 'third')),
        );
        const found = await ask(1, (directory, request) => directory.getRecords(request, key));
        expect(textsOf(found)).toEqual(['third']);
      }));

    it('refuses a record that is not valid under its key', () =>
      withNodes(2, async (ask, world) => {
        const bytes = record(world, 'anna', 1, 'rain');
        const refused = await ask(0, (directory, request) =>
          directory.putRecord(request, keyOf('sailing'), bytes),
        );
        expect(refused).toMatchObject({ type: 'directory-failed', reason: 'invalid-record' });
      }));

    it('forgets a record when it expires', () =>
      withNodes(2, async (ask, world) => {
        const bytes = record(world, 'anna', 1, 'rain', 1_000);
        await ask(0, (directory, request) => directory.putRecord(request, key, bytes));
        const endMs = world.nowMs() + 1_001;
        const found = await ask(1, (directory, request) => directory.getRecords(request, key));
        expect(textsOf(found)).toEqual(['rain']);
        let over = await ask(1, (directory, request) => directory.getRecords(request, key));
        while (world.nowMs() <= endMs)
          over = await ask(1, (directory, request) => directory.getRecords(request, key));
        over = await ask(1, (directory, request) => directory.getRecords(request, key));
        expect(textsOf(over)).toEqual([]);
      }));

    it('works for a node that is alone', () =>
      withNodes(1, async (ask, world) => {
        const put = await ask(0, (directory, request) =>
          directory.putRecord(request, key, record(world, 'anna', 1, 'rain')),
        );
        expect(put).toMatchObject({ type: 'record-put', nodeCount: 1 });
        const found = await ask(0, (directory, request) => directory.getRecords(request, key));
        expect(textsOf(found)).toEqual(['rain']);
        const closest = await ask(0, (directory, request) => directory.closest(request, key, 3));
        expect(closest).toMatchObject({ nodes: [world.nodes[0]!.node] });
      }));
  });
}

type Ask = (index: number, call: (directory: Directory, request: string) => void) => Promise<DirectoryEvent>;

function keyOf(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest());
}

function textsOf(event: DirectoryEvent): string[] {
  if (event.type !== 'records-found') return [event.type];
  return event.records.map((bytes) => readUtf8(bytes)!.split(' ').slice(4).join(' ')).sort();
}
