/**
 * The work that the example agents do: pure functions from a question and files to a contribution.
 *
 * Each module judges by meaning and by plain facts whether it can help, works on bytes, and builds on what others
 * have contributed when it is there. The agents' programs in the folder above put them on the mesh.
 *
 * @example
 * const part = outliers.work({ intent: 'what stands out?', attachments: [csv], contributions: [], concerns: [] });
 */
import { charts } from './charts.ts';
import { codeMetrics } from './code-metrics.ts';
import { convert } from './convert.ts';
import { correlations } from './correlations.ts';
import { csvProfile } from './csv-profile.ts';
import { groups } from './groups.ts';
import { outliers } from './outliers.ts';
import { report } from './report.ts';
import { statistics } from './statistics.ts';
import { entities } from './text/entities.ts';
import { keywords } from './text/keywords.ts';
import { quality } from './text/quality.ts';
import { summary } from './text/summary.ts';
import { trends } from './trends.ts';
import type { WorkModule } from './work.ts';

export { readTable, type Table, type TableReading } from './table/table.ts';
export type {
  Attachment,
  AttachmentFact,
  Concern,
  Contribution,
  Finding,
  HeardContribution,
  Judgement,
  OutputFile,
  Similarity,
  WorkInput,
  WorkModule,
} from './work.ts';

/** Every module of the data job, by name. */
export const workModules: readonly WorkModule[] = [
  csvProfile,
  statistics,
  outliers,
  correlations,
  trends,
  groups,
  charts,
  keywords,
  summary,
  entities,
  quality,
  codeMetrics,
  convert,
  report,
];
export {
  charts,
  codeMetrics,
  convert,
  correlations,
  csvProfile,
  entities,
  groups,
  keywords,
  outliers,
  quality,
  report,
  statistics,
  summary,
  trends,
};
