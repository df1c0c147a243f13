/**
 * Run a seed again and again and compare: equal, or the first event that differs, with what came before it.
 * Every run is compared while it runs and ends at its first difference, so a long run costs no log of words.
 */
import { EventLog, type LoggedEvent } from './event-log.ts';

/** One run of a world; it notes its events in the log. Called several times in one process. */
export type ReplayableRun = (log: EventLog) => void;

export interface ReplayEqual {
  readonly isEqual: true;
  readonly digest: string;
  readonly eventCount: number;
}

export interface ReplayDifferent {
  readonly isEqual: false;
  /** Number of the first event that differs; events before it are equal. */
  readonly index: number;
  /** The event as a repetition shows it; `undefined` where one run had ended. */
  readonly event: LoggedEvent | undefined;
  /** What a third run has in its place: the other side, if it repeats itself at all. */
  readonly other: LoggedEvent | undefined;
  /** The last events that all runs share. */
  readonly before: readonly LoggedEvent[];
}

/** Events shown before the difference. */
const contextCount = 5;

/** Run twice or `repeats` times in all and compare each with the first. */
export function compareRuns(run: ReplayableRun, repeats = 2): ReplayEqual | ReplayDifferent {
  const first = new EventLog();
  run(first);
  for (let i = 1; i < repeats; i++) {
    const difference = findDifference(run, first);
    if (difference !== undefined) return { ...difference, other: findOther(run, first, difference.index) };
  }
  return { isEqual: true, digest: first.digest, eventCount: first.count };
}

/** Compare one more run with a recorded one, as `sim replay` does with a log of another day or machine. */
export function findDifference(run: ReplayableRun, recorded: EventLog): ReplayDifferent | undefined {
  const log: EventLog = new EventLog({
    textsMax: contextCount + 1,
    follow: (event, hash) => {
      const expected = recorded.hashAt(event.index);
      if (expected !== hash) throw new FirstDifference(event);
    },
  });
  try {
    run(log);
  } catch (error) {
    if (!(error instanceof FirstDifference)) throw error;
    const { event } = error;
    return { isEqual: false, index: event.index, event, other: undefined, before: log.recent().slice(0, -1) };
  }
  if (log.count === recorded.count) return undefined;
  const before = log.recent().slice(-contextCount);
  return { isEqual: false, index: log.count, event: undefined, other: undefined, before };
}

/** The event that the recorded run has at `index`: of a run that agrees with the record there, if one does. */
function findOther(run: ReplayableRun, recorded: EventLog, index: number): LoggedEvent | undefined {
  let found: LoggedEvent | undefined;
  const log = new EventLog({
    follow: (event, hash) => {
      if (event.index < index) return;
      if (hash === recorded.hashAt(index)) found = event;
      throw new FirstDifference(event);
    },
  });
  try {
    run(log);
  } catch (error) {
    if (!(error instanceof FirstDifference)) throw error;
  }
  const last = recorded.recent().find((event) => event.index === index);
  return found ?? last;
}

/** Ends a run at the first event that is not as recorded. */
class FirstDifference extends Error {
  readonly event: LoggedEvent;

  constructor(event: LoggedEvent) {
    super(`event ${event.index} differs`);
    this.event = event;
  }
}

/** The difference in words, for a terminal. */
export function describeDifference(difference: ReplayDifferent): string {
  const line = (event: LoggedEvent | undefined) =>
    event === undefined ? '(the run had ended)' : `${event.atMs} ms  ${event.text}`;
  return [
    `The runs differ at event ${difference.index}.`,
    ...difference.before.map((event) => `    = ${line(event)}`),
    `    - ${line(difference.other)}`,
    `    + ${line(difference.event)}`,
  ].join('\n');
}
