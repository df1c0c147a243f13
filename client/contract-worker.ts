/**
 * The worker's side of the contract net on sockets: bid on calls, work under awards. The rules are the participant's
 * machine of `protocol/contract-net/`; this is its shell. With an {@link AgentStore} promises outlive the program: work
 * that was reported is reported again and not done again, and an award is taken up where it was left.
 */
import type { Did, MessageId } from '../protocol/brand.ts';
import { type Amount, nothing } from '../protocol/budget/amount.ts';
import {
  type Cfp,
  createParticipant,
  type Offer,
  type ParticipantEffect,
  type ParticipantInput,
  participantBucket,
} from '../protocol/contract-net/index.ts';
import type { Agent } from './agent.ts';
import { type AgentStore, createMemoryStore } from './agent-store.ts';
import { readContractWord, tellContract } from './contract-words.ts';
import { createMachineTimers, hashing, reasonOf, type TeamContent } from './machine-shell.ts';

/** Work under an award. */
export interface ContractTask {
  readonly task: MessageId;
  readonly asker: Did;
  readonly content: TeamContent;
  readonly fencing: number;
  readonly grant: Amount;
  /** True when a restart of this program interrupted the work: some of it may be done already. */
  readonly isResumed: boolean;
  /** Aborted when the award is lost or the contract is over. */
  readonly signal: AbortSignal;
  progress(share: number): void;
  partial(content: TeamContent): void;
}

export interface ContractHandler {
  /** Bid, or say why not; nothing at all keeps silent. */
  consider(cfp: Cfp, from: Did): Offer | { readonly refuse: string } | undefined;
  /** Its answer is the result; what it throws is the reason of a failure. */
  work(task: ContractTask): Promise<TeamContent> | TeamContent;
}

interface Serving {
  step(input: ParticipantInput): void;
  stop(): void;
}

/** Contracts of one agent at a time. Judgement: more than it can work on. */
const servedMax = 256;

/** Bid on calls that reach this agent, and work under its awards. The answer ends it. */
export function serveContracts(
  agent: Agent,
  handler: ContractHandler,
  { store = createMemoryStore() }: { readonly store?: AgentStore } = {},
): () => void {
  const served = new Map<string, Serving>();

  const ending = agent.on('message', (message) => {
    const word = readContractWord(message);
    if (word === undefined || (word.type !== 'cfp' && word.type !== 'award' && word.type !== 'cancel'))
      return;
    const { type, from, body } = word;
    // A call for places in a team is `serveCoalitions`' to answer.
    if (type === 'cfp' && (body as Cfp).team !== undefined) return;
    const key = `${from}/${body.task}`;
    if (type === 'cfp' && !served.has(key)) open(key, from, body as Cfp);
    served.get(key)?.step({ type: `${type}-received`, from, body, atMs: Date.now() } as ParticipantInput);
  });

  function open(key: string, from: Did, cfp: Cfp, saved?: string): void {
    served.set(key, serveOne({ agent, handler, store, asker: from, cfp, saved }));
    if (served.size <= servedMax) return;
    const [oldest, one] = served.entries().next().value!;
    one.stop();
    served.delete(oldest);
    store.save(participantBucket, oldest, null);
  }

  for (const key of store.keys(participantBucket)) {
    const saved = store.load(participantBucket, key)!;
    const { cfp } = JSON.parse(saved) as { readonly cfp: Cfp | null };
    if (cfp === null || cfp.endsAt <= Date.now()) store.save(participantBucket, key, null);
    else open(key, key.slice(0, key.indexOf('/')) as Did, cfp, saved);
  }
  for (const one of served.values()) one.step({ type: 'recovered', atMs: Date.now() });

  return () => {
    ending();
    for (const one of served.values()) one.stop();
    served.clear();
  };
}

interface ServeInit {
  readonly agent: Agent;
  readonly handler: ContractHandler;
  readonly store: AgentStore;
  readonly asker: Did;
  readonly cfp: Cfp;
  readonly saved: string | undefined;
}

function serveOne({ agent, handler, store, asker, cfp, saved }: ServeInit): Serving {
  const machine = createParticipant(
    { keys: hashing },
    { self: agent.did, initiator: asker, task: cfp.task, ...(saved === undefined ? {} : { saved }) },
  );
  const timers = createMachineTimers((timer) => step({ type: 'timer-fired', timer, atMs: Date.now() }));
  let work: AbortController | undefined;
  let partialCount = 0;
  let isStopped = false;

  function step(input: ParticipantInput): void {
    if (isStopped) return;
    for (const effect of machine.step(input)) perform(effect);
  }

  function perform(effect: ParticipantEffect): void {
    switch (effect.type) {
      case 'set-timer':
      case 'cancel-timer':
        return timers.apply(effect);
      case 'consider-call':
        return consider();
      case 'start-work':
        return void start(effect);
      case 'stop-work':
        return work?.abort(new Error(effect.reason));
      case 'send-bid':
        return tellContract(agent, asker, 'bid', effect.body);
      case 'send-refuse':
        return tellContract(agent, asker, 'refuse', effect.body);
      case 'send-decline':
        return tellContract(agent, asker, 'decline', effect.body);
      case 'send-progress':
        return tellContract(agent, asker, 'progress', effect.body);
      case 'send-partial':
        return tellContract(agent, asker, 'partial', effect.body, partialCount++);
      case 'send-result':
        return tellContract(agent, asker, 'result', effect.body);
      case 'send-failure':
        return tellContract(agent, asker, 'failure', effect.body);
      case 'persist':
        return store.save(effect.bucket, effect.key, effect.value as string | null);
      case 'ignored':
      case 'report-double-award':
        return;
    }
  }

  function consider(): void {
    const answer = handler.consider(cfp, asker);
    if (answer === undefined) return;
    if ('refuse' in answer) return step({ type: 'refuse-call', reason: answer.refuse, atMs: Date.now() });
    step({ type: 'make-bid', offer: answer, atMs: Date.now() });
  }

  async function start({
    fencing,
    grant,
    resumed,
  }: ParticipantEffect & { type: 'start-work' }): Promise<void> {
    const abort = new AbortController();
    work = abort;
    const startedAtMs = Date.now();
    const spent = (): Amount => ({ ...nothing, timeMs: Math.min(grant.timeMs, Date.now() - startedAtMs) });
    try {
      const content = await handler.work({
        task: cfp.task,
        asker,
        content: cfp.content,
        fencing,
        grant,
        isResumed: resumed,
        signal: abort.signal,
        progress: (share) => step({ type: 'note-progress', share, atMs: Date.now() }),
        partial: (part) => step({ type: 'hand-partial', content: part, atMs: Date.now() }),
      });
      step({ type: 'finish-work', content, spent: spent(), complete: true, atMs: Date.now() });
    } catch (error) {
      step({ type: 'fail-work', reason: reasonOf(error), spent: spent(), atMs: Date.now() });
    }
  }

  return {
    step,
    stop() {
      isStopped = true;
      timers.cancelAll();
      work?.abort(new Error('stopped'));
    },
  };
}
