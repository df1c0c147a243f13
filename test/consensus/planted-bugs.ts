/** Bugs that a consensus implementation may have, as patches of ours, and what catches each of them. */
import type { Patch } from './harness/mutant.ts';

export interface PlantedBug {
  readonly name: string;
  /** The rule that it breaks. */
  readonly rule: string;
  readonly patches: readonly Patch[];
  /** The play of scenarios.ts that must fail. */
  readonly scenario: string;
  /** The first random run with four members that went wrong, where one was found in 3,000. */
  readonly seed?: { readonly seed: number; readonly certificates?: boolean; readonly liarCount?: number };
}

const machine = 'consensus-machine.ts';
const rounds = 'rounds.ts';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'the quorum is one too small',
    rule: 'Q',
    scenario: 'S2: strangers and repeated votes do not count toward a quorum',
    seed: { seed: 1 },
    patches: [{ file: 'quorum.ts', find: 'return n - faultMax(n);', replace: 'return n - faultMax(n) - 1;' }],
  },
  {
    name: 'a lock is ignored by prevotes',
    rule: 'S5 S6',
    scenario: 'S5: locked on another value, a fresh one is answered with nil',
    seed: { seed: 74 },
    patches: [{ file: 'rules.ts', find: '!(isFreeForFresh || isFreeForOlder)', replace: 'false' }],
  },
  {
    name: 'a fresh proposal beats a lock',
    rule: 'S5',
    scenario: 'S5: locked on another value, a fresh one is answered with nil',
    seed: { seed: 74 },
    patches: [{ file: 'rules.ts', find: '&& (lock.value === null || isLockedValue);', replace: ';' }],
  },
  {
    name: 'any re-proposal beats a lock',
    rule: 'S6',
    scenario: 'S6: a polka older than the lock does not beat it',
    seed: { seed: 206 },
    patches: [
      { file: 'rules.ts', find: '&& (lock.round <= proposal.validRound || isLockedValue);', replace: ';' },
    ],
  },
  {
    name: 'a re-proposal needs no polka',
    rule: 'S6',
    scenario: 'S6: a re-proposal waits for the polka it names',
    patches: [
      {
        file: rounds,
        find: 'if (proposal.validRound >= 0 && !this.#log.hasPolka(proposal.validRound, proposal.value)) return false;',
        replace: '',
      },
    ],
  },
  {
    name: 'a precommit sets no lock',
    rule: 'S7',
    scenario: 'S7: the lock is set by a polka of the current round at step prevote',
    seed: { seed: 74 },
    patches: [{ file: rounds, find: 'this.#lockedValue = value;', replace: '' }],
  },
  {
    name: 'a nil polka unlocks',
    rule: 'S9',
    scenario: 'S9: neither a nil polka nor a timeout unlocks',
    seed: { seed: 38, certificates: false },
    patches: [
      {
        file: rounds,
        find: "if (value === null) {\n      this.castVote('precommit', null, -1);",
        replace:
          "if (value === null) {\n      this.#lockedRound = -1; this.#lockedValue = null;\n      this.castVote('precommit', null, -1);",
      },
    ],
  },
  {
    name: 'a prevote timeout unlocks',
    rule: 'S9',
    scenario: 'S9: neither a nil polka nor a timeout unlocks',
    seed: { seed: 766 },
    patches: [
      {
        file: rounds,
        find: "if (this.#step === 'prevote') this.castVote('precommit', null, -1);",
        replace:
          "if (this.#step === 'prevote') { this.#lockedRound = -1; this.#lockedValue = null; this.castVote('precommit', null, -1); }",
      },
    ],
  },
  {
    name: 'a new round unlocks',
    rule: 'S9 L3',
    scenario: 'S9: neither a nil polka nor a timeout unlocks',
    seed: { seed: 74 },
    patches: [
      {
        file: rounds,
        find: "this.#step = 'propose';\n    this.#log.reachRound(round);",
        replace:
          "this.#step = 'propose'; this.#lockedRound = -1; this.#lockedValue = null;\n    this.#log.reachRound(round);",
      },
    ],
  },
  {
    name: 'a precommit needs f + 1 prevotes only',
    rule: 'S7',
    scenario: 'S2: strangers and repeated votes do not count toward a quorum',
    seed: { seed: 17 },
    patches: [
      {
        file: 'vote-log.ts',
        find: 'if (bitCount(mask) < this.#instance.quorum) return false;',
        replace: 'if (bitCount(mask) < this.#instance.faultMax + 1) return false;',
      },
    ],
  },
  {
    name: 'a decision needs one precommit less',
    rule: 'S11',
    scenario: 'S11: precommits of several rounds or values do not add up',
    seed: { seed: 1 },
    patches: [
      {
        file: 'vote-log.ts',
        find: 'if (bitCount(mask) < this.#instance.quorum) continue;\n      if (value !== null) return value;',
        replace:
          'if (bitCount(mask) < this.#instance.quorum - 1) continue;\n      if (value !== null) return value;',
      },
    ],
  },
  {
    name: 'a decision mixes the precommits of rounds',
    rule: 'S11',
    scenario: 'S11: precommits of several rounds or values do not add up',
    seed: { seed: 6 },
    patches: [
      {
        file: 'vote-log.ts',
        find: 'if (bitCount(mask) < this.#instance.quorum) continue;\n      if (value !== null) return value;',
        replace: `let all = mask;
      for (const other of this.#rounds.values())
        for (const t of other.precommit.tallies) if (t.value === value && value !== null) all |= t.mask;
      if (bitCount(all) < this.#instance.quorum) continue;
      if (value !== null) return value;`,
      },
    ],
  },
  {
    name: 'certificates of Q - 1 votes are taken',
    rule: 'S2',
    scenario: 'S2: certificates that are short, padded, mixed or foreign, and weak evidence, are ignored',
    patches: [
      {
        file: 'certificate.ts',
        find: 'votes.length < instance.quorum)',
        replace: 'votes.length < instance.quorum - 1)',
      },
    ],
  },
  {
    name: 'an invalid value is voted for',
    rule: 'S12',
    scenario: 'S12: an invalid value is prevoted nil and never decided',
    seed: { seed: 150 },
    patches: [
      {
        file: 'proposal-log.ts',
        find: 'isValid: this.#components.isValid(proposed.value) });',
        replace: 'isValid: true });',
      },
    ],
  },
  {
    name: 'a value need not hash to its id',
    rule: 'S13',
    scenario: 'S13: a value that does not hash to its id is refused',
    seed: { seed: 119 },
    patches: [
      {
        file: 'proposal-log.ts',
        find: "if (this.#components.valueIdOf(proposed.value) !== proposal.value) return refused('wrong-value-id');",
        replace: '',
      },
      {
        file: 'proposal-log.ts',
        find: 'if (this.#values.has(id) || this.#components.valueIdOf(proposed.value) !== id) return;',
        replace: '',
      },
    ],
  },
  {
    name: 'a vote leaves before it is on disk',
    rule: 'S3',
    scenario: 'S3: each vote and proposal is persisted before it is sent',
    seed: { seed: 1 },
    patches: [
      {
        file: rounds,
        find: "this.#member.write({ type: 'vote', vote });\n    this.#ownVotes.push(vote);",
        replace: 'this.#ownVotes.push(vote);',
      },
      {
        file: rounds,
        find: 'this.#hooks.takeOwnVote(vote);\n    this.advance();',
        replace:
          "this.#member.write({ type: 'vote', vote });\n    this.#hooks.takeOwnVote(vote);\n    this.advance();",
      },
    ],
  },
  {
    name: 'a restart forgets the lock',
    rule: 'S3',
    scenario: 'S3: a restarted member keeps its lock',
    seed: { seed: 20, certificates: false },
    patches: [{ file: rounds, find: 'this.#lockedValue = place.lockedValue;', replace: '' }],
  },
  {
    name: 'a restart forgets the votes',
    rule: 'S3',
    scenario: 'S3: a restarted member sends its stored votes again and no others',
    seed: { seed: 6 },
    patches: [
      {
        file: machine,
        find: "if (memory.type === 'restored') this.#restore(memory.rows);",
        replace: "if (memory.type === 'restored' && memory.rows.length > 99) this.#restore(memory.rows);",
      },
    ],
  },
  {
    name: 'the prevote hides the round of the lock it rests on',
    rule: 'L10',
    scenario: 'S5: locked on the same value, a fresh one is prevoted and names the lock',
    patches: [{ file: 'rules.ts', find: 'isLockedValue ? lock.round : -1', replace: '-1' }],
  },
  {
    name: 'amnesia is seen where a newer polka allowed the vote',
    rule: 'L10',
    scenario: 'L10: whoever forgets its lock is named, whoever was freed by a newer polka is not',
    seed: { seed: 1732 },
    patches: [{ file: 'evidence.ts', find: 'prevote.validRound < precommit.round', replace: 'true' }],
  },
  {
    name: 'only the proposer starts a propose timer',
    rule: 'L1',
    scenario: 'L1: every member, not only the proposer, waits for the proposal no longer than its timer',
    seed: { seed: 2 },
    patches: [
      {
        file: rounds,
        find: "this.#setStepTimer('propose');",
        replace:
          "if (proposerIndex(this.#member.init.instance, round) === this.#member.self) this.#setStepTimer('propose');",
      },
    ],
  },
  {
    name: 'no prevote timer',
    rule: 'L1',
    scenario: 'L1: the prevote timer starts once, at a quorum of any prevotes, at step prevote',
    seed: { seed: 2 },
    patches: [
      {
        file: rounds,
        find: "if (this.#log.anyCount('prevote', this.#round) >= this.#quorum) this.#setStepTimer('prevote');",
        replace: '',
      },
    ],
  },
  {
    name: 'no precommit timer',
    rule: 'L1',
    scenario: 'L1: the precommit timer starts at a quorum of any precommits and ends the round',
    seed: { seed: 22 },
    patches: [{ file: rounds, find: "    this.#setStepTimer('precommit');\n", replace: '' }],
  },
  {
    name: 'rounds are never skipped',
    rule: 'L3',
    scenario: 'L3: f + 1 members in a higher round pull a member along, and it keeps its lock',
    patches: [
      {
        file: rounds,
        find: 'if (round <= this.#round) return false;',
        replace: 'if (round < 1_000_000) return false;',
      },
    ],
  },
  {
    name: 'one liar is enough to skip rounds',
    rule: 'L3',
    scenario: 'L3: f + 1 members in a higher round pull a member along, and it keeps its lock',
    seed: { seed: 75 },
    patches: [
      {
        file: 'vote-log.ts',
        find: 'return ranked[this.#instance.faultMax]!;',
        replace: 'return ranked[0]!;',
      },
    ],
  },
  {
    name: 'the proposer always proposes its own candidate',
    rule: 'L4',
    scenario: 'L4: a proposer proposes the value of its newest polka, with proof',
    seed: { seed: 1664 },
    patches: [
      {
        file: rounds,
        find: 'const isOld = this.#validRound >= 0 && this.#validRound < round;',
        replace: 'const isOld = false as boolean;',
      },
    ],
  },
  {
    name: 'locks are not told to others',
    rule: 'L6 a',
    scenario: 'L6 a: a lock is told to all, with its polka and its proposal',
    patches: [
      { file: rounds, find: 'this.#member.sendPolka(this.#round, value);', replace: '' },
      {
        file: rounds,
        find: 'if (this.#validValue !== null) this.#member.sendPolka(this.#validRound, this.#validValue);',
        replace: '',
      },
    ],
  },
  {
    name: 'nothing is sent again',
    rule: 'L6 d',
    scenario: 'L6 d: votes, proposal and certificates are sent again until decided',
    seed: { seed: 2 },
    patches: [{ file: machine, find: "case 'resend':\n        this.#resend();", replace: "case 'resend':" }],
  },
  {
    name: 'a decided member goes silent',
    rule: 'L7',
    scenario: 'L7: a decided member answers who still votes, at most once per period, until retention ends',
    seed: { seed: 2 },
    patches: [
      { file: 'outcome.ts', find: "this.#member.send({ type: 'certificate', ...decision });", replace: '' },
      {
        file: 'outcome.ts',
        find: 'if (!isOpenTalk(message) ||',
        replace: 'if (isOpenTalk(message) ||',
      },
      {
        file: 'outcome.ts',
        find: "this.#member.send({ type: 'certificate', ...this.#decision! });",
        replace: '',
      },
    ],
  },
  {
    name: 'a second vote does not count inside a certificate',
    rule: 'S14',
    scenario: 'S14: the first of two votes counts alone, both count inside a certificate',
    seed: { seed: 49 },
    patches: [{ file: 'vote-log.ts', find: 'if (inQuorum) count(log, index, vote);', replace: '' }],
  },
  {
    name: 'anybody may propose',
    rule: 'S4',
    scenario: 'S4: a proposal counts only from the proposer of its round',
    seed: { seed: 8 },
    patches: [
      {
        file: 'proposal-log.ts',
        find: "if (index !== proposerIndex(this.#instance, proposal.round)) return refused('not-the-proposer');",
        replace: '',
      },
    ],
  },
  {
    name: 'a second decision replaces the first',
    rule: 'S15',
    scenario: 'S15: a second decision raises the alarm and changes nothing',
    seed: { seed: 34, liarCount: 2 },
    patches: [
      {
        file: 'outcome.ts',
        find: "this.#member.emit({ type: 'raise-alarm', decision, conflicting });",
        replace:
          "this.#decision = { ...decision, certificate: conflicting }; this.#member.emit({ type: 'report-decision', decision: this.#decision });",
      },
    ],
  },
  {
    name: 'a member with a lost log votes',
    rule: 'S3',
    scenario: 'S3: a member whose log is lost abstains, after its next restart too',
    patches: [
      { file: 'member.ts', find: "this.self >= 0 && init.memory.type !== 'lost'", replace: 'this.self >= 0' },
    ],
  },
  {
    name: 'a member votes on after it signed undecided',
    rule: 'L9',
    scenario: 'L9: deadline and round limit end in a signed undecided, and in silence',
    patches: [
      {
        file: rounds,
        find: "while (this.#step !== 'decided') {\n      if (this.#tryDecide() || this.#step === 'stopped') return;",
        replace:
          "while (this.#step !== 'decided') {\n      if (this.#step === 'stopped') { this.#step = 'propose'; }\n      if (this.#tryDecide()) return;",
      },
      { file: machine, find: 'this.#member.mayVote = false;\n  }', replace: '}' },
    ],
  },
  {
    name: 'a prevote claim needs no polka to count',
    rule: 'L10',
    scenario: 'L10: a prevote counts toward a polka only when the polka it names is here',
    patches: [
      {
        file: 'vote-log.ts',
        find: 'return tally.validRound < 0 || this.hasPolka(tally.validRound, tally.value);',
        replace: 'return tally.validRound >= -1;',
      },
    ],
  },
  {
    name: 'votes of other instances count',
    rule: 'S1',
    scenario: 'S1: a vote of another mesh, space, instance or roster does not count',
    patches: [
      {
        file: 'intake.ts',
        find: "if (!isOfInstance(this.#member.init.instance, vote)) return 'foreign-instance';",
        replace: '',
      },
    ],
  },
];
