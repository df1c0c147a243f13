/**
 * Learns from how work ended. The node of who asked signs an outcome when an awarded task ends, or a job is closed:
 * by the asker's own word (`judge`), or else by what can be seen: answered, failed, too late, against the promised
 * schema. Outcomes are kept, gossiped, and feed reputation, calibrated confidence and affinity.
 */
import { type CapabilityRecord, capabilityText } from '../../discovery/capability-record.ts';
import type { Answer } from '../../discovery/query.ts';
import { findSigner } from '../../discovery/record-authority.ts';
import {
  decodeOutcome,
  type OutcomeContext,
  type OutcomeDraft,
  outcomeBucket,
  type SealedOutcome,
  StandingBook,
  type StandingInput,
  sealOutcome,
} from '../../discovery/reputation/index.ts';
import type { Standing } from '../../discovery/search.ts';
import { cosine } from '../../discovery/vector-index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import { viewJob } from '../../protocol/job/job-view.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessageOf, Envelope, EnvelopeOf } from '../../protocol/messages.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import type { Verified } from '../../protocol/signing.ts';
import { type AwardedTask, createAwardedTasks, type TaskVerdict } from './awarded-tasks.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { checkOutput } from './output-check.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { Topics } from './topics.ts';

const publishMs = 1_000;
/** Outcomes that one node publishes at a time, once a second; and that wait for it. Others count here only. */
const publishedMax = 20;
const waitingMax = 400;
const claimsMax = 10_000;
export interface OutcomeDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly topics: Topics;
  readonly vectors: VectorSource;
  readonly capabilitiesOf: (agent: Did) => readonly CapabilityRecord[];
  readonly entriesOf: (space: SpaceId) => readonly Envelope[];
  /** A local asker got the answer to a task. */
  readonly onAnswered: (
    rater: Did,
    agent: Did,
    answer: { readonly id: string; readonly text: string },
  ) => void;
  /** An outcome is held now, or not any more. */
  readonly onHeld: (id: string, isHeld: boolean) => void;
}

export interface OutcomeDesk {
  readonly book: StandingBook;
  /** A local agent sent this. */
  sent(envelope: Envelope): void;
  /** A local agent gets this. */
  received(envelope: Envelope, receiver: Did): void;
  /** An asker closed a job's space. */
  dissolved(envelope: EnvelopeOf<'dissolve'>): void;
  /** An asker says how well a task was done. */
  judge(agent: LocalAgent, judgement: Judgement): Checked<string>;
  takePublished(body: JsonObject): GossipVerdict;
  /** An outcome that a neighbour had before this node came. */
  takeRecord(bytes: Uint8Array): Checked<unknown>;
  standingFor(asker: Did): Standing;
  /** The evidence behind the agents of an answer. */
  evidenceFor(answer: Answer): readonly Evidence[];
  start(): void;
  stop(): void;
}

export type Judgement = Omit<EdgeMessageOf<'judge'>, 'type' | 'amp'>;

export interface Evidence {
  readonly agent: Did;
  readonly capability: string;
  /** 0 to 1. */
  readonly reputationMean: number;
  /** Outcomes behind it, faded and weighted. */
  readonly outcomeWeight: number;
  readonly raterCount: number;
  /** Mean squared error of what the agent said of itself, as it said it and after calibration; 0 is best. */
  readonly brierRaw?: number;
  readonly brierCalibrated?: number;
}

export function createOutcomeDesk(components: OutcomeDeskComponents): OutcomeDesk {
  const { core, agents, topics, vectors, capabilitiesOf } = components;
  const book = new StandingBook({ trusted: [] });
  const trusted = new Set<Did>();
  const tasks = createAwardedTasks({
    core,
    isBroken,
    onAnswered: ({ rater, agent }, { id, content }) =>
      components.onAnswered(rater, agent, {
        id,
        text: typeof content === 'string' ? content : JSON.stringify(content),
      }),
    onEnded: (task, verdict) => sign(task.rater, task.agent, { ...task, ...verdict, capability: undefined }),
  });
  /** What each agent said last about how sure it is. */
  const claims = new Map<string, number>();
  let toPublish: SealedOutcome[] = [];
  let isPublishing = false;

  function context(): OutcomeContext {
    const { mesh, keys } = core;
    return {
      ...{ mesh, keys, nowMs: core.clock.nowMs() },
      // An outcome is evidence for a month, its attachment lives a day: the right to sign counts when it was signed.
      checkAuthority: (record) =>
        findSigner(
          { ...record, agent: record.rater, node: undefined as never },
          { mesh, keys, nowMs: record.at },
        ),
    };
  }

  function step(input: StandingInput): boolean {
    let isNew = false;
    for (const effect of book.step(input)) {
      if (effect.type === 'persist') {
        core.turn.persist(effect.bucket, effect.key, effect.value);
        components.onHeld(effect.key, effect.value !== null);
      } else if (effect.type === 'ignored') core.countIgnored('standing', effect.reason);
      else if (effect.type === 'standing-changed') isNew = true;
      else
        core.timers.apply(
          'standing',
          effect,
          (timer, atMs) => void step({ type: 'timer-fired', timer, atMs }),
        );
    }
    return isNew;
  }

  // What is seen.

  function received(envelope: Envelope, receiver: Did): void {
    const from = envelope.from as Did;
    if ('confidence' in envelope && envelope.confidence !== undefined) claim(from, envelope.confidence);
    tasks.received(envelope, receiver);
  }

  function isBroken(task: AwardedTask, { content }: EnvelopeOf<'result'>): boolean {
    const promised = chosenCapability(task.agent, task.text)?.output;
    const verdict = promised === undefined ? 'kept' : checkOutput(promised, content);
    if (verdict === 'not-checkable') core.countIgnored('outcome', 'schema-not-checkable');
    return verdict === 'broken';
  }

  function claim(agent: Did, confidence: number): void {
    claims.delete(agent);
    claims.set(agent, confidence);
    if (claims.size > claimsMax) claims.delete(claims.keys().next().value!);
  }

  // What is judged.

  function judge(agent: LocalAgent, { task, agent: judged, score, capability }: Judgement): Checked<string> {
    if (judged === agent.did) return refuse('AMP-1603', 'Nobody judges its own work.', 'agent');
    const { text = '', confidence } = tasks.take(agent.did, judged, task) ?? {};
    sign(agent.did, judged as Did, { task, score, text, capability, confidence });
    return accept(task);
  }

  function dissolved(envelope: EnvelopeOf<'dissolve'>): void {
    const rater = envelope.from as Did;
    if (agents.get(rater) === undefined || envelope.space === undefined) return;
    const view = viewJob(components.entriesOf(envelope.space as SpaceId));
    if (view.asker !== rater) return;
    const standing = new Map<Did, boolean>();
    for (const { author, supersededBy, acceptedBy, changeWantedBy } of view.contributions) {
      if (author === rater || supersededBy !== undefined) continue;
      const isGood = changeWantedBy.length === 0 || acceptedBy.length > changeWantedBy.length;
      standing.set(author, (standing.get(author) ?? true) && isGood);
    }
    for (const [agent, isGood] of standing) {
      const task = envelope.space;
      sign(rater, agent, {
        ...{ task, score: isGood ? 1 : 0, text: view.goal, capability: undefined },
        confidence: claims.get(agent),
      });
    }
  }

  /** Which of an agent's capabilities a task was about: the nearest to its words. */
  function chosenCapability(agent: Did, text: string): CapabilityRecord | undefined {
    const records = capabilitiesOf(agent);
    if (records.length < 2 || text === '') return records[0];
    const wanted = vectors.quantize(vectors.embed(text));
    const nearness = (record: CapabilityRecord) =>
      cosine(wanted, vectors.quantize(vectors.embed(capabilityText(record))));
    return records.map((record) => ({ record, near: nearness(record) })).sort((a, b) => b.near - a.near)[0]!
      .record;
  }

  interface Verdict extends TaskVerdict {
    readonly task: string;
    readonly text: string;
    readonly capability: string | undefined;
    readonly confidence: number | undefined;
  }

  function sign(rater: Did, agent: Did, verdict: Verdict): void {
    const by = agents.get(rater);
    if (by === undefined || rater === agent) return;
    if (!by.isHosted && !by.attachment.scopes.includes('records'))
      return core.countIgnored('outcome', 'no-scope');
    const { task, score, isSchemaBreach, text, confidence } = verdict;
    const capability = verdict.capability ?? chosenCapability(agent, text)?.capability ?? 'main';
    const draft: OutcomeDraft = {
      ...{
        record: 'outcome',
        mesh: core.mesh,
        rater,
        agent,
        capability,
        task,
        score,
        at: core.clock.nowMs(),
      },
      ...(isSchemaBreach === undefined ? {} : { isSchemaBreach }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(by.isHosted ? {} : { key: by.attachment.sessionKey, attachment: by.attachment }),
    };
    trust(rater);
    const outcome = sealOutcome(draft, core.keys);
    if (!step({ type: 'outcome-received', outcome, atMs: core.clock.nowMs() })) return;
    core.note({
      kind: 'outcome',
      rater,
      agent,
      capability,
      score,
      ...(isSchemaBreach ? { isSchemaBreach } : {}),
    });
    publishLater(outcome);
  }

  /** The judgement of agents of this node counts fully here. */
  function trust(rater: Did): void {
    if (trusted.has(rater)) return;
    trusted.add(rater);
    step({ type: 'trusted-changed', trusted: [...trusted], atMs: core.clock.nowMs() });
  }

  // What others hear, and what they say.

  function publishLater(outcome: SealedOutcome): void {
    if (toPublish.length >= waitingMax) return core.countIgnored('outcome', 'not-published');
    toPublish.push(outcome);
    if (isPublishing) return;
    isPublishing = true;
    const next = { type: 'set-timer', timer: 'publish', dueAtMs: core.clock.nowMs() + publishMs } as const;
    core.timers.apply('outcome', next, publish);
  }

  function publish(): void {
    isPublishing = false;
    const now = toPublish.slice(0, publishedMax);
    const rest = toPublish.slice(publishedMax);
    toPublish = [];
    const outcomes = now.map((outcome) => toBase64Url(outcome.bytes));
    if (outcomes.length > 0)
      core.turn.afterCommit(() =>
        core.transport.publish(
          topics.commons,
          encodePacket({ packet: 'machine', machine: 'outcome', body: { outcomes } }),
        ),
      );
    for (const outcome of rest) publishLater(outcome);
  }

  function takePublished(body: JsonObject): GossipVerdict {
    const { outcomes } = body;
    if (!Array.isArray(outcomes) || outcomes.length > publishedMax) return 'reject';
    const read = outcomes.map((text) => decode(text));
    if (read.some((one) => !one.ok && provablyBad.has(one.refusal.code))) return 'reject';
    for (const one of read) {
      if (one.ok) take(one.value);
      else core.countIgnored('standing', one.refusal.code);
    }
    return 'accept';
  }

  function takeRecord(bytes: Uint8Array): Checked<unknown> {
    const outcome = decodeOutcome(bytes, context());
    if (outcome.ok) take(outcome.value);
    return outcome;
  }

  function decode(text: unknown): Checked<Verified<SealedOutcome>> {
    const bytes = typeof text === 'string' ? fromBase64Url(text) : undefined;
    return bytes === undefined
      ? refuse('AMP-1601', 'The outcome is no base64url.')
      : decodeOutcome(bytes, context());
  }

  function take(outcome: Verified<SealedOutcome>): void {
    const { agent, confidence } = outcome.body;
    if (confidence !== undefined && !claims.has(agent)) claim(agent as Did, confidence);
    step({ type: 'outcome-received', outcome, atMs: core.clock.nowMs() });
  }

  function start(): void {
    const rows = core.store.scan(outcomeBucket, '', '', Number.MAX_SAFE_INTEGER);
    const outcomes = rows
      .map((row) => decodeOutcome(row.value as Uint8Array, context()))
      .flatMap((read) => (read.ok ? [read.value] : []));
    const atMs = core.clock.nowMs();
    for (const { body } of outcomes)
      if (agents.get(body.rater as Did) !== undefined) trusted.add(body.rater as Did);
    if (trusted.size > 0) step({ type: 'trusted-changed', trusted: [...trusted], atMs });
    step({ type: 'load', outcomes, atMs });
    for (const { body } of [...outcomes].sort((a, b) => a.body.at - b.body.at))
      if (body.confidence !== undefined) claim(body.agent as Did, body.confidence);
  }

  function evidenceFor(answer: Answer): readonly Evidence[] {
    const nowMs = core.clock.nowMs();
    const seen = new Map(
      answer.skills
        .flatMap(({ hits }) => hits)
        .map((hit) => [`${hit.agent} ${hit.capability}`, hit] as const),
    );
    return [...seen.values()].map(({ agent, capability }) => {
      const { mean, weight, raterCount } = book.reputationOf(agent, capability, nowMs);
      const brier = book.brierOf(agent, capability, nowMs);
      return {
        ...{ agent, capability, reputationMean: mean, outcomeWeight: weight, raterCount },
        ...(brier.weight === 0 ? {} : { brierRaw: brier.raw, brierCalibrated: brier.calibrated }),
      };
    });
  }

  return {
    book,
    sent: tasks.sent,
    received,
    dissolved,
    judge,
    takePublished,
    takeRecord,
    standingFor: (asker) => book.standingFor(asker, core.clock.nowMs(), claims),
    evidenceFor,
    start,
    stop() {
      tasks.stop();
      publish();
    },
  };
}

const provablyBad = new Set<string>(['AMP-1101', 'AMP-1601', 'AMP-1603']);
