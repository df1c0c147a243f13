/** Starts an app that a team built and calls it: what was delivered must work, not only exist. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface AppCheck {
  readonly url: string;
  readonly lines: readonly string[];
  stop(): void;
}

const startTimeoutMs = 10_000;

/** Start `node start.js` in the folder and call the app as a stranger would. */
export async function startAndCall(folder: string): Promise<AppCheck> {
  const child = spawn(process.execPath, ['start.js'], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readUrl(child);
  const lines: string[] = [];
  const call = async (method: string, path: string): Promise<void> => {
    const response = await fetch(`${url}${path}`, { method });
    const type = response.headers.get('content-type') ?? '';
    lines.push(`${method} ${path} → ${response.status} ${type.split(';')[0]}`);
    await response.arrayBuffer();
  };
  await call('GET', '/');
  await call('GET', '/api');
  let limited = 0;
  for (let i = 0; i < 400 && limited === 0; i++)
    limited = (await fetch(`${url}/api`)).status === 429 ? i + 3 : 0;
  lines.push(limited > 0 ? `rate limit: 429 after ${limited} calls` : 'rate limit: none within 400 calls');
  return { url, lines, stop: () => void child.kill('SIGTERM') };
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    const timer = setTimeout(
      () => reject(new Error(`the app did not start within ${startTimeoutMs / 1_000} s: ${out}`)),
      startTimeoutMs,
    );
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const found = /"url":"([^"]+)"/.exec(out);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[1]!);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the app ended with ${code}: ${out}`));
    });
  });
}
