/**
 * What a node learns beyond single outcomes. When one of its agents closes a job, it signs a *play*: who did what kind
 * of work in which form, and how that went; plays are gossiped in the commons and are evidence for everybody. It
 * watches whether an agent's answers still look like its own first ones, and it tells whoever forms a team what is
 * known: what to expect of each candidate, which pairs did better together, what form of work paid, who plays what role.
 */
import {
  type Behaviour,
  createDriftWatch,
  createPlaybook,
  type DriftEffect,
  decodePlay,
  detectRoles,
  type Expectation,
  type Playbook,
  type PlaybookInput,
  type PlayContext,
  type PlayDraft,
  playbookBucket,
  type RoleFinding,
  sealPlay,
} from '../../discovery/learning/index.ts';
import { findSigner } from '../../discovery/record-authority.ts';
import { cosine } from '../../discovery/vector-index.ts';
import type { VectorSource } from '../../discovery/vector-source.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../../protocol/bytes.ts';
import { outcomeSchema, type UnsignedOutcome } from '../../protocol/coalition/index.ts';
import type { Checked } from '../../protocol/errors.ts';
import { type JobView, viewJob } from '../../protocol/job/job-view.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { Draft, Envelope, EnvelopeOf } from '../../protocol/messages.ts';
import type { GossipVerdict } from '../../protocol/ports.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { encodePacket } from './packets.ts';
import type { PeerCore } from './peer-core.ts';
import type { Topics } from './topics.ts';

export interface LearningDeskComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly topics: Topics;
  readonly vectors: VectorSource;
  readonly entriesOf: (space: SpaceId) => readonly Envelope[];
  /** Claims that the space's members wrote into its shared memory. */
  readonly claimCountOf: (space: SpaceId) => number;
  /** Say something in a local agent's name. */
  readonly post: (agent: LocalAgent, draft: Draft) => void;
  /** A play is held now, or not any more. */
  readonly onHeld: (id: string, isHeld: boolean) => void;
}

export interface LearningDesk {
  readonly book: Playbook;
  /** An asker closed a job's space. */
  dissolved(envelope: EnvelopeOf<'dissolve'>): void;
  /** A local asker got an answer. */
  answered(asker: Did, worker: Did, answer: { readonly id: string; readonly text: string }): void;
  /** 1 for a steady agent, less the further it has drifted; at least 0.2. */
  rankFactorOf(agent: Did): number;
  /** What is known of these agents for a task: what a team is chosen by. */
  experience(task: string, agents: readonly Did[]): Experience;
  takePublished(body: JsonObject): GossipVerdict;
  takeRecord(bytes: Uint8Array): Checked<unknown>;
  start(): void;
}

export interface Experience {
  /** The known kind of task that is nearest in meaning; absent when none is near. */
  readonly kind?: string;
  readonly agents: readonly {
    readonly agent: Did;
    readonly expectation: Expectation;
    readonly rankFactor: number;
    readonly roles: readonly Omit<RoleFinding, 'agent'>[];
  }[];
  /** What pairs add beyond their members, −0.2 to 0.2; only pairs that are known. */
  readonly pairs: readonly { readonly a: Did; readonly b: Did; readonly synergy: number }[];
  readonly form: ReturnType<Playbook['bestForm']>;
}

/** Tasks whose words are nearer than this (cosine) are of one kind. Judgement: as near as paraphrases mostly are. */
export const sameKindMin = 0.6;
/** Of a stranger's quality nothing is claimed here. */
const unknownClaim = 0.5;
const pruneMs = 3_600_000;
const behaviourMax = 2_000;
const excerptLength = 600;

export function createLearningDesk(components: LearningDeskComponents): LearningDesk {
  const { core, agents, topics, vectors } = components;
  const book = createPlaybook({ isOwn: (asker) => agents.get(asker) !== undefined });
  const drift = createDriftWatch();
  const rankFactors = new Map<Did, number>();
  const behaviours = new Map<Did, Mutable<Behaviour>>();
  const kindVectors = new Map<string, Int8Array>();

  function context(): PlayContext {
    const { mesh, keys } = core;
    return {
      ...{ mesh, keys, nowMs: core.clock.nowMs() },
      // As with outcomes: the right to sign counts when it was signed.
      checkAuthority: (record) =>
        findSigner(
          { ...record, agent: record.asker, node: undefined as never },
          { mesh, keys, nowMs: record.at },
        ),
    };
  }

  function step(input: PlaybookInput): boolean {
    let isNew = false;
    for (const effect of book.step(input)) {
      if (effect.type === 'persist') {
        core.turn.persist(effect.bucket, effect.key, effect.value);
        components.onHeld(effect.key, effect.value !== null);
        isNew = effect.value !== null;
      } else if (effect.type === 'ignored') core.countIgnored('playbook', effect.reason);
    }
    return isNew;
  }

  // Plays.

  function dissolved({ from, space, outcome }: EnvelopeOf<'dissolve'>): void {
    const asker = from as Did;
    const by = agents.get(asker);
    if (by === undefined || space === undefined) return;
    const team = outcomeSchema.safeParse(outcome);
    if (team.success) return notePlay(by, space, playOfTeam(team.data as UnsignedOutcome));
    const entries = components.entriesOf(space as SpaceId);
    const view = viewJob(entries);
    if (view.asker !== asker) return;
    noteBehaviours(view);
    for (const contribution of view.contributions)
      if (contribution.author !== asker)
        answered(asker, contribution.author, { id: contribution.id, text: textOf(contribution.content) });
    notePlay(by, space, {
      ...{ goal: view.goal, members: membersOf(view), score: scoreOf(view) },
      talk: components.claimCountOf(space as SpaceId) > entries.length ? 'shared-memory' : talkOf(entries),
      proposals: haveRivals(view) ? 'rival' : 'shared',
    });
  }

  function notePlay(by: LocalAgent, space: string, { goal, ...seen }: SeenPlay): void {
    if (seen.members.length === 0) return;
    const asker = by.did;
    if (!by.isHosted && !by.attachment.scopes.includes('records'))
      return core.countIgnored('playbook', 'no-scope');
    const draft: PlayDraft = {
      ...{ record: 'play', mesh: core.mesh, asker, coalition: space, kind: kindOf(goal), ...seen },
      ...{ cost: 0, at: core.clock.nowMs() },
      ...(by.isHosted ? {} : { key: by.attachment.sessionKey, attachment: by.attachment }),
    };
    const play = sealPlay(draft, core.keys);
    if (!step({ type: 'play-received', atMs: core.clock.nowMs(), play })) return;
    const { kind, score, members } = play.body;
    core.note({
      kind: 'play',
      asker,
      space,
      taskKind: kind,
      score,
      members: members.map((one) => one.agent),
    });
    const body = { plays: [toBase64Url(play.bytes)] };
    core.turn.afterCommit(() =>
      core.transport.publish(topics.commons, encodePacket({ packet: 'machine', machine: 'play', body })),
    );
  }

  function takePublished({ plays }: JsonObject): GossipVerdict {
    if (!Array.isArray(plays) || plays.length !== 1 || typeof plays[0] !== 'string') return 'reject';
    const bytes = fromBase64Url(plays[0]);
    if (bytes === undefined) return 'reject';
    const taken = takeRecord(bytes);
    if (taken.ok) return 'accept';
    core.countIgnored('playbook', taken.refusal.code);
    return provablyBad.has(taken.refusal.code) ? 'reject' : 'accept';
  }

  function takeRecord(bytes: Uint8Array): Checked<unknown> {
    const play = decodePlay(bytes, context());
    if (play.ok) step({ type: 'play-received', atMs: core.clock.nowMs(), play: play.value });
    return play;
  }

  /** A task is of the kind whose words are nearest, or opens a new one. */
  function kindOf(goal: string): string {
    return nearestKind(goal) ?? goal.trim().slice(0, limits.nameLengthMax);
  }

  function nearestKind(goal: string): string | undefined {
    const wanted = vectors.quantize(vectors.embed(goal));
    let best: { kind: string; near: number } | undefined;
    for (const kind of book.kinds()) {
      const near = cosine(wanted, vectorOf(kind));
      if (near >= sameKindMin && near > (best?.near ?? 0)) best = { kind, near };
    }
    return best?.kind;
  }

  function vectorOf(kind: string): Int8Array {
    const known = kindVectors.get(kind) ?? vectors.quantize(vectors.embed(kind));
    kindVectors.set(kind, known);
    if (kindVectors.size > kindsMax) kindVectors.delete(kindVectors.keys().next().value!);
    return known;
  }

  // Drift.

  function answered(asker: Did, worker: Did, { id, text }: { id: string; text: string }): void {
    if (text === '') return;
    const vector = vectors.embed(text.slice(0, excerptLength));
    const atMs = core.clock.nowMs();
    for (const effect of drift.step({ type: 'output-observed', atMs, agent: worker, output: id, vector }))
      performDrift(asker, effect);
  }

  function performDrift(asker: Did, effect: DriftEffect): void {
    switch (effect.type) {
      case 'set-rank-factor':
        rankFactors.delete(effect.agent);
        if (effect.factor < 1) rankFactors.set(effect.agent, effect.factor);
        return;
      case 'ask-reanchor':
        core.note({ kind: 'drift', agent: effect.agent, step: 'reanchor' });
        return tell(asker, effect.agent, 'should', {
          drift: 'Your latest answers are unlike your first ones. Go back to what these did.',
          examples: effect.examples,
        });
      case 'rest-agent':
        core.note({ kind: 'drift', agent: effect.agent, step: 'rest' });
        return tell(asker, effect.agent, 'must', {
          drift:
            'Your answers stay unlike your first ones. You are asked last until they are like them again.',
        });
      case 'persist':
      case 'ignored':
        return;
    }
  }

  function tell(asker: Did, agent: Did, severity: 'should' | 'must', content: JsonObject): void {
    const by = agents.get(asker);
    // Only in the name of an agent for which this node signs.
    if (by?.isHosted === true)
      components.post(by, { type: 'concern', to: agent, content, severity } as Draft);
  }

  // Roles.

  function noteBehaviours(view: JobView): void {
    const authors = new Map(view.contributions.map((one) => [one.id, one.author]));
    for (const one of view.contributions) {
      const mine = behaviourOf(one.author);
      if (one.changeWantedBy.length === 0 && one.supersededBy === undefined)
        for (const skill of one.meets) mine.doneBySkill[skill] = (mine.doneBySkill[skill] ?? 0) + 1;
      for (const reference of one.references) {
        const led = authors.get(reference);
        if (led !== undefined && led !== one.author) behaviourOf(led).ledCount += 1;
      }
    }
    for (const agent of rescuersOf(view)) behaviourOf(agent).rescuedCount += 1;
    for (const concern of view.concerns) {
      const settler = concern.closedBy === undefined ? undefined : authors.get(concern.closedBy);
      const isAbout = concern.about.some((id) => authors.get(id) === settler);
      if (settler !== undefined && settler !== concern.author && !isAbout)
        behaviourOf(settler).settledCount += 1;
    }
  }

  function behaviourOf(agent: Did): Mutable<Behaviour> {
    const known = behaviours.get(agent) ?? {
      ...{ agent, ledCount: 0, doneBySkill: {}, rescuedCount: 0, settledCount: 0 },
    };
    behaviours.delete(agent);
    behaviours.set(agent, known);
    if (behaviours.size > behaviourMax) behaviours.delete(behaviours.keys().next().value!);
    return known;
  }

  // What is told.

  function experience(task: string, asked: readonly Did[]): Experience {
    const nowMs = core.clock.nowMs();
    const kind = nearestKind(task);
    const roles = detectRoles([...behaviours.values()]);
    const pairs = asked
      .flatMap((a, at) => asked.slice(at + 1).map((b) => ({ a, b })))
      .map(({ a, b }) => ({ a, b, synergy: kind === undefined ? 0 : book.synergy(kind, a, b, nowMs) }))
      .filter(({ synergy }) => synergy !== 0);
    return {
      ...(kind === undefined ? {} : { kind }),
      agents: asked.map((agent) => ({
        agent,
        expectation: book.expect(kind ?? '', agent, unknownClaim, nowMs),
        rankFactor: rankFactorOf(agent),
        roles: roles.filter((one) => one.agent === agent).map(({ role, strength }) => ({ role, strength })),
      })),
      pairs,
      form: kind === undefined ? {} : book.bestForm(kind, nowMs),
    };
  }

  function rankFactorOf(agent: Did): number {
    return rankFactors.get(agent) ?? 1;
  }

  // Life.

  function prune(): void {
    step({ type: 'prune', atMs: core.clock.nowMs() });
    const dueAtMs = core.clock.nowMs() + pruneMs;
    core.timers.apply('playbook', { type: 'set-timer', timer: 'prune', dueAtMs }, prune);
  }

  function start(): void {
    for (const { value } of core.store.scan(playbookBucket, '', '', Number.MAX_SAFE_INTEGER)) {
      const play = decodePlay(value as Uint8Array, context());
      if (play.ok) step({ type: 'play-loaded', atMs: core.clock.nowMs(), play: play.value });
      else core.countIgnored('playbook', play.refusal.code);
    }
    prune();
  }

  return { book, dissolved, answered, rankFactorOf, experience, takePublished, takeRecord, start };
}

type Mutable<T> = {
  -readonly [Key in keyof T]: T[Key] extends Readonly<Record<string, number>>
    ? Record<string, number>
    : T[Key];
};

const kindsMax = 2_000;
const provablyBad = new Set<string>(['AMP-1001', 'AMP-1101', 'AMP-1601', 'AMP-1603']);
const membersMax = 31;
const skillsMax = 16;

/** What was seen of a team's work; its signer and its kind come with the record. */
type SeenPlay = Pick<PlayDraft, 'members' | 'talk' | 'proposals' | 'score'> & { readonly goal: string };

/** A coalition talks directly; how much of its work was accepted, by quality where the asker judged it. */
function playOfTeam({ goal, members, items }: UnsignedOutcome): SeenPlay {
  const done = items.filter((item) => item.agent !== undefined);
  return {
    goal,
    members: members.map((agent) => ({
      agent,
      skills: done.filter((item) => item.agent === agent).map(({ skill }) => skill),
    })),
    ...{ talk: 'direct', proposals: 'shared' },
    score: items.length === 0 ? 0 : done.reduce((sum, item) => sum + (item.quality ?? 1), 0) / items.length,
  };
}

/** Who contributed, and to which requirements; those with most first where they are too many. */
function membersOf(view: JobView): { agent: Did; skills: string[] }[] {
  const skills = new Map<Did, Set<string>>();
  for (const { author, meets, supersededBy } of view.contributions) {
    if (author === view.asker || supersededBy !== undefined) continue;
    const known = skills.get(author) ?? new Set<string>();
    skills.set(author, known);
    for (const requirement of meets) known.add(requirement);
  }
  return [...skills]
    .sort((a, b) => b[1].size - a[1].size)
    .slice(0, membersMax)
    .map(([agent, own]) => ({ agent, skills: [...own].slice(0, skillsMax) }));
}

/** Who did what another had announced and then let fall, once for each such thing. */
function rescuersOf(view: JobView): Did[] {
  return view.requirements.flatMap(({ id }) => {
    const makers = new Set(
      view.contributions.filter((one) => one.meets.includes(id)).map(({ author }) => author),
    );
    const dropped = view.intentions.filter((one) => one.about.includes(id) && !makers.has(one.agent));
    const first = view.contributions.find(
      (one) => one.meets.includes(id) && dropped.some((intention) => intention.untilMs < one.at),
    );
    return first === undefined ? [] : [first.author];
  });
}

/** The share of requirements that are met; without requirements, of contributions that nobody wants changed. */
function scoreOf(view: JobView): number {
  const share = (part: number, all: number) => (all === 0 ? 0 : part / all);
  if (view.requirements.length > 0)
    return share(view.requirements.filter((one) => one.state === 'met').length, view.requirements.length);
  const standing = view.contributions.filter((one) => one.supersededBy === undefined);
  return share(standing.filter((one) => one.changeWantedBy.length === 0).length, standing.length);
}

/** Several proposed rival solutions of one requirement. */
function haveRivals(view: JobView): boolean {
  const proposals = new Map(
    view.contributions.filter((one) => one.type === 'proposal').map((one) => [one.id, one.author]),
  );
  return view.requirements.some(
    ({ contributions }) => new Set(contributions.flatMap((id) => proposals.get(id) ?? [])).size > 1,
  );
}

function talkOf(entries: readonly Envelope[]): 'direct' | 'broadcast' {
  const direct = entries.filter((entry) => typeof entry.to === 'string').length;
  return direct * 2 > entries.length ? 'direct' : 'broadcast';
}

function textOf(content: string | Readonly<Record<string, unknown>>): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
