/** A small trade: what it announces, when it speaks up, and what it answers from the words it was asked in. */
import { judgeTrade } from '../work/judge.ts';
import { finish, type HeardContribution, type WorkModule } from '../work/work.ts';

export interface TradeTold {
  readonly name: string;
  readonly kind: string;
  readonly capability: string;
  readonly tags: readonly string[];
  readonly phrases: readonly string[];
  readonly offer: string;
  readonly buildsOn?: readonly string[];
  readonly heeds?: readonly string[];
  /** Kinds that it can judge, and what it doubts about one, given the intent. */
  readonly reviews?: readonly string[];
  readonly doubt?: (heard: HeardContribution, intent: string) => string | null;
  /** The input itself (a cron line, "5 miles to km") says that this trade is meant, whatever the words around it. */
  readonly inputIsEnough?: boolean;
  readonly answer: (intent: string, heard: readonly HeardContribution[]) => TradeAnswer;
}

export interface TradeAnswer {
  readonly title: string;
  readonly markdown: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Confidence of an agent that recognises its input and not the words around it (judgement). */
const inputConfidence = 0.5;

/** Make a module out of a trade. */
export function createTrade(told: TradeTold): WorkModule {
  const trade = { phrases: told.phrases, offer: told.offer, fits: null };
  const { doubt } = told;
  return {
    name: told.name,
    kind: told.kind,
    capability: told.capability,
    tags: told.tags,
    buildsOn: told.buildsOn ?? [],
    heeds: told.heeds ?? [],
    reviews: told.reviews ?? [],
    answersAll: true,
    ...(doubt === undefined
      ? {}
      : {
          review: (contribution, { intent }) => {
            const text = doubt(contribution, intent);
            return text === null ? null : { about: contribution.id, from: told.name, text, data: {} };
          },
        }),
    judge: (intent, attachments, similarity) => {
      // What it could not answer it does not offer.
      if (told.answer(intent, []).data?.answered === false) return null;
      const judged = judgeTrade(trade, { intent, attachments, similarity });
      return (
        judged ?? (told.inputIsEnough === true ? { confidence: inputConfidence, offer: told.offer } : null)
      );
    },
    work: ({ intent, contributions }) => {
      const made = told.answer(intent, contributions);
      return finish({
        kind: told.kind,
        title: made.title,
        markdown: `${made.markdown}\n`,
        data: { findings: [], ...made.data },
        files: [],
      });
    },
  };
}

/** The answer of an expert that finds nothing in the words it can work on. */
export function cannot(title: string, needs: string): TradeAnswer {
  return { title, markdown: `Nothing to work on: ${needs}`, data: { answered: false } };
}
