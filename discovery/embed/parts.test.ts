import { expect, test } from 'vitest';
import { phraseScopes } from './negation.ts';
import { discountSettings } from './setting.ts';
import { stem } from './stem.ts';
import { clauseMark, textCharsMax, tokenize, wordCharsMax } from './tokenize.ts';

test.each([
  [
    "The landlord's node.js C++ & C# app, v2",
    ['the', 'landlord', 'node', 'js', 'c++', 'c#', 'app', clauseMark, 'v2'],
  ],
  ["don't won’t", ['dont', 'wont']],
  ['e-mail x-ray', ['e', 'mail', 'x', 'ray']],
  ['€500 and $20', ['$', '500', 'and', '$', '20']],
  ['getUserName iOS PhD JavaScript', ['get', 'user', 'name', 'ios', 'phd', 'javascript']],
  ['Ｆｕｌｌ Ångström', ['full', 'angstrom']],
  ['東京タワー', ['東京', '京タ', 'タワ', 'ワー']],
])('"%s" is cut into words', (text, words) => {
  expect(tokenize(text)).toEqual(words);
});

test('long texts and long words are cut at their named limits', () => {
  expect(tokenize('ab '.repeat(textCharsMax))).toHaveLength(Math.ceil(textCharsMax / 3));
  expect(tokenize('x'.repeat(1000))[0]).toHaveLength(wordCharsMax);
});

test.each([
  ['translate', 'translation', 'translator', 'translating', 'translated'],
  ['insure', 'insurance', 'insured'],
  ['biology', 'biologist', 'biological'],
  ['schedule', 'scheduling', 'scheduled', 'schedules', 'scheduler'],
  ['organize', 'organise', 'organization', 'organising'],
  ['battery', 'batteries'],
  ['stop', 'stopped', 'stopping', 'stops'],
])('%s and its forms share a stem', (word, ...forms) => {
  for (const form of forms) expect(stem(form)).toBe(stem(word));
});

test.each([
  ['bus', 'bu'],
  ['universe', 'university of'],
  ['sing', 's'],
  ['need', 'ne'],
])('%s is not %s', (word, other) => {
  expect(stem(word)).not.toBe(stem(other));
});

test('stems of stems and of other scripts stay', () => {
  expect(stem('gps')).toBe('gps');
  expect(stem('погода')).toBe('погода');
});

test.each([
  ['a tax return, not payroll', ['payroll']],
  ['instead of a rewrite, patch it', ['a', 'rewrite']],
  ['anything other than sales calls but support', ['sales', 'calls']],
  ['the boiler is not working', []],
  ['it does not start', []],
  ['not only law', []],
  ["I don't need a lawyer", ['a', 'lawyer']],
  ['nothing to do with golf', ['golf']],
])('"%s" rules out %j', (text, ruledOut) => {
  const tokens = tokenize(text);
  const scopes = phraseScopes(tokens, -1);
  expect(tokens.filter((_, i) => scopes[i] === -1)).toEqual(ruledOut);
});

test.each([
  ["my bakery's invoices are late", ['bakery']],
  ['I run a small hotel', ['hotel']],
  ['I run a hotel and our shop', ['hotel', 'shop']],
  ['finds a hotel near the station', []],
  ['hotel', []],
])('"%s" tells the setting %j', (text, settings) => {
  const tokens = tokenize(text);
  const factors = new Float64Array(tokens.length).fill(1);
  discountSettings(tokens, factors, 0.5);
  expect(tokens.filter((_, i) => factors[i] === 0.5)).toEqual(settings);
});
