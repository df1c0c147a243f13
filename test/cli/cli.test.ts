/** The command line as its users meet it: exit codes, suggestions, one line of JSON. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { commandModules } from '../../cli/commands/index.ts';
import { readJoinLink, writeJoinLink } from '../../cli/join-link.ts';
import { resolveSettings } from '../../cli/settings.ts';

const bin = fileURLToPath(new URL('../../cli/ampmesh.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ampmesh-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  options: { node?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    AMPMESH_HOME: folder,
    NO_COLOR: '1',
    ...options.env,
  };
  return new Promise((resolve) => {
    execFile(
      options.node ?? process.execPath,
      [bin, ...args],
      { env, cwd: folder },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          stdout,
          stderr,
        });
      },
    );
  });
}

describe('ampmesh', () => {
  test('on a Node that is too old says so and exits 2', async () => {
    const old = '/usr/bin/node';
    const version = existsSync(old)
      ? await new Promise<string>((resolve) =>
          execFile(old, ['--version'], (_error, stdout) => resolve(stdout)),
        )
      : '';
    if (!/^v(1\d|20)\./.test(version)) {
      console.log('SKIPPED ampmesh on an old Node: /usr/bin/node is not older than 22');
      return;
    }
    const { code, stderr } = await run(['status'], { node: old });
    expect(code).toBe(2);
    expect(stderr).toContain('needs Node 22.18');
  });

  test('says what a mistyped command could have meant, and exits 2', async () => {
    const { code, stderr } = await run(['statsu']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "status"?');
  });

  test('without a node exits 3 and says how to start one; with --json on stdout too', async () => {
    const { code, stderr, stdout } = await run(['status', '--json']);
    expect(code).toBe(3);
    expect(stderr).toContain('ampmesh node');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'AMP-1503' } });
  });

  test('shows examples first in every help', async () => {
    for (const command of [
      'node',
      'ask',
      'agent',
      'demo',
      'init',
      'status',
      'peers',
      'agents',
      'events',
      'discover',
      'bench',
    ]) {
      const { code, stdout } = await run([command, '--help']);
      expect(code, command).toBe(0);
      expect(stdout.startsWith('Examples:'), command).toBe(true);
    }
  }, 60_000);

  test('init writes a private configuration that config show reads, and never shows the swarm key', async () => {
    const dir = join(folder, 'lab');
    const made = await run(['init', '--dir', dir, '--mesh', 'lab', '--closed', '--json']);
    const { config, link } = JSON.parse(made.stdout) as { config: string; link: string };
    expect(statSync(config).mode & 0o077).toBe(0);
    const { swarmKey } = readJoinLink(link);
    expect(swarmKey).toMatch(/^[0-9a-f]{64}$/);
    const shown = await run(['config', 'show', '--config', config, '--origin']);
    expect(shown.stdout).toContain('lab');
    expect(shown.stdout).not.toContain(swarmKey);
    expect((await run(['init', '--dir', dir])).code).toBe(2);
    expect(readFileSync(config, 'utf8')).toContain(swarmKey);
  });
});

describe('settings', () => {
  const file = join(folder, 'settings.yaml');
  const resolve = (
    text: string,
    environment: Record<string, string> = {},
    flags: Record<string, unknown> = {},
  ) => {
    writeFileSync(file, text);
    return resolveSettings({ flags, environment, file });
  };

  test('flag beats environment beats file beats default', () => {
    const { values, origins } = resolve(
      'name: from-file\nport: 1\nmesh: m\n',
      { AMPMESH_PORT: '2', AMPMESH_NAME: 'from-env' },
      { name: 'from-flag' },
    );
    expect([values.name, values.port, values.mesh, values.relay]).toEqual(['from-flag', 2, 'm', false]);
    expect([origins.name, origins.port, origins.mesh, origins.relay]).toEqual([
      'flag',
      'environment AMPMESH_PORT',
      `file ${file}`,
      'default',
    ]);
  });

  test.each([
    ['an unknown key', '\nportt: 1\n', `${file}:2:1: "portt" is no setting. Did you mean "port"?`],
    ['a wrong type', 'port: many\n', `${file}:1:1: port must be a whole number`],
    ['broken YAML', 'name: [\n', `${file}:2:1`],
    ['a list instead of settings', '- a\n', 'must be a list of "name: value" lines'],
  ])('%s is refused with file, line and column', (_name, text, message) => {
    expect(() => resolve(text)).toThrow(message);
  });

  test('an unknown variable is refused with a suggestion', () => {
    expect(() => resolve('', { AMPMESH_PROT: '1' })).toThrow('Did you mean "AMPMESH_PORT"?');
  });
});

test('a join link comes back as it was written, and anything else is refused', () => {
  const facts = { mesh: 'lab', bootstrap: ['/ip4/10.0.0.5/tcp/4001/p2p/x'], swarmKey: 'ab' };
  expect(readJoinLink(writeJoinLink(facts))).toEqual(facts);
  for (const bad of ['', 'http://x', 'ampmesh:join#', 'ampmesh:join#e30', `${writeJoinLink(facts)}x~`]) {
    expect(() => readJoinLink(bad), bad).toThrow('AMP-1504');
  }
});

test('each module of commands is read by the names of what it adds, and none else', async () => {
  for (const { names, load } of commandModules) {
    const program = new Command();
    (await load())(program);
    expect(program.commands.map((command) => command.name())).toEqual(names);
  }
});
