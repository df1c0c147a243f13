/**
 * Decisions that make a claim a fact: a ballot of all who belong to the space on one claim with one content. Whoever
 * asks only friends, or gives them weight, certifies nothing.
 */
import { type CertifiedClaim, readClaimDecision } from '../../crdt/index.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import type { DecisionRecord } from '../../protocol/decisions/records.ts';
import type { Members } from '../../protocol/records.ts';
import type { DecisionOutcome } from './decision-store.ts';

/** The option that says so. */
export const factOption = 'fact';
/** How deep a certificate may hold the record of its decision. */
const depthMax = 8;

/** What a decision that this node has verified certifies, if it is about a claim and says that it is a fact. */
export function readCertified(
  { question, space, outcome, certificate }: DecisionOutcome,
  members: Members | undefined,
  hash: (bytes: Uint8Array) => Uint8Array,
): CertifiedClaim | undefined {
  const read = readClaimDecision(parse(question));
  if (!read.ok || read.value.space !== space || outcome !== factOption) return undefined;
  const record = findRecord(certificate, depthMax);
  if (record === undefined || record.question !== question || !isOfAll(record, members)) return undefined;
  const { entity, content } = read.value;
  return { entity, content, certificate: toHex(hash(utf8(toCanonicalJson(certificate)))) };
}

/** Everyone who belonged to the space by its end could vote, and nobody's vote weighed more. */
function isOfAll({ voters, closesAt }: DecisionRecord, members: Members | undefined): boolean {
  const asked = new Set<string>(voters.map((one) => one.did));
  const isEven = voters.every((one) => one.weight === voters[0]!.weight);
  const belonged = members?.members.filter((one) => one.reader !== true && one.joinedAt <= closesAt);
  return isEven && belonged?.every((one) => asked.has(one.agent)) === true;
}

function findRecord(value: unknown, depth: number): DecisionRecord | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  const { record, voters } = value as { readonly record?: unknown; readonly voters?: unknown };
  if (record === 'decision' && Array.isArray(voters)) return value as DecisionRecord;
  for (const inner of Object.values(value)) {
    const found = findRecord(inner, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Most questions are prose.
    return undefined;
  }
}
