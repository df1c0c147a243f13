/**
 * Epochs of one hypothesis each: an agent claims it in the shared memory, the others think and attest, and it stands
 * when a majority of the agents see it as a fact by the policy of the space. Time is that of the network and of
 * thinking; nothing else is put in.
 */
import { attestEdit, claimEdit } from '../../crdt/index.ts';
import { RandomStream } from '../clock/random.ts';
import type { RunResult, ScenarioModel } from '../scenario/model.ts';
import {
  checkFaults,
  type FaultEntry,
  faultsField,
  type LinkSettings,
  networkField,
  toFaultRules,
} from '../scenario/network-keys.ts';
import { integer, number, required, share } from '../scenario/shape.ts';
import { quantileOf } from '../scenario/statistics.ts';
import { SharedMemory, SmallWorld } from '../small-world/index.ts';

interface HypothesisScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly epochs: number;
  readonly thinkMinMs: number;
  readonly thinkMaxMs: number;
  readonly payloadBytesMax: number;
  readonly supportShare: number;
  readonly epochMs: number;
}

/** The author stands behind its claim uncounted, so half of the others against it are no majority. */
const majorityDisputes = 0.67;

export const hypothesisModel: ScenarioModel = {
  name: 'hypothesis',
  about: 'hypotheses that become facts when a majority attests them (crdt/graph policy)',
  keys: {
    agents: { ...required(integer(3, 60)), note: 'members of the space' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    epochs: { ...required(integer(1, 1000)), note: 'hypotheses, one after another' },
    thinkMinMs: required(number(0)),
    thinkMaxMs: { ...required(number(0)), note: 'an agent thinks uniformly long between the two' },
    payloadBytesMax: {
      ...required(integer(0, 16_000)),
      note: 'a hypothesis is uniformly as long as this at most',
    },
    supportShare: { ...required(share), note: 'chance that an agent supports; the others dispute' },
    epochMs: { ...required(number(1)), note: 'a hypothesis without a majority by then has failed' },
  },
  metrics: {
    medianMs:
      'virtual ms until a majority sees the hypothesis as a fact, median over the epochs that made it',
    p95Ms: '95 % of the epochs that made it took at most this',
    failedEpochs: 'epochs without a majority in time',
    bytesPerEpoch: 'bytes on the wire per epoch',
    packetsPerEpoch: 'packets on the wire per epoch',
  },
  check(settings, fail) {
    checkFaults(settings, fail);
    if (Number(settings.thinkMaxMs) < Number(settings.thinkMinMs))
      fail('thinkMaxMs', 'thinking ends before it begins', 'Write at least `thinkMinMs`.');
  },
  run: (settings, seed) => runHypotheses(settings as unknown as HypothesisScenario, seed),
};

function runHypotheses(scenario: HypothesisScenario, seed: number): RunResult {
  const { agents, epochs } = scenario;
  const world = new SmallWorld({
    seed,
    agentCount: agents,
    link: scenario.network,
    faults: toFaultRules(scenario.faults ?? [], agents, RandomStream.fromSeed(seed).split('faults')),
  });
  const random = world.random.split('hypotheses');
  let present = '';
  let seenCount = 0;
  const seen = new Set<number>();
  const memory: SharedMemory = new SharedMemory(world, {
    policy: {
      // With its author, whose own word does not count, these are a majority.
      quorum: { by: 'count', min: Math.floor(agents / 2) },
      disputeShare: majorityDisputes,
      certificate: 'ignored',
    },
    onChange: (agent, changes) => {
      for (const { author, key } of changes)
        if (key.startsWith('e/') && world.indexOf(author) !== agent)
          thinkAbout(scenario, memory, agent, `${author}/${key.slice(2)}`, random);
      if (!seen.has(agent) && memory.agents[agent]!.graph.view.nodes.get(present)?.status === 'fact') {
        seen.add(agent);
        seenCount++;
      }
    },
  });
  world.run(2_000);
  const [packets, bytes] = [world.packetCount, world.byteCount];
  const timesMs: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const author = epoch % agents;
    present = `${world.dids[author]}/h${epoch}`;
    seen.clear();
    seenCount = 0;
    const startMs = world.elapsedMs;
    const packetsBefore = world.packetCount;
    claim(scenario, memory, author, epoch, random);
    world.run(scenario.epochMs, () => 2 * seenCount > agents);
    const isMade = 2 * seenCount > agents;
    world.log.note(world.elapsedMs, isMade ? 'fact' : 'failed', { epoch, tookMs: world.elapsedMs - startMs });
    const durationMs = world.elapsedMs - startMs;
    const messageCount = world.packetCount - packetsBefore;
    world.log.tell({
      name: `hypothesis ${epoch}`,
      startMs,
      durationMs,
      messageCount,
      participantCount: agents,
    });
    if (isMade) timesMs.push(world.elapsedMs - startMs);
  }
  const sorted = timesMs.toSorted((a, b) => a - b);
  return world.finish({
    medianMs: sorted.length === 0 ? scenario.epochMs : quantileOf(sorted, 0.5),
    p95Ms: sorted.length === 0 ? scenario.epochMs : quantileOf(sorted, 0.95),
    failedEpochs: epochs - sorted.length,
    bytesPerEpoch: (world.byteCount - bytes) / epochs,
    packetsPerEpoch: (world.packetCount - packets) / epochs,
  });
}

function claim(
  { payloadBytesMax }: HypothesisScenario,
  memory: SharedMemory,
  author: number,
  epoch: number,
  random: RandomStream,
): void {
  const value = 'x'.repeat(random.below(payloadBytesMax + 1));
  const edit = claimEdit(`h${epoch}`, { type: 'hypothesis', text: `hypothesis ${epoch}`, value });
  if (edit.ok) memory.agents[author]!.write([edit.value]);
}

function thinkAbout(
  { thinkMinMs, thinkMaxMs, supportShare }: HypothesisScenario,
  memory: SharedMemory,
  agent: number,
  target: string,
  random: RandomStream,
): void {
  const thinkMs = thinkMinMs + random.unit() * (thinkMaxMs - thinkMinMs);
  const stance = random.unit() < supportShare ? 'support' : 'dispute';
  memory.world.after(agent, thinkMs, () => {
    const edit = attestEdit({ target, stance, confidence: 0.9 });
    if (edit.ok) memory.agents[agent]!.write([edit.value]);
  });
}
