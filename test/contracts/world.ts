/** What a contract needs from the shell it runs over: a way to let time pass until something is true. */

/** Real shells answer within a second here; a busy machine gets ten times that before a claim fails. */
const patienceMs = 15_000;

export type Until = (what: string, condition: () => boolean) => Promise<void>;

/** Real time: look again after each turn of the event loop, until the patience is over. */
export async function untilReal(what: string, condition: () => boolean): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Virtual time: run event after event, until a virtual minute is over. */
export function untilVirtual(scheduler: {
  nowMs(): number;
  step(untilMs: number): boolean;
  runFor(durationMs: number): number;
}): Until {
  return async (what, condition) => {
    const endMs = scheduler.nowMs() + 60_000;
    while (!condition()) if (!scheduler.step(endMs)) throw new Error(`not within a virtual minute: ${what}`);
  };
}

const countedResources = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'UDPWrap',
  'PipeWrap',
  'Timeout',
  'Immediate',
]);

/** Open sockets, listeners and timers of this process, by kind. */
export function countResources(): number {
  return process.getActiveResourcesInfo().filter((kind) => countedResources.has(kind)).length;
}
