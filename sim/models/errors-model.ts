/**
 * How mistakes grow on their way through a team. A job is a net of parts, each made from two earlier ones: a mistake
 * spoils whatever is built on it. Parts are claims in the shared memory; who reviews them is the team's form, and the
 * policy of the space decides whether a part stands, as it does in a node.
 * @see Kim et al. 2025, Towards a science of scaling agent systems (the team forms; their factors are not put in)
 */
import { attestEdit, claimEdit, type Policy } from '../../crdt/index.ts';
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
import { SharedMemory, SmallWorld } from '../small-world/index.ts';

const forms = ['single', 'independent', 'centralised', 'hybrid', 'mesh'] as const;
type Form = (typeof forms)[number];

interface ErrorsScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly form: Form;
  readonly verifies: boolean;
  readonly stages: number;
  readonly width: number;
  readonly slipShare: number;
  readonly catchShare: number;
  readonly falseAlarmShare: number;
  readonly workMs: number;
  readonly reviewMs: number;
}

/** A part that was sent back so often is taken as it is. Judgement: as in a coalition. */
const returnsMax = 3;
const patience = 50;

export const errorsModel: ScenarioModel = {
  name: 'errors',
  about: 'mistakes that spoil what is built on them, and teams whose members review each other or do not',
  keys: {
    agents: { ...required(integer(3, 60)), note: 'members; the first is the centre where there is one' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    form: {
      ...required({ type: 'text', oneOf: forms }),
      note: 'reviews by nobody (single, independent), by the centre, by it and a peer, or by two peers',
    },
    verifies: { ...required({ type: 'boolean' }), note: 'whether reviewers look, or pass everything on' },
    stages: { ...required(integer(1, 50)), note: 'parts in a row' },
    width: { ...required(integer(1, 50)), note: 'parts beside each other' },
    slipShare: { ...required(share), note: 'chance that an agent’s own work on a part is wrong' },
    catchShare: { ...required(share), note: 'chance that a reviewer sees that a part is wrong' },
    falseAlarmShare: { ...required(share), note: 'chance that it disputes a right one' },
    workMs: { ...required(number(1)), note: 'mean time for a part' },
    reviewMs: { ...required(number(0)), note: 'mean time to look at one; a tenth of it to pass it on' },
  },
  metrics: {
    wrongParts: 'parts that are wrong in the end, 0 to 1',
    wrongAtEnd: 'parts of the last stage that are wrong, 0 to 1',
    amplification: 'wrong parts of the last stage ÷ an agent’s own slips',
    makespanMs: 'virtual ms until the last part stood',
    worksPerPart: 'times a part was made, 1 at best',
    packetsPerPart: 'packets on the wire per part',
  },
  check: checkFaults,
  run: (settings, seed) => new ErrorsRun(settings as unknown as ErrorsScenario, seed).run(),
};

interface Part {
  readonly number: number;
  readonly maker: number;
  readonly reviewers: readonly number[];
  readonly inputs: readonly Part[];
  revision: number;
  isBegun: boolean;
  isWrong: boolean;
  isDone: boolean;
}

class ErrorsRun {
  readonly #scenario: ErrorsScenario;
  readonly #world: SmallWorld;
  readonly #memory: SharedMemory;
  readonly #random: RandomStream;
  readonly #parts: readonly Part[];
  /** An agent does one thing after another. */
  readonly #freeAtMs: number[];
  readonly #seen = new Set<string>();
  #workCount = 0;

  constructor(scenario: ErrorsScenario, seed: number) {
    this.#scenario = scenario;
    const { agents, form } = scenario;
    this.#world = new SmallWorld({
      seed,
      agentCount: agents,
      link: scenario.network,
      faults: toFaultRules(scenario.faults ?? [], agents, RandomStream.fromSeed(seed).split('faults')),
    });
    this.#random = this.#world.random.split('errors');
    this.#freeAtMs = Array.from({ length: agents }, () => this.#world.nowMs);
    this.#parts = this.#layOut();
    if (form === 'centralised' || form === 'hybrid') this.#world.log.name(0, 'centre');
    this.#memory = new SharedMemory(this.#world, {
      policy: policyOf(form),
      onChange: (agent) => this.#look(agent),
    });
  }

  run(): RunResult {
    const { stages, width, slipShare, workMs } = this.#scenario;
    const world = this.#world;
    for (let agent = 0; agent < this.#scenario.agents; agent++) this.#look(agent);
    world.run(patience * workMs * stages * width, () => this.#parts.every((part) => part.isDone));
    const wrong = (parts: readonly Part[]) => parts.filter((part) => part.isWrong).length / parts.length;
    const last = this.#parts.slice(-width);
    return world.finish({
      wrongParts: wrong(this.#parts),
      wrongAtEnd: wrong(last),
      amplification: slipShare === 0 ? 0 : wrong(last) / slipShare,
      makespanMs: world.elapsedMs,
      worksPerPart: this.#workCount / this.#parts.length,
      packetsPerPart: world.packetCount / this.#parts.length,
    });
  }

  /** Each part rests on two of the stage before, drawn by the seed; makers take turns. */
  #layOut(): readonly Part[] {
    const { stages, width, agents, form } = this.#scenario;
    const parts: Part[] = [];
    const first = form === 'centralised' || form === 'hybrid' ? 1 : 0;
    for (let stage = 0; stage < stages; stage++) {
      const before = parts.slice(-width);
      for (let i = 0; i < width; i++) {
        const number = parts.length;
        const maker = form === 'single' ? 0 : first + (number % (agents - first));
        const inputs = stage === 0 ? [] : [before[i]!, before[this.#random.below(width)]!];
        parts.push({
          ...{ number, maker, reviewers: this.#reviewersOf(maker), inputs: [...new Set(inputs)] },
          ...{ revision: 0, isBegun: false, isWrong: false, isDone: false },
        });
      }
    }
    return parts;
  }

  #reviewersOf(maker: number): readonly number[] {
    const { agents, form } = this.#scenario;
    const peers = this.#random.shuffle(
      Array.from({ length: agents }, (_, i) => i).filter((agent) => agent !== maker && agent !== 0),
    );
    switch (form) {
      case 'centralised':
        return [0];
      case 'hybrid':
        return [0, peers[0]!];
      case 'mesh':
        return peers.slice(0, 2);
      default:
        return [];
    }
  }

  /** What an agent finds to do in its view: parts to begin, to make again, to review. */
  #look(agent: number): void {
    for (const part of this.#parts) {
      if (part.maker === agent) this.#consider(part);
      if (part.reviewers.includes(agent)) this.#review(agent, part);
    }
  }

  #consider(part: Part): void {
    const isReady = part.inputs.every((input) => this.#stands(part.maker, input));
    if (!part.isBegun && isReady) this.#make(part);
    if (!part.isBegun || part.isDone) return;
    if (this.#stands(part.maker, part)) {
      part.isDone = true;
      this.#world.log.note(this.#world.elapsedMs, 'stands', { part: part.number, isWrong: part.isWrong });
      return;
    }
    const isDisputed = this.#statusOf(part.maker, part) === 'disputed';
    if (isDisputed && !this.#once(`again ${part.number} ${part.revision}`)) return;
    if (isDisputed) this.#make(part);
  }

  #stands(agent: number, part: Part): boolean {
    const status = this.#statusOf(agent, part);
    if (status === undefined) return false;
    return part.reviewers.length === 0 || status === 'fact' || part.revision > returnsMax;
  }

  #statusOf(agent: number, part: Part): string | undefined {
    return this.#memory.agents[agent]!.graph.view.nodes.get(this.#idOf(part))?.status;
  }

  #idOf({ maker, number, revision }: Part): string {
    return `${this.#world.dids[maker]}/p${number}-${revision}`;
  }

  #make(part: Part): void {
    part.isBegun = true;
    this.#inTurn(part.maker, this.#random.exponential(this.#scenario.workMs), () => {
      this.#workCount++;
      part.revision++;
      const isSlip = this.#random.unit() < this.#scenario.slipShare;
      part.isWrong = isSlip || part.inputs.some((input) => input.isWrong);
      this.#world.log.note(this.#world.elapsedMs, 'made', {
        part: part.number,
        by: part.maker,
        isWrong: part.isWrong,
      });
      this.#write(
        part.maker,
        claimEdit(`p${part.number}-${part.revision}`, { type: 'solution', text: `part ${part.number}` }),
      );
    });
  }

  #review(agent: number, part: Part): void {
    if (part.revision === 0 || part.revision > returnsMax || this.#statusOf(agent, part) === undefined)
      return;
    const target = this.#idOf(part);
    if (!this.#once(`review ${agent} ${target}`)) return;
    const { verifies, reviewMs, catchShare, falseAlarmShare } = this.#scenario;
    this.#inTurn(agent, this.#random.exponential(verifies ? reviewMs : reviewMs / 10), () => {
      const isDisputed = verifies && this.#random.unit() < (part.isWrong ? catchShare : falseAlarmShare);
      this.#write(agent, attestEdit({ target, stance: isDisputed ? 'dispute' : 'support', confidence: 0.9 }));
    });
  }

  #inTurn(agent: number, durationMs: number, action: () => void): void {
    const world = this.#world;
    this.#freeAtMs[agent] = Math.max(world.nowMs, this.#freeAtMs[agent]!) + durationMs;
    world.after(agent, this.#freeAtMs[agent]! - world.nowMs, action);
  }

  #once(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #write(agent: number, edit: ReturnType<typeof claimEdit>): void {
    if (edit.ok) this.#memory.agents[agent]!.write([edit.value]);
  }
}

/** One dispute is enough to send a part back; to stand it needs all its reviewers. */
function policyOf(form: Form): Policy {
  const min = form === 'centralised' ? 1 : 2;
  return { quorum: { by: 'count', min }, disputeShare: 0.01, certificate: 'ignored' };
}
