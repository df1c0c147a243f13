/** What a simple decision is made of: the question, the ballots, the leader's word on a tie, a person's answer. */
import * as z from 'zod';
import type { Did } from '../brand.ts';
import { type SignatureDomain, signingBytes } from '../canonical.ts';
import * as f from '../message-fields.ts';
import type { SignatureClaim } from '../signing.ts';

/** As many as one hash-named electorate can hold and a certificate can carry. Judgement. */
export const votersMax = 256;
/** As the `ballot` envelope allows. */
export const optionsMax = 32;
/** Integer weights keep sums exact on every machine. Judgement: three digits tell enough apart. */
export const weightMax = 1_000;

const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes');
const option = z.string().min(1).max(256);

/**
 * `majority`: more than half of the voters; `weighted`: more than half of the weight; `supermajority`: at least
 * `share` of the voters; `unanimity`: all of them. These count those who stay away as not agreeing. `approval` and `ranked` compare among the ballots cast, once more than
 * half of the weight has voted.
 */
export const ruleSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('majority') }),
  z.strictObject({ method: z.literal('weighted') }),
  z.strictObject({
    method: z.literal('supermajority'),
    /** As a fraction: two thirds are { numerator: 2, denominator: 3 }. */
    numerator: z.int().min(1).max(100),
    denominator: z.int().min(1).max(100),
  }),
  z.strictObject({ method: z.literal('unanimity') }),
  z.strictObject({ method: z.literal('approval') }),
  z.strictObject({ method: z.literal('ranked') }),
]);
export type DecisionRule = Readonly<z.infer<typeof ruleSchema>>;

const voterSchema = z.strictObject({
  did: f.did,
  /** Who signs its ballot: its own DID, or the session key of its attachment. */
  key: f.did,
  weight: z.int().min(1).max(weightMax),
});
export type Voter = Readonly<z.infer<typeof voterSchema>>;

/** The question, who may answer it and how it is counted: fixed and signed by the asker before the first ballot. */
export const decisionSchema = z.strictObject({
  record: z.literal('decision'),
  mesh: f.name,
  space: f.spaceId,
  id: f.messageId,
  question: f.text,
  options: z.array(option).min(2).max(optionsMax),
  rule: ruleSchema,
  voters: z.array(voterSchema).min(1).max(votersMax),
  closesAt: f.unixMs,
  asker: f.did,
  sig: signature,
});
export type DecisionRecord = Readonly<z.infer<typeof decisionSchema>>;

/** One voter's answer. */
export const ballotSchema = z.strictObject({
  record: z.literal('ballot'),
  mesh: f.name,
  space: f.spaceId,
  /** Hash of the decision record, so that a ballot answers one question only. */
  decision: f.sha256,
  voter: f.did,
  /** One option; for `approval` all approved ones; for `ranked` the best first. None: an abstention. */
  choice: z.array(option).max(optionsMax),
  /** Whom the voter trusts to break a tie. */
  leader: f.did.optional(),
  /** What the voter had to say, for whoever must answer when no ballot does. */
  opinion: f.line.optional(),
  sig: signature,
});
export type Ballot = Readonly<z.infer<typeof ballotSchema>>;

/** The elected leader's word on a tie. */
export const tieBreakSchema = z.strictObject({
  record: z.literal('tie-break'),
  mesh: f.name,
  space: f.spaceId,
  decision: f.sha256,
  option,
  leader: f.did,
  sig: signature,
});
export type TieBreak = Readonly<z.infer<typeof tieBreakSchema>>;

/** A person's answer to what the agents could not or may not decide. */
export const approvalSchema = z.strictObject({
  record: z.literal('approval'),
  mesh: f.name,
  space: f.spaceId,
  decision: f.sha256,
  option,
  person: f.did,
  reason: f.line.optional(),
  at: f.unixMs,
  sig: signature,
});
export type Approval = Readonly<z.infer<typeof approvalSchema>>;

export const decisionDomains = {
  decision: 'amp/1/decision',
  ballot: 'amp/1/ballot',
  'tie-break': 'amp/1/tie-break',
  approval: 'amp/1/approval',
} as const satisfies Record<string, SignatureDomain>;

type Signed = DecisionRecord | Ballot | TieBreak | Approval;

/** Who signed the record, where `keyOf` maps a voter to its signing key. */
export function decisionSignature(record: Signed, keyOf: (did: Did) => Did = (did) => did): SignatureClaim {
  const bytes = signingBytes(decisionDomains[record.record], record);
  return { signer: keyOf(signerOf(record) as Did), bytes, sig: record.sig };
}

function signerOf(record: Signed): string {
  switch (record.record) {
    case 'decision':
      return record.asker;
    case 'ballot':
      return record.voter;
    case 'tie-break':
      return record.leader;
    case 'approval':
      return record.person;
  }
}
