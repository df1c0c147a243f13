/**
 * What an agent takes although nobody named it: a part of the goal that nobody promised, when it is a question of its
 * trade, and a concern that nobody answers, about work of its own trade or in words of it.
 */
import type { Action, OpenWork, Situation } from '../../client/index.ts';
import type { Concern as JobConcern, Contribution as JobContribution } from '../../protocol/job/job-view.ts';
import { kindOf, sayContribution } from './wire.ts';
import { meaningMin } from './work/judge.ts';
import type { Concern, Similarity, WorkInput, WorkModule } from './work/work.ts';

/** Closeness of a text to the agent's own capability from which it is as fit as can be (judgement). */
const meaningFull = 0.7;
/** Fitness of an agent of the very trade whose work is doubted (judgement). */
const sameTradeFitness = 0.95;
/** A gap's text and a concern's text that are looked at (judgement). */
const textMax = 2_000;

/** 0 to 1, or `undefined` for what is not its trade. */
export function fitnessOf(
  module: WorkModule,
  open: OpenWork,
  { view }: Pick<Situation, 'view'>,
  similarity: Similarity,
): number | undefined {
  // Its own part it makes anyhow.
  if (open.kind === 'gap' && open.id === module.kind) return undefined;
  if (open.kind === 'concern' && doubtedOf(open.concern, module, view.contributions) !== undefined)
    return sameTradeFitness;
  if (module.answersAll !== true) return undefined;
  const meaning = similarity(textOf(open), module.capability);
  return meaning < meaningMin ? undefined : Math.min(1, meaning / meaningFull);
}

export interface TakeTold {
  readonly open: OpenWork;
  readonly situation: Pick<Situation, 'view'>;
  readonly input: WorkInput;
  readonly keep: Pick<Situation, 'keep'>;
}

/** Do it; nothing when the trade has no answer after all. */
export async function takeOpenWork(
  module: WorkModule,
  { open, situation, input, keep }: TakeTold,
): Promise<readonly Action[]> {
  const references = input.contributions.map((one) => one.id);
  if (open.kind === 'gap') {
    const made = module.work({ ...input, intent: `${open.requirement.text}. ${input.intent}` });
    if (made.data.answered === false) return [];
    // Under a kind of its own: it is not what this agent usually makes.
    const body = await sayContribution({ ...made, kind: open.id }, keep);
    return [{ ...body, type: 'proposal', meets: [open.id], references }];
  }
  const doubted = doubtedOf(open.concern, module, situation.view.contributions);
  const made = module.work({ ...input, concerns: [...input.concerns, concernOf(open.concern)] });
  if (made.data.answered === false) return [];
  const body = await sayContribution(made, keep);
  if (doubted === undefined) {
    const content = { kind: 'mediation', title: `Looked at by ${module.name}`, markdown: made.markdown };
    return [{ type: 'answer', parent: open.id, references, content }];
  }
  // The author is away: one of the same trade does its part again, with the concern in mind.
  return [
    { ...body, type: 'revise', supersedes: doubted.id, concern: open.id, meets: doubted.meets, references },
  ];
}

/** A concern as a module hears it. */
export function concernOf(concern: JobConcern): Concern {
  const { text, ...data } = typeof concern.content === 'string' ? { text: concern.content } : concern.content;
  return { about: concern.about[0] ?? '', from: concern.author, text: String(text ?? ''), data };
}

/** The standing work of this trade that the concern is about. */
function doubtedOf(
  concern: JobConcern,
  module: WorkModule,
  contributions: readonly JobContribution[],
): JobContribution | undefined {
  return contributions.find(
    (one) => concern.about.includes(one.id) && one.supersededBy === undefined && kindOf(one) === module.kind,
  );
}

function textOf(open: OpenWork): string {
  const text = open.kind === 'gap' ? open.requirement.text : concernOf(open.concern).text;
  return text.slice(0, textMax);
}
