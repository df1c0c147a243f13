import { expect, test } from 'vitest';
import { createBuiltinEmbedder } from '../../discovery/embed/index.ts';

const embedder = createBuiltinEmbedder();

test.each([
  ['one endless word', 'a'.repeat(1_000_000)],
  ['a million words', 'word '.repeat(1_000_000)],
  ['nested phrases', 'reset password '.repeat(70_000)],
  ['negations', 'not '.repeat(300_000)],
  ['marks', "'+#.,".repeat(200_000)],
  ['combining marks', `a${'\u0301'.repeat(500_000)}`],
  ['lone surrogates', '\ud800'.repeat(500_000)],
  ['compounds', 'timezonebug'.repeat(100_000)],
])('hostile text costs no more than a long one: %s', (_, text) => {
  const startedMs = performance.now();
  embedder.embed(text);
  // A full text of 16 KiB takes some 10 ms; only a quadratic pass would come near the bound.
  expect(performance.now() - startedMs).toBeLessThan(1000);
});
