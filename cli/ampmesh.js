#!/usr/bin/env -S node --max-semi-space-size=4 --v8-pool-size=1
// A node shares its machine with agents and models: with V8's own choice (64 MiB for young objects, four helper
// threads with an arena each) it would hold half as much memory again. V8 takes these at its start only.
// Plain JavaScript, so that even an old Node can read it and say what is wrong.
import { existsSync } from 'node:fs';
// The whole module: an old Node lacks the name, and would not even start to read this file for a named import.
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `ampmesh needs Node 22.18 or newer; this is ${process.version}. In a clone, "npm ci" brings Node 24: use "npx ampmesh" or "npm start".\n`,
  );
  process.exit(2);
}
module.enableCompileCache?.();
const source = new URL('./main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : built.href);
await main(process.argv.slice(2));
