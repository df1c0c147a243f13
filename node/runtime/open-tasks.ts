/**
 * How busy the agents of this node are: tasks awarded to them that they have not answered, as a share of what they
 * take on at once. Kept in memory only: after a restart an agent counts as idle until it is awarded something.
 */

import type { Did } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Envelope } from '../../protocol/messages.ts';

/** What an agent that states no capacity is taken to do at once. Judgement. */
const capacityDefault = 8;
/** A task without a deadline is taken to be over after this long. */
const openMsMax = 3_600_000;
const tasksMax = 10_000;

export interface OpenTasks {
  /** A message for a local agent, or from one. True when somebody's load changed. */
  see(envelope: Envelope, receiver: Did | undefined, nowMs: number): boolean;
  /** 0 to 1, of agents with something to do. */
  load(capacityOf: (agent: Did) => number | undefined, nowMs: number): ReadonlyMap<Did, number>;
}

/** In a contract net and in a coalition everybody concerned hears an award; its terms say whom it went to. */
export function isAwardTo(award: Extract<Envelope, { type: 'award' }>, agent: string): boolean {
  return award.terms === undefined || award.terms.winner === agent;
}

export function createOpenTasks(): OpenTasks {
  return new AwardedTasks();
}

class AwardedTasks implements OpenTasks {
  readonly #tasks = new CompactMap<string, { readonly agent: Did; readonly endMs: number }>();

  #open(agent: Did, envelope: Extract<Envelope, { type: 'award' }>, nowMs: number): boolean {
    const key = `${agent} ${envelope.from} ${envelope.task}`;
    if (!this.#tasks.has(key) && this.#tasks.size >= tasksMax)
      this.#tasks.delete(this.#tasks.keys().next().value!);
    this.#tasks.set(key, {
      agent,
      endMs: Math.min(envelope.deadlineAt ?? nowMs + openMsMax, nowMs + openMsMax),
    });
    return true;
  }

  see(envelope: Envelope, receiver: Did | undefined, nowMs: number): boolean {
    switch (envelope.type) {
      case 'award':
        return (
          receiver !== undefined && isAwardTo(envelope, receiver) && this.#open(receiver, envelope, nowMs)
        );
      case 'cancel':
        return receiver !== undefined && this.#tasks.delete(`${receiver} ${envelope.from} ${envelope.task}`);
      case 'result':
      case 'failure':
      case 'decline':
        return (
          typeof envelope.to === 'string' &&
          this.#tasks.delete(`${envelope.from} ${envelope.to} ${envelope.task}`)
        );
      default:
        return false;
    }
  }

  load(capacityOf: (agent: Did) => number | undefined, nowMs: number): ReadonlyMap<Did, number> {
    const counts = new Map<Did, number>();
    for (const [key, { agent, endMs }] of this.#tasks) {
      if (endMs <= nowMs) this.#tasks.delete(key);
      else counts.set(agent, (counts.get(agent) ?? 0) + 1);
    }
    const share = (agent: Did, count: number) => Math.min(1, count / (capacityOf(agent) ?? capacityDefault));
    return new Map([...counts].map(([agent, count]) => [agent, share(agent, count)]));
  }
}
