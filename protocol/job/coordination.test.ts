import { describe, expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import type { Envelope } from '../messages.ts';
import {
  leaseMs,
  listGivenUp,
  listHopeless,
  listLoose,
  placeMs,
  planCoordination,
  planDuties,
  stillMs,
} from './coordination.ts';
import { judgeJob } from './job-over.ts';
import { viewJob } from './job-view.ts';
import { coordinate } from './roles.ts';

const [asker, ann, ben, cat] = ['asker', 'ann', 'ben', 'cat'] as [Did, Did, Did, Did];
const members = [ann, ben, cat];
const nobody: ReadonlySet<Did> = new Set();
let ids = 0;
function say(from: Did, type: Envelope['type'], at: number, rest: Record<string, unknown>): Envelope {
  return {
    amp: '1',
    id: `e${String(++ids).padStart(3, '0')}`,
    mesh: 'm',
    type,
    from,
    at,
    ttlMs: 1,
    sig: '',
    ...rest,
  } as unknown as Envelope;
}
const note = (from: Did, at: number, content: object) =>
  say(from, 'progress', at, { task: 'e001', fencing: 0, content });
const lease = (from: Did, at: number, untilMs = at + leaseMs) =>
  note(from, at, { intention: { about: [coordinate], untilMs } });

const goal = say(asker, 'broadcast', 0, {
  query: 'a journey',
  requirements: ['flight', 'hotel', 'plan'].map((id) => ({ id, text: id })),
  context: { team: { providers: { flight: [ann], hotel: [ben], plan: [cat] }, witnesses: members } },
});
const flight = say(ann, 'proposal', 100, { content: 'f', meets: ['flight'] });
const hotel = say(ben, 'proposal', 110, { content: 'h', meets: ['hotel'] });
const plan = say(cat, 'build_on', 200, {
  content: 'p',
  meets: ['plan'],
  parent: flight.id,
  references: [flight.id, hotel.id],
});
const reviews = [
  say(cat, 'review', 120, { of: flight.id, verdict: 'accept' }),
  say(cat, 'review', 121, { of: hotel.id, verdict: 'accept' }),
];
const facts = (entries: readonly Envelope[], self: Did, nowMs: number, gone = nobody) => ({
  view: viewJob(entries),
  self,
  members,
  gone,
  nowMs,
});

describe('the lease', () => {
  test('is taken by whoever has most context, and by the next a little later', () => {
    const said = [goal, flight, hotel, ...reviews];
    // Ann and Ben wrote and met one each and were reviewed; by DID Ann is first.
    expect(planCoordination(facts(said, ann, 130))).toMatchObject({ lease: 'take', isHolder: true });
    expect(planCoordination(facts(said, ben, 130))).toMatchObject({
      lease: undefined,
      nextLookAtMs: 100 + placeMs,
    });
    expect(planCoordination(facts(said, ben, 100 + placeMs)).lease).toBe('take');
  });

  test('is renewed at half time, and held by no second one meanwhile', () => {
    const said = [goal, flight, lease(ann, 150)];
    expect(planCoordination(facts(said, ann, 160))).toMatchObject({ lease: undefined, isHolder: true });
    expect(planCoordination(facts(said, ann, 150 + leaseMs / 2)).lease).toBe('take');
    expect(planCoordination(facts(said, ben, 150 + leaseMs / 2)).lease).toBeUndefined();
  });

  test('is let go when another has more context, and that one takes it', () => {
    const said = [goal, flight, hotel, lease(ann, 150), ...reviews, plan];
    expect(planCoordination(facts(said, ann, 210)).lease).toBe('release');
    const after = [...said, lease(ann, 210, 210)];
    expect(planCoordination(facts(after, cat, 215))).toMatchObject({ lease: 'take', isHolder: true });
  });

  test('of a dead holder ends by itself, and goes to the next in context', () => {
    const said = [goal, flight, hotel, ...reviews, plan, lease(cat, 220)];
    expect(planCoordination(facts(said, ann, 220 + leaseMs - 1)).lease).toBeUndefined();
    // Known to be gone it is passed over; unknown, its place is waited for.
    expect(planCoordination(facts(said, ann, 220 + leaseMs, new Set([cat]))).lease).toBe('take');
    expect(planCoordination(facts(said, ann, 220 + leaseMs)).lease).toBeUndefined();
    expect(planCoordination(facts(said, ann, 220 + leaseMs + placeMs)).lease).toBe('take');
  });

  test('of two that took it at once the earlier holds, for every member alike', () => {
    const said = [goal, flight, lease(ben, 151), lease(ann, 150)];
    for (const order of [said, [...said].reverse()]) {
      expect(planCoordination(facts(order, ann, 160)).isHolder).toBe(true);
      expect(planCoordination(facts(order, ben, 160)).isHolder).toBe(false);
    }
  });
});

describe('what nobody will do', () => {
  test('who lives and promised is waited for, however long', () => {
    expect(listHopeless(viewJob([goal, flight]), nobody, 1e9)).toEqual({ missing: [], concerns: [] });
  });

  test('the promise of somebody gone is hopeless, unless somebody is at it', () => {
    const gone = new Set([ben]);
    expect(listHopeless(viewJob([goal, flight]), gone, 500).missing).toEqual(['hotel']);
    const taken = note(cat, 400, { intention: { about: ['hotel'], untilMs: 5_000 } });
    expect(listHopeless(viewJob([goal, flight, taken]), gone, 500).missing).toEqual([]);
    expect(listHopeless(viewJob([goal, flight, taken]), new Set([ben, cat]), 500).missing).toEqual([
      'hotel',
      'plan',
    ]);
  });

  test('what waits for something hopeless is hopeless too; what waits for somebody at work is not', () => {
    const blocked = note(cat, 90, { blocked: { about: ['plan'], on: ['hotel'] } });
    expect(listHopeless(viewJob([goal, blocked]), nobody, 500).missing).toEqual([]);
    expect(listHopeless(viewJob([goal, blocked]), new Set([ben]), 500).missing).toEqual(['hotel', 'plan']);
    const back = note(cat, 95, { blocked: { about: ['plan'], on: [] } });
    expect(listHopeless(viewJob([goal, blocked, back]), new Set([ben]), 500).missing).toEqual(['hotel']);
  });

  test('is asked about first, and closed when nobody came; then the job does not wait for it', () => {
    const gone = new Set([ben]);
    const said = [goal, flight, plan, lease(ann, 210, 20_000)];
    const first = planDuties(facts(said, ann, 210 + stillMs, gone));
    expect(first).toMatchObject({ ask: ['hotel'], close: undefined });
    const asked = [...said, say(ann, 'question', 1_720, { content: { text: 'who?', about: ['hotel'] } })];
    expect(planDuties(facts(asked, ann, 1_800, gone)).close).toBeUndefined();
    const { close } = planDuties(facts(asked, ann, 1_720 + stillMs, gone));
    expect(close).toEqual({ missing: ['hotel'], concerns: [] });
    const closed = [...asked, ...reviewsOf(asked), note(ann, 3_300, { closing: close })];
    expect([...listGivenUp(viewJob(closed))]).toEqual(['hotel']);
    expect(judgeJob(viewJob(closed), { deadlineAtMs: 90_000 }, 9_000).over).toMatchObject({
      end: 'incomplete',
      unmet: [{ id: 'hotel', why: 'missing' }],
    });
  });

  test('is closed by the holder of the lease only', () => {
    const closing = note(ben, 3_300, { closing: { missing: ['hotel'], concerns: [] } });
    expect(listGivenUp(viewJob([goal, flight, lease(ann, 210, 20_000), closing])).size).toBe(0);
    expect(listGivenUp(viewJob([goal, flight, closing])).size).toBe(0);
  });
});

test('parts that nobody refers to are loose; what refers to half of the others brings them together', () => {
  expect(listLoose(viewJob([goal, flight, hotel])).map((one) => one.id)).toEqual([flight.id, hotel.id]);
  expect(listLoose(viewJob([goal, flight, hotel, plan]))).toEqual([]);
  expect(listLoose(viewJob([goal, flight]))).toEqual([]);
});

function reviewsOf(entries: readonly Envelope[]): Envelope[] {
  return viewJob(entries).contributions.map((one) =>
    say(one.author === ann ? cat : ann, 'review', 3_000, { of: one.id, verdict: 'accept' }),
  );
}
