/** What an agent says to its own node rather than to other agents: announcements, questions, votes, confirmations. */
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessage, EdgeMessageOf } from '../../protocol/messages.ts';
import type { Members } from '../../protocol/records.ts';
import { answerLater, answerQuery, type Found, type QueryComponents } from './agent-queries.ts';
import { reportRefusal, sendDecisionEvent, sendError } from './answer-agent.ts';
import type { DecisionDesk } from './decision-desk.ts';
import type { LocalAgent } from './local-agents.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { Subscriptions } from './subscriptions.ts';

export type EdgeDeskComponents = QueryComponents & {
  readonly memory: MemoryDesk;
  readonly subscriptions: Subscriptions;
  readonly decisions: DecisionDesk;
};

export interface EdgeDesk {
  take(agent: LocalAgent, message: EdgeMessage): void;
  acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void;
}

export function createEdgeDesk(parts: EdgeDeskComponents): EdgeDesk {
  return new Edge(parts);
}

class Edge implements EdgeDesk {
  readonly #parts: EdgeDeskComponents;
  readonly #core: PeerCore;

  constructor(parts: EdgeDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  take(agent: LocalAgent, message: EdgeMessage): void {
    if (this.#parts.memory.take(agent, message)) return;
    switch (message.type) {
      case 'ping':
        return void agent.link?.send(JSON.stringify({ type: 'pong', nonce: message.nonce }));
      case 'pong':
        return;
      case 'announce':
        return reportRefusal(
          agent,
          this.#parts.capabilities.announce(agent, message.capability as JsonObject),
          undefined,
        );
      case 'withdraw':
        return reportRefusal(agent, this.#parts.capabilities.withdraw(agent, message.capability), undefined);
      case 'judge':
        return reportRefusal(agent, this.#parts.outcomes.judge(agent, message), message.task);
      case 'receipt':
        if (message.level === 'delivered' || message.level === 'processed')
          this.acknowledge(agent, message.ids, message.level);
        return;
      case 'subscribe':
        return reportRefusal(
          agent,
          this.#parts.subscriptions.add(agent.did, message.subscription, message.filter),
          message.subscription,
        );
      case 'unsubscribe':
        return void this.#parts.subscriptions.remove(agent.did, message.subscription);
      case 'query':
        return this.#answer(agent, message);
      case 'decide':
        return this.#confirmDecision(
          agent,
          this.#parts.decisions.decide(agent, message),
          message.decision,
          'opened',
        );
      case 'vote':
        return this.#confirmDecision(
          agent,
          this.#parts.decisions.vote(agent, message),
          message.decision,
          'voted',
        );
      case 'records':
        return this.#takeRecords(agent, message.records as JsonObject[]);
      default: {
        const what = `A node does not take "${message.type}" from an agent here.`;
        return sendError(agent, { code: 'AMP-1005', message: what, path: 'type' }, undefined);
      }
    }
  }

  acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void {
    this.#parts.delivery.step({
      type: 'agent-acknowledged',
      agent: agent.did,
      ids,
      level,
      atMs: this.#core.clock.nowMs(),
    });
  }

  #answer(agent: LocalAgent, query: EdgeMessageOf<'query'>): void {
    const { request, what } = query;
    const say = (found: Found) =>
      agent.link?.send(JSON.stringify({ type: 'found', request, what, complete: true, ...found }));
    const done =
      what === 'discover'
        ? answerLater(this.#parts, agent, query, say)
        : answerQuery(this.#parts, agent, query);
    if (!done.ok) return sendError(agent, done.refusal, request);
    if (done.value !== undefined) say(done.value);
  }

  /** The node confirms a vote, so that an agent whose connection broke knows whether to say it again. */
  #confirmDecision(agent: LocalAgent, done: Checked<string>, decision: string, kind: string): void {
    if (!done.ok) return sendError(agent, done.refusal, decision);
    this.#core.turn.afterCommit(() => sendDecisionEvent(agent, { kind, decision }));
  }

  /** Member records that an agent brings along when it re-attaches here. */
  #takeRecords(agent: LocalAgent, records: readonly JsonObject[]): void {
    for (const record of records) {
      if (record.record === 'members' && this.#parts.spaces.takeMembers(record as unknown as Members))
        continue;
      const what = 'The record is no member record with a good signature.';
      sendError(agent, { code: 'AMP-1101', message: what, path: 'records' }, undefined);
    }
  }
}
