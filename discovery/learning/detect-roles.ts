/**
 * Roles are not given out; they are seen in what agents do. A role is acted on as a bonus in the next formation.
 * @see R. M. Belbin, Management teams, 1981; Bonabeau, Theraulaz and Deneubourg, response thresholds, 1996
 */
import type { Did } from '../../protocol/brand.ts';
import { compareText } from '../../protocol/bytes.ts';

export type Role = 'coordinator' | 'specialist' | 'gap-filler' | 'mediator';

/** Counts of one agent's deeds over a window that the caller chooses. */
export interface Behaviour {
  readonly agent: Did;
  /** Contributions of others that build on its own, and awards and answers it gave. */
  readonly ledCount: number;
  /** Items done well, by skill. */
  readonly doneBySkill: Readonly<Record<string, number>>;
  /** Items it took that others had refused, dropped or never bid for. */
  readonly rescuedCount: number;
  /** Conflicts between others that it settled, and contributions that join two rival ones. */
  readonly settledCount: number;
}

export interface RoleFinding {
  readonly agent: Did;
  readonly role: Role;
  /** 0 to 1: how much of the group's deeds of this sort are its own, or how narrow it is. */
  readonly strength: number;
}

/** Fewer deeds than this show nothing. Judgement. */
export const deedsMin = 5;
/** A role is named when the agent does at least this share of such deeds and twice its even share. Judgement. */
export const roleShareMin = 0.3;
/** A specialist does at least this share of its work in one skill. Judgement. */
export const specialistShareMin = 0.7;

/** At most one finding per agent and role, strongest first. */
export function detectRoles(behaviours: readonly Behaviour[]): readonly RoleFinding[] {
  const findings = [
    ...findLeaders(behaviours, 'coordinator', (b) => b.ledCount),
    ...findLeaders(behaviours, 'gap-filler', (b) => b.rescuedCount),
    ...findLeaders(behaviours, 'mediator', (b) => b.settledCount),
    ...behaviours.flatMap(findSpecialty),
  ];
  return findings.sort((a, b) => b.strength - a.strength || compareText(a.agent, b.agent));
}

function findLeaders(all: readonly Behaviour[], role: Role, count: (b: Behaviour) => number): RoleFinding[] {
  const total = all.reduce((sum, behaviour) => sum + count(behaviour), 0);
  if (total < deedsMin) return [];
  const shareMin = Math.max(roleShareMin, Math.min(0.9, 2 / all.length));
  return all
    .map((behaviour) => ({ agent: behaviour.agent, role, strength: count(behaviour) / total }))
    .filter((finding) => finding.strength >= shareMin);
}

function findSpecialty({ agent, doneBySkill }: Behaviour): RoleFinding[] {
  const counts = Object.values(doneBySkill);
  const total = counts.reduce((a, b) => a + b, 0);
  if (total < deedsMin) return [];
  const strength = Math.max(...counts) / total;
  return strength >= specialistShareMin ? [{ agent, role: 'specialist', strength }] : [];
}

/** What a role is worth (0 to 0.2) in a team that needs it: a tie-breaker beside quality, never more. */
export function roleBonus(findings: readonly RoleFinding[], agent: Did, needed: readonly Role[]): number {
  const fitting = findings.filter((finding) => finding.agent === agent && needed.includes(finding.role));
  return 0.2 * Math.max(0, ...fitting.map((finding) => finding.strength));
}
