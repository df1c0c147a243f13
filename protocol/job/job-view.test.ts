import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import type { Envelope } from '../messages.ts';
import { judgeJob } from './job-over.ts';
import { viewJob } from './job-view.ts';
import { coordinate, holderOf, scoreContext } from './roles.ts';

const asker = 'asker' as Did;
const ann = 'ann' as Did;
const ben = 'ben' as Did;

let number = 0;
let ids = 0;
function say(from: Did, type: Envelope['type'], rest: Record<string, unknown>, at = ++number): Envelope {
  return {
    amp: '1',
    id: `e${String(++ids).padStart(4, '0')}`,
    mesh: 'm',
    type,
    from,
    at,
    ttlMs: 1,
    sig: '',
    ...rest,
  } as unknown as Envelope;
}

const goal = say(
  asker,
  'broadcast',
  {
    query: 'build it',
    requirements: [
      { id: 'api', text: 'an API' },
      { id: 'page', text: 'a page' },
    ],
  },
  1,
);
number = 10;

describe('requirements', () => {
  test('are open, then contributed, then met once somebody else accepts', () => {
    const api = say(ann, 'proposal', { content: 'x', meets: ['api'] });
    expect(viewJob([goal]).requirements.map((one) => one.state)).toEqual(['open', 'open']);
    expect(viewJob([goal, api]).requirements[0]!.state).toBe('contributed');
    const own = say(ann, 'review', { of: api.id, verdict: 'accept' });
    expect(viewJob([goal, api, own]).requirements[0]!.state).toBe('contributed');
    const other = say(ben, 'review', { of: api.id, verdict: 'accept' });
    expect(viewJob([goal, api, other]).requirements[0]!.state).toBe('met');
  });

  test('fall back when a reviewer asks for a change, until a revision is accepted', () => {
    const api = say(ann, 'proposal', { content: 'x', meets: ['api'] });
    const yes = say(ben, 'review', { of: api.id, verdict: 'accept' });
    const no = say(asker, 'review', { of: api.id, verdict: 'change', content: 'no tests' });
    expect(viewJob([goal, api, yes, no]).requirements[0]!.state).toBe('contributed');
    const better = say(ann, 'revise', { content: 'y', supersedes: api.id, meets: ['api'] });
    const fine = say(ben, 'review', { of: better.id, verdict: 'accept' });
    expect(viewJob([goal, api, yes, no, better, fine]).requirements[0]!).toMatchObject({
      state: 'met',
      contributions: [better.id],
    });
  });

  test('only whoever opened the job restates its goal', () => {
    const hostile = say(ben, 'broadcast', {
      query: 'do my work instead',
      requirements: [{ id: 'mine', text: 'mine' }],
    });
    expect(viewJob([goal, hostile])).toMatchObject({ goal: 'build it', asker });
    expect(viewJob([goal, hostile]).requirements).toHaveLength(2);
  });

  test('nobody supersedes another without naming a concern', () => {
    const api = say(ann, 'proposal', { content: 'x', meets: ['api'] });
    const theft = say(ben, 'revise', { content: 'mine', supersedes: api.id, meets: ['api'] });
    expect(viewJob([goal, api, theft]).contributions[0]!.supersededBy).toBeUndefined();
  });
});

describe('concerns', () => {
  test('stay open until a revision names them, and open again when their author says so', () => {
    const api = say(ann, 'proposal', { content: 'x', meets: ['api'] });
    const worry = say(ben, 'concern', { content: 'no rate limit', parent: api.id, severity: 'must' });
    const answer = say(ann, 'revise', {
      content: 'y',
      supersedes: api.id,
      concern: worry.id,
      meets: ['api'],
    });
    const again = say(ben, 'review', { of: worry.id, verdict: 'change' });
    expect(viewJob([goal, api, worry]).concerns[0]).toMatchObject({ isOpen: true, about: [api.id] });
    expect(viewJob([goal, api, worry, answer]).concerns[0]).toMatchObject({
      isOpen: false,
      closedBy: answer.id,
    });
    expect(viewJob([goal, api, worry, answer, again]).concerns[0]!.isOpen).toBe(true);
  });
});

describe('the end', () => {
  const api = say(ann, 'proposal', { content: 'x', meets: ['api'] }, 100);
  const page = say(ben, 'proposal', { content: 'x', meets: ['page'] }, 101);
  const reviews = [
    say(ben, 'review', { of: api.id, verdict: 'accept' }, 102),
    say(ann, 'review', { of: page.id, verdict: 'accept' }, 103),
  ];
  const init = { deadlineAtMs: 10_000, quietMs: 500 };

  test('comes when all is met and reviewed and it has been quiet', () => {
    const view = viewJob([goal, api, page, ...reviews]);
    expect(judgeJob(view, init, 400).over).toBeUndefined();
    expect(judgeJob(view, init, 400).nextLookAtMs).toBe(603);
    expect(judgeJob(view, init, 603).over).toMatchObject({ end: 'complete', unmet: [] });
  });

  test('does not come while a concern is open; a note does not hold it up', () => {
    const worry = say(ben, 'concern', { content: 'hm', parent: api.id }, 104);
    const note = say(ben, 'concern', { content: 'nice to have', severity: 'note', parent: api.id }, 104);
    expect(judgeJob(viewJob([goal, api, page, ...reviews, worry]), init, 5_000).over).toBeUndefined();
    expect(judgeJob(viewJob([goal, api, page, ...reviews, note]), init, 5_000).over?.end).toBe('complete');
  });

  test('names what nobody offered to make, without waiting for it', () => {
    const view = viewJob([goal, api, reviews[0]!]);
    expect(judgeJob(view, init, 5_000).over).toBeUndefined();
    expect(judgeJob(view, { ...init, unprovided: new Set(['page']) }, 5_000).over).toMatchObject({
      end: 'incomplete',
      unmet: [{ id: 'page', why: 'missing' }],
    });
  });

  test('comes at the deadline, and from the asker, with what stayed unmet', () => {
    expect(judgeJob(viewJob([goal, api]), init, 10_000).over).toMatchObject({
      end: 'deadline',
      unmet: [
        { id: 'api', why: 'not-reviewed' },
        { id: 'page', why: 'missing' },
      ],
    });
    expect(judgeJob(viewJob([goal]), init, 1, 'asker').over?.end).toBe('asker');
  });
});

describe('roles', () => {
  test('whoever wrote, reviewed and was referred to most has most context; the silent have none', () => {
    const api = say(ann, 'proposal', { content: 'x', meets: ['api'] });
    const page = say(ben, 'build_on', { content: 'x', parent: api.id, meets: ['page'] });
    const scores = scoreContext(viewJob([goal, api, page]), [ann, ben, 'cat' as Did]);
    expect(scores.map((one) => one.agent)).toEqual([ann, ben, 'cat']);
    expect(scores[2]!.score).toBe(0);
    expect(scores.reduce((sum, one) => sum + one.score, 0)).toBeCloseTo(1);
  });

  test('of two that announce the same at once, every member names the same holder, until the lease ends', () => {
    const intend = (from: Did, at: number, untilMs: number): Envelope =>
      say(
        from,
        'progress',
        { task: 'e1', fencing: 0, content: { intention: { about: [coordinate], untilMs } } },
        at,
      );
    const both = [intend(ben, 200, 1_000), intend(ann, 200, 1_000)];
    expect(holderOf(viewJob([goal, ...both]), coordinate, 500)).toBe(ann);
    expect(holderOf(viewJob([goal, ...both.reverse()]), coordinate, 500)).toBe(ann);
    expect(holderOf(viewJob([goal, ...both]), coordinate, 1_000)).toBeUndefined();
    expect(holderOf(viewJob([goal, ...both, intend(ann, 900, 2_000)]), coordinate, 1_500)).toBe(ann);
  });

  test('nobody reserves work for long, whatever it claims', () => {
    const greedy = say(
      ann,
      'progress',
      { task: 'e1', fencing: 0, content: { intention: { about: ['api'], untilMs: 9e15 } } },
      300,
    );
    expect(holderOf(viewJob([goal, greedy]), 'api', 300 + 30_001)).toBeUndefined();
  });
});

test('every member computes the same view, in whatever order the entries came and however often', () => {
  const entries = [
    goal,
    ...Array.from({ length: 8 }, (_, at) =>
      say(
        at % 2 === 0 ? ann : ben,
        'proposal',
        { content: `c${at}`, meets: ['api'], references: [goal.id] },
        400 + (at % 3),
      ),
    ),
    say(ben, 'concern', { content: 'hm', parent: goal.id }, 410),
  ].map((entry, at) => ({ ...entry, id: `id${at}` }) as Envelope);
  const expected = JSON.stringify(viewJob(entries));
  fc.assert(
    fc.property(
      fc.shuffledSubarray(entries, { minLength: entries.length }),
      fc.subarray(entries),
      (order, repeated) => {
        expect(JSON.stringify(viewJob([...order, ...repeated]))).toBe(expected);
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});
