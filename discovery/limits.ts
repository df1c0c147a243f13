/** Named limits of everything that peers can make grow in discovery. Sources: judgement unless stated. */
export const discoveryLimits = {
  /** One capability record as canonical JSON (kad-dht's own records are held to the same size). */
  capabilityBytesMax: 4 * 1024,
  /** Longest life of a record. No older record of the same capability can be valid for longer than this. */
  recordLifetimeMs: 24 * 3_600_000,
  /** One beacon as canonical JSON: in base64url it still fits into one index message. */
  beaconBytesMax: 32 * 1024,
  /** Busy agents, and away agents, that one beacon names; the busiest come first. */
  beaconAgentsMax: 200,
  /** An annex carries one dense vector of at most this many dimensions, one byte each. */
  annexDimensionsMax: 2_000,
  annexBytesMax: 8 * 1024,
  outcomeBytesMax: 2 * 1024,
  /** A team of 31 with their skills. */
  playBytesMax: 12 * 1024,
  /** Capabilities that a reader keeps of one agent. */
  recordsPerAgentMax: 64,
  /** Capabilities that a reader keeps of one node. */
  recordsPerNodeMax: 10_000,
  /** Records that a gossip index keeps; above about 10⁴ agents the DHT index is the right one. */
  recordsMax: 50_000,
  /** (agent, capability) pairs whose highest sequence number is remembered. */
  sequencesMax: 200_000,
  /** Nodes whose beacons are kept. */
  nodesMax: 20_000,
  /** One message of an index protocol, in bytes of JSON. */
  indexMessageBytesMax: 48 * 1024,
  /** Answers to one pull, in messages. */
  pullMessagesMax: 64,
  /** Nodes that one pull names. */
  pullNodesMax: 64,
  /** Hits that one query may ask for. */
  hitsMax: 1_000,
  /** Skills in one query. */
  skillsMax: 32,
} as const;
