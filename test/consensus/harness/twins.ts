/**
 * Twins: a liar is two honest machines with one key and two minds, and in each round the network is split in two.
 * Equivocation, amnesia and double votes come for free, and all splits of few rounds can be tried.
 * @see Bano, Sonnino, Chursin, Perelman, Li, Ching, Malkhi 2022, "Twins: BFT Systems Made Robust"
 */
import type { ConsensusMessage } from '../../../protocol/consensus/index.ts';
import type { Engine } from '../../../sim/agreement/engine.ts';
import { delayMs, World } from '../../../sim/agreement/world.ts';

export interface TwinsSchedule {
  readonly twin: number;
  /** Per round, the set of hosts on one side, as a mask; all are together once the list has ended or time has healed. */
  readonly splits: readonly number[];
}

/** Four members, one of them twice. Answers what went wrong; empty when all is well. */
export function runTwins(engine: Engine, schedule: TwinsSchedule): readonly string[] {
  const world = new World({ engine, n: 4 });
  for (let member = 0; member < 4; member++) world.addHost(member, { isHonest: member !== schedule.twin });
  world.addHost(schedule.twin, { isHonest: false, candidate: 'twin' });
  const healAtMs = 25 * delayMs * schedule.splits.length;
  world.mayPass = (from, to, message) => {
    if (world.nowMs >= healAtMs) return true;
    const split = schedule.splits[roundOf(message)];
    return split === undefined || ((split >> from.id) & 1) === ((split >> to.id) & 1);
  };
  for (const host of world.hosts) world.start(host);
  world.run(500 * delayMs, () => world.isAllDecided());
  return world.isAllDecided() ? world.violations : [...world.violations, 'never decided'];
}

function roundOf(message: ConsensusMessage): number {
  switch (message.type) {
    case 'vote':
      return message.vote.round;
    case 'proposal':
      return message.proposal.round;
    case 'certificate':
      return message.certificate.round;
    case 'undecided':
      return message.undecided.round;
    case 'evidence':
      return message.evidence.first.round;
  }
}

/** Host 0 stays on one side, the four others choose: 16 splits per round. */
export const splitCount = 16;

export function scheduleOf(number: number, roundCount: number): TwinsSchedule {
  const splits: number[] = [];
  let rest = Math.floor(number / 4);
  for (let round = 0; round < roundCount; round++) {
    splits.push((rest % splitCount) << 1);
    rest = Math.floor(rest / splitCount);
  }
  return { twin: number % 4, splits };
}

export function scheduleCount(roundCount: number): number {
  return 4 * splitCount ** roundCount;
}
