/**
 * The loop of an expert: hear an intent, offer what one can, join, look at what is there, contribute, answer
 * concerns, review. Nobody tells an expert when it is its turn; it looks whenever something changed.
 */
import type { Did } from '../protocol/brand.ts';
import type { Concern, Contribution, JobView } from '../protocol/job/job-view.ts';
import { runningIntentions, scoreContext, standing } from '../protocol/job/roles.ts';
import type { FileReference, Requirement } from '../protocol/messages.ts';
import type { Agent, Delivered, DeliveredOf } from './agent.ts';
import { createVolunteer, type OpenWork, type VolunteerInit } from './attention.ts';
import { followSpace, type Space } from './space.ts';

/** An intent, as an expert judges it. */
export interface Intent {
  readonly query: string;
  readonly files: readonly FileReference[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly asker: Did;
  /** How near the node found the intent to the agent's own capabilities, 0 to 1. */
  readonly similarity: number;
}

export interface Offer {
  readonly confidence: number;
  readonly offer: string;
  /** Parts of the deliverable that this expert would make. */
  readonly provides: readonly Requirement[];
  /** Parts that somebody else would have to make. */
  readonly requires?: readonly Requirement[];
}

/** Something an expert says in the space. */
export interface Action {
  readonly type: 'proposal' | 'build_on' | 'revise' | 'concern' | 'question' | 'answer';
  readonly content: string | Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly references?: readonly string[];
  readonly meets?: readonly string[];
  readonly confidence?: number;
  readonly supersedes?: string;
  readonly concern?: string;
  readonly severity?: Concern['severity'];
  readonly attachments?: readonly FileReference[];
}

/** What an expert sees when it looks. */
export interface Situation {
  readonly view: JobView;
  /** Contributions that stand, of everybody. */
  readonly standing: readonly Contribution[];
  /** Own contributions that stand. */
  readonly mine: readonly Contribution[];
  readonly self: Did;
  readonly agent: Agent;
  /** Whether this agent has most context, and so coordinates. */
  readonly isCoordinator: boolean;
  /** Ends when the job ends, or when a concern about running work comes in. */
  readonly signal: AbortSignal;
  /**
   * Announce work on these requirements (or other named things) before starting it; false when another agent is
   * at one of them already.
   */
  announce(about: readonly string[]): Promise<boolean>;
  /** Bytes of an attached file, fetched once. */
  read(file: FileReference): Promise<Uint8Array>;
  /** Keep bytes and get what an action attaches. */
  keep(name: string, mediaType: string, bytes: Uint8Array): Promise<FileReference>;
}

export interface Expert {
  /** Judge an intent: an offer, or `undefined` to stay silent. */
  judge(intent: Intent): Offer | undefined | Promise<Offer | undefined>;
  /** Look at the job and say what there is to say now; called again after every change. */
  contribute(situation: Situation): readonly Action[] | Promise<readonly Action[]>;
  /** Answer a concern about one's own contribution, usually by a revision. */
  resolve?(concern: Concern, situation: Situation): readonly Action[] | Promise<readonly Action[]>;
  /**
   * How fit the expert is for what nobody does, 0 to 1: a part of the goal that nobody makes, a concern that nobody
   * answers. `undefined`: not its trade.
   */
  volunteers?(open: OpenWork, situation: Situation): number | undefined;
  /** Do what one volunteered for: fill the gap, or mediate in the concern. Asked of one volunteer only. */
  take?(open: OpenWork, situation: Situation): readonly Action[] | Promise<readonly Action[]>;
  /** Check another's contribution. `undefined`: not mine to judge. */
  review?(
    contribution: Contribution,
    situation: Situation,
  ): Verdict | undefined | Promise<Verdict | undefined>;
}

export type Verdict = { readonly verdict: 'accept' } | { readonly verdict: 'change'; readonly why: string };

export interface ExpertInit {
  /** What goes on, for logs. */
  readonly onNote?: (note: string) => void;
  /** How long a contribution may stand unreviewed before whoever has most context looks at it, ms. @default 400 */
  readonly reviewGraceMs?: number;
  readonly onJobEnd?: (space: string) => void;
  /** How long others have for what is theirs, before one volunteers. */
  readonly volunteer?: VolunteerInit;
  /** How much a text in the space concerns this agent, 0 to 1. */
  readonly relevance?: (text: string, goal: string) => number;
  /** Nothing is done in a job until an entry in it is relevant to the agent, by `relevance`. @default false */
  readonly isLazy?: boolean;
  /** From this relevance on a lazy agent starts. @default 0.25 */
  readonly relevanceMin?: number;
}

/** Changes that come together are looked at together. */
const settleMs = 30;
/** A look that failed (a node died, a file was not there yet) is taken again after this. Judgement. */
const retryMs = 1_000;
/** An equal ask of one asker within this time is the same ask. Judgement. */
const repeatedMs = 500;
/** Work is announced for this long, so that nobody starts the same. */
const intentionMs = 10_000;

/** Let `agent` act as `expert` until the answer is called. */
export function runExpert(agent: Agent, expert: Expert, init: ExpertInit = {}): () => void {
  const jobs = new Map<string, () => void>();
  /** When each ask was heard last, integer Unix ms; forgotten after `repeatedMs`. */
  const heardAsks = new Map<string, number>();
  const note = init.onNote ?? (() => undefined);

  /** The same asker, the same words and files, a moment later: one offer is enough. */
  function isRepeated(message: DeliveredOf<'broadcast'>): boolean {
    const files = (message.attachments ?? []).map((file) => file.sha256);
    const key = JSON.stringify([message.from, message.query, files, message.context ?? {}, message.thread]);
    const nowMs = Date.now();
    for (const [known, atMs] of heardAsks) if (nowMs - atMs > repeatedMs) heardAsks.delete(known);
    const isKnown = heardAsks.has(key);
    heardAsks.set(key, nowMs);
    return isKnown;
  }

  async function hear(message: DeliveredOf<'broadcast'>): Promise<void> {
    if (message.job !== true || message.space !== undefined || message.delivery?.history === true) return;
    if (isRepeated(message)) return note(`was asked that a moment ago: "${message.query.slice(0, 60)}"`);
    const offer = await expert.judge({
      query: message.query,
      files: message.attachments ?? [],
      context: message.context ?? {},
      asker: message.from as Did,
      similarity: message.delivery?.similarity ?? 0,
    });
    if (offer === undefined) return note(`silent on "${message.query.slice(0, 60)}"`);
    note(`offers: ${offer.offer}`);
    await agent.send({
      type: 'capability_match',
      to: message.from,
      parent: message.id,
      thread: message.thread ?? message.id,
      confidence: offer.confidence,
      offer: offer.offer,
      provides: [...offer.provides],
      ...(offer.requires === undefined ? {} : { requires: [...offer.requires] }),
      ...(message.delivery?.similarity === undefined ? {} : { similarity: message.delivery.similarity }),
    });
  }

  async function join(message: DeliveredOf<'invite'>): Promise<void> {
    const id = message.space!;
    if (jobs.has(id)) return;
    const space = followSpace(agent, id);
    jobs.set(
      id,
      runJob(agent, expert, space, init, () => jobs.delete(id)),
    );
    await agent.send({
      type: 'accept',
      to: message.from,
      space: id,
      invitation: message.id,
      ...(message.thread === undefined ? {} : { thread: message.thread }),
    });
    note(`joined a team: ${message.goal.slice(0, 60)}`);
  }

  const ending = agent.on('message', (message: Delivered) => {
    const handled =
      message.type === 'broadcast' ? hear(message) : message.type === 'invite' ? join(message) : undefined;
    handled?.catch((error: unknown) =>
      note(`failed: ${error instanceof Error ? error.message : String(error)}`),
    );
  });
  return () => {
    ending();
    for (const end of jobs.values()) end();
  };
}

/** One expert in one job. */
function runJob(agent: Agent, expert: Expert, space: Space, init: ExpertInit, onEnd: () => void): () => void {
  const note = init.onNote ?? (() => undefined);
  const graceMs = init.reviewGraceMs ?? 400;
  const handledConcerns = new Set<string>();
  let isStarted = init.isLazy !== true || init.relevance === undefined;
  const weighed = new Set<string>();
  const volunteer = createVolunteer(
    {
      space,
      self: agent.did,
      fitness: (open) => expert.volunteers?.(open, situation()),
      async take(open) {
        note(`takes what nobody does: ${open.id}`);
        await post((await expert.take?.(open, situation())) ?? []);
      },
      onProblem: (error) => note(`failed: ${error instanceof Error ? error.message : String(error)}`),
    },
    init.volunteer,
  );
  const reviewed = new Set<string>();
  const files = new Map<string, Promise<Uint8Array>>();
  const job = new AbortController();
  let work = new AbortController();
  let isLooking = false;
  let isDirty = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  function schedule(ms = settleMs): void {
    if (job.signal.aborted) return;
    if (!isStarted && !wakes()) return;
    if (expert.volunteers !== undefined) volunteer.look();
    if (isLooking) {
      isDirty = true;
      interruptOnConcern();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
  }

  /** A lazy agent starts with the first entry that concerns it; from then on it sees all of them. */
  function wakes(): boolean {
    if (space.isClosed || space.view().isDissolved) return true;
    const { goal } = space.view();
    for (const entry of space.entries()) {
      if (weighed.has(entry.id)) continue;
      weighed.add(entry.id);
      const said = 'content' in entry ? entry.content : 'query' in entry ? entry.query : undefined;
      const text = typeof said === 'string' ? said : JSON.stringify(said ?? '');
      if (init.relevance!(text, goal) < (init.relevanceMin ?? 0.25)) continue;
      isStarted = true;
      note('starts: something here concerns it');
      return true;
    }
    return false;
  }

  /** A concern about one's own work reaches it while it runs, not after. */
  function interruptOnConcern(): void {
    const view = space.view();
    const mine = new Set(view.contributions.filter((one) => one.author === agent.did).map((one) => one.id));
    if (
      view.concerns.some(
        (one) => one.isOpen && !handledConcerns.has(one.id) && one.about.some((id) => mine.has(id)),
      )
    )
      work.abort(new Error('a concern came in'));
  }

  async function look(): Promise<void> {
    isLooking = true;
    isDirty = false;
    work = new AbortController();
    try {
      if (space.isClosed || space.view().isDissolved) return end();
      await answerConcerns();
      await reviewOthers();
      if (space.view().goalId !== undefined) await post(await expert.contribute(situation()));
    } catch (error) {
      if (!work.signal.aborted) {
        note(`failed: ${error instanceof Error ? error.message : String(error)}`);
        retryTimer = setTimeout(() => schedule(), retryMs);
      }
    } finally {
      isLooking = false;
      if (isDirty) schedule();
      else scheduleReviewOfStragglers();
    }
  }

  function situation(): Situation {
    const view = space.view();
    const live = standing(view);
    return {
      view,
      standing: live,
      mine: live.filter((one) => one.author === agent.did),
      self: agent.did,
      agent,
      isCoordinator: coordinatorOf(view) === agent.did,
      signal: AbortSignal.any([job.signal, work.signal]),
      read(file) {
        const known = files.get(file.sha256) ?? agent.blobs.get(file, view.asker);
        files.set(file.sha256, known);
        known.catch(() => files.delete(file.sha256));
        return known;
      },
      announce: (about) => announceWork(space, agent, about),
      keep: (name, mediaType, bytes) => agent.blobs.put(name, mediaType, bytes),
    };
  }

  /** The asker asked; it does not coordinate its own answer. */
  function coordinatorOf(view: JobView): Did | undefined {
    return scoreContext(
      view,
      space.members().filter((did) => did !== view.asker),
    )[0]?.agent;
  }

  async function answerConcerns(): Promise<void> {
    for (const concern of space.view().concerns) {
      if (!concern.isOpen || handledConcerns.has(concern.id) || concern.author === agent.did) continue;
      const now = situation();
      const isMine = concern.about.some((id) =>
        now.view.contributions.some((one) => one.id === id && one.author === agent.did),
      );
      if (!isMine || expert.resolve === undefined) continue;
      handledConcerns.add(concern.id);
      await post(await expert.resolve(concern, now));
    }
  }

  async function reviewOthers(): Promise<void> {
    for (const contribution of situation().standing) {
      if (contribution.author === agent.did || reviewed.has(contribution.id)) continue;
      const verdict = await expert.review?.(contribution, situation());
      if (verdict !== undefined) await sayVerdict(contribution, verdict);
    }
  }

  async function sayVerdict(contribution: Contribution, verdict: Verdict): Promise<void> {
    reviewed.add(contribution.id);
    const why = verdict.verdict === 'change' ? { content: verdict.why } : {};
    await space.post({
      type: 'review',
      of: contribution.id,
      parent: contribution.id,
      verdict: verdict.verdict,
      ...why,
    });
  }

  /** Who has most context sees to it that nothing stays unreviewed. */
  function scheduleReviewOfStragglers(): void {
    const now = Date.now();
    const stragglers = unreviewed();
    if (stragglers.length === 0) return;
    const oldestAt = Math.min(...stragglers.map((one) => one.at));
    clearTimeout(timer);
    timer = setTimeout(() => void reviewStragglers(), Math.max(settleMs, oldestAt + graceMs - now));
  }

  function unreviewed(): readonly Contribution[] {
    return standing(space.view()).filter(
      (one) => one.acceptedBy.length === 0 && one.changeWantedBy.length === 0 && one.author !== agent.did,
    );
  }

  async function reviewStragglers(): Promise<void> {
    if (isLooking || job.signal.aborted) return;
    const view = space.view();
    const ranking = scoreContext(
      view,
      space.members().filter((did) => did !== view.asker),
    ).map((one) => one.agent);
    for (const contribution of unreviewed()) {
      // The best placed member that is not the author; the next one steps in when it stays silent.
      const place = ranking.filter((did) => did !== contribution.author).indexOf(agent.did);
      const dueAt = contribution.at + graceMs * (1 + place * 2);
      if (place >= 0 && Date.now() >= dueAt) await sayVerdict(contribution, checkForm(contribution));
    }
    if (unreviewed().some((one) => !reviewed.has(one.id)))
      timer = setTimeout(() => void reviewStragglers(), graceMs);
  }

  async function post(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      if (isTaken(action)) {
        note(`leaves it: somebody did "${action.meets?.join(', ')}" meanwhile`);
        continue;
      }
      const { references, meets, attachments, ...rest } = action;
      await space.post({
        ...rest,
        ...(references === undefined ? {} : { references: references.slice(0, 64) }),
        ...(meets === undefined ? {} : { meets: [...meets] }),
        ...(attachments === undefined ? {} : { attachments: [...attachments] }),
      } as Parameters<Space['post']>[0]);
      note(`${action.type.replace('_', ' ')}${meets === undefined ? '' : `: ${meets.join(', ')}`}`);
    }
  }

  /** Another's standing contribution meets all that this one would: saying it again helps nobody. */
  function isTaken(action: Action): boolean {
    if (action.type !== 'proposal' || action.meets === undefined || action.meets.length === 0) return false;
    const view = space.view();
    return action.meets.every((id) =>
      standing(view).some((one) => one.author !== agent.did && one.meets.includes(id)),
    );
  }

  function end(): void {
    if (job.signal.aborted) return;
    job.abort();
    volunteer.stop();
    clearTimeout(timer);
    clearTimeout(retryTimer);
    stopFollowing();
    space.forget();
    init.onJobEnd?.(space.id);
    onEnd();
  }

  const stopFollowing = space.onChange(() => schedule());
  schedule();
  return end;
}

/** What anybody can check of anybody's contribution. */
export function checkForm(contribution: Contribution): Verdict {
  const isEmpty =
    typeof contribution.content === 'string'
      ? contribution.content.trim() === ''
      : Object.keys(contribution.content).length === 0;
  return isEmpty ? { verdict: 'change', why: 'There is nothing in it.' } : { verdict: 'accept' };
}

/** Announce work before starting it; false when somebody else is at it already. */
async function announceWork(
  space: Pick<Space, 'post' | 'view'>,
  agent: Agent,
  about: readonly string[],
): Promise<boolean> {
  const isHeld = () =>
    about.some((one) =>
      runningIntentions(space.view(), Date.now()).some(
        (held) => held.about.includes(one) && held.agent !== agent.did,
      ),
    );
  if (isHeld()) return false;
  const { goalId } = space.view();
  if (goalId === undefined) return false;
  await space.post({
    type: 'progress',
    task: goalId,
    fencing: 0,
    content: { intention: { about: [...about], untilMs: Date.now() + intentionMs } },
  });
  return true;
}
