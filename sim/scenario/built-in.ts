/** The models and scenarios that come with the simulator. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agreementModel } from '../agreement/agreement-model.ts';
import {
  allocationModel,
  debateModel,
  discoveryModel,
  driftModel,
  enterpriseModel,
  errorsModel,
  hypothesisModel,
  jobModel,
  knowledgeModel,
  negotiationModel,
  searchModel,
  teamModel,
  tracesModel,
  trustModel,
  votesModel,
} from '../models/index.ts';
import { peersModel } from '../peers/peers-model.ts';
import { gossipModel } from './gossip-model.ts';
import { kademliaModel } from './kademlia-model.ts';
import type { ScenarioModel } from './model.ts';
import { loadScenario, type ScenarioFile } from './scenario-file.ts';

/** Models of bare peers, of agreement alone, of full peers, and of single mechanisms. */
export const builtInModels: readonly ScenarioModel[] = [
  gossipModel,
  kademliaModel,
  agreementModel,
  peersModel,
  votesModel,
  tracesModel,
  trustModel,
  allocationModel,
  teamModel,
  knowledgeModel,
  hypothesisModel,
  searchModel,
  debateModel,
  negotiationModel,
  enterpriseModel,
  errorsModel,
  driftModel,
  jobModel,
  discoveryModel,
];

export const scenarioFolder = fileURLToPath(new URL('../scenarios/', import.meta.url));

const readFile = (path: string) => readFileSync(path, 'utf8');

/** Load a file by path, or a built-in scenario by name. @throws AmpError AMP-1902, AMP-1903 */
export function openScenario(
  pathOrName: string,
  models: readonly ScenarioModel[] = builtInModels,
): ScenarioFile {
  const path = /^[a-z0-9-]+$/.test(pathOrName) ? join(scenarioFolder, `${pathOrName}.yaml`) : pathOrName;
  return loadScenario(path, { models, readFile });
}

/** All built-in scenarios, by name. */
export function listScenarios(models: readonly ScenarioModel[] = builtInModels): readonly ScenarioFile[] {
  return readdirSync(scenarioFolder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => openScenario(join(scenarioFolder, name), models));
}
