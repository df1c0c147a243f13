/** When to try again: exponential, capped, and spread by the message's own id so that replays are exact. */

/** The first retry; doubled each time. Judgement: above a busy node's answer time, below a person's patience. */
export const retryFirstMs = 500;
export const retryCapMs = 30_000;

/** Ms until the next attempt after `attempts` attempts (1 or more): between half and the whole of the backoff. */
export function planRetryMs(id: string, attempts: number): number {
  const backoffMs = Math.min(retryCapMs, retryFirstMs * 2 ** Math.min(attempts - 1, 10));
  return Math.round(backoffMs * (0.5 + 0.5 * spreadOf(id, attempts)));
}

/** A share in [0, 1) that differs between messages and attempts (FNV-1a, 32 bits). */
function spreadOf(id: string, attempts: number): number {
  let hash = 0x811c9dc5 ^ attempts;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
