import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import type { Did } from '../brand.ts';
import { type ClaimEffect, type ClaimInput, type ClaimMachine, createClaims } from './claims.ts';

const dids = (count: number): Did[] => Array.from({ length: count }, (_, at) => `did:${at}` as Did);
const claim = (
  agent: Did,
  writtenAt: number,
  atMs = writtenAt,
): Extract<ClaimInput, { type: 'claim-heard' }> => ({
  type: 'claim-heard',
  claim: `${agent}/${writtenAt}`,
  agent,
  writtenAt,
  about: ['map'],
  forMs: 10_000,
  atMs,
});
const names = (effects: readonly ClaimEffect[]): string[] => effects.map((one) => one.type);

test('a claim is held once more than half of the witnesses consent, its own consent included', () => {
  const [a, b, c] = dids(3) as [Did, Did, Did];
  const machine = createClaims({ self: a, witnesses: () => [a, b, c] });
  expect(names(machine.step(claim(a, 10)))).toEqual(['ignored']);
  const consent = { type: 'consent-heard', claim: `${a}/10`, about: ['map'], atMs: 20 } as const;
  expect(names(machine.step({ ...consent, witness: 'did:stranger' as Did }))).toEqual(['ignored']);
  expect(machine.isHeld('map', 20)).toBe(false);
  expect(machine.step({ ...consent, witness: b })).toEqual([
    { type: 'hold', claim: `${a}/10`, about: ['map'], untilMs: 10_010 },
  ]);
  expect(machine.isHeld('map', 10_009)).toBe(true);
  expect(machine.isHeld('map', 10_010)).toBe(false);
});

test('a witness consents to one claim at a time, and to the next when that one is let go or ends', () => {
  const [a, b, c] = dids(3) as [Did, Did, Did];
  const machine = createClaims({ self: c, witnesses: () => [a, b, c] });
  expect(names(machine.step(claim(b, 20)))).toEqual(['send-consent']);
  expect(names(machine.step(claim(a, 10, 21)))).toEqual(['ignored']);
  // Nobody lets go of another's claim.
  const release = { type: 'release-heard', claim: `${b}/20`, about: ['map'], atMs: 30 } as const;
  expect(names(machine.step({ ...release, agent: a }))).toEqual(['ignored']);
  expect(machine.step({ ...release, agent: b })).toMatchObject([{ type: 'send-consent', to: a }]);
  expect(machine.step(claim(b, 40_000))).toMatchObject([{ type: 'send-consent', to: b }]);
});

test('who hears of a better claim before it holds its own yields; who holds it does not', () => {
  const [a, b, c] = dids(3) as [Did, Did, Did];
  const early = createClaims({ self: b, witnesses: () => [a, b, c] });
  early.step(claim(b, 20));
  expect(names(early.step(claim(a, 10, 25)))).toEqual(['yield', 'post-release', 'send-consent']);
  const late = createClaims({ self: b, witnesses: () => [a, b, c] });
  late.step(claim(b, 20));
  late.step({ type: 'consent-heard', witness: c, claim: `${b}/20`, about: ['map'], atMs: 22 });
  expect(names(late.step(claim(a, 10, 25)))).toEqual(['ignored']);
  expect(late.isHeld('map', 30)).toBe(true);
});

test('what is done is consented to by nobody', () => {
  const [a, b, c] = dids(3) as [Did, Did, Did];
  const machine = createClaims({ self: c, witnesses: () => [a, b, c], isOpen: () => false });
  expect(names(machine.step(claim(a, 10)))).toEqual(['ignored']);
});

interface Mail {
  readonly to: number;
  readonly dueMs: number;
  readonly input: ClaimInput;
}

/** Agents that all want one thing, a network that delays, reorders, repeats and loses what the seed says. */
function race(seed: number): { held: number; most: number } {
  const random = xoroshiro128plus(seed);
  const draw = (from: number, to: number): number => uniformInt(random, from, to);
  const agents = dids(draw(2, 9));
  const lossPercent = draw(0, 2) * 15;
  const skews = agents.map(() => draw(-30_000, 30_000));
  const witnesses = agents.slice(0, draw(1, agents.length));
  const machines: ClaimMachine[] = agents.map((self) => createClaims({ self, witnesses: () => witnesses }));
  const mail: Mail[] = [];
  let nowMs = 100_000;
  let most = 0;
  const everHeld = new Set<string>();

  /** Each reads its own clock. */
  const clock = (at: number): number => nowMs + skews[at]!;
  function send(to: number, input: ClaimInput): void {
    for (let copy = draw(0, 9) === 0 ? 2 : 1; copy > 0; copy -= 1)
      if (draw(1, 100) > lossPercent) mail.push({ to, dueMs: nowMs + draw(1, 4_000), input });
  }
  function take(at: number, input: ClaimInput): void {
    for (const effect of machines[at]!.step({ ...input, atMs: clock(at) })) {
      if (effect.type === 'hold') everHeld.add(effect.claim);
      const self = agents[at]!;
      if (effect.type === 'send-consent')
        send(agents.indexOf(effect.to), { ...effect, type: 'consent-heard', witness: self, atMs: 0 });
      if (effect.type === 'post-release')
        for (const [to] of agents.entries())
          if (to !== at) send(to, { ...effect, type: 'release-heard', agent: self, atMs: 0 });
    }
    const holders = agents.filter((_, one) => machines[one]!.isHeld('map', clock(one)));
    most = Math.max(most, holders.length);
  }

  const claims = agents.flatMap((agent, at) =>
    Array.from({ length: draw(1, 3) }, (_, turn) => ({
      agent,
      at,
      dueMs: nowMs + draw(0, 300) + turn * 13_000,
    })),
  );
  while (claims.length > 0 || mail.length > 0) {
    claims.sort((a, b) => b.dueMs - a.dueMs);
    mail.sort((a, b) => b.dueMs - a.dueMs);
    const isClaim = (claims.at(-1)?.dueMs ?? Infinity) <= (mail.at(-1)?.dueMs ?? Infinity);
    if (isClaim) {
      const { agent, at, dueMs } = claims.pop()!;
      nowMs = dueMs;
      const said = { ...claim(agent, clock(at)), forMs: 10_000 };
      take(at, said);
      for (const [to] of agents.entries()) if (to !== at) send(to, said);
    } else {
      const { to, dueMs, input } = mail.pop()!;
      nowMs = dueMs;
      take(to, input);
    }
  }
  return { held: everHeld.size, most };
}

test('whatever the network does, two never hold one thing at a time, and mostly one does', () => {
  const seeds = Number(process.env.AMPMESH_SEEDS ?? 2_000);
  let withHolder = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { held, most } = race(seed);
    expect(most, `seed ${seed}`).toBeLessThanOrEqual(1);
    if (held > 0) withHolder += 1;
  }
  expect(withHolder / seeds).toBeGreaterThan(0.8);
});
