/** Decisions among full peers on the virtual shell: the same desks that run on real nodes. */
import { describe, expect, test } from 'vitest';
import { verifyCertificateFile } from '../../cli/certificate-verify.ts';
import type { VoteFault } from '../../node/runtime/consensus-desk.ts';
import type { ConsensusMessage } from '../../protocol/consensus/index.ts';

import { createSimMesh, type TestAgent } from './sim-mesh.ts';

const space = '01890a5d-ac96-774b-bcce-b302099a8057';
const decision = '01890a5d-ac96-774b-bcce-b302099a8058';
const options = ['cache', 'attack'];

type Mesh = ReturnType<typeof createSimMesh>;

/** One agent per node, all members of one space of the first. */
function gather(mesh: Mesh): TestAgent[] {
  const agents = mesh.peers.map((_, at) => mesh.join(at, `a${at}`));
  mesh.run(1_000);
  const [asker, ...others] = agents;
  for (const other of others) asker!.send({ type: 'invite', to: other.did, space, goal: 'find the cause' });
  mesh.run(1_000);
  for (const other of others) {
    const invitation = other.of('invite')[0] as unknown as { id: string };
    other.send({ type: 'accept', space, to: asker!.did, invitation: invitation.id });
  }
  mesh.run(1_000);
  return agents;
}

function ask(mesh: Mesh, asker: TestAgent, rule: string, more: Record<string, unknown> = {}): void {
  const deadlineAt = mesh.scheduler.nowMs() + 20_000;
  asker.send({
    type: 'decide',
    decision,
    space,
    question: 'What is the cause?',
    options,
    rule,
    deadlineAt,
    ...more,
  });
}

function vote(agent: TestAgent, ...choice: string[]): void {
  agent.send({ type: 'vote', decision, choice });
}

interface Told {
  readonly kind: string;
  readonly outcome: string;
  readonly level?: string;
  readonly certificate: Record<string, unknown>;
  readonly culprit?: string;
}

function told(agent: TestAgent, kind = 'decided'): Told[] {
  return agent
    .of('event')
    .map((one) => one.event as Told)
    .filter((event) => event.kind === kind);
}

function verify(mesh: Mesh, certificate: unknown) {
  const checked = verifyCertificateFile(JSON.stringify(certificate), mesh.checker);
  return checked.ok ? checked.value : checked.refusal;
}

describe('a decision by Byzantine agreement over the runtime', () => {
  test('four peers of which one crashes before it votes decide, and each holds a certificate that verifies', () => {
    const mesh = createSimMesh(4);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(200);
    expect(agents[1]!.of('ballot')).toHaveLength(1);
    mesh.crash(3);
    for (const agent of agents.slice(0, 3)) vote(agent, 'cache');
    mesh.run(10_000);
    for (const agent of agents.slice(0, 3)) {
      expect(told(agent).map((one) => one.outcome)).toEqual(['cache']);
      expect(verify(mesh, told(agent)[0]!.certificate)).toMatchObject({
        type: 'agreement',
        agreement: { kind: 'decision', label: 'byzantine', memberCount: 4, faultMax: 1 },
      });
    }
    const said = agents[1]!.of('decided')[0]!;
    expect(said).toMatchObject({ outcome: 'cache', from: agents[0]!.did, space });
  });

  test('a member whose question comes after all ballots decides with the others', () => {
    let far: Mesh | undefined;
    const mesh = createSimMesh(4, 21, {
      rules: [
        ({ from, to }) =>
          from === far?.peers[0]?.self && to === far?.peers[3]?.self
            ? { type: 'delay', delayMs: 300 }
            : { type: 'pass' },
      ],
    });
    far = mesh;
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(100);
    for (const agent of agents.slice(0, 3)) vote(agent, 'cache');
    mesh.run(100);
    expect(agents[3]!.of('ballot')).toHaveLength(0);
    mesh.run(500);
    vote(agents[3]!, 'cache');
    // Less than it takes until ballots are sent again.
    mesh.run(500);
    for (const agent of agents) expect(told(agent).map((one) => one.outcome)).toEqual(['cache']);
  });

  test('two crashed of four: the outcome is `undecided`, signed by those that are left', () => {
    const mesh = createSimMesh(4);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(200);
    mesh.crash(2);
    mesh.crash(3);
    for (const agent of agents.slice(0, 2)) vote(agent, 'cache');
    mesh.run(40_000);
    for (const agent of agents.slice(0, 2)) {
      expect(told(agent)).toMatchObject([{ outcome: 'undecided', level: 'witnessed' }]);
      expect(verify(mesh, told(agent)[0]!.certificate)).toMatchObject({
        agreement: { kind: 'undecided', level: 'witnessed', signers: expect.any(Array) },
      });
    }
  });

  test('a node that lies to each member differently changes nothing, and is named', () => {
    // Whether the two faces of a lie meet at one member before the decision depends on which letters are first.
    const proved = Array.from({ length: 8 }, (_, seed) => {
      const mesh = createSimMesh(4, seed, {}, { 3: { voteFault: doubleTalk } });
      const agents = gather(mesh);
      ask(mesh, agents[0]!, 'byzantine');
      mesh.run(200);
      for (const agent of agents.slice(0, 3)) vote(agent, 'cache');
      vote(agents[3]!, 'attack');
      mesh.run(30_000);
      for (const agent of agents.slice(0, 3)) {
        expect(told(agent).map((one) => one.outcome)).toEqual(['cache']);
        for (const lie of told(agent, 'lie-proved')) {
          expect(lie.culprit).toBe(agents[3]!.did);
          expect(verify(mesh, lie.certificate)).toMatchObject({ agreement: { kind: 'evidence' } });
        }
      }
      return agents.slice(0, 3).some((agent) => told(agent, 'lie-proved').length > 0);
    });
    expect(proved.filter(Boolean).length).toBeGreaterThanOrEqual(2);
  });

  test('a vote in the name of another counts for nothing and frames nobody', () => {
    let victim = '';
    const forge: VoteFault = ({ message, sign }) => {
      if (message.type !== 'vote') return undefined;
      const { sig: _, ...vote } = message.vote;
      return { type: 'vote', vote: sign({ ...vote, voter: victim, value: null, validRound: -1 }) };
    };
    const mesh = createSimMesh(4, 4, {}, { 3: { voteFault: forge } });
    const agents = gather(mesh);
    victim = agents[1]!.did;
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(200);
    for (const agent of agents) vote(agent, 'cache');
    mesh.run(30_000);
    for (const [at, agent] of agents.slice(0, 3).entries()) {
      expect(told(agent).map((one) => one.outcome)).toEqual(['cache']);
      expect(told(agent, 'lie-proved')).toEqual([]);
      expect(mesh.peers[at]!.ignoredCounts.get('consensus AMP-1101')).toBeGreaterThan(0);
    }
  });

  test('a peer that is killed after its vote and restarted hears the decision', () => {
    const mesh = createSimMesh(4, 5);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(200);
    for (const agent of agents.slice(1)) vote(agent, 'cache');
    mesh.run(20);
    mesh.crash(2);
    vote(agents[0]!, 'cache');
    mesh.run(3_000);
    const peer = mesh.restart(2);
    mesh.run(15_000);
    expect(peer.decisions.find(decision)?.outcome).toBe('cache');
    expect(told(agents[0]!).map((one) => one.outcome)).toEqual(['cache']);
  });

  test('three members call a witness from the mesh: one of four may then lie', () => {
    const mesh = createSimMesh(4, 7);
    const agents = gather({ ...mesh, peers: mesh.peers.slice(0, 3) });
    mesh.join(3, 'bystander');
    mesh.run(2_000);
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(200);
    for (const agent of agents) vote(agent, 'cache');
    mesh.run(15_000);
    for (const agent of agents)
      expect(verify(mesh, told(agent)[0]?.certificate)).toMatchObject({
        agreement: { label: 'byzantine', memberCount: 4, faultMax: 1 },
      });
  });

  test('two peers decide too, and the certificate says that it is not Byzantine', () => {
    const mesh = createSimMesh(2, 9);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'byzantine');
    mesh.run(200);
    for (const agent of agents) vote(agent, 'attack');
    mesh.run(15_000);
    expect(verify(mesh, told(agents[1]!)[0]?.certificate)).toMatchObject({
      agreement: { label: 'not-byzantine', memberCount: 2 },
    });
  });
});

describe('a decision that the asker counts', () => {
  test.each([
    ['majority', ['cache', 'cache', 'attack'], 'cache'],
    ['two-thirds', ['cache', 'cache', 'attack'], 'cache'],
    ['unanimity', ['cache', 'cache', 'attack'], 'undecided'],
    ['approval', ['cache', 'attack', 'attack'], 'attack'],
    ['ranked', ['cache', 'attack', 'cache'], 'cache'],
  ])('by %s', (rule, choices, outcome) => {
    const mesh = createSimMesh(3, 11);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, rule);
    mesh.run(200);
    agents.forEach((agent, at) => {
      vote(agent, choices[at]!);
    });
    mesh.run(25_000);
    for (const agent of agents) {
      expect(told(agent).map((one) => one.outcome)).toEqual([outcome]);
      expect(verify(mesh, told(agent)[0]!.certificate)).toMatchObject({ type: 'ballots' });
    }
  });

  test('weight counts where the rule says so', () => {
    const mesh = createSimMesh(3, 12);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'weighted', { weights: { [agents[2]!.did]: 5 } });
    mesh.run(200);
    vote(agents[0]!, 'cache');
    vote(agents[1]!, 'cache');
    vote(agents[2]!, 'attack');
    mesh.run(5_000);
    expect(told(agents[1]!).map((one) => one.outcome)).toEqual(['attack']);
  });

  test('a tie goes to the leader whom the ballots trust', () => {
    const mesh = createSimMesh(2, 13);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'majority');
    mesh.run(200);
    for (const [at, agent] of agents.entries())
      agent.send({ type: 'vote', decision, choice: [options[at]], leader: agents[1]!.did });
    mesh.run(500);
    expect(told(agents[1]!, 'tie')).toHaveLength(1);
    vote(agents[1]!, 'attack');
    mesh.run(2_000);
    for (const agent of agents) expect(told(agent).map((one) => one.outcome)).toEqual(['attack']);
  });

  test('a second, different vote is refused, a stranger cannot vote, and the past cannot be a deadline', () => {
    const mesh = createSimMesh(2, 14);
    const agents = gather(mesh);
    const stranger = mesh.join(0, 'stranger');
    ask(mesh, agents[0]!, 'majority', { deadlineAt: 1 });
    expect(agents[0]!.of('error')).toMatchObject([{ code: 'AMP-1857' }]);
    ask(mesh, agents[0]!, 'majority');
    mesh.run(200);
    vote(agents[1]!, 'cache');
    vote(agents[1]!, 'attack');
    vote(stranger, 'cache');
    mesh.run(200);
    expect(agents[1]!.of('error')).toMatchObject([{ code: 'AMP-1855' }]);
    expect(stranger.of('error')).toMatchObject([{ code: 'AMP-1855' }]);
  });
});

describe('what waits for a person', () => {
  test('an undecided question is escalated, and the signed answer reaches the asker', () => {
    const mesh = createSimMesh(2, 15);
    const agents = gather(mesh);
    ask(mesh, agents[0]!, 'unanimity', { escalate: true });
    mesh.run(200);
    vote(agents[0]!, 'cache');
    vote(agents[1]!, 'attack');
    mesh.run(5_000);
    const { approvals } = mesh.peers[0]!;
    expect(approvals.list()).toMatchObject([{ id: decision, options }]);
    expect(approvals.answer(decision, { verdict: 'approve', option: 'network' }).ok).toBe(false);
    expect(approvals.answer(decision, { verdict: 'approve', option: 'cache' }).ok).toBe(true);
    mesh.run(1_000);
    expect(agents[0]!.of('approve')).toMatchObject([{ of: decision, verdict: 'approve', option: 'cache' }]);
    expect(approvals.answer(decision, { verdict: 'deny' }).ok).toBe(false);
  });

  test('the queue outlives the process', () => {
    const mesh = createSimMesh(1, 16);
    const agent = mesh.join(0, 'agent');
    agent.send({ type: 'escalate', question: 'May I restart the database?', options: ['yes', 'no'] });
    mesh.run(500);
    mesh.crash(0);
    mesh.restart(0);
    expect(mesh.peers[0]!.approvals.list()).toMatchObject([{ question: 'May I restart the database?' }]);
  });
});

/** Says to even members what it should, and to odd ones that it wants nil. */
function doubleTalk({ toIndex, message, sign }: Parameters<VoteFault>[0]): ConsensusMessage | undefined {
  if (message.type !== 'vote') return message.type === 'proposal' ? undefined : message;
  if (toIndex % 2 === 0) return message;
  const { sig: _, ...vote } = message.vote;
  return { type: 'vote', vote: sign({ ...vote, value: null, validRound: -1 }) };
}
