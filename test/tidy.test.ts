/** Guards of the house: which folder may import which, and where clocks and chance may be touched. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['protocol', 'crdt', 'discovery', 'node', 'sim', 'client', 'cli', 'examples', 'test'];

function listSources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : listSources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

const sources = folders
  .flatMap(listSources)
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
const isTest = (path: string): boolean =>
  path.endsWith('.test.ts') || path.startsWith('test/') || path.includes('/testing/');

/** The project's own files that a file imports, as paths from the root. */
function importsOf({ path, text }: { path: string; text: string }): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) => match[1]!);
  return found.map((target) => relative(root, resolve(root, dirname(path), target)));
}

/** What each folder may import besides itself. Tests and the command line may import everything. */
const mayImport: Record<string, readonly string[]> = {
  protocol: [],
  crdt: ['protocol'],
  discovery: ['protocol'],
  client: ['protocol', 'crdt'],
  node: ['protocol', 'crdt', 'discovery'],
  sim: ['protocol', 'crdt', 'discovery', 'node/runtime'],
  examples: ['protocol', 'client', 'discovery'],
};

describe('imports point left', () => {
  test.each(Object.entries(mayImport))('%s imports only what it may', (folder, allowed) => {
    const wrong = sources
      .filter(({ path }) => path.startsWith(`${folder}/`) && !isTest(path))
      .flatMap((source) => importsOf(source).map((target) => ({ from: source.path, target })))
      .filter(({ target }) => ![folder, ...allowed].some((one) => target.startsWith(`${one}/`)))
      .filter(({ from, target }) => !isException(from, target));
    expect(wrong).toEqual([]);
  });

  test('only the live mode of the simulator reaches real adapters', () => {
    const wrong = sources
      .filter(({ path }) => path.startsWith('sim/') && !path.startsWith('sim/live/') && !isTest(path))
      .filter((source) => importsOf(source).some((target) => target.startsWith('node/adapters/')))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('protocol and client load in a browser: no module of Node', () => {
    const wrong = sources
      .filter(({ path }) => (path.startsWith('protocol/') || path.startsWith('client/')) && !isTest(path))
      .filter(({ text }) => /from 'node:/.test(text))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('there is no folder for what has no name', () => {
    expect(sources.filter(({ path }) => /(^|\/)(utils?|helpers?|common|misc)\//.test(path))).toEqual([]);
  });
});

/** The live mode runs real nodes on purpose. */
function isException(from: string, target: string): boolean {
  return from.startsWith('sim/live/') && target.startsWith('node/');
}

describe('machines are deterministic', () => {
  const banned =
    /\b(Date\.now|performance\.now|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|crypto\.random\w*|crypto\.getRandomValues)\b/;

  test('no clock, timer or chance outside the shells', () => {
    const wrong = sources
      .filter(({ path }) => /^(protocol|crdt|discovery|node\/runtime)\//.test(path) && !isTest(path))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .map((line, at) => ({ path, line: at + 1, text: line }))
          .filter((one) => banned.test(one.text) && !/^\s*(\*|\/\/|\/\*)/.test(one.text)),
      );
    expect(wrong).toEqual([]);
  });
});

describe('the project speaks of itself alone', () => {
  test('no path of one machine', () => {
    const wrong = sources.filter(
      ({ path, text }) => !path.startsWith('test/tidy') && /['"`(\s](\/root\/|\/home\/|\/work\/)/.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});
