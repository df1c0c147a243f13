/**
 * What members of a Byzantine agreement say to each other, and the proofs made of it: one schema per record.
 * Signed records name the whole instance (S1), so no vote means anything outside of it.
 */
import * as z from 'zod';
import type { Sha256 } from '../brand.ts';
import * as f from '../message-fields.ts';
import { rosterMax } from './quorum.ts';

/** Rounds that any message may name. Judgement: at growing timeouts the deadline comes long before. */
export const roundMax = 10_000;
/** The canonical JSON of a proposed value, in UTF-16 code units. Judgement: an outcome, not its attachments. */
export const valueLengthMax = 64 * 1024;
/** Polkas that prove the claims of one message, lowest round first. Judgement: each needs a round of bad luck. */
export const polkasMax = 32;

const round = z.int().min(0).max(roundMax);
/** A round, or -1 for none. */
const earlierRound = z.int().min(-1).max(roundMax);
const valueId = f.sha256 as unknown as z.ZodType<Sha256>;
const signature = z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'is no base64url of 64 bytes');

/** What every signed record of an instance carries: network, space, instance and the roster's hash. */
const instanceName = { mesh: f.name, space: f.spaceId, instance: f.name, roster: valueId };

/**
 * A prevote or a precommit; `value` is the id of a value, or null for nil. A prevote's `validRound` is the round
 * of the polka that allows it (-1: none was needed); see README, "Naming who lied".
 */
export const voteSchema = z
  .strictObject({
    record: z.literal('vote'),
    ...instanceName,
    type: z.enum(['prevote', 'precommit']),
    round,
    value: valueId.nullable(),
    validRound: earlierRound,
    voter: f.did,
    sig: signature,
  })
  .refine((vote) => vote.validRound < vote.round, 'a polka is older than the vote that rests on it')
  .refine(
    (vote) => vote.validRound === -1 || (vote.type === 'prevote' && vote.value !== null),
    'only a prevote for a value rests on a polka',
  );
export type Vote = Readonly<z.infer<typeof voteSchema>>;
export type UnsignedVote = Omit<Vote, 'sig'>;
export type VoteType = Vote['type'];

/** The proposer of `round` proposes the value with this id; `validRound` as in arXiv 1807.04938, -1 when fresh. */
export const proposalSchema = z
  .strictObject({
    record: z.literal('vote-proposal'),
    ...instanceName,
    round,
    value: valueId,
    validRound: earlierRound,
    proposer: f.did,
    sig: signature,
  })
  .refine((proposal) => proposal.validRound < proposal.round, 'a valid round is older than the proposal');
export type Proposal = Readonly<z.infer<typeof proposalSchema>>;
export type UnsignedProposal = Omit<Proposal, 'sig'>;

export const undecidedReasons = ['round-limit', 'deadline'] as const;

/** A member stopped without a decision, will never vote in this instance again, and says what it is locked on. */
export const undecidedSchema = z.strictObject({
  record: z.literal('undecided'),
  ...instanceName,
  round,
  lockedRound: earlierRound,
  lockedValue: valueId.nullable(),
  reason: z.enum(undecidedReasons),
  member: f.did,
  sig: signature,
});
export type Undecided = Readonly<z.infer<typeof undecidedSchema>>;
export type UnsignedUndecided = Omit<Undecided, 'sig'>;

/** A certificate as it travels: what its votes have in common once, then who signed, for what, on what claim. */
const certificateSchema = z.strictObject({
  kind: z.enum(['polka', 'round', 'decision']),
  ...instanceName,
  round,
  value: valueId.nullable(),
  votes: z
    .array(
      z.strictObject({
        voter: f.did,
        /** Only in a round certificate, whose votes differ. */
        value: valueId.nullable().optional(),
        /** Only where there is a claim. */
        validRound: round.optional(),
        sig: signature,
      }),
    )
    .min(1)
    .max(rosterMax),
});
export type CertificateWire = Readonly<z.infer<typeof certificateSchema>>;

/**
 * A quorum of votes of one round. `polka`: prevotes for one value; `decision`: precommits for one value;
 * `round`: precommits for anything, which ends the round.
 */
export interface Certificate {
  readonly kind: 'polka' | 'round' | 'decision';
  readonly round: number;
  readonly value: Sha256 | null;
  readonly votes: readonly Vote[];
}

/** Two signed messages that no honest member signs both of. Self-contained and transferable (L10). */
export const evidenceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('double-vote'), first: voteSchema, second: voteSchema }),
  z.strictObject({ kind: z.literal('double-proposal'), first: proposalSchema, second: proposalSchema }),
  z.strictObject({ kind: z.literal('amnesia'), first: voteSchema, second: voteSchema }),
]);
export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

/** A proposed value and who proposed it: the value's id must be the hash of its canonical JSON (S13). */
export interface ProposedValue {
  readonly proposal: Proposal;
  readonly value: unknown;
}
const proposed = { proposal: proposalSchema, value: z.json() };
const polkas = z.array(certificateSchema).max(polkasMax).optional();

/** The form of messages on the wire; decode.ts turns them into {@link ConsensusMessage} and back. */
export const consensusMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('proposal'), ...proposed, polkas }),
  z.strictObject({ type: z.literal('vote'), vote: voteSchema, polkas }),
  z.strictObject({
    type: z.literal('certificate'),
    certificate: certificateSchema,
    proposed: z.strictObject(proposed).optional(),
    polkas,
  }),
  z.strictObject({ type: z.literal('evidence'), evidence: evidenceSchema }),
  z.strictObject({ type: z.literal('undecided'), undecided: undecidedSchema }),
]);

export type ConsensusMessageWire = z.infer<typeof consensusMessageSchema>;

type Polkas = { readonly polkas?: readonly Certificate[] | undefined };

/** What members send each other, by direct send only. `polkas` prove the `validRound`s of what goes with them. */
export type ConsensusMessage =
  | ({ readonly type: 'proposal' } & ProposedValue & Polkas)
  | ({ readonly type: 'vote'; readonly vote: Vote } & Polkas)
  | ({
      readonly type: 'certificate';
      readonly certificate: Certificate;
      readonly proposed?: ProposedValue | undefined;
    } & Polkas)
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  | { readonly type: 'undecided'; readonly undecided: Undecided };
