/** Counters, registers, sets and leases that the members of a space share; they converge whatever order changes come in. */
import type { Agent } from '../agent.ts';
import { writeOnce, writeSurely } from './writing.ts';

export interface Counter {
  value(): Promise<number>;
  /** An integer, below 0 to count down; answers with the value here and now. Not sent again: it would count twice. */
  add(by: number): Promise<number>;
}

/** The latest write wins. */
export interface Register<Value> {
  get(): Promise<Value | undefined>;
  set(value: Value): Promise<void>;
}

export interface SharedSet {
  values(): Promise<readonly string[]>;
  add(element: string): Promise<void>;
  remove(element: string): Promise<void>;
}

export interface HeldLease {
  readonly holder: string;
  /** Rises with each new holder: whoever acts under a lower one is too late. */
  readonly fence: number;
  /** Integer Unix ms. */
  readonly expiresAt: number;
}

/** Who may work on something for now. Advisory: in a partition two may hold it, and only a vote excludes. */
export interface Lease {
  /** Claim or extend it, for at most an hour. @throws AmpError AMP-1720 while another holds it. */
  claim(durationMs: number): Promise<HeldLease>;
  holder(): Promise<HeldLease | undefined>;
  /** Give it back. @throws AmpError AMP-1706 when it is not held by this agent. */
  release(): Promise<void>;
}

export interface SharedValues {
  counter(name: string): Counter;
  register<Value>(name: string): Register<Value>;
  /** `adds-win`: what was added elsewhere meanwhile survives a removal. `last-writer`: the latest mark counts. */
  set(name: string, rule?: 'adds-win' | 'last-writer'): SharedSet;
  lease(name: string): Lease;
}

export function openSharedValues(agent: Agent, space: string): SharedValues {
  async function read<Value>(kind: string, name: string): Promise<readonly Value[]> {
    const filter = { space, kind, name };
    return (await agent.query('shared', undefined, filter)).items as Value[];
  }

  return {
    counter: (name) => ({
      value: async () => (await read<number>('counter', name))[0]!,
      async add(by) {
        const written = await writeOnce(agent, space, { type: 'amend', kind: 'counter', name, by });
        return written.values![0] as number;
      },
    }),
    register: <Value>(name: string): Register<Value> => ({
      get: async () => (await read<Value>('register', name))[0],
      async set(value) {
        await writeSurely(agent, space, { type: 'amend', kind: 'register', name, value });
      },
    }),
    set(name, rule = 'adds-win') {
      const kind = rule === 'adds-win' ? 'set' : 'last-writer-set';
      const amend = async (change: { add: string } | { remove: string }): Promise<void> => {
        await writeSurely(agent, space, { type: 'amend', kind, name, ...change });
      };
      return {
        values: () => read<string>(kind, name),
        add: (element) => amend({ add: element }),
        remove: (element) => amend({ remove: element }),
      };
    },
    lease(name) {
      const amend = async (durationMs: number) =>
        writeSurely(agent, space, { type: 'amend', kind: 'lease', name, durationMs });
      return {
        claim: async (durationMs) => (await amend(durationMs)).values![0] as HeldLease,
        holder: async () => (await read<HeldLease>('lease', name))[0],
        async release() {
          await amend(0);
        },
      };
    },
  };
}
