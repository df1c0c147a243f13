import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type BuiltinEmbedder, createBuiltinEmbedder } from '../../discovery/embed/index.ts';
import {
  type FallbackEmbedder,
  type FellBack,
  openEmbedder,
  openRemoteEmbedder,
  readEmbedderKey,
} from '../../node/adapters/embedders/index.ts';
import { createSystemClock } from '../../node/adapters/system-clock.ts';
import type { Embedder, EmbedderEvent } from '../../protocol/ports.ts';

interface Asked {
  readonly path: string;
  readonly key: string | undefined;
  readonly texts: readonly string[];
}

type Reply = (request: Asked, response: ServerResponse) => void;

/** A real OpenAI-compatible service: three numbers a text, told by its length. */
const answerProperly: Reply = ({ texts }, response) => {
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: [3, 4, text.length] }));
  // Out of order on purpose: only `index` counts.
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: data.reverse() }));
};

const clock = createSystemClock();
const toClose: (() => Promise<unknown>)[] = [];
let builtin: BuiltinEmbedder;

beforeAll(() => {
  builtin = createBuiltinEmbedder();
});

afterEach(async () => {
  for (const close of toClose.splice(0)) await close();
});

/** Replies in turn; the last one stays. */
async function serve(...replies: Reply[]): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (message, response) => {
    const body = JSON.parse(await readAll(message)) as { input: string[] };
    const request = { path: message.url ?? '', key: message.headers.authorization, texts: body.input };
    asked.push(request);
    const reply = replies.length > 1 ? replies.shift()! : replies[0]!;
    reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  toClose.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function readAll(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += chunk;
  return text;
}

function fail(status: number, headers: Record<string, string> = {}): Reply {
  return (_, response) => response.writeHead(status, headers).end('{"error":"no"}');
}

function ask(
  embedder: Pick<Embedder, 'embed'> & { start(listener: (event: EmbedderEvent | FellBack) => void): void },
  texts: readonly string[],
): Promise<EmbedderEvent | FellBack> {
  return new Promise((resolve) => {
    embedder.start(resolve);
    embedder.embed('r1', texts);
  });
}

async function openLoudly(init: {
  url: string;
  timeoutMs?: number;
}): Promise<{ embedder: FallbackEmbedder; lines: object[] }> {
  const lines: object[] = [];
  const log = { warn: (facts: object) => void lines.push(facts) };
  const embedder = await openEmbedder(
    { builtin, clock, log },
    { kind: 'remote', model: 'm', retriesMax: 1, retryDelayMs: 1, ...init },
  );
  toClose.push(() => embedder.stop());
  return { embedder, lines };
}

test('texts come back as unit vectors in order, in batches, with the key', async () => {
  const { url, asked } = await serve(answerProperly);
  const embedder = await openRemoteEmbedder({ url, model: 'm', key: 'sk-1', batchTextsMax: 2 });
  toClose.push(() => embedder.stop());
  const answer = await ask(embedder, ['a', 'bb', 'ccc', 'dddd', 'eeeee']);
  expect(embedder).toMatchObject({ space: 'remote:m/3', dimensions: 3 });
  if (answer.type !== 'embedded') throw new Error(JSON.stringify(answer));
  for (const [i, vector] of answer.vectors.entries()) {
    const length = Math.hypot(3, 4, i + 1);
    expect([...vector]).toEqual(
      [3 / length, 4 / length, (i + 1) / length].map((value) => expect.closeTo(value, 6)),
    );
  }
  expect(asked.map(({ texts }) => texts.length)).toEqual([1, 2, 2, 1]);
  expect(new Set(asked.map(({ path, key }) => `${path} ${key}`))).toEqual(
    new Set(['/v1/embeddings Bearer sk-1']),
  );
});

test('a busy service is asked again, after the time it named', async () => {
  const { url, asked } = await serve(fail(429, { 'retry-after': '0' }), fail(503), answerProperly);
  const embedder = await openRemoteEmbedder({ url: `${url}/v1/`, model: 'm', retryDelayMs: 1 });
  toClose.push(() => embedder.stop());
  expect(embedder.dimensions).toBe(3);
  expect(asked).toHaveLength(3);
});

test('a refusal is not tried again, and the key stays out of the error', async () => {
  const { url, asked } = await serve(fail(401));
  const opening = openRemoteEmbedder({ url, model: 'm', key: 'sk-secret', retryDelayMs: 1 });
  const error = (await opening.catch((cause: unknown) => cause)) as Error & { code: string };
  expect(error.code).toBe('AMP-1690');
  expect(error.message).toContain('status 401');
  expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('sk-secret');
  expect(asked).toHaveLength(1);
});

test('a service that fails later falls back with an event of its own kind and a log line', async () => {
  const { url } = await serve(answerProperly, fail(500));
  const { embedder, lines } = await openLoudly({ url });
  const answer = await ask(embedder, ['book travel to NYC']);
  expect(answer).toMatchObject({ type: 'fell-back', chosenSpace: 'remote:m/3', space: 'builtin-1' });
  expect(answer).toMatchObject({ reason: expect.stringContaining('status 500') });
  if (answer.type === 'fell-back') expect(answer.vectors).toEqual([builtin.embed('book travel to NYC')]);
  expect(lines).toHaveLength(1);
});

test('a service that is not there at the start leaves the built-in space, said aloud', async () => {
  const { url } = await serve(answerProperly);
  for (const close of toClose.splice(0)) await close();
  const { embedder, lines } = await openLoudly({ url });
  expect(embedder.space).toBe('builtin-1');
  expect(embedder.openFailure).toContain('AMP-1690');
  expect(lines).toMatchObject([{ embedder: 'remote', space: 'builtin-1' }]);
  expect(await ask(embedder, ['a'])).toMatchObject({ type: 'embedded', request: 'r1' });
});

test('a service that hangs is left after the timeout', async () => {
  const { url, asked } = await serve(answerProperly, () => undefined);
  const { embedder } = await openLoudly({ url, timeoutMs: 60 });
  const answer = await ask(embedder, ['a']);
  expect(answer.type).toBe('fell-back');
  expect(asked).toHaveLength(3);
});

test.each([
  ['no JSON', 'oops', 'not JSON'],
  ['another form', '{"data":[{"index":0,"embedding":"x"}]}', 'another form'],
  ['a vector too few', '{"data":[]}', '0 vectors for 1 texts'],
  ['no direction', '{"data":[{"index":0,"embedding":[0,0,0]}]}', 'without a direction'],
  ['another length', '{"data":[{"index":0,"embedding":[1,2]}]}', 'another space'],
])('an answer with %s is refused, never used', async (_, body, reason) => {
  const { url } = await serve(answerProperly, (__, response) => void response.end(body));
  const { embedder } = await openLoudly({ url });
  const answer = await ask(embedder, ['a']);
  expect(answer).toMatchObject({ type: 'fell-back', reason: expect.stringContaining(reason) });
});

test('a redirect is not followed, so the key goes nowhere else', async () => {
  const other = await serve(answerProperly);
  const { url } = await serve(fail(307, { location: `${other.url}/v1/embeddings` }));
  await expect(openRemoteEmbedder({ url, model: 'm', retriesMax: 0 })).rejects.toThrow('AMP-1690');
  expect(other.asked).toHaveLength(0);
});

test('stopping ends what is under way', async () => {
  const { url } = await serve(answerProperly, () => undefined);
  const embedder = await openRemoteEmbedder({ url, model: 'm' });
  const answer = ask(embedder, ['a']);
  await embedder.stop();
  await embedder.stop();
  expect(await answer).toMatchObject({ type: 'embed-failed' });
});

test('the key comes from the environment or from a file, never from both', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ampmesh-key-')), 'key');
  writeFileSync(file, 'sk-2\n');
  expect(readEmbedderKey({})).toBeUndefined();
  expect(readEmbedderKey({ AMPMESH_EMBEDDER_KEY: 'sk-1' })).toBe('sk-1');
  expect(readEmbedderKey({ AMPMESH_EMBEDDER_KEY_FILE: file })).toBe('sk-2');
  const both = { AMPMESH_EMBEDDER_KEY: 'sk-1', AMPMESH_EMBEDDER_KEY_FILE: file };
  expect(() => readEmbedderKey(both)).toThrow('both set');
  expect(() => readEmbedderKey({ AMPMESH_EMBEDDER_KEY_FILE: `${file}-not` })).toThrow('Cannot read');
});
