/** One agent in the mesh: says, hears, asks, works, and keeps its messages until they are delivered. */
import type { Did } from '../protocol/brand.ts';
import { toBase64Url, utf8 } from '../protocol/bytes.ts';
import { toCanonicalJson } from '../protocol/canonical.ts';
import { type ChannelEnvelope, isChannelType } from '../protocol/channel/index.ts';
import { AmpError } from '../protocol/errors.ts';
import { createMessageId } from '../protocol/message-id.ts';
import type { Draft, Envelope, EnvelopeOf, EnvelopeType, FileReference } from '../protocol/messages.ts';
import type { Members } from '../protocol/records.ts';
import type { AgentKey } from './agent-key.ts';
import { type BlobClient, createBlobClient } from './blobs.ts';
import { type Connection, type NodeAddress, openConnection, toError, type Welcome } from './connection.ts';

/** A message as it is handed to an agent: the signed envelope, and what the node says beside it. */
export type Delivered = Envelope & {
  readonly delivery?: {
    readonly redelivered?: boolean;
    readonly history?: boolean;
    readonly similarity?: number;
  };
};
export type DeliveredOf<Type extends EnvelopeType> = EnvelopeOf<Type> & Pick<Delivered, 'delivery'>;

export interface Receipt {
  readonly level: 'accepted' | 'stored' | 'delivered' | 'processed' | 'dead';
  readonly ids: readonly string[];
  readonly receiver?: Did;
  readonly reason?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface CapabilityAnnouncement {
  readonly text: string;
  readonly capability?: string;
  readonly tags?: readonly string[];
  readonly [field: string]: unknown;
}

export interface AgentInit {
  readonly nodes: readonly NodeAddress[];
  readonly name: string;
  /** The agent's own key; without one the node hosts the agent and holds its key. */
  readonly key?: AgentKey;
  /** The resume secret of a hosted agent. */
  readonly resume?: string;
  readonly capabilities?: readonly CapabilityAnnouncement[];
  /** Least similarity at which a broadcast wakes this agent. */
  readonly threshold?: number;
  readonly reconnectMs?: number;
  /** How long to look for a node at first, ms. @default `reconnectMs` */
  readonly reachMs?: number;
  /** Hears all that the node says, once, from the welcome on: also what comes before anybody can listen. */
  readonly hear?: (message: Readonly<Record<string, unknown>>) => void;
}

/** What an agent says: like an envelope, without what is filled in. */
export type Saying = Draft;

export interface AgentEvents {
  message: (message: Delivered) => void;
  /** This agent said something: what was said, as it left. */
  sent: (message: Envelope) => void;
  receipt: (receipt: Receipt) => void;
  /** The node refused something, or warns. */
  error: (error: AmpError) => void;
  /** Attached to a node, for the first time or again. */
  up: (welcome: Welcome) => void;
  down: (reason: string) => void;
  /** No node can be reached any more. */
  lost: (error: AmpError) => void;
  /** A member record of a space. */
  members: (record: Members) => void;
  event: (subscription: string, event: Record<string, unknown>) => void;
  /** A word of a direct channel. */
  channel: (message: ChannelEnvelope) => void;
  /** A word of the node's replica of a space, for a copy of it. */
  sync: (body: Record<string, unknown>) => void;
}

export interface Agent {
  readonly did: Did;
  readonly name: string;
  readonly mesh: string;
  /** The resume secret of a hosted agent. */
  readonly resume: string | undefined;
  readonly isUp: boolean;
  /** The node that it is attached to, or was last. */
  readonly node: Did;
  readonly blobs: BlobClient;
  /** What it announces. */
  readonly capabilities: readonly CapabilityAnnouncement[];
  /** Hear something; the answer ends it. */
  on<Name extends keyof AgentEvents>(name: Name, listener: AgentEvents[Name]): () => void;
  /**
   * Say something. Resolves with the message's id once the node has it for good.
   * @throws AmpError what the node answered when it refused.
   */
  send(saying: Saying): Promise<string>;
  /** Say something that nobody keeps, such as a channel's words; false when there is no connection, or when it is not wanted, once it is signed. */
  sendUnkept(saying: Saying, isStillWanted?: () => boolean): Promise<boolean>;
  broadcast(query: string, rest?: Partial<Extract<Saying, { type: 'broadcast' }>>): Promise<string>;
  propose(
    content: string | Record<string, unknown>,
    rest?: Partial<Extract<Saying, { type: 'proposal' }>>,
  ): Promise<string>;
  buildOn(
    parent: string,
    content: string | Record<string, unknown>,
    rest?: Partial<Extract<Saying, { type: 'build_on' }>>,
  ): Promise<string>;
  /** Announce a capability, or change one. */
  announce(capability: CapabilityAnnouncement): void;
  withdraw(capability: string): void;
  /** Ask the node: `agents`, `peers`, `discover`, `thread`, `space`, `mail`. */
  query(
    what: string,
    text?: string,
    filter?: Record<string, unknown>,
  ): Promise<{ items: unknown[]; explain?: Record<string, unknown> }>;
  /**
   * Send the node a message that it answers, such as `claim` or `sense`, and wait for the answer.
   * @throws AmpError what the node answered, or AMP-1505 when it did not answer in time.
   */
  askNode(message: { readonly type: string } & Record<string, unknown>): Promise<Record<string, unknown>>;
  subscribe(filter: Record<string, unknown>, listener: (event: Record<string, unknown>) => void): () => void;
  /** Tell the sender that its message was worked off. */
  confirmProcessed(id: string): void;
  /** Send a member record along, so that a node learns of a space. */
  showRecords(records: readonly object[]): void;
  /** Sign with the agent's own key; `undefined` for a hosted agent, whose key is the node's. */
  sign(bytes: Uint8Array): Promise<Uint8Array | undefined>;
  /** Say something to the node only, such as a vote; false when there is no connection just now. */
  tellNode(message: Readonly<Record<string, unknown>>): boolean;
  /** Tell whoever listens for `error`: for what fails beside the work of the agent. */
  report(error: AmpError): void;
  close(): void;
}

interface Pending {
  readonly message: Envelope | Draft;
  readonly id: string;
  readonly accepted: PromiseWithResolvers<string>;
  isAccepted: boolean;
  readonly sentAtMs: number;
}

/** Messages kept for sending again after a re-attachment. */
const unsettledMax = 4_096;
/** How long an accepted message is kept for sending again at another node. */
const unsettledMs = 120_000;
const answerTimeoutMs = 15_000;
const ttlDefaultMs = 3_600_000;

export async function connectAgent(init: AgentInit): Promise<Agent> {
  const listeners = new Map<keyof AgentEvents, Set<(...facts: never[]) => void>>();
  const unsettled = new Map<string, Pending>();
  const capabilities = new Map<string, CapabilityAnnouncement>();
  for (const one of init.capabilities ?? []) capabilities.set(one.capability ?? 'main', one);
  const answers = new Map<string, PromiseWithResolvers<Record<string, unknown>>>();
  const subscriptions = new Map<
    string,
    { readonly filter: Record<string, unknown>; readonly listener: (event: Record<string, unknown>) => void }
  >();
  const seen = new Set<string>();
  let latestAt = 0;
  let requestNumber = 0;
  let current: Welcome | undefined;
  let lastSend: Promise<unknown> = Promise.resolve();

  const connection: Connection = openConnection({
    nodes: init.nodes,
    name: init.name,
    key: init.key,
    resume: init.resume,
    capabilities: () => [...capabilities.values()],
    threshold: init.threshold,
    reconnectMs: init.reconnectMs,
    reachMs: init.reachMs,
    onMessage(message) {
      const isRead = seen.has(String(message.id));
      take(message);
      if (!isRead && message.type !== 'ping' && message.type !== 'pong') init.hear?.(message);
    },
    onWelcome,
    onDown: (reason) => emit('down', reason),
    onLost(error) {
      for (const pending of unsettled.values()) pending.accepted.reject(error);
      for (const answer of answers.values()) answer.reject(error);
      emit('lost', error);
    },
  });

  const blobs = createBlobClient(() => connection.node());

  function emit<Name extends keyof AgentEvents>(name: Name, ...facts: Parameters<AgentEvents[Name]>): void {
    for (const listener of listeners.get(name) ?? [])
      (listener as unknown as (...all: Parameters<AgentEvents[Name]>) => void)(...facts);
  }

  function onWelcome(welcome: Welcome, isFirst: boolean): void {
    current = welcome;
    emit('up', welcome);
    for (const [subscription, { filter }] of subscriptions)
      connection.send({ type: 'subscribe', subscription, filter });
    // Signed messages are the same bytes again: whoever has them already takes them once.
    for (const pending of unsettled.values()) connection.send(pending.message);
    if (isFirst) return;
    blobs
      .restore()
      .catch((error: unknown) =>
        emit('error', error instanceof AmpError ? error : toError({ message: String(error) })),
      );
  }

  function take(message: Record<string, unknown>): void {
    switch (message.type) {
      case 'receipt':
        return takeReceipt(message as unknown as Receipt);
      case 'error':
        return takeError(message);
      case 'found':
      case 'sensed':
        answers.get(String(message.request))?.resolve(message);
        return void answers.delete(String(message.request));
      case 'sync':
        return emit('sync', message.body as Record<string, unknown>);
      case 'event':
        return takeEvent(String(message.subscription), message.event as Record<string, unknown>);
      case 'ping':
        return void connection.send({ type: 'pong', nonce: message.nonce });
      case 'pong':
        return;
      default:
        if (isChannelType(String(message.type)))
          return emit('channel', message as unknown as ChannelEnvelope);
        return takeMessage(message as unknown as Delivered);
    }
  }

  function takeMessage(message: Delivered): void {
    connection.send({ type: 'receipt', level: 'delivered', ids: [message.id] });
    latestAt = Math.max(latestAt, message.at);
    if (seen.has(message.id)) return;
    seen.add(message.id);
    if (seen.size > unsettledMax) seen.delete(seen.values().next().value!);
    emit('message', message);
  }

  function takeReceipt(receipt: Receipt): void {
    for (const id of receipt.ids) {
      const pending = unsettled.get(id);
      if (pending === undefined) continue;
      pending.isAccepted = true;
      pending.accepted.resolve(id);
      const isSettled =
        receipt.level === 'delivered' || receipt.level === 'processed' || receipt.level === 'dead';
      if (isSettled && !('space' in pending.message && pending.message.space !== undefined))
        unsettled.delete(id);
    }
    emit('receipt', receipt);
  }

  function takeError(message: Record<string, unknown>): void {
    const error = toError(message);
    const about = String(message.about ?? '');
    answers.get(about)?.reject(error);
    answers.delete(about);
    const isWarning = error.code === 'AMP-1403' || error.code === 'AMP-1203';
    if (!isWarning) {
      unsettled.get(about)?.accepted.reject(error);
      unsettled.delete(about);
    }
    emit('error', error);
  }

  function takeEvent(subscription: string, event: Record<string, unknown>): void {
    if (event.kind === 'members') emit('members', event.record as Members);
    subscriptions.get(subscription)?.listener(event);
    emit('event', subscription, event);
  }

  /** Signing is asynchronous: messages leave in the order in which they were said. */
  function sealInOrder(saying: Saying): Promise<Envelope | Draft> {
    const sealing = lastSend.then(() => seal(saying));
    lastSend = sealing.catch(() => undefined);
    return sealing;
  }

  async function sendUnkept(saying: Saying, isStillWanted = () => true): Promise<boolean> {
    const message = await sealInOrder(saying);
    return isStillWanted() && connection.send(message);
  }

  async function send(saying: Saying): Promise<string> {
    const message = await sealInOrder(saying);
    const id = message.id!;
    const pending: Pending = {
      message,
      id,
      accepted: Promise.withResolvers<string>(),
      isAccepted: false,
      sentAtMs: Date.now(),
    };
    unsettled.set(id, pending);
    forgetOld();
    connection.send(message);
    emit('sent', { from: agent.did, at: latestAt, ...message } as Envelope);
    return pending.accepted.promise;
  }

  function forgetOld(): void {
    const before = Date.now() - unsettledMs;
    for (const [id, pending] of unsettled) {
      if (unsettled.size <= unsettledMax && pending.sentAtMs > before) break;
      if (pending.isAccepted) unsettled.delete(id);
    }
  }

  async function seal(saying: Saying): Promise<Envelope | Draft> {
    const welcome = current ?? (await connection.ready);
    const at = Math.max(Date.now(), Math.min(latestAt, Date.now() + 30_000));
    latestAt = Math.max(latestAt, at);
    const id =
      saying.id ?? createMessageId(at, { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) });
    if (init.key === undefined) return { ...saying, id };
    const unsigned = {
      ...saying,
      amp: '1',
      id,
      mesh: welcome.mesh,
      from: init.key.did,
      name: init.name,
      at,
      ttlMs: saying.ttlMs ?? ttlDefaultMs,
    };
    const sig = await init.key.sign(utf8(`amp/1/envelope\n${toCanonicalJson(unsigned)}`));
    return { ...unsigned, sig: toBase64Url(sig) } as Envelope;
  }

  function askNode(message: { readonly type: string } & Record<string, unknown>) {
    const request = `q${++requestNumber}`;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    answers.set(request, answer);
    const isSent = connection.send({ ...message, request });
    const fail = (): void => {
      answers.delete(request);
      const said = `"${message.type}" within ${answerTimeoutMs} ms`;
      answer.reject(new AmpError('AMP-1505', `The node did not answer ${said}.`));
    };
    const timer = setTimeout(fail, isSent ? answerTimeoutMs : 0);
    return answer.promise.finally(() => clearTimeout(timer));
  }

  async function query(what: string, text?: string, filter?: Record<string, unknown>) {
    const asked = { ...(text === undefined ? {} : { text }), ...(filter === undefined ? {} : { filter }) };
    const found = await askNode({ type: 'query', what, ...asked });
    return found as { items: unknown[]; explain?: Record<string, unknown> };
  }

  await connection.ready;
  const agent: Agent = {
    did: current!.did,
    name: current!.name,
    mesh: current!.mesh,
    get resume() {
      return current?.resume;
    },
    get isUp() {
      return connection.isUp;
    },
    get node() {
      return current!.node;
    },
    blobs,
    get capabilities() {
      return [...capabilities.values()];
    },
    on(name, listener) {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known);
      known.add(listener as never);
      return () => known.delete(listener as never);
    },
    send,
    sendUnkept,
    broadcast: (text, rest = {}) => send({ ...rest, type: 'broadcast', query: text }),
    propose: (content, rest = {}) => send({ ...rest, type: 'proposal', content }),
    buildOn: (parent, content, rest = {}) => send({ ...rest, type: 'build_on', parent, content }),
    announce(capability) {
      capabilities.set(capability.capability ?? 'main', capability);
      connection.send({ type: 'announce', capability });
    },
    withdraw(capability) {
      capabilities.delete(capability);
      connection.send({ type: 'withdraw', capability });
    },
    query,
    askNode,
    subscribe(filter, listener) {
      const subscription = `s${++requestNumber}`;
      subscriptions.set(subscription, { filter, listener });
      connection.send({ type: 'subscribe', subscription, filter });
      return () => {
        subscriptions.delete(subscription);
        connection.send({ type: 'unsubscribe', subscription });
      };
    },
    confirmProcessed: (id) => void connection.send({ type: 'receipt', level: 'processed', ids: [id] }),
    showRecords: (records) => void connection.send({ type: 'records', records }),
    sign: async (bytes) => init.key?.sign(bytes),
    tellNode: (message) => connection.send({ ...message }),
    report: (error) => emit('error', error),
    close: () => connection.close(),
  };
  return agent;
}

export type { FileReference };
