/**
 * One holder's budget: what it was granted, what it spent, what it passed on. Grants form a tree (an asker's, a
 * coalition's, a sub-coalition's), one ledger per holder.
 *
 * Conservation, after every step and kind by kind:
 * `granted = available + spent + the open grants`, where `spent` holds own spending and what settled grants cost.
 * A grant is settled once; what it spent beyond its amount is the grantee's loss, not the holder's.
 */
import { type Ignored, ignore, type Machine, type Persist } from '../machine.ts';
import {
  type Amount,
  addAmounts,
  capAmount,
  fitsCeiling,
  nothing,
  subtractAmounts,
  sumAmounts,
} from './amount.ts';

/** Judgement: more open grants than this is no team any more. */
export const openGrantsMax = 1_024;

export type LedgerInput =
  /** Pass an amount on, before the award or invitation that depends on it leaves. */
  | { readonly type: 'open-grant'; readonly atMs: number; readonly grant: string; readonly amount: Amount }
  /** The grantee reported; the rest comes back. Absent `spent` (it went silent) counts as all of it. */
  | { readonly type: 'settle-grant'; readonly atMs: number; readonly grant: string; readonly spent?: Amount }
  /** The holder's own use. */
  | { readonly type: 'spend'; readonly atMs: number; readonly amount: Amount }
  /** The work is over: report, and take no more. */
  | { readonly type: 'close-ledger'; readonly atMs: number };

export type LedgerEffect =
  | Persist
  | Ignored
  | { readonly type: 'confirm-grant'; readonly grant: string; readonly amount: Amount }
  /** It would exceed the budget: nothing was moved. */
  | { readonly type: 'refuse-grant'; readonly grant: string; readonly available: Amount }
  | {
      readonly type: 'note-settlement';
      readonly grant: string;
      readonly charged: Amount;
      readonly returned: Amount;
      /** What the grantee spent beyond its grant; zero when it kept to it. */
      readonly overspent: Amount;
    }
  /** The next use would exceed the budget: stop with what there is, and say so. */
  | {
      readonly type: 'stop-job';
      readonly reason: 'over-budget';
      readonly spent: Amount;
      readonly available: Amount;
    }
  | { readonly type: 'report-spending'; readonly spent: Amount; readonly returned: Amount };

export interface LedgerView {
  readonly granted: Amount;
  readonly available: Amount;
  readonly spent: Amount;
  readonly open: Readonly<Record<string, Amount>>;
  readonly phase: 'open' | 'stopped' | 'closed';
}

export interface Ledger extends Machine<LedgerInput, LedgerEffect> {
  view(): LedgerView;
}

export interface LedgerInit {
  /** Names the ledger in the store. */
  readonly key: string;
  readonly granted: Amount;
  readonly saved?: string;
}

interface LedgerState {
  granted: Amount;
  spent: Amount;
  open: Record<string, Amount>;
  phase: LedgerView['phase'];
}

export function createLedger(init: LedgerInit): Ledger {
  const state: LedgerState = init.saved
    ? (JSON.parse(init.saved) as LedgerState)
    : { granted: init.granted, spent: nothing, open: Object.create(null), phase: 'open' };
  // A parsed object has a prototype; grant names come from peers.
  state.open = Object.assign(Object.create(null), state.open);
  return { step, view: () => ({ ...state, open: { ...state.open }, available: available() }) };

  function step(input: LedgerInput): readonly LedgerEffect[] {
    switch (input.type) {
      case 'open-grant':
        return openGrant(input.grant, input.amount);
      case 'settle-grant':
        return settleGrant(input.grant, input.spent);
      case 'spend':
        return spend(input.amount);
      case 'close-ledger':
        return close();
    }
  }

  function openGrant(grant: string, amount: Amount): readonly LedgerEffect[] {
    if (state.open[grant]) return ignore('duplicate');
    const isFull = Object.keys(state.open).length >= openGrantsMax;
    if (state.phase !== 'open' || isFull || !fitsCeiling(amount, available()))
      return [{ type: 'refuse-grant', grant, available: available() }];
    state.open[grant] = amount;
    return [persist(), { type: 'confirm-grant', grant, amount }];
  }

  function settleGrant(grant: string, reported: Amount | undefined): readonly LedgerEffect[] {
    const amount = state.open[grant];
    if (!amount) return ignore('no-such-grant');
    const spent = reported ?? amount;
    const charged = capAmount(spent, amount);
    delete state.open[grant];
    state.spent = addAmounts(state.spent, charged);
    const returned = subtractAmounts(amount, charged);
    const overspent = subtractAmounts(spent, amount);
    return [persist(), { type: 'note-settlement', grant, charged, returned, overspent }];
  }

  function spend(amount: Amount): readonly LedgerEffect[] {
    if (state.phase === 'closed') return ignore('closed');
    if (state.phase === 'stopped' || !fitsCeiling(amount, available())) return stop();
    state.spent = addAmounts(state.spent, amount);
    return [persist()];
  }

  function stop(): readonly LedgerEffect[] {
    if (state.phase === 'stopped') return ignore('stopped');
    state.phase = 'stopped';
    return [
      persist(),
      { type: 'stop-job', reason: 'over-budget', spent: state.spent, available: available() },
    ];
  }

  /** Open grants count as spent: their holders may still be using them. */
  function close(): readonly LedgerEffect[] {
    if (state.phase === 'closed') return ignore('closed');
    for (const amount of Object.values(state.open)) state.spent = addAmounts(state.spent, amount);
    state.open = Object.create(null);
    state.phase = 'closed';
    return [persist(), { type: 'report-spending', spent: state.spent, returned: available() }];
  }

  function available(): Amount {
    return subtractAmounts(state.granted, addAmounts(state.spent, sumAmounts(Object.values(state.open))));
  }

  function persist(): Persist {
    return { type: 'persist', bucket: ledgerBucket, key: init.key, value: JSON.stringify(state) };
  }
}

export const ledgerBucket = 'ledger';
