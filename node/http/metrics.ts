/** Prometheus metrics: prefix `ampmesh_`, base units, labels of bounded sets only. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Libp2pTransport } from '../adapters/libp2p-transport-types.ts';
import type { MeshPeer } from '../runtime/mesh-peer.ts';

export interface NodeMetrics {
  readonly registry: Registry;
  observe(peer: MeshPeer, transport: Libp2pTransport, connectionCount: () => number): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createNodeMetrics(): NodeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'ampmesh_' });

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `ampmesh_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }

  return {
    registry,
    observe(peer, transport, connectionCount) {
      const mail = () => peer.delivery.machine.gauges;
      gauge('peers', 'Nodes with an open connection.', () => transport.peers().length);
      gauge('agent_connections', "Agents' open sockets.", connectionCount);
      gauge('agents', 'Agents attached to this node, connected or away.', () => peer.local.list().length);
      gauge(
        'outbox_messages',
        'Messages on their way from or to agents of this node.',
        () => mail().outboxCount,
      );
      gauge('outbox_bytes', 'Their size.', () => mail().outboxBytes);
      gauge('mailbox_messages', 'Messages waiting for agents of this node.', () => mail().mailboxCount);
      gauge('dead_letters', 'Messages that could not be delivered.', () => mail().deadCount);
      gauge('spaces', 'Spaces kept for agents of this node.', () => peer.spaces.machine.spaces().length);
      gauge(
        'capability_records',
        'Capability records in the index.',
        () => peer.capabilities.index.sizes().recordCount,
      );
      const ignored = new Gauge({
        name: 'ampmesh_ignored_inputs',
        help: 'Inputs that a machine ignored, by machine and reason.',
        labelNames: ['machine'],
        registers: [registry],
        collect() {
          const sums = new Map<string, number>();
          for (const [key, count] of peer.ignoredCounts) {
            const machine = key.split(' ')[0] ?? 'other';
            sums.set(machine, (sums.get(machine) ?? 0) + count);
          }
          for (const [machine, count] of sums) ignored.set({ machine }, count);
        },
      });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
