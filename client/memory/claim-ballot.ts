/** The ballot that makes a claim a fact by certificate: put it to all members with `decide`. */
import { claimDecision, contentDigest } from '../../crdt/index.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { toCanonicalJson } from '../../protocol/canonical.ts';
import { sha256 } from '../sha256.ts';
import type { Known } from './memory.ts';

/** About the claim with the content that it has now: a later change of it does not inherit the decision. */
export function claimBallot(
  space: string,
  claim: Pick<Known, 'id' | 'body'>,
): { readonly question: string; readonly options: readonly string[] } {
  const content = contentDigest(claim, (text) => toHex(sha256(utf8(text))));
  const question = toCanonicalJson(claimDecision(space, claim.id, content));
  return { question, options: ['fact', 'no fact'] };
}
