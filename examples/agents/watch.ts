/**
 * The watcher as a program of its own: it accepts whoever invites it into a group, watches the group until it is closed,
 * and lets the group decide where a concern stays true. It has no trade, and offers itself for no work.
 */
import { decide } from '../../client/index.ts';
import { followSpace } from '../../client/space.ts';
import { connectFromCommandLine } from './start-agent.ts';
import { watchGroup } from './watcher.ts';

/** For each decision that the watcher asks for, ms. */
const decisionMs = 10_000;

const { agent, note } = await connectFromCommandLine('watcher', {
  text: 'Watches how a group works together: concentration of work, repetition, let-down promises, standstill',
  tags: ['watcher', 'group', 'progress'],
});

agent.on('message', (message) => {
  if (message.type !== 'invite' || message.space === undefined || message.reader === true) return;
  const { space: id, id: invitation, from: to } = message;
  const space = followSpace(agent, id);
  const stop = watchGroup(space, {
    onNote: note,
    decide: async (question, options) => {
      const voters = space.members();
      const asked = { question, options, rule: 'majority', deadlineMs: decisionMs, voters } as const;
      return (await decide(agent, id, asked)).outcome;
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  agent
    .send({ type: 'accept', to, space: id, invitation })
    .then(() => note(`watches: ${message.goal.slice(0, 60)}`))
    .catch((error: unknown) => note(`The invitation was not accepted: ${String(error)}`));
});
