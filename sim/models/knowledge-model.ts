/**
 * What agents know together while partitions part them and crashes take their processes: the replicas and the graph
 * that ship, on the modelled network. Writing goes on throughout; then it stops, and the clock runs until all show the
 * same, to the byte.
 */
import { claimEdit } from '../../crdt/index.ts';
import { RandomStream } from '../clock/random.ts';
import { drawLengthMs } from '../network/churn.ts';
import type { RunResult, ScenarioModel, SeriesPoint } from '../scenario/model.ts';
import {
  type ChurnSettings,
  checkFaults,
  churnField,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from '../scenario/network-keys.ts';
import { integer, number, required } from '../scenario/shape.ts';
import { meanOf } from '../scenario/statistics.ts';
import { SharedMemory, SmallWorld } from '../small-world/index.ts';

interface KnowledgeScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly churn?: ChurnSettings;
  readonly claimsPerSecond: number;
  readonly subjects: number;
  readonly writeMs: number;
  readonly patienceMs: number;
}

/** How often it is looked at, virtual ms. */
const lookMs = 1_000;
const checkMs = 100;

export const knowledgeModel: ScenarioModel = {
  name: 'knowledge',
  about: 'a shared memory (crdt/replica, crdt/graph) that is written through partitions and crashes',
  keys: {
    agents: { ...required(integer(2, 60)), note: 'each with a replica of its own' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    churn: { ...churnField, note: 'agents whose process dies and comes back with its disk' },
    claimsPerSecond: { ...required(number(0.1, 200)), note: 'over all agents' },
    subjects: { ...required(integer(1, 1000)), note: 'claims of one subject contradict each other' },
    writeMs: { ...required(number(1000)), note: 'how long they write' },
    patienceMs: { ...required(number(100)), note: 'how long they may take to become equal after that' },
  },
  metrics: {
    convergedMs: 'virtual ms from the end of writing until all views are byte-equal; the patience when never',
    isConverged: '1 when they became equal in time, else 0',
    lostClaims: 'acknowledged claims that some view lacks at the end',
    knownShare:
      'share of the claims so far that an agent’s view held, mean over agents and the time of writing',
    knownShareMin: 'the least that an agent’s view held at any look while they wrote',
    conflicts: 'contradictions that the graph shows at the end',
    conflictsAgree: '1 when all agents see the same number of them, else 0',
    packetsPerClaim: 'packets per claim, repairs and summaries among them',
    bytesPerClaim: 'bytes on the wire per claim',
  },
  check: checkFaults,
  run: (settings, seed) => runKnowledge(settings as unknown as KnowledgeScenario, seed),
};

function runKnowledge(scenario: KnowledgeScenario, seed: number): RunResult {
  const { agents: agentCount, writeMs, patienceMs } = scenario;
  const random = RandomStream.fromSeed(seed).split('knowledge');
  const world = new SmallWorld({
    seed,
    agentCount,
    link: scenario.network,
    faults: toFaultRules(scenario.faults ?? [], agentCount, random.split('faults')),
  });
  const memory = new SharedMemory(world);
  memory.agents.forEach((agent, i) => {
    world.settle(i, { hear: () => undefined, restart: () => agent.start() });
  });
  const acknowledged = scheduleClaims(scenario, world, memory, random.split('claims'));
  if (scenario.churn !== undefined) scheduleCrashes(world, scenario.churn, random.split('churn'), writeMs);
  const series: SeriesPoint[] = [];
  const shares: number[] = [];
  for (let atMs = lookMs; atMs <= writeMs; atMs += lookMs) {
    world.run(lookMs);
    if (acknowledged.size === 0) continue;
    const known = memory.agents.map(({ graph }) => graph.view.nodes.size / acknowledged.size);
    const mean = meanOf(known);
    shares.push(mean);
    series.push(
      { metric: 'known', at: atMs, value: mean },
      { metric: 'knownLeast', at: atMs, value: Math.min(...known) },
    );
  }
  for (let agent = 0; agent < agentCount; agent++) world.restart(agent);
  const stoppedMs = world.elapsedMs;
  const isEqual = () => memory.countEqual() === agentCount;
  let isConverged = isEqual();
  while (!isConverged && world.elapsedMs - stoppedMs < patienceMs) {
    world.run(checkMs);
    isConverged = isEqual();
  }
  world.log.note(world.elapsedMs, isConverged ? 'converged' : 'not-converged', { claims: acknowledged.size });
  const conflicts = memory.agents.map(({ graph }) => graph.view.conflicts.list().length);
  const lost = [...acknowledged].filter((id) => memory.agents.some(({ graph }) => !graph.view.nodes.has(id)));
  return world.finish(
    {
      convergedMs: world.elapsedMs - stoppedMs,
      isConverged: Number(isConverged),
      lostClaims: lost.length,
      knownShare: shares.length === 0 ? 1 : meanOf(shares),
      knownShareMin: Math.min(
        1,
        ...series.filter(({ metric }) => metric === 'knownLeast').map(({ value }) => value),
      ),
      conflicts: conflicts[0]!,
      conflictsAgree: Number(conflicts.every((count) => count === conflicts[0])),
      packetsPerClaim: world.packetCount / acknowledged.size,
      bytesPerClaim: world.byteCount / acknowledged.size,
    },
    series,
  );
}

/** The answer grows with what was acknowledged: ids of entities. */
function scheduleClaims(
  scenario: KnowledgeScenario,
  world: SmallWorld,
  memory: SharedMemory,
  random: RandomStream,
): ReadonlySet<string> {
  const acknowledged = new Set<string>();
  let number = 0;
  const next = () => {
    world.kernel.schedule(world.nowMs + random.exponential(1000 / scenario.claimsPerSecond), () => {
      if (world.elapsedMs >= scenario.writeMs) return;
      const agent = random.below(scenario.agents);
      const id = `c${number++}`;
      const subject = `s${random.below(scenario.subjects)}`;
      const edit = claimEdit(id, {
        type: 'hypothesis',
        text: `${subject} by ${agent}`,
        subject,
        predicate: 'is',
        value: number,
      });
      if (world.isUp(agent) && edit.ok) {
        memory.agents[agent]!.write([edit.value]);
        const entity = `${world.dids[agent]}/${id}`;
        if (memory.agents[agent]!.graph.view.nodes.has(entity)) acknowledged.add(entity);
      }
      next();
    });
  };
  next();
  return acknowledged;
}

function scheduleCrashes(world: SmallWorld, churn: ChurnSettings, random: RandomStream, endMs: number): void {
  const leavers = random
    .shuffle(world.dids.map((_, i) => i))
    .slice(0, Math.round(churn.share * world.dids.length));
  for (const agent of leavers) {
    const own = random.split(agent);
    const next = () => {
      const downMs = world.nowMs + drawLengthMs(churn.session, own);
      world.kernel.schedule(downMs, () => {
        if (world.elapsedMs >= endMs) return;
        world.crash(agent);
        world.kernel.schedule(downMs + drawLengthMs(churn.absence, own), () => {
          world.restart(agent);
          next();
        });
      });
    };
    next();
  }
}
