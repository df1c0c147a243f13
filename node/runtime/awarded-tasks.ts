/**
 * The tasks that this node's agents awarded, and what can be seen of how each ends: answered, failed, too late, or
 * against the promised schema. Kept in memory only: after a restart an asker's own word alone counts.
 */
import type { Did } from '../../protocol/brand.ts';
import type { Envelope, EnvelopeOf } from '../../protocol/messages.ts';
import { isAwardTo } from './open-tasks.ts';
import type { PeerCore } from './peer-core.ts';

/** How long an asker has to judge an answer before it counts as good. */
const judgeMs = 30_000;
/** A task without a deadline, and without an answer, is forgotten after this long. */
const openMsMax = 24 * 3_600_000;
const sweepMs = 5_000;
const tasksMax = 4_096;
/** Of a task's content, what is compared with what the agent can do. */
const excerptLength = 600;

export interface AwardedTask {
  readonly rater: Did;
  readonly agent: Did;
  readonly task: string;
  readonly text: string;
  /** What the agent said of how sure it is. */
  readonly confidence: number | undefined;
}

export interface TaskVerdict {
  /** 0 to 1. */
  readonly score: number;
  readonly isSchemaBreach?: true;
}

export interface AwardedTasksComponents {
  readonly core: PeerCore;
  /** Whether the answer is not of the form that the agent promised. */
  readonly isBroken: (task: AwardedTask, result: EnvelopeOf<'result'>) => boolean;
  readonly onAnswered: (task: AwardedTask, result: EnvelopeOf<'result'>) => void;
  readonly onEnded: (task: AwardedTask, verdict: TaskVerdict) => void;
}

export interface AwardedTasks {
  /** A local agent sent this. */
  sent(envelope: Envelope): void;
  /** A local agent gets this. */
  received(envelope: Envelope, receiver: Did): void;
  /** The asker judges the task itself: it is over here. */
  take(rater: Did, agent: string, task: string): AwardedTask | undefined;
  /** An answer that nobody complained about until now was good. */
  stop(): void;
}

interface OpenTask extends AwardedTask {
  readonly fencing: number;
  readonly deadlineAt: number | undefined;
  readonly openedAtMs: number;
  confidence: number | undefined;
  answeredAtMs: number | undefined;
}

export function createAwardedTasks(components: AwardedTasksComponents): AwardedTasks {
  const { core, isBroken, onAnswered, onEnded } = components;
  const tasks = new Map<string, OpenTask>();
  /** Confidence in bids that were not awarded yet, by rater, task and agent. */
  const bids = new Map<string, number>();
  let isSweeping = false;

  function sent(envelope: Envelope): void {
    if (typeof envelope.to !== 'string') return;
    const key = keyOf(envelope.from, envelope.to, 'task' in envelope ? envelope.task : '');
    if (envelope.type === 'award' && isAwardTo(envelope, envelope.to) && !isInTeam(envelope))
      open(key, envelope, envelope.to as Did);
    if (envelope.type === 'cancel') tasks.delete(key);
  }

  function open(key: string, award: EnvelopeOf<'award'>, agent: Did): void {
    if ((tasks.get(key)?.fencing ?? -1) >= award.fencing) return;
    if (tasks.size >= tasksMax) {
      tasks.delete(tasks.keys().next().value!);
      core.countIgnored('outcome', 'too-many-tasks');
    }
    const { content = '' } = award;
    tasks.set(key, {
      ...{ rater: award.from as Did, agent, task: award.task, fencing: award.fencing },
      text: (typeof content === 'string' ? content : JSON.stringify(content)).slice(0, excerptLength),
      ...{ deadlineAt: award.deadlineAt, openedAtMs: core.clock.nowMs() },
      ...{ confidence: bids.get(key), answeredAtMs: undefined },
    });
    bids.delete(key);
    if (!isSweeping) sweep();
  }

  function received(envelope: Envelope, receiver: Did): void {
    if (!('task' in envelope)) return;
    const key = keyOf(receiver, envelope.from, envelope.task);
    if (envelope.type === 'bid') {
      if (bids.size >= tasksMax) bids.delete(bids.keys().next().value!);
      bids.set(key, envelope.confidence);
    }
    const task = tasks.get(key);
    if (task === undefined || !('fencing' in envelope) || envelope.fencing < task.fencing) return;
    if (envelope.type === 'result') answered(key, task, envelope);
    if (envelope.type === 'failure') end(key, task, { score: 0 });
    if (envelope.type === 'decline') tasks.delete(key);
  }

  function answered(key: string, task: OpenTask, result: EnvelopeOf<'result'>): void {
    if (task.answeredAtMs !== undefined) return;
    task.confidence ??= result.confidence;
    if (isBroken(task, result)) return end(key, task, { score: 0, isSchemaBreach: true });
    task.answeredAtMs = core.clock.nowMs();
    onAnswered(task, result);
  }

  function sweep(): void {
    const atMs = core.clock.nowMs();
    for (const [key, task] of tasks) {
      if (task.answeredAtMs !== undefined) {
        if (task.answeredAtMs + judgeMs <= atMs) end(key, task, { score: 1 });
      } else if (task.deadlineAt !== undefined) {
        if (task.deadlineAt <= atMs) end(key, task, { score: 0 });
      } else if (task.openedAtMs + openMsMax <= atMs) tasks.delete(key);
    }
    isSweeping = tasks.size > 0;
    const next = { type: 'set-timer', timer: 'sweep', dueAtMs: atMs + sweepMs } as const;
    if (isSweeping) core.timers.apply('outcome', next, sweep);
  }

  function end(key: string, task: OpenTask, verdict: TaskVerdict): void {
    tasks.delete(key);
    onEnded(task, verdict);
  }

  return {
    sent,
    received,
    take(rater, agent, task) {
      const key = keyOf(rater, agent, task);
      const open = tasks.get(key);
      tasks.delete(key);
      return open;
    },
    stop() {
      for (const [key, task] of tasks) if (task.answeredAtMs !== undefined) end(key, task, { score: 1 });
    },
  };
}

/** Inside a coalition the coordinator awards, and the asker judges. */
function isInTeam({ terms }: EnvelopeOf<'award'>): boolean {
  return terms !== undefined && terms.bids.length === 0;
}

function keyOf(rater: string, agent: string, task: string): string {
  return `${rater} ${agent} ${task}`;
}
