/** Calls between the live run and its worker processes: a method, its arguments, one answer. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AmpError } from '../../protocol/errors.ts';

type Methods = Readonly<Record<string, (argument: never) => unknown>>;

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

export interface Worker<Served extends Methods> {
  call<Name extends keyof Served & string>(
    method: Name,
    argument: Parameters<Served[Name]>[0],
  ): Promise<Awaited<ReturnType<Served[Name]>>>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** The word with which the built command becomes a worker of live mode. */
export const workerCommand = 'live-worker';
const stopTimeoutMs = 5_000;

/** Start a worker process: this folder's worker file, or in the built package the command itself. */
export function startWorker<Served extends Methods>(kind: string): Worker<Served> {
  const isSource = import.meta.url.endsWith('.ts');
  const child = isSource
    ? fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [kind], { serialization: 'advanced' })
    : fork(process.argv[1]!, ['sim', workerCommand, kind], { serialization: 'advanced' });
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  let isStopping = false;
  child.on('message', (answer: Answer) => {
    const call = calls.get(answer.id);
    calls.delete(answer.id);
    if ('error' in answer) call?.reject(new AmpError('AMP-1906', `A live worker failed: ${answer.error}`));
    else call?.resolve(answer.result);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', (code) => {
    for (const call of calls.values())
      call.reject(new AmpError('AMP-1906', `A live worker ended with ${code} before it answered.`, { code }));
    calls.clear();
  });
  return {
    call(method, argument) {
      const answer = Promise.withResolvers<unknown>();
      if (!child.connected) throw new AmpError('AMP-1906', `A live worker has ended and cannot ${method}.`);
      const id = ++lastId;
      calls.set(id, answer);
      child.send({ id, method, argument } satisfies Call);
      return answer.promise as never;
    },
    async stop() {
      if (!isStopping) endProcess(child);
      isStopping = true;
      await ended;
    },
  };
}

/** A worker stops when it is let go; one that does not is ended. */
function endProcess(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.once('exit', () => clearTimeout(timer));
}

/** Answer calls until the parent lets go, then clean up and end. */
export function serveCalls(methods: Methods, cleanUp: () => Promise<void>): void {
  const answer = (message: Answer) => {
    if (process.connected) process.send?.(message);
  };
  process.on('message', ({ id, method, argument }: Call) => {
    Promise.resolve()
      .then(() => methods[method]!(argument as never))
      .then(
        (result) => answer({ id, result }),
        (error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.once('disconnect', () => {
    void cleanUp().finally(() => process.exit(0));
  });
}
