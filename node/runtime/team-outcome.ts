/** The outcome of a coalition whose asker is hosted here: its node signs the record, as it signs all that it says. */
import { outcomeDomain } from '../../protocol/coalition/index.ts';
import type { Draft } from '../../protocol/messages.ts';
import type { Keys } from '../../protocol/ports.ts';
import { signObject } from '../../protocol/signing.ts';
import type { LocalAgent } from './local-agents.ts';

/** The draft, its outcome signed when it is an unsigned one of this very agent. */
export function withOutcomeSigned(keys: Keys, agent: LocalAgent, draft: Draft): Draft {
  if (draft.type !== 'dissolve' || !agent.isHosted) return draft;
  const { outcome } = draft;
  const isOwn = outcome?.record === 'team-outcome' && outcome.asker === agent.did;
  if (outcome === undefined || !isOwn || 'sig' in outcome) return draft;
  return { ...draft, outcome: signObject(keys, agent.did, outcomeDomain, outcome) };
}
