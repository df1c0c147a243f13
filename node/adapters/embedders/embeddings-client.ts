/** One HTTP client for every OpenAI-compatible `POST /v1/embeddings`: batches, timeouts, retries, a breaker. */
import {
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  type IPolicy,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { z } from 'zod';
import { AmpError } from '../../../protocol/errors.ts';

export interface EmbeddingsClientInit {
  /** The service's base, with or without `/v1`: `https://api.openai.com/v1`, `http://127.0.0.1:11434`. */
  readonly url: string;
  readonly model: string;
  /** Sent as a bearer token; never logged, never part of an error. */
  readonly key?: string;
  /** For one attempt. Default 15 000. */
  readonly timeoutMs?: number;
  /** Further attempts after a transient failure (429, 5xx, no connection, timeout). Default 3. */
  readonly retriesMax?: number;
  /** The first wait between attempts; it doubles, and `Retry-After` overrides it. Default 250. */
  readonly retryDelayMs?: number;
  /** Texts in one request. Default 64. */
  readonly batchTextsMax?: number;
}

export interface EmbeddingsClient {
  /**
   * One unit vector per text, in order, all of one length.
   * @throws AmpError AMP-1690 when the service refuses, stays unreachable or answers nonsense.
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}

/** The longest answer that is read: 64 texts of 4096 numbers take 6 MB (measured). */
const answerBytesMax = 32 * 2 ** 20;
/** A service may not make us wait longer than this between attempts. */
const retryWaitMsMax = 30_000;
/** Failures in a row after which calls fail at once, and for how long (judgement). */
const breakerFailures = 8;
const breakerOpenMs = 10_000;

export function createEmbeddingsClient(init: EmbeddingsClientInit): EmbeddingsClient {
  const endpoint = endpointOf(init.url);
  const policy = buildPolicy(init);
  const batchTextsMax = init.batchTextsMax ?? 64;
  return {
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += batchTextsMax) {
        const batch = texts.slice(at, at + batchTextsMax);
        try {
          vectors.push(
            ...(await policy.execute((context) => post(endpoint, init, batch, context.signal), signal)),
          );
        } catch (cause) {
          throw describeFailure(endpoint, cause);
        }
      }
      if (vectors.some(({ length }) => length !== vectors[0]!.length)) {
        throw describeFailure(endpoint, new AnswerError('vectors of different lengths', false));
      }
      return vectors;
    },
  };
}

/** What went wrong with one attempt, and whether another may help. */
class AnswerError extends Error {
  readonly isTransient: boolean;
  readonly retryAfterMs: number | undefined;
  constructor(message: string, isTransient: boolean, retryAfterMs?: number) {
    super(message);
    this.isTransient = isTransient;
    this.retryAfterMs = retryAfterMs;
  }
}

function buildPolicy(init: EmbeddingsClientInit): IPolicy {
  const transient = handleWhen((error) => !(error instanceof AnswerError) || error.isTransient);
  const firstMs = init.retryDelayMs ?? 250;
  const backoff = new DelegateBackoff<{ attempt: number; result: { error?: Error } }>(
    ({ attempt, result }) => {
      const asked = result.error instanceof AnswerError ? result.error.retryAfterMs : undefined;
      return Math.min(retryWaitMsMax, asked ?? firstMs * 2 ** (attempt - 1));
    },
  );
  return wrap(
    retry(transient, { maxAttempts: init.retriesMax ?? 3, backoff: backoff as never }),
    circuitBreaker(transient, {
      halfOpenAfter: breakerOpenMs,
      breaker: new ConsecutiveBreaker(breakerFailures),
    }),
    timeout(init.timeoutMs ?? 15_000, TimeoutStrategy.Aggressive),
  );
}

function endpointOf(url: string): URL {
  let base: URL;
  try {
    base = new URL(url);
  } catch (cause) {
    throw new AmpError('AMP-1690', `The embedder's address "${url}" is no URL.`, { url }, cause);
  }
  if (base.protocol !== 'http:' && base.protocol !== 'https:') {
    throw new AmpError('AMP-1690', `The embedder's address must start with http: or https:.`, { url });
  }
  const path = base.pathname.replace(/\/+$/, '');
  if (!path.endsWith('/embeddings')) {
    base.pathname = `${path.endsWith('/v1') ? path : `${path}/v1`}/embeddings`;
  }
  return base;
}

async function post(
  endpoint: URL,
  init: EmbeddingsClientInit,
  batch: readonly string[],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    // A redirect could carry the key to a stranger.
    redirect: 'error',
    signal,
    headers: {
      'content-type': 'application/json',
      ...(init.key === undefined ? {} : { authorization: `Bearer ${init.key}` }),
    },
    body: JSON.stringify({ model: init.model, input: batch, encoding_format: 'float' }),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    const isTransient = answer.status === 429 || answer.status === 408 || answer.status >= 500;
    throw new AnswerError(`status ${answer.status}`, isTransient, readRetryAfter(answer));
  }
  return readVectors(await readBounded(answer), batch.length);
}

function readRetryAfter(answer: Response): number | undefined {
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

async function readBounded(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax)
      throw new AnswerError(`an answer of more than ${answerBytesMax} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const answerSchema = z.object({
  data: z.array(
    z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).min(1).max(65_536) }),
  ),
});

function readVectors(text: string, count: number): Float32Array[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AnswerError('an answer that is not JSON', true);
  }
  const checked = answerSchema.safeParse(json);
  if (!checked.success) throw new AnswerError('an answer of another form', false);
  const sorted = [...checked.data.data].sort((a, b) => a.index - b.index);
  if (sorted.length !== count || sorted.some(({ index }, at) => index !== at)) {
    throw new AnswerError(`${sorted.length} vectors for ${count} texts`, false);
  }
  return sorted.map(({ embedding }) => scaleToUnit(Float32Array.from(embedding)));
}

/** Unit length, whatever the model gives: ranks compare cosines. */
export function scaleToUnit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!(squares > 0) || !Number.isFinite(squares))
    throw new AnswerError('a vector without a direction', false);
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
  return vector;
}

function describeFailure(endpoint: URL, cause: unknown): AmpError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const host = endpoint.host;
  return new AmpError('AMP-1690', `The embedder at ${host} failed: ${reason}.`, { host, reason }, cause);
}
