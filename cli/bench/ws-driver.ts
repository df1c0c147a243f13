/**
 * The driver of `bench ws`, in a process of its own: two plain hosted agents, one sends to the other with a fixed
 * number of messages outstanding. Reads one run per line on stdin, writes one result per line on stdout.
 */
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

export interface DriverRun {
  readonly url: string;
  /** Of the node; a relay asks for none. */
  readonly token?: string;
  readonly messageCount: number;
  readonly outstandingMax: number;
  readonly contentBytes: number;
  /** Names of the run's agents. */
  readonly label: string;
}

export interface DriverResult {
  readonly perSecond: number;
  /** Messages of which the sender heard that they are delivered; only a node says so. */
  readonly deliveredCount: number;
  readonly errorCount: number;
}

interface Joined {
  readonly socket: WebSocket;
  readonly did: string;
}

async function drive(run: DriverRun): Promise<DriverResult> {
  const from = await join(run, `${run.label}-a`);
  const to = await join(run, `${run.label}-b`);
  const hearsReceipts = run.token !== undefined;
  const text = JSON.stringify({ type: 'answer', to: to.did, content: 'x'.repeat(run.contentBytes) });
  const done = Promise.withResolvers<void>();
  let sentCount = 0;
  let receivedCount = 0;
  let deliveredCount = 0;
  let errorCount = 0;

  function fill(): void {
    while (sentCount < run.messageCount && sentCount - receivedCount < run.outstandingMax) {
      sentCount += 1;
      from.socket.send(text);
    }
  }
  function check(): void {
    if (receivedCount === run.messageCount && (!hearsReceipts || deliveredCount === run.messageCount))
      done.resolve();
  }
  to.socket.on('message', () => {
    receivedCount += 1;
    fill();
    check();
  });
  from.socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string; level?: string; ids?: string[] };
    if (message.type === 'error') errorCount += 1;
    if (message.type === 'receipt' && message.level === 'delivered') deliveredCount += message.ids!.length;
    check();
  });
  for (const { socket } of [from, to])
    socket.on('close', () => done.reject(new Error('the server closed a connection')));

  const startedAtMs = performance.now();
  fill();
  await done.promise;
  const seconds = (performance.now() - startedAtMs) / 1_000;
  for (const { socket } of [from, to]) socket.removeAllListeners('close').terminate();
  return { perSecond: run.messageCount / seconds, deliveredCount, errorCount };
}

function join(run: DriverRun, name: string): Promise<Joined> {
  const socket = new WebSocket(run.url, 'amp.v1.json', { perMessageDeflate: false });
  const { promise, resolve, reject } = Promise.withResolvers<Joined>();
  socket.once('error', reject);
  socket.once('open', () => socket.send(JSON.stringify({ type: 'join', name, token: run.token })));
  socket.once('message', (data) => {
    const message = JSON.parse(String(data)) as { type: string; did: string };
    if (message.type === 'welcome') resolve({ socket, did: message.did });
    else reject(new Error(`not welcome: ${String(data)}`));
  });
  return promise;
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await drive(JSON.parse(line) as DriverRun))}\n`);
