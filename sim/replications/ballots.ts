/** One decision of simulated voters, through the ballot machine that ships. */
import { createHash } from 'node:crypto';
import type { Did } from '../../protocol/brand.ts';
import {
  type Ballot,
  createBallotMachine,
  type DecisionRecord,
  hashDecision,
} from '../../protocol/decisions/index.ts';
import { encodeDid } from '../../protocol/did.ts';
import type { Verified } from '../../protocol/signing.ts';

const keys = { hash: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) };

/** A yes-or-no question to so many voters; build it once, decide it often. */
export class MajorityQuestion {
  readonly #decision: DecisionRecord;
  readonly #hash: string;

  constructor(voterCount: number) {
    const voters = Array.from({ length: voterCount }, (_, voter) => didOf(voter));
    this.#decision = {
      record: 'decision',
      mesh: 'replication',
      space: 'commons',
      id: '0190a8f0-0000-7000-8000-000000000001',
      question: 'Which one?',
      options: ['right', 'wrong'],
      rule: { method: 'majority' },
      voters: voters.map((did) => ({ did, key: did, weight: 1 })),
      closesAt: 1000,
      asker: didOf(voterCount),
      sig: '',
    } as DecisionRecord;
    this.#hash = hashDecision(keys, this.#decision);
  }

  /** Each voter's vote in, what the machine decided out. */
  isRight(votes: readonly boolean[]): boolean {
    const machine = createBallotMachine(keys, { decision: this.#decision, tieBreakMs: 1, restored: [] });
    const effects = [...machine.step({ type: 'start', atMs: 0 })];
    votes.forEach((isRight, i) => {
      const ballot = {
        record: 'ballot',
        mesh: 'replication',
        space: 'commons',
        decision: this.#hash,
        voter: this.#decision.voters[i]!.did,
        choice: [isRight ? 'right' : 'wrong'],
        sig: String(i),
      } as Ballot as Verified<Ballot>;
      effects.push(...machine.step({ type: 'ballot-received', atMs: i + 1, ballot }));
    });
    const report = effects.find((effect) => effect.type === 'report-outcome');
    const outcome = report?.type === 'report-outcome' ? report.certificate.outcome : undefined;
    return outcome?.type === 'decided' && outcome.option === 'right';
  }
}

function didOf(number: number): Did {
  const bytes = new Uint8Array(32);
  bytes[0] = number & 0xff;
  bytes[1] = number >> 8;
  return encodeDid(bytes);
}
