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
  return new NamedTopics(transport, topics);
}

class NamedTopics implements SpaceTopics {
  readonly #transport: Pick<Transport, 'subscribe'>;
  readonly #topics: Topics;
  /** Made when the first is heard: most nodes have no space so large. */
  #heard: Set<string> | undefined;

  constructor(transport: Pick<Transport, 'subscribe'>, topics: Topics) {
    this.#transport = transport;
    this.#topics = topics;
  }

  look(space: SpaceId, members: Members | undefined): void {
    const topic = spaceTopicOf(this.#topics, space);
    if (members === undefined || members.members.length <= membersMin || this.#heard?.has(topic)) return;
    this.#heard ??= new Set();
    this.#heard.add(topic);
    this.#transport.subscribe(topic);
  }
}
