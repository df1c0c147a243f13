/** What a worker process does: hosts bare peers for gossip and lookups, or whole nodes that decide. */
import { serveDecidingNodes } from './decision-worker.ts';
import { serveGossipPeers } from './gossip-worker.ts';

/** @throws RangeError for a kind that does not exist. */
export function runLiveWorker(kind: string | undefined): void {
  // An interrupt is the parent's business: it lets go of its workers.
  process.on('SIGINT', () => undefined);
  if (kind === 'gossip') serveGossipPeers();
  else if (kind === 'decisions') serveDecidingNodes();
  else throw new RangeError(`there is no live worker "${kind}"`);
}
