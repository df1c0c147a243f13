/** A full garbage collection on request, whether or not the process was started with `--expose-gc`. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect = globalThis.gc as (() => void) | undefined;

/** More than once: what finalizers hold goes with the next one. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  for (let i = 0; i < 4; i++) collect();
}
