/**
 * Which code a figure comes from. Finished runs are kept and gone on with; a run of other code is another run, so what
 * could change a figure is part of its name: the sources, the versions that they depend on, and the files that the
 * scenario itself reads.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveScenario, type ScenarioFile } from './scenario-file.ts';
import { expandGrid } from './sweep.ts';

/** What runs inside a simulated run. */
const folders = ['protocol', 'crdt', 'discovery', 'node/runtime', 'sim'];

/** Of the package that this file belongs to. */
export function readProjectVersion(): string {
  return readPackage(packageFolder(fileURLToPath(import.meta.url))).version;
}

/**
 * The code of an experiment, 16 hexadecimal digits: equal when the sources and whatever its runs read are. Published
 * code is known by its version, since nobody edits it.
 */
export function fingerprintCode(file: ScenarioFile, grid: ScenarioFile['sweep']): string {
  const hash = createHash('sha256');
  const own = fileURLToPath(import.meta.url);
  const root = packageFolder(own);
  const { version, dependencies } = readPackage(root);
  hash.update(JSON.stringify({ version, dependencies }));
  if (own.endsWith('.ts')) hash.update(hashSources(root, folders));
  const read = expandGrid(grid).flatMap((point) => file.model.reads?.(resolveScenario(file, point)) ?? []);
  for (const path of [...new Set(read)].sort()) addFile(hash, path, path);
  return hash.digest('hex').slice(0, 16);
}

/** Of all TypeScript in folders of `root` but tests: changes with any name and any content. */
export function hashSources(root: string, folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) addSources(hash, root, folder);
  return hash.digest('hex');
}

type Hash = ReturnType<typeof createHash>;

function addSources(hash: Hash, root: string, folder: string): void {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) addSources(hash, root, path);
    else if (/(?<!\.test)\.ts$/.test(entry.name)) addFile(hash, path, join(root, path));
  }
}

function addFile(hash: Hash, name: string, path: string): void {
  // A checkout may have turned line ends: the code is the same.
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  hash.update(`${name}\0${text.length}\0${text}`);
}

function readPackage(folder: string): {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** The nearest folder above that holds a package. */
function packageFolder(path: string): string {
  const folder = dirname(path);
  if (folder === path) throw new RangeError('there is no package.json above the code');
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(folder);
}
