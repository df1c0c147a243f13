/** A peer with one bug: its modules bundled with one place of their text changed. No shipped line knows about bugs. */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import type { createMeshPeer } from '../../node/runtime/mesh-peer.ts';

export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const root = resolve(import.meta.dirname, '../..');

/** @throws Error when the patch does not match exactly once: the code has moved on, and the bug must follow. */
export async function plantBug(patch: Patch): Promise<typeof createMeshPeer> {
  let isPlanted = false;
  const bundled = await build({
    entryPoints: [join(root, 'node/runtime/mesh-peer.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant-bug',
        setup(setup) {
          setup.onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (relative(root, path) !== patch.file) return undefined;
            isPlanted = true;
            return { contents: apply(readFileSync(path, 'utf8'), patch), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (!isPlanted) throw new Error(`no peer loads ${patch.file}`);
  const code = Buffer.from(bundled.outputFiles[0]!.text).toString('base64');
  const loaded = (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as {
    createMeshPeer: typeof createMeshPeer;
  };
  return loaded.createMeshPeer;
}

function apply(text: string, { file, find, replace }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}
