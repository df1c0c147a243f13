import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ChannelEffect,
  type ChannelInput,
  type ChannelMachine,
  type ChannelWord,
  channelLimits,
  checkPair,
  createChannelGuard,
  createChannelMachine,
} from './index.ts';

type Side = 'opener' | 'acceptor';

/** Two ends and the words on their way; the order of arrival, of reading and of sending is chosen from outside. */
function createPair() {
  const ends: Record<Side, ChannelMachine> = {
    opener: createChannelMachine({ side: 'opener', windowBytes }),
    acceptor: createChannelMachine({ side: 'acceptor', windowBytes }),
  };
  const onWay: Record<Side, ChannelWord[]> = { opener: [], acceptor: [] };
  const unread: Record<Side, { content: unknown; costBytes: number }[]> = { opener: [], acceptor: [] };
  const got: Record<Side, unknown[]> = { opener: [], acceptor: [] };
  const ended: Partial<Record<Side, { reason: string; isClean: boolean }>> = {};
  const settled: Record<Side, (string | undefined)[]> = { opener: [], acceptor: [] };
  const other = (side: Side): Side => (side === 'opener' ? 'acceptor' : 'opener');
  let maxUnreadBytes = 0;

  function step(side: Side, input: { type: string; [key: string]: unknown }): readonly ChannelEffect[] {
    const effects = ends[side].step({ ...input, atMs: 0 } as ChannelInput);
    for (const effect of effects) {
      if (effect.type === 'say') onWay[other(side)].push(effect.said);
      if (effect.type === 'deliver') unread[side].push(effect);
      if (effect.type === 'settle') settled[side].push(effect.reason);
      if (effect.type === 'ended') ended[side] = effect;
    }
    maxUnreadBytes = Math.max(
      maxUnreadBytes,
      unread[side].reduce((sum, one) => sum + one.costBytes, 0),
    );
    return effects;
  }
  return {
    ends,
    got,
    ended,
    settled,
    onWay,
    step,
    arrive(side: Side) {
      const said = onWay[side].shift();
      if (said !== undefined) step(side, { type: 'heard', said });
      return said !== undefined;
    },
    read(side: Side) {
      const one = unread[side].shift();
      if (one === undefined) return false;
      got[side].push(one.content);
      step(side, { type: 'consumed', costBytes: one.costBytes });
      return true;
    },
    maxUnread: () => maxUnreadBytes,
  };
}

const side = fc.constantFrom<Side>('opener', 'acceptor');
const kib = 1024;
const windowBytes = channelLimits.windowBytesMin;
const sizes = [0, 1, 65, 20 * kib, 50 * kib, 64 * kib] as const;
const move = fc.oneof(
  fc.record({ do: fc.constant('send' as const), side, size: fc.constantFrom(...sizes) }),
  fc.record({ do: fc.constant('arrive' as const), side }),
  fc.record({ do: fc.constant('read' as const), side }),
);

test('whatever the order of sending, arriving and reading: all arrives once, in order, within the window', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
      const pair = createPair();
      const sent: Record<Side, string[]> = { opener: [], acceptor: [] };
      pair.step('opener', { type: 'start' });
      let ticket = 0;
      for (const one of moves) {
        if (one.do === 'arrive') pair.arrive(one.side);
        if (one.do === 'read') pair.read(one.side);
        if (one.do === 'send') {
          const content = `${ticket} `.padEnd(one.size, 'x');
          sent[one.side].push(content);
          pair.step(one.side, { type: 'send', ticket: ticket++, content });
        }
      }
      while (['opener', 'acceptor'].some((at) => pair.arrive(at as Side) || pair.read(at as Side)));
      expect(pair.got.acceptor).toEqual(sent.opener);
      expect(pair.got.opener).toEqual(sent.acceptor);
      expect(pair.maxUnread()).toBeLessThanOrEqual(windowBytes);
      expect([...pair.settled.opener, ...pair.settled.acceptor].every((one) => one === undefined)).toBe(true);
      expect(pair.ended).toEqual({});
    }),
    { numRuns: 120, seed: 7 },
  );
});

test('a send waits for a reader that does not read, and goes on when it does', () => {
  const pair = createPair();
  pair.step('opener', { type: 'start' });
  for (let ticket = 0; ticket < 5; ticket += 1)
    pair.step('opener', { type: 'send', ticket, content: 'x'.repeat(64 * kib) });
  while (pair.arrive('acceptor') || pair.arrive('opener'));
  expect([pair.settled.opener.length, pair.ends.opener.waitingCount]).toEqual([2, 3]);
  pair.read('acceptor');
  pair.arrive('opener');
  expect([pair.settled.opener.length, pair.ends.opener.waitingCount]).toEqual([3, 2]);
});

test('closing ends both, what left before still arrives, what waited is settled with the reason', () => {
  const pair = createPair();
  pair.step('opener', { type: 'start' });
  while (pair.arrive('acceptor') || pair.arrive('opener'));
  for (let ticket = 0; ticket < 3; ticket += 1)
    pair.step('opener', { type: 'send', ticket, content: 'x'.repeat(64 * kib) });
  pair.step('opener', { type: 'close', reason: 'done' });
  while (pair.arrive('acceptor') || pair.read('acceptor'));
  expect(pair.got.acceptor.length).toBe(2);
  expect(pair.settled.opener).toEqual([undefined, undefined, 'done']);
  expect(pair.ended).toMatchObject({
    opener: { isClean: false },
    acceptor: { reason: 'done', isClean: true },
  });
});

test('an end that never answers is given up, and a late answer opens nothing', () => {
  const end = createChannelMachine({ side: 'opener', openTimeoutMs: 50 });
  expect(end.step({ type: 'start', atMs: 0 })).toContainEqual({
    type: 'set-timer',
    timer: 'open',
    dueAtMs: 50,
  });
  expect(end.step({ type: 'timer-fired', timer: 'open', atMs: 50 }).map((one) => one.type)).toEqual([
    'say',
    'cancel-timer',
    'ended',
  ]);
  expect(end.step({ type: 'heard', said: { word: 'open', windowBytes: 9 }, atMs: 60 })).toEqual([
    { type: 'ignored', reason: 'ended' },
  ]);
});

test.each([
  ['not-open', [{ word: 'data', seq: 0, content: 'x' }]],
  ['opened-twice', [open(10), open(10)]],
  ['out-of-order', [open(10), { word: 'data', seq: 1, content: 'x' }]],
  ['over-window', [open(10), ...[0, 1, 2, 3, 4].map(chunk)]],
  ['too-large', [open(10), { word: 'data', seq: 0, content: 'x'.repeat(channelLimits.contentBytesMax + 1) }]],
  ['too-much-credit', [open(channelLimits.windowBytesMax + 1)]],
  ['cut-short', [open(10), { word: 'close', seq: 4, reason: 'done' }]],
] as [string, ChannelWord[]][])('a word that breaks a rule ends the channel: %s', (fault, said) => {
  const end = createChannelMachine({ side: 'acceptor' });
  const last = said.flatMap((one) => end.step({ type: 'heard', said: one, atMs: 0 })).at(-1);
  expect(last).toEqual({ type: 'ended', reason: fault, isClean: false });
});

function chunk(seq: number): ChannelWord {
  return { word: 'data', seq, content: 'x'.repeat(64 * kib) };
}

function open(windowBytes: number): ChannelWord {
  return { word: 'open', windowBytes };
}

test('any words in any order never make an end throw, and nothing follows its end', () => {
  const word = fc.oneof(
    fc.record({ word: fc.constant('open' as const), windowBytes: fc.nat(2_000_000) }),
    fc.record({
      word: fc.constant('data' as const),
      seq: fc.nat(4),
      content: fc.option(fc.string({ maxLength: 400 }), { nil: undefined }),
      creditBytes: fc.option(fc.nat(3_000_000), { nil: undefined }),
    }),
    fc.record({ word: fc.constant('close' as const), seq: fc.nat(4), reason: fc.string() }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom<Side>('opener', 'acceptor'),
      fc.array(word, { maxLength: 20 }),
      (at, said) => {
        const end = createChannelMachine({ side: at });
        end.step({ type: 'start', atMs: 0 });
        const effects = said.flatMap((one) => end.step({ type: 'heard', said: one, atMs: 0 }));
        const isOver = effects.findIndex((one) => one.type === 'ended');
        if (isOver >= 0) expect(effects.slice(isOver + 1).every((one) => one.type === 'ignored')).toBe(true);
      },
    ),
    { numRuns: 300, seed: 11 },
  );
});

test('a refused word changes nothing for the watcher between', () => {
  const from = createChannelGuard();
  const to = createChannelGuard();
  checkPair(from, to, open(100));
  checkPair(to, from, open(100));
  expect(checkPair(from, to, { word: 'data', seq: 0, content: 'x'.repeat(101) })).toBe('over-window');
  expect(checkPair(from, to, { word: 'data', seq: 0, content: 'x'.repeat(100) })).toBeUndefined();
});
