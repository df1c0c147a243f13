/**
 * Small, readable, deterministic SVG charts: axes with round steps, labels, a title and a description for readers
 * that cannot see. No script, no outside font, no clock: the same numbers give the same bytes.
 */

export interface Axis {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface Plot {
  readonly title: string;
  /** One sentence for screen readers. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  /** SVG elements, drawn with the given scales. */
  readonly draw: (scale: Scale) => string;
}

export interface Scale {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly bottom: number;
}

export const palette = {
  main: '#2563a8',
  accent: '#c2410c',
  soft: '#93b7dc',
  grid: '#e2e6ea',
  ink: '#24292f',
  faint: '#57606a',
};

const size = { width: 720, height: 380 };
const margin = { left: 78, right: 24, top: 44, bottom: 62 };

/** A whole chart. */
export function renderPlot(plot: Plot): string {
  const inner = {
    width: size.width - margin.left - margin.right,
    height: size.height - margin.top - margin.bottom,
  };
  const bottom = margin.top + inner.height;
  const scale: Scale = {
    x: (value) => margin.left + ((value - plot.x.min) / (plot.x.max - plot.x.min || 1)) * inner.width,
    y: (value) => bottom - ((value - plot.y.min) / (plot.y.max - plot.y.min || 1)) * inner.height,
    bottom,
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(plot.title)}</title><desc>${escapeXml(plot.description)}</desc>`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    text(margin.left, 24, plot.title, 'font-size="15" font-weight="600"'),
    ...plot.y.ticks.map((tick) => yTick(scale.y(tick.at), tick.text)),
    ...plot.x.ticks.map((tick) => xTick(scale.x(tick.at), bottom, tick.text)),
    plot.draw(scale),
    `<path d="M${margin.left} ${margin.top}V${bottom}H${margin.left + inner.width}" fill="none" stroke="${palette.faint}"/>`,
    text(
      margin.left + inner.width / 2,
      size.height - 10,
      plot.x.label,
      `text-anchor="middle" fill="${palette.faint}"`,
    ),
    `<text transform="translate(16 ${n(margin.top + inner.height / 2)}) rotate(-90)" text-anchor="middle" fill="${palette.faint}">${escapeXml(plot.y.label)}</text>`,
    '</svg>\n',
  ].join('\n');
}

function yTick(y: number, label: string): string {
  const line = `<path d="M${margin.left} ${n(y)}H${size.width - margin.right}" stroke="${palette.grid}"/>`;
  return line + text(margin.left - 8, y + 4, label, `text-anchor="end" fill="${palette.faint}"`);
}

function xTick(x: number, bottom: number, label: string): string {
  const line = `<path d="M${n(x)} ${n(bottom)}v5" stroke="${palette.faint}"/>`;
  return line + text(x, bottom + 19, label, `text-anchor="middle" fill="${palette.faint}"`);
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${n(x)}" y="${n(y)}" ${attributes}>${escapeXml(content)}</text>`;
}

/** A coordinate with at most two digits after the point. */
export function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A title or label: no markup, no control characters, cut at 90 characters. */
export function escapeXml(raw: string): string {
  const cut = [...raw.replace(/[\p{Cc}\ufffe\uffff]/gu, ' ').toWellFormed()];
  return (cut.length > 90 ? `${cut.slice(0, 89).join('')}…` : cut.join(''))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** An axis with about `wanted` round steps (1, 2 or 5 times a power of ten) that covers the given range. */
export function numberAxis(label: string, range: { min: number; max: number }, wanted = 6): Axis {
  const spread = range.max - range.min || Math.abs(range.max) || 1;
  const rough = spread / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const min = Math.floor(range.min / step) * step;
  const max = Math.ceil(range.max / step + (range.max === range.min ? 1 : 0)) * step;
  const count = Math.round((max - min) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => {
    const at = min + index * step;
    return { at, text: tickText(at, step) };
  });
  return { label, min, max, ticks };
}

function tickText(at: number, step: number): string {
  const value = Math.abs(at) < step / 1e6 ? 0 : at;
  for (const [unit, name] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= unit * 10 || (Math.abs(value) >= unit && step >= unit / 10)) {
      return `${trimZeros((value / unit).toFixed(2))} ${name}`;
    }
  }
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return trimZeros(value.toFixed(Math.max(0, Math.min(8, -Math.floor(Math.log10(step))))));
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** Named places at 0, 1, 2 …; at most `shown` of them get a label, evenly spread. */
export function nameAxis(label: string, names: readonly string[], shown = 12): Axis {
  const stride = Math.max(1, Math.ceil(names.length / shown));
  const ticks = names.flatMap((name, at) =>
    at % stride === 0 ? [{ at, text: shorten(name, stride === 1 ? names.length : shown) }] : [],
  );
  return { label, min: -0.5, max: names.length - 0.5, ticks };
}

function shorten(name: string, count: number): string {
  const room = Math.max(6, Math.floor(95 / Math.max(1, count)));
  const letters = [...name];
  return letters.length > room ? `${letters.slice(0, room - 1).join('')}…` : name;
}
