/** What the six experts of an app share: how they judge, how they find the plan, how they hand over files. */
import { judgeTrade } from '../work/judge.ts';
import {
  type Contribution,
  finish,
  type HeardContribution,
  type OutputFile,
  textFile,
  type WorkInput,
  type WorkModule,
} from '../work/work.ts';
import { type AppPlan, readPlan } from './plan.ts';

/** Sentences of people who want an app built; each expert adds those of its own trade. */
const appPhrases = [
  'build me a SaaS app for task management',
  'build a web application with accounts, an API and a page',
  'create a software tool to manage things',
  'make an inventory tool, a CRM or a booking system',
  'develop an online platform for a business',
  'I need an application or app for my company',
  'a help desk, ticket or customer support application',
  'a booking, appointment or reservation system with customers',
];

export interface ExpertTold {
  readonly name: string;
  readonly kind: string;
  readonly capability: string;
  readonly tags: readonly string[];
  readonly phrases: readonly string[];
  readonly offer: string;
  /** Kinds of contribution without which it cannot begin. */
  readonly needs: readonly string[];
  /** Kinds that make its work better, and for which it would do it again. */
  readonly buildsOn?: readonly string[];
  readonly readsFiles?: boolean;
  readonly work: (input: WorkInput) => ExpertWork;
  readonly provides: string;
  readonly workMs: number;
  readonly drafts?: boolean;
  readonly wants?: readonly string[];
  readonly reviews?: readonly string[];
  readonly review?: WorkModule['review'];
}

export interface ExpertWork {
  readonly title: string;
  readonly markdown: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly files: readonly OutputFile[];
}

/** Make a module out of an expert's own knowledge. */
export function createExpert(told: ExpertTold): WorkModule {
  const trade = { phrases: [...appPhrases, ...told.phrases], offer: told.offer, fits: null };
  return {
    name: told.name,
    kind: told.kind,
    capability: told.capability,
    tags: told.tags,
    needs: told.needs,
    buildsOn: told.buildsOn ?? [],
    readsFiles: told.readsFiles ?? false,
    provides: told.provides,
    workMs: told.workMs,
    drafts: told.drafts ?? false,
    wants: told.wants ?? [],
    reviews: told.reviews ?? [],
    judge: (intent, attachments, similarity) => judgeTrade(trade, { intent, attachments, similarity }),
    work: (input) => {
      const made = told.work(input);
      return finish({
        kind: told.kind,
        title: made.title,
        markdown: made.markdown,
        data: { findings: [], ...made.data },
        files: made.files,
      });
    },
    ...(told.review === undefined ? {} : { review: told.review }),
  };
}

/** The newest plan that anybody contributed, or `null`. */
export function findPlan(input: Pick<WorkInput, 'contributions'>): AppPlan | null {
  return input.contributions.reduceRight<AppPlan | null>((found, each) => found ?? readPlan(each.data), null);
}

/** Said by an expert that was asked before there is a plan. */
export function withoutPlan(trade: string): ExpertWork {
  return {
    title: `${trade}: waiting`,
    markdown: `No plan is there yet; ${trade} needs one.\n`,
    data: { waitingFor: ['architecture'] },
    files: [],
  };
}

/** The newest contribution of each author and kind: a revision replaces what it revises. */
export function newestOf(contributions: readonly HeardContribution[]): HeardContribution[] {
  const newest = new Map(contributions.map((each) => [`${each.from}\u0000${each.kind}`, each] as const));
  return contributions.filter((each) => newest.get(`${each.from}\u0000${each.kind}`) === each);
}

/** The files of the app so far, by path. A path out of the app's folder is left out; of two, the later one counts. */
export function collectFiles(contributions: readonly Pick<Contribution, 'files'>[]): Map<string, OutputFile> {
  const files = new Map<string, OutputFile>();
  for (const { files: given } of contributions) {
    for (const file of given) if (isAppPath(file.name)) files.set(file.name, file);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `server.js`, `public/app.js`; nothing absolute, hidden or upwards. */
export function isAppPath(path: string): boolean {
  return (
    /^(?:[a-z0-9][a-z0-9-]*\/)?[A-Za-z0-9][A-Za-z0-9-]*(?:\.[a-z0-9]+)*$/.test(path) && path.length <= 80
  );
}

export function script(name: string, text: string): OutputFile {
  return textFile(name, 'text/javascript', text);
}

export function readText(file: OutputFile): string {
  return new TextDecoder().decode(file.bytes);
}
