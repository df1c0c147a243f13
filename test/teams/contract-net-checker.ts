/** The rules of the contract net, checked from the outside after every step of a virtual run. */
import type { Did } from '../../protocol/brand.ts';
import { fitsCeiling } from '../../protocol/budget/amount.ts';
import type { Cfp, Offer } from '../../protocol/contract-net/bodies.ts';
import type {
  ContractOutcome,
  InitiatorEffect,
  InitiatorInput,
} from '../../protocol/contract-net/initiator.ts';
import type { ParticipantEffect, ParticipantInput } from '../../protocol/contract-net/participant.ts';

type Effect = InitiatorEffect | ParticipantEffect;

export interface ContractChecker {
  readonly violations: string[];
  violate(what: string): void;
  /** Look at one step. */
  note(did: Did, input: InitiatorInput | ParticipantInput, effects: readonly Effect[], atMs: number): void;
  finish(): ContractOutcome['kind'] | 'none';
}

export function createContractChecker(cfp: Cfp): ContractChecker {
  const violations: string[] = [];
  const offers = new Map<Did, Offer>();
  const winners = new Map<number, Did>();
  const grants = new Map<number, { settled: number }>();
  const starts = new Map<number, Did>();
  const running = new Set<Did>();
  const machinesSeen = new Set<Did>();
  const outcomes = new Set<string>();
  let outcome: ContractOutcome | undefined;
  let highest = 0;
  return { violations, violate, note, finish };

  function violate(what: string) {
    violations.push(what);
  }

  function note(
    did: Did,
    input: InitiatorInput | ParticipantInput,
    effects: readonly Effect[],
    atMs: number,
  ): void {
    if (input.type === 'make-bid') noteOffer(did, input.offer, effects);
    // The attacker may bid like anybody, with its own signature.
    if (input.type === 'bid-received' && !machinesSeen.has(input.from) && input.body.offer)
      offers.set(input.from, input.body.offer);
    machinesSeen.add(did);
    const isReport =
      input.type === 'finish-work' || input.type === 'fail-work' || input.type === 'decline-award';
    if (isReport && effects.some((effect) => effect.type.startsWith('send-'))) running.delete(did);
    effects.forEach((effect, i) => {
      if (effect.type.startsWith('send-') && effects.slice(i).some((after) => after.type === 'persist'))
        violate('a message left before the state it depends on was durable');
      noteEffect(did, effect, atMs);
    });
  }

  function noteOffer(did: Did, offer: Offer, effects: readonly Effect[]) {
    if (effects.some((effect) => effect.type === 'send-bid')) offers.set(did, offer);
  }

  function noteEffect(did: Did, effect: Effect, atMs: number) {
    switch (effect.type) {
      case 'send-award':
        return noteAward(effect);
      case 'grant':
        if (grants.has(effect.fencing)) violate(`fencing ${effect.fencing} was granted twice`);
        grants.set(effect.fencing, { settled: 0 });
        if (!fitsCeiling(effect.amount, cfp.ceiling)) violate('the grant is above the ceiling');
        return;
      case 'settle-grant': {
        const grant = grants.get(effect.fencing);
        if (!grant) return violate('a grant that never was is settled');
        grant.settled += 1;
        return;
      }
      case 'start-work':
        return noteStart(did, effect.fencing, atMs);
      case 'stop-work':
        if (effect.reason !== 'over-budget') running.delete(did);
        return;
      case 'end-contract':
        return noteEnd(effect.outcome);
    }
  }

  function noteAward({ body, to }: Effect & { type: 'send-award' }) {
    const earlier = winners.get(body.fencing);
    if (earlier && earlier !== body.winner) violate(`fencing ${body.fencing} went to two winners`);
    if (!earlier && body.fencing <= highest) violate('a new award has no higher fencing number');
    winners.set(body.fencing, body.winner);
    highest = Math.max(highest, body.fencing);
    const offer = offers.get(body.winner);
    if (!offer) return violate(`an award went to ${body.winner}, who never bid`);
    if (!fitsCeiling(offer.cost, cfp.ceiling)) violate('an over-budget bid won');
    if (!offer.skills.includes('a')) violate('a bid without the skill won');
    if (offer.confidence < cfp.minConfidence) violate('a bid below the least confidence won');
    if (!to.includes(body.winner)) violate('the winner was not told');
    if (new Set(body.bids.map((bid) => bid.bidder)).size !== body.bids.length)
      violate('a bidder is listed twice');
  }

  function noteStart(did: Did, fencing: number, atMs: number) {
    if (winners.get(fencing) !== did) violate(`${did} works under fencing ${fencing} that it never won`);
    const other = starts.get(fencing);
    if (other && other !== did) violate(`two agents work under fencing ${fencing}`);
    if (atMs >= cfp.endsAt + 20_000) violate('work started long after the end');
    starts.set(fencing, did);
    running.add(did);
  }

  function noteEnd(ended: ContractOutcome) {
    outcomes.add(JSON.stringify(ended));
    if (outcomes.size > 1) violate('the task ended twice, differently');
    if (!outcome && ended.kind === 'result') {
      if (ended.fencing !== highest) violate('a result under a lower fencing number was accepted');
      if (ended.winner !== winners.get(ended.fencing))
        violate('a result of another than the winner was accepted');
      if (ended.result.content !== `by ${ended.winner}`)
        violate('the accepted result is not the winner’s own');
      if (!fitsCeiling(ended.charged, cfp.ceiling)) violate('the charge is above the ceiling');
    }
    outcome = ended;
  }

  function finish(): ContractOutcome['kind'] | 'none' {
    if (!outcome) violate('the task never ended');
    for (const did of running) violate(`${did} still works after the end`);
    for (const [fencing, { settled }] of grants)
      if (settled !== 1) violate(`the grant of fencing ${fencing} was settled ${settled} times`);
    return outcome?.kind ?? 'none';
  }
}
