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
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { isAwardTo } from './open-tasks.ts';
import { checkOutput } from './output-check.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { Topics } from './topics.ts';

/** How long an asker has to judge an answer before it counts as good. */
const judgeMs = 30_000;
/** A task without a deadline, and without an answer, is forgotten after this long. */
const openMsMax = 24 * 3_600_000;
const sweepMs = 5_000;
const publishMs = 1_000;
/** Outcomes that one node publishes at a time, once a second; and that wait for it. Others count here only. */
const publishedMax = 20;
const waitingMax = 400;
const tasksMax = 4_096;
const claimsMax = 10_000;
/** Of a task's content, what is compared with what the agent can do. */
const excerptLength = 600;

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

interface OpenTask {
  readonly rater: Did;
  readonly agent: Did;
  readonly task: string;
  readonly fencing: number;
  readonly text: string;
  readonly deadlineAt: number | undefined;
  readonly openedAtMs: number;
  confidence: number | undefined;
  answeredAtMs: number | undefined;
}

export function createOutcomeDesk(components: OutcomeDeskComponents): OutcomeDesk {
  const { core, agents, topics, vectors, capabilitiesOf } = components;
  const book = new StandingBook({ trusted: [] });
  const trusted = new Set<Did>();
  const tasks = new Map<string, OpenTask>();
  /** Confidence in bids that were not awarded yet, by rater, task and agent. */
  const bids = new Map<string, number>();
  /** What each agent said last about how sure it is. */
  const claims = new Map<string, number>();
  let toPublish: SealedOutcome[] = [];
  let isSweeping = false;
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

  function sent(envelope: Envelope): void {
    if (typeof envelope.to !== 'string') return;
    const key = keyOf(envelope.from, envelope.to, 'task' in envelope ? envelope.task : '');
    if (envelope.type === 'award' && isAwardTo(envelope, envelope.to) && !isInTeam(envelope))
      open(key, envelope, envelope.to as Did);
    if (envelope.type === 'cancel') tasks.delete(key);
  }

  function open(key: string, award: EnvelopeOf<'award'>, agent: Did): void {
    if ((tasks.get(key)?.fencing ?? -1) >= award.fencing) return;
    if (tasks.size >= tasksMax) {
      tasks.delete(tasks.keys().next().value!);
      core.countIgnored('outcome', 'too-many-tasks');
    }
    const { content = '' } = award;
    tasks.set(key, {
      ...{ rater: award.from as Did, agent, task: award.task, fencing: award.fencing },
      text: (typeof content === 'string' ? content : JSON.stringify(content)).slice(0, excerptLength),
      ...{ deadlineAt: award.deadlineAt, openedAtMs: core.clock.nowMs() },
      ...{ confidence: bids.get(key), answeredAtMs: undefined },
    });
    bids.delete(key);
    if (!isSweeping) sweep();
  }

  function received(envelope: Envelope, receiver: Did): void {
    const from = envelope.from as Did;
    if ('confidence' in envelope && envelope.confidence !== undefined) claim(from, envelope.confidence);
    if (!('task' in envelope)) return;
    const key = keyOf(receiver, from, envelope.task);
    if (envelope.type === 'bid') {
      if (bids.size >= tasksMax) bids.delete(bids.keys().next().value!);
      bids.set(key, envelope.confidence);
    }
    const task = tasks.get(key);
    if (task === undefined || !('fencing' in envelope) || envelope.fencing < task.fencing) return;
    if (envelope.type === 'result') answered(key, task, envelope);
    if (envelope.type === 'failure') end(key, task, { score: 0 });
    if (envelope.type === 'decline') tasks.delete(key);
  }

  function answered(key: string, task: OpenTask, result: EnvelopeOf<'result'>): void {
    if (task.answeredAtMs !== undefined) return;
    task.confidence ??= result.confidence;
    const promised = chosenCapability(task.agent, task.text)?.output;
    const verdict = promised === undefined ? 'kept' : checkOutput(promised, result.content);
    if (verdict === 'not-checkable') core.countIgnored('outcome', 'schema-not-checkable');
    if (verdict === 'broken') return end(key, task, { score: 0, isSchemaBreach: true });
    task.answeredAtMs = core.clock.nowMs();
    const { id, content } = result;
    components.onAnswered(task.rater, task.agent, {
      id,
      text: typeof content === 'string' ? content : JSON.stringify(content),
    });
  }

  function claim(agent: Did, confidence: number): void {
    claims.delete(agent);
    claims.set(agent, confidence);
    if (claims.size > claimsMax) claims.delete(claims.keys().next().value!);
  }

  // What is judged.

  function judge(agent: LocalAgent, { task, agent: judged, score, capability }: Judgement): Checked<string> {
    if (judged === agent.did) return refuse('AMP-1603', 'Nobody judges its own work.', 'agent');
    const key = keyOf(agent.did, judged, task);
    const open = tasks.get(key);
    tasks.delete(key);
    const { text = '', confidence } = open ?? {};
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

  function sweep(): void {
    const atMs = core.clock.nowMs();
    for (const [key, task] of tasks) {
      if (task.answeredAtMs !== undefined) {
        if (task.answeredAtMs + judgeMs <= atMs) end(key, task, { score: 1 });
      } else if (task.deadlineAt !== undefined) {
        if (task.deadlineAt <= atMs) end(key, task, { score: 0 });
      } else if (task.openedAtMs + openMsMax <= atMs) tasks.delete(key);
    }
    isSweeping = tasks.size > 0;
    const next = { type: 'set-timer', timer: 'sweep', dueAtMs: atMs + sweepMs } as const;
    if (isSweeping) core.timers.apply('outcome', next, sweep);
  }

  function end(key: string, task: OpenTask, verdict: { score: number; isSchemaBreach?: true }): void {
    tasks.delete(key);
    sign(task.rater, task.agent, { ...task, ...verdict, capability: undefined });
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

  interface Verdict {
    readonly task: string;
    readonly score: number;
    readonly isSchemaBreach?: true;
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
    sent,
    received,
    dissolved,
    judge,
    takePublished,
    takeRecord,
    standingFor: (asker) => book.standingFor(asker, core.clock.nowMs(), claims),
    evidenceFor,
    start,
    stop() {
      // An answer that nobody complained about until now was good.
      for (const [key, task] of tasks) if (task.answeredAtMs !== undefined) end(key, task, { score: 1 });
      publish();
    },
  };
}

const provablyBad = new Set<string>(['AMP-1101', 'AMP-1601', 'AMP-1603']);

/** Inside a coalition the coordinator awards, and the asker judges. */
function isInTeam({ terms }: EnvelopeOf<'award'>): boolean {
  return terms !== undefined && terms.bids.length === 0;
}

function keyOf(rater: string, agent: string, task: string): string {
  return `${rater} ${agent} ${task}`;
}
