/**
 * Who is alive: a lease per node, renewed by its beacons. A beacon renews only when its sequence number is
 * higher than any seen, so a replayed beacon cannot wake the dead.
 */

import type { NodeId } from '../protocol/brand.ts';
import { compareText } from '../protocol/bytes.ts';
import { CompactMap } from '../protocol/compact-map.ts';
import { limits } from '../protocol/limits.ts';
import { type Ignored, ignore, type Machine, type MachineInput, type SetTimer } from '../protocol/machine.ts';
import type { Verified } from '../protocol/signing.ts';
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

/** There is one for every node that is heard of: it is renewed in place, and holds no more than it must. */
interface Lease {
  beacon: Verified<SealedBeacon>;
  /** How long the beacon holds, in ms. It grows with the mesh when the beacon states no interval of its own. */
  grantedMs: number;
  untilMs: number;
  /** Until then a replay of an older beacon could still pass its time check, so the number is remembered. */
  forgetAtMs: number;
  isUp: boolean;
}

/** Whom a node's last beacon names. */
interface Named {
  readonly loads: ReadonlyMap<string, number>;
  readonly away: ReadonlySet<string>;
}

export class PresenceLeases implements Machine<PresenceInput, PresenceEffect> {
  readonly #leases = new Map<NodeId, Lease>();
  /** Most beacons name nobody and are not in it. */
  readonly #named = new CompactMap<NodeId, Named>();
  #upCount = 0;
  /** Sorted; made again after somebody came or went. */
  #up: readonly NodeId[] | undefined;
  #timerDueAtMs = Number.POSITIVE_INFINITY;

  step(input: PresenceInput): readonly PresenceEffect[] {
    switch (input.type) {
      case 'presence-received':
        return this.#take(input);
      case 'timer-fired':
        return input.timer === leaseTimer ? this.#expire(input.atMs) : ignore('foreign-timer');
    }
  }

  isUp(node: NodeId, nowMs: number): boolean {
    const lease = this.#leases.get(node);
    return lease?.isUp === true && lease.untilMs > nowMs;
  }

  /** The share of its capacity that is taken, or `undefined` when the agent cannot be reached at that node. */
  loadOf(agent: string, node: NodeId, nowMs: number): number | undefined {
    if (!this.isUp(node, nowMs)) return undefined;
    const named = this.#named.get(node);
    return named?.away.has(agent) === true ? undefined : (named?.loads.get(agent) ?? 0);
  }

  beaconOf(node: NodeId): Verified<SealedBeacon> | undefined {
    return this.#leases.get(node)?.beacon;
  }

  remainingMs(node: NodeId, nowMs: number): number {
    const lease = this.#leases.get(node);
    return lease?.isUp === true ? Math.max(0, lease.untilMs - nowMs) : 0;
  }

  /** Nodes that are up, sorted. */
  nodesUp(): readonly NodeId[] {
    this.#up ??= [...this.#leases]
      .filter(([, lease]) => lease.isUp)
      .map(([node]) => node)
      .sort(compareText);
    return this.#up;
  }

  get upCount(): number {
    return this.#upCount;
  }

  #take(input: PresenceReceived): readonly PresenceEffect[] {
    const { beacon, atMs } = input;
    const node = beacon.body.node as NodeId;
    const known = this.#leases.get(node);
    if (known !== undefined && beacon.body.seq <= known.beacon.body.seq) return ignore('old-beacon');
    if (known === undefined && this.#leases.size >= discoveryLimits.nodesMax) return ignore('too-many-nodes');
    const grantedMs = leaseMsAmong(this.#upCount, beacon.body);
    // Whoever passes it on knows that it holds; from elsewhere it may be a replay.
    if (input.remainingMs === undefined && beacon.body.at + grantedMs + limits.clockSkewMs <= atMs)
      return ignore('old-beacon');
    const untilMs = atMs + Math.min(grantedMs, Math.max(0, input.remainingMs ?? grantedMs));
    const isUp = beacon.body.leaving !== true && untilMs > atMs;
    const forgetAtMs = Math.max(atMs, beacon.body.at) + leaseMsOf(beacon.body) + limits.clockSkewMs;
    const wasUp = known?.isUp === true;
    const lease = known ?? { beacon, grantedMs, untilMs, forgetAtMs, isUp };
    if (known === undefined) this.#leases.set(node, lease);
    else Object.assign(lease, { beacon, grantedMs, untilMs, forgetAtMs, isUp });
    this.#name(node, beacon.body);
    return [...this.#announceChange(node, wasUp, isUp), ...this.#setTimer(dueAtOf(lease))];
  }

  #name(node: NodeId, { busy, away }: SealedBeacon['body']): void {
    if (busy === undefined && away === undefined) return void this.#named.delete(node);
    const loads = new Map((busy ?? []).map((entry) => [entry.agent as string, entry.load]));
    this.#named.set(node, { loads, away: new Set(away) });
  }

  #announceChange(node: NodeId, wasUp: boolean, isUp: boolean): readonly PresenceEffect[] {
    if (wasUp === isUp) return [];
    this.#upCount += isUp ? 1 : -1;
    this.#up = undefined;
    return [isUp ? { type: 'node-up', node } : { type: 'node-down', node, reason: 'left' }];
  }

  #expire(nowMs: number): readonly PresenceEffect[] {
    const effects: PresenceEffect[] = [];
    for (const lease of this.#leases.values()) if (lease.isUp) this.#extend(lease);
    const due = [...this.#leases].filter(([, lease]) => dueAtOf(lease) <= nowMs).map(([node]) => node);
    for (const node of due.sort(compareText)) {
      const lease = this.#leases.get(node)!;
      if (lease.isUp && lease.untilMs <= nowMs) {
        lease.isUp = false;
        this.#upCount -= 1;
        this.#up = undefined;
        effects.push({ type: 'node-down', node, reason: 'lease-over' });
      }
      if (lease.forgetAtMs > nowMs || lease.untilMs > nowMs) continue;
      this.#leases.delete(node);
      this.#named.delete(node);
    }
    this.#timerDueAtMs = Number.POSITIVE_INFINITY;
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const lease of this.#leases.values()) dueAtMs = Math.min(dueAtMs, dueAtOf(lease));
    return [...effects, ...this.#setTimer(dueAtMs)];
  }

  /**
   * The mesh is larger than it was known to be when the beacon came, so its next one comes later. However many passed
   * it on, it holds no longer than from when it was signed, by a clock that may be off.
   */
  #extend(lease: Lease): void {
    const { body } = lease.beacon;
    const grantedMs = leaseMsAmong(this.#upCount, body);
    if (grantedMs <= lease.grantedMs) return;
    const latestMs = body.at + grantedMs + limits.clockSkewMs;
    lease.untilMs = Math.max(lease.untilMs, Math.min(latestMs, lease.untilMs + grantedMs - lease.grantedMs));
    lease.grantedMs = grantedMs;
  }

  /** One timer for all: the earliest end of a lease or of a memory. It never moves later before it fires. */
  #setTimer(dueAtMs: number): readonly SetTimer[] {
    if (dueAtMs >= this.#timerDueAtMs) return [];
    this.#timerDueAtMs = dueAtMs;
    return [{ type: 'set-timer', timer: leaseTimer, dueAtMs }];
  }
}

function dueAtOf(lease: Lease): number {
  return lease.isUp ? lease.untilMs : Math.max(lease.untilMs, lease.forgetAtMs);
}
