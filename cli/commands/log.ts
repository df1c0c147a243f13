/**
 * `ampmesh log verify|replay`: a stopped node's memory, checked and replayed from its own files: every row whole,
 * every chain unbroken, every signature good, and the same state in whatever order the frames are read.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import {
  checkpointSignature,
  type Frame,
  forkProofSignatures,
  frameName,
  frameSignature,
  readStoredLog,
} from '../../crdt/index.ts';
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { openSqliteStore, type SqliteStore } from '../../node/adapters/sqlite-store.ts';
import { type DecisionOutcome, decisionBucket } from '../../node/runtime/decision-store.ts';
import { agentsBucket } from '../../node/runtime/local-agents.ts';
import { readCertified } from '../../node/runtime/memory-certificates.ts';
import { byTime, listStoredSpaces, replayChanges } from '../../node/runtime/memory-history.ts';
import { readOwners, readVouchers, voucherBucket } from '../../node/runtime/memory-standing.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { AmpError } from '../../protocol/errors.ts';
import type { Keys } from '../../protocol/ports.ts';
import { type Attachment, attachmentSignature, type Members } from '../../protocol/records.ts';
import { checkSignature } from '../../protocol/signing.ts';
import { membersBucket } from '../../protocol/space/space-machine.ts';
import { exitCodes } from '../exit.ts';
import { print } from './memory-access.ts';

interface LogFlags {
  readonly data: string;
  readonly json?: boolean;
}

export function addLogCommand(program: Command): void {
  const log = program
    .command('log')
    .summary("check and replay a stopped node's memory, offline")
    .addHelpText(
      'before',
      `Examples:
  ampmesh log verify --data ~/.ampmesh/n1
  ampmesh log replay --data ~/.ampmesh/n1 --json

Exit codes: 0 all is well; 1 something does not verify; 2 the folder holds no node.
`,
    );
  for (const [name, summary, run] of [
    ['verify', 'every row, chain and signature', verifyLog],
    ['replay', 'the same state, however the frames are ordered', replayLog],
  ] as const) {
    log
      .command(name)
      .summary(summary)
      .requiredOption('--data <folder>', "the node's folder; the node must not run")
      .option('--json', 'one line of JSON')
      .action((flags: LogFlags) => withLog(flags, run));
  }
}

interface Log {
  readonly store: SqliteStore;
  readonly keys: Keys;
  readonly mesh: string;
}

interface SpaceReport {
  readonly space: string;
  readonly frames: number;
  /** What is wrong, in words; empty when all is well. */
  readonly problems: readonly string[];
  readonly [fact: string]: unknown;
}

function withLog(flags: LogFlags, run: (log: Log, space: string) => SpaceReport): void {
  const file = join(flags.data, 'node.sqlite');
  if (!existsSync(file)) throw new AmpError('AMP-1502', `${flags.data} holds no node.`, { file });
  const store = openSqliteStore({ file });
  try {
    const spaces = listStoredSpaces(store);
    const mesh = spaces.length === 0 ? '' : findMesh(store, file);
    const log = { store, keys: createCheckingKeys(store), mesh };
    const reports = spaces.map((space) => run(log, space));
    const isGood = reports.every((one) => one.problems.length === 0);
    if (flags.json === true) print(JSON.stringify({ ok: isGood, spaces: reports }));
    else for (const report of reports) show(report);
    if (flags.json !== true && reports.length === 0) print('no shared memory is stored here');
    if (!isGood) process.exitCode = exitCodes.failure;
  } finally {
    store.close();
  }
}

/** Only verifies and hashes: nothing is drawn. */
function createCheckingKeys(store: SqliteStore): Keys {
  return createEd25519Keys({ store, rng: { uint32: () => 0, bytes: (count) => new Uint8Array(count) } });
}

function show({ space, frames, problems, ...facts }: SpaceReport): void {
  const rest = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
  print(`${problems.length === 0 ? 'good' : 'BAD '} ${space}: ${frames} frames, ${rest.join(', ')}`);
  for (const problem of problems) print(`     ${problem}`);
}

/** Rows do not repeat the mesh; the attachments of agents and authors name it. */
function findMesh(store: SqliteStore, file: string): string {
  const [agent] = store.scan(agentsBucket, '', '', 1);
  if (agent !== undefined)
    return (JSON.parse(agent.value as string) as { attachment: Attachment }).attachment.mesh;
  const [voucher] = store.scan(voucherBucket, '', '', 1);
  if (voucher !== undefined) return (JSON.parse(voucher.value as string) as Attachment).mesh;
  throw new AmpError('AMP-1303', `${file} holds frames, but nothing that names their mesh.`, { file });
}

function membersOf(store: SqliteStore, space: string): Members | undefined {
  const value = store.get(membersBucket, space);
  return value === undefined ? undefined : (JSON.parse(value as string) as { record: Members }).record;
}

function verifyLog({ store, keys, mesh }: Log, space: string): SpaceReport {
  const { frames, proofs, checkpoints, damaged } = readStoredLog(store, { mesh, space, hash: keys.hash });
  const problems = damaged.map((key) => `the row ${key} is damaged`);
  for (const one of proofs)
    if (!forkProofSignatures(one).every((claim) => checkSignature(keys, claim)))
      problems.push(`the fork proof of ${one.left.author} ${one.left.epoch} has a wrong signature`);
  for (const one of checkpoints)
    if (!checkSignature(keys, checkpointSignature(one)))
      problems.push(`the checkpoint of ${one.author} at ${one.next.epoch} has a wrong signature`);
  const vouched = new Map<string, boolean>();
  const isVouched = (frame: Frame): boolean => {
    const id = `${frame.author}/${frame.key}`;
    const known = vouched.get(id) ?? isVoucherGood(store, keys, id);
    vouched.set(id, known);
    return known;
  };
  let before: Frame | undefined;
  let chainCount = 0;
  for (const frame of frames) {
    const place = `${frame.author} ${frame.epoch} #${frame.seq}`;
    const isSameChain = before?.author === frame.author && before.epoch === frame.epoch;
    if (!isSameChain) chainCount += 1;
    const expected = isSameChain ? before!.seq + 1 : 0;
    if (frame.seq !== expected) problems.push(`${place} does not follow: #${expected} is missing`);
    else if (isSameChain && frame.prev !== frameName(before!))
      problems.push(`${place} does not name the frame before it`);
    if (!checkSignature(keys, frameSignature(frame))) problems.push(`${place} has a wrong signature`);
    if (frame.key !== undefined && !isVouched(frame))
      problems.push(`${place} is signed by a key nobody vouches for`);
    before = frame;
  }
  return { space, frames: frames.length, chains: chainCount, checkpoints: checkpoints.length, problems };
}

function isVoucherGood(store: SqliteStore, keys: Keys, id: string): boolean {
  const value = store.get(voucherBucket, id);
  return (
    value !== undefined &&
    checkSignature(keys, attachmentSignature(JSON.parse(value as string) as Attachment))
  );
}

/** What came of the decisions that the node took part in; it verified each before it kept it. */
function readDecided(store: SqliteStore, space: string): readonly DecisionOutcome[] {
  return store
    .scan(decisionBucket, '', '', Number.MAX_SAFE_INTEGER)
    .map((row) => (JSON.parse(row.value as string) as { outcome?: DecisionOutcome }).outcome)
    .filter((one) => one !== undefined)
    .filter((one) => one.space === space);
}

function replayLog({ store, keys, mesh }: Log, space: string): SpaceReport {
  const hash = keys.hash;
  const { damaged, ...log } = readStoredLog(store, { mesh, space, hash });
  const digest = (text: string) => toHex(hash(utf8(text)));
  const owners = readOwners(readVouchers(store), (node) => node);
  const members = membersOf(store, space);
  const certified = readDecided(store, space).flatMap((one) => readCertified(one, members, hash) ?? []);
  const place = { mesh, space, hash, members, owners, certified, digest };
  const stateOf = (frames: readonly Frame[]): string => {
    const { replica, graph } = replayChanges(place, { ...log, frames });
    return digest(`${replica.viewText()}\n${graph.viewText()}`);
  };
  const byChain = stateOf(log.frames);
  const inTime = stateOf(byTime(log.frames));
  const problems = damaged.map((key) => `the row ${key} is damaged`);
  if (byChain !== inTime) problems.push(`by chain the state is ${byChain}, by time ${inTime}`);
  const { checkpoints, frames } = log;
  return { space, frames: frames.length, checkpoints: checkpoints.length, state: byChain, problems };
}
