/** An embedder that answers by a promise, behind the `Embedder` port, which answers by an event. */
import type { Embedder, EmbedderEvent } from '../../../protocol/ports.ts';

export interface PromisedEmbedderInit {
  readonly space: string;
  readonly dimensions: number;
  /** One unit vector per text; rejects when it cannot. */
  readonly embedAll: (texts: readonly string[], signal: AbortSignal) => Promise<readonly Float32Array[]>;
  readonly close?: () => Promise<void> | void;
}

/** A port that holds what it must let go of. */
export interface StoppableEmbedder extends Embedder {
  /** Cancel what is under way (its requests get `embed-failed`) and free the model. May be called twice. */
  stop(): Promise<void>;
}

/** Requests under way at once; more are answered `embed-failed` at once (judgement: a node's own agents). */
const requestsMax = 256;

export function createPromisedEmbedder(init: PromisedEmbedderInit): StoppableEmbedder {
  const aborter = new AbortController();
  let listener: ((event: EmbedderEvent) => void) | undefined;
  let underWay = 0;
  let closing: Promise<void> | undefined;

  const answer = async (texts: readonly string[]): Promise<readonly Float32Array[]> => {
    if (aborter.signal.aborted) throw new Error('the embedder is stopped');
    if (underWay > requestsMax) throw new Error(`more than ${requestsMax} requests are under way`);
    const vectors = await init.embedAll(texts, aborter.signal);
    if (vectors.length !== texts.length || vectors.some(({ length }) => length !== init.dimensions)) {
      throw new Error(`the model answered with vectors of another space than ${init.space}`);
    }
    return vectors;
  };
  return {
    space: init.space,
    dimensions: init.dimensions,
    start(next) {
      listener = next;
    },
    embed(request, texts) {
      underWay++;
      answer([...texts])
        .then(
          (vectors): EmbedderEvent => ({ type: 'embedded', request, vectors }),
          (error: unknown): EmbedderEvent => ({ type: 'embed-failed', request, reason: textOf(error) }),
        )
        .then((event) => {
          underWay--;
          listener?.(event);
        })
        .catch((error: unknown) => queueMicrotask(() => throwAgain(error)));
    },
    stop() {
      aborter.abort(new Error('the embedder is stopped'));
      closing ??= Promise.resolve(init.close?.());
      return closing;
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A listener that throws is a broken invariant: it must surface, not end as a lost promise. */
function throwAgain(error: unknown): never {
  throw error;
}
