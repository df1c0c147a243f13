/**
 * What the group learns from its own work: roles from behaviour, a playbook of teams that worked, drift of agents
 * against their own first outputs, and a watcher of the whole.
 *
 * @example
 * const book = createPlaybook();
 * book.step({ type: 'play-received', atMs, play }); // persist
 * book.expect('diagnose', agent, claimedQuality, nowMs); // { mean, deviation, evidence }
 */
export { curiosity, rankWorkers, type WorkerOption } from './choose-worker.ts';
export {
  type Behaviour,
  deedsMin,
  detectRoles,
  type Role,
  type RoleFinding,
  roleBonus,
  roleShareMin,
  specialistShareMin,
} from './detect-roles.ts';
export {
  decodePlay,
  type Play,
  type PlayContext,
  type PlayDraft,
  playAgeMaxMs,
  type SealedPlay,
  sealPlay,
} from './play-record.ts';
export {
  askerWeightMax,
  claimStrength,
  createPlaybook,
  type Expectation,
  type Playbook,
  type PlaybookEffect,
  type PlaybookInit,
  type PlaybookInput,
  playbookBucket,
  playHalfLifeMs,
} from './playbook.ts';
export {
  baselineCount,
  createDriftWatch,
  type DriftEffect,
  type DriftInput,
  type DriftWatch,
  reanchorSum,
  restSum,
} from './watch-drift.ts';
export {
  type ConcernKind,
  concentrationMax,
  createGroupWatch,
  type Deed,
  type GroupMeasures,
  looksBeforeDecision,
  measureGroup,
  type WatcherEffect,
  type WatcherInput,
} from './watch-group.ts';
