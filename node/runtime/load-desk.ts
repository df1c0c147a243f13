/** How busy this node's agents are, told to the capability index whenever it changes: at most once a turn. */
import type { Did } from '../../protocol/brand.ts';
import type { Envelope } from '../../protocol/messages.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import { createOpenTasks } from './open-tasks.ts';
import type { PeerCore } from './peer-core.ts';

export interface LoadDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly capabilities: CapabilityDesk;
}

export interface LoadDesk {
  /** A message for a local agent, or from one. */
  see(envelope: Envelope, receiver: Did | undefined): void;
  /** Tell the load now: an agent came or went. */
  update(): void;
}

export function createLoadDesk(parts: LoadDeskComponents): LoadDesk {
  return new Load(parts);
}

class Load implements LoadDesk {
  readonly #parts: LoadDeskComponents;
  readonly #core: PeerCore;
  readonly #openTasks = createOpenTasks();
  #isDue = false;

  constructor(parts: LoadDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  update(): void {
    const away = this.#parts.local.list().filter((agent) => agent.link === undefined);
    const busy = this.#openTasks.load(
      (agent) => this.#parts.capabilities.capacityOf(agent),
      this.#core.clock.nowMs(),
    );
    this.#parts.capabilities.setLoad(busy, new Set(away.map((agent) => agent.did)));
  }

  see(envelope: Envelope, receiver: Did | undefined): void {
    if (!this.#openTasks.see(envelope, receiver, this.#core.clock.nowMs()) || this.#isDue) return;
    this.#isDue = true;
    this.#core.turn.beforeCommit(() => {
      this.#isDue = false;
      this.update();
    });
  }
}
