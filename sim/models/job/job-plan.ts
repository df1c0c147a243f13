/** The parts of a job, what each waits for, and how long it takes an agent that is made for it. */

export interface JobPart {
  readonly number: number;
  readonly skill: string;
  /** By an agent of that skill and of speed 1. */
  readonly workMs: number;
  readonly waitsFor: readonly number[];
  /** Of the result, as others read it. */
  readonly bytes: number;
  /** Which module it belongs to; -1 for the plan and the last part. */
  readonly module: number;
}

export const skills = ['plan', 'store', 'serve', 'show', 'check', 'ship'] as const;

export interface JobPlan {
  readonly parts: readonly JobPart[];
  readonly moduleCount: number;
}

/**
 * An app of modules, as the experts of `examples/agents/saas` write it: one plan, then storage, server and page of
 * each module beside each other, a review of the server, its revision, and one integration. Times are in their
 * proportions, in ms. Judgement.
 */
export function planApp(moduleCount: number): JobPlan {
  const parts: JobPart[] = [];
  const add = (skill: string, workMs: number, waitsFor: readonly number[], module: number): number => {
    parts.push({ number: parts.length, skill, workMs, waitsFor, bytes: 4_000, module });
    return parts.length - 1;
  };
  const plan = add('plan', 8_000, [], -1);
  const ends: number[] = [];
  for (let module = 0; module < moduleCount; module++) {
    const store = add('store', 10_000, [plan], module);
    const serve = add('serve', 15_000, [plan], module);
    const show = add('show', 12_000, [plan], module);
    const check = add('check', 6_000, [serve], module);
    const revise = add('serve', 5_000, [check], module);
    ends.push(store, show, revise);
  }
  add('ship', 10_000, ends, -1);
  return { parts, moduleCount };
}

/**
 * Four regions, each to be analysed where its data are, and one summary: 160 s is four times the 40 s that the source
 * gives for one region. What working at once makes of it is not given.
 */
export function planRegions(): JobPlan {
  const parts: JobPart[] = [
    { number: 0, skill: 'plan', workMs: 1_000, waitsFor: [], bytes: 1_000, module: -1 },
  ];
  for (let region = 0; region < 4; region++)
    parts.push({
      number: region + 1,
      skill: 'anything',
      workMs: 40_000,
      waitsFor: [0],
      bytes: 8_000,
      module: region,
    });
  parts.push({ number: 5, skill: 'ship', workMs: 2_000, waitsFor: [1, 2, 3, 4], bytes: 4_000, module: -1 });
  return { parts, moduleCount: 4 };
}
