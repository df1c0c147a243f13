/** The watcher speaks once when something goes wrong, asks once when it stays wrong, and is silent in a healthy group. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { goOn, remedies, watchGroup } from '../../examples/agents/watcher.ts';
import { viewJob } from '../../protocol/job/job-view.ts';
import type { Envelope } from '../../protocol/messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createGroup(requirements: readonly string[]) {
  const entries: Record<string, unknown>[] = [];
  let count = 0;
  const say = (from: string, entry: Record<string, unknown>) => {
    count += 1;
    entries.push({ id: `e${count}`, from: `did:${from}`, at: Date.now(), ...entry });
    return `e${count}`;
  };
  say('asker', {
    type: 'broadcast',
    query: 'goal',
    requirements: requirements.map((id) => ({ id, text: id })),
  });
  const said: Record<string, unknown>[] = [];
  const asked: string[] = [];
  const space = {
    view: () => viewJob(entries as unknown as Envelope[]),
    post: async (saying: object) => {
      said.push(saying as Record<string, unknown>);
      return 'x';
    },
  };
  const stop = watchGroup(space as never, {
    decide: async (question, options) => {
      asked.push(`${question} ${options.join(' | ')}`);
      return goOn;
    },
  });
  const kinds = () => said.map((one) => (one.content as { watch: string }).watch);
  return { say, said, asked, kinds, stop };
}

/** An accepted contribution: the goal comes nearer. */
function make(group: ReturnType<typeof createGroup>, author: string, part: string): void {
  const of = group.say(author, { type: 'proposal', content: part, meets: [part] });
  group.say('asker', { type: 'review', of, verdict: 'accept' });
}

const parts = Array.from({ length: 12 }, (_, at) => `part${at}`);

describe('the watcher', () => {
  it('says that one agent does all the work, then asks, and each only once', async () => {
    const group = createGroup(parts);
    for (const part of parts.slice(0, 9)) {
      make(group, 'busy', part);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(group.kinds()).toEqual(['concentration']);
    expect(group.said[0]).toMatchObject({ severity: 'note', content: { measure: 1 } });
    expect(group.asked).toEqual([expect.stringContaining(`${goOn} | ${remedies.concentration}`)]);
    group.stop();
  });

  it('says nothing where five share the work and the goal comes nearer', async () => {
    const group = createGroup(parts);
    for (const [at, part] of parts.entries()) {
      make(group, `agent${at % 5}`, part);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect([group.kinds(), group.asked]).toEqual([[], []]);
    group.stop();
  });

  it('says that work is repeated, that announcements are let fall, and that nothing comes nearer', async () => {
    const repeated = createGroup(parts);
    for (let at = 0; at < 8; at += 1) make(repeated, `agent${at}`, `part${at % 2}`);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(repeated.kinds()).toEqual(['repeated-work']);
    repeated.stop();
    const dropped = createGroup(parts);
    for (const [at, part] of parts.slice(0, 6).entries())
      dropped.say(`agent${at}`, {
        type: 'progress',
        content: { intention: { about: [part], untilMs: Date.now() + 500 } },
      });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(dropped.kinds()).toEqual(['failed-handoffs']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(dropped.kinds()).toEqual(['failed-handoffs', 'standstill']);
    expect(dropped.asked).toHaveLength(2);
    dropped.stop();
  });

  it('stops when the job is closed', async () => {
    const group = createGroup(parts);
    group.say('asker', { type: 'dissolve', reason: 'done' });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
