/**
 * Writes down which nodes came up and went down. One at a time in a quiet mesh; who joins a mesh of a thousand nodes,
 * or sees half of it go, writes one line and not five hundred.
 */
import type { NodeId } from '../../protocol/brand.ts';
import type { PeerCore } from './peer-core.ts';

export interface NodeRoll {
  noteUp(node: NodeId): void;
  noteDown(node: NodeId): void;
}

/** How long changes are gathered after the first. Judgement: a person reads no faster. */
const gatherMs = 1_000;
/** Nodes that one line names. */
const namedMax = 16;

export function createNodeRoll(core: PeerCore): NodeRoll {
  return new GatheredRoll(core);
}

class GatheredRoll implements NodeRoll {
  readonly #core: PeerCore;
  readonly #waiting = { up: [] as NodeId[], down: [] as NodeId[] };

  constructor(core: PeerCore) {
    this.#core = core;
  }

  #gather(change: 'up' | 'down', node: NodeId): void {
    if (this.#waiting.up.length + this.#waiting.down.length === 0) {
      const dueAtMs = this.#core.clock.nowMs() + gatherMs;
      this.#core.timers.apply('roll', { type: 'set-timer', timer: 'gather', dueAtMs }, () => this.#write());
    }
    this.#waiting[change].push(node);
  }

  #write(): void {
    for (const change of ['up', 'down'] as const) {
      const nodes = this.#waiting[change].splice(0);
      if (nodes.length === 1) this.#core.note({ kind: `node-${change}`, peer: nodes[0] });
      else if (nodes.length > 1)
        this.#core.note({ kind: `nodes-${change}`, count: nodes.length, peers: nodes.slice(0, namedMax) });
    }
  }

  noteUp(node: NodeId): void {
    this.#gather('up', node);
  }

  noteDown(node: NodeId): void {
    this.#gather('down', node);
  }
}
