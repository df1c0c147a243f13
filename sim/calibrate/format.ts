/** A calibration in words. */
import type { Calibration, Side } from './calibration.ts';
import type { DecisionComparison, DecisionSide } from './compare-decisions.ts';

const rows: readonly (readonly [name: string, key: keyof Side])[] = [
  ['delay, median, ms', 'medianMs'],
  ['delay, 95 %, ms', 'p95Ms'],
  ['sends per delivery', 'sendsPerDelivery'],
  ['mesh degree', 'meshDegree'],
  ['IHAVE packets', 'ihaveCount'],
  ['lookup hops, mean', 'lookupHops'],
  ['requests per lookup', 'lookupRequests'],
];

/** One line each: both sides, the fit, the goals. */
export function formatCalibration(all: Calibration): readonly string[] {
  const { live, virtual, specification } = all.sides;
  const table = rows.map(
    ([name, key]) => name.padEnd(22) + [live, virtual, specification].map((side) => cell(side[key])).join(''),
  );
  const goals = all.goals.map(
    ({ name, live: real, virtual: modelled, offShare, goal, ok }) =>
      `${ok ? 'PASS' : 'FAIL'}  ${name}: real ${short(real)}, virtual ${short(modelled)}, off by ${percent(offShare)} (goal ${goal})`,
  );
  const { p50Ms, p95Ms, p99Ms } = all.lateness;
  return [
    `${all.peerCount} nodes, ${all.messageCount} messages, reach ${percent(all.reach)}, ${all.failedLookupCount} lookups failed`,
    `${''.padEnd(22)}${'real'.padStart(12)}${'virtual'.padStart(12)}${'by the book'.padStart(12)}`,
    ...table,
    `Fitted on messages 1, 3, 5…: ${all.processorMs} ms a message and hop (median real ${short(all.fitted.liveMs)}, virtual ${short(all.fitted.virtualMs)} ms)`,
    `Largest gap of the delay distributions on messages 2, 4, 6…: ${short(all.delayGap)}`,
    `Delayed bytes went on late by ${p50Ms} ms (median), ${p95Ms} (95 %), ${p99Ms} (99 %); ${short(all.processorShare)} cores busy`,
    ...all.decisions.flatMap(formatDecisions),
    ...(all.decisions.length === 0 ? [] : ['']),
    ...goals,
  ];
}

function formatDecisions({
  memberCount,
  meanLinkMs,
  lateness,
  rows: situations,
}: DecisionComparison): readonly string[] {
  const head = ['decisions', 'rounds', 'median', '95 %', 'rounds', 'delays', 'median'];
  const cells = (name: string, [first, ...rest]: readonly string[]) =>
    name.padEnd(36) + first!.padStart(12) + rest.map((text) => text.padStart(15)).join('');
  return [
    '',
    `Decisions among ${memberCount} members, real / virtual; times in mean link delays of ${short(meanLinkMs)} ms, from the question to the news at each member`,
    cells('', head),
    cells('', ['', '', '', '', 'gap', 'gap', 'ratio']),
    ...situations.map(({ situation, live, virtual, roundsGap, delaysGap, medianRatio }) => {
      const both = (key: keyof DecisionSide) => `${brief(live[key])} / ${brief(virtual[key])}`;
      const figures = [
        both('decisionCount'),
        both('rounds'),
        both('medianDelays'),
        both('p95Delays'),
        brief(roundsGap),
        brief(delaysGap),
        brief(medianRatio),
      ];
      return cells(situation, figures);
    }),
    ...situations.flatMap(({ situation, live, virtual }) =>
      live.undecidedCount + virtual.undecidedCount === 0
        ? []
        : [`Undecided, ${situation}: ${live.undecidedCount} real, ${virtual.undecidedCount} virtual`],
    ),
    `Delayed bytes went on late by ${lateness.p50Ms} ms (median), ${lateness.p95Ms} (95 %), ${lateness.p99Ms} (99 %)`,
  ];
}

function brief(value: number): string {
  return String(Number(value.toFixed(2)));
}

function cell(value: number | undefined): string {
  return (value === undefined ? '' : short(value)).padStart(12);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
