/** What agents say to a space's memory, as edits of their own entries: claims, attestations, relations, marks. */
import {
  attestEdit,
  claimEdit,
  contentDigest,
  type Edit,
  relateEdit,
  resolveEdit,
  retractEdit,
} from '../../crdt/index.ts';
import { toHex, utf8 } from '../../protocol/bytes.ts';
import { accept, type Checked, type Refusal, refuse } from '../../protocol/errors.ts';
import type { EdgeMessage, EdgeMessageOf } from '../../protocol/messages.ts';
import type { LocalAgent } from './local-agents.ts';
import { amendEdit } from './memory-shared.ts';
import type { MemorySpace } from './memory-space.ts';
import type { PeerCore } from './peer-core.ts';

/** What is to be written, and what the answer names it. */
export interface Prepared {
  readonly edits: readonly Edit[];
  readonly entity: string;
}

export type EditMessage = Extract<
  EdgeMessage,
  { type: 'claim' | 'attest' | 'relate' | 'retract' | 'deposit' | 'amend' | 'document' }
>;

/** Vanished marks that one deposit takes along. */
const collectedMax = 32;

/** Turn a message into edits; nothing is written yet. */
export function prepareEdit(
  core: PeerCore,
  agent: LocalAgent,
  space: MemorySpace,
  message: EditMessage,
): Checked<Prepared> {
  switch (message.type) {
    case 'claim':
      return prepareClaim(core, agent, message);
    case 'attest':
      return prepareAttestation(core, space, message);
    case 'relate':
      return prepareRelation(core, agent, message);
    case 'retract':
      return prepareRetraction(core, agent, space, message);
    case 'deposit':
      return prepareDeposit(core, agent, space, message);
    case 'amend': {
      const edit = amendEdit(space.classic, agent.did, message, core.clock.nowMs());
      return edit.ok ? accept({ edits: [edit.value], entity: edit.value.key }) : edit;
    }
    case 'document':
      return prepareDocument(agent, space, message);
  }
}

function prepareClaim(
  core: PeerCore,
  agent: LocalAgent,
  { claim }: EdgeMessageOf<'claim'>,
): Checked<Prepared> {
  const { id, ...body } = claim;
  const own = id ?? toHex(core.rng.bytes(8));
  if (typeof own !== 'string' || !/^[\w.:-]{1,128}$/.test(own))
    return refuse(
      'AMP-1705',
      'The id is no word of at most 128 letters, digits, ".", ":", "_", "-".',
      'claim.id',
    );
  const edit = claimEdit(own, { at: core.clock.nowMs(), ...body });
  return edit.ok
    ? accept({ edits: [edit.value], entity: `${agent.did}/${own}` })
    : under('claim', edit.refusal);
}

/** An attestation is of the content as its author sees it now; `conflict` with `keep` is a vote how to resolve. */
function prepareAttestation(
  core: PeerCore,
  { graph }: MemorySpace,
  { attestation }: EdgeMessageOf<'attest'>,
): Checked<Prepared> {
  if (attestation.conflict !== undefined) {
    const vote = resolveEdit({ at: core.clock.nowMs(), ...attestation });
    return vote.ok
      ? accept({ edits: [vote.value], entity: String(attestation.conflict) })
      : under('attestation', vote.refusal);
  }
  const node = graph.view.nodes.get(String(attestation.target));
  if (node === undefined)
    return refuse('AMP-1706', `There is no entity ${String(attestation.target)} here.`, 'attestation.target');
  const content = contentDigest(node, (text) => toHex(core.keys.hash(utf8(text))));
  const edit = attestEdit({ at: core.clock.nowMs(), content, ...attestation });
  return edit.ok
    ? accept({ edits: [edit.value], entity: String(attestation.target) })
    : under('attestation', edit.refusal);
}

function prepareRelation(
  core: PeerCore,
  agent: LocalAgent,
  { relation }: EdgeMessageOf<'relate'>,
): Checked<Prepared> {
  const { id, ...body } = relation;
  const text = JSON.stringify([body.kind, body.from, body.to]);
  const own = typeof id === 'string' ? id : toHex(core.keys.hash(utf8(text))).slice(0, 16);
  const edit = relateEdit(own, { at: core.clock.nowMs(), ...body });
  return edit.ok
    ? accept({ edits: [edit.value], entity: `${agent.did}/r/${own}` })
    : under('relation', edit.refusal);
}

/** `<own did>/<id>` for a claim, `<own did>/r/<id>` for a relation. */
function prepareRetraction(
  core: PeerCore,
  agent: LocalAgent,
  { replica }: MemorySpace,
  { entity, reason }: EdgeMessageOf<'retract'>,
): Checked<Prepared> {
  const own = entity.startsWith(`${agent.did}/`) ? entity.slice(agent.did.length + 1) : undefined;
  const key = own?.startsWith('r/') ? own : `e/${own}`;
  if (own === undefined || replica.find(agent.did, key) === undefined)
    return refuse('AMP-1706', `${entity.slice(0, 200)} is nothing that this agent wrote here.`, 'entity');
  const edit = retractEdit(key, { at: core.clock.nowMs(), ...(reason === undefined ? {} : { reason }) });
  return edit.ok ? accept({ edits: [edit.value], entity }) : edit;
}

function prepareDeposit(
  core: PeerCore,
  agent: LocalAgent,
  { traces }: MemorySpace,
  { location, kind, amount, halfLifeMs }: EdgeMessageOf<'deposit'>,
): Checked<Prepared> {
  const nowMs = core.clock.nowMs();
  const edit = traces.deposit(agent.did, { location, kind, amount, halfLifeMs }, nowMs);
  if (!edit.ok) return edit;
  const vanished = traces.collect(agent.did, nowMs).filter(({ key }) => key !== edit.value.key);
  return accept({ edits: [...vanished.slice(0, collectedMax), edit.value], entity: location });
}

function prepareDocument(
  agent: LocalAgent,
  space: MemorySpace,
  message: EdgeMessageOf<'document'>,
): Checked<Prepared> {
  if (space.id === 'commons')
    return refuse(
      'AMP-1401',
      'A document is written by the members of a space, who trust each other.',
      'space',
    );
  const edits = space.documents.edits(message);
  return edits.ok
    ? accept({ edits: edits.value, entity: `${agent.did}/${message.document}/${message.id}` })
    : edits;
}

function under(path: string, refusal: Refusal): ReturnType<typeof refuse> {
  return refuse(refusal.code, refusal.message, refusal.path === '' ? path : `${path}.${refusal.path}`);
}
