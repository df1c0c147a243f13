/**
 * Tasks between two agents: an `award` is worked off by the receiver, who answers with `partial`s, `progress` and
 * in the end one `result`, `failure` or `decline`. The fencing number of an award tells a later attempt from an
 * earlier one: nothing with a lower number than the asker's last is accepted.
 * @see Kleppmann 2016, "How to do distributed locking" (fencing tokens); FIPA Contract Net SC00029H
 */
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import { createMessageId } from '../protocol/message-id.ts';
import type { Budget } from '../protocol/messages.ts';
import type { Agent, Delivered, DeliveredOf, Saying } from './agent.ts';
import { sendOrReport } from './send-or-report.ts';

export type TaskContent = string | Record<string, unknown>;

/** A piece of work that somebody awarded to this agent. */
export interface Task {
  readonly id: string;
  readonly fencing: number;
  readonly from: Did;
  readonly content: TaskContent;
  /** Integer Unix ms. */
  readonly deadlineAt: number | undefined;
  readonly award: DeliveredOf<'award'>;
}

export interface TaskContext {
  /** Aborted when the asker cancels, awards the task anew, or the deadline passes. */
  readonly signal: AbortSignal;
  /** Part of the answer, in order; the asker sees it at once. */
  partial(content: TaskContent): Promise<void>;
  progress(share: number, content?: TaskContent): Promise<void>;
  /** Set what the result says beside its content. */
  note(facts: { readonly confidence?: number; readonly spent?: Budget }): void;
}

/** Its answer is the result; what it throws is the reason of a failure. */
export type TaskHandler = (task: Task, context: TaskContext) => Promise<TaskContent> | TaskContent;

export interface ServeTasksInit {
  /** Tasks worked on at once. @default 16 */
  readonly concurrencyMax?: number;
  /** Tasks that wait beyond those; more are declined as `busy`. @default 256 */
  readonly waitingMax?: number;
}

export interface TaskService {
  readonly runningCount: number;
  readonly waitingCount: number;
  /** Take no more; what runs is aborted and answered with a failure. Idempotent. */
  stop(): void;
}

interface Running {
  readonly task: Task;
  readonly abort: AbortController;
}

const knownTasksMax = 4_096;
const reasonLengthMax = 500;
/** Why a worker failed that ran out of the asker's time. */
const deadlineReason = 'deadline';

/** Work off every `award` that reaches this agent. */
export function serveTasks(agent: Agent, handler: TaskHandler, init: ServeTasksInit = {}): TaskService {
  const concurrencyMax = init.concurrencyMax ?? 16;
  const waitingMax = init.waitingMax ?? 256;
  const running = new Map<string, Running>();
  const waiting: Task[] = [];
  /** The highest fencing number seen, by asker and task. */
  const fences = new Map<string, number>();

  function take(message: Delivered): void {
    // An award with terms belongs to a contract that was bid for: `serveContracts` does that work.
    if (message.type === 'award' && message.to === agent.did && message.terms === undefined)
      takeAward(message);
    if (message.type === 'cancel') cancel(`${message.from} ${message.task}`);
  }

  function takeAward(award: DeliveredOf<'award'>): void {
    const task: Task = {
      id: award.task,
      fencing: award.fencing,
      from: award.from as Did,
      content: (award.content ?? '') as TaskContent,
      deadlineAt: award.deadlineAt,
      award,
    };
    const key = keyOf(task);
    const known = fences.get(key) ?? -1;
    if (task.fencing < known) return decline(task, 'stale-fencing');
    if (task.fencing === known) return;
    cancel(key);
    remember(key, task.fencing);
    if (running.size < concurrencyMax) return void run(task);
    if (waiting.length >= waitingMax) return decline(task, 'busy');
    waiting.push(task);
  }

  function remember(key: string, fencing: number): void {
    fences.delete(key);
    fences.set(key, fencing);
    if (fences.size > knownTasksMax) fences.delete(fences.keys().next().value!);
  }

  function cancel(key: string): void {
    const at = waiting.findIndex((task) => keyOf(task) === key);
    if (at >= 0) waiting.splice(at, 1);
    running.get(key)?.abort.abort(new Error('cancelled'));
    running.delete(key);
  }

  async function run(task: Task): Promise<void> {
    const key = keyOf(task);
    const abort = new AbortController();
    const mine: Running = { task, abort };
    running.set(key, mine);
    const clear = abortAt(task.deadlineAt, abort);
    try {
      await answer(task, abort.signal);
    } finally {
      clear();
      if (running.get(key) === mine) running.delete(key);
      const next = running.size < concurrencyMax ? waiting.shift() : undefined;
      if (next !== undefined) void run(next);
    }
  }

  async function answer(task: Task, signal: AbortSignal): Promise<void> {
    let index = 0;
    let facts: { readonly confidence?: number; readonly spent?: Budget } = {};
    const head = { to: task.from, parent: task.award.id, task: task.id, fencing: task.fencing };
    try {
      const content = await untilAborted(
        signal,
        Promise.resolve(
          handler(task, {
            signal,
            async partial(part) {
              signal.throwIfAborted();
              await agent.send({ type: 'partial', ...head, index: index++, content: part });
            },
            async progress(share, said) {
              signal.throwIfAborted();
              await agent.send({
                type: 'progress',
                ...head,
                share,
                ...(said === undefined ? {} : { content: said }),
              });
            },
            note(more) {
              facts = { ...facts, ...more };
            },
          }),
        ),
      );
      await agent.send({ type: 'result', ...head, content, ...facts });
    } catch (error) {
      await say({ type: 'failure', ...head, reason: reasonOf(error) });
    }
  }

  function decline(task: Task, reason: string): void {
    const { from: to, id, fencing, award } = task;
    void say({ type: 'decline', to, parent: award.id, task: id, fencing, reason });
  }

  /** The last word on a task: when not even that can be said, the asker's deadline speaks, and this agent hears of it. */
  async function say(saying: Saying): Promise<void> {
    await sendOrReport(agent, saying);
  }

  const unlisten = agent.on('message', take);
  return {
    get runningCount() {
      return running.size;
    },
    get waitingCount() {
      return waiting.length;
    },
    stop() {
      unlisten();
      waiting.length = 0;
      for (const { abort } of running.values()) abort.abort(new Error('stopped'));
      running.clear();
    },
  };
}

export interface RequestTaskInit {
  /** The task's id; the same one for each attempt. @default a new one */
  readonly task?: string;
  /** Higher than that of any earlier attempt. @default 1 */
  readonly fencing?: number;
  /** @default 60,000 */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly onPartial?: (content: TaskContent, index: number) => void;
  readonly onProgress?: (share: number | undefined, content: TaskContent | undefined) => void;
}

export interface TaskResult {
  readonly task: string;
  readonly from: Did;
  readonly content: TaskContent;
  readonly confidence: number | undefined;
  readonly spent: Budget | undefined;
  readonly tookMs: number;
}

/**
 * Award a task to one agent and wait for its result.
 * @throws AmpError AMP-1505 when the deadline passes, AMP-1407 when the agent failed or declined, AMP-1408 when
 * the message could not be delivered.
 */
export async function requestTask(
  agent: Agent,
  to: Did,
  content: TaskContent,
  init: RequestTaskInit = {},
): Promise<TaskResult> {
  const startedAtMs = performance.now();
  const deadlineMs = init.deadlineMs ?? 60_000;
  const fencing = init.fencing ?? 1;
  const task = init.task ?? newTaskId();
  const done = Promise.withResolvers<TaskResult>();
  let awardId = '';

  function take(message: Delivered): void {
    if (!('task' in message) || message.task !== task || message.from !== to) return;
    if (!('fencing' in message) || message.fencing !== fencing) return;
    if (message.type === 'partial') init.onPartial?.(message.content, message.index);
    if (message.type === 'progress') init.onProgress?.(message.share, message.content);
    if (message.type === 'failure' || message.type === 'decline')
      done.reject(message.reason === deadlineReason ? tooLate() : refusedBy(message));
    if (message.type === 'result') {
      const { confidence, spent } = message;
      const tookMs = performance.now() - startedAtMs;
      done.resolve({ task, from: to, content: message.content, confidence, spent, tookMs });
    }
  }

  /** Whichever clock strikes first, the asker's or the worker's. */
  function tooLate(): AmpError {
    return new AmpError('AMP-1505', `${to} did not finish the task within ${deadlineMs} ms.`, {
      to,
      deadlineMs,
    });
  }

  function cancel(): void {
    // The other side's deadline ends the work as well.
    void sendOrReport(agent, { type: 'cancel', to, task });
  }

  const unlisten = agent.on('message', take);
  const unreceipt = agent.on('receipt', ({ level, ids, reason }) => {
    if (level === 'dead' && ids.includes(awardId))
      done.reject(
        new AmpError('AMP-1408', `The task could not be delivered to ${to}: ${reason}.`, { to, reason }),
      );
  });
  const timer = setTimeout(() => {
    cancel();
    done.reject(tooLate());
  }, deadlineMs);
  const onAbort = () => {
    cancel();
    done.reject(init.signal?.reason ?? new Error('cancelled'));
  };
  init.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (init.signal?.aborted === true) throw init.signal.reason;
    awardId = newTaskId();
    const award = { type: 'award', id: awardId, to, task, fencing, content } as const;
    // A quick agent may answer before its award is reported as taken in.
    agent.send({ ...award, deadlineAt: Date.now() + deadlineMs, ttlMs: deadlineMs }).catch(done.reject);
    return await done.promise;
  } finally {
    clearTimeout(timer);
    unlisten();
    unreceipt();
    init.signal?.removeEventListener('abort', onAbort);
  }
}

function refusedBy(message: DeliveredOf<'failure'> | DeliveredOf<'decline'>): AmpError {
  const { type, from, reason } = message;
  const verb = type === 'failure' ? 'failed at' : 'declined';
  return new AmpError('AMP-1407', `${from} ${verb} the task: ${reason}.`, { from, reason, type });
}

export function newTaskId(): string {
  return createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
}

function keyOf(task: Pick<Task, 'from' | 'id'>): string {
  return `${task.from} ${task.id}`;
}

/** The handler may not listen to its signal: then its late answer is dropped. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    aborted.promise.catch(() => undefined);
  }
}

function abortAt(deadlineAt: number | undefined, abort: AbortController): () => void {
  if (deadlineAt === undefined) return () => undefined;
  const leftMs = Math.min(0x7fff_ffff, Math.max(0, deadlineAt - Date.now()));
  const timer = setTimeout(() => abort.abort(new Error(deadlineReason)), leftMs);
  return () => clearTimeout(timer);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, reasonLengthMax) || 'failed';
}
