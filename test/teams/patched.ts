/**
 * Break a rule of the production code in a copy: a text patch on a module, written to a temporary folder. The
 * original is never touched; a patch that no longer matches fails loudly.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');

/** Import `path` (from the repository's root) with exactly one place changed from `find` to `replace`. */
export async function importPatched<Module>(path: string, find: string, replace: string): Promise<Module> {
  const source = readFileSync(join(root, path), 'utf8');
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`the patch matches ${parts.length - 1} places of ${path}: ${find}`);
  const patched = parts.join(replace).replace(/from '(\.[^']+)'/g, (_, relative: string) => {
    return `from '${pathToFileURL(resolve(root, dirname(path), relative)).href}'`;
  });
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-patched-'));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'patched.ts');
  writeFileSync(file, patched);
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Module;
}
