/** One contract-net call on the small world: the machines that ship, at one asker and its bidders. */
import { nothing } from '../../../protocol/budget/amount.ts';
import {
  type Cfp,
  createInitiator,
  createParticipant,
  type InitiatorEffect,
  type InitiatorInput,
  type ParticipantEffect,
  type ParticipantInput,
} from '../../../protocol/contract-net/index.ts';
import { Desk, type Letter, sha256, taskId } from '../../small-world/index.ts';
import type { Crew } from './job-crew.ts';
import type { JobPart } from './job-plan.ts';

export interface ContractInit {
  readonly crew: Crew;
  readonly part: JobPart;
  readonly asker: number;
  /** 1 for the first call for this part. */
  readonly attempt: number;
  readonly bidders: readonly number[];
  /** How long bids are waited for, and how long an agent thinks about one. */
  readonly bidWindowMs: number;
  readonly bidThinkMs: number;
  readonly leaseMs: number;
  readonly onResult: () => void;
  /** Nobody took it, or those who did would not: the asker may call again. */
  readonly onFailure: () => void;
}

/** A bidder that meanwhile took so much else, in times of the part, turns an award down. Judgement. */
const busyShare = 0.5;

const keys = { hash: sha256 };
const endsAfterMs = 24 * 3_600_000;

export class Contract {
  readonly #init: ContractInit;
  readonly #asker: Desk<InitiatorInput, InitiatorEffect>;
  readonly #bidders = new Map<number, Desk<ParticipantInput, ParticipantEffect>>();
  readonly thread: string;
  /** How long each bidder would have waited when it bid. */
  readonly #waits = new Map<number, number>();

  constructor(init: ContractInit) {
    this.#init = init;
    const { crew, part, asker, bidders, bidWindowMs, leaseMs } = init;
    const { world } = crew;
    this.thread = `part-${part.number}-call-${init.attempt}`;
    const task = taskId(init.attempt, part.number);
    const cfp: Cfp = {
      ...{ task, content: 'x'.repeat(part.bytes), skills: [part.skill], criteria: { rule: 'time' } },
      ...{ ceiling: {}, minConfidence: 0, bidsMax: 64, deadlineAt: world.nowMs + bidWindowMs, leaseMs },
      endsAt: world.nowMs + endsAfterMs,
    };
    this.#asker = new Desk<InitiatorInput, InitiatorEffect>({
      ...{ world, agent: asker, thread: this.thread },
      make: () => createInitiator({ keys }, { self: world.dids[asker]!, cfp }),
      act: (effect) => this.#actAsker(effect),
    });
    for (const bidder of bidders)
      this.#bidders.set(
        bidder,
        new Desk<ParticipantInput, ParticipantEffect>({
          ...{ world, agent: bidder, thread: this.thread },
          make: () =>
            createParticipant({ keys }, { self: world.dids[bidder]!, initiator: world.dids[asker]!, task }),
          act: (effect) => this.#actBidder(bidder, effect),
        }),
      );
    this.#asker.give({ type: 'open-call' });
  }

  hear({ from, to, type, body }: Letter): void {
    const { asker, crew } = this.#init;
    const isAnswer = type !== 'cfp' && type !== 'award' && type !== 'cancel';
    const desk = to === asker && isAnswer ? this.#asker : this.#bidders.get(to);
    desk?.give({ type: `${type}-received`, from: crew.world.dids[from]!, body } as never);
  }

  #actAsker(effect: InitiatorEffect): void {
    const { asker, bidders, crew, onResult, onFailure } = this.#init;
    if (effect.type === 'send-cfp')
      for (const bidder of bidders) crew.world.send(asker, bidder, 'cfp', effect.body, this.thread);
    if (effect.type !== 'end-contract') return;
    if (effect.outcome.kind === 'result') onResult();
    else onFailure();
  }

  #actBidder(bidder: number, effect: ParticipantEffect): void {
    const { crew, part, bidThinkMs } = this.#init;
    const desk = this.#bidders.get(bidder)!;
    const durationMs = crew.durationOf(bidder, part);
    if (effect.type === 'consider-call') {
      crew.costMs += bidThinkMs;
      crew.world.after(bidder, bidThinkMs, () => {
        this.#waits.set(bidder, crew.waitOf(bidder));
        const cost = { ...nothing, timeMs: Math.round(crew.waitOf(bidder) + durationMs) };
        desk.give({ type: 'make-bid', offer: { cost, quality: 0.8, confidence: 0.9, skills: [part.skill] } });
      });
    }
    if (effect.type !== 'start-work') return;
    // What it promised when it was free it does not promise any more.
    if (crew.waitOf(bidder) > this.#waits.get(bidder)! + busyShare * durationMs)
      return desk.give({ type: 'decline-award', reason: 'busy' });
    crew.occupy(bidder, durationMs, () =>
      desk.give({ type: 'finish-work', content: 'x'.repeat(part.bytes), spent: nothing, complete: true }),
    );
  }
}
