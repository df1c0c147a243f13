/**
 * Decisions among whole real nodes, spread over worker processes of this machine: the node that ships agrees by
 * Byzantine agreement, on connections that take as long as the links of the simulated run with the same seed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AmpError } from '../../protocol/errors.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import { RandomStream } from '../clock/random.ts';
import {
  askerOf,
  checkDecisionPlan,
  countDecisions,
  crashingMember,
  type DecisionPlan,
  decisionLimitMs,
  type HeardDecision,
  newsLimitMs,
  type Situation,
  situations,
  warmUpCount,
} from './decision-plan.ts';
import type { DecisionReport, DecisionWorker, MemberSeat } from './decision-worker.ts';
import { monotonicMs } from './link-delay.ts';
import { type LiveLateness, readLateness } from './live-lateness.ts';
import { startWorker, type Worker } from './worker-calls.ts';

export interface LiveDecisionsInit {
  /** Worker processes. Default 2. */
  readonly workerCount?: number;
  readonly progress?: (words: string) => void;
  readonly signal?: AbortSignal;
}

export interface LiveDecisions {
  readonly heard: readonly HeardDecision[];
  readonly lateness: LiveLateness;
  /** Of all workers, from their start to the report. */
  readonly processorMs: number;
}

type Fleet = readonly Worker<DecisionWorker>[];

interface Asked {
  readonly decision: string;
  readonly situation: Situation;
  readonly atMs: number;
}

/** Judgement: whole nodes on a busy machine know each other by then, or never will. */
const assembleLimitMs = 60_000;
const lookMs = 50;
/** After a silence or a crash begins, until the first question. */
const settleMs = 1_000;

/** @throws AmpError AMP-1903 for a plan that real nodes cannot follow, AMP-1906 when a worker fails. */
export async function runLiveDecisions(
  plan: DecisionPlan,
  init: LiveDecisionsInit = {},
): Promise<LiveDecisions> {
  checkDecisionPlan(plan);
  const folder = await mkdtemp(join(tmpdir(), 'ampmesh-live-'));
  const fleet: Fleet = Array.from({ length: init.workerCount ?? 2 }, () =>
    startWorker<DecisionWorker>('decisions'),
  );
  const stop = () => void stopFleet(fleet);
  init.signal?.addEventListener('abort', stop);
  try {
    const run = new Run(fleet, plan, init);
    await run.assemble(folder);
    await run.askAll();
    return run.summarise(await Promise.all(fleet.map((worker) => worker.call('report', undefined))));
  } finally {
    init.signal?.removeEventListener('abort', stop);
    await stopFleet(fleet);
    await rm(folder, { recursive: true, force: true });
  }
}

async function stopFleet(fleet: Fleet): Promise<void> {
  await Promise.all(fleet.map((worker) => worker.stop()));
}

class Run {
  readonly #fleet: Fleet;
  readonly #plan: DecisionPlan;
  readonly #init: LiveDecisionsInit;
  readonly #random: RandomStream;
  readonly #space: string;
  readonly #asked: Asked[] = [];
  #seats: readonly MemberSeat[] = [];
  /** Outcomes that will have been heard when every decision so far is over for every member that runs. */
  #outcomesDue = 0;
  #runningCount: number;

  constructor(fleet: Fleet, plan: DecisionPlan, init: LiveDecisionsInit) {
    this.#fleet = fleet;
    this.#plan = plan;
    this.#init = init;
    this.#random = RandomStream.fromSeed(plan.seed).split('live', 'decisions');
    this.#space = this.#createId();
    this.#runningCount = plan.memberCount;
  }

  /** Start all, connect all to all, make them members of one space, and let them decide once or twice. */
  async assemble(folder: string): Promise<void> {
    const { memberCount } = this.#plan;
    this.#init.progress?.(`starting ${memberCount} whole nodes`);
    const all = Array.from({ length: memberCount }, (_, index) => index);
    const seats = await Promise.all(
      this.#fleet.map((worker, at) => {
        const indices = all.filter((index) => index % this.#fleet.length === at);
        return worker.call('start', { plan: this.#plan, indices, folder });
      }),
    );
    this.#seats = seats.flat().sort((a, b) => a.index - b.index);
    await this.#until('came to know each other', () => this.#allSay('connect', { seats: this.#seats }));
    const gathering = { owner: 0, space: this.#space, seats: this.#seats };
    await this.#home(0).call('gather', gathering);
    await this.#until('gathered in one space', () => this.#allSay('isGathered', { space: this.#space }));
    for (let i = 0; i < warmUpCount; i++) await this.#ask(i, undefined);
  }

  async askAll(): Promise<void> {
    for (const situation of situations) {
      await this.#enter(situation);
      const count = countDecisions(this.#plan, situation);
      for (let i = 0; i < count; i++) {
        await this.#sleepUntil(monotonicMs() + this.#plan.pauseMs);
        this.#init.progress?.(
          `decision ${i + 1} of ${count} among ${this.#plan.memberCount} nodes, ${situation}`,
        );
        await this.#ask(i, situation);
      }
    }
  }

  summarise(reports: readonly DecisionReport[]): LiveDecisions {
    const asked = new Map(this.#asked.map((one) => [one.decision, one]));
    const crashed = this.#seats[crashingMember(this.#plan)]!.node;
    const heard = reports
      .flatMap(({ outcomes }) => outcomes)
      .flatMap(({ decision, member, atMs, rounds, firstProposer }): HeardDecision[] => {
        const question = asked.get(decision);
        if (question === undefined) return [];
        const { situation } = question;
        const isProposerDown = situation === 'one crashed' && firstProposer === crashed;
        return [{ situation, decision, member, tookMs: atMs - question.atMs, rounds, isProposerDown }];
      });
    return {
      heard,
      lateness: readLateness(reports.map(({ lateness }) => lateness)),
      processorMs: reports.reduce((sum, { processorMs }) => sum + processorMs, 0),
    };
  }

  async #enter(situation: Situation): Promise<void> {
    const isOn = situation === 'first proposer silent';
    await Promise.all(this.#fleet.map((worker) => worker.call('silence', { isOn })));
    if (situation === 'one crashed') {
      const index = crashingMember(this.#plan);
      await this.#home(index).call('crash', { index });
      this.#runningCount--;
    }
    await this.#sleepUntil(monotonicMs() + settleMs);
  }

  /** Without a situation it is not counted. */
  async #ask(number: number, situation: Situation | undefined): Promise<void> {
    const decision = this.#createId();
    const index = askerOf(this.#plan, number);
    const question = { index, space: this.#space, decision };
    const atMs = await this.#home(index).call('decide', question);
    if (situation !== undefined) this.#asked.push({ decision, situation, atMs });
    this.#outcomesDue += this.#runningCount;
    await this.#untilAllHeard();
  }

  #createId(): string {
    return createMessageId(Date.now(), { bytes: (count) => this.#random.bytes(count) });
  }

  #home(index: number): Worker<DecisionWorker> {
    return this.#fleet[index % this.#fleet.length]!;
  }

  async #allSay<Name extends 'connect' | 'isGathered'>(
    method: Name,
    argument: Parameters<DecisionWorker[Name]>[0],
  ): Promise<boolean> {
    const answers = await Promise.all(this.#fleet.map((worker) => worker.call(method, argument)));
    return answers.every(Boolean);
  }

  /** Who never hears of a decision is missing in the sample. */
  async #untilAllHeard(): Promise<void> {
    const endMs = monotonicMs() + decisionLimitMs + newsLimitMs;
    for (;;) {
      const counts = await Promise.all(this.#fleet.map((worker) => worker.call('heardCount', undefined)));
      const heardCount = counts.reduce((sum, count) => sum + count, 0);
      if (heardCount >= this.#outcomesDue) return;
      if (monotonicMs() > endMs) {
        this.#outcomesDue = heardCount;
        return;
      }
      await this.#sleepUntil(monotonicMs() + lookMs);
    }
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const endMs = monotonicMs() + assembleLimitMs;
    while (!(await isSo())) {
      if (monotonicMs() > endMs)
        throw new AmpError('AMP-1906', `After ${assembleLimitMs / 1000} s the nodes have not ${what}.`);
      await this.#sleepUntil(monotonicMs() + lookMs);
    }
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    this.#init.signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - monotonicMs())));
  }
}
