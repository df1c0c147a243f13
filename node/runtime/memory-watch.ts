/** Who hears what of a space: subscribed agents hear changes of graph and documents, the mesh hears of needs. */
import type { GraphEffect } from '../../crdt/index.ts';
import type { Did, SpaceId } from '../../protocol/brand.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { isEntityReadable } from './memory-reading.ts';
import { type DocumentUpdate, sayUpdate } from './memory-shared.ts';
import type { MemorySpace } from './memory-space.ts';
import type { PeerCore } from './peer-core.ts';

export interface MemoryWatchComponents {
  readonly core: PeerCore;
  readonly agents: LocalAgents;
  readonly space: (id: SpaceId) => MemorySpace | undefined;
  /** Say something to the mesh in an agent's name: a need asks for help by itself. */
  readonly say: (agent: LocalAgent, message: JsonObject) => void;
}

export type WatchedEffect = Extract<GraphEffect, { type: 'notify' | 'call-for-help' | 'need-closed' }>;

export interface MemoryWatch {
  /** `filter` was checked by the caller. */
  subscribe(agent: Did, subscription: string, space: MemorySpace, filter: object): void;
  /** Hear new updates of one document. */
  subscribeDocument(agent: Did, subscription: string, id: SpaceId, document: string): void;
  unsubscribe(agent: Did, subscription: string, spaces: Iterable<MemorySpace>): void;
  /** The agent is gone. */
  forget(agent: Did, spaces: Iterable<MemorySpace>): void;
  onGraph(id: SpaceId, effect: WatchedEffect): void;
  onDocuments(id: SpaceId, fresh: ReadonlyMap<string, readonly DocumentUpdate[]>): void;
}

const changesPerEventMax = 256;
/** Updates in one event; each has at most 24 KiB. */
const updatesPerEventMax = 4;

export function createMemoryWatch({ core, agents, space, say }: MemoryWatchComponents): MemoryWatch {
  const names = new Set<string>();
  /** `<space> <document>`, by subscription. */
  const documentOf = new Map<string, string>();

  function end(name: string, spaces: Iterable<MemorySpace>): void {
    documentOf.delete(name);
    if (!names.delete(name)) return;
    for (const one of spaces) one.tellGraph({ type: 'unsubscribe', subscription: name });
  }

  function notify(
    id: SpaceId,
    name: string,
    changes: readonly { readonly id: string; readonly status: string | undefined }[],
  ): void {
    const [did, subscription] = name.split(' ') as [Did, string];
    const view = space(id)?.graph.view;
    const shown = changes
      .map((one) => ({ ...one, entity: view?.find(one.id) }))
      .filter(({ entity, ...one }) => mayHear(id, did, one.id, entity?.body))
      .slice(0, changesPerEventMax);
    if (shown.length === 0) return;
    core.turn.afterCommit(() => {
      const event = { kind: 'graph', space: id, changes: shown };
      agents.get(did)?.link?.send(JSON.stringify({ type: 'event', subscription, event }));
    });
  }

  function mayHear(id: SpaceId, agent: Did, entity: string, body: unknown): boolean {
    const scopes = space(id)?.scopes();
    return (
      scopes !== undefined && isEntityReadable(entity, body, (...blocks) => scopes.mayRead(agent, blocks))
    );
  }

  function tellDocuments(id: SpaceId, fresh: ReadonlyMap<string, readonly DocumentUpdate[]>): void {
    for (const [name, place] of documentOf) {
      const document = place.slice(id.length + 1);
      const updates = place.startsWith(`${id} `) ? fresh.get(document) : undefined;
      if (updates === undefined) continue;
      const [did, subscription] = name.split(' ') as [Did, string];
      for (let at = 0; at < updates.length; at += updatesPerEventMax) {
        const said = updates.slice(at, at + updatesPerEventMax).map(sayUpdate);
        const event = { kind: 'document', space: id, document, updates: said };
        const text = JSON.stringify({ type: 'event', subscription, event });
        core.turn.afterCommit(() => agents.get(did)?.link?.send(text));
      }
    }
  }

  /** The need's author asks: one call in the mesh, however many nodes see the need. */
  function callForHelp(id: SpaceId, need: string, capability: string): void {
    const author = agents.get(need.slice(0, need.indexOf('/')) as Did);
    if (author === undefined) return;
    core.note({ kind: 'call-for-help', space: id, need, agent: author.did });
    say(author, { type: 'broadcast', query: capability, context: { space: id, need } });
  }

  return {
    subscribe(agent, subscription, { tellGraph }, filter) {
      const name = nameOf(agent, subscription);
      tellGraph({ type: 'subscribe', subscription: name, filter: filter as never });
      names.add(name);
    },
    subscribeDocument: (agent, subscription, id, document) =>
      void documentOf.set(nameOf(agent, subscription), `${id} ${document}`),
    unsubscribe: (agent, subscription, spaces) => end(nameOf(agent, subscription), spaces),
    forget(agent, spaces) {
      const all = [...spaces];
      for (const name of [...names, ...documentOf.keys()]) if (name.startsWith(`${agent} `)) end(name, all);
    },
    onDocuments: tellDocuments,
    onGraph(id, effect) {
      switch (effect.type) {
        case 'notify':
          return notify(id, effect.subscription, effect.changes);
        case 'need-closed':
          return core.note({ kind: 'need-closed', space: id, need: effect.need });
        case 'call-for-help':
          return callForHelp(id, effect.need, effect.capability);
      }
    },
  };
}

function nameOf(agent: Did, subscription: string): string {
  return `${agent} ${subscription}`;
}
