/** The node's HTTP side: health, status, lists, events, metrics and blobs, behind the same guard as the socket. */
import { createServer, type Server } from 'node:http';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import * as z from 'zod';
import { matchSchema } from '../../protocol/decode.ts';
import { AmpError, type Checked } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { BlobExchange } from '../blobs/blob-exchange.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { countPassed } from '../blobs/collect-buffers.ts';
import { addressOf, type Guard } from '../gateway/guards.ts';
import type { MeshEvent } from '../runtime/events.ts';

const approvalRequest = z.strictObject({
  verdict: z.enum(['approve', 'deny']),
  option: z.string().max(1_000).optional(),
  reason: z.string().max(1_000).optional(),
});
export type ApprovalRequest = Readonly<z.infer<typeof approvalRequest>>;

const memoryRequest = z.strictObject({
  what: z.string().max(64),
  filter: z.record(z.string(), z.unknown()).optional(),
  text: z.string().max(8_192).optional(),
  limit: z.int().min(1).max(100_000).optional(),
});
export type MemoryRequest = Readonly<z.infer<typeof memoryRequest>>;

export interface HttpComponents {
  readonly guard: Guard;
  readonly blobs: BlobStore;
  readonly exchange: BlobExchange;
  /** What the node says of itself; each is one JSON answer. */
  readonly views: {
    readonly status: () => unknown;
    readonly peers: () => unknown;
    readonly agents: () => unknown;
    readonly mail: () => unknown;
  };
  readonly events: {
    since(seq: number, limit: number): readonly MeshEvent[];
    watch(listener: (event: MeshEvent) => void): () => void;
  };
  /** What messages led to others. */
  readonly trail: { about(ids: readonly string[]): readonly MeshEvent[] };
  readonly isReady: () => { readonly ok: boolean; readonly checks: Readonly<Record<string, boolean>> };
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Try a dead letter again; false when it is unknown. */
  readonly resend: (id: string) => boolean;
  /** A person answers what waits for one. */
  readonly answerApproval: (id: string, answer: ApprovalRequest) => Checked<unknown>;
  readonly dial: (address: string) => Promise<string>;
  /** A question to a shared space of this node. */
  readonly askMemory: (question: MemoryRequest) => Promise<Checked<unknown>>;
}

/** Ids that one question for a trail may name. */
const trailIdsMax = 64;

export interface HttpInit {
  readonly blobBytesMax: number;
}

export function createHttpApp(components: HttpComponents, init: HttpInit): Express {
  const { guard, blobs, exchange, views, events } = components;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => admit(guard, request, response, next));
  app.get('/livez', (_request, response) => void response.type('text/plain').send('ok\n'));
  app.get('/readyz', (request, response) => {
    const { ok, checks } = components.isReady();
    const lines = Object.entries(checks).map(([name, isGood]) => `[${isGood ? '+' : '-'}]${name}`);
    response
      .status(ok ? 200 : 503)
      .type('text/plain')
      .send(request.query.verbose === undefined ? `${ok ? 'ok' : 'not ready'}\n` : `${lines.join('\n')}\n`);
  });
  app.use((request, response, next) => authorize(guard, request, response, next));
  for (const [name, view] of Object.entries(views))
    app.get(`/${name}`, (_request, response) => void response.json(view()));
  app.get('/events', (request, response) => sendEvents(events, request, response));
  app.get('/trail', (request, response) => {
    const { about } = request.query;
    const ids = (typeof about === 'string' ? about : '').split(',').slice(0, trailIdsMax);
    response.json(components.trail.about(ids));
  });
  app.get('/metrics', async (_request, response) => {
    const { contentType, text } = await components.metrics();
    response.type(contentType).send(text);
  });
  app.post('/mail/:id/resend', (request, response) => {
    if (components.resend(request.params.id)) response.json({ resent: request.params.id });
    else response.status(404).json({ error: `There is no dead letter ${request.params.id}.` });
  });
  app.post('/approvals/:id', express.json({ limit: '16kb' }), (request, response) => {
    const read = matchSchema(approvalRequest, request.body as JsonObject);
    const answered = read.ok ? components.answerApproval(request.params.id, read.value) : read;
    if (answered.ok) response.json(answered.value);
    else response.status(answered.refusal.code === 'AMP-1859' ? 404 : 400).json({ error: answered.refusal });
  });
  app.post('/memory', express.json({ limit: '64kb' }), async (request, response) => {
    const read = memoryRequest.safeParse(request.body);
    if (!read.success)
      return void response
        .status(400)
        .json({ error: 'Send { "what": "graph", "filter": { "space": "…" } }.' });
    const answer = await components.askMemory(read.data);
    if (answer.ok) return void response.json(answer.value);
    response.status(400).json({ code: answer.refusal.code, error: answer.refusal.message });
  });
  app.post('/dial', express.json({ limit: '4kb' }), async (request, response) => {
    const address = (request.body as { address?: unknown } | undefined)?.address;
    if (typeof address !== 'string') throw new AmpError('AMP-1502', 'Send { "address": "<multiaddr>" }.');
    response.json({ peer: await components.dial(address) });
  });
  app.head('/blobs/:sha256', (request, response) => {
    const bytes = blobs.size(request.params.sha256);
    response.set('x-amp-partial-bytes', String(blobs.partialSize(request.params.sha256)));
    if (bytes === undefined) response.status(404).end();
    else response.set('content-length', String(bytes)).end();
  });
  app.put('/blobs/:sha256', async (request, response) => {
    const offset = Number(request.query.offset ?? 0);
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new AmpError('AMP-1332', `"${String(request.query.offset)}" is no offset.`);
    const bytes = await blobs.write(request.params.sha256, offset, request, init.blobBytesMax);
    response.status(201).json({ sha256: request.params.sha256, bytes });
  });
  app.get('/blobs/:sha256', async (request, response) => sendBlob(blobs, exchange, request, response));
  app.use(
    (_request, response) => void response.status(404).json({ error: 'There is nothing at this address.' }),
  );
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    sendError(error, response),
  );
  return app;
}

/** One server per address; both loopback families by default. */
export async function listen(
  app: Express,
  hosts: readonly string[],
  port: number,
): Promise<readonly Server[]> {
  const servers: Server[] = [];
  let boundPort = port;
  for (const host of hosts) {
    const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 0 }, app);
    server.headersTimeout = 10_000;
    try {
      boundPort = await bind(server, host, boundPort);
      servers.push(server);
    } catch (error) {
      // A machine without IPv6 has no ::1; without any address there is no gateway.
      const code = (error as NodeJS.ErrnoException).code;
      const isMissingFamily = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
      if (!isMissingFamily || (host !== '::1' && servers.length === 0)) throw explain(error, host, boundPort);
    }
  }
  return servers;
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as { port: number }).port);
    });
  });
}

function explain(error: unknown, host: string, port: number): AmpError {
  const code = (error as NodeJS.ErrnoException).code;
  const why = code === 'EADDRINUSE' ? 'another program uses it' : (error as Error).message;
  return new AmpError(
    'AMP-1501',
    `Cannot listen on ${host} port ${port}: ${why}. Choose another --port.`,
    { host, port },
    error,
  );
}

function admit(guard: Guard, request: Request, response: Response, next: NextFunction): void {
  const verdict = guard.admit(request);
  if (verdict.ok) next();
  else response.status(verdict.status).json({ error: verdict.reason });
}

function authorize(guard: Guard, request: Request, response: Response, next: NextFunction): void {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() === 'bearer' && guard.isToken(token)) return next();
  if (token !== undefined) guard.countFailure(addressOf(request));
  response
    .status(401)
    .set('www-authenticate', 'Bearer')
    .json({ error: 'Send the node\'s token: "authorization: Bearer <token>".' });
}

/** A JSON list, or with `accept: text/event-stream` (or `?follow`) a stream that goes on. */
function sendEvents(events: HttpComponents['events'], request: Request, response: Response): void {
  const since = Number(request.query.since ?? -1);
  const limit = Math.min(Number(request.query.limit ?? 1_000) || 1_000, 20_000);
  const isStream = request.query.follow !== undefined || request.headers.accept === 'text/event-stream';
  if (!isStream) return void response.json(events.since(since, limit));
  response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const write = (event: MeshEvent): void =>
    void response.write(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
  for (const event of events.since(since, limit)) write(event);
  const unwatch = events.watch(write);
  request.on('close', unwatch);
}

async function sendBlob(
  blobs: BlobStore,
  exchange: BlobExchange,
  request: Request,
  response: Response,
): Promise<void> {
  const sha256 = request.params.sha256 as string;
  const bytes = await exchange.fetch(
    sha256,
    typeof request.query.from === 'string' ? request.query.from : undefined,
  );
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const start = range === null ? 0 : Number(range[1]);
  if (start > bytes) return void response.status(416).set('content-range', `bytes */${bytes}`).end();
  response.status(range === null ? 200 : 206).set({
    'content-type': 'application/octet-stream',
    'content-length': String(bytes - start),
    'accept-ranges': 'bytes',
  });
  if (range !== null) response.set('content-range', `bytes ${start}-${bytes - 1}/${bytes}`);
  if (start === bytes) return void response.end();
  await pipeline(blobs.read(sha256, start), countAll, response);
}

async function* countAll(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    countPassed(chunk.length);
  }
}

const statuses: Readonly<Record<string, number>> = {
  'AMP-1330': 422,
  'AMP-1331': 413,
  'AMP-1332': 409,
  'AMP-1333': 400,
  'AMP-1334': 404,
  'AMP-1335': 503,
  'AMP-1502': 400,
};

function sendError(error: unknown, response: Response): void {
  if (response.headersSent) return void response.destroy();
  if (error instanceof AmpError)
    response
      .status(statuses[error.code] ?? 500)
      .json({ code: error.code, error: error.message, facts: error.facts });
  else response.status(500).json({ error: error instanceof Error ? error.message : String(error) });
}
