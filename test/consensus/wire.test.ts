import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyCertificateFile } from '../../cli/certificate-verify.ts';
import { signingBytes } from '../../protocol/canonical.ts';
import {
  decodeConsensusMessage,
  encodeConsensusMessage,
  recordBytes,
  selectRoster,
} from '../../protocol/consensus/index.ts';
import { undecidedDomain, voteDomain } from '../../protocol/consensus/sign-bytes.ts';
import { closeDecision, decisionDomains, hashDecision } from '../../protocol/decisions/index.ts';
import { recordDomains } from '../../protocol/records.ts';
import { signObject } from '../../protocol/signing.ts';
import { realEngine } from '../../sim/agreement/engine.ts';
import { runSeed, type SeedResult } from '../../sim/agreement/seeds.ts';
import { World } from '../../sim/agreement/world.ts';
import { createCountedKeys, createRealCrypto } from './harness/real-keys.ts';

/** What a run came to. */
function digest({ world, isDecided, violations }: SeedResult) {
  const decisions = world.honest().map((host) => host.decision?.proposed.value);
  return {
    isDecided,
    violations,
    decisions,
    nowMs: world.nowMs,
    signed: world.counts.signed,
    sent: world.counts.sent,
  };
}

for (const { n, seedCount } of [
  { n: 4, seedCount: 25 },
  { n: 7, seedCount: 5 },
]) {
  test(`n = ${n}: with Ed25519, JSON and schemas in between, runs are the same`, () => {
    const crypto = createRealCrypto(n);
    for (let seed = 1; seed <= seedCount; seed++) {
      const plain = runSeed({ engine: realEngine, n, seed, crypto });
      const onWire = runSeed({ engine: realEngine, n, seed, crypto, onWire: true });
      expect(digest(onWire), `seed ${seed}`).toEqual(digest(plain));
      expect(digest(onWire)).toMatchObject({ isDecided: true, violations: [] });
    }
  });
}

test('signed bytes are those of canonical JSON under the domain tag', () => {
  const keys = createCountedKeys();
  const name = {
    mesh: 'm\u00fc"\n',
    space: 'commons',
    instance: 'i/1',
    roster: keys.hash(new Uint8Array()).join(''),
  };
  const vote = {
    record: 'vote',
    ...name,
    type: 'prevote',
    round: 3,
    value: null,
    validRound: -1,
    voter: 'v',
  };
  expect(recordBytes(vote as never)).toEqual(signingBytes(voteDomain, vote));
  const proposal = { record: 'vote-proposal', ...name, round: 3, value: 'x', validRound: 2, proposer: 'v' };
  expect(recordBytes(proposal as never)).toEqual(signingBytes('amp/1/vote-proposal', proposal));
  const undecided = {
    record: 'undecided',
    ...name,
    round: 3,
    lockedRound: 1,
    lockedValue: 'x',
    reason: 'deadline',
    member: 'v',
  };
  expect(recordBytes(undecided as never)).toEqual(signingBytes('amp/1/undecided', undecided));
});

// ---- files

function decidedWorld(n: number): World {
  const world = new World({ engine: realEngine, n, crypto: createRealCrypto(n) });
  for (let member = 0; member < n; member++) world.addHost(member);
  for (const host of world.hosts) world.start(host);
  world.run(10_000, () => world.isAllDecided());
  return world;
}

function rosterOf(world: World) {
  const members = world.instance.members.map((did) => ({ did, node: did, owner: did, key: did }));
  const facts = {
    mesh: 'm',
    space: 'commons',
    instance: 'instance-1',
    membersVersion: 1,
    members,
    witnesses: [],
  };
  return selectRoster(createCountedKeys(), facts).record;
}

function decisionFile(world: World) {
  const { certificate, proposed } = world.hosts[0]!.decision!;
  const message = encodeConsensusMessage({ type: 'certificate', certificate, proposed });
  return { certificate: 'agreement', roster: rosterOf(world), messages: [message] };
}

test('a decision verifies offline from its file alone', () => {
  const world = decidedWorld(5);
  const verified = verifyCertificateFile(JSON.stringify(decisionFile(world)), createCountedKeys());
  expect(verified).toMatchObject({
    ok: true,
    value: {
      type: 'agreement',
      agreement: { kind: 'decision', round: 0, memberCount: 5, faultMax: 1, label: 'byzantine' },
    },
  });
  if (verified.ok && verified.value.type === 'agreement') {
    expect(verified.value.agreement.value).toBe(world.hosts[0]!.decision!.proposed.value);
    expect(verified.value.agreement.signers).toHaveLength(4);
    expect(verified.value.text).toContain('right unless more than 1 of 5 members lied');
  }
});

test('no single changed leaf of a decision file passes', () => {
  const file = decisionFile(decidedWorld(4)) as Record<string, unknown>;
  const keys = createCountedKeys();
  const leaves: (readonly (string | number)[])[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value)) visit((value as Record<string, unknown>)[key], [...path, key]);
    else leaves.push(path);
  };
  visit(file, []);
  expect(leaves.length).toBeGreaterThan(40);
  for (const path of leaves) {
    const copy = structuredClone(file);
    let parent = copy as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
    const last = path.at(-1)!;
    const old = parent[last];
    parent[last] =
      typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : changeLetter(String(old));
    expect(verifyCertificateFile(JSON.stringify(copy), keys).ok, path.join('.')).toBe(false);
  }
});

/** Another text of the same form. */
function changeLetter(text: string): string {
  const middle = text.length >> 1;
  return text.slice(0, middle) + (text[middle] === 'b' ? 'c' : 'b') + text.slice(middle + 1);
}

test('one vote less, a vote twice, or another roster: the file does not pass', () => {
  const world = decidedWorld(4);
  const file = decisionFile(world);
  const keys = createCountedKeys();
  const [message] = file.messages as unknown as [{ certificate: { votes: unknown[] } }];
  const { votes } = message.certificate;
  const withVotes = (changed: unknown[]) => {
    const certificate = { ...message.certificate, votes: changed };
    return JSON.stringify({ ...file, messages: [{ ...message, certificate }] });
  };
  expect(verifyCertificateFile(withVotes(votes), keys).ok).toBe(true);
  expect(verifyCertificateFile(withVotes(votes.slice(1)), keys).ok).toBe(false);
  expect(verifyCertificateFile(withVotes([votes[1], votes[1], votes[2]]), keys).ok).toBe(false);
  const { roster } = file;
  const smaller = { ...roster, members: roster.members.slice(1) };
  expect(verifyCertificateFile(JSON.stringify({ ...file, roster: smaller }), keys).ok).toBe(false);
});

test('reading is total: no JSON value and no broken text makes the decoder or the verifier throw', () => {
  const keys = createCountedKeys();
  const good = JSON.stringify(decisionFile(decidedWorld(4)));
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(decodeConsensusMessage(value).ok).toBe(false);
    }),
    { seed: 1, numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(good.length), (from, length) => {
      const broken = good.slice(0, from) + good.slice(from + length + 1);
      expect(verifyCertificateFile(broken, keys).ok).toBe(false);
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('evidence and undecided records verify offline too, and a lone vote proves nothing', () => {
  const crypto = createRealCrypto(4);
  const world = new World({ engine: realEngine, n: 4, crypto });
  const roster = rosterOf(world);
  const { mesh, space, instance, roster: hash } = world.instance;
  const name = { mesh, space, instance, roster: hash };
  const member = world.instance.members[0]!;
  const vote = (value: string) =>
    world.keys.sign({
      record: 'vote',
      ...name,
      type: 'prevote',
      round: 0,
      value: crypto.valueIdOf(value),
      validRound: -1,
      voter: member,
    });
  const verify = (certificate: string, messages: readonly unknown[]) =>
    verifyCertificateFile(JSON.stringify({ certificate, roster, messages }), createCountedKeys());
  const evidence = { kind: 'double-vote', first: vote('a'), second: vote('b') };
  expect(verify('evidence', [{ type: 'evidence', evidence }])).toMatchObject({
    ok: true,
    value: { agreement: { kind: 'evidence', culprit: member } },
  });
  const weak = { ...evidence, second: vote('a') };
  expect(verify('evidence', [{ type: 'evidence', evidence: weak }])).toMatchObject({ ok: false });
  const undecided = world.instance.members.map((did) => ({
    type: 'undecided',
    undecided: world.keys.sign({
      record: 'undecided',
      ...name,
      round: 2,
      lockedRound: -1,
      lockedValue: null,
      reason: 'deadline',
      member: did,
    }),
  }));
  const levels = [1, 2, 3].map((count) => verify('undecided', undecided.slice(0, count)));
  for (const [i, level] of ['claimed', 'witnessed', 'conclusive'].entries())
    expect(levels[i]).toMatchObject({ ok: true, value: { agreement: { kind: 'undecided', level } } });
  expect(verify('undecided', [undecided[0], undecided[0]])).toMatchObject({ ok: false });
  expect(verify('agreement', [{ type: 'vote', vote: vote('a') }])).toMatchObject({ ok: false });
});

test('a session key counts only with an attachment that lets it vote', () => {
  const keys = createCountedKeys();
  const [node, ...agents] = Array.from({ length: 5 }, () => keys.create());
  const sessions = agents.map(() => keys.create());
  const members = agents.map((did, i) => ({
    did,
    node: i === 0 ? node! : did,
    owner: did,
    key: sessions[i]!,
  }));
  const facts = { mesh: 'm', space: 'commons', instance: 'i', membersVersion: 1, members, witnesses: [] };
  const roster = selectRoster(keys, facts);
  const attach = (i: number, scopes: ('votes' | 'frames')[]) =>
    signObject(keys, agents[i]!, recordDomains.attachment, {
      record: 'attachment',
      mesh: 'm',
      agent: agents[i]!,
      node: members[i]!.node,
      epoch: '0'.repeat(32),
      sessionKey: sessions[i]!,
      scopes,
      seq: 1,
      at: 1,
      expiresAt: 2,
    });
  const undecided = {
    record: 'undecided' as const,
    mesh: 'm',
    space: 'commons',
    instance: 'i',
    roster: roster.hash,
    round: 0,
    lockedRound: -1,
    lockedValue: null,
    reason: 'deadline' as const,
    member: agents[0]!,
  };
  const signed = signObject(keys, sessions[0]!, undecidedDomain, undecided);
  const verify = (attachments: unknown[], record = signed) => {
    const messages = [{ type: 'undecided', undecided: record }];
    const file = { certificate: 'undecided', roster: roster.record, attachments, messages };
    return verifyCertificateFile(JSON.stringify(file), keys).ok;
  };
  const all = agents.map((_, i) => attach(i, ['votes']));
  expect(verify(all)).toBe(true);
  expect(verify(all.slice(1))).toBe(false);
  expect(verify([attach(0, ['frames']), ...all.slice(1)])).toBe(false);
  expect(verify(all, signObject(keys, agents[0]!, undecidedDomain, undecided))).toBe(false);
});

test('a ballot certificate verifies with the same command', () => {
  const keys = createCountedKeys();
  const dids = [keys.create(), keys.create(), keys.create()];
  const decision = signObject(keys, dids[0]!, decisionDomains.decision, {
    record: 'decision' as const,
    mesh: 'm',
    space: 'commons',
    id: '0190a8f0-0000-7000-8000-000000000001',
    question: 'Deploy?',
    options: ['yes', 'no'],
    rule: { method: 'majority' as const },
    voters: dids.map((did) => ({ did, key: did, weight: 1 })),
    closesAt: 1,
    asker: dids[0]!,
  });
  const ballots = dids.map((did, i) =>
    signObject(keys, did, decisionDomains.ballot, {
      record: 'ballot' as const,
      mesh: 'm',
      space: 'commons',
      decision: hashDecision(keys, decision),
      voter: did,
      choice: [i === 2 ? 'no' : 'yes'],
    }),
  );
  const certificate = closeDecision(keys, { decision, ballots });
  const verified = verifyCertificateFile(JSON.stringify(certificate), keys);
  expect(verified).toMatchObject({ ok: true, value: { type: 'ballots' } });
  if (verified.ok) expect(verified.value.text).toContain('decided: yes');
});
