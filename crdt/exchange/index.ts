/**
 * Between replicas of one space: the bodies that they exchange, who may write, and which blocks an agent may write and
 * read. Nodes and agents with a copy of their own read and judge by the same code.
 *
 * ```ts
 * const heard = readBody(body, { mesh, hash });
 * if (heard.ok && heard.value.claims.every(isSigned)) for (const input of heard.value.inputs) give(input);
 * ```
 */
export {
  framesPerPacketMax,
  type MemoryBody,
  memoryPageBytesMax,
  packetUpdateBytesMax,
  proofsPerPacketMax,
  readMemoryBody,
} from './memory-body.ts';
export { type Heard, type HeardInput, readBody } from './read-body.ts';
export {
  type AgentScope,
  blocksOf,
  createScopes,
  type EarlierScope,
  entityBlocks,
  ownPart,
  type Scopes,
} from './scopes.ts';
export {
  areScopes,
  earlierScopesMax,
  readEarlier,
  readPolicy,
  readScopes,
  scopesIn,
} from './space-policy.ts';
export { findCut, type KnownAttachments, standingIn, writeCuts } from './standing.ts';
export { type BodyPlace, type Sendable, writeBody, writeFrameBodies } from './write-body.ts';
