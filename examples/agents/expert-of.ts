/**
 * Puts a piece of work on the mesh: makes the client's `Expert` out of a pure `WorkModule`.
 *
 * It looks at the job whenever something changed and decides for itself: begin, wait a little for what it would build
 * on, doubt what another said, do its own part again because the ground moved. Nobody tells it when.
 */
import type { Action, Expert, Intent, Offer, Situation, Verdict } from '../../client/index.ts';
import { listGivenUp } from '../../protocol/job/coordination.ts';
import type { Contribution as JobContribution } from '../../protocol/job/job-view.ts';
import { runningIntentions } from '../../protocol/job/roles.ts';
import { bringTogether } from './bring-together.ts';
import { createKeeper, type Keeper, readAttachments } from './keeper.ts';
import { awaitNews, think } from './patience.ts';
import { concernOf, fitnessOf, takeOpenWork } from './volunteer.ts';
import { kindOf, readHeard, sayContribution } from './wire.ts';
import type { Concern, Contribution, Similarity, WorkInput, WorkModule } from './work/work.ts';

export interface ExpertInit {
  readonly similarity: Similarity;
  /** Times the module's declared `workMs`; 0 works as fast as it computes. @default 1 */
  readonly pace?: number;
  /** Instead of the declared work time, ms. */
  readonly workMs?: number;
  /** How long to wait for what one would build on, ms without any news. @default 2,000 */
  readonly patienceMs?: number;
}

/** What one agent remembers of one job. */
interface JobMemory {
  /** The last own contribution as it was to be said, and what it was to take the place of. */
  said: { readonly fingerprint: string; readonly instead: string | undefined };
  /** What it thinks of others' contributions, by id; `null` for no doubt. */
  readonly doubts: Map<string, Promise<Concern | null>>;
  readonly raised: Set<string>;
  readonly concerns: Concern[];
  /** What it builds on was awaited in vain: go on with what is there. */
  isImpatient: boolean;
}

/** Doing one's part again takes this share of the first time (judgement). */
export const revisionShare = 0.04;

/** After this long without a look the job is looked at anyhow, ms (judgement). */
const lookAgainMs = 700;

/** What one contribution is made from, at most; a message refers to as many. */
const groundMax = 64;

/** Jobs remembered at once; the oldest is forgotten first. */
const jobsMax = 32;

/** Make an expert of a module. */
export function expertOf(module: WorkModule, init: ExpertInit): Expert {
  const jobs = new Map<string, JobMemory>();
  let keeper: Keeper | undefined;
  const patienceMs = init.patienceMs ?? 2_000;
  const workMs = init.workMs ?? (module.workMs ?? 0) * (init.pace ?? 1);

  function memoryOf(situation: Situation): JobMemory {
    const id = situation.view.goalId ?? '';
    const known = jobs.get(id) ?? {
      said: { fingerprint: '', instead: undefined },
      doubts: new Map(),
      raised: new Set(),
      concerns: [],
      isImpatient: false,
    };
    jobs.set(id, known);
    if (jobs.size > jobsMax) jobs.delete(jobs.keys().next().value!);
    return known;
  }

  async function contribute(situation: Situation): Promise<readonly Action[]> {
    const memory = memoryOf(situation);
    keeper ??= createKeeper(situation.agent);
    // Before any thinking, so that the files live on more nodes than the asker's.
    await readAttachments(situation);
    const doubts = await doubtOthers(situation, memory);
    // A doubt is said at once; one's own part waits for the next look.
    return doubts.length > 0 ? doubts : ownPart(situation, memory);
  }

  /** Own part: once there is enough to begin, and again when what it rests on has changed. */
  async function ownPart(situation: Situation, memory: JobMemory): Promise<readonly Action[]> {
    const mine = mineOf(situation);
    // Another of the same trade was first: this one is in reserve.
    if (mine === undefined && isDoneByAnother(situation)) return [];
    const missing = missingOf(situation, module.needs ?? []);
    await situation.sayBlocked([module.kind], missing);
    if (missing.length > 0) return [];
    const used = groundOf(situation);
    if (mine?.meets.includes(module.kind) === true && knowsAll(situation, mine, used)) return [];
    const isDraft = module.drafts === true && mine === undefined;
    const awaited = isDraft ? [] : awaitedOf(situation);
    if (awaited.length > 0 && !memory.isImpatient) {
      memory.isImpatient = await isInVain(situation, awaited);
      // Fresh eyes: the view of this look is old by now.
      if (!memory.isImpatient) return lookAgain(situation);
    }
    memory.isImpatient = false;
    if (mine === undefined && !(await situation.announce([module.kind]))) {
      await awaitNews(situation, patienceMs);
      return lookAgain(situation);
    }
    await think(mine === undefined ? workMs : workMs * revisionShare, situation.signal);
    return say(situation, memory, { used, isDraft });
  }

  /** The news may have been another job's, or of a kind that changes nothing here. */
  function lookAgain(situation: Situation): readonly Action[] {
    situation.lookAgainIn(lookAgainMs);
    return [];
  }

  /** Waits for news; true when there is none and nobody has said that it is at what is awaited. */
  async function isInVain(situation: Situation, awaited: readonly string[]): Promise<boolean> {
    for (;;) {
      if (await awaitNews(situation, patienceMs)) return false;
      const running = runningIntentions(situation.view, Date.now());
      if (
        !running.some(
          (one) => one.agent !== situation.self && one.about.some((kind) => awaited.includes(kind)),
        )
      )
        return true;
    }
  }

  async function say(
    situation: Situation,
    memory: JobMemory,
    ground: { used: readonly JobContribution[]; isDraft?: boolean; concern?: string },
  ): Promise<readonly Action[]> {
    const made = module.work(await inputOf(situation, memory, ground.used));
    const fingerprint = fingerprintOf(made);
    const mine = mineOf(situation);
    // What was to be said and did not get through is said again.
    const wasSaid = fingerprint === memory.said.fingerprint && mine?.id !== memory.said.instead;
    if (wasSaid && mine?.meets.includes(module.kind) === true) {
      if (!knowsAll(situation, mine, ground.used))
        await situation.confirm(
          mine.id,
          ground.used.map((one) => one.id),
        );
      return [];
    }
    memory.said = { fingerprint, instead: mine?.id };
    const body = {
      ...(await sayContribution(made, keeper ?? situation)),
      meets: ground.isDraft === true ? [] : [module.kind],
      references: ground.used.map((one) => one.id),
    };
    if (mine !== undefined)
      return [
        {
          ...body,
          type: 'revise',
          supersedes: mine.id,
          ...(ground.concern === undefined ? {} : { concern: ground.concern }),
        },
      ];
    const parent = ground.used[0]?.id;
    return [parent === undefined ? { ...body, type: 'proposal' } : { ...body, type: 'build_on', parent }];
  }

  /** The agent may have other trades: this is what it contributed in this one. */
  function mineOf(situation: Situation): JobContribution | undefined {
    return situation.mine.findLast((one) => kindOf(one) === module.kind);
  }

  function isDoneByAnother(situation: Situation): boolean {
    return situation.standing.some(
      (one) =>
        one.author !== situation.self && kindOf(one) === module.kind && one.meets.includes(module.kind),
    );
  }

  /** What stands that this module needs, builds on or heeds. */
  function groundOf(situation: Situation): JobContribution[] {
    const kinds = [...(module.needs ?? []), ...module.buildsOn, ...(module.heeds ?? [])];
    return situation.standing
      .filter((one) => kindOf(one) !== module.kind && kinds.includes(kindOf(one)))
      .slice(-groundMax);
  }

  /** Made from all of it, or confirmed since. */
  function knowsAll(situation: Situation, mine: JobContribution, used: readonly JobContribution[]): boolean {
    const confirmed = situation.view.confirmations
      .filter((one) => one.author === situation.self && one.contribution === mine.id)
      .flatMap((one) => one.on);
    const known = new Set([...mine.references, ...confirmed]);
    return used.every((one) => known.has(one.id));
  }

  /** What it would build on, the team has promised and not given up, and is still to come. */
  function awaitedOf(situation: Situation): string[] {
    const givenUp = listGivenUp(situation.view);
    const promised = situation.view.requirements
      .filter((one) => one.state === 'open' && !givenUp.has(one.id))
      .map((one) => one.id);
    return missingOf(situation, module.buildsOn).filter((kind) => promised.includes(kind));
  }

  function missingOf(situation: Situation, kinds: readonly string[]): string[] {
    const there = new Set(situation.standing.map(kindOf));
    return kinds.filter((kind) => !there.has(kind));
  }

  async function inputOf(
    situation: Situation,
    memory: JobMemory,
    used: readonly JobContribution[],
  ): Promise<WorkInput> {
    return {
      intent: situation.view.goal,
      attachments: await readAttachments(situation),
      contributions: await Promise.all(
        used.map((one) => readHeard(one, situation, module.readsFiles ?? false)),
      ),
      concerns: memory.concerns,
    };
  }

  /** Concerns about others' contributions, each raised once. */
  async function doubtOthers(situation: Situation, memory: JobMemory): Promise<readonly Action[]> {
    if (module.review === undefined) return [];
    const doubts: Action[] = [];
    for (const one of situation.standing) {
      if (one.author === situation.self || memory.raised.has(one.id)) continue;
      const concern = await doubt(one, situation, memory);
      memory.raised.add(one.id);
      if (concern === null || wasRaised(concern, situation)) continue;
      doubts.push({
        type: 'concern',
        parent: one.id,
        references: [one.id],
        severity: 'must',
        content: { text: concern.text, ...concern.data },
      });
    }
    return doubts;
  }

  /** Thought through once per contribution. */
  function doubt(one: JobContribution, situation: Situation, memory: JobMemory): Promise<Concern | null> {
    const known = memory.doubts.get(one.id) ?? doubtOnce(one, situation);
    memory.doubts.set(one.id, known);
    known.catch(() => memory.doubts.delete(one.id));
    return known;
  }

  async function doubtOnce(one: JobContribution, situation: Situation): Promise<Concern | null> {
    if (!(module.reviews ?? []).includes(kindOf(one))) return null;
    const heard = await readHeard(one, situation, true);
    const attachments = await readAttachments(situation);
    return module.review!(heard, {
      intent: situation.view.goal,
      attachments,
      contributions: [],
      concerns: [],
    });
  }

  return {
    judge: (intent) => judge(module, intent, init.similarity),
    contribute,
    async resolve(concern, situation) {
      const memory = memoryOf(situation);
      const isOfThisTrade = situation.view.contributions.some(
        (one) => concern.about.includes(one.id) && kindOf(one) === module.kind,
      );
      if (!isOfThisTrade || mineOf(situation) === undefined) return [];
      const heard = concernOf(concern);
      const isNew = memory.concerns.every((one) => one.about !== heard.about || one.text !== heard.text);
      if (isNew) memory.concerns.push(heard);
      await think(workMs * revisionShare, situation.signal);
      const revised = await say(situation, memory, { used: groundOf(situation), concern: concern.id });
      if (revised.length > 0) return revised;
      return [
        { type: 'answer', parent: concern.id, content: 'I looked at it again and my result is the same.' },
      ];
    },
    volunteers: (open, situation) => fitnessOf(module, open, situation, init.similarity),
    async take(open, situation) {
      await think(workMs * revisionShare, situation.signal);
      const input = await inputOf(situation, memoryOf(situation), groundOf(situation));
      return takeOpenWork(module, { open, situation, input, keep: keeper ?? situation });
    },
    integrate: (parts, situation) => [bringTogether(parts, situation.view)],
    ...(module.review === undefined
      ? {}
      : {
          async review(one: JobContribution, situation: Situation): Promise<Verdict | undefined> {
            // Only what this trade can judge.
            if (!(module.reviews ?? []).includes(kindOf(one))) return undefined;
            return (await doubt(one, situation, memoryOf(situation))) === null
              ? { verdict: 'accept' }
              : undefined;
          },
        }),
  };
}

function judge(module: WorkModule, intent: Intent, similarity: Similarity): Offer | undefined {
  const facts = intent.files.map((file) => ({
    name: file.name,
    mediaType: file.mediaType,
    size: file.bytes,
  }));
  const judged = module.judge(intent.query, facts, similarity);
  if (judged === null) return undefined;
  return {
    ...judged,
    provides: [{ id: module.kind, text: module.provides ?? module.capability.slice(0, 200) }],
    requires: (module.needs ?? []).concat(module.wants ?? []).map((kind) => ({ id: kind, text: kind })),
  };
}

/** An open concern that says the same about the same contribution. */
function wasRaised(concern: Concern, { view }: Situation): boolean {
  return view.concerns.some(
    (one) =>
      one.isOpen &&
      one.about.includes(concern.about) &&
      typeof one.content === 'object' &&
      one.content.text === concern.text,
  );
}

function fingerprintOf(made: Contribution): string {
  const files = made.files.map((file) => [file.name, file.bytes.length, checksum(file.bytes)]);
  return JSON.stringify([made.title, made.markdown, made.data, files]);
}

/** FNV-1a, for noticing change only. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
