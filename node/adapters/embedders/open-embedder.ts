/**
 * Opens the embedder that the configuration chose. When it fails, at the start or later, the built-in one
 * answers instead, and that is said aloud: an event of its own kind, and a line in the log.
 */

import { type BuiltinEmbedder, createBuiltinEmbedderPort } from '../../../discovery/embed/index.ts';
import type { Clock, Embedder, EmbedderEvent } from '../../../protocol/ports.ts';
import type { EmbeddingsClientInit } from './embeddings-client.ts';
import type { StoppableEmbedder } from './promised-embedder.ts';
import { openRemoteEmbedder } from './remote-embedder.ts';
import { openTransformersEmbedder, type TransformersEmbedderInit } from './transformers-embedder.ts';

export type EmbedderChoice =
  | { readonly kind: 'builtin' }
  | ({ readonly kind: 'remote' } & EmbeddingsClientInit)
  | ({ readonly kind: 'transformers' } & TransformersEmbedderInit);

export interface OpenEmbedderComponents {
  /** Answers when the chosen one fails. */
  readonly builtin: BuiltinEmbedder;
  readonly clock: Pick<Clock, 'defer'>;
  readonly log: Pick<EmbedderLog, 'warn'>;
}

/** Structured: facts first, then a sentence, as pino takes them. */
export interface EmbedderLog {
  warn(facts: object, message: string): void;
}

/** The chosen embedder failed on this request; the vectors are of `space`, never of the chosen space. */
export interface FellBack {
  readonly type: 'fell-back';
  readonly request: string;
  readonly chosenSpace: string;
  readonly space: string;
  readonly reason: string;
  readonly vectors: readonly Float32Array[];
}

/** An embedder that never leaves a request without vectors and never passes off one space as another. */
export interface FallbackEmbedder {
  /** The chosen space; the built-in one when the chosen embedder could not be opened. */
  readonly space: string;
  readonly dimensions: number;
  /** Why the chosen embedder could not be opened, if so. */
  readonly openFailure: string | undefined;
  start(listener: (event: EmbedderEvent | FellBack) => void): void;
  embed(request: string, texts: readonly string[]): void;
  stop(): Promise<void>;
}

/** Open the chosen embedder; never throws because of it. */
export async function openEmbedder(
  components: OpenEmbedderComponents,
  choice: EmbedderChoice,
): Promise<FallbackEmbedder> {
  const builtin = createBuiltinEmbedderPort({ embedder: components.builtin, clock: components.clock });
  if (choice.kind === 'builtin') return serveBuiltin(builtin, undefined);
  try {
    const chosen =
      choice.kind === 'remote' ? await openRemoteEmbedder(choice) : await openTransformersEmbedder(choice);
    return serveWithFallback(chosen, components);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    components.log.warn(
      { embedder: choice.kind, space: builtin.space, reason },
      'embedder unavailable, using built-in',
    );
    return serveBuiltin(builtin, reason);
  }
}

function serveBuiltin(builtin: Embedder, openFailure: string | undefined): FallbackEmbedder {
  return {
    space: builtin.space,
    dimensions: builtin.dimensions,
    openFailure,
    start: (listener) => builtin.start(listener),
    embed: (request, texts) => builtin.embed(request, texts),
    stop: () => Promise.resolve(),
  };
}

function serveWithFallback(chosen: StoppableEmbedder, components: OpenEmbedderComponents): FallbackEmbedder {
  const { builtin, log } = components;
  const waiting = new Map<string, readonly string[]>();
  return {
    space: chosen.space,
    dimensions: chosen.dimensions,
    openFailure: undefined,
    start(listener) {
      chosen.start((event) => {
        const texts = waiting.get(event.request) ?? [];
        waiting.delete(event.request);
        if (event.type === 'embedded') {
          listener(event);
          return;
        }
        const { request, reason } = event;
        const facts = { request, chosenSpace: chosen.space, space: builtin.space, reason };
        log.warn(facts, 'embedder failed, answered by built-in');
        listener({ type: 'fell-back', ...facts, vectors: texts.map((text) => builtin.embed(text)) });
      });
    },
    embed(request, texts) {
      waiting.set(request, [...texts]);
      chosen.embed(request, texts);
    },
    stop: () => chosen.stop(),
  };
}
