/** Authors, claims and signed frames for the benchmark of the shared memory. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash as hashOnce,
  type KeyObject,
  sign,
} from 'node:crypto';
import { clientOfEpoch, GrammarIndex, parseUpdate, writeUpdate } from '../../crdt/frames/index.ts';
import {
  createReplica,
  type Frame,
  type FrameContent,
  frameSigningBytes,
  type Membership,
  type Replica,
  sealFrame,
} from '../../crdt/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { toHex } from '../../protocol/bytes.ts';
import { encodeDid } from '../../protocol/did.ts';

export const mesh = 'bench';
export const space = 'commons';
/** As today's clocks give it: a number that an engine does not keep in one word. */
const startAtMs = 1_790_000_000_000;
/** One claim of so many gives another value than an earlier one for the same subject and predicate. */
export const conflictEvery = 100;
/** How far back the contradicted claim is: one frame of 50, so that with many authors two of them disagree. */
const conflictDistance = 50;

const everyone: Membership = {
  mayWrite: () => 'yes',
  isKnown: () => true,
  cutAt: () => undefined,
  maySign: () => 'no',
};

export interface Writer {
  readonly did: Did;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Signed {
  readonly frame: Frame;
  readonly writer: Writer;
}

export function hash(bytes: Uint8Array): Uint8Array {
  return hashOnce('sha256', bytes, 'buffer');
}

export function makeWriter(): Writer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url');
  return {
    did: encodeDid(raw),
    privateKey: createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    publicKey: createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })),
  };
}

/** The claim number `n`: about a subject of its own, or against an earlier claim. */
export function claimOf(n: number): { key: string; value: Record<string, string | number> } {
  const isAgainst = isContradiction(n);
  const part = isAgainst ? n - conflictDistance : n;
  const units = isAgainst ? 100 + (n % 97) : n % 97;
  const value = {
    type: 'hypothesis',
    text: `The measured value of part ${part} is ${units} units`,
    subject: `part-${part}`,
    predicate: 'value',
    value: units,
    confidence: 0.5,
  };
  return { key: `e/${n.toString(36)}`, value };
}

export function isContradiction(n: number): boolean {
  return n >= conflictDistance && n % conflictEvery === conflictEvery - 1;
}

/** Frames of `writers`, round robin, each a chain of its own. `isSigned` false leaves 64 zero bytes. */
export function makeFrames(
  writers: readonly Writer[],
  frameCount: number,
  claimsPerFrame: number,
  isSigned = true,
): Signed[] {
  const chains = writers.map((writer, i) => {
    const epoch = toHex(hash(Buffer.from(`epoch ${i}`))).slice(0, 32);
    return { writer, epoch, index: new GrammarIndex(clientOfEpoch(epoch)), seq: 0, prev: '' };
  });
  return Array.from({ length: frameCount }, (_, i) => {
    const chain = chains[i % chains.length]!;
    const { epoch, seq, prev, writer, index } = chain;
    const edits = Array.from({ length: claimsPerFrame }, (__, j) => claimOf(i * claimsPerFrame + j));
    const update = writeUpdate(index, edits)!;
    const at = startAtMs + i;
    index.apply(index.check(parseUpdate(update) as never) as never, { epoch, seq, at, members: 'm1' });
    const content: FrameContent = {
      mesh,
      space,
      author: writer.did,
      epoch,
      seq,
      prev,
      members: 'm1',
      at,
      update,
    };
    const sig = isSigned ? sign(null, frameSigningBytes(content), writer.privateKey) : new Uint8Array(64);
    const frame = sealFrame(content, sig, hash);
    chain.seq += 1;
    chain.prev = toHex(frame.hash);
    return { frame, writer };
  });
}

export function newReplica(): Replica {
  return createReplica({ hash, membership: everyone }, { mesh, space, authorBurstBytes: 2 ** 40 });
}
