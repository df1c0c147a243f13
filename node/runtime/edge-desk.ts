/** What an agent says to its own node rather than to other agents: announcements, questions, votes, confirmations. */
import type { Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessage, EdgeMessageOf } from '../../protocol/messages.ts';
import type { Members } from '../../protocol/records.ts';
import { answerLater, answerQuery, type Found, type QueryComponents } from './agent-queries.ts';
import { reportRefusal, sendDecisionEvent, sendError } from './answer-agent.ts';
import type { LocalAgent } from './local-agents.ts';
import type { MemoryDesk } from './memory-desk.ts';
import type { Subscriptions } from './subscriptions.ts';

export type EdgeDeskComponents = QueryComponents & {
  readonly memory: MemoryDesk;
  readonly subscriptions: Subscriptions;
};

export interface EdgeDesk {
  take(agent: LocalAgent, message: EdgeMessage): void;
  acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void;
  /** Who opens decisions and signs ballots; without it they are refused. */
  serveDecisions(service: BallotService): void;
}

/** Decisions of the spaces of this node's agents. */
export interface BallotService {
  decide(agent: LocalAgent, asked: EdgeMessageOf<'decide'>): Checked<string>;
  vote(agent: LocalAgent, vote: EdgeMessageOf<'vote'>): Checked<string>;
}

export function createEdgeDesk(components: EdgeDeskComponents): EdgeDesk {
  const { core, capabilities, delivery, memory, outcomes, spaces, subscriptions } = components;
  let ballots: BallotService | undefined;

  function take(agent: LocalAgent, message: EdgeMessage): void {
    if (memory.take(agent, message)) return;
    switch (message.type) {
      case 'ping':
        return void agent.link?.send(JSON.stringify({ type: 'pong', nonce: message.nonce }));
      case 'pong':
        return;
      case 'announce':
        return reportRefusal(
          agent,
          capabilities.announce(agent, message.capability as JsonObject),
          undefined,
        );
      case 'withdraw':
        return reportRefusal(agent, capabilities.withdraw(agent, message.capability), undefined);
      case 'judge':
        return reportRefusal(agent, outcomes.judge(agent, message), message.task);
      case 'receipt':
        if (message.level === 'delivered' || message.level === 'processed')
          acknowledge(agent, message.ids, message.level);
        return;
      case 'subscribe':
        return reportRefusal(
          agent,
          subscriptions.add(agent.did, message.subscription, message.filter),
          message.subscription,
        );
      case 'unsubscribe':
        return void subscriptions.remove(agent.did, message.subscription);
      case 'query':
        return answer(agent, message);
      case 'decide':
        return confirmDecision(agent, ballots?.decide(agent, message), message.decision, 'opened');
      case 'vote':
        return confirmDecision(agent, ballots?.vote(agent, message), message.decision, 'voted');
      case 'records':
        return takeRecords(agent, message.records as JsonObject[]);
      default: {
        const what = `A node does not take "${message.type}" from an agent here.`;
        return sendError(agent, { code: 'AMP-1005', message: what, path: 'type' }, undefined);
      }
    }
  }

  function acknowledge(agent: LocalAgent, ids: readonly string[], level: 'delivered' | 'processed'): void {
    delivery.step({ type: 'agent-acknowledged', agent: agent.did, ids, level, atMs: core.clock.nowMs() });
  }

  function answer(agent: LocalAgent, query: EdgeMessageOf<'query'>): void {
    const { request, what } = query;
    const say = (found: Found) =>
      agent.link?.send(JSON.stringify({ type: 'found', request, what, complete: true, ...found }));
    const done =
      what === 'discover'
        ? answerLater(components, agent, query, say)
        : answerQuery(components, agent, query);
    if (!done.ok) return sendError(agent, done.refusal, request);
    if (done.value !== undefined) say(done.value);
  }

  /** The node confirms a vote, so that an agent whose connection broke knows whether to say it again. */
  function confirmDecision(
    agent: LocalAgent,
    done: Checked<string> | undefined,
    decision: string,
    kind: string,
  ): void {
    if (done === undefined) {
      const refusal = { code: 'AMP-1858', message: 'This node takes no decisions.', path: 'type' } as const;
      return sendError(agent, refusal, decision);
    }
    if (!done.ok) return sendError(agent, done.refusal, decision);
    core.turn.afterCommit(() => sendDecisionEvent(agent, { kind, decision }));
  }

  /** Member records that an agent brings along when it re-attaches here. */
  function takeRecords(agent: LocalAgent, records: readonly JsonObject[]): void {
    for (const record of records) {
      if (record.record === 'members' && spaces.takeMembers(record as unknown as Members)) continue;
      const what = 'The record is no member record with a good signature.';
      sendError(agent, { code: 'AMP-1101', message: what, path: 'records' }, undefined);
    }
  }

  return {
    take,
    acknowledge,
    serveDecisions(service) {
      ballots = service;
    },
  };
}
