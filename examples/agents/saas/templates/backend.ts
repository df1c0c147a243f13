/** The server side of the generated app: accounts, validation, the HTTP server and, once asked for, the rate limit. */

export const authJs = String.raw`// Accounts: scrypt for passwords, random tokens for sessions, of which only the hash is stored.
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt);
const cost = { N: 16384, r: 8, p: 1 };
export const sessionMs = 7 * 24 * 3600 * 1000;

export async function hashPassword(password) {
  const salt = randomBytes(16);
  return salt.toString('hex') + ':' + (await derive(password, salt, 32, cost)).toString('hex');
}

const nobody = '00'.repeat(16) + ':' + '00'.repeat(32);

/** Takes as long for an unknown account as for a wrong password. */
export async function checkPassword(password, stored) {
  const [salt, hash] = (stored || nobody).split(':').map((part) => Buffer.from(part, 'hex'));
  const got = await derive(password, salt, 32, cost);
  return timingSafeEqual(got, hash) && stored !== undefined;
}

export function newToken() {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token) {
  return createHash('sha256').update(token).digest('hex');
}

/** The token of a request: bearer first, then the session cookie. */
export function readToken(request) {
  const bearer = /^Bearer ([\w-]{20,100})$/.exec(request.headers.authorization || '');
  if (bearer) return bearer[1];
  const cookie = /(?:^|;\s*)session=([\w-]{20,100})/.exec(request.headers.cookie || '');
  return cookie ? cookie[1] : null;
}

/** A problem with an address and a password, in words, or null. */
export function problemWith(body) {
  if (typeof body.email !== 'string' || body.email.length > 200 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(body.email)) return 'email: give a valid address';
  if (typeof body.password !== 'string' || body.password.length < 10 || body.password.length > 200) return 'password: 10 to 200 characters';
  return null;
}
`;

export const validateJs = String.raw`// Checks what a request wants to store against the model: unknown, missing and wrong fields are named.
const textMax = { text: 300, email: 200, link: 2000, date: 10, long: 20000, choice: 100 };

/** { row } with values ready for storage, or { problem } in words. With partial, absent fields stay as they are. */
export function validate(entity, body, { partial, exists }) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { problem: 'send one JSON object' };
  const row = {};
  const known = new Map(entity.fields.map((field) => [field.name, field]));
  for (const name of Object.keys(body)) if (!known.has(name)) return { problem: name.slice(0, 60) + ': unknown field' };
  for (const field of entity.fields) {
    const given = Object.hasOwn(body, field.name) ? body[field.name] : undefined;
    if (given === undefined && partial) continue;
    if (given === undefined && field.type === 'choice') row[field.name] = field.options[0];
    if (given === undefined || given === null || given === '') {
      if (field.required) return { problem: field.name + ': required' };
      if (given !== undefined) row[field.name] = null;
      continue;
    }
    const read = readValue(field, given, exists);
    if (read.problem !== undefined) return { problem: field.name + ': ' + read.problem };
    row[field.name] = read.value;
  }
  return { row };
}

function readValue(field, given, exists) {
  switch (field.type) {
    case 'integer':
      return Number.isSafeInteger(given) ? { value: given } : { problem: 'a whole number' };
    case 'number':
    case 'money':
      return typeof given === 'number' && Number.isFinite(given) ? { value: given } : { problem: 'a number' };
    case 'yes-no':
      return typeof given === 'boolean' ? { value: given ? 1 : 0 } : { problem: 'true or false' };
    case 'reference':
      return Number.isSafeInteger(given) && exists(field.to, given) ? { value: given } : { problem: 'the id of one of your ' + field.to.replace(/_/g, ' ') + ' entries' };
    default:
      return readText(field, given);
  }
}

function readText(field, given) {
  if (typeof given !== 'string' || given.length > textMax[field.type]) return { problem: 'text of at most ' + textMax[field.type] + ' characters' };
  const text = field.type === 'long' ? given : given.trim();
  if (field.type === 'choice' && !field.options.includes(text)) return { problem: 'one of ' + field.options.join(', ') };
  if (field.type === 'date' && (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))) return { problem: 'a date like 2030-01-31' };
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return { problem: 'an e-mail address' };
  if (field.type === 'link' && !/^https?:\/\/\S+$/.test(text)) return { problem: 'a link that starts with http:// or https://' };
  if (field.required && text === '') return { problem: 'required' };
  return { value: text };
}

/** A stored row as the API shows it. */
export function present(entity, row) {
  const shown = { ...row };
  for (const field of entity.fields) if (field.type === 'yes-no' && shown[field.name] !== null) shown[field.name] = shown[field.name] === 1;
  return shown;
}
`;

export const rateLimitJs = `// Token buckets per caller: so many at once, refilled steadily. Bounded in memory; the oldest caller is forgotten first.
const callersMax = 10000;

export function createRateLimit({ burst, perMinute }) {
  const buckets = new Map();
  /** 0 when allowed, else the seconds to wait. */
  return function take(caller) {
    const nowMs = performance.now();
    const old = buckets.get(caller) || { left: burst, atMs: nowMs };
    const left = Math.min(burst, old.left + ((nowMs - old.atMs) / 60000) * perMinute);
    buckets.delete(caller);
    if (buckets.size >= callersMax) buckets.delete(buckets.keys().next().value);
    buckets.set(caller, { left: left < 1 ? left : left - 1, atMs: nowMs });
    return left < 1 ? Math.ceil(((1 - left) / perMinute) * 60) : 0;
  };
}
`;

const limitImport = "import { createRateLimit } from './rate-limit.js';\n";
const limitSetup = `  const limits = {
    // Guessing one password of 10 letters at this pace takes longer than anybody waits.
    auth: createRateLimit({ burst: 10, perMinute: 10 }),
    api: createRateLimit({ burst: 200, perMinute: 600 }),
  };
`;
const limitCheck = `    const caller = request.socket.remoteAddress || 'unknown';
    const isGuess = request.method === 'POST' && (path === '/api/auth/login' || path === '/api/auth/sign-up');
    const waitSeconds = (isGuess ? limits.auth : limits.api)(caller);
    if (waitSeconds > 0) {
      response.setHeader('Retry-After', String(waitSeconds));
      return send(response, 429, { error: 'too many requests; try again in ' + waitSeconds + ' s' });
    }
`;

/** `server.js`, with or without the rate limit. */
export function serverJs(told: { readonly rateLimit: boolean }): string {
  const cut = (mark: string, text: string): [string, string] => [`//${mark}\n`, told.rateLimit ? text : ''];
  return [cut('IMPORT', limitImport), cut('SETUP', limitSetup), cut('CHECK', limitCheck)].reduce(
    (code, [mark, text]) => code.replace(mark, () => text),
    server,
  );
}

const server = String.raw`// The app's HTTP server: JSON under /api/, the page from the public folder when there is one.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, join } from 'node:path';
import { checkPassword, hashPassword, hashToken, newToken, problemWith, readToken, sessionMs } from './auth.js';
//IMPORT
import { present, validate } from './validate.js';

const bodyBytesMax = 64 * 1024;
const pageMax = 200;
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json' };
const headers = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export function createServer({ store, appName, entities, publicFolder }) {
  const byPath = new Map(entities.map((entity) => [entity.plural, entity]));
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
//SETUP
  const server = http.createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    handle(request, response).catch((error) => {
      if (!error.status) console.error(error);
      if (response.headersSent) return response.destroy();
      // What is left of a refused body is not read.
      if (!request.complete) response.setHeader('Connection', 'close');
      send(response, error.status || 500, { error: error.status ? error.message : 'something went wrong here' });
    });
  });
  server.requestTimeout = 30000;
  server.headersTimeout = 10000;
  return server;

  async function handle(request, response) {
    const path = new URL(request.url, 'http://app').pathname;
//CHECK
    if (path === '/health') return send(response, 200, { ok: true });
    if (path.startsWith('/api/auth/')) return auth(request, response, path.slice('/api/auth/'.length));
    if (path.startsWith('/api/')) return api(request, response, path);
    return page(request, response, path);
  }

  async function auth(request, response, action) {
    if (action === 'me' && request.method === 'GET') return send(response, 200, { email: requireAccount(request).email });
    if (request.method !== 'POST') fail(405, 'use POST');
    if (action === 'logout') {
      const token = readToken(request);
      if (token) store.endSession(hashToken(token));
      response.setHeader('Set-Cookie', 'session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0');
      return send(response, 200, { ok: true });
    }
    if (action !== 'sign-up' && action !== 'login') fail(404, 'no such address');
    const body = await readJson(request);
    const problem = problemWith(body);
    if (problem) fail(400, problem);
    const email = body.email.toLowerCase();
    if (action === 'sign-up') {
      const id = store.addAccount(email, await hashPassword(body.password));
      if (id === null) fail(409, 'email: this address has an account already');
      return openSession(response, 201, { id, email });
    }
    const account = store.accountByEmail(email);
    if (!(await checkPassword(body.password, account && account.password))) fail(401, 'address or password is wrong');
    return openSession(response, 200, { id: account.id, email });
  }

  function openSession(response, status, account) {
    const token = newToken();
    store.addSession(hashToken(token), account.id, Date.now() + sessionMs);
    response.setHeader('Set-Cookie', 'session=' + token + '; Path=/; HttpOnly; SameSite=Strict; Max-Age=' + sessionMs / 1000);
    return send(response, status, { token, email: account.email });
  }

  function requireAccount(request) {
    const token = readToken(request);
    const account = token && store.session(hashToken(token));
    if (!account) fail(401, 'log in first');
    return account;
  }

  async function api(request, response, path) {
    const account = requireAccount(request);
    const [, , name, idText, ...rest] = path.split('/');
    if (name === 'model' && request.method === 'GET') return send(response, 200, { appName, entities });
    const entity = byPath.get(name);
    if (!entity || rest.length > 0) fail(404, 'no such address');
    const exists = (to, id) => byName.has(to) && store.get(byName.get(to), account.id, id) !== undefined;
    if (idText === undefined) return collection(request, response, { entity, account, exists });
    if (!/^[1-9]\d{0,14}$/.test(idText)) fail(404, 'no such entry');
    return entry(request, response, { entity, account, exists, id: Number(idText) });
  }

  async function collection(request, response, { entity, account, exists }) {
    if (request.method === 'GET') {
      const query = new URL(request.url, 'http://app').searchParams;
      const { items, total } = store.list(entity, account.id, whole(query.get('limit'), 50, pageMax), whole(query.get('offset'), 0, 1e9));
      return send(response, 200, { items: items.map((row) => present(entity, row)), total });
    }
    if (request.method !== 'POST') fail(405, 'use GET or POST');
    const { row, problem } = validate(entity, await readJson(request), { partial: false, exists });
    if (problem) fail(400, problem);
    return send(response, 201, present(entity, store.insert(entity, account.id, row)));
  }

  async function entry(request, response, { entity, account, exists, id }) {
    const old = store.get(entity, account.id, id);
    if (old === undefined) fail(404, 'no such entry');
    if (request.method === 'GET') return send(response, 200, present(entity, old));
    if (request.method === 'DELETE') {
      store.remove(entity, account.id, id);
      return send(response, 204, null);
    }
    if (request.method !== 'PATCH') fail(405, 'use GET, PATCH or DELETE');
    const { row, problem } = validate(entity, await readJson(request), { partial: true, exists });
    if (problem) fail(400, problem);
    return send(response, 200, present(entity, store.update(entity, account.id, id, row)));
  }

  async function page(request, response, path) {
    if (request.method !== 'GET' && request.method !== 'HEAD') fail(405, 'use GET');
    const hasPage = publicFolder && existsSync(join(publicFolder, 'index.html'));
    if (!hasPage && path === '/') {
      const addresses = entities.map((entity) => '/api/' + entity.plural);
      return send(response, 200, { app: appName, missing: ['page'], note: 'This app has an API and no page: nobody contributed one.', api: ['/api/auth/sign-up', '/api/auth/login', ...addresses] });
    }
    const name = path === '/' ? 'index.html' : path.slice(1);
    if (!hasPage || !/^[a-z0-9-]+\.(html|js|css|svg)$/.test(name)) fail(404, 'no such page');
    const content = await readFile(join(publicFolder, name)).catch(() => fail(404, 'no such page'));
    response.writeHead(200, { 'Content-Type': types[extname(name)] });
    response.end(request.method === 'HEAD' ? undefined : content);
  }
}

function whole(text, usual, most) {
  const value = text === null ? usual : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? Math.min(value, most) : usual;
}

async function readJson(request) {
  // Only JSON: a form on a foreign page cannot send it without asking first.
  if (!/^application\/json\b/.test(request.headers['content-type'] || '')) fail(415, 'send application/json');
  const chunks = [];
  let bytes = 0;
  // The stream stays open on leaving the loop, so that the refusal still reaches the sender.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) fail(413, 'send at most ' + bodyBytesMax + ' bytes');
    chunks.push(chunk);
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Not JSON: answered below.
  }
  return fail(400, 'send one JSON object');
}

function fail(status, message) {
  throw Object.assign(new Error(message), { status });
}

function send(response, status, body) {
  response.writeHead(status, body === null ? {} : { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(body === null ? undefined : JSON.stringify(body));
}
`;
