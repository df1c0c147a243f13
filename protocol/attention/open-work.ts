/**
 * What nobody does: parts of the goal that nobody makes or has announced, and concerns that nobody answers. Facts
 * in, list out; who takes one of them is settled by a claim (`protocol/job/claims.ts`).
 */
import type { Did } from '../brand.ts';
import type { Concern, JobView, RequirementStatus } from '../job/job-view.ts';
import { holderOf } from '../job/roles.ts';

export type OpenWork =
  | {
      readonly kind: 'gap';
      readonly id: string;
      readonly sinceMs: number;
      readonly requirement: RequirementStatus;
    }
  | { readonly kind: 'concern'; readonly id: string; readonly sinceMs: number; readonly concern: Concern };

export interface OpenWorkFacts {
  readonly view: JobView;
  readonly self: Did;
  readonly nowMs: number;
  /** Ids of requirements and when this member first saw them open, integer Unix ms. */
  readonly openSinceMs: ReadonlyMap<string, number>;
}

/**
 * Oldest first. Not listed is what somebody is at or has promised, a concern that has an author to answer it, and
 * one's own concerns; unless whoever coordinates asked who can.
 */
export function listOpenWork({ view, self, nowMs, openSinceMs }: OpenWorkFacts): readonly OpenWork[] {
  const mine = new Set(view.contributions.filter((one) => one.author === self).map((one) => one.id));
  const made = new Set(view.contributions.map((one) => one.id));
  const asked = new Set(view.questions.flatMap((one) => one.about));
  const isPromised = (id: string): boolean => view.providers.has(id) && !asked.has(id);
  const isAuthors = (one: Concern): boolean => one.about.some((id) => made.has(id)) && !asked.has(one.id);
  const gaps = view.requirements
    .filter((one) => one.state === 'open' && !isPromised(one.id))
    .map((requirement): OpenWork => {
      const sinceMs = openSinceMs.get(requirement.id) ?? nowMs;
      return { kind: 'gap', id: requirement.id, sinceMs, requirement };
    });
  const concerns = view.concerns
    .filter((one) => one.isOpen && one.author !== self && !one.about.some((id) => mine.has(id)))
    .filter((one) => !isAuthors(one))
    .map((concern): OpenWork => ({ kind: 'concern', id: concern.id, sinceMs: concern.at, concern }));
  return [...gaps, ...concerns]
    .filter((one) => holderOf(view, one.id, nowMs) === undefined)
    .sort((a, b) => a.sinceMs - b.sinceMs);
}

/** The least fit volunteer waits this long before it announces, ms. */
export const fitnessSpreadMs = 400;
/** Equally fit volunteers are spread over this, by a hash that all of them can compute, ms. */
export const tieSpreadMs = 300;

/**
 * How long a volunteer waits before it announces, ms: the fitter, the shorter; so most of the time one announces
 * and the others see it.
 * @see Floyd et al. 1997, "A reliable multicast framework" (SRM): answers delayed by suitability, and suppressed by the first
 */
export function volunteerDelayMs(fitness: number, self: string, id: string): number {
  const unfit = 1 - Math.min(1, Math.max(0, fitness));
  return Math.round(unfit * fitnessSpreadMs + hashShare(`${id} ${self}`) * tieSpreadMs);
}

/** FNV-1a with a final mix (as in MurmurHash3), as a share of 1: for spreading only. */
function hashShare(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
