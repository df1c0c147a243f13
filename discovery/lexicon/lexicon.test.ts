import { expect, test } from 'vitest';
import { commonWords, phraseFillers, stopWords, veryCommonWords } from './common-words.ts';
import { lexiconSources, parseLexicon, readLexicon } from './index.ts';

const concepts = readLexicon(lexiconSources);

test('the lexicon is broad: concepts, terms and domains', () => {
  const terms = new Set(concepts.flatMap((concept) => concept.terms.map(({ text }) => text)));
  expect(concepts.length).toBeGreaterThan(450);
  expect(terms.size).toBeGreaterThan(19_000);
  expect(new Set(concepts.map(({ domain }) => domain)).size).toBeGreaterThan(50);
});

test('a concept has one name, lower-case words joined by hyphens', () => {
  const names = concepts.map(({ name }) => name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
});

test('what a concept names above itself is a known concept, and never itself', () => {
  const names = new Set(concepts.map(({ name }) => name));
  const wrong = concepts.flatMap(({ name, domain, parents }) =>
    [domain, ...parents]
      .filter((parent) => !names.has(parent) || (parent === name && name !== domain))
      .map((parent) => `${name} < ${parent}`),
  );
  expect(wrong).toEqual([]);
});

test('a concept lists a term once', () => {
  const repeated = concepts.flatMap(({ name, terms }) => {
    const texts = [name.replaceAll('-', ' '), ...terms.map(({ text }) => text)];
    return texts.filter((text, at) => texts.indexOf(text) !== at).map((text) => `${name}: ${text}`);
  });
  expect(repeated).toEqual([]);
});

test('a term is lower-case words with single spaces, at most as many as phrases are matched by', () => {
  const odd = concepts.flatMap(({ name, terms }) =>
    terms
      .filter(({ text }) => {
        const telling = text.split(' ').filter((word) => !phraseFillers.has(word));
        return !/^\S+( \S+)*$/.test(text) || text !== text.toLowerCase() || telling.length > 5;
      })
      .map(({ text }) => `${name}: ${text}`),
  );
  expect(odd).toEqual([]);
});

test('a concept has at least five terms and no term swallows the file', () => {
  expect(concepts.filter(({ terms }) => terms.length < 5).map(({ name }) => name)).toEqual([]);
  expect(Math.max(...concepts.map(({ terms }) => terms.length))).toBeLessThan(400);
});

test('a data line is at most 112 characters long, so that people can read it', () => {
  const long = lexiconSources.flatMap((source) => source.split('\n').filter((line) => line.length > 112));
  expect(long).toEqual([]);
});

test('no word is in two lists of common words', () => {
  const both = [...commonWords].filter((word) => veryCommonWords.has(word) || stopWords.has(word));
  const strayed = [...veryCommonWords].filter((word) => stopWords.has(word));
  expect([...both, ...strayed]).toEqual([]);
});

test('a domain, a concept, weights and continued lines are read', () => {
  const read = parseLexicon('\n# travel*0.5: trip\nflights < aviation: flight,\n  red-eye*0.6\n');
  expect(read).toEqual([
    {
      name: 'travel',
      domain: 'travel',
      parents: [],
      weight: 0.5,
      terms: [{ text: 'trip', weight: 1 }],
      line: 2,
      adds: false,
    },
    {
      name: 'flights',
      domain: 'travel',
      parents: ['travel', 'aviation'],
      weight: 1,
      terms: [
        { text: 'flight', weight: 1 },
        { text: 'red-eye', weight: 0.6 },
      ],
      line: 3,
      adds: false,
    },
  ]);
});

test('an addition joins its concept from another source', () => {
  const [concept] = readLexicon(['# travel: trip\n', '+travel: see the world\n']);
  expect(concept?.terms.map(({ text }) => text)).toEqual(['trip', 'see the world']);
});

test.each([
  ['no colon', '# travel\n', 'line 1'],
  ['a weight of zero', '# travel: trip*0\n', 'wrong weight'],
  ['a weight above one', '# travel: trip*2\n', 'wrong weight'],
  ['a concept before a domain', 'flights: flight\n', 'before a domain'],
  ['an addition to nothing', '# travel: trip\n+flights: flight\n', 'adds to nothing'],
])('a source with %s is refused', (_, source, reason) => {
  expect(() => readLexicon([source])).toThrow(reason);
});
