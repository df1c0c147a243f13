/**
 * Message ids: UUID version 7, so that ids of one maker sort by time.
 * @see RFC 9562 §5.7
 */
import type { MessageId } from './brand.ts';
import { toHex } from './bytes.ts';
import type { Rng } from './ports.ts';

export const messageIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A fresh id for the moment `atMs` (integer Unix ms). */
export function createMessageId(atMs: number, rng: Pick<Rng, 'bytes'>): MessageId {
  const bytes = rng.bytes(16);
  let rest = atMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as MessageId;
}
