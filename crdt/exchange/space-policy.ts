/** What a space's members' record says of its memory: when a claim is a fact, and who writes and reads which blocks. */
import * as z from 'zod';
import { matchSchema } from '../../protocol/decode.ts';
import * as f from '../../protocol/message-fields.ts';
import type { Policy } from '../graph/policy.ts';
import { type AgentScope, createScopes, type EarlierScope, type Scopes } from './scopes.ts';

/** Rights taken away that one record remembers. Judgement: a record of members stays under the packet limit. */
export const earlierScopesMax = 128;

const blocks = z.array(z.string().min(1).max(256)).max(64);

const policySchema = z.strictObject({
  quorum: z
    .strictObject({ by: z.enum(['count', 'weight']), min: z.number().min(0).max(1_000_000) })
    .optional(),
  weights: z.record(z.string(), z.number().min(0).max(1_000_000)).optional(),
  independence: z
    .strictObject({
      owner: z.boolean().optional(),
      model: z.boolean().optional(),
      evidence: z.boolean().optional(),
    })
    .optional(),
  certificate: z.enum(['required', 'sufficient', 'ignored']).optional(),
  disputeShare: f.share.optional(),
  confidenceMin: f.share.optional(),
  multiValued: z.array(f.line).max(256).optional(),
  oppositeSimilarity: f.share.optional(),
  /** By DID, or `*` for all others: the blocks that the agent may write and read. */
  scopes: z
    .record(
      z.union([z.literal('*'), f.did]),
      z.strictObject({ write: blocks.optional(), read: blocks.optional() }),
    )
    .optional(),
  /** Rights taken away since, and up to where they held. */
  earlier: z
    .array(z.strictObject({ agent: f.did, write: blocks.optional(), heads: z.array(f.line.max(48)).max(64) }))
    .max(earlierScopesMax)
    .optional(),
});

type Stated = z.infer<typeof policySchema>;

/** The policy that a members' record states under `memory`; `undefined` for none, one without a quorum, or a malformed one. */
export function readPolicy(policy: unknown): Policy | undefined {
  const { scopes: _, earlier: _before, quorum, ...rest } = readStated(policy) ?? {};
  return quorum === undefined ? undefined : ({ quorum, ...rest } as Policy);
}

/** Who may write and read what; `undefined` where everyone may everything. A malformed policy gives nobody anything. */
export function readScopes(policy: unknown): Readonly<Record<string, AgentScope>> | undefined {
  const stated = (policy as { readonly memory?: { readonly scopes?: unknown } } | undefined)?.memory?.scopes;
  if (stated === undefined) return undefined;
  return (readStated(policy)?.scopes as Readonly<Record<string, AgentScope>> | undefined) ?? nobody;
}

/** Of rights that were taken away, up to where they held. */
export function readEarlier(policy: unknown): readonly EarlierScope[] {
  return (readStated(policy)?.earlier as readonly EarlierScope[] | undefined) ?? [];
}

/** Who may write and read what, by the policy of the latest members' record. */
export function scopesIn(policy: unknown): Scopes {
  return createScopes(readScopes(policy), readEarlier(policy));
}

/** Whether these are scopes as a policy states them. */
export function areScopes(scopes: unknown): boolean {
  return readStated({ memory: { scopes } }) !== undefined;
}

const nobody: Readonly<Record<string, AgentScope>> = { '*': { write: [], read: [] } };

function readStated(policy: unknown): Stated | undefined {
  const stated = (policy as { readonly memory?: unknown } | undefined)?.memory;
  if (stated === undefined) return undefined;
  const read = matchSchema(policySchema as z.ZodType<Stated>, stated as never);
  return read.ok ? read.value : undefined;
}
