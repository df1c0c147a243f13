/**
 * What passed between agents and their nodes, kept apart from the code that is watched, and the promises that are
 * read off it: receipts are true, nothing is handed out twice, nothing acknowledged is lost.
 */

import type { Heard } from '../../protocol/behaviour.ts';
import type { NodeId } from '../../protocol/brand.ts';
import { type Breach, type Checker, Coverage } from '../check/invariants.ts';
import type { PeerWorld } from './peer-world.ts';
import type { SimAgent, Witness } from './sim-agent.ts';

interface Sent {
  readonly from: SimAgent;
  /** The receiver's DID; `undefined` for what goes to many. */
  readonly to: string | undefined;
  readonly atMs: number;
  isAccepted: boolean;
  isDead: boolean;
  isKnownDelivered: boolean;
}

const mailBucket = 'mail';

export class Ledger implements Witness {
  readonly coverage = new Coverage();
  /** Called with each thing that happens, in words that are equal in equal runs. */
  follow: ((text: string) => void) | undefined;

  readonly #sent = new Map<string, Sent>();
  /** By message id, then the DIDs that it was handed to, or that acknowledged it. */
  readonly #handed = new Map<string, Set<string>>();
  /** Message, agent, the node that handed it out, and since when the agent has been there. */
  readonly #handedHere = new Set<string>();
  readonly #acknowledged = new Map<string, Set<string>>();
  readonly #mailed = new Set<string>();
  #world: PeerWorld | undefined;
  #breach: Breach | undefined;

  /** Needed before anything happens: the ledger looks at disks to judge receipts. */
  watch(world: PeerWorld): void {
    this.#world = world;
  }

  said(agent: SimAgent, message: Heard & { readonly id: string }): void {
    this.follow?.(`${agent.name} says ${message.type} ${message.id}`);
    if (this.#sent.has(message.id)) return;
    const to = typeof message.to === 'string' ? message.to : undefined;
    this.#sent.set(message.id, {
      from: agent,
      to,
      atMs: this.#world!.nowMs,
      isAccepted: false,
      isDead: false,
      isKnownDelivered: false,
    });
  }

  heard(agent: SimAgent, message: Heard, mailId: string | undefined): void {
    this.follow?.(
      `${agent.name} hears ${message.type} ${String(message.id ?? message.level ?? message.code ?? '')}`,
    );
    if (message.type === 'receipt') this.#takeReceipt(agent, message);
    else if (mailId !== undefined) this.#takeMail(agent, message);
  }

  acknowledged(agent: SimAgent, mailId: string): void {
    add(this.#acknowledged, mailId, agent.did!);
  }

  crashed(place: number): void {
    this.follow?.(`n${place} crashes`);
    this.coverage.hit('crash');
  }

  sent(place: number, to: NodeId, bytes: Uint8Array): void {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(18, bytes.length)).toString('latin1');
    if (head.startsWith('{"packet":"mail"'))
      this.#seeMail(place, to, JSON.parse(Buffer.from(bytes).toString()));
    if (head.startsWith('{"packet":"space"') && Buffer.from(bytes).includes('"kind":"entries"'))
      this.coverage.hit('space sync');
  }

  #seeMail(place: number, to: NodeId, packet: { items: { envelope: { id: string }; to: string[] }[] }): void {
    for (const { envelope } of packet.items) {
      const key = `${place} ${envelope.id} ${to}`;
      if (this.#mailed.has(key)) this.coverage.hit('retry');
      this.#mailed.add(key);
    }
  }

  #takeReceipt(agent: SimAgent, message: Heard): void {
    const receiver = message.receiver as string | undefined;
    for (const id of message.ids as string[]) {
      const sent = this.#sent.get(id);
      if (sent === undefined) continue;
      if (message.level === 'accepted') sent.isAccepted = true;
      if (message.level === 'delivered') sent.isKnownDelivered = true;
      if (message.level === 'dead') {
        sent.isDead = true;
        this.coverage.hit('dead letter');
      }
      if (!this.#isTrue(agent, id, sent, String(message.level), receiver))
        this.#breach ??= {
          what: `${agent.name} heard "${message.level}" of ${id} and it was not so`,
          facts: { id, level: message.level, receiver },
        };
    }
  }

  #isTrue(agent: SimAgent, id: string, sent: Sent, level: string, receiver: string | undefined): boolean {
    const world = this.#world!;
    if (level === 'accepted') {
      if (sent.to === undefined) return true;
      return this.#isHanded(id, sent.to) || world.isOnDisk(agent.home, mailBucket, `${id}|${sent.to}`);
    }
    if (receiver === undefined) return true;
    const isAcknowledged = this.#acknowledged.get(id)?.has(receiver) === true;
    if (level === 'delivered') return isAcknowledged;
    if (level !== 'stored') return true;
    return isAcknowledged || this.#isAnywhere(id, receiver);
  }

  /** Looks where the receiver lives first: it nearly always is there. */
  #isAnywhere(id: string, receiver: string): boolean {
    const world = this.#world!;
    const home = world.agents.find((agent) => agent.did === receiver)?.home;
    const isHere = (index: number) => world.isOnDisk(index, mailBucket, `${id}|${receiver}`);
    return (home !== undefined && isHere(home)) || world.places.some(({ index }) => isHere(index));
  }

  #isHanded(id: string, receiver: string): boolean {
    return this.#handed.get(id)?.has(receiver) === true;
  }

  #takeMail(agent: SimAgent, message: Heard): void {
    const id = String(message.id);
    const isMarked = (message.delivery as { redelivered?: boolean } | undefined)?.redelivered === true;
    // Another node cannot know what an agent acknowledged at its last one: the client tells, as it does on a socket.
    // Nor does a node whose agent went and came back: it gave the mail away meanwhile, and knows it no longer.
    const stay = `${id} ${agent.did} ${agent.home} ${agent.movedAtMs}`;
    const isAgain = this.#handedHere.has(stay);
    this.#handedHere.add(stay);
    if (!isAgain && this.#isHanded(id, agent.did!)) this.coverage.hit('again elsewhere');
    if (isAgain) {
      if (isMarked) this.coverage.hit('redelivery');
      else
        this.#breach ??= { what: `${agent.name} was handed ${id} twice`, facts: { id, receiver: agent.did } };
    }
    add(this.#handed, id, agent.did!);
    const sent = this.#sent.get(id);
    if (sent !== undefined && sent.to === agent.did && sent.atMs < agent.movedAtMs)
      this.coverage.hit('relocation');
  }

  /** Messages to one agent that were accepted, how many of them were handed out, and how many were given up. */
  totals(): { readonly accepted: number; readonly handed: number; readonly dead: number } {
    let [accepted, handed, dead] = [0, 0, 0];
    for (const [id, sent] of this.#sent) {
      if (sent.to === undefined || !sent.isAccepted) continue;
      accepted++;
      if (this.#isHanded(id, sent.to)) handed++;
      else if (sent.isDead) dead++;
    }
    return { accepted, handed, dead };
  }

  /** Receipts and handing out are judged as they happen; what is lost shows when all is quiet. */
  checkers(): readonly Checker[] {
    return [
      {
        name: 'receipts are true and nothing is handed out twice',
        everyMs: 0,
        check: () => this.#breach,
      },
      {
        name: 'no acknowledged message is lost',
        everyMs: Number.MAX_SAFE_INTEGER,
        check: () => undefined,
        finish: () => this.#findLost(),
      },
      {
        name: 'a sender hears of every delivery',
        everyMs: Number.MAX_SAFE_INTEGER,
        check: () => undefined,
        finish: () => this.#findUntold(),
      },
    ];
  }

  /** A sender that lost its connection since may have missed the receipt: receipts are not kept for it. */
  #findUntold(): Breach | undefined {
    for (const [id, sent] of this.#sent) {
      const { from, to } = sent;
      if (to === undefined || sent.isKnownDelivered || sent.isDead || from.attachedAtMs > sent.atMs) continue;
      if (sent.isAccepted && this.#acknowledged.get(id)?.has(to) === true)
        return { what: `${id} was acknowledged and ${from.name} never heard of it`, facts: { id, to } };
    }
    return undefined;
  }

  #findLost(): Breach | undefined {
    for (const [id, sent] of this.#sent) {
      if (sent.to === undefined || !sent.isAccepted || sent.isDead || this.#isHanded(id, sent.to)) continue;
      const isWaiting = this.#isAnywhere(id, sent.to);
      const what = isWaiting ? 'is still under way after all has healed' : 'is nowhere';
      return { what: `${id} from ${sent.from.name} was accepted and ${what}`, facts: { id, to: sent.to } };
    }
    return undefined;
  }
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}
