/**
 * Choose the set of bids that covers the needed skills at the best value within budget and size. No state.
 *
 * The value of a team is, over the skills, weight × the best member's quality, plus each member's bonus: a monotone
 * submodular function. A greedy team with exchanges comes first; then branch and bound improves on it. When that
 * ends within {@link searchNodesMax} nodes the answer is exact; otherwise it is the best found, with a bound above
 * that no team can exceed.
 * @see Sandholm et al., Coalition structure generation with worst case guarantees, 1999
 * @see Leskovec et al., Cost-effective outbreak detection in networks, 2007 (the bound of a given team)
 */
import type { Did } from '../brand.ts';
import {
  type Amount,
  addAmounts,
  amountKinds,
  type Ceiling,
  fitsCeiling,
  nothing,
} from '../budget/amount.ts';
import { compareText } from '../bytes.ts';
import { AmpError } from '../errors.ts';

/** Measured: 80 candidates, 12 skills and a team of 6 take about 45 ms on one core at this limit. */
export const searchNodesMax = 20_000;
/** Skills are kept as bits of one integer. */
export const teamSkillsMax = 16;

export interface TeamCandidate {
  readonly agent: Did;
  readonly cost: Amount;
  /** Expected quality (0 to 1) per skill: the bid's own claim times reputation, calibration and affinity. */
  readonly qualities: Readonly<Record<string, number>>;
  /** What is known in favour beyond quality, for example that this team has worked before; 0 or more. */
  readonly bonus?: number;
}

export interface TeamRequest {
  readonly skills: readonly string[];
  /** Absent weights are one. */
  readonly weights?: Readonly<Record<string, number>>;
  readonly budget: Ceiling;
  readonly sizeMax: number;
  readonly candidates: readonly TeamCandidate[];
  /** Members that stay: they have accepted already. */
  readonly required?: readonly Did[];
}

export type TeamChoice =
  | {
      readonly found: true;
      readonly members: readonly TeamCandidate[];
      /** The best member for each skill. */
      readonly assignment: Readonly<Record<string, Did>>;
      readonly cost: Amount;
      readonly value: number;
      /** No team within the limits is worth more. */
      readonly valueMax: number;
      readonly isExact: boolean;
    }
  /** `missing` is empty when every skill is on offer but no team fits the limits. */
  | { readonly found: false; readonly missing: readonly string[]; readonly isExact: boolean };

/** @throws AmpError AMP-1811 when the skills are none, too many or repeated, or the size is below one. */
export function chooseTeam(request: TeamRequest): TeamChoice {
  const problem = readRequest(request);
  const { candidates, skills } = problem;
  const offered = candidates.reduce((mask, candidate) => mask | candidate.mask, 0);
  const missing = skills.filter((_, i) => (offered & (1 << i)) === 0);
  if (missing.length > 0) return { found: false, missing, isExact: true };
  const start = emptyTeam(problem);
  for (const candidate of candidates.filter((c) => c.isRequired)) addMember(start, candidate);
  if (start.members.length > problem.sizeMax || !fitsCeiling(start.cost, problem.budget))
    return { found: false, missing: [], isExact: true };
  const greedy = buildGreedily(problem, start);
  const search = searchExactly(problem, start, greedy);
  if (!search.best) return { found: false, missing: [], isExact: search.isExhausted };
  const valueMax = search.isExhausted
    ? search.best.value
    : Math.max(
        search.best.value,
        Math.min(boundBySkills(problem, start), boundByGains(problem, search.best)),
      );
  return describeTeam(problem, search.best, valueMax, search.isExhausted);
}

interface Candidate {
  readonly source: TeamCandidate;
  readonly isRequired: boolean;
  readonly mask: number;
  /** Weighted quality per skill index. */
  readonly worth: readonly number[];
  readonly bonus: number;
  /** The largest share of any limit that it takes. */
  readonly costShare: number;
}

interface Problem {
  readonly skills: readonly string[];
  readonly allSkills: number;
  readonly budget: Ceiling;
  readonly sizeMax: number;
  readonly candidates: readonly Candidate[];
}

interface Team {
  readonly members: Candidate[];
  readonly best: number[];
  mask: number;
  cost: Amount;
  value: number;
}

function readRequest(request: TeamRequest): Problem {
  const { skills, sizeMax, budget } = request;
  const isValid =
    skills.length >= 1 && skills.length <= teamSkillsMax && new Set(skills).size === skills.length;
  if (!isValid || !(sizeMax >= 1))
    throw new AmpError('AMP-1811', 'This is no team to look for.', { skills, sizeMax });
  const candidates = request.candidates
    .map((source): Candidate => {
      const worth = skills.map((skill) => (source.qualities[skill] ?? 0) * (request.weights?.[skill] ?? 1));
      return {
        source,
        isRequired: request.required?.includes(source.agent) ?? false,
        mask: skills.reduce(
          (mask, skill, i) => ((source.qualities[skill] ?? 0) > 0 ? mask | (1 << i) : mask),
          0,
        ),
        worth,
        bonus: Math.max(0, source.bonus ?? 0),
        costShare: Math.max(
          1e-9,
          ...amountKinds.map(
            (kind) => source.cost[kind] / Math.max(1, budget[kind] ?? Number.POSITIVE_INFINITY),
          ),
        ),
      };
    })
    .filter((c) => c.isRequired || (fitsCeiling(c.source.cost, budget) && (c.mask !== 0 || c.bonus > 0)));
  candidates.sort((a, b) => density(b) - density(a) || compareText(a.source.agent, b.source.agent));
  return { skills, allSkills: (1 << skills.length) - 1, budget, sizeMax, candidates };
}

function density(candidate: Candidate): number {
  return candidate.worth.reduce((a, b) => a + b, candidate.bonus) / Math.sqrt(candidate.costShare);
}

function emptyTeam(problem: Problem): Team {
  return { members: [], best: problem.skills.map(() => 0), mask: 0, cost: nothing, value: 0 };
}

function copyTeam(team: Team): Team {
  return { ...team, members: [...team.members], best: [...team.best] };
}

function addMember(team: Team, candidate: Candidate): void {
  team.value += gainOf(team, candidate);
  team.members.push(candidate);
  team.mask |= candidate.mask;
  team.cost = addAmounts(team.cost, candidate.source.cost);
  candidate.worth.forEach((worth, i) => {
    team.best[i] = Math.max(team.best[i]!, worth);
  });
}

function gainOf(team: Team, candidate: Candidate): number {
  let gain = candidate.bonus;
  for (let i = 0; i < team.best.length; i++) gain += Math.max(0, candidate.worth[i]! - team.best[i]!);
  return gain;
}

function fits(problem: Problem, team: Team, candidate: Candidate): boolean {
  return (
    team.members.length < problem.sizeMax &&
    fitsCeiling(addAmounts(team.cost, candidate.source.cost), problem.budget)
  );
}

/** Several greedy orders, each completed and improved by exchanges; the best that covers all skills. */
function buildGreedily(problem: Problem, start: Team): Team | undefined {
  const orders: ((team: Team, candidate: Candidate) => number)[] = [
    (team, c) => 10 * countNew(team, c) + gainOf(team, c),
    (team, c) => (10 * countNew(team, c) + gainOf(team, c)) / Math.sqrt(c.costShare),
    (team, c) => (10 * countNew(team, c) + gainOf(team, c)) / c.costShare,
    (team, c) => (countNew(team, c) > 0 ? 1 / c.costShare : 0),
  ];
  let best: Team | undefined;
  for (const order of orders) {
    const team = exchange(problem, start, fill(problem, copyTeam(start), order));
    if (team.mask === problem.allSkills && (!best || team.value > best.value)) best = team;
  }
  return best;
}

function countNew(team: Team, candidate: Candidate): number {
  let fresh = candidate.mask & ~team.mask;
  let count = 0;
  for (; fresh !== 0; fresh &= fresh - 1) count++;
  return count;
}

function fill(problem: Problem, team: Team, score: (team: Team, candidate: Candidate) => number): Team {
  for (;;) {
    let best: Candidate | undefined;
    let bestScore = 0;
    for (const candidate of problem.candidates) {
      if (team.members.includes(candidate) || !fits(problem, team, candidate)) continue;
      const value = gainOf(team, candidate) > 1e-12 ? score(team, candidate) : 0;
      if (value > bestScore) [best, bestScore] = [candidate, value];
    }
    if (!best) return team;
    addMember(team, best);
  }
}

/** Swap one member for one outsider while that helps; at most as many rounds as there are candidates. */
function exchange(problem: Problem, start: Team, team: Team): Team {
  let current = team;
  for (let round = 0; round < Math.min(32, problem.candidates.length); round++) {
    const better = findExchange(problem, start, current);
    if (!better) return current;
    current = better;
  }
  return current;
}

function findExchange(problem: Problem, start: Team, team: Team): Team | undefined {
  for (const out of team.members) {
    if (start.members.includes(out)) continue;
    const rest = copyTeam(start);
    for (const member of team.members)
      if (member !== out && !start.members.includes(member)) addMember(rest, member);
    for (const candidate of problem.candidates) {
      if (team.members.includes(candidate) || !fits(problem, rest, candidate)) continue;
      const next = copyTeam(rest);
      addMember(next, candidate);
      const isCovering = (next.mask & team.mask) === team.mask;
      if (isCovering && next.value > team.value + 1e-9) return fill(problem, next, gainOf);
    }
  }
  return undefined;
}

/** Take or leave each candidate in turn, cutting branches that cannot cover all skills or beat the best. */
function searchExactly(
  problem: Problem,
  start: Team,
  incumbent: Team | undefined,
): { best: Team | undefined; isExhausted: boolean } {
  const open = problem.candidates.filter((candidate) => !candidate.isRequired);
  const reach = suffixReach(problem, open);
  let best = incumbent;
  let nodes = 0;
  visit(start, 0);
  return { best, isExhausted: nodes <= searchNodesMax };

  function visit(team: Team, index: number): void {
    if (++nodes > searchNodesMax) return;
    if (team.mask === problem.allSkills && (!best || team.value > best.value + 1e-12)) best = team;
    if (index === open.length || team.members.length >= problem.sizeMax) return;
    if ((team.mask | reach[index]!.mask) !== problem.allSkills) return;
    if (best && boundBelow(team, index) <= best.value + 1e-12) return;
    const candidate = open[index]!;
    if (fits(problem, team, candidate)) {
      const next = copyTeam(team);
      addMember(next, candidate);
      visit(next, index + 1);
    }
    visit(team, index + 1);
  }

  function boundBelow(team: Team, index: number): number {
    const { worth } = reach[index]!;
    const room = problem.sizeMax - team.members.length;
    const bonuses = reach[index]!.bonuses.slice(0, room).reduce((a, b) => a + b, 0);
    const bySkill = team.best.reduce(
      (sum, best, i) => sum + Math.max(0, worth[i]! - best),
      team.value + bonuses,
    );
    if (best && bySkill <= best.value + 1e-12) return bySkill;
    const gains = open.slice(index).map((candidate) => gainOf(team, candidate));
    gains.sort((a, b) => b - a);
    return Math.min(
      bySkill,
      gains.slice(0, room).reduce((a, b) => a + b, team.value),
    );
  }
}

/** What the candidates from each index on could still add. */
function suffixReach(
  problem: Problem,
  open: readonly Candidate[],
): { mask: number; worth: readonly number[]; bonuses: readonly number[] }[] {
  const reach = [{ mask: 0, worth: problem.skills.map(() => 0), bonuses: [] as readonly number[] }];
  for (const candidate of [...open].reverse()) {
    const last = reach[0]!;
    reach.unshift({
      mask: last.mask | candidate.mask,
      worth: last.worth.map((worth, i) => Math.max(worth, candidate.worth[i]!)),
      bonuses: [...last.bonuses, candidate.bonus].sort((a, b) => b - a).slice(0, problem.sizeMax),
    });
  }
  return reach;
}

/** Every skill at its best on offer, every place at its best bonus. */
function boundBySkills(problem: Problem, start: Team): number {
  const bonuses = problem.candidates.filter((c) => !c.isRequired).map((c) => c.bonus);
  bonuses.sort((a, b) => b - a);
  const room = bonuses.slice(0, problem.sizeMax - start.members.length).reduce((a, b) => a + b, 0);
  return problem.skills.reduce((sum, _, i) => {
    return sum + Math.max(start.best[i]!, ...problem.candidates.map((c) => c.worth[i]!)) - start.best[i]!;
  }, start.value + room);
}

/** By submodularity no team is worth more than this one plus the greatest single gains that fit in one team. */
function boundByGains(problem: Problem, team: Team): number {
  const outside = problem.candidates.filter((candidate) => !team.members.includes(candidate));
  const gains = outside.map((candidate) => gainOf(team, candidate)).sort((a, b) => b - a);
  return gains.slice(0, problem.sizeMax).reduce((a, b) => a + b, team.value);
}

function describeTeam(problem: Problem, team: Team, valueMax: number, isExact: boolean): TeamChoice {
  const assignment: Record<string, Did> = Object.create(null);
  problem.skills.forEach((skill, i) => {
    const able = team.members.filter((member) => member.mask & (1 << i));
    const best = able.reduce((a, b) => (b.worth[i]! > a.worth[i]! ? b : a));
    assignment[skill] = best.source.agent;
  });
  const members = team.members.map((member) => member.source);
  return { found: true, members, assignment, cost: team.cost, value: team.value, valueMax, isExact };
}
