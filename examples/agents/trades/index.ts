/**
 * Agents of other trades: each judges what it hears, mostly stays silent, and does a little honest offline work when
 * the talk is of its own trade.
 *
 * @example
 * const answer = unitConverter.work({ intent: '5 miles to km', attachments: [], contributions: [], concerns: [] });
 */
import { loanCalculator, music, recipeScaler, unitConverter } from './numbers.ts';
import { cronExplainer, paletteMaker, regexExplainer } from './patterns.ts';
import { flights, guide, hotels } from './travel.ts';
import { haiku, translator } from './words.ts';

/** The three that make a journey. */
export const travellers = [flights, hotels, guide] as const;
/** Nine trades that have nothing to do with building an app. */
export const otherTrades = [
  translator,
  haiku,
  unitConverter,
  recipeScaler,
  loanCalculator,
  music,
  regexExplainer,
  cronExplainer,
  paletteMaker,
] as const;
export { annuity } from './numbers.ts';
export { contrast, explainCron, explainRegex } from './patterns.ts';
export { distanceKm } from './travel.ts';
export {
  cronExplainer,
  flights,
  guide,
  haiku,
  hotels,
  loanCalculator,
  music,
  paletteMaker,
  recipeScaler,
  regexExplainer,
  translator,
  unitConverter,
};
