import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Draw, didOf } from '../../test/crdt/harness.ts';
import { ClassicView } from '../classic/index.ts';
import type { Edit } from '../frames/index.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import { openShared } from '../shared/index.ts';
import { TraceView } from './index.ts';

const [ann, ben] = [didOf('ann'), didOf('ben')] as const;
const change = (author: typeof ann, edit: Edit, at: number): EntryChange => ({
  author,
  key: edit.key,
  value: edit.value,
  mark: { epoch: 'e', seq: 0, at, members: '' },
});
const taken = { location: 'tasks/1', kind: 'taken', halfLifeMs: 1_000 };

function leave(
  view: TraceView,
  author: typeof ann,
  amount: number,
  nowMs: number,
  location = 'tasks/1',
): void {
  const edit = view.deposit(author, { ...taken, location, amount }, nowMs);
  if (!edit.ok) throw new Error(edit.refusal.message);
  view.apply([change(author, edit.value, nowMs)]);
}

describe('traces', () => {
  test('a mark halves each half-life, is reinforced, inhibited by others, and vanishes', () => {
    const view = new TraceView();
    leave(view, ann, 8, 10_000);
    expect(view.sense('tasks/1', 11_000)).toMatchObject([{ amount: 4, authors: [ann] }]);
    leave(view, ann, 4, 11_000);
    expect(view.sense('tasks/', 11_000, true)).toMatchObject([{ amount: 8 }]);
    leave(view, ben, -3, 11_000);
    expect(view.sense('tasks/1', 11_000)).toMatchObject([{ amount: 5 }]);
    expect(view.sense('tasks/1', 60_000)).toEqual([]);
    view.apply(view.collect(ann, 60_000).map((edit) => change(ann, edit, 60_000)));
    expect(view.markCount).toBe(1);
  });

  test('state grows with locations and authors, not with deposits; a date in the future gains nothing', () => {
    const view = new TraceView();
    for (let i = 0; i < 1_000; i++) leave(view, ann, 1, 10_000 + i);
    expect(view.markCount).toBe(1);
    const edit = {
      key: 'd/taken/x',
      value: { location: 'x', kind: 'taken', amount: 1, halfLifeMs: 1_000, at: 10 ** 12 },
    };
    view.apply([change(ben, edit, 10_000)]);
    expect(view.sense('x', 11_000)).toMatchObject([{ amount: 0.5 }]);
  });

  test('an author beyond its quota is refused, and what it writes all the same does not count', () => {
    const view = new TraceView();
    for (let i = 0; i < 1_000; i++) leave(view, ann, 1, 10_000, `p/${String(i).padStart(4, '0')}`);
    expect(view.deposit(ann, { ...taken, location: 'q', amount: 1 }, 10_000)).toMatchObject({
      ok: false,
      refusal: { code: 'AMP-1707' },
    });
    view.apply([
      change(ann, { key: 'd/taken/q', value: { ...taken, location: 'q', amount: 1, at: 10_000 } }, 10_000),
    ]);
    expect(view.sense('q', 10_000)).toEqual([]);
  });

  test('the gradient leads over diffused neighbours to the strongest place', () => {
    const view = new TraceView();
    const neighbours = (one: string) =>
      [Number(one) - 1, Number(one) + 1].filter((n) => n >= 0 && n <= 3).map(String);
    leave(view, ann, 10, 10_000, '3');
    expect(view.follow('2', 'taken', 10_000, neighbours)).toBe('3');
    expect(view.follow('1', 'taken', 10_000, neighbours)).toBe('2');
    expect(view.follow('3', 'taken', 10_000, neighbours)).toBeUndefined();
  });
});

describe('classic types', () => {
  test('counters sum, the latest assignment wins, a concurrent addition survives a removal', () => {
    const view = new ClassicView();
    const give = (author: typeof ann, edit: Edit, at = 1_000) => view.apply([change(author, edit, at)]);
    give(ann, view.count(ann, 'n', 5));
    give(ben, view.count(ben, 'n', -2));
    give(ann, view.count(ann, 'n', 1));
    expect(view.counter('n')).toBe(4);
    give(ann, view.assign('r', 'first'), 1_000);
    give(ben, view.assign('r', 'second'), 2_000);
    expect(view.register('r')).toBe('second');
    give(ann, view.add(ann, 's', 'x')!);
    const removal = view.remove(ben, 's', 'x');
    give(ann, view.add(ann, 's', 'x')!);
    give(ben, removal);
    expect(view.observedSet('s')).toEqual(['x']);
    give(ben, view.remove(ben, 's', 'x'));
    expect(view.observedSet('s')).toEqual([]);
    give(ann, view.mark(ann, 'l', 'y', true, 1_000));
    give(ben, view.mark(ben, 'l', 'y', false, 2_000), 2_000);
    expect(view.lastWriterSet('l')).toEqual([]);
  });

  test('a lease has one holder on all replicas, expires, and its fence rises with each holder', () => {
    const view = new ClassicView();
    const claims = [
      change(ann, view.claimLease(ann, 'x', 5_000, 1_000)!, 1_000),
      change(ben, view.claimLease(ben, 'x', 5_000, 1_001)!, 1_001),
    ];
    for (const order of [claims, [...claims].reverse()]) {
      const replica = new ClassicView();
      replica.apply(order);
      expect(replica.lease('x', 2_000)).toMatchObject({ holder: ann, fence: 1 });
    }
    view.apply(claims);
    expect(view.claimLease(ben, 'x', 5_000, 2_000)).toBeUndefined();
    view.apply([change(ben, view.claimLease(ben, 'x', 5_000, 9_000)!, 9_000)]);
    expect(view.lease('x', 9_001)).toMatchObject({ holder: ben, fence: 2 });
  });

  test('parts in any order give one value', () => {
    const draw = new Draw(7);
    const parts = [ann, ben].flatMap((author) =>
      ['counter/n', 'set/s', 'register/r', 'lease/l'].map((name) =>
        change(
          author,
          {
            key: `c/${name}`,
            value: { up: draw.int(9), value: 1, in: { a: 1 }, fence: 1, expiresAt: 5_000 },
          },
          1_000,
        ),
      ),
    );
    const texts = Array.from({ length: 20 }, () => {
      const view = new ClassicView();
      view.apply(draw.shuffle(parts));
      return view.viewText() + JSON.stringify(view.lease('l', 2_000));
    });
    expect(new Set(texts).size).toBe(1);
  });
});

test('members of a shared document end with one text, and a damaged update harms nothing', () => {
  const sent: [Uint8Array[], Uint8Array[]] = [[], []];
  const left = openShared(1, (update) => sent[0].push(update));
  const right = openShared(2, (update) => sent[1].push(update));
  left.doc.getText('t').insert(0, 'hello ');
  right.doc.getText('t').insert(0, 'world');
  for (const update of sent[0]) right.receive(update);
  for (const update of sent[1]) left.receive(update);
  expect(left.doc.getText('t').toJSON()).toBe(right.doc.getText('t').toJSON());
  expect(left.receive(new Uint8Array(40 * 1024))).toBe(false);
  expect(left.receive(Uint8Array.of(1, 1, 255))).toBe(false);
  const late = openShared(3, () => undefined, left.sync(Y.encodeStateVector(new Y.Doc())));
  expect(late.doc.getText('t').toJSON()).toBe(left.doc.getText('t').toJSON());
});
