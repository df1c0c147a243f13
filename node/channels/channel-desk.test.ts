import { expect, test } from 'vitest';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { channelLimits } from '../../protocol/channel/index.ts';
import type { ChannelLine, ChannelLineEvents } from './channel-carrier.ts';
import { createChannelDesk, describePath } from './index.ts';

const [a, b, c] = ['did:a', 'did:b', 'did:c'] as Did[] as [Did, Did, Did];

/** A desk whose agents and lines only write down what they get. */
function createWorld() {
  const heard: { agent: Did; text: string }[] = [];
  const sent: string[] = [];
  let events: ChannelLineEvents | undefined;
  let queuedBytes = 0;
  const away = new Set<Did>();
  const timers: { ms: number; fire: () => void }[] = [];
  const line: ChannelLine = {
    send: (text) => void sent.push(text),
    get queuedBytes() {
      return queuedBytes;
    },
    close: () => undefined,
    abort: () => undefined,
  };
  const desk = createChannelDesk({
    carrier: {
      async open(_node, given) {
        events = given;
        return line;
      },
      serve: async () => undefined,
      pathTo: () => ({ kind: 'direct' }),
    },
    linkOf: (agent) =>
      !away.has(agent) && (agent === a || agent === c)
        ? { send: (text) => void heard.push({ agent, text }), supersede: () => undefined }
        : undefined,
    nodeOf: (agent) => (agent === b ? ('did:node' as NodeId) : undefined),
    self: 'did:self' as NodeId,
    openEnvelope: (object) =>
      ({ ok: true, value: { envelope: object, text: JSON.stringify(object) } }) as never,
    note: () => undefined,
    setTimer(ms, fire) {
      const timer = { ms, fire };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  const said = (from: Did, body: object) => {
    const envelope = { from, channel: 'one', ...body };
    return { envelope, text: JSON.stringify(envelope) } as never;
  };
  return {
    timers,
    lose(agent: Did) {
      away.add(agent);
      desk.gone(agent);
    },
    comeBack: (agent: Did) => void away.delete(agent),
    /** What `a` was told after so many messages, channel words and events alike. */
    heardBy: (agent: Did) =>
      heard
        .filter((one) => one.agent === agent)
        .map((one) => JSON.parse(one.text) as Record<string, unknown>),
    desk,
    said,
    sent,
    reasons: () =>
      heard.filter((one) => one.text.includes('"ended"')).map((one) => JSON.parse(one.text).event.reason),
    hear: (from: Did, body: object) => events!.onText(JSON.stringify({ from, channel: 'one', ...body })),
    fill: (bytes: number) => {
      queuedBytes = bytes;
    },
  };
}

async function openWorld() {
  const world = createWorld();
  world.desk.take(world.said(a, { type: 'channel_open', to: b, windowBytes: 1_000 }));
  await Promise.resolve();
  await Promise.resolve();
  world.hear(b, { type: 'channel_open', windowBytes: 1_000 });
  return world;
}

test('a word from another agent ends the channel', async () => {
  const world = await openWorld();
  world.hear(c, { type: 'channel_data', seq: 0, data: 'x' });
  expect(world.reasons()).toEqual(['bad-word']);
  expect(world.desk.channelCount).toBe(0);
});

test('an agent cannot send beyond what the other end granted', async () => {
  const world = await openWorld();
  world.desk.take(world.said(a, { type: 'channel_data', seq: 0, data: 'x'.repeat(1_000) }));
  expect(world.sent.length).toBe(2);
  world.desk.take(world.said(a, { type: 'channel_data', seq: 1, data: 'x' }));
  expect(world.reasons()).toEqual(['over-window']);
  expect(world.sent.at(-1)).toBe('{"ended":"over-window"}');
});

test('an agent that is no party of a channel cannot speak in it', async () => {
  const world = await openWorld();
  world.desk.take(world.said(c, { type: 'channel_data', seq: 0, data: 'x' }));
  expect(world.reasons()).toEqual(['not-yours']);
  expect(world.desk.channelCount).toBe(1);
});

test('a node that does not read is given up', async () => {
  const world = await openWorld();
  world.fill(3 * 1024 * 1024);
  world.desk.take(world.said(a, { type: 'channel_data', seq: 0, data: 'x' }));
  expect(world.reasons()).toEqual(['slow-carrier']);
});

test('an old opening is not played again', async () => {
  const world = await openWorld();
  world.desk.take(world.said(a, { type: 'channel_close', seq: 0, reason: 'done' }));
  world.desk.take(world.said(a, { type: 'channel_open', to: b, windowBytes: 1_000 }));
  expect(world.reasons()).toEqual(['id-used']);
});

test('an agent has at most 64 channels', () => {
  const world = createWorld();
  for (let at = 0; at < 65; at += 1)
    world.desk.take(world.said(a, { type: 'channel_open', channel: `c${at}`, to: b, windowBytes: 10 }));
  expect(world.desk.channelCount).toBe(64);
  expect(world.reasons()).toEqual(['too-many-channels']);
});

test('a relayed connection is named by its relay, and a direct one is preferred', () => {
  const relay = '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE';
  const relayed = {
    node: 'did:x' as NodeId,
    direction: 'outbound',
    isRelayed: true,
    address: `/ip4/127.0.0.1/tcp/1/p2p/${relay}/p2p-circuit/p2p/12D3KooWHFrmLWTTDD4NodngtRMEVYgxrsDMp4F9iSwYntZ9WjHa`,
  } as const;
  expect(describePath([relayed])).toMatchObject({
    kind: 'relay',
    relay: expect.stringMatching(/^did:key:z6Mk/),
  });
  expect(describePath([relayed, { ...relayed, isRelayed: false, address: '/ip4/127.0.0.1/tcp/1' }])).toEqual({
    kind: 'direct',
  });
});

test('an agent that lost its connection hears what it lacks, once and in order, and is told where to go on', async () => {
  const world = await openWorld();
  world.desk.take(world.said(a, { type: 'channel_data', seq: 0, data: 'mine' }));
  world.hear(b, { type: 'channel_data', seq: 0, data: 'heard' });
  world.hear(b, { type: 'channel_data', seq: 1, data: 'lost with the socket' });
  world.lose(a);
  world.hear(b, { type: 'channel_data', seq: 2, data: 'said meanwhile' });
  world.hear(b, { type: 'channel_close', seq: 3, reason: 'done' });
  expect([world.desk.channelCount, world.timers.map((one) => one.ms)]).toEqual([1, [15_000]]);
  world.comeBack(a);
  const before = world.heardBy(a).length;
  world.desk.take(world.said(a, { type: 'channel_open', resumeFrom: 1 }));
  const after = world.heardBy(a).slice(before);
  expect(after[0]!.event).toMatchObject({ state: 'resumed', nextSeq: 1 });
  expect(after.slice(1).map((one) => one.data ?? one.reason)).toEqual([
    'lost with the socket',
    'said meanwhile',
    'done',
  ]);
  expect([world.desk.channelCount, world.timers.length]).toEqual([0, 0]);
});

test('an agent that does not come back in time is gone, and hears why when it comes too late', async () => {
  const world = await openWorld();
  world.lose(a);
  world.timers[0]!.fire();
  expect(world.sent.at(-1)).toBe('{"ended":"agent-gone"}');
  world.comeBack(a);
  world.desk.take(world.said(a, { type: 'channel_open', resumeFrom: 0 }));
  expect(world.reasons()).toEqual(['agent-gone']);
});

test('words that were consumed are not kept, and one that asks for them anyway is cut off', async () => {
  const world = await openWorld();
  world.hear(b, { type: 'channel_data', seq: 0, data: 'x'.repeat(900) });
  world.desk.take(world.said(a, { type: 'channel_data', seq: 0, creditBytes: 900 }));
  world.lose(a);
  world.comeBack(a);
  world.desk.take(world.said(a, { type: 'channel_open', resumeFrom: 0 }));
  expect(world.reasons()).toEqual(['words-lost']);
});

test('what is kept for an agent that is away is bounded, in words too', async () => {
  const world = await openWorld();
  world.lose(a);
  for (let seq = 0; seq <= channelLimits.retainedWordsMax; seq += 1)
    world.hear(b, { type: 'channel_data', seq, creditBytes: 1 });
  expect(world.sent.at(-1)).toBe('{"ended":"away-too-long"}');
  expect(world.desk.channelCount).toBe(0);
});

test('an agent that leaves on purpose ends its channels at once', async () => {
  const world = await openWorld();
  world.desk.gone(a, true);
  expect([world.desk.channelCount, world.sent.at(-1)]).toEqual([0, '{"ended":"agent-gone"}']);
});
