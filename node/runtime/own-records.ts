/** The records of a node's own agents: signed when they announce, again before they expire, and withdrawn. */

import {
  type CapabilityContext,
  type CapabilityDraft,
  type CapabilityRecord,
  capabilitySchema,
  decodeCapability,
  sealCapability,
  withdrawalOf,
} from '../../discovery/capability-record.ts';
import type { GossipIndex } from '../../discovery/gossip-index.ts';
import type { GossipIndexEffect, GossipIndexInput } from '../../discovery/gossip-index-io.ts';
import { discoveryLimits } from '../../discovery/limits.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did } from '../../protocol/brand.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { IndexChoice } from './capability-search.ts';
import type { DenseDesk } from './dense-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { createLocalOffers, type LocalOffers } from './local-offers.ts';
import type { PeerCore } from './peer-core.ts';
import type { RecordAudience } from './record-audience.ts';
import type { TimerOwner } from './timers.ts';

export interface OwnRecordsComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly vectors: VectorSource;
}

/** Where the records go. It is told when to renew them. */
export interface OwnRecordsHost extends TimerOwner {
  readonly index: GossipIndex;
  readonly choice: IndexChoice;
  readonly dense: DenseDesk | undefined;
  readonly audience: RecordAudience;
  context(): CapabilityContext;
  step(input: GossipIndexInput): void;
}

/** How often records are looked through for those that must be signed again. */
const renewalMs = 600_000;
/** A record is signed again in the second half of its life, if it gains at least this much. */
const renewalGainMs = 3_600_000;

export class OwnRecords {
  readonly #core: PeerCore;
  readonly #local: LocalAgents;
  readonly #host: OwnRecordsHost;
  readonly offers: LocalOffers;

  constructor({ core, local, vectors }: OwnRecordsComponents, host: OwnRecordsHost) {
    this.#core = core;
    this.#local = local;
    this.#host = host;
    this.offers = createLocalOffers(vectors);
  }

  /** What was on disk when the node started. */
  loaded(records: readonly CapabilityRecord[]): void {
    for (const record of records)
      if (record.withdrawn !== true && this.#local.get(record.agent as Did) !== undefined)
        this.offers.set(record, true);
  }

  /** Agents with records here that are at another node now. */
  departed(): readonly Did[] {
    return this.offers.agents().filter((agent) => this.#local.get(agent) === undefined);
  }

  /** What the index holds of an agent is another record now. */
  changed(effect: Extract<GossipIndexEffect, { type: 'capability-changed' }>): void {
    const { body } = effect.record;
    const agent = body.agent as Did;
    if (this.#local.get(agent) === undefined) return;
    this.offers.set(body, effect.change === 'added' || effect.change === 'updated');
    this.#core.note({
      kind: 'capability',
      change: effect.change,
      agent,
      capability: body.capability,
      text: body.text.slice(0, 200),
    });
  }

  announce(agent: LocalAgent, claim: JsonObject): Checked<string> {
    const atMs = this.#core.clock.nowMs();
    const capability = typeof claim.capability === 'string' ? claim.capability : 'main';
    const authority = agent.isHosted
      ? {}
      : { key: agent.attachment.sessionKey, attachment: agent.attachment };
    const { similarity: _, ...own } = claim;
    const draft = {
      audience: 'mesh',
      ...own,
      record: 'capability',
      mesh: this.#core.mesh,
      agent: agent.did,
      node: this.#core.self,
      capability,
      seq: Math.max(this.#host.index.nextSeq(agent.did, capability), atMs),
      createdAt: atMs,
      expiresAt: this.#endOfRecord(agent, atMs),
      ...authority,
    } as unknown as CapabilityDraft;
    const checked = matchSchema(capabilitySchema.omit({ sig: true }), draft);
    if (!checked.ok)
      return refuse(checked.refusal.code, checked.refusal.message, `capability.${checked.refusal.path}`);
    const opened = decodeCapability(sealCapability(draft, this.#core.keys).bytes, this.#host.context());
    if (!opened.ok) return opened;
    this.#host.step({ type: 'announce', entry: { capability: opened.value }, atMs });
    // The record goes out at once; its dense vector follows when the model has answered.
    this.#host.dense?.annexFor(opened.value, (annex) =>
      this.#host.step({
        type: 'announce',
        entry: { capability: opened.value, annex },
        atMs: this.#core.clock.nowMs(),
      }),
    );
    return accept(capability);
  }

  /** A record that a session key signed is proof only for as long as the attachment beside it. */
  #endOfRecord(agent: LocalAgent, atMs: number): number {
    const endMs = atMs + discoveryLimits.recordLifetimeMs;
    return agent.isHosted ? endMs : Math.min(endMs, agent.attachment.expiresAt);
  }

  /** Sign the records of connected agents again, well before they expire. Who stays away fades after a day. */
  renew(): void {
    const atMs = this.#core.clock.nowMs();
    for (const { sealed, annex } of this.#host.index.recordsOfNode(this.#core.self)) {
      const { body } = sealed;
      // Nobody's beacon tells here that a node of the audience was away: it is given the record again.
      if (this.#host.choice === 'dht' && body.audience !== 'mesh') {
        const entry = { capability: sealed, ...(annex === undefined ? {} : { annex }) };
        this.#host.audience.send({ type: 'send-private', entry, audience: body.audience });
      }
      const agent = this.#local.get(body.agent as Did);
      if (agent?.link === undefined || body.withdrawn === true) continue;
      if (body.expiresAt - atMs > discoveryLimits.recordLifetimeMs / 2) continue;
      if (this.#endOfRecord(agent, atMs) - body.expiresAt < renewalGainMs) continue;
      const done = this.announce(agent, claimOf(body));
      if (!done.ok) this.#core.countIgnored('index', `renewal ${done.refusal.code}`);
    }
    const next = { type: 'set-timer', timer: 'renewal', dueAtMs: atMs + renewalMs } as const;
    this.#core.timers.apply('capabilities', next, this.#host);
  }

  withdraw(agent: LocalAgent, capability: string): Checked<string> {
    const record = this.#host.index.recordOf(agent.did, capability)?.body;
    if (record === undefined || record.withdrawn === true)
      return refuse('AMP-1005', `There is no capability "${capability}" to withdraw.`, 'capability');
    const authority = agent.isHosted
      ? {}
      : { key: agent.attachment.sessionKey, attachment: agent.attachment };
    const {
      key: _key,
      attachment: _attachment,
      ...draft
    } = withdrawalOf({ ...record, node: this.#core.self }, this.#core.clock.nowMs());
    this.#host.step({
      type: 'announce',
      entry: { capability: sealCapability({ ...draft, ...authority }, this.#core.keys) },
      atMs: this.#core.clock.nowMs(),
    });
    return accept(capability);
  }
}

/** What an agent said, out of a record that was signed for it. */
function claimOf(record: CapabilityRecord): JsonObject {
  const { text, lang, tags, input, output, resources, maxTimeMs, guarantees, cost, capacity, version } =
    record;
  const { capability, audience } = record;
  const said = { text, lang, tags, input, output, resources, maxTimeMs, guarantees, cost, capacity, version };
  const given = Object.entries({ capability, audience, ...said }).filter(([, value]) => value !== undefined);
  const claim = Object.fromEntries(given);
  return claim as JsonObject;
}
