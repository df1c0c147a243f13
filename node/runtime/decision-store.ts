/** The decisions that this node knows, with their ballots: what is open outlives the process, what is over is kept a while. */
import type { Did, MessageId, SpaceId } from '../../protocol/brand.ts';
import type { UndecidedLevel } from '../../protocol/consensus/index.ts';
import { type Ballot, ballotBucket } from '../../protocol/decisions/index.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { checkOpening, type OpenedDecision, type Opening } from './decision-opening.ts';
import type { PeerCore } from './peer-core.ts';

/** What became of a decision, as its agents and people see it. */
export interface DecisionOutcome {
  readonly decision: MessageId;
  readonly space: SpaceId;
  readonly question: string;
  readonly rule: string;
  /** The option, or `undecided`. */
  readonly outcome: string;
  readonly reason?: string;
  /** A file for `ampmesh certificate verify`. */
  readonly certificate: JsonObject;
  readonly level?: UndecidedLevel;
}

/** Ballots and outcome are changed by the store alone. */
export interface KnownDecision {
  readonly opened: OpenedDecision;
  /** The envelope that opened it, for witnesses. */
  readonly text: string;
  /** Those of one voter in the order they came: a second one is proof of a lie. */
  readonly ballots: Map<Did, readonly Ballot[]>;
  outcome: DecisionOutcome | undefined;
}

export interface DecisionStore {
  get(decision: string): KnownDecision | undefined;
  /** The oldest first. */
  list(): readonly KnownDecision[];
  /** With the ballots that are on disk already. */
  open(opened: OpenedDecision, text: string): KnownDecision;
  /** The place of the ballot among its voter's; `undefined` when it is known or proves nothing more. */
  keepBallot(known: KnownDecision, ballot: Ballot): number | undefined;
  conclude(known: KnownDecision, outcome: DecisionOutcome): void;
  /** After a restart: everything that was on disk. */
  restore(): readonly KnownDecision[];
}

interface SavedDecision {
  readonly opening: Opening;
  readonly text: string;
  readonly outcome?: DecisionOutcome | undefined;
}

export const decisionBucket = 'decisions';
/** Kept to answer who asks later. Judgement. */
const decisionsMax = 1_000;

export function createDecisionStore(core: PeerCore): DecisionStore {
  const decisions = new Map<string, KnownDecision>();

  function remember(
    opened: OpenedDecision,
    text: string,
    outcome: DecisionOutcome | undefined,
  ): KnownDecision {
    const known: KnownDecision = { opened, text, ballots: new Map(), outcome };
    decisions.set(opened.decision.id, known);
    for (const row of ballotRows(opened)) keepBallot(known, JSON.parse(row.value as string) as Ballot);
    forgetOld();
    return known;
  }

  function forgetOld(): void {
    if (decisions.size <= decisionsMax) return;
    for (const [id, { outcome, opened }] of decisions) {
      if (outcome === undefined) continue;
      decisions.delete(id);
      core.turn.persist(decisionBucket, id, null);
      for (const row of ballotRows(opened)) core.turn.persist(ballotBucket, row.key, null);
      return;
    }
  }

  function ballotRows({ hash }: OpenedDecision) {
    return core.store.scan(ballotBucket, `${hash}/`, `${hash}0`, 1_000);
  }

  function save({ opened, text, outcome }: KnownDecision): void {
    const saved: SavedDecision = { opening: opened.opening, text, outcome };
    core.turn.persist(decisionBucket, opened.decision.id, JSON.stringify(saved));
  }

  function keepBallot({ ballots }: KnownDecision, ballot: Ballot): number | undefined {
    const voter = ballot.voter as Did;
    const cast = ballots.get(voter) ?? [];
    if (cast.length > 1 || cast.some((one) => one.sig === ballot.sig)) return undefined;
    ballots.set(voter, [...cast, ballot]);
    return cast.length;
  }

  function restore(): readonly KnownDecision[] {
    const restored: KnownDecision[] = [];
    for (const row of core.store.scan(decisionBucket, '', '', Number.MAX_SAFE_INTEGER)) {
      const saved = JSON.parse(row.value as string) as SavedDecision;
      const opened = checkOpening(core, saved.opening, saved.opening.decision.asker as Did, () => true);
      if (opened.ok) restored.push(remember(opened.value, saved.text, saved.outcome));
    }
    return restored;
  }

  return {
    get: (decision) => decisions.get(decision),
    list: () => [...decisions.values()],
    open(opened, text) {
      const known = remember(opened, text, undefined);
      save(known);
      return known;
    },
    keepBallot,
    conclude(known, outcome) {
      known.outcome = outcome;
      save(known);
    },
    restore,
  };
}
