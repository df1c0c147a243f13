/** Contracts over restarts, and handoffs, between agents on three real nodes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Agent,
  type ContractEvent,
  type ContractTask,
  callForProposals,
  createMemoryStore,
  formCoalition,
  type HandedTask,
  type HandoffHandler,
  type HandoffService,
  resumeContracts,
  serveCoalitions,
  serveContracts,
  serveHandoffs,
} from '../../client/index.ts';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { nothing } from '../../protocol/budget/index.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import { createRealNodes, type RealNodes } from '../discovery-real/real-nodes.ts';

let world: RealNodes;
const agents: Agent[] = [];

beforeAll(async () => {
  world = createRealNodes();
  for (let at = 0; at < 3; at++) await world.start();
  for (const [at, name] of ['ann', 'bob', 'cid'].entries())
    agents.push(await world.attach(world.nodes[at]!, name));
}, 60_000);
afterAll(() => world?.stop(), 20_000);

const makeId = (): MessageId =>
  createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
const offer = { cost: nothing, quality: 0.9, confidence: 0.9, skills: ['sum'] };

describe('a team', () => {
  test('is remembered on every node: who did well at such work is expected to do well again', async () => {
    const [asker, worker, elsewhere] = agents as [Agent, Agent, Agent];
    const goal = 'add up the invoices of a month';
    const serving = serveCoalitions(worker, { consider: () => offer, work: () => 'done' });
    for (const quality of [1, 1, 1]) {
      const team = await formCoalition(asker, {
        ...{ goal, skills: ['sum'], to: [worker.did], bidMs: 1_000, leaseMs: 2_000, endMs: 20_000 },
        judge: () => ({ verdict: 'accept', quality }),
      });
      await team.ended;
    }
    serving.stop();
    // A play is signed when the team is dissolved, and gossiped.
    const known = async () => {
      const { items, explain } = await elsewhere.query('experience', 'sum up last month’s invoices', {
        agents: [worker.did, elsewhere.did],
      });
      return { items: items as { expectation: { mean: number; evidence: number } }[], explain };
    };
    await expect
      .poll(async () => (await known()).items[0]!.expectation.evidence, { timeout: 10_000 })
      .toBeGreaterThan(2.9);
    const { items, explain } = await known();
    expect(explain).toMatchObject({ kind: goal, form: {} });
    expect(items[0]!.expectation.mean).toBeGreaterThan(0.65);
    expect(items[1]!.expectation).toMatchObject({ mean: 0.5, evidence: 0 });
  });
});

describe('a contract', () => {
  test('outlives the program of its worker and of its asker: nothing is done twice, no award is lost', async () => {
    const [asker, worker] = agents as [Agent, Agent];
    const stores = { asker: createMemoryStore(), worker: createMemoryStore() };
    const begun: ContractTask[] = [];
    const first = Promise.withResolvers<void>();
    const slow = serveContracts(
      worker,
      {
        consider: () => offer,
        work(task) {
          begun.push(task);
          first.resolve();
          return new Promise(() => undefined);
        },
      },
      { store: stores.worker },
    );
    const events: ContractEvent[] = [];
    const call = { content: 'add up', skills: ['sum'], bidMs: 1_500, leaseMs: 10_000, endMs: 30_000 };
    void callForProposals(asker, { to: [worker.did], ...call, store: stores.asker });
    await first.promise;
    // The worker's program ends at work. Its next life takes the award up, and finishes.
    slow();
    const finished = Promise.withResolvers<void>();
    let workCount = 0;
    const answerOnce = {
      consider: () => offer,
      work({ isResumed, fencing }: ContractTask) {
        workCount += 1;
        finished.resolve();
        return { isResumed, fencing };
      },
    };
    const second = serveContracts(worker, answerOnce, { store: stores.worker });
    // The asker's program ended as well: nobody hears this result.
    await finished.promise;
    second();
    const third = serveContracts(worker, answerOnce, { store: stores.worker });
    const [outcome] = await Promise.all(
      resumeContracts(asker, { store: stores.asker, onEvent: (event) => events.push(event) }),
    );
    third();
    expect(outcome).toMatchObject({
      ...{ kind: 'result', winner: worker.did, fencing: 1 },
      result: { content: { isResumed: true, fencing: 1 } },
    });
    expect(begun.map((task) => task.fencing)).toEqual([1]);
    expect(workCount, 'what was reported is reported again, not done again').toBe(1);
    expect(stores.asker.keys('contract-call')).toEqual([]);
  }, 30_000);
});

describe('a handoff', () => {
  interface Holder {
    readonly service: HandoffService;
    readonly got: HandedTask[];
    readonly returned: string[];
    next(): Promise<HandedTask>;
  }

  function hold(agent: Agent, consider: HandoffHandler['consider'] = () => true): Holder {
    const got: HandedTask[] = [];
    const returned: string[] = [];
    let wake: ((task: HandedTask) => void) | undefined;
    const service = serveHandoffs(agent, {
      consider,
      start(task) {
        got.push(task);
        wake?.(task);
      },
      onReturn: (_task, reason) => returned.push(reason),
    });
    const next = () =>
      new Promise<HandedTask>((resolve) => {
        wake = resolve;
      });
    return { service, got, returned, next };
  }

  test('moves the work with the context that may travel, and comes back when it is refused or given back', async () => {
    const [ann, bob, cid] = agents.map((agent, at) =>
      hold(agent, at === 2 ? () => ({ refuse: 'busy' }) : undefined),
    ) as [Holder, Holder, Holder];
    const task = makeId();
    const entries = [
      { tags: ['sales'], audience: 'any' as const, content: 'sums are in euro' },
      { tags: ['people'], audience: 'any' as const, content: 'ask Kim' },
      { tags: ['sales'], audience: 'private' as const, content: 'my own guess' },
    ];
    const filter = { full: false, tags: ['sales'] };
    const arrived = bob.next();
    const moved = await ann.service.handOff(agents[1]!.did, { task, content: 'add up', entries, filter });
    expect(moved).toEqual({ kind: 'handed', to: agents[1]!.did });
    const mine = await arrived;
    expect(mine).toMatchObject({ task, from: agents[0]!.did, isFull: false, path: [agents[0]!.did] });
    expect(mine.entries.map((entry) => entry.content)).toEqual(['sums are in euro']);

    const { path } = mine;
    expect(await bob.service.handOff(agents[2]!.did, { task, content: 'add up', path })).toEqual({
      ...{ kind: 'kept', reason: 'busy' },
    });
    expect(cid.got).toEqual([]);

    mine.giveBack('too hard');
    for (const until = Date.now() + 5_000; ann.returned.length === 0 && Date.now() < until; )
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ann.returned).toEqual(['too hard']);
    for (const { service } of [ann, bob, cid]) service.stop();
  }, 20_000);

  test('nobody answers: the sender works on', async () => {
    const ann = hold(agents[0]!);
    const nobody = { task: makeId(), content: 'x', answerMs: 300 };
    expect(await ann.service.handOff(agents[1]!.did, nobody)).toEqual({ kind: 'kept', reason: 'no-answer' });
    ann.service.stop();
  });

  test('going round in circles is refused, by both sides, and so is the eleventh handoff', async () => {
    const [ann, bob] = [hold(agents[0]!), hold(agents[1]!)];
    const [a, b, c] = agents.map((agent) => agent.did) as [Did, Did, Did];
    const task = makeId();
    const tryFrom = (path: readonly Did[]) => ann.service.handOff(b, { task, content: 'x', path });
    expect(await tryFrom([b, c, b])).toMatchObject({ kind: 'kept', reason: 'agent-returns' });
    expect(await tryFrom([a, b])).toMatchObject({ kind: 'kept', reason: 'repeated-sequence' });
    const strangers = Array.from({ length: 10 }, (_, at) => `${a.slice(0, -1)}${at + 1}` as Did);
    expect(await tryFrom(strangers)).toMatchObject({ kind: 'kept', reason: 'too-many-handoffs' });
    // A sender that does not check its path is refused by the receiver.
    const refused = new Promise<string | undefined>((resolve) => {
      agents[0]!.on('message', (message) => {
        if (message.type === 'handoff_response' && message.task === task) resolve(message.reason);
      });
    });
    const body = {
      ...{ task, handoff: makeId(), content: 'x', full: true, entries: [], path: [a, b, a] },
      ...{ fencing: 1, grant: nothing, answerBy: Date.now() + 5_000 },
    };
    await agents[0]!.send({ type: 'handoff', to: b, task, content: 'x', terms: body });
    expect(await refused).toBe('repeated-sequence');
    expect(bob.got).toEqual([]);
    for (const { service } of [ann, bob]) service.stop();
  }, 20_000);
});
