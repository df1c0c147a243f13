/** Every example agent by the name of its program, and the teams that the demonstrations start. */
import { apiDescription, experts } from './saas/index.ts';
import { otherTrades, travellers } from './trades/index.ts';
import { workModules } from './work/index.ts';
import type { WorkModule } from './work/work.ts';

/** By name, which is also the name of its file here. */
export const catalog: ReadonlyMap<string, WorkModule> = new Map(
  [...workModules, ...experts, apiDescription, ...travellers, ...otherTrades].map(
    (module) => [module.name, module] as const,
  ),
);

const names = (modules: readonly WorkModule[]): readonly string[] => modules.map((module) => module.name);

/** Who is started for which demonstration. */
export const teams = {
  /** "What stands out in this data?": fourteen, and one of another trade who stays silent. */
  data: [...names(workModules), 'translator'],
  /** "Build me a SaaS app …": six who offer, nine who stay silent. */
  saas: [...names(experts), ...names(otherTrades)],
  /** "Book travel to NYC": three among fifteen. */
  travel: [...names(travellers), ...names(otherTrades), 'summary', 'statistics', 'report-writer'],
} as const;
