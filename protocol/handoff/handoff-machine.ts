/**
 * One handoff, seen from one side: offer, explicit accept, confirmation, or rollback.
 *
 * At any time at most one side may work: the sender stops before it offers and starts again on refusal, silence or
 * rollback; the receiver starts only on `confirm`. A confirmation is durable before it leaves, so a sender that
 * crashes cannot both confirm and take the task back; the receiver answers a confirmation that came too late for it
 * with `rollback`, and only then does the sender resume.
 */
import type { Did, MessageId } from '../brand.ts';
import {
  type CancelTimer,
  type Ignored,
  ignore,
  type Machine,
  type Persist,
  type SetTimer,
  type TimerFired,
} from '../machine.ts';
import type { Handoff, HandoffResponse } from './bodies.ts';
import { findPathFault, type PathFault } from './detect-cycle.ts';

export type HandoffInput =
  /** Sender's side: hand the task on. */
  | { readonly type: 'offer-task'; readonly atMs: number; readonly to: Did; readonly body: Handoff }
  | { readonly type: 'handoff-received'; readonly atMs: number; readonly from: Did; readonly body: Handoff }
  | {
      readonly type: 'response-received';
      readonly atMs: number;
      readonly from: Did;
      readonly body: HandoffResponse;
    }
  /** The receiving agent's answer to `consider-handoff`. */
  | {
      readonly type: 'answer-handoff';
      readonly atMs: number;
      readonly accept: boolean;
      readonly reason?: string;
    }
  /** The receiving agent gives the task back after all. */
  | { readonly type: 'return-task'; readonly atMs: number; readonly reason: string }
  | { readonly type: 'recovered'; readonly atMs: number }
  | TimerFired;

export type HandoffEffect =
  | Persist
  | SetTimer
  | CancelTimer
  | Ignored
  | { readonly type: 'send-handoff'; readonly to: Did; readonly body: Handoff }
  | { readonly type: 'send-response'; readonly to: Did; readonly body: HandoffResponse }
  | { readonly type: 'consider-handoff'; readonly from: Did; readonly body: Handoff }
  | { readonly type: 'stop-work'; readonly task: MessageId }
  | { readonly type: 'start-work'; readonly task: MessageId; readonly body: Handoff }
  | { readonly type: 'resume-work'; readonly task: MessageId; readonly reason: string }
  | { readonly type: 'refuse-offer'; readonly fault: PathFault }
  | { readonly type: 'complete-handoff'; readonly task: MessageId; readonly to: Did };

export interface HandoffInit {
  readonly self: Did;
  readonly handoff: MessageId;
  readonly saved?: string;
}

interface HandoffState {
  /** Sender: offered → confirmed → (done or back). Receiver: considering → accepted → working → back. */
  phase: 'new' | 'offered' | 'confirmed' | 'considering' | 'accepted' | 'working' | 'over';
  peer: Did | null;
  body: Handoff | null;
  isSender: boolean;
}

/** A receiver that accepted waits this many times the answering time for its confirmation. Judgement. */
export const confirmationPatience = 2;

export function createHandoff(init: HandoffInit): Machine<HandoffInput, HandoffEffect> {
  const state: HandoffState = init.saved
    ? (JSON.parse(init.saved) as HandoffState)
    : { phase: 'new', peer: null, body: null, isSender: false };
  return { step };

  function step(input: HandoffInput): readonly HandoffEffect[] {
    switch (input.type) {
      case 'offer-task':
        return state.phase === 'new' ? offer(input.to, input.body) : ignore('already-offered');
      case 'handoff-received':
        return takeOffer(input.from, input.body, input.atMs);
      case 'response-received':
        return takeResponse(input.from, input.body);
      case 'answer-handoff':
        return state.phase === 'considering' ? answer(input) : ignore('not-considering');
      case 'return-task':
        return state.phase === 'working' ? giveBack(input.reason) : ignore('not-working');
      case 'recovered':
        return recover();
      case 'timer-fired':
        return fire(input);
    }
  }

  function offer(to: Did, body: Handoff): readonly HandoffEffect[] {
    const fault = findPathFault(body.path, to);
    if (fault) return [{ type: 'refuse-offer', fault }];
    Object.assign(state, { phase: 'offered', peer: to, body, isSender: true });
    return [
      persist(),
      { type: 'stop-work', task: body.task },
      armTimer(body.answerBy),
      { type: 'send-handoff', to, body },
    ];
  }

  function takeOffer(from: Did, body: Handoff, atMs: number): readonly HandoffEffect[] {
    if (body.handoff !== init.handoff) return ignore('foreign-handoff');
    if (state.phase !== 'new') return ignore('duplicate');
    if (atMs >= body.answerBy) return ignore('late-offer');
    // The receiver checks the path too: a sender that lies about it gains nothing.
    const fault = body.path.at(-1) === from ? findPathFault(body.path, init.self) : 'repeated-sequence';
    Object.assign(state, { peer: from, body });
    if (fault) return finish([respond('refuse', fault)]);
    state.phase = 'considering';
    return [persist(), armTimer(body.answerBy), { type: 'consider-handoff', from, body }];
  }

  function answer(input: HandoffInput & { type: 'answer-handoff' }): readonly HandoffEffect[] {
    if (!input.accept) return finish([respond('refuse', input.reason ?? 'refused')]);
    const { answerBy } = state.body!;
    if (input.atMs >= answerBy) return finish([respond('refuse', 'late')]);
    state.phase = 'accepted';
    return [
      persist(),
      armTimer(input.atMs + confirmationPatience * (answerBy - input.atMs)),
      respond('accept'),
    ];
  }

  function takeResponse(from: Did, body: HandoffResponse): readonly HandoffEffect[] {
    if (body.handoff !== init.handoff || from !== state.peer) return ignore('foreign-handoff');
    return state.isSender ? takeAnswer(body) : takeVerdict(body);
  }

  function takeAnswer(body: HandoffResponse): readonly HandoffEffect[] {
    switch (body.answer) {
      case 'accept':
        return confirm();
      case 'refuse':
        return state.phase === 'offered' ? takeBack(body.reason ?? 'refused') : ignore('late-answer');
      case 'rollback':
        return state.phase === 'confirmed' ? takeBack(body.reason ?? 'returned') : ignore('late-answer');
      case 'confirm':
        return ignore('not-the-receiver');
    }
  }

  function confirm(): readonly HandoffEffect[] {
    if (state.phase === 'confirmed') return [respond('confirm')];
    // The task was taken back already: the receiver must not wait for it.
    if (state.phase !== 'offered') return [respond('rollback', 'taken-back')];
    state.phase = 'confirmed';
    const { task } = state.body!;
    return [
      persist(),
      cancelTimer(),
      respond('confirm'),
      { type: 'complete-handoff', task, to: state.peer! },
    ];
  }

  function takeVerdict(body: HandoffResponse): readonly HandoffEffect[] {
    if (body.answer === 'rollback') return rollBack();
    if (body.answer !== 'confirm') return ignore('not-the-sender');
    if (state.phase === 'working') return ignore('duplicate');
    // We gave up waiting: the sender must know, or nobody would work.
    if (state.phase !== 'accepted') return [respond('rollback', 'no-longer-available')];
    state.phase = 'working';
    return [persist(), cancelTimer(), { type: 'start-work', task: state.body!.task, body: state.body! }];
  }

  function rollBack(): readonly HandoffEffect[] {
    if (state.phase === 'over') return ignore('over');
    return finish([]);
  }

  function giveBack(reason: string): readonly HandoffEffect[] {
    return finish([{ type: 'stop-work', task: state.body!.task }, respond('rollback', reason)]);
  }

  function takeBack(reason: string): readonly HandoffEffect[] {
    return finish([{ type: 'resume-work', task: state.body!.task, reason }]);
  }

  function fire(input: TimerFired): readonly HandoffEffect[] {
    if (input.timer !== timerName()) return ignore('foreign-timer');
    switch (state.phase) {
      case 'offered':
        return takeBack('no-answer');
      case 'considering':
        return finish([respond('refuse', 'no-answer')]);
      case 'accepted':
        // The sender hears of it: had it confirmed, it must take the task back.
        return finish([respond('rollback', 'never-confirmed')]);
      default:
        return ignore('stale-timer');
    }
  }

  function recover(): readonly HandoffEffect[] {
    const { body, peer } = state;
    if (!body || !peer) return ignore('nothing-open');
    switch (state.phase) {
      case 'offered':
        return [armTimer(body.answerBy), { type: 'send-handoff', to: peer, body }];
      case 'confirmed':
        return [respond('confirm')];
      case 'considering':
        return [armTimer(body.answerBy), { type: 'consider-handoff', from: peer, body }];
      case 'accepted':
        return [armTimer(body.answerBy), respond('accept')];
      case 'working':
        return [{ type: 'start-work', task: body.task, body }];
      default:
        return ignore('over');
    }
  }

  function finish(effects: readonly HandoffEffect[]): readonly HandoffEffect[] {
    state.phase = 'over';
    return [persist(), cancelTimer(), ...effects];
  }

  function respond(answer: HandoffResponse['answer'], reason?: string): HandoffEffect {
    const body: HandoffResponse = {
      ...{ task: state.body!.task, handoff: init.handoff, answer },
      ...(reason === undefined ? {} : { reason }),
    };
    return { type: 'send-response', to: state.peer!, body };
  }

  function armTimer(dueAtMs: number): SetTimer {
    return { type: 'set-timer', timer: timerName(), dueAtMs };
  }

  function cancelTimer(): CancelTimer {
    return { type: 'cancel-timer', timer: timerName() };
  }

  function timerName(): string {
    return `handoff/${init.handoff}`;
  }

  function persist(): Persist {
    return { type: 'persist', bucket: handoffBucket, key: init.handoff, value: JSON.stringify(state) };
  }
}

export const handoffBucket = 'handoff';
