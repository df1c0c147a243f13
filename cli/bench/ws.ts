/**
 * `bench ws`: messages a second between two hosted agents of one node, with signatures, durable mailboxes and
 * true receipts, against a relay that only parses, validates, canonicalises and signs once. Node, relays and
 * driver are processes of their own; the pairs are interleaved.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { atLeast, type BenchReport, describeMachine, median, spread } from './report.ts';
import { commandFlags, spawnNode } from './spawn-node.ts';
import type { DriverResult, DriverRun } from './ws-driver.ts';

export interface WsBenchOptions {
  /** Interleaved rounds of node, relay and bare relay. @default 7 */
  readonly pairCount?: number;
  /** @default 6,000 */
  readonly messageCount?: number;
  /** Flags of Node for the node, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[];
}

const ratioGoal = 0.6;
const outstandingMax = 256;
const contentBytes = 256;
const warmUpRounds = 2;

export async function runWsBench(options: WsBenchOptions = {}): Promise<BenchReport> {
  const { pairCount = 7, messageCount = 6_000 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'ampmesh-bench-ws-'));
  const node = await spawnNode({
    name: 'bench',
    data: join(folder, 'node'),
    mesh: `bench-ws-${process.pid}`,
    flags: ['--messages-per-second-max', '1000000'],
    ...(options.execArgv === undefined ? {} : { execArgv: options.execArgv }),
  });
  const signing = await spawnRelay('sign');
  const bare = await spawnRelay('bare');
  const driver = spawnDriver();
  try {
    const sides = {
      node: { url: node.agentUrl, token: node.token },
      signing: { url: signing.url },
      bare: { url: bare.url },
    } as const;
    const rates = { node: [] as number[], signing: [] as number[], bare: [] as number[] };
    const tally = { sent: 0, delivered: 0, errors: 0 };
    for (let round = -warmUpRounds; round < pairCount; round += 1) {
      // The order turns, so that no side always follows the same other.
      const names = rotate(['node', 'signing', 'bare'] as const, round + warmUpRounds);
      for (const name of names) {
        const label = `${name}-${round + warmUpRounds}`;
        const run = { ...sides[name], messageCount, outstandingMax, contentBytes, label };
        const result = await driver.run(run);
        if (name === 'node') {
          tally.sent += messageCount;
          tally.delivered += result.deliveredCount;
          tally.errors += result.errorCount;
        }
        if (round >= 0) rates[name].push(result.perSecond);
      }
    }
    return toReport(rates, tally, node.residentBytes());
  } finally {
    driver.stop();
    signing.stop();
    bare.stop();
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function toReport(
  rates: { readonly node: number[]; readonly signing: number[]; readonly bare: number[] },
  tally: { readonly sent: number; readonly delivered: number; readonly errors: number },
  residentBytes: number,
): BenchReport {
  const ratios = rates.node.map((rate, at) => rate / rates.signing[at]!);
  const ratio = median(ratios);
  return {
    bench: 'ws',
    machine: describeMachine(),
    figures: {
      pairs: ratios.length,
      'node.perSecond': median(rates.node),
      'node.spread': spread(rates.node),
      'signingRelay.perSecond': median(rates.signing),
      'signingRelay.spread': spread(rates.signing),
      'bareRelay.perSecond': median(rates.bare),
      'bareRelay.spread': spread(rates.bare),
      ratio,
      ratioSpread: spread(ratios),
      ratioLeast: Math.min(...ratios),
      ratioToBare: median(rates.node.map((rate, at) => rate / rates.bare[at]!)),
      'node.residentMiB': residentBytes / 2 ** 20,
      errors: tally.errors,
    },
    goals: [
      atLeast('rate of the signing relay that the node keeps', ratio, ratioGoal),
      atLeast('share of messages with a true `delivered` receipt', tally.delivered / tally.sent, 1),
    ],
  };
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  return items.map((_, at) => items[(at + by) % items.length]!);
}

interface Relay {
  readonly url: string;
  stop(): void;
}

async function spawnRelay(mode: 'sign' | 'bare'): Promise<Relay> {
  const child = spawnScript('./ws-relay.ts', [mode]);
  const { value } = await linesOf(child).next();
  const { port } = JSON.parse(String(value)) as { port: number };
  return { url: `ws://127.0.0.1:${port}/`, stop: () => void child.kill() };
}

function spawnDriver(): { run(run: DriverRun): Promise<DriverResult>; stop(): void } {
  const child = spawnScript('./ws-driver.ts', []);
  const lines = linesOf(child);
  return {
    async run(run) {
      child.stdin!.write(`${JSON.stringify(run)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the driver ended');
      return JSON.parse(value) as DriverResult;
    },
    stop: () => void child.kill(),
  };
}

/** With the same flags of Node as the node itself. */
function spawnScript(path: string, args: readonly string[]): ChildProcess {
  const script = new URL(path, import.meta.url).pathname;
  return spawn(process.execPath, [...commandFlags(), script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

function linesOf(child: ChildProcess): AsyncIterator<string> {
  return createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
}
