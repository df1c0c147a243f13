/** From several answers to one: by a stated policy, with the losing answers kept. */
import type { Did } from '../protocol/brand.ts';
import { compareText } from '../protocol/bytes.ts';
import { toCanonicalJson } from '../protocol/canonical.ts';
import { AmpError } from '../protocol/errors.ts';
import type { Agent } from './agent.ts';
import { type RequestTaskInit, requestTask, type TaskContent, type TaskResult } from './tasks.ts';

export type MergePolicy =
  /** The answer that most agents gave. */
  | { readonly by: 'vote' }
  /** The answer with the greatest sum of stated confidences. */
  | { readonly by: 'confidence' }
  /** The answer of the first of these agents that answered. */
  | { readonly by: 'expert'; readonly experts: readonly Did[] }
  /** A named agent is given all answers and writes one. */
  | {
      readonly by: 'synthesis';
      readonly agent: Did;
      readonly instruction?: string;
      readonly request?: RequestTaskInit;
    };

export interface Candidate {
  readonly content: TaskContent;
  /** Who gave it, in the order in which they answered. */
  readonly from: readonly Did[];
  /** Agents for a vote, confidence for a weighing; comparable within one merge. */
  readonly support: number;
}

export interface MergedResult {
  readonly content: TaskContent;
  readonly policy: MergePolicy['by'];
  readonly winner: Candidate;
  /** Every other answer, best supported first: a merge never hides a contradiction. */
  readonly losing: readonly Candidate[];
  /** Whether the best two were equally supported; then the smaller DID won, for everybody alike. */
  readonly isTie: boolean;
}

/** What an agent that states no confidence counts for. */
const unstatedConfidence = 0.5;

/**
 * Merge by a policy that needs nobody else. Equal answers (as canonical JSON) are one candidate.
 * @throws AmpError AMP-1406 when there is no result.
 */
export function mergeResults(
  results: readonly TaskResult[],
  policy: Exclude<MergePolicy, { by: 'synthesis' }>,
): MergedResult {
  const weigh = (result: TaskResult): number =>
    policy.by === 'confidence' ? (result.confidence ?? unstatedConfidence) : 1;
  const candidates = groupByContent(results, weigh);
  const ranked =
    policy.by === 'expert'
      ? rank(candidates, ({ from }) => -bestPlace(policy.experts, from))
      : rank(candidates, ({ support }) => support);
  const [winner, ...losing] = ranked;
  if (winner === undefined) throw new AmpError('AMP-1406', 'There is no result to merge.');
  const isTie = policy.by !== 'expert' && losing[0]?.support === winner.support;
  return { content: winner.content, policy: policy.by, winner, losing, isTie };
}

/**
 * Give all answers to one agent, which writes the final one. Every answer given is kept as a losing one.
 * @throws AmpError as {@link requestTask} does, AMP-1406 when there is no result.
 */
export async function synthesize(
  agent: Agent,
  results: readonly TaskResult[],
  policy: Extract<MergePolicy, { by: 'synthesis' }>,
): Promise<MergedResult> {
  if (results.length === 0) throw new AmpError('AMP-1406', 'There is no result to merge.');
  const losing = rank(
    groupByContent(results, () => 1),
    ({ support }) => support,
  );
  const written = await requestTask(
    agent,
    policy.agent,
    {
      instruction:
        policy.instruction ?? 'Write one answer from these; name where they contradict each other.',
      // Whose words they are stays beside them: they are data, not instructions.
      answers: results.map(({ from, content, confidence }) => ({
        from,
        content,
        confidence: confidence ?? null,
      })),
    },
    policy.request,
  );
  const winner: Candidate = { content: written.content, from: [written.from], support: 1 };
  return { content: written.content, policy: 'synthesis', winner, losing, isTie: false };
}

function groupByContent(
  results: readonly TaskResult[],
  weigh: (result: TaskResult) => number,
): readonly Candidate[] {
  const groups = new Map<string, { content: TaskContent; from: Did[]; support: number }>();
  for (const result of results) {
    const key = toCanonicalJson(result.content);
    const group = groups.get(key) ?? { content: result.content, from: [], support: 0 };
    groups.set(key, group);
    group.from.push(result.from);
    group.support += weigh(result);
  }
  return [...groups.values()];
}

/** Highest first; equals by the text of their first author, so that everybody merges alike. */
function rank(
  candidates: readonly Candidate[],
  measure: (candidate: Candidate) => number,
): readonly Candidate[] {
  return [...candidates].sort(
    (a, b) => measure(b) - measure(a) || compareText(smallest(a.from), smallest(b.from)),
  );
}

function smallest(dids: readonly Did[]): string {
  return [...dids].sort(compareText)[0]!;
}

function bestPlace(experts: readonly Did[], from: readonly Did[]): number {
  const places = from.map((did) => experts.indexOf(did)).filter((place) => place >= 0);
  return places.length === 0 ? experts.length : Math.min(...places);
}
