/** Stand-ins for tests of discovery: those of the simulated index, word vectors, and sealed records. */
import {
  type CapabilityDraft,
  type CapabilityRecord,
  type SealedCapability,
  sealCapability,
} from '../../discovery/capability-record.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Verified } from '../../protocol/signing.ts';
import { createFakeKeys, draftOf, sha256 } from '../../sim/models/discovery/stand-ins.ts';

export {
  createFakeKeys,
  didOf,
  draftOf,
  fakeMesh,
  fakeNowMs,
  hourMs,
  sha256,
} from '../../sim/models/discovery/stand-ins.ts';

/** Each word is a direction drawn from its hash: texts that share words are similar. */
export function createWordVectors(dimensions = 64): VectorSource {
  const words = new Map<string, Float32Array>();
  const directionOf = (word: string) => {
    const known = words.get(word);
    if (known !== undefined) return known;
    const direction = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i += 32)
      for (const [at, byte] of sha256(word, String(i)).entries()) direction[i + at] = byte - 127.5;
    words.set(word, direction);
    return direction;
  };
  return {
    space: 'words-1',
    dimensions,
    embed(text) {
      const sum = new Float32Array(dimensions);
      for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
        const direction = directionOf(word);
        for (let i = 0; i < dimensions; i++) sum[i]! += direction[i]!;
      }
      const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
      return length === 0 ? sum : sum.map((value) => value / length);
    },
    quantize(vector) {
      const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
      return Int8Array.from(vector, (value) => Math.round((value / largest) * 127));
    },
  };
}

export function sealedOf(
  agent: number,
  text: string,
  fields: Partial<CapabilityDraft> & { nowMs?: number } = {},
): Verified<SealedCapability> {
  return sealCapability(draftOf(agent, text, fields), createFakeKeys());
}

export type { CapabilityRecord };
