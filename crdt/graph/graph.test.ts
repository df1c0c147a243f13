import { describe, expect, test } from 'vitest';
import { Draw, didOf } from '../../test/crdt/harness.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import {
  aggregateBelief,
  createGraph,
  findPath,
  GraphView,
  isKnown,
  listOpen,
  type Policy,
  queryGraph,
  VectorIndex,
} from './index.ts';

const [ann, ben, cat, dan] = ['ann', 'ben', 'cat', 'dan'].map(didOf) as [
  ReturnType<typeof didOf>,
  ReturnType<typeof didOf>,
  ReturnType<typeof didOf>,
  ReturnType<typeof didOf>,
];
let seq = 0;

function entry(author: typeof ann, key: string, value: unknown): EntryChange {
  seq += 1;
  return {
    author,
    key,
    value: value as EntryChange['value'],
    mark: { epoch: 'e', seq, at: 1_000, members: '' },
  };
}

const claim = (author: typeof ann, id: string, more: object = {}) =>
  entry(author, `e/${id}`, { type: 'fact', text: id, ...more });
const attest = (author: typeof ann, target: string, stance = 'support', more: object = {}) =>
  entry(author, `a/${target}`, { target, stance, ...more });
const policy: Policy = {
  quorum: { by: 'count', min: 2 },
  independence: { owner: true, model: true, evidence: true },
};
const id = (author: typeof ann, name: string) => `${author}/${name}`;
const status = (view: GraphView, author: typeof ann, name: string) => view.find(id(author, name))?.status;

describe('the lifecycle of a claim', () => {
  test('a claim enters as hypothesis, also when its author calls it a fact, and two independent supporters promote it', () => {
    const view = new GraphView({}, policy);
    view.apply([claim(ann, 'c'), attest(ann, id(ann, 'c')), attest(ben, id(ann, 'c'))]);
    expect(status(view, ann, 'c')).toBe('hypothesis');
    view.apply([attest(cat, id(ann, 'c'))]);
    expect(status(view, ann, 'c')).toBe('fact');
    view.apply([attest(cat, id(ann, 'c'), 'dispute')]);
    expect(status(view, ann, 'c')).toBe('disputed');
  });

  test('supporters of one owner, one model or one piece of evidence count once', () => {
    const shared = [{ model: 'm' }, { evidence: ['e'] }];
    for (const more of shared) {
      const view = new GraphView({}, policy);
      view.apply([
        claim(ann, 'c'),
        attest(ben, id(ann, 'c'), 'support', more),
        attest(cat, id(ann, 'c'), 'support', more),
      ]);
      expect(status(view, ann, 'c')).toBe('hypothesis');
    }
    const view = new GraphView({ facts: { ownerOf: (did) => (did === ann ? 'x' : 'y') } }, policy);
    view.apply([claim(ann, 'c'), attest(ben, id(ann, 'c')), attest(cat, id(ann, 'c'))]);
    expect(view.find(id(ann, 'c'))).toMatchObject({ status: 'hypothesis', support: 1 });
  });

  test('an attestation is of the content that was attested, not of what the author made of it later', () => {
    const view = new GraphView({ digest: (text) => String(text.length) }, policy);
    const content = String(JSON.stringify({ text: 'c', type: 'fact' }).length);
    view.apply([
      claim(ann, 'c'),
      attest(ben, id(ann, 'c'), 'support', { content }),
      attest(cat, id(ann, 'c'), 'support', { content }),
    ]);
    expect(status(view, ann, 'c')).toBe('fact');
    view.apply([entry(ann, 'e/c', { type: 'fact', text: 'something else' })]);
    expect(status(view, ann, 'c')).toBe('hypothesis');
  });

  test('without a certificate nothing is a fact where the policy requires one', () => {
    const certified = new Set<string>();
    const view = new GraphView(
      { facts: { hasCertificate: (one) => certified.has(one) } },
      { ...policy, certificate: 'required' },
    );
    view.apply([claim(ann, 'c'), attest(ben, id(ann, 'c')), attest(cat, id(ann, 'c'))]);
    expect(status(view, ann, 'c')).toBe('hypothesis');
    certified.add(id(ann, 'c'));
    view.rejudge();
    expect(status(view, ann, 'c')).toBe('fact');
  });
});

describe('contradictions', () => {
  const exclusive = (author: typeof ann, name: string, value: number) =>
    claim(author, name, { subject: 's', predicate: 'p', value });

  test('two values for one subject and predicate are a conflict that stays listed when it is resolved', () => {
    const view = new GraphView({}, policy);
    view.apply([exclusive(ann, 'a', 1), exclusive(ben, 'b', 2)]);
    expect(view.listConflicts()).toMatchObject([
      { kind: 'exclusive-values', status: 'open', sides: [id(ann, 'a'), id(ben, 'b')].sort() },
    ]);
    view.apply([entry(ben, 'x/e/b', { reason: 'wrong' })]);
    expect(view.listConflicts()).toMatchObject([{ status: 'resolved', resolution: { by: 'retraction' } }]);
    expect(status(view, ben, 'b')).toBe('retracted');
  });

  test('two sides with a quorum are contested until an independent quorum votes', () => {
    const view = new GraphView({}, { ...policy, independence: { owner: false } });
    view.apply([exclusive(ann, 'a', 1), exclusive(ben, 'b', 2)]);
    for (const target of [id(ann, 'a'), id(ben, 'b')]) view.apply([attest(cat, target), attest(dan, target)]);
    expect([status(view, ann, 'a'), status(view, ben, 'b')]).toEqual(['contested', 'contested']);
    const conflict = view.listConflicts()[0]!.id;
    const keep = id(ann, 'a');
    view.apply([entry(cat, 'v/1', { conflict, keep }), entry(dan, 'v/1', { conflict, keep })]);
    expect([status(view, ann, 'a'), status(view, ben, 'b')]).toEqual(['fact', 'contested']);
    expect(view.listConflicts()).toMatchObject([{ status: 'resolved', resolution: { by: 'vote', keep } }]);
  });

  test('explicit contradiction and near-equal texts of opposite polarity are conflicts', () => {
    const view = new GraphView({ similarity: (a, b) => (a.slice(0, 5) === b.slice(0, 5) ? 0.9 : 0) }, policy);
    view.apply([
      claim(ann, 'water is wet', { polarity: 'for' }),
      claim(ben, 'water is wet too', { polarity: 'against' }),
      entry(cat, 'r/1', { kind: 'contradicts', from: id(ann, 'x'), to: id(ben, 'y') }),
      claim(ann, 'x'),
      claim(ben, 'y'),
    ]);
    expect(
      view
        .listConflicts()
        .map((one) => one.kind)
        .sort(),
    ).toEqual(['contradicts', 'opposite']);
    view.apply([entry(cat, 'x/r/1', {})]);
    expect(view.listConflicts().map((one) => one.kind)).toEqual(['opposite']);
  });
});

describe('questions', () => {
  test('the view is the same in whatever order entries come, one by one or at once', () => {
    for (let seed = 0; seed < 200; seed++) {
      const draw = new Draw(seed);
      const authors = [ann, ben, cat, dan];
      const target = () => id(draw.pick(authors), `c${draw.int(3)}`);
      const latest = new Map<string, EntryChange>();
      for (let i = 0; i < 40; i++) {
        const author = draw.pick(authors);
        const made = draw.pick([
          () => claim(author, `c${draw.int(3)}`, { subject: 's', predicate: 'p', value: draw.int(2) }),
          () => attest(author, target(), draw.pick(['support', 'dispute'])),
          () =>
            entry(author, `r/${draw.int(2)}`, {
              kind: draw.pick(['contradicts', 'answers']),
              from: target(),
              to: target(),
            }),
          () => entry(author, `x/${draw.pick(['e/c0', 'r/0'])}`, {}),
          () => entry(author, `e/q`, { type: 'question', text: 'why' }),
        ])();
        latest.set(`${author}/${made.key}`, made);
      }
      const changes = [...latest.values()];
      const once = new GraphView({}, { ...policy, independence: {} });
      once.apply(changes);
      const slow = new GraphView({}, { ...policy, independence: {} });
      for (const change of draw.shuffle([...changes, ...changes])) slow.apply([change]);
      expect(slow.viewText(), `seed ${seed}`).toBe(once.viewText());
    }
  });

  test('a need calls for help, and the contribution that meets it closes it', () => {
    const graph = createGraph({}, { policy });
    const give = (changes: EntryChange[]) => graph.step({ type: 'entries-changed', atMs: 1, changes });
    graph.step({ type: 'subscribe', atMs: 1, subscription: 's', filter: { types: ['need'] } });
    const opened = give([entry(ann, 'e/n', { type: 'need', text: 'help', capability: 'translate' })]);
    expect(opened).toMatchObject([
      { type: 'call-for-help', capability: 'translate' },
      { type: 'notify', subscription: 's' },
    ]);
    expect(listOpen(graph.view)).toHaveLength(1);
    const closed = give([
      entry(ben, 'e/s', { type: 'solution', text: 'done' }),
      entry(ben, 'r/1', { kind: 'meets', from: id(ben, 's'), to: id(ann, 'n') }),
    ]);
    expect(closed.map((effect) => effect.type)).toContain('need-closed');
    expect(listOpen(graph.view)).toHaveLength(0);
  });

  test('paths of several hops come with who says so; queries filter and rank by meaning', () => {
    const view = new GraphView({}, policy);
    view.apply([claim(ann, 'a'), claim(ann, 'b'), entry(ann, 'e/c', { type: 'solution', text: 'c' })]);
    view.apply([
      entry(ben, 'r/1', { kind: 'refines', from: id(ann, 'a'), to: id(ann, 'b') }),
      entry(cat, 'r/2', { kind: 'supports', from: id(ann, 'b'), to: id(ann, 'c') }),
    ]);
    expect(findPath(view, id(ann, 'a'), id(ann, 'c'))?.map((step) => step.author)).toEqual([ben, cat]);
    expect(findPath(view, id(ann, 'c'), id(ann, 'a'))).toBeUndefined();
    expect(
      queryGraph(view, { relation: { kind: 'refines', to: id(ann, 'b') } }).map((one) => one.id),
    ).toEqual([id(ann, 'a')]);
    const vectors = new VectorIndex(2);
    vectors.set(id(ann, 'a'), Float32Array.of(1, 0));
    vectors.set(id(ann, 'c'), Float32Array.of(0.6, 0.8));
    expect(
      queryGraph(view, { near: { vector: Float32Array.of(0.8, 0.6) } }, vectors).map((one) => one.id),
    ).toEqual([id(ann, 'c'), id(ann, 'a')]);
    expect(isKnown(view, vectors, Float32Array.of(0.6, 0.8)).map((one) => one.id)).toEqual([id(ann, 'c')]);
  });

  test('belief converges to the confidence-weighted mean when all trust all alike', () => {
    const belief = aggregateBelief([
      { author: ann, value: 0, confidence: 0.5 },
      { author: ben, value: 1, confidence: 0.25 },
      { author: cat, value: 1, confidence: 0.25 },
    ])!;
    expect(belief.value).toBeCloseTo(0.5, 6);
    expect(belief.influence.reduce((sum, one) => sum + one.share, 0)).toBeCloseTo(1, 6);
  });
});
