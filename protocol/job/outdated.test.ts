import { describe, expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import type { Envelope } from '../messages.ts';
import { judgeJob } from './job-over.ts';
import { viewJob } from './job-view.ts';
import { listOutdated } from './outdated.ts';

const asker = 'asker' as Did;
const ann = 'ann' as Did;
const ben = 'ben' as Did;

function say(from: Did, at: number, type: Envelope['type'], rest: Record<string, unknown>): Envelope {
  return {
    amp: '1',
    id: `e${at}`,
    mesh: 'm',
    type,
    from,
    at,
    ttlMs: 1,
    sig: '',
    ...rest,
  } as unknown as Envelope;
}

const accept = (from: Did, at: number, of: string) => say(from, at, 'review', { of, verdict: 'accept' });
const confirm = (from: Did, at: number, contribution: string, on: string[]) =>
  say(from, at, 'progress', { task: 'e1', fencing: 0, content: { confirmed: { contribution, on } } });

/** Ann's server is revised at 1,000 ms, after Ben put the whole together from what it was before. */
const goal = say(asker, 1, 'broadcast', {
  query: 'build it',
  requirements: [
    { id: 'server', text: 'a server' },
    { id: 'whole', text: 'all of it' },
  ],
});
const old = say(ann, 10, 'proposal', { content: 'v1', meets: ['server'] });
const whole = say(ben, 20, 'build_on', { content: 'w1', parent: 'e10', meets: ['whole'] });
const revised = say(ann, 1_000, 'revise', { content: 'v2', supersedes: 'e10', meets: ['server'] });
const entries = [goal, old, whole, accept(ann, 30, 'e20'), revised, accept(ben, 1_010, 'e1000')];
const judge = (said: readonly Envelope[], nowMs: number) =>
  judgeJob(viewJob(said), { deadlineAtMs: 100_000, quietMs: 500 }, nowMs);

describe('a part made from what was revised since', () => {
  test('is awaited for five seconds, and named when its author stays silent', () => {
    expect(listOutdated(viewJob(entries))).toEqual([{ contribution: 'e20', sinceMs: 1_000 }]);
    expect(judge(entries, 1_600)).toEqual({ over: undefined, nextLookAtMs: 6_000 });
    expect(judge(entries, 6_000).over).toMatchObject({ end: 'complete', outdated: ['e20'] });
  });

  test('ends the wait when it is made again', () => {
    const again = say(ben, 1_200, 'revise', {
      content: 'w2',
      supersedes: 'e20',
      meets: ['whole'],
      references: ['e1000'],
    });
    const said = [...entries, again, accept(ann, 1_210, 'e1200')];
    expect(judge(said, 1_709).over).toBeUndefined();
    expect(judge(said, 1_710).over).toMatchObject({ end: 'complete', outdated: [] });
  });

  test('ends the wait when its author confirms it, and nobody else can', () => {
    expect(judge([...entries, confirm(ann, 1_100, 'e20', ['e1000'])], 1_600).over).toBeUndefined();
    expect(judge([...entries, confirm(ben, 1_100, 'e20', ['e10'])], 1_600).over).toBeUndefined();
    const confirmed = judge([...entries, confirm(ben, 1_100, 'e20', ['e1000'])], 1_600);
    expect(confirmed.over).toMatchObject({ end: 'complete', outdated: [] });
  });

  test('is outdated again after the next revision, and knows it through the one between', () => {
    const third = say(ann, 2_000, 'revise', { content: 'v3', supersedes: 'e1000', meets: ['server'] });
    const said = [...entries, confirm(ben, 1_100, 'e20', ['e1000']), third];
    expect(listOutdated(viewJob(said))).toEqual([{ contribution: 'e20', sinceMs: 2_000 }]);
  });

  test('does not keep a job waiting when it meets nothing, or when the revision is its own', () => {
    const remark = say(ben, 40, 'build_on', { content: 'hm', parent: 'e10' });
    const own = say(ann, 50, 'build_on', { content: 'mine too', parent: 'e10', meets: ['server'] });
    const ids = listOutdated(viewJob([...entries, remark, own])).map((one) => one.contribution);
    expect(ids).toEqual(['e20']);
  });

  test('does not outlast the deadline', () => {
    const end = judgeJob(viewJob(entries), { deadlineAtMs: 1_700, quietMs: 500 }, 1_700).over;
    expect(end).toMatchObject({ end: 'deadline', outdated: ['e20'] });
  });
});
