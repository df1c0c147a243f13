import { describe, expect, test } from 'vitest';
import type { Did, MessageId, NodeId } from '../brand.ts';
import { createDeliveryMachine, type DeliveryInit } from './delivery-machine.ts';
import { planRetryMs, retryCapMs } from './retry.ts';
import type { DeliveryEffect, Mail } from './types.ts';

const here = 'did:key:here' as NodeId;
const third = 'did:key:third' as NodeId;
const there = 'did:key:there' as NodeId;
const alice = 'did:key:alice' as Did;
const bob = 'did:key:bob' as Did;

function mail(id: string, rest: Partial<Mail> = {}): Mail {
  return {
    id: id as MessageId,
    from: alice,
    receiver: bob,
    text: `{"id":"${id}"}`,
    expiresAt: 1_000_000,
    ...rest,
  };
}

function machine(rest: Partial<DeliveryInit> = {}) {
  return createDeliveryMachine({ self: here, ...rest });
}

/** Effects in short: `tell accepted`, `send m1`, `deliver m1`, … */
function brief(effects: readonly DeliveryEffect[]): string[] {
  return effects.flatMap((effect) => {
    if (effect.type === 'tell-sender')
      return [`tell ${effect.level}${effect.reason === undefined ? '' : ` ${effect.reason}`}`];
    if (effect.type === 'send-mail') return [`send ${effect.mail.id}`];
    if (effect.type === 'deliver')
      return [`deliver ${effect.mail.id}${effect.isRedelivered ? ' again' : ''}`];
    if (effect.type === 'send-receipt') return [`receipt ${effect.receipt.level}`];
    if (effect.type === 'persist')
      return [effect.value === null ? `erase ${effect.bucket}` : `save ${effect.bucket}`];
    if (effect.type === 'locate') return ['locate'];
    return effect.type === 'ignored' ? [`ignored ${effect.reason}`] : [];
  });
}

describe('sending', () => {
  test('a message is on disk before it is accepted, and accepted before it leaves', () => {
    const effects = machine().step({ type: 'submitted', mail: mail('m1'), node: there, atMs: 0 });
    expect(brief(effects)).toEqual(['save mail', 'tell accepted', 'send m1']);
  });

  test('a level is told only when the receiver reached it, and only by the node where the receiver is', () => {
    const one = machine();
    one.step({ type: 'submitted', mail: mail('m1'), node: there, atMs: 0 });
    const receipt = { id: 'm1' as MessageId, receiver: bob, level: 'delivered' as const };
    expect(
      brief(
        one.step({ type: 'receipts-arrived', node: 'did:key:liar' as NodeId, receipts: [receipt], atMs: 1 }),
      ),
    ).toEqual(['ignored receipt-from-elsewhere']);
    expect(
      brief(
        one.step({
          type: 'receipts-arrived',
          node: there,
          receipts: [{ ...receipt, level: 'stored' }],
          atMs: 2,
        }),
      ),
    ).toEqual(['tell stored']);
    expect(brief(one.step({ type: 'receipts-arrived', node: there, receipts: [receipt], atMs: 3 }))).toEqual([
      'erase mail',
      'tell delivered',
    ]);
    expect(
      brief(
        one.step({
          type: 'receipts-arrived',
          node: there,
          receipts: [{ ...receipt, level: 'processed' }],
          atMs: 4,
        }),
      ),
    ).toEqual(['tell processed']);
  });

  test('what was not stored is sent again with growing waits until it expires as a dead letter', () => {
    const one = machine();
    one.step({ type: 'submitted', mail: mail('m1', { expiresAt: 60_000 }), node: there, atMs: 0 });
    const sentAt: number[] = [];
    let end = '';
    for (let atMs = 250; atMs <= 61_000; atMs += 250) {
      const effects = brief(one.step({ type: 'timer-fired', timer: 'delivery-retry', atMs }));
      if (effects.includes('send m1')) sentAt.push(atMs);
      end = effects.find((effect) => effect.startsWith('tell dead')) ?? end;
    }
    expect(sentAt.length).toBeGreaterThanOrEqual(5);
    const waits = sentAt.slice(1).map((at, index) => at - sentAt[index]!);
    expect(Math.max(...waits)).toBeLessThanOrEqual(retryCapMs + 250);
    expect(waits.at(-1)!).toBeGreaterThan(waits[0]!);
    expect(end).toBe('tell dead expired');
    expect(one.list()).toMatchObject([{ id: 'm1', state: 'dead', reason: 'expired' }]);
  });

  test('a receiver nobody knows is looked for, and found when it attaches', () => {
    const one = machine();
    expect(brief(one.step({ type: 'submitted', mail: mail('m1'), node: undefined, atMs: 0 }))).toEqual([
      'save mail',
      'tell accepted',
      'locate',
    ]);
    expect(brief(one.step({ type: 'located', agent: bob, node: there, atMs: 5 }))).toEqual(['send m1']);
  });

  test('an outbox that is full says so and keeps the message as a dead letter', () => {
    const one = machine({ outboxBytesMax: 20 });
    one.step({ type: 'submitted', mail: mail('m1'), node: there, atMs: 0 });
    expect(brief(one.step({ type: 'submitted', mail: mail('m2'), node: there, atMs: 0 }))).toEqual([
      'save dead',
      'tell dead refused',
    ]);
  });

  test('a dead letter can be sent again', () => {
    const one = machine();
    one.step({ type: 'undeliverable', mail: mail('m1'), reason: 'no-match', atMs: 0 });
    expect(brief(one.step({ type: 'resend', id: 'm1', receiver: bob, atMs: 1 }))).toContain('tell accepted');
    expect(one.list()).toMatchObject([{ state: 'waiting' }]);
  });
});

describe('receiving', () => {
  test('a message for an agent that is away waits, and comes once when it is back', () => {
    const one = machine();
    expect(
      brief(one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 0 })),
    ).toEqual(['save mail', 'receipt stored']);
    expect(brief(one.step({ type: 'agent-online', agent: bob, atMs: 1 }))).toEqual(['deliver m1']);
    expect(
      brief(one.step({ type: 'agent-acknowledged', agent: bob, ids: ['m1'], level: 'delivered', atMs: 2 })),
    ).toEqual(['erase mail', 'receipt delivered']);
    expect(brief(one.step({ type: 'agent-online', agent: bob, atMs: 3 }))).toEqual([]);
  });

  test('a message sent again is not handed out again: the level reached is said again', () => {
    const one = machine();
    one.step({ type: 'agent-online', agent: bob, atMs: 0 });
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 1 });
    expect(
      brief(one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: true, atMs: 2 })),
    ).toEqual(['receipt stored']);
    one.step({ type: 'agent-acknowledged', agent: bob, ids: ['m1'], level: 'delivered', atMs: 3 });
    expect(
      brief(one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: true, atMs: 4 })),
    ).toEqual(['receipt delivered']);
  });

  test('what the agent did not acknowledge before its connection broke comes again, marked', () => {
    const one = machine();
    one.step({ type: 'agent-online', agent: bob, atMs: 0 });
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 1 });
    one.step({ type: 'agent-offline', agent: bob, atMs: 2 });
    expect(brief(one.step({ type: 'agent-online', agent: bob, atMs: 3 }))).toEqual(['deliver m1 again']);
  });

  test('an agent that does not acknowledge is handed no more than the window', () => {
    const one = machine({ inFlightMax: 2 });
    one.step({ type: 'agent-online', agent: bob, atMs: 0 });
    const delivered = ['m1', 'm2', 'm3'].flatMap((id) =>
      brief(one.step({ type: 'arrived', mail: mail(id), senderNode: there, isKnown: false, atMs: 1 })),
    );
    expect(delivered.filter((effect) => effect.startsWith('deliver'))).toEqual(['deliver m1', 'deliver m2']);
    expect(
      brief(one.step({ type: 'agent-acknowledged', agent: bob, ids: ['m1'], level: 'delivered', atMs: 2 })),
    ).toContain('deliver m3');
  });

  test('a paused connection gets nothing until it is resumed', () => {
    const one = machine();
    one.step({ type: 'agent-online', agent: bob, atMs: 0 });
    one.step({ type: 'agent-paused', agent: bob, atMs: 1 });
    expect(
      brief(one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 2 })),
    ).toEqual(['save mail', 'receipt stored']);
    expect(brief(one.step({ type: 'agent-resumed', agent: bob, atMs: 3 }))).toEqual(['deliver m1']);
  });

  test('a mailbox that is full answers with the reason', () => {
    const one = machine({ mailboxBytesMax: 15 });
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 0 });
    expect(
      one.step({ type: 'arrived', mail: mail('m2'), senderNode: there, isKnown: false, atMs: 1 }),
    ).toMatchObject([{ receipt: { level: 'dead', reason: 'mailbox-full' } }]);
  });

  test('mail follows an agent that attached elsewhere', () => {
    const one = machine();
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 0 });
    expect(brief(one.step({ type: 'located', agent: bob, node: third, atMs: 1 }))).toContain('send m1');
  });

  test('a node that sent mail on after a moved agent passes its receipts back to where the mail came from', () => {
    const one = machine();
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 0 });
    one.step({ type: 'located', agent: bob, node: third, atMs: 1 });
    for (const level of ['delivered', 'processed'] as const) {
      const receipts = [{ id: mail('m1').id, receiver: bob, level }];
      const effects = one.step({ type: 'receipts-arrived', node: third, receipts, atMs: 2 });
      expect(effects.filter((effect) => effect.type === 'tell-sender')).toEqual([]);
      expect(effects).toContainEqual(expect.objectContaining({ type: 'send-receipt', node: there }));
    }
  });

  test('a message that came from two nodes, since its receiver moved, is receipted to both', () => {
    const one = machine();
    one.step({ type: 'agent-online', agent: bob, atMs: 0 });
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: there, isKnown: false, atMs: 1 });
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: third, isKnown: true, atMs: 2 });
    one.step({ type: 'arrived', mail: mail('m1'), senderNode: third, isKnown: true, atMs: 3 });
    const effects = one.step({
      type: 'agent-acknowledged',
      agent: bob,
      ids: ['m1'],
      level: 'delivered',
      atMs: 4,
    });
    const told = effects.flatMap((effect) => (effect.type === 'send-receipt' ? [effect.node] : []));
    expect(told).toEqual([there, third]);
  });
});

describe('a restart', () => {
  test('brings back what was accepted and what waits, in order, marked as perhaps seen', () => {
    const before = machine();
    const rows = ['m1', 'm2'].flatMap((id) =>
      before
        .step({ type: 'arrived', mail: mail(id), senderNode: there, isKnown: false, atMs: 0 })
        .flatMap((effect) =>
          effect.type === 'persist' ? [{ key: effect.key, value: effect.value as string }] : [],
        ),
    );
    const after = machine();
    after.step({ type: 'loaded', rows: rows.reverse(), atMs: 10 });
    expect(brief(after.step({ type: 'agent-online', agent: bob, atMs: 11 }))).toEqual([
      'deliver m1 again',
      'deliver m2 again',
    ]);
  });
});

test('retries of different messages spread, and the same message always waits the same', () => {
  const waits = Array.from({ length: 50 }, (_, at) => planRetryMs(`message-${at}`, 3));
  expect(new Set(waits).size).toBeGreaterThan(40);
  expect(planRetryMs('x', 4)).toBe(planRetryMs('x', 4));
  for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(1_000);
});
