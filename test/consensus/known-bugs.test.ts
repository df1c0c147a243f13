/** What went wrong in other implementations, as tests of ours. */
import { expect, test } from 'vitest';
import {
  type Certificate,
  type ConsensusMessage,
  decodeConsensusMessage,
  listConsensusSignatures,
  type Vote,
} from '../../protocol/consensus/index.ts';
import { createDraw } from '../../sim/agreement/draw.ts';
import { realEngine } from '../../sim/agreement/engine.ts';
import { didOf, valueIdOf } from '../../sim/agreement/fake-keys.ts';
import { delayMs, type Host, World } from '../../sim/agreement/world.ts';
import { Lone } from './harness/lone.ts';

function worldOf(n: number, liars: readonly number[] = []): World {
  const world = new World({ engine: realEngine, n });
  for (let member = 0; member < n; member++) if (!liars.includes(member)) world.addHost(member);
  return world;
}

function sign(
  world: World,
  member: number,
  vote: Pick<Vote, 'type' | 'round' | 'value'> & { validRound?: number },
): Vote {
  const { mesh, space, instance, roster } = world.instance;
  const voter = world.instance.members[member]!;
  return world.keys.sign({ record: 'vote', mesh, space, instance, roster, validRound: -1, voter, ...vote });
}

test('hidden lock (tendermint 1047, 9251; malachite 956): one member locked in secret does not stop the others', () => {
  const liar = 0;
  const world = worldOf(4, [liar]);
  const proposer = realEngine.proposerIndex(world.instance, 0);
  expect(proposer).not.toBe(liar);
  const [locked, , blind] = [
    proposer,
    ...world.hosts.map((host) => host.member).filter((m) => m !== proposer),
  ];
  // The blind member misses round 0's proposal, so only the liar's prevote makes the polka, and one member sees it.
  world.network = (_from, to, message) =>
    to === blind && message.type === 'proposal' && message.proposal.round === 0 ? [] : [delayMs];
  const value = valueIdOf(`v${proposer}`);
  world.at(3 * delayMs, () => {
    const vote = sign(world, liar, { type: 'prevote', round: 0, value });
    world.sendAfter(1, liar, locked!, { type: 'vote', vote });
  });
  for (const host of world.hosts) world.start(host);
  world.run(100 * delayMs, () => world.isAllDecided());
  expect(world.violations).toEqual([]);
  expect(world.isAllDecided()).toBe(true);
  expect(
    world.hosts.find((host) => host.member === locked)!.rows.some((row) => row.includes('"polka"')),
  ).toBe(true);
  expect(world.maxRound()).toBeLessThanOrEqual(3);
});

test('power cut: all members fall at once at any instant, come back with their logs, and still decide', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const draw = createDraw(seed);
    const silent = draw.below(4);
    const world = worldOf(4, [silent]);
    const cutAtMs = draw.between(1, 30 * delayMs);
    const loss = draw.pick([0, 0.3, 0.6]);
    // Lossy before the cut, and what was on its way is gone with the power.
    world.network = () => {
      if (world.nowMs > cutAtMs) return [delayMs];
      return draw.chance(loss) ? [] : [draw.between(1, 4 * delayMs)];
    };
    for (const host of world.hosts) world.start(host);
    world.at(cutAtMs, () => {
      for (const host of world.hosts) world.crash(host);
    });
    world.at(cutAtMs + 5 * delayMs, () => {
      for (const host of world.hosts) world.restart(host);
    });
    world.run(300 * delayMs, () => world.nowMs > cutAtMs + 6 * delayMs && world.isAllDecided());
    expect(world.violations, `seed ${seed}`).toEqual([]);
    expect(world.isAllDecided(), `seed ${seed}: cut at ${cutAtMs} without ${silent}`).toBe(true);
  }
});

test('amnesia: liars that forget their lock break agreement over two rounds and are both named', () => {
  const world = worldOf(4, []);
  const [p0, p1] = [0, 1].map((round) => realEngine.proposerIndex(world.instance, round)) as [number, number];
  const liars = [p1, realEngine.proposerIndex(world.instance, 2)];
  const honest = [0, 1, 2, 3].filter((member) => !liars.includes(member));
  const quiet = new World({ engine: realEngine, n: 4 });
  for (const member of honest) quiet.addHost(member);
  const other = honest.find((member) => member !== p0)!;
  // Honest members do not hear each other until both have decided.
  quiet.network = () => (quiet.isAllDecided() ? [delayMs] : []);
  const tell = (to: number, message: ConsensusMessage) => quiet.sendAfter(1, liars[0]!, to, message);
  const first = valueIdOf(`v${p0}`);
  const second = valueIdOf('other');
  for (const host of quiet.hosts) quiet.start(host);
  quiet.at(1, () => {
    for (const type of ['prevote', 'precommit'] as const) {
      for (const liar of liars)
        tell(p0, { type: 'vote', vote: sign(quiet, liar, { type, round: 0, value: first }) });
    }
  });
  quiet.at(2 * delayMs, () => {
    for (const liar of liars)
      tell(other, { type: 'vote', vote: sign(quiet, liar, { type: 'prevote', round: 1, value: second }) });
    const { mesh, space, instance, roster } = quiet.instance;
    const name = { mesh, space, instance, roster };
    const proposal = quiet.keys.sign({
      record: 'vote-proposal',
      ...name,
      round: 1,
      value: second,
      validRound: -1,
      proposer: quiet.instance.members[p1]!,
    });
    tell(other, { type: 'proposal', proposal, value: 'other' });
    for (const liar of liars)
      tell(other, { type: 'vote', vote: sign(quiet, liar, { type: 'precommit', round: 1, value: second }) });
  });
  quiet.run(100 * delayMs);
  expect(quiet.violations).toEqual([expect.stringMatching(/^disagreement/)]);
  for (const host of quiet.hosts) {
    expect(host.alarmCount).toBe(1);
    const named = host.evidence.map((evidence) => quiet.instance.indexes.get(realEngine.culpritOf(evidence)));
    expect([...named].sort()).toEqual([...liars].sort());
    expect(host.evidence.map((evidence) => evidence.kind)).toEqual(['amnesia', 'amnesia']);
  }
});

test('signers out of range (ASA-2024-011, ASA-2025-003): more votes than members, or strangers, are refused', () => {
  const lone = new Lone(realEngine);
  const vote = lone.vote(0, 'precommit', 0, 'a');
  const strangers = Array.from({ length: 31 }, (_, i) => ({ ...vote, voter: didOf(i) }));
  const certificate: Certificate = { kind: 'decision', round: 0, value: valueIdOf('a'), votes: strangers };
  expect(realEngine.checkCertificate(lone.instance, certificate).ok).toBe(false);
  expect(listConsensusSignatures(lone.instance, { type: 'certificate', certificate }).ok).toBe(false);
});

test('oversized proposal: a value above the limit has no form', () => {
  const proposal = {
    record: 'vote-proposal',
    mesh: 'm',
    space: 'commons',
    instance: 'i',
    roster: '0'.repeat(64),
    round: 0,
    value: '1'.repeat(64),
    validRound: -1,
    proposer: didOf(1),
    sig: 'A'.repeat(86),
  };
  const decode = (length: number) =>
    decodeConsensusMessage({ type: 'proposal', proposal, value: 'x'.repeat(length) });
  expect(decode(1_000).ok).toBe(true);
  expect(decode(64 * 1024)).toMatchObject({ ok: false, refusal: { code: 'AMP-1002' } });
});

test('evidence checked by part of its signatures: every nested signature of every message is listed', () => {
  const lone = new Lone(realEngine, { n: 7 });
  const count = (message: ConsensusMessage) => {
    const listed = listConsensusSignatures(lone.instance, message);
    return listed.ok ? listed.value.length : -1;
  };
  const vote = lone.vote(0, 'prevote', 1, 'a', 0);
  const polka = lone.certificate('polka', 0, 'a');
  expect(count({ type: 'vote', vote })).toBe(1);
  expect(count({ type: 'vote', vote, polkas: [polka] })).toBe(6);
  expect(count({ type: 'proposal', ...lone.proposed(1, 'a', 0), polkas: [polka, polka] })).toBe(11);
  expect(
    count({ type: 'certificate', certificate: polka, proposed: lone.proposed(0, 'a'), polkas: [polka] }),
  ).toBe(11);
  expect(count({ type: 'undecided', undecided: lone.undecided(0, null) })).toBe(1);
  const second = lone.vote(0, 'prevote', 1, 'b');
  expect(count({ type: 'evidence', evidence: { kind: 'double-vote', first: vote, second } })).toBe(2);
});

test('two timers at once: each step timer runs once, those of a round left behind are cancelled', () => {
  const world = worldOf(4, [1]);
  const running = new Map<string, number>();
  world.mayCrash = (host: Host, effect) => {
    if (effect.type !== 'set-timer' || !/propose|prevote|precommit/.test(effect.timer)) return false;
    const key = `${host.id} ${effect.timer}`;
    running.set(key, (running.get(key) ?? 0) + 1);
    return false;
  };
  for (const host of world.hosts) world.start(host);
  world.run(50 * delayMs, () => world.isAllDecided());
  expect(world.isAllDecided()).toBe(true);
  expect([...running.values()].every((count) => count === 1)).toBe(true);
  for (const host of world.hosts) {
    expect([...host.timers.keys()].filter((timer) => /propose|prevote|precommit/.test(timer))).toEqual([]);
  }
});

test('free-running timers (Sovereign-Network 2591): members many rounds apart meet again', () => {
  const world = worldOf(7);
  const late = world.hosts.slice(0, 3);
  for (const host of world.hosts.slice(3)) world.start(host);
  world.network = (_from, to) =>
    world.nowMs < 60 * delayMs && late.some((h) => h.member === to) ? [] : [delayMs];
  for (const [i, host] of late.entries()) world.at((10 + 15 * i) * delayMs, () => world.start(host));
  world.run(300 * delayMs, () => world.isAllDecided());
  expect(world.isAllDecided()).toBe(true);
});
