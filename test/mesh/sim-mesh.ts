/** A small mesh of full peers on the virtual shell, with agents that only write down what they hear. */

import { createAttachmentValidator } from '../../node/runtime/attachment-bytes.ts';
import type { LocalAgent } from '../../node/runtime/local-agents.ts';
import { createMeshPeer, type MeshPeer, type MeshPeerInit } from '../../node/runtime/mesh-peer.ts';
import { meshIdOf } from '../../node/runtime/topics.ts';
import { createBuiltinVectorSource } from '../../node/runtime/vector-source.ts';
import type { Did } from '../../protocol/brand.ts';
import {
  createSimClock,
  createSimDirectoryWorld,
  createSimDisk,
  createSimKeyRegistry,
  createSimKeys,
  createSimNetwork,
  createSimRng,
  createSimScheduler,
  type SimClock,
  type SimTransport,
} from '../../sim/shell/index.ts';

export type Heard = Record<string, unknown> & { readonly type: string };

export interface TestAgent {
  readonly did: Did;
  readonly name: string;
  readonly heard: Heard[];
  /** Delivered envelopes only. */
  readonly messages: () => Heard[];
  send(message: Record<string, unknown>): void;
  of(type: string): Heard[];
  disconnect(): void;
}

const vectors = createBuiltinVectorSource();

export function createSimMesh(
  nodeCount: number,
  seed = 1,
  networkInit: Parameters<typeof createSimNetwork>[1] = {},
  /** Settings of single peers, by index. */
  peerInits: Readonly<Record<number, Partial<MeshPeerInit>>> = {},
) {
  const scheduler = createSimScheduler();
  const rng = createSimRng(seed);
  const registry = createSimKeyRegistry();
  const network = createSimNetwork({ scheduler, rng: rng.split('network') }, networkInit);
  const checker = createSimKeys({ registry, rng: rng.split('checker'), store: createSimDisk().open() });
  const mesh = meshIdOf(checker, 'test', '');
  const directories = createSimDirectoryWorld({
    scheduler,
    rng: rng.split('directory'),
    isReachable: network.isReachable,
    validateRecord: createAttachmentValidator({ mesh, keys: checker, nowMs: scheduler.nowMs }),
  });
  const disks = Array.from({ length: nodeCount }, () => createSimDisk());
  const selves: Did[] = [];
  const peers: MeshPeer[] = [];
  const transports: SimTransport[] = [];
  const clocks: SimClock[] = [];

  function boot(at: number): MeshPeer {
    const store = disks[at]!.open();
    const clock = createSimClock(scheduler);
    clocks[at] = clock;
    const nodeRng = rng.split(`node-${at}-${scheduler.nowMs()}`);
    const keys = createSimKeys({ registry, rng: nodeRng, store });
    selves[at] ??= keys.create();
    const transport = network.attach(selves[at]);
    transports[at] = transport;
    const peer = createMeshPeer(
      { clock, rng: nodeRng, keys, store, transport, vectors, directory: directories.attach(selves[at]) },
      {
        mesh,
        nodeName: `n${at}`,
        onFatal: (error) => {
          throw error;
        },
        ...peerInits[at],
      },
    );
    peers[at] = peer;
    peer.start();
    return peer;
  }

  for (let at = 0; at < nodeCount; at++) boot(at);
  scheduler.runFor(100);

  function join(
    at: number,
    name: string,
    capability?: string,
    facts: { acknowledge?: boolean; resume?: string } = {},
  ): TestAgent & { resume: string | undefined } {
    const peer = peers[at]!;
    const attached = peer.local.attachHosted(name, facts.resume);
    if (!attached.ok) throw new Error(attached.refusal.message);
    const agent: LocalAgent = attached.value.agent;
    const heard: Heard[] = [];
    const link = {
      send(text: string, mailId?: string) {
        heard.push(JSON.parse(text) as Heard);
        if (mailId !== undefined && facts.acknowledge !== false) {
          scheduler.schedule(scheduler.nowMs() + 1, () =>
            peer.agents.acknowledge(agent, [mailId], 'delivered'),
          );
        }
      },
      supersede() {
        heard.push({ type: 'superseded' });
      },
    };
    peer.agents.connect(
      agent,
      link,
      capability === undefined ? {} : { capabilities: [{ text: capability }] },
    );
    scheduler.runFor(50);
    return {
      did: agent.did,
      name,
      heard,
      resume: attached.value.resume,
      messages: () => heard.filter((one) => typeof one.sig === 'string'),
      of: (type) => heard.filter((one) => one.type === type),
      send: (message) => peer.agents.receive(agent, JSON.stringify(message)),
      disconnect: () => peer.agents.disconnect(agent, link),
    };
  }

  return {
    scheduler,
    /** Keys of nobody: to check what others signed. */
    checker,
    network,
    peers,
    disks,
    join,
    run: (ms: number) => scheduler.runFor(ms),
    /** The process dies: no goodbye, and what was not committed is gone. */
    crash(at: number) {
      transports[at]!.stop();
      clocks[at]!.stop();
      disks[at]!.crash(rng.split(`crash-${scheduler.nowMs()}`));
    },
    restart: (at: number) => boot(at),
  };
}
