/** A node's DID and its libp2p peer id are two spellings of one Ed25519 public key; these functions translate. */
import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { PeerId } from '@libp2p/interface';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import type { NodeId } from '../../protocol/brand.ts';
import { decodeDid, encodeDid } from '../../protocol/did.ts';

/** `undefined` for a text that is no node's DID, or no key at all. */
export function toPeerId(node: NodeId): PeerId | undefined {
  const publicKey = decodeDid(node);
  if (publicKey === undefined) return undefined;
  try {
    return peerIdFromPublicKey(publicKeyFromRaw(publicKey));
  } catch {
    // 32 bytes that are no point of the curve name nobody.
    return undefined;
  }
}

/** `undefined` for a peer whose key is not Ed25519: it cannot be a node. */
export function toNodeId(peer: PeerId): NodeId | undefined {
  return peer.type === 'Ed25519' ? encodeDid(peer.publicKey.raw) : undefined;
}
