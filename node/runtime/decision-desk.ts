/**
 * Decisions of a space: opens them, signs the ballots of this node's agents, counts or agrees on the count, and
 * tells the agents the outcome with a certificate that verifies offline.
 *
 * By a simple rule the asker's node counts. By `byzantine` every voter's node collects all ballots, and the roster
 * agrees on one {@link BallotCertificate}: whatever one node claims, the value rests on signed ballots of all
 * voters but f, so liars decide nothing on which the honest voters agree.
 */
import type { Did, MessageId, NodeId, SpaceId } from '../../protocol/brand.ts';
import type { AgreementFile, Evidence } from '../../protocol/consensus/index.ts';
import { closeDecision, gatherEscalation, type Outcome } from '../../protocol/decisions/index.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft, EdgeMessageOf, Envelope } from '../../protocol/messages.ts';
import type { Attachment } from '../../protocol/records.ts';
import { sendDecisionEvent } from './answer-agent.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { createBallotBox } from './ballot-box.ts';
import type { ConsensusDesk } from './consensus-desk.ts';
import { type CountAgreementInit, createCountAgreement } from './count-agreement.ts';
import {
  checkOpening,
  type DecideMessage,
  type OpenedDecision,
  type OpeningFacts,
  writeOpening,
} from './decision-opening.ts';
import { createDecisionStore, type DecisionOutcome, type KnownDecision } from './decision-store.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import { createSimpleTally } from './simple-tally.ts';
import type { SpaceDesk } from './space-desk.ts';

export interface DecisionDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly spaces: SpaceDesk;
  readonly consensus: ConsensusDesk;
  readonly approvals: ApprovalDesk;
  readonly locate: (agent: Did) => Attachment | undefined;
  readonly attached: () => readonly Attachment[];
  /** Say something as a local agent; the node signs. */
  readonly post: (agent: LocalAgent, draft: Draft) => void;
  /** Check an envelope that came past the usual ways. */
  readonly openEnvelope: (object: JsonObject, attachments: readonly Attachment[]) => Envelope | undefined;
}

export interface DecisionDeskInit extends CountAgreementInit {
  /** Who answers for a node; a node for itself unless told. */
  readonly ownerOf?: ((node: NodeId) => Did) | undefined;
}

export interface DecisionDesk {
  /** An agent asks its node to open a decision. */
  decide(agent: LocalAgent, asked: DecideMessage): Checked<string>;
  /** An agent answers; the node signs its ballot. */
  vote(agent: LocalAgent, vote: EdgeMessageOf<'vote'>): Checked<string>;
  /** An entry of a space: openings and outcomes are among them. */
  onEntry(envelope: Envelope): void;
  takeDirect(from: NodeId, body: JsonObject): void;
  /** Newest first. */
  list(): readonly (DecisionOutcome | { readonly decision: string; readonly outcome: 'open' })[];
  find(decision: string): DecisionOutcome | undefined;
  start(): void;
}

const resendMs = 1_000;
/** Longer than an entry of a space is on its way. */
const reopenMs = 24 * 3_600_000;

export function createDecisionDesk(
  components: DecisionDeskComponents,
  init: DecisionDeskInit = {},
): DecisionDesk {
  const { core, local, spaces, consensus, approvals, locate } = components;
  const store = createDecisionStore(core);
  const tally = createSimpleTally({
    ...{ core, local, nodeOf, send },
    onCounted: (known, certificate) =>
      conclude(known, outcomeOf(known, certificate.outcome, certificate as unknown as JsonObject)),
  });
  const agreement = createCountAgreement(
    {
      ...{ core, consensus, onLie },
      onAgreed: (known, outcome, file) =>
        conclude(known, outcomeOf(known, outcome, file as unknown as JsonObject)),
      onUndecided(known, level, file) {
        const outcome = { type: 'undecided', reason: 'no-agreement' } as const;
        conclude(known, { ...outcomeOf(known, outcome, file as unknown as JsonObject), level });
      },
    },
    init,
  );
  const ballots = createBallotBox({ core, local, store, tally, agreement, nodeOf, send });

  // Opening.

  function decide(agent: LocalAgent, asked: DecideMessage): Checked<string> {
    const space = asked.space as SpaceId;
    const members = spaces.machine.members(space);
    if (members === undefined) return refuse('AMP-1402', `Space ${space} is not known here.`, 'space');
    if (!spaces.machine.isMember(space, agent.did))
      return refuse('AMP-1401', 'Only members decide in a space.', 'space');
    if (store.get(asked.decision) !== undefined) return accept(asked.decision);
    const facts: OpeningFacts = {
      members,
      asker: agent,
      locate,
      attached: components.attached(),
      isUp: (node) => core.transport.peers().includes(node),
      ownerOf: init.ownerOf ?? ((node) => node),
    };
    const opening = writeOpening(core, asked, facts);
    if (!opening.ok) return opening;
    const { question, options, rule, deadlineAt } = asked;
    components.post(agent, {
      type: 'ballot',
      space,
      decision: asked.decision,
      question,
      options,
      rule,
      deadlineAt,
      record: opening.value as unknown as Record<string, unknown>,
    } as Draft);
    return accept(asked.decision);
  }

  function onEntry(envelope: Envelope): void {
    if (envelope.type === 'ballot' && envelope.record !== undefined) takeOpening(envelope);
    const known = envelope.type === 'decided' ? store.get(envelope.decision) : undefined;
    if (envelope.type === 'decided' && known !== undefined) tally.takeDecided(known, envelope);
  }

  function takeOpening(envelope: Extract<Envelope, { type: 'ballot' }>, isWitness = false): void {
    if (store.get(envelope.decision) !== undefined) return;
    const space = envelope.space as SpaceId;
    const isMember = (did: Did) => isWitness || spaces.machine.isMember(space, did);
    const opened = checkOpening(core, envelope.record, envelope.from as Did, isMember);
    if (!opened.ok) return core.countIgnored('decision', opened.refusal.code);
    const { decision } = opened.value;
    if (decision.id !== envelope.decision || decision.space !== envelope.space)
      return core.countIgnored('decision', 'other-decision');
    // An old opening that comes again must not open what was closed and forgotten.
    if (decision.closesAt + reopenMs < core.clock.nowMs()) return core.countIgnored('decision', 'over');
    const known = store.open(opened.value, JSON.stringify(envelope));
    core.note({
      kind: 'decision-opened',
      decision: decision.id,
      space: decision.space,
      question: decision.question.slice(0, 160),
      rule: opened.value.opening.rule,
      voters: decision.voters.length,
      label: opened.value.roster?.record.label,
    });
    // Its own ballot question does not come back to the asker, who may vote too.
    const asker = local.get(decision.asker as Did);
    if (asker !== undefined)
      sendDecisionEvent(asker, { kind: 'asked', decision: decision.id, ballot: envelope });
    begin(known);
    ballots.opened(known);
  }

  function begin(known: KnownDecision): void {
    const { opened } = known;
    if (opened.roster === undefined) {
      if (isAskerHere(opened)) tally.begin(known);
      return resendLater(known);
    }
    resendLater(known);
    if (isAskerHere(opened)) inviteWitnesses(known);
    agreement.begin(known);
  }

  function resendLater(known: KnownDecision): void {
    const dueAtMs = core.clock.nowMs() + resendMs;
    const timer = resendTimer(known);
    core.timers.apply('decision', { type: 'set-timer', timer, dueAtMs }, () => resend(known));
  }

  function resend(known: KnownDecision): void {
    if (known.outcome !== undefined) return;
    ballots.resend(known);
    if (isAskerHere(known.opened)) inviteWitnesses(known);
    if (core.clock.nowMs() < known.opened.decision.closesAt) resendLater(known);
  }

  /** Witnesses are no members of the space: they get the opening directly, until the decision is over. */
  function inviteWitnesses(known: KnownDecision): void {
    const { roster, opening } = known.opened;
    const witnesses = roster?.record.members.filter((one) => one.witness && one.node !== core.self) ?? [];
    if (witnesses.length === 0) return;
    const asker = locate(known.opened.decision.asker as Did);
    const attachments = [...opening.attachments, ...(asker === undefined ? [] : [asker])];
    const body = { kind: 'opening', envelope: JSON.parse(known.text) as JsonObject, attachments };
    for (const { node } of witnesses) send(node as NodeId, body as unknown as JsonObject);
  }

  // Voting.

  function vote(agent: LocalAgent, asked: EdgeMessageOf<'vote'>): Checked<string> {
    const known = store.get(asked.decision);
    if (known === undefined) return refuse('AMP-1858', 'This decision is not known here.', 'decision');
    return tally.isTied(known) ? tally.breakTie(known, agent, asked) : ballots.cast(known, agent, asked);
  }

  function takeDirect(from: NodeId, body: JsonObject): void {
    if (body.kind === 'opening') return takeWitnessOpening(body);
    const known = store.get(String(body.decision));
    if (known === undefined) return ballots.takeEarly(body);
    if (known.outcome !== undefined) return core.countIgnored('decision', 'over');
    switch (body.kind) {
      case 'ballot':
        return ballots.take(known, body);
      case 'tie':
        return tally.takeTie(known, from, body);
      case 'tie-break':
        return tally.takeTieBreak(known, body);
      default:
        return core.countIgnored('decision', 'unknown-kind');
    }
  }

  function takeWitnessOpening(body: JsonObject): void {
    const envelope = components.openEnvelope(
      body.envelope as JsonObject,
      (body.attachments ?? []) as unknown as readonly Attachment[],
    );
    if (envelope?.type !== 'ballot') return core.countIgnored('decision', 'bad-opening');
    takeOpening(envelope, true);
  }

  // Outcome.

  function outcomeOf({ opened }: KnownDecision, outcome: Outcome, certificate: JsonObject): DecisionOutcome {
    const { decision, opening } = opened;
    const reason = outcome.type === 'decided' ? undefined : outcome.type === 'tied' ? 'tied' : outcome.reason;
    return {
      decision: decision.id as MessageId,
      space: decision.space as SpaceId,
      question: decision.question,
      rule: opening.rule,
      outcome: outcome.type === 'decided' ? outcome.option : 'undecided',
      ...(reason === undefined ? {} : { reason }),
      certificate,
    };
  }

  /** A decision may follow on `undecided`, never the other way. */
  function conclude(known: KnownDecision, outcome: DecisionOutcome): void {
    if (known.outcome !== undefined && known.outcome.level === undefined) return;
    store.conclude(known, outcome);
    agreement.end(known);
    const timer = resendTimer(known);
    core.timers.apply('decision', { type: 'cancel-timer', timer }, () => undefined);
    const { certificate: _, ...facts } = outcome;
    core.note({ kind: 'decided', ...facts, question: outcome.question.slice(0, 160) });
    core.turn.afterCommit(() => {
      for (const agent of audience(known)) sendDecisionEvent(agent, { kind: 'decided', ...outcome });
    });
    if (isAskerHere(known.opened)) publish(known, outcome);
  }

  /** The asker writes the outcome into the space, and hands it to a person when it said so before. */
  function publish(known: KnownDecision, outcome: DecisionOutcome): void {
    const asker = local.get(known.opened.decision.asker as Did)!;
    const { decision, space, certificate } = outcome;
    components.post(asker, {
      type: 'decided',
      space,
      decision,
      outcome: outcome.outcome,
      certificate: certificate as Record<string, unknown>,
    } as Draft);
    if (outcome.outcome !== 'undecided' || known.opened.opening.escalate !== true) return;
    const { decision: record, hash } = known.opened;
    const count = closeDecision(core.keys, {
      decision: record,
      ballots: [...known.ballots.values()].flat(),
    });
    approvals.queueDecision(asker, record, gatherEscalation(count, hash, outcome.reason ?? 'undecided'));
  }

  function audience({ opened }: KnownDecision): readonly LocalAgent[] {
    const { decision, roster } = opened;
    const named = [...decision.voters, ...(roster?.record.members ?? [])].map((one) => one.did);
    const all = new Set([...named, decision.asker]);
    return [...all].flatMap((did) => local.get(did as Did) ?? []);
  }

  function onLie(known: KnownDecision, culprit: Did, evidence: Evidence, file: AgreementFile): void {
    const { decision } = known.opened;
    core.note({ kind: 'lie-proved', decision: decision.id, culprit, lie: evidence.kind });
    for (const agent of audience(known))
      sendDecisionEvent(agent, {
        kind: 'lie-proved',
        decision: decision.id,
        culprit,
        lie: evidence.kind,
        certificate: file,
      });
  }

  function isAskerHere({ decision }: OpenedDecision): boolean {
    return local.get(decision.asker as Did) !== undefined;
  }

  function nodeOf(agent: Did): NodeId | undefined {
    return locate(agent)?.node as NodeId | undefined;
  }

  function send(node: NodeId, body: JsonObject): void {
    core.transport.send(
      node,
      encodePacket({ packet: 'machine', machine: 'decision', body: body as Record<string, unknown> }),
    );
  }

  return {
    decide,
    vote,
    onEntry,
    takeDirect,
    list: () =>
      store
        .list()
        .toReversed()
        .map(({ outcome, opened }) => outcome ?? { decision: opened.decision.id, outcome: 'open' as const }),
    find: (decision) => store.get(decision)?.outcome,
    /** After a restart: what was open goes on, with the ballots and votes that were on disk. */
    start() {
      for (const known of store.restore()) if (known.outcome === undefined) begin(known);
    },
  };
}

function resendTimer({ opened }: KnownDecision): string {
  return `${opened.decision.id}/resend`;
}
