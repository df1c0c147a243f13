/**
 * A job as its space shows it: goal, requirements, contributions, reviews, concerns, announced intentions, and who
 * has most context. A pure function of the entries, so every member computes the same view and nobody assigns work.
 */
import type { Did } from '../brand.ts';
import { compareText } from '../bytes.ts';
import type { Envelope, EnvelopeOf, FileReference, Requirement } from '../messages.ts';
import {
  type Blocked,
  type Closing,
  type Confirmation,
  type Intention,
  listBlocked,
  listClosings,
  listConfirmations,
  listIntentions,
  readTeamFacts,
  type TeamFacts,
} from './job-notes.ts';

export type { Intention } from './job-notes.ts';

type ContributionEnvelope = EnvelopeOf<'proposal'> | EnvelopeOf<'build_on'> | EnvelopeOf<'revise'>;

export interface Contribution {
  readonly id: string;
  readonly author: Did;
  readonly authorName: string | undefined;
  readonly type: ContributionEnvelope['type'];
  readonly at: number;
  readonly content: string | Readonly<Record<string, unknown>>;
  readonly meets: readonly string[];
  readonly references: readonly string[];
  readonly confidence: number | undefined;
  readonly attachments: readonly FileReference[];
  /** The contribution that took its place. */
  readonly supersededBy: string | undefined;
  /** Accepting reviews by others, and whether the last word of any reviewer asks for a change. */
  readonly acceptedBy: readonly Did[];
  readonly changeWantedBy: readonly Did[];
}

export interface Concern {
  readonly id: string;
  readonly author: Did;
  readonly at: number;
  readonly content: string | Readonly<Record<string, unknown>>;
  readonly severity: 'note' | 'should' | 'must';
  /** What it is about. */
  readonly about: readonly string[];
  readonly isOpen: boolean;
  /** The revision, or the answer, that closed it. */
  readonly closedBy: string | undefined;
}

export type RequirementState = 'open' | 'contributed' | 'met';

export interface RequirementStatus extends Requirement {
  readonly state: RequirementState;
  /** Contributions that meet it and stand, oldest first. */
  readonly contributions: readonly string[];
}

export interface Question {
  readonly id: string;
  readonly author: Did;
  /** Requirements and concerns that it asks about, when it says so. */
  readonly about: readonly string[];
  readonly isAnswered: boolean;
}

export interface JobView extends TeamFacts {
  readonly goal: string;
  readonly goalId: string | undefined;
  readonly asker: Did | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly files: readonly FileReference[];
  readonly requirements: readonly RequirementStatus[];
  readonly contributions: readonly Contribution[];
  readonly concerns: readonly Concern[];
  readonly questions: readonly Question[];
  readonly intentions: readonly Intention[];
  readonly blocked: readonly Blocked[];
  readonly closings: readonly Closing[];
  readonly confirmations: readonly Confirmation[];
  /** The last entry's time; 0 for an empty space. Intentions do not count: announcing is not progress. */
  readonly lastEntryAt: number;
  readonly entryCount: number;
  readonly isDissolved: boolean;
}

/** Compute the view from all entries of a space, in any order. */
export function viewJob(entries: readonly Envelope[]): JobView {
  const ordered = [...new Map(entries.map((entry) => [`${entry.id} ${entry.from}`, entry])).values()].sort(
    compareEntries,
  );
  const goals = ordered.filter((entry): entry is EnvelopeOf<'broadcast'> => entry.type === 'broadcast');
  const asker = goals[0]?.from as Did | undefined;
  // Only whoever opened the job may restate its goal.
  const own = goals.filter((entry) => entry.from === asker);
  const latest = own.at(-1);
  const contributions = listContributions(ordered);
  const live = contributions.filter((one) => one.supersededBy === undefined);
  return {
    goal: latest?.query ?? '',
    goalId: goals[0]?.id,
    asker,
    context: latest?.context ?? {},
    files: own.flatMap((entry) => entry.attachments ?? []),
    requirements: mergeRequirements(own).map((requirement) => judgeRequirement(requirement, live)),
    contributions,
    concerns: listConcerns(ordered),
    questions: listQuestions(ordered),
    intentions: listIntentions(ordered),
    blocked: listBlocked(ordered),
    closings: listClosings(ordered),
    confirmations: listConfirmations(ordered),
    ...readTeamFacts(own),
    lastEntryAt: ordered.reduce(
      (last, entry) => (entry.type === 'progress' ? last : Math.max(last, entry.at)),
      0,
    ),
    entryCount: ordered.length,
    isDissolved: ordered.some((entry) => entry.type === 'dissolve'),
  };
}

/** The order of entries that every member shares: time written, author, id. */
export function compareEntries(a: Envelope, b: Envelope): number {
  return a.at - b.at || compareText(a.from, b.from) || compareText(a.id, b.id);
}

function mergeRequirements(goals: readonly EnvelopeOf<'broadcast'>[]): readonly Requirement[] {
  const merged = new Map<string, Requirement>();
  for (const goal of goals)
    for (const requirement of goal.requirements ?? []) merged.set(requirement.id, requirement);
  return [...merged.values()];
}

function listContributions(ordered: readonly Envelope[]): readonly Contribution[] {
  const made = ordered.filter(isContribution);
  const authors = new Map(made.map((entry) => [entry.id, entry.from]));
  const supersededBy = new Map<string, string>();
  for (const entry of made) {
    // An author revises its own; a revision that answers a concern may take the place of another's.
    const isAllowed =
      entry.type === 'revise' &&
      (authors.get(entry.supersedes) === entry.from || entry.concern !== undefined);
    if (isAllowed && authors.has(entry.supersedes) && entry.supersedes !== entry.id)
      supersededBy.set(entry.supersedes, entry.id);
  }
  const verdicts = new Map<string, Map<Did, 'accept' | 'change'>>();
  for (const entry of ordered) {
    if (entry.type !== 'review' || authors.get(entry.of) === entry.from) continue;
    const known = verdicts.get(entry.of) ?? new Map<Did, 'accept' | 'change'>();
    verdicts.set(entry.of, known.set(entry.from as Did, entry.verdict));
  }
  return made.map((entry) => {
    const said = [...(verdicts.get(entry.id) ?? [])];
    return {
      id: entry.id,
      author: entry.from as Did,
      authorName: entry.name,
      type: entry.type,
      at: entry.at,
      content: entry.content,
      meets: entry.meets ?? [],
      references: [
        ...new Set([...(entry.references ?? []), ...(entry.parent === undefined ? [] : [entry.parent])]),
      ],
      confidence: entry.confidence,
      attachments: entry.attachments ?? [],
      supersededBy: supersededBy.get(entry.id),
      acceptedBy: said.filter(([, verdict]) => verdict === 'accept').map(([agent]) => agent),
      changeWantedBy: said.filter(([, verdict]) => verdict === 'change').map(([agent]) => agent),
    };
  });
}

function isContribution(entry: Envelope): entry is ContributionEnvelope {
  return entry.type === 'proposal' || entry.type === 'build_on' || entry.type === 'revise';
}

function judgeRequirement(requirement: Requirement, live: readonly Contribution[]): RequirementStatus {
  const meeting = live.filter((one) => one.meets.includes(requirement.id));
  const isMet = meeting.some((one) => one.acceptedBy.length > 0 && one.changeWantedBy.length === 0);
  const state = isMet ? 'met' : meeting.length > 0 ? 'contributed' : 'open';
  return { ...requirement, state, contributions: meeting.map((one) => one.id) };
}

function listConcerns(ordered: readonly Envelope[]): readonly Concern[] {
  const closedBy = new Map<string, string>();
  for (const entry of ordered) {
    if (entry.type === 'revise' && entry.concern !== undefined) closedBy.set(entry.concern, entry.id);
    if (entry.type === 'answer' && entry.parent !== undefined) closedBy.set(entry.parent, entry.id);
    if (entry.type === 'review' && entry.verdict === 'accept') closedBy.set(entry.of, entry.id);
  }
  // The author of a concern can open it again: a review of its own concern that asks for a change.
  for (const entry of ordered) {
    if (entry.type === 'review' && entry.verdict === 'change') closedBy.delete(entry.of);
  }
  return ordered
    .filter((entry) => entry.type === 'concern')
    .map((entry) => ({
      id: entry.id,
      author: entry.from as Did,
      at: entry.at,
      content: entry.content,
      severity: entry.severity ?? 'should',
      about: [...(entry.references ?? []), ...(entry.parent === undefined ? [] : [entry.parent])],
      isOpen: !closedBy.has(entry.id),
      closedBy: closedBy.get(entry.id),
    }));
}

function listQuestions(ordered: readonly Envelope[]): JobView['questions'] {
  const answered = new Set(ordered.filter((entry) => entry.type === 'answer').map((entry) => entry.parent));
  return ordered
    .filter((entry) => entry.type === 'question')
    .map((entry) => ({
      id: entry.id,
      author: entry.from as Did,
      about: aboutOf(entry.content),
      isAnswered: answered.has(entry.id),
    }));
}

function aboutOf(content: EnvelopeOf<'question'>['content']): readonly string[] {
  const about = typeof content === 'string' ? undefined : content.about;
  return Array.isArray(about) ? about.filter((one): one is string => typeof one === 'string') : [];
}
