/** Who could be in the team: call for places, gather the bids, and weigh each by what is known of the bidder. */
import type { Did, MessageId } from '../protocol/brand.ts';
import type { Ceiling } from '../protocol/budget/index.ts';
import type { AskerCandidate } from '../protocol/coalition/index.ts';
import type { Bid, Cfp, Offer } from '../protocol/contract-net/index.ts';
import type { Agent } from './agent.ts';
import type { TeamContent } from './machine-shell.ts';

export interface TeamCall {
  readonly coalition: MessageId;
  readonly goal: string;
  readonly content: TeamContent | undefined;
  readonly skills: readonly string[];
  readonly budget: Ceiling;
  readonly sizeMax: number;
  readonly minConfidence: number;
  /** Whom to call; without it, whoever is found by meaning for the skills. */
  readonly to: readonly Did[] | undefined;
  readonly bidMs: number;
  readonly leaseMs: number;
  readonly endsAt: number;
  /** What the asker knows in favour of an agent beside its bid and the node's playbook, 0 or more. */
  readonly bonusOf: ((agent: Did) => number) | undefined;
}

export interface HeardBid {
  readonly from: Did;
  readonly offer: Offer;
}

/** What discovery knows of one agent in one skill. */
export interface Rating {
  readonly capability: string;
  readonly similarity: number;
  readonly reputation: number;
}

/** Agents asked for each skill. Judgement: enough for a reserve. */
const askedPerSkill = 8;
/** A stranger's reputation, as discovery's own prior. */
const strangerReputation = 0.5;
const bidsMax = 64;

export class Ratings {
  readonly #known = new Map<string, Rating>();

  static async ask(agent: Agent, skills: readonly string[]): Promise<Ratings> {
    const ratings = new Ratings();
    const filter = { skills: [...skills], limit: askedPerSkill, filter: { without: [agent.did] } };
    const { items } = await agent.query('discover', undefined, filter);
    for (const { skill, hits } of items as readonly SkillHits[])
      for (const { agent: did, capability, factors } of hits) {
        const { similarity, because, reputation } = factors;
        const known = ratings.of(did, skill);
        if (known !== undefined && known.similarity >= similarity) continue;
        const rating = { capability, similarity, reputation: because.reputationMean ?? reputation };
        ratings.#known.set(`${did} ${skill}`, rating);
      }
    return ratings;
  }

  of(agent: Did, skill: string): Rating | undefined {
    return this.#known.get(`${agent} ${skill}`);
  }

  agents(): readonly Did[] {
    return [...new Set([...this.#known.keys()].map((key) => key.slice(0, key.indexOf(' ')) as Did))];
  }
}

interface SkillHits {
  readonly skill: string;
  readonly hits: readonly {
    readonly agent: Did;
    readonly capability: string;
    readonly factors: Rating & { readonly because: { readonly reputationMean?: number } };
  }[];
}

/** Send the call and wait until all have answered or the time for bids is over. */
export async function gatherBids(
  agent: Agent,
  call: TeamCall,
  ratings: Ratings,
  onBid: (bid: HeardBid) => void,
): Promise<readonly HeardBid[]> {
  const asked = (call.to ?? ratings.agents()).filter((did) => did !== agent.did);
  const open = new Set<Did>(asked);
  const bids: HeardBid[] = [];
  const done = Promise.withResolvers<void>();
  const ending = agent.on('message', (message) => {
    const from = message.from as Did;
    if ((message.type !== 'bid' && message.type !== 'refuse') || message.task !== call.coalition) return;
    if (!open.delete(from)) return;
    const bid = readTeamBid(message.type === 'bid' ? message.terms : undefined);
    if (bid !== undefined && bid.confidence >= call.minConfidence) {
      bids.push({ from, offer: bid });
      onBid({ from, offer: bid });
    }
    if (open.size === 0) done.resolve();
  });
  const timer = setTimeout(done.resolve, call.bidMs);
  const cfp = writeCall(call);
  const { task, content, deadlineAt, skills, minConfidence } = cfp;
  for (const to of asked)
    agent
      .send({ type: 'cfp', to, task, content, deadlineAt, skills, minConfidence, terms: cfp })
      // Whoever cannot be asked does not bid.
      .catch(() => undefined);
  if (asked.length === 0) done.resolve();
  await done.promise;
  clearTimeout(timer);
  ending();
  return bids;
}

export function readTeamBid(terms: Bid | undefined): Offer | undefined {
  return terms?.offer;
}

function writeCall(call: TeamCall): Cfp {
  return {
    task: call.coalition,
    content: call.content ?? call.goal,
    skills: [...call.skills],
    criteria: { rule: 'quality' },
    ceiling: call.budget,
    minConfidence: call.minConfidence,
    team: call.sizeMax,
    bidsMax,
    deadlineAt: Date.now() + call.bidMs,
    leaseMs: call.leaseMs,
    endsAt: call.endsAt,
  };
}

/** What the mesh learned from teams that did work of this kind: the node's playbook. */
export class TeamExperience {
  readonly #agents = new Map<string, KnownAgent>();
  readonly #bonus = new Map<string, number>();

  static async ask(agent: Agent, goal: string, bidders: readonly Did[]): Promise<TeamExperience> {
    const experience = new TeamExperience();
    if (bidders.length === 0) return experience;
    const { items, explain } = await agent.query('experience', goal, { agents: [...bidders] });
    for (const known of items as readonly KnownAgent[]) experience.#agents.set(known.agent, known);
    const { pairs = [] } = (explain ?? {}) as { pairs?: readonly KnownPair[] };
    for (const { a, b, synergy } of pairs)
      for (const did of [a, b])
        experience.#bonus.set(did, Math.max(synergy, experience.#bonus.get(did) ?? 0));
    return experience;
  }

  /** A claim, moved towards what was seen, the more the more was seen. */
  temper(agent: Did, claim: number): number {
    const { mean = 0, evidence = 0 } = this.#agents.get(agent)?.expectation ?? {};
    return (claim * claimWorth + mean * evidence) / (claimWorth + evidence);
  }

  /** In its favour beyond its own quality: it did well with another bidder, or has led well before. */
  bonusOf(agent: Did): number {
    const roles = this.#agents.get(agent)?.roles ?? [];
    const leads = roles.filter(({ role }) => role === 'coordinator').map(({ strength }) => strength);
    return Math.max(0, this.#bonus.get(agent) ?? 0) + leadingWorth * Math.max(0, ...leads);
  }
}

interface KnownAgent {
  readonly agent: Did;
  readonly expectation: { readonly mean: number; readonly evidence: number };
  readonly roles: readonly { readonly role: string; readonly strength: number }[];
}

interface KnownPair {
  readonly a: Did;
  readonly b: Did;
  readonly synergy: number;
}

/** A bid's claim is worth so many plays; having led before at most so much quality. As the playbook has it. */
const claimWorth = 4;
const leadingWorth = 0.2;

/** The bid's own claim, discounted by how far the bidder is trusted in that skill, and tempered by experience. */
export function toCandidate(
  { from, offer }: HeardBid,
  { skills, bonusOf }: Pick<TeamCall, 'skills' | 'bonusOf'>,
  ratings: Ratings,
  experience: TeamExperience,
): AskerCandidate | undefined {
  const offered = skills.filter((skill) => offer.skills.includes(skill));
  if (offered.length === 0) return undefined;
  const trust = (skill: string) => ratings.of(from, skill)?.reputation ?? strangerReputation;
  const near = offered.map((skill) => ratings.of(from, skill)?.similarity ?? 0);
  const reputation = offered.reduce((sum, skill) => sum + trust(skill), 0) / offered.length;
  return {
    agent: from,
    cost: offer.cost,
    qualities: Object.fromEntries(
      offered.map((skill) => [
        skill,
        experience.temper(from, offer.quality * offer.confidence * trust(skill)),
      ]),
    ),
    // Without a word about it, how near its capabilities are to the job.
    context: offer.context ?? Math.max(0, ...near),
    reputation,
    bonus: experience.bonusOf(from) + (bonusOf?.(from) ?? 0),
  };
}
