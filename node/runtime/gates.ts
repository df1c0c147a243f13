/**
 * Actions that wait for a person: a gate of the node's configuration names a type of message, or an action that a
 * message says it takes (`context.action`). What an agent of this node sends through a gate stays here until somebody
 * approves it, whatever the agent's own program thinks of it.
 */
import type { Envelope } from '../../protocol/messages.ts';

/** The gate that a message comes to; `undefined` when it may go. A word to a person passes all gates. */
export function findGate(gates: ReadonlySet<string>, envelope: Envelope): string | undefined {
  if (envelope.type === 'escalate') return undefined;
  if (gates.has(envelope.type)) return envelope.type;
  const action = envelope.context?.action;
  return typeof action === 'string' && gates.has(action) ? action : undefined;
}
