/** From untrusted JSON to consensus messages: a total function that answers with a value or a refusal. */
import { toCanonicalJson } from '../canonical.ts';
import { accept, type Checked, refuse } from '../errors.ts';
import { type ConsensusMessage, consensusMessageSchema, valueLengthMax } from './records.ts';

/** Check form and sizes. Depth, key count and numbers were checked by `readJsonObject` before. */
export function decodeConsensusMessage(input: unknown): Checked<ConsensusMessage> {
  const parsed = consensusMessageSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refuse(
      'AMP-1005',
      `The consensus message has a wrong form: ${issue.message}.`,
      issue.path.join('.'),
    );
  }
  const message = parsed.data as ConsensusMessage;
  const value = message.type === 'proposal' ? message.value : undefined;
  const proposed = message.type === 'certificate' ? message.proposed?.value : value;
  if (proposed !== undefined && toCanonicalJson(proposed).length > valueLengthMax) {
    return refuse('AMP-1002', `A proposed value is longer than ${valueLengthMax} characters.`, 'value');
  }
  return accept(message);
}
