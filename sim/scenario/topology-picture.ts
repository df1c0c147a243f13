/**
 * Who was there and who talked with whom, as plain SVG: agents on a circle, or on rings around a center; the thicker a
 * line, the more passed.
 */
import type { Topology, TopologyNode } from './model.ts';
import { colours, escapeHtml } from './plot.ts';

const size = 480;
const radius = 190;

export function drawTopology({ about, nodes, edges }: Topology): string {
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  const places = placeAll(nodes);
  const most = Math.max(1, ...edges.map(([, , weight]) => weight));
  const lines = edges.map(([a, b, weight]) => {
    const [from, to] = [places[a]!, places[b]!];
    const width = (0.4 + 2.6 * Math.sqrt(weight / most)).toFixed(2);
    return `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke-width="${width}"/>`;
  });
  const nodeRadius = nodes.length > 30 ? 6 : 14;
  const dots = nodes.map(({ name, kind, note }, i) => {
    const { x, y } = places[i]!;
    const label =
      nodes.length > 30
        ? ''
        : `<text x="${x}" y="${(Number(y) + 4).toFixed(1)}" text-anchor="middle" class="on">${escapeHtml(name)}</text>`;
    return `<circle cx="${x}" cy="${y}" r="${nodeRadius}" fill="${colourOf(kinds.indexOf(kind))}"><title>${escapeHtml(`${name}: ${note === undefined ? kind : `${kind}: ${note}`}`)}</title></circle>${label}`;
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
    ...formatNotes(nodes),
  ].join('\n');
}

/** A finger cannot hover: what the picture says of single nodes is a list too. */
function formatNotes(nodes: readonly TopologyNode[]): readonly string[] {
  const noted = nodes.filter(({ note }) => note !== undefined);
  if (noted.length === 0) return [];
  const items = noted.map(({ name, note }) => `<li>${escapeHtml(`${name}: ${note}`)}</li>`);
  return [`<details><summary>Who was where</summary><ul>${items.join('')}</ul></details>`];
}

interface Place {
  readonly x: string;
  readonly y: string;
}

/** Within a ring in the order of the list. */
function placeAll(nodes: readonly TopologyNode[]): readonly Place[] {
  const outermost = Math.max(1, ...nodes.map(({ ring }) => ring ?? 1));
  const counts = new Map<number, number>();
  for (const { ring = 1 } of nodes) counts.set(ring, (counts.get(ring) ?? 0) + 1);
  const placed = new Map<number, number>();
  return nodes.map(({ ring = 1 }) => {
    const index = placed.get(ring) ?? 0;
    placed.set(ring, index + 1);
    return placeOf(index / counts.get(ring)!, (radius * ring) / outermost);
  });
}

function placeOf(turn: number, distance: number): Place {
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  return {
    x: (size / 2 + distance * Math.cos(angle)).toFixed(1),
    y: (size / 2 + distance * Math.sin(angle)).toFixed(1),
  };
}

function colourOf(index: number): string {
  return colours[index % colours.length]!;
}
