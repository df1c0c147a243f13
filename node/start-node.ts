/** One running node: the mesh peer on the real adapters, with its agents' socket, HTTP side and files. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createBuiltinEmbedder } from '../discovery/embed/index.ts';
import type { NodeId } from '../protocol/brand.ts';
import { toHex } from '../protocol/bytes.ts';
import { AmpError } from '../protocol/errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import { createEd25519Keys } from './adapters/ed25519-keys.ts';
import { type EmbedderChoice, type FallbackEmbedder, openEmbedder } from './adapters/embedders/index.ts';
import { createLibp2pDirectory, type Libp2pDirectory } from './adapters/libp2p-directory.ts';
import { createLibp2pTransport } from './adapters/libp2p-transport.ts';
import type { Libp2pTransport } from './adapters/libp2p-transport-types.ts';
import { createSecureRng } from './adapters/secure-rng.ts';
import { openSqliteStore, type SqliteStore } from './adapters/sqlite-store.ts';
import { createSystemClock, type SystemClock } from './adapters/system-clock.ts';
import { type BlobExchange, createBlobExchange } from './blobs/blob-exchange.ts';
import { type BlobStore, createBlobStore } from './blobs/blob-store.ts';
import { type ChannelDesk, createChannelDesk, createLibp2pCarrier } from './channels/index.ts';
import { agentPath, createGateway, type Gateway } from './gateway/gateway.ts';
import { createGuard } from './gateway/guards.ts';
import { createNodeMetrics } from './http/metrics.ts';
import { createHttpApp, listen } from './http/server.ts';
import { ownDid } from './node-identity.ts';
import { createAttachmentValidator } from './runtime/attachment-bytes.ts';
import type { IndexChoice } from './runtime/capability-search.ts';
import type { VoteFault } from './runtime/consensus-desk.ts';
import { createMeshPeer, type MeshPeer } from './runtime/mesh-peer.ts';
import { createNodeViews } from './runtime/node-views.ts';
import { meshIdOf, topicsOf } from './runtime/topics.ts';
import { createBuiltinVectorSource } from './runtime/vector-source.ts';

/** Messages that `why` can go back over. Judgement: as many as events; about 400 bytes each on disk. */
const trailMessagesMax = 20_000;
/** Texts whose vectors are at hand. Judgement: what is asked again is asked soon; each holds 1.3 KB. */
const embeddedTextsMax = 1_000;

export interface NodeInit {
  readonly name: string;
  /** Folder of everything that the node keeps. */
  readonly data: string;
  readonly mesh: string;
  /** Addresses of the agents' socket and HTTP. */
  readonly host: readonly string[];
  readonly port: number;
  /** Multiaddrs for other nodes. */
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly bootstrap: readonly string[];
  readonly mdns: boolean;
  readonly relay: boolean;
  /** 64 hexadecimal digits, or empty for an open mesh. */
  readonly swarmKey: string;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly blobBytesMax: number;
  /** How long an attachment of an agent holds, ms; renewed at half of it. @default a day */
  readonly attachmentLifetimeMs?: number | undefined;
  readonly messagesPerSecondMax: number;
  readonly wakeThreshold: number;
  /** Types of messages, and named actions, of this node's agents that wait for a person. @default none */
  readonly gates?: readonly string[];
  /** Longest time in which a vote is expected to arrive, ms. @default 250 */
  readonly voteDelayMs?: number | undefined;
  /** A Byzantine fault on purpose, for experiments and demonstrations; no setting leads here. */
  readonly voteFault?: VoteFault | undefined;
  /** Where records are kept and sought. @default 'gossip' */
  readonly index?: IndexChoice;
  /** The model for dense vectors. @default 'builtin' */
  readonly embedder?: EmbedderChoice['kind'];
  /** The base of an OpenAI-compatible service, its model (or the local one), its key, and a folder of models. */
  readonly embedderUrl?: string;
  readonly embedderModel?: string;
  readonly embedderKey?: string;
  readonly embedderModelsFolder?: string;
  /** The disk refused: nothing may be acknowledged any more. */
  readonly onFatal: (error: unknown) => void;
}

export interface RunningNode {
  readonly did: NodeId;
  readonly peer: MeshPeer;
  readonly transport: Libp2pTransport;
  /** `ws://127.0.0.1:7700/amp/mesh` */
  readonly agentUrl: string;
  readonly httpUrl: string;
  readonly token: string;
  readonly tokenFile: string;
  /** Drain and leave nothing running. Idempotent. */
  stop(): Promise<void>;
}

/** @throws AmpError AMP-1302 when the data folder is in use, AMP-1501 for settings that cannot work. */
export async function startNode(init: NodeInit): Promise<RunningNode> {
  mkdirSync(init.data, { recursive: true, mode: 0o700 });
  const store = openSqliteStore({ file: join(init.data, 'node.sqlite') });
  try {
    return await startOn(store, init);
  } catch (error) {
    store.close();
    throw error;
  }
}

async function startOn(store: SqliteStore, init: NodeInit): Promise<RunningNode> {
  const clock = createSystemClock();
  const rng = createSecureRng();
  const keys = createEd25519Keys({ store, rng });
  const did = ownDid(store, keys.create);
  const swarmKey = readSwarmKey(init.swarmKey);
  const meshId = meshIdOf(keys, init.mesh, swarmKey === undefined ? '' : toHex(keys.hash(swarmKey)));
  const metrics = createNodeMetrics();
  const transport = await createLibp2pTransport(
    { store, clock, rng },
    {
      seed: keys.exportSeed(did),
      meshId,
      topics: topicsOf(meshId).all,
      listen: init.listen,
      announce: init.announce,
      bootstrap: init.bootstrap,
      isClosed: swarmKey !== undefined,
      ...(swarmKey === undefined ? {} : { swarmKey }),
      isMdnsOn: init.mdns,
      isRelay: init.relay,
      metrics: metrics.registry,
    },
  );
  const validateRecord = createAttachmentValidator({ mesh: meshId, keys, nowMs: () => clock.nowMs() });
  const directory = createLibp2pDirectory({ transport, clock, validateRecord }, { meshId });
  const builtin = createBuiltinEmbedder();
  const embedder = await openEmbedder(
    { builtin, clock, log: { warn: () => undefined } },
    embedderChoice(init),
  );
  const vectors = createBuiltinVectorSource({ embedder: builtin, textsMax: embeddedTextsMax });
  const isDense = embedder.space !== vectors.space;
  const peer = createMeshPeer(
    { clock, rng, keys, store, transport, directory, vectors, embedder: isDense ? embedder : undefined },
    {
      mesh: meshId,
      nodeName: init.name,
      onFatal: init.onFatal,
      wakeThreshold: init.wakeThreshold,
      gates: init.gates,
      voteDelayMs: init.voteDelayMs,
      voteFault: init.voteFault,
      index: init.index,
      trailMax: trailMessagesMax,
      attachmentLifetimeMs: init.attachmentLifetimeMs,
    },
  );
  peer.start();
  if (embedder.openFailure !== undefined)
    peer.events.note({ kind: 'embedder-failed', chosen: init.embedder, reason: embedder.openFailure });
  const { token, file: tokenFile } = ownToken(init.data);
  const guard = createGuard({
    hosts: init.hosts,
    origins: init.origins,
    token,
    nowMs: () => performance.now(),
  });
  const blobs = createBlobStore({ folder: join(init.data, 'blobs') });
  const exchange = createBlobExchange(
    {
      blobs,
      openStream: transport.openStream,
      handleStream: transport.handleStream,
      candidates: (_sha256, hint) => blobCandidates(peer, hint),
      onProblem: ({ node, ...problem }) => peer.events.note({ kind: 'blob-problem', peer: node, ...problem }),
      onFetched: ({ node, ...piece }) => peer.events.note({ kind: 'blob-fetched', peer: node, ...piece }),
    },
    { meshId, bytesMax: init.blobBytesMax },
  );
  await exchange.start();
  const channels = createChannelDesk({
    carrier: createLibp2pCarrier(transport, { meshId }),
    linkOf: (agent) => peer.local.get(agent)?.link,
    nodeOf: (agent) => peer.nodeOf(agent),
    self: did,
    openEnvelope: (object) => peer.openEnvelope(object),
    note: (event) => peer.events.note(event),
  });
  peer.agents.serveChannels(channels);
  await channels.start();
  const parts: NodeParts = { store, clock, transport, directory, peer, blobs, exchange, channels, embedder };
  const views = createNodeViews(peer, { ...init, meshId, did, startedAtMs: clock.nowMs() }, () => ({
    addresses: transport.addresses(),
    connections: transport.connectionList(),
    blobBytes: blobs.usedBytes,
  }));
  metrics.observe(peer, transport, () => gateway.connectionCount);
  const app = createHttpApp(
    {
      guard,
      blobs,
      exchange,
      views,
      events: peer.events,
      trail: peer.trail,
      askMemory: ({ what, filter, text, limit }) =>
        new Promise((resolve) => {
          const asked = (filter ?? {}) as JsonObject;
          peer.memory.prepare(what, asked, text, () => resolve(peer.memory.look(what, asked, text, limit)));
        }),
      isReady: () => ({
        ok: true,
        checks: { store: true, listening: transport.addresses().length > 0, gateway: true },
      }),
      metrics: metrics.render,
      resend: (id) => resend(peer, clock, id),
      answerApproval: (id, { verdict, option, reason }) =>
        peer.approvals.answer(id, {
          verdict,
          ...(option === undefined ? {} : { option }),
          ...(reason === undefined ? {} : { reason }),
        }),
      dial: async (address) => transport.dial(address),
    },
    { blobBytesMax: init.blobBytesMax },
  );
  const servers = await listen(app, init.host, init.port).catch(async (error: unknown) => {
    await stopParts(parts);
    throw error;
  });
  const gateway = createGateway(
    { servers, peer, guard },
    {
      mesh: meshId,
      meshName: init.mesh,
      messagesPerSecondMax: init.messagesPerSecondMax,
      alternatives: () => [],
    },
  );
  await transport.listening();
  const host = urlHost(init.host[0] ?? '127.0.0.1');
  const { port } = servers[0]!.address() as { port: number };
  let stopping: Promise<void> | undefined;
  return {
    did,
    peer,
    transport,
    agentUrl: `ws://${host}:${port}${agentPath}`,
    httpUrl: `http://${host}:${port}`,
    token,
    tokenFile,
    stop: () => (stopping ??= stopAll(parts, gateway, servers)),
  };
}

function embedderChoice(init: NodeInit): EmbedderChoice {
  const { embedder: kind = 'builtin', embedderUrl: url = '', embedderModel: model = '' } = init;
  const { embedderKey: key = '', embedderModelsFolder: modelsFolder = '' } = init;
  if (kind === 'builtin') return { kind };
  if (model === '')
    throw new AmpError('AMP-1501', `The embedder ${kind} needs a model.`, { name: 'embedderModel' });
  if (kind === 'remote') return { kind, url, model, ...(key === '' ? {} : { key }) };
  return { kind, model, ...(modelsFolder === '' ? {} : { modelsFolder }) };
}

interface NodeParts {
  readonly store: SqliteStore;
  readonly clock: SystemClock;
  readonly transport: Libp2pTransport;
  readonly directory: Libp2pDirectory;
  readonly peer: MeshPeer;
  readonly blobs: BlobStore;
  readonly exchange: BlobExchange;
  readonly channels: ChannelDesk;
  readonly embedder: FallbackEmbedder;
}

async function stopAll(parts: NodeParts, gateway: Gateway, servers: readonly Server[]): Promise<void> {
  await gateway.stop();
  await Promise.all(servers.map(closeServer));
  await stopParts(parts);
}

async function stopParts({
  peer,
  directory,
  transport,
  clock,
  store,
  channels,
  embedder,
}: NodeParts): Promise<void> {
  channels.stop();
  peer.stop();
  directory.stop();
  await embedder.stop();
  await transport.stop();
  clock.stop();
  store.close();
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** 256 random bits in a file that only the owner reads. */
function ownToken(data: string): { readonly token: string; readonly file: string } {
  const file = join(data, 'token');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return { token: readFileSync(file, 'utf8').trim(), file };
}

function readSwarmKey(text: string): Uint8Array | undefined {
  if (text === '') return undefined;
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new AmpError('AMP-1501', 'The swarm key must be 64 hexadecimal digits.', { name: 'swarmKey' });
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

/** The node of the agent that mentioned the file first, then every neighbour. */
function blobCandidates(peer: MeshPeer, hint: string | undefined): readonly NodeId[] {
  const hinted = peer.attachments().find((attachment) => attachment.agent === hint)?.node as
    | NodeId
    | undefined;
  const all = [...(hinted === undefined ? [] : [hinted]), ...peer.peers()];
  return [...new Set(all)].filter((node) => node !== peer.self);
}

function resend(peer: MeshPeer, clock: SystemClock, id: string): boolean {
  const letters = peer.delivery.machine.list().filter((mail) => mail.id === id && mail.state === 'dead');
  for (const letter of letters)
    peer.delivery.step({ type: 'resend', id, receiver: letter.receiver, atMs: clock.nowMs() });
  return letters.length > 0;
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
