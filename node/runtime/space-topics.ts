/**
 * Which topics of spaces this node hears: a space that may soon be too large for direct sends is heard on its topic.
 * The others are heard nowhere, for each topic costs a gossip mesh of its own.
 */
import type { SpaceId } from '../../protocol/brand.ts';
import { limits } from '../../protocol/limits.ts';
import type { Transport } from '../../protocol/ports.ts';
import type { Members } from '../../protocol/records.ts';
import { spaceTopicOf, type Topics } from './topics.ts';

export interface SpaceTopics {
  /** The members of a space have changed, or were loaded. */
  look(space: SpaceId, members: Members | undefined): void;
}

/** Half of what direct sends reach: who is told late of many new members hears the topic already. */
const membersMin = limits.directSpaceNodesMax / 2;

export function createSpaceTopics(transport: Pick<Transport, 'subscribe'>, topics: Topics): SpaceTopics {
  const heard = new Set<string>();

  return {
    look(space, members) {
      const topic = spaceTopicOf(topics, space);
      if (members === undefined || members.members.length <= membersMin || heard.has(topic)) return;
      heard.add(topic);
      transport.subscribe(topic);
    },
  };
}
