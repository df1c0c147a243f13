/**
 * Makes the planted incident: 40 minutes of metrics, a log and the service's configuration. At 14:02 a deployment
 * changes the cache's time to live from 300 s to 3 s; hits fall, queries rise, and the API answers ten times slower.
 * A burst of failed logins at 13:48 and a slow link at 13:55 have nothing to do with it.
 */
import { writeFileSync } from 'node:fs';

/** Minimal standard generator (Park and Miller 1988), so that the files are the same everywhere. */
function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
}

const noise = createNoise(20_261);
const wobble = (value: number, share: number): number => value * (1 + share * noise());
const columns =
  'minute,api_p99_ms,requests,cache_misses_per_100,db_queries,db_cpu_share,net_rtt_ms,net_loss_per_10000,login_failures';
const rows = [columns];
for (let at = 0; at < 40; at++) {
  const minute = `${String(13 + Math.floor((40 + at) / 60))}:${String((40 + at) % 60).padStart(2, '0')}`;
  const isCold = at >= 22;
  const isLoaded = at >= 23;
  const isSlow = at >= 24;
  const requests = wobble(6_000, 0.06);
  const misses = wobble(isCold ? 71 : 4, 0.12);
  const queries = isLoaded ? requests * 0.71 * 1.05 : requests * 0.04 * 1.05;
  const row = [
    minute,
    wobble(isSlow ? 431 : 41, 0.1).toFixed(1),
    requests.toFixed(0),
    misses.toFixed(1),
    wobble(queries, 0.05).toFixed(0),
    wobble(isLoaded ? 0.94 : 0.12, 0.05).toFixed(2),
    wobble(at === 15 ? 9 : 2.1, 0.1).toFixed(2),
    wobble(3, 0.6).toFixed(1),
    wobble(at === 8 ? 60 : 5, 0.4).toFixed(0),
  ];
  rows.push(row.join(','));
}
const log = [
  '13:41 scheduler nightly report finished',
  '13:48 security 57 failed logins for "backup", address blocked',
  '13:55 network link 2 flapped once, traffic moved to link 1',
  '14:01 deploy release 4.12.0: "cache.ttl_seconds" 300 -> 3',
  '14:03 database connection pool at 80 of 80',
  '14:04 api p99 above objective',
  '14:09 database slow query log: 1183 reads of "profile" by primary key',
];
const config = {
  release: '4.12.0',
  cache: { ttl_seconds: 3, size_mb: 512 },
  database: { pool: 80, timeout_ms: 2_000 },
  previous: { release: '4.11.3', cache: { ttl_seconds: 300, size_mb: 512 } },
};
const write = (name: string, text: string) => writeFileSync(new URL(name, import.meta.url), text);
write('metrics.csv', `${rows.join('\n')}\n`);
write('incident.log', `${log.join('\n')}\n`);
write('service.json', `${JSON.stringify(config, null, 2)}\n`);
