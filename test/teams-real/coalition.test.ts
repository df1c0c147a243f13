/** Coalitions on five real nodes, each a process: formed by bids, re-led and re-awarded when nodes and agents are killed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Agent,
  type AgentKey,
  type CoalitionEvent,
  createAgentKey,
  createMemoryStore,
  formCoalition,
  resumeCoalitions,
  serveCoalitions,
} from '../../client/index.ts';
import { nothing } from '../../protocol/budget/index.ts';
import { outcomeSchema, outcomeSignature } from '../../protocol/coalition/index.ts';
import { checkSignature } from '../../protocol/signing.ts';
import { createCountedKeys as realKeys } from '../consensus/harness/real-keys.ts';
import { startTeamProcesses, type TeamProcesses } from './team-processes.ts';

let world: TeamProcesses;
let asker: Agent;

beforeAll(async () => {
  world = await startTeamProcesses();
  asker = await world.attach(1, 'asker');
}, 60_000);
afterAll(() => world?.stop(), 20_000);

const skills = ['parse tables', 'draw charts', 'write reports'] as const;

/** Events, and a way to wait for one. */
function createLog() {
  const events: CoalitionEvent[] = [];
  const waiting = new Set<() => void>();
  return {
    events,
    onEvent(event: CoalitionEvent) {
      events.push(event);
      if (process.env.TEAMS_SAY) console.log(JSON.stringify(event).slice(0, 200));
      for (const check of [...waiting]) check();
    },
    until(match: (event: CoalitionEvent) => boolean) {
      return new Promise<CoalitionEvent>((resolve) => {
        const check = (): void => {
          const found = events.find(match);
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
  };
}

describe('a coalition on five nodes', () => {
  test('survives the kill of a member and of its coordinator, nodes and all; a stale result is refused', async () => {
    const bobKey: AgentKey = await createAgentKey();
    const ann = await world.start(2, 'ann', { skills: skills[0], context: '0.9', 'work-ms': '15000' });
    const bob = await world.attach(3, 'bob', [skills[1]], bobKey);
    const eve = await world.start(4, 'eve', { skills: skills[2], 'work-ms': '500' });
    const cid = await world.start(5, 'cid', { skills: `${skills[0]},${skills[1]}`, quality: '0.4' });
    // Bob takes the award, and is never heard of again.
    const bobWorks = Promise.withResolvers<number>();
    const serving = serveCoalitions(bob, {
      consider: () => ({
        ...{ cost: { ...nothing, tokens: 100 }, quality: 0.9, confidence: 0.9, context: 0.1 },
        skills: [skills[1]],
      }),
      work({ fencing }) {
        bobWorks.resolve(fencing);
        return new Promise(() => undefined);
      },
    });
    await world.untilKnown(asker, ['ann', 'bob', 'eve', 'cid']);
    const log = createLog();
    const coalition = await formCoalition(asker, {
      ...{ goal: 'Report on the sales', skills, budget: { tokens: 400 }, sizeMax: 4, onEvent: log.onEvent },
      ...{ bidMs: 3_000, leaseMs: 1_200, endMs: 60_000, policy: { facts: 'majority' } },
    });
    await log.until((event) => event.kind === 'coordinator');
    expect(coalition.coordinator(), 'the one with the most context leads').toBe(ann.did);
    expect(new Set(coalition.members())).toEqual(new Set([ann.did, bob.did, eve.did]));

    const staleFencing = await bobWorks.promise;
    world.killNode(3);
    serving.stop();
    bob.close();
    const again = await log.until(
      (event) => event.kind === 'awarded' && event.skill === skills[1] && event.agent === cid.did,
    );
    if (again.kind !== 'awarded') throw new Error('unreachable');
    expect(again.fencing).toBeGreaterThan(staleFencing);

    // Bob comes back elsewhere and hands in what it did under the old number.
    const zombie = await world.attach(4, 'bob', [], bobKey);
    const { task } = again;
    const late = { task, fencing: staleFencing, content: 'late' };
    await zombie.send({
      ...{ type: 'result', to: asker.did, space: coalition.id, ...late },
      terms: { ...late, spent: nothing, complete: true },
    });
    const refused = await log.until((event) => event.kind === 'ignored' && event.from === bob.did);
    expect(refused).toMatchObject({ type: 'result-received' });
    expect(refused).toMatchObject({ reason: 'stale-fencing' });

    // The coordinator dies at its own work: another leads, and its item goes to the reserve.
    await ann.until('started');
    ann.process.kill('SIGKILL');
    world.killNode(2);
    const led = await log.until((event) => event.kind === 'coordinator' && event.agent !== ann.did);
    expect(led).toMatchObject({ term: 2 });
    const { outcome, results } = await coalition.ended;
    expect(outcome).toMatchObject({
      kind: 'result',
      reason: 'done',
      coordinators: [ann.did, coalition.coordinator()],
    });
    expect([...results].map(([skill, { from }]) => [skill, from])).toEqual([
      [skills[0], cid.did],
      [skills[1], cid.did],
      [skills[2], eve.did],
    ]);
    const accepted = log.events.flatMap((event) => (event.kind === 'accepted' ? [event.skill] : []));
    expect(accepted.sort(), 'each item is accepted once').toEqual([...skills].sort());
    expect(outcome.spent.tokens).toBeLessThanOrEqual(400);

    // Signed by the asker, and verifiable alone.
    const record = outcomeSchema.parse(outcome);
    expect(checkSignature(realKeys(), outcomeSignature(record))).toBe(true);
    expect(checkSignature(realKeys(), outcomeSignature({ ...record, kind: 'failure' }))).toBe(false);
    expect(await eve.until('ended')).toMatchObject({ coalition: coalition.id, kind: 'result' });
    expect(coalition.space.isClosed).toBe(true);
  }, 60_000);

  test('members leave and join, a member forms a team on its own grant, who would overspend stops and says so, and an asker that restarts accepts nothing twice', async () => {
    const wanted = ['measure walls', 'summarise letters', 'count words'] as const;
    const cheap = { ...nothing, tokens: 50 };
    const fay = await world.attach(4, 'fay', [wanted[0]]);
    const fayWorks = Promise.withResolvers<void>();
    const serving = serveCoalitions(fay, {
      consider: ({ skills }) =>
        skills.includes(wanted[0])
          ? { cost: cheap, quality: 0.9, confidence: 0.9, context: 0, skills: [wanted[0]] }
          : { refuse: 'none of my skills' },
      work() {
        fayWorks.resolve();
        return new Promise(() => undefined);
      },
    });
    await Promise.all([
      world.start(5, 'gil', { skills: wanted[0], quality: '0.4', tokens: '50', 'work-ms': '300' }),
      world.start(1, 'hal', {
        skills: wanted[1],
        context: '0.9',
        inner: 'translate letters',
        'work-ms': '300',
      }),
      world.start(4, 'ida', { skills: 'translate letters', tokens: '40', 'work-ms': '300' }),
      world.start(5, 'gus', { skills: wanted[2], tokens: '30', hungry: '12', 'work-ms': '300' }),
    ]);
    await world.untilKnown(asker, ['fay', 'gil', 'hal', 'ida', 'gus']);
    const store = createMemoryStore();
    const log = createLog();
    const first = await formCoalition(asker, {
      ...{ goal: 'Read the old letters', skills: wanted, sizeMax: 4, store, onEvent: log.onEvent },
      ...{ budget: { tokens: 250 }, bidMs: 3_000, leaseMs: 1_200, endMs: 60_000 },
    });
    await fayWorks.promise;
    await log.until((event) => event.kind === 'accepted');
    first.stop();
    serving.leave(first.id, 'called away');

    const [second] = await resumeCoalitions(asker, { store, onEvent: log.onEvent });
    const { outcome, results } = await second!.ended;
    expect(second!.id).toBe(first.id);
    expect(outcome).toMatchObject({ kind: 'partial', reason: 'over-budget' });
    const accepted = log.events.flatMap((event) => (event.kind === 'accepted' ? [event.skill] : []));
    expect(accepted.sort(), 'each item is accepted once').toEqual([...wanted].sort());
    expect(log.events).toContainEqual({ kind: 'left', agent: fay.did });

    // Two spends of 12 fit into 30, the third does not: what there was is handed in.
    expect(results.get(wanted[2])).toMatchObject({
      ...{ complete: false, reason: 'over-budget', spent: { tokens: 24 } },
      content: { by: 'gus', share: 0.2 },
    });
    // Ten for its own work, ten for the team inside, whose grant came out of this seat's.
    expect(results.get(wanted[1])).toMatchObject({
      ...{ complete: true, spent: { tokens: 20 } },
      content: { by: 'hal', inside: { kind: 'result', spent: { tokens: 10 } } },
    });
    // Fay vanished with its grant; nobody else paid more than it reported.
    expect(outcome.spent.tokens).toBe(50 + 10 + 20 + 24);
    expect(store.keys('coalition-asker')).toEqual([]);
  }, 60_000);
});
