/**
 * Counting by a simple rule: the asker's node counts, and the leader whom the voters named breaks a tie. Every
 * other node counts the certificate again.
 */
import type { Did, NodeId } from '../../protocol/brand.ts';
import {
  type Ballot,
  type BallotCertificate,
  type BallotEffect,
  type BallotInput,
  type BallotMachine,
  createBallotMachine,
  decisionDomains,
  decisionSignature,
  hashDecision,
  type TieBreak,
  tieBreakSchema,
  verifyBallotCertificate,
} from '../../protocol/decisions/index.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessageOf, Envelope } from '../../protocol/messages.ts';
import { checkSignature, signObject, type Verified } from '../../protocol/signing.ts';
import { sendDecisionEvent } from './answer-agent.ts';
import { keysOf } from './decision-opening.ts';
import type { KnownDecision } from './decision-store.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { PeerCore } from './peer-core.ts';

export interface SimpleTallyComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly nodeOf: (agent: Did) => NodeId | undefined;
  readonly send: (node: NodeId, body: JsonObject) => void;
  readonly onCounted: (known: KnownDecision, certificate: BallotCertificate) => void;
}

export interface SimpleTally {
  /** This node counts. */
  begin(known: KnownDecision): void;
  /** False for a decision that this node does not count. */
  takeBallot(known: KnownDecision, ballot: Verified<Ballot>): boolean;
  /** The leader, an agent of this node, was asked: what it says next breaks the tie. */
  isTied(known: KnownDecision): boolean;
  breakTie(known: KnownDecision, agent: LocalAgent, vote: EdgeMessageOf<'vote'>): Checked<string>;
  /** The asker's node asks the leader. */
  takeTie(known: KnownDecision, from: NodeId, body: JsonObject): void;
  /** The leader's node answers. */
  takeTieBreak(known: KnownDecision, body: JsonObject): void;
  /** The asker's word on the count, to be counted again here. */
  takeDecided(known: KnownDecision, envelope: Extract<Envelope, { type: 'decided' }>): void;
}

const tieBreakMs = 10_000;

export function createSimpleTally(components: SimpleTallyComponents): SimpleTally {
  const { core, local, nodeOf, send, onCounted } = components;
  const machines = new WeakMap<KnownDecision, BallotMachine>();
  const tiedOptions = new WeakMap<KnownDecision, readonly string[]>();

  function begin(known: KnownDecision): void {
    const { decision } = known.opened;
    const restored = [...known.ballots.values()].flat();
    machines.set(known, createBallotMachine(core.keys, { decision, tieBreakMs, restored }));
    step(known, { type: 'start', atMs: core.clock.nowMs() });
  }

  function step(known: KnownDecision, input: BallotInput): void {
    for (const effect of machines.get(known)?.step(input) ?? []) perform(known, effect);
  }

  function perform(known: KnownDecision, effect: BallotEffect): void {
    switch (effect.type) {
      case 'persist':
        return core.turn.persist(effect.bucket, effect.key, effect.value);
      case 'set-timer':
      case 'cancel-timer':
        return core.timers.apply('ballot', effect, (timer, atMs) =>
          step(known, { type: 'timer-fired', timer, atMs }),
        );
      case 'ask-leader':
        return askLeader(known, effect.leader, effect.options);
      case 'report-outcome':
        return onCounted(known, effect.certificate);
      case 'ignored':
        return core.countIgnored('ballot', effect.reason);
    }
  }

  function askLeader(known: KnownDecision, leader: Did, options: readonly string[]): void {
    const tie = { kind: 'tie', decision: known.opened.decision.id, leader, options };
    const body = tie as unknown as JsonObject;
    if (local.get(leader) !== undefined) return takeTie(known, core.self, body);
    const node = nodeOf(leader);
    if (node !== undefined) core.turn.afterCommit(() => send(node, body));
  }

  function takeTie(known: KnownDecision, from: NodeId, body: JsonObject): void {
    const { id, question, asker, options: all } = known.opened.decision;
    const leader = local.get(body.leader as Did);
    if (leader === undefined || nodeOf(asker as Did) !== from)
      return core.countIgnored('decision', 'not-the-leader');
    const options = (body.options as readonly string[]).filter((one) => all.includes(one));
    tiedOptions.set(known, options);
    sendDecisionEvent(leader, { kind: 'tie', decision: id, question, options });
  }

  function breakTie(known: KnownDecision, agent: LocalAgent, vote: EdgeMessageOf<'vote'>): Checked<string> {
    const { decision, hash } = known.opened;
    const options = tiedOptions.get(known);
    const voter = decision.voters.find((one) => one.did === agent.did);
    const [option] = vote.choice;
    if (voter === undefined || option === undefined || options?.includes(option) !== true)
      return refuse('AMP-1855', `Choose among ${options?.join(', ')}.`, 'choice');
    const tieBreak = signObject(core.keys, voter.key as Did, decisionDomains['tie-break'], {
      record: 'tie-break' as const,
      mesh: decision.mesh,
      space: decision.space,
      decision: hash,
      option,
      leader: agent.did,
    });
    tiedOptions.delete(known);
    if (machines.has(known)) hearTieBreak(known, tieBreak as unknown as Verified<TieBreak>);
    else {
      const node = nodeOf(decision.asker as Did);
      const body = { kind: 'tie-break', decision: decision.id, tieBreak };
      if (node !== undefined) core.turn.afterCommit(() => send(node, body as unknown as JsonObject));
    }
    return accept(decision.id);
  }

  function takeTieBreak(known: KnownDecision, body: JsonObject): void {
    const word = matchSchema(tieBreakSchema, body.tieBreak as JsonObject);
    if (!word.ok || !checkSignature(core.keys, decisionSignature(word.value, keysOf(known.opened.decision))))
      return core.countIgnored('decision', 'bad-tie-break');
    hearTieBreak(known, word.value as Verified<TieBreak>);
  }

  function hearTieBreak(known: KnownDecision, tieBreak: Verified<TieBreak>): void {
    step(known, { type: 'tie-break-received', tieBreak, atMs: core.clock.nowMs() });
  }

  function takeDecided(known: KnownDecision, envelope: Extract<Envelope, { type: 'decided' }>): void {
    if (known.outcome !== undefined || known.opened.roster !== undefined) return;
    if (envelope.from !== known.opened.decision.asker) return core.countIgnored('decision', 'not-the-asker');
    const verified = verifyBallotCertificate(core.keys, envelope.certificate);
    if (!verified.ok || hashDecision(core.keys, verified.value.decision) !== known.opened.hash)
      return core.countIgnored('decision', 'bad-certificate');
    onCounted(known, verified.value);
  }

  return {
    begin,
    takeBallot(known, ballot) {
      if (!machines.has(known)) return false;
      step(known, { type: 'ballot-received', ballot, atMs: core.clock.nowMs() });
      return true;
    },
    isTied: (known) => tiedOptions.has(known),
    breakTie,
    takeTie,
    takeTieBreak,
    takeDecided,
  };
}
