/**
 * A question with one right answer, settled by debate (the machine that ships) or by one ballot. Agents answer with
 * some competence; errors may be shared. Then they criticise and revise: who stands by a wrong proposal and hears
 * better arguments may come over, and so may, less often, who stands by the right one. How open agents are is put in;
 * what debate makes of it is not.
 * @see Du et al. 2023 (debate); Ladha 1992 (shared errors); Estornell and Liu 2024 (debate can amplify a majority’s error)
 */
import {
  type Ballot,
  type Contribution,
  createDebateMachine,
  type DebateEffect,
  type DebateInput,
  type DebateMachine,
  type DecisionRecord,
  tally,
} from '../../protocol/decisions/index.ts';
import type { Verified } from '../../protocol/signing.ts';
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
import { integer, number, optional, required, share } from '../scenario/shape.ts';
import { Desk, type Letter, SmallWorld } from '../small-world/index.ts';

interface DebateScenario {
  readonly agents: number;
  readonly network: LinkSettings;
  readonly faults?: readonly FaultEntry[];
  readonly questions: number;
  readonly competence: number;
  readonly correlation: number;
  readonly rounds: number;
  readonly opensToRight: number;
  readonly opensToWrong: number;
  readonly liarShare?: number;
  readonly thinkMs: number;
}

/** Wrong answers differ, as those of a free-text question do. */
const answers = ['right', 'wrong-1', 'wrong-2', 'wrong-3'] as const;
/** A phase waits so many thinkings for all. Judgement. */
const phaseInThinkings = 6;

export const debateModel: ScenarioModel = {
  name: 'debate',
  about: 'questions settled by debate in rounds (protocol/decisions) or by one ballot, under shared errors',
  keys: {
    agents: { ...required(integer(2, 100)), note: 'debaters' },
    network: { ...networkField, isRequired: true },
    faults: faultsField,
    questions: required(integer(1, 10_000)),
    competence: { ...required(share), note: 'chance that an agent’s first answer is right' },
    correlation: { ...required(share), note: 'chance that an agent answers as the common source does' },
    rounds: { ...required(integer(0, 10)), note: '0 is one weighted ballot without debate' },
    opensToRight: {
      ...required(share),
      note: 'chance, a round, that a right argument wins over who is wrong',
    },
    opensToWrong: {
      ...required(share),
      note: 'chance, a round, that a wrong one with more support wins over another',
    },
    liarShare: { ...optional(share), note: 'agents that propose a wrong answer and stay with it' },
    thinkMs: { ...required(number(1)), note: 'mean thinking time for a contribution' },
  },
  metrics: {
    right: 'questions settled rightly, 0 to 1',
    wrong: 'questions settled wrongly, 0 to 1',
    undecided: 'questions that neither debate nor ballot settled, 0 to 1',
    converged: 'questions that needed no ballot after the debate, 0 to 1',
    firstRight: 'first answers that were right, 0 to 1',
    settledMs: 'mean virtual ms until a question was settled',
    lettersPerQuestion: 'letters per question',
  },
  check: checkFaults,
  run: (settings, seed) => new DebateRun(settings as unknown as DebateScenario, seed).run(),
};

/** Agent 0 moderates and does not debate. */
class DebateRun {
  readonly #scenario: DebateScenario;
  readonly #world: SmallWorld;
  readonly #random: RandomStream;
  readonly #liars: ReadonlySet<number>;
  readonly #debaters: readonly number[];
  #desk: Desk<DebateInput, DebateEffect> | undefined;
  #answers: number[] = [];
  #question = 0;
  #outcome: { readonly answer: number | undefined; readonly isConverged: boolean } | undefined;

  constructor(scenario: DebateScenario, seed: number) {
    this.#scenario = scenario;
    const agentCount = scenario.agents + 1;
    this.#world = new SmallWorld({
      seed,
      agentCount,
      link: scenario.network,
      faults: toFaultRules(scenario.faults ?? [], agentCount, RandomStream.fromSeed(seed).split('faults')),
    });
    this.#random = this.#world.random.split('debate');
    this.#debaters = Array.from({ length: scenario.agents }, (_, i) => i + 1);
    const order = this.#random.shuffle([...this.#debaters]);
    this.#liars = new Set(order.slice(0, Math.round(scenario.agents * (scenario.liarShare ?? 0))));
    this.#world.log.name(0, 'moderator');
    for (const liar of this.#liars) this.#world.log.name(liar, 'liar');
    this.#world.settle(0, { hear: (letter) => this.#moderate(letter) });
    for (const agent of this.#debaters)
      this.#world.settle(agent, {
        hear: ({ type, body }) => type === 'ask' && this.#answer(agent, body as Asked),
      });
  }

  run(): RunResult {
    const { questions, agents } = this.#scenario;
    const counts = { right: 0, wrong: 0, undecided: 0, converged: 0, first: 0, ms: 0 };
    for (this.#question = 0; this.#question < questions; this.#question++) {
      const startMs = this.#world.elapsedMs;
      this.#answers = this.#drawAnswers();
      counts.first += this.#debaters.filter((agent) => this.#answers[agent] === 0).length / agents;
      const { answer, isConverged } = this.#settle();
      counts.ms += this.#world.elapsedMs - startMs;
      if (isConverged) counts.converged++;
      if (answer === undefined) counts.undecided++;
      else if (answer === 0) counts.right++;
      else counts.wrong++;
      this.#world.log.note(this.#world.elapsedMs, 'settled', {
        question: this.#question,
        isConverged,
        answer: answer ?? -1,
      });
    }
    return this.#world.finish({
      right: counts.right / questions,
      wrong: counts.wrong / questions,
      undecided: counts.undecided / questions,
      converged: counts.converged / questions,
      firstRight: counts.first / questions,
      settledMs: counts.ms / questions,
      lettersPerQuestion: this.#world.letterCount / questions,
    });
  }

  #settle(): { readonly answer: number | undefined; readonly isConverged: boolean } {
    const { rounds, thinkMs } = this.#scenario;
    this.#outcome = undefined;
    const world = this.#world;
    const thread = `question-${this.#question}`;
    this.#desk = new Desk<DebateInput, DebateEffect>({
      world,
      agent: 0,
      thread,
      make: (): DebateMachine =>
        createDebateMachine({
          debate: thread,
          participants: this.#debaters.map((agent) => ({ did: world.dids[agent]!, weight: 1 })),
          roundCount: Math.max(1, rounds),
          phaseMs: phaseInThinkings * thinkMs,
          convergence: { numerator: 2, denominator: 3 },
        }),
      act: (effect) => this.#act(effect, thread),
    });
    this.#desk.give({ type: 'start' });
    world.run((2 * rounds + 3) * phaseInThinkings * thinkMs, () => this.#outcome !== undefined);
    return this.#outcome ?? { answer: undefined, isConverged: false };
  }

  #act(effect: DebateEffect, thread: string): void {
    // A ballot may have ended the debate before its last phase: that one's timer is nobody's any more.
    if (thread !== `question-${this.#question}` || this.#outcome !== undefined) return;
    switch (effect.type) {
      case 'ask-participants': {
        const { phase, round, contributions } = effect;
        // Without debate the first answers go to the ballot at once.
        if (this.#scenario.rounds === 0 && phase !== 'propose') return this.#vote(false);
        for (const agent of this.#debaters)
          this.#world.send(0, agent, 'ask', { phase, round, contributions } satisfies Asked, thread);
        return;
      }
      case 'report-converged':
        this.#outcome = { answer: answerOf(effect.proposal), isConverged: true };
        return;
      case 'open-ballot':
        return this.#vote(false);
      case 'report-empty':
        this.#outcome = { answer: undefined, isConverged: false };
    }
  }

  /** Each votes for what it now holds; the tally that ships counts. */
  #vote(isConverged: boolean): void {
    const decision = {
      options: [...answers],
      rule: { method: 'weighted' },
      voters: this.#debaters.map((agent) => ({ did: this.#world.dids[agent]!, weight: 1 })),
    } as unknown as DecisionRecord;
    const ballots = this.#debaters.map(
      (agent) =>
        ({ voter: this.#world.dids[agent]!, choice: [answers[this.#answers[agent]!]!] }) as unknown as Ballot,
    );
    const result = tally(decision, ballots);
    const isDecided = result.type === 'decided';
    this.#outcome = { answer: isDecided ? answers.indexOf(result.option as never) : undefined, isConverged };
  }

  #moderate({ from, type, body }: Letter): void {
    if (type !== 'contribution') return;
    const contribution = { ...(body as object), author: this.#world.dids[from]! } as Verified<Contribution>;
    if (contribution.text.startsWith(`${this.#question} `))
      this.#desk!.give({ type: 'contribution-received', contribution });
  }

  /** A debater proposes its answer, criticises the most supported other one, and revises by what it heard. */
  #answer(agent: number, { phase, round, contributions }: Asked): void {
    const world = this.#world;
    const question = this.#question;
    const thread = `question-${question}`;
    world.after(agent, this.#random.exponential(this.#scenario.thinkMs), () => {
      if (question !== this.#question) return;
      const proposals = contributions.filter((one) => one.phase === 'propose');
      if (phase === 'revise') this.#revise(agent, contributions);
      const own = this.#answers[agent]!;
      const text = `${question} ${own}`;
      // It stands behind whoever proposed its answer first.
      const behind = proposals.find((one) => answerOf(one) === own)?.author;
      const other = proposals.find((one) => answerOf(one) !== own)?.author ?? behind;
      const of = phase === 'critique' ? other : phase === 'revise' ? behind : undefined;
      if (phase !== 'propose' && of === undefined) return;
      world.send(
        agent,
        0,
        'contribution',
        { phase, round, text, ...(of === undefined ? {} : { of }) },
        thread,
      );
    });
  }

  #revise(agent: number, contributions: readonly Contribution[]): void {
    if (this.#liars.has(agent)) return;
    const { opensToRight, opensToWrong } = this.#scenario;
    const support = answers.map(() => 0);
    const newest = new Map(
      contributions.filter((one) => one.phase !== 'critique').map((one) => [one.author, one]),
    );
    for (const one of newest.values()) support[answerOf(one)]!++;
    const own = this.#answers[agent]!;
    if (own !== 0 && support[0]! > 0 && this.#random.unit() < opensToRight) {
      this.#answers[agent] = 0;
      return;
    }
    const most = support.indexOf(Math.max(...support));
    if (most !== own && support[most]! > support[own]! && this.#random.unit() < opensToWrong)
      this.#answers[agent] = most;
  }

  #drawAnswers(): number[] {
    const { competence, correlation, agents } = this.#scenario;
    const draw = () => (this.#random.unit() < competence ? 0 : 1 + this.#random.below(answers.length - 1));
    const common = draw();
    return Array.from({ length: agents + 1 }, (_, agent) => {
      const own = this.#random.unit() < correlation ? common : draw();
      return this.#liars.has(agent) ? 1 : own;
    });
  }
}

interface Asked {
  readonly phase: Contribution['phase'];
  readonly round: number;
  readonly contributions: readonly Contribution[];
}

function answerOf({ text }: Contribution): number {
  return Number(text.split(' ')[1]);
}
