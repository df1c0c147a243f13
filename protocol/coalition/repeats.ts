/** What gets no answer is said again after one beat, two, four and then every eight: whoever should hear it may be gone. */

export interface Repeats {
  /** Whether to say it now. `what` names it; the first time it is due at once. */
  isDue(what: string, atMs: number, beatMs: number): boolean;
}

/** Beats between two repeats, at most. Judgement. */
const repeatBeatsMax = 8;

/** Not durable: after a restart everything is said once more. */
export function createRepeats(): Repeats {
  const waiting = new Map<string, { readonly waitMs: number; readonly dueAtMs: number }>();

  return {
    isDue(what, atMs, beatMs) {
      const known = waiting.get(what);
      if (known !== undefined && atMs < known.dueAtMs) return false;
      const waitMs = Math.min(repeatBeatsMax * beatMs, known === undefined ? beatMs : 2 * known.waitMs);
      waiting.set(what, { waitMs, dueAtMs: atMs + waitMs - beatMs / 2 });
      return true;
    },
  };
}
