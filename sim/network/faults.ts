/**
 * Faults as rules on packets: pass, delay, duplicate or drop. Rules are asked in order; their delays and copies
 * add up and the first drop ends it. A rule says from when until when it holds, so that every fault can heal.
 */
import type { RandomStream } from '../clock/random.ts';
import { ticksPerMs } from '../clock/ticks.ts';

/** What becomes of one packet. The object is shared: read it before the next decision. */
export interface PacketFate {
  /** 0 drops it, 1 passes it, 2 duplicates it. */
  copies: number;
  delayTicks: number;
}

export type FaultRule = { readonly fromMs?: number; readonly untilMs?: number } & (
  | { readonly kind: 'drop'; readonly share: number; readonly peers?: readonly number[] }
  | { readonly kind: 'duplicate'; readonly share: number }
  /** Packets overtake each other: a share of them waits up to this long. */
  | { readonly kind: 'reorder'; readonly share: number; readonly delayMsMax: number }
  /** Everything these peers send takes longer. */
  | { readonly kind: 'slow'; readonly peers: readonly number[]; readonly delayMs: number }
  /** These peers receive but never send. */
  | { readonly kind: 'silent'; readonly peers: readonly number[] }
  /** Peers of different islands do not hear each other; a peer in no island hears no one. */
  | { readonly kind: 'islands'; readonly islands: readonly (readonly number[])[] }
  /** What `from` sends does not reach `to`; the other way is open. */
  | { readonly kind: 'one-way'; readonly from: readonly number[]; readonly to: readonly number[] }
  /** One of `islandCount` slices of the peers is cut off, another one every `everyMs`. */
  | { readonly kind: 'rotating'; readonly islandCount: number; readonly everyMs: number }
);

export class FaultRules {
  readonly #rules: readonly CompiledRule[];
  readonly #fate: PacketFate = { copies: 1, delayTicks: 0 };
  /** Packets that each rule touched: a rule that never did anything is a scenario's mistake. */
  readonly hits: Float64Array;

  constructor(rules: readonly FaultRule[], peerCount: number, random: RandomStream) {
    this.#rules = rules.map((rule, index) => compileRule(rule, peerCount, random.split('fault', index)));
    this.hits = new Float64Array(rules.length);
  }

  decide(from: number, to: number, nowTick: number): PacketFate {
    const fate = this.#fate;
    fate.copies = 1;
    fate.delayTicks = 0;
    for (let i = 0; i < this.#rules.length && fate.copies > 0; i++) {
      const rule = this.#rules[i]!;
      if (nowTick < rule.fromTick || nowTick >= rule.untilTick) continue;
      if (rule.apply(from, to, nowTick, fate)) this.hits[i] = this.hits[i]! + 1;
    }
    return fate;
  }
}

interface CompiledRule {
  readonly fromTick: number;
  readonly untilTick: number;
  /** Change the fate; true when it did. */
  readonly apply: (from: number, to: number, nowTick: number, fate: PacketFate) => boolean;
}

function compileRule(rule: FaultRule, peerCount: number, random: RandomStream): CompiledRule {
  return {
    fromTick: (rule.fromMs ?? 0) * ticksPerMs,
    untilTick: (rule.untilMs ?? Number.POSITIVE_INFINITY) * ticksPerMs,
    apply: compileEffect(rule, peerCount, random),
  };
}

function compileEffect(rule: FaultRule, peerCount: number, random: RandomStream): CompiledRule['apply'] {
  switch (rule.kind) {
    case 'drop': {
      const only = rule.peers === undefined ? undefined : markPeers(rule.peers, peerCount);
      return (from, to, _now, fate) =>
        (only === undefined || only[from] === 1 || only[to] === 1) &&
        random.unit() < rule.share &&
        drop(fate);
    }
    case 'duplicate':
      return (_from, _to, _now, fate) => {
        if (random.unit() >= rule.share) return false;
        fate.copies++;
        return true;
      };
    case 'reorder':
      return (_from, _to, _now, fate) =>
        random.unit() < rule.share && wait(fate, random.unit() * rule.delayMsMax);
    case 'slow': {
      const slow = markPeers(rule.peers, peerCount);
      return (from, _to, _now, fate) => slow[from] === 1 && wait(fate, rule.delayMs);
    }
    case 'silent': {
      const silent = markPeers(rule.peers, peerCount);
      return (from, _to, _now, fate) => silent[from] === 1 && drop(fate);
    }
    case 'islands': {
      const island = new Int32Array(peerCount);
      rule.islands.forEach((peers, index) => {
        for (const peer of peers) island[peer] = index + 1;
      });
      return (from, to, _now, fate) => (island[from] !== island[to] || island[from] === 0) && drop(fate);
    }
    case 'one-way': {
      const senders = markPeers(rule.from, peerCount);
      const receivers = markPeers(rule.to, peerCount);
      return (from, to, _now, fate) => senders[from] === 1 && receivers[to] === 1 && drop(fate);
    }
    case 'rotating': {
      const everyTicks = rule.everyMs * ticksPerMs;
      const slice = (peer: number) => peer % rule.islandCount;
      return (from, to, now, fate) => {
        const cut = Math.floor(now / everyTicks) % rule.islandCount;
        return (slice(from) === cut) !== (slice(to) === cut) && drop(fate);
      };
    }
  }
}

function markPeers(peers: readonly number[], peerCount: number): Uint8Array {
  const marks = new Uint8Array(peerCount);
  for (const peer of peers) marks[peer] = 1;
  return marks;
}

function drop(fate: PacketFate): true {
  fate.copies = 0;
  return true;
}

function wait(fate: PacketFate, ms: number): true {
  fate.delayTicks += Math.round(ms * ticksPerMs);
  return true;
}

/** Two halves by peer number: the usual partition. */
export function halves(peerCount: number): readonly (readonly number[])[] {
  const middle = peerCount >> 1;
  return [range(0, middle), range(middle, peerCount)];
}

/** `islandCount` islands of consecutive peers, as equal as can be. */
export function evenIslands(peerCount: number, islandCount: number): readonly (readonly number[])[] {
  return Array.from({ length: islandCount }, (_, i) =>
    range(Math.floor((i * peerCount) / islandCount), Math.floor(((i + 1) * peerCount) / islandCount)),
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
