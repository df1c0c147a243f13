/** Named limits of everything that a peer or an agent can make grow. Sources: judgement unless stated. */
export const limits = {
  /** One message on an agent's socket, and one envelope between nodes. */
  messageBytesMax: 256 * 1024,
  jsonDepthMax: 32,
  jsonKeyCountMax: 1_000,
  /** One string value, in UTF-16 code units. */
  stringLengthMax: 64 * 1024,
  keyLengthMax: 256,
  extBytesMax: 4 * 1024,
  /** What a message says about where it belongs. */
  contextBytesMax: 16 * 1024,
  nameLengthMax: 64,
  referencesMax: 64,
  attachmentsMax: 64,
  requirementsMax: 64,
  receiversMax: 256,
  /** A packet or gossip batch between nodes. */
  batchBytesMax: 64 * 1024,
  batchEnvelopesMax: 64,
  /** A clock may run ahead by this much before its messages are refused. */
  clockSkewMs: 60_000,
  ttlDefaultMs: 3_600_000,
  /** How long a message may wait for an agent that is away. */
  mailboxMs: 24 * 3_600_000,
  attachmentLifetimeMs: 24 * 3_600_000,
  /** Spaces with up to this many nodes use direct sends: outsiders do not see them. */
  directSpaceNodesMax: 32,
} as const;
