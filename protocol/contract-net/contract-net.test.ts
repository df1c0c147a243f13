import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Did, MessageId } from '../brand.ts';
import { nothing } from '../budget/amount.ts';
import { signingBytes } from '../canonical.ts';
import { encodeDid } from '../did.ts';
import type { Keys } from '../ports.ts';
import type { Attachment, Receipts } from '../records.ts';
import { signObject } from '../signing.ts';
import {
  type Award,
  type Bid,
  type Cfp,
  commitToOffer,
  contractBodies,
  createInitiator,
  createParticipant,
  hashBid,
  type InitiatorEffect,
  type Offer,
  type ParticipantEffect,
  proveDoubleAward,
  proveOmission,
  rankBids,
} from './index.ts';

const pairs = new Map<Did, { publicKey: KeyObject; privateKey: KeyObject }>();
const keys: Keys = {
  create() {
    const pair = generateKeyPairSync('ed25519');
    const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const did = encodeDid(Uint8Array.from(raw));
    pairs.set(did, pair);
    return did;
  },
  has: (did) => pairs.has(did),
  sign: (did, bytes) => new Uint8Array(sign(null, bytes, pairs.get(did)!.privateKey)),
  verify: (did, bytes, signature) => verify(null, bytes, pairs.get(did)!.publicKey, signature),
  hash: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
};
const [asker, ann, bob, node] = [keys.create(), keys.create(), keys.create(), keys.create()];
const task = '01890000-0000-7000-8000-000000000001' as MessageId;
const other = '01890000-0000-7000-8000-000000000002' as MessageId;
const cfp: Cfp = {
  task,
  content: 'x',
  skills: ['sql'],
  criteria: { rule: 'cost' },
  ceiling: { tokens: 100 },
  minConfidence: 0.5,
  bidsMax: 8,
  deadlineAt: 1_000,
  leaseMs: 300,
  endsAt: 10_000,
};
const offer: Offer = {
  cost: { tokens: 50, moneyMicros: 0, timeMs: 10 },
  quality: 0.8,
  confidence: 0.9,
  skills: ['sql'],
};
const cost = (tokens: number): Offer => ({ ...offer, cost: { ...offer.cost, tokens } });
const types = (effects: readonly { type: string; reason?: string }[]) =>
  effects.map((effect) => (effect.type === 'ignored' ? `ignored ${effect.reason}` : effect.type));

function openCall(change: Partial<Cfp> = {}) {
  const machine = createInitiator({ keys }, { self: asker, cfp: { ...cfp, ...change } });
  machine.step({ type: 'open-call', atMs: 0 });
  const bid = (from: Did, body: Partial<Bid>, more = {}) =>
    machine.step({ type: 'bid-received', atMs: 10, from, body: { task, ...body }, ...more });
  const close = () => machine.step({ type: 'timer-fired', atMs: 1_000, timer: `contract/${task}/deadline` });
  return { machine, bid, close };
}

const awardOf = (effects: readonly InitiatorEffect[]) =>
  effects.find((effect): effect is InitiatorEffect & { type: 'send-award' } => effect.type === 'send-award')
    ?.body;

describe('the asker', () => {
  it('answers each bid that cannot count with a stated reason', () => {
    const { machine, bid, close } = openCall({ bidsMax: 3 });
    expect(types(bid(ann, { offer }))).toEqual(['persist']);
    expect(types(bid(ann, { offer }))).toEqual(['ignored duplicate']);
    expect(types(bid(ann, { offer: cost(1) }))).toEqual(['ignored already-bid']);
    expect(types(bid(bob, { task: other, offer }))).toEqual(['ignored foreign-task']);
    expect(types(bid(bob, {}))).toEqual(['ignored malformed-bid']);
    expect(types(bid(bob, { seal: 'a'.repeat(64) as Award['bid'] }))).toEqual(['ignored wrong-form']);
    expect(bid(bob, { offer: cost(101) })).toMatchObject([
      { type: 'persist' },
      { type: 'send-error', code: 'AMP-1802' },
    ]);
    bid(keys.create(), { offer });
    expect(types(bid(keys.create(), { offer }))).toEqual(['ignored call-full']);
    close();
    expect(types(bid(keys.create(), { offer }))).toEqual(['ignored late-bid']);
    expect(types(machine.step({ type: 'open-call', atMs: 2_000 }))).toEqual(['ignored already-open']);
  });

  it('takes a bid one millisecond before the deadline and none at the deadline', () => {
    const { machine } = openCall();
    const bidAt = (atMs: number, from: Did) =>
      machine.step({ type: 'bid-received', atMs, from, body: { task, offer } });
    expect(types(bidAt(999, ann))).toEqual(['persist']);
    expect(types(bidAt(1_000, bob))).toEqual(['ignored late-bid']);
  });

  it('lets no bidder win with a skill it never announced, and reports it', () => {
    const { bid, close } = openCall();
    const effects = bid(ann, { offer }, { announcedSkills: ['cobol'] });
    expect(effects).toMatchObject([
      { type: 'persist' },
      { fault: 'overclaimed-skill' },
      { code: 'AMP-1803' },
    ]);
    expect(close().at(-1)).toMatchObject({ outcome: { kind: 'void', reason: 'no-acceptable-bid' } });
  });

  it('re-awards a silent winner’s task under a higher fencing number and takes nothing under the old one', () => {
    const { machine, bid, close } = openCall();
    bid(ann, { offer: cost(10) });
    bid(bob, { offer: cost(20) });
    expect(awardOf(close())).toMatchObject({ winner: ann, fencing: 1 });
    const silent = machine.step({ type: 'timer-fired', atMs: 1_300, timer: `contract/${task}/lease` });
    expect(awardOf(silent)).toMatchObject({ winner: bob, fencing: 2 });
    expect(silent).toContainEqual({ type: 'report-fault', about: ann, fault: 'went-silent' });
    const result = (from: Did, fencing: number) =>
      machine.step({
        type: 'result-received',
        atMs: 1_400,
        from,
        body: { task, fencing, content: 'y', spent: nothing, complete: true },
      });
    expect(types(result(ann, 1))).toEqual(['ignored stale-fencing']);
    expect(types(result(ann, 2))).toEqual(['ignored not-the-winner']);
    expect(types(result(bob, 3))).toEqual(['ignored unknown-fencing']);
    expect(result(bob, 2).at(-1)).toMatchObject({ outcome: { kind: 'result', winner: bob } });
    expect(types(result(bob, 2))).toEqual(['ignored ended']);
  });

  it('charges no more than the grant when a worker overspends, and reports it', () => {
    const { machine, bid, close } = openCall();
    bid(ann, { offer: cost(10) });
    close();
    const spent = { tokens: 99, moneyMicros: 0, timeMs: 0 };
    const body = { task, fencing: 1, content: 'y', spent, complete: true };
    const effects = machine.step({ type: 'result-received', atMs: 1_100, from: ann, body });
    expect(effects).toContainEqual({ type: 'report-fault', about: ann, fault: 'over-spent' });
    expect(effects.at(-1)).toMatchObject({ outcome: { charged: { tokens: 10 } } });
    expect(machine.step({ type: 'judge-result', atMs: 1_200, quality: 0.2 })).toMatchObject([
      { fault: 'overclaimed-quality', about: ann },
    ]);
  });

  it('does not award to a seal that was opened to another offer', () => {
    const { machine, bid, close } = openCall({ openUntil: 1_500 });
    const nonce = '0123456789abcdef';
    for (const bidder of [ann, bob])
      bid(bidder, { seal: commitToOffer(keys, { bidder, task, offer, nonce }) });
    close();
    expect(bid(ann, { offer: cost(1), nonce })).toMatchObject([
      {},
      { fault: 'bad-opening' },
      { code: 'AMP-1804' },
    ]);
    expect(types(bid(bob, { offer, nonce }))).toEqual(['persist']);
    const effects = machine.step({ type: 'timer-fired', atMs: 1_500, timer: `contract/${task}/openings` });
    expect(awardOf(effects)).toMatchObject({ winner: bob });
    expect(awardOf(effects)!.bids).toHaveLength(2);
  });

  it('a copied seal cannot be opened by the copier', () => {
    const seal = commitToOffer(keys, { bidder: ann, task, offer, nonce: '0123456789abcdef' });
    const { bid } = openCall({ openUntil: 1_500 });
    bid(bob, { seal });
    expect(bid(bob, { offer, nonce: '0123456789abcdef' })).toMatchObject([{}, { fault: 'bad-opening' }, {}]);
  });

  it('survives any input of any sender without throwing, and names an unknown timer foreign', () => {
    const { machine } = openCall();
    const inputs = fc.record({
      type: fc.constantFrom('result-received', 'failure-received', 'progress-received', 'decline-received'),
      atMs: fc.nat(20_000),
      from: fc.constantFrom(ann, bob),
      body: fc.record({
        task: fc.constantFrom(task, other),
        fencing: fc.nat(3),
        spent: fc.constant(nothing),
      }),
    });
    fc.assert(fc.property(inputs, (input) => machine.step(input as never).length > 0));
    expect(types(machine.step({ type: 'timer-fired', atMs: 0, timer: 'x' }))).toEqual([
      'ignored foreign-timer',
    ]);
  });
});

describe('the bidder', () => {
  const award = (change: Partial<Award>, bid = hashBid(keys, ann, { task, offer })): Award => ({
    ...{ task, fencing: 1, winner: ann, bid, bids: [{ bidder: ann, bid }], grant: offer.cost },
    ...change,
  });
  function bidder() {
    const machine = createParticipant({ keys }, { self: ann, initiator: asker, task });
    machine.step({ type: 'cfp-received', atMs: 0, from: asker, body: cfp });
    machine.step({ type: 'make-bid', atMs: 1, offer });
    return {
      machine,
      take: (body: Award, from = asker) =>
        types(machine.step({ type: 'award-received', atMs: 1_000, from, body })),
    };
  }

  it('works only for its own asker, its own bid, a sufficient grant, and once per fencing number', () => {
    const { take } = bidder();
    expect(take(award({}), bob)).toEqual(['ignored foreign-asker']);
    expect(take(award({ task: other }))).toEqual(['ignored foreign-task']);
    expect(take(award({ bid: 'b'.repeat(64) as Award['bid'] }))).toEqual(['ignored foreign-bid']);
    expect(take(award({ bids: [] }))).toEqual(['ignored unlisted-bid']);
    expect(take(award({ grant: nothing }))).toEqual(['ignored grant-too-small']);
    expect(take(award({}))).toEqual(['persist', 'start-work', 'set-timer', 'send-progress']);
    expect(take(award({}))).toEqual(['ignored duplicate']);
    expect(take(award({ winner: bob }))).toEqual(['report-double-award']);
    expect(take(award({ fencing: 2, winner: bob }))).toEqual(['persist', 'cancel-timer', 'stop-work']);
    expect(take(award({}))).toEqual(['ignored stale-fencing']);
  });

  it('does not work when it never bid', () => {
    const machine = createParticipant({ keys }, { self: ann, initiator: asker, task });
    expect(types(machine.step({ type: 'award-received', atMs: 0, from: asker, body: award({}) }))).toEqual([
      'ignored never-bid',
    ]);
  });

  it('is told to stop with what it has when it would exceed its grant, and says so', () => {
    const { machine, take } = bidder();
    take(award({}));
    const spent = { tokens: 51, moneyMicros: 0, timeMs: 0 };
    expect(machine.step({ type: 'note-spending', atMs: 1_001, spent })).toMatchObject([
      { reason: 'over-budget' },
    ]);
    const finish = {
      type: 'finish-work',
      content: 'half',
      spent,
      complete: false,
      reason: 'over-budget',
    } as const;
    expect(machine.step({ ...finish, atMs: 1_002 }).at(-1)).toMatchObject({ body: { complete: false } });
  });

  it('comes back from a crash where it was', () => {
    const { machine } = bidder();
    const effects: readonly ParticipantEffect[] = machine.step({
      type: 'award-received',
      atMs: 1_000,
      from: asker,
      body: award({}),
    });
    const saved = (effects[0] as ParticipantEffect & { type: 'persist' }).value as string;
    const revived = createParticipant({ keys }, { self: ann, initiator: asker, task, saved });
    expect(types(revived.step({ type: 'recovered', atMs: 2_000 }))).toEqual([
      ...['set-timer', 'start-work', 'set-timer', 'send-progress'],
    ]);
  });
});

describe('ranking', () => {
  const bids = [
    { bidder: ann, hash: 'a' as Award['bid'], reputation: 0.5, offer: { ...cost(10), quality: 0.5 } },
    { bidder: bob, hash: 'b' as Award['bid'], reputation: 0.5, offer: { ...cost(90), quality: 1 } },
  ];
  it('follows the stated rule', () => {
    expect(rankBids(cfp, bids)[0]?.bidder).toBe(ann);
    expect(rankBids({ ...cfp, criteria: { rule: 'quality' } }, bids)[0]?.bidder).toBe(bob);
    const weights = { cost: 0.1, time: 0, quality: 1 };
    expect(rankBids({ ...cfp, criteria: { rule: 'weighted', weights } }, bids)[0]?.bidder).toBe(bob);
  });
  it('does not depend on the order of arrival', () => {
    expect(rankBids(cfp, [...bids].reverse())).toEqual(rankBids(cfp, bids));
  });
});

describe('a loser can prove that its bid was hidden', () => {
  const domain = 'amp/1/envelope' as const;
  const context = {
    keys,
    listSignatures: (envelope: { from: string; sig?: string }) => [
      {
        signer: envelope.from as Did,
        bytes: signingBytes(domain, envelope as never),
        sig: envelope.sig ?? '',
      },
    ],
  };
  const bid: Bid = { task, offer };
  const signed = <T extends object>(id: string, from: Did, body: T) =>
    signObject(keys, from, domain, { id, from, ...body });
  const listed = { bidder: bob, bid: hashBid(keys, bob, bid) };
  const award: Award = { task, fencing: 1, winner: bob, bid: listed.bid, bids: [listed], grant: nothing };
  const attachment = signObject(keys, asker, 'amp/1/attachment', {
    ...{ record: 'attachment', mesh: 'm', agent: asker, node, epoch: '0'.repeat(32), sessionKey: node },
    ...{ scopes: [], seq: 1, at: 0, expiresAt: 9_999 },
  }) as unknown as Attachment;
  const receiptsAt = (at: number) =>
    signObject(keys, node, 'amp/1/receipts', {
      ...{ record: 'receipts', mesh: 'm', node, at },
      receipts: [{ id: 'bid-1', receiver: asker, level: 'stored' }],
    }) as unknown as Receipts;
  const proof = {
    cfp: signed('cfp-1', asker, cfp),
    bid: signed('bid-1', ann, bid),
    award: signed('award-1', asker, award),
    receipts: receiptsAt(500),
    attachment,
  };

  it('with its bid, the receipt and the award', () => {
    expect(proveOmission(context, proof)).toEqual({ proven: true, asker, bidder: ann });
  });
  it('but not against an honest asker, with a late bid, a forged receipt or a full call', () => {
    const honest = { ...award, bids: [...award.bids, { bidder: ann, bid: hashBid(keys, ann, bid) }] };
    const why = (change: object) => proveOmission(context, { ...proof, ...change });
    expect(why({ award: signed('award-1', asker, honest) })).toMatchObject({ why: 'bid-is-listed' });
    expect(why({ receipts: receiptsAt(1_000) })).toMatchObject({ why: 'late-bid' });
    expect(why({ receipts: { ...receiptsAt(1_500), at: 500 } })).toMatchObject({ why: 'bad-signature' });
    expect(why({ bid: signed('bid-2', ann, bid) })).toMatchObject({ why: 'no-receipt' });
    expect(why({ cfp: signed('cfp-1', asker, { ...cfp, bidsMax: 1 }) })).toMatchObject({
      why: 'call-was-full',
    });
    expect(why({ award: signed('award-1', bob, award) })).toMatchObject({ why: 'other-asker' });
  });
  it('and two winners under one fencing number are proof too', () => {
    const twin = signed('award-2', asker, { ...award, winner: ann });
    expect(proveDoubleAward(context, proof.award, twin)).toBe(true);
    expect(proveDoubleAward(context, proof.award, proof.award)).toBe(false);
    expect(
      proveDoubleAward(context, proof.award, signed('award-3', asker, { ...award, fencing: 2, winner: ann })),
    ).toBe(false);
  });
});

it('every body has a JSON Schema', () => {
  for (const shape of Object.values(contractBodies))
    expect(z.toJSONSchema(z.strictObject(shape))).toHaveProperty('properties.task.pattern');
});
