import { agreementModel } from '../agreement/agreement-model.ts';
import { RandomStream } from '../clock/random.ts';
import { exactly, type Replication } from './replication.ts';

const servers = 5;
const electionsPerSeed = 200;

/** Crash-tolerant election trusts every vote; one that votes twice is enough. */
export const crashElection: Replication = {
  id: 'crash-election',
  title:
    'Raft elects at most one leader a term while servers only crash; one liar breaks it, Byzantine agreement holds',
  citation:
    'Ongaro and Ousterhout 2014, In search of an understandable consensus algorithm, section 5.2; Lamport, Shostak and Pease 1982',
  mechanism:
    'leader election of Raft (randomised timeouts, one vote a term, heartbeats) among five servers of which up to two crash; ' +
    'then one server grants every vote it is asked for; beside it the consensus machine that ships, with one liar of four',
  inputs: {
    servers,
    electionTimeoutMs: '150 to 300',
    messageMs: '5 to 60 (chosen here)',
    elections: `${electionsPerSeed} a seed`,
  },
  confirmed:
    'Rules and timeouts as the paper is commonly cited; the liar is not in it, as the paper excludes Byzantine faults.',
  seedCount: 10,
  figures: [
    {
      name: 'twoLeadersCrash',
      about: 'elections with two leaders in one term, servers only crash',
      band: exactly(0),
      why: 'Election Safety, section 5.2',
    },
    {
      name: 'electedCrash',
      about: 'share of elections with a leader within 5 s of virtual time, servers only crash',
      band: { low: 0.99, high: 1 },
      why: 'a majority runs: split votes repeat, but rarely for long',
    },
    {
      name: 'twoLeadersLiar',
      about: 'elections of each seed with two leaders in one term, one server votes twice',
      band: { low: 1, high: electionsPerSeed },
      why: 'two majorities of five meet in one server: if that one lies, nothing is left',
    },
    {
      name: 'agreementBroken',
      about: 'runs of Byzantine agreement with one liar of four that were unsafe or not live',
      band: exactly(0),
      why: 'n = 3f + 1',
    },
  ],
  measure(seed) {
    const random = RandomStream.fromSeed(seed).split('election');
    const counted = { twoLeadersCrash: 0, electedCrash: 0, twoLeadersLiar: 0 };
    for (let i = 0; i < electionsPerSeed; i++) {
      const crash = elect(random.split('crash', i), false);
      if (crash.hasTwoLeaders) counted.twoLeadersCrash++;
      if (crash.hasLeader) counted.electedCrash++;
      if (elect(random.split('liar', i), true).hasTwoLeaders) counted.twoLeadersLiar++;
    }
    const settings = { members: 4, byzantineShare: 0.25, splitDelays: 100, patienceDelays: 2000 };
    const { metrics } = agreementModel.run(settings, seed);
    return {
      ...counted,
      electedCrash: counted.electedCrash / electionsPerSeed,
      agreementBroken: metrics.safety === 1 && metrics.liveness === 1 ? 0 : 1,
    };
  },
};

interface Server {
  term: number;
  votedFor: number;
  role: 'follower' | 'candidate' | 'leader' | 'down';
  votes: Set<number>;
  timeoutAt: number;
}

type Letter = { readonly at: number; readonly from: number; readonly to: number; readonly term: number } & {
  readonly type: 'ask' | 'grant' | 'heartbeat';
};

/** The first election, or the next ones when leaders crash; logs are equal, so any server may win. */
function elect(random: RandomStream, hasLiar: boolean): { hasLeader: boolean; hasTwoLeaders: boolean } {
  const wait = () => 150 + random.unit() * 150;
  const all: Server[] = Array.from({ length: servers }, () => ({
    term: 0,
    votedFor: -1,
    role: 'follower',
    votes: new Set<number>(),
    timeoutAt: wait(),
  }));
  const liar = hasLiar ? 1 : -1;
  const crashes = hasLiar
    ? []
    : [0, 1].slice(random.below(3)).map((server) => ({ server, at: random.unit() * 1500 }));
  const leaders = new Map<number, Set<number>>();
  const letters: Letter[] = [];
  const send = (nowMs: number, from: number, to: number, type: Letter['type'], term: number) =>
    letters.push({ at: nowMs + 5 + random.unit() * 55, from, to, type, term });
  const tell = (nowMs: number, from: number, type: Letter['type'], term: number) => {
    for (let to = 0; to < servers; to++) if (to !== from) send(nowMs, from, to, type, term);
  };
  const follow = (server: Server, term: number) => {
    if (term <= server.term) return;
    server.term = term;
    server.votedFor = -1;
    if (server.role !== 'down') server.role = 'follower';
  };
  const stand = (nowMs: number, id: number) => {
    const server = all[id]!;
    server.term++;
    server.role = 'candidate';
    server.votedFor = id;
    server.votes = new Set([id]);
    server.timeoutAt = nowMs + wait();
    tell(nowMs, id, 'ask', server.term);
  };
  const take = (letter: Letter) => {
    const { at, from, to, term, type } = letter;
    const server = all[to]!;
    if (server.role === 'down') return;
    follow(server, term);
    if (term < server.term && to !== liar) return;
    if (type === 'ask' && (to === liar || server.votedFor === -1 || server.votedFor === from)) {
      server.votedFor = from;
      server.timeoutAt = at + wait();
      send(at, to, from, 'grant', term);
    }
    if (type === 'heartbeat') server.timeoutAt = at + wait();
    if (type !== 'grant' || server.role !== 'candidate' || term !== server.term) return;
    server.votes.add(from);
    if (2 * server.votes.size <= servers) return;
    server.role = 'leader';
    server.timeoutAt = at;
    leaders.set(term, (leaders.get(term) ?? new Set()).add(to));
  };
  for (let nowMs = 0; nowMs < 5000; nowMs++) {
    for (const { server, at } of crashes) if (nowMs >= at) all[server]!.role = 'down';
    for (let i = letters.length - 1; i >= 0; i--) if (letters[i]!.at <= nowMs) take(letters.splice(i, 1)[0]!);
    all.forEach((server, id) => {
      if (server.role === 'down' || server.timeoutAt > nowMs) return;
      if (server.role !== 'leader') stand(nowMs, id);
      else {
        tell(nowMs, id, 'heartbeat', server.term);
        server.timeoutAt = nowMs + 50;
      }
    });
    // Ten heartbeats after a leader is there nothing new comes.
    if (all.some(({ role }) => role === 'leader') && nowMs > 2000) break;
  }
  return { hasLeader: leaders.size > 0, hasTwoLeaders: [...leaders.values()].some(({ size }) => size > 1) };
}
