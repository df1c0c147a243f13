/** The words of a coalition on the wire: bodies of its machines in signed messages, and back. */
import type { Did, MessageId } from '../protocol/brand.ts';
import type { AcceptInvite, Dissolve, Invite, MemberEffect, Review } from '../protocol/coalition/index.ts';
import type { Award, Decline, Failure, Progress, Result } from '../protocol/contract-net/index.ts';
import type { Agent, Delivered, Saying } from './agent.ts';

/** One word, with the coalition that it belongs to. */
export type TeamWord = { readonly coalition: MessageId; readonly from: Did; readonly messageId: string } & (
  | { readonly type: 'invite'; readonly body: Invite }
  | { readonly type: 'accept'; readonly body: AcceptInvite }
  | { readonly type: 'decline'; readonly body: Decline }
  | { readonly type: 'award'; readonly body: Award }
  | { readonly type: 'progress'; readonly body: Progress }
  | { readonly type: 'result'; readonly body: Result }
  | { readonly type: 'failure'; readonly body: Failure }
  | { readonly type: 'review'; readonly body: Review }
  | { readonly type: 'dissolve'; readonly body: Dissolve }
);

export type TeamWordType = TeamWord['type'];

/** A message as a coalition's word; `undefined` for all other talk. Its form and signature were checked by the node. */
export function readTeamWord(message: Delivered): TeamWord | undefined {
  const coalition = message.space as MessageId | undefined;
  if (coalition === undefined) return undefined;
  const head = { coalition, from: message.from as Did, messageId: message.id };
  // A coalition ends in its own space, for all members at once; everything else is said to somebody.
  if (message.type === 'dissolve') {
    const { reason, outcome } = message;
    const body = { coalition, reason, ...(outcome === undefined ? {} : { outcome }) };
    return { ...head, type: 'dissolve', body };
  }
  if (typeof message.to !== 'string') return undefined;
  switch (message.type) {
    case 'decline': {
      const { task, fencing, reason } = message;
      return { ...head, type: 'decline', body: { task: task as MessageId, fencing, reason } };
    }
    case 'progress': {
      const { task, fencing, share = 0, content } = message;
      const said = content === undefined ? {} : { content };
      return { ...head, type: 'progress', body: { task: task as MessageId, fencing, share, ...said } };
    }
    case 'invite':
    case 'accept':
    case 'award':
    case 'result':
    case 'failure':
    case 'review':
      if (message.terms === undefined) return undefined;
      return { ...head, type: message.type, body: message.terms } as TeamWord;
    default:
      return undefined;
  }
}

/** Says a coalition's words as one agent. What cannot be said is a dead letter at the node: leases decide here. */
export interface TeamVoice {
  say<Type extends TeamWordType>(to: Did, type: Type, body: Extract<TeamWord, { type: Type }>['body']): void;
  /** The newest invitation that was heard: what an `accept` answers. */
  invitation: string | undefined;
}

export function createTeamVoice(
  agent: Agent,
  coalition: MessageId,
  policy?: Readonly<Record<string, unknown>>,
): TeamVoice {
  const voice: TeamVoice = {
    invitation: undefined,
    say(to, type, body) {
      const said = wordOf(type, body as never) as Record<string, unknown> | undefined;
      if (said === undefined) return;
      const saying = { ...said, type, to, space: coalition } as unknown as Saying;
      // A heartbeat that is late is worth nothing: nobody keeps it.
      const sent: Promise<unknown> = type === 'progress' ? agent.sendUnkept(saying) : agent.send(saying);
      sent.catch(() => undefined);
    },
  };

  function wordOf(type: TeamWordType, body: Extract<MemberEffect, { body: unknown }>['body']) {
    const terms = body;
    switch (type) {
      case 'invite':
        return { goal: (body as Invite).goal, terms, ...(policy === undefined ? {} : { policy }) };
      case 'accept':
        return { invitation: voice.invitation ?? coalition, terms };
      case 'decline':
        return body;
      case 'progress':
        return { ...body, ttlMs: beatTtlMs };
      case 'award': {
        const { task, fencing } = body as Award;
        return { task, fencing, terms };
      }
      case 'result': {
        const { task, fencing, content } = body as Result;
        return { task, fencing, content, terms };
      }
      case 'failure': {
        const { task, fencing, reason } = body as Failure;
        return { task, fencing, reason, terms };
      }
      case 'review': {
        const { of, verdict, content } = body as unknown as Review;
        return { of, verdict, ...(content === undefined ? {} : { content }), terms };
      }
      case 'dissolve': {
        const { reason, outcome } = body as unknown as Dissolve;
        return { reason, ...(outcome === undefined ? {} : { outcome }) };
      }
    }
  }
  return voice;
}

/** Judgement: longer than a lease that anybody would choose for work among machines. */
const beatTtlMs = 30_000;
