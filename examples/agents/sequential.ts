/**
 * The baseline of a job: the same modules with the same declared work times, one after another, each once. Nobody
 * hears anybody but those before it, and nobody answers a doubt.
 */
import { think } from './patience.ts';
import type { Attachment, HeardContribution, WorkModule } from './work/work.ts';

export interface SequentialRun {
  readonly contributions: readonly HeardContribution[];
  readonly durationMs: number;
}

/** Run the modules in the given order. */
export async function runSequentially(
  modules: readonly WorkModule[],
  told: { intent: string; attachments?: readonly Attachment[]; pace?: number },
): Promise<SequentialRun> {
  const startedAt = performance.now();
  const contributions: HeardContribution[] = [];
  for (const module of modules) {
    await think((module.workMs ?? 0) * (told.pace ?? 1), new AbortController().signal);
    const made = module.work({
      intent: told.intent,
      attachments: told.attachments ?? [],
      contributions,
      concerns: [],
    });
    contributions.push({ ...made, id: `${contributions.length + 1}`, from: module.name });
  }
  return { contributions, durationMs: performance.now() - startedAt };
}
