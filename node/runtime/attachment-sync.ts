/**
 * Who is where, told to neighbours: two nodes compare one digest per bucket of agents and send each other only the
 * attachments of the buckets that differ. One neighbour at a time: after the first, the others have little to add.
 * Attachments that are new go by gossip; this brings them to who was away, and repairs what gossip lost.
 *
 * @see Demers et al. 1987, Epidemic Algorithms for Replicated Database Maintenance (anti-entropy)
 */
import { BucketDigests } from '../../discovery/bucket-digests.ts';
import { syncBucketCount } from '../../discovery/index-messages.ts';
import type { AttachmentRegistry, RegistryEffect } from '../../protocol/attachment/registry.ts';
import type { Did, NodeId } from '../../protocol/brand.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { encodeAttachments, encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';

export interface AttachmentSync {
  /** A connection to this node opened: compare as soon as the neighbours before it have had their time. */
  greet(node: NodeId): void;
  forget(node: NodeId): void;
  /** The registry learned or lost something. */
  noted(effect: RegistryEffect): void;
  /** A neighbour's digests. */
  takeDirect(from: NodeId, body: JsonObject): void;
  /** A neighbour's attachments came, so many: it needs not be asked again. */
  answered(from: NodeId, count: number): void;
}

/** How long one neighbour may take before the next is asked. Judgement: several times across a continent. */
const turnMs = 1_000;
/** A neighbour that says nothing is asked this often: a packet may be lost. */
const attemptsMax = 3;
/** How often to compare with a neighbour although nothing is known to be wrong. */
const idleMs = 30_000;
/**
 * While agents come every moment, neighbours differ by what is on its way: after an answer, the next is asked when
 * nothing came for a turn, but no later than this. Judgement: as long as the records' comparison waits.
 */
const restMaxMs = 3_000;
/** Attachments in one packet, and in all packets that answer one digest. */
const perPacket = 64;
const answerMax = 4_096;
const shortDigest = /^[0-9a-f]{0,64}$/;

export function createAttachmentSync(core: PeerCore, registry: AttachmentRegistry): AttachmentSync {
  const digests = new BucketDigests<Did>({
    hash: core.keys.hash,
    eachName: (visit) => {
      for (const agent of registry.agents()) visit(agent);
    },
    describe: (agent) => `${agent} ${registry.locate(agent)?.sig ?? ''}`,
  });
  /** Neighbours to compare with, first come first served, and how often each was asked in vain. */
  const waiting = new Map<NodeId, number>();
  const neighbours: NodeId[] = [];
  let turn = 0;
  let isRunning = false;
  let dueAtMs = 0;
  /** Rest after the next question: twice as long after each answer in a row that added nothing. */
  let gapMs = turnMs;
  let changedAtMs = Number.NEGATIVE_INFINITY;
  let answeredAtMs = Number.NEGATIVE_INFINITY;

  function next(): void {
    const [first] = waiting;
    const settledAtMs = Math.min(changedAtMs + turnMs, answeredAtMs + restMaxMs);
    if (first !== undefined && settledAtMs > core.clock.nowMs()) {
      isRunning = true;
      return wakeAt(settledAtMs);
    }
    const node = first?.[0] ?? neighbours[turn++ % Math.max(1, neighbours.length)];
    isRunning = first !== undefined;
    if (node !== undefined) ask(node, first?.[1] ?? attemptsMax);
    wakeAt(core.clock.nowMs() + (isRunning ? gapMs : idleMs));
  }

  function wakeAt(atMs: number): void {
    dueAtMs = atMs;
    core.timers.apply('attachments', { type: 'set-timer', timer: 'turn', dueAtMs }, next);
  }

  function ask(node: NodeId, attempts: number): void {
    waiting.delete(node);
    if (attempts + 1 < attemptsMax) waiting.set(node, attempts + 1);
    const body = { buckets: digests.list() };
    core.turn.afterCommit(() =>
      core.transport.send(node, encodePacket({ packet: 'machine', machine: 'attachments', body })),
    );
  }

  function takeDirect(from: NodeId, { buckets }: JsonObject): void {
    if (!isDigestList(buckets)) return core.countIgnored('attachments', 'bad-digests');
    const different = digests.namesWhereDifferent(buckets);
    // It knows what this node knows: to ask it would bring nothing.
    if (different.length === 0) waiting.delete(from);
    const known = different.flatMap((agent) => registry.locate(agent) ?? []).slice(0, answerMax);
    // An empty answer says that there is nothing to add.
    for (let at = 0; at === 0 || at < known.length; at += perPacket) {
      const texts = known.slice(at, at + perPacket).map((one) => core.decoding.attachments.textOf(one));
      core.turn.afterCommit(() => core.transport.send(from, encodeAttachments(texts)));
    }
  }

  return {
    greet(node) {
      if (!neighbours.includes(node)) neighbours.push(node);
      waiting.set(node, 0);
      gapMs = turnMs;
      const soonMs = core.clock.nowMs() + turnMs;
      if (!isRunning) next();
      else if (dueAtMs > soonMs) wakeAt(soonMs);
    },
    forget(node) {
      waiting.delete(node);
      const at = neighbours.indexOf(node);
      if (at >= 0) neighbours.splice(at, 1);
    },
    noted(effect) {
      if (effect.type === 'ignored') return;
      digests.changed(effect.agent);
      changedAtMs = core.clock.nowMs();
    },
    takeDirect,
    answered(from, count) {
      if (!waiting.delete(from)) return;
      answeredAtMs = core.clock.nowMs();
      gapMs = count > 0 ? turnMs : Math.min(idleMs, 2 * gapMs);
    },
  };
}

function isDigestList(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length === syncBucketCount &&
    value.every((digest) => typeof digest === 'string' && shortDigest.test(digest))
  );
}
