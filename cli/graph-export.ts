/** A knowledge graph as GraphML (for yEd, Gephi) and as Turtle (RDF 1.1). */

export interface ExportedEntity {
  readonly id: string;
  readonly author: string;
  readonly status: string;
  readonly at: number;
  readonly support: number;
  readonly dispute: number;
  readonly body: {
    readonly type: string;
    readonly text: string;
    readonly subject?: string;
    readonly predicate?: string;
    readonly value?: unknown;
    readonly confidence?: number;
  };
}

export interface ExportedRelation {
  readonly author: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

export interface ExportedGraph {
  readonly space: string;
  readonly entities: readonly ExportedEntity[];
  readonly relations: readonly ExportedRelation[];
}

const fields: readonly (readonly [string, 'string' | 'double' | 'long', (one: ExportedEntity) => unknown])[] =
  [
    ['type', 'string', (one) => one.body.type],
    ['text', 'string', (one) => one.body.text],
    ['status', 'string', (one) => one.status],
    ['author', 'string', (one) => one.author],
    ['at', 'long', (one) => one.at],
    ['support', 'double', (one) => one.support],
    ['dispute', 'double', (one) => one.dispute],
    ['subject', 'string', (one) => one.body.subject],
    ['predicate', 'string', (one) => one.body.predicate],
    ['value', 'string', (one) => (one.body.value === undefined ? undefined : JSON.stringify(one.body.value))],
    ['confidence', 'double', (one) => one.body.confidence],
  ];

/** @see Brandes, Eiglsperger, Lerner, Pich, "Graph Markup Language (GraphML)", 2013 */
export function toGraphml({ space, entities, relations }: ExportedGraph): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...fields.map(
      ([name, type]) => `  <key id="${name}" for="node" attr.name="${name}" attr.type="${type}"/>`,
    ),
    '  <key id="kind" for="edge" attr.name="kind" attr.type="string"/>',
    '  <key id="by" for="edge" attr.name="by" attr.type="string"/>',
    `  <graph id="${escapeXml(space)}" edgedefault="directed">`,
  ];
  for (const one of entities) {
    lines.push(`    <node id="${escapeXml(one.id)}">`);
    for (const [name, , read] of fields) {
      const value = read(one);
      if (value !== undefined) lines.push(`      <data key="${name}">${escapeXml(String(value))}</data>`);
    }
    lines.push('    </node>');
  }
  // An edge needs both ends: relations may name entities that are not known here.
  const known = new Set(entities.map((one) => one.id));
  for (const { author, kind, from, to } of relations) {
    if (!known.has(from) || !known.has(to)) continue;
    lines.push(
      `    <edge source="${escapeXml(from)}" target="${escapeXml(to)}">`,
      `      <data key="kind">${escapeXml(kind)}</data><data key="by">${escapeXml(author)}</data>`,
      '    </edge>',
    );
  }
  return [...lines, '  </graph>', '</graphml>', ''].join('\n');
}

function escapeXml(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return [...text.replaceAll(/[&<>"]/g, (character) => escapes[character]!)]
    .map((character) => (hasPlaceInXml(character.codePointAt(0)!) ? character : '\ufffd'))
    .join('');
}

/** XML 1.0 has no place at all for most controls, for two other code points and for halves of a pair. */
function hasPlaceInXml(code: number): boolean {
  const isControl = code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d;
  return !isControl && (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

/** @see Beckett, Berners-Lee, Prud'hommeaux, Carothers, "RDF 1.1 Turtle", W3C 2014 */
export function toTurtle({ entities, relations }: ExportedGraph): string {
  const lines = ['@prefix amp: <urn:ampmesh:> .', '@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .', ''];
  for (const one of entities) {
    const facts = fields.flatMap(([name, type, read]) => {
      const value = read(one);
      if (value === undefined || name === 'type') return [];
      const literal = type === 'string' ? turtleText(String(value)) : `"${value}"^^xsd:${type}`;
      return [`    amp:${name} ${literal}`];
    });
    lines.push(`${turtleName(one.id)} a amp:${one.body.type} ;\n${facts.join(' ;\n')} .`);
  }
  for (const { kind, from, to } of relations)
    lines.push(`${turtleName(from)} amp:${kind} ${turtleName(to)} .`);
  return `${lines.join('\n')}\n`;
}

function turtleName(id: string): string {
  return `<urn:ampmesh:entity:${encodeURIComponent(id)}>`;
}

function turtleText(text: string): string {
  // JSON's escapes are Turtle's, but for the controls that JSON writes as \u00xx: Turtle has those too.
  return JSON.stringify(text);
}
