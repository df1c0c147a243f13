/**
 * The standard workload: one announcement per peer; mesh-wide per virtual second 1 broadcast, 2 discoveries, 5 claims
 * and 5 deposits in standing spaces; every 5 s one job of four peers that forms a space, works in it, votes by
 * Byzantine agreement and closes it. Who speaks is drawn by the seed.
 */
import { createMessageId } from '../../protocol/message-id.ts';
import type { RandomStream } from '../clock/random.ts';
import { capabilityOf } from './capability-texts.ts';
import { jobGoal, standingGoal } from './helpful-agent.ts';
import type { PeerWorld } from './peer-world.ts';
import type { SimAgent } from './sim-agent.ts';

export interface WorkloadSettings {
  readonly broadcastsPerSecond: number;
  readonly discoveriesPerSecond: number;
  /** Claims in the shared memory of standing spaces. */
  readonly claimsPerSecond: number;
  /** Marks left in standing spaces. */
  readonly depositsPerSecond: number;
  /** Messages to all of a standing space. */
  readonly entriesPerSecond: number;
  /** Direct questions per second, each answered. */
  readonly questionsPerSecond: number;
  readonly jobEveryMs: number;
  readonly jobPeers: number;
  readonly standingSpaces: number;
  readonly membersPerSpace: number;
}

export const standardWorkload: WorkloadSettings = {
  broadcastsPerSecond: 1,
  discoveriesPerSecond: 2,
  claimsPerSecond: 5,
  depositsPerSecond: 5,
  entriesPerSecond: 0,
  questionsPerSecond: 0,
  jobEveryMs: 5_000,
  jobPeers: 4,
  standingSpaces: 10,
  membersPerSpace: 10,
};

/** Drives a world whose agents are {@link helpfulAgent}s. */
export class Workload {
  readonly settings: WorkloadSettings;
  readonly spaces: { readonly id: string; readonly members: readonly SimAgent[] }[] = [];

  readonly #world: PeerWorld;
  readonly #random: RandomStream;
  #endMs = 0;

  constructor(world: PeerWorld, settings: Partial<WorkloadSettings> = {}) {
    this.#world = world;
    this.settings = { ...standardWorkload, ...settings };
    this.#random = world.random.split('workload');
  }

  /** Start all nodes over `bootMs` and let one agent join at each. */
  populate(bootMs: number): void {
    const { kernel, places } = this.#world;
    places.forEach((place, i) => {
      kernel.schedule(kernel.nowMs() + (i * bootMs) / places.length, () => {
        this.#world.boot(place.index);
        this.#world.join(place.index);
      });
    });
    this.#world.run(bootMs + 100);
  }

  /** Open the standing spaces: an owner invites the others. */
  openSpaces(): void {
    const { standingSpaces, membersPerSpace } = this.settings;
    for (let i = 0; i < standingSpaces; i++) {
      const members = this.#draw(membersPerSpace);
      if (members.length < 2) return;
      this.spaces.push({ id: this.#openSpace(members, standingGoal), members });
    }
  }

  /** Schedule everything for `durationMs` from now. */
  start(durationMs: number): void {
    this.#endMs = this.#world.nowMs + durationMs;
    const { broadcastsPerSecond, discoveriesPerSecond, questionsPerSecond, jobEveryMs } = this.settings;
    const { claimsPerSecond, depositsPerSecond, entriesPerSecond } = this.settings;
    this.#every(1000 / broadcastsPerSecond, () => this.#broadcast());
    this.#every(1000 / discoveriesPerSecond, () => this.#discover());
    this.#every(1000 / claimsPerSecond, () => this.#claim());
    this.#every(1000 / depositsPerSecond, () => this.#deposit());
    this.#every(1000 / entriesPerSecond, () => this.#enter());
    this.#every(1000 / questionsPerSecond, () => this.#ask());
    this.#every(jobEveryMs, () => this.#startJob());
  }

  #every(intervalMs: number, action: () => void): void {
    if (!Number.isFinite(intervalMs) || intervalMs <= 0) return;
    const { kernel } = this.#world;
    let dueMs = kernel.nowMs() + this.#random.unit() * intervalMs;
    const next = () => {
      if (dueMs >= this.#endMs) return;
      kernel.schedule(dueMs, () => {
        action();
        dueMs += intervalMs;
        next();
      });
    };
    next();
  }

  #broadcast(): void {
    const [agent] = this.#draw(1);
    const query = `Who ${capabilityOf(this.#random.below(1000)).toLowerCase()}?`;
    agent?.send({ type: 'broadcast', query });
    this.#world.count('broadcasts');
  }

  #discover(): void {
    const [agent] = this.#draw(1);
    agent?.send({
      type: 'query',
      request: `q${this.#random.uint32()}`,
      what: 'discover',
      text: capabilityOf(this.#random.below(1000)),
      limit: 5,
    });
    this.#world.count('discoveries');
  }

  #claim(): void {
    const text = `Batch ${this.#random.uint32()} needs attention`;
    const claim = { type: 'hypothesis', text };
    if (this.#sayInSpace({ type: 'claim', claim, request: `c${this.#random.uint32()}` }))
      this.#world.count('claims');
  }

  #deposit(): void {
    const location = `shelf/${this.#random.below(locationCount)}`;
    const mark = { location, kind: 'visited', amount: 1, halfLifeMs: 60_000 };
    if (this.#sayInSpace({ type: 'deposit', ...mark, request: `d${this.#random.uint32()}` }))
      this.#world.count('deposits');
  }

  #enter(): void {
    if (this.#sayInSpace({ type: 'proposal', content: `Entry ${this.#random.uint32()}` }))
      this.#world.count('entries');
  }

  /** By a member of a standing space that is up; false when none is. */
  #sayInSpace(message: Readonly<Record<string, unknown>> & { readonly type: string }): boolean {
    const space = this.spaces[this.#random.below(Math.max(1, this.spaces.length))];
    const awake = space?.members.filter((member) => member.isUp) ?? [];
    if (space === undefined || awake.length === 0) return false;
    awake[this.#random.below(awake.length)]!.send({ ...message, space: space.id });
    return true;
  }

  #ask(): void {
    const [asker, other] = this.#draw(2);
    if (other === undefined) return;
    asker!.send({ type: 'question', to: other.did, content: `Is it so? ${this.#random.uint32()}` });
    this.#world.count('questions');
  }

  #startJob(): void {
    const team = this.#draw(this.settings.jobPeers);
    if (team.length < this.settings.jobPeers) return;
    const space = this.#openSpace(team, jobGoal);
    this.#world.count('jobs');
    const { kernel } = this.#world;
    kernel.schedule(kernel.nowMs() + decideAfterMs, () => team[0]!.hear(`decide ${space}`));
  }

  #openSpace([owner, ...others]: readonly SimAgent[], goal: string): string {
    const space = createMessageId(this.#world.nowMs, { bytes: (count) => this.#random.bytes(count) });
    for (const other of others) owner!.send({ type: 'invite', to: other.did, space, goal });
    return space;
  }

  /** Distinct agents that are up. */
  #draw(count: number): readonly SimAgent[] {
    const { agents } = this.#world;
    const chosen = new Set<SimAgent>();
    for (let i = 0; i < count * 20 && chosen.size < count; i++) {
      const agent = agents[this.#random.below(agents.length)]!;
      if (agent.isUp) chosen.add(agent);
    }
    return [...chosen];
  }
}

/** A job's members have joined and worked by then. */
const decideAfterMs = 2_000;
/** Places where marks are left: few, so that they meet. */
const locationCount = 20;
