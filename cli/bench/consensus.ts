/**
 * Byzantine agreement on one core: complete decisions of n members with real Ed25519, every message written to
 * JSON once and read, checked and verified by each receiver, against the bare cost of the same signatures.
 */
import { createEd25519Keys } from '../../node/adapters/ed25519-keys.ts';
import { createSecureRng } from '../../node/adapters/secure-rng.ts';
import type { Did, Sha256 } from '../../protocol/brand.ts';
import { toBase64Url } from '../../protocol/bytes.ts';
import {
  type ConsensusEffect,
  type ConsensusInput,
  type ConsensusInstance,
  type ConsensusMachine,
  createConsensusMachine,
  decodeConsensusMessage,
  encodeConsensusMessage,
  faultMax,
  listConsensusSignatures,
  openInstance,
  recordBytes,
  selectRoster,
  timeoutsForDelay,
} from '../../protocol/consensus/index.ts';
import type { Keys, Store } from '../../protocol/ports.ts';
import { checkSignature, hashObject, type SignatureClaim, type Verified } from '../../protocol/signing.ts';
import { atLeast, type BenchReport, describeMachine, median, spread } from './report.ts';

export interface ConsensusBenchOptions {
  /** Roster sizes. */
  readonly sizes?: readonly number[];
  /** Interleaved pairs per size: decisions, then bare signatures. */
  readonly pairCount?: number;
  /** Least processor time of one half of a pair, in ms. */
  readonly halfMs?: number;
}

/** Judgement: the machine, JSON, schemas and counting together may cost as much as the signatures. */
const shareGoal = 0.5;

export async function runConsensusBench(options: ConsensusBenchOptions = {}): Promise<BenchReport> {
  const { sizes = [4, 7, 16, 31], pairCount = 9, halfMs = 250 } = options;
  const figures: Record<string, number> = {};
  const goals: BenchReport['goals'][number][] = [];
  for (const n of sizes) {
    const result = measure(n, pairCount, halfMs);
    Object.assign(figures, {
      [`n${n}.decisionsPerSecond`]: result.decisionsPerSecond,
      [`n${n}.bareDecisionsPerSecond`]: result.barePerSecond,
      [`n${n}.share`]: result.share,
      [`n${n}.shareSpread`]: result.shareSpread,
      [`n${n}.signaturesPerDecision`]: result.signCount,
      [`n${n}.checksPerDecision`]: result.checkCount,
      [`n${n}.checksPerDecisionAndMember`]: result.checkCount / n,
      [`n${n}.messagesPerDecision`]: result.messageCount,
    });
    goals.push(atLeast(`share of the bare signature cost, n = ${n}`, result.share, shareGoal));
  }
  return { bench: 'consensus', machine: describeMachine(), figures, goals };
}

interface Measured {
  readonly decisionsPerSecond: number;
  readonly barePerSecond: number;
  readonly share: number;
  readonly shareSpread: number;
  readonly signCount: number;
  readonly checkCount: number;
  readonly messageCount: number;
}

function measure(n: number, pairCount: number, halfMs: number): Measured {
  const keys = createEd25519Keys({ store: createMemoryStore(), rng: createSecureRng() });
  const dids = Array.from({ length: n }, () => keys.create());
  let instanceCount = 0;
  const decide = () => decideOnce(keys, dids, `bench-${instanceCount++}`);
  const sample = decide();
  const full: number[] = [];
  const bare: number[] = [];
  for (let pair = 0; pair < pairCount; pair++) {
    full.push(ratePerSecond(decide, halfMs));
    bare.push(ratePerSecond(() => repeatSignatures(keys, sample), halfMs));
  }
  const shares = full.map((rate, i) => rate / bare[i]!);
  return {
    decisionsPerSecond: median(full),
    barePerSecond: median(bare),
    share: median(shares),
    shareSpread: spread(shares),
    signCount: sample.signed.length,
    checkCount: sample.checked.length,
    messageCount: sample.messageCount,
  };
}

/** Per second of processor time, of all threads, so that other work on the machine does not count. */
function ratePerSecond(work: () => unknown, leastMs: number): number {
  const start = process.cpuUsage();
  let count = 0;
  let usedMs = 0;
  while (usedMs < leastMs) {
    work();
    count += 1;
    const { user, system } = process.cpuUsage(start);
    usedMs = (user + system) / 1_000;
  }
  return (count / usedMs) * 1_000;
}

/** What a decision signed and checked, to do just that again. */
interface Transcript {
  readonly signed: { readonly signer: Did; readonly bytes: Uint8Array }[];
  readonly checked: SignatureClaim[];
  messageCount: number;
}

function repeatSignatures(keys: Keys, transcript: Transcript): void {
  for (const { signer, bytes } of transcript.signed) keys.sign(signer, bytes);
  for (const claim of transcript.checked) {
    if (!checkSignature(keys, claim)) throw new Error('a recorded signature is wrong');
  }
}

/** All members in one process; messages arrive in the order in which they were sent. */
function decideOnce(keys: Keys, dids: readonly Did[], name: string): Transcript {
  const members = dids.map((did) => ({ did, node: did, owner: did, key: did }));
  const facts = {
    mesh: 'bench',
    space: 'commons',
    instance: name,
    membersVersion: 1,
    members,
    witnesses: [],
  };
  const instance = openInstance(keys, selectRoster(keys, facts));
  const transcript: Transcript = { signed: [], checked: [], messageCount: 0 };
  const queue: { readonly to: number; readonly from: Did; readonly text: string }[] = [];
  const machines = instance.members.map((did, index) => createMember(keys, instance, did, index));
  let decidedCount = 0;

  const apply = (index: number, effect: ConsensusEffect, inputs: ConsensusInput[]) => {
    const self = instance.members[index]!;
    if (effect.type === 'sign') inputs.push(sign(keys, self, effect.record, transcript));
    if (effect.type === 'report-decision') decidedCount += 1;
    if (effect.type !== 'send-to-roster') return;
    const text = JSON.stringify(encodeConsensusMessage(effect.message));
    for (let to = 0; to < instance.members.length; to++)
      if (to !== index) queue.push({ to, from: self, text });
  };
  const feed = (index: number, input: ConsensusInput) => {
    const inputs = [input];
    for (const next of inputs) {
      for (const effect of machines[index]!.step(next)) apply(index, effect, inputs);
    }
  };
  for (let index = 0; index < machines.length; index++) feed(index, { type: 'start', atMs: 0 });
  for (const { to, from, text } of queue) {
    transcript.messageCount += 1;
    const message = readMessage(keys, instance, machines[to]!, from, text, transcript);
    if (message !== undefined) feed(to, { type: 'message-received', atMs: 0, from, message });
  }
  if (decidedCount !== dids.length) throw new Error(`${decidedCount} of ${dids.length} members decided`);
  if (faultMax(dids.length) !== instance.faultMax) throw new Error('the roster lost members');
  return transcript;
}

function createMember(keys: Keys, instance: ConsensusInstance, self: Did, index: number): ConsensusMachine {
  const limits = {
    timeouts: timeoutsForDelay(1_000),
    resendMs: 5_000,
    roundLimit: 100,
    deadlineAtMs: 60_000,
    retentionMs: 60_000,
  };
  const candidate = { action: 'deploy', version: `1.${index}`, reason: 'all checks passed' };
  return createConsensusMachine(
    { valueIdOf: (value) => hashObject(keys, value) as Sha256, isValid: () => true },
    { instance, self, candidate, limits, memory: { type: 'fresh' } },
  );
}

type SignEffect = Extract<ConsensusEffect, { type: 'sign' }>;

function sign(keys: Keys, signer: Did, record: SignEffect['record'], transcript: Transcript): ConsensusInput {
  const bytes = recordBytes(record);
  transcript.signed.push({ signer, bytes });
  const signed = { ...record, sig: toBase64Url(keys.sign(signer, bytes)) };
  return { type: 'signed', atMs: 0, record: signed as Extract<ConsensusInput, { type: 'signed' }>['record'] };
}

/** The runtime's way in: form, news, every signature. */
function readMessage(
  keys: Keys,
  instance: ConsensusInstance,
  machine: ConsensusMachine,
  from: Did,
  text: string,
  transcript: Transcript,
) {
  const decoded = decodeConsensusMessage(JSON.parse(text));
  if (!decoded.ok) throw new Error(decoded.refusal.message);
  const message = decoded.value;
  if (!machine.isNews(from, message, 0)) return undefined;
  const claims = listConsensusSignatures(instance, message);
  if (!claims.ok) throw new Error(claims.refusal.message);
  for (const claim of claims.value) {
    transcript.checked.push(claim);
    if (!checkSignature(keys, claim)) throw new Error('a signature is wrong');
  }
  return message as Verified<typeof message>;
}

function createMemoryStore(): Store {
  const rows = new Map<string, string | Uint8Array>();
  return {
    get: (bucket, key) => rows.get(`${bucket}/${key}`),
    scan: () => [],
    commit(writes) {
      for (const { bucket, key, value } of writes) {
        if (value === null) rows.delete(`${bucket}/${key}`);
        else rows.set(`${bucket}/${key}`, value);
      }
    },
    close: () => rows.clear(),
  };
}
