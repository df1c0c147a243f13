/** The node's log: JSON lines on a pipe, short lines on a terminal. No payload above debug; secrets never. */
import { pino } from 'pino';
import pretty from 'pino-pretty';
import type { MeshEvent } from '../node/runtime/events.ts';

export interface NodeLog {
  readonly isForPeople: boolean;
  info(facts: object, message: string): void;
  fatal(facts: object, message: string): void;
  /** One line for an event of the mesh; what agents said stays at debug. */
  event(event: MeshEvent): void;
}

const quietKinds = new Set([
  'space-entry',
  'broadcast-sent',
  'agent-woken',
  'agents-not-woken',
  'capability',
  'members',
]);

export function createNodeLog(level: string, node: string): NodeLog {
  const isForPeople = process.stderr.isTTY === true;
  const options = { level, base: { node }, redact: ['token', 'swarmKey', 'resume'], messageKey: 'msg' };
  // Data goes to stdout, messages to stderr.
  const target = isForPeople
    ? pretty({ colorize: process.env.NO_COLOR === undefined, destination: 2, ignore: 'pid,hostname' })
    : pino.destination(2);
  const log = pino(options, target);
  return {
    isForPeople,
    info: (facts, message) => log.info(facts, message),
    fatal: (facts, message) => log.fatal(facts, message),
    event({ kind, seq: _seq, atMs: _atMs, node: _node, ...facts }) {
      if (quietKinds.has(kind)) log.debug(facts, kind);
      else log.info(withoutPayload(facts), kind);
    },
  };
}

function withoutPayload({
  excerpt: _excerpt,
  text: _text,
  ...facts
}: Record<string, unknown>): Record<string, unknown> {
  return facts;
}
