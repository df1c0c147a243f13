/** What a mesh learns from how work ended, on the virtual shell: outcomes, reputation, calibration, restart. */
import { describe, expect, test } from 'vitest';
import { checkOutput } from '../../node/runtime/output-check.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import { createSimMesh, type TestAgent } from './sim-mesh.ts';

const translate = 'translate documents from German into English';
/** The asker's time to object, and the sweep that notices its end. */
const judgedMs = 36_000;

type Mesh = ReturnType<typeof createSimMesh>;
interface Hit {
  agent: string;
  score: number;
  factors: {
    reputation: number;
    affinity: number;
    because: { reputationMean: number; confidenceRaw?: number; confidenceCalibrated?: number };
  };
}

function startMesh() {
  const mesh = createSimMesh(3);
  const asker = mesh.join(0, 'asker');
  const good = mesh.join(1, 'good', translate);
  const bad = mesh.join(2, 'bad', translate);
  mesh.run(5_000);
  return { mesh, asker, good, bad };
}

let taskCount = 0;
/** Ids differ by their time. */
function nextTask(): string {
  taskCount += 1;
  return createMessageId(1_700_000_000_000 + taskCount, { bytes: (count) => new Uint8Array(count) });
}

/** A bid, an award and its end, from `worker` at `asker`'s. */
function work(
  mesh: Mesh,
  asker: TestAgent,
  worker: TestAgent,
  end: Record<string, unknown>,
  confidence = 0.9,
): string {
  const task = nextTask();
  worker.send({ type: 'bid', to: asker.did, task, confidence });
  mesh.run(200);
  asker.send({ type: 'award', to: worker.did, task, fencing: 1, content: 'translate this contract' });
  mesh.run(200);
  worker.send({ to: asker.did, task, fencing: 1, ...end });
  mesh.run(200);
  return task;
}

function search(mesh: Mesh, asker: TestAgent): Hit[] {
  asker.heard.length = 0;
  asker.send({ type: 'query', request: 'q', what: 'discover', text: 'translate from German', filter: {} });
  mesh.run(10);
  const found = asker.of('found')[0] as unknown as { items: { hits: Hit[] }[] };
  return found.items[0]!.hits;
}

function hitOf(mesh: Mesh, asker: TestAgent, agent: TestAgent): Hit {
  return search(mesh, asker).find((hit) => hit.agent === agent.did)!;
}

describe('outcomes', () => {
  test('results raise a rank and failures lower it, for the asker at once and for others by gossip', () => {
    const { mesh, asker, good, bad } = startMesh();
    expect(hitOf(mesh, asker, good).factors.because.reputationMean).toBe(0.5);
    for (let round = 0; round < 3; round += 1) {
      work(mesh, asker, good, { type: 'result', content: 'done' });
      work(mesh, asker, bad, { type: 'failure', reason: 'no idea' });
    }
    mesh.run(judgedMs);
    const [first, second] = search(mesh, asker);
    expect([first!.agent, second!.agent]).toEqual([good.did, bad.did]);
    expect(first!.factors.because.reputationMean).toBeGreaterThan(0.75);
    expect(second!.factors.because.reputationMean).toBeLessThan(0.25);
    expect(first!.factors.affinity).toBeGreaterThan(second!.factors.affinity);
    const elsewhere = mesh.join(2, 'elsewhere');
    expect(search(mesh, elsewhere)[0]!.agent).toBe(good.did);
    // Strangers to node 2: together they weigh no more than two own outcomes.
    expect(hitOf(mesh, elsewhere, bad).factors.because.reputationMean).toBeLessThan(0.5);
    expect(mesh.peers[2]!.outcomes.book.outcomeCount).toBe(6);
  });

  test('a boast that did not come true is worth less the next time, and both numbers are shown', () => {
    const { mesh, asker, bad } = startMesh();
    for (let round = 0; round < 4; round += 1)
      work(mesh, asker, bad, { type: 'failure', reason: 'sorry' }, 0.95);
    const { confidenceRaw, confidenceCalibrated } = hitOf(mesh, asker, bad).factors.because;
    expect(confidenceRaw).toBe(0.95);
    expect(confidenceCalibrated).toBeLessThan(0.5);
    const [evidence] = mesh.peers[0]!.outcomes.evidenceFor(
      mesh.peers[0]!.capabilities.search({ text: translate, filter: { without: [] } }, asker.did),
    ).filter((one) => one.agent === bad.did);
    expect(evidence!.brierRaw).toBeGreaterThan(evidence!.brierCalibrated!);
  });

  test("the asker's own word counts instead of the answer", () => {
    const { mesh, asker, good } = startMesh();
    const task = work(mesh, asker, good, { type: 'result', content: 'nonsense' });
    asker.send({ type: 'judge', task, agent: good.did, score: 0 });
    mesh.run(judgedMs);
    expect(mesh.peers[0]!.outcomes.book.outcomeCount).toBe(1);
    expect(hitOf(mesh, asker, good).factors.because.reputationMean).toBeLessThan(0.5);
  });

  test('a result that breaks the promised schema is a breach, one that keeps it is not', () => {
    const { mesh, asker } = startMesh();
    const output = { type: 'object', properties: { pages: { type: 'integer' } }, required: ['pages'] };
    const clerk = mesh.join(1, 'clerk');
    clerk.send({ type: 'announce', capability: { text: 'count the pages of documents', output } });
    mesh.run(500);
    work(mesh, asker, clerk, { type: 'result', content: { pages: 'many' } });
    work(mesh, asker, clerk, { type: 'result', content: { pages: 7 } });
    mesh.run(judgedMs);
    const outcomes = mesh.peers[0]!.events.since(-1, 10_000).filter((event) => event.kind === 'outcome');
    expect(outcomes.map(({ score, isSchemaBreach }) => [score, isSchemaBreach])).toEqual([
      [0, true],
      [1, undefined],
    ]);
  });

  test('no answer by the deadline is a failure; a cancelled or declined task is no outcome', () => {
    const { mesh, asker, good, bad } = startMesh();
    const now = mesh.scheduler.nowMs();
    const [late, cancelled] = [nextTask(), nextTask()];
    asker.send({ type: 'award', to: bad.did, task: late, fencing: 1, deadlineAt: now + 3_000 });
    asker.send({ type: 'award', to: good.did, task: cancelled, fencing: 1, deadlineAt: now + 3_000 });
    asker.send({ type: 'cancel', to: good.did, task: cancelled });
    work(mesh, asker, good, { type: 'decline', reason: 'busy' });
    mesh.run(20_000);
    expect(mesh.peers[0]!.outcomes.book.outcomeCount).toBe(1);
    expect(hitOf(mesh, asker, bad).factors.because.reputationMean).toBeLessThan(0.5);
    expect(hitOf(mesh, asker, good).factors.because.reputationMean).toBe(0.5);
  });

  test('what was learnt survives a crash', () => {
    const { mesh, asker, bad } = startMesh();
    for (let round = 0; round < 3; round += 1) work(mesh, asker, bad, { type: 'failure', reason: 'no' });
    const before = hitOf(mesh, asker, bad).factors.because.reputationMean;
    mesh.crash(0);
    mesh.run(1_000);
    mesh.restart(0);
    mesh.run(10_000);
    const again = mesh.join(0, 'asker', undefined, { resume: (asker as ReturnType<Mesh['join']>).resume! });
    expect(hitOf(mesh, again, bad).factors.because.reputationMean).toBeCloseTo(before, 3);
    expect(hitOf(mesh, again, bad).factors.because.confidenceRaw).toBe(0.9);
  });

  test('an awarded task shows as load until it is answered', () => {
    const { mesh, asker } = startMesh();
    const one = mesh.join(1, 'one');
    one.send({ type: 'announce', capability: { text: 'prove theorems', capacity: 2 } });
    mesh.run(500);
    const loadSeenBy = (at: number) =>
      mesh.peers[at]!.capabilities.index.loadOf(one.did, mesh.peers[1]!.self, mesh.scheduler.nowMs());
    const task = nextTask();
    asker.send({ type: 'award', to: one.did, task, fencing: 1 });
    mesh.run(5_000);
    expect([loadSeenBy(0), loadSeenBy(1)]).toEqual([0.5, 0.5]);
    one.send({ type: 'result', to: asker.did, task, fencing: 1, content: 'QED' });
    mesh.run(5_000);
    expect([loadSeenBy(0), loadSeenBy(1)]).toEqual([0, 0]);
  });
});

describe('offers for an audience', () => {
  test('reach the node of the named agent, also when it comes later, and no other', () => {
    const { mesh, asker } = startMesh();
    const secret = mesh.join(1, 'secret');
    const text = 'audit the books of the treasury';
    const friend = mesh.join(2, 'friend');
    secret.send({ type: 'announce', capability: { text, capability: 'books', audience: [friend.did] } });
    mesh.run(5_000);
    const sees = (agent: TestAgent) => {
      agent.heard.length = 0;
      agent.send({ type: 'query', request: 'q', what: 'discover', text });
      mesh.run(10);
      const found = agent.of('found')[0] as unknown as { items: { hits: Hit[] }[] };
      return found.items[0]!.hits.some((hit) => hit.agent === secret.did);
    };
    expect([sees(friend), sees(asker)]).toEqual([true, false]);
    expect(mesh.peers[0]!.capabilities.index.recordsOf(secret.did)).toEqual([]);
    asker.heard.length = 0;
    asker.send({ type: 'broadcast', query: text });
    mesh.run(1_000);
    expect(secret.of('broadcast')).toEqual([]);
  });
});

describe('checking an output schema of a stranger', () => {
  const object = { type: 'object', properties: { a: { type: 'number', minimum: 1 } }, required: ['a'] };

  test.each([
    ['kept', object, { a: 1 }],
    ['kept', object, '{"a": 3}'],
    ['broken', object, { a: 0 }],
    ['broken', object, 'three'],
    ['kept', { type: 'string' }, '17'],
    ['kept', { type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(40)}b`],
    ['broken', { type: 'array', items: { enum: ['x'] } }, ['y']],
    ['not-checkable', { $ref: '#' }, {}],
    ['not-checkable', { type: 'object', patternProperties: { '(a+)+$': {} } }, {}],
    ['not-checkable', { type: 'no such type' }, {}],
  ] as const)('%s: %j', (verdict, schema, content) => {
    expect(checkOutput(schema, content)).toBe(verdict);
  });
});
