/** The built-in embedder behind the `Embedder` port: it answers in a later turn, as every port does. */
import type { Clock, Embedder, EmbedderEvent } from '../../protocol/ports.ts';
import type { BuiltinEmbedder } from './builtin.ts';

export interface BuiltinEmbedderComponents {
  readonly embedder: BuiltinEmbedder;
  readonly clock: Pick<Clock, 'defer'>;
}

/** Share one `BuiltinEmbedder` among many ports: it is the costly part. */
export function createBuiltinEmbedderPort(components: BuiltinEmbedderComponents): Embedder {
  const { embedder, clock } = components;
  let listener: ((event: EmbedderEvent) => void) | undefined;
  return {
    space: embedder.space,
    dimensions: embedder.dimensions,
    start(next) {
      listener = next;
    },
    embed(request, texts) {
      const wanted = [...texts];
      clock.defer(() => {
        const vectors = wanted.map((text) => embedder.embed(text));
        listener?.({ type: 'embedded', request, vectors });
      });
    },
  };
}
