/** Promises about spaces, read off all nodes at once: one version of the members, and the same words everywhere. */
import type { SpaceId } from '../../protocol/brand.ts';
import type { Breach, Checker } from '../check/invariants.ts';
import type { PeerWorld, Place } from './peer-world.ts';

/** A members record is looked up at every node: not after every event. */
const membersEveryMs = 1_000;

export function createSpaceCheckers(world: PeerWorld): readonly Checker[] {
  /** By space and version: the signature of the record that was seen first. */
  const records = new Map<string, string>();

  function checkMembers(): Breach | undefined {
    for (const place of world.places)
      for (const space of place.peer?.spaces.machine.spaces() ?? []) {
        const record = place.peer!.spaces.machine.members(space)!;
        const key = `${space} ${record.version}`;
        const known = records.get(key) ?? record.sig;
        records.set(key, known);
        if (known !== record.sig)
          return {
            what: `version ${record.version} of ${space} differs at n${place.index}`,
            facts: { space },
          };
      }
    return undefined;
  }

  function checkConverged(): Breach | undefined {
    const firstHolder = new Map<SpaceId, { readonly place: Place; readonly state: string }>();
    for (const place of world.places)
      for (const space of place.peer?.spaces.machine.spaces() ?? []) {
        if (place.peer!.spaces.localMembers(space).length === 0) continue;
        const state = describeSpace(place, space);
        const first = firstHolder.get(space);
        if (first === undefined) firstHolder.set(space, { place, state });
        else if (first.state !== state)
          return {
            what: `n${first.place.index} and n${place.index} hold ${space} differently after all has healed`,
            facts: { space, left: first.state.slice(0, 300), right: state.slice(0, 300) },
          };
      }
    return undefined;
  }

  function checkMemories(): Breach | undefined {
    const firstHolder = new Map<SpaceId, { readonly place: Place; readonly state: string }>();
    for (const place of world.places)
      for (const space of place.peer?.spaces.machine.spaces() ?? []) {
        if (place.peer!.spaces.localMembers(space).length === 0) continue;
        const state = describeMemory(place, space);
        const first = firstHolder.get(space);
        if (first === undefined) firstHolder.set(space, { place, state });
        else if (first.state !== state)
          return {
            what: `n${first.place.index} and n${place.index} remember ${space} differently after all has healed`,
            facts: { space, left: first.state.slice(0, 300), right: state.slice(0, 300) },
          };
      }
    return undefined;
  }

  return [
    { name: 'one version of the members is one record', everyMs: membersEveryMs, check: checkMembers },
    {
      name: 'holders of a space converge',
      everyMs: Number.MAX_SAFE_INTEGER,
      check: () => undefined,
      finish: checkConverged,
    },
    {
      name: 'holders of a memory converge',
      everyMs: Number.MAX_SAFE_INTEGER,
      check: () => undefined,
      finish: checkMemories,
    },
  ];
}

function describeSpace({ peer }: Place, space: SpaceId): string {
  const { machine } = peer!.spaces;
  const ids = machine.entries(space).map((entry) => `${entry.id} ${entry.from.slice(-6)}`);
  return `version ${machine.members(space)!.version}, ${ids.length} entries: ${ids.join(', ')}`;
}

/** How far each author's signed log reaches; a node that never opened the memory holds none of them. */
function describeMemory({ peer }: Place, space: SpaceId): string {
  const heads = peer!.memory.space(space)?.replica.heads() ?? [];
  return heads.map(({ author, epoch, seq }) => `${author.slice(-6)} ${epoch.slice(0, 6)} ${seq}`).join(', ');
}
