/**
 * Budgets as grants: a ceiling is stated, an award moves an amount out of the granter's ledger, a result reports
 * what was spent and returns the rest. Tokens, money and agent time, all in whole units, nothing lost or made.
 *
 * @example
 * const ledger = createLedger({ key: task, granted });
 * ledger.step({ type: 'open-grant', atMs, grant: 'ann', amount }); // persist, confirm-grant
 */
export {
  type Amount,
  type AmountKind,
  addAmounts,
  amountKinds,
  amountMax,
  amountSchema,
  type Ceiling,
  capAmount,
  ceilingSchema,
  fitsCeiling,
  nothing,
  subtractAmounts,
  sumAmounts,
} from './amount.ts';
export {
  createLedger,
  type Ledger,
  type LedgerEffect,
  type LedgerInit,
  type LedgerInput,
  type LedgerView,
  ledgerBucket,
  openGrantsMax,
} from './ledger.ts';
export { splitAmount } from './split-amount.ts';
