/**
 * Roles that emerge: whoever has most context coordinates, which means to integrate, to ask and to close, never
 * to command. Pure functions of the view.
 */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';
import type { Contribution, Intention, JobView } from './job-view.ts';

/**
 * What each kind of involvement is worth. Judgement: writing above reviewing above being referred to; who refers to
 * another's contribution has read it, and counts as much as a reviewer, once for each.
 */
export const contextWeights = {
  requirement: 2,
  wrote: 1,
  reviewed: 0.5,
  refersTo: 0.5,
  referredTo: 0.5,
} as const;

export interface ContextScore {
  readonly agent: Did;
  /** Share of all involvement in the job, 0 to 1. */
  readonly score: number;
}

/** Highest first; ties by DID, so that every member names the same coordinator. */
export function scoreContext(view: JobView, members: readonly Did[]): readonly ContextScore[] {
  const points = new Map<Did, number>(members.map((agent) => [agent, 0]));
  const add = (agent: Did, amount: number): void => {
    const known = points.get(agent);
    if (known !== undefined) points.set(agent, known + amount);
  };
  const byId = new Map(view.contributions.map((one) => [one.id, one]));
  const read = new Set<string>();
  for (const one of view.contributions) {
    add(one.author, contextWeights.wrote);
    for (const reviewer of [...one.acceptedBy, ...one.changeWantedBy]) add(reviewer, contextWeights.reviewed);
    for (const reference of one.references) {
      const referred = byId.get(reference);
      if (referred === undefined || referred.author === one.author) continue;
      add(referred.author, contextWeights.referredTo);
      const key = `${one.author} ${reference}`;
      if (!read.has(key)) add(one.author, contextWeights.refersTo);
      read.add(key);
    }
  }
  for (const requirement of view.requirements) {
    for (const author of new Set(requirement.contributions.map((id) => byId.get(id)?.author))) {
      if (author !== undefined) add(author, contextWeights.requirement);
    }
  }
  const total = [...points.values()].reduce((sum, value) => sum + value, 0);
  return [...points]
    .map(([agent, value]) => ({ agent, score: total === 0 ? 0 : value / total }))
    .sort((a, b) => b.score - a.score || compareText(a.agent, b.agent));
}

/** The word under which the coordinator's lease is announced. */
export const coordinate = 'coordinate';

/**
 * Who holds the lease on something at `nowMs`: the earliest announcement that still runs. When two announced at
 * once, (time, DID) decides and the other yields.
 */
export function holderOf(view: JobView, about: string, nowMs: number): Did | undefined {
  return runningIntentions(view, nowMs).find((one) => one.about.includes(about))?.agent;
}

export function runningIntentions(view: JobView, nowMs: number): readonly Intention[] {
  // An agent that announces again extends its own lease and keeps its place.
  const first = new Map<string, Intention>();
  for (const one of view.intentions) {
    for (const about of one.about) {
      const key = `${one.agent} ${about}`;
      const known = first.get(key);
      const continues = known !== undefined && one.at <= known.untilMs;
      first.set(key, continues ? { ...known, untilMs: one.untilMs } : { ...one, about: [about] });
    }
  }
  return [...first.values()]
    .filter((one) => one.untilMs > nowMs)
    .sort((a, b) => a.at - b.at || compareText(a.agent, b.agent));
}

/** Contributions that stand: not superseded. */
export function standing(view: JobView): readonly Contribution[] {
  return view.contributions.filter((one) => one.supersededBy === undefined);
}
