/** Ballots of the decisions of this node: cast by its agents, taken from others, kept, and sent to those who count. */
import type { Did, NodeId } from '../../protocol/brand.ts';
import { rosterMax } from '../../protocol/consensus/index.ts';
import {
  type Ballot,
  ballotBucket,
  ballotSchema,
  checkBallot,
  decisionDomains,
  decisionSignature,
} from '../../protocol/decisions/index.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { EdgeMessageOf } from '../../protocol/messages.ts';
import { checkSignature, signObject, type Verified } from '../../protocol/signing.ts';
import type { CountAgreement } from './count-agreement.ts';
import { keysOf, type OpenedDecision } from './decision-opening.ts';
import type { DecisionStore, KnownDecision } from './decision-store.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { PeerCore } from './peer-core.ts';
import type { SimpleTally } from './simple-tally.ts';

export interface BallotBoxComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly store: DecisionStore;
  readonly tally: SimpleTally;
  readonly agreement: CountAgreement;
  readonly nodeOf: (agent: Did) => NodeId | undefined;
  readonly send: (node: NodeId, body: JsonObject) => void;
}

export interface BallotBox {
  /** An agent of this node votes; the node signs. */
  cast(known: KnownDecision, agent: LocalAgent, vote: EdgeMessageOf<'vote'>): Checked<string>;
  /** A ballot from another node. */
  take(known: KnownDecision, body: JsonObject): void;
  /** On a slow way the question comes after the ballots of those who were quicker. */
  takeEarly(body: JsonObject): void;
  /** The question came: what came before it is counted now. */
  opened(known: KnownDecision): void;
  /** Send the ballots of this node's agents again. */
  resend(known: KnownDecision): void;
}

const earlyDecisionsMax = 32;
/** As many as a roster has members. */
const earlyPerDecisionMax = rosterMax;

export function createBallotBox(components: BallotBoxComponents): BallotBox {
  const { core, local, store, tally, agreement, nodeOf, send } = components;
  /** Ballots of decisions that are not open here yet; what finds no room is sent again. */
  const early = new Map<string, readonly Ballot[]>();

  function cast(known: KnownDecision, agent: LocalAgent, vote: EdgeMessageOf<'vote'>): Checked<string> {
    const { decision, hash } = known.opened;
    const voter = decision.voters.find((one) => one.did === agent.did);
    if (voter === undefined) return refuse('AMP-1855', 'This agent is not in the electorate.', 'decision');
    const own = known.ballots.get(agent.did)?.[0];
    if (own !== undefined) {
      const isSame = JSON.stringify(own.choice) === JSON.stringify(vote.choice);
      return isSame ? accept(vote.decision) : refuse('AMP-1855', 'This agent has voted already.', 'choice');
    }
    if (known.outcome !== undefined || decision.closesAt <= core.clock.nowMs())
      return refuse('AMP-1858', 'This decision is over.', 'decision');
    if (!core.keys.has(voter.key as Did))
      return refuse('AMP-1102', 'The key that votes for this agent is at another node.', 'decision');
    const ballot = signObject(core.keys, voter.key as Did, decisionDomains.ballot, {
      record: 'ballot' as const,
      mesh: decision.mesh,
      space: decision.space,
      decision: hash,
      voter: agent.did,
      choice: vote.choice,
      ...(vote.leader === undefined ? {} : { leader: vote.leader }),
      ...(vote.opinion === undefined ? {} : { opinion: vote.opinion }),
    });
    const checked = checkBallot(decision, hash, ballot);
    if (!checked.ok) return checked;
    keep(known, ballot);
    core.turn.afterCommit(() => spread(known, ballot));
    core.note({
      kind: 'ballot-cast',
      decision: decision.id,
      agent: agent.did,
      name: agent.name,
      choice: vote.choice,
    });
    return accept(vote.decision);
  }

  /** A ballot with a good signature. */
  function keep(known: KnownDecision, ballot: Ballot): void {
    if (tally.takeBallot(known, ballot as Verified<Ballot>)) {
      store.keepBallot(known, ballot);
      return;
    }
    const at = store.keepBallot(known, ballot);
    if (at === undefined) return;
    const key = `${known.opened.hash}/${ballot.voter}/${at}`;
    core.turn.persist(ballotBucket, key, JSON.stringify(ballot));
    agreement.ballotKept(known);
  }

  function spread({ opened }: KnownDecision, ballot: Ballot): void {
    const body = { kind: 'ballot', decision: opened.decision.id, ballot };
    for (const node of countersOf(opened)) send(node, body as unknown as JsonObject);
  }

  /** The nodes that count: all of the roster, or the asker's. */
  function countersOf({ roster, decision }: OpenedDecision): readonly NodeId[] {
    const nodes =
      roster === undefined
        ? [nodeOf(decision.asker as Did)]
        : roster.record.members.map((member) => member.node);
    return nodes.filter((node): node is NodeId => node !== undefined && node !== core.self);
  }

  function take(known: KnownDecision, { ballot }: JsonObject): void {
    const read = matchSchema(ballotSchema, ballot as JsonObject);
    if (read.ok) keepIfGood(known, read.value);
    else core.countIgnored('decision', 'bad-ballot');
  }

  function keepIfGood(known: KnownDecision, ballot: Ballot): void {
    const { decision, hash } = known.opened;
    const isGood =
      checkBallot(decision, hash, ballot).ok &&
      checkSignature(core.keys, decisionSignature(ballot, keysOf(decision)));
    if (isGood) keep(known, ballot);
    else core.countIgnored('decision', 'bad-ballot');
  }

  function takeEarly({ kind, decision, ballot }: JsonObject): void {
    const read = kind === 'ballot' ? matchSchema(ballotSchema, ballot as JsonObject) : undefined;
    if (read?.ok !== true) return core.countIgnored('decision', 'unknown');
    const id = String(decision);
    const waiting = early.get(id) ?? [];
    if (waiting.length >= earlyPerDecisionMax) return core.countIgnored('decision', 'unknown');
    early.set(id, [...waiting, read.value]);
    if (early.size > earlyDecisionsMax) early.delete(early.keys().next().value!);
  }

  return {
    cast,
    take,
    takeEarly,
    opened(known) {
      const { id } = known.opened.decision;
      const ballots = early.get(id) ?? [];
      early.delete(id);
      for (const ballot of ballots) keepIfGood(known, ballot);
    },
    resend(known) {
      for (const voter of known.opened.decision.voters) {
        if (local.get(voter.did as Did) === undefined) continue;
        for (const ballot of known.ballots.get(voter.did as Did) ?? []) spread(known, ballot);
      }
    },
  };
}
