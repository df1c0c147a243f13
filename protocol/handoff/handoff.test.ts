import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Did, MessageId } from '../brand.ts';
import {
  type ContextEntry,
  createHandoff,
  filterContext,
  findPathFault,
  type Handoff,
  type HandoffEffect,
  type HandoffInput,
} from './index.ts';

const [ann, bob, eve] = ['did:ann' as Did, 'did:bob' as Did, 'did:eve' as Did];
const task = '01890000-0000-7000-8000-000000000001' as MessageId;
const handoff = '01890000-0000-7000-8000-000000000002' as MessageId;
const grant = { tokens: 1, moneyMicros: 0, timeMs: 0 };
const body: Handoff = {
  task,
  handoff,
  content: 'go on',
  full: false,
  entries: [],
  path: [ann],
  fencing: 1,
  grant,
  answerBy: 1_000,
};
const path = (text: string) => [...text].map((name) => name as Did);

describe('a path of holders', () => {
  it('is refused when one agent would hold the task a third time in five', () => {
    expect(findPathFault(path('ABCA'), 'B' as Did)).toBeUndefined();
    expect(findPathFault(path('ACABD'), 'A' as Did)).toBeUndefined();
    expect(findPathFault(path('ABCAD'), 'A' as Did)).toBeUndefined();
    expect(findPathFault(path('XABAC'), 'A' as Did)).toBe('agent-returns');
  });
  it('is refused when a sequence repeats, and when it is longer than ten', () => {
    expect(findPathFault(path('ABA'), 'B' as Did)).toBe('repeated-sequence');
    expect(findPathFault(path('ABCDABC'), 'D' as Did)).toBe('repeated-sequence');
    expect(findPathFault(path('ABCDEFGHIJ'), 'K' as Did)).toBeUndefined();
    expect(findPathFault(path('ABCDEFGHIJK'), 'L' as Did)).toBe('too-many-handoffs');
    expect(findPathFault(path('A'), 'A' as Did)).toBe('to-itself');
  });
});

describe('context', () => {
  const entry = (content: string, tags: string[], audience: ContextEntry['audience'] = 'any') => ({
    content,
    tags,
    audience,
  });
  const entries = [
    entry('1', ['sql']),
    entry('2', ['css']),
    entry('3', [], 'team'),
    entry('4', ['sql'], 'private'),
    entry('5', []),
  ];
  const shown = (change: object) =>
    filterContext(entries, {
      full: false,
      tags: ['sql'],
      isTeammate: false,
      lengthMax: 10_000,
      ...change,
    }).map((e) => e.content);
  it('is filtered by what the receiver needs and may see; private entries never travel', () => {
    expect(shown({})).toEqual(['1', '5']);
    expect(shown({ isTeammate: true })).toEqual(['1', '3', '5']);
    expect(shown({ full: true, isTeammate: true })).toEqual(['1', '2', '3', '5']);
    expect(shown({ lengthMax: 60 })).toEqual(['5']);
  });
});

describe('a handoff', () => {
  it('moves the work only after accept and confirm', () => {
    const [sender, receiver] = [createHandoff({ self: ann, handoff }), createHandoff({ self: bob, handoff })];
    const types = (effects: readonly HandoffEffect[]) => effects.map((effect) => effect.type);
    expect(types(sender.step({ type: 'offer-task', atMs: 0, to: bob, body }))).toEqual([
      'persist',
      'stop-work',
      'set-timer',
      'send-handoff',
    ]);
    expect(types(receiver.step({ type: 'handoff-received', atMs: 1, from: ann, body }))).toEqual([
      'persist',
      'set-timer',
      'consider-handoff',
    ]);
    expect(types(receiver.step({ type: 'answer-handoff', atMs: 2, accept: true }))).toEqual([
      'persist',
      'set-timer',
      'send-response',
    ]);
    const answer = (verdict: 'accept' | 'confirm', from: Did): HandoffInput => ({
      ...{ type: 'response-received', atMs: 3, from },
      body: { task, handoff, answer: verdict },
    });
    expect(sender.step(answer('accept', eve))).toMatchObject([{ reason: 'foreign-handoff' }]);
    expect(types(sender.step(answer('accept', bob)))).toEqual([
      'persist',
      'cancel-timer',
      'send-response',
      'complete-handoff',
    ]);
    expect(types(receiver.step(answer('confirm', ann)))).toEqual(['persist', 'cancel-timer', 'start-work']);
    expect(receiver.step(answer('confirm', ann))).toMatchObject([{ reason: 'duplicate' }]);
  });

  it('is refused by the receiver when the path goes in circles, or hides its sender', () => {
    const machine = () => createHandoff({ self: bob, handoff });
    const offer = (from: Did, holders: Did[]) =>
      machine().step({ type: 'handoff-received', atMs: 1, from, body: { ...body, path: holders } });
    expect(offer(ann, [ann, bob, ann])[2]).toMatchObject({
      body: { answer: 'refuse', reason: 'repeated-sequence' },
    });
    expect(offer(eve, [ann])[2]).toMatchObject({ body: { answer: 'refuse' } });
  });

  it('never has both sides at work, and never neither once all messages have arrived, whatever their order', () => {
    const schedule = fc.record({ steps: fc.array(fc.nat(9), { maxLength: 40 }), accepts: fc.boolean() });
    fc.assert(
      fc.property(schedule, ({ steps, accepts }) => runPair(steps, accepts)),
      { numRuns: 1_000 },
    );
  });
});

/** Two machines, a bag of messages in flight; each step delivers one (maybe twice), fires a timer, or restarts a side. */
function runPair(steps: readonly number[], accepts: boolean): boolean {
  const saved: Record<string, string> = {};
  const machines = {
    [ann]: createHandoff({ self: ann, handoff }),
    [bob]: createHandoff({ self: bob, handoff }),
  };
  const working = new Set<Did>([ann]);
  const timers = new Map<Did, string>();
  const bag: { to: Did; input: HandoffInput }[] = [];
  let atMs = 0;
  feed(ann, { type: 'offer-task', atMs, to: bob, body });
  for (const choice of steps) {
    atMs += 50;
    if (choice >= 8) restart(choice === 8 ? ann : bob);
    else if (choice === 7) fireTimer(atMs % 100 === 0 ? ann : bob);
    else if (bag.length > 0) {
      const message = bag[choice % bag.length]!;
      if (choice % 2 === 0) bag.splice(choice % bag.length, 1);
      feed(message.to, { ...message.input, atMs } as HandoffInput);
    }
    expect(working.size).toBeLessThanOrEqual(1);
  }
  for (let round = 0; round < 200; round++) {
    const message = bag.shift();
    atMs += 50;
    if (message) feed(message.to, { ...message.input, atMs } as HandoffInput);
    else for (const side of [ann, bob]) fireTimer(side);
    expect(working.size).toBeLessThanOrEqual(1);
  }
  expect(working.size).toBe(1);
  return true;

  function feed(self: Did, input: HandoffInput): void {
    const other = self === ann ? bob : ann;
    for (const effect of machines[self]!.step(input)) {
      if (effect.type === 'persist') saved[self] = effect.value as string;
      if (effect.type === 'set-timer') timers.set(self, effect.timer);
      if (effect.type === 'cancel-timer') timers.delete(self);
      if (effect.type === 'stop-work') working.delete(self);
      if (effect.type === 'start-work' || effect.type === 'resume-work') working.add(self);
      if (effect.type === 'consider-handoff')
        bag.push({ to: self, input: { type: 'answer-handoff', atMs, accept: accepts } });
      if (effect.type === 'send-handoff')
        bag.push({ to: other, input: { type: 'handoff-received', atMs, from: self, body: effect.body } });
      if (effect.type === 'send-response')
        bag.push({ to: other, input: { type: 'response-received', atMs, from: self, body: effect.body } });
    }
  }
  function fireTimer(self: Did): void {
    const timer = timers.get(self);
    if (timer === undefined) return;
    timers.delete(self);
    feed(self, { type: 'timer-fired', atMs, timer });
  }
  function restart(self: Did): void {
    machines[self] = createHandoff({
      self,
      handoff,
      ...(saved[self] === undefined ? {} : { saved: saved[self] }),
    });
    timers.delete(self);
    if (saved[self] !== undefined) feed(self, { type: 'recovered', atMs });
  }
}
