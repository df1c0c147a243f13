/** Where a node keeps who it is. */
import type { Did, NodeId } from '../protocol/brand.ts';
import type { Store } from '../protocol/ports.ts';

export const nodeBucket = 'node';

/** The same key at each start: the node's DID and its libp2p peer id come from it. */
export function ownDid(store: Store, create: () => Did): NodeId {
  const known = store.get(nodeBucket, 'did');
  if (typeof known === 'string') return known as NodeId;
  const did = create();
  store.commit([{ bucket: nodeBucket, key: 'did', value: did }]);
  return did;
}
