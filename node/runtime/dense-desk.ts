/**
 * The vectors of a chosen model beside the built-in ones: an annex for each record that this node announces, signed
 * by the node, and the vectors of queries. When the model fails or is slow, the caller is told why and stays in the
 * built-in space; vectors of two spaces are never compared.
 */
import type { SealedCapability } from '../../discovery/capability-record.ts';
import { capabilityText } from '../../discovery/capability-record.ts';
import { type SealedAnnex, sealAnnex, writeVector } from '../../discovery/vector-annex.ts';
import type { EmbedderEvent } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import type { PeerCore } from './peer-core.ts';

/** An embedder that says so when it fails. */
export interface DenseEmbedder {
  readonly space: string;
  readonly dimensions: number;
  start(listener: (event: EmbedderEvent | FellBack) => void): void;
  embed(request: string, texts: readonly string[]): void;
}

interface FellBack {
  readonly type: 'fell-back';
  readonly request: string;
  readonly reason: string;
}

export type QueryVectors = { readonly space: string; readonly vectors: readonly Int8Array[] };

export interface DenseDesk {
  readonly space: string;
  /** `done` is called when there is an annex; without one the record goes without. */
  annexFor(capability: SealedCapability, done: (annex: Verified<SealedAnnex>) => void): void;
  /** `done` is called exactly once, after `queryMs` at the latest. */
  queryVectors(
    texts: readonly string[],
    done: (vectors: QueryVectors | { readonly reason: string }) => void,
  ): void;
  /** Answers that are still on their way are not heard any more. */
  stop(): void;
}

/** A query does not wait longer for its vector. Judgement: a person waits for the answer. */
const queryMs = 3_000;

export function createDenseDesk(core: PeerCore, embedder: DenseEmbedder): DenseDesk {
  const waiting = new Map<string, (vectors: readonly Int8Array[] | undefined, reason: string) => void>();
  let requestCount = 0;
  let isStopped = false;

  embedder.start((event) => {
    if (isStopped) return;
    const done = waiting.get(event.request);
    waiting.delete(event.request);
    if (event.type === 'embedded') return done?.(event.vectors.map(quantizeDense), '');
    core.note({ kind: 'embedder-failed', space: embedder.space, reason: event.reason.slice(0, 200) });
    done?.(undefined, 'embedder-failed');
  });

  function embed(
    texts: readonly string[],
    done: (vectors: readonly Int8Array[] | undefined, reason: string) => void,
  ): string {
    const request = `dense/${++requestCount}`;
    waiting.set(request, done);
    embedder.embed(request, texts);
    return request;
  }

  return {
    space: embedder.space,
    annexFor(capability, done) {
      const { body, id } = capability;
      embed([capabilityText(body)], (vectors) => {
        const vector = vectors?.[0];
        if (vector === undefined || body.expiresAt <= core.clock.nowMs()) return;
        const { agent, capability: name, createdAt, expiresAt } = body;
        const draft = {
          ...({
            record: 'annex',
            mesh: core.mesh,
            node: core.self,
            of: id,
            agent,
            capability: name,
          } as const),
          ...{ space: embedder.space, vector: writeVector(vector), createdAt, expiresAt },
        };
        done(sealAnnex(draft, core.keys));
      });
    },
    queryVectors(texts, done) {
      const request = embed(texts, (vectors, reason) => {
        core.timers.apply('dense', { type: 'cancel-timer', timer: request }, () => undefined);
        done(vectors === undefined ? { reason } : { space: embedder.space, vectors });
      });
      const timer = { type: 'set-timer', timer: request, dueAtMs: core.clock.nowMs() + queryMs } as const;
      core.timers.apply('dense', timer, () => {
        const late = waiting.get(request);
        waiting.delete(request);
        late?.(undefined, 'embedder-slow');
      });
    },
    stop() {
      isStopped = true;
      waiting.clear();
    },
  };
}

/**
 * One signed byte per dimension. A unit vector of a thousand dimensions has numbers near 0.03, so the largest is
 * brought to 127 first: cosine does not see the scale. Indexes want a multiple of four; zeros change nothing.
 */
export function quantizeDense(vector: Float32Array): Int8Array {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const out = new Int8Array(Math.ceil(vector.length / 4) * 4);
  if (largest > 0) for (const [at, value] of vector.entries()) out[at] = Math.round((value / largest) * 127);
  return out;
}
