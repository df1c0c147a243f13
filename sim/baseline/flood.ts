/**
 * A plain gossip flood on {@link EventScheduler}: every peer forwards a message once to all its neighbours.
 * `flood_simpy.py` does the same on SimPy; both answer with the same counts and the same last tick.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EventScheduler } from '../clock/scheduler.ts';

export interface FloodInit {
  readonly peerCount: number;
  /** Neighbours of each peer. */
  readonly degree: number;
  readonly messageCount: number;
}

export interface FloodResult {
  readonly packets: number;
  /** First arrivals, over all messages. */
  readonly reached: number;
  readonly lastTick: number;
  /** Wall time of the flood alone, without building the graph. */
  readonly seconds: number;
}

export interface FloodGraph {
  readonly neighbours: Int32Array;
  /** Ticks, by neighbour. */
  readonly delays: Int32Array;
}

export function buildFloodGraph({ peerCount, degree }: FloodInit): FloodGraph {
  const neighbours = new Int32Array(peerCount * degree);
  const delays = new Int32Array(peerCount * degree);
  let state = 2463534242;
  for (let i = 0; i < neighbours.length; i++) {
    state = xorshift(state);
    neighbours[i] = state % peerCount;
    state = xorshift(state);
    delays[i] = 100 + (state % 1400);
  }
  return { neighbours, delays };
}

/** @param nowSeconds a wall clock; the flood itself never reads it. */
export function runFlood(init: FloodInit, graph: FloodGraph, nowSeconds: () => number): FloodResult {
  const { neighbours, delays } = graph;
  const { degree } = init;
  const start = nowSeconds();
  const scheduler = new EventScheduler({ wheelTicks: 2048 });
  const seen = new Uint8Array(init.peerCount * init.messageCount);
  let packets = 0;
  let reached = 0;
  let lastTick = 0;
  const receive = (peer: number, message: number) => {
    const tick = scheduler.nowTick;
    lastTick = tick;
    const mark = message * init.peerCount + peer;
    if (seen[mark] === 1) return;
    seen[mark] = 1;
    reached++;
    const end = (peer + 1) * degree;
    for (let i = peer * degree; i < end; i++) scheduler.schedule(tick + delays[i]!, neighbours[i]!, message);
    packets += degree;
  };
  for (let message = 0; message < init.messageCount; message++)
    receive((message * 97) % init.peerCount, message);
  while (scheduler.pendingCount > 0) scheduler.run(scheduler.nowTick + 1000, receive);
  return { packets, reached, lastTick, seconds: nowSeconds() - start };
}

/** Run the same flood on SimPy; `undefined` where Python 3 or SimPy is missing. */
export function runFloodOnSimPy(
  init: FloodInit,
  style: 'process' | 'callback',
  python = '/usr/bin/python3',
): Promise<FloodResult | undefined> {
  const script = fileURLToPath(new URL('./flood_simpy.py', import.meta.url));
  const numbers = [init.peerCount, init.degree, init.messageCount].map(String);
  return new Promise((resolve, reject) => {
    execFile(python, [script, ...numbers, style], (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as FloodResult);
      else if (error.code === 'ENOENT' || stderr.includes("No module named 'simpy'")) resolve(undefined);
      else reject(error);
    });
  });
}

function xorshift(state: number): number {
  let x = state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x >>> 0;
}
