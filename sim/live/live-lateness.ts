/** How late the delayed bytes of a live run went on, over all its workers. */

/** Upper bounds of tenths of a millisecond. */
export interface LiveLateness {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** @param perWorker counts by tenth of a millisecond, as `Lateness` keeps them. */
export function readLateness(perWorker: readonly Float64Array[]): LiveLateness {
  const counts = perWorker[0]!.map((_, bucket) =>
    perWorker.reduce((sum, lateness) => sum + lateness[bucket]!, 0),
  );
  const total = counts.reduce((a, b) => a + b, 0);
  const at = (share: number) => {
    let sum = 0;
    for (const [bucket, count] of counts.entries()) {
      sum += count;
      if (sum >= share * total) return (bucket + 1) / 10;
    }
    return counts.length / 10;
  };
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
