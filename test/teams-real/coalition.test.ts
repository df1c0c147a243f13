/** Coalitions on five real nodes, each a process: formed by bids, re-led and re-awarded when nodes and agents are killed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Agent,
  type AgentKey,
  type CoalitionEvent,
  createAgentKey,
  formCoalition,
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
    await world.untilKnown(asker, 4);
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
});
