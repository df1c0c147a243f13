/**
 * The consensus modules with one bug planted in their text, so that no shipped line knows about bugs. A patch
 * must match exactly once: when the code moves on, the test that plants it fails loudly.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Engine } from '../../../sim/agreement/engine.ts';

export interface Patch {
  /** A file of protocol/consensus. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const folder = fileURLToPath(new URL('../../../protocol/consensus/', import.meta.url));
const entry = `export * from './index.ts';
export { visitSigned } from './certificate.ts';
export { isOfInstance } from './instance.ts';
export const isReal = false;`;

/** Bundle the modules with the patches and load the result. */
export async function plantBug(patches: readonly Patch[]): Promise<Engine> {
  const pending = new Set(patches);
  const bundled = await build({
    stdin: { contents: entry, resolveDir: folder, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant-bug',
        setup(setup) {
          setup.onLoad({ filter: /protocol[/\\]consensus[/\\][a-z-]+\.ts$/ }, ({ path }) => {
            const mine = patches.filter((patch) => patch.file === basename(path));
            for (const patch of mine) pending.delete(patch);
            return { contents: applyPatches(path, mine), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (pending.size > 0)
    throw new Error(`no such file: ${[...pending].map((patch) => patch.file).join(', ')}`);
  const code = Buffer.from(bundled.outputFiles[0]!.text).toString('base64');
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as Engine;
}

function applyPatches(path: string, patches: readonly Patch[]): string {
  let text = readFileSync(join(folder, basename(path)), 'utf8');
  for (const { find, replace } of patches) {
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`${basename(path)} holds ${parts.length - 1} times: ${find}`);
    text = parts.join(replace);
  }
  return text;
}
