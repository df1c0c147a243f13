/** Needs `npm ci` in this folder (474 MB); without it one line says that it was skipped. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBuiltinEmbedder } from '../../../discovery/embed/index.ts';
import { openEmbedder, openTransformersEmbedder } from '../../../node/adapters/embedders/index.ts';
import { createSystemClock } from '../../../node/adapters/system-clock.ts';
import type { Embedder, EmbedderEvent } from '../../../protocol/ports.ts';
import { writeTinyModel } from './tiny-model.ts';

const here = import.meta.dirname;
const isInstalled = existsSync(join(here, 'node_modules', '@huggingface', 'transformers', 'package.json'));
if (!isInstalled) {
  console.log(`SKIPPED transformers embedder: run "npm ci" in ${here} first (474 MB).`);
}

const modelsFolder = mkdtempSync(join(tmpdir(), 'ampmesh-models-'));

beforeAll(() => {
  writeTinyModel(modelsFolder, 'tiny', {
    flight: [1, 0, 0, 0],
    airfare: [1, 1, 0, 0],
    soup: [0, 0, 1, 0],
    stew: [0, 0, 1, 1],
    void: [0, 0, 0, 0],
    '[UNK]': [1, 1, 1, 1],
  });
});

afterAll(() => rmSync(modelsFolder, { recursive: true, force: true }));

function ask(embedder: Pick<Embedder, 'embed' | 'start'>, texts: readonly string[]): Promise<EmbedderEvent> {
  return new Promise((resolve) => {
    embedder.start(resolve);
    embedder.embed('r1', texts);
  });
}

describe.skipIf(!isInstalled)('with the package', () => {
  test('a model from a local folder gives the mean of its word vectors, at unit length', async () => {
    const embedder = await openTransformersEmbedder({ model: 'tiny', modelsFolder, packageFrom: here });
    const answer = await ask(embedder, ['flight airfare', 'Soup', 'stew stew soup', 'flight']);
    await embedder.stop();
    expect(embedder).toMatchObject({ space: 'transformers:tiny@local/fp32/mean', dimensions: 4 });
    if (answer.type !== 'embedded') throw new Error(JSON.stringify(answer));
    const expected = [
      [2, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 3, 2],
      [1, 0, 0, 0],
    ].map((row) => row.map((value) => expect.closeTo(value / Math.hypot(...row), 5)));
    expect(answer.vectors.map((vector) => [...vector])).toEqual(expected);
  });

  test('texts beyond one batch keep their order', async () => {
    const embedder = await openTransformersEmbedder({
      model: 'tiny',
      modelsFolder,
      packageFrom: here,
      batchTextsMax: 2,
    });
    const answer = await ask(embedder, ['flight', 'soup', 'flight', 'soup', 'stew']);
    await embedder.stop();
    if (answer.type !== 'embedded') throw new Error(JSON.stringify(answer));
    expect(answer.vectors.map((vector) => Math.round(vector[0]!))).toEqual([1, 0, 1, 0, 0]);
  });

  test('a text that the model gives no direction fails alone, and the embedder goes on', async () => {
    const embedder = await openTransformersEmbedder({ model: 'tiny', modelsFolder, packageFrom: here });
    const refused = await ask(embedder, ['void']);
    const answered = await ask(embedder, ['soup']);
    await embedder.stop();
    expect(refused).toMatchObject({ type: 'embed-failed', reason: expect.stringContaining('direction') });
    expect(answered.type).toBe('embedded');
  });

  test('a model that is not there is an error that names it, without asking the network', async () => {
    const opening = openTransformersEmbedder({ model: 'missing', modelsFolder, packageFrom: here });
    await expect(opening).rejects.toThrow(/AMP-1690 Cannot load the model missing/);
  });
});

test('without the package the built-in embedder answers, and it is said aloud', async () => {
  const lines: object[] = [];
  const log = { warn: (facts: object) => void lines.push(facts) };
  const embedder = await openEmbedder(
    { builtin: createBuiltinEmbedder(), clock: createSystemClock(), log },
    { kind: 'transformers', model: 'tiny', modelsFolder, packageFrom: modelsFolder },
  );
  expect(embedder.space).toBe('builtin-1');
  expect(embedder.openFailure).toContain('not installed');
  expect(lines).toMatchObject([{ embedder: 'transformers', space: 'builtin-1' }]);
});
