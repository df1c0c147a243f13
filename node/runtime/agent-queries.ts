/** What an agent may ask its node: `query` answered by `found`. */

import * as z from 'zod';
import { querySchema } from '../../discovery/query.ts';
import type { AttachmentRegistry } from '../../protocol/attachment/registry.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import { matchSchema } from '../../protocol/decode.ts';
import { accept, type Checked, refuse } from '../../protocol/errors.ts';
import * as f from '../../protocol/message-fields.ts';
import type { EdgeMessageOf } from '../../protocol/messages.ts';
import type { CapabilityDesk } from './capability-desk.ts';
import type { CommonsDesk } from './commons-desk.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import type { LearningDesk } from './learning-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import type { OutcomeDesk } from './outcome-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { SpaceDesk } from './space-desk.ts';
import type { ThreadDesk } from './thread-desk.ts';

/** What a list of the agents is made of. */
export interface AgentListComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly registry: AttachmentRegistry;
  readonly capabilities: CapabilityDesk;
}

export interface QueryComponents extends AgentListComponents {
  readonly delivery: DeliveryDesk;
  readonly spaces: SpaceDesk;
  readonly outcomes: OutcomeDesk;
  readonly learning: LearningDesk;
  readonly threads: Pick<ThreadDesk, 'memory'>;
  readonly commons: Pick<CommonsDesk, 'openAsks'>;
}

export interface Found {
  readonly items: readonly unknown[];
  readonly explain?: unknown;
}

type Query = EdgeMessageOf<'query'>;

/** What can be asked. */
const queryKinds = [
  'agents',
  'peers',
  'discover',
  'thread',
  'space',
  'mail',
  'events',
  'asks',
  'experience',
] as const;

export function answerQuery(components: QueryComponents, agent: LocalAgent, query: Query): Checked<Found> {
  const limit = Math.min(query.limit ?? 100, 1_000);
  switch (query.what as (typeof queryKinds)[number]) {
    case 'agents':
      return accept({ items: listAgents(components).slice(0, limit) });
    case 'peers':
      return accept({ items: components.core.transport.peers() });
    case 'thread':
      return accept({
        items: components.threads.memory.thread(query.text ?? '').map((message) => message.envelope),
      });
    case 'space':
      return showSpace(components, agent, query);
    case 'mail':
      return accept({ items: components.delivery.machine.list(agent.did).slice(0, limit) });
    case 'asks':
      // Only who knows an ask can find it: its key is the hash of all that was asked.
      return accept({
        items: components.commons.openAsks.list(query.text ?? '', components.core.clock.nowMs()),
      });
    case 'experience':
      return tellExperience(components, query);
    default:
      return refuse('AMP-1005', `A node can be asked for ${queryKinds.join(', ')}.`, 'what');
  }
}

/** What is known of agents for a task: `filter.agents` names the candidates. */
function tellExperience({ learning }: QueryComponents, { text, filter }: Query): Checked<Found> {
  const agents = z.array(f.did).max(1_000).safeParse(filter?.agents);
  if (!agents.success)
    return refuse('AMP-1005', 'Name the agents to be told of as a list of DIDs.', 'filter.agents');
  const { agents: items, ...explain } = learning.experience(text ?? '', agents.data as Did[]);
  return accept({ items, explain });
}

/** Every agent known, with its node and its public capabilities. */
export function listAgents({
  registry,
  capabilities,
  local,
  core,
}: AgentListComponents): readonly Record<string, unknown>[] {
  const texts = new Map<string, string[]>();
  for (const { body } of capabilities.index.records()) {
    if (body.audience !== 'mesh') continue;
    const known = texts.get(body.agent) ?? [];
    known.push(body.text);
    texts.set(body.agent, known);
  }
  return registry.list().map(({ agent, node, name, expiresAt }) => {
    const mine = node === core.self ? local.get(agent as never) : undefined;
    const load = capabilities.index.loadOf(agent, node, core.clock.nowMs());
    return {
      did: agent,
      name,
      node,
      isHere: node === core.self,
      isOnline: mine === undefined ? load !== undefined : mine.link !== undefined,
      capabilities: texts.get(agent) ?? [],
      expiresAt,
    };
  });
}

/** A search is answered at once from the gossip index, later from the DHT: then `done` is called instead. */
export function answerLater(
  { capabilities, outcomes }: QueryComponents,
  agent: LocalAgent,
  query: Query,
  done: (found: Found) => void,
): Checked<undefined> {
  const { via, ...filter } = query.filter ?? {};
  if (via !== undefined && via !== 'gossip' && via !== 'dht')
    return refuse('AMP-1005', 'A search goes via gossip or dht.', 'filter.via');
  const read = matchSchema(querySchema, {
    ...filter,
    ...(query.text === undefined ? {} : { text: query.text }),
  });
  if (!read.ok) return refuse(read.refusal.code, read.refusal.message, `filter.${read.refusal.path}`);
  const asked = capabilities.find(read.value, agent.did, via, (answer) =>
    done({
      items: answer.skills,
      explain: {
        ...answer.provenance,
        uncoveredSkills: answer.uncoveredSkills,
        evidence: outcomes.evidenceFor(answer),
      },
    }),
  );
  return asked.ok ? accept(undefined) : asked;
}

function showSpace({ spaces }: QueryComponents, agent: LocalAgent, query: Query): Checked<Found> {
  const space = (query.text ?? '') as SpaceId;
  if (!spaces.machine.isMember(space, agent.did))
    return refuse('AMP-1401', 'Only members see a space.', 'text');
  return accept({ items: spaces.envelopes(space), explain: { members: spaces.machine.members(space) } });
}
