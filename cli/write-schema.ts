/** Writes `protocol/schema/` and the error table of `protocol/README.md` anew: `npm run schema`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { renderErrorRows, renderSchemas } from '../protocol/schema-export.ts';

const folder = new URL('../protocol/schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of renderSchemas()) writeFileSync(new URL(name, folder), text);

const readme = new URL('../protocol/README.md', import.meta.url);
const [before, after] = readFileSync(readme, 'utf8').split(
  /(?<=<!-- errors -->\n)[\s\S]*(?=<!-- \/errors -->)/,
) as [string, string];
writeFileSync(readme, `${before}${renderErrorRows()}${after}`);
