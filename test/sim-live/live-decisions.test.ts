/** Decisions of four whole nodes in two processes: what must hold of every live run, on however busy a machine. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, expect, test } from 'vitest';
import { compareDecisions, runVirtualDecisions } from '../../sim/calibrate/index.ts';
import {
  countDecisions,
  type DecisionPlan,
  type LiveDecisions,
  runLiveDecisions,
  type Situation,
  situations,
} from '../../sim/live/index.ts';

const linkMs = 40;
const plan: DecisionPlan = {
  seed: 3,
  link: { latency: { kind: 'constant', ms: linkMs } },
  memberCount: 4,
  decisionCount: 1,
  pauseMs: 50,
};

let run: LiveDecisions;
let foldersBefore: readonly string[];

beforeAll(async () => {
  foldersBefore = listFolders();
  run = await runLiveDecisions(plan);
}, 120_000);

function heardIn(situation: Situation) {
  return run.heard.filter((one) => one.situation === situation);
}

test('every running member hears of every decision once', () => {
  for (const situation of situations) {
    const heard = heardIn(situation).map(({ decision, member }) => `${decision} ${member}`);
    const running = situation === 'one crashed' ? 3 : 4;
    expect(new Set(heard).size).toBe(countDecisions(plan, situation) * running);
    expect(heard.length).toBe(countDecisions(plan, situation) * running);
  }
});

test('no decision is quicker than question, ballot and three steps of agreement on the links of the scenario', () => {
  // The proposer's own steps take no time: from the question to the first quorum of precommits three links.
  const tooQuick = run.heard.filter(({ tookMs }) => tookMs < 3 * linkMs - 5);
  expect(tooQuick).toEqual([]);
});

test('a silent first proposer costs a round, and a crashed one too', () => {
  for (const { rounds } of heardIn('first proposer silent')) expect(rounds).toBeGreaterThanOrEqual(2);
  for (const { rounds, isProposerDown } of heardIn('one crashed'))
    expect(rounds).toBeGreaterThanOrEqual(isProposerDown ? 2 : 1);
  for (const { rounds } of run.heard) expect(rounds).toBeLessThan(10);
});

test('the model says much the same', () => {
  const { rows, meanLinkMs } = compareDecisions(plan, run, runVirtualDecisions(plan, 2));
  expect(meanLinkMs).toBe(linkMs);
  expect(rows.length).toBeGreaterThanOrEqual(3);
  for (const { medianRatio } of rows) {
    expect(medianRatio).toBeGreaterThan(0.1);
    expect(medianRatio).toBeLessThan(2);
  }
});

test('the files of the nodes are gone', () => {
  expect(listFolders()).toEqual(foldersBefore);
});

test('what cannot be agreed on or laid on real connections is refused before any node starts', async () => {
  const ask = (change: Partial<DecisionPlan>) => runLiveDecisions({ ...plan, ...change });
  await expect(ask({ memberCount: 3 })).rejects.toThrow(/AMP-1903.*roster of 3/);
  await expect(ask({ link: { ...plan.link, lossShare: 0.1 } })).rejects.toThrow(/AMP-1903.*lossShare/);
});

function listFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('ampmesh-live-'));
}
