/** A message arrives for an agent of this node: the node takes note of it, and a newcomer is given its thread first. */
import type { Did } from '../../protocol/brand.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import type { SealedEnvelope } from './envelope-desk.ts';
import type { LoadDesk } from './load-desk.ts';
import type { LocalAgents } from './local-agents.ts';
import type { MembershipDesk } from './membership-desk.ts';
import type { MessageTrail } from './message-trail.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { ReplayDesk } from './replay-desk.ts';
import type { ThreadDesk } from './thread-desk.ts';

export interface ArrivalDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly delivery: DeliveryDesk;
  readonly replay: ReplayDesk;
  readonly trail: MessageTrail;
  readonly membership: MembershipDesk;
  readonly outcomes: OutcomeDesk;
  readonly load: LoadDesk;
  readonly threads: ThreadDesk;
}

export interface ArrivalDesk {
  /** Hand a message to a local agent, once. `facts` are told beside it. */
  put(message: SealedEnvelope, receiver: Did, facts?: Readonly<Record<string, unknown>>): void;
  /** The message is about to enter the agent's mailbox. */
  before(message: SealedEnvelope, receiver: Did): void;
}

export function createArrivalDesk(parts: ArrivalDeskComponents): ArrivalDesk {
  return new Arrivals(parts);
}

class Arrivals implements ArrivalDesk {
  readonly #parts: ArrivalDeskComponents;
  readonly #core: PeerCore;

  constructor(parts: ArrivalDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  put(message: SealedEnvelope, receiver: Did, facts?: Readonly<Record<string, unknown>>): void {
    if (!this.#isNewTo(message, receiver)) return;
    this.before(message, receiver);
    this.#parts.delivery.arrive(message, [receiver], this.#core.self, {
      isKnown: false,
      ...(facts === undefined ? {} : { facts }),
    });
  }

  #isNewTo({ envelope, text }: SealedEnvelope, receiver: Did): boolean {
    return this.#parts.replay.add(`${envelope.from} ${envelope.id} ${receiver}`, text, envelope.at) === 'new';
  }

  before(message: SealedEnvelope, receiver: Did): void {
    const { envelope } = message;
    if (this.#parts.local.get(envelope.from as Did) === undefined)
      this.#parts.trail.saw(envelope, 'received');
    this.#parts.membership.admit(envelope, receiver);
    if ('task' in envelope || 'confidence' in envelope) this.#parts.outcomes.received(envelope, receiver);
    this.#parts.load.see(envelope, receiver);
    if (envelope.space !== undefined && envelope.space !== 'commons') return;
    for (const earlier of this.#parts.threads.hear(message, receiver)) {
      if (this.#isNewTo(earlier, receiver))
        this.#parts.delivery.arrive(earlier, [receiver], this.#core.self, {
          isKnown: false,
          facts: { history: true },
        });
    }
  }
}
