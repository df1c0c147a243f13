/** Agents around one space in memory: each hears what the others say after a delay that the seed chooses. */

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Agent, AgentEvents, Delivered, Saying } from '../../client/agent.ts';
import { newTaskId } from '../../client/tasks.ts';
import type { Did } from '../../protocol/brand.ts';
import { chooseWitnesses } from '../../protocol/job/claims.ts';
import type { Envelope } from '../../protocol/messages.ts';

export interface FakeSpace {
  readonly id: string;
  readonly asker: Agent;
  readonly agents: readonly Agent[];
  /** Everything said in the space, as it was said. */
  readonly said: readonly Envelope[];
  /** Invite all agents and state the goal. */
  open(goal: string, requirements: readonly { id: string; text: string }[]): Promise<void>;
  /** Whatever is on its way does not arrive any more. */
  stop(): void;
}

export function createFakeSpace(told: { agents: number; seed: number; latencyMsMax: number }): FakeSpace {
  const id = newTaskId();
  const random = xoroshiro128plus(told.seed);
  const said: Envelope[] = [];
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const dids = Array.from({ length: told.agents + 1 }, (_, at) => `did:key:z6Mk${told.seed}x${at}` as Did);
  const everyone = dids.map(createOne);
  const [asker, ...agents] = everyone.map((one) => one.agent) as [Agent, ...Agent[]];

  function createOne(did: Did) {
    const listeners = new Map<string, Set<(...facts: never[]) => void>>();
    const emit = (name: keyof AgentEvents, fact: unknown): void => {
      for (const listener of [...(listeners.get(name) ?? [])]) listener(fact as never);
    };
    const agent = {
      did,
      name: did.slice(-4),
      capabilities: [],
      on(name: string, listener: (...facts: never[]) => void) {
        const known = listeners.get(name) ?? new Set();
        listeners.set(name, known.add(listener));
        return () => known.delete(listener);
      },
      async send(saying: Saying) {
        const message = {
          ...saying,
          id: saying.id ?? newTaskId(),
          from: did,
          at: Date.now(),
          name: did.slice(-4),
        };
        emit('sent', message);
        if (typeof saying.to !== 'string') said.push(message as unknown as Envelope);
        for (const other of everyone) {
          const isMeant = typeof saying.to === 'string' ? other.agent.did === saying.to : true;
          if (isMeant && other.agent.did !== did) deliver(other, message);
        }
        return message.id;
      },
      showRecords: () => undefined,
      askNode: async () => ({ items: dids.map((one) => ({ did: one, isOnline: true })) }),
    } as unknown as Agent;
    return { agent, emit };
  }

  function deliver(other: ReturnType<typeof createOne>, message: object): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        other.emit('message', message as Delivered);
      },
      uniformInt(random, 1, told.latencyMsMax),
    );
    timers.add(timer);
  }

  return {
    id,
    asker,
    agents,
    said,
    async open(goal, requirements) {
      for (const one of everyone.slice(1))
        one.emit('message', {
          type: 'invite',
          id: newTaskId(),
          from: asker.did,
          space: id,
          goal,
          at: Date.now(),
        });
      const members = dids.map((agent) => ({ agent, joinedAt: Date.now() }));
      for (const one of everyone) one.emit('members', { space: id, version: 1, members });
      await asker.send({
        type: 'broadcast',
        query: goal,
        job: true,
        requirements: [...requirements],
        context: { team: { witnesses: chooseWitnesses(dids.slice(1), asker.did) } },
        space: id,
      } as Saying);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
