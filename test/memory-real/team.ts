/** Peers on the virtual shell whose agents share one space, and how the tests talk to them. */
import { expect } from 'vitest';
import type { SpaceId } from '../../protocol/brand.ts';
import { createSimMesh, type Heard, type TestAgent } from '../mesh/sim-mesh.ts';

export const space = '01890a5d-ac96-774b-bcce-b302099a8057' as SpaceId;
/** How long replicas may take to agree once they can talk: the promise of the README, ms. */
export const convergeMs = 5_000;

export type Mesh = ReturnType<typeof createSimMesh>;
export type Joined = ReturnType<Mesh['join']>;
/** Tests name as many as they made. */
export type Team = [Joined, Joined, Joined];

/** Peers with one agent each, all members of one space. */
export function createTeam(names: readonly string[], seed = 1, memory?: object | ((team: Team) => object)) {
  const mesh = createSimMesh(names.length, seed);
  const team = names.map((name, at) => mesh.join(at, name)) as Team;
  mesh.run(500);
  const [owner, ...others] = team;
  for (const other of others) {
    const stated = typeof memory === 'function' ? memory(team) : memory;
    const policy = stated === undefined ? {} : { policy: { memory: stated } };
    owner.send({ type: 'invite', space, to: other.did, goal: 'know together', ...policy });
    mesh.run(500);
    const [invitation] = other.of('invite');
    other.send({ type: 'accept', space, invitation: invitation!.id, to: owner.did });
    mesh.run(500);
  }
  mesh.run(2_000);
  return { mesh, team };
}

let requestNumber = 0;

/** Send with a request and hear the answer, be it `found`, `sensed` or an error. */
export function ask(mesh: Mesh, agent: TestAgent, message: Record<string, unknown>): Heard {
  requestNumber += 1;
  const request = `t${requestNumber}`;
  agent.send({ ...message, request });
  mesh.run(10);
  const answer = agent.heard.find((one) => one.request === request || one.about === request);
  if (answer === undefined) throw new Error(`no answer to ${JSON.stringify(message)}`);
  return answer;
}

export function claim(mesh: Mesh, agent: TestAgent, body: Record<string, unknown>): string {
  const answer = ask(mesh, agent, { type: 'claim', space, claim: { type: 'hypothesis', ...body } });
  expect(answer).toMatchObject({ type: 'found', what: 'claim' });
  return (answer.items as { entity: string }[])[0]!.entity;
}

export function look(mesh: Mesh, agent: TestAgent, filter: object = {}, what = 'graph', text?: string) {
  const asked = text === undefined ? {} : { text };
  const answer = ask(mesh, agent, { type: 'query', what, filter: { space, ...filter }, ...asked });
  if (answer.type !== 'found') throw new Error(JSON.stringify(answer));
  return answer as Heard & { items: Record<string, unknown>[]; explain: Record<string, unknown> };
}

export function attest(mesh: Mesh, agent: TestAgent, target: string, more: object = {}): Heard {
  return ask(mesh, agent, { type: 'attest', space, attestation: { target, stance: 'support', ...more } });
}

export const viewsOf = (mesh: Mesh) =>
  mesh.peers.map((peer) => {
    const memory = peer.memory.space(space);
    return `${memory?.replica.viewText()}\n${memory?.graph.view.viewText()}`;
  });
