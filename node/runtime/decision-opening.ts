/**
 * How a decision is opened: who votes with which key, by which rule, fixed and signed before the first ballot; and
 * how a node that receives an opening checks it.
 */
import * as z from 'zod';
import type { Did, NodeId } from '../../protocol/brand.ts';
import {
  checkRoster,
  faultMax,
  type Roster,
  type RosterCandidate,
  rosterMin,
  selectRoster,
} from '../../protocol/consensus/index.ts';
import {
  type DecisionRecord,
  type DecisionRule,
  decisionDomains,
  decisionSchema,
  decisionSignature,
  hashDecision,
} from '../../protocol/decisions/index.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import * as f from '../../protocol/message-fields.ts';
import type { EdgeMessageOf } from '../../protocol/messages.ts';
import {
  type Attachment,
  attachmentSchema,
  attachmentSignature,
  type Members,
} from '../../protocol/records.ts';
import { checkSignature, signObject } from '../../protocol/signing.ts';
import type { LocalAgent } from './local-agents.ts';
import type { PeerCore } from './peer-core.ts';

/** What an asker may choose. */
export const ruleNames = [
  'majority',
  'two-thirds',
  'unanimity',
  'weighted',
  'approval',
  'ranked',
  'byzantine',
] as const;
export type RuleName = (typeof ruleNames)[number];

/** Among the ballots of a quorum the most named option wins: liars cannot outnumber honest voters that agree. */
const recordRules: Readonly<Record<RuleName, DecisionRule>> = {
  majority: { method: 'majority' },
  'two-thirds': { method: 'supermajority', numerator: 2, denominator: 3 },
  unanimity: { method: 'unanimity' },
  weighted: { method: 'weighted' },
  approval: { method: 'approval' },
  ranked: { method: 'ranked' },
  byzantine: { method: 'approval' },
};

/** Travels in the `ballot` envelope, as `record`. */
export const openingSchema = z.strictObject({
  rule: z.enum(ruleNames),
  decision: decisionSchema,
  /** For `byzantine`: who agrees on the count. Witnesses among them do not vote. */
  roster: f.jsonObject.optional(),
  /** Of voters and witnesses whose session key signs. */
  attachments: z.array(attachmentSchema).max(256),
  openedAt: f.unixMs,
  escalate: z.boolean().optional(),
});
export type Opening = Readonly<z.infer<typeof openingSchema>>;

/** An opening that was checked. */
export interface OpenedDecision {
  readonly opening: Opening;
  readonly decision: DecisionRecord;
  readonly hash: string;
  readonly roster: Roster | undefined;
  /** Ballots that a count needs before it can be agreed on: all but as many as may fail. */
  readonly ballotsMin: number;
}

export interface OpeningFacts {
  readonly members: Members;
  readonly asker: LocalAgent;
  readonly locate: (agent: Did) => Attachment | undefined;
  /** Attached agents of the mesh, for witnesses. */
  readonly attached: readonly Attachment[];
  /** Whether a node can be reached now. */
  readonly isUp: (node: NodeId) => boolean;
  readonly ownerOf: (node: NodeId) => Did;
}

export type DecideMessage = EdgeMessageOf<'decide'>;

/** Write and sign the opening, as the asker. */
export function writeOpening(core: PeerCore, asked: DecideMessage, facts: OpeningFacts): Checked<Opening> {
  const { asker, members } = facts;
  const nowMs = core.clock.nowMs();
  if (!(ruleNames as readonly string[]).includes(asked.rule))
    return refuse('AMP-1857', `There is no rule "${asked.rule}"; there are ${ruleNames.join(', ')}.`, 'rule');
  if (asked.deadlineAt <= nowMs) return refuse('AMP-1857', 'The deadline is in the past.', 'deadlineAt');
  if (new Set(asked.options).size !== asked.options.length)
    return refuse('AMP-1857', 'An option is named twice.', 'options');
  const rule = asked.rule as RuleName;
  const known = new Set(members.members.map((member) => member.agent));
  const named = asked.voters ?? [...known];
  const stranger = named.find((did) => !known.has(did));
  if (stranger !== undefined) return refuse('AMP-1857', `${stranger} is no member of the space.`, 'voters');
  const electorate = named.flatMap((did) => facts.locate(did as Did) ?? []);
  const roster = rule === 'byzantine' ? chooseRoster(core, asked, facts, electorate) : undefined;
  const voting = new Set(roster?.record.members.filter((one) => !one.witness).map((one) => one.did));
  const voters = electorate.filter((one) => roster === undefined || voting.has(one.agent));
  const isAskerIn = voters.some((one) => one.agent === asker.did);
  if (!isAskerIn && !asker.isHosted)
    return refuse('AMP-1857', 'An asker with a key of its own must be one of the voters.', 'voters');
  const key = asker.isHosted ? asker.did : (asker.attachment.sessionKey as Did);
  const decision = signObject(core.keys, key, decisionDomains.decision, {
    record: 'decision' as const,
    mesh: core.mesh,
    space: members.space,
    id: asked.decision,
    question: asked.question,
    options: asked.options,
    rule: recordRules[rule],
    voters: voters.map(({ agent, sessionKey }) => ({
      did: agent,
      key: sessionKey,
      weight: asked.weights?.[agent] ?? 1,
    })),
    closesAt: asked.deadlineAt,
    asker: asker.did,
  });
  const signers = new Set([
    ...voters.map((one) => one.agent),
    ...(roster?.record.members ?? []).map((one) => one.did),
  ]);
  return accept({
    rule,
    decision,
    ...(roster === undefined ? {} : { roster: roster.record as unknown as JsonObject }),
    attachments: [...signers].flatMap((did) => {
      const one = facts.locate(did as Did);
      return one === undefined || one.sessionKey === one.agent ? [] : [one];
    }),
    openedAt: nowMs,
    ...(asked.escalate === undefined ? {} : { escalate: asked.escalate }),
  });
}

/** The asker stands for its own node; which of several agents stands for another node, the rendezvous hash says. */
function chooseRoster(
  core: PeerCore,
  asked: DecideMessage,
  facts: OpeningFacts,
  electorate: readonly Attachment[],
): Roster {
  const toCandidate = ({ agent, node, sessionKey }: Attachment): RosterCandidate => ({
    did: agent,
    node,
    owner: facts.ownerOf(node as NodeId),
    key: sessionKey,
  });
  const isVoter = new Set(electorate.map((one) => one.agent));
  const isAskerIn = isVoter.has(facts.asker.did);
  const standsForNode = (one: Attachment) =>
    !isAskerIn || one.node !== core.self || one.agent === facts.asker.did;
  const members = electorate.filter(standsForNode).map(toCandidate);
  const isShort = new Set(members.map((one) => one.node)).size < rosterMin;
  const witnesses = facts.attached
    .filter((one) => isShort && !isVoter.has(one.agent) && standsForNode(one))
    .filter((one) => one.node === core.self || facts.isUp(one.node as NodeId))
    .map(toCandidate);
  return selectRoster(core.keys, {
    mesh: core.mesh,
    space: asked.space,
    instance: asked.decision,
    membersVersion: facts.members.version,
    members,
    witnesses,
  });
}

/** Check an opening that came from outside; `isMember` says who belongs to the space, where that is known. */
export function checkOpening(
  core: PeerCore,
  input: unknown,
  from: Did,
  isMember: (agent: Did) => boolean,
): Checked<OpenedDecision> {
  const read = matchSchema(openingSchema, input as JsonObject);
  if (!read.ok) return read;
  const opening = read.value;
  const { decision } = opening;
  if (decision.mesh !== core.mesh) return refuse('AMP-1105', 'The decision is of another mesh.', 'mesh');
  if (decision.asker !== from) return refuse('AMP-1857', 'The decision is not the sender’s.', 'asker');
  if (JSON.stringify(decision.rule) !== JSON.stringify(recordRules[opening.rule]))
    return refuse('AMP-1857', 'The record counts by another rule.', 'rule');
  const stranger = decision.voters.find((voter) => !isMember(voter.did as Did));
  if (stranger !== undefined) return refuse('AMP-1857', 'A voter is no member of the space.', 'voters');
  const keyOf = keysOf(decision);
  if (!checkSignature(core.keys, decisionSignature(decision, keyOf)))
    return refuse('AMP-1101', 'The decision is not signed by its asker.', 'sig');
  const roster = opening.roster === undefined ? undefined : checkRosterOf(core, opening);
  if (roster?.ok === false) return roster;
  if ((opening.rule === 'byzantine') !== (roster !== undefined))
    return refuse('AMP-1851', 'A roster belongs to Byzantine agreement, and to that alone.', 'roster');
  const refusal = checkKeys(core, opening, roster?.value);
  if (refusal !== undefined) return refusal;
  const mayFail = roster === undefined ? 0 : faultMax(roster.value.record.members.length);
  return accept({
    opening,
    decision,
    hash: hashDecision(core.keys, decision),
    roster: roster?.value,
    ballotsMin: Math.max(1, decision.voters.length - mayFail),
  });
}

function checkRosterOf(core: PeerCore, { roster, decision }: Opening): Checked<Roster> {
  const checked = checkRoster(core.keys, roster);
  if (!checked.ok) return checked;
  const { record } = checked.value;
  const isOurs =
    record.instance === decision.id && record.space === decision.space && record.mesh === decision.mesh;
  if (!isOurs) return refuse('AMP-1851', 'The roster is of another instance.', 'roster');
  const voting = record.members
    .filter((member) => !member.witness)
    .map((member) => `${member.did} ${member.key}`);
  const listed = decision.voters.map((voter) => `${voter.did} ${voter.key}`);
  return voting.length === listed.length && voting.every((one) => listed.includes(one))
    ? checked
    : refuse('AMP-1851', 'Voters and roster differ.', 'roster');
}

/** A key other than the agent's own must be the session key of an attachment that covers votes. */
function checkKeys(
  core: PeerCore,
  { decision, attachments }: Opening,
  roster: Roster | undefined,
): Checked<OpenedDecision> | undefined {
  for (const { did, key } of [...decision.voters, ...(roster?.record.members ?? [])]) {
    if (did === key) continue;
    const attachment = attachments.find(
      (one) => one.agent === did && one.sessionKey === key && one.scopes.includes('votes'),
    );
    if (attachment === undefined || !checkSignature(core.keys, attachmentSignature(attachment)))
      return refuse('AMP-1104', `No attachment shows that ${key} votes for ${did}.`, 'attachments');
  }
  return undefined;
}

/** Who signs for a voter; the asker, when it votes, signs the record with the same key. */
export function keysOf(decision: DecisionRecord): (did: Did) => Did {
  const keys = new Map(decision.voters.map((voter) => [voter.did, voter.key as Did]));
  return (did) => keys.get(did) ?? did;
}
