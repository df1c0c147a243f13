/** How every command ends: exit codes that scripts can rely on, and errors on stderr. */
import { AmpError } from '../protocol/errors.ts';

export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  unreachable: 3,
  timeout: 4,
  denied: 5,
  threshold: 99,
  interrupted: 130,
} as const;

/** The exit code that an error asks for. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AmpError)) return exitCodes.failure;
  if (error.code === 'AMP-1503') return exitCodes.unreachable;
  if (error.code === 'AMP-1505') return exitCodes.timeout;
  if (error.code === 'AMP-1202' || error.code === 'AMP-1207') return exitCodes.denied;
  return error.code.startsWith('AMP-15') ? exitCodes.usage : exitCodes.failure;
}

/** Tell people on stderr, or programs on stdout. */
export function reportError(error: unknown, isJson: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  if (isJson && error instanceof AmpError)
    process.stdout.write(`${JSON.stringify({ error: { code: error.code, message, facts: error.facts } })}\n`);
  else if (isJson) process.stdout.write(`${JSON.stringify({ error: { message } })}\n`);
  process.stderr.write(`ampmesh: ${message}\n`);
}
