/**
 * A node that lies in agreements: it tells half of the members one thing and the other half another, never the
 * truth, and keeps what would prove it to itself. For `ampmesh demo latency` and its test; nothing else starts it.
 */
import { parseArgs } from 'node:util';
import type { VoteFault } from '../../node/runtime/consensus-desk.ts';
import { startNode } from '../../node/start-node.ts';
import type { Sha256 } from '../../protocol/brand.ts';
import { resolveSettings } from '../settings.ts';

const { values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    data: { type: 'string' },
    mesh: { type: 'string' },
    port: { type: 'string' },
    listen: { type: 'string' },
    bootstrap: { type: 'string' },
  },
});

/** The id of no value at all. */
const madeUp = 'f'.repeat(64) as Sha256;

const lie: VoteFault = ({ toIndex, message, sign }) => {
  if (message.type === 'undecided') return message;
  if (message.type !== 'vote') return undefined;
  const { sig: _, ...vote } = message.vote;
  return { type: 'vote', vote: sign({ ...vote, value: toIndex % 2 === 0 ? madeUp : null, validRound: -1 }) };
};

const { values } = resolveSettings({ flags: { ...flags }, environment: process.env, file: undefined });
const node = await startNode({
  ...values,
  voteFault: lie,
  onFatal: () => process.exit(1),
});
const facts = { msg: 'ready', did: node.did, agentUrl: node.agentUrl, tokenFile: node.tokenFile };
process.stderr.write(`${JSON.stringify({ ...facts, addresses: node.transport.addresses() })}\n`);
process.once('SIGTERM', () => void node.stop());
