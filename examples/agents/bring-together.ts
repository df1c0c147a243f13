/** What whoever coordinates says when all parts are there and nobody brought them together: one page of all of them. */
import type { Action } from '../../client/index.ts';
import type { Contribution, JobView } from '../../protocol/job/job-view.ts';
import { kindOf } from './wire.ts';
import { plain } from './work/markdown.ts';
import { markdownCharsMax } from './work/work.ts';

/** Files carried along (a message holds 64). */
const filesMax = 60;

/** The parts as they stand, each with its author, and by name what nobody made. */
export function bringTogether(parts: readonly Contribution[], view: JobView): Action {
  const missing = view.requirements.filter((one) => one.state === 'open').map((one) => one.id);
  const share = Math.floor(markdownCharsMax / parts.length);
  const sections = parts.map((one) => `## ${titleOf(one)}\n\n${markdownOf(one).slice(0, share)}`);
  const lacking =
    missing.length === 0 ? [] : [`## Missing\n\n${missing.map((id) => `- ${plain(id)}`).join('\n')}`];
  const files = new Map(parts.flatMap((one) => one.attachments).map((file) => [file.sha256, file]));
  return {
    type: 'build_on',
    parent: parts[0]!.id,
    references: parts.map((one) => one.id),
    content: {
      kind: 'overview',
      title: plain(view.goal, 120),
      markdown: [`# ${plain(view.goal, 300)}`, ...sections, ...lacking].join('\n\n'),
      data: { findings: [], parts: parts.map(kindOf), missing },
    },
    ...(files.size === 0 ? {} : { attachments: [...files.values()].slice(0, filesMax) }),
  };
}

function titleOf(one: Contribution): string {
  const title = typeof one.content === 'string' ? '' : String(one.content.title ?? '');
  return `${plain(title || kindOf(one), 120)} (${plain(one.authorName ?? one.author.slice(-8), 60)})`;
}

function markdownOf(one: Contribution): string {
  if (typeof one.content === 'string') return one.content;
  return typeof one.content.markdown === 'string' ? one.content.markdown : JSON.stringify(one.content);
}
