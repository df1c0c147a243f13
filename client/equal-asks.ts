/**
 * Asking, with equal asks merged. An ask that equals one in flight (the same words, files and context, said to the
 * whole mesh) is not run a second time: of one agent, both get the one answer; of different agents, on whatever
 * nodes, the later asker joins the job of the earlier one as a reader of its space, and draws the same answer from
 * the same signed entries.
 *
 * What holds for who joins: it pays nothing, the first asker's budget pays; its own deadline and signal hold, and
 * end its waiting only; when the job ends unfinished while time is left, it asks by itself. A private ask neither
 * joins nor is joined.
 */
import type { Did } from '../protocol/brand.ts';
import { toHex } from '../protocol/bytes.ts';
import { AmpError } from '../protocol/errors.ts';
import { askBytes } from '../protocol/job/equal-ask.ts';
import { type JobEnd, judgeJob } from '../protocol/job/job-over.ts';
import type { Agent, Delivered, Saying } from './agent.ts';
import { type AskInit, askDeadlineMs, describeResult, type JobOffer, type JobResult, runJob } from './ask.ts';
import { sha256 } from './sha256.ts';
import { followSpace, type Space } from './space.ts';

/** Who reads along in one job; more ask by themselves. Judgement: so that a space stays one of direct sends. */
const readersMax = 16;
/** How long the first asker may take to say that one can join, ms: beyond it, it is gone. */
const answerMs = 2_000;
/** How long its space may take to come, ms: it may still wait for offers. */
const spaceMs = 15_000;
/** What was said before a reader came may arrive after the end is known, ms. */
const settleMs = 200;
const settleMsMax = 3_000;
/** With less time left nothing is asked anew, ms. */
const worthwhileMs = 500;

/** A job of one agent, and all who asked for it there. */
interface SharedAsk {
  result: Promise<JobResult>;
  readonly askers: AskInit[];
  readonly offers: JobOffer[];
  space: Space | undefined;
}

/** A job of one agent that others may join. */
interface OwnJob {
  readonly key: string;
  readonly query: string;
  readonly offers: JobOffer[];
  readonly readers: Set<Did>;
  space: Space | undefined;
}

/** In flight, by the agent that asked; they go with it. */
const sharedAsks = new WeakMap<Agent, Map<string, SharedAsk>>();
const ownJobs = new WeakMap<Agent, Map<string, OwnJob>>();

/**
 * Run a job to its end, or share one that runs. Within one agent an ask that brings a `signal` of its own is not
 * merged.
 * @throws AmpError AMP-1406 when nobody offers.
 */
export function ask(agent: Agent, init: AskInit): Promise<JobResult> {
  if (init.isPrivate === true) return runAlone(agent, init);
  if (init.signal !== undefined) return askAmongOthers(agent, init);
  const asks = sharedAsks.get(agent) ?? new Map<string, SharedAsk>();
  sharedAsks.set(agent, asks);
  const key = keyOf(init);
  const known = asks.get(key);
  if (known !== undefined) return shareAsk(known, init);
  const shared: SharedAsk = { result: Promise.reject(), askers: [init], offers: [], space: undefined };
  shared.result.catch(() => undefined);
  asks.set(key, shared);
  shared.result = askAmongOthers(agent, {
    ...init,
    onOffer(offer) {
      shared.offers.push(offer);
      for (const one of shared.askers) one.onOffer?.(offer);
    },
    onSpace(space) {
      shared.space = space;
      for (const one of shared.askers) one.onSpace?.(space);
    },
  }).finally(() => asks.delete(key));
  return shared.result;
}

/** Who asks late hears first what was said before. */
function shareAsk(shared: SharedAsk, init: AskInit): Promise<JobResult> {
  for (const offer of shared.offers) init.onOffer?.(offer);
  if (shared.space !== undefined) init.onSpace?.(shared.space);
  shared.askers.push(init);
  return shared.result;
}

function keyOf(init: AskInit): string {
  return toHex(sha256(askBytes(init)));
}

async function runAlone(agent: Agent, init: AskInit): Promise<JobResult> {
  const result = await runJob(agent, init);
  if (result === undefined) throw new Error('a job without an equal one gives way to none');
  return result;
}

/** Join what runs, else ask; until one of them has an answer or the time is up. */
async function askAmongOthers(agent: Agent, init: AskInit): Promise<JobResult> {
  const key = keyOf(init);
  const endAtMs = Date.now() + (init.deadlineMs ?? askDeadlineMs);
  const tried = new Set<string>();
  const own = serveReaders(agent);
  for (;;) {
    const rest = { ...init, deadlineMs: Math.max(1, endAtMs - Date.now()) };
    const running = (await findEqual(agent, key, tried)).find((one) => one.from !== agent.did);
    if (running !== undefined) tried.add(running.id);
    const result =
      running === undefined
        ? await runOwn(agent, rest, { key, tried, own })
        : await joinJob(agent, rest, running, key);
    if (result !== undefined) return result;
  }
}

interface Running {
  readonly id: string;
  readonly from: Did;
}

/** Equal asks in flight, the earliest first; a node that does not know them has none. */
async function findEqual(agent: Agent, key: string, tried: ReadonlySet<string>): Promise<readonly Running[]> {
  const found = await agent.query('asks', key).catch((error: unknown) => {
    if (error instanceof AmpError && (error.code === 'AMP-1005' || error.code === 'AMP-1505'))
      return { items: [] };
    throw error;
  });
  return (found.items as Running[]).filter((one) => !tried.has(one.id));
}

// The first asker.

async function runOwn(
  agent: Agent,
  init: AskInit,
  { key, tried, own }: { key: string; tried: ReadonlySet<string>; own: Map<string, OwnJob> },
): Promise<JobResult | undefined> {
  const job: OwnJob = { key, query: init.query, offers: [], readers: new Set(), space: undefined };
  let id = '';
  const hooked: AskInit = {
    ...init,
    onOffer(offer) {
      job.offers.push(offer);
      init.onOffer?.(offer);
    },
    onSpace(space) {
      job.space = space;
      for (const reader of job.readers) void invite(agent, id, job, reader).catch(init.onProblem);
      init.onSpace?.(space);
    },
  };
  try {
    return await runJob(agent, hooked, {
      onAsked(asked) {
        id = asked;
        own.set(id, job);
      },
      // Every node lists equal asks in one order: of two that started together the later one gives way.
      async givesWay(asked) {
        const [earliest] = await findEqual(agent, key, tried);
        return earliest !== undefined && earliest.id !== asked && earliest.from !== agent.did;
      },
    });
  } finally {
    own.delete(id);
    // Whoever waits for a space that never came asks elsewhere.
    if (job.space === undefined)
      for (const reader of job.readers)
        void answer(agent, id, reader, { equalAsk: 'over' }).catch(init.onProblem);
    // So that nobody tries to join what is over.
    if (agent.isUp) await agent.send({ type: 'cancel', task: id, thread: id }).catch(init.onProblem);
  }
}

/** Answer those who ask the same. Once for each agent; unknown jobs are over. */
function serveReaders(agent: Agent): Map<string, OwnJob> {
  const known = ownJobs.get(agent);
  if (known !== undefined) return known;
  const own = new Map<string, OwnJob>();
  ownJobs.set(agent, own);
  agent.on('message', (message) => {
    const asked = readRequest(message, agent.did);
    if (asked === undefined) return;
    const job = own.get(asked.thread);
    const mayJoin = job !== undefined && job.key === asked.key && job.readers.size < readersMax;
    void (
      mayJoin
        ? admit(agent, asked.thread, job, asked.from)
        : answer(agent, asked.thread, asked.from, { equalAsk: 'over' })
    )
      // The other side asks by itself when it hears nothing.
      .catch(() => undefined);
  });
  return own;
}

function readRequest(message: Delivered, self: Did) {
  if (message.type !== 'question' || message.to !== self || message.thread === undefined) return undefined;
  const key = typeof message.content === 'object' ? message.content.equalAsk : undefined;
  return typeof key === 'string'
    ? { key, thread: message.thread as string, from: message.from as Did }
    : undefined;
}

async function admit(agent: Agent, id: string, job: OwnJob, reader: Did): Promise<void> {
  const isNew = !job.readers.has(reader);
  job.readers.add(reader);
  await answer(agent, id, reader, { equalAsk: 'joined', offers: job.offers });
  if (isNew && job.space !== undefined) await invite(agent, id, job, reader);
}

async function answer(
  agent: Agent,
  thread: string,
  to: Did,
  content: Record<string, unknown>,
): Promise<void> {
  await agent.send({ type: 'answer', to, thread, content });
}

async function invite(agent: Agent, thread: string, job: OwnJob, to: Did): Promise<void> {
  if (job.space === undefined) return;
  await agent.send({
    type: 'invite',
    to,
    thread,
    space: job.space.id,
    goal: job.query,
    reader: true,
  } as Saying);
}

// Who joins.

/** Read along in another's job. `undefined`: it could not be joined, or ended unfinished while time is left. */
async function joinJob(
  agent: Agent,
  init: AskInit,
  running: Running,
  key: string,
): Promise<JobResult | undefined> {
  const startedAtMs = Date.now();
  const endAtMs = startedAtMs + (init.deadlineMs ?? askDeadlineMs);
  const names = new Map<Did, string>();
  const offers = new Map<Did, JobOffer>();
  const answered = Promise.withResolvers<boolean>();
  const invited = Promise.withResolvers<{ readonly space: Space; readonly invitation: string } | undefined>();
  const stops = [
    agent.on('message', (message) => {
      if (message.name !== undefined) names.set(message.from as Did, message.name);
      if (message.from !== running.from || message.thread !== running.id) return;
      if (message.type === 'invite' && message.reader === true)
        invited.resolve({ space: followSpace(agent, message.space!), invitation: message.id });
      if (message.type !== 'answer' || typeof message.content !== 'object') return;
      if (message.content.equalAsk === 'over') {
        answered.resolve(false);
        invited.resolve(undefined);
      }
      if (message.content.equalAsk !== 'joined') return;
      for (const offer of (message.content.offers ?? []) as JobOffer[]) offers.set(offer.agent, offer);
      answered.resolve(true);
    }),
    agent.on('lost', (error) => {
      answered.reject(error);
      invited.reject(error);
    }),
  ];
  // Whoever waits hears of it; nobody waiting is no crash.
  invited.promise.catch(() => undefined);
  try {
    const request = await agent.send({
      type: 'question',
      to: running.from,
      thread: running.id,
      content: { equalAsk: key },
    });
    if ((await within(answered.promise, Math.min(answerMs, endAtMs - Date.now()))) !== true) return undefined;
    const place = await within(invited.promise, Math.min(spaceMs, endAtMs - Date.now()));
    if (place === undefined) return undefined;
    const { space, invitation } = place;
    await agent.send({ type: 'accept', to: running.from, space: space.id, invitation, thread: running.id });
    for (const offer of offers.values()) init.onOffer?.(offer);
    init.onSpace?.(space);
    const end = await readToEnd(agent, space, endAtMs, init.signal);
    const isUnfinished = end.by === 'job' && end.end !== 'complete' && end.end !== 'incomplete';
    space.forget();
    if (isUnfinished && endAtMs - Date.now() > worthwhileMs) return undefined;
    const over = judgeJob(space.view(), { deadlineAtMs: 0 }, Date.now()).over!;
    return {
      ...describeResult(space, { ...over, end: end.end, id: running.id, startedAtMs, offers, names }),
      joined: { asker: running.from, request },
    };
  } finally {
    for (const stop of stops) stop();
  }
}

interface ReadEnd {
  readonly end: JobEnd;
  /** Whether the job ended, or only this reader's waiting. */
  readonly by: 'job' | 'reader';
}

/** Resolves when the job is over, or this reader's time is; then it leaves. */
async function readToEnd(
  agent: Agent,
  space: Space,
  endAtMs: number,
  signal: AbortSignal | undefined,
): Promise<ReadEnd> {
  const done = Promise.withResolvers<ReadEnd>();
  let settled: ReturnType<typeof setTimeout> | undefined;
  let dissolvedAtMs: number | undefined;
  /** The end may overtake what was said before it: the last word is looked at once all is quiet. */
  const look = (): void => {
    const dissolve = space.entries().findLast((entry) => entry.type === 'dissolve');
    if (dissolve === undefined && !space.isClosed) return;
    dissolvedAtMs ??= Date.now();
    const isWhole = space.view().goalId !== undefined;
    clearTimeout(settled);
    const waitMs = isWhole ? settleMs : dissolvedAtMs + settleMsMax - Date.now();
    const end = readEnd(dissolve?.type === 'dissolve' ? dissolve.reason : undefined);
    settled = setTimeout(() => done.resolve({ end, by: 'job' }), Math.max(0, waitMs));
  };
  const stopReading = (end: JobEnd): void => {
    // Best effort: the owner dissolves the space in the end anyway.
    if (agent.isUp) space.leave(end).catch(() => undefined);
    done.resolve({ end, by: 'reader' });
  };
  const onAbort = () => stopReading('asker');
  const timer = setTimeout(() => stopReading('deadline'), Math.max(0, endAtMs - Date.now()));
  const stops = [space.onChange(look), agent.on('lost', (error) => done.reject(error))];
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  look();
  try {
    return await done.promise;
  } finally {
    clearTimeout(timer);
    clearTimeout(settled);
    for (const stop of stops) stop();
    signal?.removeEventListener('abort', onAbort);
  }
}

const jobEnds: readonly string[] = ['complete', 'incomplete', 'deadline', 'budget', 'asker', 'nobody-left'];

function readEnd(reason: string | undefined): JobEnd {
  return reason !== undefined && jobEnds.includes(reason) ? (reason as JobEnd) : 'asker';
}

/** What the promise resolves with, or `undefined` after `ms`. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
