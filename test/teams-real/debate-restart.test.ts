/** A debate outlives its asker: program and node are killed in mid-debate, and it goes on where it stood. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  connectAgent,
  connectSpace,
  createAgentKey,
  type DebateTurn,
  debate,
  followSpace,
  fromStore,
  onDebate,
  readAgentKey,
} from '../../client/index.ts';
import { openSqliteStore } from '../../node/adapters/index.ts';
import { startNodes, type TestNodes, until, untilKnown } from '../collaboration/nodes.ts';

let mesh: TestNodes;
beforeAll(async () => {
  mesh = await startNodes(2);
}, 60_000);
afterAll(() => mesh.stop(), 60_000);

test('the asker and its node are killed after the proposals: nobody proposes twice, and it converges', {
  timeout: 90_000,
}, async () => {
  const file = join(mesh.folder, 'asker.sqlite');
  const key = await createAgentKey();
  const secret = await key.export();
  const members = [await mesh.attach(1, 'ben'), await mesh.attach(1, 'cat')];
  const turns: string[] = [];
  /** The critics wait for the asker's death. */
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  for (const [at, member] of members.entries()) {
    member.on('message', (message) => {
      if (message.type !== 'invite') return;
      followSpace(member, message.space!);
      void member.send({ type: 'accept', space: message.space!, invitation: message.id, to: message.from });
    });
    onDebate(member, async ({ phase }: DebateTurn) => {
      turns.push(`${member.did.slice(-4)} ${phase}`);
      if (phase === 'critique') await gate;
      const isMoved = phase === 'revise';
      return { option: at === 0 || isMoved ? 'redis' : 'none', text: `${phase} by ${at}` };
    });
  }

  const attachAsker = async () => {
    const { agentUrl, token } = mesh.nodes[0]!;
    return connectAgent({ nodes: [{ url: agentUrl, token }], name: 'ann', key: await readAgentKey(secret) });
  };
  const asker = await attachAsker();
  await untilKnown(asker, members);
  const { space } = await connectSpace(
    asker,
    members.map(({ did }) => did),
    { goal: 'choose a cache' },
  );
  const init = {
    question: 'Which cache?',
    options: ['redis', 'none'],
    participants: members.map(({ did }) => ({ did, weight: 1 })),
    roundCount: 2,
    phaseMs: 20_000,
    id: 'cache',
  };
  const first = openSqliteStore({ file });
  debate(asker, space.id, { ...init, store: fromStore(first) }).catch(() => undefined);
  await until(() => turns.filter((turn) => turn.endsWith('critique')).length === 2);
  // The program ends without a word, its node by SIGKILL; what was said meanwhile waits.
  asker.close();
  first.close();
  await mesh.nodes[0]!.kill();
  letGo();
  await mesh.restart(0);

  const second = openSqliteStore({ file });
  const again = await attachAsker();
  followSpace(again, space.id);
  const end = await debate(again, space.id, { ...init, store: fromStore(second) });
  expect(end.converged).toBe('redis');
  expect(turns.filter((turn) => turn.endsWith('propose'))).toHaveLength(2);
  const said = end.arguments.map(({ phase, author }) => `${phase} ${author}`);
  expect(new Set(said).size).toBe(said.length);
  expect(said.filter((one) => one.startsWith('propose'))).toHaveLength(2);
  // Asked once more, the same debate answers at once what came of it.
  expect(await debate(again, space.id, { ...init, store: fromStore(second) })).toEqual(end);
  again.close();
  second.close();
});
