/**
 * A virtual network for one contract: an asker, bidders, and an attacker that forges and replays. The seed
 * chooses everything: who bids what, who crashes when, which message is late, doubled or lost.
 *
 * Fault model: a step's commit is atomic, its sends are not (a crash may lose any suffix of them). A message to a
 * crashed actor waits for its restart. The checker looks only at effects, never into a machine.
 */
import { createHash } from 'node:crypto';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { nothing } from '../../protocol/budget/amount.ts';
import { hashBid } from '../../protocol/contract-net/bid-hash.ts';
import type { Award, Bid, Cfp, Offer } from '../../protocol/contract-net/bodies.ts';
import type {
  createInitiator,
  InitiatorEffect,
  InitiatorInput,
} from '../../protocol/contract-net/initiator.ts';
import type {
  createParticipant,
  ParticipantEffect,
  ParticipantInput,
} from '../../protocol/contract-net/participant.ts';
import { createContractChecker } from './contract-net-checker.ts';
import { createRandom, type Random } from './random.ts';

export interface ContractMachines {
  readonly createInitiator: typeof createInitiator;
  readonly createParticipant: typeof createParticipant;
}

export interface WorldReport {
  readonly seed: number;
  /** Broken rules, in words; empty for a good run. */
  readonly violations: readonly string[];
  readonly outcome: 'result' | 'failure' | 'void' | 'none';
  /** What happened at least once: coverage of the generator. */
  readonly seen: ReadonlySet<string>;
  /** Digest of all effects in order. */
  readonly digest: string;
}

export const keys = {
  hash: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()),
};
export const askerDid = 'did:key:asker' as Did;
const forgerDid = 'did:key:forger' as Did;
const taskId = '01890000-0000-7000-8000-000000000001' as MessageId;
const startMs = 1_000_000;
/** What bidders send. */
const bidderTypes = new Set(['bid', 'refuse', 'decline', 'progress', 'partial', 'result', 'failure']);

type Effect = InitiatorEffect | ParticipantEffect;
type Body = { readonly task: MessageId; readonly fencing?: number };
interface Message {
  readonly type: string;
  readonly from: Did;
  readonly to: Did;
  readonly body: Body;
}
interface Actor {
  readonly did: Did;
  machine: { step(input: never): readonly Effect[] };
  revive: (saved: string | undefined) => Actor['machine'];
  saved: string | undefined;
  timers: Map<string, number>;
  isUp: boolean;
  waiting: Message[];
  /** Bumped by a crash: what the agent was about to do is lost with it. */
  life: number;
}

export function runContractWorld(seed: number, machines: ContractMachines): WorldReport {
  const random = createRandom(seed);
  const seen = new Set<string>();
  const digest = createHash('sha256');
  const cfp = drawCall(random);
  const checker = createContractChecker(cfp);
  const lossShare = random.pick([0, 0, 0.02, 0.1]);
  const crashShare = random.pick([0, 0.01, 0.05, 0.1]);
  const queue: { atMs: number; order: number; run: () => void }[] = [];
  let order = 0;
  let nowMs = startMs;
  const tapped: Message[] = [];
  const actors = new Map<Did, Actor>();

  const asker = addActor(askerDid, (saved) =>
    machines.createInitiator({ keys }, { self: askerDid, cfp, ...(saved === undefined ? {} : { saved }) }),
  );
  const bidders = Array.from({ length: random.int(1, 6) }, (_, i) => `did:key:bidder${i}` as Did);
  for (const did of bidders) {
    addActor(did, (saved) =>
      machines.createParticipant(
        { keys },
        { self: did, initiator: askerDid, task: taskId, ...(saved === undefined ? {} : { saved }) },
      ),
    );
  }
  feed(asker, { type: 'open-call', atMs: nowMs });
  if (random.chance(0.05))
    at(random.int(startMs, cfp.endsAt), () => feed(asker, { type: 'withdraw-call', atMs: nowMs }));
  for (let i = random.int(0, 12); i > 0; i--) at(random.int(startMs, cfp.endsAt), attack);

  let stepCount = 0;
  while (queue.length > 0 && stepCount++ < 20_000) {
    const next = popEarliest(queue);
    nowMs = Math.max(nowMs, next.atMs);
    next.run();
  }
  if (queue.length > 0) checker.violate('the run never came to rest');
  const outcome = checker.finish();
  return { seed, violations: checker.violations, outcome, seen, digest: digest.digest('hex') };

  function addActor(did: Did, revive: (saved: string | undefined) => unknown): Actor {
    const make = revive as Actor['revive'];
    const actor: Actor = {
      did,
      machine: make(undefined),
      revive: make,
      saved: undefined,
      timers: new Map(),
      isUp: true,
      waiting: [],
      life: 0,
    };
    actors.set(did, actor);
    return actor;
  }

  function at(atMs: number, run: () => void) {
    queue.push({ atMs, order: order++, run });
  }

  function feed(actor: Actor, input: InitiatorInput | ParticipantInput) {
    if (!actor.isUp) return;
    const effects = actor.machine.step(input as never);
    if (seed % 50 === 0) digest.update(JSON.stringify([actor.did, input, effects]));
    checker.note(actor.did, input, effects, nowMs);
    for (const effect of effects) if (!effect.type.startsWith('send-')) apply(actor, effect);
    const sends = effects.filter((effect) => effect.type.startsWith('send-'));
    const isCrash = nowMs < cfp.endsAt && random.chance(crashShare * (sends.length > 0 ? 1 : 0.2));
    const sentCount = isCrash ? random.int(0, sends.length) : sends.length;
    for (const effect of sends.slice(0, sentCount)) apply(actor, effect);
    if (isCrash) crash(actor);
  }

  function apply(actor: Actor, effect: Effect) {
    switch (effect.type) {
      case 'persist':
        actor.saved = effect.value as string;
        return;
      case 'set-timer':
        actor.timers.set(effect.timer, effect.dueAtMs);
        return at(effect.dueAtMs, () => fireTimer(actor, effect.timer, effect.dueAtMs));
      case 'cancel-timer':
        actor.timers.delete(effect.timer);
        return;
      case 'ignored':
        seen.add(`ignored-${effect.reason}`);
        return;
      case 'send-cfp':
        for (const to of bidders) send({ type: 'cfp', from: actor.did, to, body: effect.body });
        return;
      case 'send-award':
      case 'send-cancel':
        for (const to of effect.to)
          send({ type: effect.type.slice(5), from: actor.did, to, body: effect.body });
        return;
      case 'send-bid':
      case 'send-refuse':
      case 'send-decline':
      case 'send-progress':
      case 'send-partial':
      case 'send-result':
      case 'send-failure':
        return send({ type: effect.type.slice(5), from: actor.did, to: effect.to, body: effect.body });
      case 'consider-call':
        return consider(actor);
      case 'start-work':
        seen.add(effect.resumed ? 'work-resumed' : 'work-started');
        return work(actor, effect.grant.timeMs);
      case 'stop-work':
        seen.add(`stopped-${effect.reason}`);
        if (effect.reason === 'over-budget') finish(actor, { complete: false, reason: 'over-budget' });
        return;
      case 'report-fault':
        seen.add(`fault-${effect.fault}`);
        return;
      case 'end-contract':
        seen.add(`ended-${effect.outcome.kind}`);
        return;
    }
  }

  function fireTimer(actor: Actor, timer: string, dueAtMs: number) {
    if (!actor.isUp || actor.timers.get(timer) !== dueAtMs) return;
    actor.timers.delete(timer);
    feed(actor, { type: 'timer-fired', atMs: nowMs, timer });
  }

  function send(message: Message) {
    tapped.push(message);
    if (random.chance(lossShare)) return;
    const copies = random.chance(0.2) ? 2 : 1;
    for (let i = 0; i < copies; i++) at(nowMs + drawDelay(), () => deliver(message));
  }

  function drawDelay(): number {
    return random.chance(0.05) ? random.int(200, 6_000) : random.int(1, 150);
  }

  function deliver(message: Message) {
    const actor = actors.get(message.to);
    if (!actor) return;
    if (!actor.isUp) {
      actor.waiting.push(message);
      return;
    }
    const { from, body } = message;
    // A node hands a message only to the role that its type belongs to.
    if ((actor === asker) !== bidderTypes.has(message.type)) return;
    feed(actor, { type: `${message.type}-received`, atMs: nowMs, from, body } as never);
  }

  function crash(actor: Actor) {
    seen.add(actor === asker ? 'asker-crashed' : 'bidder-crashed');
    actor.isUp = false;
    actor.life += 1;
    actor.timers.clear();
    at(nowMs + random.pick([10, 500, 5_000, 12_000]), () => restart(actor));
  }

  function restart(actor: Actor) {
    actor.isUp = true;
    actor.machine = actor.revive(actor.saved);
    if (actor.saved !== undefined) feed(actor, { type: 'recovered', atMs: nowMs });
    else if (actor === asker) feed(actor, { type: 'open-call', atMs: nowMs });
    for (const message of actor.waiting.splice(0)) at(nowMs + random.int(1, 20), () => deliver(message));
  }

  /** The agent behind a bidder answers later, unless it died in between. */
  function later(actor: Actor, delayMs: number, run: () => void) {
    const { life } = actor;
    at(nowMs + delayMs, () => {
      if (actor.life === life) run();
    });
  }

  function consider(actor: Actor) {
    const offer = drawOffer(random);
    const nonce = `nonce-of-${actor.did}-${seed}`;
    later(actor, random.int(1, 2_500), () => {
      if (random.chance(0.15)) feed(actor, { type: 'refuse-call', atMs: nowMs, reason: 'busy' });
      else feed(actor, { type: 'make-bid', atMs: nowMs, offer, nonce });
    });
  }

  function work(actor: Actor, timeMs: number) {
    const fate = random.next();
    const durationMs = Math.max(1, Math.round(timeMs * (0.5 + random.next())));
    if (fate < 0.08)
      return later(actor, 5, () => feed(actor, { type: 'decline-award', atMs: nowMs, reason: 'busy' }));
    if (fate < 0.16) return; // hangs: its node still beats, until the contract's end
    if (fate < 0.28) {
      return later(actor, durationMs, () =>
        feed(actor, { type: 'fail-work', atMs: nowMs, reason: 'broke', spent: nothing }),
      );
    }
    if (fate < 0.5)
      later(actor, durationMs >> 1, () =>
        feed(actor, { type: 'hand-partial', atMs: nowMs, content: 'half' }),
      );
    if (fate < 0.36) {
      const spent = { tokens: 1e9, moneyMicros: 1e9, timeMs: 1e9 };
      return later(actor, durationMs, () => feed(actor, { type: 'note-spending', atMs: nowMs, spent }));
    }
    later(actor, durationMs, () => finish(actor, { complete: true }));
  }

  function finish(actor: Actor, how: { complete: boolean; reason?: string }) {
    const spent = {
      tokens: random.int(0, 1_200),
      moneyMicros: random.int(0, 1_200),
      timeMs: random.int(0, 4_000),
    };
    later(actor, 1, () =>
      feed(actor, { type: 'finish-work', atMs: nowMs, content: `by ${actor.did}`, spent, ...how }),
    );
  }

  /** It sees all traffic, can show any signed message again, and signs its own; it cannot sign for others. */
  function attack() {
    const copy = tapped.length > 0 ? random.pick(tapped) : undefined;
    const victim = random.pick([askerDid, ...bidders]);
    seen.add('attacked');
    switch (random.int(0, 3)) {
      case 0:
        return copy && send(copy);
      case 1:
        return copy && send({ ...copy, to: victim });
      case 2:
        return copy && send({ ...copy, from: forgerDid });
      default:
        return forge();
    }
  }

  /** As plausible as can be without the asker's or the winner's key. */
  function forge() {
    const award = tapped.findLast((message) => message.type === 'award')?.body as Award | undefined;
    const fencing = (award?.fencing ?? 0) + random.int(-1, 1);
    if (random.chance(0.5)) return forgeAward(Math.max(1, fencing + 1));
    const body = { task: taskId, fencing, content: `by ${forgerDid}`, spent: nothing, complete: true };
    send({ type: 'result', from: forgerDid, to: askerDid, body });
  }

  function forgeAward(fencing: number) {
    const bid = tapped.findLast((message) => message.type === 'bid');
    if (!bid) return;
    const hash = hashBid(keys, bid.from, bid.body as Bid);
    const grant = { tokens: 1e6, moneyMicros: 1e6, timeMs: 1e6 };
    const body: Award = {
      task: taskId,
      fencing,
      winner: bid.from,
      bid: hash,
      bids: [{ bidder: bid.from, bid: hash }],
      grant,
    };
    send({ type: 'award', from: forgerDid, to: bid.from, body });
  }
}

function drawCall(random: Random): Cfp {
  const deadlineAt = startMs + random.int(1_000, 3_000);
  const isSealed = random.chance(0.3);
  return {
    task: taskId,
    content: 'find the cause',
    skills: ['a'],
    criteria: { rule: random.pick(['cost', 'time', 'quality', 'weighted'] as const) },
    ceiling: { tokens: 1_000, moneyMicros: 1_000 },
    minConfidence: 0.3,
    bidsMax: random.pick([2, 16]),
    deadlineAt,
    ...(isSealed ? { openUntil: deadlineAt + 1_000 } : {}),
    leaseMs: random.int(1_500, 6_000),
    endsAt: startMs + 40_000,
  };
}

function drawOffer(random: Random): Offer {
  return {
    cost: { tokens: random.int(1, 1_150), moneyMicros: random.int(1, 1_000), timeMs: random.int(50, 5_000) },
    quality: random.next(),
    confidence: 0.2 + random.next() * 0.8,
    skills: random.chance(0.9) ? ['a', 'b'] : ['b'],
  };
}

function popEarliest<T extends { atMs: number; order: number }>(queue: T[]): T {
  let best = 0;
  for (let i = 1; i < queue.length; i++) {
    const [a, b] = [queue[i]!, queue[best]!];
    if (a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)) best = i;
  }
  const [found] = queue.splice(best, 1);
  return found!;
}
