/** What a running node is connected to, read from the operating system: its peers, its agents, and nothing else. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeProcess, spawnNode } from '../../cli/bench/spawn-node.ts';
import { type AgentSocket, joinAgent } from './agent-socket.ts';

interface OpenSocket {
  readonly protocol: string;
  readonly localPort: number;
  readonly localAddress: string;
  readonly remotePort: number;
  readonly remoteAddress: string;
  readonly state: 'established' | 'listening' | 'other';
}

const states: Readonly<Record<string, OpenSocket['state']>> = { '01': 'established', '0A': 'listening' };

/** The TCP and UDP sockets of a process: its descriptors, looked up in the kernel's tables. */
function openSockets(pid: number): readonly OpenSocket[] {
  const inodes = new Set<string>();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed between the listing and the look.
    }
  }
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => inodes.has(fields[9] ?? ''))
      .map((fields) => {
        const [localAddress, localPort] = readAddress(fields[1]!);
        const [remoteAddress, remotePort] = readAddress(fields[2]!);
        const state = states[fields[3]!] ?? 'other';
        return { protocol, localAddress, localPort, remoteAddress, remotePort, state };
      }),
  );
}

function readAddress(text: string): [string, number] {
  const [address = '', port = ''] = text.split(':');
  const isLoopback =
    address === '0100007F' ||
    address === '00000000000000000000000001000000' ||
    address === '0000000000000000FFFF00000100007F';
  return [isLoopback ? 'loopback' : address, Number.parseInt(port, 16)];
}

describe.skipIf(!existsSync('/proc/self/net/tcp'))('a running node', () => {
  let folder: string;
  let first: NodeProcess;
  let second: NodeProcess;
  let agent: AgentSocket;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ampmesh-sockets-'));
    const start = (name: string, bootstrap: readonly string[]) =>
      spawnNode({ name, data: join(folder, name), mesh: `sockets-${process.pid}`, bootstrap });
    first = await start('first', []);
    second = await start('second', first.addresses);
    agent = await joinAgent(second, 'agent');
    // The nodes are connected when one knows the other's agent.
    const other = await joinAgent(first, 'other');
    for (let isKnown = false; !isKnown; ) {
      const found = agent.next((message) => message.type === 'found');
      agent.say({ type: 'query', request: 'q', what: 'agents' });
      isKnown = ((await found).items as { did: string }[]).some(({ did }) => did === other.did);
    }
  });

  afterAll(async () => {
    await Promise.all([first.stop(), second.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('listens on loopback only, at the addresses that it tells', () => {
    const told = [Number(new URL(second.httpUrl).port), ...second.addresses.map(portOf)];
    const listening = openSockets(second.pid).filter(({ state }) => state === 'listening');
    expect(listening.length).toBeGreaterThan(0);
    expect(new Set(listening.map(({ localAddress }) => localAddress))).toEqual(new Set(['loopback']));
    expect(new Set(listening.map(({ localPort }) => localPort))).toEqual(new Set(told));
  });

  it('has no connection but to its peers, and from agents to its own ports', () => {
    const sockets = openSockets(second.pid).filter(({ state }) => state !== 'listening');
    const ownPorts = new Set([Number(new URL(second.httpUrl).port), ...second.addresses.map(portOf)]);
    const peerPorts = new Set(first.addresses.map(portOf));
    const strange = sockets.filter(
      ({ localPort, remotePort, remoteAddress }) =>
        remoteAddress !== 'loopback' || !(ownPorts.has(localPort) || peerPorts.has(remotePort)),
    );
    expect(strange).toEqual([]);
    expect(sockets.some(({ remotePort }) => peerPorts.has(remotePort))).toBe(true);
    expect(sockets.some(({ localPort }) => ownPorts.has(localPort))).toBe(true);
  });

  it('sends no datagrams: names are not resolved and nobody is called home', () => {
    expect(openSockets(second.pid).filter(({ protocol }) => protocol.startsWith('udp'))).toEqual([]);
  });
});

function portOf(multiaddr: string): number {
  return Number(/\/tcp\/(\d+)/.exec(multiaddr)?.[1]);
}
