/** The virtual side of decisions: the same mesh of full peers, the same links, agents, questions and failures. */
import { createMeshPeer } from '../../node/runtime/mesh-peer.ts';
import type { SpaceId } from '../../protocol/brand.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import {
  answerAsMember,
  askerOf,
  countDecisions,
  crashingMember,
  type DecisionPlan,
  decisionLimitMs,
  type HeardDecision,
  newsLimitMs,
  questionOf,
  readDecision,
  type Situation,
  silenceFirstProposer,
  situations,
  warmUpCount,
} from '../live/index.ts';
import { PeerWorld } from '../peers/index.ts';

/** Boot, connect, join; then invitations and acceptances. Generous: virtual time costs nothing here. */
const bootMs = 3_000;
const gatherMs = 10_000;
const lookMs = 20;

interface Asked {
  readonly situation: Situation;
  readonly atMs: number;
}

/**
 * Who proposes follows from ids that are drawn anew here, as they are on real nodes: only the distributions compare.
 *
 * @param scale how many times the decisions of the plan are taken, for smoother distributions.
 */
export function runVirtualDecisions(plan: DecisionPlan, scale: number): readonly HeardDecision[] {
  const asked = new Map<string, Asked>();
  const heard: HeardDecision[] = [];
  const crashing = crashingMember(plan);
  let isSilent = false;
  let heardCount = 0;
  const world: PeerWorld = new PeerWorld({
    seed: plan.seed,
    peerCount: plan.memberCount,
    link: plan.link,
    createPeer: (components, init) =>
      createMeshPeer(components, { ...init, voteFault: silenceFirstProposer(() => isSilent) }),
    behaviour: (member) => ({
      on: (message, { send }) =>
        answerAsMember(message, { send, decided: (decision, file) => note(member, decision, file) }),
    }),
  });
  function note(member: number, decision: string, file: unknown): void {
    heardCount++;
    const question = asked.get(decision);
    if (question === undefined) return;
    const { rounds, firstProposer } = readDecision(world.agentKeys, file);
    const { situation, atMs } = question;
    const isProposerDown =
      situation === 'one crashed' && firstProposer === (world.places[crashing]!.node as string);
    heard.push({ situation, decision, member, tookMs: world.nowMs - atMs, rounds, isProposerDown });
  }
  const draw = world.random.split('decisions');
  const createId = () => createMessageId(world.nowMs, { bytes: (count) => draw.bytes(count) });
  const space = createId();
  const ask = (number: number, situation: Situation | undefined) => {
    const decision = createId();
    if (situation !== undefined) asked.set(decision, { situation, atMs: world.nowMs });
    world.agents[askerOf(plan, number)]!.send(questionOf(space, decision, world.nowMs));
    heardCount = 0;
  };
  const untilAllHeard = () => {
    const runningCount = world.places.filter(({ peer }) => peer !== undefined).length;
    const endMs = world.nowMs + decisionLimitMs + newsLimitMs;
    while (heardCount < runningCount && world.nowMs < endMs) world.run(lookMs);
  };

  for (const { index } of world.places) {
    world.boot(index);
    world.join(index);
  }
  world.run(bootMs);
  const [owner, ...others] = world.agents;
  for (const other of others) owner!.send({ type: 'invite', to: other.did, space, goal: 'decide together' });
  world.run(gatherMs);
  checkGathered(world, space);
  for (let i = 0; i < warmUpCount; i++) {
    ask(i, undefined);
    untilAllHeard();
  }
  for (const situation of situations) {
    isSilent = situation === 'first proposer silent';
    if (situation === 'one crashed') world.crash(crashing);
    for (let i = 0; i < countDecisions(plan, situation) * scale; i++) {
      ask(i, situation);
      untilAllHeard();
      world.run(plan.pauseMs);
    }
  }
  return heard;
}

function checkGathered({ places }: PeerWorld, space: string): void {
  for (const { peer } of places)
    if (peer?.spaces.machine.members(space as SpaceId)?.members.length !== places.length)
      throw new Error('the simulated members have not gathered');
}
