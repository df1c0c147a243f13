/** `ampmesh demo latency`: the incident job twice, with its certificates kept. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LatencyReport, startLatencyJob } from './latency-job.ts';

export interface LatencyDemoInit {
  readonly out: string;
  readonly isJson: boolean;
}

export async function runLatencyDemo({ out, isJson }: LatencyDemoInit): Promise<void> {
  const folder = join(out, 'latency');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const say = (line: string): void => {
    if (!isJson) process.stdout.write(`${line}\n`);
  };
  const job = await startLatencyJob({ folder: join(folder, '.mesh'), say });
  try {
    say(
      'Five nodes are up; the fifth lies in agreements, and so does its agent.\n\nFirst run: the worker is killed.',
    );
    const decided = await job.runDecided();
    const diagnosis = keep(folder, 'diagnosis.json', decided);
    say('\nSecond run: a voter is killed during the ballot as well.');
    const undecided = await job.runUndecided('cache ttl too short');
    const file = keep(folder, 'undecided.json', undecided);
    say(
      `\nCheck them yourself, without a node:\n  npx ampmesh certificate verify ${diagnosis}\n  npx ampmesh certificate verify ${file}`,
    );
    if (!isJson) return;
    const runs = [decided, undecided].map(({ facts, durationMs }) => ({
      durationMs,
      outcome: facts.find((fact) => fact.stage === 'decided')?.outcome,
      repaired: facts.find((fact) => fact.stage === 'repaired'),
    }));
    process.stdout.write(`${JSON.stringify({ runs, certificates: [diagnosis, file] })}\n`);
  } finally {
    await job.stop();
  }
}

function keep(folder: string, name: string, report: LatencyReport): string {
  const file = join(folder, name);
  writeFileSync(file, `${JSON.stringify(report.certificate, null, 2)}\n`);
  return file;
}
