/** What the text agents share: run over each attached text, name what could not be read, put the parts together. */
import { isProse } from '../judge.ts';
import { plain } from '../markdown.ts';
import { type Contribution, type Finding, finish, type OutputFile, type WorkInput } from '../work.ts';
import { readProse } from './tokens.ts';

export interface TextPart {
  readonly markdown: string;
  readonly findings: readonly Finding[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly files?: readonly OutputFile[];
}

/** Texts of one ask that are worked on (keeps an answer readable). */
const textsMax = 6;

/** Work on every text among the attachments. */
export function workOnTexts(
  input: WorkInput,
  told: { kind: string; title: string; each: (text: string, name: string) => TextPart },
): Contribution {
  const sections: string[] = [];
  const parts: TextPart[] = [];
  const texts: Record<string, unknown>[] = [];
  const files = input.attachments.filter((file) => isProse({ ...file, size: file.bytes.length }));
  for (const file of files.slice(0, textsMax)) {
    const text = readProse(file);
    if (text === null || text.trim() === '') {
      sections.push(`**${plain(file.name)}** holds no text.`);
      texts.push({ text: file.name, refused: 'no text' });
      continue;
    }
    const part = told.each(text, file.name);
    parts.push(part);
    sections.push(files.length > 1 ? `### ${plain(file.name)}\n\n${part.markdown}` : part.markdown);
    texts.push({ text: file.name, ...part.data });
  }
  if (files.length > textsMax)
    sections.push(`Only the first ${textsMax} of ${files.length} texts were read.`);
  if (files.length === 0) sections.push('No text was attached.');
  return finish({
    kind: told.kind,
    title: told.title,
    markdown: `${sections.join('\n\n')}\n`,
    data: { findings: parts.flatMap((part) => part.findings), texts },
    files: parts.flatMap((part) => part.files ?? []),
  });
}
