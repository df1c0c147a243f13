/** How near two texts are by the words they share: what an agent ranks by when it brings no embedder along. */

/** Words this short say little of what a text is about. Judgement. */
const wordLettersMin = 3;
/** Words are compared by their first letters, so that "map", "maps" and "mapping" are near. Judgement. */
const stemLetters = 5;
/** Letters of a text that are looked at. */
const lettersMax = 4_096;

/** 0 (no word in common) to 1 (all words of the shorter text are in the other). */
export function wordSimilarity(a: string, b: string): number {
  const [left, right] = [stemsOf(a), stemsOf(b)];
  const [few, many] = left.size < right.size ? [left, right] : [right, left];
  if (few.size === 0) return 0;
  let sharedCount = 0;
  for (const stem of few) if (many.has(stem)) sharedCount += 1;
  return sharedCount / few.size;
}

function stemsOf(text: string): ReadonlySet<string> {
  const words =
    text
      .slice(0, lettersMax)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(
    words.filter((word) => word.length >= wordLettersMin).map((word) => word.slice(0, stemLetters)),
  );
}
