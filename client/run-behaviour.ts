/**
 * A behaviour as a real agent: the object that the simulator calls, on a socket. What it may rely on is the same, so
 * that what a simulation shows is shown of the agent that runs.
 * - The node keeps the agent's key and completes and signs what it says, as a simulated node does.
 * - Nothing is said while there is no connection; after a node came back, `start` is called again and alarms set before
 *   are forgotten.
 * - Clock, alarms and randomness are the machine's. A real node also limits the rate of messages (AMP-1203), which the
 *   agent hears as an `error`.
 */
import type { Behaviour, BehaviourContext, Heard, Said } from '../protocol/behaviour.ts';
import type { Did } from '../protocol/brand.ts';
import { AmpError } from '../protocol/errors.ts';
import { createMessageId } from '../protocol/message-id.ts';
import { isEdgeType } from '../protocol/messages.ts';
import { type AgentInit, connectAgent } from './agent.ts';

export interface RunBehaviourInit extends Omit<AgentInit, 'key' | 'capabilities' | 'hear'> {
  readonly behaviour: Behaviour;
  /** Number of the agent, from 0, and of all agents on all machines together. */
  readonly index: number;
  readonly agentCount: number;
  /** What the behaviour counts. */
  readonly count?: (figure: string, amount: number) => void;
  /** Watches what the agent says and hears; alarms are not among it. */
  readonly said?: (message: Said & { readonly id: string }) => void;
  readonly heard?: (message: Heard) => void;
  /** The agent has stopped: its behaviour threw (AMP-1907), or no node can be reached any more. */
  readonly onEnd: (error: AmpError) => void;
}

export interface RunningBehaviour {
  readonly did: Did;
  readonly name: string;
  /** The secret by which the node knows the agent again. */
  readonly resume: string | undefined;
  stop(): void;
}

/** Longest delay that the platform's timers take, ms. */
const timerMsMax = 2 ** 31 - 1;

/** Attach an agent that does what the behaviour says. @throws AmpError AMP-1503 when no node answers, AMP-1202, AMP-1205 */
export async function runBehaviour(init: RunBehaviourInit): Promise<RunningBehaviour> {
  const { behaviour, index, agentCount } = init;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  /** What the node says before the agent could start. */
  let early: Heard[] | undefined = [];
  let hasEnded = false;
  let latestMs = 0;

  const agent = await connectAgent({
    ...pickAgentInit(init),
    ...(behaviour.capability === undefined ? {} : { capabilities: [{ text: behaviour.capability }] }),
    hear: (message) => (early === undefined ? hear(message as Heard) : void early.push(message as Heard)),
  });
  agent.on('up', start);
  agent.on('down', forgetAlarms);
  agent.on('lost', end);

  const context: BehaviourContext = {
    self: agent.did,
    name: agent.name,
    index,
    agentCount,
    nowMs() {
      latestMs = Math.max(latestMs, Date.now());
      return latestMs;
    },
    random: () => Math.random(),
    send,
    after: (delayMs, word) => setAlarm(performance.now() + delayMs, word),
    count: (figure, amount = 1) => init.count?.(figure, amount),
  };

  function start(): void {
    perform(() => behaviour.start?.(context));
  }

  function hear(message: Heard): void {
    if (hasEnded) return;
    init.heard?.(message);
    perform(() => behaviour.on(message, context));
  }

  function send(message: Said): string {
    const isEdge = isEdgeType(message.type);
    const id = (message.id as string | undefined) ?? createMessageId(context.nowMs(), platformRng);
    const whole = isEdge ? message : { ...message, id };
    if (hasEnded || !agent.tellNode(whole)) return id;
    init.said?.({ ...whole, id });
    return id;
  }

  function setAlarm(dueMs: number, word: string): void {
    const ring = () => {
      timers.delete(timer);
      if (performance.now() < dueMs) return setAlarm(dueMs, word);
      perform(() => behaviour.on({ type: 'alarm', word }, context));
    };
    const timer = setTimeout(ring, Math.min(timerMsMax, dueMs - performance.now()));
    timers.add(timer);
  }

  function forgetAlarms(): void {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  }

  /** A behaviour that throws ends its agent, as it ends a simulated run. */
  function perform(action: () => void): void {
    if (hasEnded) return;
    try {
      action();
    } catch (error) {
      end(new AmpError('AMP-1907', `The behaviour of ${agent.name} threw: ${placeOf(error)}.`, {}, error));
    }
  }

  function stop(): void {
    hasEnded = true;
    forgetAlarms();
    agent.close();
  }

  function end(error: AmpError): void {
    if (hasEnded) return;
    stop();
    init.onEnd(error);
  }

  start();
  const waiting = early;
  early = undefined;
  for (const message of waiting) hear(message);
  return { did: agent.did, name: agent.name, resume: agent.resume, stop };
}

function pickAgentInit({
  nodes,
  name,
  resume,
  threshold,
  reconnectMs,
  reachMs,
}: RunBehaviourInit): AgentInit {
  return {
    nodes,
    name,
    ...(resume === undefined ? {} : { resume }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(reconnectMs === undefined ? {} : { reconnectMs }),
    ...(reachMs === undefined ? {} : { reachMs }),
  };
}

const platformRng = { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

/** What was thrown and the place in the behaviour's own file, the first one of the stack. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = /\n\s+at (?:.*\()?(?:file:\/\/)?([^()\s]+:\d+:\d+)/.exec(error.stack ?? '')?.[1];
  return `${error.message}${place === undefined ? '' : ` (${place})`}`;
}
