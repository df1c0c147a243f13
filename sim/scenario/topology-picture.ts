/** Who was there and who talked with whom, as plain SVG: agents on a circle, the thicker a line, the more passed. */
import type { Topology } from './model.ts';
import { colours, escapeHtml } from './plot.ts';

const size = 480;
const radius = 190;

export function drawTopology({ about, nodes, edges }: Topology): string {
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  const places = nodes.map((_, i) => placeOf(i, nodes.length));
  const most = Math.max(1, ...edges.map(([, , weight]) => weight));
  const lines = edges.map(([a, b, weight]) => {
    const [from, to] = [places[a]!, places[b]!];
    const width = (0.4 + 2.6 * Math.sqrt(weight / most)).toFixed(2);
    return `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke-width="${width}"/>`;
  });
  const nodeRadius = nodes.length > 30 ? 6 : 11;
  const dots = nodes.map(({ name, kind }, i) => {
    const { x, y } = places[i]!;
    const label =
      nodes.length > 30
        ? ''
        : `<text x="${x}" y="${(Number(y) + 4).toFixed(1)}" text-anchor="middle" class="on">${escapeHtml(name)}</text>`;
    return `<circle cx="${x}" cy="${y}" r="${nodeRadius}" fill="${colourOf(kinds.indexOf(kind))}"><title>${escapeHtml(`${name}: ${kind}`)}</title></circle>${label}`;
  });
  const legend = kinds.map(
    (kind, i) =>
      `<span><svg class="key" viewBox="0 0 26 12" aria-hidden="true"><circle cx="13" cy="6" r="6" fill="${colourOf(i)}"/></svg> ${escapeHtml(kind)}</span>`,
  );
  return [
    `<svg class="topology" viewBox="0 0 ${size} ${size}" role="img" aria-label="${escapeHtml(about)}">`,
    `<g stroke="#8899aa" stroke-opacity="0.55">${lines.join('')}</g>`,
    ...dots,
    '</svg>',
    `<p class="keys">${legend.join(' ')}</p>`,
  ].join('\n');
}

function placeOf(index: number, count: number): { readonly x: string; readonly y: string } {
  const angle = (2 * Math.PI * index) / count - Math.PI / 2;
  return {
    x: (size / 2 + radius * Math.cos(angle)).toFixed(1),
    y: (size / 2 + radius * Math.sin(angle)).toFixed(1),
  };
}

function colourOf(index: number): string {
  return colours[index % colours.length]!;
}
