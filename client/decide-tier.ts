/**
 * Decide with as much care as the matter deserves. Operational: one majority ballot. Tactical: two thirds, else three
 * rounds of debate, then the weight, then a person. Strategic: five rounds, then a person, with no deadline. The plan is
 * `planTier` of `protocol/decisions/`.
 */
import type { Did } from '../protocol/brand.ts';
import { type DecisionRule, planTier, type Tier, type TierEvent } from '../protocol/decisions/index.ts';
import type { Agent } from './agent.ts';
import type { AgentStore } from './agent-store.ts';
import { type Argument, type DebateEnd, debate, forgetDebate } from './debate.ts';
import { askPerson, type DecideOutcome, type DecideRule, decide, type PersonAnswer } from './decide.ts';

export interface DecideTierInit {
  readonly tier: Tier;
  readonly question: string;
  /** Two to 32. */
  readonly options: readonly string[];
  /** Members who debate and vote. */
  readonly voters: readonly Did[];
  /** Integers from 1 to 1,000. @default 1 for each */
  readonly weights?: Readonly<Record<string, number>>;
  /** For each ballot, ms. @default 10,000 */
  readonly ballotMs?: number;
  /** For each phase of a debate, ms. @default 30,000 */
  readonly phaseMs?: number;
  /**
   * Keeps the steps taken and what was said: asked again under the same `id`, a restarted asker goes on where it was.
   * A ballot or a person's answer that was awaited is asked for anew.
   */
  readonly resume?: { readonly store: AgentStore; readonly id: string };
  readonly onStep?: (step: TierReport) => void;
}

/** What was done on the way. */
export type TierReport =
  | { readonly kind: 'ballot'; readonly outcome: DecideOutcome }
  | { readonly kind: 'debate'; readonly end: DebateEnd }
  | { readonly kind: 'person-asked'; readonly why: string }
  | { readonly kind: 'person-answered'; readonly answer: PersonAnswer };

export interface TierOutcome {
  /** The option, or `undecided`. */
  readonly outcome: string;
  /** Who had the last word. */
  readonly by: 'ballot' | 'debate' | 'person';
  readonly reason?: string;
  readonly steps: readonly TierReport[];
}

export async function decideTier(agent: Agent, space: string, init: DecideTierInit): Promise<TierOutcome> {
  const { resume } = init;
  const saved = resume?.store.load(tierBucket, resume.id);
  const { past, steps }: SavedTier = saved === undefined ? { past: [], steps: [] } : JSON.parse(saved);
  const report = (step: TierReport, event?: TierEvent): void => {
    steps.push(step);
    if (event !== undefined) past.push(event);
    resume?.store.save(tierBucket, resume.id, JSON.stringify({ past, steps } satisfies SavedTier));
    init.onStep?.(step);
  };
  const debateId = `${resume?.id}/debate`;
  for (;;) {
    const next = planTier(init.tier, past);
    switch (next.type) {
      case 'open-ballot': {
        const outcome = await decide(agent, space, {
          ...{ question: init.question, options: init.options, rule: ruleName(next.rule) },
          ...{ deadlineMs: init.ballotMs ?? 10_000, voters: init.voters },
          ...(init.weights === undefined ? {} : { weights: init.weights }),
        });
        const rule = next.rule.method;
        report({ kind: 'ballot', outcome }, { type: 'ballot-closed', rule, outcome: readOutcome(outcome) });
        break;
      }
      case 'open-debate': {
        const end = await debate(agent, space, {
          ...{ question: init.question, options: init.options, roundCount: next.roundCount },
          phaseMs: init.phaseMs ?? 30_000,
          ...(resume === undefined ? {} : { store: resume.store, id: debateId }),
          participants: init.voters.map((did) => ({ did, weight: init.weights?.[did] ?? 1 })),
        });
        report({ kind: 'debate', end }, { type: 'debate-ended', converged: end.converged });
        if (resume !== undefined) forgetDebate(resume.store, debateId);
        break;
      }
      case 'ask-person': {
        report({ kind: 'person-asked', why: next.why });
        const { question, options } = init;
        const answer = await askPerson(agent, { question, options, opinions: gather(next.why, steps) });
        report({ kind: 'person-answered', answer });
        const { verdict, option, reason } = answer;
        const said = reason === undefined ? {} : { reason };
        const isChosen = verdict === 'approve' && option !== undefined;
        return { outcome: isChosen ? option : 'undecided', by: 'person', ...said, steps };
      }
      case 'finish': {
        const by = past.at(-1)?.type === 'debate-ended' ? 'debate' : 'ballot';
        const { outcome } = next;
        if (outcome.type === 'decided') return { outcome: outcome.option, by, steps };
        return { outcome: 'undecided', by, reason: outcome.type, steps };
      }
    }
  }
}

const tierBucket = 'tier';

interface SavedTier {
  readonly past: TierEvent[];
  readonly steps: TierReport[];
}

function ruleName(rule: DecisionRule): DecideRule {
  if (rule.method === 'supermajority') return 'two-thirds';
  return rule.method === 'weighted' ? 'weighted' : 'majority';
}

function readOutcome({
  outcome,
  reason,
}: DecideOutcome): Extract<TierEvent, { type: 'ballot-closed' }>['outcome'] {
  if (outcome !== 'undecided') return { type: 'decided', option: outcome };
  return { type: 'undecided', reason: reason ?? 'undecided' } as ReturnType<typeof readOutcome>;
}

/** What a person needs to see: each option with what was said for and against it, the newest of each author. */
function gather(why: string, steps: readonly TierReport[]): Readonly<Record<string, unknown>> {
  const said = steps.flatMap((step) => (step.kind === 'debate' ? step.end.arguments : []));
  const newest = new Map<string, Argument>();
  for (const one of said) newest.set(`${one.author} ${one.phase}`, one);
  const opinions: Record<string, { author: Did; phase: string; text: string }[]> = {};
  for (const { option, author, phase, text } of newest.values()) {
    opinions[option] ??= [];
    opinions[option].push({ author, phase, text: text.slice(0, opinionLengthMax) });
  }
  const ballots = steps.flatMap((step) => (step.kind === 'ballot' ? [step.outcome.certificate] : []));
  return { why, opinions, ...(ballots.length === 0 ? {} : { ballots }) };
}

/** So that thirty opinions fit into one message. */
const opinionLengthMax = 2_000;
