import { describe, expect, test } from 'vitest';
import { createReplayWindow } from './replay-window.ts';

describe('the replay window', () => {
  test('takes a message once, and tells a repetition from other content under the same id', () => {
    const window = createReplayWindow({ windowMs: 1_000 });
    expect(window.add('a 1', 'x', 0, 0)).toBe('new');
    expect(window.add('a 1', 'x', 0, 10)).toBe('duplicate');
    expect(window.add('a 1', 'y', 0, 10)).toBe('conflict');
    expect(window.add('b 1', 'y', 0, 10)).toBe('new');
  });

  test('remembers for as long as a message may live', () => {
    const window = createReplayWindow({ windowMs: 1_000 });
    window.add('a 1', 'x', 0, 0);
    for (let atMs = 100; atMs <= 1_000; atMs += 100) window.add(`other ${atMs}`, 'x', atMs, atMs);
    expect(window.add('a 1', 'x', 0, 1_000)).toBe('duplicate');
  });

  test('when it must forget, it refuses what is older than its memory instead of taking it again', () => {
    const window = createReplayWindow({ windowMs: 3_600_000 });
    window.add('first', 'x', 0, 0);
    let again: string = window.add('first', 'x', 0, 0);
    for (let i = 0; again === 'duplicate' && i < 2_000_000; i++) {
      window.add(`filler ${i}`, 'x', i, i);
      if (i % 50_000 === 0) again = window.add('first', 'x', 0, i);
    }
    expect(again).toBe('too-old');
    expect(window.entryCount).toBeLessThanOrEqual(6 * (1 << 17));
  });

  test('100,000 different keys are 100,000 new messages', () => {
    const window = createReplayWindow({ windowMs: 3_600_000 });
    let newCount = 0;
    for (let i = 0; i < 100_000; i++) if (window.add(`did:key:z6Mk ${i}`, 'x', i, i) === 'new') newCount++;
    expect(newCount).toBe(100_000);
  });
});
