/**
 * Words with one letter left out, to the word: what mends a typing error (Garbe 2012, symmetric deletion). The texts
 * themselves are not kept: an open-addressing table of four bytes a slot names word and letter, which say the text.
 */
import { hashText } from './hash.ts';

/** Longer words are not indexed: the letter's place takes six bits of an entry. */
const lettersMax = 63;

export interface Deletions {
  /** The first word that gives `text` when one letter, never its first, is left out. */
  get(text: string): string | undefined;
}

export function indexDeletions(words: readonly string[]): Deletions {
  const indexed = words.filter((word) => word.length <= lettersMax);
  const count = indexed.reduce((sum, word) => sum + word.length - 1, 0);
  // At most half full, so that a look-up ends after a slot or two.
  const slotCount = 2 ** (32 - Math.clz32(2 * count));
  const slots = new Int32Array(slotCount).fill(-1);
  const textAt = (slot: number) => leaveOut(indexed[slots[slot]! >>> 6]!, slots[slot]! & lettersMax);
  /** The slot of the text, or the free one where it belongs. */
  function find(text: string): number {
    let slot = hashText(text, 0) & (slotCount - 1);
    while (slots[slot] !== -1 && textAt(slot) !== text) slot = (slot + 1) & (slotCount - 1);
    return slot;
  }
  for (const [index, word] of indexed.entries()) {
    for (let letter = 1; letter < word.length; letter++) {
      const slot = find(leaveOut(word, letter));
      if (slots[slot] === -1) slots[slot] = (index << 6) | letter;
    }
  }
  return {
    get(text) {
      const slot = find(text);
      return slots[slot] === -1 ? undefined : indexed[slots[slot]! >>> 6];
    },
  };
}

export function leaveOut(word: string, letter: number): string {
  return word.slice(0, letter) + word.slice(letter + 1);
}
