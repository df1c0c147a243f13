/**
 * The loop of an expert: hear an intent, offer what one can, join, look at what is there, contribute, answer
 * concerns, review. Nobody tells an expert when it is its turn; it looks whenever something changed.
 */
import type { Did } from '../protocol/brand.ts';
import type { ContextDigest } from '../protocol/context/index.ts';
import type { Concern, Contribution, JobView } from '../protocol/job/job-view.ts';
import type { FileReference, Requirement } from '../protocol/messages.ts';
import type { Agent, Delivered, DeliveredOf } from './agent.ts';
import type { OpenWork, VolunteerInit } from './attention.ts';
import { runJob } from './expert-job.ts';
import type { ContextInbox, InboxInit } from './inbox.ts';
import { followSpace, witnessMark } from './space.ts';

export { checkForm } from './expert-job.ts';

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
  /** What happened in the job and was not taken yet, the most relevant first; it tells how much fell out. */
  readonly inbox: ContextInbox;
  /** Whether this agent holds the lease to coordinate. */
  readonly isCoordinator: boolean;
  /** Ends when the job ends, or when a concern about running work comes in. */
  readonly signal: AbortSignal;
  /**
   * Claim work on these requirements (or other named things) before starting it; false when another agent is at one
   * of them already, or claimed it earlier.
   */
  announce(about: readonly string[]): Promise<boolean>;
  /** Say which parts one cannot begin and what they wait for; an empty `on` takes it back. */
  sayBlocked(about: readonly string[], on: readonly string[]): Promise<void>;
  /**
   * Others revised what an own contribution rests on, and it stays as it is: said, so that nobody waits for a
   * revision. `on` are the contributions that were looked at.
   */
  confirm(contribution: string, on: readonly string[]): Promise<void>;
  /** Look again after this long, although nothing changed. */
  lookAgainIn(ms: number): void;
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
  /** Bring these parts together, when nobody else did. Asked of whoever coordinates. */
  integrate?(
    parts: readonly Contribution[],
    situation: Situation,
  ): readonly Action[] | Promise<readonly Action[]>;
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
  /** How much of what happens is kept for the expert to take. */
  readonly inbox?: Omit<InboxInit, 'space'>;
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

/** An equal ask of one asker within this time is the same ask. Judgement. */
const repeatedMs = 500;

/** Let `agent` act as `expert`, or as several experts at once, until the answer is called. */
export function runExpert(
  agent: Agent,
  expert: Expert | readonly Expert[],
  init: ExpertInit = {},
): () => void {
  const experts: readonly Expert[] = 'judge' in expert ? [expert] : expert;
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
    const intent = {
      query: message.query,
      files: message.attachments ?? [],
      context: message.context ?? {},
      asker: message.from as Did,
      similarity: message.delivery?.similarity ?? 0,
    };
    const offer = mergeOffers(await Promise.all(experts.map((one) => one.judge(intent))));
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
    // An asker of an equal job reads along: it is not asked for its trade.
    if (jobs.has(id) || message.reader === true) return;
    const space = followSpace(agent, id);
    jobs.set(
      id,
      runJob({ agent, experts, space, init, digest: digestOf(message), onEnd: () => jobs.delete(id) }),
    );
    await agent.send({
      type: 'accept',
      to: message.from,
      space: id,
      invitation: message.id,
      ext: witnessMark,
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

/** One agent makes one offer, whatever its trades: all of their parts, with the confidence of the surest. */
function mergeOffers(offers: readonly (Offer | undefined)[]): Offer | undefined {
  const made = offers.filter((one) => one !== undefined);
  if (made.length <= 1) return made[0];
  const provides = made.flatMap((one) => one.provides);
  const own = new Set(provides.map((one) => one.id));
  return {
    confidence: Math.max(...made.map((one) => one.confidence)),
    offer: made.map((one) => one.offer).join('; '),
    provides,
    requires: made.flatMap((one) => one.requires ?? []).filter((one) => !own.has(one.id)),
  };
}

/** What an invitation into a running job says of it. */
function digestOf(message: DeliveredOf<'invite'>): ContextDigest | undefined {
  const digest = message.context?.digest as ContextDigest | undefined;
  return Array.isArray(digest?.entries) ? digest : undefined;
}
