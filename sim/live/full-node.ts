/**
 * One whole node of a live run: the node that ships, on its own SQLite file, with the links of the scenario added to
 * its connections and one agent at its edge.
 */
import { join } from 'node:path';
import type { VoteFault } from '../../node/runtime/consensus-desk.ts';
import { type RunningNode, startNode } from '../../node/start-node.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import { delayLinks, type LinkDelays } from './link-delay.ts';

export interface FullNodeInit extends LinkDelays {
  /** Where the node keeps its file; the caller removes it. */
  readonly folder: string;
  readonly voteFault: VoteFault;
  /** The agent reads what its node says, in a later turn of the event loop. */
  readonly heard: (message: Readonly<Record<string, unknown>> & { readonly type: string }) => void;
}

export interface FullNode {
  readonly node: NodeId;
  /** Of its one agent. */
  readonly agent: Did;
  readonly address: string;
  readonly running: RunningNode;
  /** Say something as the agent. */
  send(message: Readonly<Record<string, unknown>> & { readonly type: string }): void;
  /** The process dies, as its neighbours see it: connections end, nobody says goodbye. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFullNode(init: FullNodeInit): Promise<FullNode> {
  const name = `n${init.self}`;
  const running = await startNode({
    name,
    data: join(init.folder, name),
    mesh: 'live',
    host: ['127.0.0.1'],
    port: 0,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    bootstrap: [],
    mdns: false,
    relay: false,
    swarmKey: '',
    hosts: [],
    origins: [],
    blobBytesMax: 0,
    messagesPerSecondMax: 1_000,
    wakeThreshold: 0.2,
    voteFault: init.voteFault,
    onFatal: (error) => {
      throw error;
    },
  });
  delayLinks(running.transport.libp2p, init);
  const { peer } = running;
  const attached = peer.local.attachHosted(`a${init.self}`, undefined);
  if (!attached.ok) throw new Error(`the agent of ${name} cannot attach: ${attached.refusal.message}`);
  const { agent } = attached.value;
  let isUp = true;
  peer.agents.connect(
    agent,
    {
      send: (text, mailId) =>
        void setImmediate(() => {
          if (!isUp) return;
          if (mailId !== undefined) peer.agents.acknowledge(agent, [mailId], 'delivered');
          init.heard(JSON.parse(text) as Parameters<FullNodeInit['heard']>[0]);
        }),
      supersede: () => undefined,
    },
    {},
  );
  const stop = async () => {
    isUp = false;
    await running.stop();
  };
  return {
    node: running.did,
    agent: agent.did,
    address: running.transport.addresses()[0]!,
    running,
    send: (message) => peer.agents.receive(agent, JSON.stringify(message)),
    async crash() {
      // First the network: what the machines still say when they are stopped, nobody hears.
      await running.transport.stop();
      await stop();
    },
    stop,
  };
}
