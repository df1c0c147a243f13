/** Which threads this node's agents take part in, and what was said in them as far as it is remembered. */

import type { Did, SpaceId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { Envelope } from '../../protocol/messages.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { SpaceDesk } from './space-desk.ts';
import { createThreadMemory, type ThreadMemory, threadOf } from './thread-memory.ts';

export interface ThreadDesk {
  readonly memory: ThreadMemory;
  takesPart(agent: Did, thread: string): boolean;
  /** A local agent says this in a thread. */
  speak(message: SealedEnvelope, agent: Did): void;
  /**
   * A local agent hears this, and takes part from now on. The answer is what a newcomer to the thread has
   * missed, oldest first; messages to one agent or to chosen ones are not shown to it.
   */
  hear(message: SealedEnvelope, agent: Did): readonly SealedEnvelope[];
  /** A broadcast wakes the agent. */
  hearBroadcast(broadcast: Envelope, agent: Did): void;
  /** The broadcast that the agent heard last: what it answers when it names no parent. */
  lastBroadcast(agent: Did): Envelope | undefined;
  /** A message of the commons, or of the space given; of any space known here when none is. */
  find(id: string, space: string | undefined): Envelope | undefined;
}

/** Threads that one agent is remembered to take part in. */
const agentThreadsMax = 1_024;

export function createThreadDesk(spaces: SpaceDesk): ThreadDesk {
  return new Threads(spaces);
}

class Threads implements ThreadDesk {
  readonly #spaces: SpaceDesk;
  readonly memory: ThreadMemory = createThreadMemory();
  /** Threads that a local agent takes part in; it has seen each of them from the start. */
  readonly #agentThreads = new CompactMap<Did, Set<string>>();
  readonly #lastBroadcasts = new CompactMap<Did, Envelope>();

  constructor(spaces: SpaceDesk) {
    this.#spaces = spaces;
  }

  takesPart(agent: Did, thread: string): boolean {
    return this.#agentThreads.get(agent)?.has(thread) === true;
  }

  #join(agent: Did, thread: string): void {
    const known = this.#agentThreads.get(agent) ?? new Set<string>();
    this.#agentThreads.set(agent, known);
    known.add(thread);
    if (known.size > agentThreadsMax * 1.125) forgetThreads(known);
  }

  hear(message: SealedEnvelope, agent: Did): readonly SealedEnvelope[] {
    const thread = threadOf(message.envelope);
    const missed = this.takesPart(agent, thread)
      ? []
      : this.memory
          .thread(thread)
          .filter(
            ({ envelope: earlier }) =>
              earlier.id !== message.envelope.id && earlier.from !== agent && earlier.to === undefined,
          );
    this.#join(agent, thread);
    this.memory.remember(message);
    return missed;
  }

  speak(message: SealedEnvelope, agent: Did): void {
    this.memory.remember(message);
    this.#join(agent, threadOf(message.envelope));
  }

  hearBroadcast(broadcast: Envelope, agent: Did): void {
    this.#lastBroadcasts.set(agent, broadcast);
    this.#join(agent, threadOf(broadcast));
  }

  lastBroadcast(agent: Did): Envelope | undefined {
    return this.#lastBroadcasts.get(agent);
  }

  find(id: string, space: string | undefined): Envelope | undefined {
    const known = this.memory.find(id);
    if (known !== undefined) return known;
    for (const one of space === undefined ? this.#spaces.machine.spaces() : [space as SpaceId]) {
      const entry = this.#spaces.machine.entry(one, id);
      if (entry !== undefined) return JSON.parse(entry.text) as Envelope;
    }
    return undefined;
  }
}

function forgetThreads(known: Set<string>): void {
  for (const thread of known) {
    if (known.size <= agentThreadsMax) return;
    known.delete(thread);
  }
}
