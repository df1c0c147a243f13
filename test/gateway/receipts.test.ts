/**
 * True receipts over real nodes in their own processes: mail for an agent that is away, a node that is killed, and
 * dead letters.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import { type AgentSocket, joinAgent, type Message } from './agent-socket.ts';

let folder: string;
let nodes: NodeProcess[];
let number = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampmesh-receipts-'));
  nodes = [];
  number += 1;
});

afterEach(async () => {
  await Promise.all(nodes.filter((node) => node.isAlive).map((node) => node.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A second start under one name is a restart on the same folder. */
async function start(name: string, bootstrap: readonly NodeProcess[] = []): Promise<NodeProcess> {
  const node = await spawnNode({
    name,
    data: join(folder, name),
    mesh: `receipts-${process.pid}-${number}`,
    bootstrap: bootstrap.flatMap((other) => other.addresses),
  });
  nodes.push(node);
  return node;
}

const levelOf = (level: string, id: string) => (message: Message) =>
  message.type === 'receipt' && message.level === level && (message.ids as string[]).includes(id);

const idOf = (at: number) => `01970000-0000-7000-8000-${String(at).padStart(12, '0')}`;

/** Until the agent's node says that it knows the other one. */
async function waitForAgent(agent: AgentSocket, did: string): Promise<void> {
  for (;;) {
    const found = agent.next((message) => message.type === 'found');
    agent.say({ type: 'query', request: 'q', what: 'agents' });
    const { items } = (await found) as unknown as { items: { did: string }[] };
    if (items.some((item) => item.did === did)) return;
  }
}

async function readMail(node: NodeProcess): Promise<{ id: string; state: string; reason?: string }[]> {
  const response = await fetch(`${node.httpUrl}/mail`, {
    headers: { authorization: `Bearer ${node.token}` },
  });
  return (await response.json()) as { id: string; state: string; reason?: string }[];
}

it('an agent that drops and comes back is given everything once, in order, over two nodes', async () => {
  const near = await start('near');
  const far = await start('far', [near]);
  const sender = await joinAgent(near, 'sender');
  const receiver = await joinAgent(far, 'receiver');
  await waitForAgent(sender, receiver.did);
  const say = (at: number) =>
    sender.say({ type: 'proposal', id: idOf(at), to: receiver.did, content: `number ${at}` });

  const delivered = sender.next(levelOf('delivered', idOf(0)));
  say(0);
  await delivered;
  receiver.close();
  const stored = Promise.all(
    Array.from({ length: 50 }, (_, at) => sender.next(levelOf('stored', idOf(at + 1)))),
  );
  for (let at = 1; at <= 50; at += 1) say(at);
  await stored;
  expect(
    sender.received.some(
      (message) =>
        message.level === 'delivered' &&
        message.ids !== undefined &&
        (message.ids as string[]).includes(idOf(1)),
    ),
  ).toBe(false);

  const lastDelivered = sender.next(levelOf('delivered', idOf(50)));
  const back = await joinAgent(far, 'receiver', { resume: receiver.welcome.resume });
  await lastDelivered;
  const contents = back.received.filter((one) => one.type === 'proposal').map((one) => one.content);
  expect(contents).toEqual(Array.from({ length: 50 }, (_, at) => `number ${at + 1}`));
  expect(back.did).toBe(receiver.did);
});

it('a node killed with -9 keeps what it accepted and what it stored, on both sides', async () => {
  const near = await start('near');
  let far = await start('far', [near]);
  const sender = await joinAgent(near, 'sender');
  const receiver = await joinAgent(far, 'receiver');
  await waitForAgent(sender, receiver.did);
  receiver.close();
  const stored = sender.next(levelOf('stored', idOf(1)));
  sender.say({ type: 'proposal', id: idOf(1), to: receiver.did, content: 'stored far away' });
  await stored;
  await far.kill();
  const accepted = sender.next(levelOf('accepted', idOf(2)));
  sender.say({ type: 'proposal', id: idOf(2), to: receiver.did, content: 'accepted only' });
  await accepted;
  await near.kill();

  const nearAgain = await start('near');
  expect(nearAgain.did).toBe(near.did);
  expect((await readMail(nearAgain)).map(({ id }) => id)).toContain(idOf(2));
  far = await start('far', [nearAgain]);
  const back = await joinAgent(far, 'receiver', { resume: receiver.welcome.resume });
  const wanted = new Set([idOf(1), idOf(2)]);
  await heard(back, (message) => {
    wanted.delete(String(message.id));
    return wanted.size === 0;
  });
  const told = back.received.filter((one) => one.type === 'proposal').map((one) => one.content);
  expect([...told].sort()).toEqual(['accepted only', 'stored far away']);
});

it('a dead letter keeps its reason, and can be listed and sent again by HTTP and by the command line', async () => {
  const node = await start('node');
  const sender = await joinAgent(node, 'sender');
  const nobody = 'did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH';
  for (const at of [1, 2]) {
    const dead = sender.next(levelOf('dead', idOf(at)));
    sender.say({ type: 'proposal', id: idOf(at), to: nobody, content: 'anybody?', ttlMs: 300 });
    expect(await dead).toMatchObject({ reason: 'unknown-receiver', receiver: nobody });
  }
  const letter = (at: number) => ({ id: idOf(at), state: 'dead', reason: 'unknown-receiver' });
  expect(await readMail(node)).toMatchObject([letter(1), letter(2)]);

  expect(JSON.parse(await command(node, 'mail', '--json'))).toMatchObject([letter(1), letter(2)]);
  expect(JSON.parse(await command(node, 'mail', '--resend', idOf(1), '--json'))).toEqual({ resent: idOf(1) });
  const url = (at: number) => `${node.httpUrl}/mail/${idOf(at)}/resend`;
  const told = { method: 'POST', headers: { authorization: `Bearer ${node.token}` } };
  expect((await fetch(url(2), told)).status).toBe(200);
  // Sent again they wait for their receiver, and are dead no more.
  const states = (await readMail(node)).map(({ id, state }) => `${id} ${state}`);
  expect(states.sort()).toEqual([`${idOf(1)} waiting`, `${idOf(2)} waiting`]);
  expect((await fetch(url(2), told)).status).toBe(404);
});

/** As `next`, with what came before too. */
async function heard(agent: AgentSocket, fits: (message: Message) => boolean): Promise<void> {
  if (agent.received.some(fits)) return;
  await agent.next(fits);
}

async function command(node: NodeProcess, ...args: string[]): Promise<string> {
  const script = new URL('../../cli/ampmesh.js', import.meta.url).pathname;
  const all = [script, ...args, '--node', node.httpUrl, '--token', node.token];
  const { stdout } = await promisify(execFile)(process.execPath, all);
  return stdout.trim().split('\n').at(-1)!;
}
