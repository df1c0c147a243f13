import { expect, test } from 'vitest';
import type { NodeId } from '../../protocol/brand.ts';
import { createNodeRoll } from './node-roll.ts';
import type { PeerCore } from './peer-core.ts';

test('nodes that come up within a second are one line, and one alone is a line of its own', () => {
  const notes: unknown[] = [];
  let fire = (): void => undefined;
  let timerCount = 0;
  const core = {
    clock: { nowMs: () => 0 },
    note: (event: unknown) => void notes.push(event),
    timers: {
      apply: (_machine: string, _effect: unknown, write: () => void) => {
        timerCount += 1;
        fire = write;
      },
    },
  } as unknown as PeerCore;
  const roll = createNodeRoll(core);
  for (let i = 0; i < 20; i++) roll.noteUp(`n${i}` as NodeId);
  roll.noteDown('m' as NodeId);
  expect(timerCount).toBe(1);
  fire();
  const peers = Array.from({ length: 16 }, (_, i) => `n${i}`);
  expect(notes).toEqual([
    { kind: 'nodes-up', count: 20, peers },
    { kind: 'node-down', peer: 'm' },
  ]);
  fire();
  expect(notes).toHaveLength(2);
});
