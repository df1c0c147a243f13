/** What waits for a person: questions that agents escalated, decisions that they did not reach, actions behind a gate. */
import type { Did, MessageId } from '../../protocol/brand.ts';
import {
  type Approval,
  type DecisionRecord,
  decisionDomains,
  type Escalation,
} from '../../protocol/decisions/index.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import type { Draft, Envelope } from '../../protocol/messages.ts';
import { signObject } from '../../protocol/signing.ts';
import { describeMessage } from './describe-message.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import { findGate } from './gates.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { PeerCore } from './peer-core.ts';

export const approvalBucket = 'approvals';
/** The hosted agent through which whoever runs this node speaks. */
export const operatorName = 'operator';
/** Questions that wait, and answers kept. Judgement: more than a person reads. */
const approvalsMax = 500;

/** One question to a person. */
export interface PendingApproval {
  /** Id of the `escalate` envelope, or of the decision. */
  readonly id: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly opinions?: unknown;
  readonly why?: string;
  readonly from: Did;
  readonly fromName?: string;
  readonly space?: string;
  /** Integer Unix ms. */
  readonly at: number;
  /** For a decision: its hash, which a signed approval names. */
  readonly decisionHash?: string;
  /** For a message at a gate: the message itself, as it was signed. */
  readonly held?: string;
  readonly answer?: ApprovalAnswer;
}

export interface ApprovalAnswer {
  readonly verdict: 'approve' | 'deny';
  readonly option?: string;
  readonly reason?: string;
  readonly at: number;
  /** The person's word on a decision, signed and verifiable alone. */
  readonly approval?: Approval;
}

export interface ApprovalDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly post: (agent: LocalAgent, draft: Draft) => void;
  /** A person let a held message go, or not. */
  readonly onHeld: (agent: LocalAgent, message: SealedEnvelope, answer: ApprovalAnswer) => void;
}

export interface ApprovalDeskInit {
  /** Types of messages, and named actions, that wait for a person. @default none */
  readonly gates?: readonly string[] | undefined;
}

export interface ApprovalDesk {
  /** Keep a message back that came to a gate; false when it may go. */
  hold(agent: LocalAgent, message: SealedEnvelope): boolean;
  /** A local agent escalates a question. */
  queue(envelope: Envelope): void;
  /** A decision of a local asker ended undecided. */
  queueDecision(asker: LocalAgent, decision: DecisionRecord, escalation: Escalation): void;
  /** Newest first. */
  list(): readonly PendingApproval[];
  /** A person answers: the asking agent gets a signed `approve`. */
  answer(
    id: string,
    answer: { readonly verdict: 'approve' | 'deny'; readonly option?: string; readonly reason?: string },
  ): Checked<PendingApproval>;
}

export function createApprovalDesk(
  { core, local, post, onHeld }: ApprovalDeskComponents,
  init: ApprovalDeskInit = {},
): ApprovalDesk {
  const gates = new Set(init.gates);
  const waiting = new Map<string, PendingApproval>();
  for (const row of core.store.scan(approvalBucket, '', '', Number.MAX_SAFE_INTEGER))
    waiting.set(row.key, JSON.parse(row.value as string) as PendingApproval);

  function keep(one: PendingApproval): void {
    waiting.set(one.id, one);
    core.turn.persist(approvalBucket, one.id, JSON.stringify(one));
    if (waiting.size <= approvalsMax) return;
    const oldest = [...waiting.values()].find((other) => other.answer !== undefined) ?? one;
    waiting.delete(oldest.id);
    core.turn.persist(approvalBucket, oldest.id, null);
  }

  function queue(envelope: Envelope): void {
    if (envelope.type !== 'escalate' || waiting.has(envelope.id)) return;
    keep({
      id: envelope.id,
      question: envelope.question,
      options: envelope.options ?? [],
      ...(envelope.opinions === undefined ? {} : { opinions: envelope.opinions }),
      from: envelope.from as Did,
      ...(envelope.name === undefined ? {} : { fromName: envelope.name }),
      ...(envelope.space === undefined ? {} : { space: envelope.space }),
      at: core.clock.nowMs(),
    });
    core.note({
      kind: 'approval-asked',
      id: envelope.id,
      from: envelope.from,
      question: envelope.question.slice(0, 160),
    });
  }

  function hold(agent: LocalAgent, { envelope, text }: SealedEnvelope): boolean {
    const gate = findGate(gates, envelope);
    if (gate === undefined) return false;
    const { id, context, space } = envelope;
    keep({
      id,
      question: `May ${agent.name} do "${gate}"?`,
      options: [],
      opinions: {
        action: gate,
        ...withoutGaps(describeMessage(envelope)),
        ...(context === undefined ? {} : { context }),
      },
      why: 'a gate of this node',
      from: agent.did,
      fromName: agent.name,
      ...(space === undefined ? {} : { space }),
      at: core.clock.nowMs(),
      held: text,
    });
    core.note({ kind: 'message-held', id, from: agent.did, gate });
    return true;
  }

  function queueDecision(asker: LocalAgent, decision: DecisionRecord, escalation: Escalation): void {
    if (waiting.has(decision.id)) return;
    keep({
      id: decision.id,
      question: decision.question,
      options: decision.options,
      opinions: escalation.options,
      why: escalation.why,
      from: asker.did,
      fromName: asker.name,
      space: decision.space,
      at: core.clock.nowMs(),
      decisionHash: escalation.decision,
    });
    core.note({
      kind: 'approval-asked',
      id: decision.id,
      from: asker.did,
      question: decision.question.slice(0, 160),
    });
  }

  function answer(id: string, given: Parameters<ApprovalDesk['answer']>[1]): Checked<PendingApproval> {
    const one = waiting.get(id);
    if (one === undefined) return refuse('AMP-1859', `Nothing waits under ${id}.`, 'id');
    if (one.answer !== undefined) return refuse('AMP-1859', `${id} was answered already.`, 'id');
    const { verdict, option, reason } = given;
    if (option !== undefined && !one.options.includes(option))
      return refuse('AMP-1855', `The options are ${one.options.join(', ')}.`, 'option');
    if (one.decisionHash !== undefined && verdict === 'approve' && option === undefined)
      return refuse('AMP-1855', `Choose one of ${one.options.join(', ')}.`, 'option');
    const operator = findOperator();
    const at = core.clock.nowMs();
    const approval = option === undefined ? undefined : signApproval(one, operator, { option, reason, at });
    const answered: PendingApproval = {
      ...one,
      answer: { ...given, at, ...(approval === undefined ? {} : { approval }) },
    };
    keep(answered);
    post(operator, {
      type: 'approve',
      id: createMessageId(at, core.rng),
      to: one.from,
      of: id as MessageId,
      verdict,
      ...(option === undefined ? {} : { option }),
      ...(reason === undefined ? {} : { reason }),
      ...(approval === undefined
        ? {}
        : { context: { approval: approval as unknown as Record<string, unknown> } }),
    } as Draft);
    core.note({ kind: 'approval-given', id, verdict, option, reason });
    const asker = local.get(one.from);
    if (one.held !== undefined && asker !== undefined) {
      const envelope = JSON.parse(one.held) as SealedEnvelope['envelope'];
      onHeld(asker, { envelope, text: one.held }, answered.answer!);
    }
    return accept(answered);
  }

  function signApproval(
    one: PendingApproval,
    operator: LocalAgent,
    { option, reason, at }: { option: string; reason: string | undefined; at: number },
  ): Approval | undefined {
    if (one.decisionHash === undefined || one.space === undefined) return undefined;
    return signObject(core.keys, operator.did, decisionDomains.approval, {
      record: 'approval' as const,
      mesh: core.mesh,
      space: one.space,
      decision: one.decisionHash,
      option,
      person: operator.did,
      ...(reason === undefined ? {} : { reason }),
      at,
    });
  }

  function findOperator(): LocalAgent {
    const known = local.list().find((agent) => agent.isHosted && agent.name === operatorName);
    if (known !== undefined) return known;
    const made = local.attachHosted(operatorName, undefined);
    if (!made.ok) throw new Error(made.refusal.message);
    return made.value.agent;
  }

  return { hold, queue, queueDecision, list: () => [...waiting.values()].reverse(), answer };
}

function withoutGaps(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
