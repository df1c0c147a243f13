/** The facts of a message that a node writes down, for timelines and for `why`. */
import type { Envelope } from '../../protocol/messages.ts';

/** What it was, and what it names as its causes; of its content only a beginning. */
export function describeMessage(envelope: Envelope): Readonly<Record<string, unknown>> {
  const content = 'content' in envelope ? envelope.content : 'query' in envelope ? envelope.query : undefined;
  const excerpt =
    typeof content === 'string' ? content : content === undefined ? undefined : JSON.stringify(content);
  const references = 'references' in envelope ? envelope.references : undefined;
  const { type, id: message, from, name, space, parent, at } = envelope;
  const { supersedes, concern, of, task } = envelope as Readonly<Record<string, unknown>>;
  return {
    type,
    message,
    from,
    name,
    space,
    thread: envelope.thread,
    parent,
    at,
    references,
    supersedes,
    concern,
    of,
    task,
    excerpt: excerpt?.slice(0, 160),
  };
}
