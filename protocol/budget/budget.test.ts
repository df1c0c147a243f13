import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Amount,
  addAmounts,
  amountKinds,
  createLedger,
  type Ledger,
  splitAmount,
  sumAmounts,
} from './index.ts';

const count = fc.nat(1_000);
const amounts: fc.Arbitrary<Amount> = fc.record({ tokens: count, moneyMicros: count, timeMs: count });
const ten: Amount = { tokens: 10, moneyMicros: 10, timeMs: 10 };
const four: Amount = { tokens: 4, moneyMicros: 4, timeMs: 4 };

describe('a ledger', () => {
  const operation = fc.oneof(
    fc.record({
      type: fc.constant('open-grant'),
      grant: fc.constantFrom('a', 'b', 'c', '__proto__'),
      amount: amounts,
    }),
    fc.record(
      {
        type: fc.constant('settle-grant'),
        grant: fc.constantFrom('a', 'b', 'c', '__proto__'),
        spent: amounts,
      },
      { requiredKeys: ['type', 'grant'] },
    ),
    fc.record({ type: fc.constant('spend'), amount: amounts }),
    fc.record({ type: fc.constant('close-ledger') }),
  );

  it('loses and makes nothing, whatever is asked of it, also across a restart', () => {
    fc.assert(
      fc.property(amounts, fc.array(operation, { maxLength: 40 }), (granted, operations) => {
        let ledger = createLedger({ key: 'k', granted });
        for (const input of operations) {
          const before = ledger.view();
          const effects = ledger.step({ ...input, atMs: 0 } as never);
          const view = ledger.view();
          expect(sumAmounts([view.available, view.spent, ...Object.values(view.open)])).toEqual(granted);
          for (const kind of amountKinds) expect(view.spent[kind]).toBeGreaterThanOrEqual(before.spent[kind]);
          const first = effects[0];
          if (first?.type === 'persist')
            ledger = createLedger({ key: 'k', granted, saved: first.value as string });
          expect(ledger.view()).toEqual(view);
        }
      }),
    );
  });

  it('refuses a grant above what is left, and says how much that is', () => {
    const ledger = createLedger({ key: 'k', granted: ten });
    ledger.step({ type: 'open-grant', atMs: 0, grant: 'a', amount: four });
    ledger.step({ type: 'open-grant', atMs: 0, grant: 'b', amount: four });
    expect(ledger.step({ type: 'open-grant', atMs: 0, grant: 'c', amount: four })).toEqual([
      { type: 'refuse-grant', grant: 'c', available: { tokens: 2, moneyMicros: 2, timeMs: 2 } },
    ]);
    expect(ledger.step({ type: 'open-grant', atMs: 0, grant: 'a', amount: four })).toMatchObject([
      { reason: 'duplicate' },
    ]);
  });

  it('counts a silent holder’s grant as spent, and a second settlement as nothing', () => {
    const ledger = createLedger({ key: 'k', granted: ten });
    ledger.step({ type: 'open-grant', atMs: 0, grant: 'a', amount: four });
    ledger.step({ type: 'settle-grant', atMs: 0, grant: 'a' });
    expect(ledger.view().spent).toEqual(four);
    expect(ledger.step({ type: 'settle-grant', atMs: 0, grant: 'a' })).toMatchObject([
      { reason: 'no-such-grant' },
    ]);
  });

  it('stops the job before it exceeds its budget, with what it has, and says so once', () => {
    const ledger = createLedger({ key: 'k', granted: ten });
    ledger.step({ type: 'spend', atMs: 0, amount: four });
    ledger.step({ type: 'spend', atMs: 0, amount: four });
    expect(ledger.step({ type: 'spend', atMs: 0, amount: four })).toMatchObject([
      { type: 'persist' },
      { type: 'stop-job', reason: 'over-budget', spent: { tokens: 8 }, available: { tokens: 2 } },
    ]);
    expect(ledger.step({ type: 'spend', atMs: 0, amount: four })).toMatchObject([{ reason: 'stopped' }]);
    expect(ledger.step({ type: 'close-ledger', atMs: 0 })).toMatchObject([
      {},
      { spent: { tokens: 8 }, returned: { tokens: 2 } },
    ]);
  });
});

describe('a tree of ledgers', () => {
  /** A coalition's ledger, its members', a sub-coalition's: every op on a random node. */
  it('keeps to the root’s grant however deep the sub-coalitions and however much the leaves overspend', () => {
    const op = fc.record({
      kind: fc.constantFrom('grow', 'spend', 'settle'),
      at: fc.nat(50),
      amount: amounts,
    });
    fc.assert(
      fc.property(amounts, fc.array(op, { maxLength: 60 }), (granted, operations) => {
        const nodes: { ledger: Ledger; parent: number; isOpen: boolean }[] = [
          { ledger: createLedger({ key: 'root', granted }), parent: -1, isOpen: true },
        ];
        for (const { kind, at, amount } of operations) {
          const index = at % nodes.length;
          const node = nodes[index]!;
          if (!node.isOpen) continue;
          if (kind === 'spend') node.ledger.step({ type: 'spend', atMs: 0, amount });
          if (kind === 'grow') {
            const key = `${nodes.length}`;
            const [, made] = node.ledger.step({ type: 'open-grant', atMs: 0, grant: key, amount });
            if (made?.type === 'confirm-grant')
              nodes.push({ ledger: createLedger({ key, granted: amount }), parent: index, isOpen: true });
          }
          if (kind === 'settle' && node.parent >= 0) {
            for (let i = nodes.length - 1; i > index; i--)
              if (isBelow(nodes, i, index)) closeNode(nodes, i, amount);
            closeNode(nodes, index, amount);
          }
        }
        for (let i = nodes.length - 1; i > 0; i--)
          closeNode(nodes, i, { tokens: 0, moneyMicros: 0, timeMs: 0 });
        const root = nodes[0]!.ledger.view();
        expect(addAmounts(root.available, root.spent)).toEqual(granted);
        expect(root.open).toEqual({});
      }),
      { numRuns: 200 },
    );
  });

  function isBelow(nodes: { parent: number }[], i: number, ancestor: number): boolean {
    for (let at = nodes[i]!.parent; at >= 0; at = nodes[at]!.parent) if (at === ancestor) return true;
    return false;
  }

  /** Report to the parent what was spent, plus a lie on top. */
  function closeNode(
    nodes: { ledger: Ledger; parent: number; isOpen: boolean }[],
    i: number,
    lie: Amount,
  ): void {
    const node = nodes[i]!;
    if (!node.isOpen) return;
    node.isOpen = false;
    node.ledger.step({ type: 'close-ledger', atMs: 0 });
    const spent = addAmounts(node.ledger.view().spent, lie);
    const parent = nodes[node.parent]!.ledger;
    const before = parent.view();
    parent.step({ type: 'settle-grant', atMs: 0, grant: `${i}`, spent });
    const after = parent.view();
    for (const kind of amountKinds)
      expect(after.available[kind]).toBeGreaterThanOrEqual(before.available[kind]);
  }
});

describe('splitting', () => {
  it('adds up exactly, and no share is off by more than one unit', () => {
    const big = fc.nat(2 ** 31).map((n) => n * 2 ** 20);
    const wholes = fc.record({ tokens: fc.oneof(count, big), moneyMicros: count, timeMs: count });
    const weights = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(wholes, weights, (whole, list) => {
        fc.pre(list.reduce((a, b) => a + b, 0) > 1e-3);
        const shares = splitAmount(whole, list);
        expect(sumAmounts(shares)).toEqual(whole);
        const sum = list.reduce((a, b) => a + b, 0);
        shares.forEach((share, i) => {
          expect(Math.abs(share.moneyMicros - (whole.moneyMicros * list[i]!) / sum)).toBeLessThanOrEqual(
            1.001,
          );
        });
      }),
    );
  });
  it('of nothing by no weights is the caller’s mistake', () => {
    expect(() => splitAmount(ten, [])).toThrow(/AMP-1810/);
    expect(() => splitAmount(ten, [-1, 2])).toThrow(/AMP-1810/);
  });
});
