/**
 * Tripwires for a simulated run: while it lasts, reading the wall clock or a global generator throws, and so names
 * its place in the stack. What slips past (an unordered iteration) is found by `replay.ts`.
 */
import { AmpError } from '../../protocol/errors.ts';

interface Wire {
  readonly name: string;
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

const wires: readonly Wire[] = [
  { name: 'Date.now', owner: Date as unknown as Record<string, unknown>, key: 'now' },
  { name: 'Math.random', owner: Math as unknown as Record<string, unknown>, key: 'random' },
  { name: 'performance.now', owner: performance as unknown as Record<string, unknown>, key: 'now' },
  {
    name: 'crypto.getRandomValues',
    owner: crypto as unknown as Record<string, unknown>,
    key: 'getRandomValues',
  },
  { name: 'crypto.randomUUID', owner: crypto as unknown as Record<string, unknown>, key: 'randomUUID' },
  { name: 'setTimeout', owner: globalThis as unknown as Record<string, unknown>, key: 'setTimeout' },
  { name: 'setInterval', owner: globalThis as unknown as Record<string, unknown>, key: 'setInterval' },
  { name: 'setImmediate', owner: globalThis as unknown as Record<string, unknown>, key: 'setImmediate' },
];

/**
 * Run synchronous code with all tripwires set; they are gone afterwards, whatever happened.
 * @throws AmpError AMP-1905 naming the first forbidden call, with its stack.
 */
export function forbidAmbient<T>(run: () => T): T {
  const undo = wires.map(set);
  try {
    return run();
  } finally {
    for (const restore of undo) restore();
  }
}

function set({ name, owner, key }: Wire): () => void {
  const had = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, {
    configurable: true,
    writable: true,
    value: () => {
      throw new AmpError('AMP-1905', `${name} was called inside a simulated run.`, { call: name });
    },
  });
  return () => {
    // `delete` uncovers what the prototype has, as for performance.now.
    if (had === undefined) Reflect.deleteProperty(owner, key);
    else Object.defineProperty(owner, key, had);
  };
}
