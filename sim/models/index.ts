/**
 * Scenario models of single mechanisms, which need no full peers: quick enough for wide sweeps.
 *
 * @example
 * votesModel.run({ voters: 101, options: 2, competence: 0.6, correlation: 0, elections: 1000, rule: 'majority' }, 1)
 */
export { allocationModel } from './allocation-model.ts';
export { debateModel } from './debate-model.ts';
export { discoveryModel } from './discovery-model.ts';
export { driftModel } from './drift-model.ts';
export { enterpriseModel } from './enterprise-model.ts';
export { errorsModel } from './errors-model.ts';
export { hypothesisModel } from './hypothesis-model.ts';
export { jobModel } from './job-model.ts';
export { knowledgeModel } from './knowledge-model.ts';
export { negotiationModel } from './negotiation-model.ts';
export { searchModel } from './search-model.ts';
export { teamModel } from './team-model.ts';
export { tracesModel } from './traces-model.ts';
export { trustModel } from './trust-model.ts';
export { votesModel } from './votes-model.ts';
