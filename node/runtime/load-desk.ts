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

export function createLoadDesk({ core, local, capabilities }: LoadDeskComponents): LoadDesk {
  const openTasks = createOpenTasks();
  let isDue = false;

  function update(): void {
    const away = local.list().filter((agent) => agent.link === undefined);
    const busy = openTasks.load(capabilities.capacityOf, core.clock.nowMs());
    capabilities.setLoad(busy, new Set(away.map((agent) => agent.did)));
  }

  return {
    see(envelope, receiver) {
      if (!openTasks.see(envelope, receiver, core.clock.nowMs()) || isDue) return;
      isDue = true;
      core.turn.beforeCommit(() => {
        isDue = false;
        update();
      });
    },
    update,
  };
}
