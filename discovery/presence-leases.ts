/**
 * Who is alive: a lease per node, renewed by its beacons. A beacon renews only when its sequence number is
 * higher than any seen, so a replayed beacon cannot wake the dead.
 */

import type { NodeId } from '../protocol/brand.ts';
import { compareText } from '../protocol/bytes.ts';
import { limits } from '../protocol/limits.ts';
import { type Ignored, ignore, type Machine, type MachineInput, type SetTimer } from '../protocol/machine.ts';
import type { Verified } from '../protocol/signing.ts';
import { type KnownNode, KnownNodes, type Named } from './known-nodes.ts';
import { discoveryLimits } from './limits.ts';
import { leaseMsAmong, leaseMsOf, type SealedBeacon } from './presence.ts';

export const leaseTimer = 'presence/lease';

export interface PresenceReceived extends MachineInput {
  readonly type: 'presence-received';
  readonly beacon: Verified<SealedBeacon>;
  /** When a third node passed the beacon on: how much of the lease it had left. Absent from the node itself. */
  readonly remainingMs?: number;
}

export interface LeaseTimerFired extends MachineInput {
  readonly type: 'timer-fired';
  readonly timer: string;
}

export type PresenceInput = PresenceReceived | LeaseTimerFired;

export type PresenceEffect =
  | { readonly type: 'node-up'; readonly node: NodeId }
  | { readonly type: 'node-down'; readonly node: NodeId; readonly reason: 'lease-over' | 'left' }
  | SetTimer
  | Ignored;

export class PresenceLeases implements Machine<PresenceInput, PresenceEffect> {
  readonly #nodes: KnownNodes;
  #leaseCount = 0;
  #upCount = 0;
  /** Sorted; made again after somebody came or went. */
  #up: readonly NodeId[] | undefined;
  #timerDueAtMs = Number.POSITIVE_INFINITY;

  /** `nodes` holds the leases; others may keep there what else they know of a node. */
  constructor(nodes = new KnownNodes()) {
    this.#nodes = nodes;
  }

  step(input: PresenceInput): readonly PresenceEffect[] {
    switch (input.type) {
      case 'presence-received':
        return this.#take(input);
      case 'timer-fired':
        return input.timer === leaseTimer ? this.#expire(input.atMs) : ignore('foreign-timer');
    }
  }

  isUp(node: NodeId, nowMs: number): boolean {
    const known = this.#nodes.get(node);
    return known?.isUp === true && known.untilMs > nowMs;
  }

  /** The share of its capacity that is taken, or `undefined` when the agent cannot be reached at that node. */
  loadOf(agent: string, node: NodeId, nowMs: number): number | undefined {
    const known = this.#nodes.get(node);
    if (known?.isUp !== true || known.untilMs <= nowMs) return undefined;
    return known.named?.away.has(agent) === true ? undefined : (known.named?.loads.get(agent) ?? 0);
  }

  beaconOf(node: NodeId): Verified<SealedBeacon> | undefined {
    return this.#nodes.get(node)?.beacon;
  }

  remainingMs(node: NodeId, nowMs: number): number {
    const known = this.#nodes.get(node);
    return known?.isUp === true ? Math.max(0, known.untilMs - nowMs) : 0;
  }

  /** Nodes that are up, sorted. */
  nodesUp(): readonly NodeId[] {
    if (this.#up === undefined) {
      const up: NodeId[] = [];
      this.eachUp((node) => up.push(node));
      this.#up = up.sort(compareText);
    }
    return this.#up;
  }

  /** Visit the nodes that are up, in no particular order. */
  eachUp(visit: (node: NodeId) => void): void {
    this.#nodes.forEach((known, node) => {
      if (known.isUp) visit(node);
    });
  }

  get upCount(): number {
    return this.#upCount;
  }

  #take(input: PresenceReceived): readonly PresenceEffect[] {
    const { beacon, atMs } = input;
    const node = beacon.body.node as NodeId;
    const before = this.#nodes.get(node);
    const last = before?.beacon;
    if (last !== undefined && beacon.body.seq <= last.body.seq) return ignore('old-beacon');
    if (last === undefined && this.#leaseCount >= discoveryLimits.nodesMax) return ignore('too-many-nodes');
    const { body } = beacon;
    const grantedMs = leaseMsAmong(this.#upCount, body);
    // Whoever passes it on knows that it holds; from elsewhere it may be a replay.
    if (input.remainingMs === undefined && body.at + grantedMs + limits.clockSkewMs <= atMs)
      return ignore('old-beacon');
    const known = before ?? this.#nodes.entryOf(node);
    if (last === undefined) this.#leaseCount += 1;
    const wasUp = known.isUp;
    known.beacon = beacon;
    known.grantedMs = grantedMs;
    known.untilMs = atMs + Math.min(grantedMs, Math.max(0, input.remainingMs ?? grantedMs));
    known.isUp = body.leaving !== true && known.untilMs > atMs;
    // An earlier beacon may have been good for longer than this one.
    const forgetAtMs = Math.max(atMs, body.at) + leaseMsOf(body) + limits.clockSkewMs;
    known.forgetAtMs = Math.max(known.forgetAtMs, forgetAtMs);
    known.named = namedIn(body);
    const effects: PresenceEffect[] = [];
    if (wasUp !== known.isUp) effects.push(this.#change(node, known.isUp));
    this.#setTimer(dueAtOf(known), effects);
    return effects;
  }

  #change(node: NodeId, isUp: boolean): PresenceEffect {
    this.#upCount += isUp ? 1 : -1;
    this.#up = undefined;
    return isUp ? { type: 'node-up', node } : { type: 'node-down', node, reason: 'left' };
  }

  #expire(nowMs: number): readonly PresenceEffect[] {
    const effects: PresenceEffect[] = [];
    const due: NodeId[] = [];
    for (const [node, known] of this.#nodes.entries()) {
      if (known.beacon === undefined) continue;
      if (known.isUp) this.#extend(known, known.beacon.body);
      if (dueAtOf(known) <= nowMs) due.push(node);
    }
    for (const node of due.sort(compareText)) {
      const known = this.#nodes.get(node)!;
      if (known.isUp && known.untilMs <= nowMs) {
        known.isUp = false;
        this.#upCount -= 1;
        this.#up = undefined;
        effects.push({ type: 'node-down', node, reason: 'lease-over' });
      }
      if (known.forgetAtMs > nowMs || known.untilMs > nowMs) continue;
      known.beacon = undefined;
      known.forgetAtMs = Number.NEGATIVE_INFINITY;
      known.named = undefined;
      this.#leaseCount -= 1;
      this.#nodes.sweep(node, known);
    }
    this.#timerDueAtMs = Number.POSITIVE_INFINITY;
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const [, known] of this.#nodes.entries())
      if (known.beacon !== undefined) dueAtMs = Math.min(dueAtMs, dueAtOf(known));
    this.#setTimer(dueAtMs, effects);
    return effects;
  }

  /**
   * The mesh is larger than it was known to be when the beacon came, so its next one comes later. However many passed
   * it on, it holds no longer than from when it was signed, by a clock that may be off.
   */
  #extend(lease: KnownNode, body: SealedBeacon['body']): void {
    const grantedMs = leaseMsAmong(this.#upCount, body);
    if (grantedMs <= lease.grantedMs) return;
    const latestMs = body.at + grantedMs + limits.clockSkewMs;
    lease.untilMs = Math.max(lease.untilMs, Math.min(latestMs, lease.untilMs + grantedMs - lease.grantedMs));
    lease.grantedMs = grantedMs;
  }

  /** One timer for all: the earliest end of a lease or of a memory. It never moves later before it fires. */
  #setTimer(dueAtMs: number, effects: PresenceEffect[]): void {
    if (dueAtMs >= this.#timerDueAtMs) return;
    this.#timerDueAtMs = dueAtMs;
    effects.push({ type: 'set-timer', timer: leaseTimer, dueAtMs });
  }
}

function namedIn({ busy, away }: SealedBeacon['body']): Named | undefined {
  if (busy === undefined && away === undefined) return undefined;
  const loads = new Map((busy ?? []).map((entry) => [entry.agent as string, entry.load]));
  return { loads, away: new Set(away) };
}

function dueAtOf(lease: KnownNode): number {
  return lease.isUp ? lease.untilMs : Math.max(lease.untilMs, lease.forgetAtMs);
}
