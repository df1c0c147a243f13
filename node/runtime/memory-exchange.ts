/**
 * What replicas of one space say to each other through this node: to other nodes in packets, to agents that keep a
 * copy of their own over their sockets. Nothing reaches a replica whose signature was not checked here.
 */
import { type MemoryBody, readBody, writeBody, writeFrameBodies } from '../../crdt/exchange/index.ts';
import type { EntryChange, Frame } from '../../crdt/index.ts';
import type { Did, NodeId, SpaceId } from '../../protocol/brand.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { checkSignature } from '../../protocol/signing.ts';
import type { AgentLink } from './local-agents.ts';
import type { MemorySpace, Outgoing } from './memory-space.ts';
import type { Vouchers } from './memory-standing.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import { createTurns } from './turns.ts';

export interface MemoryExchangeComponents {
  readonly core: PeerCore;
  readonly vouchers: Vouchers;
  /** Other nodes that keep the space; sorted. */
  readonly holders: (id: SpaceId) => readonly NodeId[];
  readonly linkOf: (agent: Did) => AgentLink | undefined;
}

export interface MemoryExchange {
  /** Perform what a replica wants sent. Called after the commit that it rests on. */
  send(id: SpaceId, effect: Outgoing): void;
  /** Check and hand on what another replica said: a node, or an agent with a copy. */
  take(space: MemorySpace, from: NodeId | Did, body: MemoryBody): Checked<void>;
  /** The agent keeps a copy: it hears what changes. */
  follow(id: SpaceId, agent: Did): void;
  /** The agent is gone, or may follow no longer. */
  unfollow(agent: Did, id?: SpaceId): void;
  followers(id: SpaceId): readonly Did[];
  /** Chains grew: copies are told how far they go. */
  tellFollowers(space: MemorySpace, changes: readonly EntryChange[]): void;
}

type GivenInput = Parameters<MemorySpace['give']>[0];

/** Holders told at once, others each time. */
const fanOut = 2;
/** Heads in one message to a copy. */
const headsMax = 64;

export function createMemoryExchange(components: MemoryExchangeComponents): MemoryExchange {
  const { core, vouchers, holders, linkOf } = components;
  /** Local frames of this turn, by space: they leave together. */
  const leaving = new Map<SpaceId, Frame[]>();
  const turns = createTurns(core.rng, fanOut);
  const copies = new Map<SpaceId, Set<Did>>();
  /** Whose chains grew in this turn, by space. */
  const grown = new Map<SpaceId, Set<Did>>();

  function placeOf(space: SpaceId) {
    return { mesh: core.mesh, space, hash: core.keys.hash, attachments: vouchers };
  }

  function send(id: SpaceId, effect: Outgoing): void {
    if (effect.type === 'publish-frame') return publish(id, effect.frame);
    tell(id, receiversOf(id, effect), writeBody(effect, placeOf(id)));
  }

  function receiversOf(
    id: SpaceId,
    effect: Exclude<Outgoing, { type: 'publish-frame' }>,
  ): readonly (NodeId | Did)[] {
    if ('to' in effect && effect.to !== undefined) return [effect.to];
    if (effect.type === 'send-summary') {
      // Others compared with this replica meanwhile; one is told all the same, or liars could silence it.
      return turns.next(id, holders(id), (effect.heardCount ?? 0) < fanOut ? fanOut : 1);
    }
    return [...holders(id), ...followers(id)];
  }

  function tell(id: SpaceId, receivers: readonly (NodeId | Did)[], body: MemoryBody): void {
    const agents = copies.get(id);
    let packet: Uint8Array | undefined;
    for (const one of receivers) {
      if (agents?.has(one as Did) === true) linkOf(one as Did)?.send(JSON.stringify({ type: 'sync', body }));
      else {
        packet ??= encodePacket({ packet: 'machine', machine: 'memory', body });
        core.transport.send(one as NodeId, packet);
      }
    }
  }

  /** Frames of one turn travel together. They are durable: this runs after the commit. */
  function publish(id: SpaceId, frame: Frame): void {
    const waiting = leaving.get(id);
    if (waiting !== undefined) return void waiting.push(frame);
    leaving.set(id, [frame]);
    core.turn.afterCommit(() => {
      const frames = leaving.get(id) ?? [];
      leaving.delete(id);
      for (const body of writeFrameBodies(frames, placeOf(id))) tell(id, holders(id), body);
    });
  }

  function take(space: MemorySpace, from: NodeId | Did, body: MemoryBody): Checked<void> {
    if ('attachments' in body && !vouchers.take(body.attachments))
      return refuse('AMP-1104', 'An attachment that vouches for shared memory is not signed.', 'attachments');
    const heard = readBody(body, placeOf(space.id));
    if (!heard.ok) return heard;
    const { inputs, claims, signers } = heard.value;
    const isSigned = claims.every((claim) => checkSignature(core.keys, claim)) && signers.every(isVouched);
    if (!isSigned) return refuse('AMP-1101', 'A signature over shared memory does not match.');
    for (const input of inputs) space.give({ ...input, from: from as NodeId } as GivenInput);
    return accept(undefined);
  }

  /** A record that a replica takes without asking `maySign`: the session key must be the author's. */
  function isVouched({ author, key }: { readonly author: Did; readonly key?: Did }): boolean {
    return key === undefined || vouchers.find(author, key)?.scopes.includes('frames') === true;
  }

  // Copies.

  function followers(id: SpaceId): readonly Did[] {
    return [...(copies.get(id) ?? [])];
  }

  function tellFollowers(space: MemorySpace, changes: readonly EntryChange[]): void {
    const { id, replica } = space;
    if ((copies.get(id)?.size ?? 0) === 0) return;
    const waiting = grown.get(id);
    const authors = waiting ?? new Set<Did>();
    for (const { author } of changes) authors.add(author);
    if (waiting !== undefined) return;
    grown.set(id, authors);
    core.turn.afterCommit(() => {
      grown.delete(id);
      const heads = replica.heads().filter(({ author }) => authors.has(author));
      for (let at = 0; at < heads.length; at += headsMax) {
        const some = heads.slice(at, at + headsMax);
        const summary = { kind: 'heads', space: id, buckets: [], heads: some, isReply: false };
        tell(id, followers(id), { kind: 'summary', space: id, summary });
      }
    });
  }

  return {
    send,
    take,
    follow(id, agent) {
      copies.set(id, (copies.get(id) ?? new Set<Did>()).add(agent));
    },
    unfollow(agent, id) {
      for (const [space, known] of copies) if (id === undefined || id === space) known.delete(agent);
    },
    followers,
    tellFollowers,
  };
}
