/** What a mesh learns beyond single outcomes, on the virtual shell: plays, late joiners, drift. */
import { describe, expect, test } from 'vitest';
import { createMessageId } from '../../protocol/message-id.ts';
import { createSimMesh, type TestAgent } from './sim-mesh.ts';

type Mesh = ReturnType<typeof createSimMesh>;
interface Known {
  agent: string;
  expectation: { mean: number; evidence: number };
  rankFactor: number;
  roles: { role: string }[];
}

let idCount = 0;
/** Ids differ by their time. */
function nextId(): string {
  idCount += 1;
  return createMessageId(1_700_000_000_000 + idCount, { bytes: (count) => new Uint8Array(count) });
}

const goal = 'find out why the API answers slowly';

/** One job from invitation to its end: each worker contributes to its own part, the asker reviews. */
function runJob(
  mesh: Mesh,
  asker: TestAgent,
  workers: readonly { agent: TestAgent; part: string; isGood: boolean }[],
  words = goal,
): void {
  const space = nextId();
  const requirements = workers.map(({ part }) => ({ id: part, text: `the ${part}` }));
  for (const { agent } of workers) {
    agent.heard.length = 0;
    asker.send({ type: 'invite', to: agent.did, space, goal: words });
  }
  mesh.run(300);
  for (const { agent } of workers)
    agent.send({ type: 'accept', to: asker.did, space, invitation: agent.of('invite')[0]!.id });
  mesh.run(300);
  asker.send({ type: 'broadcast', space, query: words, requirements });
  mesh.run(100);
  for (const { agent, part, isGood } of workers) {
    asker.heard.length = 0;
    agent.send({ type: 'proposal', space, content: `${part} of ${words}`, meets: [part] });
    mesh.run(200);
    const of = asker.of('proposal')[0]!.id;
    asker.send({ type: 'review', space, of, verdict: isGood ? 'accept' : 'change' });
    mesh.run(100);
  }
  asker.send({ type: 'dissolve', space, reason: 'done' });
  mesh.run(500);
}

function ask(mesh: Mesh, agent: TestAgent, text: string, candidates: readonly TestAgent[]) {
  agent.heard.length = 0;
  const filter = { agents: candidates.map(({ did }) => did) };
  agent.send({ type: 'query', request: 'q', what: 'experience', text, filter });
  mesh.run(10);
  return agent.of('found')[0] as unknown as {
    items: Known[];
    explain: { kind?: string; pairs: { synergy: number }[]; form: { talk?: string } };
  };
}

function startMesh(nodeCount = 3) {
  const mesh = createSimMesh(nodeCount);
  const asker = mesh.join(0, 'asker');
  const [good, bad] = [mesh.join(1, 'good'), mesh.join(2, 'bad')];
  mesh.run(3_000);
  return { mesh, asker, good, bad };
}

describe('plays', () => {
  test('a closed job teaches every node who did well at what, in words of its own', () => {
    const { mesh, asker, good, bad } = startMesh();
    for (let i = 0; i < 4; i += 1)
      runJob(mesh, asker, [
        { agent: good, part: 'cause', isGood: true },
        { agent: bad, part: 'repair', isGood: false },
      ]);
    const elsewhere = mesh.join(2, 'elsewhere');
    for (const reader of [asker, elsewhere]) {
      const { items, explain } = ask(mesh, reader, 'why does the API answer so slowly?', [
        good,
        bad,
        elsewhere,
      ]);
      expect(explain.kind).toBe(goal);
      const [first, second, stranger] = items.map((one) => one.expectation);
      expect(first!.evidence).toBeGreaterThan(3.9);
      expect(stranger!.evidence).toBe(0);
      // Half of each job was met, so the team's score is one half for both.
      expect([first!.mean, second!.mean].map((mean) => mean.toFixed(1))).toEqual(['0.5', '0.5']);
    }
    expect(ask(mesh, asker, 'bake a cake with cherries', [good]).explain.kind).toBeUndefined();
  });

  test('who was not there when it was told has it within seconds of joining, and after a restart', () => {
    const { mesh, asker, good } = startMesh(4);
    mesh.network.partition([[0, 1, 2], [3]].map((group) => group.map((at) => mesh.peers[at]!.self)));
    for (let i = 0; i < 3; i += 1) runJob(mesh, asker, [{ agent: good, part: 'cause', isGood: true }]);
    expect(mesh.peers[3]!.learning.book.playCount).toBe(0);
    mesh.network.heal();
    mesh.run(5_000);
    expect(mesh.peers[3]!.learning.book.playCount).toBe(3);
    expect(mesh.peers[3]!.outcomes.book.outcomeCount).toBe(3);
    mesh.crash(3);
    mesh.restart(3);
    expect(mesh.peers[3]!.learning.book.playCount).toBe(3);
    expect(mesh.peers[3]!.learning.experience(goal, [good.did]).agents[0]!.expectation.mean).toBeGreaterThan(
      0.7,
    );
  });

  test('a play that the asker did not sign, or about oneself, is refused and told', () => {
    const { mesh, asker, good } = startMesh();
    runJob(mesh, asker, [{ agent: good, part: 'cause', isGood: true }]);
    mesh.crash(0);
    const [row] = mesh.disks[0]!.open().scan('discovery/playbook', '', '', 10);
    const text = new TextDecoder().decode(row!.value as Uint8Array);
    const forge = (from: string, to: string) =>
      mesh.peers[1]!.learning.takeRecord(new TextEncoder().encode(text.replace(from, to)));
    expect(text).toContain('"score":1');
    expect(forge('"score":1', '"score":0')).toMatchObject({ ok: false, refusal: { code: 'AMP-1101' } });
    expect(forge(good.did, asker.did)).toMatchObject({ ok: false, refusal: { code: 'AMP-1603' } });
    expect(forge('x', 'x')).toMatchObject({ ok: true });
  });

  test('roles are seen: who always does one thing is a specialist', () => {
    const { mesh, asker, good, bad } = startMesh();
    for (let i = 0; i < 5; i += 1)
      runJob(mesh, asker, [
        { agent: good, part: 'cause', isGood: true },
        { agent: bad, part: `part${i}`, isGood: true },
      ]);
    const { items } = ask(mesh, asker, goal, [good, bad]);
    expect(items.map((one) => one.roles.map(({ role }) => role))).toEqual([['specialist'], []]);
  });
});

describe('drift', () => {
  test('an agent whose answers turn from its own first ones is told, shown less, and found last', () => {
    const mesh = createSimMesh(2);
    const asker = mesh.join(0, 'asker');
    const text = 'review pull requests of TypeScript services';
    const [steady, drifting] = [mesh.join(1, 'steady', text), mesh.join(1, 'drifting', text)];
    mesh.run(3_000);
    const places = ['the parser', 'the router', 'the cache', 'the session store', 'the log writer'];
    const work = (agent: TestAgent, content: string) => {
      const task = nextId();
      asker.send({ type: 'award', to: agent.did, task, fencing: 1, content: text });
      mesh.run(100);
      agent.send({ type: 'result', to: asker.did, task, fencing: 1, content });
      mesh.run(100);
    };
    const review = (at: number) =>
      `The change to ${places[at % 5]} needs a test for case ${at}, and ${places[(at + 2) % 5]} leaks a handle.`;
    for (let at = 0; at < 40; at += 1) for (const agent of [steady, drifting]) work(agent, review(at));
    expect(mesh.peers[0]!.learning.rankFactorOf(drifting.did)).toBe(1);
    for (let at = 40; at < 65; at += 1) {
      work(steady, review(at));
      work(drifting, `Mix ${at} grams of flour with cherries and bake the cake until golden.`);
    }
    const { rankFactorOf } = mesh.peers[0]!.learning;
    expect([rankFactorOf(steady.did), rankFactorOf(drifting.did)]).toEqual([1, 0.2]);
    const concerns = drifting.messages().filter((one) => one.type === 'concern');
    expect(concerns.map((one) => one.severity)).toEqual(['should', 'must']);
    expect(steady.messages().filter((one) => one.type === 'concern')).toEqual([]);
    asker.heard.length = 0;
    asker.send({ type: 'query', request: 'q', what: 'discover', text: 'review TypeScript', filter: {} });
    mesh.run(10);
    const found = asker.of('found')[0] as unknown as { items: { hits: { agent: string }[] }[] };
    expect(found.items[0]!.hits.map(({ agent }) => agent)).toEqual([steady.did, drifting.did]);
  });
});
