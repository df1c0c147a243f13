/** Decide together in a space: one agent asks, the members' ballots are signed, the outcome comes with a certificate. */
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import { createMessageId } from '../protocol/message-id.ts';
import type { Agent, Delivered } from './agent.ts';

/**
 * How it is counted. `byzantine`: the members' nodes agree on the count although up to a third of them lie; by the
 * others the asker's node counts, and whoever checks the certificate counts again.
 */
export type DecideRule =
  | 'majority'
  | 'two-thirds'
  | 'unanimity'
  | 'weighted'
  | 'approval'
  | 'ranked'
  | 'byzantine';

export interface DecideInit {
  readonly question: string;
  /** Two to 32, each at most 256 characters. */
  readonly options: readonly string[];
  readonly rule: DecideRule;
  /** Time for everything, ms. */
  readonly deadlineMs: number;
  /** Members who vote. @default all of them */
  readonly voters?: readonly Did[];
  /** For `weighted`: integers from 1 to 1,000. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Hand the question to a person (`ampmesh approvals`) when the agents do not decide it. */
  readonly escalate?: boolean;
  readonly signal?: AbortSignal;
}

export interface DecideOutcome {
  readonly decision: string;
  readonly question: string;
  /** The option, or `undecided`. */
  readonly outcome: string;
  readonly reason?: string;
  /** How much an `undecided` of a Byzantine agreement proves. */
  readonly level?: 'claimed' | 'witnessed' | 'conclusive';
  /** Write it to a file: `ampmesh certificate verify <file>` checks it without a node. */
  readonly certificate: Readonly<Record<string, unknown>>;
}

/** What a member is asked. */
export interface Question {
  readonly decision: string;
  readonly space: string;
  readonly from: Did;
  readonly question: string;
  readonly options: readonly string[];
  readonly rule: string;
  /** Integer Unix ms. */
  readonly deadlineAt: number;
}

/** One option, several for `approval`, the best first for `ranked`; nothing to abstain. */
export type Answer =
  | string
  | readonly string[]
  | { readonly choice: string | readonly string[]; readonly opinion?: string; readonly leader?: Did }
  | undefined;

/** The node concludes at the deadline; its word may take this much longer. */
const graceMs = 15_000;

/**
 * Ask a space, and wait for the outcome as this agent's own node found it.
 * @throws AmpError AMP-1857 for a question that cannot be asked, AMP-1505 when the node says nothing in time.
 */
export async function decide(agent: Agent, space: string, init: DecideInit): Promise<DecideOutcome> {
  const nowMs = Date.now();
  const decision = createMessageId(nowMs, {
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  });
  const asked = {
    type: 'decide',
    decision,
    space,
    question: init.question,
    options: [...init.options],
    rule: init.rule,
    deadlineAt: nowMs + init.deadlineMs,
    ...(init.voters === undefined ? {} : { voters: [...init.voters] }),
    ...(init.weights === undefined ? {} : { weights: { ...init.weights } }),
    ...(init.escalate === undefined ? {} : { escalate: init.escalate }),
  };
  const outcome = Promise.withResolvers<DecideOutcome>();
  let isOpen = false;
  const endings = [
    agent.on('event', (subscription, event) => {
      if (subscription !== `decision:${decision}`) return;
      if (event.kind === 'opened') isOpen = true;
      if (event.kind === 'decided') outcome.resolve(event as unknown as DecideOutcome);
    }),
    agent.on('error', (error) => {
      if (error.facts.about === decision) outcome.reject(error);
    }),
    agent.on('lost', outcome.reject),
    // The same decision again changes nothing where it is known.
    agent.on('up', () => {
      if (!isOpen) agent.tellNode(asked);
    }),
  ];
  const timer = setTimeout(
    () => outcome.reject(new AmpError('AMP-1505', `No outcome of "${init.question}" in time.`, { decision })),
    init.deadlineMs + graceMs,
  );
  const onAbort = (): void => outcome.reject(init.signal?.reason);
  init.signal?.addEventListener('abort', onAbort, { once: true });
  agent.tellNode(asked);
  try {
    return await outcome.promise;
  } finally {
    clearTimeout(timer);
    init.signal?.removeEventListener('abort', onAbort);
    for (const end of endings) end();
  }
}

/**
 * Answer what the spaces of this agent ask. The node signs the ballot with the session key; it is said again after
 * a broken connection until the node confirms it. The answer of this function ends it.
 */
export function onBallot(
  agent: Agent,
  handler: (question: Question) => Answer | Promise<Answer>,
  onProblem: (problem: Error) => void = () => undefined,
): () => void {
  /** Votes that the node has not confirmed yet. */
  const said = new Map<string, Record<string, unknown>>();

  async function take(message: Delivered): Promise<void> {
    if (message.type !== 'ballot' || message.record === undefined || message.deadlineAt <= Date.now()) return;
    const { decision, question, options, rule, deadlineAt } = message;
    const from = message.from as Did;
    const space = message.space ?? '';
    say(decision, await handler({ decision, space, from, question, options, rule, deadlineAt }));
  }

  function say(decision: string, answer: Answer): void {
    const vote = { type: 'vote', decision, ...readAnswer(answer) };
    said.set(decision, vote);
    agent.tellNode(vote);
  }

  const endings = [
    agent.on('message', (message) => void take(message).catch(onProblem)),
    // An agent answers its own question too.
    agent.on('event', (subscription, event) => {
      if (event.kind === 'voted') said.delete(String(event.decision));
      if (event.kind === 'tie') void breakTie(event).catch(onProblem);
      if (subscription.startsWith('decision:') && event.kind === 'decided')
        said.delete(String(event.decision));
      if (event.kind === 'asked') void take(event.ballot as Delivered).catch(onProblem);
    }),
    agent.on('error', (error) => {
      if (said.delete(String(error.facts.about))) onProblem(error);
    }),
    agent.on('up', () => {
      for (const vote of said.values()) agent.tellNode(vote);
    }),
  ];

  async function breakTie(event: Record<string, unknown>): Promise<void> {
    const decision = String(event.decision);
    const answer = await handler({
      decision,
      space: '',
      from: agent.did,
      question: String(event.question),
      options: event.options as readonly string[],
      rule: 'tie',
      deadlineAt: Number.MAX_SAFE_INTEGER,
    });
    say(decision, answer);
  }

  return () => {
    for (const end of endings) end();
  };
}

function readAnswer(answer: Answer): { choice: readonly string[]; opinion?: string; leader?: Did } {
  if (answer === undefined) return { choice: [] };
  if (typeof answer === 'string') return { choice: [answer] };
  if (Array.isArray(answer)) return { choice: answer as readonly string[] };
  const { choice, ...rest } = answer as Exclude<Answer, string | readonly string[] | undefined>;
  return { ...rest, choice: typeof choice === 'string' ? [choice] : choice };
}

/** What a person says to a question of {@link askPerson}. */
export interface PersonAnswer {
  readonly verdict: 'approve' | 'deny';
  readonly option?: string;
  readonly reason?: string;
}

export interface AskPersonInit {
  readonly question: string;
  readonly options?: readonly string[];
  /** What the agents think of it, for the person to read. */
  readonly opinions?: Readonly<Record<string, unknown>>;
  /** @default a person may take as long as it wants */
  readonly deadlineMs?: number;
}

/**
 * Put a question into the queue of this agent's node and wait for a person (`ampmesh approvals`).
 * @throws AmpError AMP-1505 when nobody answers in time.
 */
export async function askPerson(agent: Agent, init: AskPersonInit): Promise<PersonAnswer> {
  const id = createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
  const answer = Promise.withResolvers<PersonAnswer>();
  const ending = agent.on('message', (message) => {
    if (message.type !== 'approve' || message.of !== id) return;
    const { verdict, option, reason } = message;
    answer.resolve({
      verdict,
      ...(option === undefined ? {} : { option }),
      ...(reason === undefined ? {} : { reason }),
    });
  });
  const giveUp = (): void =>
    answer.reject(new AmpError('AMP-1505', `Nobody answered "${init.question}".`, { id }));
  const timer = init.deadlineMs === undefined ? undefined : setTimeout(giveUp, init.deadlineMs);
  try {
    await agent.send({
      type: 'escalate',
      id,
      question: init.question,
      ...(init.options === undefined ? {} : { options: [...init.options] }),
      ...(init.opinions === undefined ? {} : { opinions: { ...init.opinions } }),
    });
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    ending();
  }
}

/**
 * Let a named action wait for a person's word, then do it.
 * @throws AmpError AMP-1860 when the person denies it, AMP-1505 when nobody answers in time.
 */
export async function gate<T>(
  agent: Agent,
  action: {
    readonly name: string;
    readonly details?: Readonly<Record<string, unknown>>;
    readonly deadlineMs: number;
  },
  act: () => T | Promise<T>,
): Promise<T> {
  const answer = await askPerson(agent, {
    question: `May ${agent.name} do "${action.name}"?`,
    opinions: { action: action.name, ...action.details },
    deadlineMs: action.deadlineMs,
  });
  if (answer.verdict === 'deny')
    throw new AmpError('AMP-1860', `"${action.name}" was denied: ${answer.reason ?? 'no reason given'}.`, {
      action: action.name,
    });
  return act();
}
