import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Generous against the 0.8 s and 0.4 GB measured per agent on two cores, so that a loaded machine does not fail. */
const workMsMax = 10_000;
const peakBytesMax = 1.2 * 1024 ** 3;

test('10 MB with quoted line breaks is read whole, exactly, in bounded time and memory', () => {
  const out = execFileSync(process.execPath, [join(import.meta.dirname, 'big-csv.ts')], { timeout: 60_000 });
  const told = JSON.parse(out.toString()) as {
    bytes: number;
    rows: number;
    rowsWritten: number;
    sum: number;
    sumWritten: number;
    peakBytes: number;
    figures: Record<string, number>;
  };
  console.log(
    `10 MB: ${Object.entries(told.figures)
      .map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
      .join(', ')}, peak ${(told.peakBytes / 2 ** 20).toFixed(0)} MiB in one process`,
  );
  expect(told.bytes).toBeGreaterThan(10 * 1024 * 1024);
  expect(told.rows).toBe(told.rowsWritten);
  expect(told.sum).toBe(told.sumWritten);
  expect(told.peakBytes).toBeLessThan(peakBytesMax);
  for (const [name, ms] of Object.entries(told.figures)) expect(ms, name).toBeLessThan(workMsMax);
});
