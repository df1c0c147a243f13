/** What a node in a process of its own noted in its event log. */
import type { NodeProcess } from '../../cli/bench/spawn-node.ts';
import type { MeshEvent } from '../../node/runtime/events.ts';

export interface MeshEventFacts {
  readonly 'blob-fetched': {
    readonly peer: string;
    readonly offset: number;
    readonly bytes: number;
    readonly tookMs: number;
  };
}
export type MeshEventOf<Kind extends keyof MeshEventFacts> = MeshEvent & MeshEventFacts[Kind];

export async function readEvents(node: NodeProcess, kind?: string): Promise<readonly MeshEvent[]> {
  const response = await fetch(`${node.httpUrl}/events?since=-1&limit=20000`, {
    headers: { authorization: `Bearer ${node.token}` },
  });
  const events = (await response.json()) as MeshEvent[];
  return kind === undefined ? events : events.filter((event) => event.kind === kind);
}
