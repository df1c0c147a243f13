/**
 * One coalition on a {@link SmallWorld}: the asker's and the members' machines that ship, one desk each. How agents
 * work and how the asker judges is the scenario's.
 */
import type { MessageId } from '../../protocol/brand.ts';
import type { Ceiling } from '../../protocol/budget/amount.ts';
import type { Amount } from '../../protocol/budget/index.ts';
import {
  type AskerCandidate,
  type AskerEffect,
  type AskerInput,
  createAsker,
  createMember,
  type MemberEffect,
  type MemberInput,
  type UnsignedOutcome,
  type WorkItem,
} from '../../protocol/coalition/index.ts';
import { Desk } from './desk.ts';
import type { Letter, SmallWorld } from './small-world.ts';
import { taskId } from './task-id.ts';

export interface TeamInit {
  readonly world: SmallWorld;
  /** Numbers the coalition: several may run in one world. */
  readonly number: number;
  readonly asker: number;
  /** The candidate's agent, its claims and how it stands. */
  readonly candidates: readonly AskerCandidate[];
  readonly skills: readonly string[];
  readonly budget: Ceiling;
  readonly sizeMax: number;
  readonly leaseMs: number;
  readonly itemMs: number;
  readonly formingMs: number;
  readonly endsAfterMs: number;
  /** Coalitions around this one. @default 0 */
  readonly depth?: number;
  readonly behaviour: TeamBehaviour;
  readonly onEnd: (outcome: UnsignedOutcome) => void;
  /** Sees every effect of asker and members. */
  readonly watch?: (agent: number, effect: AskerEffect | MemberEffect) => void;
}

export interface TeamBehaviour {
  /** How an agent answers an invitation; `undefined` lets it lie. */
  considers(agent: number): 'accept' | 'refuse' | undefined;
  /**
   * What an agent makes of an item; `undefined` falls silent at it, `later` will {@link Team.finish} it. `attempt` is
   * 1 the first time.
   */
  works(agent: number, item: WorkItem, attempt: number): Work | 'later' | undefined;
  /** The asker's judgement of what was handed in. */
  judges(
    item: WorkItem,
    content: string,
  ): { readonly verdict: 'accept' | 'change'; readonly quality: number };
  readonly judgingMs: number;
}

export interface Work {
  readonly durationMs: number;
  readonly content: string;
  readonly spent: Amount;
  readonly isFailure?: boolean;
}

const askerTypes = new Set(['accept', 'decline', 'invite', 'award', 'progress', 'result', 'failure']);

/** Asks for a team at once; everything else follows from what arrives. */
export class Team {
  readonly coalition: MessageId;
  readonly items: readonly WorkItem[];
  outcome: UnsignedOutcome | undefined;

  readonly #init: TeamInit;
  readonly #endsAtMs: number;
  readonly #asker: Desk<AskerInput, AskerEffect>;
  readonly #members = new Map<number, Desk<MemberInput, MemberEffect>>();
  readonly #attempts = new Map<string, number>();
  /** An agent does one thing after another. */
  readonly #freeAtMs = new Map<number, number>();

  constructor(init: TeamInit) {
    this.#init = init;
    const { world, asker, skills } = init;
    this.#endsAtMs = world.nowMs + init.endsAfterMs;
    this.coalition = taskId(init.number, 0);
    this.items = skills.map((skill, i) => ({ task: taskId(init.number, i + 1), skill }));
    const { budget, sizeMax, leaseMs, itemMs, formingMs } = init;
    this.#asker = new Desk<AskerInput, AskerEffect>({
      world,
      agent: asker,
      thread: this.thread,
      make: (saved) =>
        createAsker({
          ...{ self: world.dids[asker]!, mesh: 'sim', coalition: this.coalition, goal: 'the job' },
          ...{ items: this.items, budget, sizeMax, leaseMs, itemMs, formingMs },
          endsAt: this.#endsAtMs,
          ...(init.depth === undefined ? {} : { depth: init.depth }),
          ...(saved === undefined ? {} : { saved }),
        }),
      watch: (effect) => init.watch?.(asker, effect),
      act: (effect) => this.#actAsker(effect),
    });
    this.#asker.give({ type: 'form-team', candidates: init.candidates });
  }

  hear(letter: Letter): void {
    const { world, asker } = this.#init;
    const desk = letter.to === asker && askerTypes.has(letter.type) ? this.#asker : this.#memberAt(letter.to);
    desk.give({
      type: `${letter.type}-received`,
      from: world.dids[letter.from]!,
      body: letter.body,
    } as never);
  }

  restart(agent: number): void {
    this.#freeAtMs.delete(agent);
    if (agent === this.#init.asker) this.#asker.restart();
    this.#members.get(agent)?.restart();
  }

  /** Names its conversation. */
  get thread(): string {
    return `job ${this.#init.number}`;
  }

  #memberAt(agent: number): Desk<MemberInput, MemberEffect> {
    const found = this.#members.get(agent);
    if (found !== undefined) return found;
    const { world, asker, watch } = this.#init;
    const desk = new Desk<MemberInput, MemberEffect>({
      world,
      agent,
      thread: this.thread,
      make: (saved) =>
        createMember({
          ...{ self: world.dids[agent]!, coalition: this.coalition, asker: world.dids[asker]! },
          ...(saved === undefined ? {} : { saved }),
        }),
      watch: (effect) => watch?.(agent, effect),
      act: (effect) => this.#actMember(agent, effect),
    });
    this.#members.set(agent, desk);
    return desk;
  }

  #actAsker(effect: AskerEffect): void {
    const { world, asker, behaviour, onEnd } = this.#init;
    if (effect.type === 'judge-item') {
      const { body } = effect;
      world.after(asker, behaviour.judgingMs, () => {
        const { verdict, quality } = behaviour.judges(this.#itemOf(body.task), String(body.content));
        this.#asker.give({ type: 'judge', task: body.task, fencing: body.fencing, verdict, quality });
      });
    }
    if (effect.type !== 'dissolve-team') return;
    for (const to of effect.to) world.send(asker, world.indexOf(to), 'dissolve', effect.body, this.thread);
    if (this.outcome !== undefined) return;
    this.outcome = effect.outcome;
    world.log.note(world.elapsedMs, 'dissolved', { job: this.#init.number, kind: effect.outcome.kind });
    onEnd(effect.outcome);
  }

  #actMember(agent: number, effect: MemberEffect): void {
    const { world, behaviour } = this.#init;
    const desk = this.#members.get(agent);
    if (effect.type === 'consider-invite') {
      const answer = behaviour.considers(agent);
      if (answer === 'accept') desk!.give({ type: 'accept-invite' });
      if (answer === 'refuse') desk!.give({ type: 'refuse-invite', reason: 'busy' });
    }
    if (effect.type !== 'start-item') return;
    world.log.note(world.elapsedMs, 'start-item', { agent, job: this.#init.number });
    this.#work(agent, effect.task);
  }

  #work(agent: number, task: MessageId): void {
    const { world, behaviour } = this.#init;
    const key = `${agent} ${task}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    const work = behaviour.works(agent, this.#itemOf(task), attempt);
    if (work === undefined || work === 'later') return;
    const doneAtMs = Math.max(world.nowMs, this.#freeAtMs.get(agent) ?? 0) + work.durationMs;
    this.#freeAtMs.set(agent, doneAtMs);
    world.after(agent, doneAtMs - world.nowMs, () => this.finish(agent, task, work));
  }

  /** Hand in what took its time: another team's work, for example. */
  finish(agent: number, task: MessageId, { content, spent, isFailure }: Omit<Work, 'durationMs'>): void {
    this.#members
      .get(agent)!
      .give(
        isFailure === true
          ? { type: 'fail-item', task, reason: 'stuck', spent }
          : { type: 'finish-item', task, content, spent, complete: true },
      );
  }

  /** When the team ends at the latest, Unix ms. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  #itemOf(task: MessageId): WorkItem {
    return this.items.find((item) => item.task === task)!;
  }
}
