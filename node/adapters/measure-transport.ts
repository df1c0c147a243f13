/**
 * Measures a libp2p node: time from the start of a process to listening, resident memory then, and direct
 * messages to a second process over TCP on loopback.
 *
 * `node node/adapters/measure-transport.ts` prints a table; figures of one machine are in README.md.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { NodeId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import type { TransportEvent } from '../../protocol/ports.ts';

const startCount = 7;
const roundTripCount = 2_000;
const throughputSeries = [
  { bytes: 256, count: 20_000 },
  { bytes: 4_096, count: 10_000 },
  { bytes: 65_536, count: 2_000 },
];
/** Bytes under way in the throughput runs, well below the queue's limit of 8 MiB. */
const windowBytes = 2 * 1024 * 1024;

if (process.argv[2] === 'echo') await echo();
else await measure();

/** The second process: says where it listens, answers short messages, acknowledges the others by their count. */
async function echo(): Promise<void> {
  const { transport } = await startNode((event, answer) => {
    if (event.type === 'direct')
      answer(event.from, event.bytes.length === 1 ? event.bytes : Uint8Array.of(2, 2));
  });
  const facts = {
    listeningMs: performance.now(),
    rssMb: process.memoryUsage().rss / 1e6,
    address: transport.addresses()[0],
  };
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}

async function measure(): Promise<void> {
  const starts: { listeningMs: number; rssMb: number }[] = [];
  for (let i = 0; i < startCount; i++) {
    const { child, facts } = await startEcho();
    starts.push(facts);
    child.kill();
  }
  report(
    'process start to listening, ms',
    starts.map((facts) => facts.listeningMs),
  );
  report(
    'resident memory when listening, MB',
    starts.map((facts) => facts.rssMb),
  );

  const { child, facts } = await startEcho();
  let onDirect: () => void = () => undefined;
  const { transport, stop } = await startNode((event) => {
    if (event.type === 'direct') onDirect();
    else if (event.type === 'send-failed') throw new Error(event.reason);
  });
  const peer = await transport.dial(facts.address);
  const roundTrips: number[] = [];
  for (let i = 0; i < roundTripCount; i++) roundTrips.push(await roundTrip(peer));
  report('direct round trip, ms', roundTrips);
  for (const series of throughputSeries) await throughput(series, peer);
  await stop();
  child.kill();

  async function roundTrip(to: NodeId): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    onDirect = resolve;
    const startMs = performance.now();
    transport.send(to, Uint8Array.of(1));
    await promise;
    return performance.now() - startMs;
  }

  async function throughput({ bytes, count }: { bytes: number; count: number }, to: NodeId): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const message = utf8('x'.repeat(bytes));
    const windowCount = Math.min(512, Math.floor(windowBytes / bytes));
    let [sent, acknowledged] = [0, 0];
    const startMs = performance.now();
    const sendMore = () => {
      while (sent < count && sent - acknowledged < windowCount) {
        transport.send(to, message);
        sent++;
      }
    };
    onDirect = () => {
      if (++acknowledged === count) resolve();
      else sendMore();
    };
    sendMore();
    await promise;
    const seconds = (performance.now() - startMs) / 1_000;
    const rate = `${Math.round(count / seconds)} messages/s, ${((count * bytes) / seconds / 1e6).toFixed(1)} MB/s`;
    process.stdout.write(`direct, ${bytes} bytes each, acknowledged: ${rate}\n`);
  }
}

/** Imported here and not above, so that the start of the process includes it. */
async function startNode(
  onEvent: (event: TransportEvent, answer: (to: NodeId, bytes: Uint8Array) => void) => void,
) {
  const { createEd25519Keys, createLibp2pTransport, createSecureRng, createSystemClock, openSqliteStore } =
    await import('./index.ts');
  const [clock, rng] = [createSystemClock(), createSecureRng()];
  const store = openSqliteStore({ file: `/tmp/ampmesh-measure-${process.pid}/node.sqlite` });
  const keys = createEd25519Keys({ store, rng });
  const seed = keys.exportSeed(keys.create());
  const topics = ['/amp/1/measure/commons'];
  const transport = await createLibp2pTransport({ store, clock, rng }, { seed, meshId: 'measure', topics });
  transport.start((event) => onEvent(event, (to, bytes) => transport.send(to, bytes)));
  await transport.listening();
  const stop = async () => {
    await transport.stop();
    clock.stop();
    store.close();
  };
  return { transport, stop };
}

interface EchoFacts {
  readonly listeningMs: number;
  readonly rssMb: number;
  readonly address: string;
}

async function startEcho(): Promise<{ child: ChildProcess; facts: EchoFacts }> {
  const child = spawn(process.execPath, [import.meta.filename, 'echo'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, facts: JSON.parse((await lines.next()).value as string) as EchoFacts };
}

function report(what: string, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(2);
  const line = `${what}: median ${at(0.5)}, least ${at(0)}, p99 ${at(0.99)}, of ${values.length}`;
  process.stdout.write(`${line}\n`);
}
