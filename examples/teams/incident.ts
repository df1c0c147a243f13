/** What the five agents can see in the metrics, the log and the configuration: plain arithmetic, offline. */

export const roles = ['monitoring', 'database', 'cache', 'network', 'security'] as const;
export type Role = (typeof roles)[number];

/** What may be the matter; one of these is voted for. */
export const causes = ['cache ttl too short', 'database overloaded', 'network degraded', 'attack'] as const;
export type Cause = (typeof causes)[number];

export interface Incident {
  /** Columns of the metrics by name, one value per minute. */
  readonly series: ReadonlyMap<string, readonly number[]>;
  readonly minutes: readonly string[];
  readonly log: readonly string[];
}

/** Minutes at the start that count as normal. Judgement: half of what is given, before the alarm. */
const baselineCount = 12;
/** A change is a level that stays this many times above normal for three minutes. Judgement. */
const jumpRatio = 3;
const lastingMinutes = 3;

export function readIncident(csv: string, log: string): Incident {
  const [head, ...rows] = csv.trim().split('\n');
  const names = head!.split(',');
  const cells = rows.map((row) => row.split(','));
  const series = new Map(
    names.slice(1).map((name, at) => [name, cells.map((row) => Number(row[at + 1]))] as const),
  );
  return { series, minutes: cells.map((row) => row[0]!), log: log.trim().split('\n') };
}

export interface Jump {
  /** How many times the normal level. */
  readonly ratio: number;
  /** Index of the first minute. */
  readonly at: number;
}

/** The first lasting rise of a metric over its own normal level. */
export function findJump({ series }: Incident, metric: string): Jump | undefined {
  const values = series.get(metric) ?? [];
  const normal = median(values.slice(0, baselineCount));
  for (let at = baselineCount; at + lastingMinutes <= values.length; at++) {
    const level = Math.min(...values.slice(at, at + lastingMinutes));
    if (level >= jumpRatio * normal) return { ratio: median(values.slice(at)) / normal, at };
  }
  return undefined;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const metricOf: Readonly<Record<Role, string>> = {
  monitoring: 'api_p99_ms',
  cache: 'cache_misses_per_100',
  database: 'db_queries',
  network: 'net_loss_per_10000',
  security: 'login_failures',
};

export interface Finding {
  readonly confidence: number;
  readonly text: string;
  readonly jump: Jump | undefined;
}

/** What one role finds in its own metric: sure where it changed for good, unconcerned where it did not. */
export function look(role: Role, incident: Incident): Finding {
  const metric = metricOf[role];
  const jump = findJump(incident, metric);
  if (jump === undefined) return { confidence: 0.05, text: `${metric} is as usual`, jump };
  const confidence = Math.min(0.95, 0.5 + jump.ratio / 40);
  const text = `${metric} rose ${jump.ratio.toFixed(1)}-fold at ${incident.minutes[jump.at]}`;
  return { confidence, text, jump };
}

const roleOf: Readonly<Record<Cause, Role>> = {
  'cache ttl too short': 'cache',
  'database overloaded': 'database',
  'network degraded': 'network',
  attack: 'security',
};

/** The component that changed first and before the API did; a note of a change in the log speaks for it. */
export function diagnose(incident: Incident): { readonly cause: Cause; readonly why: string } | undefined {
  const symptom = findJump(incident, metricOf.monitoring);
  if (symptom === undefined) return undefined;
  const suspects = causes.flatMap((cause) => {
    const { jump, text } = look(roleOf[cause], incident);
    if (jump === undefined || jump.at > symptom.at) return [];
    const noted = changeBefore(incident, roleOf[cause], jump.at);
    return [{ cause, at: jump.at, why: noted === undefined ? text : `${text}, after "${noted}"` }];
  });
  suspects.sort((a, b) => a.at - b.at);
  return suspects[0];
}

/** A change of a component that the log notes within the five minutes before. */
function changeBefore({ log, minutes }: Incident, role: Role, at: number): string | undefined {
  const from = minutes[Math.max(0, at - 5)]!;
  const to = minutes[at]!;
  return log.find((line) => line.includes(`"${role}.`) && line.slice(0, 5) >= from && line.slice(0, 5) <= to);
}

export interface ServiceConfig {
  readonly cache: { readonly ttl_seconds: number };
  readonly previous: { readonly cache: { readonly ttl_seconds: number } };
}

/** Put the value before the change back. */
export function repair<T extends ServiceConfig>(config: T): T {
  return { ...config, cache: { ...config.cache, ttl_seconds: config.previous.cache.ttl_seconds } };
}

/** Whether a repaired configuration takes back what the log says was changed. */
export function isRepaired(config: ServiceConfig, { log }: Incident): boolean {
  const change = log
    .map((line) => /"cache\.ttl_seconds" (\d+) -> (\d+)/.exec(line))
    .find((one) => one !== null);
  return change !== undefined && change !== null && config.cache.ttl_seconds === Number(change[1]);
}
