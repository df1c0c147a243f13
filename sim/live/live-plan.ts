/** What a gossip scenario asks of real nodes, and what a real node cannot be asked. */
import { AmpError } from '../../protocol/errors.ts';
import { RandomStream } from '../clock/random.ts';
import type { GossipPopulationInit } from '../gossip/population.ts';
import type { GossipSettings } from '../gossip/settings.ts';
import type { LinkSettings } from '../network/link-model.ts';

/** A run on real nodes: the same words as a run on virtual time. Goes to worker processes as it is. */
export type LivePlan = Pick<
  GossipPopulationInit,
  | 'seed'
  | 'peerCount'
  | 'dialCount'
  | 'link'
  | 'settings'
  | 'sourceCount'
  | 'messageCount'
  | 'messageBytes'
  | 'messageIntervalMs'
  | 'warmUpMs'
  | 'lingerMs'
>;

/** More real nodes than this do not fit beside each other on one machine. Judgement: 8 MB and a socket pair each. */
const livePeersMax = 200;

/** Settings that js-libp2p takes, by the name of its option. */
export const gossipOptionNames = {
  degree: 'D',
  degreeLow: 'Dlo',
  degreeHigh: 'Dhi',
  degreeScore: 'Dscore',
  degreeOut: 'Dout',
  degreeLazy: 'Dlazy',
  gossipShare: 'gossipFactor',
  heartbeatMs: 'heartbeatInterval',
  floodPublish: 'floodPublish',
  pruneBackoffMs: 'pruneBackoff',
} as const satisfies Partial<Record<keyof GossipSettings, string>>;

/** @throws AmpError AMP-1903 for what only a virtual network can do. */
export function checkLivePlan(
  plan: LivePlan & { readonly faults?: readonly unknown[]; readonly churn?: unknown },
): void {
  if (plan.peerCount > livePeersMax)
    refuse(`${plan.peerCount} peers, more than ${livePeersMax} on one machine`);
  checkLiveLink(plan.link);
  if (plan.faults !== undefined && plan.faults.length > 0) refuse('faults');
  if (plan.churn !== undefined) refuse('churn');
  for (const [key, value] of Object.entries(plan.settings ?? {}))
    if (key === 'implementation' ? value !== 'js-libp2p' : !(key in gossipOptionNames))
      refuse(`the gossip setting ${key}: ${value}`);
}

/** @throws AmpError AMP-1903 for what cannot be laid on a real connection. */
export function checkLiveLink(link: LinkSettings): void {
  if ((link.lossShare ?? 0) > 0) refuse('lossShare, for TCP repairs what is lost');
  if (link.uplinkBytesPerSecond !== undefined) refuse('uplinkBytesPerSecond');
}

function refuse(what: string): never {
  throw new AmpError('AMP-1903', `Live mode cannot do this: ${what}.`, { mode: 'live' });
}

/** The Ed25519 seed of a peer: equal plans have equal peer ids, and so equal places in Kademlia's key space. */
export function drawPeerSeed(seed: number, index: number): Uint8Array {
  return RandomStream.fromSeed(seed).split('live', index).bytes(32);
}
