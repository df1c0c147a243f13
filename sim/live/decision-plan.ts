/** Decisions that a mesh takes on real nodes and on virtual time alike: who asks, who fails, what is noted. */
import type { VoteFault } from '../../node/runtime/consensus-desk.ts';
import {
  type AgreementFile,
  type ConsensusMessage,
  checkRoster,
  openInstance,
  proposerIndex,
  rosterMin,
  verifyAgreement,
} from '../../protocol/consensus/index.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Keys } from '../../protocol/ports.ts';
import { ticksPerMs } from '../clock/ticks.ts';
import type { LinkSettings } from '../network/link-model.ts';
import { linkPeers } from '../peers/index.ts';
import { checkLiveLink } from './live-plan.ts';

export interface DecisionPlan {
  readonly seed: number;
  readonly link: LinkSettings;
  /** Members of a roster, each on a node of its own. */
  readonly memberCount: number;
  /** Decisions counted in each situation, and three times as many after a crash: each member comes to propose. */
  readonly decisionCount: number;
  /** From the last member's news to the next question: decisions never overlap. */
  readonly pauseMs: number;
}

/** In this order, on one mesh. Who crashes stays away. */
export const situations = ['all well', 'first proposer silent', 'one crashed'] as const;
export type Situation = (typeof situations)[number];

/** One member heard the outcome of one decision. */
export interface HeardDecision {
  readonly situation: Situation;
  readonly decision: string;
  readonly member: number;
  /** From the question to the outcome at this member, ms. */
  readonly tookMs: number;
  /** Rounds that the decision took, 1 at least; 0 when it stayed undecided. */
  readonly rounds: number;
  /** Whether the member whose turn it was first has crashed. */
  readonly isProposerDown: boolean;
}

/** Asked before anything is counted: connections and their streams are open then. */
export const warmUpCount = 2;
/** How long a decision may take, ms: ten rounds and more. */
export const decisionLimitMs = 20_000;
/** How long its news may take to come to all after that, ms. */
export const newsLimitMs = 5_000;
/** Judgement: eight or so of them keep two cores from being what is measured. */
const membersMax = 16;

/** @throws AmpError AMP-1903 for what cannot be agreed on or cannot be laid on real connections. */
export function checkDecisionPlan({ memberCount, link }: DecisionPlan): void {
  checkLiveLink(link);
  const { kind } = link.latency;
  const refuse = (what: string) => {
    throw new AmpError('AMP-1903', `Decisions cannot be compared: ${what}.`, { mode: 'live' });
  };
  if (memberCount < rosterMin || memberCount > membersMax)
    refuse(`a roster of ${memberCount}, which is not ${rosterMin} to ${membersMax}`);
  if (kind === 'regions' || kind === 'geographic') refuse(`a latency of kind ${kind}`);
}

export function countDecisions(plan: DecisionPlan, situation: Situation): number {
  return plan.decisionCount * (situation === 'one crashed' ? 3 : 1);
}

/** The member that crashes is the last; all others ask in turn. */
export function askerOf(plan: DecisionPlan, decision: number): number {
  return decision % (plan.memberCount - 1);
}

export function crashingMember(plan: DecisionPlan): number {
  return plan.memberCount - 1;
}

/** Of all links of the mesh, one way, jitter included, ms: the unit of latency. */
export function meanLinkMs({ seed, link, memberCount }: DecisionPlan): number {
  const model = linkPeers(seed, link, memberCount);
  const drawCount = 100;
  let ticks = 0;
  for (let from = 0; from < memberCount; from++)
    for (let to = 0; to < memberCount; to++)
      if (from !== to) for (let i = 0; i < drawCount; i++) ticks += model.delayTicks(from, to, 500, 0);
  return ticks / drawCount / memberCount / (memberCount - 1) / ticksPerMs;
}

/** What an agent that takes part hears, and how it answers. */
export interface MemberVoice {
  readonly send: (message: Readonly<Record<string, unknown>> & { readonly type: string }) => void;
  /** A decision is over for this member. */
  readonly decided: (decision: string, file: unknown) => void;
}

/** The agent of every member: it joins where it is invited, votes at once for the same, and hears the outcome. */
export function answerAsMember(
  message: Readonly<Record<string, unknown>> & { readonly type: string },
  { send, decided }: MemberVoice,
): void {
  const vote = (decision: unknown) => send({ type: 'vote', decision, choice: [decisionOptions[0]] });
  if (message.type === 'invite')
    send({ type: 'accept', to: message.from, space: message.space, invitation: message.id });
  if (message.type === 'ballot') vote(message.decision);
  if (message.type !== 'event') return;
  const event = message.event as { kind?: string; decision?: string; certificate?: unknown };
  // Its own question does not come back to who asked.
  if (event.kind === 'asked') vote(event.decision);
  if (event.kind === 'decided') decided(event.decision!, event.certificate);
}

const decisionOptions = ['ship', 'polish'];

export function questionOf(space: string, decision: string, nowMs: number) {
  return {
    type: 'decide',
    decision,
    space,
    question: 'Is the work good enough?',
    options: decisionOptions,
    rule: 'byzantine',
    deadlineAt: Math.ceil(nowMs) + decisionLimitMs,
  };
}

/**
 * Rounds and first proposer, from the certificate that a member holds.
 * @throws AmpError AMP-1906 for a certificate that does not verify: then nothing may be compared.
 */
export function readDecision(
  keys: Keys,
  input: unknown,
): { readonly rounds: number; readonly firstProposer: string } {
  const verified = verifyAgreement(keys, input);
  const roster = checkRoster(keys, (input as AgreementFile).roster);
  if (!verified.ok || !roster.ok)
    throw new AmpError('AMP-1906', 'A member was told a decision whose certificate does not verify.');
  const instance = openInstance(keys, roster.value);
  const { node } = roster.value.record.members[proposerIndex(instance, 0)]!;
  return { rounds: verified.value.kind === 'decision' ? verified.value.round! + 1 : 0, firstProposer: node };
}

/** A node that says nothing at all in an agreement in which it is the first to propose. */
export function silenceFirstProposer(isOn: () => boolean): VoteFault {
  const silentIn = new Set<string>();
  return ({ message }) => {
    if (!isOn()) return message;
    if (message.type === 'proposal' && message.proposal.round === 0) silentIn.add(message.proposal.instance);
    return silentIn.has(instanceOf(message) ?? '') ? undefined : message;
  };
}

function instanceOf(message: ConsensusMessage): string | undefined {
  if (message.type === 'vote') return message.vote.instance;
  if (message.type === 'proposal') return message.proposal.instance;
  if (message.type === 'certificate') return message.certificate.votes[0]?.instance;
  return undefined;
}
