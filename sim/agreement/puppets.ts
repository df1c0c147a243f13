/**
 * Liars that see everything honest members send at once, share their keys and knowledge, and say what they like
 * to whom they like. Each behaviour is one of the adversary catalogue; a seed mixes them.
 */
import type { Did, Sha256 } from '../../protocol/brand.ts';
import type {
  Certificate,
  ConsensusMessage,
  Proposal,
  ProposedValue,
  Vote,
} from '../../protocol/consensus/index.ts';
import type { Draw } from './draw.ts';
import { delayMs, type Host, type World } from './world.ts';

export const behaviours = [
  'equivocate-proposal',
  'split-support',
  'hidden-lock',
  'random-votes',
  'back-to-the-past',
  'replay',
  'malformed',
  'bad-certificates',
  'forged-valid-round',
  'false-undecided',
] as const;
export type Behaviour = (typeof behaviours)[number];

interface RoundView {
  readonly prevotes: Map<number, Vote>;
  readonly precommits: Map<number, Vote>;
}

export class Puppets {
  readonly #world: World;
  readonly #draw: Draw;
  readonly #members: readonly number[];
  readonly #behaviours: ReadonlySet<Behaviour>;
  readonly #views = new Map<number, RoundView>();
  readonly #values = new Map<Sha256, ProposedValue>();
  readonly #seen: ConsensusMessage[] = [];
  #maxRound = 0;

  constructor(world: World, draw: Draw, members: readonly number[], chosen: readonly Behaviour[]) {
    this.#world = world;
    this.#draw = draw;
    this.#members = members;
    this.#behaviours = new Set(chosen);
    for (let i = 0; i < 2; i++) this.#learnValue(`p${i}`);
    if (this.#has('malformed')) this.#learnValue('bad');
  }

  #has(behaviour: Behaviour): boolean {
    return this.#behaviours.has(behaviour);
  }

  #learnValue(value: string): void {
    const proposal = { value: this.#world.valueIdOf(value) } as Proposal;
    this.#values.set(proposal.value, { proposal, value });
  }

  /** Watch what a machine sends; call from `World.onSent`. */
  observe(message: ConsensusMessage): void {
    if (this.#seen.length < 200) this.#seen.push(message);
    if (message.type === 'vote') this.#observeVote(message.vote);
    if (message.type !== 'proposal') return;
    const { proposal, value } = message;
    if (!this.#values.has(proposal.value)) this.#values.set(proposal.value, { proposal, value });
    this.#reachRound(message.proposal.round);
  }

  #observeVote(vote: Vote): void {
    const view = this.#viewOf(vote.round);
    const member = this.#world.instance.indexes.get(vote.voter)!;
    const side = vote.type === 'prevote' ? view.prevotes : view.precommits;
    if (!side.has(member)) side.set(member, vote);
    this.#reachRound(vote.round);
    if (this.#has('split-support') && this.#draw.chance(0.6)) this.#supportWhatItVoted(member, vote);
    if (this.#has('hidden-lock') && vote.type === 'prevote' && this.#draw.chance(0.3))
      this.#hideLock(vote.round);
  }

  #reachRound(round: number): void {
    if (round <= this.#maxRound && round > 0) return;
    this.#maxRound = round;
    for (const member of this.#members) {
      if (this.#has('equivocate-proposal') || this.#has('forged-valid-round')) this.#propose(member, round);
    }
  }

  #viewOf(round: number): RoundView {
    let view = this.#views.get(round);
    if (view === undefined) {
      view = { prevotes: new Map(), precommits: new Map() };
      this.#views.set(round, view);
    }
    return view;
  }

  /** Act now and then, whatever the others do. */
  tick(): void {
    for (const member of this.#members) {
      const act = this.#draw.pick([...this.#behaviours]);
      switch (act) {
        case 'equivocate-proposal':
        case 'forged-valid-round':
          this.#propose(member, this.#maxRound + this.#draw.below(2));
          break;
        case 'split-support':
          this.#supportAll(this.#maxRound);
          break;
        case 'hidden-lock':
          this.#hideLock(Math.max(0, this.#maxRound - this.#draw.below(2)));
          break;
        case 'random-votes':
          this.#voteAtRandom(member, this.#anyRound());
          break;
        case 'back-to-the-past':
          this.#voteAtRandom(member, this.#draw.below(this.#maxRound + 1));
          break;
        case 'replay':
          if (this.#seen.length > 0)
            this.#tell(member, this.#someHonest(0.5), this.#draw.pick(this.#seen), delayMs);
          break;
        case 'malformed':
          this.#sendMalformed(member);
          break;
        case 'bad-certificates':
          this.#sendCertificate(member);
          break;
        case 'false-undecided':
          this.#claimUndecided(member);
          break;
      }
    }
  }

  // ---- behaviours

  /** Up to three values to disjoint groups; the valid round may be true, forged, or none. */
  #propose(member: number, round: number): void {
    const { instance, engine } = this.#world;
    if (engine.proposerIndex(instance, round) !== member) return;
    const honest = this.#draw.shuffle(this.#honestMembers());
    const groupCount = this.#has('equivocate-proposal') ? this.#draw.between(1, 3) : 1;
    for (let group = 0; group < groupCount; group++) {
      const known = this.#draw.pick([...this.#values.values()]);
      const proposal = this.#world.keys.sign({
        record: 'vote-proposal',
        ...this.#name(),
        round,
        value: known.proposal.value,
        validRound: this.#pickValidRound(round, known.proposal.value),
        proposer: instance.members[member]!,
      });
      const polkas = this.#provedPolkas(proposal.validRound, proposal.value);
      const targets = honest.filter((_, i) => i % groupCount === group);
      const message: ConsensusMessage = {
        type: 'proposal',
        proposal,
        value: known.value,
        ...(polkas.length > 0 && { polkas }),
      };
      this.#tell(member, targets, message, delayMs / 2);
    }
  }

  #pickValidRound(round: number, value: Sha256): number {
    const proved = [...this.#views.keys()].filter((r) => r < round && this.#polka(r, value) !== undefined);
    if (proved.length > 0 && this.#draw.chance(0.5)) return this.#draw.pick(proved);
    if (round === 0 || !this.#has('forged-valid-round')) return -1;
    return this.#draw.chance(0.5) ? this.#draw.below(round) : -1;
  }

  #supportAll(round: number): void {
    for (const [member, vote] of this.#viewOf(round).prevotes) this.#supportWhatItVoted(member, vote);
  }

  /** Tell each honest member what it wants to hear: the value it voted for, in both types. */
  #supportWhatItVoted(honest: number, vote: Vote): void {
    if (vote.value === null && this.#draw.chance(0.7)) return;
    for (const member of this.#members) {
      const prevote = this.#vote(
        member,
        'prevote',
        vote.round,
        vote.value,
        vote.value === null ? -1 : vote.validRound,
      );
      this.#tell(member, [honest], { type: 'vote', vote: prevote }, delayMs);
      if (this.#draw.chance(0.5)) continue;
      const precommit = this.#vote(member, 'precommit', vote.round, vote.value, -1);
      this.#tell(member, [honest], { type: 'vote', vote: precommit }, delayMs);
    }
  }

  /** Complete a polka for one member only, just before its timer runs out. */
  #hideLock(round: number): void {
    const votes = [...this.#viewOf(round).prevotes.values()].filter((vote) => vote.value !== null);
    if (votes.length === 0) return;
    const vote = this.#draw.pick(votes);
    const target = [this.#draw.pick(this.#honestMembers())];
    const late = this.#draw.chance(0.5) ? 2 * delayMs : delayMs;
    for (const member of this.#members) {
      const prevote = this.#vote(member, 'prevote', round, vote.value, vote.validRound);
      this.#tell(member, target, { type: 'vote', vote: prevote }, late);
    }
  }

  #voteAtRandom(member: number, round: number): void {
    const value = this.#draw.chance(0.2) ? null : this.#draw.pick([...this.#values.keys()]);
    const type = this.#draw.chance(0.5) ? 'prevote' : 'precommit';
    const claims = type === 'prevote' && value !== null && round > 0 && this.#draw.chance(0.3);
    const vote = this.#vote(member, type, round, value, claims ? this.#draw.below(round) : -1);
    this.#tell(member, this.#someHonest(0.6), { type: 'vote', vote }, 2 * delayMs);
  }

  #anyRound(): number {
    const far = [this.#maxRound + 1, this.#maxRound + 2, this.#maxRound + 3, 900, 10_000];
    return this.#draw.chance(0.7) ? this.#maxRound : this.#draw.pick(far);
  }

  /** What no decoder or signature check lets through, or no rule takes. */
  #sendMalformed(member: number): void {
    const round = this.#maxRound;
    const value = this.#draw.pick([...this.#values.keys()]);
    const good = this.#vote(member, 'prevote', round, value, -1);
    const name = this.#name();
    const forgedVoter = this.#world.instance.members[this.#draw.pick(this.#honestMembers())]!;
    const votes: Vote[] = [
      { ...good, sig: `${good.sig}x` },
      { ...good, voter: forgedVoter },
      this.#world.keys.sign({ ...unsigned(good), instance: 'instance-2' }),
      this.#world.keys.sign({ ...unsigned(good), roster: `${name.roster}0` as Sha256 }),
      this.#world.keys.sign({ ...unsigned(good), mesh: 'other' }),
      this.#world.keys.sign({ ...unsigned(good), voter: 'did:key:stranger' as Did }),
      this.#world.keys.sign({ ...unsigned(good), round: 10_000 }),
    ];
    this.#tell(member, this.#someHonest(0.8), { type: 'vote', vote: this.#draw.pick(votes) }, delayMs);
    const proposal = this.#world.keys.sign({
      record: 'vote-proposal',
      ...name,
      round: this.#draw.chance(0.5) ? round : round + 1,
      value,
      validRound: -1,
      proposer: this.#world.instance.members[member]!,
    });
    const wrongValue = this.#draw.chance(0.5) ? 'something else' : this.#values.get(value)!.value;
    this.#tell(member, this.#someHonest(0.8), { type: 'proposal', proposal, value: wrongValue }, delayMs);
  }

  /** Certificates that are short, padded, mixed, or (rarely) true ones made with the liars' own votes. */
  #sendCertificate(member: number): void {
    const round = this.#draw.below(this.#maxRound + 1);
    const value = this.#draw.pick([...this.#values.keys()]);
    const kind = this.#draw.pick(['polka', 'decision', 'round'] as const);
    const type = kind === 'polka' ? 'prevote' : 'precommit';
    const view = this.#viewOf(round)[type === 'prevote' ? 'prevotes' : 'precommits'];
    const own = this.#members.map((liar) => this.#vote(liar, type, round, value, -1));
    const theirs = [...view.values()].filter((vote) => vote.value === value);
    const padding = [
      [],
      Array.from({ length: this.#world.n }, () => own[0]!),
      [...view.values()],
      this.#members.map((liar) => this.#vote(liar, type, round + 1, value, -1)),
    ];
    const votes = [...own, ...theirs, ...this.#draw.pick(padding)].slice(0, 31);
    const certificate: Certificate = { kind, round, value: kind === 'round' ? null : value, votes };
    const known = this.#values.get(value)!;
    const proposed = known.proposal.proposer === undefined ? undefined : known;
    const message: ConsensusMessage = { type: 'certificate', certificate, ...(proposed && { proposed }) };
    this.#tell(member, this.#someHonest(0.5), message, delayMs);
  }

  #claimUndecided(member: number): void {
    const undecided = this.#world.keys.sign({
      record: 'undecided',
      ...this.#name(),
      round: this.#maxRound,
      lockedRound: -1,
      lockedValue: null,
      reason: 'deadline',
      member: this.#world.instance.members[member]!,
    });
    this.#tell(member, this.#someHonest(0.5), { type: 'undecided', undecided }, delayMs);
  }

  // ---- means

  #vote(member: number, type: Vote['type'], round: number, value: Sha256 | null, validRound: number): Vote {
    const voter = this.#world.instance.members[member]!;
    return this.#world.keys.sign({ record: 'vote', ...this.#name(), type, round, value, validRound, voter });
  }

  /** A polka that the liars can complete with their own prevotes. */
  #polka(round: number, value: Sha256): Certificate | undefined {
    const theirs = [...(this.#views.get(round)?.prevotes.values() ?? [])].filter(
      (vote) => vote.value === value && vote.validRound === -1,
    );
    if (theirs.length + this.#members.length < this.#world.instance.quorum) return undefined;
    const own = this.#members.map((member) => this.#vote(member, 'prevote', round, value, -1));
    return { kind: 'polka', round, value, votes: [...own, ...theirs].slice(0, this.#world.instance.quorum) };
  }

  #provedPolkas(round: number, value: Sha256): Certificate[] {
    const polka = round < 0 ? undefined : this.#polka(round, value);
    return polka === undefined ? [] : [polka];
  }

  #tell(member: number, targets: readonly number[], message: ConsensusMessage, delayMaxMs: number): void {
    Object.freeze(message);
    for (const to of targets) this.#world.sendAfter(this.#draw.between(0, delayMaxMs), member, to, message);
  }

  #honestMembers(): number[] {
    return this.#world.honest().map((host: Host) => host.member);
  }

  #someHonest(share: number): number[] {
    return this.#draw.some(this.#honestMembers(), share);
  }

  #name() {
    const { mesh, space, instance, roster } = this.#world.instance;
    return { mesh, space, instance, roster };
  }
}

function unsigned(vote: Vote): Omit<Vote, 'sig'> {
  const { sig: _, ...rest } = vote;
  return rest;
}
