/**
 * One query through the DHT: look up the most promising buckets, ask three holders of each for their best, verify
 * and re-rank exactly, then ask the winners' nodes whether their agents are still there. One honest holder of a
 * bucket is enough: a liar can withhold its own part and waste bytes, but not add, change or hide what others hold.
 */

import type { NodeId } from '../../protocol/brand.ts';
import { CompactMap } from '../../protocol/compact-map.ts';
import type { SendIndexMessage } from '../anti-entropy.ts';
import { capabilityKey, capabilityText } from '../capability-record.ts';
import {
  type IndexMessageOf,
  type OpenedEntry,
  shortIdLength,
  writeIndexMessage,
} from '../index-messages.ts';
import { passesFilter, type Query, queryDefaults, skillsOf } from '../query.ts';
import { writeVector } from '../vector-annex.ts';
import { cosine } from '../vector-index.ts';
import type { VectorSource } from '../vector-source.ts';
import type { FindClosest } from './announcer.ts';
import {
  type Ask,
  type Found,
  newSearch,
  poolSize,
  type Search,
  type Skill,
  type SkillCandidates,
  similarityMinOf,
  sortCandidates,
} from './ask-state.ts';
import type { BucketKeys } from './bucket-keys.ts';
import type { DhtSettings } from './dht-settings.ts';

export interface AskerComponents {
  readonly settings: DhtSettings;
  readonly vectors: VectorSource;
  readonly buckets: BucketKeys;
  keyOf(bucket: string): Uint8Array;
  nextRequest(): string;
  /** What this node itself holds of a bucket, and which agents are attached to it. */
  ownRecords(bucket: string, vector: Int8Array, query: Query, nowMs: number): readonly OpenedEntry[];
  readonly self: NodeId;
  /** All other nodes, and the bucket of their own records, in a mesh that is small enough to ask them all. */
  everybody(skillCount: number): { readonly bucket: string; readonly nodes: readonly NodeId[] } | undefined;
  /** Whether this node turns away records of the bucket. */
  isFullHere(bucket: string): boolean;
  ownLoad(agent: string, node: string): number | undefined | 'foreign';
}

export type AskerEffect = FindClosest | SendIndexMessage | Found;

/** Rounds of probing end when this many candidates beyond the limit turned out dead. */
const probesPerSkillMax = 24;

export class Asker {
  readonly #components: AskerComponents;
  readonly #asks = new CompactMap<string, Ask>();
  readonly #searches = new CompactMap<string, { ask: Ask; skill: Skill; search: Search }>();
  readonly #probes = new CompactMap<string, Ask>();

  constructor(components: AskerComponents) {
    this.#components = components;
  }

  get openCount(): number {
    return this.#asks.size;
  }

  get dueAtMs(): number {
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const ask of this.#asks.values()) {
      dueAtMs = Math.min(dueAtMs, ask.deadlineMs);
      for (const skill of ask.skills)
        for (const search of skill.searches)
          if (search.state !== 'done') dueAtMs = Math.min(dueAtMs, search.dueAtMs);
      for (const probe of ask.probes.values()) dueAtMs = Math.min(dueAtMs, probe.dueAtMs);
    }
    return dueAtMs;
  }

  begin(request: string, query: Query, nowMs: number): readonly AskerEffect[] {
    const { settings, vectors, buckets } = this.#components;
    const texts = skillsOf(query);
    const skillTexts = texts.ok ? texts.value : [];
    // Several skills share what one query may cost.
    const probeCount = Math.max(
      1,
      Math.floor((settings.probeCount * 1.5) / Math.max(1.5, skillTexts.length)),
    );
    const everybody = this.#components.everybody(skillTexts.length);
    const skills = skillTexts.map((skill): Skill => {
      const vector = vectors.embed(skill);
      if (everybody !== undefined)
        return {
          ...{ skill, vector: vectors.quantize(vector), candidates: new Map(), spare: [] },
          searches: [newSearch(everybody.bucket)],
        };
      const probes = buckets.probesFor(vector, 2 * probeCount);
      return {
        ...{ skill, vector: vectors.quantize(vector), candidates: new Map() },
        searches: probes.slice(0, probeCount).map((bucket) => newSearch(bucket)),
        spare: probes.slice(probeCount),
      };
    });
    const ask: Ask = {
      ...{ request, query, limit: query.limit ?? queryDefaults.limit, skills },
      ...{ asked: new Set(), answered: new Set(), loads: new Map(), probed: new Set(), probes: new Map() },
      ...{ deadlineMs: nowMs + settings.deadlineMs, reasons: new Set(), isProbing: false },
      ...{ messageCount: 0, byteCount: 0, recordCount: 0, refusedCount: 0 },
    };
    this.#asks.set(request, ask);
    if (!texts.ok) ask.reasons.add('empty-query');
    const effects = skills.flatMap((skill) =>
      skill.searches.flatMap((search) =>
        everybody === undefined
          ? [this.#start(ask, skill, search, nowMs)]
          : this.#askEverybody({ ask, skill, search }, everybody.nodes, nowMs),
      ),
    );
    return effects.length > 0 ? effects : this.#proceed(ask, nowMs);
  }

  closestFound(
    request: string,
    nodes: readonly NodeId[],
    cost: { readonly messageCount: number; readonly byteCount: number },
    nowMs: number,
  ): readonly AskerEffect[] {
    const found = this.#searches.get(request);
    if (found === undefined || found.search.state !== 'looking') return [];
    const { ask, search } = found;
    const { ringSize } = this.#components.settings;
    ask.messageCount += cost.messageCount;
    ask.byteCount += cost.byteCount;
    search.state = 'asking';
    const { self } = this.#components;
    const ring = nodes.slice(search.ring * ringSize, (search.ring + 1) * ringSize);
    search.next = ring.filter((node) => node !== self);
    if (ring.includes(self)) {
      // What this node holds was taken in when the search began.
      search.answeredCount += 1;
      if (this.#components.isFullHere(search.bucket)) search.fullCount += 1;
    }
    if (search.next.length === 0) {
      if (ring.length === 0 && search.ring === 0) ask.reasons.add('bucket-without-nodes');
      return this.#afterHolders(found, nowMs);
    }
    return this.#askHolders(found, [search.next.shift()!], nowMs);
  }

  ranked(
    from: NodeId,
    message: IndexMessageOf<'ranked'>,
    entries: readonly OpenedEntry[],
    received: { readonly refusedCount: number; readonly byteCount: number },
    nowMs: number,
  ): readonly AskerEffect[] {
    const found = this.#searches.get(message.request);
    if (found === undefined || !found.search.waiting.delete(from)) return [];
    const { ask, skill, search } = found;
    ask.messageCount += 1;
    ask.byteCount += received.byteCount;
    ask.refusedCount += received.refusedCount;
    ask.answered.add(from);
    search.answeredCount += 1;
    if (message.isFull) search.fullCount += 1;
    for (const entry of entries) {
      ask.recordCount += 1;
      this.#addCandidate(ask, skill, entry);
    }
    return search.waiting.size > 0 ? [] : this.#afterHolders(found, nowMs);
  }

  alive(
    from: NodeId,
    message: IndexMessageOf<'alive'>,
    byteCount: number,
    nowMs: number,
  ): readonly AskerEffect[] {
    const ask = this.#probes.get(message.request);
    const probe = ask?.probes.get(message.request);
    if (ask === undefined || probe?.node !== from) return [];
    this.#probes.delete(message.request);
    ask.probes.delete(message.request);
    ask.messageCount += 1;
    ask.byteCount += byteCount;
    ask.answered.add(from);
    for (const { agent, load } of message.agents) ask.loads.set(`${agent} ${from}`, load);
    return ask.probes.size > 0 ? [] : this.#proceed(ask, nowMs);
  }

  /** A direct send failed: the node counts as silent at once. */
  lost(node: NodeId, nowMs: number): readonly AskerEffect[] {
    const effects: AskerEffect[] = [];
    for (const found of [...this.#searches.values()])
      if (found.search.waiting.delete(node) && found.search.waiting.size === 0)
        effects.push(...this.#afterHolders(found, nowMs));
    for (const [request, ask] of [...this.#probes]) {
      if (ask.probes.get(request)?.node !== node) continue;
      this.#probes.delete(request);
      ask.probes.delete(request);
      if (ask.probes.size === 0) effects.push(...this.#proceed(ask, nowMs));
    }
    return effects;
  }

  wake(nowMs: number): readonly AskerEffect[] {
    const effects: AskerEffect[] = [];
    for (const ask of [...this.#asks.values()]) {
      if (ask.deadlineMs <= nowMs) {
        ask.reasons.add('deadline');
        effects.push(this.#finish(ask));
        continue;
      }
      for (const skill of ask.skills) {
        for (const search of skill.searches) {
          if (search.state === 'done' || search.dueAtMs > nowMs) continue;
          search.waiting.clear();
          effects.push(...this.#afterHolders({ ask, skill, search }, nowMs));
        }
      }
      let lostCount = 0;
      for (const [request, probe] of [...ask.probes]) {
        if (probe.dueAtMs > nowMs) continue;
        this.#probes.delete(request);
        ask.probes.delete(request);
        lostCount += 1;
      }
      if (lostCount > 0 && ask.probes.size === 0) effects.push(...this.#proceed(ask, nowMs));
    }
    return effects;
  }

  #start(ask: Ask, skill: Skill, search: Search, nowMs: number): FindClosest {
    for (const entry of this.#components.ownRecords(search.bucket, skill.vector, ask.query, nowMs))
      this.#addCandidate(ask, skill, entry);
    return this.#look(ask, skill, search, 0, nowMs);
  }

  #askEverybody(
    found: { ask: Ask; skill: Skill; search: Search },
    nodes: readonly NodeId[],
    nowMs: number,
  ): readonly AskerEffect[] {
    const { ask, skill, search } = found;
    for (const entry of this.#components.ownRecords(search.bucket, skill.vector, ask.query, nowMs))
      this.#addCandidate(ask, skill, entry);
    Object.assign(search, { state: 'asking', request: this.#components.nextRequest() });
    this.#searches.set(search.request, found);
    return this.#askHolders(found, nodes, nowMs);
  }

  #look(ask: Ask, skill: Skill, search: Search, ring: number, nowMs: number): FindClosest {
    const { ringSize, deadlineMs } = this.#components.settings;
    this.#searches.delete(search.request);
    Object.assign(search, {
      ring,
      state: 'looking',
      answeredCount: 0,
      fullCount: 0,
      dueAtMs: nowMs + deadlineMs,
    });
    search.request = this.#components.nextRequest();
    this.#searches.set(search.request, { ask, skill, search });
    const key = this.#components.keyOf(search.bucket);
    return { type: 'find-closest', request: search.request, key, count: ringSize * (ring + 1) };
  }

  #askHolders(
    { ask, skill, search }: { ask: Ask; skill: Skill; search: Search },
    holders: readonly NodeId[],
    nowMs: number,
  ): readonly AskerEffect[] {
    const { settings, vectors } = this.#components;
    search.dueAtMs = nowMs + settings.answerMs;
    const best = sortCandidates(skill).slice(0, poolSize(ask));
    const isPoolFull = best.length >= poolSize(ask);
    const message: IndexMessageOf<'query'> = {
      ...{ kind: 'query', request: search.request, buckets: [search.bucket], space: vectors.space },
      vector: writeVector(skill.vector),
      limit: Math.min(100, poolSize(ask), Math.ceil(settings.bytesMax / entryBytesUsual / holders.length)),
      similarityMin: isPoolFull ? best.at(-1)!.similarity : similarityMinOf(ask),
      have: best.map(({ capability }) => capability.id.slice(0, shortIdLength)).slice(0, 500),
      ...(ask.query.filter === undefined ? {} : { filter: ask.query.filter }),
    };
    const byteCount = writeIndexMessage(message).length;
    return holders.map((to) => {
      search.waiting.add(to);
      ask.asked.add(to);
      ask.messageCount += 1;
      ask.byteCount += byteCount;
      return { type: 'send-index-message', to, message };
    });
  }

  /** Everybody asked so far answered or had its time: the rest of the ring, the next ring, or done. */
  #afterHolders(found: { ask: Ask; skill: Skill; search: Search }, nowMs: number): readonly AskerEffect[] {
    const { ask, skill, search } = found;
    const { ringsMax, ringSize, messagesMax, bytesMax } = this.#components.settings;
    if (search.state === 'asking' && search.next.length > 0)
      return this.#askHolders(found, search.next.splice(0), nowMs);
    if (search.state === 'looking') ask.reasons.add('lookup-timeout');
    const isFull = search.fullCount * 2 > search.answeredCount;
    if (search.state === 'asking' && isFull && search.ring + 1 < ringsMax) {
      const openCount = ask.skills
        .flatMap((one) => one.searches)
        .filter((one) => one.state !== 'done').length;
      const { messages, bytes } = costOf(ask, search.ring + 1, ringSize, openCount);
      if (messages < messagesMax - probeReserve && bytes < bytesMax)
        return [this.#look(ask, skill, search, search.ring + 1, nowMs)];
      ask.reasons.add(bytes < bytesMax ? 'message-limit' : 'byte-limit');
    }
    if (search.state === 'asking' && search.ring === 0 && search.answeredCount === 0)
      ask.reasons.add('bucket-silent');
    search.state = 'done';
    return this.#proceed(ask, nowMs);
  }

  /** Once all searches are done: probe, as long as too few of the best are known to be alive; then finish. */
  #proceed(ask: Ask, nowMs: number): readonly AskerEffect[] {
    if (!this.#asks.has(ask.request) || ask.probes.size > 0) return [];
    if (ask.skills.some((skill) => skill.searches.some((search) => search.state !== 'done'))) return [];
    const wider = ask.isProbing ? [] : this.#widen(ask, nowMs);
    if (wider.length > 0) return wider;
    const probes = this.#probeNext(ask, nowMs);
    return probes.length > 0 ? probes : [this.#finish(ask)];
  }

  /** Look into one more bucket for each skill that has found too little, while the limits allow. */
  #widen(ask: Ask, nowMs: number): readonly AskerEffect[] {
    const { messagesMax, bytesMax, ringSize } = this.#components.settings;
    const effects: AskerEffect[] = [];
    for (const skill of ask.skills) {
      if (sortCandidates(skill).length >= poolSize(ask) || skill.spare.length === 0) continue;
      const { messages, bytes } = costOf(ask, 0, ringSize, effects.length);
      if (messages > messagesMax - probeReserve || bytes > bytesMax) break;
      const search = newSearch(skill.spare.shift()!);
      skill.searches.push(search);
      effects.push(this.#start(ask, skill, search, nowMs));
    }
    return effects;
  }

  #probeNext(ask: Ask, nowMs: number): readonly AskerEffect[] {
    const { answerMs, messagesMax, spareCount } = this.#components.settings;
    const wanted = new Map<NodeId, Set<string>>();
    for (const skill of ask.skills) {
      const sorted = sortCandidates(skill);
      let aliveCount = 0;
      let probedCount = 0;
      for (const { capability } of sorted) {
        if (aliveCount >= ask.limit + spareCount || probedCount >= probesPerSkillMax + ask.limit) break;
        const { agent, node } = capability.body;
        const name = `${agent} ${node}`;
        const own = this.#components.ownLoad(agent, node);
        if (own !== 'foreign' || ask.probed.has(name)) {
          probedCount += 1;
          if (own === 'foreign' ? ask.loads.has(name) : own !== undefined) aliveCount += 1;
          // After a first round the spare ones have served their purpose.
          if (ask.isProbing && aliveCount >= ask.limit) break;
          continue;
        }
        aliveCount += 1;
        probedCount += 1;
        const agents = wanted.get(node as NodeId) ?? new Set<string>();
        wanted.set(node as NodeId, agents.add(agent));
        ask.probed.add(name);
      }
    }
    ask.isProbing = true;
    const effects: AskerEffect[] = [];
    for (const [to, agents] of wanted) {
      if (ask.messageCount + 2 > messagesMax) {
        ask.reasons.add('message-limit');
        break;
      }
      const request = this.#components.nextRequest();
      const message = { kind: 'probe' as const, request, agents: [...agents].slice(0, 100) };
      ask.probes.set(request, { node: to, dueAtMs: nowMs + answerMs });
      this.#probes.set(request, ask);
      ask.asked.add(to);
      ask.messageCount += 1;
      ask.byteCount += writeIndexMessage(message).length;
      effects.push({ type: 'send-index-message', to, message });
    }
    return effects;
  }

  #finish(ask: Ask): Found {
    this.#asks.delete(ask.request);
    for (const request of ask.probes.keys()) this.#probes.delete(request);
    for (const skill of ask.skills)
      for (const search of skill.searches) this.#searches.delete(search.request);
    const skills = ask.skills.map((skill): SkillCandidates => {
      const candidates = sortCandidates(skill)
        .map(({ capability, similarity }) => {
          const { agent, node } = capability.body;
          const own = this.#components.ownLoad(agent, node);
          return {
            capability,
            similarity,
            load: own === 'foreign' ? ask.loads.get(`${agent} ${node}`) : own,
          };
        })
        .filter(({ capability, load }) => passesFilter(capability.body, load, ask.query.filter));
      return { skill: skill.skill, candidates };
    });
    return {
      ...{ type: 'found', request: ask.request, query: ask.query, skills },
      ...{ nodesAskedCount: ask.asked.size, nodesAnsweredCount: ask.answered.size },
      ...{ messageCount: ask.messageCount, byteCount: ask.byteCount },
      ...{ recordCount: ask.recordCount, refusedCount: ask.refusedCount, reasons: [...ask.reasons] },
    };
  }

  /** The similarity is always computed here, from the signed text: what a holder says about it does not count. */
  #addCandidate(ask: Ask, skill: Skill, { capability }: OpenedEntry): void {
    const { vectors } = this.#components;
    const { body } = capability;
    const key = capabilityKey(body);
    const known = skill.candidates.get(key);
    if (known !== undefined && known.capability.body.seq >= body.seq) return;
    const similarity = cosine(skill.vector, vectors.quantize(vectors.embed(capabilityText(body))));
    const isWanted = similarity >= similarityMinOf(ask) && passesFilter(body, 0, ask.query.filter);
    if (isWanted || body.withdrawn === true) skill.candidates.set(key, { capability, similarity });
  }
}

/**
 * What a query will have cost after one more ring, while `openCount` searches are still under way. A lookup asks
 * about four nodes more than it finds, and an answer names 20 nodes (README.md); holders are asked and answer.
 */
function costOf(ask: Ask, ring: number, ringSize: number, openCount: number) {
  const lookedUpCount = ringSize * (ring + 1) + 4;
  return {
    messages: ask.messageCount + 2 * lookedUpCount + 2 * ringSize * (openCount + 1),
    bytes: ask.byteCount + 1_700 * lookedUpCount + 6 * 1_024 * (openCount + 1),
  };
}

/** A record with the attachment of a session key, as base64url. */
const entryBytesUsual = 1_600;
/** Messages that are kept for probing. */
const probeReserve = 24;
