/**
 * One agent in one job: it follows the space, lets its expert look whenever something changed, witnesses others'
 * claims, volunteers for what nobody does, reviews what nobody judged, and coordinates while it has most context.
 */
import type { Did } from '../protocol/brand.ts';
import type { ContextDigest } from '../protocol/context/index.ts';
import type { Contribution } from '../protocol/job/job-view.ts';
import { scoreContext, standing } from '../protocol/job/roles.ts';
import type { Agent } from './agent.ts';
import { createVolunteer, type OpenWork } from './attention.ts';
import { followClaims } from './claims.ts';
import { createCoordinator } from './coordinator.ts';
import type { Action, Expert, ExpertInit, Situation, Verdict } from './expert.ts';
import { createExpertLoop, type ExpertLoop } from './expert-loop.ts';
import { openInbox } from './inbox.ts';
import type { Space } from './space.ts';

/** Without a majority for so long, one's own work begins anyhow, ms. Judgement: several round trips of a wide network. */
const ownWorkPatienceMs = 400;
/** At least this long between two looks at what nobody judged, ms. */
const settleMs = 30;
/** A newcomer acts on what it has when the rest has not come by then, ms. Judgement. */
const catchUpMs = 2_000;

export interface JobRun {
  readonly agent: Agent;
  /** One for each trade of the agent. */
  readonly experts: readonly Expert[];
  readonly space: Space;
  readonly init: ExpertInit;
  /** What the invitation said of a job that was running already. */
  readonly digest: ContextDigest | undefined;
  readonly onEnd: () => void;
}

/** Take part until the job ends; the answer ends it from this side. */
export function runJob({ agent, experts, space, init, digest, onEnd }: JobRun): () => void {
  const note = init.onNote ?? (() => undefined);
  const onProblem = (error: unknown): void =>
    note(`failed: ${error instanceof Error ? error.message : String(error)}`);
  const graceMs = init.reviewGraceMs ?? 400;
  const reviewed = new Set<string>();
  const files = new Map<string, Promise<Uint8Array>>();
  const job = new AbortController();
  const weighed = new Set<string>();
  let isStarted = init.isLazy !== true || init.relevance === undefined;
  let stragglersTimer: ReturnType<typeof setTimeout> | undefined;
  let isCaughtUp = digest === undefined;

  const inbox = openInbox(agent, { ...init.inbox, space: space.id });
  let toldDropped = 0;
  inbox.onChange(() => {
    // Told when it doubles, so that a flood of changes is no flood of notes.
    if (inbox.droppedCount < Math.max(1, 2 * toldDropped)) return;
    toldDropped = inbox.droppedCount;
    note(`did not look at ${toldDropped} changes: others concern it more`);
  });
  const claims = followClaims({ agent, space, onProblem });
  const volunteer = createVolunteer(
    { space, self: agent.did, claims, fitness: fitnessFor, take, onProblem },
    init.volunteer,
  );
  const coordinator = createCoordinator({
    agent,
    space,
    onNote: note,
    onProblem,
    async integrate(parts) {
      const expert = experts.find((one) => one.integrate !== undefined);
      await post(
        (await expert?.integrate?.(
          parts,
          situationOf(job.signal, () => undefined),
        )) ?? [],
      );
    },
  });
  const loops: readonly ExpertLoop[] = experts.map((expert) =>
    createExpertLoop({
      expert,
      space,
      self: agent.did,
      job: job.signal,
      situationOf,
      post,
      sayVerdict,
      reviewed,
      onProblem,
      onRest: scheduleStragglers,
      onDone: end,
    }),
  );

  function changed(): void {
    if (job.signal.aborted || !catchUp() || (!isStarted && !wakes())) return;
    if (experts.some((one) => one.volunteers !== undefined)) volunteer.look();
    coordinator.look();
    for (const loop of loops) loop.schedule();
  }

  /** A newcomer acts once it has heard all that its invitation told of, never on half a job. */
  function catchUp(): boolean {
    if (isCaughtUp) return true;
    const known = new Set(space.entries().map((entry) => entry.id));
    isCaughtUp = space.isClosed || digest!.entries.every((one) => known.has(one.id));
    return isCaughtUp;
  }

  /** A lazy agent starts with the first entry that concerns it; from then on it sees all of them. */
  function wakes(): boolean {
    if (space.isClosed || space.view().isDissolved) return true;
    const { goal } = space.view();
    for (const entry of space.entries()) {
      if (weighed.has(entry.id)) continue;
      weighed.add(entry.id);
      const said = 'content' in entry ? entry.content : 'query' in entry ? entry.query : undefined;
      const text = typeof said === 'string' ? said : JSON.stringify(said ?? '');
      if (init.relevance!(text, goal) < (init.relevanceMin ?? 0.25)) continue;
      isStarted = true;
      note('starts: something here concerns it');
      return true;
    }
    return false;
  }

  function situationOf(work: AbortSignal, lookAgainIn: (ms: number) => void): Situation {
    const view = space.view();
    const live = standing(view);
    return {
      view,
      standing: live,
      mine: live.filter((one) => one.author === agent.did),
      self: agent.did,
      agent,
      inbox,
      isCoordinator: coordinator.isHolder,
      signal: AbortSignal.any([job.signal, work]),
      lookAgainIn,
      async announce(about) {
        const held = await claims.claim(about, { patienceMs: ownWorkPatienceMs, isAdvisory: true });
        return about.every((one) => held.has(one));
      },
      sayBlocked: (about, on) => sayBlocked(about, on),
      confirm: (contribution, on) => sayOfWork({ confirmed: { contribution, on: [...on] } }),
      read(file) {
        const known = files.get(file.sha256) ?? agent.blobs.get(file, view.asker);
        files.set(file.sha256, known);
        known.catch(() => files.delete(file.sha256));
        return known;
      },
      keep: (name, mediaType, bytes) => agent.blobs.put(name, mediaType, bytes),
    };
  }

  /** Said when it changed only. */
  async function sayBlocked(about: readonly string[], on: readonly string[]): Promise<void> {
    const { blocked } = space.view();
    const known = blocked.find((one) => one.agent === agent.did && one.about.join(' ') === about.join(' '));
    if ((known?.on ?? []).join(' ') === on.join(' ')) return;
    await sayOfWork({ blocked: { about: [...about], on: [...on] } });
  }

  /** A note about the work rather than in it. */
  async function sayOfWork(content: Readonly<Record<string, unknown>>): Promise<void> {
    const task = space.view().goalId;
    if (task === undefined) return;
    await space.post({ type: 'progress', task, fencing: 0, content } as Parameters<Space['post']>[0]);
  }

  // What nobody does.

  function fittest(open: OpenWork): { readonly expert: Expert; readonly fitness: number } | undefined {
    const now = situationOf(job.signal, () => undefined);
    return experts
      .flatMap((expert) => {
        const fitness = expert.volunteers?.(open, now);
        return fitness === undefined ? [] : [{ expert, fitness }];
      })
      .sort((a, b) => b.fitness - a.fitness)[0];
  }

  function fitnessFor(open: OpenWork): number | undefined {
    return fittest(open)?.fitness;
  }

  async function take(open: OpenWork): Promise<boolean> {
    note(`takes what nobody does: ${open.id}`);
    const made =
      (await fittest(open)?.expert.take?.(
        open,
        situationOf(job.signal, () => undefined),
      )) ?? [];
    const isChecked = init.volunteer?.isRedundancyChecked ?? true;
    // Somebody else may be at it by now.
    if (isChecked && !claims.isHeld(open.id))
      throw new Error(`the claim to ${open.id} ended before it was done`);
    await post(made);
    return made.length > 0;
  }

  // Reviews.

  async function sayVerdict(contribution: Contribution, verdict: Verdict): Promise<void> {
    reviewed.add(contribution.id);
    const why = verdict.verdict === 'change' ? { content: verdict.why } : {};
    await space.post({
      type: 'review',
      of: contribution.id,
      parent: contribution.id,
      verdict: verdict.verdict,
      ...why,
    });
  }

  /** Who has most context sees to it that nothing stays unreviewed. */
  function scheduleStragglers(): void {
    const stragglers = unreviewed();
    if (stragglers.length === 0 || job.signal.aborted) return;
    const oldestAt = Math.min(...stragglers.map((one) => one.at));
    clearTimeout(stragglersTimer);
    stragglersTimer = setTimeout(
      () => void reviewStragglers().catch(onProblem),
      Math.max(settleMs, oldestAt + graceMs - Date.now()),
    );
  }

  function unreviewed(): readonly Contribution[] {
    return standing(space.view()).filter(
      (one) =>
        one.acceptedBy.length === 0 &&
        one.changeWantedBy.length === 0 &&
        one.author !== agent.did &&
        !reviewed.has(one.id),
    );
  }

  async function reviewStragglers(): Promise<void> {
    if (job.signal.aborted) return;
    const ranking = scoreContext(space.view(), teamOf(space)).map((one) => one.agent);
    for (const contribution of unreviewed()) {
      // The best placed member that is not the author; the next one steps in when it stays silent.
      const place = ranking.filter((did) => did !== contribution.author).indexOf(agent.did);
      const dueAt = contribution.at + graceMs * (1 + place * 2);
      if (place >= 0 && Date.now() >= dueAt) await sayVerdict(contribution, checkForm(contribution));
    }
    if (unreviewed().length > 0) {
      clearTimeout(stragglersTimer);
      stragglersTimer = setTimeout(() => void reviewStragglers().catch(onProblem), graceMs);
    }
  }

  // Saying.

  async function post(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      if (isTaken(action)) {
        note(`leaves it: somebody did "${action.meets?.join(', ')}" meanwhile`);
        continue;
      }
      const { references, meets, attachments, ...rest } = action;
      await space.post({
        ...rest,
        ...(references === undefined ? {} : { references: references.slice(0, 64) }),
        ...(meets === undefined ? {} : { meets: [...meets] }),
        ...(attachments === undefined ? {} : { attachments: [...attachments] }),
      } as Parameters<Space['post']>[0]);
      note(`${action.type.replace('_', ' ')}${meets === undefined ? '' : `: ${meets.join(', ')}`}`);
    }
  }

  /** Another's standing contribution meets all that this one would: saying it again helps nobody. */
  function isTaken(action: Action): boolean {
    const isFirst = action.type === 'proposal' || action.type === 'build_on';
    if (!isFirst || action.meets === undefined || action.meets.length === 0) return false;
    const view = space.view();
    return action.meets.every((id) =>
      standing(view).some((one) => one.author !== agent.did && one.meets.includes(id)),
    );
  }

  function end(): void {
    if (job.signal.aborted) return;
    job.abort();
    for (const loop of loops) loop.stop();
    coordinator.stop();
    volunteer.stop();
    claims.stop();
    inbox.stop();
    clearTimeout(stragglersTimer);
    clearTimeout(catchUpTimer);
    stopFollowing();
    space.forget();
    init.onJobEnd?.(space.id);
    onEnd();
  }

  const catchUpTimer = setTimeout(
    () => {
      isCaughtUp = true;
      changed();
    },
    digest === undefined ? 0 : catchUpMs,
  );
  const stopFollowing = space.onChange(changed);
  changed();
  return end;
}

/** The members without the asker: it asked, and does not coordinate its own answer. */
function teamOf(space: Space): readonly Did[] {
  const { asker } = space.view();
  return space.members().filter((did) => did !== asker);
}

/** What anybody can check of anybody's contribution. */
export function checkForm(contribution: Contribution): Verdict {
  const isEmpty =
    typeof contribution.content === 'string'
      ? contribution.content.trim() === ''
      : Object.keys(contribution.content).length === 0;
  return isEmpty ? { verdict: 'change', why: 'There is nothing in it.' } : { verdict: 'accept' };
}
