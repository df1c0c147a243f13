/** The keys that every model on a network shares: links, faults, churn, and how they become model settings. */
import type { RandomStream } from '../clock/random.ts';
import type { ChurnSettings } from '../network/churn.ts';
import { evenIslands, type FaultRule } from '../network/faults.ts';
import type { LinkSettings } from '../network/link-model.ts';
import { type Field, integer, number, optional, required, type Shape, share } from './shape.ts';

const latency: Shape = {
  type: 'cases',
  cases: {
    constant: { ms: required(number(0, 60_000)) },
    uniform: { minMs: required(number(0, 60_000)), maxMs: required(number(0, 60_000)) },
    normal: { meanMs: required(number(0)), deviationMs: required(number(0)), minMs: optional(number(0)) },
    lognormal: { medianMs: required(number(0)), sigma: required(number(0, 5)) },
    pareto: { minMs: required(number(0)), shape: required(number(0.1)), maxMs: optional(number(0)) },
    regions: { ms: required({ type: 'list', of: { type: 'list', of: number(0) } }) },
    geographic: { accessMs: required(number(0)) },
  },
};

export const networkField: Field = {
  shape: {
    type: 'map',
    keys: {
      latency: required(latency),
      jitterShare: optional(share),
      lossShare: optional(share),
      uplinkBytesPerSecond: optional(number(1)),
    },
  },
  note: 'the links between peers',
};

const times = { fromMs: optional(number(0)), untilMs: optional(number(0)) };

export const faultsField: Field = {
  shape: {
    type: 'list',
    of: {
      type: 'cases',
      cases: {
        drop: { share: required(share), peerShare: optional(share), ...times },
        duplicate: { share: required(share), ...times },
        reorder: { share: required(share), delayMsMax: required(number(0)), ...times },
        slow: { peerShare: required(share), delayMs: required(number(0)), ...times },
        silent: { peerShare: required(share), ...times },
        islands: { count: required(integer(2, 1000)), ...times },
        'one-way': { peerShare: required(share), ...times },
        rotating: { count: required(integer(2, 1000)), everyMs: required(number(1)), ...times },
      },
    },
  },
  note: 'what goes wrong, from when until when; peers are drawn by the seed',
};

const lengths: Shape = {
  type: 'cases',
  cases: {
    constant: { ms: required(number(1)) },
    exponential: { meanMs: required(number(1)) },
    weibull: { scaleMs: required(number(1)), shape: required(number(0.1)) },
    pareto: { minMs: required(number(1)), shape: required(number(0.1)) },
    lognormal: { medianMs: required(number(1)), sigma: required(number(0, 5)) },
  },
};

export const churnField: Field = {
  shape: {
    type: 'map',
    keys: { share: required(share), session: required(lengths), absence: required(lengths) },
  },
  note: 'peers that come and go',
};

/** A fault as the file has it: peers by share, islands by count. */
export type FaultEntry = {
  readonly kind: string;
  readonly fromMs?: number;
  readonly untilMs?: number;
  readonly [key: string]: unknown;
};

/** Draw the peers of each fault and make it a rule. */
export function toFaultRules(
  entries: readonly FaultEntry[],
  peerCount: number,
  random: RandomStream,
): readonly FaultRule[] {
  return entries.map((entry, index) => toFaultRule(entry, peerCount, random.split(index)));
}

function toFaultRule(entry: FaultEntry, peerCount: number, random: RandomStream): FaultRule {
  const { count, peerShare, ...rest } = entry as FaultEntry & { count?: number; peerShare?: number };
  const all = Array.from({ length: peerCount }, (_, peer) => peer);
  const chosen = random.shuffle([...all]).slice(0, Math.round((peerShare ?? 0) * peerCount));
  switch (entry.kind) {
    case 'islands':
      return { ...rest, kind: 'islands', islands: evenIslands(peerCount, count!) };
    case 'rotating':
      return { ...rest, islandCount: count! } as FaultRule;
    case 'one-way': {
      const senders = new Set(chosen);
      return { ...rest, kind: 'one-way', from: chosen, to: all.filter((peer) => !senders.has(peer)) };
    }
    default:
      return { ...rest, ...(peerShare === undefined ? {} : { peers: chosen }) } as FaultRule;
  }
}

/** Faults that the shapes let through and that still make no sense. */
export function checkFaults(
  settings: Readonly<Record<string, unknown>>,
  fail: (key: string, what: string, suggestion: string) => never,
): void {
  const faults = (settings.faults ?? []) as readonly FaultEntry[];
  for (const fault of faults)
    if (fault.untilMs !== undefined && fault.untilMs <= (fault.fromMs ?? 0))
      fail(
        'faults',
        `a ${fault.kind} fault ends at ${fault.untilMs} ms, before it begins`,
        'Write a later `untilMs`.',
      );
  const { latency: chosen } = (settings.network ?? {}) as Partial<LinkSettings>;
  if (chosen?.kind === 'uniform' && chosen.maxMs < chosen.minMs)
    fail(
      'network',
      `a latency of ${chosen.minMs} to ${chosen.maxMs} ms has no length`,
      'Write maxMs above minMs.',
    );
}

export type { ChurnSettings, LinkSettings };
