/** Who may open a connection: Host, Origin, token and the number of attempts, the same on every path. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface GuardInit {
  /** Host names that this node answers to, beside loopback ones. */
  readonly hosts: readonly string[];
  /** Origins of pages that may connect, exact. */
  readonly origins: readonly string[];
  /** The node's own token. */
  readonly token: string;
  readonly nowMs: () => number;
}

export type GuardVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: 403 | 421 | 429; readonly reason: string };

export interface Guard {
  /** Judge Host and Origin of a request. `hasToken` is whether the right token came with it already. */
  admit(request: IncomingMessage): GuardVerdict;
  isToken(given: string | undefined): boolean;
  /** A wrong token was tried from this address. */
  countFailure(address: string): void;
  isBlocked(address: string): boolean;
}

/** Wrong tokens from one address within a minute before it is turned away. Judgement; loopback is no exception. */
const failuresMax = 10;
const failureWindowMs = 60_000;
const addressesMax = 4_096;

export function createGuard(init: GuardInit): Guard {
  const failures = new Map<string, { count: number; sinceMs: number }>();
  const expected = Buffer.from(init.token);

  function isToken(given: string | undefined): boolean {
    if (given === undefined) return false;
    const bytes = Buffer.from(given);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  }

  function recent(address: string): { count: number; sinceMs: number } {
    const known = failures.get(address);
    const nowMs = init.nowMs();
    return known !== undefined && nowMs - known.sinceMs < failureWindowMs
      ? known
      : { count: 0, sinceMs: nowMs };
  }

  return {
    isToken,
    admit(request) {
      if (recent(addressOf(request)).count >= failuresMax)
        return { ok: false, status: 429, reason: 'Too many wrong tokens from this address: wait a minute.' };
      const host = hostNameOf(request.headers.host);
      if (host === undefined || !isOwnHost(host, init.hosts)) {
        return {
          ok: false,
          status: 421,
          reason: 'This node does not answer to that host name; add it to the setting `hosts`.',
        };
      }
      const { origin } = request.headers;
      if (origin !== undefined && !isAllowedOrigin(origin, request, init.origins)) {
        return {
          ok: false,
          status: 403,
          reason: 'Pages of this origin may not connect; add it to the setting `origins`.',
        };
      }
      return { ok: true };
    },
    countFailure(address) {
      const entry = recent(address);
      failures.set(address, { ...entry, count: entry.count + 1 });
      if (failures.size > addressesMax) failures.delete(failures.keys().next().value!);
    },
    isBlocked: (address) => recent(address).count >= failuresMax,
  };
}

/** The peer's address in one spelling: an IPv4 address mapped into IPv6 is the IPv4 address. */
export function addressOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? 'unknown';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

function hostNameOf(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.exec(host);
  return match?.[1]?.toLowerCase().replace(/^\[|\]$/g, '');
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '::1']);

function isOwnHost(host: string, hosts: readonly string[]): boolean {
  return loopbackNames.has(host) || hosts.includes(host);
}

/** An allowed origin is named exactly, or is this node's own page: same host and port. Never `null`, never `*`. */
function isAllowedOrigin(origin: string, request: IncomingMessage, origins: readonly string[]): boolean {
  if (origin === 'null') return false;
  return (
    origins.includes(origin) ||
    origin === `http://${request.headers.host}` ||
    origin === `https://${request.headers.host}`
  );
}
