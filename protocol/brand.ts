/** Branded strings and numbers, so that one kind of id cannot be passed where another is meant. */
declare const brand: unique symbol;

/** `Base`, marked as a `Name`. Made only by the parsers of this folder. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A `did:key` of an Ed25519 public key: an agent or a node. */
export type Did = Brand<string, 'Did'>;

/** A node's identity in the mesh. It is the node's own DID; adapters map it to a libp2p peer id. */
export type NodeId = Did;

/** A message's id: a UUID version 7. */
export type MessageId = Brand<string, 'MessageId'>;

/** A space's id: `commons`, or a UUID version 7. */
export type SpaceId = Brand<string, 'SpaceId'>;

/** Lower-case hexadecimal SHA-256. */
export type Sha256 = Brand<string, 'Sha256'>;
