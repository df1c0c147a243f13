/** Follow the event logs of nodes, as server-sent events, until told to stop. */
import type { MeshEvent } from '../node/runtime/events.ts';
import type { NodeAccess } from './local-nodes.ts';
import { request } from './node-client.ts';

export interface FollowInit {
  /** Start after this event of each node; -1 for all that is kept. */
  readonly since: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: MeshEvent) => void;
  /** A node stopped answering. */
  readonly onEnd?: (node: NodeAccess) => void;
}

/** Resolves when the node ends the stream or the signal ends it. */
export async function followEvents(node: NodeAccess, init: FollowInit): Promise<void> {
  try {
    const response = await request(node, `/events?follow&since=${init.since}&limit=20000`, {
      signal: init.signal,
    });
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const data = part.split('\n').find((line) => line.startsWith('data: '));
        if (data !== undefined) init.onEvent(JSON.parse(data.slice(6)) as MeshEvent);
      }
    }
  } catch (error) {
    if (init.signal.aborted) return;
    if (init.onEnd === undefined) throw error;
  }
  init.onEnd?.(node);
}

/** The highest event number of a node: where "from now on" begins. */
export async function lastEventSeq(node: NodeAccess): Promise<number> {
  const response = await request(node, '/events?since=-1&limit=20000');
  const events = (await response.json()) as MeshEvent[];
  return events.at(-1)?.seq ?? -1;
}
