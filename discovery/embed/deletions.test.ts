import { expect, test } from 'vitest';
import { indexDeletions, leaveOut } from './deletions.ts';

test('finds what a plain map of all deletions finds, and no other text', () => {
  // Few letters, so that many words share a deletion and the first must win.
  const words = [...new Set(Array.from({ length: 2_000 }, (_, i) => (i * 7_919 + 81).toString(3)))];
  const plain = new Map<string, string>();
  for (const word of words)
    for (let i = 1; i < word.length; i++)
      if (!plain.has(leaveOut(word, i))) plain.set(leaveOut(word, i), word);
  const deletions = indexDeletions(words);
  expect(plain.size).toBeGreaterThan(1_000);
  for (const [text, word] of plain) expect(deletions.get(text)).toBe(word);
  for (const word of words) {
    expect(deletions.get(word)).toBe(plain.get(word));
    expect(deletions.get(`${word}x`)).toBeUndefined();
  }
});

test('an empty lexicon mends nothing', () => {
  expect(indexDeletions([]).get('word')).toBeUndefined();
});
