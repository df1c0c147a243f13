/** The closed set of gossip topics of a mesh, and the mesh's own name in them. */
import { toHex, utf8 } from '../../protocol/bytes.ts';
import type { Keys } from '../../protocol/ports.ts';

/** Large spaces share this many topics, by hash. */
export const spaceTopicCount = 16;

export interface Topics {
  readonly commons: string;
  readonly presence: string;
  readonly spaces: readonly string[];
  readonly all: readonly string[];
}

/**
 * The id of a mesh: 32 hexadecimal digits of the hash over its name and the fingerprint of its swarm key (empty
 * for an open mesh), so that meshes of one name with different keys never meet.
 */
export function meshIdOf(keys: Pick<Keys, 'hash'>, name: string, swarmKeyFingerprint: string): string {
  return toHex(keys.hash(utf8(`amp/1/mesh\n${name}\n${swarmKeyFingerprint}`))).slice(0, 32);
}

export function topicsOf(mesh: string): Topics {
  if (latest?.mesh !== mesh) latest = { mesh, topics: makeTopics(mesh) };
  return latest.topics;
}

/** A process is of one mesh, a simulated world too: all its peers share the names. */
let latest: { readonly mesh: string; readonly topics: Topics } | undefined;

function makeTopics(mesh: string): Topics {
  const topic = (name: string) => `/amp/1/${mesh}/${name}`;
  const spaces = Array.from({ length: spaceTopicCount }, (_, at) => topic(`s/${at}`));
  const commons = topic('commons');
  const presence = topic('presence');
  return { commons, presence, spaces, all: [commons, presence, ...spaces] };
}

/** The topic of a large space: by the last hexadecimal digit of its id, which is random. */
export function spaceTopicOf(topics: Topics, space: string): string {
  return topics.spaces[Number.parseInt(space.slice(-1), 16) % spaceTopicCount] ?? topics.spaces[0]!;
}
