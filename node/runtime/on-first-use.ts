/**
 * A desk that is made when it is first needed: most nodes of a large mesh never vote, judge or remember together, and
 * a desk that nobody asked for costs a hundred bytes instead of several thousand.
 */
import type { Store } from '../../protocol/ports.ts';

export interface OnFirstUse<Desk> {
  /** Stands for the desk; the first word to it makes the real one. */
  readonly desk: Desk;
  /** The real one, if something needed it before: for what concerns only a desk that has something to do. */
  readonly made: Desk | undefined;
  /** Make it now: an earlier run left it something to do. */
  make(): Desk;
}

interface Slot {
  make: (() => object) | undefined;
  made: object | undefined;
}

export function onFirstUse<Desk extends object>(make: () => Desk): OnFirstUse<Desk> {
  const slot: Slot = { make, made: undefined };
  return {
    desk: new Proxy(slot, passOn) as unknown as Desk,
    get made() {
      return slot.made as Desk | undefined;
    },
    make: () => made(slot) as Desk,
  };
}

/** Whether an earlier run left something in this bucket. */
export function hasRows(store: Store, bucket: string): boolean {
  return store.scan(bucket, '', '', 1).length > 0;
}

function made(slot: Slot): object {
  if (slot.made !== undefined) return slot.made;
  slot.made = slot.make!();
  slot.make = undefined;
  return slot.made;
}

/** One handler for all: the desk itself lies in the slot. */
const passOn: ProxyHandler<Slot> = { get: (slot, name) => Reflect.get(made(slot), name) };
