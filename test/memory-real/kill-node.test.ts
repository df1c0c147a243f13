/**
 * Sudden ends of a whole node: a real `ampmesh node` process is killed with `kill -9` while agents claim through
 * their sockets, started again on the same folder, and so on. A second node, never killed, keeps the same space: what
 * left the killed one before its end is there to be compared.
 *
 * AMPMESH_NODE_KILLS=200 runs the long one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import { main } from '../../cli/main.ts';
import { type Agent, type AgentKey, connectAgent, connectSpace, createAgentKey } from '../../client/index.ts';
import { type Frame, frameName, readStoredLog } from '../../crdt/index.ts';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { openSqliteStore } from '../../node/adapters/sqlite-store.ts';
import type { Members } from '../../protocol/records.ts';
import { membersBucket } from '../../protocol/space/space-machine.ts';
import { until, untilKnown } from '../collaboration/nodes.ts';
import { Draw } from '../crdt/harness.ts';

const killCount = Number(process.env.AMPMESH_NODE_KILLS ?? 10);
delete process.env.AMPMESH_NODE_KILLS;
/** Claims that one agent has on their way at once. */
const windowSize = 8;
/** A kill falls after 1 to so many acknowledgements. */
const acknowledgedBeforeKillMax = 120;
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-kill-node-'));
const mesh = `kill-${process.pid}-${folder.slice(-6)}`;
const running: NodeProcess[] = [];

afterAll(async () => {
  for (const node of running) if (node.isAlive) await node.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}, 60_000);

/** One agent over many lives of its node: what it still has to say, and what was acknowledged. */
interface Claimant {
  readonly name: string;
  /** Sovereign with a key; without one the node hosts it. */
  readonly key: AgentKey | undefined;
  resume: string | undefined;
  nextNumber: number;
  /** Ids of claims whose acknowledgement did not come: said again in the next life. */
  unanswered: string[];
  /** By entity: where the node said it wrote it. */
  readonly acknowledged: Map<string, string>;
}

const start = async (name: string, bootstrap: readonly string[]) => {
  const node = await spawnNode({ name, data: join(folder, name), mesh, bootstrap });
  running.push(node);
  return node;
};

async function attach(node: NodeProcess, claimant: Claimant): Promise<Agent> {
  const { name, key, resume } = claimant;
  const agent = await connectAgent({
    nodes: [{ url: node.agentUrl, token: node.token }],
    name,
    ...(key === undefined ? {} : { key }),
    ...(resume === undefined ? {} : { resume }),
    reconnectMs: 0,
  });
  claimant.resume = agent.resume;
  return agent;
}

/** Claim until the connection is gone. */
async function claimOn(agent: Agent, claimant: Claimant, space: string, onAnswer: () => void): Promise<void> {
  let isOver = false;
  agent.on('down', () => {
    isOver = true;
  });
  async function claimNext(): Promise<void> {
    while (!isOver) {
      const id = claimant.unanswered.shift() ?? `c${claimant.nextNumber++}`;
      const claim = { id, type: 'hypothesis', text: `${claimant.name} says ${id}` };
      const answer = await agent.askNode({ type: 'claim', space, claim }).catch(() => undefined);
      if (answer === undefined) {
        claimant.unanswered.push(id);
        isOver = true;
        return;
      }
      const [{ entity, epoch, seq }] = answer.items as [{ entity: string; epoch: string; seq: number }];
      // A claim said again that was there already changes nothing: it has no place of its own.
      claimant.acknowledged.set(entity, seq < 0 ? '' : `${epoch}/${seq}`);
      onAnswer();
    }
  }
  await Promise.all(Array.from({ length: windowSize }, claimNext));
}

function readFrames(name: string, space: string): { frames: readonly Frame[]; proofCount: number } {
  const store = openSqliteStore({ file: join(folder, name, 'node.sqlite') });
  try {
    const { record } = JSON.parse(store.get(membersBucket, space) as string) as { record: Members };
    const rng = { uint32: () => 0, bytes: (count: number) => new Uint8Array(count) };
    const hash = createEd25519Keys({ store, rng }).hash;
    const { frames, proofs, damaged } = readStoredLog(store, { mesh: record.mesh, space, hash });
    expect(damaged).toEqual([]);
    return { frames, proofCount: proofs.length };
  } finally {
    store.close();
  }
}

/** `ampmesh log verify`, in this process. */
async function verifyLog(name: string): Promise<{ frames: number; ok: boolean }> {
  let said = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  try {
    await main(['log', 'verify', '--data', join(folder, name), '--json']);
  } finally {
    spy.mockRestore();
    process.exitCode = undefined;
  }
  const { ok, spaces } = JSON.parse(said) as { ok: boolean; spaces: { frames: number }[] };
  return { ok, frames: spaces.reduce((sum, one) => sum + one.frames, 0) };
}

test(`${killCount} kills of a full node: no acknowledged claim is lost, no seq is used twice, the log verifies`, {
  timeout: 36_000_000,
}, async () => {
  const draw = new Draw(7);
  const claimants: Claimant[] = [];
  for (const [name, key] of [
    ['ann', await createAgentKey()],
    ['ben', await createAgentKey()],
    ['cat', undefined],
  ] as const)
    claimants.push({
      ...{ name, key, resume: undefined },
      ...{ nextNumber: 0, unanswered: [], acknowledged: new Map() },
    });
  const witness = await start('witness', []);
  let node = await start('killed', witness.addresses);
  const watcher = await connectAgent({
    nodes: [{ url: witness.agentUrl, token: witness.token }],
    name: 'watcher',
    key: await createAgentKey(),
  });
  let agents = await Promise.all(claimants.map((one) => attach(node, one)));
  const [owner, ...others] = agents as [Agent, ...Agent[]];
  await untilKnown(owner, [watcher]);
  for (const agent of [...others, watcher])
    agent.on('message', (message) => {
      if (message.type !== 'invite') return;
      void agent.send({
        type: 'accept',
        space: message.space!,
        invitation: message.id,
        to: message.from,
      });
    });
  const { space, accepted } = await connectSpace(
    owner,
    [...others, watcher].map((one) => one.did),
    { goal: 'survive' },
  );
  expect(accepted).toHaveLength(3);
  // The owner's node has written everyone down once everyone may claim.
  for (const one of others) await until(() => mayRead(one, space.id));

  for (let life = 0; life < killCount; life += 1) {
    const [doomed, last] = [node, 1 + draw.int(acknowledgedBeforeKillMax)];
    let answerCount = 0;
    let killing: Promise<void> | undefined;
    const onAnswer = () => {
      answerCount += 1;
      if (answerCount >= last) killing ??= doomed.kill();
    };
    await Promise.all(agents.map((agent, i) => claimOn(agent, claimants[i]!, space.id, onAnswer)));
    await killing;
    for (const agent of agents) agent.close();
    node = await start('killed', witness.addresses);
    agents = await Promise.all(claimants.map((one) => attach(node, one)));
  }
  await until(async () => (await countOn(watcher, space.id)) >= (await countOn(agents[0]!, space.id)));
  const entities = new Set(await entitiesOn(node, space.id));
  for (const agent of [...agents, watcher]) agent.close();
  await Promise.all([node.kill(), witness.kill()]);

  const kept = readFrames('killed', space.id);
  const seen = readFrames('witness', space.id);
  expect([kept.proofCount, seen.proofCount]).toEqual([0, 0]);
  // A place named twice would hold two names: acknowledged here, published there, on disk here.
  const nameAt = new Map(kept.frames.map((one) => [`${one.author}/${one.epoch}/${one.seq}`, frameName(one)]));
  for (const frame of seen.frames)
    expect(nameAt.get(`${frame.author}/${frame.epoch}/${frame.seq}`)).toBe(frameName(frame));
  const log = await verifyLog('killed');
  expect(log).toEqual({ ok: true, frames: kept.frames.length });
  expect((await verifyLog('witness')).ok).toBe(true);

  let acknowledgedCount = 0;
  for (const { acknowledged } of claimants) {
    acknowledgedCount += acknowledged.size;
    expect([...acknowledged.keys()].filter((one) => !entities.has(one))).toEqual([]);
    const places = [...acknowledged].flatMap(([entity, place]) =>
      place === '' ? [] : [`${entity.split('/')[0]}/${place}`],
    );
    expect(new Set(places).size).toBe(places.length);
    expect(places.filter((place) => !nameAt.has(place))).toEqual([]);
  }
  expect(acknowledgedCount).toBeGreaterThan(killCount * 10);
  const epochs = new Set(kept.frames.map((one) => `${one.author}/${one.epoch}`)).size;
  process.stderr.write(
    `${killCount} kills, ${acknowledgedCount} claims acknowledged, ${log.frames} frames in ${epochs} epochs\n`,
  );
});

const countOn = async (agent: Agent, space: string): Promise<number> => {
  const answer = await agent.askNode({ type: 'query', what: 'heads', filter: { space } });
  return (answer.items as { seq: number }[]).reduce((sum, one) => sum + one.seq + 1, 0);
};

function mayRead(agent: Agent, space: string): Promise<boolean> {
  return agent.askNode({ type: 'query', what: 'open', filter: { space } }).then(
    () => true,
    () => false,
  );
}

async function entitiesOn(node: NodeProcess, space: string): Promise<string[]> {
  const response = await fetch(`${node.httpUrl}/memory`, {
    method: 'POST',
    headers: { authorization: `Bearer ${node.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ what: 'graph', filter: { space }, limit: 100_000 }),
  });
  const { items } = (await response.json()) as { items: { id: string }[] };
  return items.map((one) => one.id);
}
