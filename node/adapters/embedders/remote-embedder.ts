/** The `remote` embedder: any OpenAI-compatible service behind the `Embedder` port. */
import { readFileSync } from 'node:fs';
import { AmpError } from '../../../protocol/errors.ts';
import { createEmbeddingsClient, type EmbeddingsClientInit } from './embeddings-client.ts';
import { createPromisedEmbedder, type StoppableEmbedder } from './promised-embedder.ts';

/**
 * Ask the service once for its number of dimensions, then serve. Its space is `remote:<model>/<dimensions>`.
 * @throws AmpError AMP-1690 when the service does not answer.
 */
export async function openRemoteEmbedder(init: EmbeddingsClientInit): Promise<StoppableEmbedder> {
  const client = createEmbeddingsClient(init);
  const [probe] = await client.embed(['ampmesh']);
  const dimensions = probe!.length;
  return createPromisedEmbedder({
    space: `remote:${init.model}/${dimensions}`,
    dimensions,
    embedAll: (texts, signal) => client.embed(texts, signal),
  });
}

/** Names of the variables: the key itself, or a file that holds it. */
const keyVariable = 'AMPMESH_EMBEDDER_KEY';
const keyFileVariable = 'AMPMESH_EMBEDDER_KEY_FILE';

/**
 * The service's key from the environment; `undefined` when none is set (a local service needs none).
 * @throws AmpError AMP-1690 when both are set, or the file cannot be read or is empty.
 */
export function readEmbedderKey(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const key = environment[keyVariable];
  const file = environment[keyFileVariable];
  if (key !== undefined && file !== undefined) {
    throw new AmpError('AMP-1690', `${keyVariable} and ${keyFileVariable} are both set; keep one.`);
  }
  if (file === undefined) return key;
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new AmpError('AMP-1690', `Cannot read ${keyFileVariable} (${file}).`, { file }, cause);
  }
  if (text === '') throw new AmpError('AMP-1690', `${keyFileVariable} (${file}) is empty.`, { file });
  return text;
}
