/** The numbers that the DHT index runs on. README.md shows the measurements behind them. */
export const dhtDefaults = {
  /** Buckets in which a record is kept. */
  copyCount: 3,
  /** Buckets in which a query looks, for each skill. */
  probeCount: 4,
  /**
   * In a mesh of up to this many nodes all of them are asked for their own records, without any lookup: two
   * messages each cost less than lookups do, and nothing is missed. Several skills share the number.
   */
  everybodyMax: 16,
  /** Holders that keep a record of one bucket, and holders that a query asks. One honest one is enough. */
  ringSize: 3,
  /** When the nodes closest to a key are full, the next ring outward takes over, up to this many. */
  ringsMax: 6,
  /** Records of one bucket that one holder takes. */
  bucketRecordsMax: 80,
  /** Records that one holder takes in all. */
  holderRecordsMax: 4_000,
  /**
   * Once the size of the mesh is known, a holder takes at most this many times its fair share, and never fewer
   * than the minimum. What it turns away goes one ring outward.
   */
  fairSharesMax: 4,
  fairShareMin: 64,
  /** Records of one agent, and of one node, that one holder takes in a bucket. */
  agentRecordsMax: 4,
  nodeRecordsMax: 40,
  /** How often a record is put again: in a mesh that replaces a tenth of its nodes a minute, one in ten is lost. */
  republishMs: 60_000,
  /** How long a holder keeps a record that is not put again. */
  holdMs: 150_000,
  /** How long a holder may take to answer. */
  answerMs: 1_000,
  /** After a put that nobody answered. */
  retryMs: 3_000,
  /** When a query answers with what it has. */
  deadlineMs: 10_000,
  /** Messages that one query may cause; outer rings are left out when they would not fit. */
  messagesMax: 190,
  /** Bytes that one query may cause, lookups included, before outer rings are left out: rings under way add a third. */
  bytesMax: 92 * 1024,
  /** Candidates that are probed beyond what was asked for, because some will be dead. */
  spareCount: 3,
} as const;

export type DhtSettings = { readonly [Name in keyof typeof dhtDefaults]: number };
