/** A file with an agent's behaviour, read for a simulated run or for real agents. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type BehaviourFactory, findBehaviourFault } from '../../protocol/behaviour.ts';
import { AmpError } from '../../protocol/errors.ts';

export type ReadBehaviour =
  | { readonly ok: true; readonly value: BehaviourFactory }
  /** One sentence without its full stop: what is wrong, and in which line. */
  | { readonly ok: false; readonly problem: string };

const require = createRequire(import.meta.url);

/**
 * Read a module that exports a factory by default; relative paths count from the working directory. What the factory
 * makes is looked at when it is called. Synchronously, as all of a run is; Node reads TypeScript without its types.
 */
export function readBehaviour(path: string): ReadBehaviour {
  const whole = resolve(path);
  if (!existsSync(whole)) return { ok: false, problem: `there is no file ${path}` };
  let loaded: { readonly default?: unknown };
  try {
    loaded = require(whole);
  } catch (error) {
    return { ok: false, problem: `${path} cannot be loaded: ${describeFault(error, whole)}` };
  }
  const make = loaded.default;
  if (make === undefined) return { ok: false, problem: `${path} has no default export` };
  if (typeof make !== 'function')
    return { ok: false, problem: `the default export of ${path} is no function` };
  return { ok: true, value: checkMade(path, make as BehaviourFactory) };
}

/** @throws AmpError AMP-1506 */
export function loadBehaviour(path: string): BehaviourFactory {
  const read = readBehaviour(path);
  if (!read.ok) throw new AmpError('AMP-1506', `${read.problem.replace(/^there/, 'There')}.`, { path });
  return read.value;
}

function checkMade(path: string, make: BehaviourFactory): BehaviourFactory {
  return (index, agentCount) => {
    const made = make(index, agentCount);
    const fault = findBehaviourFault(made);
    if (fault !== undefined)
      throw new AmpError('AMP-1506', `The default export of ${path} ${fault}.`, { path });
    return made;
  };
}

/** The first line of what was thrown, and where in the file, as far as its stack tells. */
function describeFault(error: unknown, path: string): string {
  if (!(error instanceof Error)) return String(error);
  const at = error.stack?.split(`${path}:`)[1]?.match(/^\d+(?::\d+)?/)?.[0];
  return `${error.message.split('\n')[0]}${at === undefined ? '' : ` (line ${at.replace(':', ', column ')})`}`;
}
