/**
 * Every error the project names, in one table: code, short name, what was wrong, what to do.
 * `protocol/README.md` repeats the table for readers; a test holds the two together.
 *
 * Ranges: 10xx messages, 11xx identity and signatures, 12xx the agents' socket, 13xx storage and delivery,
 * 14xx spaces, threads and jobs, 15xx configuration and command line, 16xx discovery, 17xx shared memory,
 * 18xx teams and decisions, 19xx the simulator.
 */
export const errorTable = {
  'AMP-1001': { name: 'not-json', todo: 'Send one UTF-8 JSON object per text message.' },
  'AMP-1002': {
    name: 'too-large',
    todo: 'Send less than the stated limit; put large content into a blob and attach its hash.',
  },
  'AMP-1003': { name: 'too-deep', todo: 'Nest values less deeply or use fewer keys.' },
  'AMP-1004': {
    name: 'forbidden-key',
    todo: 'Rename the key: __proto__, constructor and prototype are never accepted.',
  },
  'AMP-1005': {
    name: 'schema',
    todo: 'Correct the field at the given path; protocol/schema/ holds the schemas.',
  },
  'AMP-1006': { name: 'unknown-type', todo: 'Use one of the message types of protocol/schema/.' },
  'AMP-1007': { name: 'unknown-version', todo: 'Speak the protocol version named in `welcome.features`.' },
  'AMP-1008': {
    name: 'bad-number',
    todo: 'Send finite numbers, and safe integers where an integer is asked for.',
  },
  'AMP-1009': {
    name: 'unknown-key',
    todo: 'Remove the key, or put your own data under `ext` (at most 4 KiB).',
  },
  'AMP-1010': { name: 'duplicate', todo: 'Nothing: the message was taken in the first time.' },
  'AMP-1011': { name: 'expired', todo: 'Send it again with a fresh `at`, or a longer `ttlMs`.' },
  'AMP-1012': {
    name: 'from-the-future',
    todo: 'Set the clock of the sending machine: it is more than 60 s ahead.',
  },
  'AMP-1013': {
    name: 'conflicting-duplicate',
    todo: 'Use a new id for each message; this id was used with other content.',
  },
  'AMP-1101': {
    name: 'bad-signature',
    todo: 'Sign the canonical bytes (RFC 8785) with the key that `from` names.',
  },
  'AMP-1102': {
    name: 'key-not-here',
    todo: 'Attach the agent to this node first, or answer its sign_request.',
  },
  'AMP-1103': { name: 'bad-did', todo: 'Use a did:key of an Ed25519 public key (did:key:z6Mk…).' },
  'AMP-1104': {
    name: 'bad-attachment',
    todo: 'Sign a new attachment for this node, with a higher `seq` and at most 24 h to live.',
  },
  'AMP-1105': { name: 'wrong-mesh', todo: 'Join the mesh that the node serves; `welcome.mesh` names it.' },
  'AMP-1106': { name: 'out-of-scope', todo: 'Attach with a scope that covers this action.' },
  'AMP-1201': { name: 'join-first', todo: 'Send a `join` message before anything else.' },
  'AMP-1202': {
    name: 'denied',
    todo: 'Send the token of the node (file `token` in its data folder) in `join.token`.',
  },
  'AMP-1203': {
    name: 'slow-down',
    todo: 'Send less: the stated rate was exceeded; wait `facts.retryAfterMs`.',
  },
  'AMP-1204': { name: 'join-timeout', todo: 'Send `join` within the stated time after connecting.' },
  'AMP-1205': {
    name: 'name-taken',
    todo: 'Choose another name, or send the `resume` secret of the first join.',
  },
  'AMP-1206': { name: 'already-joined', todo: 'Open another connection for another agent.' },
  'AMP-1207': {
    name: 'forbidden-origin',
    todo: 'Open the page from an origin that the node allows (setting `origins`).',
  },
  'AMP-1208': { name: 'not-text', todo: 'Send text messages, one JSON object in each.' },
  'AMP-1209': { name: 'superseded', todo: 'Nothing: the same agent has connected again.' },
  'AMP-1210': {
    name: 'stopping',
    todo: 'Connect again in a moment, or to another node: this one is stopping.',
  },
  'AMP-1301': {
    name: 'store-failed',
    todo: 'Free disk space or repair the disk, then restart the node. Nothing was acknowledged.',
  },
  'AMP-1302': {
    name: 'store-in-use',
    todo: 'Stop the other process, or give this node a data folder of its own with --data.',
  },
  'AMP-1303': {
    name: 'store-damaged',
    todo: 'Restore the file from a backup, or start with an empty data folder and join again.',
  },
  'AMP-1304': {
    name: 'store-bad-text',
    todo: 'Store well-formed text only: replace lone surrogates, or store bytes.',
  },
  'AMP-1310': {
    name: 'over-transport-limit',
    todo: 'Send less than `bytesMax`; put large content into a blob and attach its hash.',
  },
  'AMP-1311': {
    name: 'transport-start-failed',
    todo: 'Check the listen addresses: the port may be in use or the address not on this machine.',
  },
  'AMP-1312': {
    name: 'no-swarm-key',
    todo: 'Give the node the swarm key of its closed mesh, or open the mesh in the configuration.',
  },
  'AMP-1313': {
    name: 'unknown-topic',
    todo: 'Use one of the topics that the transport was created with.',
  },
  'AMP-1314': {
    name: 'dial-failed',
    todo: 'Check the address, that the other node runs, and that both have the same swarm key.',
  },
  'AMP-1330': { name: 'wrong-hash', todo: 'Send the bytes whose SHA-256 the address names.' },
  'AMP-1331': { name: 'blob-too-large', todo: 'Send a smaller file, or raise the setting `blobBytesMax`.' },
  'AMP-1332': { name: 'wrong-offset', todo: 'Ask with HEAD how many bytes are here and go on from there.' },
  'AMP-1333': { name: 'bad-hash', todo: 'Name a blob by 64 lower-case hexadecimal digits.' },
  'AMP-1334': { name: 'blob-not-found', todo: 'Ask again when a node that has the blob is up.' },
  'AMP-1335': {
    name: 'blob-busy',
    todo: 'Try again in a moment: as many transfers run as the node allows.',
  },
  'AMP-1401': {
    name: 'not-a-member',
    todo: 'Join the space first: its owner invites, you answer with `accept`.',
  },
  'AMP-1402': { name: 'unknown-space', todo: 'Name a space that this agent belongs to.' },
  'AMP-1403': {
    name: 'unknown-reference',
    todo: 'Refer to a message that was said in this thread or space.',
  },
  'AMP-1404': { name: 'not-the-owner', todo: 'Ask an owner of the space to do this.' },
  'AMP-1405': { name: 'space-closed', todo: 'Open another space: this one is closed.' },
  'AMP-1406': { name: 'nobody-offered', todo: 'Say it in other words, or start agents that can do it.' },
  'AMP-1407': {
    name: 'task-not-done',
    todo: 'Give the task to another agent, or change what `facts.reason` names.',
  },
  'AMP-1408': {
    name: 'task-not-delivered',
    todo: 'Give the task to another agent; `ampmesh mail` shows the dead letter.',
  },
  'AMP-1410': {
    name: 'channel-closed',
    todo: 'Open another channel; `facts.reason` says why this one ended.',
  },
  'AMP-1411': {
    name: 'channel-refused',
    todo: 'Check that the other agent is attached and takes channels; `facts.reason` says what was wrong.',
  },
  'AMP-1412': {
    name: 'channel-content',
    todo: 'Send at most 64 KiB at a time, and await each send; put large content into a blob.',
  },
  'AMP-1501': { name: 'bad-config', todo: 'Correct the setting at the given place.' },
  'AMP-1502': { name: 'bad-usage', todo: 'See `ampmesh help`.' },
  'AMP-1503': {
    name: 'no-node',
    todo: 'Start one with `ampmesh node`, or name one with --node ws://host:port.',
  },
  'AMP-1504': {
    name: 'bad-join-link',
    todo: 'Copy the whole link that `ampmesh init` or the other node printed.',
  },
  'AMP-1505': { name: 'timed-out', todo: 'Try again with a longer --timeout, or look at `ampmesh status`.' },
  'AMP-1506': {
    name: 'bad-behaviour',
    todo: 'Export by default a function `(index, agentCount) => ({ on(message, context) {} })`; `ampmesh sim new` writes one.',
  },
  'AMP-1590': {
    name: 'bad-bench-data',
    todo: 'Correct the row; test/data/agent-search/README.md describes the format.',
  },
  'AMP-1601': { name: 'bad-record', todo: 'Write the record as canonical JSON (RFC 8785) of its schema.' },
  'AMP-1602': { name: 'record-lifetime', todo: 'Sign a new record that lives at most 24 h.' },
  'AMP-1603': {
    name: 'record-authority',
    todo: 'Sign with the agent’s key, or with a session key attached with the scope `records`.',
  },
  'AMP-1604': {
    name: 'rolled-back',
    todo: 'Sign the record with a higher `seq` than any the agent used before.',
  },
  'AMP-1605': { name: 'record-quota', todo: 'Withdraw records that are no longer needed, or wait.' },
  'AMP-1606': {
    name: 'other-space',
    todo: 'Compare vectors of one embedding space only; embed the text again in the space that is asked for.',
  },
  'AMP-1607': { name: 'bad-query', todo: 'Ask with a text, or with one to 32 skills.' },
  'AMP-1608': {
    name: 'no-dht-index',
    todo: 'Start the node with `--index dht` or `--index both`, or search with --via gossip.',
  },
  'AMP-1690': {
    name: 'embedder-failed',
    todo: 'Check the address, key and model of the chosen embedder; until then the built-in one answers.',
  },
  'AMP-1701': { name: 'bad-frame', todo: 'Send the record in the form that crdt/README.md shows.' },
  'AMP-1702': {
    name: 'bad-edit',
    todo: 'Write JSON values (no NaN, bigint, undefined or forbidden key) of at most 32 KiB to a key of at most 256 bytes.',
  },
  'AMP-1703': {
    name: 'no-fork',
    todo: 'A fork proof holds two frames that one author signed for one place.',
  },
  'AMP-1704': { name: 'no-writer', todo: 'Open a writer for this author in this space first.' },
  'AMP-1705': {
    name: 'bad-claim',
    todo: 'Correct the field at the given path; crdt/graph/README.md lists the entities and their fields.',
  },
  'AMP-1706': { name: 'unknown-entity', todo: 'Use the id of an entity that a query answered with.' },
  'AMP-1707': {
    name: 'memory-quota',
    todo: 'Retract or wait: this author has used up its share of the space.',
  },
  'AMP-1720': { name: 'lease-held', todo: 'Wait until it expires, or ask its holder to release it.' },
  'AMP-1721': {
    name: 'outside-write-scope',
    todo: 'Write into a block that the space’s policy gives this agent, or ask an owner for it.',
  },
  'AMP-1722': {
    name: 'outside-read-scope',
    todo: 'Ask for a block that the space’s policy lets this agent read, or ask an owner for it.',
  },
  'AMP-1723': {
    name: 'lying-node',
    todo: 'Attach to another node: what this one passed on is not what its author signed.',
  },
  'AMP-1802': { name: 'over-budget-bid', todo: 'Bid within the ceiling that the call for proposals states.' },
  'AMP-1803': {
    name: 'unfit-bid',
    todo: 'Bid only with announced skills that the call asks for, and with at least its least confidence.',
  },
  'AMP-1804': {
    name: 'bad-opening',
    todo: 'Open a sealed bid with the very offer and nonce it was sealed with.',
  },
  'AMP-1810': {
    name: 'bad-budget',
    todo: 'Ask for whole amounts from 0 up, and for no more than is left.',
  },
  'AMP-1811': {
    name: 'bad-team-request',
    todo: 'Name one to 16 different skills and a team size of one or more.',
  },
  'AMP-1851': {
    name: 'bad-roster',
    todo: 'Choose the roster again by its rule: sorted, one per node, at most f per owner.',
  },
  'AMP-1852': {
    name: 'bad-certificate',
    todo: 'Do not act on it; ask another member of the roster for its certificate.',
  },
  'AMP-1853': {
    name: 'foreign-vote',
    todo: 'Send votes only to the instance and roster that they name.',
  },
  'AMP-1854': { name: 'bad-evidence', todo: 'Nothing: the two messages do not prove a lie.' },
  'AMP-1855': { name: 'bad-ballot', todo: 'Sign one ballot per voter, in the form the decision asks for.' },
  'AMP-1856': {
    name: 'outcome-mismatch',
    todo: 'Do not act on it: counting the signed ballots again gives another outcome.',
  },
  'AMP-1857': {
    name: 'bad-decision',
    todo: 'Ask members of the space, by a known rule, with a deadline in the future.',
  },
  'AMP-1858': { name: 'unknown-decision', todo: 'Vote on a decision that reached this node and is open.' },
  'AMP-1859': {
    name: 'unknown-approval',
    todo: 'Name a question that waits: `ampmesh approvals list` shows them.',
  },
  'AMP-1860': { name: 'not-approved', todo: 'Do not act: a person denied it or did not answer in time.' },
  'AMP-1901': {
    name: 'too-many-live-messages',
    todo: 'Publish less often, or shorten `seenTtlMs`.',
  },
  'AMP-1902': {
    name: 'bad-scenario',
    todo: 'Correct the scenario file at the given line and column.',
  },
  'AMP-1903': {
    name: 'bad-experiment',
    todo: 'Give a scenario, seeds and grid that exist; `ampmesh sim list` shows the built-in scenarios.',
  },
  'AMP-1904': {
    name: 'broken-invariant',
    todo: 'Replay the seed with the printed command, then shrink it.',
  },
  'AMP-1905': {
    name: 'not-deterministic',
    todo: 'Look for a clock, a global generator or an unordered iteration before the named event.',
  },
  'AMP-1906': {
    name: 'live-worker-failed',
    todo: 'Run fewer nodes or more workers, or leave the machine alone meanwhile; the message says what failed.',
  },
  'AMP-1907': {
    name: 'behaviour-failed',
    todo: 'Correct the behaviour at the named place: an agent whose behaviour throws has stopped.',
  },
} as const satisfies Record<`AMP-1${string}`, { name: string; todo: string }>;

export type ErrorCode = keyof typeof errorTable;

/**
 * A caller's mistake or a failed operation. Match on `code`, never on the text.
 * The text says what was wrong and where, then what to do.
 */
export class AmpError extends Error {
  readonly code: ErrorCode;
  /** Facts for programs: the wrong path, the limit, the id. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, what: string, facts: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(`${code} ${what} ${errorTable[code].todo}`, cause === undefined ? undefined : { cause });
    this.name = 'AmpError';
    this.code = code;
    this.facts = facts;
  }
}

/** A remote peer's or agent's fault, as a value: decoders and validators answer with it and never throw. */
export interface Refusal {
  readonly code: ErrorCode;
  /** What was wrong, for people. */
  readonly message: string;
  /** Where, as a JSON path such as `to.capability`; empty for the whole. */
  readonly path: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

/** Build the refusing half of a {@link Checked}. */
export function refuse(
  code: ErrorCode,
  message: string,
  path = '',
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, message, path } };
}

export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}
