/**
 * Blocks of a space's memory, and who may write and read which. The owners state it in the members' record; a write
 * outside its author's scope is in the chain, since the chain is the author's own, and in no view: the same on every
 * replica, in whatever order frames and records came, for all judge by the latest record alone. A record that takes
 * a right away names the heads up to which the author had it, so that nobody writes more by naming an older version.
 *
 * An entry belongs to one or more blocks: `entity/<id>` (the part of the id that its author chose), `type/<entity
 * type>`, `thread/<thread>`, `trace/<location>`, `shared/<name>`, `document/<name>`. A scope names prefixes of blocks;
 * `""` never, `entity/` all entities.
 */
import type { Did } from '../../protocol/brand.ts';
import type { EntryChange } from '../replica/replica-types.ts';
import { readCut } from './standing.ts';

export interface AgentScope {
  /** Prefixes of blocks; without it everything. */
  readonly write?: readonly string[];
  readonly read?: readonly string[];
}

/** A right to write that an author had until the owners narrowed its scope: what it wrote by then stands. */
export interface EarlierScope {
  readonly agent: Did;
  /** Prefixes of blocks; without it everything. */
  readonly write?: readonly string[];
  /** `<epoch>:<seq>` of the last frame of each epoch that the owner's node had when it wrote the record. */
  readonly heads: readonly string[];
}

/** An entry, and where it stands in its author's chain once it is written. */
export type JudgedEntry = Pick<EntryChange, 'key' | 'value'> & { readonly mark?: ChainPlace };
type ChainPlace = Pick<EntryChange['mark'], 'epoch' | 'seq'>;

export interface Scopes {
  /** Without scopes everyone may write and read everything. */
  readonly isOpen: boolean;
  mayWrite(author: Did, entry: JudgedEntry): boolean;
  /** Whether the entry counts only because its author was allowed to write it when it did. */
  standsByEarlier(author: Did, entry: JudgedEntry): boolean;
  /** Whether the agent may read all that is in one of these blocks. */
  mayRead(agent: Did, blocks: readonly string[]): boolean;
  /** Whether the agent may read everything: only then may it follow the frames themselves. */
  mayReadAll(agent: Did): boolean;
}

export function createScopes(
  stated: Readonly<Record<string, AgentScope>> | undefined,
  earlier: readonly EarlierScope[] = [],
): Scopes {
  const before = earlier.map(({ agent, write, heads }) => ({ agent, write, upTo: readHeads(heads) }));
  const scopeOf = (agent: Did): AgentScope =>
    stated === undefined ? {} : (stated[agent] ?? stated['*'] ?? {});
  const isWithin = (prefixes: readonly string[] | undefined, blocks: readonly string[]): boolean =>
    prefixes === undefined || blocks.some((block) => prefixes.some((prefix) => block.startsWith(prefix)));
  const mayNow = (author: Did, { key, value }: JudgedEntry): boolean => {
    const { write } = scopeOf(author);
    return write === undefined || isFree(key) || isWithin(write, blocksOf(key, value));
  };
  const mightThen = (author: Did, { key, value, mark }: JudgedEntry): boolean =>
    mark !== undefined &&
    before.some(
      ({ agent, write, upTo }) =>
        agent === author &&
        (upTo.get(mark.epoch) ?? -1) >= mark.seq &&
        (write === undefined || isWithin(write, blocksOf(key, value))),
    );
  return {
    isOpen: stated === undefined,
    mayWrite: (author, entry) => mayNow(author, entry) || mightThen(author, entry),
    standsByEarlier: (author, entry) => !mayNow(author, entry) && mightThen(author, entry),
    mayRead: (agent, blocks) => isWithin(scopeOf(agent).read, blocks),
    mayReadAll: (agent) => scopeOf(agent).read === undefined,
  };
}

function readHeads(heads: readonly string[]): ReadonlyMap<string, number> {
  return new Map(heads.map(readCut).flatMap((cut) => (cut === undefined ? [] : [[cut.epoch, cut.seq]])));
}

/** Taking back what is one's own, and votes on conflicts, are always allowed. */
function isFree(key: string): boolean {
  return key.startsWith('x/') || key.startsWith('v/') || key === 'empty';
}

/** The blocks of an entry; none for a key of no known kind. */
export function blocksOf(key: string, value: unknown): readonly string[] {
  const rest = key.slice(2);
  switch (key.slice(0, 2)) {
    case 'e/':
      return entityBlocks(rest, value);
    case 'a/':
    case 'q/':
      return [`entity/${ownPart(rest)}`];
    case 'r/': {
      const { from } = (value ?? {}) as { readonly from?: unknown };
      return typeof from === 'string' ? [`entity/${ownPart(from)}`] : [];
    }
    case 'd/':
      return [`trace/${afterSlash(rest)}`];
    case 'c/':
      return [`shared/${afterSlash(rest)}`];
    case 'y/':
      return [`document/${rest.slice(0, Math.max(0, rest.indexOf('/')))}`];
    default:
      return [];
  }
}

/** The blocks of an entity, by the id that its author chose. */
export function entityBlocks(id: string, body: unknown): readonly string[] {
  const { type, thread } = (body ?? {}) as { readonly type?: unknown; readonly thread?: unknown };
  return [
    `entity/${id}`,
    ...(typeof type === 'string' ? [`type/${type}`] : []),
    ...(typeof thread === 'string' ? [`thread/${ownPart(thread)}`] : []),
    ...(type === 'thread' ? [`thread/${id}`] : []),
  ];
}

/** Of `<did>/<id>`, the id. */
export function ownPart(entity: string): string {
  return entity.startsWith('did:') ? afterSlash(entity) : entity;
}

function afterSlash(text: string): string {
  return text.slice(text.indexOf('/') + 1);
}
