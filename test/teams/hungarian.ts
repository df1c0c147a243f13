/** The oracle for assignments: the Hungarian method with potentials, O(n³). @see Kuhn 1955; Munkres 1957 */

/** The greatest total value of giving each task at most one agent and each agent at most one task. */
export function solveAssignment(values: readonly (readonly number[])[]): number {
  const size = Math.max(values.length, ...values.map((row) => row.length), 1);
  const cost = (i: number, j: number) => -Math.max(0, values[i]?.[j] ?? 0);
  const u = new Array<number>(size + 1).fill(0);
  const v = new Array<number>(size + 1).fill(0);
  const match = new Array<number>(size + 1).fill(0);
  const way = new Array<number>(size + 1).fill(0);
  for (let i = 1; i <= size; i++) {
    match[0] = i;
    let column = 0;
    const least = new Array<number>(size + 1).fill(Number.POSITIVE_INFINITY);
    const isUsed = new Array<boolean>(size + 1).fill(false);
    do {
      isUsed[column] = true;
      const row = match[column]!;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= size; j++) {
        if (isUsed[j]) continue;
        const reduced = cost(row - 1, j - 1) - u[row]! - v[j]!;
        if (reduced < least[j]!) [least[j], way[j]] = [reduced, column];
        if (least[j]! < delta) [delta, next] = [least[j]!, j];
      }
      for (let j = 0; j <= size; j++) {
        if (isUsed[j]) {
          u[match[j]!]! += delta;
          v[j]! -= delta;
        } else least[j]! -= delta;
      }
      column = next;
    } while (match[column] !== 0);
    do {
      const before = way[column]!;
      match[column] = match[before]!;
      column = before;
    } while (column !== 0);
  }
  let total = 0;
  for (let j = 1; j <= size; j++) if (match[j]! > 0) total -= cost(match[j]! - 1, j - 1);
  return total;
}
