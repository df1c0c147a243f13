/**
 * What an agent says becomes a message: a hosted agent's draft is completed, given its context and sealed; a
 * signed one is checked as it is.
 */
import type { MessageId, SpaceId } from '../../protocol/brand.ts';
import { utf8 } from '../../protocol/bytes.ts';
import { digestContext, digestedTypes, referencesOf } from '../../protocol/context/index.ts';
import { AmpError, accept, type Checked, errorTable, refuse } from '../../protocol/errors.ts';
import { viewJob } from '../../protocol/job/job-view.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import type { Draft } from '../../protocol/messages.ts';
import { hashObject } from '../../protocol/signing.ts';
import type { EnvelopeDesk, SealedEnvelope } from './envelope-desk.ts';
import type { LocalAgent, LocalAgents } from './local-agents.ts';
import { isInvitation, type MembershipDesk } from './membership-desk.ts';
import type { PeerCore } from './peer-core.ts';
import type { SpaceDesk } from './space-desk.ts';
import { withOutcomeSigned } from './team-outcome.ts';
import type { ThreadDesk } from './thread-desk.ts';
import { threadOf } from './thread-memory.ts';

export interface DraftDeskComponents {
  readonly core: PeerCore;
  readonly local: LocalAgents;
  readonly desk: EnvelopeDesk;
  readonly spaces: SpaceDesk;
  readonly membership: MembershipDesk;
  readonly threads: ThreadDesk;
}

export interface DraftDesk {
  /** The message as it may be sent, or why it may not. Never throws. */
  seal(agent: LocalAgent, draft: Draft): Checked<SealedEnvelope>;
}

/** Types that, without any address, answer the broadcast heard last. */
const answersBroadcast = new Set<string>(['capability_match', 'proposal', 'question', 'concern']);

export function createDraftDesk(parts: DraftDeskComponents): DraftDesk {
  return new Drafts(parts);
}

class Drafts implements DraftDesk {
  readonly #parts: DraftDeskComponents;
  readonly #core: PeerCore;

  constructor(parts: DraftDeskComponents) {
    this.#parts = parts;
    this.#core = parts.core;
  }

  #openSigned(agent: LocalAgent, draft: Draft): Checked<SealedEnvelope> {
    if (draft.from !== agent.did)
      return refuse('AMP-1101', 'A signed message must be from the agent that sends it.', 'from');
    const opened = this.#parts.desk.open(draft as unknown as JsonObject);
    const invited =
      opened.ok && isInvitation(agent, draft) ? this.#parts.membership.invite(agent, draft) : undefined;
    return invited?.ok === false ? invited : opened;
  }

  #sealHosted(agent: LocalAgent, given: Draft): Checked<SealedEnvelope> {
    const draft = this.#complete(agent, given);
    const invited = isInvitation(agent, draft) ? this.#parts.membership.invite(agent, draft) : undefined;
    if (invited?.ok === false) return invited;
    const members =
      invited === undefined ? {} : { members: invited.value as unknown as Record<string, unknown> };
    try {
      const said = this.#withDigest(
        withOutcomeSigned(this.#core.keys, agent, { ...draft, ...members } as Draft),
      );
      return accept(this.#parts.desk.seal(said, this.#parts.local.signerOf(agent)));
    } catch (error) {
      if (error instanceof AmpError) return refuse(error.code, whatOf(error));
      throw error;
    }
  }

  /** An answer without an address belongs to what the agent heard last; a known parent brings its thread along. */
  #complete(agent: LocalAgent, draft: Draft): Draft {
    const hasPlace =
      draft.to !== undefined ||
      draft.space !== undefined ||
      draft.thread !== undefined ||
      draft.parent !== undefined;
    const heard =
      hasPlace || !answersBroadcast.has(draft.type)
        ? undefined
        : this.#parts.threads.lastBroadcast(agent.did);
    const parent =
      heard ?? (draft.parent === undefined ? undefined : this.#parts.threads.find(draft.parent, draft.space));
    if (parent === undefined) return draft;
    const thread = draft.thread ?? (threadOf(parent) as MessageId);
    const isPrivateAnswer =
      draft.type === 'capability_match' && draft.to === undefined && draft.space === undefined;
    return {
      ...draft,
      parent: draft.parent ?? parent.id,
      thread,
      ...(draft.space === undefined && parent.space !== undefined && !isPrivateAnswer
        ? { space: parent.space }
        : {}),
      ...(isPrivateAnswer && parent.from !== agent.did ? { to: parent.from } : {}),
    } as Draft;
  }

  /** A hosted agent's words in a space carry the context that they were said in; its node knows it. */
  #withDigest(draft: Draft): Draft {
    const space = draft.space as SpaceId | undefined;
    const members = space === undefined ? undefined : this.#parts.spaces.machine.members(space);
    const isKnown = draft.context !== undefined && 'digest' in draft.context;
    if (space === undefined || members === undefined || isKnown || !digestedTypes.has(draft.type))
      return draft;
    const entries = this.#parts.spaces.envelopes(space);
    const wanted = referencesOf(draft);
    const referred = wanted.flatMap((id) => entries.find((entry) => entry.id === id) ?? []);
    const taken = utf8(JSON.stringify(draft.context ?? {})).length + 32;
    const digest = digestContext(
      {
        space,
        thread: draft.thread,
        parent: draft.parent,
        membersVersion: members.version,
        view: viewJob(entries),
        entries: referred.map((entry) => ({ entry, hash: hashObject(this.#core.keys, entry) })),
      },
      limits.contextBytesMax - taken,
    );
    return { ...draft, context: { ...draft.context, digest } } as Draft;
  }

  seal(agent: LocalAgent, draft: Draft): Checked<SealedEnvelope> {
    return draft.sig === undefined ? this.#sealHosted(agent, draft) : this.#openSigned(agent, draft);
  }
}

/** What was wrong, without code and advice: `renderError` adds them. */
function whatOf(error: AmpError): string {
  return error.message.replace(`${error.code} `, '').replace(` ${errorTable[error.code].todo}`, '');
}
