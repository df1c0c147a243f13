/** A space as one of its members sees it: all entries so far, the members, and the job they make up. */
import type { Did } from '../protocol/brand.ts';
import { toHex, utf8 } from '../protocol/bytes.ts';
import { toCanonicalJson } from '../protocol/canonical.ts';
import { type ContextDigest, digestContext, digestedTypes, referencesOf } from '../protocol/context/index.ts';
import { chooseWitnesses } from '../protocol/job/claims.ts';
import { compareEntries, type JobView, viewJob } from '../protocol/job/job-view.ts';
import { standing } from '../protocol/job/roles.ts';
import { limits } from '../protocol/limits.ts';
import { createMessageId } from '../protocol/message-id.ts';
import type { Envelope, Requirement } from '../protocol/messages.ts';
import type { Members } from '../protocol/records.ts';
import type { Agent, Saying } from './agent.ts';

export interface Space {
  readonly id: string;
  /** In the order that every member shares. */
  entries(): readonly Envelope[];
  /** Without those who only read along. */
  members(): readonly Did[];
  readonly isClosed: boolean;
  view(): JobView;
  /** Say something here. Resolves with the entry's id once the node has it for good. */
  post(saying: DistributiveOmit<Saying, 'space'>): Promise<string>;
  /** The whole job in short, for a newcomer: goal, what is open, and the entries that its threads end in. */
  digest(): Promise<ContextDigest>;
  /** An entry came, or the members changed. */
  onChange(listener: () => void): () => void;
  leave(reason?: string): Promise<void>;
  /** Close the space, as its owner. */
  dissolve(reason: string): Promise<void>;
  /** Stop following; the space goes on. */
  forget(): void;
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

/** Follow a space that this agent belongs to, or is about to join. */
export function followSpace(agent: Agent, id: string): Space {
  const entries = new Map<string, Envelope>();
  const listeners = new Set<() => void>();
  let record: Members | undefined;
  let cached: JobView | undefined;

  function changed(): void {
    cached = undefined;
    for (const listener of listeners) listener();
  }

  function take(message: Envelope): void {
    if (message.space !== id || typeof message.to === 'string' || entries.has(message.id)) return;
    entries.set(message.id, message);
    changed();
  }

  /** What is said about the work carries the context that it was said in. */
  async function withDigest(saying: Saying): Promise<Saying> {
    if (!digestedTypes.has(saying.type)) return saying;
    const referred = referencesOf(saying).flatMap((one) => entries.get(one) ?? []);
    const digest = await digestOf(referred, saying);
    return { ...saying, context: { ...saying.context, digest } } as Saying;
  }

  /** The standing contributions and open concerns, newest first: what falls out for want of room is the oldest. */
  async function wholeDigest(): Promise<ContextDigest> {
    const view = viewJob([...entries.values()]);
    const ends = [...standing(view), ...view.concerns.filter((one) => one.isOpen)];
    const ids = [...ends].sort((a, b) => b.at - a.at).map((one) => one.id);
    return digestOf(
      [...(view.goalId === undefined ? [] : [view.goalId]), ...ids].flatMap((one) => entries.get(one) ?? []),
      {},
    );
  }

  async function digestOf(
    referred: readonly Envelope[],
    said: Partial<Pick<Saying, 'thread' | 'parent' | 'context'>>,
  ): Promise<ContextDigest> {
    return digestContext(
      {
        space: id,
        thread: said.thread,
        parent: said.parent,
        membersVersion: record?.version ?? 0,
        view: viewJob([...entries.values()]),
        entries: await Promise.all(
          referred.map(async (entry) => ({ entry, hash: await hashOfEntry(entry) })),
        ),
      },
      limits.contextBytesMax - utf8(JSON.stringify(said.context ?? {})).length - digestFrameBytes,
    );
  }

  const endings = [
    agent.on('message', take),
    agent.on('sent', take),
    agent.on('members', (members) => {
      if (members.space !== id || (record !== undefined && members.version < record.version)) return;
      record = members;
      changed();
    }),
    // A node that the agent attaches to anew learns of the space from its member record.
    agent.on('up', () => {
      if (record !== undefined) agent.showRecords([record]);
    }),
  ];

  return {
    id,
    entries: () => [...entries.values()].sort(compareEntries),
    members: () =>
      (record?.members ?? []).filter((member) => member.reader !== true).map((member) => member.agent as Did),
    get isClosed() {
      return record?.closed === true;
    },
    view: () => (cached ??= viewJob([...entries.values()])),
    digest: wholeDigest,
    post: async (saying) => agent.send(await withDigest({ ...saying, space: id } as Saying)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async leave(reason) {
      await agent.send({ type: 'leave', space: id, ...(reason === undefined ? {} : { reason }) });
    },
    async dissolve(reason) {
      await agent.send({ type: 'dissolve', space: id, reason });
    },
    forget() {
      for (const end of endings) end();
      listeners.clear();
    },
  };
}

/** The key and the braces around a digest. */
const digestFrameBytes = 32;

/** SHA-256 of an entry as it was signed, hexadecimal; what a node says beside it does not count. */
export async function hashOfEntry(entry: Envelope): Promise<string> {
  const { delivery: _beside, ...signed } = entry as Envelope & { readonly delivery?: unknown };
  return toHex(
    new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(toCanonicalJson(signed)) as BufferSource)),
  );
}

/** Said with an acceptance, signed: this agent witnesses claims. */
export const witnessMark = { claims: 1 } as const;

/** The asker's context of the goal, and beside it what it knows of the team. */
export function teamContext(
  init: Pick<ConnectInit, 'context' | 'providers'>,
  witnesses: readonly Did[] = [],
): { readonly context?: Record<string, unknown> } {
  const providers = [...(init.providers ?? [])].map(([id, dids]) => [id, [...dids]] as const);
  const team = {
    ...(witnesses.length === 0 ? {} : { witnesses: [...witnesses] }),
    ...(providers.length === 0 ? {} : { providers: Object.fromEntries(providers) }),
  };
  const isTold = Object.keys(team).length > 0;
  if (init.context === undefined && !isTold) return {};
  return { context: { ...init.context, ...(isTold ? { team } : {}) } };
}

export interface ConnectInit {
  readonly goal: string;
  readonly requirements?: readonly Requirement[];
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly attachments?: Saying['attachments'];
  /** The thread that led here. */
  readonly thread?: string;
  /** How long to wait for answers to the invitations. @default 3,000 */
  readonly acceptMs?: number;
  /** Who offered to meet which requirement: the team is told with the goal. */
  readonly providers?: ReadonlyMap<string, readonly Did[]>;
  /** Whether this agent witnesses claims itself, when that makes their number odd. @default false */
  readonly isWitness?: boolean;
}

export interface Connected {
  readonly space: Space;
  readonly accepted: readonly Did[];
  /** Who refused, with the reason, and who did not answer in time (`no-answer`). */
  readonly refused: ReadonlyMap<Did, string>;
}

/**
 * Open a space without bidding: invite agents, wait for their answers, write goal and requirements as its first
 * entry. Whoever accepts later joins later.
 */
export async function connectSpace(
  agent: Agent,
  invited: readonly Did[],
  init: ConnectInit,
): Promise<Connected> {
  const id = createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
  const space = followSpace(agent, id);
  const accepted = new Set<Did>();
  const able = new Set<Did>();
  const refused = new Map<Did, string>();
  const answered = Promise.withResolvers<void>();
  const check = (): void => {
    if (accepted.size + refused.size >= invited.length) answered.resolve();
  };
  const ending = agent.on('message', (message) => {
    if (message.space !== id) return;
    if (message.type === 'accept') accepted.add(message.from as Did);
    if (message.type === 'accept' && message.ext?.claims === witnessMark.claims)
      able.add(message.from as Did);
    if (message.type === 'refuse') refused.set(message.from as Did, message.reason);
    check();
  });
  const timer = setTimeout(answered.resolve, init.acceptMs ?? 3_000);
  await Promise.all(invited.map((did) => inviteTo(agent, id, did, init)));
  check();
  await answered.promise;
  clearTimeout(timer);
  ending();
  for (const did of invited) if (!accepted.has(did) && !refused.has(did)) refused.set(did, 'no-answer');
  await space.post({
    type: 'broadcast',
    query: init.goal,
    job: true,
    // Ties the space to the broadcast that led to it: `events --job` follows this.
    ...(init.thread === undefined ? {} : { thread: init.thread }),
    ...(init.requirements === undefined ? {} : { requirements: [...init.requirements] }),
    ...teamContext(init, init.isWitness === true ? chooseWitnesses([...able], agent.did) : []),
    ...(init.attachments === undefined ? {} : { attachments: init.attachments }),
  } as Saying);
  return { space, accepted: [...accepted], refused };
}

/** Invite one more agent. */
export async function inviteTo(
  agent: Agent,
  space: string,
  did: Did,
  init: Pick<ConnectInit, 'goal' | 'requirements' | 'policy' | 'thread'> & {
    readonly digest?: ContextDigest;
  },
): Promise<void> {
  await agent.send({
    type: 'invite',
    to: did,
    space,
    goal: init.goal,
    ...(init.requirements === undefined ? {} : { requirements: [...init.requirements] }),
    ...(init.policy === undefined ? {} : { policy: { ...init.policy } }),
    ...(init.thread === undefined ? {} : { thread: init.thread }),
    // A newcomer knows what it comes into before anything else reaches it.
    ...(init.digest === undefined ? {} : { context: { digest: init.digest } }),
  } as Saying);
}
