/** Waiting like somebody who works: interrupted by news, by a concern, or by the end of the job. */
import type { Situation } from '../../client/index.ts';

/** Resolves after `ms`; rejects when the situation ends or a concern interrupts. */
export function think(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** True when somebody said something in a space within `ms`, false when all stayed quiet. */
export function awaitNews(situation: Pick<Situation, 'agent' | 'signal'>, ms: number): Promise<boolean> {
  const news = Promise.withResolvers<boolean>();
  const ending = situation.agent.on('message', (message) => {
    if (message.space !== undefined) news.resolve(true);
  });
  think(ms, situation.signal).then(
    () => news.resolve(false),
    (reason: unknown) => news.reject(reason),
  );
  return news.promise.finally(ending);
}
