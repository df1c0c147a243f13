import { describe, expect, it } from 'vitest';
import type { Did } from '../protocol/brand.ts';
import type { AmpError } from '../protocol/errors.ts';
import type { Agent } from './agent.ts';
import { type FanOutUpdate, fanOut } from './fan-out.ts';
import { mergeResults, synthesize } from './merge-results.ts';
import { newTaskId, requestTask, serveTasks, type TaskHandler, type TaskResult } from './tasks.ts';

/** Agents that hear each other at once: what a node adds is tested with real nodes. */
function createRoom() {
  const agents = new Map<string, (message: object) => void>();
  const said: Record<string, unknown>[] = [];
  /** Types that cannot be sent just now. */
  const broken = new Set<string>();
  function join(name: string): Agent {
    const did = `did:key:${name}` as Did;
    const listeners = new Map<string, Set<(fact: never) => void>>();
    const emit = (event: string, fact: object) => {
      for (const listen of listeners.get(event) ?? []) listen(fact as never);
    };
    agents.set(did, (message) => emit('message', message));
    return {
      did,
      on(event: string, listener: (fact: never) => void) {
        const known = listeners.get(event) ?? new Set();
        listeners.set(event, known.add(listener));
        return () => known.delete(listener);
      },
      async send(saying: { id?: string; to?: string; type?: string }) {
        if (broken.has(saying.type ?? '')) throw new Error('the socket is gone');
        const message = { ...saying, id: saying.id ?? newTaskId(), from: did, at: 0 };
        said.push(message);
        const receive = agents.get(String(saying.to));
        if (receive === undefined)
          emit('receipt', { level: 'dead', ids: [message.id], reason: 'unknown-receiver' });
        else queueMicrotask(() => receive(message));
        return message.id;
      },
      report: (error: object) => emit('error', error),
      async query(_what: string, _text: string, filter: { limit: number }) {
        const hits = [...agents.keys()].slice(0, filter.limit + 1).map((agent) => ({ agent }));
        return { items: [{ hits }] };
      },
    } as unknown as Agent;
  }
  return { join, said, broken };
}

const never: TaskHandler = () => new Promise(() => undefined);

describe('serveTasks and requestTask', () => {
  it('a handler’s answer is the result, with the confidence it noted', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    serveTasks(worker, ({ content }, { note }) => {
      note({ confidence: 0.9 });
      return { echo: content };
    });
    const { content, confidence } = await requestTask(asker, worker.did, 'hello');
    expect([content, confidence]).toEqual([{ echo: 'hello' }, 0.9]);
  });

  it('an answer that cannot be sent is told to the worker, by task and message', async () => {
    const room = createRoom();
    const [asker, worker] = [room.join('asker'), room.join('worker')];
    serveTasks(worker, () => {
      throw new Error('out of paper');
    });
    const told = Promise.withResolvers<AmpError>();
    worker.on('error', told.resolve);
    room.broken.add('failure');
    const task = newTaskId();
    const asking = requestTask(asker, worker.did, 'print it', { task, deadlineMs: 200 });
    const { code, facts } = await told.promise;
    expect(code).toBe('AMP-1408');
    expect(facts).toMatchObject({ task, type: 'failure', to: asker.did, reason: 'the socket is gone' });
    await expect(asking).rejects.toMatchObject({ code: 'AMP-1505' });
  });

  it('partial results and progress reach the asker in order, before the result', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    serveTasks(worker, async (_task, { partial, progress }) => {
      await partial('one');
      await progress(0.5);
      await partial('two');
      return 'done';
    });
    const heard: unknown[] = [];
    const { content } = await requestTask(asker, worker.did, 'go', {
      onPartial: (part, index) => heard.push([part, index]),
      onProgress: (share) => heard.push(share),
    });
    expect([...heard, content]).toEqual([['one', 0], 0.5, ['two', 1], 'done']);
  });

  it('what a handler throws is the reason of the failure', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    serveTasks(worker, () => {
      throw new Error('no such column');
    });
    await expect(requestTask(asker, worker.did, 'x')).rejects.toMatchObject({
      code: 'AMP-1407',
      facts: { reason: 'no such column', type: 'failure' },
    });
  });

  it('a cancelled request aborts the work on the other side', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    const aborted = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    serveTasks(worker, (_task, { signal }) => {
      signal.addEventListener('abort', () => aborted.resolve(signal.reason));
      begun.resolve();
      return new Promise(() => undefined);
    });
    const stop = new AbortController();
    const asked = requestTask(asker, worker.did, 'x', { signal: stop.signal });
    await begun.promise;
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(String(await aborted.promise)).toContain('cancelled');
  });

  it('a deadline that passes is the asker’s error, and one that nobody receives is a dead letter', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    serveTasks(worker, never);
    await expect(requestTask(asker, worker.did, 'x', { deadlineMs: 20 })).rejects.toMatchObject({
      code: 'AMP-1505',
    });
    await expect(requestTask(asker, 'did:key:nobody' as Did, 'x')).rejects.toMatchObject({
      code: 'AMP-1408',
    });
  });

  it('a worker whose clock strikes first is as late as one whose asker gave up', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    worker.on('message', (message) => {
      if (message.type !== 'award') return;
      const { task, fencing, id } = message;
      void worker.send({ type: 'failure', to: asker.did, parent: id, task, fencing, reason: 'deadline' });
    });
    await expect(requestTask(asker, worker.did, 'x')).rejects.toMatchObject({ code: 'AMP-1505' });
  });

  it('an older fencing number is declined, the same one is worked once, a newer one starts anew', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    const begun: number[] = [];
    serveTasks(worker, ({ fencing }) => {
      begun.push(fencing);
      return fencing === 5 ? new Promise(() => undefined) : 'done';
    });
    const task = newTaskId();
    const award = { type: 'award', to: worker.did, task, content: 'x' } as const;
    await asker.send({ ...award, fencing: 5 });
    await asker.send({ ...award, fencing: 5 });
    await expect(requestTask(asker, worker.did, 'x', { task, fencing: 4 })).rejects.toMatchObject({
      facts: { reason: 'stale-fencing' },
    });
    const { content } = await requestTask(asker, worker.did, 'x', { task, fencing: 6 });
    expect([begun, content]).toEqual([[5, 6], 'done']);
  });

  it('more than it can hold is declined as busy', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const worker = room.join('worker');
    const service = serveTasks(worker, never, { concurrencyMax: 1, waitingMax: 1 });
    for (const _ of [1, 2])
      await asker.send({ type: 'award', to: worker.did, task: newTaskId(), fencing: 1, content: 'x' });
    await expect(requestTask(asker, worker.did, 'x')).rejects.toMatchObject({ facts: { reason: 'busy' } });
    expect([service.runningCount, service.waitingCount]).toEqual([1, 1]);
  });
});

describe('fanOut', () => {
  it('streams what comes, and in the end names the late and the failed', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const [good, bad, late] = ['good', 'bad', 'late'].map((name) => room.join(name)) as [Agent, Agent, Agent];
    serveTasks(good, async (_task, { partial }) => {
      await partial('half');
      return 'whole';
    });
    serveTasks(bad, () => {
      throw new Error('broken');
    });
    serveTasks(late, never);
    const out = await fanOut(asker, 'x', [good.did, bad.did, late.did], { deadlineMs: 50 });
    const updates: FanOutUpdate[] = [];
    for await (const update of out.gather()) updates.push(update);
    expect(updates.map(({ kind }) => kind).sort()).toEqual(['end', 'failed', 'late', 'partial', 'result']);
    expect(updates.at(-1)).toMatchObject({
      kind: 'end',
      report: {
        results: [{ from: good.did, content: 'whole' }],
        late: [late.did],
        failed: [{ from: bad.did, reason: 'broken' }],
        hasQuorum: false,
      },
    });
  });

  it('a quorum ends the wait and stops the others', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const [quick, slow] = ['quick', 'slow'].map((name) => room.join(name)) as [Agent, Agent];
    serveTasks(quick, () => 'first');
    serveTasks(slow, never);
    const report = await (await fanOut(asker, 'x', [quick.did, slow.did], { quorum: 1 })).done;
    expect([report.hasQuorum, report.late]).toEqual([true, [slow.did]]);
    expect(room.said.filter(({ type }) => type === 'cancel').map(({ to }) => to)).toEqual([slow.did]);
  });

  it('finds agents by what they can do, never itself, and says when there is nobody', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    await expect(fanOut(asker, 'x', { capability: 'counting' })).rejects.toMatchObject({ code: 'AMP-1406' });
    const worker = room.join('worker');
    serveTasks(worker, () => 'ok');
    const out = await fanOut(asker, 'x', { capability: 'counting', count: 2 });
    expect(out.asked).toEqual([worker.did]);
    expect((await out.done).results).toHaveLength(1);
  });
});

describe('mergeResults', () => {
  const result = (from: string, content: string, confidence?: number): TaskResult => ({
    ...{ task: 't', from: from as Did, content, confidence },
    ...{ spent: undefined, tookMs: 1 },
  });
  const results = [result('a', 'x', 0.2), result('b', 'x', 0.2), result('c', 'y', 0.9)];

  it('a vote goes by heads, a weighing by confidence, and the loser is kept', () => {
    const vote = mergeResults(results, { by: 'vote' });
    expect([vote.content, vote.losing.map((one) => one.content)]).toEqual(['x', ['y']]);
    const weighed = mergeResults(results, { by: 'confidence' });
    expect([weighed.content, weighed.losing.map((one) => one.content)]).toEqual(['y', ['x']]);
  });

  it('the first expert who answered is right, whatever the many say', () => {
    const merged = mergeResults(results, { by: 'expert', experts: ['z' as Did, 'c' as Did] });
    expect([merged.content, merged.losing[0]?.from]).toEqual(['y', ['a', 'b']]);
  });

  it('a tie is said to be one, and is broken alike in any order', () => {
    const tied = [result('b', 'y'), result('a', 'x')];
    for (const order of [tied, [...tied].reverse()])
      expect(mergeResults(order, { by: 'vote' })).toMatchObject({ content: 'x', isTie: true });
  });

  it('a synthesis is written by the named agent from all answers, and all are kept', async () => {
    const room = createRoom();
    const asker = room.join('asker');
    const editor = room.join('editor');
    serveTasks(editor, ({ content }) => `from ${(content as { answers: unknown[] }).answers.length}`);
    const merged = await synthesize(asker, results, { by: 'synthesis', agent: editor.did });
    expect([merged.content, merged.losing.length]).toEqual(['from 3', 2]);
  });
});
