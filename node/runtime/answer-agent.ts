/** What a node answers an agent that spoke to it: errors at once, receipts once what they confirm is on disk. */
import type { Checked, Refusal } from '../../protocol/errors.ts';
import type { LocalAgent } from './local-agents.ts';
import { renderError } from './render-error.ts';
import type { Turn } from './turn.ts';

/** `about` is the id of the message, task, request or decision that was refused. */
export function sendError(agent: LocalAgent, refusal: Refusal, about: string | undefined): void {
  agent.link?.send(renderError(refusal, about));
}

/** Tell the agent when it was refused; say nothing when it was not. */
export function reportRefusal(agent: LocalAgent, done: Checked<string>, about: string | undefined): void {
  if (!done.ok) sendError(agent, done.refusal, about);
}

export function sendAccepted(turn: Turn, agent: LocalAgent, id: string): void {
  turn.afterCommit(() => agent.link?.send(JSON.stringify({ type: 'receipt', level: 'accepted', ids: [id] })));
}

/** What happens in a decision; `event.decision` names it. */
export function sendDecisionEvent(agent: LocalAgent, event: Readonly<Record<string, unknown>>): void {
  const subscription = `decision:${String(event.decision)}`;
  agent.link?.send(JSON.stringify({ type: 'event', subscription, event }));
}
