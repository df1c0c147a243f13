/**
 * The client: join the mesh as an agent, from Node or from a browser, without libp2p.
 *
 * @example
 * const agent = await connectAgent({ nodes: [{ url, token }], name: 'summariser', key: await createAgentKey(),
 *   capabilities: [{ text: 'Summarises long texts' }] });
 * agent.on('message', (message) => console.log(message.type));
 * const id = await agent.broadcast('Who can check my statistics?');
 */
export {
  type Agent,
  type AgentEvents,
  type AgentInit,
  type CapabilityAnnouncement,
  connectAgent,
  type Delivered,
  type DeliveredOf,
  type Receipt,
  type Saying,
} from './agent.ts';
export { type AgentKey, createAgentKey, readAgentKey } from './agent-key.ts';
export { type AskInit, ask, type JobOffer, type JobResult } from './ask.ts';
export type { BlobClient } from './blobs.ts';
export type { NodeAddress } from './connection.ts';
export {
  type Action,
  type Expert,
  type ExpertInit,
  type Intent,
  type Offer,
  runExpert,
  type Situation,
  type Verdict,
} from './expert.ts';
export {
  type Connected,
  type ConnectInit,
  connectSpace,
  followSpace,
  inviteTo,
  type Space,
} from './space.ts';
