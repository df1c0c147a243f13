/**
 * When two asks are one: the same words, the same files, the same context, both said to the whole mesh. Whoever asks
 * the same while a job runs joins it as a reader instead of starting another.
 */
import { utf8 } from '../bytes.ts';
import { toCanonicalJson } from '../canonical.ts';
import type { Envelope } from '../messages.ts';

export interface AskFacts {
  readonly query: string;
  readonly files?: readonly { readonly sha256: string }[] | undefined;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** Equal asks have equal bytes; the SHA-256 of them, hexadecimal, is the ask's key. What nodes add does not count. */
export function askBytes({ query, files, context }: AskFacts): Uint8Array {
  const { digest: _added, ...said } = context ?? {};
  return utf8(`amp/1/ask\n${toCanonicalJson([query, (files ?? []).map((file) => file.sha256), said])}`);
}

type Broadcast = Extract<Envelope, { type: 'broadcast' }>;

/** Only an ask of the whole mesh is merged; one to chosen agents, in a space, or marked private never is. */
export function isMergeable(envelope: Envelope): envelope is Broadcast {
  if (envelope.type !== 'broadcast' || envelope.job !== true || envelope.private === true) return false;
  return envelope.to === undefined && (envelope.space === undefined || envelope.space === 'commons');
}
