/** Writes an app's files into a fresh folder and runs it as a process of its own, as its README says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OutputFile } from '../../examples/agents/work/index.ts';

export interface RunningApp {
  readonly url: string;
  /** Stop it and start it on the same data; the new address. */
  restart(): Promise<string>;
  stop(): Promise<void>;
}

/** @throws Error with what the app printed when it does not come up. */
export async function runApp(files: Iterable<OutputFile>): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-app-'));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file.name)), { recursive: true });
    writeFileSync(join(folder, file.name), file.bytes);
  }
  let child = await start(folder);
  return {
    url: child.url,
    async restart() {
      await end(child.process);
      child = await start(folder);
      return child.url;
    },
    async stop() {
      await end(child.process);
      rmSync(folder, { recursive: true });
    },
  };
}

function start(folder: string): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['start.js'], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0' },
  });
  return new Promise((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const line = /^\{.*"url":"([^"]+)".*\}$/m.exec(out);
      if (line) resolve({ process: child, url: line[1]! });
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the app ended with ${code}: ${errors || out}`)));
  });
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
