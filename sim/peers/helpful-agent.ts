/** The agent of the standard workload: it offers itself, answers, joins what it is invited to, votes, remembers. */
import {
  type Behaviour,
  type BehaviourContext,
  defineBehaviour,
  type Heard,
} from '../../protocol/behaviour.ts';
import { capabilityOf } from './capability-texts.ts';

/** What a job's invitation says, as opposed to that of a standing space. */
export const jobGoal = 'solve one job together';
export const standingGoal = 'remember together';

/** How long a job's members have to vote, ms. */
const voteMs = 3_000;
const voteOptions = ['ship', 'polish'];

export const helpfulAgent = defineBehaviour(
  (index): Behaviour => ({
    capability: capabilityOf(index),
    on(this: HelpfulAgent, message, context) {
      switch (message.type) {
        case 'broadcast':
          if (message.from === context.self) return;
          context.count('broadcastsHeard');
          context.send({
            type: 'capability_match',
            parent: message.id,
            confidence: 0.8,
            offer: 'I can do that.',
          });
          return;
        case 'capability_match':
          return context.count('matches');
        case 'invite':
          context.send({ type: 'accept', to: message.from, space: message.space, invitation: message.id });
          if (message.goal === jobGoal) context.after(500, `work ${message.space}`);
          return;
        case 'question':
          context.count('questionsHeard');
          context.send({ type: 'answer', to: message.from, parent: message.id, content: 'It is so.' });
          return;
        case 'answer':
          return context.count('answers');
        case 'ballot':
          return vote(message.decision, context);
        case 'event':
          return onDecided(this, message.event as Decided, context);
        case 'found':
          return onFound(message, context);
        case 'error':
          return context.count(`error ${message.code}`);
        case 'alarm':
          return onAlarm(this, message, context);
      }
    },
  }),
);

interface HelpfulAgent extends Behaviour {
  /** Decisions that this agent asked for: who asked closes the job. */
  asked?: Set<string>;
}

interface Decided {
  readonly kind: string;
  /** The id of the job's space serves as the id of its decision. */
  readonly decision?: string;
  readonly outcome?: string;
}

/** A job in its agents' eyes: each writes its part, all vote, and who asked closes it when the votes are counted. */
function onAlarm(agent: HelpfulAgent, message: Heard, context: BehaviourContext): void {
  const [word, space] = String(message.word).split(' ');
  if (word === 'work') {
    context.send({ type: 'proposal', space, content: `My part, by ${context.name}` });
    context.count('jobParts');
  }
  if (word === 'vote') vote(space, context);
  if (word === 'decide') {
    const deadlineAt = context.nowMs() + voteMs;
    const question = 'Is the work good enough?';
    const asked = { decision: space, space, question, options: voteOptions, rule: 'byzantine', deadlineAt };
    context.send({ type: 'decide', ...asked });
    agent.asked ??= new Set();
    agent.asked.add(space!);
    // The asker votes too, once its node has opened the decision.
    context.after(200, `vote ${space}`);
    context.count('decisions');
  }
}

function vote(decision: unknown, context: BehaviourContext): void {
  context.send({ type: 'vote', decision, choice: [voteOptions[0]] });
  context.count('votes');
}

function onDecided(
  agent: HelpfulAgent,
  { kind, decision, outcome }: Decided,
  context: BehaviourContext,
): void {
  if (kind !== 'decided') return;
  context.count(outcome === voteOptions[0] ? 'decidedAlike' : 'decidedOtherwise');
  if (agent.asked?.delete(decision!) !== true) return;
  context.send({ type: 'dissolve', space: decision, reason: 'done' });
  context.count('jobsClosed');
}

function onFound(message: Heard, context: BehaviourContext): void {
  const items = message.items as unknown[];
  if (message.what === 'claim' || message.what === 'deposit') return context.count(`${message.what}sWritten`);
  context.count(items.length > 0 ? 'discoveriesAnswered' : 'discoveriesEmpty');
}
