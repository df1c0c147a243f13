/**
 * Contract nets under crash, duplication, delay, loss and forgery.
 * The long run: AMPMESH_SEEDS=100000 npx vitest run test/teams/contract-net-seeds.test.ts
 * One seed again: AMPMESH_FIRST_SEED=<seed> AMPMESH_SEEDS=1 (same command).
 */
import { describe, expect, it } from 'vitest';
import { createInitiator, createParticipant } from '../../protocol/contract-net/index.ts';
import { type ContractMachines, runContractWorld, type WorldReport } from './contract-net-world.ts';
import { importPatched } from './patched.ts';

const seedCount = Number(process.env.AMPMESH_SEEDS ?? 20_000);
const firstSeed = Number(process.env.AMPMESH_FIRST_SEED ?? 1);
const machines: ContractMachines = { createInitiator, createParticipant };

describe('contract nets on a bad network', () => {
  it('no award is accepted twice, none goes to a non-bidder, every task ends', {
    timeout: 60_000 + seedCount * 20,
  }, () => {
    const seen = new Map<string, number>();
    const bad: WorldReport[] = [];
    for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
      const report = runContractWorld(seed, machines);
      if (report.violations.length > 0) bad.push(report);
      for (const name of report.seen) seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    if (process.env.AMPMESH_SEEDS) console.log(seedCount, 'seeds', Object.fromEntries([...seen].sort()));
    expect(bad.slice(0, 5).map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    if (seedCount >= 1_000) for (const name of mustHappen) expect(seen.has(name), name).toBe(true);
  });

  it('the same seed gives the same run', () => {
    for (let seed = 50; seed <= 500; seed += 50)
      expect(runContractWorld(seed, machines).digest).toBe(runContractWorld(seed, machines).digest);
  });
});

/** The generator is only worth its seeds if these all come up. */
const mustHappen = [
  ...['ended-result', 'ended-failure', 'ended-void', 'asker-crashed', 'bidder-crashed', 'work-resumed'],
  ...['stopped-superseded', 'stopped-over-budget', 'stopped-expired', 'attacked'],
  ...['ignored-late-bid', 'ignored-duplicate', 'ignored-stale-fencing', 'ignored-not-the-winner'],
  ...['ignored-foreign-asker', 'ignored-never-bid', 'ignored-call-full', 'ignored-late-opening'],
  ...['fault-went-silent', 'fault-failed', 'fault-over-spent', 'fault-never-opened'],
];

const initiatorPath = 'protocol/contract-net/initiator.ts';
const participantPath = 'protocol/contract-net/participant.ts';

/** Each planted bug: the file, the rule as it is written, the broken form, what the checker must say. */
const plantedBugs: readonly [name: string, path: string, find: string, replace: string, caught: RegExp][] = [
  [
    'a result of anybody is taken',
    initiatorPath,
    "if (input.from !== state.award.winner) return ignore('not-the-winner');",
    '',
    /another than the winner|not the winner’s own|settled/,
  ],
  [
    'a result under a lower fencing number is taken',
    initiatorPath,
    "if (input.body.fencing < state.fencing) return ignore('stale-fencing');",
    'if (input.body.fencing < state.fencing) return undefined;',
    /not the winner’s own|another than the winner/,
  ],
  [
    'an award keeps the old fencing number',
    initiatorPath,
    'state.fencing += 1;',
    'state.fencing = Math.max(1, state.fencing);',
    /two winners|granted twice/,
  ],
  [
    'the budget is not checked',
    'protocol/contract-net/initiator.ts',
    'rankBids(cfp, candidates)[0]',
    'candidates[0]',
    /over-budget bid won|without the skill|below the least/,
  ],
  [
    'the award is sent before it is durable',
    initiatorPath,
    "    return [\n      persist(),\n      ...before,\n      { type: 'grant'",
    "    return [\n      { type: 'send-award', to: bidders(), body: state.award },\n      persist(),\n      ...before,\n      { type: 'grant'",
    /before the state it depends on/,
  ],
  [
    'a silent winner is kept for ever',
    initiatorPath,
    "if (state.phase === 'ended' || state.phase === 'new') return ignore('ended');",
    "if (state.phase !== 'calling' && state.phase !== 'opening') return ignore('ended');",
    /never ended/,
  ],
  [
    'the bidder takes an award from anyone',
    participantPath,
    "if (input.from !== initiator) return ignore('foreign-asker');",
    '',
    /never won/,
  ],
  [
    'a worker that lost its award goes on',
    participantPath,
    "      ? [persist(), cancelTimer('heartbeat'), stopWork(ours!.fencing, 'superseded')]",
    "      ? [persist(), cancelTimer('heartbeat')]",
    /still works/,
  ],
  [
    'a second bid of one bidder is listed too',
    initiatorPath,
    "if (earlier) return ignore(earlier.hash === hash ? 'duplicate' : 'already-bid');",
    '',
    /listed twice/,
  ],
  [
    'an overspent result is paid in full',
    initiatorPath,
    'const charged = capAmount(result.spent, state.award!.grant);',
    'const charged = result.spent;',
    /charge is above/,
  ],
];

describe('each planted bug is caught', () => {
  for (const [name, path, find, replace, caught] of plantedBugs) {
    it(name, { timeout: 60_000 }, async () => {
      const broken = {
        ...machines,
        ...(await importPatched<Partial<ContractMachines>>(path, find, replace)),
      };
      const found = findViolation(broken, 3_000);
      expect(found).toMatch(caught);
    });
  }
});

function findViolation(broken: ContractMachines, seeds: number): string {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = runContractWorld(seed, broken);
    if (violations.length > 0) return violations.join('; ');
  }
  return 'nothing was found';
}
