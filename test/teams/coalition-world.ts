/**
 * A virtual network for one coalition: an asker, a field of agents, crashes, a partition that heals, loss, delay and
 * duplication. Agents are slow, wrong, silent, or leave. The checker sees effects only.
 */
import { createHash } from 'node:crypto';
import type { Did, MessageId } from '../../protocol/brand.ts';
import { type Amount, addAmounts, fitsCeiling, nothing } from '../../protocol/budget/amount.ts';
import type {
  AskerCandidate,
  AskerEffect,
  AskerInit,
  AskerInput,
  createAsker,
  createMember,
  MemberEffect,
  MemberInput,
  UnsignedOutcome,
} from '../../protocol/coalition/index.ts';
import { createRandom } from './random.ts';

export interface CoalitionMachines {
  readonly createAsker: typeof createAsker;
  readonly createMember: typeof createMember;
}

export interface CoalitionReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly outcome: UnsignedOutcome | undefined;
  readonly seen: ReadonlySet<string>;
  readonly digest: string;
}

export interface CoalitionSetting {
  /** No faults at all, and every agent does its work: what must then succeed. */
  readonly calm?: boolean;
}

type Effect = AskerEffect | MemberEffect;
interface Message {
  readonly type: string;
  readonly from: Did;
  readonly to: Did;
  readonly body: unknown;
}
interface Actor {
  readonly did: Did;
  machine: { step(input: never): readonly Effect[] };
  revive: (saved: string | undefined) => Actor['machine'];
  saved: string | undefined;
  timers: Map<string, number>;
  isUp: boolean;
  waiting: Message[];
  life: number;
}

const askerDid = 'did:key:asker' as Did;
const coalition = '01890000-0000-7000-8000-00000000000c' as MessageId;
const startMs = 1_000_000;
const endsAt = startMs + 60_000;
const budget = { tokens: 1_000 };

export function runCoalitionWorld(
  seed: number,
  machines: CoalitionMachines,
  setting: CoalitionSetting = {},
): CoalitionReport {
  const random = createRandom(seed * 7 + 3);
  const seen = new Set<string>();
  const violations: string[] = [];
  const digest = createHash('sha256');
  const queue: { atMs: number; order: number; run: () => void }[] = [];
  let order = 0;
  let nowMs = startMs;

  const isCalm = setting.calm === true;
  const lossShare = isCalm ? 0 : random.pick([0, 0, 0.02, 0.1]);
  const crashShare = isCalm ? 0 : random.pick([0, 0.002, 0.005, 0.02]);
  const partition = !isCalm && random.chance(0.4) ? drawPartition() : undefined;
  const skills = ['a', 'b', 'c', 'd'].slice(0, random.int(1, 4));
  const items = skills.map((skill, i) => ({
    task: `01890000-0000-7000-8000-0000000000d${i}` as MessageId,
    skill,
  }));
  const agents = Array.from({ length: random.int(2, 8) }, (_, i) => `did:key:agent${i}` as Did);
  const candidates = agents.map((agent): AskerCandidate => {
    const qualities = Object.fromEntries(
      ['a', 'b', 'c', 'd']
        .filter(() => isCalm || random.chance(0.55))
        .map((skill) => [skill, 0.1 + 0.9 * random.next()]),
    );
    const cost = { tokens: random.int(10, 400), moneyMicros: 0, timeMs: 0 };
    return { agent, cost, qualities, context: random.next(), reputation: random.next() };
  });
  const init: AskerInit = {
    self: askerDid,
    mesh: 'm',
    coalition,
    goal: 'find and fix',
    items,
    budget,
    sizeMax: 5,
    leaseMs: random.int(1_500, 3_000),
    itemMs: 8_000,
    formingMs: 2_000,
    endsAt,
  };

  const tapped: Message[] = [];
  // What the checker knows.
  const grants = new Map<Did, { amount: Amount; settled: number }>();
  const acceptedItems = new Map<string, string>();
  const highestKnown = new Map<string, { fencing: number; winner: Did }>();

  /** Winners by item and number: two, when two claimed one term behind a partition. */
  const awardedTo = new Map<string, Did[]>();
  const liesOf = new Map<string, Did[]>();
  const uncovered: string[] = [];
  const running = new Set<string>();
  let outcome: UnsignedOutcome | undefined;

  const actors = new Map<Did, Actor>();
  const withSaved = (saved: string | undefined) => (saved === undefined ? {} : { saved });
  const asker = addActor(askerDid, (saved) => machines.createAsker({ ...init, ...withSaved(saved) }));
  for (const did of agents)
    addActor(did, (saved) =>
      machines.createMember({ self: did, coalition, asker: askerDid, ...withSaved(saved) }),
    );
  feed(asker, { type: 'form-team', atMs: nowMs, candidates });

  if (!isCalm) for (let i = random.int(0, 8); i > 0; i--) at(startMs + random.int(500, 20_000), attack);

  let stepCount = 0;
  while (queue.length > 0 && stepCount++ < 15_000) {
    const next = popEarliest(queue);
    nowMs = Math.max(nowMs, next.atMs);
    next.run();
  }
  if (queue.length > 0) violations.push('the run never came to rest');
  checkEnd();
  return { seed, violations, outcome, seen, digest: digest.digest('hex') };

  function addActor(did: Did, revive: (saved: string | undefined) => unknown): Actor {
    const make = revive as Actor['revive'];
    const base = { saved: undefined, timers: new Map<string, number>(), isUp: true, waiting: [], life: 0 };
    const actor: Actor = { did, machine: make(undefined), revive: make, ...base };
    actors.set(did, actor);
    return actor;
  }

  function drawPartition() {
    const fromMs = startMs + random.int(2_000, 15_000);
    return {
      fromMs,
      toMs: fromMs + random.int(2_000, 20_000),
      side: (did: Did) => (hashOf(did, seed) & 1) === 1,
    };
  }

  function at(atMs: number, run: () => void) {
    queue.push({ atMs, order: order++, run });
  }

  function feed(actor: Actor, input: AskerInput | MemberInput) {
    if (!actor.isUp) return;
    const effects = actor.machine.step(input as never);
    if (seed % 20 === 0) digest.update(JSON.stringify([actor.did, input.type, effects]));
    check(actor.did, effects);
    if (input.type === 'accept-invite' || input.type === 'refuse-invite') seen.add(input.type);
    for (const effect of effects) if (!isSend(effect)) apply(actor, effect);
    const sends = effects.filter(isSend);
    const isCrash = nowMs < endsAt - 10_000 && sends.length > 0 && random.chance(crashShare);
    for (const effect of sends.slice(0, isCrash ? random.int(0, sends.length) : sends.length))
      transmit(actor, effect);
    if (isCrash) crash(actor);
  }

  function isSend(effect: Effect): boolean {
    return effect.type.startsWith('send-') || effect.type === 'dissolve-team';
  }

  function transmit(actor: Actor, effect: Effect) {
    if (effect.type === 'dissolve-team') {
      for (const to of effect.to) send({ type: 'dissolve', from: actor.did, to, body: effect.body });
      return;
    }
    if (!('to' in effect)) return;
    const receivers = typeof effect.to === 'string' ? [effect.to] : effect.to;
    for (const to of receivers)
      send({ type: effect.type.slice(5), from: actor.did, to: to as Did, body: effect.body });
  }

  function apply(actor: Actor, effect: Effect) {
    switch (effect.type) {
      case 'persist':
        actor.saved = effect.value as string;
        break;
      case 'set-timer':
        actor.timers.set(effect.timer, effect.dueAtMs);
        at(effect.dueAtMs, () => fireTimer(actor, effect.timer, effect.dueAtMs));
        break;
      case 'cancel-timer':
        actor.timers.delete(effect.timer);
        break;
      case 'ignored':
        seen.add(`ignored-${effect.reason}`);
        break;
      case 'consider-invite':
        consider(actor);
        break;
      case 'start-item':
        running.add(`${actor.did} ${effect.task}`);
        seen.add(effect.revise === undefined ? 'item-started' : 'item-revised');
        work(actor, effect.task);
        break;
      case 'stop-item':
        running.delete(`${actor.did} ${effect.task}`);
        seen.add(`stopped-${effect.reason}`);
        break;
      case 'judge-item':
        judge(actor, effect);
        break;
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
    const copies = !isCalm && random.chance(0.15) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const delayMs = !isCalm && random.chance(0.03) ? random.int(200, 6_000) : random.int(1, 120);
      at(nowMs + delayMs, () => deliver(message));
    }
  }

  /** Anything signed may be shown again; and any agent may lie in its own name about awards, terms and results. */
  function attack() {
    const liar = random.pick(agents);
    const task = random.pick(items).task;
    const fencing = random.int(1, 4) * 10_000 + random.int(1, 8);
    seen.add('attacked');
    if (random.chance(0.4) && tapped.length > 0) {
      send(random.pick(tapped));
      return;
    }
    const result = { task, fencing, content: `by ${liar}`, spent: nothing, complete: true };
    const award = { task, fencing, winner: liar, bid: '0'.repeat(64), bids: [], grant: nothing };
    if (random.chance(0.5)) {
      send({ type: 'award', body: award, from: liar, to: askerDid });
      const key = `${task} ${fencing}`;
      liesOf.set(key, [...(liesOf.get(key) ?? []), liar]);
    }
    later(actors.get(liar)!, 300, () => send({ type: 'result', body: result, from: liar, to: askerDid }));
  }

  function deliver(message: Message) {
    const actor = actors.get(message.to);
    if (!actor) return;
    if (partition && nowMs >= partition.fromMs && nowMs < partition.toMs) {
      if (partition.side(message.from) !== partition.side(message.to)) {
        seen.add('partitioned');
        at(partition.toMs + random.int(1, 500), () => deliver(message));
        return;
      }
    }
    if (!actor.isUp) {
      actor.waiting.push(message);
      return;
    }
    const { type, from, body } = message;
    const isForAsker = askerTypes.has(type);
    if (actor === asker ? !isForAsker : !memberTypes.has(type)) return;
    feed(actor, { type: `${type}-received`, atMs: nowMs, from, body } as never);
  }

  function crash(actor: Actor) {
    seen.add(actor === asker ? 'asker-crashed' : 'member-crashed');
    actor.isUp = false;
    actor.life += 1;
    actor.timers.clear();
    for (const entry of [...running]) if (entry.startsWith(`${actor.did} `)) running.delete(entry);
    at(nowMs + random.pick([50, 1_000, 6_000, 20_000]), () => restart(actor));
  }

  function restart(actor: Actor) {
    actor.isUp = true;
    actor.machine = actor.revive(actor.saved);
    if (actor.saved !== undefined) feed(actor, { type: 'recovered', atMs: nowMs });
    else if (actor === asker) feed(actor, { type: 'form-team', atMs: nowMs, candidates });
    for (const message of actor.waiting.splice(0)) at(nowMs + random.int(1, 20), () => deliver(message));
  }

  function later(actor: Actor, delayMs: number, run: () => void) {
    const { life } = actor;
    at(nowMs + delayMs, () => {
      if (actor.life === life) run();
    });
  }

  function consider(actor: Actor) {
    if (!isCalm && random.chance(0.05)) return;
    const isRefusal = !isCalm && random.chance(0.15);
    later(actor, random.int(1, 800), () => {
      if (isRefusal) feed(actor, { type: 'refuse-invite', atMs: nowMs, reason: 'busy' });
      else feed(actor, { type: 'accept-invite', atMs: nowMs });
    });
    if (!isCalm && random.chance(0.06))
      later(actor, random.int(2_000, 12_000), () =>
        feed(actor, { type: 'leave', atMs: nowMs, reason: 'called away' }),
      );
  }

  function work(actor: Actor, task: MessageId) {
    const fate = isCalm ? 1 : random.next();
    if (fate < 0.04) return;
    const spent = { tokens: random.int(1, 150), moneyMicros: 0, timeMs: 0 };
    later(actor, random.int(100, 4_000), () => {
      if (fate < 0.12) feed(actor, { type: 'fail-item', atMs: nowMs, task, reason: 'stuck', spent });
      else
        feed(actor, {
          type: 'finish-item',
          atMs: nowMs,
          task,
          content: `by ${actor.did}`,
          spent,
          complete: true,
        });
      running.delete(`${actor.did} ${task}`);
    });
  }

  function judge(actor: Actor, { body, from }: AskerEffect & { type: 'judge-item' }) {
    const winners = awardedTo.get(`${body.task} ${body.fencing}`);
    if (winners && !winners.includes(from) && !liesOf.has(`${body.task} ${body.fencing}`))
      violations.push('a result is judged of an agent that it was not awarded to');
    const verdict = !isCalm && random.chance(0.2) ? ('change' as const) : ('accept' as const);
    later(actor, random.int(1, 1_500), () =>
      feed(actor, {
        type: 'judge',
        atMs: nowMs,
        task: body.task,
        fencing: body.fencing,
        verdict,
        content: 'more',
        quality: 0.9,
      }),
    );
  }

  function check(did: Did, effects: readonly Effect[]) {
    effects.forEach((effect, i) => {
      if (isSend(effect) && effects.slice(i).some((after) => after.type === 'persist'))
        violations.push('a message left before the state it depends on was durable');
      if (did === askerDid) checkAsker(effect as AskerEffect);
      else checkMember(effect as MemberEffect);
    });
  }

  function checkAsker(effect: AskerEffect) {
    switch (effect.type) {
      case 'open-grant':
        if (grants.has(effect.grant)) violations.push(`${effect.grant} was granted twice`);
        grants.set(effect.grant, { amount: effect.amount, settled: 0 });
        checkBudget();
        break;
      case 'settle-grant': {
        const grant = grants.get(effect.grant);
        if (!grant) violations.push('a grant that never was is settled');
        else {
          grant.settled += 1;
          if (!fitsCeiling(effect.spent, grant.amount)) violations.push('a settlement is above its grant');
          grant.amount = effect.spent;
        }
        break;
      }
      case 'send-review':
        if (effect.body.verdict === 'accept') checkAcceptance(effect.body, effect.isRepeat === true);
        break;
      case 'dissolve-team':
        if (outcome && JSON.stringify(outcome) !== JSON.stringify(effect.outcome))
          violations.push('the team ended twice, differently');
        outcome = effect.outcome;
        seen.add(`outcome-${effect.outcome.kind}-${effect.outcome.reason}`);
        break;
    }
  }

  function checkBudget() {
    const total = [...grants.values()].reduce((sum, grant) => addAmounts(sum, grant.amount), nothing);
    if (!fitsCeiling(total, budget)) violations.push('grants and spending exceed the budget');
  }

  function checkAcceptance(review: { of: MessageId; fencing: number }, isRepeat: boolean) {
    const key = `${review.fencing}`;
    const earlier = acceptedItems.get(review.of);
    if (earlier !== undefined && earlier !== key) violations.push(`item ${review.of} was accepted twice`);
    if (isRepeat !== (earlier !== undefined))
      violations.push(`an acceptance of ${review.of} is called ${isRepeat ? 'a repeat' : 'new'} and is not`);
    if (isRepeat) seen.add('accepted-again');
    acceptedItems.set(review.of, key);

    const award = `${review.of} ${review.fencing}`;
    if (!awardedTo.has(award)) uncovered.push(award);
  }

  function checkMember(effect: MemberEffect) {
    if (effect.type === 'send-award') {
      const key = `${effect.body.task} ${effect.body.fencing}`;
      // Numbers may only meet when two claim one term behind a partition; then the asker decides.
      const earlier = highestKnown.get(key);
      if (earlier && earlier.winner !== effect.body.winner) seen.add('two-leaders-one-number');
      highestKnown.set(key, { fencing: effect.body.fencing, winner: effect.body.winner });

      awardedTo.set(key, [...(awardedTo.get(key) ?? []), effect.body.winner]);
      seen.add(effect.body.fencing >= 20_000 ? 'awarded-in-a-later-term' : 'awarded');
    }
    if (effect.type === 'send-invite') seen.add('term-claimed');
  }

  function checkEnd() {
    if (!outcome) {
      violations.push('the coalition never ended');
      return;
    }
    for (const [did, { settled }] of grants)
      if (settled !== 1) violations.push(`the grant of ${did} was settled ${settled} times`);

    // A coordinator may award to itself by a lie in its own name; nobody else may.
    for (const award of uncovered)
      if (!liesOf.get(award)?.some((liar) => outcome?.coordinators.includes(liar)))
        violations.push('a result was accepted that no award covers');
    for (const item of outcome.items) {
      if (item.agent === undefined) continue;
      const accepted = acceptedItems.get(item.task);
      if (accepted !== `${item.fencing}`)
        violations.push('the outcome names another acceptance than was announced');
    }
    if (!fitsCeiling(outcome.spent, budget)) violations.push('the outcome spent more than the budget');
    for (const entry of running) if (isRunning(entry)) violations.push(`${entry} runs after the end`);
  }

  /** An agent that fell silent by itself is not the machine's to stop, unless its node is up and was told. */
  function isRunning(entry: string): boolean {
    return actors.get(entry.split(' ')[0] as Did)?.isUp === true;
  }
}

const askerTypes = new Set(['accept', 'decline', 'invite', 'award', 'progress', 'result', 'failure']);
const memberTypes = new Set(['invite', 'award', 'progress', 'result', 'failure', 'review', 'dissolve']);

function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash ^ (hash >>> 13);
}

function popEarliest<T extends { atMs: number; order: number }>(queue: T[]): T {
  let best = 0;
  for (let i = 1; i < queue.length; i++) {
    const [a, b] = [queue[i]!, queue[best]!];
    if (a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)) best = i;
  }
  return queue.splice(best, 1)[0]!;
}
