/**
 * The standard workload: one announcement per peer; mesh-wide per virtual second 1 broadcast, 2 discoveries and 5
 * entries in standing spaces; every 5 s one job of four peers that forms a space, works in it and closes it. Who
 * speaks is drawn by the seed.
 */
import { createMessageId } from '../../protocol/message-id.ts';
import type { RandomStream } from '../clock/random.ts';
import { type Behaviour, type BehaviourContext, defineBehaviour, type Heard } from './behaviour.ts';
import type { PeerWorld } from './peer-world.ts';
import type { SimAgent } from './sim-agent.ts';

export interface WorkloadSettings {
  readonly broadcastsPerSecond: number;
  readonly discoveriesPerSecond: number;
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
  entriesPerSecond: 5,
  questionsPerSecond: 0,
  jobEveryMs: 5_000,
  jobPeers: 4,
  standingSpaces: 10,
  membersPerSpace: 10,
};

const skills = [
  'Books airline flights',
  'Translates legal contracts',
  'Tunes SQL queries',
  'Plans menus',
  'Writes unit tests',
  'Summarises clinical trials',
  'Forecasts electricity demand',
  'Reviews Rust code',
  'Designs circuit boards',
  'Predicts reaction yields',
  'Audits financial statements',
  'Detects network intrusions',
  'Draws city maps',
  'Composes film music',
  'Schedules hospital shifts',
  'Prices insurance risks',
  'Labels satellite images',
  'Optimises delivery routes',
  'Explains tax rules',
  'Grades student essays',
  'Simulates fluid flow',
  'Breeds drought-tolerant crops',
  'Moderates discussions',
  'Extracts tables from scans',
  'Diagnoses engine faults',
] as const;
const sectors = [
  'airlines',
  'banks',
  'hospitals',
  'schools',
  'farms',
  'cities',
  'shipyards',
  'laboratories',
  'museums',
  'mines',
  'theatres',
  'newspapers',
  'courts',
  'factories',
  'power plants',
  'railways',
  'restaurants',
  'start-ups',
  'insurers',
  'observatories',
  'ports',
  'archives',
  'charities',
  'universities',
  'hotels',
  'studios',
  'clinics',
  'forests',
  'software teams',
  'telecoms',
  'vineyards',
  'libraries',
  'sports clubs',
  'embassies',
  'airports',
  'foundries',
  'pharmacies',
  'publishers',
  'toy makers',
  'weather services',
] as const;

/** What the agent with this number can do; a thousand different texts, then the same again. */
export function capabilityOf(index: number): string {
  return `${skills[index % skills.length]} for ${sectors[Math.floor(index / skills.length) % sectors.length]}`;
}

/** A helpful agent: offers itself, joins what it is invited to, answers what it is asked, works in its jobs. */
export const helpfulAgent = defineBehaviour(
  (index): Behaviour => ({
    capability: capabilityOf(index),
    on(message, context) {
      switch (message.type) {
        case 'broadcast':
          if (message.from === context.self) return;
          context.count('broadcastsHeard');
          context.send({
            type: 'capability_match',
            parent: message.id,
            confidence: 0.8,
            offer: 'I can do that.',
          });
          return;
        case 'capability_match':
          return context.count('matches');
        case 'invite':
          context.send({ type: 'accept', to: message.from, space: message.space, invitation: message.id });
          if (message.goal === jobGoal) context.after(500, `work ${message.space}`);
          return;
        case 'question':
          context.count('questionsHeard');
          context.send({ type: 'answer', to: message.from, parent: message.id, content: 'It is so.' });
          return;
        case 'answer':
          return context.count('answers');
        case 'found':
          return context.count(
            (message.items as unknown[]).length > 0 ? 'discoveriesAnswered' : 'discoveriesEmpty',
          );
        case 'error':
          return context.count(`error ${message.code}`);
        case 'alarm':
          return onAlarm(message, context);
      }
    },
  }),
);

const jobGoal = 'solve one job together';
const standingGoal = 'remember together';

/** A job in its member's eyes: one proposal; its owner counts them, thanks with a `build_on`, and closes it. */
function onAlarm(message: Heard, context: BehaviourContext): void {
  const [word, space] = String(message.word).split(' ');
  if (word === 'work') {
    context.send({ type: 'proposal', space, content: `My part, by ${context.name}` });
    context.count('jobParts');
  }
  if (word === 'close') {
    context.send({ type: 'proposal', space, content: 'All parts together' });
    context.send({ type: 'dissolve', space, reason: 'done' });
    context.count('jobsClosed');
  }
}

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
    const { broadcastsPerSecond, discoveriesPerSecond, entriesPerSecond, questionsPerSecond, jobEveryMs } =
      this.settings;
    this.#every(1000 / broadcastsPerSecond, () => this.#broadcast());
    this.#every(1000 / discoveriesPerSecond, () => this.#discover());
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

  #enter(): void {
    const space = this.spaces[this.#random.below(Math.max(1, this.spaces.length))];
    const awake = space?.members.filter((member) => member.isUp) ?? [];
    if (space === undefined || awake.length === 0) return;
    const member = awake[this.#random.below(awake.length)]!;
    member.send({ type: 'proposal', space: space.id, content: `Entry ${this.#random.uint32()}` });
    this.#world.count('entries');
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
    kernel.schedule(kernel.nowMs() + 2000, () => team[0]!.hear(`close ${space}`));
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
