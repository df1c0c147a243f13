/**
 * Decisions of a space: opens them, signs the ballots of this node's agents, counts or agrees on the count, and
 * tells the agents the outcome with a certificate that verifies offline.
 *
 * By a simple rule the asker's node counts. By `byzantine` every voter's node collects all ballots, and the roster
 * agrees on one {@link BallotCertificate}: whatever one node claims, the value rests on signed ballots of all
 * voters but f, so liars decide nothing on which the honest voters agree.
 */
import type { Did, MessageId, NodeId, SpaceId } from '../../protocol/brand.ts';
import {
  type AgreementFile,
  type Evidence,
  rosterMax,
  type UndecidedLevel,
} from '../../protocol/consensus/index.ts';
import {
  type Ballot,
  type BallotCertificate,
  type BallotEffect,
  type BallotInput,
  type BallotMachine,
  ballotBucket,
  ballotSchema,
  checkBallot,
  closeDecision,
  createBallotMachine,
  decisionDomains,
  decisionSignature,
  gatherEscalation,
  hashDecision,
  type Outcome,
  type TieBreak,
  tieBreakSchema,
  verifyBallotCertificate,
} from '../../protocol/decisions/index.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Draft, EdgeMessageOf, Envelope } from '../../protocol/messages.ts';
import type { Attachment } from '../../protocol/records.ts';
import { checkSignature, signObject, type Verified } from '../../protocol/signing.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import type { ConsensusDesk } from './consensus-desk.ts';
import {
  checkOpening,
  type DecideMessage,
  keysOf,
  type OpenedDecision,
  type Opening,
  type OpeningFacts,
  writeOpening,
} from './decision-opening.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
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

export interface DecisionDeskInit {
  /** Who answers for a node; a node for itself unless told. */
  readonly ownerOf?: ((node: NodeId) => Did) | undefined;
  /** How long a quorum of ballots waits for the others, ms. @default 1,000 */
  readonly ballotPatienceMs?: number | undefined;
}

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

interface Pending {
  readonly opened: OpenedDecision;
  /** The envelope that opened it, for witnesses. */
  readonly text: string;
  readonly ballots: Map<Did, Ballot[]>;
  /** Counts, at the asker's node, by a simple rule. */
  machine: BallotMachine | undefined;
  /** The leader was asked: what its agent says next breaks the tie. */
  tiedOptions: readonly string[] | undefined;
  isAgreeing: boolean;
  outcome: DecisionOutcome | undefined;
}

interface SavedDecision {
  readonly opening: Opening;
  readonly text: string;
  readonly outcome?: DecisionOutcome | undefined;
}

export const decisionBucket = 'decisions';
/** Kept to answer who asks later. Judgement. */
const decisionsMax = 1_000;
const earlyDecisionsMax = 32;
/** As many as a roster has members. */
const earlyPerDecisionMax = rosterMax;
const resendMs = 1_000;
const tieBreakMs = 10_000;
/** By this share of the time a member stops waiting for ballots and listens to what others propose. Judgement. */
const listenShare = 0.6;

export function createDecisionDesk(
  components: DecisionDeskComponents,
  init: DecisionDeskInit = {},
): DecisionDesk {
  const { core, local, spaces, consensus, approvals, locate } = components;
  const ballotPatienceMs = init.ballotPatienceMs ?? 1_000;
  const decisions = new Map<string, Pending>();
  /** Ballots of decisions that are not open here yet; what finds no room is sent again. */
  const early = new Map<string, readonly Ballot[]>();

  // Opening.

  function decide(agent: LocalAgent, asked: DecideMessage): Checked<string> {
    const space = asked.space as SpaceId;
    const members = spaces.machine.members(space);
    if (members === undefined) return refuse('AMP-1402', `Space ${space} is not known here.`, 'space');
    if (!spaces.machine.isMember(space, agent.did))
      return refuse('AMP-1401', 'Only members decide in a space.', 'space');
    const known = decisions.get(asked.decision);
    if (known !== undefined) return accept(asked.decision);
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
    if (envelope.type === 'decided') takeDecided(envelope);
  }

  function takeOpening(envelope: Extract<Envelope, { type: 'ballot' }>, isWitness = false): void {
    if (decisions.has(envelope.decision)) return;
    const space = envelope.space as SpaceId;
    const isMember = (did: Did) => isWitness || spaces.machine.isMember(space, did);
    const opened = checkOpening(core, envelope.record, envelope.from as Did, isMember);
    if (!opened.ok) return core.countIgnored('decision', opened.refusal.code);
    const { decision } = opened.value;
    if (decision.id !== envelope.decision || decision.space !== envelope.space)
      return core.countIgnored('decision', 'other-decision');
    // An old opening that comes again must not open what was closed and forgotten.
    if (decision.closesAt + reopenMs < core.clock.nowMs()) return core.countIgnored('decision', 'over');
    const pending = remember(opened.value, JSON.stringify(envelope), undefined);
    save(pending);
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
    if (asker !== undefined) tell(asker, { kind: 'asked', decision: decision.id, ballot: envelope });
    begin(pending);
    takeEarly(pending);
  }

  function remember(opened: OpenedDecision, text: string, outcome: DecisionOutcome | undefined): Pending {
    const pending: Pending = {
      opened,
      text,
      ballots: new Map(),
      machine: undefined,
      tiedOptions: undefined,
      isAgreeing: false,
      outcome,
    };
    decisions.set(opened.decision.id, pending);
    for (const row of core.store.scan(ballotBucket, `${opened.hash}/`, `${opened.hash}0`, 1_000))
      keepBallot(pending, JSON.parse(row.value as string) as Ballot);
    forgetOld();
    return pending;
  }

  function forgetOld(): void {
    if (decisions.size <= decisionsMax) return;
    for (const [id, { outcome, opened }] of decisions) {
      if (outcome === undefined) continue;
      decisions.delete(id);
      core.turn.persist(decisionBucket, id, null);
      for (const row of core.store.scan(ballotBucket, `${opened.hash}/`, `${opened.hash}0`, 1_000))
        core.turn.persist(ballotBucket, row.key, null);
      return;
    }
  }

  function save({ opened, text, outcome }: Pending): void {
    const saved: SavedDecision = { opening: opened.opening, text, outcome };
    core.turn.persist(decisionBucket, opened.decision.id, JSON.stringify(saved));
  }

  function begin(pending: Pending): void {
    const { opened } = pending;
    const { decision, roster, opening } = opened;
    if (roster === undefined) {
      if (isAskerHere(opened)) {
        pending.machine = createBallotMachine(core.keys, {
          decision,
          tieBreakMs,
          restored: [...pending.ballots.values()].flat(),
        });
        step(pending, { type: 'start', atMs: core.clock.nowMs() });
      }
      return setTimer(pending, 'resend', core.clock.nowMs() + resendMs);
    }
    setTimer(pending, 'resend', core.clock.nowMs() + resendMs);
    const listenAtMs = opening.openedAt + (decision.closesAt - opening.openedAt) * listenShare;
    setTimer(pending, 'listen', Math.round(listenAtMs));
    if (isAskerHere(opened)) inviteWitnesses(pending);
    if (consensus.hasLog(decision.id)) agree(pending);
    else agreeWhenReady(pending);
  }

  /** Witnesses are no members of the space: they get the opening directly, until the decision is over. */
  function inviteWitnesses(pending: Pending): void {
    const { roster, opening } = pending.opened;
    const witnesses = roster?.record.members.filter((one) => one.witness && one.node !== core.self) ?? [];
    if (witnesses.length === 0) return;
    const asker = locate(pending.opened.decision.asker as Did);
    const attachments = [...opening.attachments, ...(asker === undefined ? [] : [asker])];
    const body = { kind: 'opening', envelope: JSON.parse(pending.text) as JsonObject, attachments };
    for (const { node } of witnesses) send(node as NodeId, body as unknown as JsonObject);
  }

  // Ballots.

  function vote(agent: LocalAgent, asked: EdgeMessageOf<'vote'>): Checked<string> {
    const pending = decisions.get(asked.decision);
    if (pending === undefined) return refuse('AMP-1858', 'This decision is not known here.', 'decision');
    const { decision, hash } = pending.opened;
    if (pending.tiedOptions !== undefined) return breakTie(pending, agent, asked);
    const voter = decision.voters.find((one) => one.did === agent.did);
    if (voter === undefined) return refuse('AMP-1855', 'This agent is not in the electorate.', 'decision');
    const own = pending.ballots.get(agent.did)?.[0];
    if (own !== undefined) {
      const isSame = JSON.stringify(own.choice) === JSON.stringify(asked.choice);
      return isSame ? accept(asked.decision) : refuse('AMP-1855', 'This agent has voted already.', 'choice');
    }
    if (pending.outcome !== undefined || decision.closesAt <= core.clock.nowMs())
      return refuse('AMP-1858', 'This decision is over.', 'decision');
    if (!core.keys.has(voter.key as Did))
      return refuse('AMP-1102', 'The key that votes for this agent is at another node.', 'decision');
    const ballot = signObject(core.keys, voter.key as Did, decisionDomains.ballot, {
      record: 'ballot' as const,
      mesh: decision.mesh,
      space: decision.space,
      decision: hash,
      voter: agent.did,
      choice: asked.choice,
      ...(asked.leader === undefined ? {} : { leader: asked.leader }),
      ...(asked.opinion === undefined ? {} : { opinion: asked.opinion }),
    });
    const checked = checkBallot(decision, hash, ballot);
    if (!checked.ok) return checked;
    takeBallot(pending, ballot);
    core.turn.afterCommit(() => spread(pending, ballot));
    core.note({
      kind: 'ballot-cast',
      decision: decision.id,
      agent: agent.did,
      name: agent.name,
      choice: asked.choice,
    });
    return accept(asked.decision);
  }

  function spread(pending: Pending, ballot: Ballot): void {
    const body = { kind: 'ballot', decision: pending.opened.decision.id, ballot };
    for (const node of countersOf(pending.opened)) send(node, body as unknown as JsonObject);
  }

  /** The nodes that count: all of the roster, or the asker's. */
  function countersOf({ roster, decision }: OpenedDecision): readonly NodeId[] {
    const nodes =
      roster === undefined
        ? [locate(decision.asker as Did)?.node]
        : roster.record.members.map((member) => member.node);
    return nodes.filter((node): node is NodeId => node !== undefined && node !== core.self);
  }

  /** A ballot with a good signature. */
  function takeBallot(pending: Pending, ballot: Ballot): void {
    if (pending.machine !== undefined) {
      step(pending, {
        type: 'ballot-received',
        ballot: ballot as Verified<Ballot>,
        atMs: core.clock.nowMs(),
      });
      keepBallot(pending, ballot);
      return;
    }
    const at = keepBallot(pending, ballot);
    if (at === undefined) return;
    const key = `${pending.opened.hash}/${ballot.voter}/${at}`;
    core.turn.persist(ballotBucket, key, JSON.stringify(ballot));
    agreeWhenReady(pending);
  }

  /** Two different ballots of one voter are kept as proof, a third proves nothing more. */
  function keepBallot(pending: Pending, ballot: Ballot): number | undefined {
    const known = pending.ballots.get(ballot.voter as Did) ?? [];
    if (known.length > 1 || known.some((one) => one.sig === ballot.sig)) return undefined;
    pending.ballots.set(ballot.voter as Did, [...known, ballot]);
    return known.length;
  }

  function takeDirect(from: NodeId, body: JsonObject): void {
    if (body.kind === 'opening') return takeWitnessOpening(body);
    const pending = decisions.get(String(body.decision));
    if (pending === undefined) return keepEarly(body);
    if (pending.outcome !== undefined) return core.countIgnored('decision', 'over');
    switch (body.kind) {
      case 'ballot': {
        const ballot = matchSchema(ballotSchema, body.ballot as JsonObject);
        if (!ballot.ok || !isGoodBallot(pending, ballot.value))
          return core.countIgnored('decision', 'bad-ballot');
        return takeBallot(pending, ballot.value);
      }
      case 'tie':
        return askLeaderHere(pending, from, body);
      case 'tie-break': {
        const word = matchSchema(tieBreakSchema, body.tieBreak as JsonObject);
        if (
          !word.ok ||
          !checkSignature(core.keys, decisionSignature(word.value, keysOf(pending.opened.decision)))
        )
          return core.countIgnored('decision', 'bad-tie-break');
        return step(pending, {
          type: 'tie-break-received',
          tieBreak: word.value as Verified<TieBreak>,
          atMs: core.clock.nowMs(),
        });
      }
      default:
        return core.countIgnored('decision', 'unknown-kind');
    }
  }

  /** On a slow way the question comes after the ballots of those who were quicker. */
  function keepEarly({ kind, decision, ballot }: JsonObject): void {
    const read = kind === 'ballot' ? matchSchema(ballotSchema, ballot as JsonObject) : undefined;
    if (read?.ok !== true) return core.countIgnored('decision', 'unknown');
    const id = String(decision);
    const known = early.get(id) ?? [];
    if (known.length >= earlyPerDecisionMax) return core.countIgnored('decision', 'unknown');
    early.set(id, [...known, read.value]);
    if (early.size > earlyDecisionsMax) early.delete(early.keys().next().value!);
  }

  function takeEarly(pending: Pending): void {
    const { id } = pending.opened.decision;
    const ballots = early.get(id) ?? [];
    early.delete(id);
    for (const ballot of ballots)
      if (isGoodBallot(pending, ballot)) takeBallot(pending, ballot);
      else core.countIgnored('decision', 'bad-ballot');
  }

  function isGoodBallot({ opened }: Pending, ballot: Ballot): boolean {
    return (
      checkBallot(opened.decision, opened.hash, ballot).ok &&
      checkSignature(core.keys, decisionSignature(ballot, keysOf(opened.decision)))
    );
  }

  function takeWitnessOpening(body: JsonObject): void {
    const envelope = components.openEnvelope(
      body.envelope as JsonObject,
      (body.attachments ?? []) as unknown as readonly Attachment[],
    );
    if (envelope?.type !== 'ballot') return core.countIgnored('decision', 'bad-opening');
    takeOpening(envelope, true);
  }

  // A simple rule: the asker's node counts.

  function step(pending: Pending, input: BallotInput): void {
    for (const effect of pending.machine?.step(input) ?? []) perform(pending, effect);
  }

  function perform(pending: Pending, effect: BallotEffect): void {
    switch (effect.type) {
      case 'persist':
        return core.turn.persist(effect.bucket, effect.key, effect.value);
      case 'set-timer':
      case 'cancel-timer':
        return core.timers.apply('ballot', effect, (timer, atMs) =>
          step(pending, { type: 'timer-fired', timer, atMs }),
        );
      case 'ask-leader':
        return askLeader(pending, effect.leader, effect.options);
      case 'report-outcome':
        return announce(pending, effect.certificate);
      case 'ignored':
        return core.countIgnored('ballot', effect.reason);
    }
  }

  function announce(pending: Pending, certificate: BallotCertificate): void {
    conclude(pending, outcomeOf(pending, certificate.outcome, certificate as unknown as JsonObject));
  }

  function askLeader(pending: Pending, leader: Did, options: readonly string[]): void {
    const body = { kind: 'tie', decision: pending.opened.decision.id, leader, options };
    if (local.get(leader) !== undefined)
      return askLeaderHere(pending, core.self, body as unknown as JsonObject);
    const node = locate(leader)?.node as NodeId | undefined;
    if (node !== undefined) core.turn.afterCommit(() => send(node, body as unknown as JsonObject));
  }

  function askLeaderHere(pending: Pending, from: NodeId, body: JsonObject): void {
    const { decision } = pending.opened;
    const leader = local.get(body.leader as Did);
    if (leader === undefined || locate(decision.asker as Did)?.node !== from)
      return core.countIgnored('decision', 'not-the-leader');
    pending.tiedOptions = (body.options as readonly string[]).filter((one) => decision.options.includes(one));
    tell(leader, {
      kind: 'tie',
      decision: decision.id,
      question: decision.question,
      options: pending.tiedOptions,
    });
  }

  function breakTie(pending: Pending, agent: LocalAgent, asked: EdgeMessageOf<'vote'>): Checked<string> {
    const { decision, hash } = pending.opened;
    const voter = decision.voters.find((one) => one.did === agent.did);
    const [option] = asked.choice;
    if (voter === undefined || option === undefined || pending.tiedOptions?.includes(option) !== true)
      return refuse('AMP-1855', `Choose among ${pending.tiedOptions?.join(', ')}.`, 'choice');
    const tieBreak = signObject(core.keys, voter.key as Did, decisionDomains['tie-break'], {
      record: 'tie-break' as const,
      mesh: decision.mesh,
      space: decision.space,
      decision: hash,
      option,
      leader: agent.did,
    });
    pending.tiedOptions = undefined;
    if (pending.machine !== undefined)
      step(pending, {
        type: 'tie-break-received',
        tieBreak: tieBreak as unknown as Verified<TieBreak>,
        atMs: core.clock.nowMs(),
      });
    else {
      const node = locate(decision.asker as Did)?.node as NodeId | undefined;
      const body = { kind: 'tie-break', decision: decision.id, tieBreak };
      if (node !== undefined) core.turn.afterCommit(() => send(node, body as unknown as JsonObject));
    }
    return accept(decision.id);
  }

  /** The asker's word on a simple decision, to be counted again here. */
  function takeDecided(envelope: Extract<Envelope, { type: 'decided' }>): void {
    const pending = decisions.get(envelope.decision);
    if (pending === undefined || pending.outcome !== undefined || pending.opened.roster !== undefined) return;
    if (envelope.from !== pending.opened.decision.asker)
      return core.countIgnored('decision', 'not-the-asker');
    const verified = verifyBallotCertificate(core.keys, envelope.certificate);
    if (!verified.ok || hashDecision(core.keys, verified.value.decision) !== pending.opened.hash)
      return core.countIgnored('decision', 'bad-certificate');
    announce(pending, verified.value);
  }

  // Byzantine agreement: every voter's node counts, the roster agrees on one count.

  function agreeWhenReady(pending: Pending): void {
    const { roster, ballotsMin, decision } = pending.opened;
    if (roster === undefined || pending.isAgreeing || pending.outcome !== undefined) return;
    if (pending.ballots.size >= decision.voters.length) return agree(pending);
    if (pending.ballots.size >= ballotsMin)
      setTimer(pending, 'patience', core.clock.nowMs() + ballotPatienceMs);
  }

  function agree(pending: Pending): void {
    const { opened } = pending;
    const { roster, decision, opening } = opened;
    const self = roster?.record.members.find((one) => one.node === core.self);
    if (roster === undefined || self === undefined || pending.isAgreeing) return;
    pending.isAgreeing = true;
    consensus.open({
      roster,
      attachments: opening.attachments.filter((one) =>
        roster.record.members.some((member) => member.did === one.agent),
      ),
      self: self.did as Did,
      candidate: candidateOf(pending),
      isValid: (value) => isValidCount(opened, value),
      openedAtMs: opening.openedAt,
      deadlineAtMs: decision.closesAt,
      onDecision: (agreed, file) => {
        const count = agreed.proposed.value as BallotCertificate;
        conclude(pending, outcomeOf(pending, count.outcome, file as unknown as JsonObject));
      },
      onUndecided: (level, file) =>
        conclude(pending, {
          ...outcomeOf(pending, { type: 'undecided', reason: 'no-agreement' }, file as unknown as JsonObject),
          level,
        }),
      onEvidence: (culprit, evidence, file) => noteLie(pending, culprit, evidence, file),
      onFinish: () => core.countIgnored('consensus', 'finished'),
    });
  }

  function candidateOf({ opened, ballots }: Pending): unknown {
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

  function noteLie(pending: Pending, culprit: Did, evidence: Evidence, file: AgreementFile): void {
    const { decision } = pending.opened;
    core.note({ kind: 'lie-proved', decision: decision.id, culprit, lie: evidence.kind });
    for (const agent of audience(pending))
      tell(agent, {
        kind: 'lie-proved',
        decision: decision.id,
        culprit,
        lie: evidence.kind,
        certificate: file,
      });
  }

  // Outcome.

  function outcomeOf({ opened }: Pending, outcome: Outcome, certificate: JsonObject): DecisionOutcome {
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
  function conclude(pending: Pending, outcome: DecisionOutcome): void {
    if (pending.outcome !== undefined && pending.outcome.level === undefined) return;
    pending.outcome = outcome;
    save(pending);
    for (const timer of ['resend', 'patience', 'listen']) cancelTimer(pending, timer);
    const { certificate: _, ...facts } = outcome;
    core.note({ kind: 'decided', ...facts, question: outcome.question.slice(0, 160) });
    core.turn.afterCommit(() => {
      for (const agent of audience(pending)) tell(agent, { kind: 'decided', ...outcome });
    });
    if (isAskerHere(pending.opened)) publish(pending, outcome);
  }

  /** The asker writes the outcome into the space, and hands it to a person when it said so before. */
  function publish(pending: Pending, outcome: DecisionOutcome): void {
    const asker = local.get(pending.opened.decision.asker as Did)!;
    const { decision, space, certificate } = outcome;
    components.post(asker, {
      type: 'decided',
      space,
      decision,
      outcome: outcome.outcome,
      certificate: certificate as Record<string, unknown>,
    } as Draft);
    if (outcome.outcome !== 'undecided' || pending.opened.opening.escalate !== true) return;
    const { decision: record, hash } = pending.opened;
    const count = closeDecision(core.keys, {
      decision: record,
      ballots: [...pending.ballots.values()].flat(),
    });
    approvals.queueDecision(asker, record, gatherEscalation(count, hash, outcome.reason ?? 'undecided'));
  }

  function audience({ opened }: Pending): readonly LocalAgent[] {
    const { decision, roster } = opened;
    const named = [...decision.voters, ...(roster?.record.members ?? [])].map((one) => one.did);
    const all = new Set([...named, decision.asker]);
    return [...all].flatMap((did) => local.get(did as Did) ?? []);
  }

  function tell(agent: LocalAgent, event: Readonly<Record<string, unknown>>): void {
    agent.link?.send(
      JSON.stringify({ type: 'event', subscription: `decision:${String(event.decision)}`, event }),
    );
  }

  // Timers.

  function setTimer(pending: Pending, kind: string, dueAtMs: number): void {
    const timer = `${pending.opened.decision.id}/${kind}`;
    core.timers.apply('decision', { type: 'set-timer', timer, dueAtMs }, () => fire(pending, kind));
  }

  function cancelTimer(pending: Pending, kind: string): void {
    const timer = `${pending.opened.decision.id}/${kind}`;
    core.timers.apply('decision', { type: 'cancel-timer', timer }, () => undefined);
  }

  function fire(pending: Pending, kind: string): void {
    if (pending.outcome !== undefined) return;
    if (kind !== 'resend') return agree(pending);
    for (const voter of pending.opened.decision.voters) {
      if (local.get(voter.did as Did) === undefined) continue;
      for (const ballot of pending.ballots.get(voter.did as Did) ?? []) spread(pending, ballot);
    }
    if (isAskerHere(pending.opened)) inviteWitnesses(pending);
    if (core.clock.nowMs() < pending.opened.decision.closesAt)
      setTimer(pending, 'resend', core.clock.nowMs() + resendMs);
  }

  function isAskerHere({ decision }: OpenedDecision): boolean {
    return local.get(decision.asker as Did) !== undefined;
  }

  function send(node: NodeId, body: JsonObject): void {
    core.transport.send(
      node,
      encodePacket({ packet: 'machine', machine: 'decision', body: body as Record<string, unknown> }),
    );
  }

  /** After a restart: what was open goes on, with the ballots and votes that were on disk. */
  function start(): void {
    for (const row of core.store.scan(decisionBucket, '', '', Number.MAX_SAFE_INTEGER)) {
      const saved = JSON.parse(row.value as string) as SavedDecision;
      const opened = checkOpening(core, saved.opening, saved.opening.decision.asker as Did, () => true);
      if (!opened.ok) continue;
      const pending = remember(opened.value, saved.text, saved.outcome);
      if (saved.outcome === undefined) begin(pending);
    }
  }

  return {
    decide,
    vote,
    onEntry,
    takeDirect,
    list: () =>
      [...decisions.entries()]
        .reverse()
        .map(([decision, one]) => one.outcome ?? { decision, outcome: 'open' as const }),
    find: (decision) => decisions.get(decision)?.outcome,
    start,
  };
}

/** Longer than an entry of a space is on its way. */
const reopenMs = 24 * 3_600_000;
