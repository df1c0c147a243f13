/** Named one-shot timers of the machines of one peer, one namespace per machine. */
import type { CancelTimer, SetTimer } from '../../protocol/machine.ts';
import type { Clock } from '../../protocol/ports.ts';

/** Who is called when its timer is due. A desk is one itself: an idle peer runs eight timers and keeps no closures. */
export interface TimerOwner {
  onTimer(timer: string, atMs: number, machine: string): void;
}

export type Fire = (timer: string, atMs: number) => void;

export interface Timers {
  apply(machine: string, effect: SetTimer | CancelTimer, due: TimerOwner | Fire): void;
  cancelAll(): void;
  readonly count: number;
}

/** Up to this many timers a chain is searched. Judgement: an idle peer has eight. */
const chainedMax = 32;

export function createTimers(clock: Clock): Timers {
  return new PeerTimers(clock);
}

class PeerTimers implements Timers {
  readonly clock: Clock;
  /** All timers, each with the next; or, when there are many, by machine and name. */
  #first: RunningTimer | undefined;
  #named: Map<string, RunningTimer> | undefined;
  #chainedCount = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  apply(machine: string, effect: SetTimer | CancelTimer, due: TimerOwner | Fire): void {
    const known = this.#find(machine, effect.timer);
    if (known !== undefined) {
      known.cancel();
      this.forget(known);
    }
    if (effect.type === 'set-timer')
      this.#add(new RunningTimer(this, machine, effect.timer, effect.dueAtMs, due));
  }

  cancelAll(): void {
    for (const timer of this.#list()) timer.cancel();
    this.#named = undefined;
    this.#first = undefined;
    this.#chainedCount = 0;
  }

  get count(): number {
    return this.#named?.size ?? this.#chainedCount;
  }

  forget(timer: RunningTimer): void {
    if (this.#named !== undefined) return void this.#named.delete(keyOf(timer));
    this.#chainedCount -= 1;
    if (this.#first === timer) this.#first = timer.next;
    else {
      let before = this.#first!;
      while (before.next !== timer) before = before.next!;
      before.next = timer.next;
    }
    timer.next = undefined;
  }

  #find(machine: string, name: string): RunningTimer | undefined {
    if (this.#named !== undefined) return this.#named.get(`${machine} ${name}`);
    let timer = this.#first;
    while (timer !== undefined && (timer.name !== name || timer.machine !== machine)) timer = timer.next;
    return timer;
  }

  #add(timer: RunningTimer): void {
    if (this.#named !== undefined) return void this.#named.set(keyOf(timer), timer);
    timer.next = this.#first;
    this.#first = timer;
    this.#chainedCount += 1;
    if (this.#chainedCount <= chainedMax) return;
    const all = this.#list();
    this.#first = undefined;
    this.#chainedCount = 0;
    for (const one of all) one.next = undefined;
    this.#named = new Map(all.map((one) => [keyOf(one), one]));
  }

  #list(): readonly RunningTimer[] {
    if (this.#named !== undefined) return [...this.#named.values()];
    const all: RunningTimer[] = [];
    for (let timer = this.#first; timer !== undefined; timer = timer.next) all.push(timer);
    return all;
  }
}

class RunningTimer {
  readonly machine: string;
  readonly name: string;
  readonly cancel: () => void;
  next: RunningTimer | undefined;
  readonly #timers: PeerTimers;
  readonly #due: TimerOwner | Fire;

  constructor(timers: PeerTimers, machine: string, name: string, dueAtMs: number, due: TimerOwner | Fire) {
    this.machine = machine;
    this.name = name;
    this.#timers = timers;
    this.#due = due;
    this.cancel = timers.clock.setTimer(dueAtMs, this.end.bind(this));
  }

  end(): void {
    this.#timers.forget(this);
    const atMs = this.#timers.clock.nowMs();
    if (typeof this.#due === 'function') this.#due(this.name, atMs);
    else this.#due.onTimer(this.name, atMs, this.machine);
  }
}

function keyOf({ machine, name }: RunningTimer): string {
  return `${machine} ${name}`;
}
