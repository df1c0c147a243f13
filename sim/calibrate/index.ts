/**
 * Calibration: one plan on virtual time and on real nodes, and how far the two lie apart.
 *
 * Why: a simulator deserves belief as far as it has been held against the thing itself.
 *
 * @example
 * const calibration = await runCalibration(planGossip(scenario, 1), { workerCount: 2 });
 * for (const line of formatCalibration(calibration)) console.log(line);
 */
export {
  type Calibration,
  type CalibrationGoal,
  type CalibrationInit,
  runCalibration,
} from './calibration.ts';
export {
  calibrateDecisions,
  compareDecisions,
  type DecisionComparison,
  type DecisionRow,
  type DecisionSide,
} from './compare-decisions.ts';
export { compareWithLive } from './compare-live.ts';
export { formatCalibration } from './format.ts';
export { fitProcessorMs } from './processor-fit.ts';
export { runVirtualDecisions } from './virtual-decisions.ts';
export { runVirtualGossip, type VirtualGossip } from './virtual-gossip.ts';
