/**
 * Counting by the `byzantine` rule: every voter's node collects all ballots, and the roster agrees on one
 * {@link BallotCertificate}. Whatever one node claims, the value rests on signed ballots of all voters but f.
 */
import type { Did } from '../../protocol/brand.ts';
import type { AgreementFile, Evidence, UndecidedLevel } from '../../protocol/consensus/index.ts';
import {
  type BallotCertificate,
  closeDecision,
  hashDecision,
  type Outcome,
  verifyBallotCertificate,
} from '../../protocol/decisions/index.ts';
import type { ConsensusDesk } from './consensus-desk.ts';
import type { OpenedDecision } from './decision-opening.ts';
import type { KnownDecision } from './decision-store.ts';
import type { PeerCore } from './peer-core.ts';

export interface CountAgreementComponents {
  readonly core: PeerCore;
  readonly consensus: ConsensusDesk;
  readonly onAgreed: (known: KnownDecision, outcome: Outcome, file: AgreementFile) => void;
  readonly onUndecided: (known: KnownDecision, level: UndecidedLevel, file: AgreementFile) => void;
  readonly onLie: (known: KnownDecision, culprit: Did, evidence: Evidence, file: AgreementFile) => void;
}

export interface CountAgreementInit {
  /** How long a quorum of ballots waits for the others, ms. @default 1,000 */
  readonly ballotPatienceMs?: number | undefined;
}

export interface CountAgreement {
  begin(known: KnownDecision): void;
  /** A ballot came: agree once there are enough. */
  ballotKept(known: KnownDecision): void;
  /** The decision is over. */
  end(known: KnownDecision): void;
}

/** By this share of the time a member stops waiting for ballots and listens to what others propose. Judgement. */
const listenShare = 0.6;

export function createCountAgreement(
  components: CountAgreementComponents,
  init: CountAgreementInit,
): CountAgreement {
  const { core, consensus, onAgreed, onUndecided, onLie } = components;
  const ballotPatienceMs = init.ballotPatienceMs ?? 1_000;
  const agreeing = new WeakSet<KnownDecision>();

  function begin(known: KnownDecision): void {
    const { decision, opening } = known.opened;
    const listenAtMs = opening.openedAt + (decision.closesAt - opening.openedAt) * listenShare;
    setTimer(known, 'listen', Math.round(listenAtMs));
    if (consensus.hasLog(decision.id)) agree(known);
    else agreeWhenReady(known);
  }

  function agreeWhenReady(known: KnownDecision): void {
    const { roster, ballotsMin, decision } = known.opened;
    if (roster === undefined || agreeing.has(known) || known.outcome !== undefined) return;
    if (known.ballots.size >= decision.voters.length) return agree(known);
    if (known.ballots.size >= ballotsMin) setTimer(known, 'patience', core.clock.nowMs() + ballotPatienceMs);
  }

  function agree(known: KnownDecision): void {
    const { opened } = known;
    const { roster, decision, opening } = opened;
    const self = roster?.record.members.find((one) => one.node === core.self);
    if (roster === undefined || self === undefined || agreeing.has(known)) return;
    agreeing.add(known);
    consensus.open({
      roster,
      attachments: opening.attachments.filter((one) =>
        roster.record.members.some((member) => member.did === one.agent),
      ),
      self: self.did as Did,
      candidate: candidateOf(known),
      isValid: (value) => isValidCount(opened, value),
      openedAtMs: opening.openedAt,
      deadlineAtMs: decision.closesAt,
      onDecision: (agreed, file) =>
        onAgreed(known, (agreed.proposed.value as BallotCertificate).outcome, file),
      onUndecided: (level, file) => onUndecided(known, level, file),
      onEvidence: (culprit, evidence, file) => onLie(known, culprit, evidence, file),
      onFinish: () => core.countIgnored('consensus', 'finished'),
    });
  }

  function candidateOf({ opened, ballots }: KnownDecision): unknown {
    if (ballots.size < opened.ballotsMin) return undefined;
    return closeDecision(core.keys, { decision: opened.decision, ballots: [...ballots.values()].flat() });
  }

  /** Pure: a count of this very decision, of enough ballots, with good signatures and the right outcome. */
  function isValidCount(opened: OpenedDecision, value: unknown): boolean {
    const count = verifyBallotCertificate(core.keys, value);
    return (
      count.ok &&
      count.value.tieBreak === undefined &&
      hashDecision(core.keys, count.value.decision) === opened.hash &&
      count.value.ballots.length + count.value.equivocations.length >= opened.ballotsMin
    );
  }

  function setTimer(known: KnownDecision, kind: 'listen' | 'patience', dueAtMs: number): void {
    const timer = `${known.opened.decision.id}/${kind}`;
    core.timers.apply('decision', { type: 'set-timer', timer, dueAtMs }, () => {
      if (known.outcome === undefined) agree(known);
    });
  }

  return {
    begin,
    ballotKept: agreeWhenReady,
    end({ opened }) {
      for (const kind of ['patience', 'listen'])
        core.timers.apply(
          'decision',
          { type: 'cancel-timer', timer: `${opened.decision.id}/${kind}` },
          () => undefined,
        );
    },
  };
}
