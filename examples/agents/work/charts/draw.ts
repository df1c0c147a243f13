/** The four charts: histogram, line over time, bars by category, scatter. Numbers in, SVG text out. */
import { deviation, mean, quantile, sortedOf } from '../measure.ts';
import { type Axis, escapeXml, n, nameAxis, numberAxis, palette, renderPlot } from './svg.ts';

/** Points drawn in a scatter; more are thinned evenly, and the description says so. */
export const pointsMax = 1500;
const binsMax = 40;

/** How often values occur. Values outside the fences would squeeze the rest: they are counted in words instead. */
export function histogram(told: {
  column: string;
  values: Float64Array;
  fences?: { readonly low: number; readonly high: number };
}): string {
  const all = sortedOf(told.values);
  const { low, high } = told.fences ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const inside = all.filter((value) => value >= low && value <= high);
  const sorted = inside.length === 0 ? all : inside;
  const { axis, bins } = cutBins(`${told.column}${beyondOf(all, sorted)}`, sorted);
  const width = (axis.max - axis.min) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted)
    counts[Math.min(bins - 1, Math.max(0, Math.floor((value - axis.min) / width)))]! += 1;
  return renderPlot({
    title: `Distribution of ${told.column}`,
    description: `${all.length} values from ${all[0]} to ${all.at(-1)}, median ${quantile(all, 0.5)}.`,
    x: axis,
    y: numberAxis('rows', { min: 0, max: Math.max(...counts) }, 5),
    draw: (scale) =>
      counts
        .map((count, bin) => {
          const [left, right] = [scale.x(axis.min + bin * width), scale.x(axis.min + (bin + 1) * width)];
          return count === 0 ? '' : bar(left, right - 1, scale.y(count), scale.bottom, palette.main);
        })
        .filter((element) => element !== '')
        .join('\n'),
  });
}

function beyondOf(all: Float64Array, inside: Float64Array): string {
  const below = all.indexOf(inside[0]!);
  const above = all.length - below - inside.length;
  const parts = [
    ...(below > 0 ? [`${below} below, down to ${Number(all[0]!.toPrecision(4))}`] : []),
    ...(above > 0 ? [`${above} above, up to ${Number(all.at(-1)!.toPrecision(4))}`] : []),
  ];
  return parts.length === 0 ? '' : ` (not drawn: ${parts.join('; ')})`;
}

/** Bin count by Freedman and Diaconis (1981), Scott's rule where the quartiles meet, at most 40. */
function cutBins(label: string, sorted: Float64Array): { axis: Axis; bins: number } {
  const axis = numberAxis(label, { min: sorted[0]!, max: sorted.at(-1)! }, 8);
  const iqr = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const width =
    iqr > 0
      ? (2 * iqr) / Math.cbrt(sorted.length)
      : (3.49 * (deviation(sorted) || 1)) / Math.cbrt(sorted.length);
  return { axis, bins: Math.max(5, Math.min(binsMax, Math.ceil((axis.max - axis.min) / width))) };
}

export interface LinePoint {
  readonly label: string;
  readonly value: number;
}

/** Values over time with the trend line (dashed); `marked` labels are ringed and named. */
export function lineOverTime(told: {
  title: string;
  yLabel: string;
  xLabel: string;
  points: readonly LinePoint[];
  trend?: { slope: number; intercept: number };
  marked?: ReadonlySet<string>;
}): string {
  const values = told.points.map((point) => point.value);
  const last = told.points.length - 1;
  const ends = told.trend ? [told.trend.intercept, told.trend.intercept + told.trend.slope * last] : [];
  const range = { min: Math.min(0, ...values, ...ends), max: Math.max(...values, ...ends) };
  const tight =
    range.min === 0 && Math.min(...values) > range.max * 0.6
      ? { ...range, min: Math.min(...values, ...ends) }
      : range;
  return renderPlot({
    title: told.title,
    description: `${told.points.length} periods from ${told.points[0]?.label} to ${told.points[last]?.label}; lowest ${Math.min(...values)}, highest ${Math.max(...values)}.`,
    x: nameAxis(
      told.xLabel,
      told.points.map((point) => point.label),
      9,
    ),
    y: numberAxis(told.yLabel, tight),
    draw: (scale) => {
      const path = told.points
        .map((point, at) => `${at === 0 ? 'M' : 'L'}${n(scale.x(at))} ${n(scale.y(point.value))}`)
        .join('');
      const trend =
        ends.length === 2
          ? `<path d="M${n(scale.x(0))} ${n(scale.y(ends[0]!))}L${n(scale.x(last))} ${n(scale.y(ends[1]!))}" fill="none" stroke="${palette.faint}" stroke-dasharray="6 4"/>`
          : '';
      const isMarked = (at: number): boolean => told.marked?.has(told.points[at]?.label ?? '') ?? false;
      const marks = told.points.map((point, at) => {
        // Labels of neighbours go to their outer sides.
        const side = isMarked(at + 1) ? 'end' : isMarked(at - 1) ? 'start' : 'middle';
        return isMarked(at) ? ring({ x: scale.x(at), y: scale.y(point.value) }, point.label, side) : '';
      });
      return [trend, `<path d="${path}" fill="none" stroke="${palette.main}" stroke-width="2"/>`, ...marks]
        .filter((part) => part !== '')
        .join('\n');
    },
  });
}

function ring(at: { x: number; y: number }, label: string, side: 'start' | 'middle' | 'end'): string {
  const shift = { start: { x: 11, y: 4 }, middle: { x: 0, y: -10 }, end: { x: -11, y: 4 } }[side];
  const circle = `<circle cx="${n(at.x)}" cy="${n(at.y)}" r="6" fill="none" stroke="${palette.accent}" stroke-width="2"/>`;
  return `${circle}<text x="${n(at.x + shift.x)}" y="${n(at.y + shift.y)}" text-anchor="${side}" fill="${palette.accent}">${escapeXml(label)}</text>`;
}

/** One bar per category, from zero. */
export function barsByCategory(told: {
  title: string;
  xLabel: string;
  yLabel: string;
  bars: readonly LinePoint[];
}): string {
  const values = told.bars.map((each) => each.value);
  return renderPlot({
    title: told.title,
    description: told.bars
      .map((each) => `${each.label}: ${each.value}`)
      .join(', ')
      .slice(0, 400),
    x: nameAxis(
      told.xLabel,
      told.bars.map((each) => each.label),
      12,
    ),
    y: numberAxis(told.yLabel, { min: Math.min(0, ...values), max: Math.max(0, ...values) }),
    draw: (scale) =>
      told.bars
        .map((each, at) =>
          bar(
            scale.x(at - 0.36),
            scale.x(at + 0.36),
            scale.y(Math.max(0, each.value)),
            scale.y(Math.min(0, each.value)),
            palette.main,
          ),
        )
        .join('\n'),
  });
}

function bar(left: number, right: number, top: number, bottom: number, colour: string): string {
  return `<rect x="${n(left)}" y="${n(top)}" width="${n(Math.max(0.5, right - left))}" height="${n(Math.max(0, bottom - top))}" fill="${colour}"/>`;
}

/** Two columns against each other, with the least-squares line. NaN in either leaves the row out. */
export function scatter(told: {
  xLabel: string;
  yLabel: string;
  xs: Float64Array;
  ys: Float64Array;
}): string {
  const present = (_: number, row: number): boolean =>
    !Number.isNaN(told.xs[row]!) && !Number.isNaN(told.ys[row]!);
  const xs = told.xs.filter(present);
  const ys = told.ys.filter(present);
  const stride = Math.ceil(xs.length / pointsMax);
  const line = leastSquares(xs, ys);
  const x = numberAxis(told.xLabel, rangeOf(xs));
  const y = numberAxis(told.yLabel, rangeOf(ys));
  return renderPlot({
    title: `${told.yLabel} against ${told.xLabel}`,
    description: `${xs.length} rows${stride > 1 ? `, every ${stride}th drawn` : ''}; slope ${n(line.slope)}.`,
    x,
    y,
    draw: (scale) => {
      const dots: string[] = [];
      for (let row = 0; row < xs.length; row += stride)
        dots.push(`<circle cx="${n(scale.x(xs[row]!))}" cy="${n(scale.y(ys[row]!))}" r="2.5"/>`);
      const [from, to] = [x.min, x.max];
      const at = (place: number): string =>
        `${n(scale.x(place))} ${n(scale.y(clamp(line.intercept + line.slope * place, y)))}`;
      return `<g fill="${palette.main}" fill-opacity="0.45">\n${dots.join('\n')}\n</g>\n<path d="M${at(from)}L${at(to)}" stroke="${palette.accent}" stroke-dasharray="6 4" fill="none"/>`;
    },
  });
}

function leastSquares(xs: Float64Array, ys: Float64Array): { slope: number; intercept: number } {
  const [xMean, yMean] = [mean(xs), mean(ys)];
  let both = 0;
  let squares = 0;
  for (let at = 0; at < xs.length; at += 1) {
    both += (xs[at]! - xMean) * (ys[at]! - yMean);
    squares += (xs[at]! - xMean) ** 2;
  }
  const slope = squares > 0 ? both / squares : 0;
  return { slope, intercept: yMean - slope * xMean };
}

function rangeOf(values: Float64Array): { min: number; max: number } {
  let [min, max] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function clamp(value: number, axis: Axis): number {
  return Math.max(axis.min, Math.min(axis.max, value));
}
