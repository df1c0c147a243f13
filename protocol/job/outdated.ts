/**
 * Parts of the answer that rest on what has been revised since: made from an older architecture, put together from
 * older files. Their authors look again and revise, or confirm that theirs stays as it is; until then a job that looks
 * complete is not. A pure function of the view.
 */
import type { Contribution, JobView } from './job-view.ts';
import { standing } from './roles.ts';

export interface Outdated {
  readonly contribution: string;
  /** When the newest of what it does not know yet was written, integer Unix ms. */
  readonly sinceMs: number;
}

/** Contributions that stand, meet something, and refer to what others have revised, oldest first. */
export function listOutdated(view: JobView): readonly Outdated[] {
  const byId = new Map(view.contributions.map((one) => [one.id, one]));
  const confirmed = new Set(
    view.confirmations.flatMap((one) => one.on.map((on) => `${one.author} ${one.contribution} ${on}`)),
  );
  return standing(view)
    .filter((one) => one.meets.length > 0)
    .flatMap((one) => {
      const unknown = one.references
        .map((id) => newestOf(byId, id))
        .filter((newest): newest is Contribution => newest !== undefined)
        .filter((newest) => newest.author !== one.author && !one.references.includes(newest.id))
        .filter((newest) => !confirmed.has(`${one.author} ${one.id} ${newest.id}`));
      if (unknown.length === 0) return [];
      return [{ contribution: one.id, sinceMs: Math.max(...unknown.map(({ at }) => at)) }];
    });
}

/** What took the place of a contribution, in the end; `undefined` when nothing did. */
function newestOf(byId: ReadonlyMap<string, Contribution>, id: string): Contribution | undefined {
  let newest: Contribution | undefined;
  const seen = new Set([id]);
  for (let next = byId.get(id)?.supersededBy; next !== undefined && !seen.has(next); ) {
    seen.add(next);
    newest = byId.get(next);
    next = newest?.supersededBy;
  }
  return newest;
}
