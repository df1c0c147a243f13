/**
 * A process that commits pairs of rows for ever and says so after each: the victim of the kill test.
 * Arguments: the file, the first number. Prints one number per line, after its commit has returned.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../node/adapters/sqlite-store.ts';

// Where the size of a file is limited, a write then fails instead of ending the process.
process.on('SIGXFSZ', () => undefined);
const [file, first] = process.argv.slice(2);
const store = openSqliteStore({ file: file! });
for (let number = Number(first); ; number++) {
  const key = String(number).padStart(8, '0');
  const value = `${number}`.repeat(200);
  try {
    store.commit([
      { bucket: 'left', key, value },
      { bucket: 'right', key, value },
    ]);
  } catch (error) {
    writeSync(1, `refused ${(error as { code?: string }).code}\n`);
    process.exit(7);
  }
  writeSync(1, `${number}\n`);
}
