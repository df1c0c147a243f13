import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lexiconSources, readLexicon } from '../lexicon/index.ts';
import { hashText, mix } from './hash.ts';
import {
  builtinDimensions,
  compareQuantized,
  createBuiltinEmbedder,
  createBuiltinEmbedderPort,
  quantize,
} from './index.ts';

const embedder = createBuiltinEmbedder();

function similarity(a: string, b: string): number {
  return dot(embedder.embed(a), embedder.embed(b));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
}

test('a text with a word has length one, a text without one is all zeros', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme' })), (text) => {
      const vector = embedder.embed(text);
      const length = Math.sqrt(dot(vector, vector));
      expect(vector).toHaveLength(builtinDimensions);
      expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true);
    }),
    { seed: 1, numRuns: 2000 },
  );
  for (const text of ['', ' \n\t', '?!…', '—', 'the of and']) {
    expect(embedder.embed(text).every((value) => value === 0)).toBe(true);
  }
});

test('a vector does not depend on what was embedded before, nor on the instance', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 5 }), fc.string(), (before, text) => {
      const expected = createdOnce.embed(text);
      for (const other of before) embedder.embed(other);
      expect(embedder.embed(text)).toEqual(expected);
    }),
    { seed: 2, numRuns: 300 },
  );
});

const createdOnce = createBuiltinEmbedder();

/** A change of any bit of any vector must show here, and then `builtinSpace` must get a new name. */
test('the bits of the space are the published ones', () => {
  const texts = [
    'Book travel to NYC',
    'Finds why tests pass once and fail the next time',
    'not payroll but a tax return, 10kg',
    'Café Zürich naïve 東京タワー Привет мир',
    'myHttpServerCrashes segfualt timezonebug',
  ];
  let hash = 0;
  for (const text of texts) {
    const words = new Int32Array(embedder.embed(text).buffer);
    for (const word of words) hash = mix(Math.imul(hash, 31) + word);
  }
  expect(hash).toMatchInlineSnapshot(`174750362`);
});

test('no function whose last bit may differ between machines is called', () => {
  const banned = [
    'log',
    'log2',
    'log10',
    'exp',
    'pow',
    'sin',
    'cos',
    'tan',
    'tanh',
    'cbrt',
    'hypot',
    'random',
  ];
  const math = Math as unknown as Record<string, unknown>;
  const kept = banned.map((name) => [name, math[name]] as const);
  try {
    for (const name of banned) {
      math[name] = () => {
        throw new Error(`Math.${name} was called`);
      };
    }
    const fresh = createBuiltinEmbedder();
    expect(quantize(fresh.embed('book a flight, not a segfualt'))).toHaveLength(builtinDimensions);
  } finally {
    for (const [name, original] of kept) math[name] = original;
  }
});

test.each([
  ['book travel to NYC', 'finds cheap airfares and layovers', 'fixes plumbing leaks'],
  ['my app crashes on launch', 'debugs mobile applications', 'plans weddings'],
  ['nobody wants to touch this 1983 batch program', 'maintains COBOL on mainframes', 'teaches guitar'],
  ["stuff the landlord didn't return", "advises on renters' rights and tenancy", 'pairs wine with food'],
  ['my head hurts since yesterday', 'symptom triage by a physician', 'keeps the books'],
])('"%s" is nearer to "%s" than to "%s"', (query, near, far) => {
  expect(similarity(query, near)).toBeGreaterThan(similarity(query, far) + 0.2);
});

test('what a text rules out counts against it', () => {
  const [payroll, tax] = ['runs payroll for employees', 'prepares tax returns'];
  const plain = similarity('payroll or a tax return', payroll);
  expect(similarity('a tax return, not payroll', payroll)).toBeLessThan(plain - 0.2);
  expect(similarity('a tax return rather than payroll', payroll)).toBeLessThan(plain - 0.2);
  expect(similarity('a tax return, not payroll', tax)).toBeGreaterThan(
    similarity('payroll or a tax return', tax),
  );
});

test('a trouble told by "does not" is still the topic', () => {
  const repair = 'repairs boilers and heating';
  expect(similarity('the boiler does not start', repair)).toBeGreaterThan(0.3);
});

test('compound words and camel case are taken apart', () => {
  expect(similarity('firewallfirmware', 'firewall')).toBeGreaterThan(0.2);
  expect(similarity('getInvoicePayment', 'get invoice payment')).toBeGreaterThan(0.99);
});

test('nine in ten lexicon words keep their nearest meaning after one wrong letter', () => {
  const words = readLexicon(lexiconSources)
    .flatMap(({ terms }) => terms.map(({ text }) => text))
    .filter((text) => /^[a-z]{7,}$/.test(text));
  const sample = [...new Set(words)].filter((word) => hashText(word, 99) % 12 === 0);
  let kept = 0;
  for (const word of sample) if (similarity(spoil(word), word) > 0.5) kept++;
  expect(sample.length).toBeGreaterThan(200);
  expect(kept / sample.length).toBeGreaterThan(0.9);
});

/** Swap, drop, double or replace one inner letter, by the word's own hash. */
function spoil(word: string): string {
  const hash = hashText(word, 5);
  const at = 1 + (hash % (word.length - 2));
  const [head, letter, tail] = [word.slice(0, at), word[at]!, word.slice(at + 1)];
  if (hash % 4 === 0) return head + tail[0]! + letter + tail.slice(1);
  if (hash % 4 === 1) return head + tail;
  if (hash % 4 === 2) return head + letter + letter + tail;
  return `${head}${letter === 'q' ? 'z' : 'q'}${tail}`;
}

test('other scripts have vectors of their own', () => {
  expect(similarity('東京の天気', '東京の天気は')).toBeGreaterThan(0.6);
  expect(similarity('погода в Москве', 'погода в Москве сегодня')).toBeGreaterThan(0.6);
  expect(Math.abs(similarity('東京の天気', 'погода в Москве'))).toBeLessThan(0.5);
  expect(similarity('Café Zürich', 'cafe zurich')).toBeGreaterThan(0.99);
});

test('eight bits keep a cosine within two hundredths', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 20 }), fc.lorem({ maxCount: 20 }), (a, b) => {
      const exact = similarity(a, b);
      const coarse = compareQuantized(quantize(embedder.embed(a)), quantize(embedder.embed(b)));
      expect(Math.abs(exact - coarse)).toBeLessThan(0.02);
    }),
    { seed: 3, numRuns: 500 },
  );
  expect(compareQuantized(new Int8Array(4), new Int8Array(4))).toBe(0);
});

test('the port answers in a later turn, one vector a text', () => {
  const deferred: (() => void)[] = [];
  const port = createBuiltinEmbedderPort({ embedder, clock: { defer: (run) => void deferred.push(run) } });
  const events: unknown[] = [];
  port.start((event) => events.push(event));
  port.embed('r1', ['flight', 'hotel']);
  expect(events).toEqual([]);
  for (const run of deferred) run();
  const vectors = [embedder.embed('flight'), embedder.embed('hotel')];
  expect(events).toEqual([{ type: 'embedded', request: 'r1', vectors }]);
});

test('an explanation names the concepts, strongest first', () => {
  const [first, ...rest] = embedder.explain('cheap plane tickets to Lisbon');
  expect(first?.concept).toBe('flights');
  expect(rest.map(({ concept }) => concept)).toContain('places');
  expect(embedder.explain('')).toEqual([]);
});
