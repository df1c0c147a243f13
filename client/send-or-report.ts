/** Say what nobody waits for, and let the agent hear of it when it could not be said. */
import { AmpError } from '../protocol/errors.ts';
import type { Agent, Saying } from './agent.ts';

/**
 * Send, and tell the agent's `error` listeners of a failure, naming task and message (AMP-1408 with `task`, `type`,
 * `to` and `reason`). False when it failed; never throws.
 */
export async function sendOrReport(agent: Pick<Agent, 'send' | 'report'>, saying: Saying): Promise<boolean> {
  try {
    await agent.send(saying);
    return true;
  } catch (error) {
    const { type, to } = saying;
    const task = 'task' in saying ? saying.task : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    const what = `The ${type} about task ${task ?? '(none)'} could not be sent: ${reason}.`;
    agent.report(new AmpError('AMP-1408', what, { task, type, to, reason }, error));
    return false;
  }
}
