/** One job form, three sizes of mesh: the same intent, the same code, the same acceptance with 3, 10 and 30 agents. */
import { describe, expect, test } from 'vitest';
import { otherTrades } from '../../examples/agents/trades/index.ts';
import { kindOf, readHeard } from '../../examples/agents/wire.ts';
import { startMesh, type TestAgent } from './mesh.ts';
import { runApp } from './run-app.ts';
import { acceptApp } from './saas-acceptance.ts';

const intent = 'Build me a SaaS app for task management';
const six = ['architect', 'database', 'backend', 'frontend', 'security', 'deployment'];

const named = (trades: readonly string[], suffix = ''): TestAgent[] =>
  trades.map((trade) => ({ name: `${trade}${suffix}`, trades: [trade] }));

const rosters: Readonly<Record<number, readonly TestAgent[]>> = {
  // Generalists: two trades each. Nobody reviews its own work.
  3: [
    { name: 'planner', trades: ['architect', 'frontend'] },
    { name: 'engineer', trades: ['database', 'backend'] },
    { name: 'operator', trades: ['security', 'deployment'] },
  ],
  // Specialists, a seventh, and three who have nothing to do with it.
  10: [...named(six), ...named(['api-description', 'translator', 'haiku', 'units'])],
  // Each specialist has a rival that can do exactly the same; eighteen others.
  30: [
    ...named(six),
    ...named(six, '-rival'),
    ...named(otherTrades.map((trade) => trade.name)),
    ...named(['statistics', 'outliers', 'charts', 'trends', 'groups', 'correlations', 'summary', 'keywords']),
    ...named(['convert']),
  ],
};

// One after another: each app's acceptance test has the cores for itself.
// In between, the fifteen of `mesh-jobs.test.ts` do the same; ten as well with AMPMESH_ROSTERS=all.
describe.each(process.env.AMPMESH_ROSTERS === 'all' ? [3, 10, 30] : [3, 30])('with %i agents', (count) => {
  test('the same job ends in an app that passes the same acceptance test', async () => {
    const roster = rosters[count]!;
    expect(roster.length).toBe(count);
    const mesh = await startMesh({ nodes: 3, agents: roster, pace: 0.02, patienceMs: 1_000 });
    try {
      const result = await mesh.ask(intent, [], { deadlineMs: 40_000 });
      const firsts = result.view.contributions.filter((one) => one.type !== 'revise').map(kindOf);
      const kinds = new Set(firsts);
      const team = new Set(result.contributions.map((one) => one.authorName));
      console.log(
        `${count} agents: ${result.offers.length} offered, ${team.size} contributed, ${result.end} in ${(result.durationMs / 1000).toFixed(1)} s; ${firsts.length} first contributions of ${kinds.size} kinds, ${result.view.entryCount} entries`,
      );
      expect(result.end, JSON.stringify(result.unmet)).toBe('complete');
      const deployed = result.contributions.findLast((one) => kindOf(one) === 'deployment')!;
      const { files } = await readHeard(deployed, { read: (file) => mesh.asker.blobs.get(file) }, true);
      const app = await runApp(files);
      const paths = ['tasks', 'projects'];
      const checks = await acceptApp(app.url, { paths, page: true, restart: () => app.restart() });
      await app.stop();
      expect(checks.length).toBeGreaterThan(35);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
      // Rivals do not do the same twice. Where work takes long, as on a busy machine, a reserve may step in; were all
      // to do what they can, there would be as many again.
      expect(firsts.length - kinds.size).toBeLessThanOrEqual(2);
    } finally {
      await mesh.stop();
    }
  }, 90_000);
});
