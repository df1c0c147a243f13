/**
 * Stand-ins for the simulated index and for tests of discovery: keys that are keyed hashes, and records with little
 * typing.
 */
import { createHash } from 'node:crypto';
import type { CapabilityDraft } from '../../../discovery/capability-record.ts';
import type { Did } from '../../../protocol/brand.ts';
import { encodeDid } from '../../../protocol/did.ts';
import { AmpError } from '../../../protocol/errors.ts';
import type { Keys } from '../../../protocol/ports.ts';

export function sha256(...parts: (string | Uint8Array)[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** A DID that a number names. */
export function didOf(number: number, kind = 'agent'): Did {
  return encodeDid(sha256(`${kind} ${number}`));
}

/**
 * Keys whose signature is a hash over the key's name and the bytes: as strict as real ones against anything
 * that does not know this function, and 20 times as fast. `own` restricts which keys can sign.
 */
export function createFakeKeys(own?: ReadonlySet<Did>): Keys {
  const signatureOf = (did: Did, bytes: Uint8Array) => {
    const first = sha256('fake', did, bytes);
    return Uint8Array.from([...first, ...sha256('again', first)]);
  };
  let created = 0;
  return {
    create: () => didOf(created++, 'created'),
    has: (did) => own?.has(did) ?? true,
    sign(did, bytes) {
      if (own?.has(did) === false) throw new AmpError('AMP-1102', `No key of ${did} is here.`);
      return signatureOf(did, bytes);
    },
    verify(did, bytes, signature) {
      const right = signatureOf(did, bytes);
      return signature.length === 64 && right.every((byte, at) => byte === signature[at]);
    },
    hash: (bytes) => sha256(bytes),
  };
}

export const hourMs = 3_600_000;
export const fakeNowMs = 1_800_000_000_000;
export const fakeMesh = 'test-mesh';

export function draftOf(
  agent: number,
  text: string,
  fields: Partial<CapabilityDraft> & { nowMs?: number } = {},
): CapabilityDraft {
  const { nowMs = fakeNowMs, ...rest } = fields;
  return {
    ...{ record: 'capability', mesh: fakeMesh, agent: didOf(agent), node: didOf(0, 'node') },
    ...{ capability: 'main', seq: 1, text, audience: 'mesh' },
    ...{ createdAt: nowMs, expiresAt: nowMs + hourMs },
    ...rest,
  };
}
