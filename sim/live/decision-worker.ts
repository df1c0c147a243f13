/** A share of the whole nodes of a live run that takes decisions, in this process. */
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { linkPeers } from '../peers/index.ts';
import { createSimDisk } from '../shell/index.ts';
import {
  answerAsMember,
  type DecisionPlan,
  questionOf,
  readDecision,
  silenceFirstProposer,
} from './decision-plan.ts';
import { type FullNode, startFullNode } from './full-node.ts';
import { Lateness, monotonicMs } from './link-delay.ts';
import { serveCalls } from './worker-calls.ts';

/** Where a member is. */
export interface MemberSeat {
  readonly index: number;
  readonly node: NodeId;
  readonly agent: Did;
  readonly address: string;
}

/** The outcome of a decision, as one member heard it. */
export interface OutcomeHeard {
  readonly decision: string;
  readonly member: number;
  /** Of the monotonic clock that all processes of this machine share. */
  readonly atMs: number;
  readonly rounds: number;
  /** The node whose turn it was first. */
  readonly firstProposer: string;
}

export interface DecisionReport {
  readonly outcomes: readonly OutcomeHeard[];
  /** By tenth of a millisecond. */
  readonly lateness: Float64Array;
  readonly processorMs: number;
}

/** What a worker of kind `decisions` can be asked. */
export type DecisionWorker = {
  start(argument: {
    readonly plan: DecisionPlan;
    readonly indices: readonly number[];
    /** Where nodes keep their files. */
    readonly folder: string;
  }): Promise<readonly MemberSeat[]>;
  /** Members dial those before them; answers whether all here are connected to, and know the agents of, all. */
  connect(argument: { readonly seats: readonly MemberSeat[] }): Promise<boolean>;
  /** The owner invites all others into a new space. */
  gather(argument: {
    readonly owner: number;
    readonly space: string;
    readonly seats: readonly MemberSeat[];
  }): void;
  /** Whether all here know all members of the space. */
  isGathered(argument: { readonly space: string }): boolean;
  silence(argument: { readonly isOn: boolean }): void;
  crash(argument: { readonly index: number }): Promise<void>;
  /** Answers when it was asked. */
  decide(argument: { readonly index: number; readonly space: string; readonly decision: string }): number;
  /** Decisions whose outcome was heard here, by how many. */
  heardCount(argument: undefined): number;
  report(argument: undefined): DecisionReport;
};

export function serveDecidingNodes(): void {
  const nodes = new Map<number, FullNode>();
  const indexAtPort = new Map<number, number>();
  const lateness = new Lateness();
  const outcomes: OutcomeHeard[] = [];
  const keys = createEd25519Keys({ store: createSimDisk().open(), rng: createSecureRng() });
  let isSilent = false;
  let memberCount = 0;

  async function start({ plan, indices, folder }: Parameters<DecisionWorker['start']>[0]) {
    const link = linkPeers(plan.seed, plan.link, plan.memberCount);
    memberCount = plan.memberCount;
    const seats: MemberSeat[] = [];
    for (const index of indices) {
      const full = await startFullNode({
        link,
        self: index,
        lateness,
        peerAtPort: (port) => indexAtPort.get(port),
        folder,
        voteFault: silenceFirstProposer(() => isSilent),
        heard: (message) =>
          answerAsMember(message, {
            send: (said) => nodes.get(index)?.send(said),
            decided: (decision, file) => note(index, decision, file),
          }),
      });
      nodes.set(index, full);
      seats.push({ index, node: full.node, agent: full.agent, address: full.address });
    }
    return seats;
  }

  function note(member: number, decision: string, file: unknown): void {
    outcomes.push({ decision, member, atMs: monotonicMs(), ...readDecision(keys, file) });
  }

  async function connect({ seats }: Parameters<DecisionWorker['connect']>[0]): Promise<boolean> {
    for (const { index, address } of seats) indexAtPort.set(Number(/\/tcp\/(\d+)/.exec(address)![1]), index);
    const dials = [...nodes].flatMap(([index, { running }]) =>
      seats
        .filter((seat) => seat.index < index && !running.peer.peers().includes(seat.node))
        .map(({ address }) => running.transport.dial(address)),
    );
    // Who was not reached is dialled again by the next call.
    await Promise.allSettled(dials);
    return [...nodes.values()].every(
      ({ running: { peer } }) =>
        peer.peers().length === memberCount - 1 && peer.attachments().length === memberCount,
    );
  }

  const served: DecisionWorker = {
    start,
    connect,
    gather({ owner, space, seats }) {
      for (const { index, agent } of seats)
        if (index !== owner)
          nodes.get(owner)!.send({ type: 'invite', to: agent, space, goal: 'decide together' });
    },
    isGathered: ({ space }) =>
      [...nodes.values()].every(
        ({ running: { peer } }) =>
          peer.spaces.machine.members(space as SpaceId)?.members.length === memberCount,
      ),
    silence: ({ isOn }) => {
      isSilent = isOn;
    },
    async crash({ index }) {
      const crashed = nodes.get(index);
      nodes.delete(index);
      await crashed?.crash();
    },
    decide({ index, space, decision }) {
      const node = nodes.get(index)!;
      const atMs = monotonicMs();
      node.send(questionOf(space, decision, node.running.peer.nowMs()));
      return atMs;
    },
    heardCount: () => outcomes.length,
    report: () => {
      const { user, system } = process.cpuUsage();
      return { outcomes, lateness: lateness.counts, processorMs: (user + system) / 1000 };
    },
  };
  serveCalls(served, async () => {
    await Promise.all([...nodes.values()].map((node) => node.stop()));
  });
}
