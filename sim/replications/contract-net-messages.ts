import { createHash } from 'node:crypto';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { nothing } from '../../protocol/budget/amount.ts';
import {
  type Cfp,
  createInitiator,
  createParticipant,
  type InitiatorEffect,
  type Offer,
  type ParticipantEffect,
} from '../../protocol/contract-net/index.ts';
import { encodeDid } from '../../protocol/did.ts';
import { RandomStream } from '../clock/random.ts';
import { fitLine } from './kademlia-hops.ts';
import { exactly, type Replication } from './replication.ts';

const keys = { hash: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()) };
const task = '01890000-0000-7000-8000-000000000001' as MessageId;
const sizes = [1, 2, 4, 8, 16, 32] as const;

/** What a task costs in messages when it is given out by bidding. */
export const contractNetMessages: Replication = {
  id: 'contract-net-messages',
  title: 'A contract among n bidders costs 3n + 1 messages, 2n + b + 1 when b of n bid',
  citation:
    'Smith 1980, The contract net protocol; FIPA SC00029H 2002 (call, propose or refuse, accept or reject, inform)',
  mechanism:
    'the contract-net machines that ship, one asker and n agents that bid or refuse at random; every message that leaves one is counted. ' +
    'What this project adds is counted apart: the winner’s heartbeat at the start of work, and a closing notice to each bidder',
  inputs: { agents: sizes.join(', '), bidProbability: 0.6 },
  confirmed: 'The acts are those of the standard’s diagram; the sum is theirs.',
  seedCount: 30,
  figures: [
    {
      name: 'excess',
      about: 'messages beyond 2n + b + 1, of the standard’s acts, mean over the sizes',
      band: exactly(0),
      why: 'n calls, n answers, an answer to each bid, one result',
    },
    {
      name: 'perBidder',
      about: 'messages for each further agent when all bid, of the standard’s acts, least squares',
      band: exactly(3),
      why: '3n + 1: a call, a bid, an answer to it',
    },
  ],
  measure(seed) {
    const random = RandomStream.fromSeed(seed).split('contract-net');
    let excess = 0;
    const whenAllBid: number[] = [];
    for (const n of sizes) {
      const bids = Array.from({ length: n }, (_, i) => i === 0 || random.unit() < 0.6);
      const { standard } = countMessages(bids, random);
      excess += standard - (2 * n + bids.filter(Boolean).length + 1);
      const all = countMessages(
        bids.map(() => true),
        random,
      );
      whenAllBid.push(all.standard);
    }
    return { excess: excess / sizes.length, perBidder: fitLine(sizes, whenAllBid).slope };
  },
};

interface Letter {
  readonly to: Did;
  readonly from: Did;
  readonly type: string;
  readonly body: unknown;
}

function countMessages(bids: readonly boolean[], random: RandomStream): { standard: number; added: number } {
  const asker = didOf(0);
  const agents = bids.map((_, i) => didOf(i + 1));
  const cfp: Cfp = {
    task,
    content: 'work',
    skills: [],
    criteria: { rule: 'cost' },
    ceiling: { tokens: 1000 },
    minConfidence: 0,
    bidsMax: 64,
    deadlineAt: 1000,
    leaseMs: 1000,
    endsAt: 100_000,
  };
  const initiator = createInitiator({ keys }, { self: asker, cfp });
  const participants = new Map(
    agents.map((self) => [self, createParticipant({ keys }, { self, initiator: asker, task })]),
  );
  const counted = { standard: 0, added: 0 };
  const letters: Letter[] = [];
  const post = (from: Did, effects: readonly (InitiatorEffect | ParticipantEffect)[]) => {
    for (const effect of effects) {
      if (!effect.type.startsWith('send-') || !('body' in effect)) continue;
      const to = 'to' in effect ? [effect.to].flat() : agents;
      for (const one of to)
        letters.push({ from, to: one as Did, type: effect.type.slice(5), body: effect.body });
    }
  };
  const deliver = (atMs: number) => {
    for (let letter = letters.shift(); letter !== undefined; letter = letters.shift()) {
      if (letter.type === 'progress' || letter.type === 'cancel') counted.added++;
      else counted.standard++;
      const { from, to, body } = letter;
      const input = { type: `${letter.type}-received`, atMs, from, body } as never;
      const effects = to === asker ? initiator.step(input) : participants.get(to)!.step(input);
      post(to, effects);
      if (to !== asker) act(to, effects as readonly ParticipantEffect[], atMs);
    }
  };
  /** What the agent behind the machine does. */
  const act = (self: Did, effects: readonly ParticipantEffect[], atMs: number) => {
    const machine = participants.get(self)!;
    for (const effect of effects) {
      if (effect.type === 'consider-call')
        post(
          self,
          bids[agents.indexOf(self)]
            ? machine.step({ type: 'make-bid', atMs, offer: offerOf(1 + random.below(900)) })
            : machine.step({ type: 'refuse-call', atMs, reason: 'busy' }),
        );
      if (effect.type === 'start-work')
        post(
          self,
          machine.step({ type: 'finish-work', atMs, content: 'done', spent: nothing, complete: true }),
        );
    }
  };
  post(asker, initiator.step({ type: 'open-call', atMs: 0 }));
  deliver(10);
  post(asker, initiator.step({ type: 'timer-fired', atMs: 1000, timer: `contract/${task}/deadline` }));
  deliver(1010);
  return counted;
}

function offerOf(tokens: number): Offer {
  return { cost: { tokens, moneyMicros: 0, timeMs: 10 }, quality: 0.8, confidence: 0.9, skills: [] };
}

function didOf(number: number): Did {
  const bytes = new Uint8Array(32);
  bytes[0] = number;
  return encodeDid(bytes);
}
