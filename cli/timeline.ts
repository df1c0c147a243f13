/** A job's timeline for people: who heard, who offered, who stayed silent, who built on whom. */
import type { MeshEvent } from '../node/runtime/events.ts';

export interface TimelineInit {
  /** Integer Unix ms that is shown as 0. */
  readonly startAtMs: number;
  readonly write: (line: string) => void;
  readonly isColoured: boolean;
  /** Only what belongs to this thread or space. */
  readonly isAboutJob?: (event: MeshEvent) => boolean;
}

export interface Timeline {
  /** Several nodes see the same entry: it is shown once. */
  take(event: MeshEvent): void;
  /** A line of the caller's own. */
  say(who: string, what: string): void;
}

interface Entry {
  readonly name: string;
  readonly type: string;
}

export function createTimeline(init: TimelineInit): Timeline {
  const entries = new Map<string, Entry>();
  const shown = new Set<string>();
  const names = new Map<string, string>();
  /** Who was last seen to hold the lease, by space. */
  const coordinators = new Map<string, string>();

  function line(atMs: number, who: string, what: string, detail = ''): void {
    const seconds = `${((atMs - init.startAtMs) / 1_000).toFixed(2)} s`.padStart(9);
    init.write(`${dim(seconds)}  ${bold(who.padEnd(18))} ${what}${detail === '' ? '' : dim(` ${detail}`)}`);
  }

  const paint = (code: number, text: string): string =>
    init.isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;
  const dim = (text: string): string => paint(2, text);
  const bold = (text: string): string => paint(1, text);

  function isNew(key: string): boolean {
    if (shown.has(key)) return false;
    shown.add(key);
    return true;
  }

  function take(event: MeshEvent): void {
    if (typeof event.name === 'string' && typeof event.agent === 'string') names.set(event.agent, event.name);
    if (init.isAboutJob?.(event) === false) return;
    switch (event.kind) {
      case 'agent-woken':
        return line(
          event.atMs,
          String(event.name),
          'hears it',
          `similarity ${event.similarity} on ${event.node}`,
        );
      case 'agents-not-woken': {
        const agents = event.agents as readonly { readonly name: string; readonly similarity: number }[];
        return line(
          event.atMs,
          event.node,
          'leaves asleep',
          agents.map((one) => `${one.name} ${one.similarity}`).join(', '),
        );
      }
      case 'space-entry':
        return takeEntry(event);
      case 'members':
        if (isNew(`members ${event.space} ${event.version}`) && (event.added as string[]).length > 0) {
          line(
            event.atMs,
            'team',
            'grows',
            (event.added as string[]).map((did) => names.get(did) ?? did.slice(-8)).join(', '),
          );
        }
        return;
      case 'agent-joined':
        return line(event.atMs, String(event.name), `attaches to ${event.node}`);
      case 'agent-left':
        return line(event.atMs, String(event.name), `is gone from ${event.node}`);
      case 'node-down':
        if (isNew(`down ${event.peer} ${Math.round(event.atMs / 10_000)}`))
          line(event.atMs, event.node, 'misses a node', String(event.peer).slice(-8));
        return;
      case 'nodes-down': {
        const peers = event.peers as readonly string[];
        const named = peers.map((peer) => peer.slice(-8)).join(', ');
        return line(event.atMs, event.node, `misses ${event.count} nodes`, named);
      }
      case 'dead-letter':
        return line(
          event.atMs,
          event.node,
          'gives up a message',
          `${event.reason} to ${names.get(String(event.receiver)) ?? String(event.receiver).slice(-8)}`,
        );
      default:
    }
  }

  function takeEntry(event: MeshEvent): void {
    const id = String(event.message);
    const name = String(event.name ?? String(event.from).slice(-8));
    entries.set(id, { name, type: String(event.type) });
    if (!isNew(id)) return;
    if (event.type === 'progress') return takeNote(event, name);
    const references = [
      ...((event.references as string[] | undefined) ?? []),
      ...(event.parent === undefined ? [] : [String(event.parent)]),
    ];
    const others = [
      ...new Set(
        references.map((one) => entries.get(one)?.name).filter((one) => one !== undefined && one !== name),
      ),
    ];
    const detail = [others.length > 0 ? `on ${others.join(', ')}:` : '', excerpt(event.excerpt)]
      .filter((part) => part !== '')
      .join(' ');
    line(event.atMs, name, verbs[String(event.type)] ?? String(event.type), detail);
  }

  /** Of what is said about the work: who holds the lease to coordinate, and what it closed. */
  function takeNote(event: MeshEvent, name: string): void {
    const said = String(event.excerpt ?? '');
    const space = String(event.space);
    if (said.includes('"closing":'))
      return line(event.atMs, name, 'closes what nobody will do', said.slice(0, 90));
    const forMs = Number(/"about":\["coordinate"\].*?"forMs":(\d+)/.exec(said)?.[1] ?? 0);
    if (forMs === 0 || coordinators.get(space) === name) return;
    coordinators.set(space, name);
    line(event.atMs, name, 'coordinates', 'it has most context');
  }

  return {
    take,
    say: (who, what) => line(Date.now(), who, what),
  };
}

const verbs: Readonly<Record<string, string>> = {
  broadcast: 'states the goal',
  proposal: 'proposes',
  build_on: 'builds on it',
  concern: 'raises a concern',
  question: 'asks',
  answer: 'answers',
  revise: 'revises',
  review: 'reviews',
  dissolve: 'ends the job',
  leave: 'leaves',
};

function excerpt(value: unknown): string {
  if (typeof value !== 'string') return '';
  const title = /"title":"([^"]{1,80})/.exec(value)?.[1];
  return (title ?? value).replaceAll(/\s+/g, ' ').slice(0, 90);
}
