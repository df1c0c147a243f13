/** Writing to a space through the agent's node, over lost connections. */
import { AmpError } from '../../protocol/errors.ts';
import { createMessageId } from '../../protocol/message-id.ts';
import type { Agent } from '../agent.ts';

/** What the node answered to a write: where it stands, and for shared values what they are now. */
export interface Written {
  readonly entity: string;
  readonly epoch: string;
  /** -1 when it changed nothing. */
  readonly seq: number;
  readonly values?: readonly unknown[];
}

export type MemoryMessage = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Once: for what would count twice. @throws AmpError what the node answered, or AMP-1505. */
export async function writeOnce(agent: Agent, space: string, message: MemoryMessage): Promise<Written> {
  const answer = await agent.askNode({ ...message, space });
  return (answer.items as Written[])[0]!;
}

/** Until the node answers: for writes that are the same under the same key. @throws AmpError what the node answered. */
export async function writeSurely(agent: Agent, space: string, message: MemoryMessage): Promise<Written> {
  for (;;) {
    try {
      return await writeOnce(agent, space, message);
    } catch (error) {
      if (!(error instanceof AmpError) || error.code !== 'AMP-1505') throw error;
      await untilUp(agent);
    }
  }
}

export function newId(): string {
  return createMessageId(Date.now(), { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
}

/** @throws AmpError when no node can be reached any more. */
async function untilUp(agent: Agent): Promise<void> {
  if (agent.isUp) return;
  const up = Promise.withResolvers<void>();
  const endings = [agent.on('up', () => up.resolve()), agent.on('lost', (error) => up.reject(error))];
  try {
    await up.promise;
  } finally {
    for (const end of endings) end();
  }
}
