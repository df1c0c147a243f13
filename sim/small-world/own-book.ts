/** What one asker learns from the work that it judged: a play for each piece, sealed as a node seals it. */
import { createPlaybook, sealPlay } from '../../discovery/learning/index.ts';
import type { Did } from '../../protocol/brand.ts';
import { sha256 } from './sha256.ts';
import type { SmallWorld } from './small-world.ts';
import { taskId } from './task-id.ts';

export interface OwnBook {
  /** `agent` did work of this kind, 0 to 1 well. */
  learn(agent: number, kind: string, score: number): void;
  /** What to expect of it, given what it claims. */
  expect(kind: string, agent: number, claim: number): ReturnType<ReturnType<typeof createPlaybook>['expect']>;
}

/** Nobody forges plays here: a hash stands for the signature. */
const keys = {
  hash: sha256,
  sign: (_did: Did, bytes: Uint8Array) => {
    const half = sha256(bytes);
    return Uint8Array.from([...half, ...half]);
  },
};

export function createOwnBook(world: SmallWorld, asker: number): OwnBook {
  const self = world.dids[asker]!;
  const book = createPlaybook({ isOwn: (did) => did === self });
  let count = 0;
  return {
    learn(agent, kind, score) {
      const members = [{ agent: world.dids[agent]!, skills: [kind] }];
      const play = sealPlay(
        {
          ...{ record: 'play', mesh: 'sim', asker: self, coalition: taskId(0xfffff, ++count), kind, members },
          ...{ talk: 'direct', proposals: 'shared', score, cost: 0, at: world.nowMs },
        },
        keys,
      );
      book.step({ type: 'play-received', atMs: world.nowMs, play });
    },
    expect: (kind, agent, claim) => book.expect(kind, world.dids[agent]!, claim, world.nowMs),
  };
}
