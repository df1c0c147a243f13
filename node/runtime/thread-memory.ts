/**
 * What was said lately, so that `parent` and `references` resolve and a newcomer to a thread is given that
 * thread. Bounded in bytes; spaces have their own durable log.
 */
import type { Envelope } from '../../protocol/messages.ts';
import type { SealedEnvelope } from './envelope-desk.ts';

/** All remembered messages together, in UTF-16 code units. Judgement: an hour of a lively mesh. */
const memoryCharsMax = 4 * 1024 * 1024;
/** Messages of one thread that a newcomer is given. */
const threadLengthMax = 256;

export interface ThreadMemory {
  remember(message: SealedEnvelope): void;
  find(id: string): Envelope | undefined;
  /** Messages of a thread, oldest first. */
  thread(id: string): readonly SealedEnvelope[];
  readonly chars: number;
}

/** A message that starts a thread names it by its own id. */
export function threadOf(envelope: Pick<Envelope, 'id' | 'thread'>): string {
  return envelope.thread ?? envelope.id;
}

export function createThreadMemory(): ThreadMemory {
  const messages = new Map<string, SealedEnvelope>();
  const threads = new Map<string, SealedEnvelope[]>();
  let chars = 0;

  /** An eighth more than the most, then down to it: the front of a map is walked seldom. */
  function forgetOldest(): void {
    if (chars <= memoryCharsMax * 1.125) return;
    for (const [id, message] of messages) {
      if (chars <= memoryCharsMax) return;
      messages.delete(id);
      chars -= message.text.length;
      const thread = threadOf(message.envelope);
      const rest = threads.get(thread)?.filter((one) => one !== message) ?? [];
      if (rest.length === 0) threads.delete(thread);
      else threads.set(thread, rest);
    }
  }

  return {
    remember(message) {
      const { id } = message.envelope;
      if (messages.has(id)) return;
      messages.set(id, message);
      chars += message.text.length;
      const thread = threads.get(threadOf(message.envelope));
      // Most threads are of one message: a list of one, not one with room to grow.
      if (thread === undefined) threads.set(threadOf(message.envelope), [message]);
      else if (thread.length < threadLengthMax) thread.push(message);
      forgetOldest();
    },
    find: (id) => messages.get(id)?.envelope,
    thread: (id) => threads.get(id) ?? [],
    get chars() {
      return chars;
    },
  };
}
