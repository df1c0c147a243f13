/**
 * What was said lately, so that `parent` and `references` resolve and a newcomer to a thread is given that
 * thread. Bounded in bytes; spaces have their own durable log.
 */
import { CompactMap, LongCompactMap } from '../../protocol/compact-map.ts';
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
  return new RecentThreads();
}

class RecentThreads implements ThreadMemory {
  chars = 0;
  /** Signed texts, by id: what was said is read again from them when somebody asks. */
  readonly #messages = new LongCompactMap<string, string>();
  /** Ids of messages by thread, oldest first. Most threads are of the one message that started them: not listed here. */
  readonly #threads = new CompactMap<string, readonly string[]>();

  remember({ envelope, text }: SealedEnvelope): void {
    const { id } = envelope;
    if (this.#messages.has(id)) return;
    const thread = threadOf(envelope);
    const known = this.#idsOf(thread);
    this.#messages.set(id, text);
    this.chars += text.length;
    if ((thread !== id || known.length > 0) && known.length < threadLengthMax)
      this.#threads.set(thread, known.concat(id));
    this.#forgetOldest();
  }

  find(id: string): Envelope | undefined {
    const text = this.#messages.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as Envelope);
  }

  thread(id: string): readonly SealedEnvelope[] {
    return this.#idsOf(id).map((one) => {
      const text = this.#messages.get(one)!;
      return { envelope: JSON.parse(text) as SealedEnvelope['envelope'], text };
    });
  }

  #idsOf(thread: string): readonly string[] {
    const listed = this.#threads.get(thread);
    if (listed !== undefined) return listed;
    // A message of that name may belong to another thread.
    const starter = this.find(thread);
    return starter !== undefined && threadOf(starter) === thread ? [thread] : [];
  }

  /** An eighth more than the most, then down to it: the front of a map is walked seldom. */
  #forgetOldest(): void {
    if (this.chars <= memoryCharsMax * 1.125) return;
    for (const [id, text] of this.#messages) {
      if (this.chars <= memoryCharsMax) return;
      const thread = threadOf(this.find(id)!);
      const rest = this.#idsOf(thread).filter((one) => one !== id);
      this.#messages.delete(id);
      this.chars -= text.length;
      if (rest.length === 0) this.#threads.delete(thread);
      else this.#threads.set(thread, rest);
    }
  }
}
