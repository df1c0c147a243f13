/**
 * What was delivered lately: a message that comes again, because its receipt was lost, is answered from here, and
 * whoever says long after a delivery that it is worked off finds here who waits to hear it.
 */
import type { Did, MessageId, NodeId } from '../brand.ts';
import { LongCompactMap } from '../compact-map.ts';
import type { Mail } from './types.ts';

export type DeliveredLevel = 'delivered' | 'processed';

/** A message for one receiver. */
export type MailKey = Pick<Mail, 'id' | 'receiver'>;

/** Who hears that a delivered message is worked off: all that is kept of it. */
export interface Awaited extends MailKey {
  readonly from: Did;
  readonly isOutgoing: boolean;
  /** The node to tell: this one for a local sender. */
  readonly senderNode: NodeId;
  /** Other nodes that it came from since. */
  readonly alsoFrom: readonly NodeId[] | undefined;
}

/** One message for one receiver; most have no other, and those that do are linked. */
class Recent {
  readonly receiver: Did;
  level: DeliveredLevel | undefined = undefined;
  /** Present while somebody may want to hear that it is worked off. */
  senderNode: NodeId | undefined = undefined;
  alsoFrom: readonly NodeId[] | undefined = undefined;
  from: Did;
  isOutgoing = false;
  next: Recent | undefined = undefined;

  constructor(receiver: Did) {
    this.receiver = receiver;
    this.from = receiver;
  }

  get isAwaited(): boolean {
    return this.senderNode !== undefined;
  }
}

/** Kept, and a tenth more between two clearings. */
const levelsMax = 20_000;
const awaitedMax = 4_096;

export class RecentDeliveries {
  /** By the message's id, in the order they came. */
  readonly #byId = new LongCompactMap<MessageId, Recent>();
  #levelCount = 0;
  #awaitedCount = 0;

  levelOf(mail: MailKey): DeliveredLevel | undefined {
    return this.#find(mail)?.level;
  }

  remember(mail: MailKey, level: DeliveredLevel): void {
    const recent = this.#find(mail) ?? this.#add(mail);
    if (recent.level === undefined) this.#levelCount += 1;
    recent.level = level;
    if (this.#levelCount > levelsMax * 1.1) this.#dropLevels();
  }

  /** Delivered, perhaps not worked off yet. */
  awaitProcessed(mail: Awaited): void {
    const recent = this.#find(mail) ?? this.#add(mail);
    if (!recent.isAwaited) this.#awaitedCount += 1;
    recent.from = mail.from;
    recent.isOutgoing = mail.isOutgoing;
    recent.senderNode = mail.senderNode;
    recent.alsoFrom = mail.alsoFrom;
    if (this.#awaitedCount > awaitedMax * 1.1) this.#dropAwaited();
  }

  unprocessed({ id, receiver }: MailKey): Awaited | undefined {
    const recent = this.#find({ id, receiver });
    if (recent?.senderNode === undefined) return undefined;
    const { from, isOutgoing, senderNode, alsoFrom } = recent;
    return { id, receiver, from, isOutgoing, senderNode, alsoFrom };
  }

  /** Nobody waits any more. */
  forgetUnprocessed(mail: MailKey): void {
    const recent = this.#find(mail);
    if (recent?.isAwaited !== true) return;
    this.#awaitedCount -= 1;
    recent.senderNode = undefined;
    recent.alsoFrom = undefined;
    if (recent.level === undefined) this.#remove(mail.id, recent);
  }

  #find({ id, receiver }: MailKey): Recent | undefined {
    let recent = this.#byId.get(id);
    while (recent !== undefined && recent.receiver !== receiver) recent = recent.next;
    return recent;
  }

  #add({ id, receiver }: MailKey): Recent {
    const added = new Recent(receiver);
    const first = this.#byId.get(id);
    if (first === undefined) this.#byId.set(id, added);
    else {
      added.next = first.next;
      first.next = added;
    }
    return added;
  }

  #remove(id: MessageId, recent: Recent): void {
    const first = this.#byId.get(id)!;
    if (first !== recent) {
      let before = first;
      while (before.next !== recent) before = before.next!;
      before.next = recent.next;
    } else if (recent.next !== undefined) this.#byId.set(id, recent.next);
    else this.#byId.delete(id);
  }

  // One walk over the front drops the oldest tenth, in place of one for each message.

  #dropLevels(): void {
    for (const [id, recent] of this.#walk()) {
      if (this.#levelCount <= levelsMax) return;
      if (recent.level === undefined) continue;
      this.#levelCount -= 1;
      recent.level = undefined;
      if (!recent.isAwaited) this.#remove(id, recent);
    }
  }

  #dropAwaited(): void {
    for (const [id, recent] of this.#walk()) {
      if (this.#awaitedCount <= awaitedMax) return;
      if (recent.isAwaited) this.forgetUnprocessed({ id, receiver: recent.receiver });
    }
  }

  *#walk(): Generator<[MessageId, Recent]> {
    for (const [id, first] of this.#byId)
      for (let recent: Recent | undefined = first; recent !== undefined; ) {
        const { next }: Recent = recent;
        yield [id, recent];
        recent = next;
      }
  }
}
