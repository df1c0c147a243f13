/** Gossipsub's own series on the node's Prometheus registry. */
import type { GossipsubOpts } from '@libp2p/gossipsub';
import { Gauge, Histogram, type Registry } from 'prom-client';

type MetricsRegister = NonNullable<GossipsubOpts['metricsRegister']>;

/** Options that make gossipsub count; its labels are the topics, a closed set. */
export function gossipMetrics(registry: Registry, topics: readonly string[]): Partial<GossipsubOpts> {
  const register = {
    gauge: (config: SeriesConfig) => createGauge(registry, config),
    histogram: (config: SeriesConfig & { buckets?: number[] }) => createHistogram(registry, config),
    avgMinMax: (config: SeriesConfig) => createAverage(registry, config),
  };
  return {
    // Its types demand a label set per series; prom-client's are looser and the same at run time.
    metricsRegister: register as unknown as MetricsRegister,
    metricsTopicStrToLabel: new Map(topics.map((topic) => [topic, topic.split('/').slice(4).join('/')])),
  };
}

interface SeriesConfig {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

type Labels = Record<string, string | number>;

function createGauge(registry: Registry, { name, help, labelNames = [] }: SeriesConfig): object {
  const collectors: ((gauge: object) => void)[] = [];
  const gauge = new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      for (const collect of collectors) collect(gauge);
    },
  });
  return Object.assign(gauge, { addCollect: (collect: (gauge: object) => void) => collectors.push(collect) });
}

function createHistogram(registry: Registry, config: SeriesConfig & { buckets?: number[] }): object {
  const { name, help, labelNames = [], buckets } = config;
  const base = { name, help, labelNames: [...labelNames], registers: [registry] };
  return new Histogram(buckets === undefined ? base : { ...base, buckets });
}

/** Average, least and greatest of a set of values, as three gauges. */
function createAverage(registry: Registry, { name, help, labelNames = [] }: SeriesConfig): object {
  const gauges = ['avg', 'min', 'max'].map(
    (kind) =>
      new Gauge({
        name: `${name}_${kind}`,
        help: `${help} (${kind})`,
        labelNames: [...labelNames],
        registers: [registry],
      }),
  );
  return {
    set: (labelsOrValues: Labels | number[], maybeValues?: number[]) => {
      const values = maybeValues ?? (labelsOrValues as number[]);
      const labels = maybeValues === undefined ? {} : (labelsOrValues as Labels);
      const figures = summarize(values);
      for (const [index, gauge] of gauges.entries()) gauge.set(labels, figures[index]!);
    },
  };
}

function summarize(values: readonly number[]): readonly [number, number, number] {
  if (values.length === 0) return [0, 0, 0];
  let [sum, least, greatest] = [0, values[0]!, values[0]!];
  for (const value of values) {
    sum += value;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return [sum / values.length, least, greatest];
}
