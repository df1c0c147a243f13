/** Plots as plain SVG: lines with 95 % bands, readable offline, on a phone and on paper. Byte-stable. */

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

export interface PlotLine {
  readonly name: string;
  readonly points: readonly PlotPoint[];
}

export interface PlotInit {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly lines: readonly PlotLine[];
  /** Labels under the points instead of numbers, by index: x is 0, 1, 2, … */
  readonly labels?: readonly string[];
}

const width = 640;
const height = 320;
const margin = { left: 64, right: 16, top: 32, bottom: 48 };
/** Okabe and Ito 2008: told apart by colour-blind readers. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#555555'];

export function drawPlot(given: PlotInit): string {
  const init = clipAtZero(given);
  const points = init.lines.flatMap((line) => line.points);
  const xs = points.map((point) => point.x);
  const ys = points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y]);
  const isLog = init.labels === undefined && Math.min(...xs) > 0 && Math.max(...xs) / Math.min(...xs) >= 30;
  const x = scale(
    xs.map((value) => (isLog ? Math.log10(value) : value)),
    margin.left,
    width - margin.right,
  );
  const y = scale(roundBounds([...ys, 0]), height - margin.bottom, margin.top);
  const xAt = (value: number) => x.at(isLog ? Math.log10(value) : value);
  const body = init.lines.map((line, i) => drawLine(line, lookOf(i), xAt, y.at));
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(init.title)}">`,
    `<text class="title" x="${margin.left}" y="18">${escapeHtml(init.title)}</text>`,
    ...drawYAxis(y),
    ...drawXAxis(
      init,
      [...new Set(xs)].sort((a, b) => a - b),
      xAt,
    ),
    ...body,
    '</svg>',
    ...(init.lines.length < 2 ? [] : [drawKeys(init.lines)]),
  ].join('\n');
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Four digits, no exponent where a person would write none. */
export function showNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Beside an axis there is little room. */
function showShort(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${showNumber(value / 1e6)}M`;
  return size >= 1e4 ? `${showNumber(value / 1e3)}k` : showNumber(value);
}

interface Scale {
  readonly low: number;
  readonly high: number;
  at(value: number): string;
}

function scale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high - low || 1;
  return { low, high: low + span, at: (value) => (from + ((value - low) / span) * (to - from)).toFixed(1) };
}

function drawLine(
  line: PlotLine,
  { colour, dash }: Look,
  xAt: (value: number) => string,
  yAt: (value: number) => string,
): string {
  const path = line.points.map((point) => `${xAt(point.x)},${yAt(point.y)}`).join(' ');
  const bars = line.points
    .filter((point) => point.low !== undefined && point.high !== undefined)
    .map((point) => {
      const at = xAt(point.x);
      return `<line x1="${at}" x2="${at}" y1="${yAt(point.low!)}" y2="${yAt(point.high!)}" stroke="${colour}"/>`;
    });
  const dots =
    line.points.length > 40
      ? []
      : line.points.map(
          (point) => `<circle cx="${xAt(point.x)}" cy="${yAt(point.y)}" r="3" fill="${colour}"/>`,
        );
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
    ...bars,
    ...dots,
  ].join('\n');
}

/** An interval around figures that are never negative is not drawn below 0. */
function clipAtZero(init: PlotInit): PlotInit {
  if (init.lines.some((line) => line.points.some(({ y }) => y < 0))) return init;
  const clip = (point: PlotPoint) =>
    point.low === undefined ? point : { ...point, low: Math.max(0, point.low) };
  return { ...init, lines: init.lines.map((line) => ({ ...line, points: line.points.map(clip) })) };
}

/** Beside the drawing, not in it: many lines have long names. */
function drawKeys(lines: readonly PlotLine[]): string {
  const keys = lines.map(({ name }, i) => {
    const { colour, dash } = lookOf(i);
    const stroke = `<line x1="0" x2="26" y1="6" y2="6" stroke="${colour}" stroke-width="3"${dash}/>`;
    return `<span><svg class="key" viewBox="0 0 26 12" aria-hidden="true">${stroke}</svg> ${escapeHtml(name)}</span>`;
  });
  return `<p class="keys">${keys.join(' ')}</p>`;
}

interface Look {
  readonly colour: string;
  /** An attribute, or nothing for a solid line. */
  readonly dash: string;
}

/** Colours first; beyond them the same again, dashed. */
function lookOf(index: number): Look {
  const dashes = ['', ' stroke-dasharray="7 4"', ' stroke-dasharray="2 4"', ' stroke-dasharray="10 3 2 3"'];
  return {
    colour: colours[index % colours.length]!,
    dash: dashes[Math.floor(index / colours.length) % dashes.length]!,
  };
}

/** Bounds on whole steps of 1, 2 or 5 times a power of ten, so that the axis reads well. */
function roundBounds(values: readonly number[]): readonly number[] {
  const step = niceStep(Math.max(...values) - Math.min(...values));
  return [Math.floor(Math.min(...values) / step) * step, Math.ceil(Math.max(...values) / step - 1e-9) * step];
}

function niceStep(span: number): number {
  const rough = (span || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
}

function drawYAxis(y: Scale): string[] {
  const step = niceStep(y.high - y.low);
  const count = Math.round((y.high - y.low) / step);
  return Array.from({ length: count + 1 }, (_, i) => {
    const value = y.low + i * step;
    const at = y.at(value);
    const grid = `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/>`;
    return `${grid}<text x="${margin.left - 6}" y="${Number(at) + 4}" text-anchor="end">${showShort(value)}</text>`;
  });
}

function drawXAxis(init: PlotInit, values: readonly number[], xAt: (value: number) => string): string[] {
  const step = Math.ceil(values.length / 8);
  const shown = values.filter((_, i) => i % step === 0);
  const y = height - margin.bottom + 16;
  const ticks = shown.map((value) => {
    const label = init.labels?.[value] ?? showShort(value);
    return `<text x="${xAt(value)}" y="${y}" text-anchor="middle">${escapeHtml(label)}</text>`;
  });
  const middle = (margin.left + width - margin.right) / 2;
  return [
    ...ticks,
    `<text x="${middle}" y="${height - 8}" text-anchor="middle">${escapeHtml(init.xName)}</text>`,
  ];
}
