import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Envelope } from '../messages.ts';
import { type DigestFacts, digestContext, digestLengths, excerptOf, referencesOf } from './index.ts';

const text = (maxLength: number) => fc.string({ maxLength, unit: 'grapheme', size: 'max' });
const id = fc.uuid({ version: 7 });
const facts: fc.Arbitrary<DigestFacts> = fc.record({
  space: id,
  thread: fc.option(id, { nil: undefined }),
  parent: fc.option(id, { nil: undefined }),
  membersVersion: fc.nat(99),
  view: fc.record({
    goal: text(6_000),
    requirements: fc.array(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 64 }),
        text: text(600),
        state: fc.constantFrom('open' as const, 'contributed' as const, 'met' as const),
        contributions: fc.constant([]),
      }),
      { maxLength: 64, size: 'max' },
    ),
  }),
  entries: fc.array(
    fc.record({
      entry: fc.record({
        id,
        from: fc.constant('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'),
        type: fc.constantFrom('proposal', 'concern'),
        content: text(900),
      }) as unknown as fc.Arbitrary<Envelope>,
      hash: fc.constant('a'.repeat(64)),
    }),
    { maxLength: 64, size: 'max' },
  ),
});

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

test('a digest is never above its limit, and always says where the message belongs', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(1_000, 4_000, 16_384), (given, bytesMax) => {
      const digest = digestContext(given, bytesMax);
      expect(bytesOf(digest)).toBeLessThanOrEqual(bytesMax);
      expect(digest).toMatchObject({ space: given.space, members: given.membersVersion });
      expect([digest.parent, digest.thread]).toEqual([given.parent, given.thread]);
    }),
    { numRuns: 40, seed: 5 },
  );
});

test('what is dropped is dropped in the stated order, from the end, and counted', () => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 1_000, max: 16_384 }), (given, bytesMax) => {
      const digest = digestContext(given, bytesMax);
      const open = given.view.requirements.filter((one) => one.state !== 'met');
      expect(digest.entries.map((one) => one.id)).toEqual(
        given.entries.slice(0, digest.entries.length).map(({ entry }) => entry.id),
      );
      expect(digest.open.map((one) => one.id)).toEqual(
        open.slice(0, digest.open.length).map((one) => one.id),
      );
      expect(digest.omitted ?? { open: 0, entries: 0 }).toEqual({
        open: open.length - digest.open.length,
        entries: given.entries.length - digest.entries.length,
      });
      const hasTexts = digest.open.some((one) => one.text !== undefined);
      const isShort = digest.entries.every((one) => one.excerpt.length <= digestLengths.shortExcerpt);
      // Texts go after long excerpts, entries after texts and goal, requirements after entries.
      if (!hasTexts && open.length > 0 && digest.open.length > 0) expect(isShort).toBe(true);
      if (digest.entries.length < given.entries.length) {
        expect(isShort && !hasTexts).toBe(true);
        expect(digest.goal.length).toBeLessThanOrEqual(digestLengths.shortGoal);
      }
      if (digest.open.length < open.length) expect(digest.entries).toEqual([]);
    }),
    { numRuns: 40, seed: 6 },
  );
});

test('what fits is kept whole', () => {
  const given: DigestFacts = {
    space: 's',
    membersVersion: 2,
    parent: 'p',
    view: { goal: 'a trip', requirements: [{ id: 'map', text: 'a map', state: 'open', contributions: [] }] },
    entries: [
      { entry: { id: 'p', from: 'did:a', type: 'proposal', content: { kind: 'x' } } as never, hash: 'h' },
    ],
  };
  expect(digestContext(given)).toEqual({
    space: 's',
    parent: 'p',
    members: 2,
    goal: 'a trip',
    open: [{ id: 'map', text: 'a map' }],
    entries: [{ id: 'p', author: 'did:a', type: 'proposal', excerpt: '{"kind":"x"}', hash: 'h' }],
  });
});

test('a message refers to its parent first, and to each entry once', () => {
  expect(
    referencesOf({ parent: 'a', references: ['b', 'a'], supersedes: 'c', concern: 'd', of: 'b' }),
  ).toEqual(['a', 'c', 'd', 'b']);
});

test('an excerpt never ends in half a character', () => {
  const entry = { type: 'proposal', content: `${'x'.repeat(9)}😀` } as unknown as Envelope;
  expect(excerptOf(entry, 10).isWellFormed()).toBe(true);
});
