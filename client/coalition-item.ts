/**
 * One seat's budget, and the run of one item under it: what is used is booked before it is used, and a job that
 * would exceed the grant stops with what it has and says so.
 */
import type { MessageId } from '../protocol/brand.ts';
import {
  type Amount,
  addAmounts,
  createLedger,
  fitsCeiling,
  type LedgerEffect,
  type LedgerInput,
  ledgerBucket,
  nothing,
} from '../protocol/budget/index.ts';
import { type Invite, type MemberInput, type NestingPlan, planNesting } from '../protocol/coalition/index.ts';
import { AmpError } from '../protocol/errors.ts';
import type { AgentStore } from './agent-store.ts';
import type { ItemWork } from './coalition-member.ts';
import { reasonOf, type TeamContent } from './machine-shell.ts';

export interface SeatBudget {
  left(): Amount;
  /** Book it on an item; false when it would exceed the grant: nothing is booked, and no more will be. */
  spend(task: MessageId, amount: Amount): boolean;
  /** What an item has cost so far, inner teams among it. */
  spentOn(task: MessageId): Amount;
  /** Move a budget out for a team inside. @throws AmpError AMP-1810, AMP-1811 */
  open(
    task: MessageId,
    outer: Invite,
    wanted: Partial<Amount>,
  ): { readonly plan: NestingPlan & { allowed: true }; readonly settle: (spent: Amount | undefined) => void };
  /** Whether time is part of the grant. */
  readonly isTimed: boolean;
  forget(): void;
}

const spentBucket = 'coalition-spent';

export function openSeatBudget(store: AgentStore, coalition: MessageId, granted: Amount): SeatBudget {
  const key = `seat/${coalition}`;
  const saved = store.load(ledgerBucket, key);
  const ledger = createLedger({ key, granted, ...(saved === undefined ? {} : { saved }) });
  const spent = JSON.parse(store.load(spentBucket, coalition) ?? '{}') as Record<string, Amount>;
  let grantNumber = Object.keys(ledger.view().open).length;

  function account(input: LedgerInput): readonly LedgerEffect[] {
    const effects = ledger.step(input);
    for (const effect of effects)
      if (effect.type === 'persist') store.save(effect.bucket, effect.key, effect.value as string | null);
    return effects;
  }

  function book(task: MessageId, amount: Amount): void {
    spent[task] = addAmounts(spent[task] ?? nothing, amount);
    store.save(spentBucket, coalition, JSON.stringify(spent));
  }

  return {
    left: () => ledger.view().available,
    spend(task, amount) {
      const effects = account({ type: 'spend', amount, atMs: Date.now() });
      if (!effects.some((effect) => effect.type === 'persist') || ledger.view().phase !== 'open')
        return false;
      book(task, amount);
      return true;
    },
    spentOn: (task) => spent[task] ?? nothing,
    open(task, outer, part) {
      const atMs = Date.now();
      const wanted: Amount = { ...nothing, ...part };
      const facts = { outerDepth: outer.depth, outerEndsAt: outer.endsAt, leaseMs: outer.leaseMs };
      const plan = planNesting({ ...facts, available: ledger.view().available, wanted, atMs });
      if (!plan.allowed)
        throw new AmpError(
          plan.reason === 'over-budget' ? 'AMP-1810' : 'AMP-1811',
          `No team inside: ${plan.reason}.`,
          { reason: plan.reason, wanted, left: ledger.view().available },
        );
      const grant = `team/${task}/${++grantNumber}`;
      account({ type: 'open-grant', grant, amount: wanted, atMs });
      return {
        plan,
        // Of a team that ended without a word the whole grant counts as spent.
        settle(used) {
          const reported = used === undefined ? {} : { spent: used };
          for (const effect of account({ type: 'settle-grant', grant, atMs: Date.now(), ...reported }))
            if (effect.type === 'note-settlement') book(task, effect.charged);
        },
      };
    },
    isTimed: granted.timeMs > 0,
    forget() {
      store.save(ledgerBucket, key, null);
      store.save(spentBucket, coalition, null);
    },
  };
}

/** How an item ended, as the member's machine takes it in. */
export type ItemEnd = WithoutPlace<Extract<MemberInput, { type: 'finish-item' | 'fail-item' }>>;
type WithoutPlace<Input> = Input extends unknown ? Omit<Input, 'task' | 'atMs'> : never;

export interface RunningItem {
  /** Never rejects. */
  readonly ended: Promise<ItemEnd>;
  stop(reason: string): void;
}

export const overBudget = 'over-budget';

/** Run one item's work under its seat's budget. Agent time counts by the clock where the grant has time in it. */
export function runItem(
  budget: SeatBudget,
  task: MessageId,
  work: (hand: Pick<ItemWork, 'signal' | 'left' | 'spend' | 'keep'>) => Promise<TeamContent> | TeamContent,
): RunningItem {
  const abort = new AbortController();
  const exhausted = Promise.withResolvers<never>();
  const startedAtMs = Date.now();
  let kept: TeamContent = '';
  let isExhausted = false;

  function exhaust(): AmpError {
    isExhausted = true;
    const error = new AmpError('AMP-1810', 'The work would exceed its budget.', { left: budget.left() });
    exhausted.reject(error);
    abort.abort(error);
    return error;
  }

  const hand = {
    signal: abort.signal,
    left: () => budget.left(),
    spend(part: Partial<Amount>) {
      const amount = { ...nothing, ...part };
      // A ledger that has refused takes no more: the time so far is booked before.
      if (!fitsCeiling(amount, budget.left())) settleTime();
      if (isExhausted || !budget.spend(task, amount)) throw exhaust();
    },
    keep(content: TeamContent) {
      kept = content;
    },
  };
  const timer = budget.isTimed ? setTimeout(exhaust, budget.left().timeMs) : undefined;
  exhausted.promise.catch(() => undefined);

  async function run(): Promise<ItemEnd> {
    try {
      const content = await Promise.race([Promise.resolve().then(() => work(hand)), exhausted.promise]);
      return { type: 'finish-item', content, complete: true, spent: settleTime() };
    } catch (error) {
      const spent = settleTime();
      if (isExhausted)
        return { type: 'finish-item', content: kept, complete: false, reason: overBudget, spent };
      return { type: 'fail-item', reason: reasonOf(error), spent };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Time that a team inside was granted has been booked with it. */
  function settleTime(): Amount {
    if (budget.isTimed) {
      const booked = budget.spentOn(task).timeMs;
      const timeMs = Math.max(0, Math.min(Date.now() - startedAtMs - booked, budget.left().timeMs));
      budget.spend(task, { ...nothing, timeMs });
    }
    return budget.spentOn(task);
  }

  return {
    ended: run(),
    stop: (reason) => abort.abort(new Error(reason)),
  };
}
