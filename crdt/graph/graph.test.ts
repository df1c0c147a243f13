import { describe, expect, test } from 'vitest';
import { Draw, didOf } from '../../test/crdt/harness.ts';
import type { EntryValue } from '../frames/entry-value.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import {
  aggregateBelief,
  claimDecision,
  contentDigest,
  createGraph,
  findPath,
  GraphView,
  isKnown,
  listOpen,
  type Policy,
  queryGraph,
  readClaimDecision,
  VectorIndex,
} from './index.ts';

const [ann, ben, cat, dan] = ['ann', 'ben', 'cat', 'dan'].map(didOf) as [
  ReturnType<typeof didOf>,
  ReturnType<typeof didOf>,
  ReturnType<typeof didOf>,
  ReturnType<typeof didOf>,
];
const mark = { epoch: 'e', seq: 0, at: 1_000, members: '' };
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
  });

  test('owners told by the runtime bind who counts as independent, whether told before or after the attestations', () => {
    const owners = [
      { agent: ann, owner: 'x' },
      { agent: ben, owner: 'y' },
      { agent: cat, owner: 'y' },
    ];
    const changes = [claim(ann, 'c'), attest(ben, id(ann, 'c')), attest(cat, id(ann, 'c'))];
    const late = new GraphView({}, policy);
    late.apply(changes);
    expect(status(late, ann, 'c')).toBe('fact');
    expect(late.learnOwners(owners)).toMatchObject([{ id: id(ann, 'c'), status: 'hypothesis' }]);
    expect(late.learnOwners(owners)).toEqual([]);
    const early = new GraphView({}, policy);
    early.learnOwners(owners);
    early.apply(changes);
    for (const view of [late, early])
      expect(view.find(id(ann, 'c'))).toMatchObject({ status: 'hypothesis', support: 1 });
    expect(early.viewText()).toBe(late.viewText());
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

  test('where the policy requires a certificate, only one for this very content makes a fact', () => {
    const digest = (text: string) => String(text.length);
    const view = new GraphView({ digest }, { ...policy, certificate: 'required' });
    view.apply([claim(ann, 'c'), attest(ben, id(ann, 'c')), attest(cat, id(ann, 'c'))]);
    expect(status(view, ann, 'c')).toBe('hypothesis');
    const decision = claimDecision(
      'commons',
      id(ann, 'c'),
      contentDigest(view.nodes.get(id(ann, 'c'))!, digest),
    );
    const read = readClaimDecision(JSON.parse(JSON.stringify(decision)));
    if (!read.ok) throw new Error(read.refusal.message);
    const certified = { ...read.value, certificate: 'a'.repeat(64) };
    expect(view.learnCertified([{ ...certified, content: 'another' }])).toEqual([]);
    expect(view.learnCertified([certified])).toMatchObject([{ before: 'hypothesis', status: 'fact' }]);
    expect(view.find(id(ann, 'c'))).toMatchObject({ status: 'fact', certificate: 'a'.repeat(64) });
    view.apply([entry(ann, 'e/c', { type: 'fact', text: 'something else' })]);
    expect(status(view, ann, 'c')).toBe('hypothesis');
    expect(readClaimDecision({ ...decision, more: 1 }).ok).toBe(false);
  });
});

describe('what a fork cut off', () => {
  const digest = (text: string) => `d${text.length}`;
  const body = { type: 'fact', text: 'relied upon' };
  const content = contentDigest({ body }, digest);
  const rely = attest(ben, id(ann, 'c'), 'support', { content });
  const quote = (author: typeof ann, said: object) =>
    entry(author, `q/${id(ann, 'c')}`, { target: id(ann, 'c'), body: said as never });

  test('stays as `author-forked` where others attested it, says who relies on it, and its content comes back by a quote', () => {
    const graph = createGraph({ digest }, { policy });
    const give = (changes: EntryChange[]) => graph.step({ type: 'entries-changed', atMs: 1, changes });
    give([entry(ann, 'e/c', body), entry(ann, 'e/alone', body), rely]);
    graph.step({ type: 'author-forked', atMs: 1, author: ann });
    const effects = give([
      { author: ann, key: 'e/c', value: undefined, mark },
      { author: ann, key: 'e/alone', value: undefined, mark },
    ]);
    expect(effects).toMatchObject([{ type: 'quote', entity: id(ann, 'c'), attesters: [ben] }]);
    expect(graph.view.find(id(ann, 'alone'))).toBeUndefined();
    expect(graph.view.find(id(ann, 'c'))).toMatchObject({
      status: 'author-forked',
      isAuthorForked: true,
      body: { text: expect.stringContaining('two histories') },
      cutOff: { reason: 'author-forked', contents: [{ content, attestedBy: [ben], quotedBy: [] }] },
    });
    // Whoever repeats something else is not believed.
    give([quote(cat, { type: 'fact', text: 'a forged quote' })]);
    expect(graph.view.find(id(ann, 'c'))?.body.text).toContain('two histories');
    const [kept] = effects as unknown as [{ edit: { key: string; value: EntryValue } }];
    give([{ author: ben, ...kept.edit, mark }]);
    expect(graph.view.find(id(ann, 'c'))).toMatchObject({ status: 'author-forked', body });
    expect(queryGraph(graph.view, { statuses: ['author-forked'] }).map((one) => one.id)).toEqual([
      id(ann, 'c'),
    ]);
    // The attestation goes, and with it what rests on it.
    give([{ ...rely, value: undefined }]);
    expect(graph.view.find(id(ann, 'c'))).toBeUndefined();
  });

  test('is the same in whatever order fork, attestations, quotes and certificates become known', () => {
    const certified = { entity: id(ann, 'c'), content: 'other', certificate: 'b'.repeat(64) };
    const entries = [
      quote(ben, body),
      entry(cat, 'r/1', { kind: 'contradicts', from: id(ben, 'x'), to: id(ann, 'c') }),
      claim(ben, 'x'),
    ];
    const before = entry(ann, 'e/c', body);
    const steps: ((view: GraphView) => unknown)[] = [
      (view) => view.markForked(ann),
      (view) => view.apply([rely]),
      (view) => view.learnCertified([certified]),
      ...entries.map((one) => (view: GraphView) => view.apply([one])),
    ];
    const texts = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const draw = new Draw(seed);
      const view = new GraphView({ digest }, policy);
      if (draw.chance(0.5)) view.apply([before]);
      for (const step of draw.shuffle(steps)) step(view);
      view.apply([{ author: ann, key: 'e/c', value: undefined, mark }]);
      texts.add(view.viewText());
    }
    expect([...texts]).toHaveLength(1);
    // The certified content comes first, though nobody repeats it.
    expect([...texts][0]).toContain(`"contents":[{"attestedBy":[],"certificate":"${'b'.repeat(64)}"`);
  });
});

describe('vectors', () => {
  test('a changed text is embedded anew; its old vector is gone, and one that comes late is not taken', () => {
    const graph = createGraph({}, { policy, dimensions: 2 });
    const give = (changes: EntryChange[]) => graph.step({ type: 'entries-changed', atMs: 1, changes });
    expect(give([claim(ann, 'c')])).toMatchObject([
      { type: 'embed', texts: [{ id: id(ann, 'c'), text: 'c' }] },
    ]);
    const vector = Float32Array.of(1, 0);
    const learn = (text?: string) =>
      graph.step({
        type: 'vectors-known',
        atMs: 1,
        vectors: [{ id: id(ann, 'c'), vector, ...(text === undefined ? {} : { text }) }],
      });
    learn('c');
    expect(graph.vectors!.has(id(ann, 'c'))).toBe(true);
    expect(give([claim(ann, 'c', { confidence: 0.9 })])).toEqual([]);
    const changed = [{ id: id(ann, 'c'), text: 'quite another thing' }];
    expect(give([entry(ann, 'e/c', { type: 'fact', text: 'quite another thing' })])).toMatchObject([
      { type: 'embed', texts: changed },
    ]);
    expect(graph.vectors!.has(id(ann, 'c'))).toBe(false);
    learn('c');
    expect(graph.vectors!.has(id(ann, 'c'))).toBe(false);
    learn('quite another thing');
    expect(graph.vectors!.has(id(ann, 'c'))).toBe(true);
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
