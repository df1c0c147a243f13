/**
 * Every safety and liveness rule of the protocol as a small play, run against any engine: the real one must
 * pass, and the bug planted against the rule must fail.
 */
import assert from 'node:assert/strict';
import type { Sha256 } from '../../protocol/brand.ts';
import type { ConsensusMessage, Vote } from '../../protocol/consensus/index.ts';
import type { Engine } from '../../sim/agreement/engine.ts';
import { didOf, valueIdOf } from '../../sim/agreement/fake-keys.ts';
import { delayMs } from '../../sim/agreement/world.ts';
import { Lone } from './harness/lone.ts';

export interface Scenario {
  readonly name: string;
  readonly play: (engine: Engine) => void;
}

const wellFormedDid = didOf(1);
const wellFormed = {
  mesh: 'm',
  space: 'commons',
  instance: 'i',
  roster: '0'.repeat(64),
  value: '1'.repeat(64),
  sig: 'A'.repeat(86),
};

function scenario(name: string, play: (engine: Engine) => void): Scenario {
  return { name, play };
}

export const safetyScenarios: readonly Scenario[] = [
  scenario('S1: a vote of another mesh, space, instance or roster does not count', (engine) => {
    for (const field of ['mesh', 'space', 'instance', 'roster'] as const) {
      const lone = new Lone(engine);
      lone.propose(0, 'a');
      for (const member of lone.others()) {
        const { sig: _, ...vote } = lone.vote(member, 'prevote', 0, 'a');
        const foreign = lone.keys.sign({ ...vote, [field]: 'other' as Sha256 }) as Vote;
        const effects = lone.receive({ type: 'vote', vote: foreign });
        assert.deepEqual(effects, [{ type: 'ignored', reason: 'foreign-instance' }]);
      }
      assert.equal(lone.saidValue('precommit', 0), undefined);
    }
  }),
  scenario(
    'S1: signed bytes differ in every field of the instance, the type, the round and the value',
    (engine) => {
      const lone = new Lone(engine);
      const { sig: _, ...vote } = lone.vote(0, 'prevote', 3, 'a', 1);
      const variants = [
        vote,
        { ...vote, mesh: 'x' },
        { ...vote, space: 'x' },
        { ...vote, instance: 'x' },
        { ...vote, roster: 'x' as Sha256 },
        { ...vote, type: 'precommit' as const },
        { ...vote, round: 4 },
        { ...vote, value: null },
        { ...vote, validRound: 2 },
        { ...vote, voter: 'x' },
      ];
      const texts = new Set(variants.map((variant) => new TextDecoder().decode(engine.recordBytes(variant))));
      assert.equal(texts.size, variants.length);
    },
  ),
  scenario('S2: strangers and repeated votes do not count toward a quorum', (engine) => {
    const lone = new Lone(engine);
    lone.propose(0, 'a');
    const [first] = lone.others();
    for (let i = 0; i < 5; i++) lone.votes(1, 'prevote', 0, 'a');
    const { sig: _, ...vote } = lone.vote(first!, 'prevote', 0, 'a');
    const stranger = lone.keys.sign({ ...vote, voter: 'did:key:stranger' });
    assert.deepEqual(lone.receive({ type: 'vote', vote: stranger }), [
      { type: 'ignored', reason: 'not-in-roster' },
    ]);
    assert.equal(lone.saidValue('precommit', 0), undefined, 'own and one other are two of three');
    lone.votes(2, 'prevote', 0, 'a');
    assert.equal(lone.saidValue('precommit', 0), 'a');
  }),
  scenario(
    'S2: certificates that are short, padded, mixed or foreign, and weak evidence, are ignored',
    (engine) => {
      const lone = new Lone(engine);
      for (const message of listHostileMessages(lone)) {
        const [effect, ...rest] = lone.receive(message);
        assert.ok(effect?.type === 'ignored' && /^bad-(certificate|evidence)$/.test(effect.reason));
        assert.deepEqual(rest, []);
      }
      assert.equal(lone.decided(), undefined);
    },
  ),
  scenario('S3: each vote and proposal is persisted before it is sent', (engine) => {
    const lone = new Lone(engine, { proposesIn: 0 });
    lone.votes(2, 'prevote', 0, 'mine');
    const order = lone.effects.flatMap((effect) => {
      if (effect.type === 'persist') return [JSON.parse(effect.value as string).type as string];
      return effect.type === 'send-to-roster' && effect.message.type !== 'certificate'
        ? [`send ${effect.message.type}`]
        : [];
    });
    const expected = [
      'opened',
      'proposal',
      'send proposal',
      'vote',
      'send vote',
      'polka',
      'vote',
      'send vote',
    ];
    assert.deepEqual(order, expected);
  }),
  scenario('S3: a restarted member sends its stored votes again and no others', (engine) => {
    const before = new Lone(engine);
    before.lockOn('a', 0);
    const memory = { type: 'restored', rows: before.rows() } as const;
    const lone = new Lone(engine, { memory });
    assert.deepEqual(lone.said('prevote', 0), before.said('prevote', 0));
    assert.deepEqual(lone.said('precommit', 0), before.said('precommit', 0));
    lone.propose(0, 'b');
    lone.fire('propose', 0);
    lone.fire('prevote', 0);
    assert.equal(lone.count('sign'), 0);
  }),
  scenario('S3: a crash between signing and writing leaves nothing that was seen', (engine) => {
    const before = new Lone(engine, { signsLate: true });
    before.propose(0, 'a');
    assert.equal(before.count('sign'), 1);
    assert.equal(before.sent().length, 0, 'nothing leaves before it is signed and written');
  }),
  scenario('S3: what comes back signed is sent only if it is what was asked for', (engine) => {
    const lone = new Lone(engine, { signsLate: true });
    lone.propose(0, 'a');
    const other = lone.vote(lone.self, 'prevote', 0, 'b');
    const effects = lone.feed({ type: 'signed', atMs: 0, record: other });
    assert.deepEqual(effects, [{ type: 'ignored', reason: 'not-asked' }]);
    lone.signAll();
    assert.equal(lone.saidValue('prevote', 0), 'a');
    const again = lone.feed({ type: 'signed', atMs: 0, record: lone.said('prevote', 0)! });
    assert.deepEqual(again, [{ type: 'ignored', reason: 'not-asked' }]);
  }),
  scenario('S3: a restarted member keeps its lock', (engine) => {
    const before = new Lone(engine);
    before.lockOn('a', 0);
    const lone = new Lone(engine, { memory: { type: 'restored', rows: before.rows() } });
    lone.votes(2, 'precommit', 0, null);
    lone.fire('precommit', 0);
    lone.propose(1, 'b');
    assert.equal(lone.saidValue('prevote', 1), null);
  }),
  scenario('S3: a member whose log is lost abstains, after its next restart too', (engine) => {
    const lone = new Lone(engine, { memory: { type: 'lost' } });
    lone.lockOn('a', 0);
    lone.votes(3, 'prevote', 0, 'a');
    lone.fire('propose', 0);
    lone.fire('prevote', 0);
    assert.equal(lone.count('sign'), 0);
    const again = new Lone(engine, { memory: { type: 'restored', rows: lone.rows() } });
    again.propose(0, 'a');
    assert.equal(again.count('sign'), 0);
    again.votes(3, 'precommit', 0, 'a');
    assert.equal(again.decided(), 'a', 'it still learns the outcome');
  }),
  scenario('S4: a proposal counts only from the proposer of its round', (engine) => {
    const lone = new Lone(engine);
    const thief = lone.proposerOf(1);
    const effects = lone.receive({ type: 'proposal', ...lone.proposed(0, 'a', -1, thief) }, thief);
    assert.deepEqual(effects, [{ type: 'ignored', reason: 'not-the-proposer' }]);
    assert.equal(lone.saidValue('prevote', 0), undefined);
  }),
  scenario('S4: all members compute the same proposers, and each has its turn', (engine) => {
    for (const n of [4, 5, 7, 31]) {
      const { instance } = new Lone(engine, { n });
      const turns = Array.from({ length: n }, (_, round) => engine.proposerIndex(instance, round));
      assert.deepEqual(
        [...turns].sort((a, b) => a - b),
        Array.from({ length: n }, (_, i) => i),
      );
      assert.equal(engine.proposerIndex(instance, n), turns[0]);
    }
  }),
  scenario('S5: a fresh valid value is prevoted while nothing is locked', (engine) => {
    const lone = new Lone(engine);
    lone.propose(0, 'a');
    assert.equal(lone.saidValue('prevote', 0), 'a');
    assert.equal(lone.said('prevote', 0)!.validRound, -1);
  }),
  scenario('S5: locked on another value, a fresh one is answered with nil', (engine) => {
    const lone = new Lone(engine);
    lone.lockOn('a', 0);
    lone.endRound(0);
    lone.propose(1, 'b');
    assert.equal(lone.saidValue('prevote', 1), null);
  }),
  scenario('S5: locked on the same value, a fresh one is prevoted and names the lock', (engine) => {
    const lone = new Lone(engine);
    lone.lockOn('a', 0);
    lone.endRound(0);
    lone.propose(1, 'a');
    assert.equal(lone.saidValue('prevote', 1), 'a');
    assert.equal(lone.said('prevote', 1)!.validRound, 0);
  }),
  scenario('S6: a re-proposal waits for the polka it names', (engine) => {
    const lone = new Lone(engine);
    lone.votes(2, 'prevote', 0, null);
    lone.fire('propose', 0);
    lone.endRound(0);
    lone.propose(1, 'a', 0);
    assert.equal(lone.saidValue('prevote', 1), undefined);
    lone.receive({ type: 'certificate', certificate: lone.certificate('polka', 0, 'a') });
    assert.equal(lone.saidValue('prevote', 1), 'a');
    assert.equal(lone.said('prevote', 1)!.validRound, 0);
  }),
  scenario('S6: the polka must be for the proposed value', (engine) => {
    const lone = new Lone(engine);
    lone.fire('propose', 0);
    lone.endRound(0);
    lone.receive({ type: 'certificate', certificate: lone.certificate('polka', 0, 'b') });
    lone.propose(1, 'a', 0);
    assert.equal(lone.saidValue('prevote', 1), undefined);
  }),
  scenario('S6: a polka of the round of the lock or later beats the lock', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.lockOn('a', 0);
    lone.endRound(0);
    lone.fire('propose', 1);
    lone.endRound(1);
    lone.receive({ type: 'certificate', certificate: lone.certificate('polka', 1, 'b') });
    lone.propose(2, 'b', 1);
    assert.equal(lone.saidValue('prevote', 2), 'b');
  }),
  scenario('S6: a polka older than the lock does not beat it', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.fire('propose', 0);
    lone.endRound(0);
    lone.lockOn('a', 1);
    assert.equal(lone.saidValue('precommit', 1), 'a');
    lone.endRound(1);
    lone.receive({ type: 'certificate', certificate: lone.certificate('polka', 0, 'b') });
    lone.propose(2, 'b', 0);
    assert.equal(lone.saidValue('prevote', 2), null);
  }),
  scenario('S6: a re-proposal of the locked value is prevoted whatever its polka', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.receive({ type: 'certificate', certificate: lone.certificate('polka', 0, 'a') });
    lone.fire('propose', 0);
    lone.endRound(0);
    lone.lockOn('a', 1, 0);
    lone.endRound(1);
    lone.propose(2, 'a', 0);
    assert.equal(lone.saidValue('prevote', 2), 'a');
    assert.equal(lone.said('prevote', 2)!.validRound, 1, 'it rests on its own lock, the newer polka');
  }),
  scenario('S6: a valid round that is not older than the proposal has no form', (engine) => {
    const proposal = { ...wellFormed, record: 'vote-proposal', round: 1, proposer: wellFormedDid };
    const decode = (validRound: number) =>
      engine.decodeConsensusMessage({ type: 'proposal', proposal: { ...proposal, validRound }, value: 'a' })
        .ok;
    assert.deepEqual([-1, 0, 1, 2].map(decode), [true, true, false, false]);
  }),
  scenario('S6: rounds beyond any limit, negative, broken or unsafe ones have no form', (engine) => {
    const vote = { ...wellFormed, record: 'vote', type: 'prevote', voter: wellFormedDid, validRound: -1 };
    const decode = (round: number) =>
      engine.decodeConsensusMessage({ type: 'vote', vote: { ...vote, round } }).ok;
    assert.deepEqual([0, 10_000].map(decode), [true, true]);
    for (const round of [10_001, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -1, 0.5]) assert.equal(decode(round), false);
  }),
  scenario('S7: the lock is set by a polka of the current round at step prevote', (engine) => {
    const lone = new Lone(engine);
    lone.lockOn('a', 0);
    assert.equal(lone.saidValue('precommit', 0), 'a');
    lone.endRound(0);
    lone.propose(1, 'b');
    assert.equal(lone.saidValue('prevote', 1), null);
  }),
  scenario('S7: no precommit without the value in hand', (engine) => {
    const lone = new Lone(engine);
    lone.fire('propose', 0);
    lone.votes(3, 'prevote', 0, 'a');
    assert.equal(lone.saidValue('precommit', 0), undefined);
    lone.propose(0, 'a');
    assert.equal(lone.saidValue('precommit', 0), 'a');
  }),
  scenario(
    'S8: past its precommit a member neither locks nor votes, but proposes the value later',
    (engine) => {
      const lone = new Lone(engine, { proposesIn: 1 });
      lone.propose(0, 'a');
      lone.votes(1, 'prevote', 0, 'a');
      lone.receive({ type: 'vote', vote: lone.vote(lone.others()[1]!, 'prevote', 0, null) });
      lone.fire('prevote', 0);
      assert.equal(lone.saidValue('precommit', 0), null);
      lone.votes(3, 'prevote', 0, 'a');
      lone.receive({ type: 'vote', vote: lone.vote(lone.others()[2]!, 'prevote', 0, 'a') });
      assert.equal(lone.effects.filter((e) => e.type === 'sign' && e.record.record === 'vote').length, 2);
      lone.votes(2, 'precommit', 0, null);
      const own = lone.sent().find((message) => message.type === 'proposal');
      assert.equal(own?.type === 'proposal' && own.value, 'a');
      assert.equal(own?.type === 'proposal' && own.proposal.validRound, 0);
    },
  ),
  scenario('S9: neither a nil polka nor a timeout unlocks', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.lockOn('a', 0);
    lone.endRound(0);
    lone.fire('propose', 1);
    lone.votes(4, 'prevote', 1, null);
    assert.equal(lone.saidValue('precommit', 1), null);
    lone.endRound(1);
    lone.fire('propose', 2);
    lone.votes(2, 'prevote', 2, 'b');
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[3]!, 'prevote', 2, null) });
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[4]!, 'prevote', 2, null) });
    lone.fire('prevote', 2);
    lone.endRound(2);
    lone.propose(3, 'b');
    assert.equal(lone.saidValue('prevote', 3), null);
  }),
  scenario('S10: a nil polka is answered with a nil precommit', (engine) => {
    const lone = new Lone(engine);
    lone.fire('propose', 0);
    lone.votes(2, 'prevote', 0, null);
    assert.equal(lone.saidValue('precommit', 0), null);
  }),
  scenario('S11: a past, the current and a future round can decide', (engine) => {
    for (const round of [0, 1, 3]) {
      const lone = new Lone(engine, { n: 7 });
      lone.fire('propose', 0);
      lone.endRound(0);
      const certificate = lone.certificate('decision', round, 'a');
      lone.receive({ type: 'certificate', certificate, proposed: lone.proposed(round, 'a') });
      assert.equal(lone.decided(), 'a');
    }
  }),
  scenario('S11: precommits of several rounds or values do not add up', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.propose(0, 'a');
    lone.votes(4, 'precommit', 0, 'a');
    for (const member of lone.others().slice(4)) {
      lone.receive({ type: 'vote', vote: lone.vote(member, 'precommit', 1, 'a') });
      lone.receive({ type: 'vote', vote: lone.vote(member, 'precommit', 0, 'b') });
    }
    assert.equal(lone.decided(), undefined);
  }),
  scenario('S11: the value may come with the proposal of another round', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.propose(0, 'a');
    lone.receive({ type: 'certificate', certificate: lone.certificate('decision', 2, 'a') });
    assert.equal(lone.decided(), 'a');
  }),
  scenario('S12: an invalid value is prevoted nil and never decided', (engine) => {
    const lone = new Lone(engine);
    lone.propose(0, 'bad');
    assert.equal(lone.saidValue('prevote', 0), null);
    const certificate = lone.certificate('decision', 0, 'bad');
    lone.receive({ type: 'certificate', certificate, proposed: lone.proposed(0, 'bad') });
    assert.equal(lone.decided(), undefined);
  }),
  scenario('S13: a value that does not hash to its id is refused', (engine) => {
    const lone = new Lone(engine);
    const { proposal } = lone.proposed(0, 'a');
    const effects = lone.receive({ type: 'proposal', proposal, value: 'another' });
    assert.deepEqual(effects, [{ type: 'ignored', reason: 'wrong-value-id' }]);
    const certificate = lone.certificate('decision', 0, 'a');
    lone.receive({ type: 'certificate', certificate, proposed: { proposal, value: 'another' } });
    assert.equal(lone.decided(), undefined);
  }),
  scenario('S14: the first of two votes counts alone, both count inside a certificate', (engine) => {
    const lone = new Lone(engine);
    lone.propose(0, 'a');
    const [liar, second] = lone.others();
    lone.receive({ type: 'vote', vote: lone.vote(liar!, 'prevote', 0, 'b') });
    lone.receive({ type: 'vote', vote: lone.vote(liar!, 'prevote', 0, 'a') });
    lone.receive({ type: 'vote', vote: lone.vote(second!, 'prevote', 0, 'a') });
    assert.equal(lone.saidValue('precommit', 0), undefined);
    assert.equal(lone.count('report-evidence'), 1);
    const votes = [liar!, second!, lone.self].map((member) => lone.vote(member, 'prevote', 0, 'a'));
    lone.receive({
      type: 'certificate',
      certificate: { kind: 'polka', round: 0, value: valueIdOf('a'), votes },
    });
    assert.equal(lone.saidValue('precommit', 0), 'a');
  }),
  scenario('S15: a second decision raises the alarm and changes nothing', (engine) => {
    const lone = new Lone(engine);
    const decide = (round: number, value: string) =>
      lone.receive({
        type: 'certificate',
        certificate: lone.certificate('decision', round, value),
        proposed: lone.proposed(round, value),
      });
    decide(0, 'a');
    decide(0, 'b');
    assert.equal(lone.count('raise-alarm'), 1);
    assert.equal(lone.count('report-decision'), 1);
    assert.equal(lone.decided(), 'a');
    assert.ok(lone.rows().some((row) => row.type === 'alarm'));
    decide(1, 'c');
    assert.equal(lone.count('raise-alarm'), 1);
    const told = lone.sent().findLast((message) => message.type === 'certificate');
    assert.equal(told?.type === 'certificate' && told.certificate.value, valueIdOf('a'));
  }),
];

export const livenessScenarios: readonly Scenario[] = [
  scenario(
    'L1: every member, not only the proposer, waits for the proposal no longer than its timer',
    (engine) => {
      const lone = new Lone(engine);
      assert.equal(lone.timerSet('propose', 0), lone.limits.timeouts.proposeMs);
      lone.fire('propose', 0);
      assert.equal(lone.saidValue('prevote', 0), null);
    },
  ),
  scenario('L1: the prevote timer starts once, at a quorum of any prevotes, at step prevote', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.votes(3, 'prevote', 0, 'a');
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[3]!, 'prevote', 0, null) });
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[4]!, 'prevote', 0, null) });
    assert.equal(lone.timerSet('prevote', 0), undefined, 'not at step propose');
    lone.nowMs = 50;
    lone.fire('propose', 0);
    assert.equal(lone.timerSet('prevote', 0), 50 + lone.limits.timeouts.prevoteMs);
    lone.nowMs = 60;
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[5]!, 'prevote', 0, 'b') });
    assert.equal(
      lone.effects.filter((e) => e.type === 'set-timer' && e.timer.includes('/prevote/')).length,
      1,
    );
  }),
  scenario('L1: the precommit timer starts at a quorum of any precommits and ends the round', (engine) => {
    const lone = new Lone(engine);
    lone.votes(1, 'precommit', 0, 'a');
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[1]!, 'precommit', 0, null) });
    assert.equal(lone.timerSet('precommit', 0), undefined);
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[2]!, 'precommit', 0, null) });
    assert.equal(lone.timerSet('precommit', 0), lone.limits.timeouts.precommitMs);
    lone.fire('precommit', 0);
    assert.notEqual(lone.timerSet('propose', 1), undefined);
  }),
  scenario('L1: a quorum of nil precommits ends the round at once', (engine) => {
    const lone = new Lone(engine);
    lone.votes(3, 'precommit', 0, null);
    assert.notEqual(lone.timerSet('propose', 1), undefined);
  }),
  scenario('L1: a timer of an earlier round does nothing', (engine) => {
    const lone = new Lone(engine);
    lone.fire('propose', 0);
    lone.votes(3, 'precommit', 0, null);
    assert.deepEqual(lone.fire('propose', 0), [{ type: 'ignored', reason: 'stale-timer' }]);
    assert.deepEqual(lone.fire('precommit', 0), [{ type: 'ignored', reason: 'stale-timer' }]);
    assert.equal(lone.saidValue('prevote', 1), undefined);
  }),
  scenario('L2: timeouts grow and give an honest proposer the time it needs, in every round', (engine) => {
    const lone = new Lone(engine, { limits: { roundLimit: 60 } });
    let precommitBefore = 0;
    for (let round = 0; round < 50; round++) {
      const propose = lone.timerSet('propose', round)!;
      assert.ok(propose > 2 * delayMs + precommitBefore, `round ${round}`);
      lone.fire('propose', round);
      lone.votes(1, 'prevote', round, 'x');
      lone.receive({ type: 'vote', vote: lone.vote(lone.others()[1]!, 'prevote', round, null) });
      assert.ok(lone.timerSet('prevote', round)! > 2 * delayMs, `round ${round}`);
      lone.votes(1, 'precommit', round, 'x');
      for (const member of lone.others().slice(1))
        lone.receive({ type: 'vote', vote: lone.vote(member, 'precommit', round, null) });
      precommitBefore = lone.timerSet('precommit', round)!;
      assert.ok(precommitBefore > 2 * delayMs, `round ${round}`);
      lone.fire('precommit', round);
    }
  }),
  scenario('L3: f + 1 members in a higher round pull a member along, and it keeps its lock', (engine) => {
    const lone = new Lone(engine);
    lone.lockOn('a', 0);
    lone.votes(1, 'prevote', 5, null);
    assert.equal(lone.timerSet('propose', 5), undefined);
    lone.receive({ type: 'vote', vote: lone.vote(lone.others()[1]!, 'precommit', 5, null) });
    assert.notEqual(lone.timerSet('propose', 5), undefined);
    lone.propose(5, 'b');
    assert.equal(lone.saidValue('prevote', 5), null);
  }),
  scenario('L3: f liars in far rounds pull nobody', (engine) => {
    const lone = new Lone(engine);
    for (const round of [1, 2, 50, 99]) lone.votes(1, 'prevote', round, null);
    assert.equal(lone.timerSet('propose', 1), undefined);
    assert.equal(lone.timerSet('propose', 99), undefined);
  }),
  scenario('L4: a proposer proposes the value of its newest polka, with proof', (engine) => {
    const lone = new Lone(engine, { proposesIn: 1 });
    lone.lockOn('a', 0);
    lone.endRound(0);
    const message = lone.sent().find((sent) => sent.type === 'proposal');
    assert.ok(message?.type === 'proposal');
    assert.equal(message.value, 'a');
    assert.equal(message.proposal.validRound, 0);
    assert.equal(message.polkas?.length, 1);
  }),
  scenario('L5: votes of past rounds still complete a polka and a decision, nils are dropped', (engine) => {
    const lone = new Lone(engine);
    lone.fire('propose', 0);
    lone.votes(3, 'precommit', 0, null);
    lone.propose(0, 'a');
    const late = lone.vote(lone.others()[0]!, 'prevote', 0, null);
    assert.deepEqual(lone.receive({ type: 'vote', vote: late }), [{ type: 'ignored', reason: 'no-news' }]);
    lone.votes(3, 'prevote', 0, 'a');
    lone.propose(1, 'a', 0);
    assert.equal(lone.saidValue('prevote', 1), 'a');
  }),
  scenario('L6 a: a lock is told to all, with its polka and its proposal', (engine) => {
    const lone = new Lone(engine);
    lone.lockOn('a', 0);
    const message = lone.sent().find((sent) => sent.type === 'certificate');
    assert.ok(message?.type === 'certificate');
    assert.equal(message.certificate.kind, 'polka');
    assert.equal(message.certificate.votes.length, 3);
    assert.equal(message.proposed?.value, 'a');
  }),
  scenario('L6 b: whoever leaves a round by timeout sends the precommits that allow it', (engine) => {
    const lone = new Lone(engine);
    lone.votes(1, 'precommit', 0, 'a');
    for (const member of lone.others().slice(1))
      lone.receive({ type: 'vote', vote: lone.vote(member, 'precommit', 0, null) });
    lone.fire('precommit', 0);
    const [certificate] = lone.certificatesSent('round');
    assert.equal(certificate?.votes.length, 3);
    const other = new Lone(engine, { proposesIn: 2 });
    other.receive({ type: 'certificate', certificate: certificate! });
    other.fire('precommit', 0);
    assert.notEqual(other.timerSet('propose', 1), undefined);
  }),
  scenario('L6 c: a decision is told to all, with the value', (engine) => {
    const lone = new Lone(engine);
    lone.propose(0, 'a');
    lone.votes(3, 'precommit', 0, 'a');
    const message = lone.sent().find((sent) => sent.type === 'certificate');
    assert.ok(message?.type === 'certificate' && message.certificate.kind === 'decision');
    assert.equal(message.proposed?.value, 'a');
    const laggard = new Lone(engine, { proposesIn: 2 });
    laggard.receive(message);
    assert.equal(laggard.decided(), 'a');
  }),
  scenario('L6 d: votes, proposal and certificates are sent again until decided', (engine) => {
    const lone = new Lone(engine, { proposesIn: 1 });
    lone.lockOn('a', 0);
    lone.endRound(0);
    const before = lone.sent().length;
    lone.nowMs = lone.limits.resendMs;
    lone.fire('resend');
    const kinds = lone
      .sent()
      .slice(before)
      .map((message) => (message.type === 'certificate' ? message.certificate.kind : message.type));
    assert.deepEqual(kinds, ['round', 'polka', 'proposal', 'vote']);
    assert.equal(lone.timerSet('resend'), 2 * lone.limits.resendMs);
  }),
  scenario(
    'L7: a decided member answers who still votes, at most once per period, until retention ends',
    (engine) => {
      const lone = new Lone(engine);
      lone.propose(0, 'a');
      lone.votes(3, 'precommit', 0, 'a');
      const [, , laggard] = lone.others();
      const ask = (): boolean => {
        const round = Math.floor(lone.nowMs);
        const vote = lone.vote(laggard!, 'prevote', Math.min(99, round), null);
        const effects = lone.receive({ type: 'vote', vote }, laggard!);
        return effects.some((effect) => effect.type === 'send-to' && effect.member === lone.didOf(laggard!));
      };
      lone.nowMs = 1;
      assert.equal(ask(), false, 'it was told just now');
      lone.nowMs = lone.limits.resendMs;
      assert.equal(ask(), true);
      lone.nowMs += 1;
      assert.equal(ask(), false);
      lone.fire('retention');
      assert.equal(lone.count('finish'), 1);
    },
  ),
  scenario('L8: a member can fill two rounds ahead, no more', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    const [liar] = lone.others();
    for (let round = 1; round < 90; round++) lone.votes(1, 'prevote', round, 'x');
    assert.deepEqual(
      lone.feed({
        type: 'message-received',
        atMs: 0,
        from: lone.didOf(liar!),
        message: { type: 'vote', vote: lone.vote(liar!, 'prevote', 3, 'y') } as never,
      }),
      [{ type: 'ignored', reason: 'too-far-ahead' }],
    );
    const far = lone.vote(liar!, 'prevote', 5_000, 'x');
    assert.deepEqual(lone.receive({ type: 'vote', vote: far }), [
      { type: 'ignored', reason: 'beyond-round-limit' },
    ]);
  }),
  scenario('L9: deadline and round limit end in a signed undecided, and in silence', (engine) => {
    for (const reason of ['deadline', 'round-limit'] as const) {
      const limits = reason === 'deadline' ? { deadlineAtMs: 1_000 } : { roundLimit: 1 };
      const lone = new Lone(engine, { limits });
      lone.fire('propose', 0);
      if (reason === 'deadline') lone.fire('deadline');
      else lone.votes(3, 'precommit', 0, null);
      const message = lone.sent().findLast((sent) => sent.type === 'undecided');
      assert.ok(message?.type === 'undecided');
      assert.equal(message.undecided.reason, reason);
      assert.ok(lone.rows().some((row) => row.type === 'undecided'));
      assert.equal(lone.count('report-decision'), 0);
      const signed = lone.count('sign');
      lone.propose(1, 'a');
      lone.votes(3, 'prevote', 1, 'a');
      lone.votes(3, 'prevote', 0, 'a');
      lone.fire('prevote', 0);
      lone.fire('propose', 1);
      assert.equal(lone.count('sign'), signed, 'nothing is signed afterwards');
      const again = new Lone(engine, { memory: { type: 'restored', rows: lone.rows() } });
      again.propose(0, 'a');
      again.fire('propose', 0);
      assert.equal(again.count('sign'), 0, 'nor after a restart');
    }
  }),
  scenario(
    'L9: undecided records weigh more as they come together, and a decision outweighs them',
    (engine) => {
      const lone = new Lone(engine, { limits: { deadlineAtMs: 1_000 } });
      lone.fire('deadline');
      const levels = () => lone.effects.flatMap((e) => (e.type === 'report-undecided' ? [e.level] : []));
      assert.deepEqual(levels(), ['claimed']);
      lone.receive({ type: 'undecided', undecided: lone.undecided(lone.others()[0]!, null) });
      assert.deepEqual(levels(), ['claimed', 'witnessed']);
      lone.receive({ type: 'undecided', undecided: lone.undecided(lone.others()[1]!, null) });
      assert.deepEqual(levels(), ['claimed', 'witnessed', 'conclusive']);
      const open = new Lone(engine, { limits: { deadlineAtMs: 1_000 } });
      open.fire('deadline');
      open.receive({ type: 'undecided', undecided: open.undecided(open.others()[0]!, 'a') });
      open.receive({ type: 'undecided', undecided: open.undecided(open.others()[1]!, null) });
      const reports = open.effects.filter((e) => e.type === 'report-undecided');
      assert.equal(reports.at(-1)?.type === 'report-undecided' && reports.at(-1)!.level, 'witnessed');
      const certificate = open.certificate('decision', 0, 'a');
      open.receive({ type: 'certificate', certificate, proposed: open.proposed(0, 'a') });
      assert.equal(open.decided(), 'a');
    },
  ),
  scenario('L10: two different votes of a member become evidence, once, and are passed on', (engine) => {
    const lone = new Lone(engine);
    const [liar] = lone.others();
    for (const value of ['a', 'b', 'c'])
      lone.receive({ type: 'vote', vote: lone.vote(liar!, 'prevote', 0, value) });
    assert.equal(lone.count('report-evidence'), 1);
    const message = lone.sent().find((sent) => sent.type === 'evidence');
    assert.ok(message?.type === 'evidence');
    assert.equal(engine.checkEvidence(lone.instance, message.evidence).ok, true);
    const other = new Lone(engine, { proposesIn: 2 });
    other.receive(message);
    assert.equal(other.count('report-evidence'), 1);
    assert.deepEqual(other.receive(message), [{ type: 'ignored', reason: 'no-news' }]);
  }),
  scenario('L10: two proposals of a round become evidence', (engine) => {
    const lone = new Lone(engine);
    lone.propose(0, 'a');
    lone.propose(0, 'b');
    assert.equal(lone.count('report-evidence'), 1);
    assert.equal(lone.saidValue('prevote', 0), 'a');
  }),
  scenario('L10: whoever forgets its lock is named, whoever was freed by a newer polka is not', (engine) => {
    const lone = new Lone(engine);
    const [member] = lone.others();
    const precommit = lone.vote(member!, 'precommit', 1, 'a');
    const check = (second: Vote) =>
      engine.checkEvidence(lone.instance, { kind: 'amnesia', first: precommit, second }).ok;
    assert.equal(check(lone.vote(member!, 'prevote', 2, 'b', -1)), true);
    assert.equal(check(lone.vote(member!, 'prevote', 3, 'b', 0)), true);
    assert.equal(check(lone.vote(member!, 'prevote', 3, 'b', 1)), false);
    assert.equal(check(lone.vote(member!, 'prevote', 3, 'b', 2)), false);
    assert.equal(check(lone.vote(member!, 'prevote', 2, 'a', -1)), false);
    assert.equal(check(lone.vote(member!, 'prevote', 2, null, -1)), false);
    assert.equal(check(lone.vote(member!, 'prevote', 1, 'b', -1)), false);
  }),
  scenario('L10: a prevote counts toward a polka only when the polka it names is here', (engine) => {
    const lone = new Lone(engine, { n: 7 });
    lone.fire('propose', 0);
    lone.endRound(0);
    lone.propose(1, 'a');
    lone.votes(4, 'prevote', 1, 'a', 0);
    assert.equal(lone.saidValue('precommit', 1), undefined);
    lone.receive({ type: 'certificate', certificate: lone.certificate('polka', 0, 'a') });
    assert.equal(lone.saidValue('precommit', 1), 'a');
  }),
];

/** Messages that no honest member sends; a machine ignores each of them. */
function listHostileMessages(lone: Lone): ConsensusMessage[] {
  const [first] = lone.others();
  const good = lone.certificate('decision', 0, 'a');
  const withVotes = (votes: readonly Vote[]): ConsensusMessage => ({
    type: 'certificate',
    certificate: { ...good, votes },
    proposed: lone.proposed(0, 'a'),
  });
  const [one, two, three] = good.votes as [Vote, Vote, Vote];
  return [
    withVotes([one, two]),
    withVotes([one, two, two]),
    withVotes([one, two, lone.vote(lone.others()[2]!, 'precommit', 1, 'a')]),
    withVotes([one, two, lone.vote(lone.others()[2]!, 'precommit', 0, 'b')]),
    withVotes([one, two, lone.vote(lone.others()[2]!, 'prevote', 0, 'a')]),
    withVotes([one, two, { ...three, voter: 'did:key:stranger' }]),
    withVotes([one, two, { ...three, instance: 'other' }]),
    { type: 'certificate', certificate: { ...good, value: null } },
    { type: 'certificate', certificate: { ...good, kind: 'round' } },
    {
      type: 'evidence',
      evidence: { kind: 'double-vote', first: one, second: one },
    },
    {
      type: 'evidence',
      evidence: { kind: 'double-vote', first: one, second: lone.vote(first!, 'precommit', 1, 'b') },
    },
    {
      type: 'evidence',
      evidence: { kind: 'amnesia', first: two, second: lone.vote(first!, 'prevote', 1, 'b') },
    },
  ];
}
