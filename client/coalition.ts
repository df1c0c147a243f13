/**
 * Form a coalition and see it through: bids, a chosen team with a space of its own, a coordinator, results accepted
 * once, a signed outcome. The rules are the asker's machine of `protocol/coalition/`; this is its shell.
 *
 * The state belongs to the asking agent, not to its node: a sovereign agent is bound to no node, and its team must
 * outlive the node that it was formed at. With a {@link AgentStore} it outlives the agent's program as well: every
 * number is on disk before the message that depends on it leaves, so a restart accepts nothing twice.
 * @see Shehory and Kraus, Methods for task allocation via agent coalition formation, 1998
 */
import type { Did, MessageId } from '../protocol/brand.ts';
import { type Amount, amountMax } from '../protocol/budget/amount.ts';
import { amountKinds, type Ceiling, createLedger, type LedgerInput } from '../protocol/budget/index.ts';
import { toBase64Url } from '../protocol/bytes.ts';
import { signingBytes } from '../protocol/canonical.ts';
import {
  type AskerEffect,
  type AskerInput,
  askerBucket,
  createAsker,
  type Invite,
  type Outcome,
  outcomeDomain,
  type UnsignedOutcome,
  type WorkItem,
} from '../protocol/coalition/index.ts';
import type { Result } from '../protocol/contract-net/index.ts';
import type { Agent } from './agent.ts';
import { type AgentStore, createMemoryStore } from './agent-store.ts';
import { gatherBids, Ratings, type TeamCall, TeamExperience, toCandidate } from './coalition-call.ts';
import type { Coalition, CoalitionEnd, CoalitionInit, ItemResult, ItemVerdict } from './coalition-types.ts';
import { createTeamVoice, readTeamWord } from './coalition-words.ts';
import { createMachineTimers, makeId } from './machine-shell.ts';
import { followSpace } from './space.ts';

const callBucket = 'coalition-call';
const resultBucket = 'coalition-result';

/** What a restart needs beside the machine's own state. */
interface SavedCall {
  readonly coalition: MessageId;
  readonly goal: string;
  readonly items: readonly WorkItem[];
  readonly budget: Ceiling;
  readonly sizeMax: number;
  readonly formingMs: number;
  readonly leaseMs: number;
  readonly itemMs: number;
  readonly endsAt: number;
  readonly depth: number;
  readonly policy: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Call for places, choose the team, and set it to work. Resolves when the team was chosen and invited; `ended` says
 * what came of it, and a job that found no team ends as `void`.
 * @throws AmpError AMP-1811 for skills that no team can be asked for.
 */
export async function formCoalition(agent: Agent, init: CoalitionInit): Promise<Coalition> {
  const call = toCall(init);
  const skills = call.items.map((item) => item.skill);
  const ratings = await Ratings.ask(agent, skills);
  const asked: TeamCall = {
    ...{ coalition: call.coalition, goal: call.goal, content: init.content, skills, budget: call.budget },
    ...{ sizeMax: call.sizeMax, minConfidence: init.minConfidence ?? 0, to: init.to },
    ...{ bidMs: init.bidMs ?? 2_000, leaseMs: call.leaseMs, endsAt: call.endsAt, bonusOf: init.bonusOf },
  };
  const bids = await gatherBids(agent, asked, ratings, ({ from }) => init.onEvent?.({ kind: 'bid', from }));
  const bidders = bids.map(({ from }) => from);
  const experience = await TeamExperience.ask(agent, call.goal, bidders);
  const candidates = bids.flatMap((bid) => toCandidate(bid, asked, ratings, experience) ?? []);
  const running = runCoalition(agent, call, init, ratings);
  running.step({ type: 'form-team', atMs: Date.now(), candidates });
  return running.coalition;
}

function toCall(init: CoalitionInit): SavedCall {
  const items = init.skills.map((one) => ({
    task: makeId(),
    ...(typeof one === 'string' ? { skill: one } : one),
  }));
  return {
    ...{ coalition: makeId(), goal: init.goal, items, budget: init.budget ?? {} },
    sizeMax: init.sizeMax ?? items.length,
    ...{ formingMs: init.formingMs ?? 3_000, leaseMs: init.leaseMs ?? 5_000 },
    ...{ itemMs: init.itemMs ?? 60_000, endsAt: Date.now() + (init.endMs ?? 300_000) },
    ...{ depth: init.depth ?? 0, policy: init.policy },
  };
}

export type ResumeInit = Pick<CoalitionInit, 'judge' | 'onEvent'> & { readonly store: AgentStore };

/** After a restart: take up every coalition of this store that has not ended. */
export async function resumeCoalitions(agent: Agent, init: ResumeInit): Promise<readonly Coalition[]> {
  const resumed: Coalition[] = [];
  for (const key of init.store.keys(callBucket)) {
    const call = JSON.parse(init.store.load(callBucket, key)!) as SavedCall;
    const saved = init.store.load(askerBucket, key);
    // The program ended while bids came in: nobody was promised anything.
    if (saved === undefined) {
      init.store.save(callBucket, key, null);
      continue;
    }
    const ratings = await Ratings.ask(
      agent,
      call.items.map((item) => item.skill),
    );
    const running = runCoalition(agent, call, init, ratings, saved);
    running.step({ type: 'recovered', atMs: Date.now() });
    resumed.push(running.coalition);
  }
  return resumed;
}

interface RunningCoalition {
  readonly coalition: Coalition;
  step(input: AskerInput): void;
}

function runCoalition(
  agent: Agent,
  call: SavedCall,
  init: Pick<CoalitionInit, 'judge' | 'onEvent' | 'store'>,
  ratings: Ratings,
  saved?: string,
): RunningCoalition {
  const { coalition } = call;
  const store = init.store ?? createMemoryStore();
  const note = init.onEvent ?? (() => undefined);
  const judge = init.judge ?? acceptAll;
  const voice = createTeamVoice(agent, coalition, call.policy);
  const space = followSpace(agent, coalition);
  const results = loadResults(store, call);
  const ended = Promise.withResolvers<CoalitionEnd>();
  let roster: Invite | undefined;
  let isStopped = false;

  store.save(callBucket, coalition, JSON.stringify(call));
  const machine = createAsker({
    ...{ self: agent.did, mesh: agent.mesh, coalition, goal: call.goal, items: call.items },
    ...{ budget: call.budget, sizeMax: call.sizeMax, leaseMs: call.leaseMs, itemMs: call.itemMs },
    ...{ formingMs: call.formingMs, endsAt: call.endsAt, depth: call.depth },
    ...(saved === undefined ? {} : { saved }),
  });
  const ledger = openLedger(store, call);
  const timers = createMachineTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));

  function step(input: AskerInput): void {
    if (isStopped) return;
    for (const effect of machine.step(input)) perform(effect, input);
  }

  function perform(effect: AskerEffect, cause: AskerInput): void {
    switch (effect.type) {
      case 'persist':
        return store.save(effect.bucket, effect.key, effect.value as string | null);
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'open-grant': {
        note({ kind: 'invited', agent: effect.grant, grant: effect.amount });
        return account({ type: 'open-grant', atMs: Date.now(), grant: effect.grant, amount: effect.amount });
      }
      case 'settle-grant': {
        const { grant, spent } = effect;
        return account({ type: 'settle-grant', atMs: Date.now(), grant, spent });
      }
      case 'open-space':
        return void space.post({ type: 'broadcast', query: call.goal }).catch(() => undefined);
      case 'send-invite':
        seeRoster(effect.body);
        return voice.say(effect.to, 'invite', effect.body);
      case 'send-review':
        // Said again to who reports again, also after a restart: no second acceptance.
        if (effect.isRepeat !== true) seeReview(effect.body);
        for (const to of effect.to) voice.say(to, 'review', effect.body);
        return;
      case 'judge-item':
        return void judgeItem(effect.from, effect.body);
      case 'dissolve-team':
        return void dissolve(effect);
      case 'ignored':
        if ('from' in cause)
          note({ kind: 'ignored', from: cause.from, type: cause.type, reason: effect.reason });
    }
  }

  function account(input: LedgerInput): void {
    for (const effect of ledger.step(input))
      if (effect.type === 'persist') store.save(effect.bucket, effect.key, effect.value as string | null);
  }

  function seeRoster(next: Invite): void {
    const known = roster;
    roster = next;
    const before = new Set(known?.members.map((member) => member.agent));
    const after = new Set(next.members.map((member) => member.agent));
    for (const did of after) if (!before.has(did)) note({ kind: 'joined', agent: did });
    for (const did of before) if (!after.has(did)) note({ kind: 'left', agent: did });
    if (next.coordinator !== undefined && next.term > (known?.term ?? 0))
      note({ kind: 'coordinator', agent: next.coordinator, term: next.term });
  }

  function seeReview({ of, fencing, verdict }: { of: MessageId; fencing: number; verdict: string }): void {
    const result = results.get(`${of}/${fencing}`);
    if (result === undefined) return;
    const facts = { skill: result.skill, agent: result.from, fencing };
    note({ kind: verdict === 'accept' ? 'accepted' : 'returned', ...facts });
  }

  async function judgeItem(from: Did, body: Result): Promise<void> {
    const { task, fencing, content, spent, complete, reason } = body;
    const result: ItemResult = {
      ...{ task, skill: skillOf(task), from, fencing, content, spent, complete },
      ...(reason === undefined ? {} : { reason }),
    };
    // A judge that fails has not accepted: whoever did the work may say it again.
    const verdict = await Promise.resolve(judge(result)).catch(
      (error: unknown): ItemVerdict => ({ verdict: 'change', content: String(error) }),
    );
    results.set(`${task}/${fencing}`, result);
    if (verdict.verdict === 'accept')
      store.save(resultBucket, `${coalition}/${task}/${fencing}`, JSON.stringify(result));
    step({ type: 'judge', atMs: Date.now(), task, fencing, ...verdict });
  }

  /** Sign, tell, learn from it, and forget: the outcome is in the space and with every member. */
  async function dissolve(effect: AskerEffect & { type: 'dissolve-team' }): Promise<void> {
    note({ kind: 'ended', outcome: effect.outcome });
    const outcome = await signOutcome(agent, effect.outcome);
    account({ type: 'close-ledger', atMs: Date.now() });
    timers.cancelAll();
    ending();
    const said = { ...effect.body, outcome: outcome as unknown as Record<string, unknown> };
    const inSpace = new Set(space.members());
    for (const to of effect.to) if (!inSpace.has(to)) voice.say(to, 'dissolve', said);
    const { reason } = said;
    // Where nobody was invited there is no space.
    if (effect.to.length > 0)
      await agent
        .send({ type: 'dissolve', space: coalition, reason, outcome: said.outcome })
        .catch(() => undefined);
    teach(effect.outcome);
    forget();
    ended.resolve({ outcome, results: acceptedOf(outcome) });
  }

  function acceptedOf(outcome: UnsignedOutcome): ReadonlyMap<string, ItemResult> {
    const accepted = outcome.items.filter((item) => item.agent !== undefined);
    return new Map(
      accepted.flatMap(({ task, skill, fencing }) => {
        const result = results.get(`${task}/${fencing}`);
        return result === undefined ? [] : [[skill, result] as const];
      }),
    );
  }

  /** The asker's node signs an outcome for each who delivered: reputation learns from those. */
  function teach(outcome: UnsignedOutcome): void {
    for (const { task, skill, agent: did, quality, shortfall } of outcome.items) {
      if (did === undefined) continue;
      const capability = ratings.of(did, skill)?.capability;
      const score = quality ?? (shortfall === undefined ? 1 : partialScore);
      const named = capability === undefined ? {} : { capability };
      agent.tellNode({ type: 'judge', task, agent: did, score, ...named });
    }
  }

  function forget(): void {
    for (const bucket of [callBucket, askerBucket]) store.save(bucket, coalition, null);
    for (const key of store.keys(resultBucket))
      if (key.startsWith(`${coalition}/`)) store.save(resultBucket, key, null);
    space.forget();
  }

  function skillOf(task: MessageId): string {
    return call.items.find((item) => item.task === task)?.skill ?? '';
  }

  const ending = agent.on('message', (message) => {
    const word = readTeamWord(message);
    if (word === undefined || word.coalition !== coalition || !heardByAsker.has(word.type)) return;
    const { type, from, body } = word;
    const effects = machine.step({ type: `${type}-received`, atMs: Date.now(), from, body } as AskerInput);
    if (word.type === 'award' && effects.every((effect) => effect.type !== 'ignored')) {
      const { task, winner, fencing } = word.body;
      note({ kind: 'awarded', task, skill: skillOf(task), agent: winner, fencing });
    }
    for (const effect of effects) perform(effect, { type: `${type}-received`, from } as AskerInput);
  });

  return {
    step,
    coalition: {
      id: coalition,
      space,
      members: () => (roster?.members ?? []).map((member) => member.agent),
      coordinator: () => roster?.coordinator,
      ended: ended.promise,
      invite: (candidate) => step({ type: 'candidate-found', atMs: Date.now(), candidate, isWanted: true }),
      dissolve: () => step({ type: 'withdraw', atMs: Date.now() }),
      stop() {
        isStopped = true;
        timers.cancelAll();
        ending();
        space.forget();
      },
    },
  };
}

const heardByAsker = new Set(['accept', 'decline', 'invite', 'award', 'progress', 'result', 'failure']);
/** What stopped for want of budget counts half, unless the asker said otherwise. Judgement. */
const partialScore = 0.5;

/** What is complete is good; what stopped early is taken as what there is. */
function acceptAll({ complete }: ItemResult): ItemVerdict {
  return { verdict: 'accept', quality: complete ? 1 : partialScore };
}

function loadResults(store: AgentStore, { coalition }: SavedCall): Map<string, ItemResult> {
  const rows = store.keys(resultBucket).filter((key) => key.startsWith(`${coalition}/`));
  const results = rows.map((key) => JSON.parse(store.load(resultBucket, key)!) as ItemResult);
  return new Map(results.map((result) => [`${result.task}/${result.fencing}`, result]));
}

function openLedger(store: AgentStore, { coalition, budget }: SavedCall) {
  const saved = store.load('ledger', coalition);
  const granted = Object.fromEntries(amountKinds.map((kind) => [kind, budget[kind] ?? amountMax]));
  return createLedger({
    ...{ key: coalition, granted: granted as unknown as Amount },
    ...(saved === undefined ? {} : { saved }),
  });
}

async function signOutcome(agent: Agent, outcome: UnsignedOutcome): Promise<UnsignedOutcome | Outcome> {
  const signature = await agent.sign(signingBytes(outcomeDomain, outcome));
  return signature === undefined ? outcome : { ...outcome, sig: toBase64Url(signature) };
}
