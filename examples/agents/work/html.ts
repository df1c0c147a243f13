/**
 * One self-contained HTML page out of the Markdown that these agents write: headings, paragraphs, tables, lists,
 * quotes, emphasis, code, and images that are inlined. Everything else is shown as the text it is; no raw HTML passes.
 */

/** Render a page. Images are SVG by name; one that carries script or outside references is left out. */
export function renderPage(told: {
  title: string;
  markdown: string;
  images: ReadonlyMap<string, string>;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(unescapeMarkdown(told.title))}</title>
<style>${style}</style>
</head>
<body>
<main>
${renderBlocks(told.markdown, told.images)}
</main>
</body>
</html>
`;
}

const style = `
body{margin:0;background:#f6f7f8;color:#24292f;font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:2rem auto;padding:2rem 2.5rem;background:#fff;border-radius:8px}
h1{font-size:1.8rem;line-height:1.25;margin:0 0 1rem}h2{margin:2.4rem 0 .8rem;font-size:1.25rem;border-bottom:1px solid #e2e6ea;padding-bottom:.3rem}
table{border-collapse:collapse;font-size:.875rem;display:block;overflow-x:auto}
th,td{padding:.35rem .7rem;border-bottom:1px solid #e2e6ea;text-align:left;vertical-align:top}td.r,th.r{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1.2rem 0}figcaption{color:#57606a;font-size:.875rem}svg{max-width:100%;height:auto}
blockquote{margin:.8rem 0;padding-left:1rem;border-left:3px solid #93b7dc}ol li{margin:.3rem 0}code{background:#eef1f4;padding:.1em .3em;border-radius:3px}
`;

function renderBlocks(markdown: string, images: ReadonlyMap<string, string>): string {
  return markdown
    .split(/\n{2,}/)
    .map((block) => renderBlock(block.trim(), images))
    .filter((html) => html !== '')
    .join('\n');
}

function renderBlock(block: string, images: ReadonlyMap<string, string>): string {
  const lines = block.split('\n');
  const heading = /^(#{1,4}) (.*)$/.exec(block);
  if (heading && lines.length === 1)
    return `<h${heading[1]!.length}>${inline(heading[2]!)}</h${heading[1]!.length}>`;
  const image = /^!\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)$/.exec(block);
  if (image) return figure(image[1]!, images.get(image[2]!));
  if (lines.length > 1 && /^\|(?:\s*:?-+:?\s*\|)+$/.test(lines[1]!)) return table(lines);
  if (lines.every((line) => /^\d+\. /.test(line))) return list('ol', lines, /^\d+\. /);
  if (lines.every((line) => /^- /.test(line))) return list('ul', lines, /^- /);
  if (lines.every((line) => /^>/.test(line)))
    return `<blockquote>${lines.map((line) => inline(line.replace(/^> ?/, ''))).join('<br>')}</blockquote>`;
  return block === '' ? '' : `<p>${inline(lines.join(' '))}</p>`;
}

function figure(caption: string, svg: string | undefined): string {
  const safe =
    svg !== undefined &&
    !/<script|\son\w+\s*=|javascript:|<foreignObject|(?:xlink:)?href\s*=|<!ENTITY|<style/i.test(svg);
  return `<figure>${safe ? svg.trim() : '<p>(chart left out)</p>'}<figcaption>${inline(caption)}</figcaption></figure>`;
}

function list(tag: 'ol' | 'ul', lines: readonly string[], mark: RegExp): string {
  return `<${tag}>\n${lines.map((line) => `<li>${inline(line.replace(mark, ''))}</li>`).join('\n')}\n</${tag}>`;
}

function table(lines: readonly string[]): string {
  const right = cellsOf(lines[1]!).map((cell) => cell.endsWith(':'));
  const row = (line: string, tag: 'th' | 'td'): string =>
    `<tr>${cellsOf(line)
      .map((cell, index) => `<${tag}${right[index] ? ' class="r"' : ''}>${inline(cell)}</${tag}>`)
      .join('')}</tr>`;
  return `<table>\n<thead>${row(lines[0]!, 'th')}</thead>\n<tbody>\n${lines
    .slice(2)
    .map((line) => row(line, 'td'))
    .join('\n')}\n</tbody>\n</table>`;
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\|\s?|\s?\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** Inline marks. Backslash escapes are taken out first and put back last, so that they never become marks. */
function inline(text: string): string {
  const kept: string[] = [];
  const hide = (html: string): string => `\ue000${kept.push(html) - 1}\ue001`;
  return escapeHtml(
    text
      .replace(/[\ue000\ue001]/g, '')
      .replace(/\\([\\`*_[\]|#~])/g, (_, char: string) => hide(escapeHtml(char)))
      .replace(/`([^`]+)`/g, (_, code: string) => hide(`<code>${escapeHtml(code)}</code>`)),
  )
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>')
    .replace(/\ue000(\d+)\ue001/g, (_, index: string) => kept[Number(index)]!);
}

/** Entities that the writers already escaped stay as they are. */
function escapeHtml(text: string): string {
  return text
    .replace(/&(?!(?:amp|lt|gt|quot);)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function unescapeMarkdown(text: string): string {
  return text.replace(/\\([\\`*_[\]|#~])/g, '$1');
}
