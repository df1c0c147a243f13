/** What a node says of itself over HTTP and to the command line. Field names are stable. */
import type { MeshPeer } from './mesh-peer.ts';

export interface NodeViewInit {
  readonly name: string;
  readonly mesh: string;
  readonly meshId: string;
  readonly did: string;
  readonly startedAtMs: number;
}

export interface NodeSurroundings {
  readonly addresses: readonly string[];
  readonly connections: readonly {
    readonly node: string;
    readonly address: string;
    readonly direction: string;
  }[];
  readonly blobBytes: number;
}

export function createNodeViews(peer: MeshPeer, init: NodeViewInit, surroundings: () => NodeSurroundings) {
  return {
    status: () => {
      const { addresses, connections, blobBytes } = surroundings();
      const online = peer.local.list().filter((agent) => agent.link !== undefined);
      return {
        name: init.name,
        did: init.did,
        mesh: init.mesh,
        meshId: init.meshId,
        startedAtMs: init.startedAtMs,
        addresses,
        peerCount: new Set(connections.map((one) => one.node)).size,
        agentCount: peer.local.list().length,
        onlineAgentCount: online.length,
        spaceCount: peer.spaces.machine.spaces().length,
        mail: peer.delivery.machine.gauges,
        index: peer.capabilities.index.sizes(),
        blobBytes,
        ignored: Object.fromEntries([...peer.ignoredCounts].sort()),
      };
    },
    peers: () => surroundings().connections,
    agents: () => peer.agents.list(),
    mail: () => peer.delivery.machine.list(),
    approvals: () => peer.approvals.list(),
    decisions: () => peer.decisions.list(),
  };
}
