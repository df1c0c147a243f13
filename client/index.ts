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
  type Behaviour,
  type BehaviourContext,
  type BehaviourFactory,
  defineBehaviour,
  type Heard,
  type Said,
} from '../protocol/behaviour.ts';
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
export {
  type AgentStore,
  createMemoryStore,
  fromStorage,
  fromStore,
  type StorageLike,
} from './agent-store.ts';
export type { AskInit, JobOffer, JobResult, JoinedJob } from './ask.ts';
export type { OpenWork, VolunteerInit } from './attention.ts';
export type { BlobClient } from './blobs.ts';
export {
  acceptChannels,
  type Channel,
  type ChannelContent,
  type ChannelStatus,
  type CollaborateInit,
  collaborate,
} from './channel.ts';
export { formCoalition, type ResumeInit, resumeCoalitions } from './coalition.ts';
export {
  type CoalitionHandler,
  type CoalitionService,
  type InnerCoalitionInit,
  type ItemWork,
  serveCoalitions,
} from './coalition-member.ts';
export type {
  Coalition,
  CoalitionEnd,
  CoalitionEvent,
  CoalitionInit,
  ItemResult,
  ItemVerdict,
  JudgeItem,
} from './coalition-types.ts';
export type { NodeAddress } from './connection.ts';
export { type CallInit, type ContractEvent, callForProposals, resumeContracts } from './contract.ts';
export { type ContractHandler, type ContractTask, serveContracts } from './contract-worker.ts';
export {
  type Argument,
  type DebateAnswer,
  type DebateEnd,
  type DebateInit,
  type DebateTurn,
  debate,
  forgetDebate,
  onDebate,
} from './debate.ts';
export {
  type Answer,
  type AskPersonInit,
  askPerson,
  type DecideInit,
  type DecideOutcome,
  type DecideRule,
  decide,
  gate,
  onBallot,
  type PersonAnswer,
  type Question,
} from './decide.ts';
export { type DecideTierInit, decideTier, type TierOutcome, type TierReport } from './decide-tier.ts';
export { ask } from './equal-asks.ts';
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
  type FanOut,
  type FanOutInit,
  type FanOutReport,
  type FanOutTargets,
  type FanOutUpdate,
  fanOut,
} from './fan-out.ts';
export {
  type HandedTask,
  type HandoffEnd,
  type HandoffHandler,
  type HandoffInit,
  type HandoffService,
  serveHandoffs,
} from './handoff.ts';
export { type ContextChange, type ContextInbox, type InboxInit, openInbox, type Taken } from './inbox.ts';
export {
  type Attestation,
  type BindInit,
  type BlockScope,
  type BoundDocument,
  bindDocument,
  type Claim,
  type CopyStore,
  type Counter,
  claimBallot,
  type FollowInit,
  followMemory,
  type HeldLease,
  type Known,
  type Lease,
  type Mark,
  type Memory,
  type MemoryChange,
  type MemoryCopy,
  type MemoryQuery,
  type Monitor,
  type MonitorCounts,
  type MonitoredContribution,
  type MonitorInit,
  monitorMemory,
  openMemory,
  type Plan,
  type Register,
  type SensedMark,
  type SharedSet,
} from './memory/index.ts';
export {
  type Candidate,
  type MergedResult,
  type MergePolicy,
  mergeResults,
  synthesize,
} from './merge-results.ts';
export {
  announceIntention,
  type BargainEnd,
  type BargainInit,
  bargain,
  expectClashes,
  type HeldResource,
  type Preferences,
  requestResource,
  type SettledConflict,
  serveBargains,
  settleOrAsk,
  stewardResource,
} from './negotiate.ts';
export { type RunBehaviourInit, type RunningBehaviour, runBehaviour } from './run-behaviour.ts';
export {
  type Connected,
  type ConnectInit,
  connectSpace,
  followSpace,
  inviteTo,
  type Space,
} from './space.ts';
export {
  type SummariseInit,
  type SummaryRequest,
  serveSummaries,
  summariseThread,
  type ThreadSummary,
} from './summarise.ts';
export {
  type RequestTaskInit,
  requestTask,
  type ServeTasksInit,
  serveTasks,
  type Task,
  type TaskContent,
  type TaskContext,
  type TaskHandler,
  type TaskResult,
  type TaskService,
} from './tasks.ts';
