/**
 * Teams: how good allocations are, how fast contracts run. Allocation is compared with exact answers: all assignments
 * by dynamic programming over sets of agents, all subsets for teams.
 */
import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { addAmounts, fitsCeiling, nothing } from '../../protocol/budget/index.ts';
import { chooseTeam, type TeamCandidate } from '../../protocol/coalition/index.ts';
import {
  allocateTasks,
  type Cfp,
  createInitiator,
  createParticipant,
} from '../../protocol/contract-net/index.ts';
import { atLeast, type BenchReport, describeMachine, median, spread } from './report.ts';

export interface TeamsBenchOptions {
  /** Random instances per comparison; 200 unless told. */
  readonly instanceCount?: number;
  /** Rounds of the throughput measurement; 7 unless told. */
  readonly roundCount?: number;
}

export async function runTeamsBench(options: TeamsBenchOptions = {}): Promise<BenchReport> {
  const instances = options.instanceCount ?? 200;
  const allocation = measureAllocation(instances);
  const teams = measureTeams(instances);
  const rates = Array.from({ length: options.roundCount ?? 7 }, measureContractRate);
  return {
    bench: 'teams',
    machine: describeMachine(),
    figures: {
      ...allocation,
      ...teams,
      contractsPerSecond: median(rates),
      contractsPerSecondSpread: spread(rates),
    },
    goals: [
      atLeast('allocation value over the optimum, worst instance', allocation.allocationWorst, 0.95),
      atLeast('team value over the optimum, worst instance', teams.teamWorst, 0.95),
    ],
  };
}

/** Also the same tasks awarded one after the other, each to the best agent left: what joint allocation gains. */
function measureAllocation(instances: number) {
  const shares: number[] = [];
  const greedyShares: number[] = [];
  for (let seed = 1; seed <= instances; seed++) {
    const next = createDraw(seed);
    const [tasks, agents] = [2 + Math.floor(next() * 9), 2 + Math.floor(next() * 9)];
    const values = Array.from({ length: tasks }, () =>
      Array.from({ length: agents }, () => (next() < 0.7 ? next() : 0)),
    );
    const optimum = assignExactly(values);
    if (optimum === 0) continue;
    shares.push(allocateTasks(values).value / optimum);
    greedyShares.push(assignInTurn(values) / optimum);
  }
  return {
    allocationWorst: Math.min(...shares),
    allocationMedian: median(shares),
    inTurnWorst: Math.min(...greedyShares),
    inTurnMedian: median(greedyShares),
  };
}

function assignExactly(values: readonly (readonly number[])[]): number {
  const agentCount = values[0]!.length;
  let best = new Map<number, number>([[0, 0]]);
  for (const row of values) {
    const after = new Map(best);
    for (const [used, value] of best) {
      for (let agent = 0; agent < agentCount; agent++) {
        if (used & (1 << agent)) continue;
        const set = used | (1 << agent);
        after.set(set, Math.max(after.get(set) ?? 0, value + row[agent]!));
      }
    }
    best = after;
  }
  return Math.max(...best.values());
}

function assignInTurn(values: readonly (readonly number[])[]): number {
  const used = new Set<number>();
  let total = 0;
  for (const row of values) {
    const left = row.map((value, agent) => (used.has(agent) ? 0 : value));
    const best = left.indexOf(Math.max(...left));
    used.add(best);
    total += left[best]!;
  }
  return total;
}

function measureTeams(instances: number) {
  const shares: number[] = [];
  const times: number[] = [];
  const skills = ['a', 'b', 'c', 'd', 'e'];
  for (let seed = 1; seed <= instances; seed++) {
    const next = createDraw(seed + 10_000);
    const candidates = Array.from(
      { length: 12 },
      (_, i): TeamCandidate => ({
        agent: `did:key:${i}` as Did,
        cost: { ...nothing, tokens: Math.ceil(next() * 40) },
        qualities: Object.fromEntries(
          skills.filter(() => next() < 0.4).map((skill) => [skill, 0.1 + 0.9 * next()]),
        ),
      }),
    );
    const request = { skills, budget: { tokens: 80 }, sizeMax: 4, candidates };
    const optimum = chooseExactly(request.candidates, skills, request.budget, request.sizeMax);
    const startedMs = performance.now();
    const choice = chooseTeam(request);
    times.push(performance.now() - startedMs);
    if (optimum > 0) shares.push(choice.found ? choice.value / optimum : 0);
  }
  return { teamWorst: Math.min(...shares), teamInstances: shares.length, teamChoiceMs: median(times) };
}

function chooseExactly(
  candidates: readonly TeamCandidate[],
  skills: readonly string[],
  budget: { tokens: number },
  sizeMax: number,
): number {
  let best = 0;
  for (let mask = 1; mask < 2 ** candidates.length; mask++) {
    const team = candidates.filter((_, i) => mask & (1 << i));
    if (team.length > sizeMax) continue;
    const cost = team.reduce((sum, member) => addAmounts(sum, member.cost), nothing);
    const qualities = skills.map((skill) => Math.max(...team.map((member) => member.qualities[skill] ?? 0)));
    if (!fitsCeiling(cost, budget) || qualities.includes(0)) continue;
    best = Math.max(
      best,
      qualities.reduce((a, b) => a + b, 0),
    );
  }
  return best;
}

/** Whole contracts (call, five bids, award, result) of pure machines on one core, without signatures and sockets. */
function measureContractRate(): number {
  const keys = { hash: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) };
  const asker = 'did:key:asker' as Did;
  const bidders = Array.from({ length: 5 }, (_, i) => `did:key:bidder${i}` as Did);
  const count = 400;
  const startedMs = performance.now();
  for (let i = 0; i < count; i++) runContract(keys, asker, bidders, i);
  return (count / (performance.now() - startedMs)) * 1_000;
}

function runContract(
  keys: { hash(bytes: Uint8Array): Uint8Array },
  self: Did,
  bidders: readonly Did[],
  index: number,
): void {
  const task = `01890000-0000-7000-8000-${String(index).padStart(12, '0')}` as MessageId;
  const cfp: Cfp = {
    ...{ task, content: 'x', skills: ['a'], criteria: { rule: 'cost' }, ceiling: {}, minConfidence: 0 },
    ...{ bidsMax: 16, deadlineAt: 1_000, leaseMs: 1_000, endsAt: 9_000 },
  };
  const initiator = createInitiator({ keys }, { self, cfp });
  initiator.step({ type: 'open-call', atMs: 0 });
  const machines = new Map(
    bidders.map((did) => [did, createParticipant({ keys }, { self: did, initiator: self, task })]),
  );
  bidders.forEach((did, i) => {
    const machine = machines.get(did)!;
    machine.step({ type: 'cfp-received', atMs: 1, from: self, body: cfp });
    const offer = { cost: { ...nothing, tokens: 10 + i }, quality: 1, confidence: 1, skills: ['a'] };
    for (const effect of machine.step({ type: 'make-bid', atMs: 2, offer }))
      if (effect.type === 'send-bid')
        initiator.step({ type: 'bid-received', atMs: 3, from: did, body: effect.body });
  });
  const closed = initiator.step({ type: 'timer-fired', atMs: 1_000, timer: `contract/${task}/deadline` });
  const award = closed.find((effect) => effect.type === 'send-award');
  if (award?.type !== 'send-award') throw new Error('nobody won');
  const winner = machines.get(award.body.winner)!;
  winner.step({ type: 'award-received', atMs: 1_001, from: self, body: award.body });
  const done = winner.step({
    type: 'finish-work',
    atMs: 1_002,
    content: 'y',
    spent: nothing,
    complete: true,
  });
  const result = done.find((effect) => effect.type === 'send-result');
  if (result?.type !== 'send-result') throw new Error('no result');
  initiator.step({ type: 'result-received', atMs: 1_003, from: award.body.winner, body: result.body });
}

function createDraw(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}
