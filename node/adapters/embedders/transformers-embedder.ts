/**
 * The `transformers` embedder: a sentence model by `@huggingface/transformers`, an optional peer dependency.
 * It is imported only when this embedder is opened.
 */
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AmpError } from '../../../protocol/errors.ts';
import { scaleToUnit } from './embeddings-client.ts';
import { createPromisedEmbedder, type StoppableEmbedder } from './promised-embedder.ts';

export interface TransformersEmbedderInit {
  /** A model's name on the hub, or its folder under `modelsFolder`: `Xenova/all-MiniLM-L6-v2`. */
  readonly model: string;
  /** Load from here and never from the network. */
  readonly modelsFolder?: string;
  /** Where models of the hub are kept. Default: the package's own cache. */
  readonly cacheFolder?: string;
  /** Branch or commit on the hub. Default `main`. */
  readonly revision?: string;
  /** Precision of the weights. Default `fp32`. */
  readonly dtype?: string;
  /** Texts in one run of the model. Default 32. */
  readonly batchTextsMax?: number;
  /** A folder from which the package is looked up. Default: where ampmesh is installed. */
  readonly packageFrom?: string;
}

/** The little of the package that is used. */
interface TransformersPackage {
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    cacheDir: string;
  };
  pipeline(task: 'feature-extraction', model: string, options: object): Promise<FeaturePipeline>;
}

interface FeaturePipeline {
  (texts: readonly string[], options: { pooling: 'mean'; normalize: boolean }): Promise<Tensor>;
  dispose(): Promise<unknown>;
}

interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Load the package and the model, then serve. The space names model, revision, precision and pooling.
 * @throws AmpError AMP-1690 when the package is not installed or the model cannot be loaded.
 */
export async function openTransformersEmbedder(init: TransformersEmbedderInit): Promise<StoppableEmbedder> {
  const extract = await loadPipeline(init);
  const batchTextsMax = init.batchTextsMax ?? 32;
  const embedAll = async (texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += batchTextsMax) {
      signal.throwIfAborted();
      const tensor = await extract(texts.slice(at, at + batchTextsMax), { pooling: 'mean', normalize: true });
      vectors.push(...splitRows(tensor));
    }
    return vectors;
  };
  const [probe] = await embedAll(['ampmesh'], new AbortController().signal);
  const origin = init.modelsFolder === undefined ? (init.revision ?? 'main') : 'local';
  return createPromisedEmbedder({
    space: `transformers:${init.model}@${origin}/${init.dtype ?? 'fp32'}/mean`,
    dimensions: probe!.length,
    embedAll,
    close: async () => {
      await extract.dispose();
    },
  });
}

async function loadPipeline(init: TransformersEmbedderInit): Promise<FeaturePipeline> {
  const transformers = await importPackage(init.packageFrom);
  if (init.modelsFolder !== undefined) {
    transformers.env.allowRemoteModels = false;
    transformers.env.allowLocalModels = true;
    transformers.env.localModelPath = resolve(init.modelsFolder);
  }
  if (init.cacheFolder !== undefined) transformers.env.cacheDir = resolve(init.cacheFolder);
  try {
    return await transformers.pipeline('feature-extraction', init.model, {
      dtype: init.dtype ?? 'fp32',
      revision: init.revision ?? 'main',
      device: 'cpu',
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AmpError(
      'AMP-1690',
      `Cannot load the model ${init.model}: ${reason}.`,
      { model: init.model },
      cause,
    );
  }
}

const packageName = '@huggingface/transformers';

async function importPackage(from: string | undefined): Promise<TransformersPackage> {
  try {
    if (from === undefined) return (await import(packageName)) as TransformersPackage;
    const { resolve: locate } = createRequire(join(resolve(from), 'package.json'));
    return (await import(pathToFileURL(locate(packageName)).href)) as TransformersPackage;
  } catch (cause) {
    const what = `The package ${packageName} is not installed: npm install ${packageName}.`;
    throw new AmpError(
      'AMP-1690',
      what,
      { package: packageName, from: from ?? dirname(import.meta.filename) },
      cause,
    );
  }
}

function splitRows({ dims, data }: Tensor): Float32Array[] {
  const [rows, width] = [dims[0] ?? 0, dims[1] ?? 0];
  return Array.from({ length: rows }, (_, row) => {
    return scaleToUnit(Float32Array.from({ length: width }, (_, d) => Number(data[row * width + d])));
  });
}
