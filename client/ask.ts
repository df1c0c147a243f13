/**
 * The asker's side of a job: send an intent, collect offers, bring those who offered together in a space, watch
 * until it is over. It assigns nothing: who does what is between the experts.
 */
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import { type JobEnd, judgeJob } from '../protocol/job/job-over.ts';
import type { Contribution, JobView } from '../protocol/job/job-view.ts';
import { type ContextScore, scoreContext, standing } from '../protocol/job/roles.ts';
import type { FileReference, Requirement } from '../protocol/messages.ts';
import type { Agent, DeliveredOf } from './agent.ts';
import { followClaims } from './claims.ts';
import { checkForm } from './expert.ts';
import { connectSpace, inviteTo, type Space, teamContext } from './space.ts';
import { newTaskId } from './tasks.ts';

export interface JobOffer {
  readonly agent: Did;
  readonly name: string;
  readonly confidence: number;
  readonly similarity: number | undefined;
  readonly offer: string;
  readonly provides: readonly Requirement[];
  readonly requires: readonly Requirement[];
}

export interface AskInit {
  readonly query: string;
  readonly files?: readonly FileReference[];
  readonly context?: Readonly<Record<string, unknown>>;
  /** The whole job, from now. @default 60,000 */
  readonly deadlineMs?: number;
  /** How long to collect offers after the first one. @default 700 */
  readonly offerWindowMs?: number;
  /** How long to wait for a first offer. @default 5,000 */
  readonly firstOfferMs?: number;
  /** @default 1,000 */
  readonly quietMs?: number;
  /** Offers below this are not taken. @default 0.2 */
  readonly confidenceMin?: number;
  readonly onOffer?: (offer: JobOffer) => void;
  readonly onSpace?: (space: Space) => void;
  /** Something beside the job itself failed: an invitation to a latecomer, a search for one. */
  readonly onProblem?: (problem: unknown) => void;
  readonly signal?: AbortSignal;
  /** Neither joins an equal ask of somebody else, nor lets anybody join. @default false */
  readonly isPrivate?: boolean;
}

export interface JobResult {
  readonly id: string;
  readonly space: string;
  readonly end: JobEnd;
  readonly unmet: readonly { readonly id: string; readonly text: string; readonly why: string }[];
  readonly openConcerns: readonly string[];
  /** Parts that rest on what was revised since; none in a job that was not cut short, unless an author fell silent. */
  readonly outdated: readonly string[];
  readonly offers: readonly JobOffer[];
  /** What stands in the end, in order. */
  readonly contributions: readonly Contribution[];
  /** The contribution that brings the others together: the standing one that refers to most of them. */
  readonly deliverable: Contribution | undefined;
  readonly context: readonly ContextScore[];
  readonly names: ReadonlyMap<Did, string>;
  readonly view: JobView;
  readonly durationMs: number;
  /** Set when this asker read along in an equal job of somebody else. */
  readonly joined?: JoinedJob;
}

/** Whose job was joined, and the message by which: its receipts are this asker's own. */
export interface JoinedJob {
  readonly asker: Did;
  readonly request: string;
}

/** The whole job. Judgement. */
export const askDeadlineMs = 60_000;
/** How long a contribution may stand before the asker looks at it itself. Judgement: after the members had two turns. */
const forgottenMs = 3_000;
/** How often to look for experts that came later. */
const latecomersMs = 2_000;

/** Where the merging of equal asks looks in. */
export interface JobHooks {
  /** The ask has an id now, and the mesh is about to hear it. */
  onAsked(id: string): void;
  /** Asked before the team is brought together: true when this ask gives way to an earlier equal one. */
  givesWay(id: string): Promise<boolean>;
}

/**
 * Run a job to its end; `undefined` when it gave way to an equal one.
 * @throws AmpError AMP-1406 when nobody offers.
 */
export async function runJob(agent: Agent, init: AskInit, hooks?: JobHooks): Promise<JobResult | undefined> {
  const startedAtMs = Date.now();
  const deadlineAtMs = startedAtMs + (init.deadlineMs ?? askDeadlineMs);
  const offers = new Map<Did, JobOffer>();
  const names = new Map<Did, string>();
  const firstOffer = Promise.withResolvers<void>();
  let id = '';
  let onLateOffer: ((offer: JobOffer) => void) | undefined;

  const asked = new Set<Did>();
  const ending = agent.on('message', (message) => {
    if (message.name !== undefined) names.set(message.from as Did, message.name);
    if (message.type !== 'capability_match' || message.thread !== id || offers.has(message.from as Did))
      return;
    const offer = readOffer(message);
    if (offer.confidence < (init.confidenceMin ?? 0.2)) return;
    offers.set(offer.agent, offer);
    init.onOffer?.(offer);
    firstOffer.resolve();
    onLateOffer?.(offer);
  });
  try {
    id = newTaskId();
    hooks?.onAsked(id);
    await agent.broadcast(init.query, { ...broadcastRest(init), id, ttlMs: askTtlMs(init) });
    await waitAtMost(firstOffer.promise, init.firstOfferMs ?? 5_000);
    if (offers.size > 0) await waitAtMost(undefined, init.offerWindowMs ?? 700);
    if ((await hooks?.givesWay(id)) === true) return undefined;
    if (offers.size === 0) throw await nobodyOffered(agent, init.query);
    const early = [...offers.values()];
    for (const offer of early) asked.add(offer.agent);
    const requirements = mergeRequirements(early);
    const { space } = await connectSpace(
      agent,
      early.map((offer) => offer.agent),
      {
        goal: init.query,
        requirements,
        thread: id,
        providers: providersOf(early),
        isWitness: true,
        ...(init.context === undefined ? {} : { context: init.context }),
        ...(init.files === undefined ? {} : { attachments: [...init.files] }),
      },
    );
    init.onSpace?.(space);
    /** Somebody offered after the goal was stated: it is invited, and what it adds is added to the goal. */
    const takeLateOffer = async (offer: JobOffer): Promise<void> => {
      asked.add(offer.agent);
      const digest = await space.digest();
      await inviteTo(agent, space.id, offer.agent, { goal: init.query, requirements, thread: id, digest });
      const listed = new Set(space.view().requirements.map((one) => one.id));
      const added = mergeRequirements([offer]).filter((one) => !listed.has(one.id));
      if (offer.provides.length + added.length === 0) return;
      const all = [...space.view().requirements, ...added];
      await space.post(restateGoal(init, all, providersOf([offer])));
    };
    onLateOffer = (offer) => void takeLateOffer(offer).catch((error: unknown) => init.onProblem?.(error));
    for (const offer of offers.values()) if (!asked.has(offer.agent)) onLateOffer(offer);
    const stopLooking = lookForLatecomers(agent, space, init, { id, asked });
    try {
      return await watch(agent, space, init, { id, startedAtMs, deadlineAtMs, offers, names });
    } finally {
      stopLooking();
    }
  } finally {
    ending();
  }
}

function broadcastRest(init: AskInit) {
  return {
    job: true,
    ...(init.isPrivate === true ? { private: true } : {}),
    ...(init.context === undefined ? {} : { context: { ...init.context } }),
    ...(init.files === undefined ? {} : { attachments: [...init.files] }),
  };
}

/** The mesh knows by this how long an ask is in flight. */
function askTtlMs(init: AskInit): number {
  return Math.max(1_000, init.deadlineMs ?? askDeadlineMs);
}

function restateGoal(
  init: AskInit,
  requirements: readonly Requirement[],
  providers: ReadonlyMap<string, readonly Did[]>,
): Parameters<Space['post']>[0] {
  const plain = requirements.map(({ id, text }) => ({ id, text })).slice(0, 64);
  return {
    type: 'broadcast',
    query: init.query,
    job: true,
    requirements: plain,
    ...teamContext({ ...(init.context === undefined ? {} : { context: init.context }), providers }),
  } as Parameters<Space['post']>[0];
}

function readOffer(message: DeliveredOf<'capability_match'>): JobOffer {
  return {
    agent: message.from as Did,
    name: message.name ?? message.from.slice(-8),
    confidence: message.confidence,
    similarity: message.similarity,
    offer: typeof message.offer === 'string' ? message.offer : JSON.stringify(message.offer ?? ''),
    provides: message.provides ?? [],
    requires: message.requires ?? [],
  };
}

/** What a good result contains: all that somebody offers to make, and all that somebody says is needed. */
export function mergeRequirements(offers: readonly JobOffer[]): readonly Requirement[] {
  const merged = new Map<string, Requirement>();
  for (const offer of offers)
    for (const requirement of [...offer.provides, ...offer.requires])
      if (!merged.has(requirement.id)) merged.set(requirement.id, requirement);
  return [...merged.values()].slice(0, 64);
}

/** Who offered to meet what: the team waits for who promised, and for nobody else. */
function providersOf(offers: readonly JobOffer[]): ReadonlyMap<string, readonly Did[]> {
  const providers = new Map<string, Did[]>();
  for (const { agent, provides } of offers)
    for (const { id } of provides) providers.set(id, [...(providers.get(id) ?? []), agent]);
  return providers;
}

async function nobodyOffered(agent: Agent, query: string): Promise<AmpError> {
  const found = await agent
    .query('discover', query, { limit: 3, similarityMin: 0 })
    .catch(() => ({ items: [] }));
  const hits = found.items.flatMap((part) => (part as { hits?: { record: { text: string } }[] }).hits ?? []);
  const nearest = hits.map((hit) => hit.record.text.slice(0, 80));
  return new AmpError(
    'AMP-1406',
    `No agent offers to help with that. Nearest capabilities: ${nearest.join('; ') || 'none at all'}.`,
    { nearest },
  );
}

/** An expert that joins the mesh while the job runs is asked directly. */
function lookForLatecomers(
  agent: Agent,
  space: Space,
  init: AskInit,
  { id, asked }: { id: string; asked: Set<Did> },
): () => void {
  async function look(): Promise<void> {
    const open = space
      .view()
      .requirements.filter((one) => one.state !== 'met')
      .map((one) => one.text);
    const skills = [...new Set([init.query, ...open])].slice(0, 8);
    const found = await agent.query('discover', undefined, { skills, limit: 10, similarityMin: 0.25 });
    const hits = found.items.flatMap((part) => (part as { hits: { agent: Did }[] }).hits);
    for (const { agent: did } of hits) {
      if (asked.has(did) || did === agent.did) continue;
      asked.add(did);
      await agent.send({ type: 'broadcast', to: did, query: init.query, thread: id, ...broadcastRest(init) });
    }
  }
  const timer = setInterval(
    () => void look().catch((error: unknown) => init.onProblem?.(error)),
    latecomersMs,
  );
  return () => clearInterval(timer);
}

interface Watched {
  readonly id: string;
  readonly startedAtMs: number;
  readonly deadlineAtMs: number;
  readonly offers: ReadonlyMap<Did, JobOffer>;
  readonly names: ReadonlyMap<Did, string>;
}

function watch(agent: Agent, space: Space, init: AskInit, watched: Watched): Promise<JobResult> {
  const done = Promise.withResolvers<JobResult>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    clearTimeout(timer);
    const provided = new Set(
      [...watched.offers.values()].flatMap((offer) => offer.provides.map((one) => one.id)),
    );
    const unprovided = new Set(
      space
        .view()
        .requirements.map((one) => one.id)
        .filter((one) => !provided.has(one)),
    );
    const limits = {
      deadlineAtMs: watched.deadlineAtMs,
      unprovided,
      ...(init.quietMs === undefined ? {} : { quietMs: init.quietMs }),
    };
    const { over, nextLookAtMs } = judgeJob(
      space.view(),
      limits,
      Date.now(),
      init.signal?.aborted === true ? 'asker' : undefined,
    );
    if (over === undefined) {
      reviewForgotten();
      timer = setTimeout(look, Math.max(10, nextLookAtMs - Date.now()));
      return;
    }
    stop();
    space.dissolve(over.end).then(finish, finish);
    function finish(): void {
      space.forget();
      done.resolve(describeResult(space, { ...watched, ...over! }));
    }
  }

  /** A team of one, or one whose others are gone: the asker looks itself, so that a job never waits for nobody. */
  const checked = new Set<string>();
  function reviewForgotten(): void {
    const before = Date.now() - forgottenMs;
    for (const one of standing(space.view())) {
      const isWaiting = one.acceptedBy.length === 0 && one.changeWantedBy.length === 0 && one.at < before;
      if (!isWaiting || checked.has(one.id)) continue;
      checked.add(one.id);
      const verdict = checkForm(one);
      void space
        .post({
          type: 'review',
          of: one.id,
          parent: one.id,
          verdict: verdict.verdict,
          ...(verdict.verdict === 'change' ? { content: verdict.why } : {}),
        })
        .catch(() => checked.delete(one.id));
    }
  }

  const claims = followClaims({ agent, space, onProblem: (error) => init.onProblem?.(error) });
  const stopFollowing = space.onChange(look);
  const stopListening = agent.on('lost', (error) => {
    stop();
    done.reject(error);
  });
  init.signal?.addEventListener('abort', look, { once: true });
  function stop(): void {
    clearTimeout(timer);
    claims.stop();
    stopFollowing();
    stopListening();
  }
  look();
  return done.promise;
}

export function describeResult(
  space: Space,
  facts: Omit<Watched, 'deadlineAtMs'> & Pick<JobResult, 'end' | 'unmet' | 'openConcerns' | 'outdated'>,
): JobResult {
  const view = space.view();
  const contributions = standing(view);
  return {
    id: facts.id,
    space: space.id,
    end: facts.end,
    unmet: facts.unmet,
    openConcerns: facts.openConcerns,
    outdated: facts.outdated,
    offers: [...facts.offers.values()],
    contributions,
    deliverable: [...contributions].sort(
      (a, b) => b.references.length - a.references.length || b.at - a.at,
    )[0],
    context: scoreContext(view, space.members()),
    names: facts.names,
    view,
    durationMs: Date.now() - facts.startedAtMs,
  };
}

/** Resolves when the promise does, or after `ms`, whichever is first. */
async function waitAtMost(promise: Promise<void> | undefined, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await (promise === undefined ? timeout : Promise.race([promise, timeout]));
  clearTimeout(timer);
}
