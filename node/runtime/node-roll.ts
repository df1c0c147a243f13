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
  const waiting = { up: [] as NodeId[], down: [] as NodeId[] };

  function gather(change: 'up' | 'down', node: NodeId): void {
    if (waiting.up.length + waiting.down.length === 0) {
      const dueAtMs = core.clock.nowMs() + gatherMs;
      core.timers.apply('roll', { type: 'set-timer', timer: 'gather', dueAtMs }, write);
    }
    waiting[change].push(node);
  }

  function write(): void {
    for (const change of ['up', 'down'] as const) {
      const nodes = waiting[change].splice(0);
      if (nodes.length === 1) core.note({ kind: `node-${change}`, peer: nodes[0] });
      else if (nodes.length > 1)
        core.note({ kind: `nodes-${change}`, count: nodes.length, peers: nodes.slice(0, namedMax) });
    }
  }

  return { noteUp: (node) => gather('up', node), noteDown: (node) => gather('down', node) };
}
